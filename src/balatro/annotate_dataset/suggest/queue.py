"""What to label next, filled in as far as it can be: groups of unlabelled pictures, each with its likeliest card.

Prefills come from the most alike labelled pictures (from the first label on, for any game), and from a trained model where
there is one (before the first label). They are suggestions: only what a person accepts is written anywhere.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from balatro.annotate_dataset.store.screenshots import Picture, natural
from balatro.annotate_dataset.store.store import Accept, DatasetStore
from balatro.annotate_dataset.suggest.embeddings import Embeddings
from balatro.annotate_dataset.suggest.suggest import (
    MAX_CANDIDATES,
    PACKAGE,
    SUGGESTIONS,
    Candidate,
    Encoder,
    Labelled,
    Reader,
    Suggestion,
    SuggestSettings,
    load_encoder,
    load_reader,
    one_card,
    read_suggestions,
)
from balatro.config.cards import fold
from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import model_dir
from balatro.errors import BalatroError, InputError, ModelError, SettingsError
from balatro.utils.labels import CardLabel
from balatro.utils.progress import track

CACHE = "cache"
MAX_TOGETHER = 24
"""Pictures without a capture group that are shown together because they are prefilled alike."""
REACH = 0.25
"""A new label changes what is suggested for pictures whose likeness to it is at most this far below that of the best: further
away its share is below exp(-SCALE * REACH) < 1 %."""
ODD = 0.5
"""From this confidence on, a picture of a group that reads as another card is shown apart."""
LABELS_SAY, MODEL_SAYS, FILE_SAYS = "labels", "model", "file"


@dataclass(frozen=True)
class Prefill:
    """What is filled in before a person looks."""

    name: str = ""
    type: str = ""
    rarity: str = ""
    modifier: str = ""
    confidence: float = 0.0
    """Probability of the name, 0..1."""
    modifier_confidence: float = 0.0
    prefilled: bool = False
    """False: nothing is alike enough; name and modifier are empty then, but there may be candidates."""
    candidates: tuple[Candidate, ...] = ()
    """At most three, best first."""
    source: str = ""
    """LABELS_SAY, MODEL_SAYS, FILE_SAYS (suggestions.json), or empty."""

    @property
    def both(self) -> float:
        """Probability that name and modifier are right; of the name alone where no modifier is told."""
        if not self.prefilled:
            return 0.0
        return self.confidence * (self.modifier_confidence if self.modifier else 1.0)


@dataclass(frozen=True)
class CardGroup:
    """Pictures that are labelled together."""

    key: str
    pictures: tuple[str, ...]
    rest: tuple[str, ...]
    """The other unlabelled pictures of the cluster."""
    cluster: int | None
    card_group: int | None
    prefill: Prefill
    """What most of the pictures say together."""
    odd: tuple[str, ...] = ()
    """Those of `pictures` that read as another card or modifier."""

    @property
    def confidence(self) -> float:
        """Probability that the prefill is right, 0..1; 0 where there is none."""
        return self.prefill.both


@dataclass(frozen=True)
class Proposed:
    """One picture that `accept_above` would accept."""

    picture: str
    prefill: Prefill


@dataclass(frozen=True)
class Progress:
    """How far the labelling is."""

    labelled: int
    unlabelled: int
    aside: int

    @property
    def total(self) -> int:
        return self.labelled + self.unlabelled + self.aside


@dataclass(frozen=True)
class Order:
    """A way to go through the groups."""

    about: str
    rank: Callable[[CardGroup], tuple[float, ...]]
    """Groups with small ranks come first; equal ones by cluster and group."""


ORDERS = {
    "doubtful": Order("what is least certain first: each answer teaches most", lambda group: (group.confidence,)),
    "easy": Order("what is most certain first: many cards with one key", lambda group: (-group.confidence,)),
    "cluster": Order("as captured: group by group, cluster by cluster", lambda group: ()),
}


def next_groups(
    store: DatasetStore,
    prefills: Mapping[str, Prefill] | None = None,
    order: str = "doubtful",
    search: str = "",
    limit: int | None = None,
) -> list[CardGroup]:
    """The groups that wait for a label, in an order of ORDERS.

    search: keeps groups with a picture whose file name, or one of whose candidates, contains the text. limit: at most so many.
    """
    if order not in ORDERS:
        raise SettingsError(f"no order is called {order!r}; expected one of {', '.join(ORDERS)}")
    prefills = prefills or {}
    pictures = store.unlabelled()
    clusters: dict[int, list[str]] = defaultdict(list)
    for picture in pictures:
        if picture.cluster is not None:
            clusters[picture.cluster].append(picture.key)
    groups = [_card_group(key, some, clusters, prefills) for key, some in _grouped(pictures, prefills).items()]
    if wanted := fold(search):
        groups = [group for group in groups if any(wanted in text for text in _searched(group, prefills))]
    groups.sort(key=lambda group: (ORDERS[order].rank(group), _place(group)))
    return groups[:limit]


def progress_of(store: DatasetStore) -> Progress:
    """How many pictures are labelled, wait, and are set aside."""
    return Progress(len(store.labels), len(store.unlabelled()), len(store.aside))


def accept_above(store: DatasetStore, prefills: Mapping[str, Prefill], threshold: float) -> list[Proposed]:
    """The unlabelled pictures whose prefill is at least so sure (name and modifier both), surest first: a preview."""
    sure = [
        Proposed(picture.key, prefill)
        for picture in store.unlabelled()
        if (prefill := prefills.get(picture.key)) is not None and prefill.prefilled and prefill.both >= threshold
    ]
    return sorted(sure, key=lambda proposed: -proposed.prefill.both)


def as_actions(proposed: Iterable[Proposed]) -> list[Accept]:
    """What accepting proposals does."""
    return [
        Accept(one.picture, one.prefill.name, one.prefill.modifier, one.prefill.type, one.prefill.rarity, new=True)
        for one in proposed
    ]


class Prefiller:
    """Keeps the prefills of a store's unlabelled pictures up to date. Safe to share between threads.

    model: name or folder of a trained model that names and compares; None compares with the package's encoder, and names with
    the model `game` or `demo` where there is one. encoder, reader: instead of these, for tests.
    """

    def __init__(
        self,
        store: DatasetStore,
        model: str | None = None,
        settings: SuggestSettings | None = None,
        encoder: Encoder | None = None,
        reader: Reader | None = None,
        threads: int | None = None,
    ) -> None:
        self.store = store
        self.settings = settings or SuggestSettings()
        self.problems: list[str] = []
        """What could not be used, one line each."""
        self.prefills: Mapping[str, Prefill] = {}
        """By unlabelled picture, as of the last `update`."""
        self._guard = threading.RLock()
        encoder = encoder or load_encoder(model, threads)
        self.reader = reader or self._find_reader(model, threads)
        self.embeddings = Embeddings(encoder, store.data_dir / CACHE)
        self._from_labels: dict[str, Suggestion] = {}
        self._from_model: dict[str, Suggestion] = {}
        self._from_file = self._read_file()
        self._known: dict[str, CardLabel] = {}
        self._compared: Labelled | None = None
        self._version: int | None = None

    @property
    def ready(self) -> bool:
        """Whether anything can be suggested: a label to compare with, a trained model, or a file of suggestions."""
        return bool(self._known) or self.reader is not None or bool(self._from_file)

    @property
    def about(self) -> str:
        """Where prefills come from, in one line."""
        num = len(self._known)
        parts = [f"{num} labelled picture{'s' * (num != 1)}"] if num else []
        parts += [f"the model {self.reader.name!r}"] if self.reader is not None else []
        parts += [f"{len(self._from_file)} suggestions of {SUGGESTIONS}"] if self._from_file else []
        return "from " + " and ".join(parts) if parts else "label a card, and others like it are filled in"

    def update(self) -> None:
        """Catch up with the store: look at new pictures, and suggest anew where new labels change something."""
        with self._guard:
            self.store.refresh()
            version = self.store.version
            if version == self._version:
                return
            labels = {key: label for key, label in self.store.labels.items() if label.name}
            waiting = [picture.key for picture in self.store.unlabelled()]
            pictures = self.store.pictures
            self.embeddings.add({key: pictures[key].path for key in (*labels, *waiting) if key in pictures})
            waiting = [key for key in waiting if key in self.embeddings]
            self._compare({key: label for key, label in labels.items() if key in self.embeddings}, waiting)
            self._read(waiting)
            self.prefills = {key: self._prefill(key) for key in waiting}
            self._version = version

    def _compare(self, labels: dict[str, CardLabel], waiting: Sequence[str]) -> None:
        """Suggest from the labelled pictures, for those only on which something may have changed."""
        added = [key for key in labels if key not in self._known]
        changed = len(labels) - len(added) < len(self._known) or any(
            _said(labels[key]) != _said(label) for key, label in self._known.items()
        )
        if added or changed:
            keys = list(labels)
            compared = self.embeddings.of(keys) if keys else None
            self._compared = Labelled(keys, list(labels.values()), compared.embedding) if compared is not None else None
        few = len(self._known) < self.settings.k
        self._known = labels
        old = {} if changed else {key: self._from_labels[key] for key in waiting if key in self._from_labels}
        anew = [key for key in waiting if key not in old] + self._reached(list(old), added, few)
        self._from_labels = old
        if self._compared is not None and anew:
            found = self._compared.suggest(self.embeddings.of(anew), self.settings)
            self._from_labels.update(zip(anew, found, strict=True))

    def _reached(self, keys: list[str], added: Sequence[str], few: bool) -> list[str]:
        """Which of the pictures may be suggested otherwise now that some labels were added; all while there were only few."""
        if not keys or not added:
            return []
        if few:
            return keys
        likeness = (self.embeddings.of(keys).embedding @ self.embeddings.of(added).embedding.T).max(axis=1)
        names = {self._known[key].name for key in added}
        return [
            key
            for key, alike in zip(keys, likeness, strict=True)
            if (old := self._from_labels[key]).similarity - REACH <= alike or old.candidates[0].name in names
        ]

    def _read(self, waiting: Sequence[str]) -> None:
        """Ask the trained model about pictures that it has not seen."""
        if self.reader is None:
            return
        new = [key for key in waiting if key not in self._from_model]
        for key in track(new, "Reading cards"):
            try:
                self._from_model[key] = self.reader.read([one_card(self.store.pictures[key].path)])[0]
            except InputError as error:
                self.embeddings.failures[key] = str(error)

    def _prefill(self, key: str) -> Prefill:
        said = [(self._from_labels.get(key), LABELS_SAY), (self._from_model.get(key), MODEL_SAYS)]
        if all(suggestion is None for suggestion, _ in said):
            said = [(self._from_file.get(key), FILE_SAYS)]
        return combine([(suggestion, source) for suggestion, source in said if suggestion is not None])

    def _find_reader(self, model: str | None, threads: int | None) -> Reader | None:
        if model == PACKAGE:
            return None
        if model is None and not any((model_dir(name) / MODEL_FILE).is_file() for name in ("game", "demo")):
            return None
        try:
            return load_reader(model or "auto", threads)
        except ModelError as error:
            if model is not None:
                raise
            self.problems.append(str(error))
            return None

    def _read_file(self) -> dict[str, Suggestion]:
        path = self.store.data_dir / SUGGESTIONS
        if not path.is_file():
            return {}
        try:
            return read_suggestions(path)
        except BalatroError as error:
            self.problems.append(str(error))
            return {}


def combine(said: Sequence[tuple[Suggestion, str]]) -> Prefill:
    """One prefill of what several sources say: the surest leads; candidates of all, each with its highest confidence."""
    if not said:
        return Prefill()
    best, source = max(said, key=lambda one: (one[0].prefilled, one[0].candidates[0].confidence if one[0].candidates else 0.0))
    candidates: dict[str, Candidate] = {}
    for suggestion, _ in said:
        for candidate in suggestion.candidates:
            other = candidates.get(candidate.name)
            candidates[candidate.name] = candidate if other is None else _surer(candidate, other)
    ranked = tuple(sorted(candidates.values(), key=lambda candidate: -candidate.confidence)[:MAX_CANDIDATES])
    if not best.prefilled or not best.candidates:
        return Prefill(candidates=ranked, source=source)
    first = candidates[best.candidates[0].name]
    told = [(one.modifier_confidence, one.modifier) for one, _ in said if one.modifier]
    sure, modifier = max(told, default=(0.0, ""))
    return Prefill(first.name, first.type, first.rarity, modifier, first.confidence, sure, True, ranked, source)


def _surer(one: Candidate, other: Candidate) -> Candidate:
    """Two opinions on one card: the higher confidence, with a picture to show and what is known of the card."""
    best, rest = (one, other) if one.confidence >= other.confidence else (other, one)
    return replace(
        best,
        type=best.type or rest.type,
        rarity=best.rarity or rest.rarity,
        nearest=best.nearest or rest.nearest,
        similarity=max(best.similarity, rest.similarity),
    )


def _said(label: CardLabel) -> tuple[str, str, str, str]:
    return label.name, label.type, label.rarity, label.modifier


def _grouped(pictures: Iterable[Picture], prefills: Mapping[str, Prefill]) -> dict[str, list[Picture]]:
    """Pictures by capture group; those without one by what is filled in, so that they can be accepted together."""
    groups: dict[str, list[Picture]] = defaultdict(list)
    for picture in pictures:
        prefill = prefills.get(picture.key)
        if picture.card_group is not None:
            key = f"group:{'' if picture.cluster is None else picture.cluster}:{picture.card_group}"
        elif prefill is not None and prefill.prefilled:
            key = f"like:{prefill.name}:{prefill.modifier}"
            part = 2
            while len(groups.get(key, ())) >= MAX_TOGETHER:
                key = f"like:{prefill.name}:{prefill.modifier}:{part}"
                part += 1
        else:
            key = f"one:{picture.key}"
        groups[key].append(picture)
    return groups


def _card_group(
    key: str, pictures: Sequence[Picture], clusters: Mapping[int, Sequence[str]], prefills: Mapping[str, Prefill]
) -> CardGroup:
    keys = tuple(picture.key for picture in pictures)
    cluster, own = pictures[0].cluster, set(keys)
    rest = () if cluster is None else tuple(other for other in clusters[cluster] if other not in own)
    each = [prefills.get(picture, Prefill()) for picture in keys]
    prefill = vote(each)
    odd = tuple(
        picture
        for picture, one in zip(keys, each, strict=True)
        if one.both >= ODD and (one.name, one.modifier) != (prefill.name, prefill.modifier)
    )
    return CardGroup(key, keys, rest, cluster, pictures[0].card_group, prefill, odd)


def vote(each: Sequence[Prefill]) -> Prefill:
    """What pictures of one card say together: the card and modifier with the highest sum of confidence, as their mean."""
    if len(each) == 1:
        return each[0]
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for one in each:
        if one.prefilled:
            sums[one.name, one.modifier] += one.both
    candidates: dict[str, list[Candidate]] = defaultdict(list)
    for one in each:
        for candidate in one.candidates:
            candidates[candidate.name].append(candidate)
    merged = [
        replace(max(some, key=lambda candidate: candidate.similarity), confidence=sum(c.confidence for c in some) / len(each))
        for some in candidates.values()
    ]
    ranked = tuple(sorted(merged, key=lambda candidate: -candidate.confidence)[:MAX_CANDIDATES])
    if not sums:
        return Prefill(candidates=ranked)
    best = max(sums, key=lambda pair: sums[pair])
    lead = max((one for one in each if (one.name, one.modifier) == best), key=lambda one: one.both)
    name_sure = sum(one.confidence for one in each if one.prefilled and one.name == best[0]) / len(each)
    modifier_sure = min(1.0, sums[best] / len(each) / max(name_sure, 1e-9))
    return replace(lead, confidence=name_sure, modifier_confidence=modifier_sure, candidates=ranked)


def _searched(group: CardGroup, prefills: Mapping[str, Prefill]) -> Iterable[str]:
    for picture in group.pictures:
        yield fold(picture)
        for candidate in prefills.get(picture, Prefill()).candidates:
            yield fold(candidate.name)


def _place(group: CardGroup) -> tuple[float, float, tuple[tuple[int, str], ...]]:
    """By cluster, group and file name; pictures without a cluster last."""
    last = float("inf")
    cluster = last if group.cluster is None else group.cluster
    return cluster, last if group.card_group is None else group.card_group, natural(group.pictures[0])

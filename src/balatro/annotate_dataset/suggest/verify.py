"""Looking through a dataset: all cards by name and modifier, and first of all the labels that are likely wrong.

Each way in which a label can be suspicious is an entry of `CHECKS`. Those that compare pictures need the embeddings that a
`Prefiller` has; the others work without.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from balatro.annotate_dataset.store.screenshots import natural
from balatro.annotate_dataset.store.store import DatasetStore, Relabel
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.config.cards import CATALOGUE, catalogue_card
from balatro.config.modifiers import MODIFIERS
from balatro.errors import SettingsError, UnknownCardError
from balatro.utils.labels import CardLabel

BLOCK = 512
"""Pictures that are compared with all others at once."""
CLOSER = 0.03
"""By how much another card must be more alike than the picture's own name before that is told (cosine)."""
SURE = 0.9
"""Probability from which the modifier head's opinion against a label is told."""
FAR = 0.75
"""Likeness to the most alike picture of its own label under which a picture is told."""
TWIN = 0.985
"""Likeness from which two pictures are near-duplicates, which ought to have one label."""
MAX_FOUND = 1_000
"""Suspicions of one kind."""
_BY_NAME = {card.name: card for card in CATALOGUE}


@dataclass(frozen=True)
class CardPictures:
    """All pictures of one card in one modifier."""

    name: str
    modifier: str
    type: str
    rarity: str
    pictures: tuple[str, ...]
    missing: tuple[str, ...]
    """Those of them without a file."""


@dataclass(frozen=True)
class Suspicion:
    """Why a label may be wrong."""

    picture: str
    kind: str
    """One of CHECKS."""
    why: str
    """In a sentence."""
    score: float
    """How likely it is wrong, 0..1; comparable within a kind, roughly between kinds."""
    other: str = ""
    """A picture to look at beside it."""
    proposal: Relabel | None = None
    """What would mend it."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What the checks look at: labels, and the pictures' embeddings where there are any."""

    labels: Mapping[str, CardLabel]
    missing: frozenset[str]
    keys: tuple[str, ...] = ()
    """The labelled pictures that have an embedding."""
    embedding: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """(n, D) float32, unit length."""
    heads: np.ndarray | None = None
    """(n, modifiers) probabilities."""

    @cached_property
    def neighbours(self) -> Neighbours:
        return _neighbours(self)

    def label(self, place: int | np.integer) -> CardLabel:
        return self.labels[self.keys[place]]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """For each picture the most alike others, (n,) cosines and places; -1 where there are none."""

    own: np.ndarray
    """The most alike one of the same name; neighbours of the same capture group do not count, they say nothing new."""
    own_place: np.ndarray
    other: np.ndarray
    """The most alike one of another name."""
    other_place: np.ndarray
    twin: np.ndarray
    """The most alike one whose name or modifier is another."""
    twin_place: np.ndarray


def cards(store: DatasetStore) -> list[CardPictures]:
    """All labelled pictures by name and modifier: names by alphabet, modifiers in their own order."""
    gone = set(missing(store))
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    labels = store.labels
    for key, label in labels.items():
        groups[label.name, label.modifier].append(key)
    return [_card(labels, key, groups[key], gone) for key in sorted(groups, key=_card_order)]


def missing(store: DatasetStore) -> list[str]:
    """The labelled pictures that have no file, neither in the dataset nor among the raw pictures."""
    return [key for key in store.labels if not store.path_of(key).is_file()]


def suspicious(store: DatasetStore, prefiller: Prefiller | None = None, kinds: Sequence[str] | None = None) -> list[Suspicion]:
    """Labels that may be wrong, worst first; each picture once for every kind that applies.

    prefiller: has the embeddings; without one, pictures are not compared. kinds: some of CHECKS, all when left out.
    """
    unknown = [kind for kind in kinds or () if kind not in CHECKS]
    if unknown:
        raise SettingsError(f"no check is called {unknown[0]!r}; expected one of {', '.join(CHECKS)}")
    return look_through(see(store, prefiller), kinds)


def look_through(seen: Seen, kinds: Sequence[str] | None = None) -> list[Suspicion]:
    """The same of labels and embeddings that are at hand."""
    found = [
        suspicion
        for kind, check in CHECKS.items()
        if kinds is None or kind in kinds
        for suspicion in sorted(check.look(seen), key=_worst_first)[:MAX_FOUND]
    ]
    return sorted(found, key=_worst_first)


@dataclass(frozen=True)
class Check:
    """One way in which labels are suspicious."""

    about: str
    look: Callable[[Seen], Iterator[Suspicion]]


def _missing(seen: Seen) -> Iterator[Suspicion]:
    for key in seen.labels:
        if key in seen.missing:
            yield Suspicion(key, "missing", "the picture's file is gone; put it back or remove the label", 1.0)


def _catalogue(seen: Seen) -> Iterator[Suspicion]:
    """Names that are almost one of the catalogue's, kinds that contradict it, and labels that say nothing."""
    names = Counter(label.name for label in seen.labels.values() if label.name)
    ours = sum(name in _BY_NAME for name in names) * 2 >= len(names)
    kinds: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for label in seen.labels.values():
        kinds[label.name][label.type, label.rarity] += 1
    for key, label in seen.labels.items():
        card = _BY_NAME.get(label.name)
        usual = (card.type, card.rarity) if card is not None and ours else kinds[label.name].most_common(1)[0][0]
        if not label.name:
            yield Suspicion(key, "catalogue", "it has no name", 0.9)
        elif ours and card is None:
            yield _unknown_name(key, label.name)
        elif (label.type, label.rarity) != usual:
            why = f"{_kind(label.type, label.rarity)}, but {label.name} is {_kind(*usual)}"
            mend = Relabel(key, type=usual[0], rarity=usual[1])
            yield Suspicion(key, "catalogue", why, 0.8, proposal=mend)


def _unknown_name(key: str, name: str) -> Suspicion:
    try:
        card = catalogue_card(name)
    except UnknownCardError as error:
        return Suspicion(key, "catalogue", f"{error}", 0.6)
    return Suspicion(key, "catalogue", f"{name!r} is written {card.name!r}", 0.85, proposal=Relabel(key, name=card.name))


def _disagrees(seen: Seen) -> Iterator[Suspicion]:
    """Pictures that look more like another card than like the others of their own name."""
    near = seen.neighbours
    closer = near.other - np.maximum(near.own, 0)
    for place in np.flatnonzero((near.own_place >= 0) & (near.other_place >= 0) & (closer > CLOSER)):
        label, other = seen.label(place), seen.label(int(near.other_place[place]))
        alike, own = near.other[place], near.own[place]
        why = f"it looks like {other.name} ({alike:.2f} alike), less like the others of {label.name} ({own:.2f})"
        yield Suspicion(
            seen.keys[place],
            "disagrees",
            why,
            float(np.clip(0.5 + 2 * closer[place], 0, 1)),
            seen.keys[int(near.other_place[place])],
            Relabel(seen.keys[place], name=other.name),
        )


def _modifier(seen: Seen) -> Iterator[Suspicion]:
    """Pictures that the modifier head reads otherwise; it knows the game's own modifiers alone."""
    if seen.heads is None:
        return
    best = seen.heads.argmax(axis=1)
    for place, number in enumerate(best):
        label, sure = seen.label(place), float(seen.heads[place, number])
        if label.modifier in MODIFIERS and label.modifier != MODIFIERS[number] and sure >= SURE:
            why = f"labelled {label.modifier}, looks {MODIFIERS[number]} ({100 * sure:.0f} %)"
            mend = Relabel(seen.keys[place], modifier=MODIFIERS[number])
            yield Suspicion(seen.keys[place], "modifier", why, sure * 0.8, proposal=mend)


def _apart(seen: Seen) -> Iterator[Suspicion]:
    """Pictures that are alike no other picture of their own name."""
    near = seen.neighbours
    for place in np.flatnonzero((near.own_place >= 0) & (near.own < FAR)):
        why = f"only {near.own[place]:.2f} alike the nearest other picture of {seen.label(place).name}"
        score = float(np.clip((FAR - near.own[place]) / FAR, 0, 1)) * 0.9
        yield Suspicion(seen.keys[place], "apart", why, score, seen.keys[int(near.own_place[place])])


def _twins(seen: Seen) -> Iterator[Suspicion]:
    """Near-duplicates with different labels; each pair once."""
    near = seen.neighbours
    told: set[tuple[int, int]] = set()
    for place in np.flatnonzero((near.twin_place >= 0) & (near.twin >= TWIN)):
        other = int(near.twin_place[place])
        if (other, int(place)) in told:
            continue
        told.add((int(place), other))
        label, its = seen.label(place), seen.label(other)
        why = f"almost the same picture as one labelled {_words(its)}, but labelled {_words(label)}"
        score = float(np.clip((near.twin[place] - TWIN) / (1 - TWIN), 0, 1)) * 0.3 + 0.6
        yield Suspicion(seen.keys[place], "twins", why, score, seen.keys[other])


CHECKS = {
    "missing": Check("the file is gone", _missing),
    "catalogue": Check("contradicts the catalogue, or its own name's other labels", _catalogue),
    "disagrees": Check("looks like another card", _disagrees),
    "modifier": Check("looks like another modifier", _modifier),
    "apart": Check("unlike the others of its name", _apart),
    "twins": Check("near-duplicates with different labels", _twins),
}
WHYS: Mapping[str, str] = {kind: check.about for kind, check in CHECKS.items()}
"""Each kind of suspicion in a few words."""


def see(store: DatasetStore, prefiller: Prefiller | None) -> Seen:
    """What the checks look at; without a prefiller, labels alone."""
    labels = store.labels
    gone = frozenset(missing(store))
    if prefiller is None:
        return Seen(labels, gone)
    prefiller.update()
    keys = tuple(key for key, label in labels.items() if label.name and key in prefiller.embeddings)
    if not keys:
        return Seen(labels, gone)
    encoded = prefiller.embeddings.of(keys)
    return Seen(labels, gone, keys, encoded.embedding, encoded.modifier)


def _neighbours(seen: Seen) -> Neighbours:
    """Compare all pictures with all others, block by block: n² cosines, never more than BLOCK rows of them at once."""
    num = len(seen.keys)
    names, cards, groups = _numbers(seen)
    found = {what: (np.full(num, -1.0), np.full(num, -1)) for what in ("own", "other", "twin")}
    for start in range(0, num, BLOCK):
        rows = slice(start, min(start + BLOCK, num))
        alike = seen.embedding[rows] @ seen.embedding.T
        same_name = names[rows, None] == names[None]
        fresh = (groups[rows, None] != groups[None]) | (groups[rows, None] < 0)
        fresh[np.arange(rows.stop - start), np.arange(start, rows.stop)] = False
        masks = {"own": same_name & fresh, "other": ~same_name, "twin": cards[rows, None] != cards[None]}
        for what, mask in masks.items():
            allowed = np.where(mask, alike, -2.0)
            best = allowed.argmax(axis=1)
            value = allowed[np.arange(len(best)), best]
            found[what][0][rows] = np.maximum(value, -1.0)
            found[what][1][rows] = np.where(value > -2.0, best, -1)
    return Neighbours(*(array for what in ("own", "other", "twin") for array in found[what]))


def _numbers(seen: Seen) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n,) numbers for the names, for names with modifiers, and for the capture groups (-1: none)."""
    labels = [seen.labels[key] for key in seen.keys]
    numbers: dict[object, int] = {}

    def number(value: object) -> int:
        return numbers.setdefault(value, len(numbers))

    names = np.array([number(label.name) for label in labels])
    cards = np.array([number((label.name, label.modifier)) for label in labels])
    groups = [-1 if label.card_group is None else number((label.cluster, label.card_group, "group")) for label in labels]
    return names, cards, np.array(groups)


def _card(labels: Mapping[str, CardLabel], key: tuple[str, str], pictures: list[str], gone: set[str]) -> CardPictures:
    kinds = Counter((labels[picture].type, labels[picture].rarity) for picture in pictures)
    (card_type, rarity), _ = kinds.most_common(1)[0]
    ordered = tuple(sorted(pictures, key=natural))
    return CardPictures(*key, card_type, rarity, ordered, tuple(picture for picture in ordered if picture in gone))


def _card_order(key: tuple[str, str]) -> tuple[str, int, str]:
    name, modifier = key
    return name.casefold(), MODIFIERS.index(modifier) if modifier in MODIFIERS else -1, name


def _worst_first(suspicion: Suspicion) -> tuple[float, tuple[tuple[int, str], ...]]:
    return -suspicion.score, natural(suspicion.picture)


def _words(label: CardLabel) -> str:
    return " ".join(part for part in (label.modifier, label.name) if part)


def _kind(card_type: str, rarity: str) -> str:
    return " ".join(part for part in (rarity, card_type) if part) or "without a type"

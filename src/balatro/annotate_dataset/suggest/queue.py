"""What to label next, filled in as far as it can be: groups of unlabelled pictures, each with its likeliest card.

Prefills come from the most alike labelled pictures (from the first label on, for any game), and from a trained model where
there is one (before the first label). They are suggestions: only what a person accepts is written anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from balatro.annotate_dataset.store.screenshots import Picture, natural
from balatro.annotate_dataset.store.store import Accept, DatasetStore
from balatro.annotate_dataset.suggest.prefill import Prefill, vote
from balatro.config.cards import fold
from balatro.errors import SettingsError

MAX_TOGETHER = 24
"""Pictures without a capture group that are shown together because they are prefilled alike."""
ODD = 0.5
"""From this confidence on, a picture of a group that reads as another card is shown apart."""


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

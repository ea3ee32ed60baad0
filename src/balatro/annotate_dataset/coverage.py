"""How complete a dataset is: what is labelled, which names and modifiers it has, which it lacks, and what to capture next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.queue import progress_of
from balatro.config.cards import CATALOGUE, TYPES
from balatro.config.modifiers import MODIFIERS
from balatro.utils.labels import CardLabel

ENOUGH = 2
"""Pictures of a card in a modifier with which it can be both trained on and checked."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """What a dataset has and lacks."""

    labelled: int
    unlabelled: int
    aside: int
    names: tuple[str, ...]
    """All that are used, and the catalogue's when the cards are Balatro's: the rows of the table."""
    types: tuple[str, ...]
    """The type of each of the names."""
    modifiers: tuple[str, ...]
    """The columns of the table; one empty text for a game without modifiers."""
    table: np.ndarray
    """(names, modifiers) int64: pictures of each name in each modifier."""
    num_unknown: int
    """Labelled pictures that are in no cell, because their name or modifier is not known."""

    @property
    def total(self) -> int:
        """All pictures."""
        return self.labelled + self.unlabelled + self.aside

    @property
    def names_by_type(self) -> dict[str, int]:
        """How many names of each type have a picture."""
        have = self.table.sum(axis=1) > 0
        return _counted(kind for kind, has in zip(self.types, have, strict=True) if has)

    @property
    def num_expected_by_type(self) -> dict[str, int]:
        """How many names of each type there are."""
        return _counted(self.types)

    @property
    def names_by_modifier(self) -> dict[str, int]:
        """How many names have a picture in each modifier."""
        return dict(zip(self.modifiers, (self.table > 0).sum(axis=0).tolist(), strict=True))

    @property
    def pictures_by_modifier(self) -> dict[str, int]:
        """How many pictures each modifier has."""
        return dict(zip(self.modifiers, self.table.sum(axis=0).tolist(), strict=True))

    @property
    def num_names(self) -> int:
        """Names that have a picture."""
        return int((self.table.sum(axis=1) > 0).sum())

    @property
    def holes(self) -> list[tuple[str, str]]:
        """The names and modifiers without a picture, in the table's order."""
        return [(self.names[row], self.modifiers[column]) for row, column in np.argwhere(self.table == 0)]

    def row(self, name: str) -> dict[str, int]:
        """A name's pictures by modifier."""
        return dict(zip(self.modifiers, self.table[self.names.index(name)].tolist(), strict=True))


@dataclass(frozen=True)
class Wanted:
    """A card to capture."""

    name: str
    modifier: str
    have: int
    """Pictures of it that there are already."""
    why: str


def coverage(store: DatasetStore) -> Coverage:
    """Count a dataset."""
    progress = progress_of(store)
    counted = count_labels(store.labels, store.modifiers)
    return Coverage(progress.labelled, progress.unlabelled, progress.aside, *counted)


def count_labels(
    labels: Mapping[str, CardLabel], all_modifiers: tuple[str, ...] = MODIFIERS
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], np.ndarray, int]:
    """Names, their types, modifiers, the (names, modifiers) table, and how many labels are in no cell."""
    pictures = Counter((label.name, label.modifier) for label in labels.values())
    kinds = _kinds(labels)
    modifiers = all_modifiers if any(modifier for _, modifier in pictures) or not pictures else ("",)
    table = np.array([[pictures[name, modifier] for modifier in modifiers] for name in kinds], np.int64)
    table = table.reshape(len(kinds), len(modifiers))
    return tuple(kinds), tuple(kinds.values()), modifiers, table, len(labels) - int(table.sum())


def to_capture(covered: Coverage, limit: int = 20) -> list[Wanted]:
    """What would help most: first cards that nobody has pictured, then those pictured once, then the rarest modifiers' holes.

    A new card matters more than another edition of a known one; among editions, those that fewest cards have.
    """
    if not covered.names or not covered.modifiers:
        return []
    first = covered.modifiers[0]
    sums = covered.table.sum(axis=1)
    wanted = [Wanted(name, first, 0, "no picture at all") for name, have in zip(covered.names, sums, strict=True) if have == 0]
    wanted += [
        Wanted(name, _only(covered, row), 1, "only one picture: nothing to check the training with")
        for row, (name, have) in enumerate(zip(covered.names, sums, strict=True))
        if have == 1
    ]
    shown = covered.names_by_modifier
    for column in sorted(range(len(covered.modifiers)), key=lambda place: shown[covered.modifiers[place]]):
        modifier = covered.modifiers[column]
        for row in np.flatnonzero((covered.table[:, column] == 0) & (sums >= ENOUGH)):
            why = f"no {modifier} of it; {shown[modifier]} of {len(covered.names)} names have one"
            wanted.append(Wanted(covered.names[row], modifier, 0, why))
    return wanted[:limit]


def _only(covered: Coverage, row: int) -> str:
    return covered.modifiers[int(covered.table[row].argmax())]


def _kinds(labels: Mapping[str, CardLabel]) -> dict[str, str]:
    """Every name to be expected with its type: the catalogue's in its order when the cards are Balatro's, then others."""
    used = {label.name: label.type for label in labels.values() if label.name}
    catalogue = {card.name: card.type for card in CATALOGUE}
    ours = sum(name in catalogue for name in used) * 2 >= len(used)
    expected = catalogue if ours else {name: kind for name, kind in catalogue.items() if name in used}
    return expected | {name: used[name] for name in sorted(used, key=str.casefold) if name not in catalogue}


def _counted(kinds: Iterable[str]) -> dict[str, int]:
    """How often each type occurs, Balatro's own first."""
    counts = Counter(kinds)
    order = [*TYPES, *sorted(set(counts) - set(TYPES))]
    return {kind: counts[kind] for kind in order if counts[kind]}

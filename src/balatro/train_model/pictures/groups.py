"""Which pictures stay together when a dataset is split: one capture group, one picture, or nearly so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from balatro.config.cards import fold
from balatro.train_model.pictures.likeness import Groups, near_duplicates, pixel_digests
from balatro.utils.labels import CardLabel


def find_groups(labels: Mapping[str, CardLabel], cards: np.ndarray) -> tuple[list[int], list[str]]:
    """Of every picture its group's number, and the digest of its pixels."""
    groups = Groups(len(labels))
    digests = pixel_digests(cards)
    groups.join_equal(digests)
    groups.join_equal(capture_group(label) for label in labels.values())
    for classes in _compared(list(labels.values())):
        for a, b in near_duplicates(cards, classes):
            groups.join(a, b)
    return groups.numbers(), digests


def _compared(labels: Sequence[CardLabel]) -> list[list[Hashable]]:
    """Classes within which pictures are compared: one card in one modifier; and where a label is silent, all that it may be."""
    names = [fold(label.name) or label.name for label in labels]
    passes: list[list[Hashable]] = [[(name, label.modifier) for name, label in zip(names, labels, strict=True)]]
    silent = {name for name, label in zip(names, labels, strict=True) if name and not label.modifier}
    complete = {name for name, label in zip(names, labels, strict=True) if label.modifier}
    if silent & complete:
        passes.append([name if name in silent else (row,) for row, name in enumerate(names)])
    if "" in names:
        passes.append([""] * len(names))
    return passes


def capture_group(label: CardLabel) -> tuple[int, int] | None:
    """What pictures taken one after the other have in common; None where it is not known."""
    return None if label.cluster is None or label.card_group is None else (label.cluster, label.card_group)


@dataclass(frozen=True)
class Group:
    """Pictures that stay together."""

    rows: tuple[int, ...]
    names: frozenset[str]
    card: tuple[str, str]
    """Name and modifier of most of them."""
    teaches: frozenset[tuple[str, Any]]
    """What train must learn from other groups when this one leaves it."""


def members_of(labels: Sequence[CardLabel], numbers: Sequence[int]) -> list[Group]:
    """The groups, and by their cards what each teaches: its names, its modifiers, and its card where others show it too."""
    rows = defaultdict(list)
    for row, number in enumerate(numbers):
        rows[number].append(row)
    cards = {number: _card_of([labels[row] for row in its]) for number, its in rows.items()}
    counts = Counter(cards.values())
    groups = []
    for number, its in rows.items():
        names = frozenset(labels[row].name for row in its) - {""}
        modifiers = frozenset(labels[row].modifier for row in its) - {""}
        alone = counts[cards[number]] == 1 and all(cards[number])
        teaches = {("name", name) for name in names} | {("modifier", modifier) for modifier in modifiers}
        groups.append(
            Group(tuple(its), names, cards[number], frozenset(teaches if alone else teaches | {("card", cards[number])}))
        )
    return groups


def _card_of(labels: Sequence[CardLabel]) -> tuple[str, str]:
    return Counter((label.name, label.modifier) for label in labels).most_common(1)[0][0]

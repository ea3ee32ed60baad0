"""Labelled card pictures as arrays, and the batches drawn from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.train_model.pictures.transforms import Transform, apply_changes, draw_changes, pick_transform
from balatro.utils.labels import CardLabel


@dataclass(frozen=True, eq=False)
class Pictures:
    """N labelled pictures. `cards` may lie in a file (see `cache.open_cards`); everything else is small."""

    keys: tuple[str, ...]
    """As in labels.json or augmented.json."""
    cards: np.ndarray
    """(M, h, w, 3) uint8 RGB: these pictures, or a file that holds others too."""
    labels: Mapping[str, np.ndarray]
    """For each task (N,) int64 places of classes, MISSING where the label is not known."""
    modifier: np.ndarray
    """(N,) int8 places in MODIFIERS, -1 where unknown: what transforms may do depends on it, whatever is learned."""
    is_original: np.ndarray
    """(N,) bool, False for augmented pictures."""
    places: np.ndarray | None = None
    """(N,) int64: where each picture lies in `cards`, None for in order. One file serves all sides, without a copy."""

    def __len__(self) -> int:
        return len(self.keys)

    def places_of(self, rows: np.ndarray | slice) -> np.ndarray:
        """(n,) int64: where some of the pictures lie in `cards`."""
        places: np.ndarray = np.arange(len(self.keys))[rows] if self.places is None else self.places[rows]
        return places

    def read(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """(n, h, w, 3) uint8 RGB: some of the pictures, as they are, in memory."""
        return np.ascontiguousarray(self.cards[self.places_of(rows)])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.cards.shape[2], self.cards.shape[1]


def modifiers_of(labels: Sequence[CardLabel]) -> np.ndarray:
    """(N,) int8 places in MODIFIERS, -1 where unknown."""
    place = {name: number for number, name in enumerate(MODIFIERS)}
    return np.array([place.get(label.modifier, -1) for label in labels], np.int8)


def draw_pictures(
    pictures: Pictures,
    rows: np.ndarray,
    transform: str | Transform,
    seed: int,
    step: int,
    part: slice = slice(None),
    threads: int = 1,
) -> dict[str, np.ndarray]:
    """One batch: `cards` (b, h, w, 3) uint8 RGB and `label.<task>` (b,) int64.

    rows: (B,) of the whole batch. part: which of them to draw; several processes that share a batch get exactly the rows that
    one process would. transform: a name of TRANSFORMS or a record like them. seed, step: what is random follows from these.
    """
    record = pick_transform(transform)
    changes = draw_changes(record, pictures.modifier[rows], pictures.size, np.random.default_rng([seed, step]))
    wanted = np.asarray(rows)[part]
    cards = apply_changes(pictures.cards, pictures.places_of(wanted), changes[part], threads)
    return {"cards": cards, **{f"label.{task}": label[wanted] for task, label in pictures.labels.items()}}

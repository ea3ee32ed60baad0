"""A picture that was looked at once: its cards, and what the encoder gave for each, from which the table is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from balatro.identify_card.card import Card


@dataclass(frozen=True, eq=False)
class Sight:
    """What one look at a picture gave; all lists in the quads' order."""

    picture: np.ndarray
    """(H, W, 3) uint8 RGB."""
    quads: np.ndarray
    """(N, 4, 2) float32 corners in pixels: top left, top right, bottom right, bottom left."""
    cards: list[Card]
    outputs: dict[str, np.ndarray] = field(default_factory=dict)
    """What the encoder gave for the N things as they stand, or in the turn in which they were read: logits by task, and
    `embedding`; empty where there are none."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.picture.shape[1], self.picture.shape[0]

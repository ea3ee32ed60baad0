"""A picture that was looked at once: its cards, and what the encoder gave for each, from which the table is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from balatro.identify_card.card import Card

CARD_SHARE = 0.4
"""A find that fills at least this share of a picture of a card's shape is that card."""


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

    @property
    def has_card(self) -> bool:
        """Whether a card has a name, or a thing fills enough of the picture to be the card that it shows."""
        width, height = self.size
        large = (cv2.contourArea(quad) >= CARD_SHARE * width * height for quad in self.quads)
        return any(card.known for card in self.cards) or any(large)

    def with_cards(self, cards: list[Card]) -> Sight:
        """The same with other names."""
        return Sight(self.picture, self.quads, cards, self.outputs)

    def part(self, rows: np.ndarray) -> Sight:
        """Of some of the things, by index."""
        cards = [self.cards[row] for row in rows]
        return Sight(self.picture, self.quads[rows], cards, {name: values[rows] for name, values in self.outputs.items()})

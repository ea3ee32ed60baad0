"""A look at the whole table, in which the cards that were announced keep their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.table.records import Table
from balatro.identify_card.watch.eyes import Eyes
from balatro.identify_card.watch.followed import USUAL
from balatro.identify_card.watch.looks import distances
from balatro.identify_card.watch.rest.still import SWAY


def read_table(eyes: Eyes, image: np.ndarray, quads: np.ndarray, announced: Sequence[Card]) -> Table:
    """The table of an (H, W, 3) uint8 RGB frame with (N, 4, 2) float32 quads of its cards.

    announced: cards that are followed, where they lie now: many frames have voted on what these are called.
    """
    sight = eyes.recognizer.look_at(image, quads, eyes.any_turn)
    if announced and len(quads):
        far = distances(quads, np.array([card.quad for card in announced], np.float32))
        nearest = far.argmin(axis=1)
        cards = [
            _named(card, announced[place]) if far[row, place] < SWAY else card
            for row, (card, place) in enumerate(zip(sight.cards, nearest.tolist(), strict=True))
        ]
        sight = replace(sight, cards=cards)
    return eyes.recognizer.table_of(sight)


def _named(card: Card, other: Card) -> Card:
    """The card with the other's name and modifier; with its own modifier where it is sure of it."""
    is_sure = card.id == other.id and card.modifier_confidence >= USUAL.edition_confidence
    modifier = card.modifier if is_sure else other.modifier
    return replace(
        card, modifier=modifier, **{name: getattr(other, name) for name in ("id", "name", "type", "rarity", "known")}
    )

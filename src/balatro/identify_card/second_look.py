"""What is looked at once more when it has no name: cards on their side or head, and cards under a wash of one colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.naming import SURE
from balatro.utils.quads import quad_sizes

LYING = 1.12
"""Width by height from which on a thing may be a card on its side: the widest card that stands, a square one, is near 1."""
WASHED = 140
"""Span of the colours of a card, of 255, below which something may lie over it: a card has both ink and paper, 200 apart."""
ENDS = (2.0, 98.0)
"""Percentiles between which the colours of a card lie, so far as they are counted."""
INK, PAPER = 10.0, 245.0
"""Where the darkest and brightest of a card's colours lie without a wash."""

Look = Callable[[np.ndarray, bool], tuple[Sequence[Card], object]]
"""(N, 4, 2) quads, whether washes are taken off -> the cards there, and more that is of no use here."""


def look_again(cards: list[Card], quads: np.ndarray, washed: Callable[[np.ndarray], np.ndarray], look: Look) -> list[Card]:
    """The cards of a first look, those without a name replaced by what a second look names, or names surely under a wash.

    quads: (N, 4, 2). washed: which of some quads show colours that lie close together. Here a card needs to be surely known,
    since there are that many more ways in which a thing could look like one; that of a turned card begins at its own top left.
    """
    cards = list(cards)
    rows = np.array([row for row, card in enumerate(cards) if not card.known or card.confidence < SURE], int)
    if len(rows):
        rows = rows[washed(quads[rows])]
        _replace(cards, rows, _look(look, quads[rows], True))
    for turn in (1, 3, 2):
        rows = _unnamed(cards)
        if turn != 2:
            across, down = quad_sizes(quads[rows]).T if len(rows) else np.zeros((2, 0))
            rows = rows[across > LYING * down]
        elif len(rows) < len(cards):
            break
        _replace(cards, rows, _look(look, np.roll(quads[rows], turn, axis=1), False))
    return cards


def _unnamed(cards: Sequence[Card]) -> np.ndarray:
    return np.array([row for row, card in enumerate(cards) if not card.known], int)


def _look(look: Look, quads: np.ndarray, washed: bool) -> Sequence[Card]:
    return look(quads, washed)[0] if len(quads) else ()


def _replace(cards: list[Card], rows: np.ndarray, others: Sequence[Card]) -> None:
    for row, card in zip(rows, others, strict=True):
        if card.known and card.confidence >= SURE:
            cards[row] = card


def colour_ends(cards: np.ndarray) -> np.ndarray:
    """(2, N, 3) float32: the low and the high end of each channel of (N, h, w, 3) uint8 RGB cards, by every fourth pixel."""
    ends: np.ndarray = np.percentile(cards[:, ::4, ::4], ENDS, axis=(1, 2)).astype(np.float32)
    return ends


def is_washed(cards: np.ndarray) -> np.ndarray:
    """(N,) bool: cards (N, h, w, 3) uint8 RGB whose colours lie so close together that something may lie over them."""
    low, high = colour_ends(cards)
    result: np.ndarray = (high - low).max(axis=1) < WASHED
    return result


def without_wash(cards: np.ndarray) -> np.ndarray:
    """The same cards with each channel stretched to what a card's ink and paper are.

    A wash of the colour c over a share s of a picture is x (1 - s) + s c, channel by channel: linear, so that the two ends,
    which are known, undo it. (N, h, w, 3) uint8 RGB.
    """
    low, high = colour_ends(cards)[:, :, None, None]
    stretched = (cards - low) * ((PAPER - INK) / np.maximum(high - low, 8.0)) + INK
    result: np.ndarray = np.clip(stretched, 0, 255).astype(np.uint8)
    return result

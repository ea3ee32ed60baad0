"""Cards that a deck might have had: its own cards with parts exchanged, for readers that must look at the whole card.

Mods draw new cards over the game's: the same frame and letters, another figure or another ground. An invented card of another
style is easily told from a deck's; these are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from balatro.render.deck import CELL, DeckCard, to_scale

LEAST_CHANGED = 0.22
"""Share of a card's pixels that must differ from either card it was made of."""
CLEARLY = 40
"""Difference of a channel from which on a pixel counts as another."""
TRIES = 20
"""Pairs that are tried for one card: some have nearly the same picture."""
HUES = (40, 140)
"""How far colours are turned, of 180."""


def make_chimeras(cards: Sequence[DeckCard], count: int, seed: int) -> Iterator[DeckCard]:
    """Up to `count` cards made of two regular cards each, fewer where a deck's cards are too alike; not known, without names.

    The same cards and seed give the same bytes.
    """
    regular = [card for card in cards if card.known and card.size == (1.0, 1.0)]
    kinds = [[card for card in regular if card.type == type_] for type_ in dict.fromkeys(card.type for card in regular)]
    kinds = [kind for kind in kinds if len(kind) > 1]
    shares = np.array([len(kind) for kind in kinds], float)
    for number in range(count if kinds else 0):
        rng = np.random.default_rng([seed, number])
        body = _body(kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))], rng)
        if body is not None:
            yield DeckCard(f"c_{number}", f"chimera {number}", "Joker", "", body, known=False)


def _body(kind: Sequence[DeckCard], rng: np.random.Generator) -> np.ndarray | None:
    for _ in range(TRIES):
        one, other = (_flat(kind[int(place)]) for place in rng.choice(len(kind), 2, replace=False))
        if rng.random() < 0.25:
            other = _recoloured(other, rng)
        if rng.random() < 0.25:
            other = np.ascontiguousarray(other[:, ::-1])
        mask = REGIONS[int(rng.integers(len(REGIONS)))](rng)
        body = np.where(mask[..., None], other, one)
        body[..., 3] = one[..., 3]
        if min(_changed(body, one), _changed(body, other)) >= LEAST_CHANGED:
            return body
    return None


def _flat(card: DeckCard) -> np.ndarray:
    """(95, 71, 4) uint8: the card with its figure, if it has a floating one, at rest on it."""
    body = to_scale(card.body, 1).copy()
    if card.floating is not None:
        figure = to_scale(card.floating, 1)
        share = figure[..., 3:].astype(float) / 255
        body[..., :3] = np.rint(body[..., :3] * (1 - share) + figure[..., :3] * share)
    return body


def _changed(one: np.ndarray, other: np.ndarray) -> float:
    far = np.abs(one[..., :3].astype(int) - other[..., :3]).max(axis=2) > CLEARLY
    return float((far & (one[..., 3] > 0)).mean())


def _recoloured(body: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """All its colours turned; what is white, grey or black stays."""
    hsv = cv2.cvtColor(np.ascontiguousarray(body[..., :3]), cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + int(rng.integers(*HUES))) % 180
    return np.dstack([cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), body[..., 3]])


# Where the other card shows. A rim of the first stays all around: halves of two cards are what covered cards look like.


def _mask() -> tuple[np.ndarray, tuple[int, int]]:
    return np.zeros((CELL[1], CELL[0]), np.uint8), (CELL[0] // 2, CELL[1] // 2)


def _oval(rng: np.random.Generator) -> np.ndarray:
    mask, (x, y) = _mask()
    middle = (x + int(rng.integers(-5, 6)), y + int(rng.integers(-8, 9)))
    return cv2.ellipse(mask, middle, (int(rng.integers(16, 29)), int(rng.integers(22, 40))), 0, 0, 360, 1, cv2.FILLED) > 0


def _window(rng: np.random.Generator) -> np.ndarray:
    mask, _ = _mask()
    left, top = (int(v) for v in rng.integers((6, 6), (16, 22)))
    right, bottom = (int(v) for v in rng.integers((CELL[0] - 16, CELL[1] - 30), (CELL[0] - 5, CELL[1] - 5)))
    mask[top:bottom, left:right] = 1
    return mask > 0


def _patches(rng: np.random.Generator) -> np.ndarray:
    """Blots of a quarter to two thirds of the card, inside its rim."""
    small = rng.normal(size=(6, 5)).astype(np.float32)
    field = cv2.resize(small, CELL, interpolation=cv2.INTER_CUBIC)
    mask = field > np.quantile(field, float(rng.uniform(0.3, 0.6)))
    mask[:5] = mask[-5:] = False
    mask[:, :5] = mask[:, -5:] = False
    return mask


REGIONS: tuple[Callable[[np.random.Generator], np.ndarray], ...] = (_oval, _window, _patches)
"""(95, 71) bool each."""

"""What is looked at closer: things that nearly have a name, and places that the locator doubts, both with corners fitted.

A find below the locator's threshold is no card for it; one whose name is beyond doubt with fitted corners is one all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.naming import SURE
from balatro.identify_card.sight import Sight
from balatro.runtime.locator import distinct
from balatro.runtime.refiner import CARD, Refiner

DOUBTED = 0.6
"""Share of the locator's threshold from which on a find is looked at all the same."""
NEARLY_NAMED = 0.4
"""Probability of the likeliest card from which on the corners may be what is amiss."""
DOUBLY_SURE = 0.995
"""As surely must be known what the locator doubts."""
COVERED = 0.5
"""Of a place of which cards with a name cover more than this share, they are what shows there."""

Look = Callable[[np.ndarray], tuple[Sequence[Card], dict[str, np.ndarray]]]
"""(N, 4, 2) quads -> the cards there, and what the encoder gave for each."""


def look_closer(sight: Sight, doubted: np.ndarray, refiner: Callable[[], Refiner], look: Look) -> Sight:
    """The sight after a closer look, without the doubted things that it gave no name, each card once.

    doubted: (N,) bool, what the locator doubts.
    """
    rows = [row for row, card in enumerate(sight.cards) if _is_unclear(card, bool(doubted[row]))]
    if rows:
        quads, chance = refiner().corners(sight.picture, sight.quads[rows])
        fits = chance >= CARD
        sight = _look(sight, np.array(rows)[fits], quads[fits], doubted, look)
    return _distinct(sight, doubted) if doubted.any() else sight


def _is_unclear(card: Card, doubted: bool) -> bool:
    unclear = not card.known or (doubted and card.confidence < DOUBLY_SURE)
    return unclear and card.confidence >= NEARLY_NAMED


def _is_sure(card: Card, doubted: bool) -> bool:
    return card.known and card.confidence >= (DOUBLY_SURE if doubted else SURE)


def _look(sight: Sight, rows: np.ndarray, quads: np.ndarray, doubted: np.ndarray, look: Look) -> Sight:
    """The sight with what is surely known at these quads (M, 4, 2) in the place of what was there."""
    if not len(rows):
        return sight
    again, outputs = look(quads)
    named = _named(sight, doubted)
    cards, corners = list(sight.cards), sight.quads.copy()
    all_outputs = {name: values.copy() for name, values in sight.outputs.items()}
    for place in sorted(range(len(rows)), key=lambda place: -again[place].confidence):
        row = int(rows[place])
        if not _is_sure(again[place], bool(doubted[row])) or _covered(quads[place], named) > COVERED:
            continue
        named.append(quads[place])  # two finds may be fitted to one card
        cards[row], corners[row] = again[place], quads[place]
        for name, values in all_outputs.items():
            values[row] = outputs[name][place]
    return Sight(sight.picture, corners, cards, all_outputs)


def _distinct(sight: Sight, doubted: np.ndarray) -> Sight:
    """Without the doubted things that have no sure name, and those of them that lie on cards with a name or on each other."""
    named = _named(sight, doubted)
    keep = np.array(
        [
            row
            for row, (quad, card) in enumerate(zip(sight.quads, sight.cards, strict=True))
            if not doubted[row] or (_is_sure(card, True) and _covered(quad, named) <= COVERED)
        ],
        int,
    )
    scores = np.array([sight.cards[row].confidence - 2 * doubted[row] for row in keep])
    # What the locator does not doubt stays, as it would without those: it was told apart before, without names.
    once = {int(keep[place]) for place in distinct(sight.quads[keep], scores)}
    return sight.part(np.array([row for row in keep if not doubted[row] or row in once], int))


def _named(sight: Sight, doubted: np.ndarray) -> list[np.ndarray]:
    """The quads of what has a name and is not doubted."""
    return [quad for quad, card, doubt in zip(sight.quads, sight.cards, doubted, strict=True) if card.known and not doubt]


def _covered(quad: np.ndarray, others: Sequence[np.ndarray]) -> float:
    """Share of a convex quad (4, 2) that others cover, counted twice where two of them do."""
    shared = sum(cv2.intersectConvexConvex(quad, other)[0] for other in others)
    return float(shared / max(cv2.contourArea(quad), 1e-6))

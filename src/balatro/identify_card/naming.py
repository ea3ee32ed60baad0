"""From what the networks say to names: probabilities, twins, and what is not known."""

from __future__ import annotations

import numpy as np

from balatro.config.screens import CARD_HEIGHT, frame_unit
from balatro.identify_card.card import Card, Guess, quad_box
from balatro.runtime.bundle import Bundle, BundleCard
from balatro.utils.quads import quad_sizes

SURE = 0.9
"""A card this probable tells how large the frame's cards are drawn."""
SIZE_SPREAD = 0.07
"""Standard deviation of a card's drawn size relative to the others': hovering, tilt, and the locator's error."""
TOP = 5
"""How many of the likeliest cards are told."""


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities over the last axis."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return result


def split_twins(probabilities: np.ndarray, quads: np.ndarray, bundle: Bundle, frame_size: tuple[int, int] | None) -> np.ndarray:
    """Probabilities (N, cards) in which cards of the same picture are told apart by the size that they are drawn in.

    The size is measured against the other cards of the frame; where there are none, against the frame (width, height).
    With neither (frame_size None: a picture of one card) the regular card is meant.
    """
    if not bundle.twins or len(probabilities) == 0:
        return probabilities
    sizes = relative_sizes(probabilities, quads, bundle, frame_size)
    result = probabilities.copy()
    for group in bundle.twins:
        members = list(group)
        expected = np.array([bundle.cards[index].size[1] for index in members])
        weights = np.exp(-0.5 * ((sizes[:, None] - expected) / SIZE_SPREAD) ** 2) + 1e-9
        together = probabilities[:, members].sum(axis=1, keepdims=True)
        result[:, members] = together * weights / weights.sum(axis=1, keepdims=True)
    return result


def relative_sizes(
    probabilities: np.ndarray, quads: np.ndarray, bundle: Bundle, frame_size: tuple[int, int] | None
) -> np.ndarray:
    """(N,) height of each quad as a share of a regular card's in the same frame."""
    heights = quad_sizes(quads)[:, 1]
    best = probabilities.argmax(axis=1)
    twins = {index for group in bundle.twins for index in group}
    telling = [
        index
        for index, card in enumerate(best)
        if card not in twins and bundle.cards[card].known and probabilities[index, card] >= SURE
    ]
    if telling:
        regular = float(np.median([heights[index] / bundle.cards[best[index]].size[1] for index in telling]))
    elif frame_size is None:
        return np.ones(len(quads))
    else:
        regular = CARD_HEIGHT * frame_unit(*frame_size)
    result: np.ndarray = heights / regular
    return result


def make_cards(
    names: np.ndarray, alike: np.ndarray, modifiers: np.ndarray, quads: np.ndarray, size: tuple[int, int], bundle: Bundle
) -> list[Card]:
    """The result, in the quads' order.

    names: (N, cards) and modifiers: (N, 5) probabilities, (N, 0) of a model without that task; alike: (N,) bool, False where
    nothing in the gallery is alike; size: width and height of the picture.
    """
    known = np.array([index for index, card in enumerate(bundle.cards) if card.known], int)
    orders = known[np.argsort(-names[:, known], axis=1, kind="stable")[:, :TOP]].tolist()
    corners = np.rint(quads).astype(int).tolist()
    reject = bundle.tasks["identification"].reject if "identification" in bundle.tasks else bundle.gallery.reject
    modifier_names = bundle.tasks["modifier"].classes if "modifier" in bundle.tasks else ()
    cards = []
    for row, sure, modifier, quad, order, corner in zip(names, alike, modifiers, quads, orders, corners, strict=True):
        best = bundle.cards[order[0]] if order else None
        confidence = float(row[order[0]]) if order else 0.0
        named = best is not None and bool(sure) and int(row.argmax()) == order[0] and confidence >= reject
        cards.append(
            Card(
                **_identity(best if named else None),
                modifier=modifier_names[int(modifier.argmax())] if modifier_names else "",
                known=named,
                confidence=confidence,
                modifier_confidence=float(modifier.max(initial=0.0)),
                box=quad_box(quad, *size),
                quad=tuple((x, y) for x, y in corner),
                top=tuple(Guess(bundle.cards[index].id, bundle.cards[index].name, float(row[index])) for index in order),
            )
        )
    return cards


def _identity(card: BundleCard | None) -> dict[str, str | None]:
    if card is None:
        return {"id": None, "name": None, "type": None, "rarity": None}
    return {"id": card.id, "name": card.name, "type": card.type, "rarity": card.rarity}

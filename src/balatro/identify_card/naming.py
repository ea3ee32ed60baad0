"""From what the networks say to names: probabilities, twins, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from balatro.identify_card.card import Card, Guess, quad_box
from balatro.identify_card.printings import common_fields, likeliest, printings
from balatro.runtime.bundle import Bundle
from balatro.utils.quads import quad_sizes

SURE = 0.9
"""A card this probable tells how large the frame's cards are drawn."""
SIZE_SPREAD = 0.07
"""Standard deviation of a card's drawn size relative to the others': hovering, tilt, and the locator's error."""
REGULAR_SHAPE = (1.22, 1.46)
"""Height by width of things that are probably drawn as large as a regular card, whatever they are."""
TOP = 5
"""How many of the likeliest cards are told."""


def split_twins(probabilities: np.ndarray, quads: np.ndarray, bundle: Bundle) -> np.ndarray:
    """Probabilities (N, cards) in which cards of the same picture are told apart by the size that they are drawn in.

    The size is measured against the other cards of the picture; where there are none, the regular card is meant.
    """
    if not bundle.twins or len(probabilities) == 0:
        return probabilities
    sizes = relative_sizes(probabilities, quads, bundle)
    result = probabilities.copy()
    for group in bundle.twins:
        members = list(group)
        expected = np.array([bundle.cards[index].size[1] for index in members])
        weights = np.exp(-0.5 * ((sizes[:, None] - expected) / SIZE_SPREAD) ** 2) + 1e-9
        together = probabilities[:, members].sum(axis=1, keepdims=True)
        result[:, members] = together * weights / weights.sum(axis=1, keepdims=True)
    return result


def relative_sizes(probabilities: np.ndarray, quads: np.ndarray, bundle: Bundle) -> np.ndarray:
    """(N,) height of each quad as a share of a regular card's in the same picture.

    Cards that are surely known tell that; without one, whatever else has a regular card's shape.
    """
    across, heights = quad_sizes(quads).T
    best = probabilities.argmax(axis=1)
    twins = {index for group in bundle.twins for index in group}
    others = [row for row, card in enumerate(best) if card not in twins]
    sure = [row for row in others if bundle.cards[best[row]].known and probabilities[row, best[row]] >= SURE]
    if sure:
        return heights / float(np.median([heights[row] / bundle.cards[best[row]].size[1] for row in sure]))
    shaped = [row for row in others if REGULAR_SHAPE[0] <= heights[row] / across[row] <= REGULAR_SHAPE[1]]
    return heights / float(np.median(heights[shaped])) if shaped else np.ones(len(quads))


def make_cards(
    names: np.ndarray,
    alike: np.ndarray,
    modifiers: np.ndarray,
    quads: np.ndarray,
    size: tuple[int, int],
    bundle: Bundle,
    fields: Sequence[Mapping[str, str]] = (),
) -> list[Card]:
    """The result, in the quads' order.

    names: (N, cards) and modifiers: (N, 5) probabilities, (N, 0) of a model without that task; alike: (N,) bool, False where
    nothing in the gallery is alike; size: width and height of the picture; fields: what heads say of each beside the name.
    """
    corners = np.rint(quads).astype(int).tolist()
    modifier_names = bundle.tasks["modifier"].classes if "modifier" in bundle.tasks else ()
    cards = []
    for number, (row, sure, modifier, quad) in enumerate(zip(names, alike, modifiers, quads, strict=True)):
        told = _told(row, bool(sure), bundle)
        if fields and told["known"]:
            told["fields"] = {**told["fields"], **fields[number]}
        cards.append(
            Card(
                **told,
                modifier=modifier_names[int(modifier.argmax())] if modifier_names else "",
                modifier_confidence=float(modifier.max(initial=0.0)),
                box=quad_box(quad, *size),
                quad=tuple((x, y) for x, y in corners[number]),
            )
        )
    return cards


def _told(row: np.ndarray, sure: bool, bundle: Bundle) -> dict[str, Any]:
    """What is said of the name of a thing with these (cards,) probabilities; sure: whether it is alike anything."""
    reject = bundle.tasks["identification"].reject if "identification" in bundle.tasks else bundle.gallery.reject
    top = likeliest(row, bundle, TOP)
    best = bundle.cards[top[0][0]] if top else None
    told: dict[str, Any] = {
        "confidence": top[0][1] if top else 0.0,
        "top": tuple(Guess(bundle.cards[place].id, bundle.cards[place].name, chance) for place, chance in top),
    }
    if best is None or not sure or told["confidence"] < max(reject, _of_unknown(row, bundle)):
        return told | {"known": False, "id": None, "name": None, "type": None, "rarity": None}
    candidates = printings(top[0][0], row, bundle)
    more = {"fields": common_fields(candidates), "printings": candidates if len(candidates) > 1 else ()}
    return told | more | {"known": True, "id": best.id, "name": best.name, "type": best.type, "rarity": best.rarity}


def _of_unknown(row: np.ndarray, bundle: Bundle) -> float:
    """The probability of the likeliest card that is never named."""
    return float(row[bundle.unknown].max(initial=0.0))

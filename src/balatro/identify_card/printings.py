"""Names apart from printings: cards of one name are told as that name, and which of them it may be beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from balatro.identify_card.card import Guess
from balatro.runtime.bundle import Bundle

NEARLY = 0.1
"""A printing this many times as probable as the likeliest one of its name is a candidate: often they have the same art."""
MOST = 8
"""Candidates that are told."""


def likeliest(row: np.ndarray, bundle: Bundle, count: int) -> list[tuple[int, float]]:
    """The likeliest names of one thing, best first: the place of each one's likeliest card, and the name's probability.

    row: (cards,) probabilities. The probability of a name is that of all its printings together.
    """
    chances, same = row[bundle.known], bundle.same_name
    if same is None:
        return [(int(bundle.known[place]), float(chances[place])) for place in _largest(chances, count)]
    names = np.bincount(same, chances)
    return [(_best_of(same == name, chances, bundle), float(names[name])) for name in _largest(names, count)]


def printings(place: int, row: np.ndarray, bundle: Bundle) -> tuple[Guess, ...]:
    """The printings of a card's name that a thing may be, best first; of a name with one card, that card."""
    if bundle.same_name is None:
        places = np.array([place])
    else:
        same = bundle.same_name[np.searchsorted(bundle.known, place)]
        places = bundle.known[bundle.same_name == same]
        places = places[row[places] >= NEARLY * row[place]]
        places = places[np.argsort(-row[places], kind="stable")][:MOST]
    cards = [(bundle.cards[number], float(row[number])) for number in places]
    return tuple(Guess(card.id, card.name, chance, card.fields) for card, chance in cards)


def common_fields(candidates: Sequence[Guess]) -> dict[str, str]:
    """The fields that all candidates share."""
    first, *others = [candidate.fields for candidate in candidates]
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}


def _best_of(mine: np.ndarray, chances: np.ndarray, bundle: Bundle) -> int:
    places = np.flatnonzero(mine)
    return int(bundle.known[places[chances[places].argmax()]])


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """The places of the largest values, best first; of equal ones the first. Quicker than to sort a hundred thousand."""
    if len(values) == 0:
        return np.zeros(0, int)
    at = max(0, len(values) - count)
    near = np.flatnonzero(values >= np.partition(values, at)[at])
    result: np.ndarray = near[np.argsort(-values[near], kind="stable")][:count]
    return result

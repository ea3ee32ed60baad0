"""Labelled pictures in an order that is worth looking through, whether or not anything about them is suspicious."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from balatro.annotate_dataset.suggest.layout import uniqueness
from balatro.annotate_dataset.suggest.verify import MAX_FOUND, Seen, Suspicion

PAIRS, UNIQUE = "pairs", "unique"
RANKINGS: Mapping[str, str] = {
    PAIRS: "each picture's most alike one with another label, most alike first",
    UNIQUE: "labelled pictures that are least like any other first",
}
"""Each ranking in a few words."""


def rankings(seen: Seen) -> list[Suspicion]:
    """The first MAX_FOUND of each ranking, in order; nothing where no picture was looked at."""
    return [*_pairs(seen), *_unique(seen)] if seen.keys else []


def _pairs(seen: Seen) -> list[Suspicion]:
    """Each pair once."""
    near = seen.neighbours
    found: list[Suspicion] = []
    told: set[tuple[int, int]] = set()
    for place in np.argsort(-near.twin, kind="stable"):
        other = int(near.twin_place[place])
        if other < 0 or (other, int(place)) in told:
            continue
        told.add((int(place), other))
        its = seen.label(other)
        why = f"{near.twin[place]:.3f} alike {' '.join(part for part in (its.modifier, its.name) if part)}"
        found.append(Suspicion(seen.keys[place], PAIRS, why, float(near.twin[place]), seen.keys[other]))
    return found[:MAX_FOUND]


def _unique(seen: Seen) -> list[Suspicion]:
    unique = uniqueness(seen.embedding)
    order = np.argsort(-unique, kind="stable")[:MAX_FOUND]
    return [Suspicion(seen.keys[place], UNIQUE, f"uniqueness {unique[place]:.3f}", float(unique[place])) for place in order]

"""What tells whether two finds show the same card: their fingerprints, and how far they lie apart."""

from __future__ import annotations

import numpy as np

from balatro.utils.quads import quad_sizes

PRINT_SIZE = (12, 16)
"""Width and height of a card's fingerprint, an averaged (16, 12, 3) uint8 RGB picture of it."""
ALIKE = 14.0
"""Mean difference of two fingerprints, grey levels, below which they show the same: a swaying card makes up to 13 from
frame to frame, two cards differ by 31 in 99 of 100 pairs."""
CELL_ALIKE = 24
"""Difference in grey levels of the most different channel up to which one cell of a fingerprint still shows the same."""
PARTLY = 0.5
"""A card of which so many cells still show is covered by something, not gone."""


def distances(quads: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N, M) float distances of the centres of (N, 4, 2) and (M, 4, 2) quads, in shares of the larger card's size."""
    apart = np.abs(quads.mean(axis=1)[:, None] - others.mean(axis=1)[None])
    sizes = np.maximum(quad_sizes(quads)[:, None], quad_sizes(others)[None])
    result: np.ndarray = np.sqrt(((apart / np.maximum(sizes, 1e-6)) ** 2).sum(axis=2))
    return result


def print_distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Mean difference in grey levels of uint8 fingerprints (..., h, w, 3), broadcast against each other: (...)."""
    result: np.ndarray = np.abs(one.astype(np.int16) - other.astype(np.int16)).mean(axis=(-3, -2, -1))
    return result


def still_shows(look: np.ndarray, card: np.ndarray, where: np.ndarray | None = None) -> bool:
    """Whether enough of a card is to be seen in what lies in its place; where: (16, 12) bool, cells to look at."""
    same = np.abs(look.astype(np.int16) - card.astype(np.int16)).max(axis=-1) <= CELL_ALIKE
    return float(same.mean() if where is None else same[where].mean()) >= PARTLY


def under(quad: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which cells of a fingerprint at this (4, 2) quad lie within any of the others (M, 4, 2): (16, 12) bool."""
    width, height = PRINT_SIZE
    across = ((np.arange(width) + 0.5) / width)[None, :, None]
    down = ((np.arange(height) + 0.5) / height)[:, None, None]
    upper, lower = quad[0] + (quad[1] - quad[0]) * across, quad[3] + (quad[2] - quad[3]) * across
    cells = (upper + (lower - upper) * down).reshape(-1, 1, 1, 2)
    sides, apart = np.roll(others, -1, axis=1) - others, cells - others
    inside = (sides[..., 0] * apart[..., 1] - sides[..., 1] * apart[..., 0] >= 0).all(axis=2)
    result: np.ndarray = inside.any(axis=1).reshape(height, width)
    return result

"""Geometry of the four corners of cards: (4, 2) in pixels, top left, top right, bottom right, bottom left."""

from __future__ import annotations

import numpy as np

CLOSE = 0.3
"""Two quads with middles closer than this share of a card's width and height may be the same card."""


def quad_sizes(quads: np.ndarray) -> np.ndarray:
    """(N, 2) float width and height of (N, 4, 2) quads, each the mean of the two facing sides."""
    sides = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2)
    return np.stack([(sides[:, 0] + sides[:, 2]) / 2, (sides[:, 1] + sides[:, 3]) / 2], axis=1)


def upright(quads: np.ndarray) -> np.ndarray:
    """Quads (N, 4, 2) with their corners told from the one that is top left as they lie, whichever way up the picture is.

    The side that leads most to the right comes first; at 45 degrees two sides do, and either may.
    """
    across = np.roll(quads, -1, axis=1) - quads
    first = (across[..., 0] / np.maximum(np.linalg.norm(across, axis=2), 1e-6)).argmax(1)
    order = (first[:, None] + np.arange(4)) % 4
    return np.take_along_axis(quads, order[..., None], axis=1)


def lies_on_any(quad: np.ndarray, quads: np.ndarray, close: float = CLOSE) -> bool:
    """Whether a quad (4, 2) lies so near to one of (N, 4, 2) that it may count as having found it."""
    if len(quads) == 0:
        return False
    across = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    down = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    apart = np.abs(quads.mean(1) - quad.mean(0)) / np.maximum(np.stack([across, down], 1), 1)
    return bool((apart < close).all(1).any())


def reading_order(quads: np.ndarray) -> np.ndarray:
    """Indices that put (N, 4, 2) quads into rows from top to bottom, each from left to right.

    A card belongs to a row when its centre is less than half a card's height below the centre of the row's topmost card's:
    enough for a fanned hand and hovered cards, too little for two rows of a screen.
    """
    if len(quads) == 0:
        return np.zeros(0, np.int64)
    centres = quads.mean(axis=1)
    height = float(np.median(quad_sizes(quads)[:, 1]))
    by_height = np.argsort(centres[:, 1], kind="stable")
    rows = np.zeros(len(quads), np.int64)
    first, row = centres[by_height[0], 1], 0
    for index in by_height:
        if centres[index, 1] - first > height / 2:
            first, row = centres[index, 1], row + 1
        rows[index] = row
    return np.lexsort((centres[:, 0], rows))

"""Geometry of the four corners of cards: (4, 2) in pixels, top left, top right, bottom right, bottom left."""

from __future__ import annotations

import numpy as np

CLOSE = 0.3
"""Two quads with middles closer than this share of a card's width and height may be the same card."""


def quad_sizes(quads: np.ndarray) -> np.ndarray:
    """(N, 2) float width and height of (N, 4, 2) quads, each the mean of the two facing sides."""
    sides = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2)
    return np.stack([(sides[:, 0] + sides[:, 2]) / 2, (sides[:, 1] + sides[:, 3]) / 2], axis=1)


def lies_on_any(quad: np.ndarray, quads: np.ndarray, close: float = CLOSE) -> bool:
    """Whether a quad (4, 2) lies so near to one of (N, 4, 2) that it may count as having found it."""
    if len(quads) == 0:
        return False
    across = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    down = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    apart = np.abs(quads.mean(1) - quad.mean(0)) / np.maximum(np.stack([across, down], 1), 1)
    return bool((apart < close).all(1).any())

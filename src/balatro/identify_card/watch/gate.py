"""Whether a frame shows the same as the last one: what costs next to nothing, and is asked of every frame."""

from __future__ import annotations

import cv2
import numpy as np

GATE_SIZE = (96, 54)
"""Width and height of the small picture by which change is seen; a card covers some hundred of its cells."""
GATE_LEVEL = 5
"""Grey levels, of 255, by which a cell has changed; a still picture's compression makes less."""
GATE_CELLS = 2
"""Cells that must have changed."""


class ChangeGate:
    """Says whether a frame shows the same as the last one that was looked into."""

    def __init__(self) -> None:
        self._last: np.ndarray | None = None
        self._shape: tuple[int, ...] = ()

    def is_same(self, image: np.ndarray) -> bool:
        """Whether this (H, W, 3) uint8 RGB picture does; if not, it is what later ones are compared with."""
        small = _small(image)
        if self._last is not None and image.shape == self._shape:
            changed = (cv2.absdiff(small, self._last) > GATE_LEVEL).any(axis=2)
            if int(changed.sum()) < GATE_CELLS:
                return True
        self._last, self._shape = small, image.shape
        return False


def _small(image: np.ndarray) -> np.ndarray:
    """(54, 96, 3) uint8. Large frames are thinned first: change is seen as well, in a tenth of the time."""
    thin = max(1, min(image.shape[1] // (GATE_SIZE[0] * 4), image.shape[0] // (GATE_SIZE[1] * 4)))
    thinned = cv2.resize(image, (image.shape[1] // thin, image.shape[0] // thin), interpolation=cv2.INTER_NEAREST)
    return cv2.resize(thinned, GATE_SIZE, interpolation=cv2.INTER_AREA)

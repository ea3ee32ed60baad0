"""The cells of the locator's maps: one flat list over its levels, row by row, the finest level first."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from balatro.config.shapes import STRIDES


def level_shapes(width: int, height: int) -> list[tuple[int, int]]:
    """Rows and columns of each level's map, for a frame of this many pixels (multiples of FRAME_STEP)."""
    return [(height // stride, width // stride) for stride in STRIDES]


@lru_cache(maxsize=64)
def cell_grid(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """(cells, 2) float32 the middle of each cell in pixels of the frame, and (cells,) float32 its stride. Not to be changed."""
    middles, strides = [], []
    for stride, (rows, columns) in zip(STRIDES, level_shapes(width, height), strict=True):
        y, x = np.mgrid[0:rows, 0:columns].reshape(2, -1)
        middles.append((np.stack([x, y], axis=1) + 0.5) * stride)
        strides.append(np.full(rows * columns, stride))
    return np.concatenate(middles).astype(np.float32), np.concatenate(strides).astype(np.float32)

"""What the locator is to answer for a frame: numpy in, numpy out, made by the workers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balatro.config.shapes import STRIDE

LEAST_VISIBLE = 0.12
"""Cards of which less shows need not be found, and finding them is no mistake."""

SPREAD = (0.055, 0.08)
"""Widths of a peak as shares of the card's width and height: narrow across, since covered cards lie three cells apart."""

REACH = 1
"""Cells around a centre, each way, that learn the corners: the peak of a guess may be one cell off."""


@dataclass(frozen=True, eq=False)
class Targets:
    """For one frame of (H, W) pixels, maps of (h, w) = (H / 4, W / 4) cells."""

    heat: np.ndarray
    """(h, w) float32: 1 in the cells of the centres, falling off around them."""
    heat_weight: np.ndarray
    """(h, w) float32: 0 where an answer does not count."""
    corners: np.ndarray
    """(8, h, w) float32: x, y of the four corners in cells from the cell's middle."""
    corner_weight: np.ndarray
    """(h, w) float32: 0 outside the centres' neighbourhoods."""


def draw_targets(quads: np.ndarray, visible: np.ndarray, size: tuple[int, int]) -> Targets:
    """quads (N, 4, 2) in pixels of a frame of `size` (W, H); visible (N,) is the share of each card that shows there."""
    width, height = size[0] // STRIDE, size[1] // STRIDE
    heat, weight = np.zeros((height, width), np.float32), np.ones((height, width), np.float32)
    corners, corner_weight = np.zeros((8, height, width), np.float32), np.zeros((height, width), np.float32)
    cells = quads.astype(np.float32) / STRIDE
    centres = np.floor(cells.mean(1)).astype(int)
    inside = (centres >= 0).all(1) & (centres < (width, height)).all(1)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for n in np.flatnonzero(inside & (visible >= LEAST_VISIBLE)):
        x, y = centres[n]
        part = _window(x, y, 4, width, height)
        peak = _peak(cells[n], columns[part] - x, rows[part] - y)
        heat[part] = np.maximum(heat[part], peak)
        near = _window(x, y, REACH, width, height)
        peak = _peak(cells[n], columns[near] - x, rows[near] - y)
        mine = peak > corner_weight[near]
        middle = np.stack([columns[near], rows[near]]) + 0.5
        offsets = (cells[n][:, :, None, None] - middle[None]).reshape(8, *mine.shape)
        corners[(slice(None), *near)] = np.where(mine, offsets, corners[(slice(None), *near)])
        corner_weight[near] = np.where(mine, peak, corner_weight[near])
    for n in np.flatnonzero(inside & (visible < LEAST_VISIBLE)):
        x, y = centres[n]
        near = _window(x, y, 2, width, height)
        weight[near] = np.where(heat[near] > 0.05, weight[near], 0)
    return Targets(heat, weight, corners, corner_weight)


def _window(x: int, y: int, reach: int, width: int, height: int) -> tuple[slice, slice]:
    return slice(max(y - reach, 0), min(y + reach + 1, height)), slice(max(x - reach, 0), min(x + reach + 1, width))


def _peak(quad: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """A gaussian around a centre, 1 there; quad (4, 2) in cells gives its widths."""
    wide = max(SPREAD[0] * float(np.linalg.norm(quad[1] - quad[0])), 0.4)
    tall = max(SPREAD[1] * float(np.linalg.norm(quad[3] - quad[0])), 0.4)
    result: np.ndarray = np.exp(-0.5 * ((across / wide) ** 2 + (down / tall) ** 2), dtype=np.float32)
    return result

"""What the locator is to answer for a frame: numpy in, numpy out, made by the workers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balatro.config.shapes import SMALLER_STRIDE, STRIDES
from balatro.models.locator import LEVEL_HEIGHTS
from balatro.utils.cells import level_shapes
from balatro.utils.quads import upright

LEAST_VISIBLE = 0.12
"""Cards of which less shows need not be found, and finding them is no mistake."""

SPREAD = (0.055, 0.08)
"""Widths of a peak as shares of the card's width and height: narrow across, since covered cards lie three cells apart."""

REACH = 1
"""Cells around a centre, each way, that learn the corners: the peak of a guess may be one cell off."""

EITHER = 0.18
"""Cards by this share smaller or larger than a level's limits may be found by it or not."""

SMALLEST = 7.0
"""Height in pixels of the frame of the smallest cards that a closer look is asked for."""

REGULAR = 95 / 71
"""Height by width of a card: one of another shape counts as the regular card of its area."""


@dataclass(frozen=True, eq=False)
class Targets:
    """For one frame of W by H pixels; cells as `utils.cells.cell_grid` lists them."""

    heat: np.ndarray
    """(cells,) float32: 1 in the cells of the centres, falling off around them."""
    heat_weight: np.ndarray
    """(cells,) float32: 0 where an answer does not count."""
    corners: np.ndarray
    """(8, cells) float32: x, y of the four corners in cells from the cell's middle."""
    corner_weight: np.ndarray
    """(cells,) float32: 0 outside the centres' neighbourhoods."""
    smaller: np.ndarray
    """(H / 8, W / 8) float32: 1 on cards too small for this frame, 0 elsewhere."""
    smaller_weight: np.ndarray
    """The same shape: 0 on cards that may count as either."""


def draw_targets(quads: np.ndarray, visible: np.ndarray, size: tuple[int, int]) -> Targets:
    """quads (N, 4, 2) in pixels of a frame of `size` (W, H); visible (N,) is the share of each card that shows there."""
    quads = upright(quads.astype(np.float32))
    heights = card_heights(quads)
    inside = ((quads.mean(1) >= 0) & (quads.mean(1) < size)).all(1)
    shown = inside & (visible >= LEAST_VISIBLE)
    parts = []
    for level, (stride, (rows, columns)) in enumerate(zip(STRIDES, level_shapes(*size), strict=True)):
        low, high = LEVEL_HEIGHTS[level], LEVEL_HEIGHTS[level + 1]
        mine = (heights >= low) & (heights < high)
        near = (heights >= low * (1 - EITHER)) & (heights < high * (1 + EITHER))
        parts.append(_level(quads / stride, shown & mine, inside & near & ~(shown & mine), columns, rows))
    heat, weight, corners, corner_weight = (np.concatenate(values, axis=-1) for values in zip(*parts, strict=True))
    return Targets(heat, weight, corners, corner_weight, *_smaller(quads, heights, inside, visible, size))


def card_heights(quads: np.ndarray) -> np.ndarray:
    """(N,) height in pixels of the regular card that has the area of each quad (N, 4, 2)."""
    one, other = quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1]
    area = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    result: np.ndarray = np.sqrt(area * REGULAR)
    return result


Level = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _level(cells: np.ndarray, mine: np.ndarray, either: np.ndarray, width: int, height: int) -> Level:
    """One level's heat, weight, corners and corner weight, flat; cells: quads in cells of this level."""
    heat, weight = np.zeros((height, width), np.float32), np.ones((height, width), np.float32)
    corners, corner_weight = np.zeros((8, height, width), np.float32), np.zeros((height, width), np.float32)
    centres = np.floor(cells.mean(1)).astype(int)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for n in np.flatnonzero(mine):
        x, y = centres[n]
        part = _window(x, y, 4, width, height)
        peak = _peak(cells[n], columns[part] - x, rows[part] - y)
        heat[part] = np.maximum(heat[part], peak)
        near = _window(x, y, REACH, width, height)
        peak = _peak(cells[n], columns[near] - x, rows[near] - y)
        better = peak > corner_weight[near]
        middle = np.stack([columns[near], rows[near]]) + 0.5
        offsets = (cells[n][:, :, None, None] - middle[None]).reshape(8, *better.shape)
        corners[(slice(None), *near)] = np.where(better, offsets, corners[(slice(None), *near)])
        corner_weight[near] = np.where(better, peak, corner_weight[near])
    for n in np.flatnonzero(either):
        x, y = centres[n]
        near = _window(x, y, 2, width, height)
        weight[near] = np.where(heat[near] > 0.05, weight[near], 0)
    return heat.ravel(), weight.ravel(), corners.reshape(8, -1), corner_weight.ravel()


def _smaller(
    quads: np.ndarray, heights: np.ndarray, inside: np.ndarray, visible: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Where cards lie that a closer look is to find, and where that may be told or not."""
    width, height = size[0] // SMALLER_STRIDE, size[1] // SMALLER_STRIDE
    wanted, weight = np.zeros((height, width), np.float32), np.ones((height, width), np.float32)
    low = LEVEL_HEIGHTS[0]
    for n in np.flatnonzero(inside & (heights < low * (1 + 2 * EITHER))):
        (left, top), (right, bottom) = quads[n].min(0) / SMALLER_STRIDE, quads[n].max(0) / SMALLER_STRIDE
        part = slice(max(int(top), 0), int(np.ceil(bottom))), slice(max(int(left), 0), int(np.ceil(right)))
        if SMALLEST <= heights[n] < low and visible[n] >= 0.3:
            wanted[part] = 1
        else:
            weight[part] = 0
    return wanted, np.maximum(weight, wanted)


def _window(x: int, y: int, reach: int, width: int, height: int) -> tuple[slice, slice]:
    return slice(max(y - reach, 0), min(y + reach + 1, height)), slice(max(x - reach, 0), min(x + reach + 1, width))


def _peak(quad: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """A gaussian around a centre, 1 there; quad (4, 2) in cells gives its widths."""
    wide = max(SPREAD[0] * float(np.linalg.norm(quad[1] - quad[0])), 0.4)
    tall = max(SPREAD[1] * float(np.linalg.norm(quad[3] - quad[0])), 0.4)
    result: np.ndarray = np.exp(-0.5 * ((across / wide) ** 2 + (down / tall) ** 2), dtype=np.float32)
    return result

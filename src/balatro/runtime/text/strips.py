"""The lines of a picture as strips of one height, side by side in one array: what the reader likens its signs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from balatro.runtime.text.glyphs import ABOVE, CAPITAL, ROWS, paired
from balatro.runtime.text.lines import Line, ink_of

SIDE = 4
"""Columns of a strip beside the line."""
APART = 24
"""Empty columns after each strip, more than the widest sign has."""
EDGE, INSIDE = 0.35, 0.35
"""From which value on a strip's pixel belongs to something, and the share of it that lies between the digits' head and foot."""
MAX_COLUMNS = 360
DARK, LIGHT = 0.1, 0.92
"""Shares of a strip's pixels between its digits' head and foot that are its ground, and that are not yet its text."""


@dataclass(frozen=True, eq=False)
class Strips:
    """ink: (PAIRS, columns) float32, 0 ground, 1 text, a digit CAPITAL / 2 high; starts, ends: (N,) the columns of each strip;
    small: (N,) bool, which of LOOKS its letters have."""

    ink: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    small: np.ndarray


def is_small(letter: float) -> bool:
    """Whether letters of this height in pixels look as the second of LOOKS says: their strips are enlarged."""
    return letter < CAPITAL


def cut_strips(picture: np.ndarray, lines: Sequence[Line]) -> Strips:
    """The strips of lines of a (H, W, 3) uint8 RGB picture."""
    columns = np.array([_columns(line) for line in lines], int)
    ends = np.cumsum(columns + APART) - APART
    raw = np.zeros((ROWS, int(ends[-1]) + APART), np.uint8)
    for line, end, width in zip(lines, ends.tolist(), columns.tolist(), strict=True):
        raw[:, end - width : end] = _cut(picture, line, width)
    ink = _without_edges(_contrast(raw, columns), ends - columns, ends)
    return Strips(paired(ink), ends - columns, ends, np.array([is_small(line.letter) for line in lines]))


def _columns(line: Line) -> int:
    return min(round((line.box[2] - line.box[0]) * CAPITAL / line.letter) + 2 * SIDE, MAX_COLUMNS)


def _cut(picture: np.ndarray, line: Line, columns: int) -> np.ndarray:
    """(ROWS, columns) uint8 ink, a digit CAPITAL high."""
    scale = CAPITAL / line.letter
    left, top = line.box[0] - SIDE / scale, line.bottom - line.letter - ABOVE / scale
    step = max(int(1 / scale), 1)  # of a letter of many pixels not all are needed
    x, y = max(int(left) - step, 0), max(int(top) - step, 0)
    bottom, right = max(int(top + ROWS / scale) + 3 * step, 1), max(int(left + columns / scale) + 3 * step, 1)
    part = picture[y:bottom:step, x:right:step]
    left, top, scale = (left - x - 0.5) / step + 0.5, (top - y - 0.5) / step + 0.5, scale * step
    move = np.array([[scale, 0, -(left - 0.5 + 0.5 / scale) * scale], [0, scale, -(top - 0.5 + 0.5 / scale) * scale]])
    flags = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR  # what is enlarged is to keep its holes
    return cv2.warpAffine(ink_of(part, line.plane), move, (columns, ROWS), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _contrast(raw: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(ROWS, N) uint8 as float32, 0 the ground of each strip and 1 its text."""
    strip = np.repeat(np.arange(len(columns)), columns + APART)
    inside = raw[ABOVE : ABOVE + CAPITAL] + (256 * strip).astype(np.int32)
    counts = np.bincount(inside.ravel(), minlength=256 * len(columns)).reshape(-1, 256)
    counts[:, 0] -= APART * CAPITAL
    reached = np.cumsum(counts, axis=1) / (CAPITAL * columns)[:, None]
    low, high = (reached <= DARK).sum(axis=1), (reached <= LIGHT).sum(axis=1)
    rise = (1 / np.maximum(high - low, 30)).astype(np.float32)
    return np.clip((raw - low.astype(np.float32)[strip]) * rise[strip], 0, 1)


def _without_edges(ink: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Without what comes in from a strip's edges above and below the digits: the frame that a number stands in."""
    mask = (ink > EDGE).view(np.uint8)
    number, labels = cv2.connectedComponentsWithAlgorithm(mask, 8, cv2.CV_16U, cv2.CCL_SPAGHETTI)
    at_edge = np.zeros(number, bool)
    for border in (labels[0], labels[-1], labels[:, starts], labels[:, ends - 1]):
        at_edge[border] = True
    at_edge[0] = False
    areas = np.bincount(labels.ravel(), minlength=number)
    inside = np.bincount(labels[ABOVE : ABOVE + CAPITAL].ravel(), minlength=number)
    outside = at_edge & (inside < INSIDE * areas)
    if outside.any():
        ink[cv2.dilate(outside[labels].view(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 0
    return ink

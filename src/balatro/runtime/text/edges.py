"""Where small digits begin and end between two pixels: half of a pixel is much of a digit that is nine high."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from balatro.runtime.text.lines import Line, ink_of

PAD, FARTHEST = 0.35, 0.27
"""How much about a line is looked at, and how far from where blobs end an edge may be found, in heights of a digit."""


def with_fine_edges(picture: np.ndarray, line: Line, digits: tuple[int, int]) -> Line:
    """The line with the height and foot of its digits where half of their ink is reached; as it is where none is near.

    picture: (H, W, 3) uint8 RGB. digits: left and right of the columns in which digits stand.
    """
    top, foot, pad = round(line.bottom - line.letter), round(line.bottom), math.ceil(PAD * line.letter)
    first = max(top - pad, 0)
    rows = ink_of(picture[first : foot + pad, digits[0] : digits[1]], line.plane).max(axis=1).astype(float)
    full = float(np.median(rows[top - first : foot - first]))
    upper = first + _edge(rows, full, pad)
    lower = first + len(rows) - _edge(rows[::-1], full, pad)
    if max(abs(upper - top), abs(lower - foot)) > FARTHEST * line.letter:
        return line
    return replace(line, letter=lower - upper, bottom=lower)


def _edge(rows: np.ndarray, full: float, pad: int) -> float:
    """How many rows lie before the one in which ink rises to half of what is full, from the middle on backwards."""
    half = (full + float(rows[:pad].min())) / 2
    below = np.flatnonzero(rows[: len(rows) // 2] < half)
    if not len(below):
        return 0.0
    last = int(below[-1])
    return last + 0.5 + float((half - rows[last]) / max(rows[last + 1] - rows[last], 1e-6))

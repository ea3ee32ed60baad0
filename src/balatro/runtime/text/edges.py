"""Where small digits begin and end between two pixels: half of a pixel is much of a digit that is nine high."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from balatro.runtime.text.lines import Line, ink_of

PAD, FARTHEST = 3, 1.2
"""Pixels about a line that are looked at, and how far from where blobs end an edge may be found."""


def with_fine_edges(picture: np.ndarray, line: Line) -> Line:
    """The line with the height and foot of its digits where half of their ink is reached; as it is where none is near.

    picture: (H, W, 3) uint8 RGB.
    """
    top, foot = round(line.bottom - line.letter), round(line.bottom)
    first = max(top - PAD, 0)
    rows = ink_of(picture[first : foot + PAD, line.box[0] : line.box[2]], line.plane).max(axis=1).astype(float)
    full = float(np.median(rows[top - first : foot - first]))
    upper = first + _edge(rows, full)
    lower = first + len(rows) - _edge(rows[::-1], full)
    if max(abs(upper - top), abs(lower - foot)) > FARTHEST:
        return line
    return replace(line, letter=lower - upper, bottom=lower)


def _edge(rows: np.ndarray, full: float) -> float:
    """How many rows lie before the one in which ink rises to half of what is full, from the middle on backwards."""
    half = (full + float(rows[:PAD].min())) / 2
    below = np.flatnonzero(rows[: len(rows) // 2] < half)
    if not len(below):
        return 0.0
    last = int(below[-1])
    return last + 0.5 + (half - rows[last]) / max(rows[last + 1] - rows[last], 1e-6)

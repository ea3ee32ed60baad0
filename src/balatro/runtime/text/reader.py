"""From a line of text on a screen to its signs: the glyphs that, side by side, explain its ink best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from balatro.runtime.text.glyphs import ABOVE, BLURS, CAPITAL, ROWS, WidthClass
from balatro.runtime.text.lines import Line

SIDE = 4
"""Columns of a strip beside the line."""
PENALTY = 3.0
"""What a glyph costs beside what it leaves unexplained, in pixels of full ink."""
JUNK = 4.0
"""The most that a column without a glyph costs: what is no letter, an icon say, is passed over."""
EDGE, INSIDE = 0.35, 0.35
"""From which value on a strip's pixel belongs to something, and the share of it that lies between the digits' head and foot."""
MAX_COLUMNS = 360


@dataclass(frozen=True, eq=False)
class _Fits:
    """Of some strips: each column's ink, (strips, columns), and for each width of glyphs and each column at which one may begin
    what the best and the next best leave unexplained, and which is best, (widths, strips, columns)."""

    columns: np.ndarray
    energy: np.ndarray
    second: np.ndarray
    choice: np.ndarray


@dataclass(frozen=True)
class Reading:
    """A line's text, the share of each glyph's ink that is explained, and where glyphs begin and end (strip's columns)."""

    text: str
    fit: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]
    junk: float
    """Ink outside of all glyphs, as a share of all ink."""
    margin: tuple[float, ...]
    """How much more of each glyph's ink it explains than the next best sign of its width does."""


def line_strip(plane: np.ndarray, line: Line) -> np.ndarray:
    """The line as (ROWS, columns) float32, 0 its ground, 1 its text, its digits CAPITAL high. plane: (H, W) uint8 ink."""
    scale = CAPITAL / line.letter
    left, top = line.box[0] - SIDE / scale, line.bottom - line.letter - ABOVE / scale
    columns = min(round((line.box[2] - line.box[0]) * scale) + 2 * SIDE, MAX_COLUMNS)
    if scale < 1:  # a letter of many pixels: their mean, not a sample of them
        x, y = max(round(left), 0), max(round(top), 0)
        part = plane[y : max(round(top + ROWS / scale), 1), x : max(round(left + columns / scale), 1)]
        plane = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left, top, scale = (left - x) * scale, (top - y) * scale, 1.0
    move = np.array([[scale, 0, -(left - 0.5 + 0.5 / scale) * scale], [0, scale, -(top - 0.5 + 0.5 / scale) * scale]])
    strip = cv2.warpAffine(plane, move, (columns, ROWS), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _without_edges(_contrast(strip))


def _contrast(strip: np.ndarray) -> np.ndarray:
    inside = strip[ABOVE : ABOVE + CAPITAL].astype(np.float32)
    low, high = (float(np.percentile(inside, share)) for share in (10, 92))
    return np.clip((strip - low) / max(high - low, 30.0), 0, 1).astype(np.float32)


def _without_edges(strip: np.ndarray) -> np.ndarray:
    """The strip without what comes in from its edges above and below the digits: the frame that a number stands in."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((strip > EDGE).astype(np.uint8), connectivity=8)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    for label in np.unique(border[border > 0]):
        among = labels == label
        if among[ABOVE : ABOVE + CAPITAL].sum() < INSIDE * stats[label, cv2.CC_STAT_AREA]:
            strip[cv2.dilate(among.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 0
    return strip


def read_strips(strips: Sequence[np.ndarray], blurs: Sequence[int], classes: tuple[WidthClass, ...]) -> list[Reading]:
    """The texts of strips. blurs: for each, which of BLURS its letters have."""
    readings: dict[int, Reading] = {}
    for blur in range(len(BLURS)):
        rows = [number for number, has in enumerate(blurs) if has == blur]
        for number, reading in zip(rows, _read_level([strips[i] for i in rows], blur, classes), strict=True):
            readings[number] = reading
    return [readings[number] for number in range(len(strips))]


def blur_of(letter: float) -> int:
    """Which of BLURS letters of this height in pixels have."""
    return 1 if letter < 20 else 0


def _read_level(strips: Sequence[np.ndarray], blur: int, classes: tuple[WidthClass, ...]) -> list[Reading]:
    if not strips:
        return []
    longest = max(strip.shape[1] for strip in strips)
    ink = np.zeros((len(strips), ROWS, longest + max(c.width for c in classes)), np.float32)
    for row, strip in zip(ink, strips, strict=True):
        row[:, : strip.shape[1]] = strip
    columns = (ink**2).sum(axis=1)
    energy, second, choice = zip(*(_fits(ink, columns, longest, blur, c) for c in classes), strict=True)
    fits = _Fits(columns, np.stack(energy), np.stack(second), np.stack(choice))
    return _paths(fits, classes, [strip.shape[1] for strip in strips])


def _fits(
    ink: np.ndarray, columns: np.ndarray, longest: int, blur: int, glyphs: WidthClass
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the best and the next best glyph of this width leave unexplained at every column, and which is best."""
    total = np.pad(np.cumsum(columns, axis=1), ((0, 0), (1, 0)))
    seen = (total[:, glyphs.width :] - total[:, : -glyphs.width])[:, :longest]
    rising = columns[:, 1 : longest + 1] > columns[:, :longest]  # a sign begins where ink does
    starts = (seen > 6) & (columns[:, :longest] > 0.3) & (rising | np.pad(rising, ((0, 0), (1, 0)))[:, :-1])
    windows = sliding_window_view(ink, glyphs.width, axis=2)[:, :, :longest].transpose(0, 2, 1, 3)[starts]
    match = windows.reshape(len(windows), ROWS * glyphs.width) @ glyphs.templates[blur]
    left = (glyphs.energies[blur] - 2 * match).reshape(len(match), len(glyphs.signs), -1).min(axis=2)
    best = left.argmin(axis=1)
    energy, second = np.full((2, *starts.shape), np.inf, np.float32)
    choice = np.zeros(starts.shape, np.int32)
    energy[starts] = left[np.arange(len(left)), best] + seen[starts]
    left[np.arange(len(left)), best] = np.inf
    second[starts] = left.min(axis=1) + seen[starts]
    choice[starts] = best
    return energy, second, choice


def _paths(fits: _Fits, classes: tuple[WidthClass, ...], ends: Sequence[int]) -> list[Reading]:
    """The cheapest row of glyphs and gaps for each strip."""
    number, longest = fits.energy.shape[1:]
    cost = np.full((longest + fits.columns.shape[1], number), np.inf)
    cost[0] = 0
    came = np.zeros((len(cost), number), np.int32)
    gap = np.minimum(fits.columns, JUNK).T
    for x in range(longest):
        _step(cost, came, x + 1, cost[x] + gap[x], 0)
        for place, glyphs in enumerate(classes):
            _step(cost, came, x + glyphs.width, cost[x] + fits.energy[place, :, x] + PENALTY, place + 1)
    return [_trace(row, ends[row], came, fits, classes) for row in range(number)]


def _step(cost: np.ndarray, came: np.ndarray, end: int, new: np.ndarray, by: int) -> None:
    better = new < cost[end]
    cost[end] = np.where(better, new, cost[end])
    came[end] = np.where(better, by, came[end])


def _trace(row: int, end: int, came: np.ndarray, fits: _Fits, classes: tuple[WidthClass, ...]) -> Reading:
    """The way back from a strip's end: its glyphs, from left to right."""
    x, junk = end, 0.0
    signs: list[tuple[str, float, tuple[int, int], float]] = []
    while x > 0:
        by = came[x, row]
        if by == 0:
            x -= 1
            junk += fits.columns[row, x]
            continue
        glyphs = classes[by - 1]
        x -= glyphs.width
        best, second = fits.energy[by - 1, row, x], fits.second[by - 1, row, x]
        seen = max(float(fits.columns[row, x : x + glyphs.width].sum()), 1.0)
        sign = glyphs.signs[fits.choice[by - 1, row, x]]
        signs.append((sign, 1 - float(best) / seen, (x, x + glyphs.width), min(float(second - best) / seen, 1.0)))
    share = float(junk / max(fits.columns[row].sum(), 1.0))
    texts, fit, spans, margin = zip(*reversed(signs), strict=True) if signs else ((), (), (), ())
    return Reading("".join(texts), fit, spans, share, margin)

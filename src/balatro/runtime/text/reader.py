"""From a line of text on a screen to its signs: the glyphs that, side by side, explain its ink best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from balatro.runtime.text.glyphs import ABOVE, CAPITAL, PAIRS, ROWS, Alphabet, paired
from balatro.runtime.text.lines import Line

SIDE = 4
"""Columns of a strip beside the line."""
PENALTY = 1.5
"""What a glyph costs beside what it leaves unexplained, in pixels of full ink (of a pair of rows)."""
JUNK = 2.0
"""The most that a column without a glyph costs: what is no letter, an icon say, is passed over."""
LEAST = 0.7
"""Share of the ink that a glyph may leave unexplained."""
EDGE, INSIDE = 0.35, 0.35
"""From which value on a strip's pixel belongs to something, and the share of it that lies between the digits' head and foot."""
MAX_COLUMNS = 360


class _Fit(NamedTuple):
    """A glyph that may begin at a column: its width, which of the signs it is, what it leaves unexplained, and how much less
    that is than what the next best of its width does, as a share of what lies between the two."""

    width: int
    sign: int
    energy: float
    margin: float


@dataclass(frozen=True)
class Reading:
    """A line's text, the share of each glyph's ink that is explained, and where glyphs begin and end (strip's columns)."""

    text: str
    fit: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]
    junk: float
    """Ink outside of all glyphs, as a share of all ink."""
    margin: tuple[float, ...]
    """How sure each glyph is beside the next best of its width: 0 either, 1 as much as they differ."""


def line_strip(plane: np.ndarray, line: Line) -> np.ndarray:
    """The line as (PAIRS, columns) float32, 0 its ground, 1 its text, a digit CAPITAL / 2 high. plane: (H, W) uint8 ink."""
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
    return paired(_without_edges(_contrast(strip)))


def _contrast(strip: np.ndarray) -> np.ndarray:
    inside = np.sort(strip[ABOVE : ABOVE + CAPITAL], axis=None)
    low, high = (float(inside[int(len(inside) * share)]) for share in (0.1, 0.92))
    return np.clip((strip - np.float32(low)) * np.float32(1 / max(high - low, 30.0)), 0, 1)


def _without_edges(strip: np.ndarray) -> np.ndarray:
    """The strip without what comes in from its edges above and below the digits: the frame that a number stands in."""
    number, labels = cv2.connectedComponents((strip > EDGE).astype(np.uint8), connectivity=8, ltype=cv2.CV_16U)
    at_edge = np.zeros(number, bool)
    for border in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        at_edge[border] = True
    at_edge[0] = False
    if at_edge.any():
        areas = np.bincount(labels.ravel(), minlength=number)
        inside = np.bincount(labels[ABOVE : ABOVE + CAPITAL].ravel(), minlength=number)
        outside = at_edge & (inside < INSIDE * areas)
        strip[cv2.dilate(outside[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 0
    return strip


def read_strips(strips: Sequence[np.ndarray], blurs: Sequence[int], alphabet: Alphabet) -> list[Reading]:
    """The texts of strips. blurs: for each, which of BLURS its letters have."""
    if not strips:
        return []
    apart = alphabet.widest
    ends = np.cumsum([strip.shape[1] + apart for strip in strips]).tolist()
    ink = np.zeros((PAIRS, ends[-1]), np.float32)
    for strip, end in zip(strips, ends, strict=True):
        ink[:, end - apart - strip.shape[1] : end - apart] = strip
    columns, fits = _fits(ink, np.repeat(blurs, np.diff(ends, prepend=0)), alphabet)
    told, gaps = columns.tolist(), np.minimum(columns, JUNK).tolist()
    spans = [slice(end - apart - strip.shape[1], end) for strip, end in zip(strips, ends, strict=True)]
    return [_read(told[span], gaps[span], span.start, fits, alphabet.signs) for span in spans]


def blur_of(letter: float) -> int:
    """Which of BLURS letters of this height in pixels have."""
    return 1 if letter < 20 else 0


def _fits(ink: np.ndarray, blurs: np.ndarray, alphabet: Alphabet) -> tuple[np.ndarray, dict[int, list[_Fit]]]:
    """The ink of each column of a (PAIRS, N) strip, and the glyphs that may begin at each. blurs: (N,)."""
    columns, wide = (ink**2).sum(axis=0), alphabet.widest
    total = np.concatenate([[0], np.cumsum(columns)])
    rising = np.diff(columns) > 0  # a sign begins where ink does
    may = np.flatnonzero((columns[1:-wide] > 0.15) & (rising[1 : 1 - wide] | rising[:-wide])) + 1
    blur = blurs[may]
    left = _left_over(ink, may, blur, alphabet)
    rows = np.arange(len(may))
    passed = np.concatenate([[0], np.cumsum(np.minimum(columns, JUNK))])
    found: dict[int, list[_Fit]] = {}
    for width, group in alphabet.groups():
        seen = total[may + width] - total[may]
        some = left[:, group]
        best = some.argmin(axis=1)
        energy = some[rows, best] + seen
        some[rows, best] = np.inf
        other = some.argmin(axis=1)
        margin = (some[rows, other] + seen - energy) / alphabet.apart[blur, best + group.start, other + group.start]
        worth = np.flatnonzero((energy < LEAST * seen) & (energy + PENALTY < passed[may + width] - passed[may]))
        places = may[worth].tolist()
        fits = zip(places, (best[worth] + group.start).tolist(), energy[worth].tolist(), margin[worth].tolist(), strict=True)
        for place, sign, left_over, surer in fits:
            found.setdefault(place, []).append(_Fit(width, sign, left_over, surer))
    return columns, found


def _left_over(ink: np.ndarray, may: np.ndarray, blur: np.ndarray, alphabet: Alphabet) -> np.ndarray:
    """(len(may), signs): what each sign, begun at a column, leaves unexplained, less the ink there."""
    windows = sliding_window_view(ink, alphabet.widest, axis=1)[:, may].transpose(1, 0, 2).reshape(len(may), -1)
    left = np.empty((len(may), len(alphabet.signs)), np.float32)
    for level in np.unique(blur):
        match = windows[blur == level] @ alphabet.templates[level]
        left[blur == level] = (alphabet.energies[level] - 2 * match).reshape(len(match), len(alphabet.signs), -1).min(axis=2)
    return left


def _read(
    ink: Sequence[float], gaps: Sequence[float], start: int, fits: Mapping[int, list[_Fit]], signs: Sequence[str]
) -> Reading:
    """The cheapest row of glyphs and gaps of a strip that begins at a column. gaps: what each column costs without a glyph."""
    cost = [0.0] + [np.inf] * len(ink)
    came: list[_Fit | None] = [None] * len(cost)
    for x, gap in enumerate(gaps):
        here = cost[x]
        if here + gap < cost[x + 1]:
            cost[x + 1], came[x + 1] = here + gap, None
        if start + x in fits:
            for fit in fits[start + x]:
                new = here + fit.energy + PENALTY
                if new < cost[x + fit.width]:
                    cost[x + fit.width], came[x + fit.width] = new, fit
    return _trace(came, ink, signs)


def _trace(came: Sequence[_Fit | None], ink: Sequence[float], signs: Sequence[str]) -> Reading:
    """The way back from a strip's end: its glyphs, from left to right."""
    x, junk, found = len(ink), 0.0, []
    while x > 0:
        fit = came[x]
        if fit is None:
            x -= 1
            junk += ink[x]
            continue
        x -= fit.width
        seen = max(sum(ink[x : x + fit.width]), 1.0)
        found.append((signs[fit.sign], 1 - fit.energy / seen, (x, x + fit.width), min(fit.margin, 1.0)))
    texts, shares, spans, margin = zip(*reversed(found), strict=True) if found else ((), (), (), ())
    return Reading("".join(texts), shares, spans, junk / max(sum(ink), 1.0), margin)

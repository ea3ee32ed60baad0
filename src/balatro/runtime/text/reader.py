"""From a line of text on a screen to its signs: the glyphs that, side by side, explain its ink best."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import repeat

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from balatro.runtime.text.glyphs import Alphabet
from balatro.runtime.text.lines import Line
from balatro.runtime.text.strips import APART, Strips, cut_strips

PENALTY = 1.5
"""What a glyph costs beside what it leaves unexplained, in pixels of full ink (of a pair of rows)."""
JUNK = 2.0
"""The most that a column without a glyph costs: what is no letter, an icon say, is passed over."""
LEAST = 0.5
"""Share of the ink that a glyph may leave unexplained."""
# A glyph that may begin at a column: its width, which of the signs it is, what it leaves unexplained, and how much less that is
# than what the next best of its width does, as a share of what lies between the two. A plain tuple, as thousands are made.
_Fit = tuple[int, int, float, float]


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


def read_lines(picture: np.ndarray, lines: Sequence[Line], alphabet: Alphabet) -> list[Reading]:
    """The texts of lines of a (H, W, 3) uint8 RGB picture."""
    if not lines:
        return []
    strips = cut_strips(picture, lines)
    columns, fits = _fits(strips, alphabet)
    told, passed = _sums(columns), _sums(np.minimum(columns, JUNK))
    places = sorted(fits)
    readings = []
    for start, end in zip(strips.starts.tolist(), strips.ends.tolist(), strict=True):
        span = places[bisect_left(places, start) : bisect_left(places, end)]
        readings.append(_reading(_cheapest(span, fits, passed, end), start, end, told, alphabet.signs))
    return readings


def _sums(values: np.ndarray) -> list[float]:
    """Of all values before each place."""
    sums: list[float] = np.concatenate([[0], np.cumsum(values, dtype=np.float64)]).tolist()
    return sums


def _fits(strips: Strips, alphabet: Alphabet) -> tuple[np.ndarray, dict[int, list[_Fit]]]:
    """The ink of each column of all strips, and the glyphs that may begin at each."""
    ink, wide = strips.ink, alphabet.widest
    columns = (ink**2).sum(axis=0)
    total = np.concatenate([[0], np.cumsum(columns)])
    rising = np.diff(columns) > 0  # a sign begins where ink does
    may = np.flatnonzero((columns[1:-wide] > 0.15) & (rising[1 : 1 - wide] | rising[:-wide])) + 1
    look = strips.small[np.searchsorted(strips.ends, may)].astype(int)
    left = _left_over(ink, may, look, alphabet)
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
        margin = (some[rows, other] + seen - energy) / alphabet.apart[look, best + group.start, other + group.start]
        worth = np.flatnonzero((energy < LEAST * seen) & (energy + PENALTY < passed[may + width] - passed[may]))
        signs = (best[worth] + group.start).tolist()
        fits = zip(repeat(width), signs, energy[worth].tolist(), margin[worth].tolist(), strict=False)
        for place, fit in zip(may[worth].tolist(), fits, strict=False):
            found.setdefault(place, []).append(fit)
    return columns, found


def _left_over(ink: np.ndarray, may: np.ndarray, look: np.ndarray, alphabet: Alphabet) -> np.ndarray:
    """(len(may), signs): what each sign, begun at a column, leaves unexplained, less the ink there."""
    windows = sliding_window_view(ink, alphabet.widest, axis=1)[:, may].transpose(1, 0, 2).reshape(len(may), -1)
    left = np.empty((len(may), len(alphabet.signs)), np.float32)
    for level in np.unique(look):
        match = windows[look == level] @ alphabet.templates[level]
        left[look == level] = (alphabet.energies[level] - 2 * match).reshape(len(match), -1, len(alphabet.signs)).min(axis=1)
    return left


# The glyphs of a strip so far, the last first: where it begins, the glyph, and those before it.
_Row = tuple[int, _Fit, "_Row | None"]


def _cheapest(places: Sequence[int], fits: Mapping[int, list[_Fit]], passed: Sequence[float], end: int) -> _Row | None:
    """The cheapest row of glyphs of a strip that ends at a column; what no glyph covers costs what it costs to pass it.

    passed: what it costs to pass all columns before each. Costs are told beside those of passing all columns.
    """
    best, row = 0.0, None
    waiting: list[tuple[int, float, int, _Row]] = []
    for place in (*places, end + APART):
        while waiting and waiting[0][0] <= place:
            _, cost, _, ended = heappop(waiting)
            if cost < best:
                best, row = cost, ended
        for fit in fits.get(place, ()) if place < end else ():
            stop = place + fit[0]
            cost = best + fit[2] + PENALTY - passed[stop] + passed[place]
            heappush(waiting, (stop, cost, len(waiting), (place, fit, row)))
    return row


def _reading(row: _Row | None, start: int, end: int, told: Sequence[float], signs: Sequence[str]) -> Reading:
    """A row of glyphs of the strip between two columns, from left to right. told: ink before each column."""
    found = []
    junk = ink = told[end] - told[start]
    while row is not None:
        place, (width, sign, energy, sure), row = row
        seen = told[place + width] - told[place]
        junk -= seen
        found.append((signs[sign], 1 - energy / max(seen, 1.0), (place - start, place + width - start), min(sure, 1.0)))
    texts, shares, spans, margin = zip(*reversed(found), strict=True) if found else ((), (), (), ())
    return Reading("".join(texts), shares, spans, junk / max(ink, 1.0), margin)

"""How the cards of a picture lie: rows, finds between two cards, the fan of a hand, and who stands out of it.

Coordinates are pixels, y downwards; lengths are told in heights of the picture's cards, so that scale does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balatro.utils.quads import quad_sizes

ROW_GAP = 0.45
"""Cards of one row differ less in height, those of two rows more: a chosen card stands 0.2 higher than its neighbours, the
deck's pile, the nearest thing that is in no row, lies 0.6 lower than the end of the hand."""
OVERLAP = 0.98
"""Card widths between two middles below which one card covers a part of the other."""
OFF_STEP = 0.25
"""Share of a row's step by which a card of it may stand off its place; a find between two cards stands off by 0.35 or more."""
MOST_GHOSTS = 0.6
"""Share of a stretch's finds up to which they may be left out: beyond it the places say nothing."""
WIDEST = 1.05
"""Card widths that a step counts at most: cards side by side need no more."""
CROWDING = 0.8
"""Share of the step between cards with names from which on something else may stand beside one of them."""
FAN = 0.07
"""Radians by which the cards of a hand turn from its left to its right end, at least; it is 0.1 for three and 0.18 for many,
less the display's curve, and up to 0.06 for cards that lie straight."""
LIFT = 0.11
"""How much higher than the others a card stands when it is chosen, at least. The game lifts it by 0.2."""
ARC = 0.25 / 2.75
"""How much lower the ends of a hand lie than its middle. The game moves each card down by |place from the middle| / (2 cards)
of its units, of which a card has 2.75."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Where N quads lie."""

    x: np.ndarray
    """(N,) of the middles, pixels."""
    y: np.ndarray
    turn: np.ndarray
    """(N,) radians clockwise."""
    height: float
    """Of a card of this picture: the median, pixels."""
    width: float


def measure(quads: np.ndarray) -> Shapes:
    """The shapes of (N, 4, 2) quads, N at least 1."""
    across = quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]
    sizes = quad_sizes(quads)
    middles = quads.mean(axis=1)
    width, height = np.median(sizes, axis=0)
    return Shapes(middles[:, 0], middles[:, 1], np.arctan2(across[:, 1], across[:, 0]), float(height), float(width))


def split_rows(shapes: Shapes) -> list[np.ndarray]:
    """Places of the cards of each row from left to right, rows from top to bottom."""
    order = np.argsort(shapes.y, kind="stable")
    cuts = np.flatnonzero(np.diff(shapes.y[order]) > ROW_GAP * shapes.height) + 1
    return [row[np.argsort(shapes.x[row], kind="stable")] for row in np.split(order, cuts)]


def without_ghosts(row: np.ndarray, shapes: Shapes, nothing: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """The row without what was found between two cards that overlap and is part of each.

    Cards of a row stand in equal steps. Of a stretch of cards that overlap, whose first and last are taken for true, the
    finds off the steps are left out: where the steps tell nothing, none is.

    row: places from left to right. nothing: (N,) probability of each thing to be no card. sure: (N,) bool, what is never left
    out, since it has a name.
    """
    row = _without_crowding(row, shapes, sure)
    if len(row) == 0:
        return row
    cuts = np.flatnonzero(np.diff(shapes.x[row]) > OVERLAP * shapes.width) + 1
    parts = [_on_steps(part, shapes.x[part], nothing[part], sure[part]) for part in np.split(row, cuts)]
    return np.concatenate(parts)


def _without_crowding(row: np.ndarray, shapes: Shapes, sure: np.ndarray) -> np.ndarray:
    """Without what stands closer to a card with a name than such cards do to each other: parts of two cards, or the text
    beside one. Where less than half have names, all stay."""
    named, other = row[sure[row]], row[~sure[row]]
    steps = np.diff(shapes.x[named])
    if len(steps) == 0 or len(other) > len(named):
        return row
    near = np.abs(shapes.x[row][:, None] - shapes.x[named]).min(axis=1) < CROWDING * min(
        float(np.median(steps)), WIDEST * shapes.width
    )
    return row[sure[row] | ~near]


def _on_steps(part: np.ndarray, x: np.ndarray, nothing: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """One stretch without its ghosts: the number of steps is tried at which fewest cards are off them or missing."""
    least, kept = len(part) * MOST_GHOSTS, part
    for steps in range(len(part), 1, -1):
        near = np.abs((x - x[0]) / (x[-1] - x[0]) * steps - np.arange(steps + 1)[:, None])
        on = _best_on_steps(near, nothing, sure)
        missing, off = int((near.min(axis=1) > OFF_STEP).sum()), int((~on).sum())
        if missing <= 1 and 2 * missing + off < least:
            least, kept = 2 * missing + off, part[on | sure]
    return kept


def _best_on_steps(near: np.ndarray, nothing: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """(n,) bool: for each step the likeliest card that stands on it. near: (steps + 1, n) distances to each, in steps."""
    worse = np.where(near <= OFF_STEP, near + nothing - 2 * sure, np.inf)
    on = np.zeros(near.shape[1], bool)
    on[worse.argmin(axis=1)[np.isfinite(worse.min(axis=1))]] = True
    return on


def is_fan(row: np.ndarray, shapes: Shapes) -> bool:
    """Whether a row's cards turn from left to right as those of a hand do."""
    across = np.ptp(shapes.x[row]) if len(row) > 1 else 0.0
    if across < shapes.width / 4:
        return False
    slope = np.polyfit(shapes.x[row] - shapes.x[row].mean(), shapes.turn[row], 1)[0]
    return bool(slope * across >= FAN)


def raised(shapes: Shapes) -> np.ndarray:
    """(N,) bool: which cards of a hand stand higher than the lowest of it, its arc taken off.

    Where all stand at one height none does: a hand of which every card is chosen looks like one of which none is.
    """
    x, y = shapes.x, shapes.y / shapes.height
    half = max(float(np.ptp(x)) / 2, 1.0)
    level = y - ARC * (1 - 1 / len(x)) * np.abs(x - (x.min() + x.max()) / 2) / half
    result: np.ndarray = level < level.max() - LIFT
    return result

"""Where lines of text lie on a screen, whatever its size: runs of bright or coloured blobs of one height, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

WHITE, COLOUR = 0, 1
"""The two planes in which text stands out: white on anything, or coloured on something dark and grey."""
THRESHOLDS = (110, 75)
"""From which value on a pixel of each plane is ink: a card's shadow may lie on the upper half of a number."""
LIFT = 35
"""How much brighter ink is than what lies about it."""
AROUND = 0.04
"""Side of what lies about a pixel, as a share of the picture's height."""
GROUNDS, BRIGHTEST = (130, 65), (145, 80)
"""Half and two thirds of what text stands on have less than that in its plane."""
LIGHTER = 40
"""By how much the ground of white letters that are not small may be lighter."""
LIGHTEST = 125
"""How bright what coloured text stands on is at most: it is dark, whatever its colour."""
MIN_HEIGHT = 6
"""Pixels of the lowest letters that can be read."""
GAP = 0.72
"""Widest gap between signs of a word, in their heights: a decimal point lies in it."""
SMALL_GAP = 1.1
"""The same of small signs: the stroke of a count may be too faint to be seen as one."""
PIECE_GAP, PIECE, MINUS = 0.6, 0.15, (0.35, 0.25)
"""How near pieces of signs stand, how long each is at least; how high a minus is at most and how wide at least: all in a line's
heights."""
SMALL = 14
"""Pixels of letters that are small."""
MAX_SHARE = 0.12
"""Of the picture's height: the tallest letters."""


WIDE = 1.2
"""How wide most signs of a line are at most, in the height of the tallest."""
MOST_LABELS = 1 << 16
"""What small labels, the faster ones, can count."""
FRAME, FRAMED = (0.3, 0.8), 0.6
"""Share of its box that a frame about a number fills, and how high the number is in it at most."""
STRONGER, OTHER = 0.2, 40
"""How far from a frame's own colour to the strongest in it the ink of a number begins, and the least that lies between."""
FAINT = 0.7
"""Share of the brightest line's ink that all others of white text reach somewhere."""
TALLEST_CARD = 0.5
"""Of the picture's height: what is taller is no card that lies on a table, but something that was taken for one."""
INNER = (0.12, 0.94)
"""Which part of a card, from its top, is no text."""
NARROW, FULL = 0.92, 0.7
"""An icon narrower than this share of its height is full of ink to this share: icons here 0.81 and more, a dollar 0.58."""


@dataclass(frozen=True)
class Line:
    """A run of blobs: box (left, top, right, bottom) in pixels of the picture, plane, height of its digits, their foot."""

    box: tuple[int, int, int, int]
    plane: int
    letter: float
    bottom: float
    icons: tuple[tuple[int, int], ...] = ()
    """Left and right of what is round and filled among its blobs: no number has that."""

    def scaled(self, by: int) -> Line:
        """The same on a picture that is so many times as large."""
        left, top, right, bottom = (side * by for side in self.box)
        icons = tuple((start * by, end * by) for start, end in self.icons)
        return Line((left, top, right, bottom), self.plane, self.letter * by, self.bottom * by, icons)

    def resized(self, size: float) -> Line:
        """The line with letters of another height about the same middle."""
        letter = self.letter * size
        return Line(self.box, self.plane, letter, self.bottom + (letter - self.letter) / 2)


def ink_planes(picture: np.ndarray) -> np.ndarray:
    """How much each pixel of a (H, W, 3) uint8 RGB picture is text: (2, H, W) uint8, WHITE and COLOUR."""
    return np.stack([ink_of(picture, WHITE), ink_of(picture, COLOUR)])


def ink_of(picture: np.ndarray, plane: int) -> np.ndarray:
    """(H, W) uint8: one of the planes of a (H, W, 3) uint8 RGB picture."""
    red, green, blue = cv2.split(picture)
    low = cv2.min(cv2.min(red, green), blue)
    return low if plane == WHITE else cv2.subtract(cv2.max(cv2.max(red, green), blue), low)


def find_lines(planes: np.ndarray, cards: np.ndarray | None = None) -> list[Line]:
    """The lines of text of a picture's planes, from top to bottom. cards: (N, 4, 2) quads of what is no text, in pixels."""
    beside = None if cards is None else _beside_cards(planes.shape[1:], cards)
    found = [line for plane in (WHITE, COLOUR) for line in _plane_lines(planes, plane, beside)]
    return sorted(found, key=lambda line: (line.box[1], line.box[0]))


def _beside_cards(size: tuple[int, int], cards: np.ndarray) -> np.ndarray:
    """(H, W) uint8, 1 but where a card lies; a price or a count may hang over its edge."""
    mask = np.ones(size, np.uint8)
    for top_left, top_right, bottom_right, bottom_left in cards:
        if bottom_left[1] - top_left[1] > TALLEST_CARD * size[0]:
            continue
        left, right = bottom_left - top_left, bottom_right - top_right
        inner = [
            top_left + INNER[0] * left,
            top_right + INNER[0] * right,
            top_right + INNER[1] * right,
            top_left + INNER[1] * left,
        ]
        cv2.fillConvexPoly(mask, np.round(inner).astype(np.int32), 0)
    return mask


def _plane_lines(planes: np.ndarray, plane: int, beside: np.ndarray | None) -> list[Line]:
    ink = planes[plane]
    mask = ink_mask(ink, plane)
    if beside is not None:
        mask &= beside
    stats = _blobs(mask)
    if plane == COLOUR:
        stats = _unframed(stats, ink)
    letters = stats[_may_be_letters(stats, ink.shape[0])]
    runs = [run for run in _runs(letters[:, :4]) if _stands_free(ink, _box(run), plane)]
    runs = _whole(runs, stats[:, :4], plane)
    if plane == WHITE:
        runs = _brightest(runs, ink)
    else:
        light = cv2.add(planes[WHITE], ink)
        rings = [np.sort(_around(light, _box(run))) for run in runs]
        runs = [run for run, ring in zip(runs, rings, strict=True) if ring[len(ring) // 2] < LIGHTEST]
    return _outermost([_line(run, ink, plane) for run in runs])


def _brightest(runs: Sequence[np.ndarray], ink: np.ndarray) -> list[np.ndarray]:
    """The runs without those that are faint beside the others: highlights of what lies behind the text."""
    boxes = [_box(run) for run in runs]
    peaks = [int(ink[top:bottom, left:right].max()) for left, top, right, bottom in boxes]
    return [run for run, peak in zip(runs, peaks, strict=True) if peak >= FAINT * max(peaks)]


def _blobs(mask: np.ndarray) -> np.ndarray:
    """(N, 5) left, top, width, height and area of each blob."""
    begins = cv2.countNonZero(cv2.compare(mask[:, 1:], mask[:, :-1], cv2.CMP_GT)) + len(mask)
    label = cv2.CV_16U if begins < MOST_LABELS else cv2.CV_32S  # no more labels are given than rows of ink begin
    stats: np.ndarray = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, label, cv2.CCL_SPAGHETTI)[2][1:]
    return stats


def _may_be_letters(stats: np.ndarray, rows: int) -> np.ndarray:
    _, _, width, height, area = stats.T
    may: np.ndarray = (height >= MIN_HEIGHT) & (height <= MAX_SHARE * rows) & (width <= 12 * height)
    may &= (area >= 0.15 * width * height) & (width >= 0.1 * height)
    may &= area <= np.where(width > 0.45 * height, 0.93, 1.1) * width * height
    return may


def _unframed(stats: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """The blobs without the frames about some, and with those that touch theirs."""
    _, _, width, height, area = stats.T
    share = area / (width * height)
    may = (height > 2 * SMALL) & (width < 4 * height) & (height < 4 * width) & (share > FRAME[0]) & (share < FRAME[1])
    inner: list[np.ndarray] = []
    for place in np.flatnonzero(may):
        left, top, wide, tall, _ = stats[place]
        begins, ends = stats[:, :2] > (left, top), stats[:, :2] + stats[:, 2:4] < (left + wide, top + tall)
        within = begins.all(axis=1) & ends.all(axis=1) & (height > 0.25 * tall)
        may[place] = within.any()
        inner.append(_others(_framed(stats[place], ink), stats[within]))
    return np.concatenate([stats[~may], *inner])


def _others(blobs: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Those blobs whose middles lie in none of the known."""
    middles = (blobs[:, :2] + blobs[:, 2:4] / 2)[:, None]
    begins, ends = middles >= known[:, :2], middles <= known[:, :2] + known[:, 2:4]
    others: np.ndarray = blobs[~(begins.all(axis=2) & ends.all(axis=2)).any(axis=1)]
    return others


def _framed(frame: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """The blobs within a frame that are stronger than it: a display smears colours, so that a number may touch its frame."""
    left, top, width, height, _ = frame.tolist()
    part = ink[top : top + height, left : left + width]
    usual = float(np.median(part[part > THRESHOLDS[COLOUR]]))
    rise = float(part.max()) - usual
    if rise < OTHER:
        return np.empty((0, 5), frame.dtype)
    inner = _blobs((part > usual + STRONGER * rise).astype(np.uint8))
    inner[:, :2] += (left, top)
    return inner[(inner[:, 3] < FRAMED * height) & (inner[:, 3] > 0.25 * height)]


def ink_mask(ink: np.ndarray, plane: int) -> np.ndarray:
    """(H, W) uint8, 1 where a plane is ink."""
    if plane == COLOUR:  # frames about coloured numbers are to stay whole, so that they pass for no letters
        return (ink > THRESHOLDS[plane]).astype(np.uint8)
    side = max(round(AROUND * ink.shape[0]) | 1, 3)
    lifted = cv2.subtract(ink, cv2.blur(ink, (side, side)))
    return ((lifted > LIFT) & (ink > THRESHOLDS[plane])).astype(np.uint8)


def _runs(blobs: np.ndarray) -> list[np.ndarray]:
    """Blobs (N, 4: left, top, width, height) that stand beside each other, of about one height."""
    ordered = blobs[np.argsort(blobs[:, 0], kind="stable")]
    left, top, width, height = ordered.T
    lower, higher = np.minimum.outer(height, height), np.maximum.outer(height, height)
    gap = left[None, :] - (left + width)[:, None]
    overlap = np.minimum.outer(top + height, top + height) - np.maximum.outer(top, top)
    near = (gap < GAP * lower) & (gap > -lower) & (overlap > 0.7 * higher)
    broken = (higher < SMALL) & (gap < SMALL_GAP * higher) & (gap > -higher) & (overlap > 0.8 * lower) & (2 * lower > higher)
    near |= broken  # letters of a few pixels fall to pieces
    parent = np.arange(len(left))
    for i, j in np.argwhere(np.triu(near, 1)):
        a, b = _root(parent, i), _root(parent, j)
        parent[max(a, b)] = min(a, b)
    roots = np.array([_root(parent, i) for i in range(len(parent))], int)
    order = np.argsort(roots, kind="stable")
    cuts = np.flatnonzero(np.diff(roots[order])) + 1
    return [ordered[part] for part in np.split(order, cuts) if len(part)]


def _whole(runs: Sequence[np.ndarray], blobs: np.ndarray, plane: int) -> list[np.ndarray]:
    """The runs with the pieces beside them, and those that a piece joins as one: a minus is too low to be a sign, so is a comma
    between two digits, and of thin signs some strokes are lost."""
    pieces = _pieces(np.array([_box(run) for run in runs]).reshape(-1, 4), blobs, plane)
    for place in np.flatnonzero(pieces.any(axis=1)).tolist():
        # A plaque about a title takes no letters of it.
        pieces[place] &= np.median(runs[place][:, 2]) <= WIDE * runs[place][:, 3].max()
    if not pieces.any():
        return list(runs)
    wider = [np.concatenate([run, blobs[more]]) if more.any() else run for run, more in zip(runs, pieces, strict=True)]
    shared = set(map(bytes, blobs[pieces.any(axis=0)]))
    owner: dict[bytes, int] = {}
    parent = np.arange(len(runs))
    for place, run in enumerate(wider):
        for blob in shared.intersection(map(bytes, run)):
            one, other = _root(parent, place), _root(parent, owner.setdefault(blob, place))
            parent[max(one, other)] = min(one, other)
    groups: dict[int, list[np.ndarray]] = {}
    for place, run in enumerate(wider):
        groups.setdefault(_root(parent, place), []).append(run)
    return [some[0] if len(some) == 1 else np.unique(np.concatenate(some), axis=0) for some in groups.values()]


def _pieces(boxes: np.ndarray, blobs: np.ndarray, plane: int) -> np.ndarray:
    """(len(boxes), len(blobs)) bool: which blobs stand beside a run as pieces of it; coloured ones only a minus,
    of small signs none: they are whole or a blur."""
    tall = (boxes[:, 3] - boxes[:, 1])[:, None]
    slack = np.maximum(0.1 * tall, 1)
    left, top, width, height = blobs.T
    level = (top >= boxes[:, 1:2] - slack) & (top + height <= boxes[:, 3:] + slack)
    before, after = boxes[:, :1] - (left + width), left - boxes[:, 2:3]
    if plane == COLOUR:
        minus = (height < MINUS[0] * tall) & (width > MINUS[1] * tall) & (width > 1.5 * height)
        pieces: np.ndarray = level & minus & (before >= 0) & (before < PIECE_GAP * tall)
        return pieces
    gap = np.maximum(before, after)
    pieces = level & (tall >= SMALL) & (gap >= 0) & (gap < PIECE_GAP * tall) & (np.maximum(width, height) > PIECE * tall)
    return pieces


def _root(parent: np.ndarray, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return int(i)


def _line(run: np.ndarray, ink: np.ndarray, plane: int) -> Line:
    blobs: list[list[int]] = run.tolist()
    tallest = max(height for *_, height in blobs)
    high = [(top + height, height) for _, top, _, height in blobs if height > 0.85 * tallest]
    letter = min(height for _, height in high)  # a dollar is taller than a digit
    feet = [foot for foot, height in high if height <= 1.04 * letter]
    icons = tuple((blob[0], blob[0] + blob[2]) for blob in blobs if _is_icon(blob, ink, plane))
    return Line(_box(run), plane, float(letter), float(median(feet)), icons)


def _box(run: np.ndarray) -> tuple[int, int, int, int]:
    blobs = run.tolist()
    left, top = min(blob[0] for blob in blobs), min(blob[1] for blob in blobs)
    return left, top, max(blob[0] + blob[2] for blob in blobs), max(blob[1] + blob[3] for blob in blobs)


def _outermost(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that lie within another: commas that were too low to be its signs."""
    boxes = np.array([line.box for line in lines]).reshape(-1, 4)
    begins, ends = boxes[:, None, :2] >= boxes[None, :, :2] - 2, boxes[:, None, 2:] <= boxes[None, :, 2:] + 2
    heights = boxes[:, 3] - boxes[:, 1]
    share = heights[:, None] / heights
    within = begins.all(axis=2) & ends.all(axis=2) & (share > 0.2) & (share < 0.5)
    within &= boxes[:, None, 1] > boxes[:, 1] + 0.5 * heights
    within &= np.abs(boxes[:, None, 3] - boxes[:, 3]) <= np.maximum(0.1 * heights, 1)
    return [line for line, inside in zip(lines, within.any(axis=1), strict=True) if not inside]


def _is_icon(blob: Sequence[int], ink: np.ndarray, plane: int) -> bool:
    left, top, width, height = blob
    if height < 0.6 * SMALL or not 0.88 < width / height < 1.2:
        return False
    whole = ink[top : top + height, left : left + width]
    if width / height < NARROW and np.mean(whole > 0.5 * whole.max()) < FULL:
        return False  # a dollar is nearly as wide as it is high where its edges fall between pixels
    inside = ink[top + height // 3 : top + height - height // 3, left + width // 3 : left + width - width // 3]
    return bool(inside.min() > max(THRESHOLDS[plane], 0.75 * inside.max()))  # between two letters there is a gap


def without_icons(line: Line) -> list[Line]:
    """The parts of a line between its icons."""
    parts, left = [], line.box[0]
    for start, end in (*line.icons, (line.box[2] + 1, 0)):
        if start - left > max(0.1 * line.letter, 1):
            parts.append(replace(line, box=(left, line.box[1], start - 1, line.box[3]), icons=()))
        left = end
    return parts


def _stands_free(ink: np.ndarray, box: tuple[int, int, int, int], plane: int) -> bool:
    """Whether next to no ink lies around a line: within a card's picture much does."""
    around = np.sort(_around(ink, box))
    more = LIGHTER if plane == WHITE and box[3] - box[1] >= SMALL else 0
    return bool(around[len(around) // 2] < GROUNDS[plane] + more and around[len(around) * 2 // 3] < BRIGHTEST[plane] + more)


def _around(values: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """(N,) what lies around a box of a (H, W) picture."""
    left, top, right, bottom = box
    height, width = values.shape
    ring = [values[max(top - 2, 0), left:right], values[min(bottom + 1, height - 1), left:right]]
    ring += [values[top:bottom, max(left - 2, 0)], values[top:bottom, min(right + 1, width - 1)]]
    return np.concatenate(ring)

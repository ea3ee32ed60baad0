"""A card's cell as indexed pixels, with shaded parts: every figure and ground is drawn on one of these."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from balatro.render.demo_art.palette import RGB, Ramp

WIDTH, HEIGHT = 71, 95
Y, X = (axis.astype(np.float32) for axis in np.mgrid[0:HEIGHT, 0:WIDTH])
CHECKER = (X + Y) % 2 == 0
_HATCH = (X + Y) % 3 == 0
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16
BAYER = np.tile(_BAYER, (24, 18))[:HEIGHT, :WIDTH]
"""Ordered-dither thresholds 0..1 over the cell."""

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
Points = Sequence[tuple[float, float]]


def oval_mask(x: float, y: float, rx: float, ry: float) -> np.ndarray:
    """Filled ellipse, bool (95, 71)."""
    return _oval(round(x * 2) / 2, round(y * 2) / 2, round(rx * 2) / 2, round(ry * 2) / 2).copy()


@lru_cache(maxsize=4096)
def _oval(x: float, y: float, rx: float, ry: float) -> np.ndarray:
    mask: np.ndarray = ((X - x) / (rx + 0.2)) ** 2 + ((Y - y) / (ry + 0.2)) ** 2 <= 1.0
    return mask


def poly_mask(points: Points) -> np.ndarray:
    """Filled polygon, its edge included, bool (95, 71)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.array([(int(x + 0.5), int(y + 0.5)) for x, y in points], np.int32)], 1)
    return mask.view(bool)


def box_mask(x0: int, y0: int, x1: int, y1: int, corner: int = 0) -> np.ndarray:
    """Filled rectangle, both corners included, its corners cut off in steps; bool (95, 71)."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1] = True
    for step in range(corner):
        cut = corner - step
        for row in (y0 + step, y1 - step):
            if 0 <= row < HEIGHT:
                mask[row, max(0, x0) : x0 + cut] = False
                mask[row, x1 + 1 - cut : x1 + 1] = False
    return mask


def line_mask(points: Points, width: int = 1, closed: bool = False) -> np.ndarray:
    """A polyline, bool (95, 71)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    corners = np.array([(int(x + 0.5), int(y + 0.5)) for x, y in points], np.int32)
    cv2.polylines(mask, [corners], closed, 1, width)
    return mask.view(bool)


def ring_mask(x: float, y: float, rx: float, ry: float, width: float = 1) -> np.ndarray:
    """The rim of an ellipse, width px inwards."""
    return oval_mask(x, y, rx, ry) & ~oval_mask(x, y, rx - width, ry - width)


def grown(mask: np.ndarray) -> np.ndarray:
    """The mask with its four neighbours."""
    return cv2.dilate(mask.view(np.uint8), _CROSS).view(bool)


def shifted(mask: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """The mask moved right and down; what leaves the cell is lost."""
    out = np.zeros_like(mask)
    out[max(0, dy) : HEIGHT + min(0, dy), max(0, dx) : WIDTH + min(0, dx)] = mask[
        max(0, -dy) : HEIGHT - max(0, dy), max(0, -dx) : WIDTH - max(0, dx)
    ]
    return out


class Canvas:
    """Pixels of one cell as indices (95, 71) uint8 into a palette; index 0 is clear.

    line is the colour that parts are outlined with (None: no outlines); shading is `rim`, `dither`, `hatch`, `soft` or `flat`.
    """

    def __init__(self, line: RGB | None = None, shading: str = "rim") -> None:
        self.index = np.zeros((HEIGHT, WIDTH), np.uint8)
        self.palette: list[RGB] = [(0, 0, 0)]
        self.line = line
        self.shading = shading
        self._inks: dict[RGB, int] = {}

    def ink(self, colour: RGB) -> int:
        """The colour's index; the nearest one when the palette is full."""
        number = self._inks.get(colour)
        if number is None:
            if len(self.palette) == 256:
                number = min(range(1, 256), key=lambda i: sum(abs(a - b) for a, b in zip(self.palette[i], colour, strict=True)))
            else:
                self.palette.append(colour)
                number = len(self.palette) - 1
            self._inks[colour] = number
        return number

    @property
    def solid(self) -> np.ndarray:
        """Where something is drawn, bool (95, 71)."""
        return self.index != 0

    def paint(self, mask: np.ndarray, colour: RGB) -> None:
        """One flat colour, no outline."""
        self.index[mask] = self.ink(colour)

    def part(self, mask: np.ndarray, ramp: Ramp, sides: bool = False, line: bool = True, depth: int = 0) -> np.ndarray:
        """A shaded part with its outline; `sides` draws its mirror image too. Returns its mask."""
        if sides:
            mask = mask | mask[:, ::-1]
        if line and self.line is not None:
            self.index[grown(mask)] = self.ink(self.line)
        self.index[mask] = self.ink(ramp[1])
        if self.shading == "flat":
            return mask
        deep = depth or (2 if int(mask.sum()) > 160 else 1)
        dark = mask & ~shifted(mask, -deep, -deep)
        if self.shading == "dither":
            dark |= mask & ~shifted(mask, -deep * 2, -deep * 2) & CHECKER
        elif self.shading == "hatch":
            dark |= mask & ~shifted(mask, -deep * 4, -deep * 4) & _HATCH
        self.index[dark] = self.ink(ramp[0])
        if self.shading != "soft":
            light = mask & ~shifted(mask, 1, 1) & ~dark
            self.index[light] = self.ink(ramp[2])
        return mask

    def oval(self, x: float, y: float, rx: float, ry: float, ramp: Ramp, sides: bool = False) -> np.ndarray:
        """A shaded ellipse."""
        return self.part(oval_mask(x, y, rx, ry), ramp, sides)

    def poly(self, points: Points, ramp: Ramp, sides: bool = False) -> np.ndarray:
        """A shaded polygon."""
        return self.part(poly_mask(points), ramp, sides)

    def box(self, x0: int, y0: int, x1: int, y1: int, ramp: Ramp, corner: int = 0, sides: bool = False) -> np.ndarray:
        """A shaded box."""
        return self.part(box_mask(x0, y0, x1, y1, corner), ramp, sides)

    def bar(self, points: Points, width: int, ramp: Ramp, sides: bool = False) -> np.ndarray:
        """A shaded thick line."""
        return self.part(line_mask(points, width), ramp, sides)

    def stroke(self, points: Points, colour: RGB, width: int = 1, sides: bool = False, closed: bool = False) -> None:
        """A thin line in one colour."""
        mask = line_mask(points, width, closed)
        self.paint(mask | mask[:, ::-1] if sides else mask, colour)

    def dot(self, x: float, y: float, colour: RGB, size: int = 1, sides: bool = False) -> None:
        """A small square."""
        left, top = max(0, int(x)), max(0, int(y))
        number = self.ink(colour)
        self.index[top : top + size, left : left + size] = number
        if sides:
            self.index[top : top + size, max(0, WIDTH - left - size) : max(0, WIDTH - left)] = number

    def stamp(self, bits: np.ndarray, x: int, y: int, colour: RGB) -> None:
        """A small bool picture with its upper left corner at (x, y), clipped at the cell."""
        top, left = max(0, -y), max(0, -x)
        bits = bits[top : HEIGHT - y, left : WIDTH - x]
        if bits.size:
            view = self.index[y + top : y + top + bits.shape[0], x + left : x + left + bits.shape[1]]
            view[bits] = self.ink(colour)

    def levels(self, levels: np.ndarray, colours: Sequence[RGB], mask: np.ndarray | None = None) -> None:
        """Whole numbers (95, 71) as colours: level n takes colours[n]."""
        table = np.array([self.ink(colour) for colour in colours], np.uint8)
        picture = table[np.clip(levels, 0, len(colours) - 1)]
        if mask is None:
            self.index[:] = picture
        else:
            self.index[mask] = picture[mask]

    def put(self, other: Canvas, dx: int = 0, dy: int = 0, mask: np.ndarray | None = None) -> None:
        """Lay another canvas over this one, moved right and down, within the mask."""
        table = np.array([0] + [self.ink(colour) for colour in other.palette[1:]], np.uint8)
        picture = table[other.index]
        if dx or dy:
            picture = shifted(picture, dx, dy)
        place = picture != 0
        if mask is not None:
            place &= mask
        self.index[place] = picture[place]

    def outline(self, colour: RGB) -> None:
        """A rim of one pixel around all that is drawn."""
        self.index[grown(self.solid) & ~self.solid] = self.ink(colour)

    def erase(self, mask: np.ndarray) -> None:
        """Make clear."""
        self.index[mask] = 0

    def mapped(self, colours: Sequence[RGB]) -> Canvas:
        """A copy with another palette: one new colour for each colour of the old, the clear one left out."""
        copy = Canvas(self.line, self.shading)
        table = np.array([0] + [copy.ink(colour) for colour in colours], np.uint8)
        copy.index = table[self.index]
        return copy

    def resized(self, width: int, height: int, x: int, y: int) -> Canvas:
        """A copy whose cell is shrunk or enlarged to (width, height), without smoothing, and put at (x, y)."""
        copy = Canvas(self.line, self.shading)
        copy.palette, copy._inks = list(self.palette), dict(self._inks)
        rows = (np.arange(height) * HEIGHT + HEIGHT // 2) // height
        columns = (np.arange(width) * WIDTH + WIDTH // 2) // width
        small = self.index[rows][:, columns]
        top, left = max(0, -y), max(0, -x)
        small = small[top : HEIGHT - y, left : WIDTH - x]
        copy.index[y + top : y + top + small.shape[0], x + left : x + left + small.shape[1]] = small
        return copy

    def rgba(self) -> np.ndarray:
        """(95, 71, 4) uint8, straight alpha of 0 or 255; clear pixels are all 0."""
        table = np.full((len(self.palette), 4), 255, np.uint8)
        table[:, :3] = self.palette
        table[0] = 0
        return table[self.index]

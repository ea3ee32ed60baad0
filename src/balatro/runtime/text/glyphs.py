"""The glyphs of a font as the reader compares them: of one height, blurred as screens of several sizes blur them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from balatro.utils.pixel_font import PixelFont

CAPITAL = 22
"""Pixels of a digit's height in the reader's strips: two for each of the game's font."""
ABOVE, BELOW = 5, 7
"""Rows of a strip above and below the digits."""
ROWS = ABOVE + CAPITAL + BELOW
SHIFTS, WORD_SHIFTS = (-3, -2, -1, 0, 1, 2, 3), (-1, 0, 1)
"""By how many rows a sign of a number, and a letter of a word, may bob."""
BLURS = ((0.8, 0.8), (1.3, 1.0))
"""Sigmas in a strip's pixels, across and down, of large and of small letters."""
NUMERIC = "0123456789$,./+-%eXx"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!:/"


@dataclass(frozen=True, eq=False)
class WidthClass:
    """Glyphs of one width: templates (len(BLURS), ROWS * width, G * shifts) float32, their energies, and their signs."""

    width: int
    templates: np.ndarray
    energies: np.ndarray
    signs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Glyphs:
    """A font, ready to be read: glyphs by width, once for numbers and once for words."""

    numeric: tuple[WidthClass, ...]
    letters: tuple[WidthClass, ...]


def make_glyphs(font: PixelFont) -> Glyphs:
    """The reader's templates of a pixel font."""
    zero = np.flatnonzero(font["0"].any(axis=1))
    top, capital = int(zero[0]), int(zero[-1] - zero[0] + 1)
    drawn = {sign: _template(bits, top, capital) for sign, bits in font.items()}
    numeric = {sign: drawn[sign] for sign in NUMERIC if sign in drawn}
    words = {sign: drawn[sign] for sign in LETTERS if sign in drawn}
    return Glyphs(_by_width(numeric, SHIFTS), _by_width(words, WORD_SHIFTS))


def _template(bits: np.ndarray, top: int, capital: int) -> np.ndarray:
    """A glyph (ROWS, width) float32 of 0 to 1, with room for its shifts."""
    step = CAPITAL / capital
    fine = cv2.resize(
        bits.astype(np.float32).repeat(8, 0).repeat(8, 1), None, fx=step / 8, fy=step / 8, interpolation=cv2.INTER_AREA
    )
    start = ABOVE - round(top * step)
    strip = np.zeros((ROWS, fine.shape[1]), np.float32)
    first, last = max(start, 0), min(start + fine.shape[0], ROWS)
    strip[first:last] = fine[first - start : last - start]
    return strip


def _by_width(drawn: dict[str, np.ndarray], shifts: tuple[int, ...]) -> tuple[WidthClass, ...]:
    widths = sorted({strip.shape[1] for strip in drawn.values()})
    return tuple(_width_class(width, {s: d for s, d in drawn.items() if d.shape[1] == width}, shifts) for width in widths)


def _width_class(width: int, drawn: dict[str, np.ndarray], shifts: tuple[int, ...]) -> WidthClass:
    levels = []
    for across, down in BLURS:
        blurred = [_blurred(strip, across, down) for strip in drawn.values()]
        shifted = [np.roll(strip, shift, axis=0).ravel() for strip in blurred for shift in shifts]
        levels.append(np.stack(shifted, axis=1))
    templates = np.stack(levels)
    return WidthClass(width, templates, (templates**2).sum(axis=1), tuple(drawn))


def _blurred(strip: np.ndarray, across: float, down: float) -> np.ndarray:
    wide = cv2.copyMakeBorder(strip, 0, 0, 6, 6, cv2.BORDER_CONSTANT, value=0)
    return cv2.GaussianBlur(wide, (0, 0), across, sigmaY=down, borderType=cv2.BORDER_CONSTANT)[:, 6:-6]

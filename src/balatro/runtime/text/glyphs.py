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
PAIRS = ROWS // 2
"""Rows that are compared: of each two their mean."""
SHIFTS, FEW_SHIFTS, WORD_SHIFTS, SWUNG_SHIFTS = (-3, -2, -1, 0, 1, 2, 3), (-2, 1), (-1, 1), (-3, -1, 1, 3)
"""By how many rows a sign of a number, the same at a glance, a letter of a word, and one of a title that swings may bob."""
LOOKS = ((0.8, 0.8, 1.0), (1.4, 0.9, 0.7))
"""Of large and of small letters: sigmas in a strip's pixels, across and down, and the power that lifts what is half covered, as
displays do: the holes of small digits are grey."""
NUMERIC = "0123456789$,./+-%eXx"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!:/"


@dataclass(frozen=True, eq=False)
class Alphabet:
    """The signs that a line may have, as one matrix.

    templates: (len(LOOKS), PAIRS * widest, shifts * signs) float32, narrower glyphs with nothing to their right; energies:
    (len(LOOKS), shifts * signs), the sums of their squares; widths: the columns of each sign, which lie in that order.
    """

    signs: tuple[str, ...]
    widths: tuple[int, ...]
    templates: np.ndarray
    energies: np.ndarray
    apart: np.ndarray
    """(len(LOOKS), signs, signs): how far two signs lie from each other at the nearest of their shifts, squared; 1 at least."""

    @property
    def widest(self) -> int:
        """Columns of the widest glyph."""
        return self.widths[-1]

    def groups(self) -> list[tuple[int, slice]]:
        """Each width, and which signs have it."""
        starts = [place for place, width in enumerate(self.widths) if place == 0 or width != self.widths[place - 1]]
        ends = [*starts[1:], len(self.widths)]
        return [(self.widths[start], slice(start, end)) for start, end in zip(starts, ends, strict=True)]


@dataclass(frozen=True, eq=False)
class Glyphs:
    """A font, ready to be read: its signs for what may be a number, at a glance, for numbers and for words."""

    glance: Alphabet
    numeric: Alphabet
    letters: Alphabet
    swung: Alphabet
    """Letters of a title that swings: one end of it stands higher than the other."""


def make_glyphs(font: PixelFont) -> Glyphs:
    """The reader's templates of a pixel font."""
    zero = np.flatnonzero(font["0"].any(axis=1))
    top, capital = int(zero[0]), int(zero[-1] - zero[0] + 1)
    drawn = {sign: _template(bits, top, capital) for sign, bits in font.items()}
    numeric = {sign: drawn[sign] for sign in NUMERIC if sign in drawn}
    words = {sign: drawn[sign] for sign in LETTERS if sign in drawn}
    return Glyphs(
        _alphabet(numeric, FEW_SHIFTS),
        _alphabet(numeric, SHIFTS),
        _alphabet(words, WORD_SHIFTS),
        _alphabet(words, SWUNG_SHIFTS),
    )


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


def _alphabet(drawn: dict[str, np.ndarray], shifts: tuple[int, ...]) -> Alphabet:
    ordered = dict(sorted(drawn.items(), key=lambda item: item[1].shape[1]))
    widths = tuple(strip.shape[1] for strip in ordered.values())
    wide = [np.pad(strip, ((0, 0), (0, widths[-1] - strip.shape[1]))) for strip in ordered.values()]
    levels = []
    for across, down, power in LOOKS:
        blurred = [
            _blurred(strip, across, down) ** power * (np.arange(widths[-1]) < width)
            for strip, width in zip(wide, widths, strict=True)
        ]
        shifted = [paired(np.roll(strip, shift, axis=0)).ravel() for shift in shifts for strip in blurred]
        levels.append(np.stack(shifted, axis=1))
    templates = np.stack(levels).astype(np.float32)
    energies = (templates**2).sum(axis=1)
    apart = np.stack([_apart(level, energy, len(shifts)) for level, energy in zip(templates, energies, strict=True)])
    return Alphabet(tuple(ordered), widths, templates, energies, apart)


def _apart(templates: np.ndarray, energies: np.ndarray, shifts: int) -> np.ndarray:
    squares = energies[:, None] + energies - 2 * templates.T @ templates
    signs = len(squares) // shifts
    nearest: np.ndarray = squares.reshape(shifts, signs, shifts, signs).min(axis=(0, 2))
    return np.maximum(nearest, 1.0)


def _blurred(strip: np.ndarray, across: float, down: float) -> np.ndarray:
    wide = cv2.copyMakeBorder(strip, 0, 0, 6, 6, cv2.BORDER_CONSTANT, value=0)
    return cv2.GaussianBlur(wide, (0, 0), across, sigmaY=down, borderType=cv2.BORDER_CONSTANT)[:, 6:-6]


def paired(strip: np.ndarray) -> np.ndarray:
    """(PAIRS, columns): of each two rows of a strip (ROWS, columns) their mean."""
    pairs: np.ndarray = (strip[::2] + strip[1::2]) / 2
    return pairs

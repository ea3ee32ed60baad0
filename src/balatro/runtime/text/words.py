"""The numbers that stand on a screen, wherever: their text, box, colour, and the colour that they are written on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from balatro.runtime.text.glyphs import CAPITAL, Glyphs
from balatro.runtime.text.lines import SMALL, THRESHOLDS, Line, without_icons
from balatro.runtime.text.reader import SIDE, Reading, blur_of, line_strip, read_strips

FITS = ((9.0, 18.0), (0.74, 0.83))
"""Heights of a digit in pixels, and the share of each sign's ink that its glyph must explain at each."""
LONGEST = 300
"""Columns of the longest number: twenty signs."""
WORTH = 0.9
"""Quality from which on a line may be a number, and is read again at other heights."""
RESIZE = ((0.95, 0.9, 1.07), (0.94,))
"""Heights that are tried, for small and for larger letters: edges are soft, and what reads best is right."""
STRAY = re.compile(r"^(\d+)[,.]*/[,.]*(\d+)$")
NUMBER = re.compile(r"^[-+$]*\d[\d,]*(\.\d+)?(e\d+)?$|^\d+/\d+$|^/\d*$|^\$+\+?$|^[Xx]\d*(\.\d+)?$")


@dataclass(frozen=True)
class Word:
    """A number as it is written, "$1,234" or "36/52".

    box: left, top, right, bottom in pixels; letter: height of a digit; colour and ground: RGB of the signs and of what they are
    written on; fit: the share of the worst sign's ink that is explained.
    """

    text: str
    box: tuple[int, int, int, int]
    letter: float
    fit: float
    plane: int
    colour: tuple[int, int, int]
    ground: tuple[int, int, int]
    margin: float = 1.0
    """By how much of its ink the sign in most doubt is better explained than by another."""

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def read_words(picture: np.ndarray, planes: np.ndarray, lines: Sequence[Line], glyphs: Glyphs) -> list[Word]:
    """The numbers among the lines of a (H, W, 3) uint8 RGB picture."""
    lines = [part for line in lines for part in without_icons(line)]
    lines = [line for line in lines if (line.box[2] - line.box[0]) * CAPITAL < LONGEST * line.letter]
    best = list(zip(_readings(planes, lines, glyphs), lines, strict=True))
    worth = [place for place, (reading, _) in enumerate(best) if _quality(reading) >= WORTH]
    again = [(place, _resized(lines[place], size)) for place in worth for size in RESIZE[lines[place].letter >= SMALL]]
    for (place, line), reading in zip(again, _readings(planes, [line for _, line in again], glyphs), strict=True):
        if _quality(reading) > _quality(best[place][0]):
            best[place] = reading, line
    words = [_word(picture, planes, *best[place]) for place in worth]
    return _apart([word for word in words if word is not None])


def _apart(words: Sequence[Word]) -> list[Word]:
    """The words without those that are but a part of a longer one."""
    return [word for word in words if not any(len(o.text) > len(word.text) and _holds(o.box, word.centre) for o in words)]


def _holds(box: tuple[int, int, int, int], point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _readings(planes: np.ndarray, lines: Sequence[Line], glyphs: Glyphs) -> list[Reading]:
    strips = [line_strip(planes[line.plane], line) for line in lines]
    return read_strips(strips, [blur_of(line.letter) for line in lines], glyphs.numeric)


def _resized(line: Line, size: float) -> Line:
    """The line with letters of another height about the same middle."""
    letter = line.letter * size
    return Line(line.box, line.plane, letter, line.bottom + (letter - line.letter) / 2)


def _quality(reading: Reading) -> float:
    return float(np.mean(reading.fit)) + min(reading.fit) - reading.junk if reading.fit else -1.0


def _word(picture: np.ndarray, planes: np.ndarray, reading: Reading, line: Line) -> Word | None:
    """The word of a reading; None when it is no number. Signs at its ends that explain little are no letters: an icon."""
    least = float(np.interp(line.letter, *FITS))
    good = [place for place, fit in enumerate(reading.fit) if fit >= least]
    if not good:
        return None
    kept = slice(good[0], good[-1] + 1)
    text, fit, margin = reading.text[kept], reading.fit[kept], reading.margin[kept]
    if any(sign.isdigit() for sign in reading.text[: kept.start] + reading.text[kept.stop :]):
        return None  # what is left would be another number
    if STRAY.match(text):  # a speck beside the stroke of a count
        fit, text = tuple(f for f, sign in zip(fit, text, strict=True) if sign not in ",."), STRAY.sub(r"\1/\2", text)
    if min(fit) < least or not NUMBER.match(text):
        return None
    scale = CAPITAL / line.letter
    left, right = (line.box[0] + (x - SIDE) / scale for x in (reading.spans[kept][0][0], reading.spans[kept][-1][1]))
    box = (round(left), round(line.bottom - line.letter), round(right), round(line.bottom))
    colour, ground = _colours(picture, planes[line.plane], box, line.plane)
    return Word(text, box, line.letter, min(fit), line.plane, colour, ground, min(margin))


def _colours(
    picture: np.ndarray, plane: np.ndarray, box: tuple[int, int, int, int], number: int
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """RGB of the ink in a box, and of its other pixels and the rows about it."""
    pad = max(round((box[3] - box[1]) * 0.2), 1)
    top, left = max(box[1] - pad, 0), max(box[0] - pad, 0)
    part, ink = picture[top : box[3] + pad, left : box[2] + pad], plane[top : box[3] + pad, left : box[2] + pad]
    mask = ink > THRESHOLDS[number]
    away = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    return _median(part[mask]), _median(part[away])


def _median(pixels: np.ndarray) -> tuple[int, int, int]:
    if not len(pixels):
        return 0, 0, 0
    r, g, b = np.median(pixels, axis=0)
    return int(r), int(g), int(b)

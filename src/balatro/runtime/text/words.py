"""The numbers that stand on a screen, wherever: their text, box, colour, and the colour that they are written on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from balatro.runtime.text.colours import BLUE, GOLD, ORANGE, RED, hue_of
from balatro.runtime.text.glyphs import CAPITAL, Alphabet, Glyphs
from balatro.runtime.text.lines import COLOUR, SMALL, THRESHOLDS, WHITE, Line, without_icons
from balatro.runtime.text.reader import SIDE, Reading, blur_of, line_strip, read_strips

FITS = ((9.0, 18.0), (0.74, 0.83))
"""Heights of a digit in pixels, and the share of each sign's ink that its glyph must explain at each."""
HUES = (BLUE, RED, ORANGE, GOLD)
"""Colours that numbers are written in."""
LONGEST = 340
"""Columns of the longest number: thirteen digits with their commas."""
WORTH = 0.66
"""Share of its ink that signs must explain so that a line may be a number, and is read again at other heights."""
RESIZE = ((1.0, 0.95, 0.9, 1.07), (1.0, 0.94))
"""Heights that are tried, for small and for larger letters: edges are soft, and what reads best is right."""
BESIDE, PART = (0.08, 0.16), 0.1
"""From where to where beside a number, in its heights, and on which share of its rows ink means that it goes on."""
STRAY = re.compile(r"^(\d+)[,.]*/[,.]*(\d+)$")
LIKE = re.compile(r"^[-+$Xx]*[\d,./$]*(e\d*)?[+%Xx$]?$")
"""What may become a number at another height."""
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
    """How sure the sign in most doubt is beside another, 0 to 1."""

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def read_words(picture: np.ndarray, planes: np.ndarray, lines: Sequence[Line], glyphs: Glyphs) -> list[Word]:
    """The numbers among the lines of a (H, W, 3) uint8 RGB picture."""
    lines = [part for line in lines for part in without_icons(line)]
    lines = [line for line in lines if line.plane == WHITE or _is_coloured(picture, planes[COLOUR], line)]
    lines = [line for line in lines if (line.box[2] - line.box[0]) * CAPITAL < LONGEST * line.letter]
    glanced = zip(lines, _readings(planes, lines, glyphs.glance), strict=True)
    worth = [line for line, reading in glanced if _is_worth(reading)]
    sized = [_resized(line, size) for line in worth for size in RESIZE[line.letter >= SMALL]]
    readings = iter(zip(_readings(planes, sized, glyphs.numeric), sized, strict=True))
    best = [max(islice(readings, len(RESIZE[line.letter >= SMALL])), key=lambda one: _quality(one[0])) for line in worth]
    words = [_word(picture, planes, *one) for one in best]
    return _apart([word for word in words if word is not None])


def _apart(words: Sequence[Word]) -> list[Word]:
    """The words without those that are but a part of a longer one."""
    return [word for word in words if not any(len(o.text) > len(word.text) and _holds(o.box, word.centre) for o in words)]


def _holds(box: tuple[int, int, int, int], point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _is_coloured(picture: np.ndarray, ink: np.ndarray, line: Line) -> bool:
    """Whether a line has one of the colours of numbers."""
    left, top, right, bottom = line.box
    part = ink[top:bottom, left:right]
    return hue_of(_median(picture[top:bottom, left:right][part > THRESHOLDS[COLOUR]])) in HUES


def _readings(planes: np.ndarray, lines: Sequence[Line], alphabet: Alphabet) -> list[Reading]:
    strips = [line_strip(planes[line.plane], line) for line in lines]
    return read_strips(strips, [blur_of(line.letter) for line in lines], alphabet)


def _resized(line: Line, size: float) -> Line:
    """The line with letters of another height about the same middle."""
    letter = line.letter * size
    return Line(line.box, line.plane, letter, line.bottom + (letter - line.letter) / 2)


def _is_worth(reading: Reading) -> bool:
    """Whether a line may be a number; a stroke before it, as of the antes, may be smaller than it."""
    fits = [fit for fit, sign in zip(reading.fit, reading.text, strict=True) if sign != "/"]
    return bool(LIKE.match(reading.text) and fits) and sum(fits) / len(fits) - reading.junk / 2 >= WORTH


def _quality(reading: Reading) -> float:
    return sum(reading.fit) / len(reading.fit) + min(reading.fit) - reading.junk if reading.fit else -1.0


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
        fit, margin = (tuple(m for m, sign in zip(of, text, strict=True) if sign not in ",.") for of in (fit, margin))
        text = STRAY.sub(r"\1/\2", text)
    if min(fit) < least or not NUMBER.match(text):
        return None
    scale = CAPITAL / line.letter
    left, right = (line.box[0] + (x - SIDE) / scale for x in (reading.spans[kept][0][0], reading.spans[kept][-1][1]))
    box = (round(left), round(line.bottom - line.letter), round(right), round(line.bottom))
    if _goes_on(planes[line.plane], box, line.plane):
        return None
    colour, ground = _colours(picture, planes[line.plane], box, line.plane)
    return Word(text, box, line.letter, min(fit), line.plane, colour, ground, _margin(text, margin))


def _goes_on(ink: np.ndarray, box: tuple[int, int, int, int], plane: int) -> bool:
    """Whether more ink stands right beside a number: then it may be but a part of one, which is worse than none."""
    left, top, right, bottom = box
    tall = bottom - top
    near, far = (round(share * tall) + 1 for share in BESIDE)
    rows = ink[top:bottom]
    sides = (rows[:, max(left - far, 0) : max(left - near, 0)], rows[:, right + near : right + far])
    return any(side.size > 0 and (side > THRESHOLDS[plane]).any(axis=1).mean() > PART for side in sides)


def _margin(text: str, margin: Sequence[float]) -> float:
    """Of the sign in most doubt; a comma may be a point, the digits after it tell."""
    return min((value for value, sign in zip(margin, text, strict=True) if sign not in ",."), default=1.0)


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

"""The numbers that stand on a screen, wherever: their text, box, colour, and the colour that they are written on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from balatro.runtime.text.colours import BLUE, GOLD, ORANGE, RED, hue_of
from balatro.runtime.text.edges import with_fine_edges
from balatro.runtime.text.glyphs import CAPITAL, Glyphs
from balatro.runtime.text.lines import COLOUR, THRESHOLDS, WHITE, Line, ink_of, without_icons
from balatro.runtime.text.reader import Reading, read_lines
from balatro.runtime.text.strips import SIDE, is_small

FITS = ((9.0, 18.0), (0.74, 0.83))
"""Heights of a digit in pixels, and the share of each sign's ink that its glyph must explain at each."""
HUES = (BLUE, RED, ORANGE, GOLD)
"""Colours that numbers are written in."""
LONGEST = 340
"""Columns of the longest number: thirteen digits with their commas."""
WORTH = 0.66
"""Share of its ink that signs must explain so that a line may be a number, and is read again at other heights."""
WELL, SURE, CLEAR = 0.85, 0.3, 0.5
"""Share of each sign's ink that reads well; how much surer than the next a sign is that can be no letter, and one that needs no
second look."""
RESIZE = (1.0, 0.94)
"""Heights that are tried of letters that are not small: signs bob, and what reads best is right."""
NEARBY = (0.97, 1.03)
"""Heights at which small letters are read, and should read the same."""
BESIDE, PART = (0.08, 0.16), 0.1
"""From where to where beside a number, in its heights, and on which share of its rows ink means that it goes on."""
BESIDE_INK = 0.55
"""Share of a number's strongest ink that ink beside it has: less may be a light ground."""
STRONG = 0.7
"""Share of the strongest ink from which on a pixel is wholly a sign's."""
FINE = 12
"""Pixels of a letter's height that are enough to tell its colour."""
STRAY = re.compile(r"^(\d+)[,.]*/[,.]*(\d+)$")
LIKE = re.compile(r"^[-+$Xx]*[\d,./$]*(e\d*)?[+%Xx$]?$")
"""What may become a number at another height."""
NUMBER = re.compile(r"^[-+$]*\d([\d,]*\d)?(\.\d+)?(e\d+)?$|^\d+/\d+$|^/\d*$|^\$+\+?$|^[Xx]\d*(\.\d+)?$")


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
    margins: tuple[float, ...] = ()
    """The same of each sign."""

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def read_words(picture: np.ndarray, lines: Sequence[Line], glyphs: Glyphs) -> list[Word]:
    """The numbers among the lines of a (H, W, 3) uint8 RGB picture."""
    lines = [part for line in lines for part in without_icons(line)]
    lines = [line for line in lines if (line.box[2] - line.box[0]) * CAPITAL < LONGEST * line.letter]
    lines = [line for line in lines if line.plane == WHITE or _is_coloured(picture, line)]
    glanced = zip(lines, read_lines(picture, lines, glyphs.glance), strict=True)
    worth = [(reading, line) for line, reading in glanced if _is_worth(reading)]
    sized = [_sizes(picture, line, reading) for reading, line in worth]
    readings = iter(read_lines(picture, [line for sizes in sized for line in sizes], glyphs.numeric))
    again = [[(next(readings), line) for line in sizes] for sizes in sized]
    best = [_best(tried) if tried else first for tried, first in zip(again, worth, strict=True)]
    words = [_word(picture, *one) for one in best]
    return _apart([word for word in words if word is not None])


def _apart(words: Sequence[Word]) -> list[Word]:
    """The words without those that are but a part of a longer one."""
    return [word for word in words if not any(len(o.text) > len(word.text) and _holds(o.box, word.centre) for o in words)]


def without_numbers(lines: Sequence[Line], words: Sequence[Word]) -> list[Line]:
    """The lines in which no number of several digits stands that was read well."""
    sure = [word for word in words if word.fit > WELL and word.margin > SURE and sum(map(str.isdigit, word.text)) > 1]
    return [line for line in lines if not any(_holds(line.box, word.centre) for word in sure)]


def _holds(box: tuple[int, int, int, int], point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _is_coloured(picture: np.ndarray, line: Line) -> bool:
    """Whether a line has one of the colours of numbers."""
    left, top, right, bottom = line.box
    step = _step(line.letter)
    part = picture[top:bottom:step, left:right:step]
    return hue_of(_strongest(part, ink_of(part, COLOUR))) in HUES


def _strongest(part: np.ndarray, ink: np.ndarray) -> tuple[int, int, int]:
    """The usual colour where ink is strong: at the edges of signs it is mixed with the ground's."""
    return _median(part[ink >= STRONG * ink.max()]) if ink.size else (0, 0, 0)


def _step(letter: float) -> int:
    """Of how many pixels one is enough to tell the colour of letters."""
    return max(int(letter) // FINE, 1)


def _sizes(picture: np.ndarray, line: Line, reading: Reading) -> list[Line]:
    """The line with each height of its digits at which it is read again; none where the glance is sure."""
    well = min(reading.fit) > WELL
    if is_small(line.letter):
        fine = with_fine_edges(picture, line, _digits(reading, line))
        return [fine.resized(size) for size in NEARBY]
    if well and min(reading.margin) > CLEAR:
        return []
    return [line] if well else [line.resized(size) for size in RESIZE]


def _digits(reading: Reading, line: Line) -> tuple[int, int]:
    """Left and right of a line's digits in pixels; a dollar is taller than they are."""
    spans = [span for sign, span in zip(reading.text, reading.spans, strict=True) if sign.isdigit()]
    ends = (spans[0][0], spans[-1][1]) if spans else (reading.spans[0][0], reading.spans[-1][1])
    left, right = (round(line.box[0] + (column - SIDE) * line.letter / CAPITAL) for column in ends)
    return max(left, line.box[0]), right


def _is_worth(reading: Reading) -> bool:
    """Whether a line may be a number; a stroke before it, as of the antes, may be smaller than it."""
    fits = [fit for fit, sign in zip(reading.fit, reading.text, strict=True) if sign != "/"]
    return bool(LIKE.match(reading.text) and fits) and sum(fits) / len(fits) - reading.junk / 2 >= WORTH


def _best(tried: Sequence[tuple[Reading, Line]]) -> tuple[Reading, Line]:
    """What reads best; small letters that read otherwise at another height are as much less sure as those are sure."""
    reading, line = max(tried, key=lambda one: _quality(one[0]))
    others = [other for other, _ in tried if other.text != reading.text and other.text]
    if is_small(line.letter) and others:
        against = max(min(other.margin) for other in others)
        reading = replace(reading, margin=tuple(margin - against for margin in reading.margin))
    return reading, line


def _quality(reading: Reading) -> float:
    return sum(reading.fit) / len(reading.fit) + min(reading.fit) - reading.junk if reading.fit else -1.0


def _word(picture: np.ndarray, reading: Reading, line: Line) -> Word | None:
    """The word of a reading; None when it is no number. Signs at its ends that explain little are no letters: an icon."""
    least = float(np.interp(line.letter, *FITS))
    good = [place for place, fit in enumerate(reading.fit) if fit >= least]
    if not good:
        return None
    kept = slice(good[0], good[-1] + 1)
    text, fit, margin = reading.text[kept], reading.fit[kept], reading.margin[kept]
    cut = reading.text[: kept.start] + reading.text[kept.stop :]
    if any(sign.isdigit() for sign in cut) or ("$" in cut and not text.strip("$+")):
        return None  # what is left would be another number
    if STRAY.match(text):  # a speck beside the stroke of a count
        fit, margin = (tuple(m for m, sign in zip(of, text, strict=True) if sign not in ",.") for of in (fit, margin))
        text = STRAY.sub(r"\1/\2", text)
    if min(fit) < least or not NUMBER.match(text):
        return None
    scale = CAPITAL / line.letter
    left, right = (line.box[0] + (x - SIDE) / scale for x in (reading.spans[kept][0][0], reading.spans[kept][-1][1]))
    box = (round(left), round(line.bottom - line.letter), round(right), round(line.bottom))
    if _goes_on(picture, box, line.plane):
        return None
    colour, ground = _colours(picture, box, line.plane)
    return Word(text, box, line.letter, min(fit), line.plane, colour, ground, _margin(text, margin), tuple(margin))


def _goes_on(picture: np.ndarray, box: tuple[int, int, int, int], plane: int) -> bool:
    """Whether more ink stands right beside a number: then it may be but a part of one, which is worse than none."""
    left, top, right, bottom = box
    near, far = (round(share * (bottom - top)) + 1 for share in BESIDE)
    first = max(left - far, 0)
    ink = ink_of(picture[top:bottom, first : right + far], plane)
    is_ink = ink > max(THRESHOLDS[plane], BESIDE_INK * int(ink[:, left - first : right - first].max()))
    sides = (is_ink[:, : max(left - near, 0) - first], is_ink[:, right + near - first :])
    return any(side.size > 0 and side.any(axis=1).mean() > PART for side in sides)


def _margin(text: str, margin: Sequence[float]) -> float:
    """Of the sign in most doubt; a comma may be a point, the digits after it tell."""
    return min((value for value, sign in zip(margin, text, strict=True) if sign not in ",."), default=1.0)


def _colours(
    picture: np.ndarray, box: tuple[int, int, int, int], plane: int
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """RGB of the ink in a box, and of its other pixels and the rows about it."""
    step = _step(box[3] - box[1])
    pad = max(round((box[3] - box[1]) * 0.2), 1)
    part = picture[max(box[1] - pad, 0) : box[3] + pad : step, max(box[0] - pad, 0) : box[2] + pad : step]
    ink = ink_of(part, plane)
    mask = (ink > THRESHOLDS[plane]).view(np.uint8)
    away = cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0
    return _strongest(part, ink), _median(part[away])


def _median(pixels: np.ndarray) -> tuple[int, int, int]:
    if not len(pixels):
        return 0, 0, 0
    r, g, b = np.partition(pixels, len(pixels) // 2, axis=0)[len(pixels) // 2]
    return int(r), int(g), int(b)

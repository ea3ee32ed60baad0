"""The side panel's five numbers, found together by their colours and by how they stand to each other, wherever they lie.

Hands are blue and discards red, side by side; money, in gold with a dollar, under them; ante and round, orange, under that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from balatro.runtime.text.colours import BLUE, GOLD, ORANGE, RED, hue_of
from balatro.runtime.text.lines import COLOUR, Line
from balatro.runtime.text.words import Word


@dataclass(frozen=True)
class Place:
    """Where one of the panel's five stands from the hands, in heights of a digit, and its colour."""

    name: str
    x: float
    y: float
    hues: tuple[str, ...]


PLACES = (
    Place("hands", 0.0, 0.0, (BLUE,)),
    Place("discards", 2.75, 0.0, (RED,)),
    Place("money", 1.4, 2.05, (GOLD, ORANGE)),
    Place("ante", -0.3, 4.65, (ORANGE, GOLD)),
    Place("round", 2.85, 4.65, (ORANGE, GOLD)),
)
FREE = 0.75
"""How far from its place a number may lie, in heights of a digit: panels of phones are lower, and signs bob."""
LETTERS, WORDS = (0.25, 1.5), 0.3
"""Heights of the letters of numbers beside a panel, and from which on words are read, in heights of its digits."""
TITLE = 0.5
"""Heights of a title's letters at least."""
LABELS, ANTES = (4.2, -1.4), 4.65
"""How far to the sides and from which height on the panel's labels and buttons lie from the hands; the height of its antes."""
LEAST = 3
"""How many of the five must be seen."""


@dataclass(frozen=True)
class Panel:
    """The five of the side panel that were found, where the hands' middle is or would be, and the height of a digit."""

    origin: tuple[float, float]
    unit: float
    found: dict[str, Word]

    def at(self, word: Word) -> tuple[float, float]:
        """A word's middle from the hands, in heights of a digit."""
        return (word.centre[0] - self.origin[0]) / self.unit, (word.centre[1] - self.origin[1]) / self.unit

    def may_tell(self, line: Line) -> bool:
        """Whether a white line may be of use beside it: no stroke of a picture, and no label or button of the panel."""
        x = ((line.box[0] + line.box[2]) / 2 - self.origin[0]) / self.unit
        y = ((line.box[1] + line.box[3]) / 2 - self.origin[1]) / self.unit
        is_label = -LABELS[0] < x < LABELS[0] and y > LABELS[1] and abs(y - ANTES) > 0.5
        return LETTERS[0] < line.letter / self.unit < LETTERS[1] and not is_label

    def has_title(self, line: Line) -> bool:
        """Whether a line may be the blind's or the hand's name: in large letters above the hands."""
        x = ((line.box[0] + line.box[2]) / 2 - self.origin[0]) / self.unit
        return abs(x) < LABELS[0] and line.bottom < self.origin[1] and line.letter > TITLE * self.unit


def find_panel(words: Sequence[Word]) -> Panel | None:
    """The side panel's five numbers; None when fewer than LEAST stand together."""
    able = [[word for word in words if _may_be(word, place)] for place in PLACES]
    best: Panel | None = None
    score = 0.0
    for place, word in ((place, word) for place, some in zip(PLACES, able, strict=True) for word in some):
        unit = word.letter
        origin = (word.centre[0] - place.x * unit, word.centre[1] - place.y * unit)
        found, miss = _matches(origin, unit, able)
        if len(found) >= LEAST and len(found) - miss > score:
            best, score = Panel(origin, unit, found), len(found) - miss
    return best


def _may_be(word: Word, place: Place) -> bool:
    is_money = word.text.lstrip("-").startswith("$") and any(sign.isdigit() for sign in word.text)
    if word.plane != COLOUR or is_money != (place.name == "money"):
        return False
    return hue_of(word.colour) in place.hues and (is_money or word.text.isdigit() or word.text.lstrip("-").isdigit())


def _matches(origin: tuple[float, float], unit: float, able: list[list[Word]]) -> tuple[dict[str, Word], float]:
    found, miss = {}, 0.0
    for place, some in zip(PLACES, able, strict=True):
        near = [(_distance(word, place, origin, unit), i) for i, word in enumerate(some) if _like(word.letter, unit)]
        if near and min(near)[0] < FREE:
            away, i = min(near)
            found[place.name] = some[i]
            miss += away / 10
    return found, miss


def _like(letter: float, unit: float) -> bool:
    return 0.55 < letter / unit < 1.25  # long numbers are set smaller


def _distance(word: Word, place: Place, origin: tuple[float, float], unit: float) -> float:
    return math.hypot((word.centre[0] - origin[0]) / unit - place.x, (word.centre[1] - origin[1]) / unit - place.y)

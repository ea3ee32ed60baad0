"""What the numbers of a screen mean: told by their colours and by how they stand to the side panel's five."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from balatro.runtime.text.colours import BLUE, GOLD, GREEN, ORANGE, RED, hue_of
from balatro.runtime.text.lines import COLOUR, WHITE, Line
from balatro.runtime.text.panel import Panel
from balatro.runtime.text.words import Word

Value = str | int | float | tuple[int | None, int | None] | None


@dataclass(frozen=True)
class Field:
    """A number or word of the screen: its name, text, value, box (left, top, right, bottom in pixels), and how well the signs
    of the font explain what is seen, 0 to 1."""

    name: str
    text: str
    value: Value
    box: tuple[int, int, int, int]
    confidence: float

    def scaled(self, by: float) -> Field:
        """The same on a picture that is so many times as large."""
        left, top, right, bottom = (round(side * by) for side in self.box)
        return replace(self, box=(left, top, right, bottom))


DOUBT = 0.12
"""How much surer a sign must be than another: less is a guess."""
PRICE_DOUBT = 0.2
"""The same of the digits of prices, which are small."""
SURER = 0.3
"""How much surer than its other side one of a count must be, of which one is wrong."""
COUNT = re.compile(r"^(\d+)/(\d+)$")
THOUSANDS = re.compile(r"\.(\d{3})(?![\de])")
"""A comma: on a small screen it cannot be told from a point, but a point has no three digits after it, unless e follows."""
PART_GAP, LEVEL = 1.3, 0.2
"""How near another part of a number may stand, and by how much its foot and its height may differ, in heights of a digit."""
REWARD = re.compile(r"^\${3,}\+?$")
PRICE = re.compile(r"^\$\d+$")


def name_words(words: Sequence[Word], panel: Panel | None, lines: Sequence[Line] = ()) -> list[Field]:
    """The fields of a screen's numbers. Without the side panel only prices are told. lines: what may be text, read or not."""
    words = [word for word in words if word.margin >= DOUBT]
    if panel is None:
        return _prices(words, None)
    fields = [_field(name, word) for name, word in panel.found.items()]
    fields += _antes(panel, words) + _scores(panel, words, lines) + _counts(panel, words) + _prices(words, panel)
    return fields


def _field(name: str, word: Word) -> Field:
    return Field(name, word.text, value_of(word.text), word.box, word.fit)


def value_of(text: str) -> Value:
    """What a number says.

    >>> value_of("$1,234"), value_of("-$3"), value_of("1.234e11"), value_of("6/6"), value_of("$$$$"), value_of("/8")
    (1234, -3, 123400000000.0, (6, 6), 4, 8)
    """
    plain = THOUSANDS.sub(r"\1", text.replace(",", ".")).lstrip("Xx/")
    if COUNT.match(plain):
        left, right = plain.split("/")
        return int(left), int(right)
    if plain and not plain.strip("$+"):
        return plain.count("$")
    plain = plain.replace("$", "").lstrip("+")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        return float(plain)
    except ValueError:
        return None


# What stands in the panel beside the five.


def _antes(panel: Panel, words: Sequence[Word]) -> list[Field]:
    """The small "/ 8" to the right of the ante."""
    ante = panel.found.get("ante")
    if ante is None:
        return []
    for word in words:
        x, y = word.box[0] - ante.box[2], word.centre[1] - ante.centre[1]
        small = 0.3 * panel.unit < word.letter < 0.75 * panel.unit
        if word.plane == WHITE and small and 0 < x < 1.2 * panel.unit and abs(y) < 0.5 * panel.unit:
            digits = word.text.lstrip("/")
            if digits.isdigit() and (word.text != digits or x > 0.2 * panel.unit):
                return [_field("antes", word)]
    return []


def _scores(panel: Panel, words: Sequence[Word], lines: Sequence[Line]) -> list[Field]:
    """Score, what is to be scored, chips and mult: the numbers above the hands, in the panel's width."""
    white = [line for line in lines if line.plane == WHITE]  # coloured icons stand beside numbers
    above = [word for word in words if _is_above(panel, word) and not _is_part(word, (*words, *white))]
    fields = []
    for name, able in (("chips", _is_chips), ("mult", _is_mult), ("score", _is_score)):
        some = [word for word in above if able(word)]
        if some:
            fields.append(_field(name, max(some, key=lambda word: (word.letter, word.fit))))
    score = next((f for f in fields if f.name == "score"), None)
    some = [word for word in above if _is_aim(word) and (score is None or word.box[3] < score.box[1])]
    if some:
        fields.append(_field("score_at_least", max(some, key=lambda word: (word.letter, word.fit))))
    return fields + _reward(words, fields)


def _reward(words: Sequence[Word], fields: Sequence[Field]) -> list[Field]:
    """The dollars under what is to be scored: three at least."""
    for aim in fields:
        if aim.name == "score_at_least":
            tall = aim.box[3] - aim.box[1]
            under = [w for w in words if REWARD.match(w.text) and 0 < w.box[1] - aim.box[3] < 2 * tall]
            return [_field("reward", w) for w in under if abs(w.centre[0] - aim.box[2]) < 4 * tall][:1]
    return []


def _is_part(word: Word, others: Sequence[Word | Line]) -> bool:
    """Whether other signs stand so near that the word may be but a part of a number: better none than that."""
    for other in others:
        gap = max(other.box[0] - word.box[2], word.box[0] - other.box[2])
        level = abs(other.box[3] - word.box[3]) < LEVEL * word.letter and abs(other.letter - word.letter) < LEVEL * word.letter
        if other.plane == word.plane and level and 0 <= gap < PART_GAP * word.letter:
            return True
    return False


def _is_above(panel: Panel, word: Word) -> bool:
    x, y = panel.at(word)
    return -4.5 < x < 4.5 and -15 < y < -1.3 and 0.3 * panel.unit < word.letter < 1.4 * panel.unit and _is_plain(word)


def _is_plain(word: Word) -> bool:
    return word.text[0].isdigit() and "/" not in word.text


def _is_chips(word: Word) -> bool:
    return word.plane == WHITE and hue_of(word.ground) == BLUE


def _is_mult(word: Word) -> bool:
    return word.plane == WHITE and hue_of(word.ground) == RED


def _is_score(word: Word) -> bool:
    return word.plane == WHITE and max(word.ground) < 90


def _is_aim(word: Word) -> bool:
    return word.plane == COLOUR and hue_of(word.colour) == RED and max(word.ground) < 90


# What stands outside of it.


def _counts(panel: Panel, words: Sequence[Word]) -> list[Field]:
    """The counts under the rows of cards: jokers and consumables above, hand and deck below."""
    some = [
        w for w in words if w.plane == WHITE and COUNT.match(w.text) and w.letter < 0.6 * panel.unit and panel.at(w)[0] > 4.2
    ]
    upper = [w for w in some if panel.at(w)[1] < -2]
    fields = []
    if upper:
        top = min(word.centre[1] for word in upper)
        row = sorted((w for w in upper if w.centre[1] < top + panel.unit), key=lambda w: w.centre[0])
        fields = [_count("jokers" if panel.at(word)[0] < 15 else "consumables", word) for word in row]
    for word in some:
        if word not in upper:
            fields.append(_count("deck", word) if panel.at(word)[0] > 22 else _field("hand_count", word))
    return fields


def _count(name: str, word: Word) -> Field:
    """A count of what is never more than there is room for: where it says so, a sparkle has changed a digit, and the side in
    more doubt is left out, or both. (A hand may hold more cards than its size.)"""
    field = _field(name, word)
    if (
        not isinstance(field.value, tuple)
        or field.value[0] is None
        or field.value[1] is None
        or field.value[0] <= field.value[1]
    ):
        return field
    stroke = word.text.index("/")
    left, right = min(word.margins[:stroke]), min(word.margins[stroke + 1 :])
    told = (field.value[0] if left > right + SURER else None, field.value[1] if right > left + SURER else None)
    return replace(field, value=told)


def _prices(words: Sequence[Word], panel: Panel | None) -> list[Field]:
    """Price tags, in gold, and what another look at the shop costs, in white on green."""
    fields = []
    for word in words:
        if not PRICE.match(word.text) or (panel is not None and panel.at(word)[0] < 4.2):
            continue
        is_tag = word.plane == COLOUR and hue_of(word.colour) in (GOLD, ORANGE) and max(word.ground) < 90
        if is_tag and word.margin >= PRICE_DOUBT:
            fields.append(_field("price", word))
        elif word.plane == WHITE and hue_of(word.ground) == GREEN:
            fields.append(_field("reroll", word))
    return fields

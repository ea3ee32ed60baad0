"""The fields that are words: the hand and its level, the blind's name, the opened pack and how many of it are to be chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from balatro.runtime.text.fields import Field
from balatro.runtime.text.lexicon import BLINDS, CHOOSE, HANDS, PACKS
from balatro.runtime.text.panel import Panel
from balatro.runtime.text.phrases import Phrase

LEVEL = re.compile(r"^[lI1i][vu][lI1i][.:!]?([0-9lIiOBSZ]{1,3})$", re.IGNORECASE)
DIGITS = str.maketrans("lLIiOoBbSsZz", "111100885522")
"""Letters that digits are taken for."""


def name_phrases(phrases: Sequence[Phrase], panel: Panel | None) -> list[Field]:
    """The fields of a screen's words; a blind's and a hand's name only where the side panel has them."""
    fields = []
    for phrase in phrases:
        if phrase.text in PACKS:
            fields.append(_field("pack", phrase, phrase.text))
        elif phrase.text in CHOOSE:
            fields.append(_field("choose", phrase, int(phrase.text[-1])))
    beside = [phrase for phrase in phrases if panel is not None and _is_in_panel(phrase, panel)]
    for name, known in (("blind", BLINDS), ("hand_type", HANDS)):
        some = [phrase for phrase in beside if phrase.text in known]
        if some:
            largest = max(some, key=lambda phrase: phrase.letter)
            fields.append(_field(name, largest, largest.text))
            if name == "hand_type":
                fields += _level(largest, beside)
    return fields


def _is_in_panel(phrase: Phrase, panel: Panel) -> bool:
    x = ((phrase.box[0] + phrase.box[2]) / 2 - panel.origin[0]) / panel.unit
    return -4.5 < x < 4.5 and phrase.box[3] < panel.origin[1] and phrase.letter > 0.45 * panel.unit


def _level(hand: Phrase, phrases: Sequence[Phrase]) -> list[Field]:
    for phrase in phrases:
        match = LEVEL.match(phrase.read)
        if match and phrase.box[0] > hand.box[0] and abs(phrase.box[3] - hand.box[3]) < hand.letter:
            return [_field("hand_level", phrase, int(match.group(1).translate(DIGITS)))]
    return []


def _field(name: str, phrase: Phrase, value: str | int) -> Field:
    return Field(name, phrase.text or phrase.read, value, phrase.box, phrase.likeness)

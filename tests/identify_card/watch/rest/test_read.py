"""What was announced keeps its name in the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.eyes import Eyes
from balatro.identify_card.watch.rest.read import _named, read_table
from tests.identify_card.fake_bundle import draw_table


def test_announced_cards_keep_their_names(recognizer: Recognizer) -> None:
    picture = draw_table([("red", "Base", 320, 85), ("green", "Foil", 420, 85)])
    quads = recognizer.locate(picture)
    red, green = recognizer.read(picture, quads)
    said = replace(red, id="blue", name="Blue", modifier="Negative")
    elsewhere = replace(green, id="blue", quad=tuple((x + 300, y) for x, y in green.quad))

    def names(*announced: object) -> list[tuple[str | None, str]]:
        table = read_table(Eyes(recognizer), picture, quads, announced)  # type: ignore[arg-type]
        return [(card.id, card.modifier) for card in table.jokers or ()]

    assert names() == names(elsewhere) == [("red", "Base"), ("green", "Foil")]
    assert names(said, elsewhere) == [("blue", "Negative"), ("green", "Foil")]
    before = replace(red, modifier="Negative")
    assert names(before) == names()  # the look is sure of the modifier
    assert _named(replace(red, modifier_confidence=0.5), before).modifier == "Negative"
    assert read_table(Eyes(recognizer), picture, np.empty((0, 4, 2), np.float32), [said]).jokers is None

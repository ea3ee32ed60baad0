"""Finds by number, and the pixel that stands for one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from balatro.errors import SettingsError
from balatro.identify_card.card import Card
from balatro.identify_card.mistakes.finds import Find, covers, finds_of, number_at, place_of

SIZE = (400, 300)


def find(left: int, top: int, width: int = 60, height: int = 80, name: str = "Egg") -> Find:
    right, bottom = left + width, top + height
    return Find(((left, top), (right, top), (right, bottom), (left, bottom)), name, "Base", 0.9)


def on(one: Find, at: tuple[int, int]) -> bool:
    return covers(np.array(one.quad, np.float32), at)


def test_a_find_alone_is_meant_by_its_middle():
    assert place_of([find(100, 100)], 1, SIZE) == (130, 140)


def test_of_cards_over_each_other_each_is_meant_where_it_alone_lies():
    row = [find(100, 100), find(135, 100), find(170, 100)]
    for number, one in enumerate(row, 1):
        at = place_of(row, number, SIZE)
        assert [on(other, at) for other in row] == [other is one for other in row]


def test_a_hidden_find_is_meant_by_its_middle():
    assert place_of([find(110, 110, 20, 20), find(100, 100)], 1, SIZE) == (120, 120)


@pytest.mark.parametrize("corner", [(-50, 100), (360, 100), (200, -70), (200, 270), (-500, 100)])
def test_the_pixel_lies_in_the_picture(corner):
    x, y = place_of([find(*corner)], 1, SIZE)
    assert 0 <= x < 400 and 0 <= y < 300


def test_a_pixel_means_the_find_whose_middle_is_nearest():
    row = [find(100, 100), find(120, 100)]
    assert [number_at(row, at) for at in ((101, 140), (131, 140), (149, 140), (179, 140), (10, 10))] == [1, 1, 2, 2, None]


@pytest.mark.parametrize(("count", "number", "told"), [(2, 0, "1 to 2"), (2, 3, "1 to 2"), (0, 1, "nothing was found")])
def test_a_number_that_no_find_has_is_told(count, number, told):
    with pytest.raises(SettingsError, match=f"find {number}: .*{told}"):
        place_of([find(100, 100)] * count, number, SIZE)


def test_from_cards_to_json_and_back_to_cards():
    card = Card("egg", "Egg", "Joker", "", "Foil", True, 0.91234, 0.9, (1, 2, 61, 82), find(1, 2).quad, ())
    known, unknown = finds_of([card, card.without_name()])
    assert (str(known), str(unknown)) == ("Egg, Foil", "no known card")
    assert Find.of_json(json.loads(json.dumps(card.to_json()))) == known
    assert known.to_card(SIZE).box == card.box and not unknown.to_card(SIZE).known

"""Drawn screens: every field is found by how it stands to the others, at any size and place, and what is not there is None."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from balatro.runtime.text.fields import Field, Value
from balatro.runtime.text.fringes import without_fringes
from balatro.runtime.text.glyphs import make_glyphs
from balatro.runtime.text.screen import load_glyphs, read_fields
from balatro.utils.pixel_font import FONT_FILE, pack_font
from tests.runtime.text.panels import DARK, FELT, FONT, GOLD, GREEN, WHITE, box, draw_panel, write

GLYPHS = make_glyphs(FONT)
NUMBERS = {
    "hands": "4", "discards": "2", "money": "$16", "ante": "3", "antes": "/8", "round": "7", "score": "1,234",
    "score_at_least": "22,000", "chips": "45", "mult": "5",
}  # fmt: skip
VALUES = {"hands": 4, "discards": 2, "money": 16, "ante": 3, "antes": 8, "round": 7, "score": 1234, "chips": 45, "mult": 5}


def values(fields: list[Field]) -> dict[str, Value]:
    return {field.name: field.value for field in reversed(fields)}


def ground(unit: float) -> np.ndarray:
    return np.full((int(22 * unit), int(40 * unit), 3), FELT, np.uint8)


@settings(max_examples=3, deadline=None)
@given(st.floats(22, 60), st.floats(4.5, 9), st.floats(12.5, 15))
@example(50.0, 5.0, 12.75)  # a dollar nearly as wide as it is high
@example(56.0, 5.0, 13.0)  # and one more nearly so
def test_a_panel_of_any_size_anywhere(unit: float, x: float, y: float) -> None:
    picture = ground(unit)
    draw_panel(picture, unit, x * unit, y * unit, NUMBERS)
    screen, fields = read_fields(picture, GLYPHS)
    table = values(fields)
    assert screen == "hand" and {name: table.get(name) for name in VALUES} == VALUES
    assert table["score_at_least"] == 22000


@pytest.mark.parametrize("missing", ["money", "hands", "round", "score"])
def test_what_is_not_there_is_none(missing: str) -> None:
    picture = ground(30)
    draw_panel(picture, 30, 150, 400, {name: text for name, text in NUMBERS.items() if name != missing})
    table = values(read_fields(picture, GLYPHS)[1])
    assert missing not in table and table["ante"] == 3


def with_fringes(picture: np.ndarray, red: int, blue: int) -> np.ndarray:
    """Colours as a curved display parts them, by so many pixels."""
    channels = [np.roll(picture[..., channel], shift, axis=1) for channel, shift in enumerate((red, 0, blue))]
    return np.stack(channels, axis=-1)


@pytest.mark.parametrize("score", ["253", "605", "24,615", "1,116", "8,106,137"])
@pytest.mark.parametrize("unit", [22, 31])
def test_fringes_cost_no_stroke_of_a_score(score: str, unit: int) -> None:
    picture = ground(unit)
    draw_panel(picture, unit, 6 * unit, 14 * unit, NUMBERS | {"score": score})
    table = values(read_fields(with_fringes(picture, -1, 1), GLYPHS)[1])
    assert table["score"] == int(score.replace(",", "")) and table["money"] == 16


@pytest.mark.parametrize(("red", "blue"), [(0, 0), (-1, 1), (2, -2), (3, 0)])
def test_colours_are_shifted_back(red: int, blue: int) -> None:
    picture = ground(22)
    draw_panel(picture, 22, 130, 310, NUMBERS)
    whole = without_fringes(with_fringes(picture, red, blue))
    assert np.array_equal(whole[:, 4:-4], picture[:, 4:-4])


@pytest.mark.parametrize("unit", [16, 22, 31])
def test_money_that_is_owed(unit: int) -> None:
    picture = ground(unit)
    draw_panel(picture, unit, 6 * unit, 14 * unit, NUMBERS | {"money": "-$2"})
    assert values(read_fields(picture, GLYPHS)[1])["money"] == -2


@pytest.mark.parametrize("hidden", [(7, 8), (0, 1)])
def test_a_part_of_a_score_is_none(hidden: tuple[int, int]) -> None:
    picture, unit = ground(30), 30
    draw_panel(picture, unit, 180, 420, NUMBERS | {"score": "11,917,145"})
    columns = np.flatnonzero((picture[190:240, :] == WHITE).all(axis=2).any(axis=0))
    left, right = (round(columns[0] + share * np.ptp(columns) / 8) for share in hidden)
    picture[205:212, left:right] = WHITE  # a stroke over one of its digits
    assert values(read_fields(picture, GLYPHS)[1]).get("score") in (None, 11917145)


def test_a_count_beyond_its_room_is_not_told() -> None:
    picture, unit = ground(30), 30
    draw_panel(picture, unit, 150, 400, NUMBERS)
    write(picture, "8/2", 1080, 100, 12, WHITE)  # as a sparkle makes of 0/2
    write(picture, "9/8", 600, 470, 12, WHITE)
    table = values(read_fields(picture, GLYPHS)[1])
    assert None in table["consumables"] and table["hand_count"] == (9, 8)  # type: ignore[operator]


@pytest.mark.parametrize("title", ["BIG BLIND", "THE WINDOW", "THE HEAD"])
def test_the_name_of_a_blind_that_swings_on_a_light_ground(title: str) -> None:
    picture, unit = ground(26), 26
    draw_panel(picture, unit, 6 * unit, 14 * unit, NUMBERS)
    left, right, top = round(2.4 * unit), round(9.6 * unit), round(2.2 * unit)
    picture[top : top + 2 * unit, left:right] = (160, 150, 140)
    first, last = title.split()
    write(picture, first, 4 * unit, top + unit + 1, 0.8 * unit, WHITE)
    write(picture, last, 7.3 * unit, top + unit - 1, 0.8 * unit, WHITE)
    assert str(values(read_fields(picture, GLYPHS)[1])["blind"]).upper() == title


def test_counts_and_prices() -> None:
    picture, unit = ground(30), 30
    draw_panel(picture, unit, 150, 400, NUMBERS)
    for text, x, y in (("5/6", 330, 100), ("1/2", 1080, 100), ("8/8", 600, 470), ("37/54", 1060, 560)):
        write(picture, text, x, y, 12, WHITE)
    box(picture, 400, 200, 900, 400, DARK)
    box(picture, 420, 220, 520, 300, GREEN)
    write(picture, "$5", 470, 260, 26, WHITE)
    write(picture, "$10", 700, 260, 17, GOLD)
    screen, fields = read_fields(picture, GLYPHS)
    table = values(fields)
    assert (table["jokers"], table["consumables"], table["deck"]) == ((5, 6), (1, 2), (37, 54))
    assert table["reroll"] == 5 and [field.value for field in fields if field.name == "price"] == [10]
    assert [field.value for field in fields if field.name == "hand_count"] == [(8, 8)] and screen == "shop"


def test_nothing_of_an_empty_picture() -> None:
    assert read_fields(np.zeros((90, 160, 3), np.uint8), GLYPHS) == (None, [])


def test_nothing_of_noise() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    assert read_fields(picture, GLYPHS) == (None, [])


def test_words_of_a_pack() -> None:
    picture = ground(30)
    write(picture, "STANDARD", 560, 500, 30, WHITE)
    write(picture, "PACK", 740, 500, 30, WHITE)
    write(picture, "CHOOSE", 600, 550, 24, WHITE)
    write(picture, "1", 680, 550, 24, WHITE)
    screen, fields = read_fields(picture, GLYPHS)
    assert screen == "pack" and values(fields) == {"pack": "Standard Pack", "choose": 1}


def test_a_model_without_a_font_reads_none(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert load_glyphs(tmp_path) is None
    (tmp_path / FONT_FILE).write_bytes(pack_font(FONT))
    assert load_glyphs(tmp_path) is not None


def test_a_large_picture_has_its_fields_where_they_stand() -> None:
    picture = np.full((1100, 1800, 3), FELT, np.uint8)
    draw_panel(picture, 40, 240, 560, NUMBERS)
    (hands,) = [field for field in read_fields(picture, GLYPHS)[1] if field.name == "hands"]
    assert hands.value == 4 and np.abs(np.subtract(hands.box, (223, 540, 257, 580))).max() < 4

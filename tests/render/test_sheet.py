from pathlib import Path

import numpy as np
import pytest

from balatro.errors import SettingsError
from balatro.render.deck import Deck, DeckCard
from balatro.render.sheet import contact_sheet, write_sheet
from balatro.utils.images import load_image


def body(colour: tuple[int, int, int]) -> np.ndarray:
    picture = np.zeros((95, 71, 4), np.uint8)
    picture[1:94, 1:70] = (*colour, 255)
    return picture


@pytest.fixture(scope="module")
def deck() -> Deck:
    jokers = [DeckCard(f"d_{n}", f"Card Number {n}", "Joker", "Common", body((200, 40 * n, 0))) for n in range(5)]
    figure = np.zeros((95, 71, 4), np.uint8)
    figure[40:60, 30:40] = (0, 255, 255, 255)
    soul = DeckCard("d_soul", "A Name That Is Much Too Long For One Line", "Spectral", "", body((90, 90, 90)), figure)
    pack = DeckCard("p", "Pack", "Booster pack", "", body((1, 2, 250)), scale=1.27, known=False)
    return Deck("small", (*jokers, soul, pack))


def count(sheet: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((sheet == colour).all(-1).sum())


@pytest.mark.parametrize("scale", [1, 2])
def test_every_card_is_on_the_sheet_pixel_by_pixel(deck: Deck, scale: int):
    sheet = contact_sheet(deck, columns=4, scale=scale)
    assert sheet.dtype == np.uint8 and sheet.shape[2] == 3
    for number in range(5):
        assert count(sheet, (200, 40 * number, 0)) >= 0.97 * 93 * 69 * scale**2
    assert count(sheet, (0, 255, 255)) >= 0.75 * 20 * 10 * scale**2  # its edge is mixed with what is under it
    assert count(sheet, (1, 2, 250)) == 0


def test_strangers_only_when_asked_for(deck: Deck):
    sheet = contact_sheet(deck, columns=4, scale=1, strangers=True)
    assert count(sheet, (1, 2, 250)) > 93 * 69 * 1.5


def test_the_modifier_changes_bodies_but_no_floating_figure(deck: Deck):
    negative = contact_sheet(deck, "Negative", columns=4, scale=1)
    assert count(negative, (200, 40, 0)) == 0
    assert count(negative, (0, 255, 255)) >= 150


def test_the_same_seed_gives_the_same_sheet(deck: Deck):
    first, again, other = (contact_sheet(deck, "Mixed", columns=6, scale=1, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_deck_without_cards_gives_an_empty_table():
    assert contact_sheet(Deck("none", ()), columns=3, scale=1).size > 0


@pytest.mark.parametrize("wrong", [{"modifier": "Shiny"}, {"columns": 0}, {"scale": 99}])
def test_values_that_make_no_sheet(deck: Deck, wrong: dict):
    with pytest.raises(SettingsError, match="expected"):
        contact_sheet(deck, **wrong)


def test_sheets_are_written_as_png(tmp_path: Path):
    sheet = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    write_sheet(sheet, tmp_path / "new" / "sheet.png")
    assert np.array_equal(load_image(tmp_path / "new" / "sheet.png"), sheet)
    with pytest.raises(SettingsError, match="ends in .png"):
        write_sheet(sheet, tmp_path / "sheet.jpg")

"""Names of the game's other things: how many there are, that no two share a cell, and that their cells are on their sheets."""

from __future__ import annotations

import pytest

from balatro.config import objects
from balatro.config.playing_cards import ENHANCEMENTS, SEALS
from balatro.render.game.game_sheets import SHEETS

TABLES = {
    "Vouchers": (list(objects.VOUCHERS.values()), 32),
    "boosters": ([cell for cells in objects.PACKS.values() for cell in cells], 32),
    "Enhancers": (
        [*objects.DECKS.values(), *objects.GROUNDS.values(), *objects.SEAL_CELLS.values(), objects.STONE, objects.PLAIN_GROUND],
        16 + 7 + 4 + 2,
    ),
    "stickers": (list(objects.STICKERS.values()), 11),
    "tags": (list(objects.TAGS.values()), 24),
    "chips": (list(objects.STAKES.values()), 8),
}
SMALL = {"tags": (6, 5), "chips": (5, 2)}


@pytest.mark.parametrize("sheet", TABLES)
def test_every_thing_has_a_cell_of_its_own(sheet: str) -> None:
    cells, count = TABLES[sheet]
    columns, rows = {**SHEETS, **SMALL}[sheet]
    assert len(set(cells)) == len(cells) == count
    assert all(0 <= column < columns and 0 <= row < rows for column, row in cells)


def test_each_voucher_leads_to_the_one_below_it() -> None:
    cells = list(objects.VOUCHERS.values())
    assert [(column, row + 1) for column, row in cells[::2]] == cells[1::2]


def test_names() -> None:
    assert len(set(objects.BLINDS)) == 30 and len(objects.PACKS) == 15
    assert set(objects.GROUNDS) == set(ENHANCEMENTS) - {"Stone"} and set(objects.SEAL_CELLS) == set(SEALS)
    assert sum(len(names) for names in objects.COLLABS.values()) == 24

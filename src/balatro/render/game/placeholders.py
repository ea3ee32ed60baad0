"""What a collection shows in place of cards that the player has not unlocked or not seen yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from balatro.render.deck import DeckCard
from balatro.render.game.game_sheets import Sheet
from balatro.render.sprites import is_blank, over

PLACEHOLDER = "Placeholder"
"""Their type in a deck; none has a name."""


@dataclass(frozen=True)
class Cell:
    """A cell of a sheet."""

    sheet: str
    column: int
    row: int


@dataclass(frozen=True)
class Placeholder:
    """One such card, as layers of cells from below: an empty card, and the question mark on it."""

    id: str
    name: str
    layers: tuple[Cell, ...]


_JESTER_MARK, _MARK = Cell("Enhancers", 5, 3), Cell("Enhancers", 6, 3)
PLACEHOLDERS = (
    Placeholder("locked_joker", "Locked joker", (Cell("Jokers", 8, 9),)),
    Placeholder("locked_card", "Locked card", (Cell("Tarots", 4, 2),)),
    Placeholder("unseen_joker", "Undiscovered joker", (Cell("Jokers", 9, 9), _JESTER_MARK)),
    Placeholder("unseen_spectral", "Undiscovered spectral", (Cell("Tarots", 5, 2), _MARK)),
    Placeholder("unseen_tarot", "Undiscovered tarot", (Cell("Tarots", 6, 2), _MARK)),
    Placeholder("unseen_planet", "Undiscovered planet", (Cell("Tarots", 7, 2), _MARK)),
    Placeholder("unseen_voucher", "Undiscovered voucher", (Cell("Vouchers", 8, 2), _MARK)),
    Placeholder("locked_voucher", "Locked voucher", (Cell("Vouchers", 8, 3),)),
    Placeholder("unseen_pack", "Undiscovered pack", (Cell("boosters", 0, 5), _MARK)),
)
PLACEHOLDER_CELLS = frozenset(
    (cell.sheet, cell.column, cell.row) for entry in PLACEHOLDERS for cell in entry.layers if cell.sheet != "Enhancers"
)
"""Sheet, column and row of what never lies on a table."""


def placeholders(sheets: Mapping[str, Sheet]) -> Iterator[DeckCard]:
    """Those of which all sheets are there, by name."""
    for placeholder in PLACEHOLDERS:
        if any(cell.sheet not in sheets for cell in placeholder.layers):
            continue
        body, *above = (sheets[cell.sheet].cell(cell.column, cell.row) for cell in placeholder.layers)
        for layer in above:
            body = over(layer, body)
        if not is_blank(body):
            yield DeckCard(placeholder.id, placeholder.name, PLACEHOLDER, "", body, known=False)

"""The deck of the game, cut out of the player's own game files.

The 202 cards to be named, and the strangers: playing cards (plain and enhanced), card backs, vouchers, booster packs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from balatro.config.cards import AtlasCell, CatalogueCard, atlas_cells, card_by_id
from balatro.errors import DeckError
from balatro.render.deck import CELL, Deck, DeckCard
from balatro.render.game.game_sheets import Sheet, read_sheets
from balatro.render.game.placeholders import PLACEHOLDER_CELLS, placeholders
from balatro.render.game.steam import find_game
from balatro.render.sprites import is_blank, over

SIZES = {
    "j_wee": (0.7, 0.7),
    "j_half": (1.0, 1 / 1.7),
    "j_photograph": (1.0, 1 / 1.2),
    "j_square": (1.0, CELL[0] / CELL[1]),
}
"""Drawn width and height of the cards of unusual shape, as shares of a regular card's."""

SCALES = {"j_wee": 0.7}
"""Cards whose whole cell is drawn smaller; the others of SIZES show the top of their cell."""

GAME = "game"
"""What the deck of the game itself is called."""

BOOSTER_SCALE = 1.27

Cell = tuple[int, int]
"""Column and row in a sheet."""

_WHITE: Cell = (1, 0)
_STONE: Cell = (5, 0)
_ENHANCEMENTS: dict[str, Cell] = {
    "Bonus": (1, 1),
    "Mult": (2, 1),
    "Wild": (3, 1),
    "Lucky": (4, 1),
    "Glass": (5, 1),
    "Steel": (6, 1),
    "Gold": (6, 0),
}
_BACKS: tuple[Cell, ...] = (
    *((0, 0), (3, 0), (4, 0)),
    *((column, 2) for column in range(7)),
    *((column, 3) for column in range(5)),
    *((column, 4) for column in range(4)),
)
_SEALS: tuple[Cell, ...] = ((2, 0), (4, 4), (5, 4), (6, 4))

_SUITS = ("Hearts", "Clubs", "Diamonds", "Spades")
_RANKS = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "Jack", "Queen", "King", "Ace")


def import_art(path: Path | None = None, name: str = GAME) -> Deck:
    """The game's deck.

    path: the executable, Balatro.love, Balatro.app, a phone's package, the game's folder or one above it, its `resources`, or
    a folder of sprite sheets; None looks where Steam puts the game. Jokers.png and Tarots.png must be there, the other sheets
    only add strangers. Raises DeckError in one line for all that cannot be used, and for a mod's sheets under the game's name.
    """
    path = find_game() if path is None else path
    sheets, is_mod = read_sheets(path)
    if is_mod and name == GAME:
        raise DeckError(f"{path}: a mod's pictures, not the game's; name the game's own folder, or the deck: --name modded")
    for needed in ("Jokers", "Tarots"):
        if needed not in sheets:
            raise DeckError(f"{path}: {needed}.png is missing; expected the game's resources/textures with 1x or 2x sheets")
    strangers = [*_playing_cards(sheets), *_backs(sheets), *_vouchers(sheets), *_boosters(sheets), *placeholders(sheets)]
    return Deck(name, (*_known_cards(sheets), *strangers), tuple(_stickers(sheets)), source=path.name)


def _known_cards(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    floating = {cell.id: cell for cell in atlas_cells() if cell.layer == "floating"}
    for cell in atlas_cells():
        if cell.layer == "body":
            yield _known_card(card_by_id(cell.id), cell, floating.get(cell.id), sheets)


def _known_card(card: CatalogueCard, body: AtlasCell, floating: AtlasCell | None, sheets: dict[str, Sheet]) -> DeckCard:
    picture = sheets[body.atlas].cell(body.column, body.row)
    if is_blank(picture):
        raise DeckError(
            f"{body.atlas}.png: the cell of {card.name} (column {body.column}, row {body.row}) is empty; "
            "is this the sheet of another game version?"
        )
    # The gem of The Soul lies in Enhancers, which may be missing.
    above = sheets[floating.atlas].cell(floating.column, floating.row) if floating and floating.atlas in sheets else None
    return DeckCard(
        id=card.id,
        name=card.name,
        type=card.type,
        rarity=card.rarity,
        body=picture,
        floating=above,
        size=SIZES.get(card.id, (1.0, 1.0)),
        scale=SCALES.get(card.id, 1.0),
        shine=_shine(card),
    )


def _shine(card: CatalogueCard) -> str:
    if card.type == "Spectral":
        return "booster"
    return "voucher" if card.id == "j_invisible" else "none"


def _playing_cards(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    if "Enhancers" not in sheets:
        return
    enhancers = sheets["Enhancers"]
    stone = enhancers.cell(*_STONE)
    if not is_blank(stone):
        yield _stranger("stone", "Stone Card", "Playing card", stone)
    for sheet, suffix in (("8BitDeck", ""), ("8BitDeck_opt2", "_hc")):
        if sheet in sheets:
            yield from _faces(sheets[sheet], enhancers.cell(*_WHITE), suffix)
    if "8BitDeck" in sheets:
        yield from _enhanced(sheets["8BitDeck"], enhancers)


def _faces(faces: Sheet, ground: np.ndarray, suffix: str) -> Iterator[DeckCard]:
    """All 52 on white."""
    for row, suit in enumerate(_SUITS):
        for column, rank in enumerate(_RANKS):
            picture = over(faces.cell(column, row), ground)
            yield _stranger(f"play_{suit[0]}_{rank}{suffix}".lower(), f"{rank} of {suit}", "Playing card", picture)


def _enhanced(faces: Sheet, enhancers: Sheet) -> Iterator[DeckCard]:
    """Three faces on each enhancement: two number cards and a court card or ace, spread over the deck."""
    for number, (enhancement, cell) in enumerate(_ENHANCEMENTS.items()):
        ground = enhancers.cell(*cell)
        if is_blank(ground):
            continue
        columns = (number % 9, (number * 5 + 4) % 9, 9 + number % 4)
        for step, column in enumerate(columns):
            row = (number + step) % 4
            rank, suit = _RANKS[column], _SUITS[row]
            picture = over(faces.cell(column, row), ground)
            card_id, name = f"{enhancement}_{suit[0]}_{rank}".lower(), f"{enhancement} {rank} of {suit}"
            yield _stranger(card_id, name, "Playing card", picture)


def _backs(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    for (column, row), picture in _cells(sheets, "Enhancers", _BACKS):
        yield _stranger(f"back_{column}_{row}", f"Card back {column},{row}", "Card back", picture)


def _vouchers(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    for (column, row), picture in _cells(sheets, "Vouchers"):
        yield _stranger(f"voucher_{column}_{row}", f"Voucher {column},{row}", "Voucher", picture, shine="voucher")


def _boosters(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    for (column, row), picture in _cells(sheets, "boosters"):
        card_id, name = f"booster_{column}_{row}", f"Booster pack {column},{row}"
        yield _stranger(card_id, name, "Booster pack", picture, shine="booster", scale=BOOSTER_SCALE)


def _stickers(sheets: dict[str, Sheet]) -> Iterator[np.ndarray]:
    for _, picture in _cells(sheets, "stickers"):
        yield picture
    for _, picture in _cells(sheets, "Enhancers", _SEALS):
        yield picture


def _cells(sheets: dict[str, Sheet], name: str, cells: Iterable[Cell] | None = None) -> Iterator[tuple[Cell, np.ndarray]]:
    """The cells that are not blank: those named, or all that may lie on a table; none when the sheet is missing."""
    if name not in sheets:
        return
    sheet = sheets[name]
    if cells is None:
        rows, columns = sheet.pixels.shape[0] // (CELL[1] * sheet.scale), sheet.pixels.shape[1] // (CELL[0] * sheet.scale)
        cells = [(column, row) for row in range(rows) for column in range(columns)]
    for cell in cells:
        picture = sheet.cell(*cell)
        if (name, *cell) not in PLACEHOLDER_CELLS and not is_blank(picture):
            yield cell, picture


def _stranger(card_id: str, name: str, kind: str, body: np.ndarray, shine: str = "none", scale: float = 1.0) -> DeckCard:
    size = (scale, scale)
    return DeckCard(card_id, name, kind, rarity="", body=body, size=size, scale=scale, shine=shine, known=False)

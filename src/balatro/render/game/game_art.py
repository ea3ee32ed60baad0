"""The deck of the game, cut out of the player's own game files.

The 202 cards to be named, and the strangers: playing cards with their grounds, card backs, vouchers, booster packs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from balatro.config.cards import AtlasCell, CatalogueCard, atlas_cells, card_by_id
from balatro.config.objects import DECKS, GROUNDS, PACKS, PLAIN_GROUND, SEAL_CELLS, STICKERS, STONE, VOUCHERS, Cell
from balatro.config.playing_cards import RANKS, SUITS
from balatro.errors import DeckError
from balatro.render.deck import CELL, Deck, DeckCard
from balatro.render.game.game_sheets import COLLAB_SHEETS, Sheet, read_sheets
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


_COURT = ("Jack", "Queen", "King")

_OTHER_BACKS: tuple[Cell, ...] = ((4, 0), (5, 2), (1, 4))
"""Backs of no deck that a player may choose."""


def import_art(path: Path | None = None, name: str = GAME) -> Deck:
    """The game's deck.

    path: the executable, Balatro.love, Balatro.app, a phone's package, the game's folder or one above it, its `resources`, or
    a folder of sprite sheets; None looks where Steam puts the game. Jokers.png and Tarots.png must be there, the other sheets
    only add strangers, and the font
    beside them what numbers are read by. Raises DeckError in one line for all that cannot be used, and for a mod's sheets
    under the game's name.
    """
    path = find_game() if path is None else path
    sheets, is_mod, font = read_sheets(path)
    if is_mod and name == GAME:
        raise DeckError(f"{path}: a mod's pictures, not the game's; name the game's own folder, or the deck: --name modded")
    for needed in ("Jokers", "Tarots"):
        if needed not in sheets:
            raise DeckError(f"{path}: {needed}.png is missing; expected the game's resources/textures with 1x or 2x sheets")
    strangers = [*_playing_cards(sheets), *_backs(sheets), *_vouchers(sheets), *_boosters(sheets), *placeholders(sheets)]
    stickers, seals = _overlays(sheets, "stickers", STICKERS), _overlays(sheets, "Enhancers", SEAL_CELLS)
    grounds = _overlays(sheets, "Enhancers", {"": PLAIN_GROUND, **GROUNDS})
    return Deck(name, (*_known_cards(sheets), *strangers), stickers, seals, grounds, path.name, font)


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
    stone = enhancers.cell(*STONE)
    if not is_blank(stone):
        yield replace(_stranger("stone", "Stone Card", "Playing card", stone), enhancement="Stone")
    if "8BitDeck" not in sheets:
        return
    ground = enhancers.cell(*PLAIN_GROUND)
    for suit in SUITS:
        for rank in RANKS:
            faces = tuple(_faces(sheets, rank, suit))
            card = _stranger(f"play_{suit[0]}_{rank}".lower(), f"{rank} of {suit}", "Playing card", over(faces[0], ground))
            yield replace(card, rank=rank, suit=suit, faces=faces)


def _faces(sheets: dict[str, Sheet], rank: str, suit: str) -> Iterator[np.ndarray]:
    """The pips of one card: of low contrast, of high, and those of other games for Jack, Queen and King."""
    for sheet in ("8BitDeck", "8BitDeck_opt2"):
        if sheet in sheets:
            yield sheets[sheet].cell(RANKS.index(rank), SUITS.index(suit))
    if rank in _COURT:
        for sheet in (name for name, its_suit in COLLAB_SHEETS.items() if its_suit == suit and name in sheets):
            yield sheets[sheet].cell(_COURT.index(rank), 0)


def _backs(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    names = {cell: name for name, cell in DECKS.items()}
    for (column, row), picture in _cells(sheets, "Enhancers", (*DECKS.values(), *_OTHER_BACKS)):
        name = names.get((column, row), f"Card back {column},{row}")
        yield _stranger(f"back_{column}_{row}", name, "Card back", picture)


def _vouchers(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    names = {cell: name for name, cell in VOUCHERS.items()}
    for (column, row), picture in _cells(sheets, "Vouchers"):
        name = names.get((column, row), f"Voucher {column},{row}")
        yield _stranger(f"voucher_{column}_{row}", name, "Voucher", picture, shine="voucher")


def _boosters(sheets: dict[str, Sheet]) -> Iterator[DeckCard]:
    names = {cell: name for name, pictures in PACKS.items() for cell in pictures}
    for (column, row), picture in _cells(sheets, "boosters"):
        name = names.get((column, row), f"Booster pack {column},{row}")
        yield _stranger(f"booster_{column}_{row}", name, "Booster pack", picture, shine="booster", scale=BOOSTER_SCALE)


def _overlays(sheets: dict[str, Sheet], sheet: str, named: dict[str, Cell]) -> dict[str, np.ndarray]:
    """The pictures of these cells by name, those that are not blank."""
    names = {cell: name for name, cell in named.items()}
    return {names[cell]: picture for cell, picture in _cells(sheets, sheet, names)}


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

"""The game's sprite sheets: which there are, and that they are the game's by their sizes."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.config.objects import COLLABS
from balatro.errors import DeckError
from balatro.render.deck import CELL
from balatro.render.game.game_files import FONT, open_game
from balatro.render.game.game_font import font_glyphs
from balatro.utils.pixel_font import PixelFont

MAX_SHEET_PIXELS = 32_000_000
"""The game's largest sheet has 4.3 million."""

COLLAB_SHEETS = {
    f"collabs/collab_{name}_{contrast}": suit for suit, names in COLLABS.items() for name in names for contrast in (1, 2)
}
"""Sheets with other faces of one suit's Jack, Queen and King, and whose they are."""

SHEETS = {
    "Jokers": (10, 16),
    "Tarots": (10, 6),
    "Enhancers": (7, 5),
    "8BitDeck": (13, 4),
    "8BitDeck_opt2": (13, 4),
    "Vouchers": (9, 4),
    "boosters": (4, 9),
    "stickers": (5, 3),
    **dict.fromkeys(COLLAB_SHEETS, (3, 1)),
}
"""Columns and rows of cells of each sheet."""


@dataclass(frozen=True)
class Sheet:
    """A sprite sheet: pixels (rows*95k, columns*71k, 4) uint8 RGBA, straight alpha; scale k is 1 or 2."""

    pixels: np.ndarray
    scale: int

    def cell(self, column: int, row: int) -> np.ndarray:
        """The (95k, 71k, 4) picture in this cell."""
        width, height = CELL[0] * self.scale, CELL[1] * self.scale
        return self.pixels[row * height : (row + 1) * height, column * width : (column + 1) * width].copy()


def read_sheets(path: Path) -> tuple[dict[str, Sheet], bool, PixelFont]:
    """Every sheet of SHEETS that is there, whether they are a mod's, and the glyphs of the game's font, none where it lacks.

    DeckError when `path` is nothing of the game, or a sheet is unusable.
    """
    read, is_mod = open_game(path, SHEETS)
    coded = {name: read(name) for name in SHEETS}
    sheets = {name: _checked(_decode(data, name, path), name, path) for name, data in coded.items() if data is not None}
    font = read(FONT)
    glyphs = {} if font is None else font_glyphs(font, f"{path}: {FONT}.ttf")
    return {name: _plain(sheet) for name, sheet in sheets.items()}, is_mod, glyphs


def _decode(data: bytes, name: str, path: Path) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
                if image.width * image.height > MAX_SHEET_PIXELS:
                    raise DeckError(f"{path}: {name}.png is {image.width}x{image.height}; {_expected(name)}")
                return np.asarray(image.convert("RGBA"))
    except DeckError:
        raise
    except Exception as error:  # Pillow's readers raise whatever a damaged file makes them stumble on
        raise DeckError(f"{path}: {name}.png is damaged or no PNG ({error}); have Steam verify the game's files") from error


def _checked(pixels: np.ndarray, name: str, path: Path) -> Sheet:
    """The sheet, when its size fits; newer versions of the game may have added rows."""
    height, width = pixels.shape[:2]
    columns, rows = SHEETS[name]
    for scale in (1, 2):
        cell_width, cell_height = CELL[0] * scale, CELL[1] * scale
        if width == columns * cell_width and height % cell_height == 0 and height >= rows * cell_height:
            return Sheet(pixels, scale)
    raise DeckError(f"{path}: {name}.png is {width}x{height}; {_expected(name)}")


def _expected(name: str) -> str:
    columns, rows = SHEETS[name]
    width, height = columns * CELL[0], rows * CELL[1]
    return f"expected {width}x{height} or {2 * width}x{2 * height}, the game's own sheet"


def _plain(sheet: Sheet) -> Sheet:
    """At 1x when a 2x sheet is but the doubled one, as the game's are: a quarter of the memory, the same picture."""
    if sheet.scale == 1:
        return sheet
    half = sheet.pixels[::2, ::2]
    if np.array_equal(half.repeat(2, axis=0).repeat(2, axis=1), sheet.pixels):
        return Sheet(np.ascontiguousarray(half), 1)
    return sheet

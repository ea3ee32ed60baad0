"""The game's sprite sheets, read out of whatever the player has: the executable, an archive, an app, or folders.

Nothing of an archive is ever unpacked: a few members are read by their exact names, with limits on their size.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.errors import DeckError
from balatro.render.deck import CELL

MAX_SHEET_BYTES = 64 * 2**20
MAX_SHEET_PIXELS = 32_000_000
"""The game's largest sheet has 4.3 million."""

SHEETS = {
    "Jokers": (10, 16),
    "Tarots": (10, 6),
    "Enhancers": (7, 5),
    "8BitDeck": (13, 4),
    "8BitDeck_opt2": (13, 4),
    "Vouchers": (9, 4),
    "boosters": (4, 9),
    "stickers": (5, 3),
}
"""Columns and rows of cells of each sheet."""

_EXECUTABLES = (
    "Balatro.exe",
    "Balatro.love",
    "Balatro",
    "Balatro.app/Contents/Resources/Balatro.love",
    "Contents/Resources/Balatro.love",
    "Resources/Balatro.love",
)
_FOLDERS = ("resources/textures", "textures", ".")
_TEXTURES = "resources/textures"

Reader = Callable[[str], "bytes | None"]
"""Gives the bytes of `1x/Jokers.png`, or None when there is no such file."""


@dataclass(frozen=True)
class Sheet:
    """A sprite sheet: pixels (rows*95k, columns*71k, 4) uint8 RGBA, straight alpha; scale k is 1 or 2."""

    pixels: np.ndarray
    scale: int

    def cell(self, column: int, row: int) -> np.ndarray:
        """The (95k, 71k, 4) picture in this cell."""
        width, height = CELL[0] * self.scale, CELL[1] * self.scale
        return self.pixels[row * height : (row + 1) * height, column * width : (column + 1) * width].copy()


def read_sheets(path: Path) -> dict[str, Sheet]:
    """Every sheet of SHEETS that is there. DeckError when `path` is nothing of the game, or a sheet is unusable."""
    read = _open(path)
    sheets = {name: _read_sheet(read, name, path) for name in SHEETS}
    return {name: sheet for name, sheet in sheets.items() if sheet is not None}


def _open(path: Path) -> Reader:
    if path.is_file():
        return _archive(path)
    if not path.is_dir():
        raise DeckError(f"{path}: no such file or folder; name Balatro.exe, Balatro.love, or the game's folder")
    for folder in _FOLDERS:
        if _has_sheets(path / folder):
            return _folder(path / folder)
    for name in _EXECUTABLES:
        if (path / name).is_file():
            return _archive(path / name)
    raise DeckError(
        f"{path}: neither the game nor its sprite sheets are in this folder; expected Balatro.exe, Balatro.love, Balatro.app, "
        "or resources/textures with Jokers.png and Tarots.png"
    )


def _has_sheets(folder: Path) -> bool:
    return any((folder / size / "Jokers.png").is_file() for size in ("2x", "1x", "."))


def _folder(folder: Path) -> Reader:
    def read(name: str) -> bytes | None:
        path = folder / name
        if not path.is_file():
            # Sheets that lie in the folder itself, without 1x and 2x.
            path = folder / Path(name).name
        if not path.is_file():
            return None
        if path.stat().st_size > MAX_SHEET_BYTES:
            raise DeckError(f"{path}: {path.stat().st_size} bytes; a sprite sheet has at most {MAX_SHEET_BYTES}")
        return path.read_bytes()

    return read


def _archive(path: Path) -> Reader:
    """The sheets in a .love file or in an executable with one behind it; both are zip archives."""
    if not zipfile.is_zipfile(path):
        raise DeckError(
            f"{path}: not the game; Balatro.exe and Balatro.love have a zip archive inside, this file has none; "
            "name one of them, or a folder of sprite sheets"
        )

    def read(name: str) -> bytes | None:
        try:
            with zipfile.ZipFile(path) as archive:
                return _member(archive, f"{_TEXTURES}/{name}")
        except DeckError:
            raise
        except Exception as error:  # a damaged archive raises whatever its packing makes the reader stumble on
            raise DeckError(f"{path}: {name} cannot be read ({error}); have Steam verify the game's files") from error

    return read


def _member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    with archive.open(info) as file:
        data = file.read(MAX_SHEET_BYTES + 1)  # what the archive says of its sizes is not believed
    if len(data) > MAX_SHEET_BYTES:
        raise DeckError(f"{archive.filename}: {name} unpacks to more than {MAX_SHEET_BYTES} bytes; no sheet of the game does")
    return data


def _read_sheet(read: Reader, name: str, path: Path) -> Sheet | None:
    for size in ("2x", "1x"):
        data = read(f"{size}/{name}.png")
        if data is not None:
            return _plain(_checked(_decode(data, name, path), name, path))
    return None


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

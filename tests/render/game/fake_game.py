"""Sprite sheets in the layout of the game's, every cell of its own colour. No picture of the game is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.render.game.game_sheets import COLLAB_SHEETS, SHEETS

ALL = tuple(name for name in SHEETS if name not in COLLAB_SHEETS or name.endswith("AU_1"))
"""All sheets, and one of those of other faces."""
WIDTH, HEIGHT = 71, 95


def colour(sheet: str, column: int, row: int) -> tuple[int, int, int]:
    """The colour in the middle of a cell; unlike that of any other cell."""
    return (30 + 4 * list(SHEETS).index(sheet), 20 + 14 * column, 10 + 12 * row)


def draw_sheet(sheet: str, scale: int = 1, fine: bool = False) -> np.ndarray:
    """(H, W, 4) uint8. Playing-card faces cover only their upper half; fine: no exact doubling at 2x."""
    columns, rows = SHEETS[sheet]
    pixels = np.zeros((rows * HEIGHT, columns * WIDTH, 4), np.uint8)
    for row in range(rows):
        for column in range(columns):
            top, left = row * HEIGHT, column * WIDTH
            bottom = top + (HEIGHT // 2 if sheet.startswith(("8Bit", "collabs")) else HEIGHT - 1)
            pixels[top + 1 : bottom, left + 1 : left + WIDTH - 1] = (*colour(sheet, column, row), 255)
    pixels = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    if fine:
        pixels[::2, ::2, 2] ^= 1
    return pixels


def png(pixels: np.ndarray) -> bytes:
    coded = io.BytesIO()
    Image.fromarray(pixels).save(coded, "PNG")
    return coded.getvalue()


@cache
def sheet_png(sheet: str) -> bytes:
    """The sheet at 1x, drawn once."""
    return png(draw_sheet(sheet))


def write_textures(folder: Path, names: Iterable[str] = ALL, sizes: Iterable[int] = (1, 2)) -> Path:
    """folder/1x/Jokers.png and so on."""
    for size in sizes:
        for name in names:
            path = folder / f"{size}x" / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png(draw_sheet(name, size)))
    return folder


def archive(top: str = "", names: Iterable[str] = ALL, extra: dict[str, bytes] | None = None, slash: str = "/") -> bytes:
    """A .love file's bytes. top: a folder around all of it, with its slash; slash: between the parts of its names."""
    members = {"main.lua": b"-- not a game"} | {f"resources/textures/1x/{name}.png": sheet_png(name) for name in names}
    return zipped({f"{top}{name}": data for name, data in members.items()} | (extra or {}), slash)


def zipped(members: dict[str, bytes], slash: str = "/") -> bytes:
    coded = io.BytesIO()
    with zipfile.ZipFile(coded, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            info = zipfile.ZipInfo("-")
            info.filename = name.replace("/", slash)
            file.writestr(info, data, zipfile.ZIP_DEFLATED)
    return coded.getvalue()


def write_archive(path: Path, names: Iterable[str] = ALL, stub: bytes = b"", extra: dict[str, bytes] | None = None) -> Path:
    """A .love file, or with a stub in front an executable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stub + archive("", names, extra))
    return path

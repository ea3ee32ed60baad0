"""Fonts that have the letters of a name: Pillow's own, which has plain ones only, else the system's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from PIL import ImageDraw, ImageFont

Font: TypeAlias = "ImageFont.FreeTypeFont | ImageFont.ImageFont"
FOLDERS = {
    "win32": (r"%WINDIR%\Fonts", r"%LOCALAPPDATA%\Microsoft\Windows\Fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
}
OTHER_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
SUFFIXES = (".ttf", ".ttc", ".otf")
FIRST = (
    "cjk",
    "fallback",
    "unicode",
    "msyh",
    "meiryo",
    "malgun",
    "pingfang",
    "hiragino",
    "gothic",
    "wqy",
    "noto",
    "dejavusans.",
)
"""What fonts with many scripts are called, those to be tried first."""
MOST = 300
"""Files that are tried."""
MISSING = "\U0010ffff"
"""A letter that no font has: what a font draws for it, it draws for all that it lacks."""
UNKNOWN = "?"


def pieces(text: str, size: float) -> list[tuple[str, Font]]:
    """A text in pieces, each with a font of about this size, in pixels, that has its letters: Pillow's own where it will do."""
    if all(map(_has, text)):
        return [(text, _own(round(size * 2)))] if text else []
    path = _file_for("".join(dict.fromkeys(text)))  # one font for all of it looks best
    return [(text, _of_file(path, max(1, round(size))))] if path else _pieces(text, size)


def _pieces(text: str, size: float) -> list[tuple[str, Font]]:
    told: list[tuple[str, Font]] = []
    for is_own, letters in groupby(text, _has):
        piece = "".join(letters)
        path = None if is_own else _file_for("".join(dict.fromkeys(piece)))
        told.append((piece, _own(round(size * 2)) if path is None else _of_file(path, max(1, round(size)))))
    return told


def width(text: str, size: float) -> float:
    """Pixels that a text is wide."""
    return float(sum(font.getlength(piece) for piece, font in pieces(text, size)))


def write(pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: float, colour: tuple[int, ...]) -> None:
    """Write a text with its top left corner here."""
    x, top = place
    own = _own(round(size * 2))
    ascent = own.getmetrics()[0] if isinstance(own, ImageFont.FreeTypeFont) else 0
    for piece, font in pieces(text, size):
        if font is own:
            pen.text((x, top), piece, font=font, fill=colour)
        else:
            pen.text((x, top + ascent), piece, font=font, fill=colour, anchor="ls")  # on the line of the others
        x += float(font.getlength(piece))


def drawable(text: str) -> str:
    """The text as it can be drawn: letters that no font of this machine has become a question mark, which is said once."""
    lacking = {letter for letter in text if not _has(letter) and _file_for(letter) is None}
    if not lacking:
        return text
    _say_once()
    return "".join(UNKNOWN if letter in lacking else letter for letter in text)


@lru_cache(maxsize=4096)
def _has(letter: str) -> bool:
    """Whether Pillow's own font has a letter."""
    return letter.isascii() or _draws(_own(40), letter)


def _draws(font: Font, letter: str) -> bool:
    """Whether a font has a letter: it draws something else for it than for what it lacks."""
    return bytes(font.getmask(letter)) != bytes(font.getmask(MISSING))


@lru_cache(maxsize=4096)
def _file_for(letters: str) -> Path | None:
    """The first font file of the system that has all of these letters."""
    for path in _files():
        try:
            font = ImageFont.truetype(str(path), 20)
            if all(letter.isspace() or _draws(font, letter) for letter in letters):
                return path
        except (OSError, ValueError):  # a damaged font, or one of a form that is not read
            continue
    return None


@cache
def _files() -> tuple[Path, ...]:
    found = sorted(set(_find()), key=lambda path: (_rank(path.name.lower()), path))
    return tuple(found[:MOST])


def _find() -> Iterator[Path]:
    for folder in FOLDERS.get(sys.platform, OTHER_FOLDERS):
        place = Path(os.path.expandvars(folder)).expanduser()
        for root, _, names in os.walk(place):
            yield from (Path(root, name) for name in names if name.lower().endswith(SUFFIXES))


def _rank(name: str) -> int:
    return next((number for number, word in enumerate(FIRST) if word in name), len(FIRST))


@lru_cache(maxsize=256)
def _own(halves: int) -> Font:
    """Pillow's own; half pixels are enough."""
    return ImageFont.load_default(size=halves / 2)


@lru_cache(maxsize=256)
def _of_file(path: Path, size: int) -> Font:
    return ImageFont.truetype(str(path), size)


@cache
def _say_once() -> None:
    why = "some names have letters that no font here has"
    print(f"{why}, and are drawn with {UNKNOWN}; install one, such as Noto Sans CJK", file=sys.stderr)

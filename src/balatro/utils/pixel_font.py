"""A pixel font as a table of glyphs: what a deck and a model keep of the font that their screens are written in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from balatro.errors import DeckError
from balatro.utils.files import read_json

FONT_FILE = "font.json"
"""In the folder of a deck and of a model."""
FONT_FORMAT = 1
PixelFont = Mapping[str, np.ndarray]
"""(rows, width) bool for each sign; the rows of all signs are the same lines, so that a comma lies low."""


def pack_font(font: PixelFont) -> bytes:
    """A font as the bytes of a JSON file, each row of a glyph as a text of `#` and `.`."""
    glyphs = {sign: ["".join(".#"[int(bit)] for bit in row) for row in bits] for sign, bits in sorted(font.items())}
    return json.dumps({"format": FONT_FORMAT, "glyphs": glyphs}, indent=1, ensure_ascii=False).encode()


def load_font(path: Path) -> dict[str, np.ndarray]:
    """Read what `pack_font` gave; DeckError when it is damaged or of a newer format."""
    text = read_json(path)
    try:
        if text["format"] != FONT_FORMAT:
            raise ValueError(f"format {text['format']!r}, this version reads {FONT_FORMAT}")
        font = {sign: _bits(rows) for sign, rows in text["glyphs"].items()}
        if len({bits.shape[0] for bits in font.values()}) != 1 or "0" not in font:
            raise ValueError("glyphs of several heights, or no 0")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise DeckError(f"{path}: not a font ({error}); make the deck or the model anew") from error
    return font


def _bits(rows: list[str]) -> np.ndarray:
    bits = np.array([[sign == "#" for sign in row] for row in rows], bool)
    if bits.ndim != 2 or not bits.size:
        raise ValueError("a glyph without pixels")
    return bits

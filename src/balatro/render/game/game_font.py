"""The glyphs of the game's own pixel font, read off its font file."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from balatro.errors import DeckError

SIGNS = "".join(chr(code) for code in range(33, 127))
EM = 16
"""Pixels of the font's em at which each of its pixels is one."""


def font_glyphs(data: bytes, source: str = "the font") -> dict[str, np.ndarray]:
    """Glyphs (16, width) bool of the printable ASCII signs of a TrueType pixel font. DeckError when it is no font."""
    try:
        font = ImageFont.truetype(io.BytesIO(data), EM)
    except OSError as error:
        raise DeckError(f"{source}: not a font ({error}); have Steam verify the game's files") from error
    glyphs = {sign: _glyph(font, sign) for sign in SIGNS}
    return {sign: bits for sign, bits in glyphs.items() if bits.shape[1]}


def _glyph(font: ImageFont.FreeTypeFont, sign: str) -> np.ndarray:
    picture = Image.new("1", (2 * EM, EM))
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    draw.text((0, 0), sign, fill=1, font=font)
    bits = np.array(picture, bool)
    columns = np.flatnonzero(bits.any(axis=0))
    return bits[:, columns[0] : columns[-1] + 1] if len(columns) else bits[:, :0]

"""A font comes back as it was kept, and a damaged one is told in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from balatro.errors import DeckError
from balatro.render.demo_art.font import tall_font
from balatro.utils.pixel_font import FONT_FILE, load_font, pack_font


def test_there_and_back(tmp_path: Path) -> None:
    font = tall_font()
    (tmp_path / FONT_FILE).write_bytes(pack_font(font))
    read = load_font(tmp_path / FONT_FILE)
    assert read.keys() == font.keys() and all(np.array_equal(read[sign], font[sign]) for sign in font)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"format": 2, "glyphs": {}}',
        '{"format": 1, "glyphs": {"1": ["#"]}}',
        '{"format": 1, "glyphs": {"0": ["#"], "1": ["#", "."]}}',
        '{"format": 1, "glyphs": {"0": []}}',
    ],
)
def test_a_damaged_one(tmp_path: Path, text: str) -> None:
    (tmp_path / FONT_FILE).write_text(text)
    with pytest.raises(DeckError, match="not a font"):
        load_font(tmp_path / FONT_FILE)

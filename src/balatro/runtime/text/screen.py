"""Reading a whole screen: which of the game's screens a picture shows, and the fields of it.

screen, fields = read_fields(picture, load_glyphs(folder))
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from balatro.runtime.text.fields import Field, name_words
from balatro.runtime.text.fringes import without_fringes
from balatro.runtime.text.glyphs import Glyphs, make_glyphs
from balatro.runtime.text.lexicon import BLINDS, HANDS, SCREENS
from balatro.runtime.text.lines import COLOUR, WHITE, Line, find_lines, ink_planes
from balatro.runtime.text.named import name_phrases
from balatro.runtime.text.panel import WORDS, find_panel
from balatro.runtime.text.phrases import Phrase, no_title, read_phrases
from balatro.runtime.text.words import read_words, without_numbers
from balatro.utils.pixel_font import FONT_FILE, load_font

KNOWN = tuple(dict.fromkeys((*HANDS, *BLINDS, *(word for words in SCREENS.values() for word in words))))
FOUND_AT = 540
"""Least height in pixels of the smaller picture on which the lines of a large one are found."""
SHOP_PRICES = 2
"""So many prices are a shop, in any language."""


def read_fields(picture: np.ndarray, glyphs: Glyphs, quads: np.ndarray | None = None) -> tuple[str | None, list[Field]]:
    """Which screen of the game a picture shows, and what stands on it; None and few fields where that cannot be told.

    picture: (H, W, 3) uint8 RGB of any size; digits must be 6 pixels high, 12 from 1080 rows on. The screen is one
    of `lexicon.SCREENS`; numbers are read in every language, words in English. A field that cannot be read is left out.
    """
    picture = without_fringes(picture)
    lines = _find(picture, quads)
    words = read_words(picture, [line for line in lines if line.plane == COLOUR], glyphs)
    panel = find_panel(words)
    white = [line for line in lines if line.plane == WHITE and (panel is None or panel.may_tell(line))]
    words += read_words(picture, white, glyphs)
    least = 0.0 if panel is None else WORDS * panel.unit
    wordy = [line for line in without_numbers(white, words) if line.letter >= least]
    fields = name_words(words, panel, lines)
    is_played = any(field.name == "score_at_least" for field in fields)
    titles = panel.has_title if panel is not None and is_played else no_title
    phrases = read_phrases(picture, wordy, glyphs, KNOWN, titles)
    fields += name_phrases(phrases, panel)
    return screen_of(phrases, fields), fields


def _find(picture: np.ndarray, quads: np.ndarray | None) -> list[Line]:
    """The lines of a picture, found on one that is smaller by a whole number and still large enough."""
    times = max(picture.shape[0] // FOUND_AT, 1)
    if times == 1:
        return find_lines(ink_planes(picture), quads)
    size = (picture.shape[1] // times, picture.shape[0] // times)
    small = cv2.resize(picture[: size[1] * times, : size[0] * times], size, interpolation=cv2.INTER_AREA)
    return [line.scaled(times) for line in find_lines(ink_planes(small), None if quads is None else quads / times)]


def screen_of(phrases: Sequence[Phrase], fields: Sequence[Field]) -> str | None:
    """The screen that words and fields speak for: words first, as what lies over a table has some; None when nothing does."""
    texts, names = {phrase.text for phrase in phrases}, [field.name for field in fields]
    for screen, words in SCREENS.items():
        if screen not in ("hand", "menu") and texts.intersection(words):
            return screen
    if "reroll" in names or names.count("price") >= SHOP_PRICES:
        return "shop"
    if "score_at_least" in names or texts.intersection(SCREENS["hand"]):
        return "hand"
    return "menu" if texts.intersection(SCREENS["menu"]) else None


def load_glyphs(folder: Path) -> Glyphs | None:
    """The glyphs that a model's folder has; None for a model whose deck came without a font: it reads no numbers."""
    path = folder / FONT_FILE
    return make_glyphs(load_font(path)) if path.is_file() else None

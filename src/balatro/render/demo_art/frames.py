"""Card bodies, rims, plates and side text."""

from __future__ import annotations

import numpy as np

from balatro.render.demo_art.canvas import HEIGHT, WIDTH, Canvas, box_mask, grown
from balatro.render.demo_art.font import stacked_bits, text_bits
from balatro.render.demo_art.palette import RGB, Ramp, lightness, mix
from balatro.render.demo_art.traits import Dice

BODY = box_mask(1, 1, 69, 93, 2)
"""Where a joker-like card lies, bool (95, 71)."""
NARROW = box_mask(4, 1, 66, 93, 2)
"""Where a tarot-like card lies."""

_SYLLABLES = (
    "BA",
    "DO",
    "FI",
    "GRU",
    "HOL",
    "JI",
    "KA",
    "LU",
    "MO",
    "NEX",
    "OR",
    "PI",
    "QUO",
    "RA",
    "SKI",
    "TU",
    "VEL",
    "WI",
    "XO",
    "ZA",
)


def invented_word(dice: Dice, low: int = 3, high: int = 6) -> str:
    """A pronounceable word without meaning, low..high letters."""
    length = dice.between(low, high)
    word = ""
    while len(word) < length:
        word += dice.choice(_SYLLABLES)
    return word[:length]


def rim(canvas: Canvas, colour: RGB, body: np.ndarray = BODY, inset: int = 0) -> None:
    """A line of one pixel along the body's edge, or inset pixels within it."""
    inner = body
    for _ in range(inset):
        inner = inner & ~grown(~inner)
    edge = inner & grown(~inner)
    canvas.paint(edge, colour)


def blank(paper: RGB, edge: RGB | None = None, body: np.ndarray = BODY) -> Canvas:
    """A card of one colour, with a faint rim."""
    canvas = Canvas()
    canvas.paint(body, paper)
    rim(canvas, edge or mix(paper, (120, 130, 150), 0.3), body)
    return canvas


def clip(canvas: Canvas, body: np.ndarray = BODY) -> None:
    """Clear all that reaches beyond the body."""
    canvas.index[~body] = 0


def side_text(canvas: Canvas, word: str, colour: RGB, halo: RGB | None = None, font: str = "tall", both: bool = True) -> None:
    """The word as a column in the upper left, and turned by 180 degrees in the lower right."""
    bits = stacked_bits(word, font)[: HEIGHT - 12]
    picture = np.zeros((HEIGHT, WIDTH), bool)
    picture[5 : 5 + bits.shape[0], 4 : 4 + bits.shape[1]] = bits
    if both:
        picture |= picture[::-1, ::-1]
    if halo is not None:
        canvas.paint(grown(picture), halo)
    canvas.paint(picture, colour)


def centred(canvas: Canvas, text: str, y: int, colour: RGB, font: str = "small", x: int = 35) -> None:
    """Text centred on column x; halo-free."""
    bits = text_bits(text, font)
    canvas.stamp(bits, x - bits.shape[1] // 2, y, colour)


def fitting_font(text: str, width: int) -> str:
    """The largest font in which the text is no wider than width pixels."""
    for font in ("bold", "tall"):
        if text_bits(text, font).shape[1] <= width:
            return font
    return "small"


def name_plate(canvas: Canvas, text: str, box: tuple[int, int, int, int], ramp: Ramp, ink: RGB, corner: int = 1) -> None:
    """A plate with the text in its middle, in the largest font that fits."""
    x0, y0, x1, y1 = box
    canvas.paint(box_mask(x0 - 1, y0 - 1, x1 + 1, y1 + 1, corner + 1), ink)
    canvas.paint(box_mask(x0, y0, x1, y1, corner), ramp[2])
    canvas.paint(box_mask(x0, y1, x1, y1, 0), ramp[1])
    font = "tall" if y1 - y0 >= 8 and text_bits(text, "tall").shape[1] <= x1 - x0 - 3 else "small"
    bits = text_bits(text, font)[:, : x1 - x0 - 1]
    canvas.stamp(bits, (x0 + x1 + 1 - bits.shape[1]) // 2, (y0 + y1 + 1 - bits.shape[0]) // 2, ink)


def contrast(colour: RGB, dark: RGB, light: RGB) -> RGB:
    """The one of the two that is readable on the colour."""
    return dark if lightness(colour) > 0.55 else light

"""Side panels, shops and counts drawn with a font, to be read: no more than the numbers, their colours and their places."""

from __future__ import annotations

import cv2
import numpy as np

from balatro.render.demo_art.font import tall_font, text_bits
from balatro.utils.pixel_font import PixelFont

BLUE, RED, GOLD, ORANGE, WHITE = (0, 157, 255), (254, 95, 85), (243, 185, 88), (255, 154, 0), (255, 255, 255)
GREEN, DARK, FELT = (75, 194, 146), (40, 52, 54), (52, 96, 78)
BOLD = {sign: text_bits(sign, "bold") for sign in tall_font() if sign not in ",."}
FONT = tall_font() | {sign: bits[:, bits.any(axis=0)] for sign, bits in BOLD.items()}
"""Strokes of two columns, as in the game's font."""


def bits_of(text: str, font: PixelFont = FONT) -> np.ndarray:
    """A line of text in a font, a column between its signs."""
    rows = next(iter(font.values())).shape[0]
    pieces = [piece for sign in text for piece in (font[sign], np.zeros((rows, 1), bool))]
    return np.concatenate(pieces[:-1], axis=1)


def write(picture: np.ndarray, text: str, x: float, y: float, height: float, colour: tuple[int, int, int]) -> None:
    """Text about (x, y), its digits so many pixels high."""
    bits = bits_of(text).astype(np.float32)
    scale = height / bits.shape[0]
    ink = cv2.resize(bits.repeat(8, 0).repeat(8, 1), None, fx=scale / 8, fy=scale / 8, interpolation=cv2.INTER_AREA)[..., None]
    top, left = round(y - ink.shape[0] / 2), round(x - ink.shape[1] / 2)
    part = picture[top : top + ink.shape[0], left : left + ink.shape[1]]
    part[:] = part + (np.array(colour) - part) * ink


def box(picture: np.ndarray, left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]) -> None:
    """A filled box."""
    picture[round(top) : round(bottom), round(left) : round(right)] = colour


def draw_panel(picture: np.ndarray, unit: float, x: float, y: float, numbers: dict[str, str]) -> None:
    """The side panel with the middle of its hands at (x, y), digits `unit` high. numbers: text by field."""
    box(picture, x - 4 * unit, y - 12 * unit, x + 4.2 * unit, y + 6.2 * unit, DARK)
    box(picture, x - 3 * unit, y - 4 * unit, x - 0.5 * unit, y - 2 * unit, BLUE)
    box(picture, x + 0.5 * unit, y - 4 * unit, x + 3 * unit, y - 2 * unit, RED)
    for name, dx, dy, height, colour in (
        ("hands", 0, 0, 1, BLUE),
        ("discards", 2.75, 0, 1, RED),
        ("money", 1.4, 2.05, 1, GOLD),
        ("ante", -0.3, 4.65, 1, ORANGE),
        ("antes", 0.75, 4.7, 0.5, WHITE),
        ("round", 2.85, 4.65, 1, ORANGE),
        ("score", 1, -6.8, 1, WHITE),
        ("score_at_least", 1, -9.5, 0.9, RED),
        ("chips", -1.6, -3, 1, WHITE),
        ("mult", 1.6, -3, 1, WHITE),
    ):
        if name in numbers:
            write(picture, numbers[name], x + dx * unit, y + dy * unit, height * unit, colour)

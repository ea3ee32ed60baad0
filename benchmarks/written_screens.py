"""Screens with every number and word that the table reads, written in a deck's own font, seen through any display.

What is drawn is no more than the ground, the boxes and the text: labels of real screens lack prices, rewards and counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from balatro.render.display import random_display, show
from balatro.render.ground import paint_ground, random_ground, random_ground_colours
from balatro.runtime.text.lexicon import BLINDS, HANDS
from balatro.utils.pixel_font import PixelFont

Colour = tuple[int, int, int]
BLUE, RED, GOLD, ORANGE, WHITE = (0, 157, 255), (254, 95, 85), (243, 185, 88), (255, 154, 0), (255, 255, 255)
GREEN, DARK, SLATE = (75, 194, 146), (40, 52, 54), (56, 70, 72)
TITLES = ((0, 147, 255), (160, 95, 10), (176, 70, 130), (150, 140, 165), (165, 155, 140))
"""Grounds of blinds' names."""
HEIGHTS = (576, 720, 900, 1080, 1440)
UNIT, HANDS_AT = 0.0444, (0.155, 0.707)
"""Height of the side panel's digits in the picture's height, and where the hands stand in its width and height."""
SMALL, PRICE = 0.37, 0.56
"""Heights of counts and of prices in those of the panel's digits, as measured on screens of 1024 x 576."""
DIMMED = (0.25, 0.65)
"""The game's ground is darker than those that cards are found on."""
SPACE = 3
"""Columns of the font between words."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture being written on, (H, W, 3) uint8 RGB, and the font; places are in heights of a digit from the hands."""

    picture: np.ndarray
    font: PixelFont

    @property
    def unit(self) -> float:
        return UNIT * self.picture.shape[0]

    def point(self, x: float, y: float) -> tuple[float, float]:
        height, width = self.picture.shape[:2]
        return HANDS_AT[0] * width + x * self.unit, HANDS_AT[1] * height + y * self.unit

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled box about a place."""
        left, top = self.point(x - width / 2, y - height / 2)
        right, bottom = self.point(x + width / 2, y + height / 2)
        self.picture[max(round(top), 0) : round(bottom), max(round(left), 0) : round(right)] = colour

    def write(self, text: str, x: float, y: float, size: float, colour: Colour) -> None:
        """Text about a place, its digits of this height."""
        bits = bits_of(text, self.font)
        rows = np.flatnonzero(self.font["0"].any(axis=1))
        scale = size * self.unit / len(rows)
        fine = bits.astype(np.float32).repeat(8, 0).repeat(8, 1)
        ink = cv2.resize(fine, None, fx=scale / 8, fy=scale / 8, interpolation=cv2.INTER_AREA)[..., None]
        left, middle = self.point(x, y)[0] - ink.shape[1] / 2, self.point(x, y)[1]
        top = middle - scale * (rows[0] + len(rows) / 2)
        part = self.picture[round(top) : round(top) + len(ink), round(left) : round(left) + ink.shape[1]]
        part[:] = part + (np.array(colour) - part) * ink


def bits_of(text: str, font: PixelFont) -> np.ndarray:
    """A line of text in a font, a column between its signs; capitals where the font has no small letters."""
    height = font["0"].shape[0]
    pieces = []
    for sign in text:
        glyph = font.get(sign, font.get(sign.upper()))
        pieces += [np.zeros((height, SPACE), bool) if glyph is None else glyph, np.zeros((height, 1), bool)]
    return np.concatenate(pieces[:-1], axis=1)


def written_screens(font: PixelFont, count: int, seed: int = 0) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Pictures (H, W, 3) uint8 RGB, by turns of a hand and of a shop, and what each says by field."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        height = int(rng.choice(HEIGHTS))
        size = (height * 16 // 9, height)
        ground = paint_ground(random_ground(random_ground_colours(rng), rng), *size)
        sheet = Sheet((ground * rng.uniform(*DIMMED)).astype(np.uint8), font)
        sheet.box(0.5, -4, 8.8, 26, SLATE)
        truth = _write_panel(sheet, rng)
        truth |= _write_shop(sheet, rng) if number % 2 else _write_hand(sheet, rng)
        yield show(sheet.picture, random_display(rng, height), rng), truth


def _any(rng: np.random.Generator, *most: int) -> int:
    """A whole number of up to one of these, each as likely."""
    return int(rng.integers(0, int(rng.choice(most)) + 1))


def _write_panel(sheet: Sheet, rng: np.random.Generator) -> dict[str, Any]:
    """The five, the antes, and the counts of jokers and consumables."""
    money = _any(rng, 9, 99, 999) if rng.random() < 0.8 else -1 - _any(rng, 9, 29)
    five = {"hands": _any(rng, 9), "discards": _any(rng, 9), "ante": 1 + _any(rng, 8, 20), "round": 1 + _any(rng, 9, 40)}
    dollars = f"{'-' if money < 0 else ''}${abs(money)}"
    for text, x, y, width, colour in (
        (str(five["hands"]), 0, 0, 2.2, BLUE),
        (str(five["discards"]), 2.75, 0, 2.2, RED),
        (dollars, 1.4, 2.05, 5.0, GOLD),
        (str(five["ante"]), -0.3, 4.65, 2.2, ORANGE),
        (str(five["round"]), 2.85, 4.65, 2.2, ORANGE),
    ):
        sheet.box(x, y, width, 1.6, DARK)
        sheet.write(text, x, y, 1.0, colour)
    counts = {"jokers": _count(rng, 8), "consumables": _count(rng, 4), "deck": _count(rng, 60)}
    for (left, of), x, y in zip(counts.values(), (5.4, 30.4, 31.2), (-9.75, -9.75, 5.4), strict=True):
        sheet.write(f"{left}/{of}", x, y, SMALL, WHITE)
    return {"money": money, **five, **counts}


def _count(rng: np.random.Generator, most: int) -> tuple[int, int]:
    of = int(rng.integers(max(most // 3, 1), most + 1))
    return int(rng.integers(0, of + 1)), of


def _write_hand(sheet: Sheet, rng: np.random.Generator) -> dict[str, Any]:
    """Blind, what is to be scored, reward, score, chips, mult, and the size of the hand."""
    blind, hand = str(rng.choice(BLINDS)), str(rng.choice(HANDS))
    least, score = (int(10 ** rng.uniform(low, 6)) for low in (2, 0))
    reward, chips, mult, level = int(rng.integers(3, 9)), _any(rng, 99, 999), _any(rng, 9, 99), int(rng.integers(1, 20))
    sheet.box(0.7, -14, 8.2, 1.4, TITLES[int(rng.integers(len(TITLES)))])
    sheet.write(blind, 0.9, -14, 0.8, WHITE)
    sheet.box(1.6, -10.4, 6.5, 3.6, DARK)
    sheet.write(f"{least:,}", 1.4, -11, 0.85, RED)
    sheet.write("$" * reward, 1.8, -9.6, 0.54, GOLD)
    sheet.box(2.0, -7.2, 6.0, 1.6, DARK)
    sheet.write(f"{score:,}", 2.0, -7.2, 0.85, WHITE)
    sheet.write(hand, -0.9, -5.4, 0.6, WHITE)
    sheet.write(f"lvl.{level}", 3.7, -5.35, 0.5, WHITE)
    for text, x, colour in ((str(chips), -1.1, BLUE), (str(mult), 3.2, RED)):
        sheet.box(x, -3.3, 3.4, 1.7, colour)
        sheet.write(text, x, -3.3, 1.0, WHITE)
    size = int(rng.integers(5, 10))
    held = int(rng.integers(1, size + 1))
    sheet.write(f"{held}/{size}", 15.5, 3.2, SMALL, WHITE)
    return {
        "blind": blind, "score_at_least": least, "reward": reward, "score": score, "hand_type": hand, "hand_level": level,
        "chips": chips, "mult": mult, "hand_count": (held, size),
    }  # fmt: skip


def _write_shop(sheet: Sheet, rng: np.random.Generator) -> dict[str, Any]:
    """Prices over two rows of wares, and what another look costs."""
    sheet.box(17, 0, 23, 15, DARK)
    reroll, prices = int(rng.integers(0, 13)), []
    sheet.box(9, -2.2, 4.6, 2.6, GREEN)
    sheet.write(f"${reroll}", 9, -2.2, 1.0, WHITE)
    for y, count in ((-5.6, int(rng.integers(1, 5))), (1.4, int(rng.integers(1, 4)))):
        for place in range(count):
            x, price = 13.5 + 3.2 * place, int(rng.integers(0, 21))
            sheet.box(x, y, 2.0, 1.2, SLATE)
            sheet.write(f"${price}", x, y, PRICE, GOLD)
            prices.append(price)
    return {"prices": sorted(prices), "reroll": reroll}

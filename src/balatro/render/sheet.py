"""Contact sheets: every card of a deck on one felt table, with its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from balatro.config.modifiers import MODIFIERS
from balatro.errors import SettingsError
from balatro.render.deck import CELL, Deck, DeckCard, to_scale
from balatro.render.editions import draw_editions, random_phases
from balatro.render.layers import Float, Pose, lay, stack_layers
from balatro.utils.images import write_png

MIXED = "Mixed"
"""Not a modifier: every card with one drawn by lot."""

_FELT = (38, 84, 72)
_CREAM = (242, 236, 216)
_PALE = (176, 204, 186)
_ROOM = 1.27
"""Cell of the table in card widths and heights: a booster pack fills it."""


@dataclass(frozen=True)
class _Plan:
    """Sizes on the sheet, in pixels."""

    columns: int
    scale: int

    @property
    def step_x(self) -> int:
        return round(CELL[0] * self.scale * _ROOM)

    @property
    def text(self) -> int:
        """Size of the names."""
        return 6 + 3 * self.scale

    @property
    def edge(self) -> int:
        return 20 * self.scale

    @property
    def caption(self) -> int:
        """Height of the line above a group."""
        return 22 * self.scale


def contact_sheet(
    deck: Deck, modifier: str = "Base", columns: int = 15, scale: int = 2, seed: int = 0, strangers: bool = False
) -> np.ndarray:
    """The deck's known cards (and its strangers) by type, each with its name: (H, W, 3) uint8 RGB.

    modifier: one of MODIFIERS, or "Mixed". columns: cards in a row. scale: sheet pixels for one of the sprite's. seed: of
    the moment in which the editions are shown. Raises SettingsError for values that make no sheet.
    """
    if modifier not in (*MODIFIERS, MIXED):
        raise SettingsError(f"modifier {modifier!r}; expected one of {', '.join((*MODIFIERS, MIXED))}")
    if not 1 <= columns <= 100 or not 1 <= scale <= 8:
        raise SettingsError(f"columns {columns}, scale {scale}; expected 1 to 100 columns and a scale of 1 to 8")
    plan = _Plan(columns, scale)
    rng = np.random.default_rng(seed)
    groups = _groups(deck.cards if strangers else deck.known)
    image = _felt(_height(groups, plan), 2 * plan.edge + columns * plan.step_x, rng)
    words: list[_Word] = []
    top = plan.edge
    for title, cards in groups:
        words.append((plan.edge, top, f"{title}  ·  {len(cards)}", plan.text + 2 * scale, _CREAM, "la"))
        top += plan.caption
        high = _card_height(cards, plan)
        for card, body, (x, y) in zip(cards, _bodies(cards, modifier, rng), _places(cards, top, plan), strict=True):
            _put(image, card, body, x, y, plan)
            words += _name(card, x, y + high / 2 + plan.text * 0.7, plan)
        top += _group_height(cards, plan)
    return _write(image, words)


def _groups(cards: Sequence[DeckCard]) -> list[tuple[str, list[DeckCard]]]:
    """The cards by type, in the deck's order."""
    order = {kind: number for number, kind in enumerate(dict.fromkeys(card.type for card in cards))}
    together = sorted(cards, key=lambda card: order[card.type])
    return [(kind, list(group)) for kind, group in groupby(together, key=lambda card: card.type)]


def _card_height(cards: Sequence[DeckCard], plan: _Plan) -> int:
    """Height of the largest card, even, so that the middle of a regular card falls between two pixels."""
    return 2 * round(CELL[1] * plan.scale * max(1.0, *(card.scale for card in cards)) / 2)


def _group_height(cards: Sequence[DeckCard], plan: _Plan) -> int:
    """Rows of cards, each with two lines of name, and some air."""
    rows = -(-len(cards) // plan.columns)
    return rows * (_card_height(cards, plan) + round(plan.text * 3.8)) + plan.edge // 2


def _height(groups: list[tuple[str, list[DeckCard]]], plan: _Plan) -> int:
    return 3 * plan.edge // 2 + sum(plan.caption + _group_height(cards, plan) for _, cards in groups)


def _places(cards: Sequence[DeckCard], top: int, plan: _Plan) -> Iterator[tuple[float, float]]:
    """The middles of the cards, such that a regular card's pixels fall on the sheet's."""
    high = _card_height(cards, plan)
    step_y = high + round(plan.text * 3.8)
    for number in range(len(cards)):
        row, column = divmod(number, plan.columns)
        left = plan.edge + column * plan.step_x + (plan.step_x - CELL[0] * plan.scale) // 2
        above = top + row * step_y + (high - CELL[1] * plan.scale) // 2
        yield left + CELL[0] * plan.scale / 2, above + CELL[1] * plan.scale / 2


def _bodies(cards: Sequence[DeckCard], modifier: str, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The cards with their edition, each (95k, 71k, 4) uint8."""
    for card in cards:
        index = rng.integers(len(MODIFIERS)) if modifier == MIXED else MODIFIERS.index(modifier)
        yield draw_editions(card.body[None], np.array([index]), random_phases(rng, 1), [card.shine])[0]


def _put(image: np.ndarray, card: DeckCard, body: np.ndarray, x: float, y: float, plan: _Plan) -> None:
    layers = stack_layers(to_scale(body, plan.scale), [], card.floating, Float(enlarged=1.0), debuffed=False)
    lay(image, card, layers, Pose(x, y, CELL[0] * plan.scale), shadow=(1.0 * plan.scale, 3.0 * plan.scale), smooth=True)


def _felt(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """A cloth: fine fibres, soft clouds, darker towards the edges."""
    fibres = cv2.GaussianBlur(rng.normal(0, 7, (height, width)).astype(np.float32), (3, 3), 0.6)
    coarse = rng.normal(0, 3, (height // 90 + 3, width // 90 + 3)).astype(np.float32)
    clouds = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None]
    light = 1.12 - 0.30 * np.maximum(np.abs(x), np.abs(y)) ** 4 - 0.10 * (x * x + y * y)
    cloth = np.array(_FELT, np.float32) * light[..., None] + (fibres + clouds)[..., None]
    return np.clip(cloth, 0, 255).astype(np.uint8)


_Word = tuple[float, float, str, int, tuple[int, int, int], str]
"""Place, text, size, colour and Pillow's anchor."""


def _name(card: DeckCard, x: float, y: float, plan: _Plan) -> list[_Word]:
    lines = _wrapped(card.name, plan.step_x * 0.96, ImageFont.load_default(plan.text))
    return [(x, y + number * plan.text * 1.1, line, plan.text, _PALE, "ma") for number, line in enumerate(lines)]


def _wrapped(text: str, room: float, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    """At most two lines that fit, broken at a space."""
    if font.getlength(text) <= room:
        return [text]
    words = text.split()
    fits = [count for count in range(1, len(words)) if font.getlength(" ".join(words[:count])) <= room]
    lines = [" ".join(words[: fits[-1]]), " ".join(words[fits[-1] :])] if fits else [text]
    return [_cut(line, room, font) for line in lines]


def _cut(line: str, room: float, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    if font.getlength(line) <= room:
        return line
    while line and font.getlength(line + "…") > room:
        line = line[:-1]
    return line + "…"


def _write(image: np.ndarray, words: list[_Word]) -> np.ndarray:
    picture = Image.fromarray(image)
    pen = ImageDraw.Draw(picture)
    for x, y, text, size, colour, anchor in words:
        font = ImageFont.load_default(size)
        pen.text((x + 1, y + 1), text, fill=(16, 36, 32), font=font, anchor=anchor)
        pen.text((x, y), text, fill=colour, font=font, anchor=anchor)
    return np.array(picture)


def write_sheet(sheet: np.ndarray, path: Path) -> None:
    """Write a sheet (H, W, 3) uint8 RGB as PNG, whole or not at all."""
    if path.suffix.lower() != ".png":
        raise SettingsError(f"{path}: a sheet is written as PNG; give it a name that ends in .png")
    write_png(path, sheet, packed=True)

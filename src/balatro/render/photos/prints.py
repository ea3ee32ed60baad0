"""Printed cards as scans show them: a border, a frame, a title, painted art, a box of words; of many games' shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from balatro.render import interface
from balatro.render.deck import CELL, DeckCard
from balatro.render.photos.art import clouds, ellipse, fill, paint, palette, ramp

PREFIX, BACK = "print", "printed_back"
PRINTED = "Printed card"
"""The type of these cards: they have no modifier."""
BODY_HEIGHT = 190
"""Rows of a body; a card that is shown larger is drawn anew."""
ASPECTS = ((0.716, 0.55), (0.70, 0.1), (0.64, 0.13), (0.585, 0.12), (0.55, 0.1))
"""Width by height of the cards of games, and how often each comes: trading cards, bridge and poker cards, tarot."""

Rng = np.random.Generator
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in shares of the card."""


@dataclass(frozen=True)
class Style:
    """What the cards of one game share."""

    aspect: float
    border: float
    """Width of the border as a share of the card's width."""
    edge: tuple[float, float, float]
    corner: float
    layout: int


def style_of(seed: int, family: int) -> Style:
    """The look of a family of cards."""
    rng = np.random.default_rng([seed, family, 71])
    shapes, often = zip(*ASPECTS, strict=True)
    aspect = float(rng.choice(shapes, p=often)) * float(np.exp(rng.normal(0, 0.012)))
    tone = rng.random()
    grey = float(rng.uniform(5, 40)) if tone < 0.4 else float(rng.uniform(215, 255))
    colour = np.clip(np.full(3, grey) + rng.normal(0, 5, 3), 0, 255) if tone < 0.72 else palette(rng)[int(rng.integers(5))]
    wide = float(rng.choice([0.0, rng.uniform(0.02, 0.07)], p=[0.15, 0.85]))
    edge = (float(colour[0]), float(colour[1]), float(colour[2]))
    return Style(aspect, wide, edge, float(rng.uniform(0.02, 0.07)), int(rng.integers(len(LAYOUTS))))


def print_card(seed: int, number: int) -> DeckCard:
    """The printed card of this number: four cards of each family lie beside each other. body: (190, 142, 4) uint8 RGBA."""
    style = style_of(seed, number // 4)
    body = draw_print(seed, number, BODY_HEIGHT)
    name = f"{PREFIX} {seed} {number}"
    shape = (round(style.aspect * 95 / 71, 4), 1.0)
    return DeckCard(name.replace(" ", "_"), name, PRINTED, "", cv2.resize(body, (142, BODY_HEIGHT)), None, shape)


def back_card(seed: int, number: int) -> DeckCard:
    """A printed card's back, which has no name of its own. body: (190, 142, 4) uint8 RGBA."""
    style = style_of(seed, number)
    name = f"{BACK} {seed} {number}"
    shape = (round(style.aspect * 95 / 71, 4), 1.0)
    body = cv2.resize(_back_of(seed, number, BODY_HEIGHT), (142, BODY_HEIGHT))
    return DeckCard(name.replace(" ", "_"), name, "Card back", "", body, None, shape, known=False)


def is_print(card: DeckCard) -> bool:
    """Whether this module drew it."""
    return card.name.startswith((f"{PREFIX} ", f"{BACK} "))


def _back_of(seed: int, number: int, height: int) -> np.ndarray:
    return draw_back(round(height * style_of(seed, number).aspect), height, np.random.default_rng([seed, number, 74]))


def sharp(card: DeckCard, height: int) -> np.ndarray:
    """(H, W, 4) uint8 RGBA straight alpha: a card as high as it is to be shown; other cards as their deck has them."""
    if is_print(card):
        kind, seed, number = card.name.split(" ")
        draw = draw_print if kind == PREFIX else _back_of
        return draw(int(seed), int(number), height) if height > BODY_HEIGHT else _to_aspect(card)
    alpha = card.body[..., 3] > 127
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    body = card.body[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else card.body
    times = max(min(round(height / len(body)), 5), 1)
    return body.repeat(times, axis=0).repeat(times, axis=1)


def _to_aspect(card: DeckCard) -> np.ndarray:
    """A printed card's body at its own shape."""
    return np.asarray(cv2.resize(card.body, (round(BODY_HEIGHT * aspect_of(card)), BODY_HEIGHT), interpolation=cv2.INTER_AREA))


def aspect_of(card: DeckCard) -> float:
    """Width by height as it is shown."""
    if is_print(card):
        return card.size[0] * CELL[0] / CELL[1]
    alpha = card.body[..., 3] > 127
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    return float((columns[-1] - columns[0] + 1) / (rows[-1] - rows[0] + 1)) if len(rows) else CELL[0] / CELL[1]


def draw_print(seed: int, number: int, height: int) -> np.ndarray:
    """(height, W, 4) uint8 RGBA, straight alpha: the same card at any height."""
    style = style_of(seed, number // 4)
    rng = np.random.default_rng([seed, number, 72])
    width = round(height * style.aspect)
    image = np.empty((height, width, 3), np.float32)
    image[:] = style.edge
    left, top = style.border, style.border * style.aspect * float(rng.choice([1.0, 1.0, 1.4]))
    inner = part(image, (left, top, 1 - left, 1 - top))
    LAYOUTS[style.layout](inner, rng, np.random.default_rng([seed, number // 4, 73]))
    out = np.empty((height, width, 4), np.uint8)
    out[..., :3] = np.clip(image, 0, 255)
    out[..., 3] = rounded(width, height, style.corner * width)
    return out


def rounded(width: int, height: int, radius: float) -> np.ndarray:
    """(H, W) uint8: 255 in a box with round corners."""
    mask = np.zeros((height, width), np.uint8)
    r = max(round(radius), 1)
    cv2.rectangle(mask, (r, 0), (width - 1 - r, height - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width - 1, height - 1 - r), 255, -1)
    for x in (r, width - 1 - r):
        for y in (r, height - 1 - r):
            cv2.circle(mask, (x, y), r, 255, -1, cv2.LINE_AA)
    return mask


def part(image: np.ndarray, box: Box) -> np.ndarray:
    """The part of a picture in this box, to be drawn on; at least a pixel."""
    height, width = image.shape[:2]
    left, top = round(box[0] * width), round(box[1] * height)
    return image[top : max(round(box[3] * height), top + 1), left : max(round(box[2] * width), left + 1)]


def _paint_into(image: np.ndarray, rng: Rng) -> None:
    image[:] = paint(image.shape[1], image.shape[0], rng)


def _paper(image: np.ndarray, rng: Rng, colours: np.ndarray, rough: float = 0.3) -> None:
    """A ground for words or around art: one colour with veins, or a run of colours."""
    height, width = image.shape[:2]
    image[:] = ramp(np.clip(0.5 + (clouds(width, height, rng, 6, 0.75, 3) - 0.5) * rough * 3, 0, 1), colours)


def _rim(image: np.ndarray, box: Box, rng: Rng) -> None:
    """A line around a box, lit from above."""
    height, width = image.shape[:2]
    line = max(round(0.008 * height), 1)
    corners = (round(box[0] * width), round(box[1] * height)), (round(box[2] * width), round(box[3] * height))
    cv2.rectangle(image, *corners, rng.uniform(0, 255, 3).tolist(), line)


@lru_cache(maxsize=64)
def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=pixels)


def _write(image: np.ndarray, text: str, place: Box, size: float, ink: np.ndarray) -> None:
    """Words from the left of a box, at `size` of the picture's height; long words go on in the next line."""
    pixels = max(round(size * image.shape[0]), 3)
    room = part(image, place)
    lines: list[str] = []
    line = ""
    for word in text.split():
        if (len(line) + len(word)) * pixels * 0.52 > room.shape[1] and line:
            lines, line = [*lines, line], ""
        line = f"{line} {word}".strip()
    lines.append(line)
    mask = Image.new("L", (room.shape[1], room.shape[0]))
    ImageDraw.Draw(mask).multiline_text((pixels // 4, 0), "\n".join(lines), fill=255, font=_font(pixels), spacing=pixels // 5)
    alpha = np.asarray(mask, np.float32)[..., None] / 255
    room += (ink.astype(np.float32) - room) * alpha


def _ink_on(image: np.ndarray, rng: Rng) -> np.ndarray:
    dark = float(image.mean()) > 115
    return np.full(3, rng.uniform(0, 50) if dark else rng.uniform(210, 255))


def _trading(image: np.ndarray, rng: Rng, family: Rng) -> None:
    """Title, art, a line of words, a box of rules."""
    _paper(image, rng, np.sort(palette(family), 0)[1:4], float(family.uniform(0.1, 0.8)))
    side, title = float(family.uniform(0.03, 0.09)), float(family.uniform(0.06, 0.11))
    middle, foot = float(family.uniform(0.48, 0.62)), float(family.uniform(0.88, 0.97))
    art, box = (side, title + 0.01, 1 - side, middle), (side, middle + 0.06, 1 - side, foot)
    bars = family.random() < 0.5
    for bar in ((side / 2, 0.015, 1 - side / 2, title), (side / 2, middle + 0.008, 1 - side / 2, middle + 0.055)):
        if bars:
            _paper(part(image, bar), rng, palette(rng)[3:], 0.2)
    _paint_into(part(image, art), rng)
    room = part(image, box)
    room[:] = room * 0.25 + np.float32(0.75) * (palette(rng)[4] * 0.3 + 170)
    if family.random() < 0.8:
        _rim(image, art, family)
        _rim(image, box, family)
    _write(image, interface.random_words(rng, 2).title(), (side, 0.02, 0.8, title + 0.03), title * 0.62, _ink_on(image, rng))
    _write(image, interface.random_words(rng, 2), (side, middle + 0.01, 0.9, middle + 0.07), 0.036, _ink_on(image, rng))
    words = interface.random_words(rng, int(rng.integers(4, 26)))
    _write(image, words, (box[0] + 0.02, box[1] + 0.03, box[2], box[3]), float(rng.uniform(0.032, 0.048)), _ink_on(room, rng))
    for i in range(int(rng.integers(0, 4))):
        fill(image, ellipse(0.95 - 0.065 * i, title / 2 + 0.01, 0.028, 0.02), rng.uniform(0, 255, 3))


def _full_art(image: np.ndarray, rng: Rng, family: Rng) -> None:
    """Art from edge to edge, a name at the head or the foot."""
    _paint_into(image, rng)
    foot = family.random() < 0.6
    bar = (0.04, 0.9, 0.96, 0.975) if foot else (0.04, 0.02, 0.96, 0.09)
    if family.random() < 0.7:
        part(image, bar)[:] = palette(family)[int(family.integers(5))]
    _write(
        image,
        interface.random_words(rng, 2).upper(),
        (0.15, bar[1] + 0.01, 0.96, bar[3] + 0.02),
        0.05,
        _ink_on(part(image, bar), rng),
    )
    if family.random() < 0.4:
        room = part(image, (0.06, 0.62, 0.94, 0.88))
        room[:] = room * 0.4 + 140
        words = interface.random_words(rng, int(rng.integers(5, 18)))
        _write(image, words, (0.08, 0.63, 0.94, 0.88), 0.04, _ink_on(room, rng))


def _tarot(image: np.ndarray, rng: Rng, family: Rng) -> None:
    """Art in a line on paper, a number above, a name below."""
    light = family.random() < 0.7
    image[:] = (np.full(3, family.uniform(200, 250)) if light else palette(family)[1]) * family.uniform(0.9, 1.0, 3)
    side, foot = float(family.uniform(0.02, 0.1)), float(family.uniform(0.86, 0.97))
    art = (side, float(family.uniform(0.02, 0.09)), 1 - side, foot)
    _paint_into(part(image, art), rng)
    _rim(image, art, family)
    _write(image, interface.random_words(rng, 1).upper(), (0.3, foot + 0.01, 1, 1), 0.045, _ink_on(image, rng))
    if family.random() < 0.5:
        _write(image, "IVX"[: int(rng.integers(1, 4))], (0.45, 0.01, 1, 0.1), 0.05, _ink_on(image, rng))


def _pips(image: np.ndarray, rng: Rng, family: Rng) -> None:
    """Signs in rows on white, an index in two corners; or a court in a frame."""
    image[:] = family.uniform(225, 255)
    ink = np.array([200, 20, 30.0]) if rng.random() < 0.5 else np.full(3, 20.0)
    if rng.random() < 0.3:
        court = part(image, (0.14, 0.1, 0.86, 0.9))
        half = part(court, (0, 0, 1, 0.5))
        _paint_into(half, rng)
        court[-half.shape[0] :] = half[::-1, ::-1]
        _rim(image, (0.14, 0.1, 0.86, 0.9), family)
    else:
        num = int(rng.integers(1, 11))
        columns = (0.5,) if num < 4 else (0.32, 0.68)
        rows = -(-num // len(columns))
        sign = ellipse(0, 0, 0.09, 0.06, num=int(family.integers(3, 12)))
        for i in range(num):
            y = 0.5 if rows == 1 else 0.2 + 0.6 * (i // len(columns)) / (rows - 1)
            fill(image, sign + np.array((columns[i % len(columns)], y)), ink)
    index = "A23456789JQK"[int(rng.integers(12))]
    _write(image, index, (0.03, 0.02, 0.3, 0.2), 0.09, ink)
    fill(image, ellipse(0.08, 0.15, 0.035, 0.025, num=5), ink)
    corner = part(image, (0, 0, 0.14, 0.2))
    image[-corner.shape[0] :, -corner.shape[1] :] = corner[::-1, ::-1]


def _banner(image: np.ndarray, rng: Rng, family: Rng) -> None:
    """A creature card: name and points above, art, moves with signs, small print below."""
    colours = palette(rng)
    _paper(image, rng, np.sort(colours, 0)[2:], 0.4)
    art = (0.05, 0.1, 0.95, float(family.uniform(0.45, 0.55)))
    _paint_into(part(image, art), rng)
    _rim(image, art, family)
    _write(image, interface.random_words(rng, 1).title(), (0.12, 0.025, 0.7, 0.12), 0.06, _ink_on(image, rng))
    _write(image, str(rng.integers(30, 200)), (0.75, 0.025, 1, 0.12), 0.055, np.array([190, 20, 20.0]))
    y = art[3] + 0.07
    while y < 0.84:
        fill(image, ellipse(0.1, y + 0.02, 0.03, 0.021), palette(rng)[3])
        _write(image, interface.random_words(rng, 2).title(), (0.2, y, 0.8, y + 0.07), 0.046, _ink_on(image, rng))
        _write(image, interface.random_words(rng, 9), (0.07, y + 0.055, 0.95, y + 0.14), 0.031, _ink_on(image, rng))
        y += float(rng.uniform(0.13, 0.2))
    part(image, (0.05, 0.88, 0.95, 0.885))[:] = 40
    _write(image, interface.random_words(rng, 10), (0.05, 0.9, 0.97, 0.99), 0.025, _ink_on(image, rng))


LAYOUTS: tuple[Callable[[np.ndarray, Rng, Rng], None], ...] = (_trading, _trading, _full_art, _tarot, _pips, _banner)


def draw_back(width: int, height: int, rng: Rng) -> np.ndarray:
    """(H, W, 4) uint8 RGBA: the back of a printed card, the same from both ends."""
    colours = palette(rng)
    image = np.empty((height, width, 3), np.float32)
    image[:] = (colours[4] * 0.2 + 200) if rng.random() < 0.5 else colours[0] * 0.5
    edge = float(rng.uniform(0.02, 0.08))
    inner = part(image, (edge, edge * 0.7, 1 - edge, 1 - edge * 0.7))
    if rng.random() < 0.5:
        period, y, x = rng.uniform(0.03, 0.12) * width, *np.mgrid[0 : inner.shape[0], 0 : inner.shape[1]].astype(np.float32)
        waves = 0.5 + 0.25 * (np.sin((x + y) * 6.28 / period) + np.sin((x - y) * 6.28 / period))
        inner[:] = ramp(np.clip(waves, 0, 1), colours)
    else:
        _paper(inner, rng, colours, 0.7)
    fill(inner, ellipse(0.5, 0.5, rng.uniform(0.15, 0.42), rng.uniform(0.1, 0.35)), colours[int(rng.integers(5))])
    fill(inner, ellipse(0.5, 0.5, rng.uniform(0.05, 0.14), rng.uniform(0.03, 0.1)), colours[int(rng.integers(5))])
    out = np.dstack([np.clip(image, 0, 255).astype(np.uint8), rounded(width, height, 0.05 * width)])
    return np.ascontiguousarray(out)

"""Pictures with the cards marked: boxes, names, modifiers and confidences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from balatro.identify_card.card import Card

COLOURS = {
    "Base": (255, 213, 94),
    "Foil": (96, 176, 255),
    "Holographic": (255, 122, 190),
    "Polychrome": (194, 146, 255),
    "Negative": (104, 238, 208),
}
"""One colour per modifier, RGB: none of them white, as most cards are, and all readable on the dark plates."""
INK = (246, 244, 238)
"""Names, RGB."""
UNKNOWN = (168, 172, 178)
PLATE = (16, 19, 24, 225)
"""Labels' ground, RGBA: nearly opaque, so that text can be read on any card."""
OVERSAMPLE = 2
"""Lines are drawn this much larger and reduced, which smooths slanted edges."""

OVERSAMPLE_BELOW = 10_000_000
"""Pixels of a picture from which on that is not worth its memory."""


Place: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""


@dataclass(frozen=True)
class Label:
    """The text of a card (lines and their colours) and where its plate lies."""

    lines: tuple[tuple[str, tuple[int, int, int]], ...]
    place: Place
    stem: Place | None
    """A line (x, y, x, y) from the card to a label that does not touch it."""


def draw_cards(image: np.ndarray, cards: Sequence[Card]) -> np.ndarray:
    """A copy of an (H, W, 3) uint8 RGB picture on which every card is framed and named, in one colour per modifier.

    Cards that are not known get a thin grey frame and no label.
    """
    height, width = image.shape[:2]
    base = Image.fromarray(image).convert("RGBA")
    base.alpha_composite(_frames((width, height), cards))
    plates = Image.new("RGBA", base.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(plates)
    size = text_size(width, height, cards)
    labels = place_labels(cards, size, (width, height))
    for label in labels:
        _draw_stem(pen, label, size)
    for label in labels:
        _draw_label(pen, label, size)
    base.alpha_composite(plates)
    return np.asarray(base.convert("RGB")).copy()


def text_size(width: int, height: int, cards: Sequence[Card]) -> float:
    """Height of the letters in pixels: by the cards' size, so that a name is about as wide as its card."""
    heights = [card.box[3] - card.box[1] for card in cards if card.known]
    card = float(np.median(heights)) if heights else min(width / 16, height / 9) * 1.8
    return float(np.clip(card * 0.115, 9, max(9, height / 14)))


def place_labels(cards: Sequence[Card], size: float, frame: tuple[int, int]) -> list[Label]:
    """A label for every known card, where it hides least: below its card, above it, or upon it; none covers another.

    Labels of a crowded row form steps.
    """
    placed: list[Label] = []
    for card in sorted((card for card in cards if card.known), key=lambda card: (card.box[1] + card.box[3], card.box[0])):
        lines = _lines(card, size)
        place = _best_place(card, cards, _plate_size(lines, size), placed, frame)
        placed.append(Label(lines, place, _stem(card, place)))
    return placed


def _lines(card: Card, size: float) -> tuple[tuple[str, tuple[int, int, int]], ...]:
    colour = COLOURS.get(card.modifier, COLOURS["Base"])
    note = f"{card.confidence * 100:.0f}%" if card.modifier in ("", "Base") else f"{card.modifier} {card.confidence * 100:.0f}%"
    return (*((line, INK) for line in _wrap(card.name or "", size, card.box[2] - card.box[0])), (note, colour))


def _wrap(name: str, size: float, width: float) -> list[str]:
    """A name in one line, or in two when it is much wider than its card and has a space."""
    if _text_width(name, size) <= width * 1.05 or " " not in name:
        return [name]
    words = name.split()
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return list(min(splits, key=lambda pair: max(_text_width(line, size) for line in pair)))


def _plate_size(lines: Sequence[tuple[str, tuple[int, int, int]]], size: float) -> tuple[float, float]:
    width = max(_text_width(line, _line_size(number, len(lines), size)) for number, (line, _) in enumerate(lines))
    return width + size * 0.8, size * (1.16 * len(lines) + 0.34)


def _line_size(number: int, count: int, size: float) -> float:
    """The last line (modifier, confidence) is a little smaller than the name."""
    return size * 0.88 if number == count - 1 else size


def _best_place(
    card: Card, cards: Sequence[Card], plate: tuple[float, float], placed: Sequence[Label], frame: tuple[int, int]
) -> Place:
    """Of ten places the one that costs least: covering cards costs, and so does being far from one's own."""
    width, height = plate
    left = float(np.clip(_middle(card, cards) - width / 2, 0, max(0.0, frame[0] - width)))
    step = height + max(1.0, height * 0.04)
    tops = [card.box[3] + max(1.0, height * 0.04) + number * step for number in range(5)]
    tops += [card.box[1] - step, card.box[1] - 2 * step]
    tops += [card.box[3] - step, (card.box[1] + card.box[3] - height) / 2, card.box[1] + step - height]
    best, least = (left, 0.0, left + width, height), np.inf
    for top in tops:
        place = (left, float(np.clip(top, 0, max(0.0, frame[1] - height))), left + width, 0.0)
        place = (*place[:3], place[1] + height)
        cost = _cost(place, abs(top - tops[0]) / step, card, cards, placed)
        if cost < least:
            best, least = place, cost
    return best


def _middle(card: Card, cards: Sequence[Card]) -> float:
    """The x of the middle of what shows of a card: in a crowded row its right neighbour covers it."""
    left, top, right, bottom = card.box
    covering = [other.box[0] for other in cards if left < other.box[0] < right and other.box[1] < bottom and top < other.box[3]]
    return (left + min(covering, default=right)) / 2


def _cost(place: Place, steps: float, card: Card, cards: Sequence[Card], placed: Sequence[Label]) -> float:
    """How bad a place is; touching another label is worst."""
    area = (place[2] - place[0]) * (place[3] - place[1])
    labels = sum(_common(place, label.place) for label in placed) / area
    others = sum(_common(place, other.box) for other in cards if other is not card and other.known) / area
    return 20 * labels + (4 if labels else 0) + 3 * min(others, 1.0) + 0.9 * _common(place, card.box) / area + 0.12 * steps**2


def _common(one: Place, other: Sequence[float]) -> float:
    """Area that two upright boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _stem(card: Card, place: Place) -> Place | None:
    """From the middle of the card's foot or head to a label that lies off it."""
    x = (place[0] + place[2]) / 2
    if place[1] > card.box[3] + (place[3] - place[1]) / 2:
        return (x, card.box[3], x, place[1])
    if place[3] < card.box[1] - (place[3] - place[1]) / 2:
        return (x, card.box[1], x, place[3])
    return None


def _frames(size: tuple[int, int], cards: Sequence[Card]) -> Image.Image:
    """The cards' outlines on transparent ground. As on the table, a card hides what lies to its left and below it."""
    scale = OVERSAMPLE if size[0] * size[1] < OVERSAMPLE_BELOW else 1
    layer = Image.new("RGBA", (size[0] * scale, size[1] * scale), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for card in sorted(cards, key=lambda card: card.box[0]):
        thick = max(1.0, (card.box[3] - card.box[1]) * 0.022) * scale
        corners = [(x * scale, y * scale) for x, y in card.quad]
        pen.polygon(corners, fill=(0, 0, 0, 0))
        if card.known:
            _outline(pen, corners, (0, 0, 0, 150), thick * 1.9)
            _outline(pen, corners, (*COLOURS.get(card.modifier, COLOURS["Base"]), 255), thick)
        else:
            _outline(pen, corners, (*UNKNOWN, 190), max(1.0, thick * 0.45))
    return layer.resize(size, Image.Resampling.BOX)


def _outline(pen: ImageDraw.ImageDraw, corners: list[tuple[int, int]], colour: tuple[int, int, int, int], thick: float) -> None:
    ring = [*corners, corners[0], corners[1]]
    pen.line(ring, fill=colour, width=max(1, round(thick)), joint="curve")


def _draw_stem(pen: ImageDraw.ImageDraw, label: Label, size: float) -> None:
    if label.stem is not None:
        pen.line(label.stem, fill=(0, 0, 0, 170), width=max(3, round(size * 0.3)))
        pen.line(label.stem, fill=(*label.lines[-1][1], 255), width=max(1, round(size * 0.12)))


def _draw_label(pen: ImageDraw.ImageDraw, label: Label, size: float) -> None:
    left, top, right, bottom = label.place
    colour = label.lines[-1][1]
    pen.rounded_rectangle((left, top, right - 1, bottom - 1), radius=size * 0.3, fill=PLATE, outline=(*colour, 150), width=1)
    y = top + size * 0.17
    for number, (line, ink) in enumerate(label.lines):
        letters = _line_size(number, len(label.lines), size)
        x = (left + right - _text_width(line, letters)) / 2
        pen.text((x, y), line, font=_font(letters), fill=(*ink, 255))
        y += size * 1.16


def _text_width(text: str, size: float) -> float:
    return float(_font(size).getlength(text))


_FONTS: dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont] = {}


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font in about this size; half pixels are enough."""
    key = round(size * 2)
    if key not in _FONTS:
        _FONTS[key] = ImageFont.load_default(size=key / 2)
    return _FONTS[key]

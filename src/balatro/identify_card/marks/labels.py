"""What stands at a card that is marked in a picture, and where: its name, its modifier and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from balatro.config.shapes import MARGIN
from balatro.identify_card.card import Card
from balatro.identify_card.marks import fonts
from balatro.utils.flags.pick import expect
from balatro.utils.quads import reading_order

COLOURS = {
    "Base": (255, 213, 94),
    "Foil": (96, 176, 255),
    "Holographic": (255, 122, 190),
    "Polychrome": (194, 146, 255),
    "Negative": (104, 238, 208),
}
"""One colour per modifier, RGB: none of them white, as most cards are, and all readable on the dark plates."""
DOUBTFUL = (255, 120, 62)
"""RGB, of cards that are covered or not surely read, whatever their modifier."""
INK = (246, 244, 238)
"""Names, RGB."""
DIM = (176, 181, 188)
"""Runners-up, RGB."""
STYLES = ("both", "outline", "label")
"""What is drawn of a card; the keys go through them in this order."""
RUNNERS_UP = 2
LEAST_PROBABLE = 0.005
"""Runners-up below this probability are not worth a line."""

Colour: TypeAlias = tuple[int, int, int]
Place: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn of each card."""

    style: str = "both"
    """One of STYLES."""
    runners_up: bool = False
    """Whether the next likeliest names stand below."""
    beside: bool = False
    """Whether nothing may lie upon a card or the margin that is read with it: for drawings over the screen that is watched."""
    numbers: bool = False
    """Whether each thing has its number, from 1 in the order in which they are given: also what is none of the known cards."""

    def __post_init__(self) -> None:
        expect(self.style in STYLES, "style", self.style, ", ".join(STYLES[:-1]) + f" or {STYLES[-1]}")


USUAL = Drawing()
NUMBERED = Drawing(numbers=True)


@dataclass(frozen=True)
class Line:
    """One line of a label."""

    text: str
    colour: Colour
    size: float
    """Height of its letters in pixels."""


@dataclass(frozen=True)
class Label:
    """The text of a card and where its plate lies."""

    lines: tuple[Line, ...]
    colour: Colour
    """Of the plate's edge, as that of the card's outline."""
    place: Place
    stem: Place | None
    """A line (x, y, x, y) from the card to a label that does not touch it."""


def colour_of(card: Card, doubtful: Collection[Card]) -> Colour:
    """The colour in which a card's label is edged, and a known card is outlined."""
    if not card.known:
        return DIM
    return DOUBTFUL if card in doubtful else COLOURS.get(card.modifier, COLOURS["Base"])


def text_size(width: int, height: int, cards: Sequence[Card]) -> float:
    """Height of the letters in pixels: by the cards' size, so that a name is about as wide as its card."""
    heights = [card.box[3] - card.box[1] for card in cards if card.known]
    card = float(np.median(heights)) if heights else min(width / 16, height / 9) * 1.8
    return float(np.clip(card * 0.115, 9, max(9, height / 14)))


def place_labels(
    cards: Sequence[Card],
    size: float,
    frame: tuple[int, int],
    drawing: Drawing = USUAL,
    doubtful: Collection[Card] = (),
) -> list[Label]:
    """A label for every known card, where it hides least: below its card, above it, or upon it; none covers another.

    Labels of a crowded row form steps. With `drawing.beside` none lies upon a card, and one that finds no place is left out.
    With `drawing.numbers` the others have one, too, with their number alone.
    """
    placed: list[Label] = []
    told = [(number, card) for number, card in enumerate(cards, 1) if card.known or drawing.numbers]
    for index in reading_order(np.array([card.quad for _, card in told], np.float32).reshape(-1, 4, 2)):
        number, card = told[index]
        label = _place_label(card, number, cards, size, frame, drawing, doubtful, placed)
        if label is None and drawing.runners_up:
            label = _place_label(card, number, cards, size, frame, replace(drawing, runners_up=False), doubtful, placed)
        placed += [] if label is None else [label]
    return placed


def _place_label(
    card: Card,
    number: int,
    cards: Sequence[Card],
    size: float,
    frame: tuple[int, int],
    drawing: Drawing,
    doubtful: Collection[Card],
    placed: Sequence[Label],
) -> Label | None:
    colour = colour_of(card, doubtful)
    lines = _lines(card, f"{number}  " if drawing.numbers else "", size, drawing, colour, card in doubtful)
    find = _free_place if drawing.beside else _best_place
    place = find(card, cards, _plate_size(lines, size), placed, frame)
    return None if place is None else Label(lines, colour, place, _stem(card, place))


def line_height(line: Line) -> float:
    """Pixels from one line to the next."""
    return line.size * 1.16


def text_width(line: Line) -> float:
    """Pixels."""
    return fonts.width(line.text, line.size)


def _lines(card: Card, number: str, size: float, drawing: Drawing, colour: Colour, is_doubtful: bool) -> tuple[Line, ...]:
    if not card.known:
        return (Line(number.strip(), DIM, size * 0.8),)
    sure = f"{card.confidence * 100:.0f}%{'?' if is_doubtful else ''}"
    note = sure if card.modifier in ("", "Base") else f"{card.modifier} {sure}"
    name = _wrap(fonts.drawable(card.name or ""), size, card.box[2] - card.box[0])
    lines = [Line(text, INK, size) for text in (number + name[0], *name[1:])]
    if card.fields:
        lines.append(Line(fonts.drawable(" · ".join(card.fields.values())), DIM, size * 0.8))
    lines.append(Line(note, colour, size * 0.88))
    if drawing.runners_up:
        others = [guess for guess in card.top if guess.id != card.id and guess.confidence >= LEAST_PROBABLE][:RUNNERS_UP]
        lines += [Line(fonts.drawable(f"{guess.name} {guess.confidence * 100:.0f}%"), DIM, size * 0.8) for guess in others]
    return tuple(lines)


def _wrap(name: str, size: float, width: float) -> list[str]:
    """A name in one line, or in two when it is much wider than its card and has a space."""
    if _name_width(name, size) <= width * 1.05 or " " not in name:
        return [name]
    words = name.split()
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return list(min(splits, key=lambda pair: max(_name_width(line, size) for line in pair)))


def _name_width(name: str, size: float) -> float:
    return text_width(Line(name, INK, size))


def _plate_size(lines: Sequence[Line], size: float) -> tuple[float, float]:
    return max(map(text_width, lines)) + size * 0.8, sum(map(line_height, lines)) + size * 0.34


def _best_place(
    card: Card, cards: Sequence[Card], plate: tuple[float, float], placed: Sequence[Label], frame: tuple[int, int]
) -> Place:
    """Of ten places the one that costs least: covering cards costs, and so does being far from one's own."""
    width, height = plate
    gap = max(1.0, height * 0.04)
    step = height + gap
    tops = [card.box[3] + gap + number * step for number in range(5)]
    tops += [card.box[1] - step, card.box[1] - 2 * step]
    tops += [card.box[3] - step, (card.box[1] + card.box[3] - height) / 2, card.box[1] + step - height]
    left = _middle(card, cards) - width / 2
    places = [_clipped((left, top, left + width, top + height), frame) for top in tops]
    costs = [_cost(place, (top - tops[0]) / step, card, cards, placed) for place, top in zip(places, tops, strict=True)]
    return places[int(np.argmin(costs))]


def _free_place(
    card: Card, cards: Sequence[Card], plate: tuple[float, float], placed: Sequence[Label], frame: tuple[int, int]
) -> Place | None:
    """The nearest place below or above a card, perhaps a little aside, where a label touches no card and no other label."""
    width, height = plate
    away = _reach(card) + 1.0
    middle = _middle(card, cards) - width / 2
    for number in range(5):
        for top in (card.box[3] + away + number * height, card.box[1] - away - (number + 1) * height):
            for aside in (0.0, -0.15, 0.15, -0.3, 0.3, -0.45, 0.45):
                left = middle + aside * width
                place = _clipped((left, top, left + width, top + height), frame)
                if _is_free(place, cards, placed):
                    return place
    return None


def _clipped(place: Place, frame: tuple[int, int]) -> Place:
    """Moved into the picture."""
    left = float(np.clip(place[0], 0, max(0.0, frame[0] - (place[2] - place[0]))))
    top = float(np.clip(place[1], 0, max(0.0, frame[1] - (place[3] - place[1]))))
    return (left, top, left + place[2] - place[0], top + place[3] - place[1])


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


def _is_free(place: Place, cards: Sequence[Card], placed: Sequence[Label]) -> bool:
    """Whether it touches no card, nor the margin that is read with one, nor a label."""
    for card in cards:
        reach = _reach(card)
        left, top, right, bottom = card.box
        if _common(place, (left - reach, top - reach, right + reach, bottom + reach)) > 0:
            return False
    return not any(_common(place, label.place) > 0 for label in placed)


def _reach(card: Card) -> float:
    """Pixels around a card's box that are read with it, and its outline."""
    return (card.box[3] - card.box[1]) * (MARGIN + 0.045) + 2


def _common(one: Place, other: Sequence[float]) -> float:
    """Area that two upright boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _stem(card: Card, place: Place) -> Place | None:
    """From the middle of the card's foot or head to a label that lies off it."""
    x = float(np.clip((place[0] + place[2]) / 2, card.box[0], card.box[2]))
    if place[1] > card.box[3] + (place[3] - place[1]) / 2:
        return (x, card.box[3], x, place[1])
    if place[3] < card.box[1] - (place[3] - place[1]) / 2:
        return (x, card.box[1], x, place[3])
    return None

"""Layouts of the game's screens, written as things: what the encoder would tell of cards that lie so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from balatro.config.kinds import KINDS
from balatro.identify_card.card import Card
from balatro.identify_card.table.things import Thing

WIDTH, HEIGHT = 85.0, 113.0
"""Of a card on a screen of 1024x576."""
PILE = (893.0, 478.0)


def quad_at(x: float, y: float, turn: float = 0.0, height: float = HEIGHT, width: float = WIDTH) -> np.ndarray:
    """(4, 2) corners of a card around a middle, turned clockwise by radians."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    turned = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(turned + np.array([x, y]), np.float32)


def thing_of(kind: str, quad: np.ndarray, type: str | None = None, nothing: float = 0.0) -> Thing:
    """type: of a card with a name; None for what has none. nothing: probability that it is no card."""
    kinds = np.zeros(len(KINDS))
    kinds[KINDS.index(kind)], kinds[0] = 1 - nothing, nothing
    corners = tuple((round(x), round(y)) for x, y in quad.tolist())
    box = (*quad.min(axis=0).astype(int).tolist(), *quad.max(axis=0).astype(int).tolist())
    name = None if type is None else f"A {type}"
    card = Card(name, name, type, None, "Base", type is not None, 0.9, 0.9, box, corners, ())
    return Thing(card, quad, kinds)


def row_of(kind: str, xs: Iterable[float], y: float, types: Sequence[str | None] = (None,)) -> list[Thing]:
    """Cards that lie straight; types are taken in turn."""
    return [thing_of(kind, quad_at(x, y), types[number % len(types)]) for number, x in enumerate(xs)]


def fan_of(count: int, y: float = 395.0, left: float = 324.0, right: float = 790.0, up: Sequence[int] = ()) -> list[Thing]:
    """A hand as the game lays it: each card turned and moved down by its place, the chosen ones 0.2 heights higher."""
    things = []
    for number in range(count):
        share = (number + 0.5) / count - 0.5
        x = left + (right - left) * (number / max(count - 1, 1))
        down = 0.5 * abs(share) / 2.75 * HEIGHT - (0.2 * HEIGHT if number in up else 0.0)
        things.append(thing_of("playing card", quad_at(x, y + down, 0.13 * share)))
    return things


def jokers(count: int) -> list[Thing]:
    return row_of("card", np.linspace(323, 684, max(count, 2))[:count], 87, ["Joker"])


def consumables(count: int) -> list[Thing]:
    return row_of("card", np.linspace(790, 903, max(count, 2))[:count], 89, ["Tarot", "Planet", "Spectral"])


def pile() -> list[Thing]:
    return row_of("card back", [PILE[0]], PILE[1])

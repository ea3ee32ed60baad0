"""Cards as a screenshot shows them, drawn from a deck: what a gallery is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.render.deck import CELL, Deck, DeckCard, dressed, to_scale
from balatro.render.display import Display, show
from balatro.render.editions import draw_editions, random_phases
from balatro.render.layers import Float, Pose, drawn_quad, lay, random_float, stack_layers
from balatro.utils.images import rectify

WIDTH = (70.0, 115.0)
"""Drawn width of a regular card in pixels: screens from about 850x480 to 1366x768."""
ROOM = 1.45
"""Width and height of the ground around a card, as a share of its own."""


@dataclass(frozen=True)
class View:
    """One picture to be drawn: place in deck.cards, index into MODIFIERS, and of a playing card its enhancement and face."""

    card: int
    modifier: int
    enhancement: str = ""
    face: int = 0
    look: int = 0
    """Under which the gallery keeps it, the modifier of most cards: views of different looks are not to be taken together."""


def plan_views(deck: Deck, num_phases: int, num_stranger_views: int) -> list[View]:
    """Every known card in each modifier, at some moments each (editions move); strangers as they are; playing cards also
    with each of their other faces, and their usual one on the other grounds."""
    views = []
    for place, card in enumerate(deck.cards):
        if card.known:
            views += [View(place, modifier, look=modifier) for modifier in range(len(MODIFIERS)) for _ in range(num_phases)]
        else:
            views += [replace(View(place, 0, *dress), look=look) for look, dress in _dresses(deck, card)] * num_stranger_views
    return views


def _dresses(deck: Deck, card: DeckCard) -> Iterator[tuple[int, tuple[str, int]]]:
    """Numbers of looks of a stranger, and the enhancement and face of each."""
    yield 0, ("", 0)
    grounds = [name for name in deck.grounds if name] if card.faces else []
    others = [("", face) for face in range(1, len(card.faces))] + [(ground, 0) for ground in grounds]
    yield from enumerate(others, start=len(MODIFIERS))


def draw_views(
    deck: Deck, views: Sequence[View], rng: np.random.Generator, size: tuple[int, int], margin: float = 0.04
) -> np.ndarray:
    """(N, h, w, 3) uint8 RGB: each card on some ground, seen through a mild display, and cut out as `rectify` does.

    size is the (w, h) of the result.
    """
    cards = [deck.cards[view.card] for view in views]
    modifiers = np.array([view.modifier for view in views], int)
    plain = [dressed(deck, card, view.enhancement, view.face) for card, view in zip(cards, views, strict=True)]
    bodies = np.stack([to_scale(body, 2) for body in plain])
    bodies = draw_editions(bodies, modifiers, random_phases(rng, len(views)), [card.shine for card in cards])
    return np.stack([_draw_view(card, body, rng, size, margin) for card, body in zip(cards, bodies, strict=True)])


def _draw_view(card: DeckCard, body: np.ndarray, rng: np.random.Generator, size: tuple[int, int], margin: float) -> np.ndarray:
    width = float(rng.uniform(*WIDTH))
    across = round(width * card.scale * ROOM)
    image = _ground(across, round(across * CELL[1] / CELL[0]), rng)
    x, y = image.shape[1] / 2 + float(rng.uniform(-2, 2)), image.shape[0] / 2 + float(rng.uniform(-2, 2))
    pose = Pose(x, y, width, float(rng.normal(0, 0.02)))
    hover = random_float(rng) if card.floating is not None else Float()
    layers = stack_layers(body, [], card.floating, hover, debuffed=False)
    lay(image, card, layers, pose, (float(rng.uniform(-4, 4)), 0.06 * width), smooth=bool(rng.random() < 0.6))
    quad = drawn_quad(card, pose)
    jitter = rng.normal(0, 0.008, (4, 2)) * width
    seen = show(image, _mild_display(rng, width), rng)
    return rectify(seen, (quad + jitter)[None].astype(np.float32), size, margin)[0]


def _ground(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """A table's colours, flowing into each other: (height, width, 3) uint8."""
    corners = rng.integers(20, 150, (2, 2, 3)).astype(np.uint8)
    return cv2.resize(corners, (width, height), interpolation=cv2.INTER_CUBIC)


def _mild_display(rng: np.random.Generator, width: float) -> Display:
    """What nearly every screenshot of the game has: half of the time a CRT's lines and levels, and some compression."""
    crt = rng.random() < 0.7
    return Display(
        scan=float(rng.uniform(0.02, 0.06)) if crt else 0.0,
        scan_period=float(rng.uniform(3.0, 4.5) * width / 87),
        fringe=float(rng.choice([0.0, 1.0])) if crt else 0.0,
        contrast=float(rng.normal(1.13, 0.02)) if crt else 1.0,
        codec="jpeg",
        quality=int(rng.integers(75, 96)),
    )

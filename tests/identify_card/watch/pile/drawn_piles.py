"""Drawn frames of a pile that grows under a camera: cards laid upon each other, and a hand that passes over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from balatro.identify_card.watch.watch import Frame
from tests.identify_card.fake_bundle import draw_table

FPS = 10
PLACE = (500, 250)
SKIN = (205, 160, 130)


@dataclass(frozen=True)
class Laid:
    """One step of a pile: what lies there for so many frames."""

    cards: Sequence[tuple[str, int, int]]
    """Name and offset from the place in pixels, the lowest first."""
    frames: int = 8
    hand: bool = False
    """Whether a hand covers all of it."""


def frames(*steps: Laid) -> Iterator[Frame]:
    number = 0
    for step in steps:
        picture = draw(step)
        for _ in range(step.frames):
            yield Frame(picture, number / FPS)
            number += 1


def draw(step: Laid) -> np.ndarray:
    """(576, 1024, 3) uint8."""
    x, y = PLACE
    # Only the uppermost card's spot may show: what lies below is covered.
    *below, top = [(name, "Base", x + dx, y + dy) for name, dx, dy in step.cards] or [None]
    picture = draw_table([card for card in below if card is not None])
    picture[(picture == (255, 0, 255)).all(axis=2)] = (90, 90, 90)
    if top is not None:
        upper = draw_table([top])
        shown = (upper != 60).any(axis=2)
        picture[shown] = upper[shown]
    if step.hand:
        picture[y - 150 : y + 150, x - 150 : x + 150] = SKIN
    return picture


def growing(*cards: tuple[str, int, int], hand: int = 7) -> list[Laid]:
    """A pile to which card after card is laid; before each, a hand covers it for so many frames."""
    steps: list[Laid] = [Laid(())]
    for number in range(len(cards)):
        steps += [Laid(cards[:number], hand, hand=True), Laid(cards[: number + 1])]
    return steps

"""What was found in a picture when a mistake was reported there: by number, from 1, as it is drawn and listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np

from balatro.errors import SettingsError
from balatro.identify_card.card import Card, quad_box

Pixel: TypeAlias = tuple[int, int]
GRID = 15
"""So many points across and down a find are tried for one on which nothing else lies."""


@dataclass(frozen=True)
class Find:
    """One thing that was found, and what it was read as."""

    quad: tuple[Pixel, ...]
    """Its four corners, as of `Card`."""
    name: str
    """Empty where it was none of the known cards."""
    modifier: str
    confidence: float

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Find:
        """From a card of `picture_json`, or from `asdict`. KeyError, TypeError or ValueError where it is neither."""
        quad = tuple((int(x), int(y)) for x, y in told["quad"])
        if len(quad) != 4:
            raise ValueError(f"{len(quad)} corners")
        return cls(quad, str(told["name"] or ""), str(told["modifier"]), float(told["confidence"]))

    def to_card(self, size: tuple[int, int]) -> Card:
        """As a card of a picture of this width and height, to be drawn."""
        box = quad_box(np.array(self.quad, np.float32), *size)
        name = self.name or None
        return Card(name, name, None, None, self.modifier, bool(name), self.confidence, 0.0, box, self.quad, ())

    def __str__(self) -> str:
        if not self.name:
            return "no known card"
        modifier = "" if self.modifier in ("", "Base") else f", {self.modifier}"
        return f"{self.name}{modifier}"


def finds_of(cards: Sequence[Card]) -> tuple[Find, ...]:
    """The finds of a picture, in the order of its cards."""
    return tuple(Find(card.quad, card.name or "", card.modifier, round(card.confidence, 4)) for card in cards)


def check_number(finds: Sequence[Find], number: int) -> None:
    """SettingsError where no find has this number."""
    if not 1 <= number <= len(finds):
        told = f"1 to {len(finds)}" if finds else "none, as nothing was found"
        raise SettingsError(f"find {number}: no such find; the numbers are {told}")


def place_of(finds: Sequence[Find], number: int, size: tuple[int, int]) -> Pixel:
    """A pixel on a find, within a picture of this width and height: on no other find where there is such a place.

    The one nearest to its middle: a card that another one covers half is meant where it shows.
    """
    check_number(finds, number)
    quad = np.array(finds[number - 1].quad, np.float32)
    others = [np.array(find.quad, np.float32) for place, find in enumerate(finds, 1) if place != number]
    steps = (np.arange(GRID, dtype=np.float32) + 0.5) / GRID
    across, down = (one.reshape(-1, 1) for one in np.meshgrid(steps, steps))
    points = (quad[0] * (1 - across) + quad[1] * across) * (1 - down) + (quad[3] * (1 - across) + quad[2] * across) * down
    pixels = np.floor(points[np.linalg.norm(points - quad.mean(axis=0), axis=1).argsort(kind="stable")]).astype(int)
    inside = pixels[((pixels >= 0) & (pixels < size)).all(axis=1)].tolist()
    if not inside:
        x, y = np.clip(quad.mean(axis=0), 0, np.array(size) - 1).astype(int).tolist()
        return x, y
    x, y = next((pixel for pixel in inside if not any(covers(other, pixel) for other in others)), inside[0])
    return x, y


def number_at(finds: Sequence[Find], at: Pixel) -> int | None:
    """The number of the find on which a pixel lies, of several that whose middle is nearest; None where it is on none."""
    quads = {number: np.array(find.quad, np.float32) for number, find in enumerate(finds, 1)}
    there = [number for number, quad in quads.items() if covers(quad, at)]
    return min(there, key=lambda number: float(np.linalg.norm(quads[number].mean(axis=0) - at)), default=None)


def covers(quad: np.ndarray, at: Sequence[int]) -> bool:
    """Whether a pixel lies on a (4, 2) float32 quad."""
    return cv2.pointPolygonTest(quad, (at[0] + 0.5, at[1] + 0.5), False) >= 0

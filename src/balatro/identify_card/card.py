"""What Balatro says about one card of a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from balatro.identify_card.table.records import Table


@dataclass(frozen=True)
class Guess:
    """One of the likeliest cards."""

    id: str
    name: str
    confidence: float
    """0..1."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What else is told of it: set, number, printing ..."""


@dataclass(frozen=True)
class Card:
    """One card-like thing of a picture; coordinates are pixels of the picture, pixel edges, y downwards."""

    id: str | None
    """None for a thing that is none of the known cards; so are name, type and rarity."""
    name: str | None
    type: str | None
    rarity: str | None
    modifier: str
    """One of MODIFIERS; empty when the model has not learned any."""
    known: bool
    confidence: float
    """Probability of the likeliest known card, 0..1, also when it was too small to say its name."""
    modifier_confidence: float
    box: tuple[int, int, int, int]
    """Left, top, right, bottom, within the picture."""
    quad: tuple[tuple[int, int], ...]
    """Top left, top right, bottom right, bottom left corner of the card itself; a corner may lie outside the picture."""
    top: tuple[Guess, ...]
    """The likeliest known cards, best first, at most five; of cards of one name the likeliest."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What else is told of the card: set, number, finish ... Of several printings that it may be, what they have in common."""
    printings: tuple[Guess, ...] = ()
    """The printings of this name that it may be, best first, where there is more than one: they may have the same art."""
    stickers: tuple[str, ...] = ()
    """Of STICKERS, in a table (see `Recognizer.read_table`); empty elsewhere."""
    debuffed: bool = False
    """In a table; False elsewhere."""

    def without_name(self) -> Card:
        """The same thing, about which nothing is said."""
        return replace(self, id=None, name=None, type=None, rarity=None, known=False, fields={}, printings=())

    def to_json(self) -> dict[str, Any]:
        """The card as `balatro identify --json` writes it; probabilities have four digits. Only games with fields have them."""
        told: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "rarity": self.rarity,
            "modifier": self.modifier,
            "known": self.known,
            "confidence": round(self.confidence, 4),
            "modifier_confidence": round(self.modifier_confidence, 4),
            "box": list(self.box),
            "quad": [list(corner) for corner in self.quad],
            "top": [{"name": guess.name, "confidence": round(guess.confidence, 4)} for guess in self.top],
        }
        if self.fields:
            told["fields"] = dict(self.fields)
        if self.printings:
            told["printings"] = [_printing(guess) for guess in self.printings]
        return told


def _printing(guess: Guess) -> dict[str, Any]:
    return {"id": guess.id, "confidence": round(guess.confidence, 4), "fields": dict(guess.fields)}


def picture_json(file: str, width: int, height: int, cards: list[Card], table: Table | None = None) -> dict[str, Any]:
    """One line of `balatro identify --json`; with a table, that of `--table`."""
    line = {"file": file, "width": width, "height": height, "cards": [card.to_json() for card in cards]}
    return line if table is None else line | {"table": table.to_json()}


def quad_box(quad: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    """The upright box around a (4, 2) quad, cut to the picture."""
    (left, top), (right, bottom) = (quad.min(axis=0) + 0.01).tolist(), (quad.max(axis=0) - 0.01).tolist()
    return (
        min(max(math.floor(left), 0), width),
        min(max(math.floor(top), 0), height),
        min(max(math.ceil(right), 0), width),
        min(max(math.ceil(bottom), 0), height),
    )

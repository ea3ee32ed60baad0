"""A picture with labelled boxes, whatever form its labels are kept in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from balatro.config.cards import fold
from balatro.config.modifiers import MODIFIERS

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

UNSURE = "unsure"
"""A class of this name marks what is to be counted neither as a card nor as a false name."""
ROOTS = ("", "images", "pictures", "photos")
"""Folders beside a file of labels in which its pictures may lie."""


@dataclass(frozen=True)
class BoxLabel:
    """One labelled card."""

    box: Box
    name: str
    id: str = ""
    """Empty where only the name is told."""
    modifier: str | None = None
    """One of MODIFIERS; None where it is not told, which is then right whatever is read."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Of a card with several printings, which it is: its set, number, finish ..., as far as they are told."""
    printing: str = ""
    """The same by the id of the model's card, see `by_printing`."""

    @property
    def tells_printing(self) -> bool:
        return bool(self.fields or self.printing)


@dataclass(frozen=True)
class BoxPicture:
    """One picture with its labels; boxes are pixels of the picture, or shares of its width and height where `is_relative`."""

    file: str
    """As the labels tell it."""
    path: Path
    cards: tuple[BoxLabel, ...]
    unsure: tuple[Box, ...] = ()
    tags: tuple[str, ...] = ()
    is_relative: bool = False
    size: tuple[int, int] | None = None
    """Width and height for which the boxes hold, where the labels tell it."""

    def by_printing(self, names: Mapping[str, str]) -> BoxPicture:
        """The same for a model in which several cards share a name: what an id told of a card is which printing it is.

        names: of the model's cards, by id.
        """
        cards = (replace(one, name=names[one.id], id="", printing=one.id) if one.id in names else one for one in self.cards)
        return replace(self, cards=tuple(cards))

    def in_pixels(self, width: int, height: int) -> BoxPicture:
        """The same with boxes in pixels of a picture of this size."""
        if not self.is_relative:
            return self
        cards = tuple(replace(card, box=_times(card.box, width, height)) for card in self.cards)
        unsure = tuple(_times(box, width, height) for box in self.unsure)
        return replace(self, cards=cards, unsure=unsure, is_relative=False)


def _times(box: Box, width: int, height: int) -> Box:
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def to_box(values: Sequence[Any]) -> Box:
    """Four numbers as a box; ValueError when they are none."""
    left, top, right, bottom = (float(value) for value in values)
    if not all(math.isfinite(value) for value in (left, top, right, bottom)) or right <= left or bottom <= top:
        raise ValueError(f"{list(values)} is no box; expected left < right and top < bottom")
    return left, top, right, bottom


def to_modifier(value: Any) -> str | None:
    """A modifier in any case; None where none is told; ValueError for another word."""
    if value is None or value == "":
        return None
    found = next((modifier for modifier in MODIFIERS if fold(modifier) == fold(str(value))), None)
    if found is None:
        raise ValueError(f"modifier {value!r}; expected one of {', '.join(MODIFIERS)}, or null")
    return found


def to_fields(value: Any) -> dict[str, str]:
    """Fields of a card by name; numbers become texts, what is empty is not told. ValueError for anything else."""
    told = {} if value is None else value
    if not isinstance(told, dict) or not all(isinstance(one, str | int | None) for one in told.values()):
        raise ValueError(f'fields {value!r}; expected an object of texts, such as {{"set": "LEA"}}')
    return {str(name): str(one) for name, one in told.items() if one not in (None, "")}


def find_picture(name: str, roots: Iterable[Path]) -> Path:
    """Where a picture that labels name lies; the first place when it is nowhere, so that reading it names it."""
    told = name.replace("\\", "/")
    places = [root / folder / told for root in roots for folder in ROOTS]
    return next((place for place in places if place.is_file()), places[0])

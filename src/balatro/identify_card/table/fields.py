"""What is read in words and numbers on a screen: the records that the table takes, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

NUMBERS = (
    "money", "ante", "antes", "round", "hands", "discards", "score", "chips", "mult", "hand_level",
    "score_at_least", "reward", "choose", "reroll", "price",
)  # fmt: skip
"""Names of fields whose value is a number; a price is one of any number of them, told apart by its box."""
COUNTS = ("jokers", "consumables", "hand_count", "deck")
"""Names of fields whose value is a pair, as `5/6`: how many there are, and of how many."""
WORDS = ("hand_type", "blind", "pack", "stake", "tag")
"""Names of fields whose value is a name, as the game's English calls it."""


Value: TypeAlias = "int | float | str | tuple[int, int] | None"


@dataclass(frozen=True)
class Field:
    """One number or word that a screen shows."""

    name: str
    """One of NUMBERS, COUNTS or WORDS."""
    text: str
    """As it stands there."""
    value: Value
    """What it means; None where that could not be read."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels of the picture."""
    confidence: float
    """0..1."""


def surest(fields: Iterable[Field], name: str) -> Field | None:
    """The surest of the fields of this name that could be read."""
    found = [field for field in fields if field.name == name and field.value is not None]
    return max(found, key=lambda field: field.confidence, default=None)


def number(fields: Iterable[Field], name: str) -> int | float | None:
    """The surest number of this name; a whole one as int."""
    field = surest(fields, name)
    if field is None or not isinstance(field.value, int | float):
        return None
    return int(field.value) if float(field.value).is_integer() else field.value


def count(fields: Iterable[Field], name: str) -> tuple[int, int] | tuple[None, None]:
    """The surest pair of this name: how many there are, and of how many."""
    field = surest(fields, name)
    return field.value if field is not None and isinstance(field.value, tuple) else (None, None)


def words(fields: Iterable[Field], name: str) -> tuple[str, ...]:
    """All words of this name, in their order."""
    return tuple(field.value for field in fields if field.name == name and isinstance(field.value, str) and field.value)


def word(fields: Iterable[Field], name: str) -> str | None:
    """The surest word of this name."""
    field = surest(fields, name)
    return field.value if field is not None and isinstance(field.value, str) else None

"""What was read in words and numbers on a screen, asked for by name."""

from __future__ import annotations

from collections.abc import Iterable

from balatro.runtime.text.fields import Field


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


def count(fields: Iterable[Field], name: str) -> tuple[int | None, int | None]:
    """The surest pair of this name: how many there are, and of how many; None for what cannot be told."""
    field = surest(fields, name)
    return field.value if field is not None and isinstance(field.value, tuple) else (None, None)


def words(fields: Iterable[Field], name: str) -> tuple[str, ...]:
    """All words of this name, in their order."""
    return tuple(field.value for field in fields if field.name == name and isinstance(field.value, str) and field.value)


def word(fields: Iterable[Field], name: str) -> str | None:
    """The surest word of this name."""
    field = surest(fields, name)
    return field.value if field is not None and isinstance(field.value, str) else None

"""Tables of reference pictures: a CSV with a head, or JSON, a list of objects or one object by picture as in labels.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from balatro.errors import InputError
from balatro.utils.files import read_json
from balatro.utils.tables import find_columns, read_csv_rows

TABLES = (".csv", ".tsv", ".json")
MAX_BYTES = 500_000_000
MAX_FIELD = 200
"""Letters of a field that are kept."""
_OURS = ("name", "type", "rarity")
_PASSING = frozenset({"cluster", "card_group", "full_path", "parent", "augmentation", "synthetic"})
"""What labels.json tells of a picture and not of its card."""


@dataclass(frozen=True)
class Row:
    """A line of a table."""

    place: str
    """Where it stands, for messages."""
    picture: str
    name: str
    type: str
    rarity: str
    fields: dict[str, str]


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a table; InputError when it is none, or has no column of pictures or names."""
    if path.suffix.lower() == ".json":
        yield from _read_json(path)
        return
    head, rows = read_csv_rows(path, MAX_BYTES)
    columns = find_columns(path, head, ("type", "rarity"))
    for number, row in enumerate(rows, 2):
        yield _row(f"line {number}", row, columns)


def _read_json(path: Path) -> Iterator[Row]:
    table = read_json(path)
    if isinstance(table, dict) and all(isinstance(entry, dict) for entry in table.values()):
        table = [{"picture": picture, **entry} for picture, entry in table.items()]
    if not isinstance(table, list) or not all(isinstance(entry, dict) for entry in table):
        raise InputError(f"{path}: expected a list of objects, or an object of objects by picture")
    head = list(dict.fromkeys(key for entry in table for key in entry))
    columns = find_columns(path, head, ("type", "rarity")) if table else {}
    for number, entry in enumerate(table, 1):
        yield _row(f"entry {number}", entry, columns)


def _row(place: str, row: Mapping[Any, Any], columns: Mapping[str, str]) -> Row:
    ours = {name: _text(row.get(columns[name])) if name in columns else "" for name in ("picture", *_OURS)}
    others = {str(key): _text(value) for key, value in row.items() if key not in {None, *columns.values(), *_PASSING}}
    return Row(place, fields={key: value for key, value in others.items() if value}, **ours)


def _text(value: Any) -> str:
    """A value as it is told; what is no single value is left out."""
    return " ".join(str(value).split())[:MAX_FIELD] if isinstance(value, str | int | float) else ""

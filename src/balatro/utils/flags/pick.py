"""Choices from a table of frozen records: `--scheduler cosine --scheduler-eta-min 1e-6` becomes `Cosine(eta_min=1e-6)`.

    OPTIMIZERS = {"simple": Simple, "group": Group}
    pick(OPTIMIZERS, "simple", "optimizer", {"lr": 1e-3, "weight_decay": None})    # -> Simple(lr=1e-3)

A record's fields are its flags, so a flag that the chosen record does not use is noticed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from balatro.errors import SettingsError

Record = TypeVar("Record")


def pick(table: Mapping[str, type[Record]], choice: str, prefix: str, given: Mapping[str, Any]) -> Record:
    """The chosen record, made from the values that were given.

    given: {field: value or None}; None, and a field that is left out, mean the record's own default.
    prefix: what is chosen, as in `--<prefix> <choice> --<prefix>-<field> <value>`, for the messages.
    SettingsError for an unknown choice, a value that the chosen record has no field for, and a value that the record refuses.
    """
    kind = _kind(table, choice, prefix)
    used = field_names(kind)
    told = {name: value for name, value in given.items() if value is not None}
    for name in told:
        if name not in used:
            uses = f"it uses {', '.join(flag(prefix, known) for known in used)}" if used else "it uses no such flag"
            raise SettingsError(f"{flag(prefix, name)} was given, but the {prefix} `{choice}` does not use it; {uses}")
    try:
        return kind(**told)
    except SettingsError as error:
        raise SettingsError(f"{prefix} `{choice}`: {error}") from error


def flag(prefix: str, name: str) -> str:
    """The flag of a field: `scheduler`, `eta_min` -> `--scheduler-eta-min`."""
    return f"--{prefix}-{name.replace('_', '-')}"


def field_names(kind: type[Any]) -> list[str]:
    """The fields of a kind of record, in order."""
    return [field.name for field in dataclasses.fields(kind)]


def expect(right: bool, name: str, value: object, wanted: str) -> None:
    """For `__post_init__` of a record: SettingsError unless a field's value is right."""
    if not right:
        raise SettingsError(f"{name} is {value}; give {wanted}")


def to_dict(table: Mapping[str, type[Any]], record: Any) -> dict[str, Any]:
    """A record as it is saved: its name in the table as `name`, and its fields."""
    names = [name for name, kind in table.items() if kind is type(record)]
    if not names:
        raise SettingsError(f"{type(record).__name__} is none of: {', '.join(table)}")
    return {"name": names[0], **{name: getattr(record, name) for name in field_names(type(record))}}


def from_dict(table: Mapping[str, type[Record]], saved: Mapping[str, Any], prefix: str = "choice") -> Record:
    """The record that `to_dict` saved; fields of another version that are unknown here are left out."""
    kind = _kind(table, str(saved.get("name")), prefix)
    return kind(**{name: saved[name] for name in field_names(kind) if name in saved})


def _kind(table: Mapping[str, type[Record]], choice: str, prefix: str) -> type[Record]:
    if choice not in table:
        raise SettingsError(f"no {prefix} `{choice}`; choose one of: {', '.join(table)}")
    return table[choice]

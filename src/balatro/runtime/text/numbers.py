"""From the fields of a screen to its numbers as the table has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from balatro.runtime.text.fields import Field

SINGLE = ("money", "ante", "antes", "round", "hands", "discards", "score", "chips", "mult", "hand_type", "hand_level")
SMALL, BIG = "Small Blind", "Big Blind"


def table_numbers(fields: Sequence[Field]) -> dict[str, Any]:
    """The numbers and words of the table, None for what was not read.

    Keys: those of SINGLE, joker_slots, consumable_slots, blind (kind, name, score_at_least, reward), pack (name, choose),
    deck (left, of), reroll. Of several fields of a name the first counts.

    >>> table_numbers([Field("money", "$21", 21, (0, 0, 9, 9), 0.9)])["money"]
    21
    """
    value: dict[str, Any] = {field.name: field.value for field in reversed(fields)}
    of = {name: value.get(name) or (None, None) for name in ("jokers", "consumables", "deck")}
    blind = {"name": value.get("blind"), "score_at_least": value.get("score_at_least"), "reward": value.get("reward")}
    return {
        **{name: value.get(name) for name in SINGLE},
        "joker_slots": of["jokers"][1],
        "consumable_slots": of["consumables"][1],
        "blind": {"kind": _kind(value.get("blind")), **blind},
        "pack": {"name": value.get("pack"), "choose": value.get("choose")},
        "deck": {"left": of["deck"][0], "of": of["deck"][1]},
        "reroll": value.get("reroll"),
    }


def _kind(blind: str | None) -> str | None:
    if blind is None:
        return None
    return {SMALL: "Small", BIG: "Big"}.get(blind, "Boss")

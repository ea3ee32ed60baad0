"""What `balatro watch --table` tells: states at rest, and what has happened in the game between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from balatro.identify_card.table.changes import Change
from balatro.identify_card.table.records import Table

STATE = "state"


@dataclass(frozen=True)
class State:
    """The table came to rest, and tells something else than the last time."""

    seconds: float
    """When it is said, in the time of the frames."""
    since: float
    """When it came to rest."""
    table: Table
    file: str = ""
    """Of pictures: the one that shows it."""

    def to_json(self) -> dict[str, Any]:
        """As a line of `balatro watch --table --json`."""
        return _line(STATE, self.seconds, self.since, {"table": self.table.to_json()}, self.file)

    def to_text(self) -> str:
        """One line for people."""
        told = {name: getattr(self.table, name) for name in ("money", "ante", "round", "hands", "discards", "score")}
        words = [f"{name} {value}" for name, value in told.items() if value is not None]
        rows = {name: getattr(self.table, name) for name in ("jokers", "consumables", "hand", "played")}
        words += [f"{len(cards)} {name}" for name, cards in rows.items() if cards]
        return f"{self.seconds:9.2f} s  at rest   {', '.join([self.table.screen or 'unknown screen', *words])}\n"


@dataclass(frozen=True)
class GameEvent:
    """Something has happened in the game between two states at rest."""

    seconds: float
    since: float
    """When the state that tells it came to rest."""
    change: Change
    file: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a line of `balatro watch --table --json`."""
        return _line(self.change.kind, self.seconds, self.since, self.change.facts, self.file)

    def to_text(self) -> str:
        """One line for people."""
        facts = {name: _words(value) for name, value in self.change.facts.items()}
        said = ", ".join(
            f"{name} {value}" if name not in ("card", "cards") else value for name, value in facts.items() if value
        )
        return f"{self.seconds:9.2f} s  {self.change.kind.replace('_', ' ')}{f': {said}' if said else ''}\n"


Told: TypeAlias = State | GameEvent
OnTold: TypeAlias = Callable[[Told], None]


def _line(kind: str, seconds: float, since: float, facts: dict[str, Any], file: str) -> dict[str, Any]:
    line = {"event": kind, "seconds": round(seconds, 3), "since": round(since, 3), **facts}
    return {**line, "file": file} if file else line


def _words(fact: Any) -> str:
    """A fact in words; empty where it is not known."""
    if isinstance(fact, list):
        return ", ".join(_words(one) for one in fact) or "none"
    if not isinstance(fact, dict):
        return "" if fact is None else str(fact)
    if "suit" in fact:
        name = "face down" if fact["face_down"] else f"{fact['rank'] or '?'} of {fact['suit'] or '?'}"
        return " ".join(word for word in (fact["enhancement"], name, fact["seal"] and f"with a {fact['seal']} seal") if word)
    return fact["name"] or "unknown"

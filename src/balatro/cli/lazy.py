"""A group of commands of which only the one that is asked for is imported; the help of the group is told from a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True)
class Entry:
    """A command, before it is imported."""

    panel: str
    """Heading of the group's help under which it stands."""
    place: str
    """`package.module:name` of its function, or of the typer.Typer with its commands."""
    about: str
    """The first line of its help: a test compares them."""


class Commands(Mapping[str, Any]):
    """The commands of a table, each made when it is taken out."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, self._entries[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class LazyGroup(TyperGroup):
    """A group over a table: `commands` imports what is taken out of it, lists and completion import nothing."""

    entries: Mapping[str, Entry]

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**(attrs | {"commands": Commands(self.entries)}))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What lists need of a command: its name, its line, its panel."""
        entry = self.entries.get(cmd_name)
        return entry and TyperCommand(cmd_name, help=entry.about, rich_help_panel=entry.panel)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command itself, which is to run or to complete its own words."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and self.commands[listed.name or ""], rest


def _made(name: str, entry: Entry) -> Any:
    module, _, attribute = entry.place.partition(":")
    found = getattr(import_module(module), attribute)
    holder = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name, rich_help_panel=entry.panel)
    else:
        holder.command(name, rich_help_panel=entry.panel)(found)
        holder.callback()(_nothing)  # with one command alone, typer makes no group
    group: Any = typer.main.get_command(holder)
    return group.commands[name]


def _nothing() -> None:
    """No option of its own."""

"""A field with a knob is a flag: its name, type, default and help are the field's."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from balatro.utils.flags.options import Knob, options_of, take, told_value, turned_by, with_options
from balatro.utils.flags.records import Row, Told

ROWS = (
    Row("slow", "Step by step.", (Told("pace", float, 1e-5, "The pace."), Told("rest", int, 3, "Seconds of rest."))),
    Row("fast", "At once.", (Told("pace", float, 2.0, "The pace."),)),
)


@dataclass(frozen=True)
class Walk:
    """A record."""

    steps: int = turned_by(Knob("How far", low=1), 7)
    """Steps to go.

    Nobody reads this in the help."""
    hidden: int = 2
    """No knob, no flag."""
    way: Any = turned_by(Knob("How", type=str, rows=ROWS, told="all", parts=True), factory=lambda: None)
    """How to go."""
    names: tuple[str, ...] = turned_by(Knob("How", shown="all"), ())
    """Whom to take along."""
    back: bool = turned_by(Knob("How"), False)
    """Come back, too."""


def test_fields_become_options() -> None:
    told = {option.name: (option.type, option.help, option.default) for option in options_of(Walk)}
    assert told == {
        "steps": (int, "Steps to go.", 7),
        "way": (str, "How to go: slow (Step by step) or fast (At once).", None),
        "way-pace": (float, "The pace.", None),
        "way-rest": (int, "slow: seconds of rest.", None),
        "names": (list[str], "Whom to take along.", ()),
        "back": (bool, "Come back, too.", False),
    }
    shown = {option.name: option.knob.shown for option in options_of(Walk)}
    assert shown["way-pace"] == "slow: 0.00001; fast: 2" and shown["way-rest"] == "3" and shown["steps"] is None


@pytest.mark.parametrize(
    ("own", "args", "given"),
    [
        (True, [], {"steps": 7, "way": None, "way_pace": None, "way_rest": None, "back": False}),
        (False, [], dict.fromkeys(("steps", "way", "way_pace", "way_rest", "names", "back"))),
        (
            False,
            ["--steps", "0", "--names", "a", "--names", "b", "--no-back"],
            {"steps": 0, "names": ["a", "b"], "back": False},
        ),
    ],
)
def test_a_command_gets_them(own: bool, args: list[str], given: dict[str, Any]) -> None:
    came: dict[str, Any] = {}

    @with_options(options_of(Walk), own)
    def go(where: str = "home", **more: Any) -> None:
        came.update(more, where=where)

    app = typer.Typer()
    app.command()(go)
    assert CliRunner().invoke(app, ["--where", "out", *args]).exit_code == 0
    assert came["where"] == "out" and {key: came[key] for key in given} == given
    assert (CliRunner().invoke(app, ["--steps", "0"]).exit_code == 2) is own  # its limit is typer's only beside its default


@pytest.mark.parametrize(
    ("value", "told"),
    [(1e-5, "0.00001"), (60.0, "60"), (0.998, "0.998"), (0, "0"), (None, ""), (False, ""), (("a", "b"), "a,b")],
)
def test_defaults_are_told_plainly(value: object, told: str) -> None:
    assert told_value(value) == told


@dataclass(frozen=True)
class Where:
    duration: str | None = turned_by(Knob("", "for"), None)
    """How long."""
    json_out: str = turned_by(Knob("", "json"), "-")
    """Where to."""


@dataclass(frozen=True)
class What:
    copies: int = turned_by(Knob(""), 3)
    """How many."""


def test_flags_of_two_records_make_both():
    def command(**given: Any) -> tuple[Where, What]:
        return take(Where, given), take(What, given)

    wrapped = with_options(options_of(What))(with_options(options_of(Where))(command))
    assert list(inspect.signature(wrapped).parameters) == ["for_", "json", "copies"]
    assert command(for_="5m", copies=2) == (Where("5m"), What(2))
    assert command() == (Where(), What())

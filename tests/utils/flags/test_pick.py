"""Choices from a table: what was not asked of the chosen one is an error, not silence."""

import re
from dataclasses import dataclass

import pytest

from balatro.errors import SettingsError
from balatro.utils.flags.pick import expect, flag, from_dict, pick, to_dict


@dataclass(frozen=True)
class Plain:
    pass


@dataclass(frozen=True)
class Bent:
    eta_min: float = 0.0
    tmax: int | None = None

    def __post_init__(self) -> None:
        expect(self.eta_min >= 0, "eta_min", self.eta_min, "0 or more")


TABLE: dict[str, type] = {"plain": Plain, "bent": Bent}


@pytest.mark.parametrize(
    ("choice", "given", "wanted"),
    [
        ("plain", {}, Plain()),
        ("plain", {"eta_min": None}, Plain()),
        ("bent", {"eta_min": 0.5, "tmax": None}, Bent(0.5)),
        ("bent", {"tmax": 3}, Bent(tmax=3)),
        ("bent", {"eta_min": 0}, Bent(0)),  # a given 0 is given
    ],
)
def test_picks_and_saves(choice: str, given: dict, wanted: object) -> None:
    record = pick(TABLE, choice, "shape", given)
    assert record == wanted
    assert from_dict(TABLE, to_dict(TABLE, record)) == wanted


@pytest.mark.parametrize(
    ("choice", "given", "told"),
    [
        ("round", {}, "no shape `round`; choose one of: plain, bent"),
        (
            "bent",
            {"gamma": 0.1},
            "--shape-gamma was given, but the shape `bent` does not use it; it uses --shape-eta-min, --shape-tmax",
        ),
        ("plain", {"eta_min": 0}, "--shape-eta-min was given, but the shape `plain` does not use it; it uses no such flag"),
        ("bent", {"eta_min": -1}, "shape `bent`: eta_min is -1; give 0 or more"),
    ],
)
def test_mistakes_are_one_line(choice: str, given: dict, told: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(told)}$"):
        pick(TABLE, choice, "shape", given)


def test_saved_by_another_version() -> None:
    assert from_dict(TABLE, {"name": "bent", "tmax": 4, "of_the_future": 1}) == Bent(tmax=4)
    with pytest.raises(SettingsError, match="no scheduler `gone`"):
        from_dict(TABLE, {"name": "gone"}, "scheduler")
    with pytest.raises(SettingsError, match="int is none of: plain, bent"):
        to_dict(TABLE, 3)


def test_names_of_flags() -> None:
    assert flag("optimizer", "lr_backbone") == "--optimizer-lr-backbone"

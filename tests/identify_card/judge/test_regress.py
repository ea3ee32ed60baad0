"""Reported mistakes as cases: kept, read again, missed when lost."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from balatro.errors import BalatroError, InputError, SettingsError
from balatro.identify_card.judge.regress import CASES, Shot, add_case, parse_card, read_cases, regressions_dir, remove_case
from balatro.identify_card.judge.regress_command import regress
from tests.identify_card.fake_bundle import draw_table, write_fake_bundle


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def model(data) -> Path:
    return write_fake_bundle(data / "models" / "fake")


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "table.png"
    places = [("red", "Base", 200, 200), ("green", "Foil", 500, 200), ("stranger", "Base", 800, 200)]
    Image.fromarray(draw_table(places)).save(path)
    return path


def run(*words: object) -> str:
    result = CliRunner().invoke(regress, [str(word) for word in words])
    if result.exception is not None:
        raise result.exception
    return result.output


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("egg", ("Egg", "")),
        ("EGG : foil", ("Egg", "Foil")),
        ("My: Card", ("My: Card", "")),
        ("My: Card:Negative", ("My: Card", "Negative")),
        ("Unknown", ("", "")),
    ],
)
def test_what_is_expected_is_understood(text, parsed):
    assert parse_card(text) == parsed


@pytest.mark.parametrize("text", ["Egg:Shiny", "Egg: polychrom", "Midnight Cat:Polychrom", "unknown:Fool", "red: Odd"])
def test_a_misspelt_modifier_is_told(text):
    with pytest.raises(SettingsError, match="expected one of Base, Foil, Holographic, Polychrome, Negative"):
        parse_card(text, ["Red"])


def test_a_card_whose_name_has_a_colon_keeps_it():
    assert parse_card("Red: foils", ["Red", "Red: Foils"]) == ("Red: foils", "")


def test_names_of_the_model_are_known(model, table, monkeypatch):
    monkeypatch.setattr("balatro.runtime.bundle.AUTO", ("fake",))
    with pytest.raises(SettingsError, match="no modifier 'Odd'"):
        run("add", table, "--card", "Red:Odd")
    assert read_cases(regressions_dir()) == []


def test_a_name_that_nothing_has_is_told_with_the_nearest(model, table, monkeypatch):
    told = run("add", table, "--card", "Lusty:Foil")
    assert "no card of the game is called 'Lusty'; the nearest are: Lusty Joker, " in told
    assert "balatro regress remove 1" in told
    assert "none of its names is near" in run("add", table, "--card", "xxxxxxxxxxxx")
    monkeypatch.setattr("balatro.runtime.bundle.AUTO", ("fake",))
    assert "the nearest are: Green" in run("add", table, "--card", "Greenn")
    assert "no card" not in run("add", table, "--card", "green") + run("add", table, "--card", "Egg")


@pytest.mark.parametrize("text", ["", " ", ":Foil", "unknown:Foil", "a\nb"])
def test_what_is_no_card_is_told(text):
    with pytest.raises(SettingsError, match="--card"):
        parse_card(text)


@pytest.mark.parametrize(
    ("card", "at", "right"),
    [
        ("Red", None, True),
        ("Green:Foil", None, True),
        ("Green:Base", None, False),
        ("Green", "500,200", True),
        ("Green", "200,200", False),
        ("unknown", "800,200", True),
        ("unknown", "200,200", False),
        ("unknown", None, False),
        ("Blue", None, False),
    ],
)
def test_a_case_is_right_or_not(model, table, card, at, right):
    run("add", table, "--card", card, *(["--at", at] if at else []))
    [told] = json.loads(run("run", "--model", model, "--json"))
    assert told["right"] == right and not told["lost"]


def test_what_was_right_once_is_missed(model, table, data):
    assert "no card of the game is called 'Red'" in run("add", table, "--card", "Red", "--note", "was Blue")
    run("add", table, "--card", "Blue")
    said = run("run", "--model", model)
    assert "right now" in said and "still wrong" in said and "1 of 2 cases are read right, none was lost" in said
    assert [case.passed for case in read_cases(regressions_dir())] == [("fake",), ()]
    with pytest.raises(InputError, match="1 of 2 cases fail: 2"):
        run("run", "--model", model, "--strict")
    write_fake_bundle(model, tasks=_other_threshold())
    with pytest.raises(InputError, match="1 of 2 cases fail that this model has read right before: 1"):
        run("run", "--model", model)
    other = write_fake_bundle(data / "models" / "other", name="other", tasks=_other_threshold())
    assert "0 of 2" in run("run", "--model", other)  # another model never had it


def _other_threshold() -> dict[str, object]:
    from tests.identify_card.fake_bundle import fake_text

    tasks = fake_text()["tasks"]
    tasks["identification"]["reject"] = 1.1
    return tasks


def test_a_lost_picture_has_not_passed(model, table):
    run("add", table, "--card", "Red")
    run("run", "--model", model)
    next(regressions_dir().glob("*.png")).unlink()
    with pytest.raises(InputError, match="read right before: 1"):
        run("run", "--model", model)


def test_list_and_remove(table):
    assert "no cases yet" in run("list")
    assert "is called" not in run("add", table, "--card", "Egg:Foil", "--at", "5,6", "--note", "Séance")
    run("add", table, "--card", "Egg")
    assert "Egg, Foil at 5,6" in run("list") and "Séance" in run("list") and "never read right" in run("list")
    run("remove", 1)
    assert [case.id for case in read_cases(regressions_dir())] == [2] and len(list(regressions_dir().glob("*.png"))) == 1
    run("remove", 2)
    assert not list(regressions_dir().glob("*.png"))


def test_the_picture_is_copied_as_it_is_and_only_once(table):
    first = add_case(regressions_dir(), Shot.of_file(table), "Egg")
    assert add_case(regressions_dir(), Shot.of_file(table), "Egg") == first
    second = add_case(regressions_dir(), Shot.of_file(table), "Egg", at=(1, 1))
    assert second.file == first.file and (regressions_dir() / first.file).read_bytes() == table.read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("add", "missing.png", "--card", "Egg"),
        ("add", "{table}", "--card", "Egg", "--at", "2000,1"),
        ("add", "{table}", "--card", "Egg", "--at", "1;2"),
        ("remove", "7"),
        ("run",),
    ],
    ids=" ".join,
)
def test_mistakes_are_one_line(table, words):
    with pytest.raises(BalatroError) as error:
        run(*(word.format(table=table) for word in words))
    assert "\n" not in str(error.value)
    assert read_cases(regressions_dir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"format": 3}',
        '{"format": 1, "cases": [{"id": 1}]}',
        '{"format": 1, "cases": [{"id": 1, "file": "../a", "name": ""}]}',
    ],
)
def test_damaged_cases_are_told_and_never_written_over(table, text):
    regressions_dir().mkdir(parents=True)
    (regressions_dir() / CASES).write_text(text)
    for change in (lambda: add_case(regressions_dir(), Shot.of_file(table), "Egg"), lambda: remove_case(regressions_dir(), 1)):
        with pytest.raises(InputError, match="cases.json"):
            change()
    assert (regressions_dir() / CASES).read_text() == text


def test_any_kind_of_picture_is_taken(tmp_path):
    path = tmp_path / "shot.JPG"
    Image.fromarray(np.zeros((40, 30, 3), np.uint8)).save(path)
    assert add_case(regressions_dir(), Shot.of_file(path), "Egg").file.endswith(".jpg")

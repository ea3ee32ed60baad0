"""model.json as records: what is refused, and what stays as it was when a file is written again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from balatro.config.paths import package_weights
from balatro.errors import ModelError
from balatro.runtime.model_json import (
    KEYS,
    BundleCard,
    GallerySettings,
    ModelJson,
    Task,
    export_of,
    read_model_json,
    read_package_json,
    write_model_json,
)
from tests.identify_card.fake_bundle import fake_text
from tests.runtime.written_again import check_written_again


def whole_text() -> dict[str, Any]:
    """Every known key."""
    return fake_text() | {
        "heads": {"modifier": "mlp"},
        "split_hash": "",
        "training": {"steps": 3},
        "gallery": {"scale": 20.0, "reject": 0.4, "cosine": 0.5, "weight": 0.0},
        "game": {"aspect": [0.6, 0.7]},
        "calibration": {"cards": 36},
        "export": {"of": "fake"},
    }


def parts(text: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything in it."""
    for key in text if isinstance(text, dict) else range(len(text)) if isinstance(text, list) else ():
        yield (*path, key)
        yield from parts(text[key], (*path, key))


def with_other(text: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A copy with another value there; without any for `parts`, which is no JSON."""
    text = deepcopy(text)
    *way, last = path
    place: Any = text
    for key in way:
        place = place[key]
    if value is parts:
        del place[last]
    else:
        place[last] = value
    return text


def test_all_known_keys_are_read_and_written():
    text = whole_text()
    assert set(text) == set(KEYS)
    model = ModelJson.from_dict(text)
    assert model.to_dict() == text
    fresh = replace(model, read={}, order=KEYS)
    assert fresh == model and fresh.to_dict() == text and tuple(fresh.to_dict()) == KEYS
    assert tuple(replace(fresh, order=("gallery", "name")).to_dict())[:3] == ("gallery", "name", "format")


@pytest.mark.parametrize(
    "value",
    [parts, None, 7, -1.5, True, "x", [], {}, [7], float("nan"), 10**400],
    ids=lambda value: getattr(value, "__name__", repr(value))[:12],
)
def test_whatever_stands_anywhere_is_read_or_told_in_one_line(tmp_path, value):
    text, refused = whole_text(), 0
    for path in parts(text):
        (tmp_path / "model.json").write_text(json.dumps(with_other(text, path, value)), encoding="utf-8")
        try:
            read_model_json(tmp_path / "model.json")
        except ModelError as error:
            refused += 1
            assert "\n" not in str(error) and "model.json: " in str(error)
    assert refused > 30


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("cards", 1), 7, "card 2 is int, expected an object"),
        (("cards", 1, "known"), "false", "'known' of card 2 is str, expected true or false"),
        (("cards", 1, "name"), parts, "card 2 has no 'name'"),
        (("cards", 1, "size"), [1.0], "'size' of card 2 is a list of 1, expected two numbers"),
        (("tasks", "kind", "classes", 2), None, "'classes' of task 'kind', entry 3 is null, expected a text"),
        (("tasks", "kind", "temperature"), 0, "'temperature' of task 'kind' is 0, expected more than 0"),
        (("locator",), parts, "no 'locator'"),
        (("locator", "threshold"), float("inf"), "'threshold' of 'locator' is no finite number"),
        (("input", "width"), 96.5, "'width' of 'input' is 96.5, expected a whole number above 0"),
        (("input", "colour"), "BGR", "'colour' of 'input' is 'BGR', expected 'RGB'"),
        (("twins", 0), 7, "twins 1 is int, expected a list"),
        (("scores",), [], "'scores' is a list of 0, expected an object"),
    ],
)
def test_what_is_refused_is_named(path, value, message):
    with pytest.raises(ValueError) as caught:
        ModelJson.from_dict(with_other(whole_text(), path, value))
    assert str(caught.value) == message


def odd_text() -> dict[str, Any]:
    """In another order, with more than is known, whole numbers, and without what may be left out."""
    text = whole_text()
    text["tasks"]["kind"] = {"colour": "red", "temperature": 1, "classes": text["tasks"]["kind"]["classes"]}
    text["cards"][0] = {"note": [1], **text["cards"][0], "size": [1, 1]}
    del text["cards"][2]["size"], text["twins"], text["gallery"]["cosine"], text["input"]["colour"], text["export"]
    text["locator"]["note"] = text["input"]["note"] = text["mine"] = {"is": 1}
    return dict(reversed(text.items()))


@pytest.mark.parametrize("text", [fake_text(), fake_text(without_head=True), whole_text(), odd_text()])
def test_a_file_that_is_written_again_is_the_same(tmp_path, text):
    (tmp_path / "model.json").write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    check_written_again(tmp_path / "model.json")


def test_the_package_s_own_description_is_written_again_the_same():
    check_written_again(package_weights() / "weights.json")


def test_weights_without_their_description_say_what_to_do(tmp_path):
    with pytest.raises(ModelError, match=r"weights\.json is missing: install Balatro anew"):
        read_package_json(tmp_path)
    (tmp_path / "weights.json").write_text('{"format": 1, "name": "package"}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"weights\.json: damaged \(.*\); install Balatro anew"):
        read_package_json(tmp_path)
    assert "kind" in read_package_json().tasks


def test_only_what_was_changed_changes(tmp_path):
    model = ModelJson.from_dict(odd_text())
    kind = replace(model.tasks["kind"], temperature=0.5, reject=0.25)
    changed = replace(model, name="other", tasks={**model.tasks, "kind": kind}, gallery=None, export={"of": "fake"})
    write_model_json(tmp_path / "model.json", changed)
    written, wanted = json.loads((tmp_path / "model.json").read_text(encoding="utf-8")), odd_text()
    wanted["name"] = "other"
    wanted["tasks"]["kind"] |= {"temperature": 0.5, "reject": 0.25}
    del wanted["gallery"]
    wanted["export"] = {"of": "fake"}
    assert json.dumps(written) == json.dumps(wanted)
    assert read_model_json(tmp_path / "model.json") == changed


def test_a_task_and_a_card_that_go_are_gone():
    text = fake_text()
    model = ModelJson.from_dict(text)
    fewer = replace(model, tasks={"kind": model.tasks["kind"]}, cards=model.cards[:1], twins=())
    assert fewer.to_dict() == text | {"tasks": {"kind": text["tasks"]["kind"]}, "cards": text["cards"][:1], "twins": []}


@pytest.mark.parametrize(
    ("text", "of"),
    [
        (fake_text(), None),
        ({"export": {"of": "x"}}, "x"),
        ({"export": 7}, None),
        ([], None),
        ({"export": {}}, None),
    ],
)
def test_what_a_damaged_file_is_an_export_of(tmp_path, text, of):
    (tmp_path / "model.json").write_text(json.dumps(text), encoding="utf-8")
    assert export_of(tmp_path / "model.json") == of


def test_new_entries_are_written_whole():
    assert Task(("a",)).to_dict() == {"classes": ["a"], "temperature": 1.0, "reject": 0.0}
    assert list(GallerySettings().to_dict()) == ["scale", "reject", "cosine", "weight"]
    written = BundleCard("a", "A", "", "", True).to_dict()
    assert json.dumps(written) == '{"id": "a", "name": "A", "type": "", "rarity": "", "known": true, "size": [1.0, 1.0]}'

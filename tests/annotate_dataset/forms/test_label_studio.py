"""Label Studio: rectangles and whole pictures, and all the ways to name a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from balatro.annotate_dataset.forms import Imported, import_dataset
from balatro.annotate_dataset.store.store import DatasetStore
from balatro.errors import InputError
from balatro.utils.images import load_image
from tests.annotate_dataset.forms.test_boxes import screen_with_card
from tests.annotate_dataset.small_data import picture, write_pictures

CARD = {"x": 25, "y": 100 / 6, "width": 30, "height": 160 / 3, "rotation": 0}
"""Where `screen_with_card` has its card."""


def rectangle(name: str = "", number: int = 0, **other: Any) -> dict[str, Any]:
    value = {**CARD, "rectanglelabels": [name]} if name else dict(CARD)
    told = {"id": f"r{number}", "type": "rectanglelabels" if name else "rectangle", "from_name": "label"}
    return {**told, "original_width": 80, "original_height": 60, "image_rotation": 0, "value": value, **other}


def choice(field: str, value: str, **other: Any) -> dict[str, Any]:
    return {"id": f"c{field}", "type": "choices", "from_name": field, "value": {"choices": [value]}, **other}


def task(image: str, *results: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"image": image}, "annotations": [{"result": list(results)}] if results else []}


def imported(folder: Path, tasks: list[dict[str, Any]]) -> tuple[DatasetStore, Imported]:
    folder.mkdir(exist_ok=True)
    (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
    store = DatasetStore(folder.parent / "data")
    return store, import_dataset("labelstudio", folder, store, "me")


@pytest.mark.parametrize(
    ("image", "file"),
    [
        ("C:\\Users\\me\\label-studio\\media\\upload\\1\\0a1b2c3d-a.png", "a.png"),
        ("C:\\media\\upload\\1\\0a1b2c3d-a.png", "upload/1/0a1b2c3d-a.png"),
        ("/data/local-files/?d=folder%5Ca.png", "folder/a.png"),
        ("http://localhost:8080/data/local-files/?d=folder/a.png&x=1", "folder/a.png"),
        ("/data/upload/3/0a1b2c3d-no%231.png", "no#1.png"),
        ("/data/upload/3/0a1b2c3d-no#1.png", "no#1.png"),
        ("/data/local-files/?d=no#1.png", "no#1.png"),
        ("/data/local-files/?d=a+b.png", "a+b.png"),
        ("/data/local-files/?d=a%2Bb.png", "a+b.png"),
        ("/data/local-files/?d=a+b.png", "a b.png"),
        ("/data/upload/3/0a1b2c3d-a%20b.png", "a%20b.png"),
        ("/data/upload/3/0a1b2c3d-a%20b.png", "a b.png"),
        ("s3://bucket/cards/a b?.png", "cards/a b?.png"),
        ("https://host/x/a.png?token=a#1", "a.png"),
    ],
)
def test_pictures_are_found_however_they_are_named(tmp_path: Path, image: str, file: str) -> None:
    write_pictures(tmp_path / "in", {file: (3, 0)})
    store, done = imported(tmp_path / "in", [task(image, choice("name", "Egg"))])
    assert done.failures == () and np.array_equal(load_image(store.dataset / done.pictures[0]), picture(3))
    assert "C:" not in done.pictures[0] and "Users" not in done.pictures[0]


def test_the_picture_in_the_named_folder_is_taken(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", {"upload/1/a.png": (1, 0), "upload/2/a.png": (2, 0), "a.png": (3, 0)})
    tasks = [task(f"/data/upload/{n}/a.png", choice("name", f"Card {n}")) for n in (1, 2)]
    store, done = imported(tmp_path / "in", tasks)
    found = {store.labels[key].name: load_image(store.dataset / key) for key in done.pictures}
    assert all(np.array_equal(found[f"Card {n}"], picture(n)) for n in (1, 2))


@pytest.mark.parametrize("turn", [1, 6])
def test_rectangles_are_cut_out(tmp_path: Path, turn: int) -> None:
    screen_with_card(tmp_path / "in/screen.png", turn)
    per_region = choice("modifier", "foil", id="r0") | {"value": {**CARD, "choices": ["foil"]}}
    store, done = imported(tmp_path / "in", [task("screen.png", rectangle("Egg"), per_region)])
    assert (done.pictures, done.failures) == (("screen_0.png",), ())
    assert np.array_equal(load_image(store.dataset / "screen_0.png"), picture(3))
    assert (store.labels["screen_0.png"].name, store.labels["screen_0.png"].modifier) == ("Egg", "Foil")


def test_a_chosen_name_counts_before_the_rectangle_s_label(tmp_path: Path) -> None:
    screen_with_card(tmp_path / "in/screen.png")
    named = choice("name", "DNA", id="r0") | {"value": {**CARD, "choices": ["DNA"]}}
    for results in ([rectangle("card"), named], [named, rectangle("card")], [rectangle(), named]):
        store, _ = imported(tmp_path / "in", [task("screen.png", *results)])
        assert {label.name for label in store.labels.values()} == {"DNA"}


def test_rectangles_in_json_min(tmp_path: Path) -> None:
    screen_with_card(tmp_path / "in/screen.png")
    size = {"original_width": 80, "original_height": 60}
    boxes = [{**CARD, **size, "rectanglelabels": ["Egg"]}]
    told = {"image": "screen.png", "id": 1, "label": boxes, "modifier": [{**CARD, **size, "choices": ["Foil"]}], "annotator": 1}
    store, done = imported(tmp_path / "in", [told])
    assert (done.pictures, done.failures) == (("screen_0.png",), ())
    assert np.array_equal(load_image(store.dataset / "screen_0.png"), picture(3))
    assert (store.labels["screen_0.png"].name, store.labels["screen_0.png"].modifier) == ("Egg", "Foil")


def test_rectangles_and_whole_pictures_in_one_project(tmp_path: Path) -> None:
    screen_with_card(tmp_path / "in/screen.png")
    write_pictures(tmp_path / "in", {"a.png": (1, 0), "b.png": (2, 0)})
    tasks = [
        task("a.png", choice("name", "DNA"), choice("modifier", "Foil")),
        task("screen.png", rectangle("Egg")),
        task("screen.png", choice("name", "A table"), rectangle("Egg")),
        task("b.png"),
    ]
    store, done = imported(tmp_path / "in", tasks)
    assert done.failures == ()
    assert {key: store.labels[key].name for key in done.pictures} == {
        "a.png": "DNA",
        "screen_0.png": "Egg",
        "screen.png": "A table",
        "screen_0-2.png": "Egg",
    }


@pytest.mark.parametrize(
    ("results", "told"),
    [
        ([rectangle("Egg", value={**CARD, "rotation": 12, "rectanglelabels": ["Egg"]})], "rectangle 0: turned"),
        ([rectangle("Egg", image_rotation=90)], "rectangle 0: turned"),
        ([rectangle()], "rectangle 0: without a name"),
        ([rectangle("Egg", value={**CARD, "width": 0, "rectanglelabels": ["Egg"]})], "rectangle 0: a box of"),
        ([rectangle("Egg", value={**CARD, "x": "left", "rectanglelabels": ["Egg"]})], "rectangle 0: damaged"),
        (
            [{"type": "rectanglelabels", "value": {"x": 0, "rectanglelabels": ["Egg"]}}],
            "rectanglelabels in it; only choices",
        ),
        (
            [{"type": "polygonlabels", "value": {"points": [], "polygonlabels": ["Egg"]}}],
            "polygonlabels in it; only choices",
        ),
        ([choice("modifier", "Foil"), rectangle("Egg")], "modifier chosen for the whole picture, without a name"),
        ([choice("modifier", "Foil")], "no name is chosen in it"),
    ],
)
def test_what_is_not_read_is_told_in_one_line(tmp_path: Path, results: list[dict[str, Any]], told: str) -> None:
    screen_with_card(tmp_path / "in/screen.png")
    write_pictures(tmp_path / "in", {"a.png": (1, 0)})
    _, done = imported(tmp_path / "in", [task("a.png", choice("name", "DNA")), task("screen.png", *results)])
    (line,) = done.failures
    assert "tasks.json, task 1" in line and told in line and "\n" not in line


def test_a_picture_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'gone.png': no such picture"):
        imported(tmp_path / "in", [task("gone.png", rectangle("Egg"))])

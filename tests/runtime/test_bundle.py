"""Models that are missing, damaged or too new: one line each."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from balatro.errors import BalatroError, ModelError
from balatro.gallery.gallery import Gallery, load_gallery, pack_gallery
from balatro.identify_card.recognizer import Recognizer
from balatro.runtime.bundle import find_bundle, load_bundle
from tests.identify_card.fake_bundle import fake_text, write_fake_bundle


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path))
    return tmp_path


def test_auto_takes_game_before_demo(data):
    demo = write_fake_bundle(data / "models" / "demo")
    assert find_bundle() == demo
    game = write_fake_bundle(data / "models" / "game")
    assert find_bundle("auto") == game
    assert find_bundle("demo") == find_bundle(demo) == find_bundle(str(demo)) == demo


def test_a_model_that_a_killed_process_left_beside_its_place_is_found(data):
    for name in ("game", "other", "third"):
        write_fake_bundle(data / "models" / f".{name}.x1y2z3.old")
    assert find_bundle("auto").name == "game"
    assert find_bundle("other").name == "other"
    assert load_bundle(data / "models" / "third").folder.name == "third"


def test_auto_without_any_model_says_what_to_do(data):
    with pytest.raises(ModelError, match="balatro art import"):
        find_bundle()


def test_unknown_model_names_those_there(data):
    write_fake_bundle(data / "models" / "demo")
    with pytest.raises(ModelError, match=r"no model 'gmae': there are demo"):
        find_bundle("gmae")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "model format 2, this version reads up to 1; update Balatro"),
        ({"format": None}, "make the model anew"),
        ({"tasks": {}}, "damaged"),
        ({"cards": 7}, "damaged"),
        ({"cards": [7]}, "card 1 is int, expected an object"),
        ({"tasks": {"modifier": 7}}, "task 'modifier' is int, expected an object"),
        ({"twins": 7}, "damaged"),
        ({"gallery": 7}, "damaged"),
        ({"input": {"width": "wide"}}, "'width' of 'input' is str, expected a number"),
        ({"twins": [["red", "nobody"]]}, "'twins' has 'nobody', which is no card's id"),
        ({"tasks": {"modifier": {"classes": ["Foil", "Base"]}}}, "modifiers"),
        ({"cards": fake_text()["cards"][:2]}, "identification classes"),
        ({"gallery": {"colour": 1}}, "'gallery' has 'colour', expected scale, reject, cosine, weight only"),
    ],
)
def test_damaged_or_newer_bundle(tmp_path, change, message):
    folder = write_fake_bundle(tmp_path / "bundle", **change)
    with pytest.raises(ModelError, match=message) as caught:
        load_bundle(folder)
    assert "\n" not in str(caught.value) and str(folder) in str(caught.value)


def test_model_json_that_is_no_json(tmp_path):
    folder = write_fake_bundle(tmp_path / "bundle")
    (folder / "model.json").write_text("{", encoding="utf-8")
    with pytest.raises(BalatroError):
        load_bundle(folder)


@pytest.mark.parametrize("name", ["model.onnx", "locator.onnx", "gallery.npz"])
@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_missing_or_damaged_files(tmp_path, name, content):
    folder = write_fake_bundle(tmp_path / "bundle", without_head=True)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=name) as caught:
        Recognizer.load(folder)
    assert "\n" not in str(caught.value)


def test_networks_that_do_not_fit_model_json(tmp_path):
    text = fake_text()
    text["cards"].append({**text["cards"][0], "id": "violet"})
    text["tasks"]["identification"]["classes"].append("violet")
    folder = write_fake_bundle(tmp_path / "bundle")
    (folder / "model.json").write_text(json.dumps(text), encoding="utf-8")
    with pytest.raises(ModelError, match=r"5 classes for 'identification', model\.json 6"):
        Recognizer.load(folder)


@pytest.mark.parametrize("name", ["model.onnx", "locator.onnx"])
def test_networks_of_another_kind(tmp_path, name):
    folder = write_fake_bundle(tmp_path / "bundle")
    other = {"model.onnx": "locator.onnx", "locator.onnx": "model.onnx"}[name]
    (folder / name).write_bytes((folder / other).read_bytes())
    with pytest.raises(ModelError, match=rf"{name}: another kind of network") as caught:
        Recognizer.load(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("part", "value"), [("card", 5), ("card", -1), ("modifier", -1), ("embedding", None)])
def test_gallery_of_another_model(tmp_path, part, value):
    folder = write_fake_bundle(tmp_path / "bundle", without_head=True)
    gallery = load_gallery(folder / "gallery.npz")
    changed = np.ones((5, 7), np.float32) if value is None else np.full(5, value, getattr(gallery, part).dtype)
    (folder / "gallery.npz").write_bytes(pack_gallery(replace(gallery, **{part: changed})))
    with pytest.raises(ModelError, match=r"gallery\.npz is that of another model"):
        Recognizer.load(folder)


def test_gallery_round_trip_and_nearest(tmp_path):
    views = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    (tmp_path / "gallery.npz").write_bytes(
        pack_gallery(Gallery(views, np.array([2, 0, 2], np.int32), np.array([0, 1, 4], np.int8)))
    )
    gallery = load_gallery(tmp_path / "gallery.npz")
    assert gallery.modifier.tolist() == [0, 1, 4] and gallery.embedding.dtype == np.float32
    likeness = gallery.nearest(np.array([[0.8, 0.6], [0, 1]], np.float32), 4)
    assert likeness == pytest.approx(np.array([[0.6, -1, 0.96, -1], [1, -1, 0.8, -1]]), abs=2e-3)


def test_gallery_whose_parts_do_not_fit(tmp_path):
    (tmp_path / "gallery.npz").write_bytes(
        pack_gallery(Gallery(np.zeros((3, 2), np.float32), np.zeros(2, np.int32), np.zeros(3, np.int8)))
    )
    with pytest.raises(ModelError, match="do not fit"):
        load_gallery(tmp_path / "gallery.npz")

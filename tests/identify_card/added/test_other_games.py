"""`balatro gallery new`, and folders for `balatro gallery add`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from balatro.errors import SettingsError
from balatro.identify_card.added.added import load_added
from balatro.identify_card.added.command import gallery
from balatro.identify_card.recognizer import Recognizer
from balatro.utils.images import write_png
from tests.identify_card.fake_bundle import card_picture, write_fake_bundle

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def few_strangers(monkeypatch):
    monkeypatch.setattr("balatro.identify_card.added.views.NUM_STRANGERS", 6)


@pytest.fixture
def refs(tmp_path, monkeypatch):
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    for name in ("red", "green", "blue"):
        write_png(tmp_path / "refs" / f"{name.title()}.png", card_picture(name))
    (tmp_path / "refs" / "Broken.png").write_bytes(b"no picture")
    return tmp_path / "refs"


def invoke(*words: str):
    result = CliRunner().invoke(gallery, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_folder_becomes_a_model(refs, tmp_path):
    result = invoke("new", "mine", str(refs))
    assert "3 cards, by 3 pictures" in result.stdout and "Broken.png" in result.stderr
    model = json.loads((tmp_path / "data" / "models" / "mine" / "model.json").read_text())
    assert [card["name"] for card in model["cards"]] == ["Blue", "Green", "Red"] and model["tasks"] == {}
    assert model["game"] == {"aspect": [0.75, 0.75]}


def test_a_folder_is_added_to_either_kind_of_model(refs, tmp_path):
    invoke("new", "mine", str(refs))
    (refs / "Broken.png").unlink()
    for path in refs.iterdir():
        path.rename(path.with_name(f"Other {path.name}"))
    assert "6 cards, by 3 pictures" in invoke("add", str(refs), "--model", "mine").stdout
    fake = write_fake_bundle(tmp_path / "fake", without_head=True)
    assert "3 pictures of 3 cards added" in invoke("add", str(refs), "--model", str(fake)).stdout
    assert [card.name for card in load_added(fake).cards] == ["Other Blue", "Other Green", "Other Red"]
    with pytest.raises(SettingsError, match="for one card"):
        invoke("add", str(refs), "--model", str(fake), "--type", "Joker")


def test_one_picture_needs_no_list(refs, tmp_path):
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake", without_head=True), 1)
    assert recognizer.add("Leaf", str(refs / "Green.png")).pictures == 1

"""`balatro models …` on fake models."""

import json

import pytest
from typer.testing import CliRunner

from balatro.cli.main import app
from balatro.config.paths import model_dir
from tests.identify_card.fake_bundle import write_fake_bundle


@pytest.fixture
def two():
    write_fake_bundle(model_dir("game"), training={"steps": 7, "settings": {"lr": 1}}, scores={"found": 0.987654})
    write_fake_bundle(model_dir("game.other"), export={"of": "mine", "format": "onnx", "precision": "int8"})


def run(*words: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, ["models", *words])
    assert result.exit_code == status, result.output
    return result.output


def test_without_any():
    assert "no model in" in run("list") and run("list", "--json") == "[]\n"


@pytest.mark.usefixtures("two")
def test_list_tells_all():
    (model_dir("broken")).mkdir()
    (model_dir("broken") / "model.json").write_text("{")
    broken, game, other = run("list").splitlines()
    assert game.split() == ["game", "trained,", "7", "steps,", "deck", "fake,", "4", "cards,", "0.0", "MB"]
    assert other.startswith("game.other") and "exported from mine (onnx int8)" in other
    assert broken.startswith("broken") and "not readable" in broken
    assert [entry["name"] for entry in json.loads(run("list", "--json"))] == ["broken", "game", "game.other"]


@pytest.mark.usefixtures("two")
def test_info():
    assert "scores        found 0.9877" in run("info", "game")
    assert json.loads(run("info", "game", "--json"))["made"] == "trained, 7 steps"
    assert "there are game, game.other" in run("info", "gome", status=1)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("name", ["game", "game.other"])
def test_use_changes_them(name):
    run("use", name)
    assert "exported from mine" in run("info", "game") and "trained, 7 steps" in run("info", "game.other")
    assert "no demo.other beside it" in run("use", "demo", status=1)


@pytest.mark.usefixtures("two")
def test_remove():
    CliRunner().invoke(app, ["models", "remove", "game"], input="n\n")
    assert model_dir("game").exists()
    run("remove", "game", "--yes")
    assert not model_dir("game").exists() and model_dir("game.other").exists()
    run("use", "game")
    assert model_dir("game").exists() and not model_dir("game.other").exists()

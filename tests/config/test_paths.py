from pathlib import Path

from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import art_dir, data_dir, model_dir, package_weights, runs_dir


def test_folders_follow_the_environment(monkeypatch):
    monkeypatch.setenv("BALATRO_DATA", "elsewhere")
    monkeypatch.setenv("BALATRO_RUNS", "")
    assert art_dir("game") == Path("elsewhere/art/game")
    assert model_dir("demo") == Path("elsewhere/models/demo")
    assert runs_dir() == Path("runs")
    monkeypatch.delenv("BALATRO_DATA")
    assert data_dir() == Path("data")


def test_the_weights_lie_in_the_package():
    assert package_weights().is_dir()


def test_the_order_of_modifiers_is_fixed():
    assert MODIFIERS == ("Base", "Foil", "Holographic", "Polychrome", "Negative")

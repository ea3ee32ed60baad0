from pathlib import Path

from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import art_dir, data_dir, home, model_dir, package_weights, runs_dir


def test_folders_follow_the_environment(monkeypatch):
    monkeypatch.setenv("BALATRO_DATA", "elsewhere")
    monkeypatch.setenv("BALATRO_RUNS", "")
    assert art_dir("game") == Path("elsewhere/art/game")
    assert model_dir("demo") == Path("elsewhere/models/demo")
    assert runs_dir() == Path("elsewhere/runs")
    monkeypatch.setenv("BALATRO_RUNS", "there")
    assert runs_dir() == Path("there")


def test_a_data_folder_here_comes_before_the_users_own(monkeypatch, tmp_path):
    monkeypatch.delenv("BALATRO_DATA")
    monkeypatch.delenv("BALATRO_RUNS")
    monkeypatch.chdir(tmp_path)
    assert (data_dir(), runs_dir()) == (home(), home() / "runs")
    assert home().is_absolute() and home().name == "balatro"
    Path("data").mkdir()
    assert (data_dir(), runs_dir()) == (Path("data"), Path("runs"))


def test_the_weights_lie_in_the_package():
    assert package_weights().is_dir()


def test_the_order_of_modifiers_is_fixed():
    assert MODIFIERS == ("Base", "Foil", "Holographic", "Polychrome", "Negative")

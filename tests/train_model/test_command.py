"""The commands, end to end on a deck of a few cards: what they write is what identifying reads."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from balatro.config.paths import package_weights
from balatro.identify_card.bundle import load_bundle
from balatro.identify_card.recognizer import Recognizer
from balatro.models.bundle import load_start
from balatro.train_model import calibrate, command, loop
from balatro.train_model.loop import Run
from balatro.utils.errors import InputError, MissingPartError, SettingsError
from tests.train_model.tiny_deck import save_tiny_deck


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calibration on one screen, and a network that trains in no time."""
    ask = calibrate.ask
    monkeypatch.setattr(calibrate, "ask", lambda e, x, feed, number: ask(e, x, replace(feed, screens=1, crops=16), 1))
    small = replace(command.DEFAULTS, backbone="cardnet_tiny", embedding=16, outsiders=8, threads=1, device="cpu")
    monkeypatch.setattr(command, "DEFAULTS", small)


SMALL = {"backbone": "cardnet_tiny", "workers": 0, "screens": 1, "crops": 8}


@pytest.mark.usefixtures("quick")
def test_train_writes_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    save_tiny_deck(tmp_path / "data" / "art" / "tiny")
    command.train(deck="tiny", steps=2, start="none", **SMALL)
    folder = tmp_path / "data" / "models" / "tiny"
    bundle = load_bundle(folder)
    assert "balatro identify screenshot.png --model tiny\n" in capsys.readouterr().out
    assert bundle.deck == "tiny" and bundle.tasks["identification"].classes[:2] == ("t_0", "t_1")
    assert bundle.twins == ((0, 3),)
    assert bundle.cards[-1].id == "stranger" and not bundle.cards[-1].known
    written = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert set(written) >= {"backbone", "embedding", "scores", "data_hash", "training", "input", "locator"}
    assert isinstance(Recognizer.load(folder, threads=1).identify(np.zeros((288, 512, 3), np.uint8)), list)
    first = (folder / "model.onnx").read_bytes()
    command.export(Path("tiny"), tmp_path / "again")
    assert (tmp_path / "again" / "model.onnx").read_bytes() == first
    monkeypatch.chdir(tmp_path / "runs" / "tiny")
    written_to = []
    monkeypatch.setattr(command, "finish_bundle", lambda _, folder: written_to.append(folder))
    command.export(Path())  # the current folder has the run's name
    with pytest.raises(InputError, match=r"without a model\.json"):
        command.export(Path(), tmp_path / "data" / "art")
    assert written_to == [folder]


@pytest.mark.usefixtures("quick")
def test_pretrain_writes_weights_without_names(tmp_path: Path) -> None:
    command.pretrain(steps=1, cards=6, name="first", **SMALL)
    weights = tmp_path / "runs" / "first" / "weights"
    command.pretrain(steps=1, cards=6, out=tmp_path / "weights", start=str(weights / "start.pth"), **SMALL)
    names = {path.name for path in (tmp_path / "weights").iterdir()}
    assert names == {path.name for path in weights.iterdir()}
    assert names == {"encoder.onnx", "locator.onnx", "start.pth", "weights.json", command.LOG}
    text = json.loads((tmp_path / "weights" / "weights.json").read_text(encoding="utf-8"))
    assert list(text["tasks"]) == ["modifier", "kind"] and text["cards"] == []
    assert text["training"]["settings"]["start"] == "start.pth"  # and not where it lies on this machine
    assert load_start(tmp_path / "weights" / "start.pth") is not None


def test_the_weights_of_the_package_tell_no_places() -> None:
    settings = json.loads((package_weights() / "weights.json").read_text(encoding="utf-8"))["training"]["settings"]
    assert not [value for value in settings.values() if isinstance(value, str) and ("/" in value or "\\" in value)]


@pytest.mark.parametrize("part", ["torch", "onnx"])
def test_a_missing_part_is_noticed_before_training(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, part, None)
    for start in (command.train, command.pretrain, lambda: command.export(Path("game"))):
        with pytest.raises(MissingPartError, match="pip install"):
            start()


def test_a_broken_torch_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, *_: object) -> object:
        raise OSError("[WinError 126] a library is missing\nLoading c10.dll")

    with monkeypatch.context() as patch, pytest.raises(MissingPartError, match="WinError 126") as caught:
        patch.setattr("builtins.__import__", broken)
        command._need_torch()
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("quick")
def test_only_commands_that_can_resume_speak_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deck = str(save_tiny_deck(tmp_path / "tiny"))
    monkeypatch.setattr(loop, "_tell", stop)
    settings = replace(command.DEFAULTS, deck=deck, start="none", screens=1, crops=8, workers=0)
    with pytest.raises(KeyboardInterrupt):
        command.run_training(settings, tmp_path / "run")
    assert "--resume" not in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        command.train(deck=deck, start="none", **SMALL)
    assert "--resume" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        command.pretrain(cards=6, **SMALL)
    assert "--resume" in capsys.readouterr().err


def stop(run: Run, *_: object) -> None:
    raise KeyboardInterrupt


def test_a_place_that_is_taken_is_told_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "data" / "models" / "tiny"
    taken.mkdir(parents=True)
    (taken / "mine.txt").touch()
    monkeypatch.setattr(command, "run_training", lambda *_: pytest.fail("the long work must not begin"))
    with pytest.raises(InputError, match=r"without a model\.json"):
        command.train(deck="tiny")


def test_minutes_or_steps() -> None:
    with pytest.raises(SettingsError, match="one of them"):
        command.train(minutes=1.0, steps=5)

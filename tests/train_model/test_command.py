"""The commands, end to end on a deck of a few cards: what they write is what identifying reads."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from balatro.identify_card.bundle import load_bundle
from balatro.identify_card.recognizer import Recognizer
from balatro.models.bundle import load_start
from balatro.train_model import calibrate, command
from balatro.utils.errors import SettingsError
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
def test_train_writes_a_model(tmp_path: Path) -> None:
    save_tiny_deck(tmp_path / "data" / "art" / "tiny")
    command.train(deck="tiny", steps=2, start="none", **SMALL)
    folder = tmp_path / "data" / "models" / "tiny"
    bundle = load_bundle(folder)
    assert bundle.deck == "tiny" and bundle.tasks["identification"].classes[:2] == ("t_0", "t_1")
    assert bundle.twins == ((0, 3),)
    assert bundle.cards[-1].id == "stranger" and not bundle.cards[-1].known
    written = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert set(written) >= {"backbone", "embedding", "scores", "data_hash", "training", "input", "locator"}
    assert isinstance(Recognizer.load(folder, threads=1).identify(np.zeros((288, 512, 3), np.uint8)), list)
    first = (folder / "model.onnx").read_bytes()
    command.export(Path("tiny"), tmp_path / "again")
    assert (tmp_path / "again" / "model.onnx").read_bytes() == first


@pytest.mark.usefixtures("quick")
def test_pretrain_writes_weights_without_names(tmp_path: Path) -> None:
    command.pretrain(steps=1, cards=6, out=tmp_path / "weights", **SMALL)
    names = {path.name for path in (tmp_path / "weights").iterdir()}
    assert names == {"encoder.onnx", "locator.onnx", "start.pth", "weights.json", command.LOG}
    text = json.loads((tmp_path / "weights" / "weights.json").read_text(encoding="utf-8"))
    assert list(text["tasks"]) == ["modifier", "kind"] and text["cards"] == []
    assert load_start(tmp_path / "weights" / "start.pth") is not None


def test_minutes_or_steps() -> None:
    with pytest.raises(SettingsError, match="one of them"):
        command.train(minutes=1.0, steps=5)

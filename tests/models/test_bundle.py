"""Bundles: exported networks answer as the trained ones, and nothing half-written is left."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from balatro.config.modifiers import MODIFIERS
from balatro.models import bundle
from balatro.models.bundle import describe, load_start, save_bundle, save_package_weights, without_names
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.utils.errors import ModelError

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def networks() -> tuple[MultiHeadModel, Locator]:
    torch.manual_seed(1)
    return MultiHeadModel("cardnet_tiny", {"identification": 6, "modifier": 5}, 16).eval(), Locator().eval()


@pytest.fixture(scope="module")
def cards() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 128, 96, 3), np.uint8)


def text(encoder: MultiHeadModel) -> dict:
    tasks = {"modifier": {"classes": list(MODIFIERS), "temperature": 1.0, "reject": 0.0}}
    return describe("tiny", "demo", encoder, tasks, cards=[], twins=[], locator={"threshold": 0.3}, scores={})


def test_bundle_answers_as_torch(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    encoder, locator = networks
    folder = tmp_path / "tiny"
    assert save_bundle(folder, encoder, locator, text(encoder), cards) < 1e-4
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "locator.onnx", "model.json", "best_model.pth"}
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    assert [output.name for output in session.get_outputs()] == ["identification", "modifier", "embedding"]
    assert len(session.run(None, {"cards": cards[:1]})[0]) == 1  # any number of cards
    finder = onnxruntime.InferenceSession(str(folder / "locator.onnx"))
    frame = np.random.default_rng(0).integers(0, 256, (1, 304, 528, 3), np.uint8)
    heat, corners = finder.run(["heat", "corners"], {"frame": frame})
    with torch.no_grad():
        wanted = locator(torch.from_numpy(frame))
    assert np.abs(heat - wanted[0].numpy()).max() < 1e-4 and np.abs(corners - wanted[1].numpy()).max() < 1e-3
    assert 0 < (heat > 0).mean() <= 0.25
    written = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert written["format"] == 1 and written["input"] == {"width": 96, "height": 128, "margin": 0.04, "colour": "RGB"}


def test_a_failed_bundle_leaves_the_old_one(
    tmp_path: Path, networks: tuple, cards: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, locator = networks
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "model.json").write_text("old", encoding="utf-8")
    monkeypatch.setattr(bundle, "LARGEST_DIFFERENCE", -1.0)
    with pytest.raises(ModelError, match="differ"):
        save_bundle(folder, encoder, locator, text(encoder), cards)
    assert (folder / "model.json").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_package_weights_start_another_run(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    encoder, locator = networks
    assert save_package_weights(tmp_path, encoder, locator, text(encoder), cards) < 1e-4
    start = load_start(tmp_path / "start.pth")
    assert start is not None and start["backbone"] == "cardnet_tiny"
    assert not any("identification" in key for key in start["encoder"])
    copy = without_names(encoder)
    copy.load_state_dict(start["encoder"])
    with torch.no_grad():
        near = copy.eval()(torch.from_numpy(cards))["embedding"] - encoder(torch.from_numpy(cards))["embedding"]
    assert near.abs().max() < 0.02  # float16 between
    session = onnxruntime.InferenceSession(str(tmp_path / "encoder.onnx"))
    assert [output.name for output in session.get_outputs()] == ["modifier", "embedding"]


def test_weights_that_answer_otherwise_are_not_written(
    tmp_path: Path, networks: tuple, cards: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, locator = networks
    (tmp_path / "encoder.onnx").write_bytes(b"old")
    monkeypatch.setattr(bundle, "LARGEST_DIFFERENCE", -1.0)
    with pytest.raises(ModelError, match="differ"):
        save_package_weights(tmp_path, encoder, locator, text(encoder), cards)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("encoder.onnx", b"old")]


def test_damaged_weights_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "start.pth").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"start\.pth") as caught:
        load_start(tmp_path / "start.pth")
    assert "\n" not in str(caught.value)

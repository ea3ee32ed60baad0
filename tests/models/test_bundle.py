"""Bundles: exported networks answer as the trained ones, and nothing half-written is left."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import package_weights
from balatro.errors import ModelError
from balatro.models import bundle
from balatro.models.bundle import (
    LARGEST_DIFFERENCE,
    check_exported,
    describe,
    export_encoder,
    load_encoder,
    load_start,
    save_bundle,
    save_package_weights,
    without_names,
)
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.models.refiner import Refiner
from balatro.runtime.model_json import BundleCard, ModelJson, Task, read_model_json

pytestmark = pytest.mark.slow

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def networks() -> tuple[MultiHeadModel, Locator]:
    torch.manual_seed(1)
    return MultiHeadModel("cardnet_tiny", {"identification": 6, "modifier": 5}, 16).eval(), Locator().eval()


@pytest.fixture(scope="module")
def cards() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 128, 96, 3), np.uint8)


CARDS = tuple(BundleCard(f"c_{n}", f"Card {n}", "Joker", "Rare", known=True) for n in range(6))


def about(encoder: MultiHeadModel) -> ModelJson:
    tasks = {task: Task(MODIFIERS if task == "modifier" else tuple(card.id for card in CARDS)) for task in encoder.tasks}
    return describe("tiny", "demo", encoder, tasks, locator_threshold=0.3, cards=CARDS, scores={})


def test_bundle_answers_as_torch(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    encoder, locator = networks
    folder = tmp_path / "tiny"
    assert save_bundle(folder, encoder, locator, about(encoder), cards) < 1e-4
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "locator.onnx", "model.json", "best_model.pth"}
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    assert [output.name for output in session.get_outputs()] == ["identification", "modifier", "embedding"]
    assert len(session.run(None, {"cards": cards[:1]})[0]) == 1  # any number of cards
    finder = onnxruntime.InferenceSession(str(folder / "locator.onnx"))
    frame = np.random.default_rng(0).integers(0, 256, (1, 320, 544, 3), np.uint8)
    heat, corners, smaller = finder.run(["heat", "corners", "smaller"], {"frame": frame})
    with torch.no_grad():
        wanted = locator(torch.from_numpy(frame))
    assert np.abs(heat - wanted[0].numpy()).max() < 1e-4 and np.abs(corners - wanted[1].numpy()).max() < 1e-3
    assert np.abs(smaller - wanted[2].numpy()).max() < 1e-4
    assert 0 < (heat > 0).mean() <= 0.25
    written = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert written["heads"] == {"identification": "cosine", "modifier": "mlp"}
    assert written["format"] == 1 and written["input"] == {"width": 96, "height": 128, "margin": 0.04, "colour": "RGB"}


def test_model_json_is_written_as_ever(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    """Every key, in its place and with its value, as versions before this one wrote them and read them."""
    save_bundle(tmp_path / "tiny", *networks, replace(about(networks[0]), cards=CARDS, data_hash="d", split_hash=""), cards)
    classes = {"identification": [card.id for card in CARDS], "modifier": list(MODIFIERS)}
    wanted = {
        "format": 1, "name": "tiny", "deck": "demo", "backbone": "cardnet_tiny",
        "input": {"width": 96, "height": 128, "margin": 0.04, "colour": "RGB"},
        "embedding": 16, "heads": {"identification": "cosine", "modifier": "mlp"},
        "tasks": {task: {"classes": names, "temperature": 1.0, "reject": 0.0} for task, names in classes.items()},
        "cards": [
            {"id": f"c_{n}", "name": f"Card {n}", "type": "Joker", "rarity": "Rare", "known": True, "size": [1.0, 1.0]}
            for n in range(6)
        ],
        "twins": [], "data_hash": "d", "split_hash": "", "locator": {"threshold": 0.3}, "scores": {},
    }  # fmt: skip
    written = (tmp_path / "tiny" / "model.json").read_text(encoding="utf-8")
    assert written == json.dumps(wanted, indent=1, ensure_ascii=False) + "\n"
    assert read_model_json(tmp_path / "tiny" / "model.json").cards == CARDS


def test_a_failed_bundle_leaves_the_old_one(
    tmp_path: Path, networks: tuple, cards: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, locator = networks
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "model.json").write_text("old", encoding="utf-8")
    monkeypatch.setattr(bundle, "LARGEST_DIFFERENCE", -1.0)
    with pytest.raises(ModelError, match="differ"):
        save_bundle(folder, encoder, locator, about(encoder), cards)
    assert (folder / "model.json").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_package_weights_start_another_run(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    encoder, locator = networks
    assert save_package_weights(tmp_path, encoder, locator, Refiner(), about(encoder), cards) < 1e-4
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
        save_package_weights(tmp_path, encoder, locator, Refiner(), about(encoder), cards)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("encoder.onnx", b"old")]


def test_damaged_weights_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "start.pth").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"start\.pth") as caught:
        load_start(tmp_path / "start.pth")
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def others() -> MultiHeadModel:
    """Another size, other heads, no names."""
    torch.manual_seed(2)
    heads = {"modifier": "improved", "kind": "cosine"}
    return MultiHeadModel("cardnet_tiny", {"modifier": 5, "kind": 2}, 8, heads=heads, image_size=(48, 32)).eval()


def test_an_encoder_comes_back(tmp_path: Path, others: MultiHeadModel) -> None:
    names = {"modifier": list(MODIFIERS), "kind": ["card", "nothing"]}
    written = describe("other", "pictures", others, {task: Task(tuple(classes)) for task, classes in names.items()}, 0.3)
    assert written.input_size == (48, 32)
    cards = np.random.default_rng(1).integers(0, 256, (3, 32, 48, 3), np.uint8)
    assert save_bundle(tmp_path / "other", others, None, written, cards) < 1e-4
    assert (tmp_path / "other" / "locator.onnx").read_bytes() == (package_weights() / "locator.onnx").read_bytes()
    encoder, classes = load_encoder(tmp_path / "other" / "best_model.pth")
    assert classes == names and not encoder.training
    assert (encoder.image_size, encoder.head_kinds) == ((48, 32), others.head_kinds)
    with torch.no_grad():
        one, other = encoder(torch.from_numpy(cards)), others(torch.from_numpy(cards))
    assert all(torch.equal(one[name], other[name]) for name in other)
    start = load_start(tmp_path / "other" / "best_model.pth")
    assert start is not None and "locator" not in start


def test_older_files_take_their_classes_from_beside(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    encoder, locator = networks
    save_bundle(tmp_path / "tiny", encoder, locator, about(encoder), cards)
    path = tmp_path / "tiny" / "best_model.pth"
    state = torch.load(path, weights_only=True)
    torch.save({name: value for name, value in state.items() if name not in ("tasks", "heads", "image_size")}, path)
    again, classes = load_encoder(path)
    assert classes == {"identification": [f"c_{n}" for n in range(6)], "modifier": list(MODIFIERS)}
    assert all(torch.equal(value, encoder.state_dict()[name]) for name, value in again.state_dict().items())
    path.with_name("model.json").write_text('{"format": 1, "tasks": []}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"model\.json: damaged"):
        load_encoder(path)
    path.with_name("model.json").unlink()
    with pytest.raises(ModelError, match="without class names, and no model.json beside it"):
        load_encoder(path)


def test_the_package_s_own_encoder_comes_back() -> None:
    encoder, classes = load_encoder(package_weights() / "start.pth")
    assert classes["modifier"] == list(MODIFIERS) and "identification" not in encoder.tasks


def test_weights_that_do_not_fit_are_one_line(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    encoder, locator = networks
    save_bundle(tmp_path / "tiny", encoder, locator, about(encoder), cards)
    path = tmp_path / "tiny" / "best_model.pth"
    torch.save({**torch.load(path, weights_only=True), "embedding": 8}, path)
    with pytest.raises(ModelError, match="its weights do not fit together") as caught:
        load_encoder(path)
    assert "\n" not in str(caught.value)


def test_class_names_must_be_all(tmp_path: Path, networks: tuple, cards: np.ndarray) -> None:
    encoder, locator = networks
    right = about(encoder)
    wrong = replace(right, tasks={**right.tasks, "modifier": Task(("Base",))})
    with pytest.raises(ModelError, match="names 1 classes of task `modifier`, the network has 5"):
        save_bundle(tmp_path / "tiny", encoder, locator, wrong, cards)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("backbone", ["resnet18", "efficientnet_b0", "vit_tiny", "mobilenetv4_conv_small"])
def test_foreign_backbones_are_exported(backbone: str) -> None:
    """One of each family but the largest; any number of cards."""
    torch.manual_seed(3)
    encoder = MultiHeadModel(backbone, {"modifier": 5}, 8, heads={"modifier": "basic"}, image_size=(64, 32)).eval()
    cards = np.random.default_rng(1).integers(0, 256, (3, 32, 64, 3), np.uint8)
    assert check_exported(export_encoder(encoder), b"", encoder, None, cards) < LARGEST_DIFFERENCE


def test_a_frame_of_large_cards(networks: tuple) -> None:
    frame = bundle._frame_of(np.full((4, 400, 600, 3), 7, np.uint8))
    assert frame.shape == (1, 288, 512, 3) and (frame == 7).all()

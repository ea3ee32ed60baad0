"""The bundle: what training leaves behind and identifying reads. ONNX files, model.json, and the weights to train on from.

data/models/<name>/model.onnx       the encoder: `cards` uint8 (N, H, W, 3) -> logits per task, `embedding`
data/models/<name>/locator.onnx     `frame` uint8 (1, H, W, 3), multiples of 32 -> `heat`, `corners`, `smaller`
data/models/<name>/gallery.npz      embeddings of its deck's cards, where it learned from a deck
data/models/<name>/model.json       classes, thresholds, scores
data/models/<name>/best_model.pth   both networks' weights, and what the encoder is built from
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from balatro.config.model_files import (
    ADDED_FILE,
    ADDED_PICTURES,
    ENCODER_FILE,
    LOCATOR_FILE,
    MODEL_FILE,
    PACKAGE_ABOUT,
    PACKAGE_ENCODER,
    PACKAGE_START,
    REFINER_FILE,
    WEIGHTS_FILE,
)
from balatro.config.paths import package_weights
from balatro.config.shapes import CARD_SIZE, LARGEST_DIFFERENCE, MARGIN, MODEL_FORMAT, PATCH_SIZE
from balatro.errors import BalatroError, ModelError
from balatro.models.locator import FRAME_SIZE, Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.models.refiner import Refiner, sample_patches
from balatro.runtime.model_json import ModelJson, Task, read_model_json, write_model_json
from balatro.utils.files import new_folder, write_bytes

NETWORKS = ("encoder", "locator", "refiner")
"""What a file of weights may hold."""


def describe(
    name: str, deck: str, encoder: MultiHeadModel, tasks: Mapping[str, Task], locator_threshold: float, **more: Any
) -> ModelJson:
    """model.json of an encoder. more: `cards`, `scores` and other fields of the record."""
    return ModelJson(
        name=name,
        deck=deck,
        backbone=encoder.backbone_name,
        input_size=encoder.image_size,
        margin=MARGIN,
        embedding=encoder.embedding_size,
        heads=dict(encoder.head_kinds),
        tasks=tasks,
        locator_threshold=locator_threshold,
        **{"cards": (), **more},
    )


def save_bundle(
    folder: Path,
    encoder: MultiHeadModel,
    locator: Locator | None,
    about: ModelJson,
    cards: np.ndarray,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> float:
    """Write a bundle, whole or not at all, after checking that ONNX Runtime answers as torch does.

    locator: None takes the one that comes with the package, for a run that trained none. about: see `describe`.
    cards: (N, H, W, 3) uint8 RGB to check with. files: what else belongs to it, by name. Returns the largest difference seen.
    An older bundle there is replaced, its gallery too: embeddings of another encoder mean nothing to this one. Only the cards
    that a person added by pictures stay: whoever reads them next looks at the pictures anew.
    """
    with new_folder(folder, MODEL_FILE, keep=(ADDED_FILE, ADDED_PICTURES)) as building:
        (building / ENCODER_FILE).write_bytes(encoder_onnx := export_encoder(encoder))
        (building / LOCATOR_FILE).write_bytes(locator_onnx := export_locator(locator) if locator else _package_locator())
        for name, data in files.items():
            (building / name).write_bytes(data)
        write_model_json(building / MODEL_FILE, about)
        (building / WEIGHTS_FILE).write_bytes(_weights(encoder, locator, torch.float32, about))
        return check_exported(encoder_onnx, locator_onnx, encoder, locator, cards)


def _package_locator() -> bytes:
    path = package_weights() / LOCATOR_FILE
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: no locator there, and this run trained none; install the package anew") from error


def export_encoder(encoder: MultiHeadModel) -> bytes:
    """The encoder as ONNX, for any number of cards."""
    names = [*encoder.heads, "embedding"]
    width, height = encoder.image_size
    sample = torch.zeros(2, height, width, 3, dtype=torch.uint8)
    return _export(_Listed(encoder), sample, "cards", names, {name: {0: "n"} for name in ["cards", *names]})


def export_locator(locator: Locator) -> bytes:
    """The locator as ONNX, for one frame of any size in multiples of 32."""
    sample = torch.zeros(1, FRAME_SIZE[1], FRAME_SIZE[0], 3, dtype=torch.uint8)
    return _export(
        locator,
        sample,
        "frame",
        ["heat", "corners", "smaller"],
        {"frame": {1: "H", 2: "W"}, "heat": {1: "cells"}, "corners": {2: "cells"}, "smaller": {1: "h", 2: "w"}},
    )


def export_refiner(refiner: Refiner) -> bytes:
    """The refiner as ONNX, for any number of patches."""
    names = ["patches", "corners", "card"]
    return _export(refiner, sample_patches(), "patches", names[1:], {name: {0: "n"} for name in names})


class _Listed(nn.Module):
    """The encoder with its outputs as a tuple, in the order of their names."""

    def __init__(self, encoder: MultiHeadModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, cards: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.encoder(cards).values())


def _export(network: nn.Module, sample: Tensor, name: str, outputs: list[str], axes: dict[str, dict[int, str]]) -> bytes:
    was_training = network.training
    data = io.BytesIO()
    network.eval()
    try:
        with warnings.catch_warnings():
            # The older exporter: the newer one takes 20 times as long for the same graph. Its warnings are about its age.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network, (sample,), cast(Any, data), dynamo=False, input_names=[name], output_names=outputs, dynamic_axes=axes
            )
    finally:
        network.train(was_training)
    return data.getvalue()


@torch.no_grad()
def check_exported(
    encoder_onnx: bytes, locator_onnx: bytes, encoder: MultiHeadModel, locator: Locator | None, cards: np.ndarray
) -> float:
    """The largest difference between ONNX Runtime and torch over all outputs; ModelError when it is too large.

    locator: None where it was not made here, so that there is nothing to compare.
    """
    worst = _compare(encoder_onnx, encoder, cards)
    if locator is not None:
        worst = max(worst, _compare(locator_onnx, locator, _frame_of(cards)))
    if not worst <= LARGEST_DIFFERENCE:
        raise ModelError(
            f"the exported networks differ from the trained by {worst:.2g}, expected {LARGEST_DIFFERENCE:g} at most; "
            "nothing was written, report this"
        )
    return worst


@torch.no_grad()
def check_refiner(refiner_onnx: bytes, refiner: Refiner, cards: np.ndarray) -> float:
    """As `check_exported`; cards are (N, h, w, 3) of any size, seen in patches."""
    columns, rows = np.arange(PATCH_SIZE[0]) % cards.shape[2], np.arange(PATCH_SIZE[1]) % cards.shape[1]
    worst = _compare(refiner_onnx, refiner, np.ascontiguousarray(cards[:, rows][:, :, columns]))
    if not worst <= LARGEST_DIFFERENCE:
        raise ModelError(f"the exported refiner differs by {worst:.2g}, expected {LARGEST_DIFFERENCE:g} at most; report this")
    return worst


def _compare(data: bytes, network: nn.Module, value: np.ndarray) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    answers = session.run(None, {session.get_inputs()[0].name: value})
    wanted = network.eval()(torch.from_numpy(value))
    pairs = zip(answers, wanted.values() if isinstance(wanted, dict) else wanted, strict=True)
    return max(_difference(answer, want.numpy()) for answer, want in pairs)


def _frame_of(cards: np.ndarray) -> np.ndarray:
    """(1, 288, 512, 3) uint8: a frame full of cards, or of the corner of one that is larger."""
    frame = np.zeros((1, FRAME_SIZE[1], FRAME_SIZE[0], 3), np.uint8)
    height, width = cards.shape[1:3]
    columns, rows = max(FRAME_SIZE[0] // (width + 20), 1), max(FRAME_SIZE[1] // (height + 10), 1)
    for number, card in enumerate(cards[: columns * rows]):
        x, y = (number % columns) * (width + 20), (number // columns) * (height + 10)
        place = frame[0, y : y + height, x : x + width]
        place[:] = card[: place.shape[0], : place.shape[1]]
    return frame


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference where neither is 0: of two cells as good as equal, either may be the peak of a thinned map."""
    both = (one != 0) & (other != 0)
    return float(np.abs(one - other)[both].max()) if both.any() else float(np.abs(one - other).max())


def _weights(
    encoder: MultiHeadModel,
    locator: Locator | None,
    dtype: torch.dtype,
    about: ModelJson,
    keep_names: bool = True,
    refiner: Refiner | None = None,
) -> bytes:
    """The networks as bytes for `load_start` and `load_encoder`; norms and biases always in float32."""
    networks: dict[str, nn.Module] = {"encoder": encoder if keep_names else without_names(encoder)}
    networks |= {name: network for name, network in (("locator", locator), ("refiner", refiner)) if network is not None}
    state: dict[str, Any] = {
        name: {key: value.to(dtype) if value.ndim > 1 else value for key, value in network.state_dict().items()}
        for name, network in networks.items()
    }
    tasks = [task for task in encoder.tasks if keep_names or task != "identification"]
    state |= {
        "format": MODEL_FORMAT,
        "backbone": encoder.backbone_name,
        "embedding": encoder.embedding_size,
        "image_size": list(encoder.image_size),
        "heads": {task: encoder.head_kinds[task] for task in tasks},
        "tasks": {task: _classes(about, task, encoder.tasks[task]) for task in tasks},
    }
    data = io.BytesIO()
    torch.save(state, data)
    return data.getvalue()


def _classes(about: ModelJson, task: str, number: int) -> list[str]:
    names = list(about.tasks[task].classes) if task in about.tasks else []
    if len(names) != number:
        raise ModelError(f"the description names {len(names)} classes of task `{task}`, the network has {number}; report this")
    return names


# The package's own weights: a bundle without names.


def save_package_weights(
    folder: Path, encoder: MultiHeadModel, locator: Locator, refiner: Refiner, about: ModelJson, cards: np.ndarray
) -> float:
    """Write the three networks as ONNX, start.pth (float16) and weights.json (a model.json without names and cards).

    All are made, and the networks checked with `cards` (see `save_bundle`), before any is written; what else lies in
    the folder stays. Returns the largest difference seen.
    """
    nameless = without_names(encoder)
    encoder_onnx, locator_onnx = export_encoder(nameless), export_locator(locator)
    refiner_onnx = export_refiner(refiner)
    start = _weights(encoder, locator, torch.float16, about, keep_names=False, refiner=refiner)
    difference = check_exported(encoder_onnx, locator_onnx, nameless, locator, cards)
    difference = max(difference, check_refiner(refiner_onnx, refiner, cards))
    files = {PACKAGE_ENCODER: encoder_onnx, LOCATOR_FILE: locator_onnx, REFINER_FILE: refiner_onnx, PACKAGE_START: start}
    for name, data in files.items():
        write_bytes(folder / name, data)
    write_model_json(folder / PACKAGE_ABOUT, about)
    return difference


def without_names(encoder: MultiHeadModel) -> MultiHeadModel:
    """A copy without the identification head."""
    tasks = {task: number for task, number in encoder.tasks.items() if task != "identification"}
    heads = {task: encoder.head_kinds[task] for task in tasks}
    copy = MultiHeadModel(encoder.backbone_name, tasks, encoder.embedding_size, heads=heads, image_size=encoder.image_size)
    copy.load_state_dict(
        {key: value for key, value in encoder.state_dict().items() if not key.startswith("heads.identification.")}
    )
    return copy.eval()


def load_start(path: Path | None = None) -> dict[str, Any] | None:
    """Weights to start training from: {"encoder", "locator": state dicts in float32, "backbone", "embedding", …}.

    path: a start.pth or best_model.pth; None takes the package's, and gives None where the package has none. A model whose run
    trained no locator has no "locator".
    """
    if path is None:
        path = package_weights() / PACKAGE_START
        if not path.is_file():
            return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        names = [name for name in NETWORKS if name in state or name == "encoder"]
        return {**state, **{name: {k: _widened(v) for k, v in state[name].items()} for name in names}}
    except Exception as error:  # torch raises half a dozen kinds for damaged files
        raise ModelError(
            f"{path}: not readable as weights ({_reason(error)}); name a run, a checkpoint or a best_model.pth"
        ) from error


def load_encoder(path: Path) -> tuple[MultiHeadModel, dict[str, list[str]]]:
    """The encoder of a best_model.pth or start.pth, ready to read, and {task: class names in index order}.

    Files of before the classes were in them need the model.json (or weights.json) that lies beside them.
    """
    state = load_start(path)
    assert state is not None  # only for the package's, by no path
    classes = {task: list(names) for task, names in (state.get("tasks") or _classes_beside(path)).items()}
    try:
        encoder = MultiHeadModel(
            state["backbone"],
            {task: len(names) for task, names in classes.items()},
            state["embedding"],
            heads=state.get("heads"),
            image_size=tuple(state.get("image_size", CARD_SIZE)),
        )
        encoder.load_state_dict(state["encoder"])
    except (KeyError, RuntimeError, BalatroError) as error:  # RuntimeError: weights of another network
        raise ModelError(f"{path}: its weights do not fit together ({_reason(error)}); train anew") from error
    return encoder.eval(), classes


def _classes_beside(path: Path) -> dict[str, list[str]]:
    for name in (MODEL_FILE, PACKAGE_ABOUT):
        if (path.parent / name).is_file():
            return {task: list(entry.classes) for task, entry in read_model_json(path.parent / name).tasks.items()}
    raise ModelError(f"{path}: without class names, and no model.json beside it; keep them together, or train anew")


def _reason(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _widened(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value

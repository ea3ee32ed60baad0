"""The bundle: what training leaves behind and identifying reads. ONNX files, model.json, and the weights to train on from.

data/models/<name>/model.onnx       the encoder: `cards` uint8 (N, 128, 96, 3) -> logits per task, `embedding`
data/models/<name>/locator.onnx     `frame` uint8 (1, H, W, 3), multiples of 16 -> `heat`, `corners`
data/models/<name>/model.json       classes, thresholds, scores
data/models/<name>/best_model.pth   both networks' weights
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from balatro.config.paths import package_weights
from balatro.config.shapes import CARD_SIZE, MARGIN, MODEL_FORMAT
from balatro.models.locator import FRAME_SIZE, Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.utils.errors import ModelError
from balatro.utils.files import new_folder, write_bytes, write_json

LARGEST_DIFFERENCE = 0.02
"""By how much ONNX Runtime may differ from torch in any output. Logits and corners (in cells of 4 pixels) reach 20
and more: 0.02 moves a probability by half a percent at most, a corner by a tenth of a pixel. Seen: 2e-5, once 3e-3."""


def describe(name: str, deck: str, encoder: MultiHeadModel, tasks: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """model.json of an encoder. tasks: {task: {"classes", "temperature", "reject"}}; more: `cards`, `locator`, `scores` …"""
    return {
        "format": MODEL_FORMAT,
        "name": name,
        "deck": deck,
        "backbone": encoder.backbone_name,
        "input": {"width": CARD_SIZE[0], "height": CARD_SIZE[1], "margin": MARGIN, "colour": "RGB"},
        "embedding": encoder.embedding_size,
        "tasks": dict(tasks),
        **more,
    }


def save_bundle(folder: Path, encoder: MultiHeadModel, locator: Locator, text: Mapping[str, Any], cards: np.ndarray) -> float:
    """Write a bundle, whole or not at all, after checking that ONNX Runtime answers as torch does.

    text: model.json, see `describe`. cards: (N, 128, 96, 3) uint8 RGB to check with. Returns the largest difference seen.
    An older bundle there is replaced, its gallery too: embeddings of another encoder mean nothing to this one.
    """
    with new_folder(folder, "model.json") as building:
        (building / "model.onnx").write_bytes(encoder_onnx := export_encoder(encoder))
        (building / "locator.onnx").write_bytes(locator_onnx := export_locator(locator))
        write_json(building / "model.json", dict(text))
        (building / "best_model.pth").write_bytes(_weights(encoder, locator, torch.float32))
        return check_exported(encoder_onnx, locator_onnx, encoder, locator, cards)


def export_encoder(encoder: MultiHeadModel) -> bytes:
    """The encoder as ONNX, for any number of cards."""
    names = [*encoder.heads, "embedding"]
    sample = torch.zeros(2, CARD_SIZE[1], CARD_SIZE[0], 3, dtype=torch.uint8)
    return _export(_Listed(encoder), sample, "cards", names, {name: {0: "n"} for name in ["cards", *names]})


def export_locator(locator: Locator) -> bytes:
    """The locator as ONNX, for one frame of any size in multiples of 16."""
    sample = torch.zeros(1, FRAME_SIZE[1], FRAME_SIZE[0], 3, dtype=torch.uint8)
    return _export(
        locator,
        sample,
        "frame",
        ["heat", "corners"],
        {"frame": {1: "H", 2: "W"}, "heat": {1: "h", 2: "w"}, "corners": {2: "h", 3: "w"}},
    )


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
    encoder_onnx: bytes, locator_onnx: bytes, encoder: MultiHeadModel, locator: Locator, cards: np.ndarray
) -> float:
    """The largest difference between ONNX Runtime and torch over all outputs; ModelError when it is too large."""
    import onnxruntime

    frame = np.zeros((1, FRAME_SIZE[1], FRAME_SIZE[0], 3), np.uint8)
    height, width = CARD_SIZE[1], CARD_SIZE[0]
    for number, card in enumerate(cards[:8]):  # a frame full of cards
        x, y = (number % 4) * (width + 20), (number // 4) * (height + 10)
        frame[0, y : y + height, x : x + width] = card
    worst = 0.0
    for data, network, value in ((encoder_onnx, encoder, cards), (locator_onnx, locator, frame)):
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        answers = session.run(None, {session.get_inputs()[0].name: value})
        wanted = network.eval()(torch.from_numpy(value))
        for answer, want in zip(answers, wanted.values() if isinstance(wanted, dict) else wanted, strict=True):
            worst = max(worst, _difference(answer, want.numpy()))
    if not worst <= LARGEST_DIFFERENCE:
        raise ModelError(
            f"the exported networks differ from the trained by {worst:.2g}, expected {LARGEST_DIFFERENCE:g} at most; "
            "nothing was written, report this"
        )
    return worst


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference where neither is 0: of two cells as good as equal, either may be the peak of a thinned map."""
    both = (one != 0) & (other != 0)
    return float(np.abs(one - other)[both].max()) if both.any() else float(np.abs(one - other).max())


def _weights(encoder: MultiHeadModel, locator: Locator, dtype: torch.dtype, keep_names: bool = True) -> bytes:
    """Both networks as bytes for `load_start`; norms and biases always in float32."""
    networks = {"encoder": encoder.state_dict(), "locator": locator.state_dict()}
    if not keep_names:
        networks["encoder"] = {k: v for k, v in networks["encoder"].items() if not k.startswith("heads.identification.")}
    state: dict[str, Any] = {
        name: {key: value.to(dtype) if value.ndim > 1 else value for key, value in values.items()}
        for name, values in networks.items()
    }
    state |= {"format": MODEL_FORMAT, "backbone": encoder.backbone_name, "embedding": encoder.embedding_size}
    data = io.BytesIO()
    torch.save(state, data)
    return data.getvalue()


# The package's own weights: a bundle without names.


def save_package_weights(
    folder: Path, encoder: MultiHeadModel, locator: Locator, text: Mapping[str, Any], cards: np.ndarray
) -> float:
    """Write encoder.onnx, locator.onnx, start.pth (float16) and weights.json (a model.json without names and cards).

    All are made, and the networks checked with `cards` (see `save_bundle`), before any is written; what else lies in
    the folder stays. Returns the largest difference seen.
    """
    nameless = without_names(encoder)
    encoder_onnx, locator_onnx = export_encoder(nameless), export_locator(locator)
    start = _weights(encoder, locator, torch.float16, keep_names=False)
    difference = check_exported(encoder_onnx, locator_onnx, nameless, locator, cards)
    for name, data in (("encoder.onnx", encoder_onnx), ("locator.onnx", locator_onnx), ("start.pth", start)):
        write_bytes(folder / name, data)
    write_json(folder / "weights.json", dict(text))
    return difference


def without_names(encoder: MultiHeadModel) -> MultiHeadModel:
    """A copy without the identification head."""
    tasks = {task: number for task, number in encoder.tasks.items() if task != "identification"}
    copy = MultiHeadModel(encoder.backbone_name, tasks, encoder.embedding_size)
    copy.load_state_dict(
        {key: value for key, value in encoder.state_dict().items() if not key.startswith("heads.identification.")}
    )
    return copy.eval()


def load_start(path: Path | None = None) -> dict[str, Any] | None:
    """Weights to start training from: {"encoder", "locator": state dicts in float32, "backbone", "embedding"}.

    path: a start.pth or best_model.pth; None takes the package's, and gives None where the package has none.
    """
    if path is None:
        path = package_weights() / "start.pth"
        if not path.is_file():
            return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        return {**state, **{name: {k: _widened(v) for k, v in state[name].items()} for name in ("encoder", "locator")}}
    except Exception as error:  # torch raises half a dozen kinds for damaged files
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"{path}: not readable as weights ({reason}); name a best_model.pth, a checkpoint, `package` or `none`"
        ) from error


def _widened(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value

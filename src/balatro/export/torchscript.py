"""TorchScript: both networks traced from a model's torch weights, for programs with libtorch or `torch.jit.load`.

torch calls TorchScript deprecated. It is written all the same, since what it has to be read by is not ours to choose.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from balatro.config.model_files import WEIGHTS_FILE
from balatro.errors import ModelError
from balatro.models.bundle import load_encoder, load_start
from balatro.models.locator import FRAME_SIZE, Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.runtime.bundle import load_bundle


def write_torchscript(source: Path, folder: Path) -> None:
    """Trace both networks of the model in `source` into folder/model.pt and folder/locator.pt.

    Each takes what the ONNX network takes, and gives a dict of tensors by the names of its outputs.
    """
    for name, network in load_networks(source).items():
        with _without_its_age(), torch.no_grad():
            torch.jit.save(torch.jit.trace(network, _sample(network), strict=False), str(folder / f"{name}.pt"))


def load_networks(source: Path) -> dict[str, nn.Module]:
    """The networks of a trained model, ready to read; the locator is the package's where the training left it alone."""
    path = source / WEIGHTS_FILE
    if not path.is_file():
        raise ModelError(
            f"{source}: no {WEIGHTS_FILE} there, so torch has no weights of it; train a model (`balatro train`), "
            "or choose --format onnx or openvino"
        )
    encoder, _ = load_encoder(path)
    state = load_start(path) or {}
    weights = state.get("locator") or (load_start() or {}).get("locator")
    if weights is None:
        raise ModelError(f"{path}: without a locator, and the package has none; install Balatro anew")
    locator = Locator()
    try:
        locator.load_state_dict(weights)
    except RuntimeError as error:
        raise ModelError(f"{path}: its locator does not fit this version; train anew") from error
    return {"model": encoder, "locator": _ByName(locator.eval())}


class _ByName(nn.Module):
    """The locator with its outputs by name, as the encoder has them."""

    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.locator = locator

    def forward(self, frame: Tensor) -> dict[str, Tensor]:
        heat, corners, smaller = self.locator(frame)
        return {"heat": heat, "corners": corners, "smaller": smaller}


def _sample(network: nn.Module) -> Tensor:
    if isinstance(network, _ByName):
        return torch.zeros(1, FRAME_SIZE[1], FRAME_SIZE[0], 3, dtype=torch.uint8)
    assert isinstance(network, MultiHeadModel)
    width, height = network.image_size
    return torch.zeros(2, height, width, 3, dtype=torch.uint8)


@dataclass(frozen=True)
class _Value:
    name: str
    shape: tuple[int | None, ...] = (None,)


class TorchSession:
    """A torch network on the CPU, as `balatro.runtime.sessions.Session`."""

    def __init__(self, network: Any, takes: str, gives: Sequence[str]) -> None:
        self._network = network
        self._inputs, self._outputs = [_Value(takes)], [_Value(name) for name in gives]

    def get_inputs(self) -> list[_Value]:
        return self._inputs

    def get_outputs(self) -> list[_Value]:
        return self._outputs

    @torch.inference_mode()
    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        (value,) = input_feed.values()
        outputs = self._network(torch.from_numpy(np.ascontiguousarray(value)))
        return [outputs[name].numpy() for name in output_names or [value.name for value in self._outputs]]


def open_torchscript(path: Path, threads: int | None = None) -> TorchSession:
    """A file that `write_torchscript` wrote, in a model's folder."""
    with _without_its_age():
        return _session(path, torch.jit.load(str(path), map_location="cpu"))


def _session(path: Path, network: Any) -> TorchSession:
    if path.stem == "locator":
        return TorchSession(network, "frame", ("heat", "corners", "smaller"))
    return TorchSession(network, "cards", (*load_bundle(path.parent).tasks, "embedding"))


@contextmanager
def _without_its_age() -> Iterator[None]:
    """Without torch's warnings that TorchScript is deprecated, and the tracer's that sizes were seen: they are asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

"""Networks, opened in one way, whatever runs them: ONNX Runtime, or OpenVINO for models that were exported to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeAlias

import numpy as np

from balatro.config.model_files import NETWORKS
from balatro.errors import MissingPartError, ModelError
from balatro.utils.extras import how_to_install


class Value(Protocol):
    """An input or output of a network."""

    @property
    def name(self) -> str: ...

    @property
    def shape(self) -> Sequence[int | str | None]:
        """Numbers where the size is fixed."""


class Session(Protocol):
    """A network that is ready to run; of ONNX Runtime's sessions the part that is used here."""

    def get_inputs(self) -> Sequence[Value]: ...

    def get_outputs(self) -> Sequence[Value]: ...

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, np.ndarray]) -> Sequence[np.ndarray]:
        """The outputs of these names, all when None, for inputs by name."""


OpenSession: TypeAlias = Callable[[Path, "int | None"], Session]
"""Opens a network's file with so many CPU threads; None chooses."""


def default_threads() -> int:
    """As many as there are cores, at most four: the networks are too small to gain from more."""
    return max(1, min(4, os.cpu_count() or 1))


def network_file(folder: Path, name: str) -> Path:
    """The file of a model's network, `model` or `locator`: the first of RUNTIMES that is there."""
    for suffix in RUNTIMES:
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
    return folder / f"{name}.onnx"


def weights_file(path: Path) -> Path:
    """Where the weights of a network's file lie: beside it in OpenVINO's form, else in it."""
    return path.with_suffix(".bin") if path.suffix == ".xml" else path


def networks_bytes(folder: Path) -> int:
    """How large both networks of a model are on disk."""
    files = [network_file(folder, name) for name in NETWORKS]
    return sum(path.stat().st_size for path in {*files, *map(weights_file, files)})


def open_session(path: Path, threads: int | None = None) -> Session:
    """Load a network for the CPU, with the runtime that its file is made for; ModelError when it is missing or damaged."""
    if not path.is_file():
        raise ModelError(f"{path} is missing: make the model anew with `balatro train` or `balatro art import`")
    open_ = RUNTIMES.get(path.suffix.lower())
    if open_ is None:
        raise ModelError(f"{path}: no network that is read here; expected one of: {', '.join(RUNTIMES)}")
    return open_(path, threads or default_threads())


def _open_onnx(path: Path, threads: int) -> Session:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Waiting threads that spin take the cores from the game itself.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no base class of their own
        raise _unreadable(path, "ONNX Runtime", error) from error


def _open_openvino(path: Path, threads: int) -> Session:
    try:
        import openvino
    except ImportError as error:
        raise MissingPartError(f"{path}: a model for OpenVINO, which is missing: {how_to_install('openvino')}") from error
    options = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        # By itself it computes in bfloat16 where the processor can: a score is then off by up to 0.3.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    try:
        return _OpenVino(openvino.Core().compile_model(str(path), "CPU", options))
    except RuntimeError as error:
        raise _unreadable(path, "OpenVINO", error) from error


def _refuse_torch(path: Path, threads: int) -> NoReturn:
    raise ModelError(f"{path}: TorchScript, which is for other programs; name the model that it was exported from")


RUNTIMES: dict[str, Callable[[Path, int], Session]] = {".onnx": _open_onnx, ".xml": _open_openvino, ".pt": _refuse_torch}
"""What opens a network, by the suffix of its file; of several in a model's folder the first counts."""


def _unreadable(path: Path, runtime: str, error: Exception) -> ModelError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # OpenVINO begins with the places in its own source.
    reason = next((line for line in lines if not line.startswith(("Exception from", "Check '"))), type(error).__name__)
    return ModelError(f"{path}: not a network that {runtime} can read ({reason[:160]}); make the model anew")


@dataclass(frozen=True)
class _Named:
    name: str
    shape: tuple[int | None, ...]


class _OpenVino:
    """A network compiled by OpenVINO, as a Session."""

    def __init__(self, compiled: Any) -> None:
        self._request = compiled.create_infer_request()
        self._inputs = [_named(port) for port in compiled.inputs]
        self._outputs = [_named(port) for port in compiled.outputs]
        self._places = {value.name: place for place, value in enumerate(self._outputs)}

    def get_inputs(self) -> list[_Named]:
        return self._inputs

    def get_outputs(self) -> list[_Named]:
        return self._outputs

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        outputs = self._request.infer(dict(input_feed)).to_tuple()
        names = self._places if output_names is None else output_names
        return [np.array(outputs[self._places[name]]) for name in names]  # copies: the next run writes to the same memory


def _named(port: Any) -> _Named:
    shape = tuple(side.get_length() if side.is_static else None for side in port.get_partial_shape())
    return _Named(port.get_any_name(), shape)

"""ONNX Runtime, opened in one way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from balatro.utils.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime


def default_threads() -> int:
    """As many as there are cores, at most four: the networks are too small to gain from more."""
    return max(1, min(4, os.cpu_count() or 1))


def open_session(path: Path, threads: int | None = None) -> onnxruntime.InferenceSession:
    """Load a network for the CPU; ModelError when the file is missing or damaged."""
    import onnxruntime

    if not path.is_file():
        raise ModelError(f"{path} is missing: make the model anew with `balatro train` or `balatro art import`")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or default_threads()
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Waiting threads that spin take the cores from the game itself.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no base class of their own
        reason = str(error).splitlines()[0][:160]
        raise ModelError(f"{path}: not a network that ONNX Runtime can read ({reason}); make the model anew") from error

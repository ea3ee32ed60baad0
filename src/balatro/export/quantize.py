"""int8: static quantization of an ONNX network, calibrated on what it really sees."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from balatro.errors import ModelError

WEIGHTED = frozenset({"Conv", "ConvTranspose", "MatMul", "Gemm"})


OPERATORS = {
    # With the small operators in between, too, ONNX Runtime is no faster than in float.
    "model": ("Conv", "MatMul"),
    # Its thin layers pay only where whole stretches stay in int8. Not MaxPool: a peak is where the heat equals its maximum.
    "locator": ("Conv", "Add", "Relu", "Resize"),
}
"""What of each network is quantized."""


def quantize(name: str, path: Path, inputs: Sequence[np.ndarray], out: Path) -> None:
    """Write the network `name` of OPERATORS as int8: weights by channel, activations by the range they reach on these inputs.

    The last layers before the outputs stay in float: a locator's heat and corners leave through one layer, and eight bits
    for both ranges lost 1 card in 100.
    """
    import onnx
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    graph = onnx.load(str(path)).graph
    try:
        with _quiet():
            quantize_static(
                str(path),
                str(out),
                _Reader(graph.input[0].name, inputs),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(OPERATORS[name]),
                nodes_to_exclude=last_layers(graph),
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
    except Exception as error:  # ONNX Runtime's errors share no base class of their own
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(f"{path}: this network cannot be quantized ({reason[0][:160]}); use --precision fp32") from error


def last_layers(graph: Any) -> list[str]:
    """Names of the layers with weights that no other such layer follows, of an onnx.GraphProto."""
    makers = {output: node for node in graph.node for output in node.output}
    waiting, seen, found = [value.name for value in graph.output], set[str](), dict[str, None]()
    while waiting:
        value = waiting.pop()
        node = makers.get(value)
        if node is None or value in seen:
            continue
        seen.add(value)
        if node.op_type in WEIGHTED:
            found[node.name] = None
        else:
            waiting += node.input
    return list(found)


class _Reader:
    """Hands the inputs out one by one, as ONNX Runtime asks for them."""

    def __init__(self, name: str, inputs: Sequence[np.ndarray]) -> None:
        self._rest: Iterator[dict[str, np.ndarray]] = iter([{name: value} for value in inputs])

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self._rest, None)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that ONNX Runtime logs on every call."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)

"""The forms of a model: what each needs, and how a network is written in it.

A new form is an entry of FORMATS. Each writes two networks, the encoder `model` and the `locator`, into a folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from balatro.config.model_files import NETWORKS
from balatro.errors import MissingPartError, ModelError, SettingsError
from balatro.runtime.bundle import Bundle
from balatro.runtime.sessions import OpenSession, Session, network_file, open_session
from balatro.utils.extras import how_to_install

"""The encoder and the locator, as their files are called."""
PRECISIONS = ("fp32", "int8")

Files = Mapping[str, Path]
"""The ONNX file of each of NETWORKS, quantized where that is wanted."""


@dataclass(frozen=True)
class Format:
    """One form of a model."""

    about: str
    write: Callable[[Files, Bundle, Path], None]
    """Write both networks into a folder, from their ONNX files or from the model's torch weights."""
    precisions: tuple[str, ...] = PRECISIONS
    open_session: OpenSession = open_session
    """What reads them again, to check them."""
    place: str = "models"
    """Where they go in the data folder: `models` for what `--model` takes."""


def _write_onnx(files: Files, original: Bundle, folder: Path) -> None:
    for name, path in files.items():
        shutil.copyfile(path, folder / f"{name}.onnx")


def _write_openvino(files: Files, original: Bundle, folder: Path) -> None:
    try:
        import openvino
    except ImportError as error:
        raise MissingPartError(f"the format `openvino` needs OpenVINO: {how_to_install('openvino')}") from error
    core = openvino.Core()
    for name, path in files.items():
        try:
            # Not openvino.convert_model: that one reports its use to its makers.
            openvino.save_model(core.read_model(str(path)), str(folder / f"{name}.xml"), compress_to_fp16=False)
        except RuntimeError as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise ModelError(f"{path.name}: OpenVINO cannot convert this network ({lines[-1][:160]}); report this") from error


def _write_torchscript(files: Files, original: Bundle, folder: Path) -> None:
    from balatro.export.torchscript import write_torchscript

    write_torchscript(original.folder, folder)


def _open_torchscript(path: Path, threads: int | None = None) -> Session:
    from balatro.export.torchscript import open_torchscript

    return open_torchscript(path, threads)


FORMATS: dict[str, Format] = {
    "onnx": Format("ONNX, for ONNX Runtime: what this program uses", _write_onnx),
    "openvino": Format("OpenVINO IR, which this program reads too", _write_openvino),
    "torchscript": Format("TorchScript, for other programs", _write_torchscript, ("fp32",), _open_torchscript, "exports"),
}


def choose_format(name: str, precision: str) -> Format:
    """The format called `name`; SettingsError when it is unknown, or not to be had in this precision."""
    if name not in FORMATS:
        raise SettingsError(f"no format {name!r}; choose one of: {', '.join(FORMATS)}")
    if precision not in PRECISIONS:
        raise SettingsError(f"no precision {precision!r}; choose one of: {', '.join(PRECISIONS)}")
    chosen = FORMATS[name]
    if precision not in chosen.precisions:
        have = ", ".join(known for known, format in FORMATS.items() if precision in format.precisions)
        raise SettingsError(f"{name} is not written as {precision}; choose --format {have.replace(', ', ' or ')}, or fp32")
    return chosen


def onnx_files(bundle: Bundle) -> dict[str, Path]:
    """The ONNX files of a model; ModelError where it has none, as one that was exported to another format."""
    files = {name: network_file(bundle.folder, name) for name in NETWORKS}
    for path in files.values():
        if path.suffix != ".onnx" or not path.is_file():
            raise ModelError(
                f"{bundle.folder}: {path.name if path.is_file() else 'no network'} there, expected ONNX files; "
                "name the model that it was exported from"
            )
    return files

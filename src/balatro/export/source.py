"""What is exported: a model's folder, or a training run, whose model is written to a folder first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import runs_dir
from balatro.errors import ModelError
from balatro.runtime.bundle import Bundle, find_bundle, load_bundle, model_names

CHECKPOINT = "checkpoint_last.pth"


@dataclass(frozen=True)
class Exportable:
    """A model in the form that training and import leave it in."""

    bundle: Bundle
    name: str
    """What it is called, which the folder of a run that was just written does not tell."""


def find_run(name: str) -> Path | None:
    """The run that a name, a folder or a checkpoint means; None when it means none."""
    for path in (runs_dir() / name, Path(name)):
        if (path / CHECKPOINT).is_file() or (path.is_file() and path.suffix == ".pth"):
            return path
    return None


def is_model(name: str) -> bool:
    """Whether a name or folder means a model."""
    return name == "auto" or (Path(name) / MODEL_FILE).is_file() or name in model_names()


@contextmanager
def open_source(name: str) -> Iterator[Exportable]:
    """The model of this name or folder, else the run's, written while the block runs; ModelError when it is neither."""
    if is_model(name):
        bundle = load_bundle(find_bundle(name))
        yield Exportable(bundle, bundle.folder.resolve().name)
        return
    run = find_run(name)
    if run is None:
        raise ModelError(f"{name}: neither a model nor a run; " + _there_are())
    with TemporaryDirectory(prefix="balatro-export-") as folder:
        run_name = write_run(run, Path(folder) / "model")
        yield Exportable(replace(load_bundle(Path(folder) / "model"), name=run_name), run_name)


def write_run(run: Path, folder: Path | None = None) -> str:
    """Write a run's model in ONNX, by default to data/models/<run>; gives the run's name."""
    from balatro.train_model.command import need_torch

    need_torch()
    from balatro.train_model.run.finish import write_model

    return write_model(run, folder)


def _there_are() -> str:
    runs = sorted(path.parent.name for path in runs_dir().glob(f"*/{CHECKPOINT}"))
    have = [f"{kind} {', '.join(names)}" for kind, names in (("models", model_names()), ("runs", runs)) if names]
    return f"there are {'; '.join(have)}" if have else "there are none yet; `balatro art import` or `balatro train` makes one"

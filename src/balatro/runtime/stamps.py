"""Whether a model was changed since it was read: trained or imported anew, calibrated, or cards added to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from balatro.config.model_files import ADDED_FILE, MODEL_FILE, NETWORKS
from balatro.runtime.sessions import network_file

FileStamp: TypeAlias = "tuple[int, ...]"
"""Tells one state of a file from another, as every change makes a new file; empty where there is none."""


@dataclass(frozen=True)
class ModelStamp:
    """The state of a model's files at one moment. Taken before they are read, so that no change is missed."""

    networks: tuple[FileStamp, ...]
    settings: FileStamp
    """Of model.json."""
    added: FileStamp


def stamp_model(folder: Path) -> ModelStamp:
    """The state of a model now."""
    networks = tuple(_stamp(network_file(folder, name)) for name in NETWORKS)
    return ModelStamp(networks, _stamp(folder / MODEL_FILE), _stamp(folder / ADDED_FILE))


def _stamp(path: Path) -> FileStamp:
    try:
        state = path.stat()
    except OSError:
        return ()
    return (state.st_ino, state.st_mtime_ns, state.st_size)

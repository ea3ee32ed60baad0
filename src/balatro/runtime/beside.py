"""Two models of one name: the one that is used, NAME, and beside it what it was or might be, NAME.other."""

from __future__ import annotations

import shutil
from filecmp import cmp
from pathlib import Path

from balatro.config.model_files import ADDED_FILE, ADDED_PICTURES, MODEL_FILE
from balatro.errors import ModelError
from balatro.utils.files import copy_if_there, exchange

OTHER = ".other"
"""Behind the name of the model that it lies beside."""


def other_of(folder: Path) -> Path:
    """Where the other model of a folder lies, or would."""
    return folder.with_name(folder.name + OTHER)


def put_beside(model: Path, folder: Path) -> Path:
    """Move a model to the place beside `folder`; what was there before is removed. Both lie on one disk."""
    other = other_of(folder)
    if other.exists():
        exchange(model, other)
        shutil.rmtree(model)
    else:
        model.replace(other)
    return other


def use_other(folder: Path) -> None:
    """Let a model and the other one beside it change places; ModelError when there is no other."""
    other = other_of(folder)
    if not (other / MODEL_FILE).is_file():
        raise ModelError(f"{folder}: no {other.name} beside it; `balatro models list` shows what there is")
    if folder.exists():
        exchange(other, folder)
    else:
        other.replace(folder)


def take_added(old: Path, new: Path) -> None:
    """The cards that a person added to the old model, for the new one, where it has none of its own."""
    if not (new / ADDED_FILE).is_file():
        for name in (ADDED_FILE, ADDED_PICTURES):
            copy_if_there(old / name, new / name)


def is_same(one: Path, other: Path) -> bool:
    """Whether two models have the same bytes in all their files; cards that were added do not count."""
    left, right = _files(one), _files(other)
    return left.keys() == right.keys() and all(cmp(path, right[name], shallow=False) for name, path in left.items())


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.name: path
        for path in folder.iterdir()
        if path.is_file() and path.name != ADDED_FILE and not path.name.startswith(".")
    }

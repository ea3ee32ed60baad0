"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from balatro.errors import InputError


def write_bytes(path: Path, data: bytes) -> os.stat_result:
    """Write a file by way of a neighbour and a rename, so that a reader never sees half of it.

    Returns the file as it was before the rename: whoever finds another time, size or inode there, finds another's change.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # mkstemp lets nobody else read it
        written = Path(name).stat()
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return written


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write readable JSON, whole or not at all."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Read JSON; InputError names the file and the place when it is not valid."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not readable as JSON ({error}); mend or remove it") from error


def check_place(folder: Path, mark: str) -> None:
    """InputError unless a folder may be written here by `new_folder`: nothing is there, or nothing in it, or an older one.

    mark: the file that only such a folder has, `model.json` for a model. Ask before long work, not after it.
    """
    place, here = folder.resolve(), Path.cwd().resolve()
    if place == here or place in here.parents:
        raise InputError(f"{folder}: the current folder, or one above it; name a folder of its own")
    if place.exists() and not place.is_dir():
        raise InputError(f"{folder}: a file, expected a folder; name another place")
    if place.is_dir() and not (place / mark).is_file() and any(place.iterdir()):
        raise InputError(f"{folder}: not empty, and without a {mark}, so nothing of ours to replace; name another folder")


@contextlib.contextmanager
def new_folder(folder: Path, mark: str, keep: Iterable[str] = ()) -> Iterator[Path]:
    """Build a folder beside its place and move it there at the end; on an error what was there before stays.

    Only an older folder of the same kind is ever replaced, see `check_place`. keep: files and folders of the older one that the
    new one has, too.
    """
    check_place(folder, mark)
    folder = folder.resolve()  # behind a link lies the folder that is replaced
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".part"))
    building.chmod(0o755)
    try:
        yield building
        check_place(folder, mark)  # someone may have put something there in the meantime
        for name in keep:
            _copy_if_there(folder / name, building / name)
        old = building.with_suffix(".old")
        if folder.exists():
            folder.replace(old)
        try:
            building.replace(folder)
        except OSError:
            if old.exists():
                old.replace(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _copy_if_there(old: Path, new: Path) -> None:
    if old.is_dir():
        shutil.copytree(old, new)
    elif old.is_file():
        shutil.copyfile(old, new)

"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from balatro.errors import InputError
from balatro.utils.processes.lock import file_lock


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

    Where the system can, the two change places in one step; elsewhere a process that is killed between two renames leaves the
    older one beside its place, from where `put_back` takes it.

    Only an older folder of the same kind is ever replaced, see `check_place`. keep: files and folders of the older one that the
    new one has, too.
    """
    put_back(folder)
    check_place(folder, mark)
    folder = folder.resolve()  # behind a link lies the folder that is replaced
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".part"))
    building.chmod(0o755)
    try:
        yield building
        check_place(folder, mark)  # someone may have put something there in the meantime
        for name in keep:
            copy_if_there(folder / name, building / name)
        if not folder.exists():
            building.replace(folder)
            return
        exchange(building, folder)
        shutil.rmtree(building, ignore_errors=True)  # it holds the older one now
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def put_back(folder: Path) -> None:
    """Put an older folder back that a killed process left beside its place; call it before such a folder is read.

    Nothing happens while something is there. BusyError when another process is replacing it and does not come to an end.
    """
    if folder.exists() or not (olds := _older(folder.resolve())):
        return
    folder = folder.resolve()
    with file_lock(_lock_of(folder)):  # whoever replaces it now has come to an end, or was killed
        olds = _older(folder)
        if folder.exists() or not olds:
            return
        newest = max(olds, key=lambda path: path.stat().st_mtime)
        newest.replace(folder)
        shutil.rmtree(newest.with_suffix(".part"), ignore_errors=True)  # what was to take its place


def _older(folder: Path) -> list[Path]:
    """Folders that were on their way out when their process was killed."""
    name = re.compile(rf"\.{re.escape(folder.name)}\.[a-z0-9_]+\.old")
    try:
        return [path for path in folder.parent.iterdir() if name.fullmatch(path.name) and path.is_dir()]
    except OSError:
        return []


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")


def exchange(one: Path, folder: Path) -> None:
    """Let two folders of one disk change places: in one step where the system can, else so that `put_back` mends the second."""
    if not _exchange(one, folder):
        _replace_in_two(one, folder)


def _replace_in_two(building: Path, folder: Path) -> None:
    """The older folder out of the way, the new one in; then the older one has the new one's name."""
    old = building.with_suffix(".old") if building.suffix == ".part" else folder.with_name(f".{folder.name}.exchanged.old")
    with file_lock(_lock_of(folder)):
        folder.replace(old)
        try:
            building.replace(folder)
        except OSError:
            old.replace(folder)
            raise
        old.replace(building)  # what is called .old is always whole: it is removed under another name


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or the disk cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # an older C library
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done: int = rename(here, os.fsencode(one), here, os.fsencode(other), exchange)
    return done == 0


def copy_if_there(old: Path, new: Path) -> None:
    """Copy a file, or a folder with all in it; nothing where there is none."""
    if old.is_dir():
        shutil.copytree(old, new)
    elif old.is_file():
        shutil.copyfile(old, new)

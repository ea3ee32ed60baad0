"""A file of lines that takes long to write: it grows beside its place, and a run that was ended goes on where it stopped.

While it is written there is `<name>.unfinished/` beside it: `settings.json`, what the lines were made with; `lines.jsonl`, the
lines so far; and `lock`. When all is done the lines become the file and the folder goes. So the file itself is always whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from balatro.errors import InputError, SettingsError
from balatro.identify_card.batch.many import MAX_TOLD
from balatro.utils.files import read_json, write_json
from balatro.utils.processes.lock import FolderLock

FORMAT = 1
SETTINGS, LINES, LOCK = "settings.json", "lines.jsonl", "lock"
MAX_LINE = 16 << 20
"""Bytes; a picture's line has about a thousand."""
MODEL_SUFFIXES = (".json", ".onnx", ".npz", ".xml", ".bin")
"""Of the files in a model's folder that decide what it says."""


@dataclass(frozen=True)
class Done:
    """What an earlier run has done."""

    lines: int = 0
    bad: int = 0
    """Lines that say why a picture could not be read,"""
    told: tuple[str, ...] = ()
    """and why the first few could not."""
    first_file: int = 0
    """The file to go on with,"""
    first_frame: int = 0
    """of which so many frames are done."""
    size: int = 0
    """Bytes of the whole lines."""


class LineFile:
    """The lines of one run. To be used with `with`; what is not finished then stays for another run."""

    def __init__(self, path: Path, settings: Mapping[str, Any], files: Sequence[str], resume: bool | None) -> None:
        """settings: what decides the lines, as JSON has it. files: what is read, in order. resume: whether to go on where an
        earlier run stopped, or to begin anew; None: refuse when there is one.

        SettingsError when the earlier run is not to be mixed with this one; InputError when another program is at it.
        """
        self.path = path
        self._folder = path.with_name(f"{path.name}.unfinished")
        _check_folder(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = FolderLock(self._folder / LOCK, path)
        try:
            self.done = self._begin({"format": FORMAT, **settings}, files, resume)
            self._file = self._lines.open("r+b", buffering=0)
            self._file.truncate(self.done.size)
            self._file.seek(self.done.size)
        except BaseException:
            self._lock.close()
            raise
        self.num_lines = self.done.lines

    @property
    def _lines(self) -> Path:
        return self._folder / LINES

    def _begin(self, settings: Mapping[str, Any], files: Sequence[str], resume: bool | None) -> Done:
        place = self._folder / SETTINGS
        if place.is_file() and self._lines.is_file() and resume is not False:
            if resume is None:
                raise SettingsError(
                    f"{self._folder}: a run that was not finished; --resume goes on with it, --no-resume begins anew"
                )
            _check_settings(self._folder, read_json(place), settings)
            return find_done(self._lines, files)
        write_json(place, settings)
        self._lines.write_bytes(b"")
        return Done()

    def write(self, line: bytes) -> None:
        """One more line, at once on disk as far as this program is concerned."""
        self._file.write(line)
        self.num_lines += 1

    def finish(self) -> None:
        """Put the lines in their place."""
        os.fsync(self._file.fileno())
        self._file.close()
        self._lines.replace(self.path)
        self.drop()

    def drop(self) -> None:
        """Forget the run; what was in its place before stays."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Let go; lines that are not finished stay for another run."""
        self._file.close()
        self._lock.close()

    def __enter__(self) -> LineFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _check_folder(folder: Path) -> None:
    """InputError when something of somebody else's is in our way."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: a file, expected nothing there; move it, or name another --json")
    others = [path.name for path in folder.glob("*") if path.name not in (SETTINGS, LINES, LOCK) and path.suffix != ".part"]
    if others:
        raise InputError(f"{folder}: holds {others[0]}, which is not ours; move it, or name another --json")


def find_done(lines: Path, files: Sequence[str]) -> Done:
    """How far the lines go; half a line at the end does not count. InputError when they are not those of these files."""
    num_lines = num_bad = size = place = frames = 0
    reasons: list[str] = []
    for told, length in _whole_lines(lines):
        num_lines += 1
        file = told.get("file")
        if frames and file != files[place]:
            place, frames = place + 1, 0  # the video before has no more frames
        if place >= len(files) or file != files[place]:
            wanted = files[place] if place < len(files) else "no more"
            raise InputError(f"{lines}: line {num_lines} is of {file}, and now {wanted} comes there; --no-resume begins anew")
        if "frame" in told:
            frames += 1
        else:
            place += 1
            frames = 0
        if "error" in told:
            num_bad += 1
            if num_bad <= MAX_TOLD:
                reasons.append(str(told["error"]))
        size += length
    return Done(num_lines, num_bad, tuple(reasons), place, frames, size)


def _whole_lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    with path.open("rb") as file:
        number = 0
        while (line := file.readline(MAX_LINE)).endswith(b"\n"):
            number += 1
            try:
                told = json.loads(line)
            except ValueError:
                told = None
            if not isinstance(told, dict):
                raise InputError(f"{path}: line {number} is damaged; --no-resume begins anew")
            yield told, len(line)


def _check_settings(folder: Path, before: Any, now: Mapping[str, Any]) -> None:
    """SettingsError when an earlier run was made with others: lines of two kinds are never mixed."""
    before = before if isinstance(before, dict) else {}
    others = [name for name in now if before.get(name) != now[name]]
    if others:
        told = "; ".join(f"{name} {json.dumps(before.get(name))}, now {json.dumps(now[name])}" for name in others[:2])
        raise SettingsError(f"{folder}: begun with other settings ({told}); --no-resume begins anew, another --json keeps it")


def model_digest(folder: Path) -> str:
    """What a model's files hold, in 32 letters: another digest, other answers."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(path for path in folder.iterdir() if path.suffix in MODEL_SUFFIXES and path.name[0] != "."):
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)}\n".encode("utf-8", "surrogatepass"))
        digest.update(data)
    return digest.hexdigest()

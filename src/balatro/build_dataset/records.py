"""A JSON object on disk that grows by one member at the same cost however large it is, and is valid at every moment.

The file has room: blanks before its closing bracket. A new member is written over blanks, by one write that stays within a
page. The system copies a page in one go, so a process that is killed leaves all of a member or nothing of it. Blocks on disk
are pages, too: a power cut may lose the latest members, any of them, but what is left is valid. (The first member has no comma
before it. It is written with a whole new file, so that it is never the one that is lost.)

When the room is used up the file is written anew with room for a quarter more: of all saves together the cost of that is a few
kilobytes each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from balatro.errors import InputError
from balatro.utils.files import write_bytes

PAGE = 4096
"""Bytes that the system writes in one go."""
LEAST_ROOM = 16 * PAGE
ROOM_SHARE = 4
"""A new file has room for one part of so many of what it holds."""


class RecordFile:
    """Appends to a JSON object whose file is there and was found to be valid. One writer at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        self._closing = self._end = 0
        self._is_empty = True
        self._state = (0, 0, 0)
        self._open()

    def check(self) -> None:
        """InputError when someone else has changed the file since: writing over it would destroy it."""
        try:
            now = _state(self.path.stat())
        except OSError:
            now = None
        if now != self._state:
            raise InputError(f"{self.path}: changed by another program in the meantime; start again to read it anew")

    def append(self, key: str, value: Mapping[str, Any]) -> None:
        """Write one more member. OSError when the disk is full: the file is then as it was."""
        if self._file is None:
            raise ValueError(f"{self.path} is closed")
        member = encode_member(key, value)
        if self._is_empty:
            self._grow(member)
            return
        member = b"," + member
        place = self._end
        if place // PAGE != (place + len(member) - 1) // PAGE:
            place = (place // PAGE + 1) * PAGE  # blanks stay behind
        if len(member) > PAGE or place + len(member) > self._closing:
            self._grow(member)
            return
        self._file.seek(place)
        self._file.write(member)
        self._end = place + len(member)
        self._state = _state(os.fstat(self._file.fileno()))

    def close(self) -> None:
        """Bring everything to the disk and close."""
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def _open(self) -> None:
        self._file = file = self.path.open("r+b", buffering=0)
        try:
            self._closing, self._end, self._is_empty = _find_room(file)
            self._state = _state(os.fstat(file.fileno()))
        except BaseException:
            file.close()
            raise

    def _grow(self, member: bytes) -> None:
        """Write the file anew, with one more member and more room."""
        assert self._file is not None
        self._file.seek(0)
        held = self._file.read(self._end) + member
        self._file.close()  # Windows replaces no open file
        try:
            write_bytes(self.path, with_room(held))
        finally:
            self._open()


def write_records(path: Path, members: Mapping[str, Any]) -> None:
    """Write a JSON object, one member a line and with room for more, whole or not at all."""
    write_bytes(path, with_room(b"{" + b",".join(encode_member(key, value) for key, value in members.items())))


def encode_member(key: str, value: Any) -> bytes:
    """One member as a line of its own."""
    return f"\n{json.dumps(key)}: {json.dumps(value)}".encode("ascii")


def with_room(held: bytes) -> bytes:
    """An object that is not closed yet, closed after some blanks."""
    room = max(LEAST_ROOM, len(held) // ROOM_SHARE)
    return held + b" " * room + b"\n}\n"


_BLANK = b" \t\r\n"


def _find_room(file: IO[bytes]) -> tuple[int, int, bool]:
    """Where a valid object is closed, where its last member ends, and whether it has none."""
    size = file.seek(0, os.SEEK_END)
    closing = _last_letter(file, size)
    last = _last_letter(file, closing)
    file.seek(last)
    return closing, last + 1, file.read(1) == b"{"


def _last_letter(file: IO[bytes], before: int) -> int:
    """Place of the last byte before a place that is no blank."""
    while before > 0:
        begin = max(before - (1 << 20), 0)
        file.seek(begin)
        part = file.read(before - begin).rstrip(_BLANK)
        if part:
            return begin + len(part) - 1
        before = begin
    raise InputError(f"{getattr(file, 'name', 'the file')}: no JSON object; mend or remove it")


def _state(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns

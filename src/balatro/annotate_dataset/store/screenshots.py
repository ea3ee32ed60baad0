"""The pictures that wait for a label: a folder of card pictures, with the groups in which they were captured where known.

Groups come from `seen_hashes.json`, else from the names that capturing gives (`cluster5_card17_id302.png`). Any other folder
of pictures will do; its pictures have no groups then. Nothing here is ever written: raw stays raw.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import time_ns
from typing import Any

from balatro.errors import InputError
from balatro.utils.files import read_json
from balatro.utils.images import IMAGE_SUFFIXES

SEEN = "seen_hashes.json"
TICK_NS = 20_000_000
"""File systems count time in ticks of some milliseconds: a folder changed in the last one may change again unseen."""
_CAPTURED = re.compile(r"cluster(\d{1,9})_card(\d{1,9})(?:_.*)?")
Group = tuple[int | None, int | None]
"""Cluster and card group."""
NO_GROUP: Group = (None, None)


@dataclass(frozen=True)
class Picture:
    """A picture of one card."""

    key: str
    """Its path in the folder with `/`, and its key in labels.json."""
    path: Path
    """The raw picture; in the dataset itself where there is no raw one."""
    cluster: int | None = None
    """Pictures that look alike."""
    card_group: int | None = None
    """Pictures of one card, taken one after the other."""


class PictureFolder:
    """The pictures of a folder and its sub-folders, read again when something has changed there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: tuple[str, ...] = ()
        """Sorted so that id9 comes before id10."""
        self.groups: Mapping[str, Group] = {}
        self.findings: tuple[str, ...] = ()
        self._seen_at: tuple[tuple[str, int], ...] | None = None
        self._folders: tuple[Path, ...] = ()

    def refresh(self) -> bool:
        """Look again; True when pictures or groups have changed. Costs a look at each folder's time when nothing has."""
        if self._seen_at is not None and self._stamp() == self._seen_at:
            return False
        before = (self.keys, self.groups, self.findings)
        # Each time is taken before its folder is read: what is saved meanwhile makes it differ, and is seen the next time.
        groups_at = _time_of(self.folder / SEEN)
        folders, keys, odd = _scan(self.folder)
        self.keys = tuple(sorted(keys, key=natural))
        self.findings = ()
        if odd:
            self.findings += (f"{self.folder}: {odd} pictures have names that cannot be written to JSON; rename them",)
        self.groups = self._read_groups()
        self._folders = tuple(folders)
        times = [*((place.name, time) for place, time in folders.items()), (SEEN, groups_at)]
        self._seen_at = tuple(times) if max(time for _, time in times) < time_ns() - TICK_NS else None
        return (self.keys, self.groups, self.findings) != before

    def _stamp(self) -> tuple[tuple[str, int], ...]:
        places = [*(self._folders or (self.folder,)), self.folder / SEEN]
        return tuple((place.name, _time_of(place)) for place in places)

    def _read_groups(self) -> dict[str, Group]:
        groups = {key: named_group(key) for key in self.keys}
        path = self.folder / SEEN
        if not path.is_file():
            return groups
        try:
            told = read_json(path)
        except InputError as error:
            self.findings += (f"{error}; until then, groups are those of the file names",)
            return groups
        for name, entry in _seen_entries(told):
            if name in groups:
                groups[name] = (_whole(entry.get("cluster")), _whole(entry.get("card_group")))
        return groups


def named_group(key: str) -> Group:
    """Cluster and card group that a captured picture's name tells."""
    match = _CAPTURED.fullmatch(Path(key).stem)
    return (int(match[1]), int(match[2])) if match else NO_GROUP


def natural(key: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts `id9` before `id10`."""
    parts = re.split(r"(\d+)", key)
    return tuple((int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts))


def can_be_key(key: str) -> bool:
    """Whether a path can be written to JSON and is the same on every system."""
    return not any(letter in "\\:\0" or "\ud800" <= letter <= "\udfff" for letter in key)


def scan(folder: Path) -> list[str]:
    """The keys of all pictures of a folder and its sub-folders; none when there is no such folder."""
    return _scan(folder)[1]


def _scan(folder: Path) -> tuple[dict[Path, int], list[str], int]:
    """Each folder's time as it was before it was read, the pictures' keys, and how many pictures have impossible names."""
    folders: dict[Path, int] = {}
    keys: list[str] = []
    odd = 0
    waiting = [(folder, "")]
    while waiting:
        place, prefix = waiting.pop()
        folders[place] = _time_of(place)
        try:
            entries = list(os.scandir(place))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{prefix}{entry.name}/"))
            elif os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES:  # noqa: PTH122 - 20,000 Paths take a second
                if can_be_key(entry.name) and can_be_key(prefix):
                    keys.append(prefix + entry.name)
                else:
                    odd += 1
    return folders, keys, odd


def _seen_entries(told: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entries of seen_hashes.json, whether it is a list, an object of file names, or has either one level down."""
    if isinstance(told, list):
        for entry in told:
            if isinstance(entry, dict) and isinstance(entry.get("filename"), str):
                yield entry["filename"], entry
    elif isinstance(told, dict):
        for name, entry in told.items():
            if isinstance(entry, dict) and ("cluster" in entry or "card_group" in entry):
                yield str(entry.get("filename", name)), entry
            elif isinstance(entry, list | dict):
                yield from _seen_entries(entry)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _time_of(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0

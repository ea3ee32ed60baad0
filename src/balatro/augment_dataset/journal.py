"""What an output folder holds and how it was made, so that a run goes on where an earlier one stopped.

The first line of `journal.jsonl` has the settings, each further line a picture that was written. A picture is made again
unless the journal says that it came from the same parent by the same steps and its file is still the one that was written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from balatro.errors import InputError, SettingsError
from balatro.utils.files import write_text
from balatro.utils.labels import AUGMENTED

JOURNAL = "journal.jsonl"
FORMAT = 1
"""Of the journal and of what the steps mean: with another one, everything is made again."""
_OURS = re.compile(r"(?:[^/\\:]+/)*[^/\\:]+_aug[0-9]+\.png")


@dataclass(frozen=True)
class Made:
    """One picture that was written."""

    key: str
    parent: str
    """Digest of the parent's file."""
    augmentation: str
    picture: str
    """Digest of its own file."""

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


def digest(data: bytes) -> str:
    """A file's content in 32 letters."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def open_journal(output: Path, settings: Mapping[str, Any], overwrite: bool) -> dict[str, Made]:
    """What is there already, by key; begins a journal where there is none.

    settings: what decides the copies, as JSON has it. SettingsError when the folder was made with others, unless it is to be
    overwritten; InputError when it holds something that is not ours: that is never touched.
    """
    if not (output / JOURNAL).is_file():
        if output.is_dir() and any(output.iterdir()):
            raise InputError(f"{output}: not empty, and not made by `balatro augment`; name another --output")
        begun: dict[str, Made] = {}
    else:
        before, begun = _read(output / JOURNAL)
        if overwrite:
            remove(output, [AUGMENTED, *begun, JOURNAL])  # the journal last: without it the rest is not ours
            begun = {}
        elif before != settings:
            raise SettingsError(
                f"{output}: made with other settings ({_difference(before, settings)}); "
                "--overwrite replaces those copies, another --output keeps them"
            )
    remove(output, [path.relative_to(output).as_posix() for path in output.rglob(".*.part")])  # of a run that was killed
    write_journal(output, settings, begun.values())
    return begun


def write_journal(output: Path, settings: Mapping[str, Any], made: Iterable[Made]) -> None:
    """Write the whole journal anew."""
    head = json.dumps({"format": FORMAT, "settings": settings}, ensure_ascii=False) + "\n"
    write_text(output / JOURNAL, head + "".join(one.line() for one in made))


def remove(output: Path, keys: Iterable[str]) -> None:
    """Remove files of the output folder, and its sub-folders that this leaves empty."""
    for key in keys:
        place = output / key
        place.unlink(missing_ok=True)
        while (place := place.parent) != output and place.is_dir() and not any(place.iterdir()):
            place.rmdir()


def _read(path: Path) -> tuple[Mapping[str, Any], dict[str, Made]]:
    """The settings and pictures of a journal, without lines that a sudden end left unfinished."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    head = _object(lines[0]) if lines else {}
    settings = head.get("settings") if head.get("format") == FORMAT else {"format": head.get("format")}
    made = {}
    for line in lines[1:]:
        told = _object(line)
        if set(told) == set(Made.__dataclass_fields__) and all(isinstance(value, str) for value in told.values()):
            one = Made(**told)
            if _OURS.fullmatch(one.key) and ".." not in one.key.split("/"):  # a journal removes nothing outside its folder
                made[one.key] = one
    return settings if isinstance(settings, dict) else {}, made


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    names = [name for name in {**now, **before} if before.get(name) != now.get(name)]
    told = [f"{name} {json.dumps(before.get(name))}, now {json.dumps(now.get(name))}" for name in names[:2]]
    return "; ".join([*told, *([f"{len(names) - 2} more"] if len(names) > 2 else [])])

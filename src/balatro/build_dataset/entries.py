"""What `seen_hashes.json` says of each picture, and the numbers that were given.

{"cluster5_card17_id302.png": {"filename": "cluster5_card17_id302.png", "cluster": 5, "card_group": 17,
                               "ph": "<16 hexadecimal digits>", "ah": "<16>", "dh": "<16>",
                               "rgb": "<768 letters of base64>", "size": [142, 190]}}
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from balatro.build_dataset.hashes import HASH_NAMES, Fingerprints, from_hex, from_text, to_hex, to_text
from balatro.errors import InputError
from balatro.utils.files import read_json

KNOWN_KEYS = frozenset({"filename", "cluster", "card_group", *HASH_NAMES, "rgb", "size", "missing"})
_NAME = re.compile(r"cluster(\d{1,15})_card(\d{1,15})_id(\d{1,15})\.png")


@dataclass(frozen=True)
class Numbers:
    """The next number of each kind. They only ever rise, so that no name is used twice."""

    cluster: int = 0
    card_group: int = 0
    id: int = 0

    def above(self, cluster: int, card_group: int, id_: int = -1) -> Numbers:
        """At least one more than these."""
        return Numbers(max(self.cluster, cluster + 1), max(self.card_group, card_group + 1), max(self.id, id_ + 1))

    def line(self) -> bytes:
        """The counters' file: always of one length, so that it is written over in place."""
        return json.dumps(asdict(self)).ljust(120).encode("ascii") + b"\n"


def make_entry(name: str, cluster: int, card_group: int, prints: Fingerprints) -> dict[str, Any]:
    """The entry of one card."""
    hashes = {key: to_hex(value) for key, value in zip(HASH_NAMES, prints.hashes[0], strict=True)}
    more = {"rgb": to_text(prints.thumbs[0]), "size": [int(length) for length in prints.sizes[0]]}
    return {"filename": name, "cluster": cluster, "card_group": card_group, **hashes, **more}


def read_entries(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    entries = read_json(path)
    if not isinstance(entries, dict):
        raise InputError(f"{path}: a {type(entries).__name__}, expected an object of file names; mend or remove it")
    return entries


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15


def own_numbers(entry: object) -> tuple[int, int] | None:
    """Cluster and card group that an entry says; None when it says none."""
    if isinstance(entry, dict) and _is_count(entry.get("cluster")) and _is_count(entry.get("card_group")):
        return entry["cluster"], entry["card_group"]
    return None


def numbers_of(name: str, entry: object) -> tuple[int, int] | None:
    """The same, or else what the file's name says; None when neither says it."""
    found = _NAME.fullmatch(name)
    return own_numbers(entry) or ((int(found[1]), int(found[2])) if found else None)


def prints_of(entry: object) -> tuple[list[int], np.ndarray, list[int]] | None:
    """Hashes, colour key and size of an entry; None when any is missing or wrong."""
    if not isinstance(entry, dict):
        return None
    hashes = [value for key in HASH_NAMES if (value := from_hex(entry.get(key))) is not None]
    thumb, size = from_text(entry.get("rgb")), entry.get("size")
    if len(hashes) < len(HASH_NAMES) or thumb is None or not isinstance(size, list) or len(size) != 2:
        return None
    return (hashes, thumb, size) if all(_is_count(length) and 0 < length < 2**31 for length in size) else None


def highest_numbers(counters: Path, entries: dict[str, Any], pictures: set[str]) -> Numbers:
    """Numbers above all that were ever used, so far as the counters, the entries and the pictures tell."""
    numbers = Numbers(*_kept_numbers(counters))
    for name in (*entries, *pictures):
        if found := _NAME.fullmatch(name):
            numbers = numbers.above(*map(int, found.groups()))
        if (places := numbers_of(name, entries.get(name))) is not None:
            numbers = numbers.above(*places)
    return numbers


def _kept_numbers(counters: Path) -> list[int]:
    """What the counters say; zeros where there are none, or they cannot be read: names and entries tell then."""
    try:
        kept = json.loads(counters.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    values = [kept.get(name) for name in asdict(Numbers())] if isinstance(kept, dict) else []
    return [value if _is_count(value) else 0 for value in values]

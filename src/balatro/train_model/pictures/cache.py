"""Card pictures decoded and resized once: an epoch reads rows of one memory-mapped file, not thousands of PNGs again.

    data/cache/cards_96x128_1f3a5c7e.json            which picture lies in which row, and how its file was when it was decoded
    data/cache/cards_96x128_1f3a5c7e_k2v9x0qa.npy    (N, 128, 96, 3) uint8 RGB

A picture is decoded again when the time or length of its file has changed. An array is written under a name of its own, and the
index then replaced: two processes may build at once, and a reader never sees half of anything. All of it may be deleted at
any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from balatro.errors import InputError
from balatro.utils.files import read_json, write_json
from balatro.utils.images import load_image
from balatro.utils.progress import progress

CACHE_FORMAT = 1
CHUNK = 256
"""Pictures that are decoded at a time, which is what memory has to hold."""
LEFTOVER_S = 86_400
"""Unfinished files older than this were left by a process that was killed."""

Stamp = tuple[int, int]
"""A file's time of change in nanoseconds, and its length in bytes."""


@dataclass(frozen=True, eq=False)
class OpenCards:
    """The pictures that could be read."""

    cards: np.ndarray
    """(N, h, w, 3) uint8 RGB, read-only: memory-mapped when they lie in the file as they were asked for."""
    rows: np.ndarray
    """(N,) int64: which of the pictures asked for each card is; those that could not be read are left out."""
    failures: tuple[str, ...]
    """One line for each picture that could not be read."""


@dataclass(frozen=True, eq=False)
class _Stored:
    """What a cache holds. By path: the file's stamp, and its row or why it could not be read."""

    cards: np.ndarray
    rows: dict[str, tuple[Stamp, int]]
    failures: dict[str, tuple[Stamp, str]]

    def stamp(self, path: str) -> Stamp | None:
        entry = self.rows.get(path) or self.failures.get(path)
        return entry[0] if entry else None


def open_cards(pictures: Sequence[Path], size: tuple[int, int], folder: Path, threads: int = 0) -> OpenCards:
    """Decode what is new or changed, and open all of it.

    pictures: those of a whole dataset. There is a cache for each set of folders that they lie in, and it keeps what was asked
    for last; a part of that may be asked for too, and is copied into memory unless it lies in one piece. size: (w, h) that
    each picture gets, whatever its shape. folder: where caches lie. threads: that decode; 0 takes one a core.
    Where several processes train together, the first opens its cards before the others do.
    InputError when no picture can be read or the folder cannot be written.
    """
    paths = [os.path.abspath(picture) for picture in pictures]  # noqa: PTH100 (Path would be slower than all the rest)
    if not paths:
        raise InputError("no pictures to open; name a folder with pictures of cards")
    index = folder / f"cards_{size[0]}x{size[1]}_{_digest({os.path.dirname(path) for path in paths})}.json"  # noqa: PTH120
    stamps, missing = _look(paths)
    stored = _load(index, size)
    if stored is None or any(stored.stamp(path) != stamp for path, stamp in stamps.items()):
        try:
            stored = _build(stamps, stored, size, index, threads)
        except OSError as error:
            why = error.strerror or str(error)
            raise InputError(
                f"{folder}: decoded pictures cannot be kept here ({why}); free some space, or choose another"
            ) from error
    return _take(stored, paths, missing)


def _take(stored: _Stored, paths: Sequence[str], missing: dict[str, str]) -> OpenCards:
    """Those pictures of the cache that were asked for."""
    found = [number for number, path in enumerate(paths) if path in stored.rows and path not in missing]
    places = np.array([stored.rows[paths[number]][1] for number in found], np.int64)
    failures = [missing.get(path) or stored.failures[path][1] for path in paths if path in missing or path in stored.failures]
    if not found:
        raise InputError(f"none of {len(paths)} pictures can be read, the first because: {failures[0]}")
    in_one_piece = bool((np.diff(places) == 1).all())
    cards = stored.cards[places[0] : places[-1] + 1] if in_one_piece else stored.cards[places]
    cards.flags.writeable = False
    return OpenCards(cards, np.array(found, np.int64), tuple(dict.fromkeys(failures)))


def _digest(lines: set[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _look(paths: Sequence[str]) -> tuple[dict[str, Stamp], dict[str, str]]:
    """The files as they are now, each once; and why those that are not there are not."""
    stamps: dict[str, Stamp] = {}
    missing: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as error:
            missing[path] = f"{path}: {(error.strerror or str(error)).lower()}; check the path"
        else:
            stamps[path] = (status.st_mtime_ns, status.st_size)
    return stamps, missing


def _load(index: Path, size: tuple[int, int]) -> _Stored | None:
    """What the cache holds; None where there is none, or none that can be used."""
    for _ in range(3):  # another process may replace the array after the index was read here
        if not index.exists():
            return None
        with contextlib.suppress(InputError, OSError, ValueError, TypeError, KeyError):
            return _read(index, size)
    return None


def _read(index: Path, size: tuple[int, int]) -> _Stored:
    told = read_json(index)
    cards = np.load(index.parent / told["data"], mmap_mode="r", allow_pickle=False)
    rows = {path: ((int(ns), int(length)), int(row)) for path, (ns, length, row) in dict(told["rows"]).items()}
    failures = {path: ((int(ns), int(length)), str(why)) for path, (ns, length, why) in dict(told["failures"]).items()}
    if told["format"] != CACHE_FORMAT or cards.dtype != np.uint8 or cards.shape[1:] != (size[1], size[0], 3):
        raise ValueError("of another kind")
    if not all(0 <= row < len(cards) for _, row in rows.values()):
        raise ValueError("rows outside the array")
    return _Stored(cards.view(np.ndarray), rows, failures)


# Building.


def _build(stamps: dict[str, Stamp], old: _Stored | None, size: tuple[int, int], index: Path, threads: int) -> _Stored:
    """Write a new array and its index, taking over from the old one what has not changed."""
    index.parent.mkdir(parents=True, exist_ok=True)
    _sweep(index.parent)
    rows: dict[str, tuple[Stamp, int]] = {}
    failures: dict[str, tuple[Stamp, str]] = {}
    with _unfinished(index) as (file, part):
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": (len(stamps), size[1], size[0], 3)}
        )
        for path, card in _cards(stamps, old, size, threads):
            if isinstance(card, str):
                failures[path] = (stamps[path], card)
            else:
                # Written, not memory-mapped: on a full disk this raises an error, where a mapping would kill the process.
                file.write(card.tobytes())
                rows[path] = (stamps[path], len(rows))
        file.write(bytes(3 * size[0] * size[1] * len(failures)))  # rows that were counted on and did not come
        file.flush()
        os.fsync(file.fileno())
        file.close()
        data = part.with_name(part.name[1:]).with_suffix(".npy")
        part.replace(data)
    before = _data_of(index)
    listed = {path: [*stamp, row] for path, (stamp, row) in rows.items()}
    faults = {path: [*stamp, why] for path, (stamp, why) in failures.items()}
    cards = np.load(data, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    write_json(index, {"format": CACHE_FORMAT, "data": data.name, "rows": listed, "failures": faults})
    if before is not None:
        with contextlib.suppress(OSError):  # another process may have it open, which some systems mind
            before.unlink()
    return _Stored(cards, rows, failures)


def _cards(
    stamps: dict[str, Stamp], old: _Stored | None, size: tuple[int, int], threads: int
) -> Iterator[tuple[str, np.ndarray | str]]:
    """Each path's card (h, w, 3) uint8, or why there is none."""
    same = {path for path, stamp in stamps.items() if old is not None and path in old.rows and old.rows[path][0] == stamp}

    def get(path: str) -> np.ndarray | str:
        return old.cards[old.rows[path][1]] if old is not None and path in same else _decode(path, size)

    paths = list(stamps)
    with (
        ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="decode") as pool,
        progress("Decoding pictures", len(paths) - len(same)) as bar,
    ):
        for begin in range(0, len(paths), CHUNK):
            chunk = paths[begin : begin + CHUNK]
            for path, card in zip(chunk, pool.map(get, chunk), strict=True):
                yield path, card
                bar.advance(path not in same)


def _decode(path: str, size: tuple[int, int]) -> np.ndarray | str:
    """A picture in the wanted size, (h, w, 3) uint8 RGB, or why it cannot be read."""
    try:
        picture = load_image(path)
    except InputError as error:
        return str(error)
    shrinks = picture.shape[0] * picture.shape[1] > size[0] * size[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


@contextlib.contextmanager
def _unfinished(index: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file beside the index, removed at the end unless it was moved away."""
    handle, name = tempfile.mkstemp(dir=index.parent, prefix=f".{index.stem}_", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, Path(name)
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _data_of(index: Path) -> Path | None:
    """The array that the index names now."""
    try:
        return index.parent / Path(read_json(index)["data"]).name
    except (InputError, TypeError, KeyError):
        return None


def _sweep(folder: Path) -> None:
    for part in folder.glob(".cards_*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > LEFTOVER_S:
                part.unlink()

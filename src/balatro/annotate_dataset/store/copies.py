"""The dataset's copies of pictures: made when one becomes labelled, removed when it no longer is, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from balatro.annotate_dataset.store.history import Change
from balatro.errors import InputError


@contextlib.contextmanager
def brought(dataset: Path, changes: Sequence[Change], sources: Mapping[str, Path]) -> Iterator[None]:
    """Copy the pictures that become labelled; when the block fails, the copies go again. sources: see `bring`."""
    made: list[Path] = []
    try:
        for change in changes:
            made += bring(dataset, change, sources.get(change.picture))
        yield
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def bring(dataset: Path, change: Change, source: Path | None) -> list[Path]:
    """See that a picture which becomes labelled lies in the dataset; the file that was made for it, if any.

    source: where the picture lies now, None where only the dataset may have it. Raises InputError when it is gone, or when
    the dataset has another picture of its name.
    """
    if change.after.label is None or change.before.label is not None:
        return []
    target = dataset / change.picture
    source = source or target
    if target.is_file():
        if source != target and source.is_file() and not _same(source, target):
            raise InputError(f"{target}: another picture of that name; rename one of them")
        return []
    if not source.is_file():
        raise InputError(f"{source}: the picture is gone; put it back, or leave it out")
    _copy(source, target)
    return [target]


def clear(dataset: Path, change: Change, source: Path | None) -> None:
    """Remove the copy of a picture that is no longer labelled; only a copy whose raw picture is there."""
    if change.before.label is None or change.after.label is not None:
        return
    copy = dataset / change.picture
    if source is not None and source != copy and source.is_file() and _same(source, copy):
        with contextlib.suppress(OSError):  # it would only lie there, unused
            copy.unlink()


def _copy(source: Path, target: Path) -> None:
    """Copy a picture by way of a neighbour. It is not forced to the disk: its raw picture still lies there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file, source.open("rb") as raw:
            shutil.copyfileobj(raw, file)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _same(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False

"""What lies on the disk of a dataset, labels.json and the journal beside it: read, caught up with, mended, and written.

Whoever uses it says when nobody else may write (`locked`), and shares it between threads only behind a lock of their own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

from balatro.annotate_dataset.store.copies import bring, brought
from balatro.annotate_dataset.store.history import BY_HAND, EDITS, OUTSIDE, Change, Edit, Journal, State
from balatro.errors import InputError, LabelError
from balatro.utils.files import write_bytes
from balatro.utils.labels import LABELS, CardLabel, read_labels, to_entry
from balatro.utils.processes.lock import file_lock

LOCK = ".labels.lock"


class Disk:
    """A dataset's labels.json and journal. source_of: where the raw picture of a key lies, None where there is none."""

    def __init__(self, dataset: Path, source_of: Callable[[str], Path | None]) -> None:
        self.dataset = dataset
        self.journal = Journal(dataset / EDITS)
        self.labels: dict[str, CardLabel] = {}
        """As they were read or written last; replaced, never changed."""
        self.findings: list[str] = []
        self._source_of = source_of
        self._path = dataset / LABELS
        self._labels_before: Mapping[str, CardLabel] = MappingProxyType({})
        """As they were before labels.json was last read anew; empty at first."""
        self._texts: dict[str, str] = {}
        self._digest = ""
        self._labels_at: tuple[int, ...] | None = None
        self._is_tidy = False

    # Reading

    def is_current(self) -> bool:
        """Whether nothing has changed on disk since it was last read; a few looks at file times."""
        return self.journal.is_current() and self._labels_at == _stamp(self._path)

    def catch_up(self) -> None:
        """Read what is new on disk; what a sudden end left half done is finished, what was edited by hand becomes an edit."""
        if self._differs():
            with self.locked():
                self.settle()

    def settle(self) -> None:
        """The same, while nobody else writes."""
        if not self._differs():
            return
        last = self.journal.edits[-1]
        # Equal to what the last edit began from, and not newer than it: the edit was interrupted. Newer: someone put it back.
        if self._digest == last.digest_before and _time(self._path) <= _time(self.journal.path):
            self._finish(last)
        else:
            self._note_outside(last)

    def _differs(self) -> bool:
        """Whether labels.json, read anew, is not as the journal's last edit left it."""
        self.journal.read_on()
        self._read_labels()
        return bool(self.journal.edits) and self._digest != self.journal.edits[-1].digest_after

    def _finish(self, last: Edit) -> None:
        """Do what the journal tells of an edit that was interrupted."""
        labels = dict(self.labels)
        changes = self.journal.changes(last.id)
        for change in changes:
            _put(labels, change)
            with contextlib.suppress(InputError):  # a picture without a file is told by `verify`
                bring(self.dataset, change, self._source_of(change.picture))
        self._write_labels(labels, self._text(labels, [change.picture for change in changes]))
        self.findings.append(f"{self._path}: the last edit ({last.about}) had been interrupted; it is finished now")

    def _note_outside(self, last: Edit) -> None:
        """labels.json was changed by something else: the difference becomes an edit, so that nobody overwrites it unseen."""
        # What the journal does not tell is as this process read it earlier, or unchanged.
        known: dict[str, CardLabel | None] = {**(self._labels_before or self.labels), **self.journal.last_labels()}
        keys = [key for key in {**known, **self.labels} if known.get(key) != self.labels.get(key)]
        changes = [Change(key, State(label=known.get(key)), State(label=self.labels.get(key))) for key in keys]
        about = f"{LABELS} was changed outside: {len(changes)} picture{'s' * (len(changes) != 1)}"
        edit = self._edit(len(changes), BY_HAND, OUTSIDE, None, about, last.digest_after, self._digest)
        self.journal.append(edit, changes)
        self.findings.append(f"{self._path}: changed by another program or by hand, {len(changes)} labels differ; read anew")

    def _read_labels(self) -> None:
        """Read labels.json if it has changed; LabelError when it cannot be used."""
        stamp = _stamp(self._path)
        if stamp == self._labels_at:
            return
        labels, digest = _read(self._path)
        self._labels_before = self.labels
        self._texts = {key: text for key, text in self._texts.items() if labels.get(key) == self.labels.get(key)}
        self.labels, self._digest, self._labels_at = labels, digest, stamp

    # Writing

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Nobody else writes meanwhile; InputError when another program does not let go."""
        return file_lock(self.dataset / LOCK)

    def tidy(self) -> None:
        """Remove what programs that were killed left half written; once, and while nobody else writes."""
        if not self._is_tidy:
            for path in self.dataset.rglob(".*.part"):
                path.unlink(missing_ok=True)
            self._is_tidy = True

    def save(
        self, changes: Sequence[Change], author: str, do: str, of: int | None, about: str, sources: Mapping[str, Path]
    ) -> None:
        """Put changes on disk, all or nothing. sources: where the raw pictures lie."""
        labels = dict(self.labels)
        for change in changes:
            _put(labels, change)
        with brought(self.dataset, changes, sources):
            data = self._text(labels, [change.picture for change in changes])
            self.journal.append(self._edit(len(changes), author, do, of, about, self._digest, _digest(data)), changes)
            try:
                self._write_labels(labels, data)
            except BaseException:
                self.journal.take_back()
                raise

    def _edit(self, num: int, author: str, do: str, of: int | None, about: str, before: str, after: str) -> Edit:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Edit(self.journal.next_id(), now, author, do, of, about, before, after, num)

    def _write_labels(self, labels: dict[str, CardLabel], data: bytes) -> None:
        digest = _digest(data)
        if digest != self._digest or not self._path.is_file():
            # Not the stamp of what lies there now: that may be another's edit.
            self._labels_at = _stamp_of(write_bytes(self._path, data))
        self.labels, self._digest = labels, digest

    def _text(self, labels: Mapping[str, CardLabel], changed: Iterable[str]) -> bytes:
        """labels.json as `write_labels` would write it; only what has changed is put into words anew."""
        for key in changed:
            self._texts.pop(key, None)
        texts = [self._texts.get(key) or self._texts.setdefault(key, _entry_text(key, label)) for key, label in labels.items()]
        return ("{\n" + ",\n".join(texts) + "\n}\n" if texts else "{}\n").encode()


def _read(path: Path) -> tuple[dict[str, CardLabel], str]:
    """Labels and digest of one and the same labels.json; nothing and "" where there is none."""
    while True:
        stamp = _stamp(path)
        if stamp is None:
            return {}, ""
        try:
            digest = _digest(path.read_bytes())
            labels = read_labels(path)
        except LabelError:
            raise
        except (InputError, OSError) as error:
            if stamp == _stamp(path):
                raise LabelError(f"{error}; it is left as it is") from error
            continue
        if stamp == _stamp(path):
            return labels, digest


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",\n  ", ": ")).encode
"""Flat objects in the form that an indent of 1 gives, but by the fast encoder, which knows no indents."""


def _entry_text(key: str, label: CardLabel) -> str:
    entry: dict[str, Any] = to_entry(label)
    if not entry or any(isinstance(value, dict | list) for value in entry.values()):
        return json.dumps({key: entry}, indent=1, ensure_ascii=False)[2:-2]
    return f" {_ENCODE(key)}: {{\n  {_ENCODE(entry)[1:-1]}\n }}"


def _put(labels: dict[str, CardLabel], change: Change) -> None:
    if change.after.label is not None:
        labels[change.picture] = change.after.label
    else:
        labels.pop(change.picture, None)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """What changes when a file does; None where there is none."""
    try:
        return _stamp_of(path.stat())
    except OSError:
        return None


def _stamp_of(found: os.stat_result) -> tuple[int, ...]:
    return found.st_mtime_ns, found.st_size, found.st_ino


def _time(path: Path) -> int:
    stamp = _stamp(path)
    return 0 if stamp is None else stamp[0]


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()

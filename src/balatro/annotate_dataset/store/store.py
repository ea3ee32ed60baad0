"""The dataset while it is being labelled: what is on disk, and every change that a person makes to it.

    data/screenshots/              raw pictures, read only
    data/dataset_default/          copies of the chosen ones
    data/dataset_default/labels.json   the one truth of labels
    data/dataset_default/edits.jsonl   every change, for undo; grows only

`accept` returns when everything is on disk. The order of its steps makes that safe to interrupt at any moment: pictures are
copied first, then the journal tells what is going to happen, then labels.json is replaced whole. Whoever opens a dataset whose
journal is ahead of its labels.json finishes the step; a copy without a label is no part of the dataset and does no harm.

Several tabs and people may work on one dataset. Each shows a `revision`; an action that touches a picture which somebody else
has changed since then raises `Conflict` with both versions, all others go through.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from balatro.annotate_dataset.names import Names
from balatro.annotate_dataset.store.actions import (
    EXCLUDED,
    NOT_A_CARD,
    Accept,
    Action,
    Add,
    Around,
    Exclude,
    Include,
    Regroup,
    Reject,
    Relabel,
    Remove,
)
from balatro.annotate_dataset.store.history import (
    BY_HAND,
    EDIT,
    EDITS,
    NOTHING,
    OUTSIDE,
    REDO,
    UNDO,
    Change,
    Edit,
    Journal,
    State,
)
from balatro.annotate_dataset.store.screenshots import NO_GROUP, Group, Picture, PictureFolder, named_group, natural, scan
from balatro.errors import BalatroError, InputError, LabelError
from balatro.utils.files import write_bytes
from balatro.utils.labels import LABELS, CardLabel, read_labels, to_entry
from balatro.utils.processes.lock import file_lock

DATASET, SCREENSHOTS = "dataset_default", "screenshots"
LOCK = ".labels.lock"
Version = CardLabel | str | None
"""A picture as a person sees it: its label, why it is set aside, or None when it waits for a label."""

__all__ = [
    "DatasetStore", "Result", "Conflict", "Clash", "Version", "default_author",
    "Action", "Accept", "Add", "Reject", "Exclude", "Include", "Relabel", "Remove", "Regroup", "EXCLUDED", "NOT_A_CARD",
]  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What was saved."""

    revision: int
    pictures: tuple[str, ...]
    """Those that changed; none when everything was so already."""
    about: str
    """In one line."""


@dataclass(frozen=True)
class Clash:
    """One picture that two people have changed."""

    picture: str
    mine: Version
    theirs: Version
    author: str
    time: str
    """Who saved `theirs`, and when."""


class Conflict(BalatroError):
    """Somebody else has changed pictures since they were shown; nothing was saved."""

    def __init__(self, clashes: Sequence[Clash], revision: int) -> None:
        self.conflicts = tuple(clashes)
        self.revision = revision
        """Given to `accept` with the same actions, it says: I have seen theirs and want mine."""
        first = clashes[0]
        more = f" and {len(clashes) - 1} more" if len(clashes) > 1 else ""
        super().__init__(
            f"{first.picture}{more}: changed by {first.author} meanwhile (theirs: {tell(first.theirs)}; "
            f"yours: {tell(first.mine)}); nothing was saved, choose one"
        )


def tell(version: Version) -> str:
    """A version in a few words."""
    if isinstance(version, CardLabel):
        return ", ".join(part for part in (version.name, version.modifier) if part) or "no name"
    return version or "not labelled"


def default_author() -> str:
    """The name of whoever runs the program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "someone"


class DatasetStore:
    """A dataset and the pictures that may become part of it. Safe to share between threads.

    data_dir: the data folder. pictures: the folder of unlabelled pictures, by default its `screenshots`. dataset: the folder of
    labelled ones, by default its `dataset_default`; it need not exist. Raises LabelError when labels.json cannot be read: it is
    never written over then.

    >>> store = DatasetStore(Path("data"))
    >>> [picture.key for picture in store.unlabelled()]
    ['cluster0_card0_id0.png', 'cluster1_card1_id1.png', 'cluster2_card2_id2.png']
    >>> store.accept([Accept("cluster0_card0_id0.png", "DNA", "Foil")], "anna", store.revision).about
    '1 picture: DNA, Foil'
    >>> store.labels["cluster0_card0_id0.png"].modifier
    'Foil'
    >>> store.undo("anna").about
    'undone: 1 picture: DNA, Foil'
    """

    def __init__(self, data_dir: Path, pictures: Path | None = None, dataset: Path | None = None) -> None:
        self.data_dir = Path(data_dir)
        self.dataset = Path(dataset) if dataset is not None else self.data_dir / DATASET
        self.screenshots = PictureFolder(Path(pictures) if pictures is not None else self.data_dir / SCREENSHOTS)
        self._journal = Journal(self.dataset / EDITS)
        self._guard = threading.RLock()
        self._labels: dict[str, CardLabel] = {}
        self._texts: dict[str, str] = {}
        self._digest = ""
        self._labels_at: tuple[int, ...] | None = None
        self._pictures: dict[str, Picture] = {}
        self._findings: list[str] = []
        self._version = 0
        self._is_tidy = False
        self._names: tuple[int, Names] | None = None
        self.refresh()

    # What there is

    @property
    def revision(self) -> int:
        """Counts the edits; the version of everything that the store tells."""
        with self._guard:
            return self._journal.next_id() - 1

    @property
    def version(self) -> int:
        """Grows whenever anything that the store tells has changed, in this process: a key for caches."""
        return self._version

    @property
    def labels(self) -> Mapping[str, CardLabel]:
        """The labelled pictures, in the file's order; later changes do not reach what was given out."""
        return MappingProxyType(self._labels)

    @property
    def pictures(self) -> Mapping[str, Picture]:
        """All pictures, those without a file included; raw ones first."""
        return MappingProxyType(self._pictures)

    @property
    def aside(self) -> Mapping[str, str]:
        """The pictures that were set aside, and why."""
        with self._guard:
            return {key: state.aside for key, state in self._journal.states.items() if state.aside and key not in self._labels}

    @property
    def findings(self) -> tuple[str, ...]:
        """What was noticed on disk, one line each."""
        with self._guard:
            return (*self.screenshots.findings, *self._findings)

    @property
    def names(self) -> Names:
        """The names to choose from."""
        with self._guard:
            if self._names is None or self._names[0] != self._version:
                self._names = self._version, Names(self._labels.values())
            return self._names[1]

    def unlabelled(self) -> list[Picture]:
        """The pictures that wait for a label: neither labelled nor set aside."""
        with self._guard:
            aside = self.aside
            return [picture for key, picture in self._pictures.items() if key not in self._labels and key not in aside]

    def path_of(self, key: str) -> Path:
        """Where a picture lies: the dataset's copy when it is labelled and there, else the raw one."""
        with self._guard:
            picture = self._pictures.get(key)
            if picture is None or key in self._labels:
                copy = self.dataset / key
                return copy if picture is None or copy.is_file() else picture.path
            return picture.path

    def state_of(self, key: str) -> State:
        """All that was said about a picture."""
        with self._guard:
            label = self._labels.get(key)
            return State(label=label) if label is not None else self._journal.states.get(key, NOTHING)

    def author_of(self, key: str) -> tuple[str, str] | None:
        """Who changed a picture last, and when (UTC, ISO 8601); None when nobody has."""
        with self._guard:
            edit = self._journal.last_of(key)
            return None if edit is None else (edit.author, edit.time)

    def recent(self, n: int = 20) -> list[Edit]:
        """The last edits, newest first."""
        with self._guard:
            return self._journal.edits[: -n - 1 : -1]

    def can_undo(self, author: str) -> bool:
        with self._guard:
            return self._journal.to_undo(author) is not None

    def can_redo(self, author: str) -> bool:
        with self._guard:
            return self._journal.to_redo(author) is not None

    def free_key(self, wanted: str, taken: Collection[str] = ()) -> str:
        """A key for a new picture of the dataset: the wanted one, or with a number behind its stem when it is taken."""
        with self._guard:
            path, key, number = PurePosixPath(wanted), wanted, 2
            while key in taken or key in self._pictures or key in self._labels or (self.dataset / key).exists():
                key = path.with_stem(f"{path.stem}-{number}").as_posix()
                number += 1
            return key

    # Changing it

    def accept(self, actions: Sequence[Action], author: str, revision: int | None = None) -> Result:
        """Do what a person has decided, all or nothing; on disk on return.

        revision: of the store when the pictures were shown; None does not look for conflicts. Raises Conflict, LabelError (a
        label that contradicts the catalogue, a damaged labels.json), UnknownCardError, InputError (no such picture, a full
        disk, another program that does not let go).
        """
        with self._writing():
            states: dict[str, State] = {}
            sources: dict[str, Path] = {}
            for action in actions:
                key = action.picture
                if isinstance(action, Add):
                    sources[key] = action.source
                elif key not in self._pictures:
                    raise InputError(f"{key}: no such picture in {self.screenshots.folder}; it may have been moved")
                states[key] = action.apply(states.get(key, self.state_of(key)), self._around(key))
            changes = [Change(key, before, after) for key, after in states.items() if (before := self.state_of(key)) != after]
            self._check_unseen(changes, revision)
            return self._save(changes, author, EDIT, None, _about(changes), sources)

    def undo(self, author: str, force: bool = False) -> Result | None:
        """Take back this author's last edit that stands; None when there is none.

        Raises Conflict when somebody else has changed its pictures since; `force` undoes it all the same.
        """
        with self._writing():
            number = self._journal.to_undo(author)
            return None if number is None else self._again(number, UNDO, author, force)

    def redo(self, author: str, force: bool = False) -> Result | None:
        """Do again what this author has undone last; None when there is nothing, or something else was done since."""
        with self._writing():
            number = self._journal.to_redo(author)
            return None if number is None else self._again(number, REDO, author, force)

    def refresh(self) -> bool:
        """Catch up with the disk: new pictures, other programs' edits, labels.json edited by hand. True when something changed.

        Costs a few looks at file times when nothing has.
        """
        with self._guard:
            before = self._version
            new_pictures = self.screenshots.refresh()
            if not self._is_current():
                self._catch_up()
                self._version += 1
            if new_pictures or self._version != before:
                self._list_pictures()
                self._version += 1
            return self._version != before

    def _again(self, number: int, do: str, author: str, force: bool) -> Result:
        told = self._journal.changes(number)
        wanted = [change.reversed() for change in reversed(told)] if do == UNDO else told
        changes = [Change(change.picture, self.state_of(change.picture), change.after) for change in wanted]
        clashes = [
            self._clash(now)
            for now, change in zip(changes, wanted, strict=True)
            if now.before not in (change.before, change.after) and not force
        ]
        if clashes:
            raise Conflict(clashes, self.revision)
        about = f"{'undone' if do == UNDO else 'done again'}: {self._journal.edit(number).about}"
        return self._save([change for change in changes if change.before != change.after], author, do, number, about, {})

    def _check_unseen(self, changes: Iterable[Change], revision: int | None) -> None:
        if revision is None:
            return
        last = {change.picture: self._journal.last_of(change.picture) for change in changes}
        clashes = [
            self._clash(change) for change in changes if (edit := last[change.picture]) is not None and edit.id > revision
        ]
        if clashes:
            raise Conflict(clashes, self.revision)

    def _clash(self, change: Change) -> Clash:
        author, time = self.author_of(change.picture) or ("someone", "")
        return Clash(change.picture, _version(change.after), _version(change.before), author, time)

    # Reading

    def _is_current(self) -> bool:
        return self._journal.is_current() and self._labels_at == _stamp(self.dataset / LABELS)

    def _catch_up(self) -> None:
        """Read what is new on disk; what a sudden end left half done is finished, what was edited by hand becomes an edit."""
        self._journal.read_on()
        self._read_labels()
        if not self._journal.edits or self._digest == self._journal.edits[-1].digest_after:
            return
        with file_lock(self.dataset / LOCK):
            self._settle()

    def _settle(self) -> None:
        """The same, while nobody else writes: the journal and labels.json differ."""
        self._journal.read_on()
        self._read_labels()
        last = self._journal.edits[-1] if self._journal.edits else None
        if last is None or self._digest == last.digest_after:
            return
        path = self.dataset / LABELS
        # Equal to what the last edit began from, and not newer than it: the edit was interrupted. Newer: someone put it back.
        if self._digest == last.digest_before and _time(path) <= _time(self._journal.path):
            labels = dict(self._labels)
            changes = self._journal.changes(last.id)
            for change in changes:
                _put(labels, change)
                with contextlib.suppress(InputError):  # a picture without a file is told by `verify`
                    self._bring(change, {})
            self._write_labels(labels, self._text(labels, [change.picture for change in changes]))
            self._findings.append(f"{path}: the last edit ({last.about}) had been interrupted; it is finished now")
            return
        self._note_outside(last)

    def _note_outside(self, last: Edit) -> None:
        """labels.json was changed by something else: the difference becomes an edit, so that nobody overwrites it unseen."""
        path = self.dataset / LABELS
        # What the journal does not tell is as this process read it earlier, or unchanged.
        known: dict[str, CardLabel | None] = {**(self._labels_before or self._labels), **self._journal.last_labels()}
        keys = [key for key in {**known, **self._labels} if known.get(key) != self._labels.get(key)]
        changes = [Change(key, State(label=known.get(key)), State(label=self._labels.get(key))) for key in keys]
        about = f"{LABELS} was changed outside: {len(changes)} picture{'s' * (len(changes) != 1)}"
        edit = self._edit(len(changes), BY_HAND, OUTSIDE, None, about, last.digest_after, self._digest)
        self._journal.append(edit, changes)
        self._findings.append(f"{path}: changed by another program or by hand, {len(changes)} labels differ; read anew")

    _labels_before: Mapping[str, CardLabel] = MappingProxyType({})
    """As they were before labels.json was last read anew; empty at first."""

    def _read_labels(self) -> None:
        """Read labels.json if it has changed; LabelError when it cannot be used."""
        path = self.dataset / LABELS
        stamp = _stamp(path)
        if stamp == self._labels_at:
            return
        labels, digest = _read(path)
        self._labels_before = self._labels
        self._texts = {key: text for key, text in self._texts.items() if labels.get(key) == self._labels.get(key)}
        self._labels, self._digest, self._labels_at = labels, digest, stamp

    def _list_pictures(self) -> None:
        """All pictures of both folders; a raw one and its copy in the dataset are one."""
        pictures: dict[str, Picture] = {}
        root = self.screenshots.folder
        for raw in self.screenshots.keys:
            key = raw if self._is_copy(raw) else _other_key(raw)
            pictures[key] = self._picture(key, root / raw)
        there = scan(self.dataset) if root.resolve() != self.dataset.resolve() else []
        for key in (*self._labels, *sorted(set(there) - self._labels.keys(), key=natural)):
            if key not in pictures:
                pictures[key] = self._picture(key, self.dataset / key)
        self._pictures = pictures

    def _is_copy(self, raw: str) -> bool:
        """Whether the dataset's picture of this key, if there is one, is the raw one's copy."""
        if raw not in self._labels:
            return True
        with contextlib.suppress(OSError):
            return (self.dataset / raw).stat().st_size == (self.screenshots.folder / raw).stat().st_size
        return True

    def _around(self, key: str) -> Around:
        return Around(lambda: self.names, self._captured(key), self._full_path(key))

    def _captured(self, key: str) -> Group:
        return self.screenshots.groups.get(key) or named_group(key)

    def _picture(self, key: str, path: Path) -> Picture:
        """A picture in the group that its label tells, else the one that a person moved it to, else that of its capture."""
        label, state = self._labels.get(key), self._journal.states.get(key)
        group = (label.cluster, label.card_group) if label is not None else NO_GROUP
        if group == NO_GROUP:
            group = (state.group if state is not None else None) or self._captured(key)
        return Picture(key, path, *group)

    def _full_path(self, key: str) -> str:
        path = (self.dataset / key).resolve()
        data = self.data_dir.resolve()
        return (path.relative_to(data) if path.is_relative_to(data) else path).as_posix()

    # Writing

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Nobody else writes meanwhile, and all that they wrote before is known."""
        with self._guard:
            try:
                with file_lock(self.dataset / LOCK):
                    if not self._is_current():
                        self._journal.read_on()
                        self._read_labels()
                        self._settle()
                        self._version += 1
                        self._list_pictures()
                    self._tidy()
                    yield
            except OSError as error:
                what = (error.strerror or str(error)).lower()
                told = f"{self.dataset}: cannot be written ({what}); nothing was saved, mend that and try again"
                raise InputError(told) from error

    def _tidy(self) -> None:
        """Remove what programs that were killed left half written; once, and while nobody else writes."""
        if not self._is_tidy:
            for path in self.dataset.rglob(".*.part"):
                path.unlink(missing_ok=True)
            self._is_tidy = True

    def _save(
        self, changes: Sequence[Change], author: str, do: str, of: int | None, about: str, sources: Mapping[str, Path]
    ) -> Result:
        """Put changes on disk, all or nothing, then into memory."""
        if not changes and do == EDIT:
            return Result(self.revision, (), "nothing to change")
        labels = dict(self._labels)
        for change in changes:
            _put(labels, change)
        with self._brought(changes, sources):
            data = self._text(labels, [change.picture for change in changes])
            self._journal.append(self._edit(len(changes), author, do, of, about, self._digest, _digest(data)), changes)
            try:
                self._write_labels(labels, data)
            except BaseException:
                self._journal.take_back()
                raise
        for change in changes:
            self._clear(change)
        paths = {change.picture: self._pictures.get(change.picture) for change in changes}
        moved = {key: self._picture(key, self.dataset / key if old is None else old.path) for key, old in paths.items()}
        self._pictures = {**self._pictures, **moved}
        self._version += 1
        return Result(self.revision, tuple(change.picture for change in changes), about)

    def _edit(self, num: int, author: str, do: str, of: int | None, about: str, before: str, after: str) -> Edit:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Edit(self._journal.next_id(), now, author, do, of, about, before, after, num)

    @contextlib.contextmanager
    def _brought(self, changes: Sequence[Change], sources: Mapping[str, Path]) -> Iterator[None]:
        """Copy the pictures that become labelled; when the block fails, the copies go again."""
        made: list[Path] = []
        try:
            for change in changes:
                made += self._bring(change, sources)
            yield
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise

    def _bring(self, change: Change, sources: Mapping[str, Path]) -> list[Path]:
        """See that a picture which becomes labelled lies in the dataset; the file that was made for it, if any."""
        if change.after.label is None or change.before.label is not None:
            return []
        target = self.dataset / change.picture
        picture = self._pictures.get(change.picture)
        source = sources.get(change.picture) or (picture.path if picture is not None else target)
        if target.is_file():
            if source != target and source.is_file() and not _same(source, target):
                raise InputError(f"{target}: another picture of that name; rename one of them")
            return []
        if not source.is_file():
            raise InputError(f"{source}: the picture is gone; put it back, or leave it out")
        _copy(source, target)
        return [target]

    def _clear(self, change: Change) -> None:
        """Remove the copy of a picture that is no longer labelled; only a copy whose raw picture is there."""
        if change.before.label is None or change.after.label is not None:
            return
        picture, copy = self._pictures.get(change.picture), self.dataset / change.picture
        if picture is not None and picture.path != copy and picture.path.is_file() and _same(picture.path, copy):
            with contextlib.suppress(OSError):  # it would only lie there, unused
                copy.unlink()

    def _write_labels(self, labels: dict[str, CardLabel], data: bytes) -> None:
        path, digest = self.dataset / LABELS, _digest(data)
        if digest != self._digest or not path.is_file():
            self._labels_at = _stamp_of(write_bytes(path, data))  # not of what lies there now: that may be another's edit
        self._labels, self._digest = labels, digest

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


def _about(changes: Sequence[Change]) -> str:
    what = sorted({tell(_version(change.after)) for change in changes})
    told = "; ".join(what[:2]) + (f" and {len(what) - 2} more" if len(what) > 2 else "")
    return f"{len(changes)} picture{'s' * (len(changes) != 1)}: {told}"


def _version(state: State) -> Version:
    return state.label if state.label is not None else (state.aside or None)


def _put(labels: dict[str, CardLabel], change: Change) -> None:
    if change.after.label is not None:
        labels[change.picture] = change.after.label
    else:
        labels.pop(change.picture, None)


def _other_key(raw: str) -> str:
    """The key of a raw picture when the dataset has another picture of its name."""
    path = PurePosixPath(raw)
    return path.with_stem(f"{path.stem}-raw").as_posix()


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

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
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType

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
from balatro.annotate_dataset.store.boxing import PutCard, StateScreen, TakeCard, cut, screen_key, without_box
from balatro.annotate_dataset.store.copies import clear
from balatro.annotate_dataset.store.disk import Disk
from balatro.annotate_dataset.store.history import (
    EDIT,
    NOTHING,
    REDO,
    SCREEN_MARK,
    UNDO,
    Change,
    Edit,
    State,
)
from balatro.annotate_dataset.store.screens import SCREENS
from balatro.annotate_dataset.store.screenshots import NO_GROUP, Group, Picture, PictureFolder, named_group, natural, scan
from balatro.annotate_dataset.store.versions import Clash, Conflict, Result, Version, about_changes, version_of
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError
from balatro.utils.labels import CardLabel, read_modifiers

DATASET, SCREENSHOTS = "dataset_default", "screenshots"

__all__ = [
    "DatasetStore", "Result", "Conflict", "Clash", "Version", "default_author",
    "Action", "Accept", "Add", "Reject", "Exclude", "Include", "Relabel", "Remove", "Regroup", "EXCLUDED", "NOT_A_CARD",
    "PutCard", "TakeCard", "StateScreen",
]  # fmt: skip


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
        self._disk = Disk(self.dataset, self._source_of)
        self._guard = threading.RLock()
        self._pictures: dict[str, Picture] = {}
        self._version = 0
        self._names: tuple[int, Names] | None = None
        self.modifiers: tuple[str, ...] = MODIFIERS
        """What there is to choose from: the game's, or another game's that `game.json` in the dataset lists."""
        self.refresh()

    # What there is

    @property
    def revision(self) -> int:
        """Counts the edits; the version of everything that the store tells."""
        with self._guard:
            return self._disk.journal.next_id() - 1

    @property
    def version(self) -> int:
        """Grows whenever anything that the store tells has changed, in this process: a key for caches."""
        return self._version

    @property
    def labels(self) -> Mapping[str, CardLabel]:
        """The labelled pictures, in the file's order; later changes do not reach what was given out."""
        return MappingProxyType(self._disk.labels)

    @property
    def pictures(self) -> Mapping[str, Picture]:
        """All pictures, those without a file included; raw ones first."""
        return MappingProxyType(self._pictures)

    @property
    def aside(self) -> Mapping[str, str]:
        """The pictures that were set aside, and why."""
        with self._guard:
            labels, states = self._disk.labels, self._disk.journal.states
            return {key: state.aside for key, state in states.items() if state.aside and key not in labels}

    @property
    def findings(self) -> tuple[str, ...]:
        """What was noticed on disk, one line each."""
        with self._guard:
            return (*self.screenshots.findings, *self._disk.findings)

    @property
    def names(self) -> Names:
        """The names to choose from."""
        with self._guard:
            if self._names is None or self._names[0] != self._version:
                self._names = self._version, Names(self._disk.labels.values())
            return self._names[1]

    def unlabelled(self) -> list[Picture]:
        """The pictures that wait for a label: neither labelled nor set aside."""
        with self._guard:
            aside = self.aside
            return [picture for key, picture in self._pictures.items() if key not in self._disk.labels and key not in aside]

    def path_of(self, key: str) -> Path:
        """Where a picture lies: the dataset's copy when it is labelled and there, else the raw one."""
        with self._guard:
            picture = self._pictures.get(key)
            if picture is None or key in self._disk.labels:
                copy = self.dataset / key
                return copy if picture is None or copy.is_file() else picture.path
            return picture.path

    def state_of(self, key: str) -> State:
        """All that was said about a picture."""
        with self._guard:
            label = self._disk.labels.get(key)
            return State(label=label) if label is not None else self._disk.journal.states.get(key, NOTHING)

    def cards_of(self, screen: str) -> tuple[str, ...] | None:
        """The keys of a whole screen's cards as a person has said them; None where nobody has."""
        return self.state_of(screen_key(screen)).cards

    def author_of(self, key: str) -> tuple[str, str] | None:
        """Who changed a picture last, and when (UTC, ISO 8601); None when nobody has."""
        with self._guard:
            edit = self._disk.journal.last_of(key)
            return None if edit is None else (edit.author, edit.time)

    def recent(self, n: int = 20) -> list[Edit]:
        """The last edits, newest first."""
        with self._guard:
            return self._disk.journal.edits[: -n - 1 : -1]

    def can_undo(self, author: str) -> bool:
        with self._guard:
            return self._disk.journal.to_undo(author) is not None

    def can_redo(self, author: str) -> bool:
        with self._guard:
            return self._disk.journal.to_redo(author) is not None

    def free_key(self, wanted: str, taken: Collection[str] = ()) -> str:
        """A key for a new picture of the dataset: the wanted one, or with a number behind its stem when it is taken."""
        with self._guard:
            path, key, number = PurePosixPath(wanted), wanted, 2
            while key in taken or key in self._pictures or key in self._disk.labels or (self.dataset / key).exists():
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
                elif key not in self._pictures and not isinstance(action, PutCard | StateScreen):
                    raise InputError(f"{key}: no such picture in {self.screenshots.folder}; it may have been moved")
                states[key] = action.apply(states.get(key, self.state_of(key)), self._around(key))
            changes = [Change(key, before, after) for key, after in states.items() if (before := self.state_of(key)) != after]
            self._check_unseen(changes, revision)
            return self._save(changes, author, EDIT, None, about_changes(changes), sources)

    def undo(self, author: str, force: bool = False) -> Result | None:
        """Take back this author's last edit that stands; None when there is none.

        Raises Conflict when somebody else has changed its pictures since; `force` undoes it all the same.
        """
        with self._writing():
            number = self._disk.journal.to_undo(author)
            return None if number is None else self._again(number, UNDO, author, force)

    def redo(self, author: str, force: bool = False) -> Result | None:
        """Do again what this author has undone last; None when there is nothing, or something else was done since."""
        with self._writing():
            number = self._disk.journal.to_redo(author)
            return None if number is None else self._again(number, REDO, author, force)

    def refresh(self) -> bool:
        """Catch up with the disk: new pictures, other programs' edits, labels.json edited by hand. True when something changed.

        Costs a few looks at file times when nothing has.
        """
        with self._guard:
            before = self._version
            modifiers = read_modifiers(self.dataset)
            if modifiers != self.modifiers:
                self.modifiers = modifiers
                self._version += 1
            new_pictures = self.screenshots.refresh()
            if not self._disk.is_current():
                self._disk.catch_up()
                self._version += 1
            if new_pictures or self._version != before:
                self._list_pictures()
                self._version += 1
            return self._version != before

    def _again(self, number: int, do: str, author: str, force: bool) -> Result:
        told = self._disk.journal.changes(number)
        wanted = [change.reversed() for change in reversed(told)] if do == UNDO else told
        changes = [Change(change.picture, self.state_of(change.picture), change.after) for change in wanted]
        clashes = [
            self._clash(now)
            for now, change in zip(changes, wanted, strict=True)
            if now.before not in (change.before, change.after) and not force
        ]
        if clashes:
            raise Conflict(clashes, self.revision)
        about = f"{'undone' if do == UNDO else 'done again'}: {self._disk.journal.edit(number).about}"
        return self._save([change for change in changes if change.before != change.after], author, do, number, about, {})

    def _check_unseen(self, changes: Iterable[Change], revision: int | None) -> None:
        if revision is None:
            return
        last = {change.picture: self._disk.journal.last_of(change.picture) for change in changes}
        clashes = [
            self._clash(change) for change in changes if (edit := last[change.picture]) is not None and edit.id > revision
        ]
        if clashes:
            raise Conflict(clashes, self.revision)

    def _clash(self, change: Change) -> Clash:
        author, time = self.author_of(change.picture) or ("someone", "")
        return Clash(change.picture, version_of(change.after), version_of(change.before), author, time)

    # Pictures

    def _list_pictures(self) -> None:
        """All pictures of both folders; a raw one and its copy in the dataset are one."""
        pictures: dict[str, Picture] = {}
        root = self.screenshots.folder
        for raw in self.screenshots.keys:
            key = raw if self._is_copy(raw) else _other_key(raw)
            pictures[key] = self._picture(key, root / raw)
        there = scan(self.dataset) if root.resolve() != self.dataset.resolve() else []
        for key in (*self._disk.labels, *sorted(set(there) - self._disk.labels.keys(), key=natural)):
            if key not in pictures:
                pictures[key] = self._picture(key, self.dataset / key)
        self._pictures = pictures

    def _is_copy(self, raw: str) -> bool:
        """Whether the dataset's picture of this key, if there is one, is the raw one's copy."""
        if raw not in self._disk.labels:
            return True
        with contextlib.suppress(OSError):
            return (self.dataset / raw).stat().st_size == (self.screenshots.folder / raw).stat().st_size
        return True

    def _around(self, key: str) -> Around:
        return Around(lambda: self.names, self._captured(key), self._full_path(key), self.modifiers)

    def _captured(self, key: str) -> Group:
        return self.screenshots.groups.get(key) or named_group(key)

    def _picture(self, key: str, path: Path) -> Picture:
        """A picture in the group that its label tells, else the one that a person moved it to, else that of its capture."""
        label, state = self._disk.labels.get(key), self._disk.journal.states.get(key)
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
                with self._disk.locked():
                    if not self._disk.is_current():
                        self._disk.settle()
                        self._version += 1
                        self._list_pictures()
                    self._disk.tidy()
                    yield
            except OSError as error:
                what = (error.strerror or str(error)).lower()
                told = f"{self.dataset}: cannot be written ({what}); nothing was saved, mend that and try again"
                raise InputError(told) from error

    def _save(
        self, changes: Sequence[Change], author: str, do: str, of: int | None, about: str, sources: Mapping[str, Path]
    ) -> Result:
        """Put changes on disk, all or nothing, then into memory."""
        if not changes and do == EDIT:
            return Result(self.revision, (), "nothing to change")
        raw = {change.picture: self._source_of(change.picture) for change in changes}
        known = {key: path for key, path in raw.items() if path is not None}
        missing = {key for key, path in raw.items() if not (path or self.dataset / key).is_file()}
        with cut(changes, self.data_dir / SCREENS, missing - sources.keys()) as crops:
            self._disk.save(changes, author, do, of, about, {**known, **sources, **crops})
        for change in changes:
            clear(self.dataset, change, raw[change.picture])
        gone = {key for key in raw if key.startswith(SCREEN_MARK)}
        for key in without_box(changes):
            if raw[key] == self.dataset / key:
                gone.add(key)
                with contextlib.suppress(OSError):  # a crop without a label does no harm
                    (self.dataset / key).unlink()
        moved = {key: self._picture(key, path or self.dataset / key) for key, path in raw.items()}
        self._pictures = {key: picture for key, picture in {**self._pictures, **moved}.items() if key not in gone}
        self._version += 1
        return Result(self.revision, tuple(change.picture for change in changes), about)

    def _source_of(self, key: str) -> Path | None:
        picture = self._pictures.get(key)
        return None if picture is None else picture.path


def _other_key(raw: str) -> str:
    """The key of a raw picture when the dataset has another picture of its name."""
    path = PurePosixPath(raw)
    return path.with_stem(f"{path.stem}-raw").as_posix()

"""What was done to a dataset, by whom and when: `edits.jsonl`, a file that only grows.

Each line is one accepted action or batch, with every picture's state before and after, so that any of them can be undone, also
after a restart and by nobody but the one who did it:

    {"id": 7, "time": "2026-01-31T18:05:00Z", "who": "anna", "do": "edit", "of": null, "about": "3 pictures: DNA, Foil",
     "from": "<digest of labels.json before>", "to": "<digest after>",
     "changes": [{"picture": "cluster5_card17_id302.png", "before": {}, "after": {"label": {"name": "DNA", …}}}]}

The labels themselves stand in labels.json. Only here stands what labels.json has no place for: which pictures were set aside,
which unlabelled ones a person moved to another capture group, and of which whole screens all cards have their boxes.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from balatro.utils.labels import CardLabel, from_entry, to_entry

EDITS = "edits.jsonl"
EDIT, UNDO, REDO, OUTSIDE = "edit", "undo", "redo", "outside"
"""What an entry did: `outside` is a change of labels.json that another program or an editor made."""
BY_HAND = "another program"
"""The author of changes from outside."""
SCREEN_MARK = "screen:"
"""What the key of a whole screen's state begins with; no picture's key has a colon."""


@dataclass(frozen=True)
class State:
    """All that a person has said about one picture."""

    label: CardLabel | None = None
    """What stands in labels.json; None: not labelled."""
    aside: str = ""
    """Why the picture is set aside, such as "not a card"; empty: it is not."""
    kept: CardLabel | None = None
    """The label that a picture had when it was set aside, for when it is taken back."""
    group: tuple[int | None, int | None] | None = None
    """Cluster and card group of an unlabelled picture where a person changed them; a label has its own."""
    cards: tuple[str, ...] | None = None
    """Of a whole screen: the keys of all its cards; None where nobody has said which they are."""

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if self.label is not None:
            told["label"] = to_entry(self.label)
        if self.aside:
            told["aside"] = self.aside
        if self.kept is not None:
            told["kept"] = to_entry(self.kept)
        if self.group is not None:
            told["group"] = list(self.group)
        if self.cards is not None:
            told["cards"] = list(self.cards)
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> State:
        group = told.get("group")
        return cls(
            label=from_entry(told["label"], None) if told.get("label") is not None else None,
            aside=str(told.get("aside", "")),
            kept=from_entry(told["kept"], None) if told.get("kept") is not None else None,
            group=(group[0], group[1]) if group else None,
            cards=tuple(map(str, told["cards"])) if told.get("cards") is not None else None,
        )


NOTHING = State()


@dataclass(frozen=True)
class Change:
    """One picture's state before and after an edit."""

    picture: str
    before: State
    after: State

    def reversed(self) -> Change:
        return Change(self.picture, self.after, self.before)


@dataclass(frozen=True)
class Edit:
    """One line of the journal, without its changes."""

    id: int
    time: str
    """UTC, ISO 8601 with seconds."""
    author: str
    do: str
    """One of EDIT, UNDO, REDO, OUTSIDE."""
    of: int | None
    """Which edit was undone or redone."""
    about: str
    digest_before: str
    digest_after: str
    """Of labels.json; empty where there was none."""
    num_pictures: int


@dataclass(eq=False)
class Journal:
    """The edits of one dataset, as far as they were read; `read_on` catches up with those of other processes."""

    path: Path
    edits: list[Edit] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    """Of pictures that are set aside or were regrouped without a label, and of whole screens; `label` is always None."""
    touched: dict[str, int] = field(default_factory=dict)
    """The place in `edits` of the last edit of each picture."""
    _places: list[int] = field(default_factory=list)
    """Where each edit's line begins in the file."""
    _done: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _undone: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By author, the ids of edits that can be undone and redone, latest last."""
    _by_id: dict[int, int] = field(default_factory=dict)
    _end: int = 0
    """Behind the last whole line."""
    _size: int = 0
    _inode: int = 0

    def is_current(self) -> bool:
        """Whether the file has nothing that was not read."""
        try:
            found = self.path.stat()
        except OSError:
            return self._size == 0
        return found.st_size == self._size and found.st_ino == self._inode

    def read_on(self) -> bool:
        """Read what others have added; True when there was something.

        A file that was put in its place is read from the start.
        """
        if self.is_current():
            return False
        if not self.path.is_file():
            self._forget()
            return True
        with self.path.open("rb") as file:
            found = os.fstat(file.fileno())
            if found.st_ino != self._inode or found.st_size < self._end:
                self._forget()
                self._inode = found.st_ino
            file.seek(self._end)
            data = file.read()
            self._size = self._end + len(data)
        whole = data[: data.rfind(b"\n") + 1]  # an unfinished line was never reported as saved
        place = self._end
        for line in whole.splitlines(keepends=True):
            self._take(line, place)
            place += len(line)
        self._end = place
        return bool(whole)

    def append(self, edit: Edit, changes: Sequence[Change]) -> None:
        """Add an edit; on disk on return. Call it under the lock and after `read_on`."""
        line = _line(edit, changes)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            begin = file.tell()
            try:
                if begin > self._end:  # what a sudden end left unfinished becomes a line of its own, which nobody can read
                    file.write(b"\n")
                    begin += 1
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                file.truncate(self._end)
                self._size = self._end
                raise
            self._inode = os.fstat(file.fileno()).st_ino
        self._take(line, begin)
        self._end = self._size = begin + len(line)

    def take_back(self) -> None:
        """Remove the line just added, because what it tells could not be done. Call it under the same lock."""
        with self.path.open("r+b") as file:
            file.truncate(self._places[-1])
        self._forget()
        self.read_on()

    def changes(self, edit_id: int) -> list[Change]:
        """What an edit changed, from the file."""
        return [
            Change(told["picture"], State.from_json(told["before"]), State.from_json(told["after"]))
            for told in self._entry(edit_id)["changes"]
        ]

    def last_labels(self) -> dict[str, CardLabel | None]:
        """The label that the last edit of each picture left it with, from the whole file."""
        labels = {}
        for edit in self.edits:
            for change in self._entry(edit.id)["changes"]:
                labels[change["picture"]] = change["after"].get("label")
        return {key: None if told is None else from_entry(told, None) for key, told in labels.items()}

    def edit(self, edit_id: int) -> Edit:
        return self.edits[self._by_id[edit_id]]

    def last_of(self, picture: str) -> Edit | None:
        """The last edit of a picture."""
        place = self.touched.get(picture)
        return None if place is None else self.edits[place]

    def to_undo(self, author: str) -> int | None:
        """The id of the edit that this author would undo."""
        return self._done[author][-1] if self._done[author] else None

    def to_redo(self, author: str) -> int | None:
        return self._undone[author][-1] if self._undone[author] else None

    def next_id(self) -> int:
        return self.edits[-1].id + 1 if self.edits else 1

    def _entry(self, edit_id: int) -> dict[str, Any]:
        with self.path.open("rb") as file:
            file.seek(self._places[self._by_id[edit_id]])
            told: dict[str, Any] = json.loads(file.readline())
        return told

    def _take(self, line: bytes, place: int) -> None:
        told = _object(line)
        if told is None:
            return
        edit = Edit(
            id=told["id"],
            time=told["time"],
            author=told["who"],
            do=told["do"],
            of=told["of"],
            about=told["about"],
            digest_before=told["from"],
            digest_after=told["to"],
            num_pictures=len(told["changes"]),
        )
        self._by_id[edit.id] = len(self.edits)
        for change in told["changes"]:
            self.touched[change["picture"]] = len(self.edits)
            self._note_state(change["picture"], change["after"])
        self.edits.append(edit)
        self._places.append(place)
        self._stack(edit)

    def _note_state(self, picture: str, after: Mapping[str, Any]) -> None:
        if after.get("aside") or after.get("group") or after.get("cards") is not None:
            told = {key: after[key] for key in ("aside", "kept", "group", "cards") if key in after}
            self.states[picture] = State.from_json(told)
        else:
            self.states.pop(picture, None)

    def _stack(self, edit: Edit) -> None:
        done, undone = self._done[edit.author], self._undone[edit.author]
        if edit.do in (EDIT, OUTSIDE):
            done.append(edit.id)
            undone.clear()
        elif edit.do == UNDO and edit.of in done:
            done.remove(edit.of)
            undone.append(edit.of)
        elif edit.do == REDO and edit.of in undone:
            undone.remove(edit.of)
            done.append(edit.of)

    def _forget(self) -> None:
        self.edits.clear()
        self.states.clear()
        self.touched.clear()
        self._places.clear()
        self._done.clear()
        self._undone.clear()
        self._by_id.clear()
        self._end = self._size = self._inode = 0


def accepted_screens(dataset: Path) -> set[str]:
    """The whole screens of which a person has said that these are all their cards, or that there are none."""
    journal = Journal(dataset / EDITS)
    journal.read_on()
    return {
        key.removeprefix(SCREEN_MARK)
        for key, state in journal.states.items()
        if key.startswith(SCREEN_MARK) and state.cards is not None
    }


def _line(edit: Edit, changes: Sequence[Change]) -> bytes:
    told = {
        "id": edit.id,
        "time": edit.time,
        "who": edit.author,
        "do": edit.do,
        "of": edit.of,
        "about": edit.about,
        "from": edit.digest_before,
        "to": edit.digest_after,
        "changes": [
            {"picture": change.picture, "before": change.before.to_json(), "after": change.after.to_json()}
            for change in changes
        ],
    }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


_TYPES = {"id": int, "time": str, "who": str, "do": str, "about": str, "from": str, "to": str, "changes": list}


def _object(line: bytes) -> dict[str, Any] | None:
    """A line that can be used; None for one that a sudden end or an editor left unreadable."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, dict) or any(not isinstance(told.get(key), wanted) for key, wanted in _TYPES.items()):
        return None
    fits = all(
        isinstance(change, dict)
        and isinstance(change.get("picture"), str)
        and isinstance(change.get("before"), dict)
        and isinstance(change.get("after"), dict)
        for change in told["changes"]
    )
    return told | {"of": told.get("of")} if fits else None

"""What passes between a board and Python.

A board sends everything that it has not seen confirmed yet, in one message:

    {"session": "…", "actions": [{"seq": 7, "kind": "accept", "revision": 41, "name": "DNA", …}, …]}

Streamlit may swallow a message when the next one comes quickly, so an action is sent until `handled` in the page's data has
reached its number, and done once here however often it comes. `handled` grows after the disk has it: only then the board says
"saved".
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from balatro.annotate_dataset.board.desk import Desk
from balatro.annotate_dataset.board.map_showing import named
from balatro.annotate_dataset.board.pictures import address
from balatro.annotate_dataset.board.screen_actions import stated
from balatro.annotate_dataset.store.store import (
    Accept,
    Action,
    Conflict,
    Exclude,
    Include,
    Regroup,
    Reject,
    Relabel,
    Remove,
    Result,
    Version,
)
from balatro.annotate_dataset.suggest.queue import Proposed, accept_above, as_actions
from balatro.errors import BalatroError, InputError
from balatro.utils.labels import CardLabel

MAX_FAILURES = 20
"""Failures that are told again until the board must have seen them."""
THRESHOLD = 0.95
"""Name and modifier together must be this sure to be accepted unseen."""

Told = Mapping[str, Any]
"""An action as the browser sends it."""


@dataclass(frozen=True)
class Failure:
    """An action that was not done, and why."""

    seq: int
    text: str
    conflict: Conflict | None = None
    actions: tuple[Action, ...] = ()
    """What was to be done, should the person insist."""
    undo: str = ""
    """`undo` or `redo` where it was one of these."""


@dataclass(frozen=True)
class LabelView:
    """Which groups the labelling page shows."""

    order: str = "doubtful"
    search: str = ""
    later: tuple[str, ...] = ()
    """Keys of groups that were left for later."""


@dataclass(frozen=True)
class VerifyView:
    """What the verifying page shows."""

    what: str = "all"
    """A kind of suspicion, `all` of them, `missing`, `aside`, or empty for one name and modifier."""
    name: str = ""
    modifier: str = ""
    page: int = 0


@dataclass(frozen=True)
class Preview:
    """What would be accepted, as it was shown: suggestions may change behind it."""

    number: int
    threshold: float
    proposals: tuple[Proposed, ...]


@dataclass
class Session:
    """One tab: what it looks at, and which of its actions are done."""

    desk: Desk
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    handled: int = 0
    failures: list[Failure] = field(default_factory=list)
    label: LabelView = LabelView()
    verify: VerifyView = VerifyView()
    screen: str = ""
    """The whole screen that is looked at; empty for the first that is not done."""
    threshold: float = THRESHOLD
    preview: Preview | None = None
    """What "accept all above" would accept, while it is being looked at."""
    own: set[int] = field(default_factory=set)
    """Numbers of this tab's edits."""
    _guard: threading.Lock = field(default_factory=threading.Lock)
    """What is sent again while it is being done arrives in another thread."""

    def hear(self, message: Any) -> None:
        """Do what a board tells, each action once and in order."""
        if not isinstance(message, dict) or message.get("session") != self.id:
            return
        with self._guard:
            for told in message.get("actions", []):
                if told["seq"] > self.handled:
                    self._do(told)
                    self.handled = told["seq"]

    def _do(self, told: Told) -> None:
        kind = told["kind"]
        try:
            DO[kind](self, told)
        except Conflict as conflict:
            self._fail(Failure(told["seq"], str(conflict), conflict, tuple(self._actions(told)), kind if kind in UNDOS else ""))
        except BalatroError as error:
            self._fail(Failure(told["seq"], str(error)))
        except OSError as error:
            self._fail(Failure(told["seq"], f"{error.filename or 'the disk'}: {error.strerror or error}"))
        except (KeyError, TypeError, ValueError) as error:
            self._fail(Failure(told["seq"], f"not understood: {kind} ({error!r}); reload the page"))

    def _fail(self, failure: Failure) -> None:
        self.failures = [*self.failures, failure][-MAX_FAILURES:]

    def _actions(self, told: Told) -> list[Action]:
        make = ACTIONS.get(told["kind"])
        return [] if make is None else make(self, told)

    def save(self, told: Told) -> None:
        """Do the actions that were told, and have them on disk."""
        actions = self._actions(told)
        if actions:
            self.accept(actions, told.get("revision"))

    def accept(self, actions: Sequence[Action], revision: int | None) -> None:
        """The same; what this very tab has changed since it was shown is no conflict."""
        store = self.desk.store
        try:
            result = store.accept(actions, self.desk.author, revision)
        except Conflict as conflict:
            if revision is None or not self._is_own(conflict, revision):
                raise
            result = store.accept(actions, self.desk.author, conflict.revision)
        self.remember(result)

    def _is_own(self, conflict: Conflict, revision: int) -> bool:
        """Whether this very tab has changed the pictures since: it goes on before it has heard of its last edits."""
        since = self.desk.store.recent(max(0, conflict.revision - revision))
        others = {(edit.author, edit.time) for edit in since if edit.id not in self.own}
        return not any((clash.author, clash.time) in others for clash in conflict.conflicts)

    def remember(self, result: Result | None) -> None:
        """Note an edit of this tab."""
        if result is not None and result.pictures:
            self.own.add(result.revision)
            self.desk.changed(result.pictures)

    def undo(self, told: Told) -> None:
        self.remember(self.desk.store.undo(self.desk.author))

    def redo(self, told: Told) -> None:
        self.remember(self.desk.store.redo(self.desk.author))

    def override(self, told: Told) -> None:
        """Save what clashed all the same: the person has seen both."""
        failure = self._failure(told["of"])
        again = {"undo": self.desk.store.undo, "redo": self.desk.store.redo}
        if failure.undo:
            self.remember(again[failure.undo](self.desk.author, force=True))
        elif failure.conflict is not None:
            self.remember(self.desk.store.accept(failure.actions, self.desk.author, told["revision"]))
        self.dismiss(told)

    def dismiss(self, told: Told) -> None:
        self.failures = [failure for failure in self.failures if failure.seq != told["of"]]

    def _failure(self, seq: int) -> Failure:
        for failure in self.failures:
            if failure.seq == seq:
                return failure
        raise InputError("that was decided already")

    def view(self, told: Told) -> None:
        if "order" in told:
            later = tuple(told.get("later", ()))
            self.label = LabelView(str(told["order"]), str(told["search"]), later)
        else:
            self.verify = VerifyView(str(told["what"]), str(told["name"]), str(told["modifier"]), int(told["page"]))

    def open_screen(self, told: Told) -> None:
        self.screen = str(told["screen"])

    def look_at(self, told: Told) -> None:
        left, top, right, bottom = (int(edge) for edge in told["box"])
        self.desk.look_at(str(told["screen"]), (left, top, right, bottom))

    def state_screen(self, told: Told) -> None:
        """All cards of a screen; the person looks at the next one already."""
        self.screen = str(told["next"])
        self.save(told)

    def open_preview(self, told: Told) -> None:
        self.threshold = min(1.0, max(0.0, float(told["threshold"])))
        proposals = accept_above(self.desk.store, self.desk.prefills, self.threshold)
        self.preview = Preview(int(told["seq"]), self.threshold, tuple(proposals))

    def close_preview(self, told: Told) -> None:
        self.preview = None

    def fine(self, told: Told) -> None:
        self.desk.settled.update(map(str, told["pictures"]))

    def accept_many(self, told: Told) -> None:
        self.save(told)
        self.preview = None

    def failures_json(self) -> list[dict[str, Any]]:
        """The failures as the board shows them, both versions of what clashed."""
        return [self._failure_json(failure) for failure in self.failures]

    def _failure_json(self, failure: Failure) -> dict[str, Any]:
        told: dict[str, Any] = {"seq": failure.seq, "text": failure.text}
        if failure.conflict is not None:
            pictures = [
                {
                    "key": clash.picture,
                    "url": address(self.desk.store, clash.picture),
                    "mine": _version_json(clash.mine),
                    "theirs": _version_json(clash.theirs),
                    "by": f"{clash.author}, {clash.time}",
                }
                for clash in failure.conflict.conflicts
            ]
            told["conflict"] = {"revision": failure.conflict.revision, "pictures": pictures}
        return told


def _version_json(version: Version) -> dict[str, str] | None:
    if isinstance(version, CardLabel):
        return {"name": version.name, "modifier": version.modifier, "type": version.type, "rarity": version.rarity}
    return None if version is None else {"name": version, "modifier": "", "type": "", "rarity": ""}


def _accepted(session: Session, told: Told) -> list[Action]:
    """One group: what is this card, what is left out, what is another card, what is none."""
    # A name that was offered is no slip of the pen, though the dataset has none of it yet.
    new = bool(told["isNew"]) or told["name"] in session.desk.offered()
    actions: list[Action] = [
        Accept(key, told["name"], told["modifier"], told["type"], told["rarity"], new=new) for key in told["keep"]
    ]
    actions += [Exclude(key) for key in told["exclude"]]
    actions += [Reject(key) for key in told["reject"]]
    if told["other"]:
        group = _free_group(session)
        actions += [Regroup(key, group) for key in told["other"]]
    return actions


def _free_group(session: Session) -> int:
    """A number that no capture group has."""
    store = session.desk.store
    groups = [picture.card_group for picture in store.pictures.values()] + [label.card_group for label in store.labels.values()]
    return max((group for group in groups if group is not None), default=0) + 1


def _proposed(session: Session, told: Told) -> list[Action]:
    """What the preview showed, less what was taken out of it."""
    if session.preview is None or session.preview.number != told["preview"]:
        raise InputError("that preview is no longer open; look at it again")
    wanted = set(told["pictures"])
    return list(as_actions([proposal for proposal in session.preview.proposals if proposal.picture in wanted]))


def _relabelled(session: Session, told: Told) -> list[Action]:
    return [
        Relabel(
            key,
            told.get("name"),
            told.get("modifier"),
            new=bool(told.get("isNew")) or told.get("name") in session.desk.offered(),
        )
        for key in told["pictures"]
    ]


def _corrected(session: Session, told: Told) -> list[Action]:
    """What is proposed for suspicious pictures."""
    wanted = set(told["pictures"])
    proposals = {one.picture: one.proposal for one in reversed(session.desk.suspicions) if one.proposal is not None}
    return [replace(proposal, picture=picture) for picture, proposal in proposals.items() if picture in wanted]


ACTIONS: dict[str, Callable[[Session, Told], list[Action]]] = {
    "accept": _accepted,
    "acceptMany": _proposed,
    "relabel": _relabelled,
    "propose": _corrected,
    "label": lambda session, told: named(session.desk, told),
    "exclude": lambda session, told: [Exclude(key) for key in told["pictures"]],
    "reject": lambda session, told: [Reject(key) for key in told["pictures"]],
    "remove": lambda session, told: [Remove(key) for key in told["pictures"]],
    "include": lambda session, told: [Include(key) for key in told["pictures"]],
    "screen": lambda session, told: stated(session.desk, told),
}
"""What changes the dataset."""

DO: dict[str, Callable[[Session, Told], None]] = dict.fromkeys(ACTIONS, Session.save) | {
    "acceptMany": Session.accept_many,
    "screen": Session.state_screen,
    "openScreen": Session.open_screen,
    "lookAt": Session.look_at,
    "undo": Session.undo,
    "redo": Session.redo,
    "override": Session.override,
    "dismiss": Session.dismiss,
    "view": Session.view,
    "preview": Session.open_preview,
    "closePreview": Session.close_preview,
    "fine": Session.fine,
}
"""Everything that a board may tell."""

UNDOS = ("undo", "redo")

"""A picture as several people see it: what an edit made of it, and what is told when two have changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from balatro.annotate_dataset.store.history import SCREEN_MARK, Change, State
from balatro.errors import BalatroError
from balatro.utils.labels import CardLabel

Version = CardLabel | str | None
"""A picture as a person sees it: its label, why it is set aside, or None when it waits for a label."""


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


def about_changes(changes: Sequence[Change]) -> str:
    screens = [change for change in changes if change.picture.startswith(SCREEN_MARK)]
    if screens:
        first = screens[0]
        cards = first.after.cards or ()
        return f"{first.picture.removeprefix(SCREEN_MARK)}: {len(cards)} card{'s' * (len(cards) != 1)}"
    what = sorted({tell(version_of(change.after)) for change in changes})
    told = "; ".join(what[:2]) + (f" and {len(what) - 2} more" if len(what) > 2 else "")
    return f"{len(changes)} picture{'s' * (len(changes) != 1)}: {told}"


def version_of(state: State) -> Version:
    if state.cards is not None:
        return f"a screen of {len(state.cards)} card{'s' * (len(state.cards) != 1)}"
    return state.label if state.label is not None else (state.aside or None)

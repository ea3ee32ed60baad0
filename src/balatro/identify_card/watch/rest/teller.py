"""Tells the table of a running game: each state that has come to rest, and what has happened since the last one.

A look at the whole table costs as much as `balatro identify --table`, so it is taken only when the table lies still and is not
known yet; while it rests, frames are only compared (`still`). What a state says is voted by several looks (`votes`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from balatro.identify_card.table.changes import OVERLAYS, changes
from balatro.identify_card.table.records import Table
from balatro.identify_card.watch.rest.still import Pose, pose_of
from balatro.identify_card.watch.rest.told import GameEvent, State, Told
from balatro.identify_card.watch.rest.votes import Votes, same


@dataclass(frozen=True)
class RestSettings:
    """When a table rests; times are seconds of the frames."""

    rest_s: float = 0.25
    """How long it must lie still before it is looked at."""
    votes: int = 2
    """Looks that must agree on a value."""
    most: int = 5
    """Looks that are taken, at most: what is open then is not told."""
    patience_s: float = 2.5
    """After so long without a rest, text may move and a card may be missing."""


AT_REST = RestSettings()
"""For a running game."""
AT_ONCE = RestSettings(rest_s=0.0, votes=1, most=1)
"""For pictures that each stand for themselves."""


class Teller:
    """Tells one game's tables. For one thread."""

    def __init__(self, read: Callable[[np.ndarray, np.ndarray], Table], settings: RestSettings = AT_REST) -> None:
        """read: the table of an (H, W, 3) uint8 RGB picture with (N, 4, 2) float32 quads of its cards."""
        self.settings = settings
        self._read = read
        self._votes = Votes(settings.votes)
        self._pose: Pose | None = None
        self._since = 0.0
        self._looks: list[Table] = []
        self._is_known = False
        self._known_at: float | None = None
        """When the table was known last."""
        self._state: Table | None = None
        """The last one that was told."""
        self._under: Table | None = None
        """The last one that was no overlay."""

    @property
    def is_unsettled(self) -> bool:
        """Whether the next frame is to be looked into though it be the same."""
        return not self._is_known

    def see(self, image: np.ndarray, quads: np.ndarray, prints: np.ndarray, covered: bool, seconds: float) -> list[Told]:
        """Take in a frame; what can be told since.

        prints: the quads' fingerprints. covered: whether some card is partly hidden: what cannot be seen is waited for.
        """
        pose = pose_of(image, quads, prints)
        if not self._is_as_before(pose, seconds):
            self._pose, self._since, self._is_known = pose, seconds, False
            self._looks.clear()
        if self._is_known:
            self._known_at = seconds
            return []
        if covered or seconds - self._since < self.settings.rest_s:
            return []
        self._looks.append(self._read(image, quads))
        return self._count(seconds)

    def repeat(self, seconds: float) -> None:
        """Take in a frame that shows the same as the last one."""
        self._known_at = seconds

    def _is_as_before(self, pose: Pose, seconds: float) -> bool:
        if self._pose is None:
            return False
        self._known_at = seconds if self._known_at is None else self._known_at
        if not self._is_known and seconds - self._known_at > self.settings.patience_s:
            return pose.has_cards_of(self._pose, missing=1)
        return pose.has_cards_of(self._pose) and pose.has_text_of(self._pose)

    def _count(self, seconds: float) -> list[Told]:
        """Count the votes, once there are enough."""
        if len(self._looks) < self.settings.votes:
            return []
        table = self._votes.table(self._looks)
        if self._votes.is_split and len(self._looks) < self.settings.most:
            return []
        self._is_known, self._known_at = True, seconds
        return self._tell(table, seconds)

    def _tell(self, table: Table, seconds: float) -> list[Told]:
        if self._state is not None and same(table, self._state):
            return []
        told: list[Told] = []
        if table.screen not in OVERLAYS:
            found = changes(self._under, table) if self._under is not None else ()
            told = [GameEvent(seconds, self._since, change) for change in found]
            self._under = table
        self._state = table
        return [*told, State(seconds, self._since, table)]

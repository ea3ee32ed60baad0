"""The game's state as this server saw it last: for the overlay, and for whoever does not send pictures."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from balatro.identify_card.table.records import Table
from balatro.identify_card.watch.rest.votes import Votes, same

LOOKS = 3
"""Of a stream, so many of the latest tables are asked what the state is."""
AGREEING = 2
"""How many of these must agree on all of it: one blurred frame is no state."""


class LastState:
    """The last state. For any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._table: Table | None = None
        self._number, self._seconds = 0, 0.0

    def take(self, table: Table) -> None:
        """This is the state now."""
        with self._lock:
            if self._table is None or not same(table, self._table):
                self._number += 1
            self._table, self._seconds = table, time.monotonic()

    def to_json(self) -> dict[str, Any]:
        """The answer to GET /state."""
        with self._lock:
            if self._table is None:
                return {"number": 0, "age": None, "table": None}
            age = round(time.monotonic() - self._seconds, 3)
            return {"number": self._number, "age": age, "table": self._table.to_json()}


class Stream:
    """The tables of one client's frames, which become the state as far as several agree."""

    def __init__(self, state: LastState) -> None:
        self._state = state
        self._looks: deque[Table] = deque(maxlen=LOOKS)
        self._votes = Votes(AGREEING)

    def take(self, table: Table) -> None:
        """The table of the next frame."""
        self._looks.append(table)
        agreed = self._votes.table(self._looks)
        if not self._votes.is_split:
            self._state.take(agreed)

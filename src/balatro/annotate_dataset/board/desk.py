"""What all tabs of one server share: the store, and the suggestions that are worked out beside it.

Looking at new pictures takes a while, so it happens in a thread of its own; the pages show what there is and are told by
`generation` when there is more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from balatro.annotate_dataset.board.map_desk import MapDesk
from balatro.annotate_dataset.board.screens import ScreenDesk
from balatro.annotate_dataset.store.history import SCREEN_MARK
from balatro.annotate_dataset.store.screens import Box
from balatro.annotate_dataset.store.store import DatasetStore, default_author
from balatro.annotate_dataset.suggest.prefill import Prefill
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.annotate_dataset.suggest.rankings import rankings
from balatro.annotate_dataset.suggest.teach import Teacher
from balatro.annotate_dataset.suggest.verify import Suspicion, look_through, see
from balatro.errors import BalatroError

PAUSE_S = 0.15
"""After a change others often follow at once: the thread waits for them, and lets the pages run first."""


class Desk:
    """A dataset that is being labelled."""

    def __init__(self, data_dir: Path, model: str | None = None, teach: str | None = None) -> None:
        """teach: name or folder of the model that learns from corrections."""
        self.store = DatasetStore(data_dir)
        self.screens = ScreenDesk(self.store)
        self.map = MapDesk(self.store)
        self.teacher = Teacher(self.store, teach) if teach else None
        self.author = default_author()
        self.model = model
        self.trouble = ""
        """Why there are no suggestions, in one line; empty while all is well."""
        self.settled: set[str] = set()
        """Pictures of which a person said that they are right, whatever looks suspicious."""
        self._prefiller: Prefiller | None = None
        self._prefills: Mapping[str, Prefill] = {}
        self._suspicions: tuple[Suspicion, ...] = ()
        self._ranked: tuple[Suspicion, ...] = ()
        self._done = 0
        self._wake = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._seen = self._checked = -1
        self._check_wanted = False

    @property
    def prefills(self) -> Mapping[str, Prefill]:
        """What is suggested for pictures without a label, as far as it is known."""
        return self._prefills

    def offered(self) -> dict[str, tuple[str, str]]:
        """{name: (type, rarity)} of the cards that suggestions name, also those that nobody has used yet."""
        found: dict[str, tuple[str, str]] = {}
        on_screens = [one.prefill for cards in self.screens.found.values() for one in cards]
        on_screens += [one.prefill for one in self.screens.drawn.values()]
        for prefill in (*self.prefills.values(), *on_screens):
            for candidate in prefill.candidates:
                found.setdefault(candidate.name, (candidate.type, candidate.rarity))
        return found

    @property
    def suspicions(self) -> tuple[Suspicion, ...]:
        """What may be labelled wrongly, worst first, as far as it is known."""
        return tuple(one for one in self._suspicions if one.picture not in self.settled)

    @property
    def ranked(self) -> tuple[Suspicion, ...]:
        """What is worth looking through in order, by kind of RANKINGS, as far as it is known."""
        return tuple(one for one in self._ranked if one.picture not in self.settled)

    @property
    def generation(self) -> tuple[int, int]:
        """Changes when there is something new to show."""
        return self.store.version, self._done

    @property
    def is_busy(self) -> bool:
        """Whether suggestions for what is on disk now are still being worked out."""
        return self._seen != self.store.version and not self.trouble

    @property
    def is_checking(self) -> bool:
        """Whether suspicions for what is on disk now are still being worked out."""
        return self._checked != self.store.version

    @property
    def about(self) -> str:
        """Where the suggestions come from, in a few words."""
        about = self.trouble or ("" if self._prefiller is None else self._prefiller.about)
        return about if self.teacher is None else f"{about}; {self.teacher.about}"

    def refresh(self) -> None:
        """Notice what others changed on disk."""
        if self.screens.folder.refresh():
            self._done += 1
        if self.store.refresh():
            self.wake()

    def changed(self, pictures: Iterable[str]) -> None:
        """The labels of these pictures have changed: work out suggestions anew, and teach the model that learns from them."""
        if self.teacher is not None:
            self.teacher.hear(key for key in pictures if not key.startswith(SCREEN_MARK))
        self.wake()

    def wake(self) -> None:
        """Work out suggestions anew, in the background."""
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="suggestions", daemon=True)
                self._thread.start()
        self._wake.set()

    def want_screens(self, screens: Sequence[str]) -> None:
        """Have the cards of these screens found; whoever shows them calls it each time."""
        if self.screens.want(screens):
            self.wake()

    def want_map(self) -> None:
        """Have the map worked out; whoever shows it calls it each time."""
        if self.map.want():
            self.wake()

    def look_at(self, screen: str, box: Box) -> None:
        """Have a box that somebody has drawn named."""
        self.screens.ask(screen, box)
        self.wake()

    def check(self) -> None:
        """Look for suspicious labels too; whoever shows them calls it each time. All labels are compared: not without need."""
        if self._checked != self.store.version:
            self._check_wanted = True
            self.wake()

    def _work(self) -> None:
        while self._wake.wait():
            self._wake.clear()
            time.sleep(PAUSE_S)
            self._update()
            self._lay_out()
            self._check()
            self._look()

    def _update(self) -> None:
        version = self.store.version
        try:
            if self._prefiller is None:
                self._prefiller = Prefiller(self.store, self.model)
            self._prefiller.update()
            self._prefills = dict(self._prefiller.prefills)
            self.trouble = ""
        except BalatroError as error:
            self.trouble = f"no suggestions: {error}"
        except Exception as error:  # the thread must live on: labelling goes on without suggestions
            self.trouble = f"no suggestions: unexpected {type(error).__name__}: {error}"
        self._seen = version
        self._done += 1
        if self.store.version != version:
            self._wake.set()

    def _lay_out(self) -> None:
        if self._prefiller is None:
            return
        try:
            if self.map.look(self._prefiller):
                self._done += 1
        except Exception as error:  # as above
            self.trouble = f"no map: {type(error).__name__}: {error}"

    def _check(self) -> None:
        if not self._check_wanted:
            return
        self._check_wanted = False
        version = self.store.version
        try:
            seen = see(self.store, None if self.trouble else self._prefiller)
            self._suspicions, self._ranked = tuple(look_through(seen)), tuple(rankings(seen))
        except Exception as error:  # as above
            self.trouble = f"not checked: {type(error).__name__}: {error}"
        self._checked = version
        self._done += 1

    def _look(self) -> None:
        """Look at a wanted screen; one at a time, so that labels that come meanwhile are taken up."""
        if self._prefiller is None:
            return
        try:
            before = self.screens.found, self.screens.drawn
            if self.screens.look(self._prefiller):
                self._wake.set()
            if (self.screens.found, self.screens.drawn) != before:
                self._done += 1
        except Exception as error:  # as above
            self.trouble = f"screens not looked at: {type(error).__name__}: {error}"


@cache
def open_desk(data_dir: Path, model: str | None = None, teach: str | None = None) -> Desk:
    """The one desk of a dataset in this process; its thread begins at once. Raises what DatasetStore does."""
    desk = Desk(data_dir, model, teach)
    desk.wake()
    return desk

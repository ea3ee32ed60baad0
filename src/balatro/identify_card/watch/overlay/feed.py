"""What passes between the thread that watches and the windows: the newest look one way, stop and pause the other.

Only the newest is kept: windows that are slow miss looks, and never hold up the watching.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from balatro.utils.desktop import Box

if TYPE_CHECKING:
    from balatro.identify_card.mistakes.keep import Save
    from balatro.identify_card.watch.rest.told import State
    from balatro.identify_card.watch.watch import Frame, Look, Stats

POLL_S = 0.1
"""How soon a paused video notices that it is to end."""


@dataclass(frozen=True)
class Reads:
    """What the model that watches may say."""

    model: str = ""
    names: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """One look, as the windows need it."""

    look: Look
    stats: Stats
    box: Box | None
    """Where on the desktop its frame was; None for one of a file."""


class Feed:
    """Between two threads; each attribute is written by one of them."""

    def __init__(self, is_paced: bool = False) -> None:
        """is_paced: whether a video is to run at its own speed, as it is shown to someone."""
        self.is_paced = is_paced
        self.is_open = False
        """Whether the source is there; from then on the next two hold."""
        self.is_live = False
        self.name = ""
        self.box: Box | None = None
        """Where the frame was that was grabbed last."""
        self.file = ""
        """The picture that was grabbed last; empty where frames are no files."""
        self.hidden = ""
        """Why nothing is to be seen now; empty while something is."""
        self.newest: Seen | None = None
        self.state: State | None = None
        """How the table stood when it came to rest last; None before that, and where it is not watched."""
        self.reads = Reads()
        """What may be said of a card; known once the model is there."""
        self.save: Save | None = None
        """What takes crops of cards to be labelled, where the watching has their folder open."""
        self.shows_itself = False
        """Whether the frames show what the overlay draws, so that nothing more is to be drawn on them. Set by the windows."""
        self._stop, self._go = Event(), Event()
        self._go.set()

    def opened(self, name: str, is_live: bool) -> None:
        """The source is there."""
        self.name, self.is_live = name, is_live
        self.is_open = True

    def show(self, look: Look, stats: Stats) -> None:
        """A frame was looked at."""
        self.hidden = ""
        self.newest = Seen(look, stats, self.box)

    def stop(self) -> None:
        """End the watching soon."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether it is to end."""
        return self._stop.is_set()

    @property
    def is_paused(self) -> bool:
        """Whether a video stands still."""
        return not self._go.is_set()

    def pause(self, still: bool) -> None:
        """Let a video stand still, or go on."""
        if still:
            self._go.clear()
        else:
            self._go.set()

    def rest(self, seconds: float) -> None:
        """Sleep, unless it is to end."""
        self._stop.wait(max(0.0, seconds))

    def paced(self, frames: Iterable[Frame], clock: Callable[[], float] = time.monotonic) -> Iterator[Frame]:
        """Recorded frames, each at its time, and none while paused. When they come too late, the rest is put off."""
        start: float | None = None
        for frame in frames:
            start = clock() - frame.seconds if start is None else max(start, clock() - frame.seconds)
            self.rest(start + frame.seconds - clock())
            while self.is_paused and not self.is_stopped:
                self._go.wait(POLL_S)
            if self.is_stopped:
                return
            yield frame

"""Watching a game: frames in, events out.

Each frame goes through as little as it needs: one that shows the same as the last is not looked at; of one that changed,
only the cards that are new or look different are read (`balatro.identify_card.watch.track`).
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import NamedTuple

import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.table.records import Table
from balatro.identify_card.watch.events import Event, OnEvent
from balatro.identify_card.watch.eyes import Eyes
from balatro.identify_card.watch.followed import STILLS, USUAL, TrackSettings
from balatro.identify_card.watch.gate import ChangeGate
from balatro.identify_card.watch.looks import PRINT_SIZE
from balatro.identify_card.watch.rest.read import read_table
from balatro.identify_card.watch.rest.teller import AT_ONCE, AT_REST, Teller
from balatro.identify_card.watch.rest.told import OnTold, Told
from balatro.identify_card.watch.track import Shown, Tracker
from balatro.utils.images import rectify
from balatro.utils.stages import StageClock

MAX_FPS = 10.0
"""Frames looked at each second, unless told otherwise: the game needs the machine too, and its cards rest for seconds."""
STAGES = ("grab", "gate", "locate", "compare", "read", "track", "table")
"""What a frame may go through, in order."""
OVER_S = 2.0
"""Seconds over which rates and times are counted."""
HIDDEN_WAIT_S = 0.25
"""Seconds between two looks at a window that is minimised or off the screen."""


class Frame(NamedTuple):
    """One picture of what is watched."""

    image: np.ndarray
    """(H, W, 3) uint8 RGB."""
    seconds: float
    """When; only differences count."""


@dataclass(frozen=True)
class Stats:
    """How watching goes; rates and times of the last seconds."""

    frames: int
    """Frames looked at, ever."""
    unchanged: int
    """Of these, frames that showed the same as the last one."""
    reads: int
    """Cards read, ever."""
    dropped: int
    """Frames that came while others were looked at, and were passed over."""
    fps: float
    """Frames looked at each second of the clock."""
    busy: float
    """Share of the clock's time spent on them; grabbing counts, waiting does not."""
    stages_ms: dict[str, float]
    """Mean milliseconds a frame, by STAGES."""

    def line(self) -> str:
        """One short line for people."""
        stages = ", ".join(f"{name} {ms:.1f}" for name, ms in self.stages_ms.items() if ms >= 0.05)
        return f"{self.fps:.1f} frames/s, {self.dropped} dropped, {self.busy * 100:.0f} % busy; ms a frame: {stages or '0'}"


@dataclass(frozen=True, eq=False)
class Look:
    """What one frame came to."""

    frame: Frame
    events: tuple[Event, ...]
    shown: tuple[Shown, ...]
    """Every announced card, with its place now."""
    readings: tuple[Card, ...] = ()
    """What was read in this frame, known or not; only new and changed cards are."""
    told: tuple[Told, ...] = ()
    """Of the table, where that is watched: what has happened, and the state that has come to rest."""


class _Clock:
    """Counts frames and the time that each stage takes."""

    def __init__(self) -> None:
        self._times: deque[tuple[float, dict[str, float]]] = deque()
        self.now = StageClock()
        """Of the present frame."""
        self._began = time.perf_counter()

    def frame_done(self) -> None:
        now = time.perf_counter()
        self._times.append((now, self.now.seconds))
        self.now = StageClock()
        while self._times[0][0] < now - OVER_S:
            self._times.popleft()

    def rates(self) -> tuple[float, float, dict[str, float]]:
        """Frames a second, share of the time that was spent, milliseconds a frame by stage."""
        if not self._times:
            return 0.0, 0.0, {}
        span = max(min(OVER_S, time.perf_counter() - self._began), 1e-6)
        count = len(self._times)
        sums = {name: sum(stages.get(name, 0.0) for _, stages in self._times) for name in STAGES}
        spent = sum(sums.values())
        return count / span, min(spent / span, 1.0), {name: 1000 * total / count for name, total in sums.items()}


@dataclass(eq=False)
class _FrameView:
    """A frame as the tracker sees it."""

    image: np.ndarray
    quads: np.ndarray
    eyes: Eyes
    clock: _Clock
    readings: list[Card] = field(default_factory=list)
    """What was read."""
    own_prints: np.ndarray = field(default_factory=lambda: np.empty((0, *PRINT_SIZE[::-1], 3), np.uint8))
    """Of its quads, once the tracker has asked for them."""

    @property
    def size(self) -> tuple[int, int]:
        return self.image.shape[1], self.image.shape[0]

    def prints(self, quads: np.ndarray) -> np.ndarray:
        with self.clock.now.stage("compare"):
            made = rectify(self.image, quads, PRINT_SIZE, margin=0.0)
        self.own_prints = made if quads is self.quads else self.own_prints
        return made

    def read(self, rows: Sequence[int]) -> list[Card]:
        with self.clock.now.stage("read"):
            cards = self.eyes.read(self.image, self.quads[list(rows)])
        self.readings += cards
        return cards


class Watcher:
    """Looks at frames, one after the other. For one thread."""

    def __init__(
        self, recognizer: Recognizer, settings: TrackSettings = USUAL, table: bool = False, seen_as: str = "auto"
    ) -> None:
        """table: whether the table is watched, too. seen_as: what frames are, as of `Recognizer.identify`."""
        self._eyes = Eyes(recognizer, seen_as)
        self._tracker = Tracker(settings)
        rest = AT_ONCE if settings is STILLS else AT_REST
        self._teller = Teller(self._read_table, rest) if table else None
        self._gate = ChangeGate()
        self._clock = _Clock()
        self._num_frames = self._num_unchanged = 0

    def look(self, image: np.ndarray, seconds: float) -> Look:
        """Look at the next frame: (H, W, 3) uint8 RGB, and its time in seconds."""
        self._num_frames += 1
        unsettled = self._tracker.is_unsettled or (self._teller is not None and self._teller.is_unsettled)
        with self._clock.now.stage("gate"):
            same = self._gate.is_same(image) and not unsettled
        if same:
            self._num_unchanged += 1
            look = Look(Frame(image, seconds), tuple(self._repeat(seconds)), tuple(self._tracker.shown()))
        else:
            look = self._look_into(image, seconds)
        self._clock.frame_done()
        return look

    def _repeat(self, seconds: float) -> list[Event]:
        with self._clock.now.stage("track"):
            if self._teller is not None:
                self._teller.repeat(seconds)
            return self._tracker.repeat(seconds)

    def _look_into(self, image: np.ndarray, seconds: float) -> Look:
        with self._clock.now.stage("locate"):
            quads = self._eyes.locate(image)
        view = _FrameView(image, quads, self._eyes, self._clock)
        began = time.perf_counter()
        events = self._tracker.update(view, seconds)
        self._clock.now.add("track", time.perf_counter() - began - self._clock.now.spent("compare", "read"))
        shown = tuple(self._tracker.shown())
        return Look(Frame(image, seconds), tuple(events), shown, tuple(view.readings), self._tell(view, shown, seconds))

    def _read_table(self, image: np.ndarray, quads: np.ndarray) -> Table:
        announced = [shown.card for shown in self._tracker.shown() if not shown.covered]
        return read_table(self._eyes, image, quads, announced)

    def _tell(self, view: _FrameView, shown: Sequence[Shown], seconds: float) -> tuple[Told, ...]:
        if self._teller is None:
            return ()
        with self._clock.now.stage("table"):
            covered = any(card.peeks for card in shown)
            return tuple(self._teller.see(view.image, view.quads, view.own_prints, covered, seconds))

    def grabbed(self, seconds: float) -> None:
        """Count the time that it took to get the next frame."""
        self._clock.now.add("grab", seconds)

    def stats(self, dropped: int = 0) -> Stats:
        """How it goes."""
        fps, busy, stages = self._clock.rates()
        return Stats(self._num_frames, self._num_unchanged, self._eyes.num_reads, dropped, fps, busy, stages)


# Frames on time.


class Live:
    """Frames of something that can be asked at any time what it shows, such as a screen: so many a second, never late ones.

    Who takes longer than that over a frame gets none for the time that is over; those are counted as dropped.
    """

    def __init__(
        self,
        grab: Callable[[], Frame | None],
        max_fps: float = MAX_FPS,
        seconds: float | None = None,
        hidden: type[Exception] | tuple[type[Exception], ...] = (),
        on_hidden: Callable[[Exception], None] = lambda error: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """grab: the frame of this moment, None at the end. seconds: how long; None for ever.

        hidden: what `grab` raises while there is nothing to see; it is asked again later, and `on_hidden` is told.
        """
        self.dropped = 0
        self.grab_s = 0.0
        """Seconds that grabbing took, in all."""
        self._grab = grab
        self._period = 1 / max_fps
        self._seconds = seconds
        self._hidden, self._on_hidden = hidden, on_hidden
        self._clock, self._sleep = clock, sleep

    def __iter__(self) -> Iterator[Frame]:
        began = due = self._clock()
        while True:
            due = self._wait(due)
            if self._seconds is not None and self._clock() - began >= self._seconds:
                return
            try:
                frame = self._timed_grab()
            except self._hidden as error:
                self._on_hidden(error)
                due = self._clock() + HIDDEN_WAIT_S
                continue
            if frame is None:
                return
            yield frame

    def _timed_grab(self) -> Frame | None:
        began = time.perf_counter()
        frame = self._grab()
        self.grab_s += time.perf_counter() - began
        return frame

    def _wait(self, due: float) -> float:
        """Wait for a frame's time; when the next one is due."""
        late = self._clock() - due
        if late < 0:
            self._sleep(-late)
            return due + self._period
        missed = int(late / self._period)
        self.dropped += missed
        return due + (missed + 1) * self._period


def thinned(frames: Iterable[Frame], max_fps: float = MAX_FPS) -> Iterator[Frame]:
    """Of recorded frames, those that would have been looked at: by their own time, without waiting."""
    last: float | None = None
    for frame in frames:
        if last is None or not last <= frame.seconds < last + 0.999 / max_fps:
            last = frame.seconds
            yield frame


class Latest:
    """The newest frame of a stream that does not wait, such as a camera's; those that came in the meantime are dropped.

    A thread takes the frames from the stream; what goes wrong in it is raised where the frames are asked for.
    """

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.dropped = 0
        self._frame: Frame | None = None
        self._error: Exception | None = None
        self._ended = self._closed = False
        self._news = Condition()
        self._thread = Thread(target=self._take, args=(frames,), name="frames", daemon=True)
        self._thread.start()

    def _take(self, frames: Iterable[Frame]) -> None:
        error = None
        try:
            for frame in frames:
                with self._news:
                    self.dropped += self._frame is not None
                    self._frame = frame
                    self._news.notify()
                    if self._closed:
                        break
        except Exception as raised:  # whatever a source may raise belongs to who asked for its frames
            error = raised
        with self._news:
            self._error, self._ended = error, True
            self._news.notify()

    def __iter__(self) -> Iterator[Frame]:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._frame is not None or self._ended)
                frame, self._frame = self._frame, None
            if frame is None:
                break
            yield frame
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Take no more frames."""
        with self._news:
            self._closed = True


def watch(
    frames: Iterable[tuple[np.ndarray, float]],
    on_event: OnEvent,
    model: str | os.PathLike[str] | Recognizer = "auto",
    settings: TrackSettings = USUAL,
    on_look: Callable[[Look, Stats], None] | None = None,
    on_told: OnTold | None = None,
    seen_as: str = "auto",
) -> Stats:
    """Look at frames until there are none more, and call `on_event` for each card that appears, changes or is gone.

    frames: (image, seconds), the image (H, W, 3) uint8 RGB. They are taken one by one when the last one is done; wrap a stream
    that does not wait in `Latest`. model: a name or folder, or a loaded recogniser. on_look is called after each frame, on_told
    for what has happened on the table and how it rests now. seen_as: what frames are, as of `Recognizer.identify`. What
    `frames` or the callbacks raise comes out.

    >>> from balatro import load_image
    >>> frames = [(load_image("screenshot.png"), number / 10) for number in range(10)]
    >>> stats = watch(frames, lambda event: print(event.seconds, event.kind, event.card.name))
    0.2 appeared Juggler
    0.2 appeared Captain Mildew
    0.2 appeared Frog Regent
    0.2 appeared Juggler
    0.2 appeared Birthday Arson
    0.2 appeared Diploma of Idleness
    >>> stats.frames, stats.unchanged
    (10, 7)
    """
    reader = model if isinstance(model, Recognizer) else Recognizer.load(model)
    watcher = Watcher(reader, settings, table=on_told is not None, seen_as=seen_as)
    grab_s = 0.0
    for image, seconds in frames:
        # Streams of this module count what they drop and how long they grab; of others neither is known.
        watcher.grabbed(getattr(frames, "grab_s", 0.0) - grab_s)
        grab_s = getattr(frames, "grab_s", 0.0)
        look = watcher.look(image, seconds)
        _tell(look, on_event, on_told)
        if on_look is not None:
            on_look(look, watcher.stats(getattr(frames, "dropped", 0)))
    return watcher.stats(getattr(frames, "dropped", 0))


def _tell(look: Look, on_event: OnEvent, on_told: OnTold | None) -> None:
    for event in look.events:
        on_event(event)
    if on_told is not None:
        for told in look.told:
            on_told(told)

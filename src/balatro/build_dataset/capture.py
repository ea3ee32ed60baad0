"""The capture loop, without any window: look at frames, find the cards when the screen has come to rest, keep the new ones.

    with open_source("window:Balatro") as source:
        capture = Capture(source, find, store)
        summary = capture.run(seconds=60)

The small window (`window/`) and `balatro capture` drive the same `Capture`.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from balatro.build_dataset.find_cards import Find, cut, whole_cards
from balatro.build_dataset.regions import WHOLE, Fractions, screen_part
from balatro.errors import BalatroError
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import Frame, FrameSource
from balatro.utils.flags.pick import expect

DUPLICATE = "duplicate"
"""The outcome of a card that is not saved."""
SAME_GROUP = "same group"
"""The outcome of another view of a card that is there."""
GATE_SIZE = (96, 54)
"""Width and height of the small grey picture by which motion is seen."""
HIDDEN_WAIT_S = 0.25
"""Seconds between two looks at a window that is minimised or off the screen."""
FPS_OVER_S = 2.0
"""Seconds over which frames per second are counted."""


class Decision(Protocol):
    """What the store says about a card, see `balatro.build_dataset.seen`."""

    @property
    def outcome(self) -> str:
        """ "duplicate", "same group", "same cluster" or "new cluster"."""

    @property
    def nearest_filename(self) -> str | None:
        """The saved picture that is most alike."""


class Store(Protocol):
    """What `SeenStore` does for the loop."""

    def decide(self, crop: np.ndarray) -> Any:
        """What a card (h, w, 3) uint8 RGB is to those seen before."""

    def save(self, crop: np.ndarray, decision: Any) -> Path | None:
        """Write it, unless it is a duplicate."""

    def force(self, crop: np.ndarray, decision: Any) -> Path:
        """Write it in any case."""

    def overrule(self, filename: str) -> Any:
        """Put a saved card in a group of its own; what it is now."""


@dataclass(frozen=True)
class CaptureSettings:
    """When auto mode captures. The screen is compared as a small grey picture of 96x54 cells."""

    max_fps: float = 10.0
    """Frames looked at each second, at most: the game needs the machine too."""
    rest_s: float = 0.3
    """Seconds without motion after which the screen has come to rest."""
    patience_s: float = 4.0
    """A changed screen that never rests, for its background moves, is captured after so many seconds."""
    level: int = 12
    """Grey levels, of 255, by which a cell has changed. Foil and Holographic shimmer by less from frame to frame."""
    moving: float = 0.01
    """Share of the cells that change from one look to the next while something moves; a card covers 0.017."""
    changed: float = 0.006
    """Share of the cells that must differ from what was captured last."""

    def __post_init__(self) -> None:
        expect(0 < self.max_fps <= 240, "max_fps", self.max_fps, "0.1 to 240 frames a second")
        expect(self.rest_s >= 0, "rest_s", self.rest_s, "0 seconds or more")
        expect(self.patience_s > self.rest_s, "patience_s", self.patience_s, "more than rest_s")


@dataclass(frozen=True, eq=False)
class TakenCard:
    """One card of a capture."""

    crop: np.ndarray
    """(h, w, 3) uint8 RGB."""
    decision: Any
    path: Path | None = None
    """The file it was saved in; None when it was not."""
    forced: bool = False
    """Whether a person overruled what dedupe had decided."""

    @property
    def is_duplicate(self) -> bool:
        """Whether it was seen before, and only a person's word saves it."""
        return bool(self.decision.outcome == DUPLICATE)

    @property
    def can_be_overruled(self) -> bool:
        """Whether a person may say more about it: to save it, or that it is another card than those of its group."""
        return not self.forced and (self.path is None or self.decision.outcome == SAME_GROUP)


@dataclass(frozen=True, eq=False)
class Taken:
    """One capture: a frame and its cards."""

    frame: Frame
    image: np.ndarray
    """(H, W, 3) uint8 RGB: the part of the frame that is the game."""
    quads: np.ndarray
    """(N, 4, 2) float32 corners in pixels of `image`."""
    cards: tuple[TakenCard, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """What one look of auto mode came to."""

    taken: Taken | None = None
    """The capture, when the screen had changed and come to rest."""
    ended: bool = False
    """The source has no more frames."""
    waiting: str = ""
    """Why there is nothing to see at the moment."""
    seconds: float | None = None
    """The frame's time."""


@dataclass(frozen=True)
class Summary:
    """What a run did, as it is written with --json."""

    source: str
    seconds: float
    """How long it took, by the clock."""
    frames: int
    """Frames looked at."""
    captures: int
    """Frames in which cards were looked for."""
    cards: int
    """Cards found in them, again and again the same ones."""
    saved: int
    """Pictures written."""
    forced: int
    """Of these, cards that a person saved whatever dedupe said."""
    outcomes: dict[str, int]
    """How often dedupe said what."""
    fps: float
    """Frames looked at each second, over the whole run."""
    ended: str
    """Why it ended."""
    failed: bool = False
    """Whether that was a failure."""
    skipped: list[str] = field(default_factory=list)
    """What could not be read and was passed over."""

    def to_json(self) -> dict[str, Any]:
        """The summary, seconds and rates with two digits."""
        return {**self.__dict__, "seconds": round(self.seconds, 2), "fps": round(self.fps, 2)}


class RestGate:
    """Says when a screen has changed and come to rest."""

    def __init__(self, settings: CaptureSettings) -> None:
        self._settings = settings
        self._last: np.ndarray | None = None
        self._captured: np.ndarray | None = None
        self._rests_since: float | None = None
        self._changed_since: float | None = None

    def look(self, image: np.ndarray, seconds: float) -> bool:
        """Whether to capture this frame (H, W, 3) uint8 RGB of this time."""
        small = _small(image)
        rests = self._last is not None and self._unlike(small, self._last) < self._settings.moving
        self._last = small
        if not rests:
            self._rests_since = None
        elif self._rests_since is None:
            self._rests_since = seconds
        if self._captured is not None and self._unlike(small, self._captured) < self._settings.changed:
            self._changed_since = None
            return False
        if self._changed_since is None:
            self._changed_since = seconds
        rested = self._rests_since is not None and seconds - self._rests_since >= self._settings.rest_s
        if not rested and seconds - self._changed_since < self._settings.patience_s:
            return False
        self.captured(image)
        return True

    def captured(self, image: np.ndarray) -> None:
        """This frame was captured, by the gate's word or by a person's."""
        self._captured = _small(image)
        self._changed_since = None

    def _unlike(self, one: np.ndarray, other: np.ndarray) -> float:
        """Share of the cells that differ; 1 when the window's shape has changed."""
        return float((cv2.absdiff(one, other) > self._settings.level).mean())


def _small(image: np.ndarray) -> np.ndarray:
    """(54, 96) uint8 grey. Large frames are thinned first: motion is seen as well, in a tenth of the time."""
    thin = max(1, image.shape[1] // (GATE_SIZE[0] * 4))
    return cv2.cvtColor(cv2.resize(image[::thin, ::thin], GATE_SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)


class Capture:
    """Looks, finds, decides and saves; counts what it does. For one thread."""

    def __init__(
        self,
        source: FrameSource,
        find: Find,
        store: Store,
        settings: CaptureSettings = CaptureSettings(),
        screen: Fractions = WHOLE,
    ) -> None:
        """find: where the cards of a picture are, see `find_cards`. screen: the part of the frames that is the game."""
        self.source = source
        self.find = find
        self.settings = settings
        self.screen = screen
        self.counts: Counter[str] = Counter()
        """frames, captures, cards, saved, forced."""
        self.outcomes: Counter[str] = Counter()
        self._store = store
        self._gate = RestGate(settings)
        self._looks: deque[float] = deque()
        self._last_seconds: float | None = None

    def take(self, frame: Frame | None = None) -> Taken | None:
        """Find the cards of a frame, by default of the next one, and decide about each. Nothing is saved.

        None when the source has ended. NotVisibleError and InputError as in `FrameSource.grab`.
        """
        frame = frame or self._grab()
        if frame is None:
            return None
        image = screen_part(frame.image, self.screen)
        quads = whole_cards(np.asarray(self.find(image), np.float32).reshape(-1, 4, 2), image.shape[1], image.shape[0])
        cards = tuple(TakenCard(crop, self._store.decide(crop)) for crop in cut(image, quads))
        self._gate.captured(image)
        self.counts["captures"] += 1
        return Taken(frame, image, quads, cards)

    def save(self, taken: Taken) -> Taken:
        """Save the cards of a capture that are no duplicates and not saved yet; the same capture with their files."""
        return replace(taken, cards=tuple(self._save(card) for card in taken.cards))

    def _save(self, card: TakenCard) -> TakenCard:
        if card.path is not None:
            return card
        # Decided anew: the card before this one in the same frame may be the same.
        decision = self._store.decide(card.crop)
        path = self._store.save(card.crop, decision)
        self.counts["cards"] += 1
        self.outcomes[decision.outcome] += 1
        self.counts["saved"] += path is not None
        return TakenCard(card.crop, decision, path)

    def force(self, card: TakenCard) -> TakenCard:
        """Save a card whatever was decided; one that is saved already stays as it is."""
        if card.path is not None:
            return card
        path = self._store.force(card.crop, card.decision)
        self.counts["saved"] += 1
        self.counts["forced"] += 1
        return replace(card, path=path, forced=True)

    def overrule(self, card: TakenCard) -> TakenCard:
        """Say the opposite of dedupe: save what was not, or give a saved view of a known card a group of its own."""
        if not card.can_be_overruled or card.path is None:
            return self.force(card)
        return replace(card, decision=self._store.overrule(card.path.name), forced=True)

    def step(self) -> Step:
        """One look of auto mode: a capture is taken and saved when the screen has changed and come to rest."""
        try:
            frame = self._grab()
        except NotVisibleError as error:
            return Step(waiting=str(error))
        if frame is None:
            return Step(ended=True)
        if not self._is_due(frame):
            return Step(seconds=frame.seconds)
        image = screen_part(frame.image, self.screen)
        if not self.source.still and not self._gate.look(image, frame.seconds):
            return Step(seconds=frame.seconds)
        taken = self.take(frame)
        assert taken is not None
        return Step(taken=self.save(taken), seconds=frame.seconds)

    def _grab(self) -> Frame | None:
        frame = self.source.grab()
        if frame is not None:
            self.counts["frames"] += 1
            now = time.monotonic()
            self._looks.append(now)
            while self._looks[0] < now - FPS_OVER_S:
                self._looks.popleft()
        return frame

    def _is_due(self, frame: Frame) -> bool:
        """A video is looked at as often as a screen: motion between two looks means the same in both."""
        if self.source.live or self.source.still:
            return True
        last = self._last_seconds
        if last is not None and last <= frame.seconds < last + 0.999 / self.settings.max_fps:
            return False
        self._last_seconds = frame.seconds
        return True

    @property
    def fps(self) -> float:
        """Frames looked at each second, lately."""
        if len(self._looks) < 2 or self._looks[-1] == self._looks[0]:
            return 0.0
        return (len(self._looks) - 1) / (self._looks[-1] - self._looks[0])

    def run(self, seconds: float | None = None, on_step: Callable[[Step], None] = lambda step: None) -> Summary:
        """Auto mode until the time is up, the source ends, or Ctrl+C; all of these give a summary.

        So does a failure on the way, such as a window that is closed or a full disk: what was saved until then is told.
        """
        began = time.monotonic()
        until = None if seconds is None else began + seconds
        failed = False
        try:
            ended = self._run(until, on_step)
        except KeyboardInterrupt:
            ended = "stopped by Ctrl+C"
        except BalatroError as error:
            ended, failed = str(error), True
        except OSError as error:
            ended, failed = f"{error.filename or 'the disk'}: {(error.strerror or str(error)).lower()}", True
        return self.summary(time.monotonic() - began, ended, failed)

    def _run(self, until: float | None, on_step: Callable[[Step], None]) -> str:
        while True:
            looked = time.monotonic()
            if until is not None and looked >= until:
                return "the time is up"
            step = self.step()
            on_step(step)
            if step.ended:
                return "the end of the source"
            rest = HIDDEN_WAIT_S if step.waiting else 1 / self.settings.max_fps if self.source.live else 0.0
            pause = looked + rest - time.monotonic()
            if until is not None:
                pause = min(pause, until - time.monotonic())
            if pause > 0:
                time.sleep(pause)

    def summary(self, seconds: float, ended: str, failed: bool = False) -> Summary:
        """What was done until now."""
        return Summary(
            source=self.source.name,
            seconds=seconds,
            frames=self.counts["frames"],
            captures=self.counts["captures"],
            cards=self.counts["cards"],
            saved=self.counts["saved"],
            forced=self.counts["forced"],
            outcomes=dict(self.outcomes),
            fps=self.counts["frames"] / seconds if seconds > 0 else 0.0,
            ended=ended,
            failed=failed,
            skipped=list(self.source.skipped),
        )

"""What is watched, with the cards marked, as a video file.

Drawing and encoding have a thread of their own, with a short queue: of a running game frames are left out when the machine is
too busy, of a recorded one none. Frames keep their own times, so that the video runs as what was watched did.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from balatro.errors import InputError, MissingPartError, SettingsError
from balatro.identify_card.marks.draw import draw_cards
from balatro.identify_card.marks.labels import Drawing
from balatro.identify_card.watch.overlay.marks import marks_of
from balatro.utils.extras import how_to_install

if TYPE_CHECKING:
    from balatro.identify_card.watch.watch import Look

QUEUE = 3
"""Frames that may wait to be encoded; one of 1920x1080 takes 6 MB."""
CLOCK = 90_000
"""Units of a second in which the frames' times are written, as is usual for video."""
KEY_EVERY_S = 2.0
"""Seconds between two frames that can be jumped to; a recording that was cut off can be played up to the last of them."""
SUFFIX, PART = ".mp4", ".part.mp4"
BT709 = 1
"""The colours of HD video, in FFmpeg's tables."""


@dataclass(frozen=True)
class Encoder:
    """A way to encode video."""

    name: str
    """FFmpeg's."""
    options: dict[str, str]


ENCODERS = (
    Encoder("libx264", {"preset": "veryfast", "crf": "20", "bf": "0"}),
    Encoder("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "crf": "30", "b": "0"}),
)
"""The first that is there is taken: every player and browser knows H.264, every browser VP9. Without frames that point forwards
(`bf`), which put off the times of a video that is cut off."""


def check_video(path: Path, force: bool) -> None:
    """Ask before long work whether a video may be written here.

    SettingsError when its name is none of a video; InputError when something is there already, unless `force`;
    MissingPartError without PyAV.
    """
    if path.suffix.lower() != SUFFIX:
        raise SettingsError(f"--record {path}: expected a name that ends in {SUFFIX}")
    if path.is_dir():
        raise InputError(f"--record {path}: a folder; name a file")
    for there, what in ((path, "there already"), (part_of(path), "there, from a recording that was cut off")):
        if there.exists() and not force:
            raise InputError(f"{there}: {what}; move it, name another file, or add --force to replace it")
    _av()


def part_of(path: Path) -> Path:
    """The file that is written until the recording is complete; it can be played, too."""
    return path.with_suffix(PART)


class Recorder:
    """Writes looks as a video; the file is there when it is closed. To be used with `with`."""

    def __init__(self, path: Path, fps: float, drawing: Drawing, is_live: bool, threads: int = 1) -> None:
        """fps: about how many looks come a second. is_live: whether looks may be left out rather than waited for."""
        self.dropped = 0
        """Looks left out because the machine was too busy."""
        self._path = path
        self._is_live = is_live
        self._drawing = drawing
        self._video = _Video(part_of(path), fps, threads)
        self._queue: Queue[tuple[Look, bool] | None] = Queue(QUEUE)
        self._error: Exception | None = None
        self._thread = Thread(target=self._work, name="recording", daemon=True)
        self._thread.start()

    def add(self, look: Look, is_marked: bool = False) -> None:
        """Take in the next look; is_marked: whether its frame shows the marks already.

        InputError when no more can be written.
        """
        self._check()
        try:
            self._queue.put((look, is_marked), block=not self._is_live)
        except Full:
            self.dropped += 1

    def _work(self) -> None:
        """The thread's: goes on emptying the queue after an error, so that nobody waits for it."""
        while (item := self._queue.get()) is not None:
            if self._error is None:
                look, is_marked = item
                self._guarded(lambda look=look, is_marked=is_marked: self._write(look, is_marked))  # type: ignore[misc]
        self._guarded(self._video.close)

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # whatever FFmpeg raises belongs to who asked for the video
            self._error = self._error or error

    def _write(self, look: Look, is_marked: bool) -> None:
        image = look.frame.image
        if not is_marked:
            marks = marks_of(look.shown)
            image = draw_cards(image, marks.cards, self._drawing, marks.doubtful)
        self._video.write(image, look.frame.seconds)

    def close(self) -> None:
        """Complete the file. InputError, one line, when that cannot be."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        if not self._video.num_frames:
            part_of(self._path).unlink(missing_ok=True)
        self._check()
        if self._video.num_frames:
            part_of(self._path).replace(self._path)

    @property
    def num_frames(self) -> int:
        """Frames written."""
        return self._video.num_frames

    def _check(self) -> None:
        if self._error is not None:
            why = getattr(self._error, "strerror", "") or str(self._error)
            kept = f"; what there is of it can be played: {part_of(self._path)}" if self._video.num_frames else ""
            raise InputError(f"{self._path}: the video cannot be written ({why}){kept}") from self._error

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None or isinstance(error, KeyboardInterrupt):
            self.close()
            return
        with contextlib.suppress(InputError):  # the first error is the one to tell
            self.close()


class _Video:
    """Frames to a file. Opened with the first one, whose size all others are fitted into."""

    def __init__(self, path: Path, fps: float, threads: int) -> None:
        self.num_frames = 0
        self._path, self._fps, self._threads = path, fps, threads
        self._container: Any = None
        self._stream: Any = None
        self._size = (0, 0)
        self._start = 0.0
        self._last = -1

    def write(self, image: np.ndarray, seconds: float) -> None:
        """The next (H, W, 3) uint8 RGB frame; one that is not later than the last is left out."""
        if self._container is None:
            self._start = seconds
            self._open(image.shape[1], image.shape[0])
        stamp = round((seconds - self._start) * CLOCK)
        if stamp <= self._last:
            return
        self._last = stamp
        frame = _av().VideoFrame.from_ndarray(fitted(image, self._size), format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
        frame.pts, frame.time_base = stamp, Fraction(1, CLOCK)
        self._container.mux(self._stream.encode(frame))
        self.num_frames += 1

    def _open(self, width: int, height: int) -> None:
        av = _av()
        self._size = (max(2, width // 2 * 2), max(2, height // 2 * 2))  # colours are written for two pixels by two
        # Fragments, so that what is there can be played at any moment; made into an ordinary file at the end.
        self._container = av.open(
            str(self._path), "w", format="mp4", options={"movflags": "hybrid_fragmented", "flush_packets": "1"}
        )
        encoder = next((one for one in ENCODERS if one.name in av.codecs_available), None)
        if encoder is None:
            raise OSError(f"this PyAV has none of {', '.join(one.name for one in ENCODERS)}")
        rate = Fraction(self._fps).limit_denominator(1000)
        self._stream = self._container.add_stream(encoder.name, rate=rate, options=encoder.options)
        codec = self._stream.codec_context
        codec.width, codec.height = self._size
        codec.pix_fmt, codec.time_base = "yuv420p", Fraction(1, CLOCK)
        codec.gop_size = max(1, round(self._fps * KEY_EVERY_S))
        codec.thread_count = self._threads
        codec.colorspace = codec.color_primaries = codec.color_trc = codec.color_range = BT709

    def close(self) -> None:
        """Write what is left."""
        container, self._container = self._container, None
        if container is None:
            return
        try:
            container.mux(self._stream.encode(None))
        finally:
            container.close()


def fitted(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """An (H, W, 3) uint8 picture as (height, width, 3): reduced or enlarged as a whole, in the middle of black.

    Only one row or column too many is cut off instead.
    """
    width, height = size
    if 0 <= image.shape[0] - height <= 1 and 0 <= image.shape[1] - width <= 1:
        return np.ascontiguousarray(image[:height, :width])
    factor = min(width / image.shape[1], height / image.shape[0])
    small = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    whole = np.zeros((height, width, 3), np.uint8)
    left, top = (width - small[0]) // 2, (height - small[1]) // 2
    whole[top : top + small[1], left : left + small[0]] = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    return whole


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise MissingPartError(f"videos cannot be written without PyAV ({error}); {how_to_install('video')}") from error
    return av

"""Where frames come from: a monitor, a part of the desktop, a window, a video, pictures; all behind one interface."""

from __future__ import annotations

import contextlib
import os
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.errors import InputError, MissingPartError, SettingsError
from balatro.frames.windows import NotVisibleError, Window, find_window
from balatro.utils.desktop import Box, check_screen
from balatro.utils.extras import how_to_install
from balatro.utils.images import find_images, load_image

FORMS = "monitor:1, region:X,Y,W,H, window:TITLE, or a video, a picture, a folder or glob of pictures"
MIN_SIDE = 16
"""Pixels that a region must have in each direction."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of what a source shows."""

    image: np.ndarray
    """(H, W, 3) uint8 RGB."""
    seconds: float
    """When: since the source was opened, of a video its own time, of pictures their number."""
    box: Box
    """What part of the desktop it shows; (0, 0, W, H) of a video or picture. On some screens (Retina) a unit of the box is two
    pixels of the image."""
    name: str = ""
    """The picture's file, where there is one."""


class FrameSource(ABC):
    """Gives frames until there are none more. To be used with `with`, or closed."""

    live = False
    """Whether it shows what is there at the moment, however often it is asked, and never ends by itself."""
    still = False
    """Whether each frame stands for itself: there is no motion to wait for."""
    total: int | None = None
    """Frames there are, where that is known."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.skipped: list[str] = []
        """A line for each thing that could not be read and was passed over."""

    @abstractmethod
    def grab(self) -> Frame | None:
        """The next frame, or None at the end.

        NotVisibleError while nothing is to be seen (ask again later); InputError when nothing will be any more.
        """

    def close(self) -> None:  # noqa: B027 -- pictures have nothing to give back
        """Give back what the system lent."""

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.grab()) is not None:
            yield frame

    def __enter__(self) -> FrameSource:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_source(text: str) -> FrameSource:
    """The source that a text means, see FORMS.

    SettingsError when it means none; InputError, one line, when it is not there or cannot be read.

    >>> with open_source("screenshot.png") as source:
    ...     frame = source.grab()
    >>> frame.image.shape, frame.box
    ((720, 1280, 3), Box(left=0, top=0, width=1280, height=720))
    """
    kind, _, rest = text.partition(":")
    opener = _KINDS.get(kind.strip().lower())
    if opener is not None:
        return opener(rest.strip())
    return _open_files(text)


# Screens.


class _Screen:
    """mss, opened once; grabs any box of the desktop, also one that lies partly outside of it."""

    def __init__(self) -> None:
        check_screen()
        self._grabber = _open_mss()
        self._refused: Box | None = None

    @property
    def bounds(self) -> Box:
        """The whole desktop, over all monitors."""
        return self.monitors[0]

    @property
    def monitors(self) -> list[Box]:
        """The whole desktop, then each monitor."""
        return [Box(m["left"], m["top"], m["width"], m["height"]) for m in self._grabber.monitors]

    def grab(self, box: Box) -> np.ndarray:
        """(H, W, 3) uint8 RGB of a box of the desktop; what lies off the screen is black. NotVisibleError when all does."""
        seen = box.overlap(self.bounds)
        if seen != box and box != self._refused:
            self._look_again()  # perhaps another monitor was plugged in
            self._refused, seen = box, box.overlap(self.bounds)
        if seen.is_empty:
            raise NotVisibleError(f"{box} lies off the screen ({self.bounds}); move it back")
        image = self._pixels(seen)
        return image if seen == box else _padded(image, seen, box)

    def _pixels(self, box: Box) -> np.ndarray:
        from mss.exception import ScreenShotError

        try:
            shot = self._grabber.grab({"left": box.left, "top": box.top, "width": box.width, "height": box.height})
        except ScreenShotError as error:
            raise NotVisibleError(f"the screen gives no picture of {box} ({' '.join(str(error).split())})") from error
        return cv2.cvtColor(np.asarray(shot), cv2.COLOR_BGRA2RGB)

    def _look_again(self) -> None:
        self._grabber.close()
        self._grabber = _open_mss()

    def close(self) -> None:
        self._grabber.close()


def _open_mss() -> Any:
    try:
        import mss
    except ImportError as error:
        raise MissingPartError(f"the screen cannot be read without mss; {how_to_install('desktop')}") from error
    from mss.exception import ScreenShotError

    try:
        grabber = (getattr(mss, "MSS", None) or mss.mss)()  # older versions have only mss.mss
        num_monitors = len(grabber.monitors) - 1
    except (ScreenShotError, OSError) as error:
        raise InputError(
            f"no screen can be read ({' '.join(str(error).split())}); give --source a video or pictures"
        ) from error
    if num_monitors < 1:
        grabber.close()
        raise InputError("no monitor is connected; give --source a video or pictures")
    return grabber


def _padded(image: np.ndarray, seen: Box, box: Box) -> np.ndarray:
    """The visible part, in its place in a black picture of the whole box: fractions of a window stay true."""
    scale = image.shape[1] / seen.width
    whole = np.zeros((round(box.height * scale), round(box.width * scale), 3), np.uint8)
    left, top = round((seen.left - box.left) * scale), round((seen.top - box.top) * scale)
    part = whole[top : top + image.shape[0], left : left + image.shape[1]]
    part[:] = image[: part.shape[0], : part.shape[1]]
    return whole


class ScreenSource(FrameSource):
    """A part of the desktop that may move: `where` is asked before every frame."""

    live = True

    def __init__(self, name: str, screen: _Screen, where: Callable[[], Box]) -> None:
        super().__init__(name)
        self._screen = screen
        self._where = where
        self._began = time.monotonic()

    def box(self) -> Box:
        """What part of the desktop it shows now; errors as those of `grab`."""
        return self._where()

    def grab(self) -> Frame:
        box = self._where()
        return Frame(self._screen.grab(box), time.monotonic() - self._began, box)

    def close(self) -> None:
        self._screen.close()


def _open_monitor(text: str) -> FrameSource:
    screen = _Screen()
    boxes = screen.monitors
    # 0 is the desktop over all monitors.
    if not text.isascii() or not text.isdigit() or int(text) >= len(boxes):
        screen.close()
        have = ", ".join(f"monitor:{number} ({box})" for number, box in enumerate(boxes) if number)
        raise InputError(f"no monitor {text!r}; there is {have}")
    box = boxes[int(text)]
    return ScreenSource(f"monitor:{int(text)}", screen, lambda: box)


def _open_region(text: str) -> FrameSource:
    found = re.fullmatch(r"\s*(-?\d{1,6})\s*,\s*(-?\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})\s*", text)
    if found is None:
        raise SettingsError(f"region:{text}: expected region:X,Y,WIDTH,HEIGHT in pixels, such as region:100,80,1280,720")
    box = Box(*map(int, found.groups()))
    if min(box.width, box.height) < MIN_SIDE:
        raise SettingsError(f"region:{text}: {box.width}x{box.height} pixels; give at least {MIN_SIDE}x{MIN_SIDE}")
    screen = _Screen()
    if box.overlap(screen.bounds) != box:
        bounds = screen.bounds
        screen.close()
        raise InputError(f"region:{text} reaches off the screen, which is {bounds}; give a part of that")
    return ScreenSource(f"region:{text}", screen, lambda: box)


def _open_window(text: str) -> FrameSource:
    if not text:
        raise SettingsError("window: without a title; give window:Balatro, or see --list-windows")
    screen = _Screen()  # first: on Windows this makes positions count real pixels, on monitors of any DPI
    try:
        window: Window = find_window(text)
    except BaseException:
        screen.close()
        raise
    return ScreenSource(f"window:{window.title}", screen, window.box)


# Files.


class PictureSource(FrameSource):
    """Pictures, one after the other; what cannot be read is passed over and told."""

    still = True

    def __init__(self, name: str, files: list[Path]) -> None:
        super().__init__(name)
        self.total = len(files)
        self._files = iter(enumerate(files))

    def grab(self) -> Frame | None:
        for number, path in self._files:
            try:
                image = load_image(path)
            except InputError as error:
                self.skipped.append(str(error))
                continue
            return Frame(image, float(number), Box(0, 0, image.shape[1], image.shape[0]), path.as_posix())
        return None


class VideoSource(FrameSource):
    """A video file, every frame."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path
        self._video: cv2.VideoCapture | _PyavVideo = _open_video(path)
        count, rate = (self._video.get(what) for what in (cv2.CAP_PROP_FRAME_COUNT, cv2.CAP_PROP_FPS))
        self.total = int(count) if 0 < count < 1e9 else None  # nonsense of files without an index
        self._rate = rate if 0 < rate < 1000 else 30.0
        self._num_read = 0
        self._last = 0.0

    def grab(self) -> Frame | None:
        read, image = self._video.read()
        if not read and not self._num_read:
            read, image = self._by_pyav()
        if not read or image is None:
            self._tell_end()
            return None
        seconds = self._time()
        self._num_read += 1
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        return Frame(image, seconds, Box(0, 0, image.shape[1], image.shape[0]))

    def _by_pyav(self) -> tuple[bool, np.ndarray | None]:
        """The first frame, by PyAV where that is installed: it knows codecs that OpenCV lacks, such as AV1."""
        if find_spec("av") is None:
            codec = int(self._video.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("ascii", "replace").strip(chr(0))
            self.skipped.append(f"{self.name}: none of its frames can be read (codec {codec}); {how_to_install('video')}")
            return False, None
        self._video.release()
        self._video = _PyavVideo(self._path)
        return self._video.read()

    def _time(self) -> float:
        """When the frame that was read last is shown, by its own time; by the rate where the file has no times."""
        told = self._video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if self._num_read and not self._last < told < 1e7:
            told = self._last + 1 / self._rate
        self._last = told if self._num_read else 0.0
        return self._last

    def _tell_end(self) -> None:
        # The count of a header may be a few frames off.
        if self.total is not None and self._num_read < self.total - max(5, self.total // 50) and not self.skipped:
            self.skipped.append(f"{self.name}: damaged after frame {self._num_read} of {self.total}; the rest was not read")

    def close(self) -> None:
        self._video.release()


class _PyavVideo:
    """What of cv2.VideoCapture is used here, by PyAV."""

    def __init__(self, path: Path) -> None:
        import av

        self._container: Any = None
        self._frames: Iterator[Any] = iter(())
        self._seconds = 0.0
        with contextlib.suppress(av.FFmpegError, IndexError):  # then there is no frame
            self._container = av.open(str(path.absolute()))
            self._frames = self._container.decode(self._container.streams.video[0])

    def read(self) -> tuple[bool, np.ndarray | None]:
        """The next frame, (H, W, 3) uint8 BGR; (False, None) at the end, and where it is damaged."""
        import av

        try:
            frame = next(self._frames, None)
        except av.FFmpegError:
            frame = None
        if frame is None:
            return False, None
        self._seconds = frame.time or 0.0
        return True, frame.to_ndarray(format="bgr24")

    def get(self, what: int) -> float:
        """When the frame that was read last is shown, in milliseconds; nothing else is told."""
        return self._seconds * 1000 if what == cv2.CAP_PROP_POS_MSEC else 0.0

    def release(self) -> None:
        if self._container is not None:
            self._container.close()


def _open_video(path: Path) -> cv2.VideoCapture:
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # quiet: what is wrong is told in one line of ours
    video = cv2.VideoCapture(str(path.absolute()))  # FFmpeg takes what is before a colon for a protocol: `12:30 run.mp4`
    if not video.isOpened() or video.get(cv2.CAP_PROP_FRAME_WIDTH) < 1:
        video.release()
        raise InputError(f"{path}: neither a picture nor a video that can be read; MP4, MKV, AVI and WebM are")
    return video


def _open_files(text: str) -> FrameSource:
    path = Path(text)
    if text and path.is_file() and path.suffix.lower() not in IMAGE_SUFFIXES:
        return VideoSource(path)
    files, failures = find_images([text]) if text else ([], [])
    if not files:
        raise InputError(f"{failures[0]}; --source takes {FORMS}" if failures else f"--source is empty; give {FORMS}")
    if files == [path] and not path.exists():
        raise InputError(f"{text}: no such file; --source takes {FORMS}")
    source = PictureSource(text, files)
    source.skipped += [f"{video}: a video among pictures; name it alone" for video in _videos_beside(text, files)]
    return source


def _videos_beside(text: str, pictures: list[Path]) -> list[Path]:
    """The videos that a folder or glob has beside its pictures."""
    return sorted(set(find_images([text], videos=True)[0]) - set(pictures))


_KINDS: dict[str, Callable[[str], FrameSource]] = {"monitor": _open_monitor, "region": _open_region, "window": _open_window}

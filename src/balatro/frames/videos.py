"""Video files: every frame, upright, at its own time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from balatro.errors import InputError
from balatro.frames.frame import Frame, FrameSource, picture_box
from balatro.utils.extras import how_to_install


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
        return Frame(image, seconds, picture_box(image))

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


def upright(image: np.ndarray, degrees: int) -> np.ndarray:
    """A frame (H, W, 3) as it is to be shown. degrees: counter-clockwise, as PyAV tells them of a phone held upright."""
    turned: np.ndarray = np.ascontiguousarray(np.rot90(image, round(degrees / 90) % 4))
    return turned


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
        return True, upright(frame.to_ndarray(format="bgr24"), frame.rotation)

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

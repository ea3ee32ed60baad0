"""A window's own picture on Windows, whatever lies over it: Windows.Graphics.Capture, by way of windows-capture."""

from __future__ import annotations

from threading import Condition
from typing import Any

import cv2
import numpy as np

from balatro.frames.desktop.errors import NotVisibleError
from balatro.utils.desktop import Box

FIRST_S = 2.0
"""Seconds that the first picture may take."""
_WAYS: tuple[dict[str, Any], ...] = ({"draw_border": False, "minimum_update_interval": 50}, {"draw_border": False}, {})
"""Without the yellow border, and seldom, where this Windows can: each refuses what it doesn't know."""


class OwnPicture:
    """The newest picture of one window. It comes when the window draws, so an old one is still what it shows."""

    def __init__(self, number: int) -> None:
        """number: the HWND. ImportError without windows-capture, OSError where this Windows cannot do it."""
        import windows_capture

        self._news = Condition()
        self._newest: np.ndarray | None = None
        self._capture: Any = self._start(windows_capture, number)

    def _start(self, library: Any, number: int) -> Any:
        refused: Exception = OSError("no way to capture")
        for way in _WAYS:
            try:
                capture = library.WindowsCapture(cursor_capture=False, window_hwnd=number, **way)
                capture.frame_handler, capture.closed_handler = self._take, lambda: None
                return capture.start_free_threaded()
            except Exception as error:  # the library raises plain ones
                refused = error
        raise OSError(" ".join(str(refused).split()))

    def _take(self, frame: Any, control: Any) -> None:
        """Called in the library's thread; the frame's memory is lent."""
        newest = np.array(frame.frame_buffer)
        with self._news:
            self._newest = newest
            self._news.notify()

    def grab(self, box: Box, frame: Box) -> np.ndarray:
        """(H, W, 3) uint8 RGB of the window's contents. NotVisibleError when it gives no picture.

        box: where the contents lie on the desktop; frame: where the whole window does, which is what is captured.
        """
        with self._news:
            self._news.wait_for(lambda: self._newest is not None, FIRST_S)
            newest = self._newest
        part = None if newest is None else contents(newest, box, frame)
        if part is None or not part.size:
            raise NotVisibleError("the window gives no picture now; bring it back")
        return cv2.cvtColor(part, cv2.COLOR_BGRA2RGB)

    def close(self) -> None:
        self._capture.stop()


def contents(picture: np.ndarray, box: Box, frame: Box) -> np.ndarray:
    """The part (h, w, 4) of a whole window's picture (H, W, 4) that shows its contents, without title bar and border."""
    left, top = max(0, box.left - frame.left), max(0, box.top - frame.top)
    return picture[top : top + box.height, left : left + box.width]

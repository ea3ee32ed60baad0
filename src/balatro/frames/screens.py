"""The screen as a source: a monitor, a part of the desktop, or a window that may move."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from balatro.errors import InputError, MissingPartError, SettingsError
from balatro.frames.desktop import macos, wayland, win32
from balatro.frames.desktop.cover import uncovered
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.desktop.own_picture import OwnPicture
from balatro.frames.desktop.system import is_locked
from balatro.frames.frame import Frame, FrameSource
from balatro.frames.windows import Window, find_window
from balatro.utils.desktop import Box, check_screen
from balatro.utils.extras import how_to_install

MIN_SIDE = 16
"""Pixels that a region must have in each direction."""
LAYOUT_S = 2.0
"""Seconds after which it is looked again where the monitors lie and how many pixels they have: both may change."""


class _Screen:
    """mss, opened once; grabs any box of the desktop, also one that lies partly outside of it."""

    def __init__(self) -> None:
        check_screen()
        self._open()

    def _open(self) -> None:
        self._grabber = _open_mss()
        self._opened = time.monotonic()

    @property
    def bounds(self) -> Box:
        """The whole desktop, over all monitors."""
        return self.monitors[0]

    @property
    def monitors(self) -> list[Box]:
        """The whole desktop, then each monitor."""
        if time.monotonic() - self._opened > LAYOUT_S:
            self._grabber.close()
            self._open()
        return [Box(m["left"], m["top"], m["width"], m["height"]) for m in self._grabber.monitors]

    def monitor(self, number: int) -> Box:
        """Where a monitor lies now; NotVisibleError when it is no longer there."""
        boxes = self.monitors
        if number >= len(boxes):
            raise NotVisibleError(f"monitor {number} is no longer connected; connect it again")
        return boxes[number]

    def grab(self, box: Box) -> np.ndarray:
        """(H, W, 3) uint8 RGB of a box of the desktop; what lies off the screen is black. NotVisibleError when all does."""
        seen = box.overlap(self.bounds)
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

    def close(self) -> None:
        self._grabber.close()


def _open_mss() -> Any:
    try:
        import mss
    except ImportError as error:
        raise MissingPartError(f"the screen cannot be read without mss; {how_to_install('desktop')}") from error
    from mss.exception import ScreenShotError

    check_allowed()
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


def check_allowed() -> None:
    """InputError where the system lets no program read the screen, or not this one."""
    if wayland.is_wayland():
        raise InputError(wayland.NOT_ALLOWED)
    if sys.platform == "darwin" and not macos.may_read_screen():
        raise InputError(macos.NOT_ALLOWED)


def _padded(image: np.ndarray, seen: Box, box: Box) -> np.ndarray:
    """The visible part, in its place in a black picture of the whole box: fractions of a window stay true."""
    scale = image.shape[1] / seen.width
    whole = np.zeros((round(box.height * scale), round(box.width * scale), 3), np.uint8)
    left, top = round((seen.left - box.left) * scale), round((seen.top - box.top) * scale)
    part = whole[top : top + image.shape[0], left : left + image.shape[1]]
    part[:] = image[: part.shape[0], : part.shape[1]]
    return whole


class ScreenSource(FrameSource):
    """A part of the desktop that may move: where it is, is asked before every frame."""

    live = True
    on_screen = True

    def __init__(
        self, name: str, where: Callable[[], Box], take: Callable[[Box], np.ndarray], close: Callable[[], None]
    ) -> None:
        """where: the box of the desktop that it shows now; take: the picture (H, W, 3) uint8 RGB of that box.

        Both may raise NotVisibleError.
        """
        super().__init__(name)
        self._where, self._take, self._close = where, take, close
        self._began = time.monotonic()

    def box(self) -> Box:
        """What part of the desktop it shows now; errors as those of `grab`."""
        return self._where()

    def grab(self) -> Frame:
        if is_locked():
            raise NotVisibleError("the screen is locked; unlock it")
        box = self._where()
        return Frame(self._take(box), time.monotonic() - self._began, box)

    def close(self) -> None:
        self._close()


def list_monitors() -> list[Box]:
    """Where each monitor lies; InputError where none can be read."""
    screen = _Screen()
    boxes = screen.monitors[1:]
    screen.close()
    return boxes


def open_monitor(text: str) -> FrameSource:
    screen = _Screen()
    boxes = screen.monitors
    # 0 is the desktop over all monitors.
    if not text.isascii() or not text.isdigit() or int(text) >= len(boxes):
        screen.close()
        have = ", ".join(f"monitor:{number} ({box})" for number, box in enumerate(boxes) if number)
        raise InputError(f"no monitor {text!r}; there is {have}")
    number = int(text)
    return ScreenSource(f"monitor:{number}", lambda: screen.monitor(number), screen.grab, screen.close)


def open_region(text: str) -> FrameSource:
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
    return ScreenSource(f"region:{text}", lambda: box, screen.grab, screen.close)


def open_window(text: str) -> FrameSource:
    if not text:
        raise SettingsError("window: without a title; give window:Balatro, or see --list-windows")
    screen = _Screen()  # first: on Windows this makes positions count real pixels, on monitors of any DPI
    try:
        window: Window = find_window(text)
    except BaseException:
        screen.close()
        raise
    name = f"window:{window.title}"
    own = _own_picture(window) if sys.platform == "win32" else None
    if own is not None:
        screen.close()
        return ScreenSource(name, window.box, lambda box: own.grab(box, win32.frame(window.number)), own.close)

    def take(box: Box) -> np.ndarray:
        return uncovered(screen.grab(box), box, window.over(), window.title)

    def close() -> None:
        screen.close()
        window.close()

    return ScreenSource(name, window.box, take, close)


def _own_picture(window: Window) -> OwnPicture | None:
    """The window's own picture; None without windows-capture, or where this Windows has none, so that the screen is read."""
    try:
        return OwnPicture(window.number)
    except (ImportError, OSError):
        return None

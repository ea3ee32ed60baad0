"""A window that lies over another program's: on top of all, never in the way."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from balatro.utils.desktop import Box

_EXCLUDE_FROM_CAPTURE = 0x11
"""Windows' WDA_EXCLUDEFROMCAPTURE, since Windows 10 2004."""


class OverWindow(QWidget):
    """A window without frame, on top, that takes no key and lets every click through.

    Whoever derives from it gives it the shape of what is drawn, by `cut`: what is not drawn is no part of the window. So it
    needs no transparency, which not every desktop has, and hides nothing.
    """

    def __init__(self, title: str) -> None:
        super().__init__(
            None,
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.Tool
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.X11BypassWindowManagerHint,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setWindowTitle(title)

    def follow(self, box: Box) -> None:
        """Lie over this box of the desktop, in real pixels."""
        rect = on_screens(box)
        if rect != self.geometry():
            self.setGeometry(rect)
            self.cut()

    def cut(self) -> None:
        """Give the window the shape of what is drawn, by `setMask`."""
        raise NotImplementedError


def why_impossible() -> str:
    """Why nothing can be drawn over other windows here; empty when it can."""
    if QGuiApplication.platformName().startswith("wayland"):
        return "Wayland lets no program draw over another's window; start the game and Balatro under X11 (QT_QPA_PLATFORM=xcb)"
    return ""


def leave_out_of_captures(window: QWidget) -> bool:
    """Ask the system to show a window on the screen, but in no picture of it; whether it will. Only Windows can."""
    if sys.platform != "win32":
        return False
    return bool(ctypes.windll.user32.SetWindowDisplayAffinity(int(window.winId()), _EXCLUDE_FROM_CAPTURE))


def on_screens(box: Box) -> QRect:
    """Where a box of the desktop, in real pixels, lies in Qt's units."""
    # On a Mac both count the same.
    place = to_logical(box, [] if sys.platform == "darwin" else [_screen(s) for s in QGuiApplication.screens()])
    return QRect(place.left, place.top, place.width, place.height)


def to_logical(box: Box, screens: Sequence[tuple[Box, float]]) -> Box:
    """A box of real pixels in Qt's units, on the screen that shows most of it.

    screens: each one's place in Qt's units, and its real pixels for one unit. Qt leaves a screen's corner where the system has
    it and counts from there in its own units.
    """

    def shown(screen: tuple[Box, float]) -> int:
        place, ratio = screen
        real = Box(place.left, place.top, round(place.width * ratio), round(place.height * ratio))
        common = box.overlap(real)
        return common.width * common.height

    if not screens:
        return box
    place, ratio = max(screens, key=shown)
    return Box(
        round(place.left + (box.left - place.left) / ratio),
        round(place.top + (box.top - place.top) / ratio),
        round(box.width / ratio),
        round(box.height / ratio),
    )


def _screen(screen: QScreen) -> tuple[Box, float]:
    place = screen.geometry()
    return Box(place.x(), place.y(), place.width(), place.height()), screen.devicePixelRatio()

"""macOS: what lies over a window, whether the screen is locked, and whether this program may read it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping
from typing import Any

from balatro.frames.desktop.system import Standing
from balatro.utils.desktop import Box

_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
_HIGHEST = 8
"""Layers of programs' windows: 0, 3 for floating ones, 8 for dialogs. The Dock, menus and overlays, which the Dock spreads over
the whole screen, lie higher."""
_SEEN = 0.5
"""Opacity from which on a window hides what lies under it."""

NOT_ALLOWED = (
    "macOS does not let this program read the screen; allow it to your terminal in System Settings > Privacy & Security > "
    "Screen & System Audio Recording, then start it again"
)


def standing(windows: Iterable[Mapping[str, Any]], program: str, title: str) -> Standing:
    """How a window stands among those on the screen, as CGWindowListCopyWindowInfo tells of them: from the front to the back.

    One that is not among them is on another space. Titles are told only to those who may read the screen.
    """
    over: list[Box] = []
    for window in windows:
        if window.get("kCGWindowOwnerName") == program and window.get("kCGWindowName", title) == title:
            return Standing(over=tuple(over))
        if 0 <= window.get("kCGWindowLayer", 0) <= _HIGHEST and window.get("kCGWindowAlpha", 1.0) >= _SEEN:
            sides = window["kCGWindowBounds"]
            over.append(Box(*(round(sides[side]) for side in ("X", "Y", "Width", "Height"))))
    return Standing(shown=False)


def may_read_screen() -> bool:
    """Whether this program may; if not, the system asks the person, once."""
    graphics = ctypes.CDLL(_GRAPHICS)
    graphics.CGPreflightScreenCaptureAccess.restype = ctypes.c_bool
    graphics.CGRequestScreenCaptureAccess.restype = ctypes.c_bool
    return bool(graphics.CGPreflightScreenCaptureAccess()) or bool(graphics.CGRequestScreenCaptureAccess())


def is_locked() -> bool:
    """Whether the screen is locked."""
    import Quartz

    session = Quartz.CGSessionCopyCurrentDictionary() or {}
    return bool(session.get("CGSSessionScreenIsLocked", False))


class MacOS:
    """Through Quartz, which comes with pywinctl."""

    def __init__(self) -> None:
        import Quartz

        self._quartz: Any = Quartz

    def program(self, handle: Any) -> str:
        return str(handle.getAppName())

    def number(self, handle: Any) -> int:
        """Not told by pywinctl."""
        return 0

    def close(self) -> None:
        """Nothing was lent."""

    def standing(self, handle: Any) -> Standing:
        options = self._quartz.kCGWindowListOptionOnScreenOnly | self._quartz.kCGWindowListExcludeDesktopElements
        windows = self._quartz.CGWindowListCopyWindowInfo(options, self._quartz.kCGNullWindowID) or ()
        return standing(windows, self.program(handle), str(handle.title))

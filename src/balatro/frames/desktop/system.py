"""What a system tells of windows beside their titles and places; which system it is, is asked here alone."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Protocol

from balatro.utils.desktop import Box


@dataclass(frozen=True)
class Standing:
    """How a window stands among the others."""

    shown: bool = True
    """False while it is on another desktop (workspace)."""
    over: tuple[Box, ...] = ()
    """Boxes of the desktop that windows in front of it cover, its own excepted; those that let clicks through cover nothing."""


class System(Protocol):
    """A window system. For the thread that made it; handles are pywinctl's."""

    def program(self, handle: Any) -> str:
        """The file name of the program that a window belongs to; empty where that is not told."""

    def number(self, handle: Any) -> int:
        """Its own number of a window; 0 where there is none."""

    def standing(self, handle: Any) -> Standing:
        """How a window stands now."""

    def close(self) -> None:
        """Give back what the system lent."""


def open_system() -> System:
    """The present one."""
    if sys.platform == "win32":
        from balatro.frames.desktop.win32 import Win32

        return Win32()
    if sys.platform == "darwin":
        from balatro.frames.desktop.macos import MacOS

        return MacOS()
    from balatro.frames.desktop.x11 import X11

    return X11()


def is_locked() -> bool:
    """Whether the screen is locked, so that nothing of the desktop can be read.

    X11 doesn't tell: a locker is a window over all others there, so that what is watched is covered.
    """
    if sys.platform == "win32":
        from balatro.frames.desktop import win32

        return win32.is_locked()
    if sys.platform == "darwin":
        from balatro.frames.desktop import macos

        return macos.is_locked()
    return False

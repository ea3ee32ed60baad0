"""Windows: what lies over a window, whose it is, and whether the screen is locked; asked of the system's own libraries."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

from balatro.frames.desktop.system import Standing
from balatro.utils.desktop import Box

_TRANSPARENT = 0x20
"""WS_EX_TRANSPARENT among a window's extended styles: what lies under it gets the clicks, as under a game's overlay."""
_EXTENDED_STYLES = -20
_FRAME_BOUNDS, _CLOAKED = 9, 14
"""Of DwmGetWindowAttribute: the frame without its shadow; whether the window is shown at all (2 is of another desktop)."""
_OTHER_DESKTOP = 2
_QUERY_LIMITED = 0x1000
_READ_OBJECTS = 1
_CONSOLE = "ConsoleWindowClass"
"""A console's window is told to be of the program in it, which may be this one."""


@dataclass(frozen=True)
class Facts:
    """What Windows tells of one window."""

    number: int
    box: Box
    """Its frame without the shadow."""
    visible: bool = True
    minimised: bool = False
    cloaked: int = 0
    """Why it is not shown though it is visible; 0 when it is."""
    styles: int = 0
    """Its extended styles."""

    @property
    def covers(self) -> bool:
        """Whether what lies under it cannot be seen."""
        return self.visible and not self.minimised and not self.cloaked and not self.styles & _TRANSPARENT


def standing(windows: Sequence[Facts], number: int) -> Standing:
    """How a window stands among all, which come from the front to the back; one that is not among them stands alone."""
    numbers = [window.number for window in windows]
    if number not in numbers:
        return Standing()
    place = numbers.index(number)
    shown = windows[place].cloaked != _OTHER_DESKTOP
    return Standing(shown, tuple(window.box for window in windows[:place] if window.covers and not window.box.is_empty))


def frame(number: int) -> Box:
    """Where a window lies, with its title bar and without its shadow."""
    sides = (ctypes.c_long * 4)()
    _library("dwmapi").DwmGetWindowAttribute(ctypes.c_void_p(number), _FRAME_BOUNDS, sides, ctypes.sizeof(sides))
    left, top, right, bottom = sides
    return Box(left, top, right - left, bottom - top)


def is_locked() -> bool:
    """While it is locked, or asks for a password, the desktop that takes input is one that no program may open."""
    user = _library("user32")
    user.OpenInputDesktop.restype = ctypes.c_void_p
    user.CloseDesktop.argtypes = [ctypes.c_void_p]
    desktop = user.OpenInputDesktop(0, False, _READ_OBJECTS)
    if desktop:
        user.CloseDesktop(desktop)
    return not desktop


def _library(name: str) -> Any:
    """One of Windows' own, with settings of its own: others in this process set theirs."""
    return ctypes.WinDLL(name)  # type: ignore[attr-defined,unused-ignore]


class Win32:
    """Through user32, dwmapi and kernel32."""

    def __init__(self) -> None:
        self._user, self._dwm, self._kernel = _library("user32"), _library("dwmapi"), _library("kernel32")
        self._kernel.OpenProcess.restype = ctypes.c_void_p
        self._kernel.CloseHandle.argtypes = [ctypes.c_void_p]
        self._kernel.QueryFullProcessImageNameW.argtypes = [
            ctypes.c_void_p,
            ctypes.c_ulong,
            ctypes.c_wchar_p,
            ctypes.POINTER(ctypes.c_ulong),
        ]

    def number(self, handle: Any) -> int:
        """The HWND."""
        return int(handle.getHandle())

    def program(self, handle: Any) -> str:
        number = self.number(handle)
        kind = ctypes.create_unicode_buffer(256)
        self._user.GetClassNameW(ctypes.c_void_p(number), kind, 256)
        pid = ctypes.c_ulong()
        self._user.GetWindowThreadProcessId(ctypes.c_void_p(number), ctypes.byref(pid))
        process = None if kind.value == _CONSOLE else self._kernel.OpenProcess(_QUERY_LIMITED, False, pid)
        if not process:
            return ""
        path, size = ctypes.create_unicode_buffer(32768), ctypes.c_ulong(32768)
        told = self._kernel.QueryFullProcessImageNameW(process, 0, path, ctypes.byref(size))
        self._kernel.CloseHandle(process)
        return PureWindowsPath(path.value).name if told else ""

    def close(self) -> None:
        """Nothing was lent."""

    def standing(self, handle: Any) -> Standing:
        number = self.number(handle)
        windows: list[Facts] = []

        def add(found: int, _: int) -> bool:
            windows.append(self._facts(found))
            return found != number  # what comes after it lies behind it

        kind: Any = ctypes.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)  # type: ignore[attr-defined,unused-ignore]
        self._user.EnumWindows(kind(add), 0)
        return standing(windows, number)

    def _facts(self, number: int) -> Facts:
        window = ctypes.c_void_p(number)
        cloaked = ctypes.c_int()
        self._dwm.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
        return Facts(
            number,
            frame(number),
            bool(self._user.IsWindowVisible(window)),
            bool(self._user.IsIconic(window)),
            cloaked.value,
            self._user.GetWindowLongW(window, _EXTENDED_STYLES),
        )

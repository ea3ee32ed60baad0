"""Where the windows of other programs lie on the screen.

The one place that touches pywinctl: importing it fails without a display, and on Linux it ends the whole program when `xrandr`
is missing, so it happens on use, here, and comes out as one line.
"""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from typing import Any

from balatro.errors import InputError, MissingPartError
from balatro.frames.desktop.choose import Named, choose
from balatro.frames.desktop.errors import NotVisibleError, NoWindowError
from balatro.frames.desktop.system import Standing, System, open_system
from balatro.utils.desktop import OWN_TITLES, Box, check_screen
from balatro.utils.extras import how_to_install

_NO_LIST = {
    "darwin": "allow your terminal Accessibility and Automation in System Settings > Privacy & Security",
}
_NO_LIST_ELSEWHERE = "Wayland allows it to none: log in to an X11 session"


@dataclass(frozen=True)
class Window(Named):
    """Another program's window. For the thread that found it."""

    handle: Any = None
    """pywinctl's."""
    system: System | None = None
    """What tells how it stands among the others."""

    def box(self) -> Box:
        """Where its contents lie now, without title bar and border.

        NoWindowError when it was closed, NotVisibleError when it is minimised.
        """
        try:
            alive = bool(self.handle.isAlive)
            hidden = alive and bool(self.handle.isMinimized)
            box = _contents(self.handle) if alive and not hidden else None
        except Exception:  # whatever a window system says about a window that is being closed
            alive, hidden, box = False, False, None
        if hidden:
            raise NotVisibleError(f"the window {self.title!r} is minimised; bring it back")
        if not alive or box is None:
            raise NoWindowError(f"the window {self.title!r} was closed")
        if box.is_empty:
            raise NotVisibleError(f"the window {self.title!r} has no size now ({box}); bring it back")
        return box

    def over(self) -> tuple[Box, ...]:
        """Boxes of the desktop that are covered by windows in front of it; NotVisibleError while it is on another desktop."""
        standing = Standing() if self.system is None else self.system.standing(self.handle)
        if not standing.shown:
            raise NotVisibleError(f"the window {self.title!r} is on another desktop; go there")
        return standing.over

    def close(self) -> None:
        """Ask nothing more of the system."""
        if self.system is not None:
            self.system.close()


def _contents(handle: Any) -> Box:
    """On Windows `.box` counts the title bar and the shadow, the client frame doesn't; on X11 `.box` is exact."""
    if sys.platform == "win32":
        frame = handle.getClientFrame()
        return Box(int(frame.left), int(frame.top), int(frame.right - frame.left), int(frame.bottom - frame.top))
    box = handle.box
    return Box(int(box.left), int(box.top), int(box.width), int(box.height))


def list_windows() -> list[Window]:
    """All windows with a title but our own, in the system's order.

    MissingPartError without pywinctl, InputError where there is no screen.
    """
    pywinctl = _pywinctl()
    try:
        titled = [(str(handle.title), handle) for handle in pywinctl.getAllWindows()]
    except Exception as error:  # Wayland tells no program of the others' windows; pywinctl stumbles over the empty answer
        why = _NO_LIST.get(sys.platform, _NO_LIST_ELSEWHERE)
        said = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"windows cannot be listed ({said}); {why}, or take --source monitor:1") from error
    system = open_system()
    return [
        Window(title, system.program(handle), system.number(handle), handle, system)
        for title, handle in titled
        if title.strip() and title not in OWN_TITLES
    ]


def find_window(wanted: str) -> Window:
    """The window that is meant, as `choose` has it; errors as of both."""
    return choose(wanted, list_windows())


def _pywinctl() -> Any:
    check_screen()
    try:
        # It prints hints about tools of X11 that we don't need.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            import pywinctl
    except ImportError as error:
        raise MissingPartError(f"windows cannot be found without pywinctl ({error}); {how_to_install('desktop')}") from error
    except SystemExit:
        wanted = " ".join(said.getvalue().split()) or "it ended itself"
        raise InputError(f"windows cannot be found: {wanted}; install xrandr (x11-xserver-utils), or take monitor:1") from None
    except Exception as error:  # no display, or one that refuses us: Xlib's own errors
        raise InputError(f"windows cannot be found ({' '.join(str(error).split())}); take --source monitor:1") from error
    return pywinctl

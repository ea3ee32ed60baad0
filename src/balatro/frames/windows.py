"""Where the windows of other programs lie on the screen.

The one place that touches pywinctl: importing it fails without a display, and on Linux it ends the whole program when `xrandr`
is missing, so it happens on use, here, and comes out as one line.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import re
import sys
from dataclasses import dataclass
from typing import Any

from balatro.errors import InputError, MissingPartError
from balatro.utils.desktop import OWN_TITLES, Box, check_screen
from balatro.utils.extras import how_to_install


class NotVisibleError(InputError):
    """The window is there, but nothing of it is to be seen now: minimised, or off the screen."""


class NoWindowError(InputError):
    """There is no such window, or it was closed; it may be opened (again) later."""


@dataclass(frozen=True)
class Window:
    """Another program's window."""

    title: str
    handle: Any

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
        windows = [Window(str(handle.title), handle) for handle in pywinctl.getAllWindows()]
    except Exception as error:  # Wayland tells no program of the others' windows; pywinctl stumbles over the empty answer
        raise InputError(
            f"windows cannot be listed ({' '.join(str(error).split()) or type(error).__name__}); Wayland allows it to none: "
            "log in to an X11 session, or take --source monitor:1"
        ) from error
    return [window for window in windows if window.title.strip() and window.title not in OWN_TITLES]


def find_window(title: str) -> Window:
    """The window of this title: exactly, else with a version after it (`Balatro 1.0.1o`), else one that begins with it, else
    one that contains it, whatever the case.

    NoWindowError names the nearest titles when there is none.
    """
    windows = list_windows()
    wanted = title.strip().casefold()
    for fits in (str.__eq__, _has_version, str.startswith, str.__contains__):
        for window in windows:
            if wanted and fits(window.title.casefold(), wanted):
                return window
    raise NoWindowError(f"no window is called {title!r}; {_nearest(title, [window.title for window in windows])}")


def _has_version(title: str, wanted: str) -> bool:
    """Whether a title is the wanted one with a version after it, as the game's own is; `Balatro Wiki` is a browser's."""
    return re.fullmatch(r"[\s-]*v?\d[\w.+-]*", title.removeprefix(wanted)) is not None and title.startswith(wanted)


def _nearest(title: str, titles: list[str]) -> str:
    if not titles:
        return "no window is open at all; start the game first"
    folded = {name.casefold(): name for name in titles}
    near = difflib.get_close_matches(title.casefold(), list(folded), n=3, cutoff=0.4)
    named = [folded[name] for name in near] or titles[:5]
    return f"{'nearest' if near else 'open'}: {', '.join(repr(name) for name in named)}"


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

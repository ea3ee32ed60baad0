"""A window's own picture, with a stand-in for windows-capture, which exists on Windows alone."""

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from balatro.frames import screens
from balatro.frames.desktop import own_picture
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.desktop.own_picture import OwnPicture, contents
from balatro.frames.windows import Window
from balatro.utils.desktop import Box

FRAME, BOX = Box(100, 50, 660, 410), Box(110, 90, 640, 360)


class Library:
    """What windows-capture offers, on a Windows that knows only some settings."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.stopped = False
        self.given: dict[str, Any] = {}
        self.started: Any = None

    def WindowsCapture(self, **given: Any) -> Any:
        library = self

        class Capture:
            frame_handler: Callable[[Any, Any], None]
            closed_handler: Callable[[], None]

            def start_free_threaded(self) -> Any:
                if not set(given) <= library.known:
                    raise Exception("Failed to start\ncapture: unsupported")
                library.given, library.started = given, self
                return SimpleNamespace(stop=lambda: setattr(library, "stopped", True))

        return Capture()

    def draw(self, picture: np.ndarray) -> None:
        self.started.frame_handler(SimpleNamespace(frame_buffer=picture), None)


PLAIN = {"cursor_capture", "window_hwnd"}
ALL = {*PLAIN, "draw_border", "minimum_update_interval"}


def installed(monkeypatch: pytest.MonkeyPatch, known: set[str]) -> Library:
    library = Library(known)
    monkeypatch.setitem(sys.modules, "windows_capture", library)  # type: ignore[arg-type]
    monkeypatch.setattr(own_picture, "FIRST_S", 0.01)
    return library


def test_the_contents_of_the_newest_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    library = installed(monkeypatch, ALL)
    own = OwnPicture(7)
    with pytest.raises(NotVisibleError, match="no picture"):
        own.grab(BOX, FRAME)
    shown = np.zeros((410, 660, 4), np.uint8)
    shown[40:400, 10:650] = (1, 2, 3, 255)  # BGRA, below the title bar
    library.draw(shown)
    shown[:] = 0  # the library's memory is used again
    image = own.grab(BOX, FRAME)
    assert image.shape == (360, 640, 3) and (image == (3, 2, 1)).all()
    own.close()
    assert library.stopped and library.given["window_hwnd"] == 7


@pytest.mark.parametrize(("known", "used"), [(ALL, ALL), ({*PLAIN, "draw_border"}, {*PLAIN, "draw_border"}), (PLAIN, PLAIN)])
def test_settings_that_this_windows_knows(known: set[str], used: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    library = installed(monkeypatch, known)
    OwnPicture(7)
    assert set(library.given) == used


def test_a_picture_of_another_size_is_cut_where_it_ends() -> None:
    small = np.zeros((200, 300, 4), np.uint8)  # the window was made larger just now
    assert contents(small, BOX, FRAME).shape == (160, 290, 4)
    assert not contents(small[:30], BOX, FRAME).size


@pytest.mark.parametrize("has_library", [True, False])
def test_the_screen_is_read_where_a_window_has_no_picture_of_its_own(
    has_library: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "windows_capture", Library(set()) if has_library else None)  # type: ignore[arg-type]
    assert screens._own_picture(Window("Balatro", number=7)) is None


def test_on_windows_the_window_s_own_picture_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    library = installed(monkeypatch, ALL)
    closed = []
    screen = SimpleNamespace(close=lambda: closed.append("screen"))
    window = SimpleNamespace(title="Balatro", number=7, box=lambda: BOX)
    monkeypatch.setattr(screens, "_Screen", lambda: screen)
    monkeypatch.setattr(screens, "find_window", lambda wanted: window)
    monkeypatch.setattr(screens.win32, "frame", lambda number: FRAME)
    monkeypatch.setattr(screens, "is_locked", lambda: locked)
    monkeypatch.setattr(sys, "platform", "win32")
    locked = False
    with screens.open_window("Balatro") as source:
        library.draw(np.full((410, 660, 4), 5, np.uint8))
        frame = source.grab()
        assert frame is not None and frame.image.shape == (360, 640, 3) and frame.box == BOX and closed == ["screen"]
        locked = True
        with pytest.raises(NotVisibleError, match="locked"):
            source.grab()
    assert library.stopped

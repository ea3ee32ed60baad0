"""What X11 tells of windows, on Xvfb with openbox. Sources are opened in processes: pywinctl keeps the first display."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.build_dataset.x_display import Desktop, started, wait_for

_SHOW = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
title, program, left, top, width, height, colour, over = sys.argv[1:]
Path("/proc/self/comm").write_text(program)
application = QApplication([])
window = QWidget()
if over:
    window.setWindowFlags(Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.X11BypassWindowManagerHint)
    window.setWindowFlag(Qt.WindowType.WindowTransparentForInput, over == "overlay")
window.setWindowTitle(title)
window.setStyleSheet(f"background: {colour}")
window.setGeometry(int(left), int(top), int(width), int(height))
window.show()
application.exec()
"""
_ASK = """
import sys
from balatro.errors import BalatroError
from balatro.frames.sources import open_source
try:
    source = open_source(sys.argv[1])
except BalatroError as error:
    sys.exit(f"{type(error).__name__} {error}")
for line in sys.stdin:
    try:
        image = source.grab().image
        print(source.name, (image == (255, 0, 0)).all(2).mean().round(2), (image == 0).all(2).mean().round(2), flush=True)
    except BalatroError as error:
        print(type(error).__name__, error, flush=True)
source.close()
"""


@contextmanager
def window(
    desktop: Desktop,
    title: str,
    place: tuple[int, int, int, int],
    program: str = "python",
    colour: str = "blue",
    over: str = "",
) -> Iterator[str]:
    """A window in one colour; its id."""
    words = [sys.executable, "-c", _SHOW, title, program, *map(str, place), colour, over]
    with started(words, desktop.env) as shown:
        yield desktop.wait_for_window(title, lambda: shown.poll() is None)


@contextmanager
def asked(desktop: Desktop, source: str) -> Iterator[Callable[[], str]]:
    """A source, and how to ask what it shows: its name, the red and the black share of its picture; or why there is none."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with started([sys.executable, "-c", _ASK, source], desktop.env, **pipes) as child:

        def ask() -> str:
            child.stdin.write("\n")
            child.stdin.flush()
            return str(child.stdout.readline()).strip()

        yield ask


def shares(answer: str) -> tuple[float, float]:
    """The red and the black share of an answer; -1 where there is no picture."""
    words = answer.split()
    return (-1, -1) if words[0] == "NotVisibleError" else (float(words[-2]), float(words[-1]))


def refused(desktop: Desktop, source: str) -> str:
    done = subprocess.run([sys.executable, "-c", _ASK, source], env=desktop.env, capture_output=True, text=True, input="")
    return done.stderr.strip()


GAME = (100, 100, 400, 300)


def test_what_lies_over_the_game_is_not_read_as_the_game(desktop: Desktop) -> None:
    seen, hidden = "window:Some game 1.0 0.0", "NotVisibleError the window 'Some game' is covered; bring it to the front"
    with window(desktop, "Some game", GAME, colour="red") as game, asked(desktop, "window:Some game") as ask:
        wait_for(lambda: ask() == "window:Some game 1.0 0.0")
        with window(desktop, "Glass", (100, 100, 400, 300), over="overlay"):
            wait_for(lambda: float(ask().split()[-2]) < 1)  # it is seen, as overlays are, and hides nothing
            assert ask().endswith(" 0.0 0.0")
        wait_for(lambda: ask() == seen)
        with window(desktop, "Chat", (300, 60, 800, 600)) as chat:
            desktop.xdotool("windowactivate", "--sync", chat)
            desktop.xdotool("windowmove", "--sync", chat, "320", "60")
            wait_for(lambda: 0.4 < shares(ask())[1] < 0.5)  # what is left is the game's
            assert sum(shares(ask())) == pytest.approx(1, abs=0.011)
            desktop.xdotool("windowmove", "--sync", chat, "50", "50")
            wait_for(lambda: ask() == hidden)
            desktop.xdotool("windowactivate", "--sync", game)
            wait_for(lambda: ask() == seen)
            desktop.xdotool("windowactivate", "--sync", chat)
            wait_for(lambda: ask() == hidden)
            desktop.xdotool("windowminimize", "--sync", chat)
            wait_for(lambda: ask() == seen)


def test_a_locker_s_window_and_another_desktop_pause(desktop: Desktop) -> None:
    with window(desktop, "Some game", GAME, colour="red"), asked(desktop, "window:Some game") as ask:
        wait_for(lambda: ask().endswith(" 1.0 0.0"))
        desktop.xdotool("set_desktop", "1")
        wait_for(lambda: ask() == "NotVisibleError the window 'Some game' is on another desktop; go there")
        desktop.xdotool("set_desktop", "0")
        wait_for(lambda: ask().endswith(" 1.0 0.0"))
        with window(desktop, "Locker", (0, 0, 1280, 900), over="locker"):
            wait_for(lambda: "is covered" in ask())
        wait_for(lambda: ask().endswith(" 1.0 0.0"))


def test_the_program_comes_before_the_title_and_doubt_is_asked_about(desktop: Desktop) -> None:
    with (
        window(desktop, "Balatro", (10, 400, 200, 200), program="browser"),
        window(desktop, "Ante 8", GAME, program="Balatro.exe", colour="red") as game,
    ):
        with asked(desktop, "window:balatro") as ask:
            wait_for(lambda: ask() == "window:Ante 8 1.0 0.0")
        with window(desktop, "Ante 8", (600, 100, 200, 200), program="other"):
            wait_for(lambda: len(desktop.xdotool("search", "--onlyvisible", "--name", "^Ante 8$").split()) == 2)
            told = refused(desktop, "window:Ante 8")
            assert told.startswith("InputError 2 windows may be meant by 'Ante 8'") and "\n" not in told
            assert f"{hex(int(game))} ('Ante 8' of Balatro.exe)" in told and "('Ante 8' of other)" in told
            with asked(desktop, f"window:{hex(int(game))}") as ask:
                wait_for(lambda: ask() == "window:Ante 8 1.0 0.0")

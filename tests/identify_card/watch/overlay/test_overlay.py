"""The overlay on a real desktop: over a window that shows a table, seen by taking pictures of the screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is not installed", exc_type=ImportError)
pytest.importorskip("mss", reason="mss is not installed")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import mss
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from balatro.identify_card.card import Card
from balatro.identify_card.judge.regress import read_cases
from balatro.identify_card.marks.labels import COLOURS, DOUBTFUL, Drawing
from balatro.identify_card.watch.overlay.marks import Marks
from balatro.identify_card.watch.overlay.window import OPAQUE, CardOverlay
from balatro.utils.desktop import OWN_TITLES, Box
from tests.build_dataset.x_display import Desktop, new_desktop, started, wait_for
from tests.identify_card.fake_bundle import CARD, draw_table
from tests.identify_card.fake_bundle import COLOURS as FACES

pytestmark = pytest.mark.slow

RED, GREEN = ("red", "Base", 300, 150), ("green", "Foil", 500, 150)
TABLE = draw_table([RED, GREEN])
RUN = "import sys, typer; from balatro.identify_card.watch.command import watch; typer.run(watch)"


class Screen:
    """What is to be seen on a desktop."""

    def __init__(self, desktop: Desktop) -> None:
        self._grabber = mss.MSS(display=desktop.display)

    def shot(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB of the whole desktop."""
        shot = self._grabber.grab(self._grabber.monitors[0])
        return np.asarray(shot)[..., 2::-1]

    def place(self, shot: np.ndarray) -> tuple[int, int]:
        """Left and top of the table, by its red card; what `xdotool` says is off by the window's frame."""
        red = (shot == FACES["red"]).all(axis=-1)
        return int(red.any(axis=0).argmax()) - RED[2] + CARD[0] // 2, int(red.any(axis=1).argmax()) - RED[3] + CARD[1] // 2

    def table(self) -> np.ndarray:
        """What the window shows, with what lies over it; black where it shows nothing."""
        shot = self.shot()
        left, top = self.place(shot)
        table = np.zeros_like(TABLE)
        if left >= 0 and top >= 0:
            part = shot[top : top + 576, left : left + 1024]
            table[: part.shape[0], : part.shape[1]] = part
        return table

    def close(self) -> None:
        self._grabber.close()


@contextmanager
def overlaid(tmp_path: Path, bundle: Path, *more: str) -> Iterator[tuple[Desktop, Screen, str, subprocess.Popen[bytes]]]:
    """A table in a window, watched with an overlay."""
    words = ["--window", "Table", "--model", str(bundle), "--overlay", "--max-fps", "20", *more]
    said = tmp_path / "watch.txt"
    with (
        new_desktop() as desktop,
        desktop.showing("Table", [TABLE], tmp_path) as window,
        said.open("wb") as out,
        started([sys.executable, "-c", RUN, *words], desktop.env, stdout=out, stderr=out) as child,
    ):
        screen = Screen(desktop)
        desktop.xdotool("windowsize", "--sync", window, "1024", "576")  # Qt makes it smaller than the desktop's width
        desktop.wait_for_window(OWN_TITLES[4], lambda: child.poll() is None, said)
        wait_for(lambda: is_marked(screen.table(), RED, "Base") and is_marked(screen.table(), GREEN, "Foil"))
        yield desktop, screen, window, child
        screen.close()


def close_to(pixels: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """(...) bool."""
    return np.abs(pixels.astype(int) - colour).sum(axis=-1) < 40


def is_marked(table: np.ndarray, card: tuple[str, str, int, int], modifier: str) -> bool:
    """Whether a card has lines of its modifier's colour left of it, right of it and above it, but not upon it."""
    x, y = card[2], card[3]
    width, height = CARD
    strips = [
        table[y, x - width // 2 - 15 : x - width // 2 - 2],
        table[y, x + width // 2 + 2 : x + width // 2 + 15],
        table[y - height // 2 - 15 : y - height // 2 - 2, x],
    ]
    return all(close_to(strip, COLOURS[modifier]).any() for strip in strips)


def changed(table: np.ndarray) -> np.ndarray:
    """(576, 1024) bool, where it is not the table itself."""
    return (table != TABLE).any(axis=-1)


def test_over_a_window(tmp_path: Path, fake_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    with overlaid(tmp_path, fake_folder) as (desktop, screen, window, child):
        # Labels below, nothing upon a card or in the margin that is read with it, and nothing far from the cards.
        drawn = changed(screen.table())
        for _, _, x, y in (RED, GREEN):
            width, height = round(CARD[0] * 1.07), round(CARD[1] * 1.07)
            assert not drawn[y - height // 2 : y + height // 2, x - width // 2 : x + width // 2].any()
            assert drawn[y + height // 2 + 12 : y + height // 2 + 45, x - 20 : x + 20].mean() > 0.8
        assert not drawn[280:].any()

        # A click on the outline reaches the window below.
        left, top = screen.place(screen.shot())
        desktop.xdotool("mousemove", str(left + 300 - CARD[0] // 2 - 7), str(top + 150), "click", "1")
        clicked = f"clicked {300 - CARD[0] // 2 - 7} 150"
        wait_for(lambda: clicked in (tmp_path / "show_screens.txt").read_text())

        # It follows the window, is away while that is minimised, and comes back.
        desktop.xdotool("windowmove", window, "200", "10")
        wait_for(lambda: is_marked(screen.table(), RED, "Base") and not changed(screen.table())[280:].any())
        assert screen.place(screen.shot()) != (left, top)
        desktop.xdotool("windowminimize", window)
        wait_for(lambda: not close_to(screen.shot(), COLOURS["Foil"]).any())
        desktop.xdotool("windowmap", window)
        wait_for(lambda: is_marked(screen.table(), GREEN, "Foil"))

        # Keys of the small window: outlines alone, then nothing.
        control = desktop.wait_for_window(OWN_TITLES[3])
        desktop.xdotool("windowfocus", "--sync", control, "key", "o")
        wait_for(lambda: is_marked(screen.table(), RED, "Base") and not changed(screen.table())[225:].any())
        desktop.xdotool("windowfocus", "--sync", control, "key", "h")
        wait_for(lambda: not changed(screen.table()).any())

        # A mistake: kept at the key, told with the keyboard.
        desktop.xdotool("windowfocus", "--sync", control, "key", "w")
        asking = desktop.wait_for_window(OWN_TITLES[5])
        [case] = read_cases(tmp_path / "data" / "regressions")
        assert (case.name, {find.name for find in case.finds}) == (None, {"Red", "Green"})
        desktop.xdotool("windowfocus", "--sync", asking, "type", "Blue Joker")
        desktop.xdotool("key", "Return")
        wait_for(lambda: read_cases(tmp_path / "data" / "regressions")[0].name == "Blue Joker")
        desktop.xdotool("windowfocus", "--sync", control, "key", "w")
        wait_for(lambda: len(read_cases(tmp_path / "data" / "regressions")) == 2)

        child.send_signal(signal.SIGINT)  # Ctrl+C in the terminal
        assert child.wait(60) == 0
        said = (tmp_path / "watch.txt").read_text()
        assert said.count("appeared") == 2 and "frames/s" in said
        assert "1 mistake kept, to be told: balatro regress tell 2" in said


def test_the_game_is_closed(tmp_path: Path, fake_folder: Path) -> None:
    with overlaid(tmp_path, fake_folder, "--style", "outline") as (desktop, screen, window, child):
        desktop.xdotool("windowkill", window)
        assert child.wait(60) == 1
        assert not close_to(screen.shot(), COLOURS["Foil"]).any()
        said = (tmp_path / "watch.txt").read_text()
        assert "was closed" in said and "frames/s" in said


def test_quitting_from_its_window(tmp_path: Path, fake_folder: Path) -> None:
    with overlaid(tmp_path, fake_folder) as (desktop, _, _, child):
        desktop.xdotool("windowfocus", "--sync", desktop.wait_for_window(OWN_TITLES[3]), "key", "q")
        assert child.wait(60) == 0
        assert "frames/s" in (tmp_path / "watch.txt").read_text()


# The window's shape, without a desktop.


@pytest.fixture(scope="module", autouse=True)
def application() -> Iterator[QApplication]:
    existing = QApplication.instance()
    yield existing if isinstance(existing, QApplication) else QApplication(["tests"])


def marks(*cards: tuple[int, int], doubtful: bool = False) -> Marks:
    made = []
    for x, y in cards:
        quad = ((x, y), (x + 90, y), (x + 90, y + 120), (x, y + 120))
        made.append(Card("egg", "Egg", "", "", "Base", True, 0.9, 0.9, (*quad[0], *quad[2]), quad, ()))
    return Marks(tuple(made), frozenset(made if doubtful else ()))


def test_the_window_is_what_is_drawn_and_nothing_else() -> None:
    overlay = CardOverlay()
    overlay.show_marks(Box(0, 0, 640, 360), (640, 360), marks((200, 100)), Drawing("outline", beside=True))
    shape = overlay.mask()
    layer = overlay._layer[..., 3] >= OPAQUE
    for x, y in [(191, 160), (200, 100), (245, 160), (10, 10), (292, 160), (300, 300)]:
        assert shape.contains(QPoint(x, y)) == bool(layer[y, x])
    assert overlay.isVisible() and layer.any()
    overlay.show_marks(Box(0, 0, 640, 360), (640, 360), marks(), Drawing("outline", beside=True))
    assert not overlay.isVisible()


def test_a_frame_of_more_pixels_than_the_window_has_units() -> None:
    overlay = CardOverlay()
    overlay.show_marks(Box(0, 0, 640, 360), (1280, 720), marks((400, 200)), Drawing("outline", beside=True))
    box = overlay.mask().boundingRect()
    assert abs(box.center().x() - 222) <= 2 and abs(box.center().y() - 130) <= 2
    overlay.close()


def test_doubtful_cards_are_painted_in_their_colour() -> None:
    overlay = CardOverlay()
    overlay.show_marks(Box(0, 0, 640, 360), (640, 360), marks((200, 100), doubtful=True), Drawing("outline", beside=True))
    image = overlay.grab().toImage()
    strip = np.array([image.pixelColor(x, 160).getRgb()[:3] for x in range(180, 200)])
    assert close_to(strip, DOUBTFUL).any()
    overlay.close()

"""The preview window and its keys, and the watching in a thread beside it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is not installed", exc_type=ImportError)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from balatro.errors import InputError
from balatro.identify_card.card import Card
from balatro.identify_card.marks.labels import COLOURS, STYLES, Drawing
from balatro.identify_card.watch.overlay.feed import Feed
from balatro.identify_card.watch.overlay.panel import SUITS, WatchWindow
from balatro.identify_card.watch.overlay.preview import PreviewWindow
from balatro.identify_card.watch.overlay.run import run_windows
from balatro.identify_card.watch.overlay.windows import Windows
from balatro.identify_card.watch.rest.told import State
from balatro.identify_card.watch.track import Shown
from balatro.identify_card.watch.watch import Frame, Look, Stats
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt import over
from tests.identify_card.table.tables import hand, on

QUAD = ((100, 60), (190, 60), (190, 180), (100, 180))
EGG = Card("egg", "Egg", "Joker", "", "Foil", True, 0.9, 0.9, (100, 60, 190, 180), QUAD, ())
STATS = Stats(7, 3, 2, 1, 9.5, 0.25, {"grab": 2.0, "locate": 11.0})


@pytest.fixture(scope="module", autouse=True)
def application() -> Iterator[QApplication]:
    existing = QApplication.instance()
    yield existing if isinstance(existing, QApplication) else QApplication(["tests"])


def look(seconds: float = 0.0, size: tuple[int, int] = (640, 360)) -> Look:
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    return Look(Frame(image, seconds), (), (Shown(1, EGG, False),))


class Shell:
    """The preview of a video of one frame."""

    def __init__(self, live: bool = False) -> None:
        self.feed = Feed(is_paced=True)
        self.windows = Windows(self.feed, overlay=False, preview=True, drawing=Drawing())
        assert self.windows.preview is not None
        self.window = self.windows.preview
        self.feed.opened("evening.mp4", live)
        self.feed.show(look(), STATS)
        self.windows.tick(False, False)
        QTest.qWait(20)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window, key)
        self.windows.tick(False, False)

    def has_marks(self) -> bool:
        picture = self.window.canvas.grab().toImage()
        place = self.window.canvas.place()
        x, y = place.x() + round(100 * place.width() / 640), place.y() + round(120 * place.height() / 360)
        strip = np.array([picture.pixelColor(x + by, y).getRgb()[:3] for by in range(-4, 5)])
        return bool((np.abs(strip - COLOURS["Foil"]).sum(axis=1) < 60).any())


@pytest.fixture
def shell() -> Iterator[Shell]:
    made = Shell()
    yield made
    made.windows.close()


def test_it_shows_the_frame_the_marks_and_how_it_goes(shell: Shell) -> None:
    assert shell.has_marks()
    head, status = shell.windows._words("")
    assert head == "1 card" and "9.5 frames/s" in status and "locate 11.0" in status
    assert shell.window.windowTitle() in OWN_TITLES


@pytest.mark.parametrize("size", [(900, 300), (400, 900), (641, 500)])
def test_it_keeps_the_frames_proportions_at_any_size(shell: Shell, size: tuple[int, int]) -> None:
    canvas = shell.window.canvas
    shell.window.resize(*size)
    QTest.qWait(20)
    place = canvas.place()
    assert abs(place.width() / place.height() - 640 / 360) < 0.01
    assert canvas.rect().contains(place) and (place.width(), place.height()) != (640, 360)
    assert place.width() == canvas.width() or place.height() == canvas.height()
    assert shell.has_marks()


def test_a_large_frame_makes_no_larger_window_than_the_screen(shell: Shell) -> None:
    shell.window.fit((9000, 3000))
    screen = QApplication.primaryScreen().availableSize()
    assert shell.window.width() <= screen.width() and shell.window.height() <= screen.height()
    shell.window.fit((500, 400))  # no narrower than its buttons
    QTest.qWait(20)
    assert shell.window.canvas.height() == 400 and shell.window.canvas.width() >= 500


def test_keys(shell: Shell) -> None:
    shell.press(Qt.Key.Key_O)
    assert shell.windows.choices.drawing.style == STYLES[1] and shell.has_marks()
    shell.press(Qt.Key.Key_O)
    assert shell.windows.choices.drawing.style == "label" and not shell.has_marks()
    shell.press(Qt.Key.Key_O)
    shell.press(Qt.Key.Key_R)
    assert shell.windows.choices.drawing == Drawing(runners_up=True)
    shell.press(Qt.Key.Key_H)
    assert not shell.has_marks()
    shell.press(Qt.Key.Key_H)
    assert shell.has_marks()
    shell.press(Qt.Key.Key_Space)
    assert shell.feed.is_paused and shell.windows._words("")[0] == "paused"
    shell.press(Qt.Key.Key_Space)
    assert not shell.feed.is_paused


def test_a_running_game_cannot_be_paused() -> None:
    shell = Shell(live=True)
    shell.press(Qt.Key.Key_Space)
    assert not shell.feed.is_paused
    shell.windows.close()


def test_frames_that_show_the_overlay_are_not_marked_again(shell: Shell) -> None:
    shell.feed.shows_itself = True
    shell.feed.show(look(1.0), STATS)
    shell.windows.tick(False, False)
    assert not shell.has_marks()


def test_the_table_that_was_told_is_shown(shell: Shell) -> None:
    def lines() -> str:
        labels = [one for one in shell.window.findChildren(QLabel) if not one.isHidden()]
        return " ".join(one.text() for one in labels if one.textFormat() == Qt.TextFormat.RichText)

    assert lines() == ""
    for told in (on("shop", money=21, tags=("<A>",)), on("hand", money=23, hand=hand("2H"))):
        shell.feed.state = State(1.0, 0.5, told)
        shell.windows.tick(False, False)
        assert f"money {told.money}" in lines() and ("&lt;A&gt;" in lines()) == bool(told.tags)
    assert f'<span style="color: {SUITS["red"]}">2♥</span>' in lines()


def test_why_nothing_is_seen_is_said(shell: Shell) -> None:
    shell.feed.hidden = "the window is minimised"
    assert shell.windows._words("") == ("waiting", "the window is minimised")
    shell.feed.show(look(1.0), STATS)
    assert shell.windows._words("")[0] != "waiting"


# The thread beside them.


def preview_of(work: object, feed: Feed, overlay: bool = False) -> None:
    run_windows(feed, work, overlay, True, Drawing())  # type: ignore[arg-type]


def on_screen() -> list[str]:
    return [one.windowTitle() for one in QApplication.topLevelWidgets() if one.isVisible()]


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> None:
    """These run on Qt's platform without a screen."""
    monkeypatch.setenv("DISPLAY", os.environ.get("DISPLAY", ":0"))


def later(action: Callable[[Any], object]) -> None:
    """Do it in Qt's thread to the window that shows, again and again until it is gone; a minute, no longer."""
    timer = QTimer(QApplication.instance())
    until = time.monotonic() + 60

    def step() -> None:
        windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        if windows:
            action(windows[0])
        if time.monotonic() > until:
            QApplication.exit()

    timer.timeout.connect(step)
    timer.start(50)
    QApplication.instance().aboutToQuit.connect(timer.stop)  # type: ignore[union-attr]


def endless(feed: Feed) -> None:
    feed.opened("window:Game", True)
    while not feed.is_stopped:
        feed.show(look(), STATS)
        feed.rest(0.01)


@pytest.mark.usefixtures("display")
@pytest.mark.parametrize("key", [Qt.Key.Key_Q, Qt.Key.Key_Escape, None])
def test_quitting_ends_the_watching(key: Qt.Key | None) -> None:
    feed, shown = Feed(), []

    def leave(window: QWidget) -> None:
        shown.append(window.windowTitle())
        if key is None:
            window.close()
        else:
            QTest.keyClick(window, key)

    later(leave)
    preview_of(lambda: endless(feed), feed)
    assert set(shown) == {OWN_TITLES[3]} and feed.is_stopped and on_screen() == []


@pytest.mark.usefixtures("display")
def test_what_the_watching_raises_comes_out() -> None:
    feed = Feed()

    def work() -> None:
        raise InputError("no window is called 'Game'")

    with pytest.raises(InputError, match="no window"):
        preview_of(work, feed)
    assert on_screen() == []


@pytest.mark.usefixtures("display")
def test_the_last_frame_of_a_video_stays_until_quit() -> None:
    feed = Feed()

    def work() -> None:
        feed.opened("evening.mp4", False)
        feed.show(look(), STATS)

    heads = []

    def leave(window: WatchWindow) -> None:
        heads.append(window._head.text())
        if heads[-1] == "ended":
            QTest.keyClick(window, Qt.Key.Key_Q)

    later(leave)
    preview_of(work, feed)
    assert heads[-1] == "ended"


@pytest.mark.usefixtures("display")
def test_where_no_overlay_can_be_had_there_is_the_preview(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(over, "why_impossible", lambda: "Wayland lets no program")
    feed = Feed()
    kinds = []

    def leave(window: QWidget) -> None:
        kinds.append(type(window))
        window.close()

    later(leave)
    run_windows(feed, lambda: endless(feed), True, False, Drawing())
    assert set(kinds) == {PreviewWindow}
    assert capsys.readouterr().err.splitlines() == ["no overlay: Wayland lets no program; here is the preview instead"]


def test_no_screen_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("elsewhere there is always a screen")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(InputError, match="leave out --overlay"):
        preview_of(lambda: None, Feed())

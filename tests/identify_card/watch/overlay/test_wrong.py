"""The key that keeps a frame as a mistake, and the window that asks what is right."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is not installed", exc_type=ImportError)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from balatro.identify_card.card import Card
from balatro.identify_card.judge.regress import CASES, Case, read_cases, regressions_dir
from balatro.identify_card.marks.labels import Drawing
from balatro.identify_card.watch.overlay.feed import Feed, Reads
from balatro.identify_card.watch.overlay.windows import Windows
from balatro.identify_card.watch.overlay.wrong import WrongWindow
from balatro.identify_card.watch.track import Shown
from balatro.identify_card.watch.watch import Frame, Look, Stats

STATS = Stats(7, 3, 2, 1, 9.5, 0.25, {"grab": 2.0})
READS = Reads("fake", ("Egg", "Mime", "Baron"), ("Base", "Foil"))


@pytest.fixture(scope="module", autouse=True)
def application() -> Iterator[QApplication]:
    existing = QApplication.instance()
    yield existing if isinstance(existing, QApplication) else QApplication(["tests"])


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def card(x: int, name: str, modifier: str) -> Card:
    quad = ((x, 100), (x + 90, 100), (x + 90, 220), (x, 220))
    return Card(name, name, "Joker", "", modifier, True, 0.9, 0.9, (x, 100, x + 90, 220), quad, ())


class Shell:
    """A preview of one frame with two cards."""

    def __init__(self) -> None:
        self.feed = Feed()
        self.windows = Windows(self.feed, overlay=False, preview=True, drawing=Drawing())
        self.feed.opened("evening.mp4", False)
        self.feed.reads = READS
        image = np.random.default_rng(1).integers(0, 256, (360, 640, 3)).astype(np.uint8)
        shown = (Shown(1, card(100, "Egg", "Foil"), False), Shown(2, card(300, "Mime", "Base"), False))
        self.feed.show(Look(Frame(image, 0.0), (), shown), STATS)
        self.windows.tick(False, False)

    def key(self) -> None:
        assert self.windows.preview is not None
        self.windows.preview.activateWindow()  # keys are its own while it is the active window
        QTest.qWait(20)
        QTest.keyClick(self.windows.preview, Qt.Key.Key_W)
        QTest.qWait(20)

    def press(self) -> WrongWindow:
        self.key()
        assert self.windows.mistakes.window is not None
        return self.windows.mistakes.window

    def note(self) -> str:
        return self.windows._words("")[1]


@pytest.fixture
def shell() -> Iterator[Shell]:
    made = Shell()
    yield made
    made.windows.close()


def click(window: WrongWindow, x: int, y: int) -> None:
    """On a pixel of the frame."""
    place = window.picture.place()
    at = QPoint(place.x() + round(x * place.width() / 640), place.y() + round(y * place.height() / 360))
    QTest.mouseClick(window.picture, Qt.MouseButton.LeftButton, pos=at)


def only_case() -> Case:
    [case] = read_cases(regressions_dir())
    return case


def test_the_key_alone_keeps_the_frame(shell: Shell) -> None:
    window = shell.press()
    case = only_case()
    assert not case.is_told and [find.name for find in case.finds] == ["Egg", "Mime"] and case.model == "fake"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible() and shell.windows.preview is not None and shell.windows.preview.isVisible()
    assert "balatro regress tell 1" in shell.note()
    assert shell.windows.mistakes.left() == ["1 mistake kept, to be told: balatro regress tell 1"]


def test_a_click_a_name_and_enter_tell_it(shell: Shell, data: Path) -> None:
    window = shell.press()
    click(window, 145, 160)
    assert window._head.text() == "That is read as Egg, Foil. What is it really?" and window.modifier.currentText() == "Foil"
    window.to_label.setChecked(True)
    QTest.keyClicks(window.name, "hq")  # letters are letters here, not keys of the other window
    window.name.setText("baron")
    QTest.keyClick(window.name, Qt.Key.Key_Return)
    case = only_case()
    assert (case.name, case.modifier) == ("Baron", "Foil") and case.at is not None and abs(case.at[0] - 145) < 5
    assert not window.isVisible() and "case 1: Baron, Foil" in shell.note() and shell.windows.mistakes.left() == []
    assert len(list((data / "screenshots").glob("*.png"))) == 1


def test_the_models_names_are_offered(shell: Shell) -> None:
    completer = shell.press().name.completer()
    completer.setCompletionPrefix("mi")
    assert completer.currentCompletion() == "Mime"


def test_what_is_no_card_and_what_was_not_found(shell: Shell) -> None:
    window = shell.press()
    click(window, 345, 160)
    window._keep_nothing()
    assert (only_case().name, only_case().modifier) == ("", "")
    window = shell.press()  # the same frame again: another mistake
    click(window, 500, 300)
    assert "No card is marked there" in window._head.text() and not window.to_label.isEnabled()
    window.name.setText("Mime")
    window._keep()
    told = read_cases(regressions_dir())[1]
    assert told.name == "Mime" and told.at is not None and abs(told.at[0] - 500) <= 2 and abs(told.at[1] - 300) <= 2


def test_without_a_name_it_asks_on(shell: Shell) -> None:
    window = shell.press()
    window._keep()
    assert window.isVisible() and "name" in window._trouble.text() and not only_case().is_told


def test_what_cannot_be_kept_is_said(shell: Shell) -> None:
    regressions_dir().mkdir(parents=True)
    (regressions_dir() / CASES).write_text("[]")
    shell.key()
    assert shell.windows.mistakes.window is None and "not kept: " in shell.note() and "cases.json" in shell.note()
    (regressions_dir() / CASES).unlink()
    window = shell.press()
    (regressions_dir() / CASES).write_text("[]")
    window.name.setText("Mime")
    window._keep()
    assert window.isVisible() and "cases.json" in window._trouble.text()

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is not installed", exc_type=ImportError)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from balatro.build_dataset.capture import Capture, CaptureSettings
from balatro.build_dataset.find_cards import Find, classic, in_regions
from balatro.build_dataset.regions import DEFAULT, WHOLE, Area, Regions, load_regions
from balatro.build_dataset.window.calibrator import Calibrator
from balatro.build_dataset.window.capture_window import CaptureWindow
from balatro.build_dataset.window.editing import MOVE, SCREEN, Editing, between, pulled
from balatro.build_dataset.window.face import ACTIONS
from balatro.build_dataset.window.overlay import RegionOverlay, Sign, area_signs, card_signs
from balatro.build_dataset.window.slots import verdict
from balatro.build_dataset.window.theme import FORCED, VERDICTS
from balatro.config.shapes import MARGIN
from balatro.errors import InputError
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import Frame, FrameSource
from balatro.frames.screens import ScreenSource
from balatro.utils.desktop import OWN_TITLES, Box
from balatro.utils.qt.over import to_logical
from tests.build_dataset.drawn_tables import lay, table
from tests.build_dataset.fake_store import FakeStore
from tests.build_dataset.x_display import new_desktop, started, wait_for

W = TypeVar("W")
WINDOW_BOX = Box(100, 50, 640, 360)


@pytest.fixture(scope="module", autouse=True)
def application() -> Iterator[QApplication]:
    existing = QApplication.instance()
    yield existing if isinstance(existing, QApplication) else QApplication(["tests"])


def screen(*seeds: int) -> np.ndarray:
    picture = table()
    for place, seed in enumerate(seeds):
        lay(picture, seed, 100 + 150 * place, 180, width=90)
    return picture


def shown_window(kind: type[W]) -> W:
    """The one visible window of a kind."""
    (found,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    return found


class Shown(ScreenSource):
    """A window that shows what it is told, or fails as it is told."""

    def __init__(self, image: np.ndarray) -> None:
        super().__init__("window:Cards", self._place, lambda box: self.image, lambda: None)
        self.image = image
        self.error: Exception | None = None

    def _place(self) -> Box:
        if self.error is not None:
            raise self.error
        return WINDOW_BOX

    def grab(self) -> Frame:
        return Frame(self.image, 0.0, self._place())


class Bench:
    """A capture window with all that is behind it."""

    def __init__(self, tmp_path: Path, find: str = "classic") -> None:
        self.source = Shown(screen(1, 2))
        self.store = FakeStore()
        self.path = tmp_path / "regions.json"
        regions = Regions(areas=(Area("one", (0.06, 0.2, 0.2, 0.5)),))

        def make(regions: Regions) -> Find:
            return in_regions(regions) if find == "regions" else classic

        self.capture = Capture(self.source, make(regions), self.store, CaptureSettings(max_fps=100, rest_s=0))
        self.window = CaptureWindow(self.capture, make, lambda: classic, regions, self.path, find == "regions", self.reopen)
        self.reopened: FrameSource | None = None
        self.window.show()
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)

    def reopen(self, name: str) -> FrameSource:
        if self.reopened is None:
            raise InputError(f"no {name}")
        return self.reopened

    def press(self, keys: str) -> None:
        for key in keys:
            QTest.keyClick(self.window, key.lower())

    def wait(self, what: object) -> None:
        assert callable(what)
        for _ in range(2000):
            if what():
                return
            QTest.qWait(10)
        raise AssertionError(self.window.message)

    def words(self) -> list[str]:
        return [verdict(slot.card).word for slot in self.window.last_cards.slots if slot.card is not None]

    def recent(self) -> list[str]:
        return [verdict(slot.card).word for slot in self.window.recent_cards.slots if slot.card is not None]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.window.close()


def test_the_missions_keys_are_there() -> None:
    assert {action.key: action.label.replace("&&", "&") for action in ACTIONS} == {
        "S": "Show Regions",
        "H": "Hide Regions",
        "C": "Capture",
        "V": "Capture & Save",
        "A": "Start Auto",
        "X": "Stop Auto",
    }


def test_c_shows_and_v_saves(bench: Bench) -> None:
    bench.press("C")
    assert bench.words() == ["new", "new"] and not bench.store.saved
    assert "2 cards, 2 of them new" in bench.window.message
    bench.press("V")
    assert len(bench.store.saved) == 2 and bench.recent() == ["new", "new"]
    bench.press("V")
    assert len(bench.store.saved) == 2 and bench.words() == ["known", "known"]
    assert bench.window.message == "0 saved, 2 known"


def test_number_keys_and_o_overrule(bench: Bench) -> None:
    bench.press("VV2")
    assert len(bench.store.saved) == 3 and bench.words() == ["known", "yours"]
    assert bench.recent()[:2] == ["known", "yours"]
    bench.press("2")
    assert len(bench.store.saved) == 3 and "saved already" in bench.window.message
    bench.press("9")
    assert "no card 9" in bench.window.message
    bench.press("O")
    assert len(bench.store.saved) == 4 and bench.recent()[:2] == ["yours", "yours"]
    bench.press("O")
    assert len(bench.store.saved) == 4 and "none of these" in bench.window.message


def test_a_click_on_a_card_saves_it(bench: Bench) -> None:
    bench.press("VC")
    QTest.mouseClick(bench.window.last_cards.slots[0], Qt.MouseButton.LeftButton)
    assert len(bench.store.saved) == 3 and bench.words() == ["yours", "known"]


def test_auto_captures_what_changes_and_x_stops_it(bench: Bench) -> None:
    bench.press("A")
    bench.wait(lambda: len(bench.store.saved) == 2)
    bench.source.image = screen(3, 4, 5)
    bench.wait(lambda: len(bench.store.saved) == 5)
    bench.press("X")
    frames = bench.capture.counts["frames"]
    bench.source.image = screen(6)
    QTest.qWait(60)
    assert bench.capture.counts["frames"] == frames and len(bench.store.saved) == 5


def test_a_hidden_window_is_waited_for_and_a_closed_one_opened_again(bench: Bench) -> None:
    bench.source.error = NotVisibleError("minimised")
    bench.press("A")
    bench.wait(lambda: bench.window.message == "minimised")
    bench.source.error = InputError("the window was closed")
    bench.wait(lambda: bench.window.message == "the window was closed")
    bench.press("V")
    assert bench.window.message == "no window:Cards"
    bench.reopened = Shown(screen(7))
    bench.press("V")
    assert len(bench.store.saved) == 1 and bench.capture.source is bench.reopened


def test_a_full_disk_is_told(bench: Bench) -> None:
    bench.store._full_after = 1
    bench.press("V")
    assert "no space left on device" in bench.window.message


def test_numbers_are_taken_off_the_screen_before_the_next_capture(bench: Bench) -> None:
    bench.press("CS")
    overlay = shown_window(RegionOverlay)
    assert [sign.word for sign in overlay.signs] == ["1", "2"]
    shown = []
    grab = bench.source.grab
    bench.source.grab = lambda: (shown.append(len(overlay.signs)), grab())[1]  # type: ignore[method-assign]
    # Not by keys: on this platform the signs over the game would take the keyboard.
    bench.window.capture()
    bench.window.start_auto()
    bench.wait(lambda: len(shown) > 3)
    assert not any(shown)
    bench.window.stop_auto()
    bench.window.hide_regions()
    assert not overlay.isVisible()


def test_regions_follow_the_window_and_vanish_with_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "regions")
    bench.press("S")
    overlay = shown_window(RegionOverlay)
    assert [sign.word for sign in overlay.signs] == ["one"]
    assert (overlay.x(), overlay.y(), overlay.width(), overlay.height()) == (100, 50, 640, 360)
    bench.source.error = InputError("closed")
    bench.wait(lambda: not overlay.signs)
    bench.window.close()
    assert not overlay.isVisible()


def test_r_opens_the_calibrator_and_what_it_saves_is_used(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "regions")
    bench.press("R")
    calibrator = shown_window(Calibrator)
    calibrator.take_found()
    calibrator.save()
    assert len(load_regions(bench.path).areas) == 2
    bench.press("C")
    assert bench.words() == ["new", "new"]
    calibrator.close()
    bench.window.close()


# Overlay.


@given(st.integers(1, 3), st.floats(0.05, 0.5), st.floats(0.1, 0.5))
def test_no_line_lies_in_what_is_cut_out(cards: int, left: float, width: float) -> None:
    overlay = RegionOverlay()
    regions = Regions(areas=(Area("row", (left, 0.3, width, 0.3), cards),))
    (sign,) = area_signs(regions, 1280, 720)
    card = min(width * 1280, 0.3 * 720 * 71 / 95) if cards > 1 else width * 1280
    cut_left, cut_right = left * 1280 - MARGIN * card, (left + width) * 1280 + MARGIN * card
    cut_top, cut_bottom = 0.3 * 720 * (1 - MARGIN), 0.3 * 720 * (2 + MARGIN)
    overlay.resize(1280, 720)
    overlay.show_signs([sign])
    rects = [*overlay._lines(sign), *overlay._label(sign)]
    assert len(rects) == 5
    for rect in rects:
        beside = rect.right() < cut_left or rect.left() > cut_right
        assert beside or rect.bottom() < cut_top or rect.top() > cut_bottom


def test_signs_that_barely_move_stay() -> None:
    overlay = RegionOverlay()
    overlay.show_signs([Sign((10, 10, 50, 70), "1", False)])
    overlay.show_signs([Sign((13, 8, 50, 70), "1", False)])
    assert overlay.signs[0].rect[0] == 10
    overlay.show_signs([Sign((30, 8, 50, 70), "1", False)])
    assert overlay.signs[0].rect[0] == 30


def test_numbers_lie_where_the_cards_are() -> None:
    quads = np.array([[[10, 20], [30, 20], [30, 50], [10, 50]]] * 12, np.float32)
    signs = card_signs(quads, (5, 6), 2.0)
    assert [sign.word for sign in signs] == [str(n) for n in range(1, 10)]
    assert signs[0].rect == (25, 46, 40, 60)


@pytest.mark.parametrize(
    ("box", "logical"),
    [
        (Box(100, 200, 640, 360), Box(100, 200, 640, 360)),
        (Box(2120, 100, 640, 360), Box(2020, 50, 320, 180)),  # a second monitor of 200 %
        (Box(1900, 0, 640, 360), Box(1910, 0, 320, 180)),  # mostly on the second
    ],
)
def test_monitors_of_another_dpi(box: Box, logical: Box) -> None:
    screens = [(Box(0, 0, 1920, 1080), 1.0), (Box(1920, 0, 1920, 1080), 2.0)]
    assert to_logical(box, screens) == logical
    assert to_logical(box, []) == box


def test_every_verdict_has_its_own_look() -> None:
    looks = [*VERDICTS.values(), FORCED]
    assert len({look.word for look in looks}) == len({look.colour for look in looks}) == len(looks) == 5


# A real desktop.


@pytest.mark.slow
def test_keys_on_a_real_desktop(tmp_path: Path) -> None:
    pytest.importorskip("mss")
    out = tmp_path / "cards"
    words = ["--source", "window:Cards", "--find", "classic", "--out", str(out)]
    run = "import typer; from balatro.build_dataset.command import capture; typer.run(capture)"
    with (
        new_desktop() as desktop,
        desktop.showing("Cards", [screen(1, 2, 3)], tmp_path),
        started([sys.executable, "-c", run, *words], desktop.env) as child,
    ):
        window = desktop.wait_for_window(OWN_TITLES[0])
        desktop.xdotool("windowfocus", "--sync", window, "key", "s", "key", "v")
        wait_for(lambda: len(list(out.glob("*.png"))) == 3)
        assert desktop.wait_for_window(OWN_TITLES[1])
        desktop.xdotool("windowfocus", "--sync", window, "key", "2")
        time.sleep(0.3)
        assert len(list(out.glob("*.png"))) == 3  # saved already
        child.send_signal(signal.SIGINT)  # Ctrl+C in the terminal closes the window
        assert child.wait(60) == 0


# The calibrator.


@pytest.fixture
def calibrator(tmp_path: Path) -> Iterator[Calibrator]:
    made = Calibrator(screen(1, 2, 3), Regions(), tmp_path / "regions.json", classic)
    made.resize(640 + 274, 640)
    made.show()
    QTest.qWait(10)
    yield made
    made._may_close = True
    made.close()


def drag(calibrator: Calibrator, start: tuple[float, float], end: tuple[float, float]) -> None:
    canvas = calibrator.canvas
    points = [canvas.rect_of((*place, 0, 0)).topLeft().toPoint() for place in (start, end)]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=points[0])
    QTest.mouseMove(canvas, points[0] + (points[1] - points[0]) / 2)
    QTest.mouseMove(canvas, points[1])
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=points[1])


def box_of(calibrator: Calibrator, number: int = 0) -> tuple[float, ...]:
    return calibrator.editing.regions.areas[number].box


def test_areas_are_drawn_moved_resized_and_saved(calibrator: Calibrator, tmp_path: Path) -> None:
    drag(calibrator, (0.2, 0.2), (0.4, 0.6))
    assert box_of(calibrator) == pytest.approx((0.2, 0.2, 0.2, 0.4), abs=0.01)
    drag(calibrator, (0.3, 0.4), (0.5, 0.5))
    assert box_of(calibrator) == pytest.approx((0.4, 0.3, 0.2, 0.4), abs=0.01)
    drag(calibrator, (0.6, 0.7), (0.7, 0.9))
    assert box_of(calibrator) == pytest.approx((0.4, 0.3, 0.3, 0.6), abs=0.01)
    QTest.keyClick(calibrator, "z", Qt.KeyboardModifier.ControlModifier)
    assert box_of(calibrator) == pytest.approx((0.4, 0.3, 0.2, 0.4), abs=0.01)
    QTest.keyClick(calibrator, "s", Qt.KeyboardModifier.ControlModifier)
    (area,) = load_regions(tmp_path / "regions.json").areas
    assert area.box == pytest.approx(box_of(calibrator), abs=1e-4)
    assert calibrator.close()


def test_a_click_draws_nothing(calibrator: Calibrator) -> None:
    drag(calibrator, (0.2, 0.2), (0.201, 0.2))
    assert not calibrator.editing.regions.areas


def test_all_with_the_keyboard(calibrator: Calibrator) -> None:
    canvas = calibrator.canvas
    QTest.keyClick(canvas, "n")
    left, top, width, height = box_of(calibrator)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert box_of(calibrator) == pytest.approx((left + 1 / 640, top + 10 / 360, width + 1 / 640, height))
    QTest.keyClicks(canvas, "++-d")
    assert [area.cards for area in calibrator.editing.regions.areas] == [2, 2]
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert calibrator.editing.selected == SCREEN
    QTest.keyClick(canvas, Qt.Key.Key_Backtab)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(calibrator.editing.regions.areas) == 1
    QTest.keyClick(canvas, "f")
    assert len(calibrator.editing.regions.areas) == 3 and calibrator.message == "3 cards found"
    for _ in range(20):
        calibrator._do(calibrator.editing.undo)
    assert calibrator.editing.regions == Regions() and not calibrator.editing.can_undo


def test_names_may_contain_the_letters_of_the_keys(calibrator: Calibrator) -> None:
    QTest.keyClick(calibrator.canvas, "n")
    calibrator.name.setFocus()
    calibrator.name.selectAll()
    QTest.keyClicks(calibrator.name, "fond+")
    QTest.keyClick(calibrator.name, Qt.Key.Key_Return)
    assert [area.name for area in calibrator.editing.regions.areas] == ["fond+"]


def test_unsaved_changes_are_not_lost_by_one_close(calibrator: Calibrator) -> None:
    calibrator.use_default()
    assert calibrator.editing.regions == DEFAULT
    assert not calibrator.close() and "Not saved" in calibrator.message
    assert calibrator.close()


def test_what_cannot_be_saved_is_told(calibrator: Calibrator, tmp_path: Path) -> None:
    (tmp_path / "regions.json").mkdir()
    calibrator.use_default()
    calibrator.save()
    assert calibrator.message.startswith("not saved: ")


fractions = st.tuples(st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.01, 0.2), st.floats(0.01, 0.2))
pulls = st.tuples(st.sampled_from([MOVE, "l", "r", "t", "b", "lt", "rb"]), st.floats(-2, 2), st.floats(-2, 2))


@given(fractions, fractions, st.lists(pulls, max_size=6), st.booleans())
def test_whatever_is_pulled_stays_in_the_window_and_can_be_undone(
    first: tuple[float, float, float, float],
    screen: tuple[float, float, float, float],
    steps: list[tuple[str, float, float]],
    of_screen: bool,
) -> None:
    editing = Editing(Regions(screen=screen if of_screen else WHOLE))
    editing.add(first)
    for hold, dx, dy in steps:
        editing.remember()
        editing.drag(editing.box(0), hold, dx, dy)
        left, top, width, height = editing.regions.areas[0].box
        assert min(left, top) >= -1e-9 and max(left + width, top + height) <= 1 + 1e-9 and min(width, height) >= 0.0039
    while editing.can_undo:
        editing.undo()
    assert not editing.regions.areas


def test_edges_stop_before_each_other_and_boxes_have_any_two_corners() -> None:
    assert pulled((0.2, 0.2, 0.1, 0.1), "l", 1, 0)[2] == pytest.approx(0.004)
    assert pulled((0.2, 0.2, 0.1, 0.1), "rb", -1, -1)[2:] == pytest.approx((0.004, 0.004))
    assert between((0.5, 0.1), (0.2, 0.4)) == pytest.approx((0.2, 0.1, 0.3, 0.3))


def test_hits_prefer_the_selected_and_the_small() -> None:
    editing = Editing(Regions(areas=(Area("large", (0.1, 0.1, 0.8, 0.8)), Area("small", (0.4, 0.4, 0.2, 0.2)))))
    assert editing.hit(0.5, 0.5, 1000, 1000) == (1, MOVE)
    editing.selected = 0
    assert editing.hit(0.5, 0.5, 1000, 1000) == (0, MOVE)
    assert editing.hit(0.1, 0.1, 1000, 1000) == (0, "lt")
    assert editing.hit(0.9, 0.5, 1000, 1000) == (0, "r")
    assert editing.hit(0.0, 0.5, 1000, 1000) == (SCREEN, "l")
    assert editing.hit(0.05, 0.5, 1000, 1000) is None


def test_no_display_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from balatro.build_dataset.window.app import run_calibrator

    if not sys.platform.startswith("linux"):
        pytest.skip("elsewhere there is always a screen")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(InputError, match="no screen here"):
        run_calibrator(table(), tmp_path / "regions.json", classic)


def test_points_outside_of_the_frame_count_as_its_edge(calibrator: Calibrator) -> None:
    assert calibrator.canvas.fractions(QPointF(-50, 1e5)) == (0, 1)

"""The small window beside the game: the mission's buttons and keys, the last cards with what dedupe decided, counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, Qt, QThread, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from balatro.build_dataset.capture import HIDDEN_WAIT_S, Capture, Taken, TakenCard
from balatro.build_dataset.find_cards import Find
from balatro.build_dataset.regions import Regions, to_pixels
from balatro.build_dataset.window.calibrator import Calibrator
from balatro.build_dataset.window.overlay import RegionOverlay, Sign, area_signs, card_signs
from balatro.build_dataset.window.slots import NUM_SLOTS, CardStrip
from balatro.errors import BalatroError, InputError
from balatro.frames.sources import ScreenSource, Source
from balatro.frames.windows import NotVisibleError
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt.over import why_impossible
from balatro.utils.qt.parts import button, label, panel
from balatro.utils.qt.theme import STYLE

Result = TypeVar("Result")

FOLLOW_MS = 150
"""How often the regions on the screen are put where the game's window has gone."""

REDRAW_MS = 80
"""How long the desktop takes, at most, to show what lies below a window that was taken away."""


@dataclass(frozen=True)
class Action:
    """A button and its key."""

    key: str
    label: str
    method: str
    """Of `CaptureWindow`."""
    style: str = ""
    tip: str = ""


ACTIONS = (
    Action("S", "Show Regions", "show_regions", tip="Draw on the screen where cards are cut out"),
    Action("C", "Capture", "capture", "main", "Find the cards now and say what each is; nothing is saved"),
    Action("A", "Start Auto", "start_auto", "go", "Capture and save whenever the screen has changed and come to rest"),
    Action("H", "Hide Regions", "hide_regions", tip="Take them off the screen"),
    Action("V", "Capture && Save", "capture_and_save", "main", "Find the cards now and save the new ones"),
    Action("X", "Stop Auto", "stop_auto", "stop", "Stop capturing by itself"),
)
"""In the order of the grid, row by row."""
COUNTS = (
    ("saved", "saved"),
    ("new cluster", "new"),
    ("same cluster", "alike"),
    ("same group", "again"),
    ("duplicate", "known"),
    ("captures", "captures"),
)
"""What is counted, and the word below the number."""


class CaptureWindow(QWidget):
    """Drives a `Capture`. All work happens in this thread, a frame takes a few milliseconds."""

    def __init__(
        self,
        capture: Capture,
        make_finder: Callable[[Regions], Find],
        search: Callable[[], Find],
        regions: Regions,
        regions_path: Path,
        draw_areas: bool,
        reopen: Callable[[str], Source],
    ) -> None:
        """make_finder: for regions that the calibrator saved. search: makes the finder that needs none, for the calibrator.

        draw_areas: whether cards are cut out in the regions.

        reopen: opens the source of this name again, after its window was closed.
        """
        super().__init__()
        self._capture = capture
        self._make_finder = make_finder
        self._search = search
        self._regions_path = regions_path
        self._regions = regions
        self._draw_areas = draw_areas
        self._reopen = reopen
        self._gone = False
        self._taken: Taken | None = None
        self._numbered: Taken | None = None
        """The capture whose numbers may lie over the game: none as soon as the next is to be taken."""
        self._recent: list[TakenCard] = []
        self._overlay: RegionOverlay | None = None
        self._calibrator: Calibrator | None = None
        self._auto = QTimer(self)
        self._auto.timeout.connect(self._step)
        self._follow = QTimer(self)
        self._follow.timeout.connect(self._place_regions)
        self._buttons: dict[str, QPushButton] = {}
        self._numbers: dict[str, QLabel] = {}
        self._build()
        self._bind_keys()
        self._show_state("idle", "ready")
        self._refresh()

    # Layout.

    def _build(self) -> None:
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(OWN_TITLES[0])
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setStyleSheet(STYLE)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addLayout(self._header())
        column.addLayout(self._button_grid())
        self.last_cards = CardStrip(numbered=True)
        self.last_cards.clicked.connect(self.force)
        column.addWidget(self._panel("Last capture", "1–9 save a card in any case", self.last_cards))
        self.recent_cards = CardStrip(numbered=False)
        self.recent_cards.clicked.connect(lambda number: self._overrule(number - 1))
        column.addWidget(self._panel("Newest first", "O  overrules the newest “known” or “again”", self.recent_cards))
        column.addWidget(self._count_panel())
        column.addLayout(self._footer())
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _header(self) -> QHBoxLayout:
        self._title = label(self._capture.source.name, "head")
        self._pill = label(name="pill")
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(self._pill)
        return row

    def _button_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(7)
        for number, action in enumerate(ACTIONS):
            made = button(f"{action.key}   {action.label}", action.style, action.tip)
            made.clicked.connect(getattr(self, action.method))
            grid.addWidget(made, number // 3, number % 3)
            self._buttons[action.method] = made
        return grid

    def _panel(self, title: str, hint: str, content: QWidget) -> QFrame:
        ground = panel()
        column = QVBoxLayout(ground)
        column.setContentsMargins(11, 8, 11, 10)
        column.setSpacing(7)
        row = QHBoxLayout()
        row.addWidget(label(title))
        row.addStretch(1)
        row.addWidget(label(hint, "hint"))
        column.addLayout(row)
        column.addWidget(content)
        return ground

    def _count_panel(self) -> QFrame:
        ground = panel()
        row = QHBoxLayout(ground)
        row.setContentsMargins(11, 7, 11, 7)
        for key, word in COUNTS:
            cell = QVBoxLayout()
            cell.setSpacing(0)
            self._numbers[key] = label("0", "number", centred=True)
            cell.addWidget(self._numbers[key])
            cell.addWidget(label(word, "dim", centred=True))
            row.addLayout(cell, 1)
        return ground

    def _footer(self) -> QHBoxLayout:
        self._message = label(name="dim")
        self._message.setMinimumWidth(10)
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        edit = button("R   Edit regions…", tip="Draw with the mouse where cards are cut out")
        edit.clicked.connect(self.edit_regions)
        row = QHBoxLayout()
        row.addWidget(self._message, 1)
        row.addWidget(edit)
        return row

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {action.key: getattr(self, action.method) for action in ACTIONS}
        keys |= {"O": self.overrule, "R": self.edit_regions}
        keys |= {str(number): partial(self.force, number) for number in range(1, NUM_SLOTS + 1)}
        for key, method in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(method)

    # What the keys do.

    def capture(self) -> None:
        """C: find the cards now, and show what dedupe would do; nothing is saved."""
        taken = self._take()
        if taken is not None:
            new = sum(not card.is_duplicate for card in taken.cards)
            self._show_taken(taken, f"{len(taken.cards)} cards, {new} of them new; V saves those, 1–9 any")

    def capture_and_save(self) -> None:
        """V: find the cards now and save those that are new."""
        taken = self._take()
        if taken is not None and (saved := self._guarded(lambda: self._capture.save(taken))) is not None:
            self._show_saved(saved)

    def start_auto(self) -> None:
        """A: capture and save by itself from now on."""
        if not self._ensure_source():
            return
        self._clear_numbers()
        self._auto.start(max(1, round(1000 / self._capture.settings.max_fps)))
        self._show_state("auto", "auto")
        self._refresh()

    def stop_auto(self) -> None:
        """X: stop capturing by itself."""
        self._auto.stop()
        self._show_state("idle", "ready")
        self._refresh()

    def force(self, number: int) -> None:
        """1 to 9: save this card of the last capture whatever dedupe decided."""
        cards = self._taken.cards if self._taken is not None else ()
        if not 1 <= number <= len(cards):
            self._say(f"no card {number} in the last capture")
            return
        self._keep(cards[number - 1])

    def overrule(self) -> None:
        """O: say the opposite of dedupe about the newest card, and the next time about the one before it.

        What was taken for known is saved; a view taken for a card that is there gets a group of its own.
        """
        for index, card in enumerate(self._recent):
            if card.can_be_overruled:
                self._overrule(index)
                return
        self._say("none of these can be overruled: all are new, or yours already")

    def show_regions(self) -> None:
        """S: draw the regions, or the numbers of the found cards, over the game."""
        problem = why_impossible() or ("" if isinstance(self._capture.source, ScreenSource) else "the source is no screen")
        if problem:
            self._say(problem, failed=True)
            return
        if self._overlay is None:
            self._overlay = RegionOverlay()
        self._place_regions()
        self._overlay.show()
        self._follow.start(FOLLOW_MS)
        if not self._draw_areas:
            self._say("numbers lie over the cards of the last capture; areas are used with --find regions")
        self._refresh()

    def hide_regions(self) -> None:
        """H: take them off the screen."""
        self._follow.stop()
        if self._overlay is not None:
            self._overlay.hide()
        self._refresh()

    def edit_regions(self) -> None:
        """R: open the calibrator on the frame of this moment."""
        self.stop_auto()
        visible = self._overlay is not None and self._overlay.isVisible()
        self.hide_regions()  # they would be in the picture, and lie over the calibrator
        QThread.msleep(REDRAW_MS)
        frame = self._guarded(self._capture.source.grab) if self._ensure_source() else None
        if frame is None:
            return
        self._calibrator = Calibrator(frame.image, self._regions, self._regions_path, self._guarded(self._search))
        self._calibrator.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)  # as this window, which would lie over it
        self._calibrator.saved.connect(self._use_regions)
        if visible:
            self._calibrator.closed.connect(self.show_regions)
        self._calibrator.show()

    # Work.

    def _take(self) -> Taken | None:
        if not self._ensure_source():
            return None
        self._clear_numbers()
        return self._guarded(self._capture.take)

    def _clear_numbers(self) -> None:
        """Take the numbers of the last capture off the screen before the next: they may lie on other cards now."""
        if self._overlay is not None and self._overlay.signs and not self._draw_areas:
            self._overlay.show_signs([])
            self._numbered = None
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            QThread.msleep(REDRAW_MS)

    def _ensure_source(self) -> bool:
        """Open the source again when its window was closed before; whether there is one now."""
        if not self._gone:
            return True
        source = self._guarded(lambda: self._reopen(self._capture.source.name))
        if source is None:
            return False
        self._capture.source.close()
        self._capture.source = source
        self._gone = False
        return True

    def _guarded(self, work: Callable[[], Result]) -> Result | None:
        """The result, or None when it fails; the message says why."""
        try:
            return work()
        except NotVisibleError as error:
            self._say(str(error), failed=True)
        except BalatroError as error:
            self._gone = isinstance(error, InputError)
            self._fail(str(error))
        except OSError as error:
            self._fail(f"{error.filename or 'the disk'}: {(error.strerror or str(error)).lower()}")
        return None

    def _fail(self, message: str) -> None:
        self._auto.stop()
        self._show_state("failed", "stopped")
        self._say(message, failed=True)
        self._refresh()

    def _step(self) -> None:
        step = self._guarded(self._capture.step)
        if step is None:
            return
        self._auto.setInterval(round(1000 * HIDDEN_WAIT_S if step.waiting else 1000 / self._capture.settings.max_fps))
        if step.ended:
            self._fail("the source has ended")
        elif step.waiting:
            self._show_state("waiting", "waiting")
            self._say(step.waiting)
        else:
            self._show_state("auto", f"auto · {self._capture.fps:.1f} frames/s")
            if step.taken is not None:
                self._show_saved(step.taken)

    def _keep(self, card: TakenCard, work: Callable[[TakenCard], TakenCard] | None = None) -> None:
        kept = self._guarded(lambda: (work or self._capture.force)(card))
        if kept is card:
            self._say(f"{card.path.name if card.path else 'it'} is saved already")
        elif kept is not None and kept.path is not None:
            self._replace(card, kept)
            split = card.path is not None
            self._say(f"{kept.path.name}: {'in a group of its own now' if split else 'saved in any case'}")
            self._refresh()

    def _overrule(self, index: int) -> None:
        if 0 <= index < len(self._recent):
            self._keep(self._recent[index], self._capture.overrule)

    def _replace(self, old: TakenCard, new: TakenCard) -> None:
        """Put a card that was kept where it was shown before."""
        if self._taken is not None and any(card is old for card in self._taken.cards):
            cards = tuple(new if card is old else card for card in self._taken.cards)
            self._taken = replace(self._taken, cards=cards)
        known = any(card is old for card in self._recent)
        self._recent = [new if card is old else card for card in self._recent] if known else [new, *self._recent][:NUM_SLOTS]

    # What is shown.

    def _show_taken(self, taken: Taken, message: str) -> None:
        self._taken = self._numbered = taken
        self._say(message)
        self._refresh()
        self._place_regions()

    def _show_saved(self, taken: Taken) -> None:
        self._recent = [*taken.cards, *self._recent][:NUM_SLOTS]
        saved = [card for card in taken.cards if card.path is not None]
        known = len(taken.cards) - len(saved)
        names = f"; last {saved[-1].path.name}" if saved and saved[-1].path else ""
        self._show_taken(taken, f"{len(saved)} saved, {known} known{names}" if taken.cards else "no card found")

    def _show_state(self, state: str, word: str) -> None:
        if self._pill.property("state") != state:
            self._pill.setProperty("state", state)
            self._pill.style().polish(self._pill)
        self._pill.setText(word)

    def _say(self, message: str, failed: bool = False) -> None:
        self._message.setText(message)
        self._message.setToolTip(message)
        self._message.setStyleSheet("color: #ff9c94;" if failed else "")

    @property
    def message(self) -> str:
        """What the last line says."""
        return self._message.text()

    def _refresh(self) -> None:
        self.last_cards.show_cards(self._taken.cards if self._taken is not None else ())
        self.recent_cards.show_cards(self._recent)
        counts = self._capture.counts + self._capture.outcomes
        for key, shown_count in self._numbers.items():
            shown_count.setText(str(counts[key]))
        running = self._auto.isActive()
        shown = self._overlay is not None and self._overlay.isVisible()
        self._buttons["start_auto"].setEnabled(not running)
        self._buttons["stop_auto"].setEnabled(running)
        self._buttons["show_regions"].setEnabled(not shown)
        self._buttons["hide_regions"].setEnabled(shown)

    # Regions on the screen.

    def _use_regions(self, regions: Regions) -> None:
        """The calibrator saved these."""
        self._regions = regions
        self._capture.screen = regions.screen
        find = self._guarded(lambda: self._make_finder(regions))
        if find is not None:
            self._capture.find = find
            self._say(f"{len(regions.areas)} areas saved in {self._regions_path}")
        self._place_regions()

    def _place_regions(self) -> None:
        source = self._capture.source
        if self._overlay is None or not isinstance(source, ScreenSource):
            return
        try:
            box = source.box()
        except BalatroError:
            self._overlay.show_signs([])  # nothing may float over the desktop when the game is gone
            return
        self._overlay.follow(box)
        self._overlay.show_signs(self._signs(self._overlay.width(), self._overlay.height()))

    def _signs(self, width: int, height: int) -> list[Sign]:
        """The areas, where those are cut out; else numbers over the cards of the last capture. In pixels of the overlay.

        No numbers in auto mode: they would be in the next frames, and look like a change.
        """
        if self._draw_areas:
            return area_signs(self._regions, width, height)
        if self._numbered is None or self._auto.isActive():
            return []
        whole = self._numbered.frame.image
        left, top, _, _ = to_pixels(self._capture.screen, width, height)
        return card_signs(self._numbered.quads, (left, top), width / whole.shape[1])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's."""
        self._auto.stop()
        self._follow.stop()
        for window in (self._overlay, self._calibrator):
            if window is not None:
                window.close()
        event.accept()

"""The small window beside the game: the mission's buttons and keys, the last cards with what dedupe decided, counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QThread, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from balatro.build_dataset.capture import HIDDEN_WAIT_S, Capture, Taken, TakenCard
from balatro.build_dataset.find_cards import Find
from balatro.build_dataset.regions import Regions
from balatro.build_dataset.window.calibrator import Calibrator
from balatro.build_dataset.window.face import ACTIONS, Face
from balatro.build_dataset.window.regions_over import REDRAW_MS, RegionsOver
from balatro.build_dataset.window.slots import NUM_SLOTS, CardStrip
from balatro.errors import BalatroError, InputError
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import FrameSource
from balatro.frames.screens import ScreenSource
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt.over import why_impossible
from balatro.utils.qt.theme import STYLE

Result = TypeVar("Result")


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
        reopen: Callable[[str], FrameSource],
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
        self._reopen = reopen
        self._gone = False
        self._taken: Taken | None = None
        self._recent: list[TakenCard] = []
        self._calibrator: Calibrator | None = None
        self._auto = QTimer(self)
        self._auto.timeout.connect(self._step)
        self._over = RegionsOver(capture, regions, draw_areas, self._auto.isActive)
        self._face = Face(capture.source.name, lambda method: getattr(self, method), self.edit_regions)
        self._build()
        self._bind_keys()
        self._face.show_state("idle", "ready")
        self._refresh()

    def _build(self) -> None:
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(OWN_TITLES[0])
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setStyleSheet(STYLE)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._face)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.last_cards.clicked.connect(self.force)
        self.recent_cards.clicked.connect(lambda number: self._overrule(number - 1))

    @property
    def last_cards(self) -> CardStrip:
        """The cards of the last capture."""
        return self._face.last_cards

    @property
    def recent_cards(self) -> CardStrip:
        """The newest cards of all captures."""
        return self._face.recent_cards

    @property
    def message(self) -> str:
        """What the last line says."""
        return self._face.message

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
        self._over.clear_numbers()
        self._auto.start(max(1, round(1000 / self._capture.settings.max_fps)))
        self._face.show_state("auto", "auto")
        self._refresh()

    def stop_auto(self) -> None:
        """X: stop capturing by itself."""
        self._auto.stop()
        self._face.show_state("idle", "ready")
        self._refresh()

    def force(self, number: int) -> None:
        """1 to 9: save this card of the last capture whatever dedupe decided."""
        cards = self._taken.cards if self._taken is not None else ()
        if not 1 <= number <= len(cards):
            self._face.say(f"no card {number} in the last capture")
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
        self._face.say("none of these can be overruled: all are new, or yours already")

    def show_regions(self) -> None:
        """S: draw the regions, or the numbers of the found cards, over the game."""
        problem = why_impossible() or ("" if isinstance(self._capture.source, ScreenSource) else "the source is no screen")
        if problem:
            self._face.say(problem, failed=True)
            return
        self._over.show()
        if not self._over.draw_areas:
            self._face.say("numbers lie over the cards of the last capture; areas are used with --find regions")
        self._refresh()

    def hide_regions(self) -> None:
        """H: take them off the screen."""
        self._over.hide()
        self._refresh()

    def edit_regions(self) -> None:
        """R: open the calibrator on the frame of this moment."""
        self.stop_auto()
        visible = self._over.is_shown
        self.hide_regions()  # they would be in the picture, and lie over the calibrator
        QThread.msleep(REDRAW_MS)
        frame = self._guarded(self._capture.source.grab) if self._ensure_source() else None
        if frame is None:
            return
        self._calibrator = Calibrator(frame.image, self._over.regions, self._regions_path, self._guarded(self._search))
        self._calibrator.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)  # as this window, which would lie over it
        self._calibrator.saved.connect(self._use_regions)
        if visible:
            self._calibrator.closed.connect(self.show_regions)
        self._calibrator.show()

    # Work.

    def _take(self) -> Taken | None:
        if not self._ensure_source():
            return None
        self._over.clear_numbers()
        return self._guarded(self._capture.take)

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
            self._face.say(str(error), failed=True)
        except BalatroError as error:
            self._gone = isinstance(error, InputError)
            self._fail(str(error))
        except OSError as error:
            self._fail(f"{error.filename or 'the disk'}: {(error.strerror or str(error)).lower()}")
        return None

    def _fail(self, message: str) -> None:
        self._auto.stop()
        self._face.show_state("failed", "stopped")
        self._face.say(message, failed=True)
        self._refresh()

    def _step(self) -> None:
        step = self._guarded(self._capture.step)
        if step is None:
            return
        self._auto.setInterval(round(1000 * HIDDEN_WAIT_S if step.waiting else 1000 / self._capture.settings.max_fps))
        if step.ended:
            self._fail("the source has ended")
        elif step.waiting:
            self._face.show_state("waiting", "waiting")
            self._face.say(step.waiting)
        else:
            self._face.show_state("auto", f"auto · {self._capture.fps:.1f} frames/s")
            if step.taken is not None:
                self._show_saved(step.taken)

    def _keep(self, card: TakenCard, work: Callable[[TakenCard], TakenCard] | None = None) -> None:
        kept = self._guarded(lambda: (work or self._capture.force)(card))
        if kept is card:
            self._face.say(f"{card.path.name if card.path else 'it'} is saved already")
        elif kept is not None and kept.path is not None:
            self._replace(card, kept)
            split = card.path is not None
            self._face.say(f"{kept.path.name}: {'in a group of its own now' if split else 'saved in any case'}")
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
        self._taken = self._over.numbered = taken
        self._face.say(message)
        self._refresh()
        self._over.place()

    def _show_saved(self, taken: Taken) -> None:
        self._recent = [*taken.cards, *self._recent][:NUM_SLOTS]
        saved = [card for card in taken.cards if card.path is not None]
        known = len(taken.cards) - len(saved)
        names = f"; last {saved[-1].path.name}" if saved and saved[-1].path else ""
        self._show_taken(taken, f"{len(saved)} saved, {known} known{names}" if taken.cards else "no card found")

    def _refresh(self) -> None:
        self.last_cards.show_cards(self._taken.cards if self._taken is not None else ())
        self.recent_cards.show_cards(self._recent)
        self._face.show_counts(self._capture.counts + self._capture.outcomes)
        running, shown = self._auto.isActive(), self._over.is_shown
        self._face.enable({"start_auto": not running, "stop_auto": running, "show_regions": not shown, "hide_regions": shown})

    # Regions on the screen.

    def _use_regions(self, regions: Regions) -> None:
        """The calibrator saved these."""
        self._capture.screen = regions.screen
        find = self._guarded(lambda: self._make_finder(regions))
        if find is not None:
            self._capture.find = find
            self._face.say(f"{len(regions.areas)} areas saved in {self._regions_path}")
        self._over.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's."""
        self._auto.stop()
        self._over.close()
        if self._calibrator is not None:
            self._calibrator.close()
        event.accept()

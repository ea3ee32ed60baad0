"""The regions over the game while it is captured: drawn where the game's window is, and taken off before a frame is taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication

from balatro.build_dataset.capture import Capture, Taken
from balatro.build_dataset.regions import Regions, to_pixels
from balatro.build_dataset.window.overlay import RegionOverlay, Sign, area_signs, card_signs
from balatro.errors import BalatroError
from balatro.frames.screens import ScreenSource

FOLLOW_MS = 150
"""How often the regions on the screen are put where the game's window has gone."""

REDRAW_MS = 80
"""How long the desktop takes, at most, to show what lies below a window that was taken away."""


class RegionsOver(QObject):
    """Areas, where cards are cut out in them; else numbers over the cards of the last capture."""

    def __init__(self, capture: Capture, regions: Regions, draw_areas: bool, is_auto: Callable[[], bool]) -> None:
        """draw_areas: whether cards are cut out in the regions. is_auto: whether captures come by themselves now."""
        super().__init__()
        self.regions = regions
        self.draw_areas = draw_areas
        self.numbered: Taken | None = None
        """The capture whose numbers may lie over the game: none as soon as the next is to be taken."""
        self._capture = capture
        self._is_auto = is_auto
        self._overlay: RegionOverlay | None = None
        self._follow = QTimer(self)
        self._follow.timeout.connect(self.place)

    @property
    def is_shown(self) -> bool:
        return self._overlay is not None and self._overlay.isVisible()

    def show(self) -> None:
        if self._overlay is None:
            self._overlay = RegionOverlay()
        self.place()
        self._overlay.show()
        self._follow.start(FOLLOW_MS)

    def hide(self) -> None:
        self._follow.stop()
        if self._overlay is not None:
            self._overlay.hide()

    def close(self) -> None:
        self._follow.stop()
        if self._overlay is not None:
            self._overlay.close()

    def clear_numbers(self) -> None:
        """Take the numbers of the last capture off the screen before the next: they may lie on other cards now."""
        if self._overlay is not None and self._overlay.signs and not self.draw_areas:
            self._overlay.show_signs([])
            self.numbered = None
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            QThread.msleep(REDRAW_MS)

    def place(self) -> None:
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
        if self.draw_areas:
            return area_signs(self.regions, width, height)
        if self.numbered is None or self._is_auto():
            return []
        whole = self.numbered.frame.image
        left, top, _, _ = to_pixels(self._capture.screen, width, height)
        return card_signs(self.numbered.quads, (left, top), width / whole.shape[1])

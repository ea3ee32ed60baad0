"""The overlay, the preview or both: what each shows of the newest look, and what the keys do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QApplication

from balatro.identify_card.marks.labels import Drawing
from balatro.identify_card.watch.overlay.feed import Feed, Seen
from balatro.identify_card.watch.overlay.keys import Choices
from balatro.identify_card.watch.overlay.marks import Marks, Steady, marks_of
from balatro.identify_card.watch.overlay.mistakes import Mistakes
from balatro.identify_card.watch.overlay.panel import ControlWindow, move_off
from balatro.identify_card.watch.overlay.preview import PreviewWindow
from balatro.identify_card.watch.overlay.window import CardOverlay
from balatro.identify_card.watch.rest.told import State
from balatro.utils.qt.over import on_screens


class Windows:
    """Shows each newest look in the windows there are. Belongs to Qt's thread."""

    def __init__(self, feed: Feed, overlay: bool, preview: bool, drawing: Drawing) -> None:
        """One of overlay and preview must be wanted; an overlay alone has a small window with its buttons."""
        self.choices = Choices(drawing)
        self.overlay = CardOverlay() if overlay else None
        self.preview = PreviewWindow(self._actions()) if preview else None
        self.control = ControlWindow(self._actions()) if self.preview is None else None
        self._window = self.preview or self.control
        self._feed = feed
        self._steady = Steady()
        self._seen: Seen | None = None
        self._state: State | None = None
        self.mistakes = Mistakes(feed)

    def _actions(self) -> dict[str, Callable[[], object]]:
        """What each key does, by `Key.method`."""
        actions: dict[str, Callable[[], object]] = {
            "hide": lambda: self._choose(self.choices.hide),
            "next_style": lambda: self._choose(self.choices.next_style),
            "runners_up": lambda: self._choose(self.choices.runners_up),
            "wrong": self._report,
            "quit": QApplication.quit,
        }
        # What an overlay lies over goes on, whatever we do.
        return actions if self.overlay is not None else {**actions, "pause": self._pause}

    def tick(self, is_done: bool, failed: bool) -> None:
        """Show what is new. is_done: whether the watching has ended; failed: by an error."""
        # Of a video the last frame stays, to be looked at.
        if is_done and (failed or self._feed.is_live or self.preview is None):
            QApplication.quit()
        if not self._feed.is_open or self._window is None:
            return
        if not self._window.isVisible():
            self._window.show()
        seen = self._feed.newest
        if seen is not None and seen is not self._seen:
            first, self._seen = self._seen is None, seen
            if first:
                self._place(seen)
            self._show(seen)
        self._show_state()
        if self._feed.hidden and self.overlay is not None:
            self.overlay.clear()
        self._window.say(*self._words("ended" if is_done else ""))

    def _place(self, seen: Seen) -> None:
        """Put the window where it belongs, once."""
        if self.preview is not None:
            self.preview.fit(_size(seen))
        elif self.control is not None and seen.box is not None:
            move_off(self.control, on_screens(seen.box))

    def _show(self, seen: Seen) -> None:
        if self.overlay is not None and seen.box is not None:
            if self.choices.is_hidden:
                self.overlay.clear()
            else:
                marks = marks_of(self._steady.hold(seen.look.shown))
                self.overlay.show_marks(seen.box, _size(seen), marks, replace(self.choices.drawing, beside=True))
            self._feed.shows_itself = self.overlay.is_in_captures and self.overlay.isVisible()
        if self.preview is not None:
            hidden = self.choices.is_hidden or self._feed.shows_itself
            marks = Marks() if hidden else marks_of(seen.look.shown)
            self.preview.canvas.show_frame(seen.look.frame.image, marks, self.choices.drawing)

    def _show_state(self) -> None:
        """Show the table that was told last, if it is new; the first makes the window taller."""
        state = self._feed.state
        if state is None or state is self._state or self._window is None:
            return
        first, self._state = self._state is None, state
        self._window.show_table(state.table.to_json())
        if self.control is not None:
            self.control.adjustSize()
            if first and self._seen is not None:
                self._place(self._seen)

    def _words(self, end: str) -> tuple[str, str]:
        """What the window says: in short, and more."""
        if self._feed.hidden:
            return "waiting", self._feed.hidden
        if self._seen is None:
            return "opening", self._feed.name
        count = len(self._seen.look.shown)
        state = end or ("paused" if self._feed.is_paused else f"{count} card{'' if count == 1 else 's'}")
        return state, self.mistakes.note or self._seen.stats.line()

    def _report(self) -> None:
        """Keep what is seen now as a mistake, and ask what is right."""
        if self._seen is not None:
            self.mistakes.report(self._seen)

    def _choose(self, change: Callable[[], None]) -> None:
        change()
        if self._seen is not None:
            self._show(self._seen)

    def _pause(self) -> None:
        if not self._feed.is_live:
            self._feed.pause(not self._feed.is_paused)

    def close(self) -> None:
        """Take all windows away."""
        self.mistakes.close()
        for window in (self.overlay, self._window):
            if window is not None:
                window.hide()
                window.deleteLater()


def _size(seen: Seen) -> tuple[int, int]:
    """Width and height of its frame."""
    height, width = seen.look.frame.image.shape[:2]
    return width, height

"""X11: what lies over a window, asked again only when the server tells that something has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from balatro.frames.desktop.system import Standing
from balatro.utils.desktop import Box

_ALL_DESKTOPS = 0xFFFFFFFF


class X11:
    """A connection of our own to the display; python-xlib comes with pywinctl."""

    def __init__(self) -> None:
        from Xlib import X, display, error

        self._x, self._error = X, error
        self._display: Any = display.Display()
        self._root = self._display.screen().root
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask)
        self._known: dict[int, Standing] = {}

    def program(self, handle: Any) -> str:
        """As the kernel calls the process; under Proton that is the .exe's name."""
        pid = self._property(self._window(handle), "_NET_WM_PID")
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip() if pid else ""
        except OSError:  # of another machine, or ended
            return ""

    def number(self, handle: Any) -> int:
        """The window's id, as `xwininfo` shows it."""
        return int(handle.getHandle())

    def close(self) -> None:
        self._display.close()

    def standing(self, handle: Any) -> Standing:
        """Kept until the server tells of a change."""
        while self._display.pending_events():
            self._display.next_event()
            self._known.clear()
        number = self.number(handle)
        if number not in self._known:
            self._known[number] = self._look(self._window(handle))
        return self._known[number]

    def _look(self, window: Any) -> Standing:
        try:
            here, desktop = self._property(self._root, "_NET_CURRENT_DESKTOP"), self._property(window, "_NET_WM_DESKTOP")
            if None not in (here, desktop) and desktop not in (here, _ALL_DESKTOPS):
                return Standing(shown=False)
            stack = self._root.query_tree().children  # from the lowest to the highest
            numbers = [one.id for one in stack]
            above = stack[numbers.index(self._top(window).id) + 1 :]
        except (self._error.XError, ValueError):  # closed just now: its box will say so
            return Standing()
        return Standing(over=tuple(box for one in above for box in self._covers(one)))

    def _top(self, window: Any) -> Any:
        """The window, or the frame of the window manager around it, that is the root's child."""
        while (parent := window.query_tree().parent).id != self._root.id:
            window = parent
        return window

    def _covers(self, window: Any) -> Iterator[Box]:
        """What it covers: where it takes clicks. Shadows of its frame and overlays that let clicks through do not."""
        from Xlib.ext import shape

        try:
            attributes = window.get_attributes()
            if attributes.map_state != self._x.IsViewable or attributes.win_class != self._x.InputOutput:
                return
            place = window.get_geometry()
            parts = window.shape_get_rectangles(shape.SK.Input).rectangles
        except self._error.XError:  # closed just now
            return
        left, top = place.x + place.border_width, place.y + place.border_width
        for part in parts:
            yield Box(left + part.x, top + part.y, part.width, part.height)

    def _window(self, handle: Any) -> Any:
        return self._display.create_resource_object("window", self.number(handle))

    def _property(self, window: Any, name: str) -> int | None:
        """A property that is one number."""
        try:
            found = window.get_full_property(self._display.intern_atom(name), self._x.AnyPropertyType)
        except self._error.XError:
            return None
        return int(found.value[0]) if found is not None and len(found.value) else None

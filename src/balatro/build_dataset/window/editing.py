"""The calibrator's work without its window: areas drawn, moved, resized, named, and every step undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from balatro.build_dataset.regions import MAX_AREAS, MAX_CARDS, MIN_SIDE, WHOLE, Area, Fractions, Regions

SCREEN = -1
"""In the place of an area's number: the part of the window that is the game."""
MOVE = "move"
GRIP = 9.0
"""Pixels around an edge in which the mouse takes hold of it."""


class Editing:
    """Regions that are being changed. All places are fractions of the whole window, as the mouse has them."""

    def __init__(self, regions: Regions) -> None:
        self.regions = regions
        self.selected: int | None = None
        """Number of an area, SCREEN, or None."""
        self._before: list[tuple[Regions, int | None]] = []

    @property
    def can_undo(self) -> bool:
        """Whether anything was changed."""
        return bool(self._before)

    def remember(self) -> None:
        """Begin a change that `undo` takes back as a whole, such as a drag."""
        if not self._before or self._before[-1][0] is not self.regions:
            self._before.append((self.regions, self.selected))

    def undo(self) -> None:
        """Take the last change back."""
        while self._before:
            regions, selected = self._before.pop()
            if regions != self.regions:  # a click that changed nothing is no step
                self.regions, self.selected = regions, selected
                return

    # Places.

    def box(self, number: int) -> Fractions:
        """Where an area, or SCREEN, lies in the window."""
        screen = self.regions.screen
        if number == SCREEN:
            return screen
        left, top, width, height = self.regions.areas[number].box
        return (screen[0] + left * screen[2], screen[1] + top * screen[3], width * screen[2], height * screen[3])

    def set_box(self, number: int, box: Fractions) -> None:
        """Put an area, or SCREEN, there, as far as it has room."""
        if number == SCREEN:
            self.regions = replace(self.regions, screen=_within(box, WHOLE))
            return
        screen = self.regions.screen
        left, top, width, height = _within(box, screen)
        inner = ((left - screen[0]) / screen[2], (top - screen[1]) / screen[3], width / screen[2], height / screen[3])
        self._put(replace(self.regions.areas[number], box=_within(inner, WHOLE)), number)

    def hit(self, x: float, y: float, width: int, height: int) -> tuple[int, str] | None:
        """What lies under a point: a number, and MOVE or the edges taken hold of, of "lrtb".

        width, height: of the shown window in pixels, to know how near an edge is. The selected area comes first, then the
        smallest; the screen only at its edges, so that areas can be drawn on it.
        """
        order = sorted(range(len(self.regions.areas)), key=lambda n: (n != self.selected, self.box(n)[2] * self.box(n)[3]))
        for number in [*order, SCREEN]:
            hold = _hold(self.box(number), x, y, width, height)
            if hold and (number != SCREEN or hold != MOVE):
                return number, hold
        return None

    # Changes.

    def add(self, box: Fractions, name: str = "", cards: int = 1) -> None:
        """Add an area and select it."""
        if len(self.regions.areas) >= MAX_AREAS:
            return
        self.remember()
        area = Area(name or self._free_name(), WHOLE, cards)
        self.regions = replace(self.regions, areas=(*self.regions.areas, area))
        self.selected = len(self.regions.areas) - 1
        self.set_box(self.selected, box)

    def take_quads(self, quads: np.ndarray, width: int, height: int) -> None:
        """Make each found card, (N, 4, 2) in pixels of a window of this size, an area; those there were go."""
        self.remember()
        self.regions = replace(self.regions, areas=())
        for low, high in zip(quads.min(axis=1), quads.max(axis=1), strict=True):
            if len(self.regions.areas) < MAX_AREAS:
                self.regions = replace(self.regions, areas=(*self.regions.areas, Area(self._free_name(), WHOLE)))
                x, y, w, h = low[0] / width, low[1] / height, (high[0] - low[0]) / width, (high[1] - low[1]) / height
                self.set_box(len(self.regions.areas) - 1, (float(x), float(y), float(w), float(h)))
        self.selected = 0 if self.regions.areas else None

    def drag(self, start: Fractions, hold: str, dx: float, dy: float) -> None:
        """Put the selected one where it lies after its `hold` was pulled by dx, dy from where it was at `start`."""
        if self.selected is not None:
            self.set_box(self.selected, pulled(start, hold, dx, dy))

    def nudge(self, dx: float, dy: float, resize: bool) -> None:
        """Move the selected one, or its right and bottom edges."""
        if self.selected is not None:
            self.remember()
            self.drag(self.box(self.selected), "rb" if resize else MOVE, dx, dy)

    def remove(self) -> None:
        """Remove the selected area; the screen becomes the whole window."""
        if self.selected is None:
            return
        self.remember()
        if self.selected == SCREEN:
            self.regions = replace(self.regions, screen=WHOLE)
            return
        areas = [area for number, area in enumerate(self.regions.areas) if number != self.selected]
        self.regions = replace(self.regions, areas=tuple(areas))
        self.selected = min(self.selected, len(areas) - 1) if areas else None

    def duplicate(self) -> None:
        """Put a copy of the selected area to the right of it."""
        if self.selected is None or self.selected == SCREEN:
            return
        left, top, width, height = self.box(self.selected)
        self.add((left + width * 1.1, top, width, height), cards=self.regions.areas[self.selected].cards)

    def add_cards(self, count: int) -> None:
        """So many cards more (or fewer) lie side by side in the selected area."""
        area = self._area()
        if area is not None and 1 <= area.cards + count <= MAX_CARDS:
            self.remember()
            self._put(replace(area, cards=area.cards + count))

    def rename(self, name: str) -> None:
        """Name the selected area."""
        area = self._area()
        if area is not None and area.name != name:
            self.remember()
            self._put(replace(area, name=name))

    def select_next(self, step: int) -> None:
        """Select the next area, or the one before; after the last comes the screen."""
        order = [*range(len(self.regions.areas)), SCREEN]
        at = order.index(self.selected) if self.selected in order else -1 if step > 0 else 0
        self.selected = order[(at + step) % len(order)]

    def reset(self, regions: Regions) -> None:
        """Other regions in the place of all."""
        self.remember()
        self.regions, self.selected = regions, None

    def _area(self) -> Area | None:
        """The selected area, if one is."""
        return None if self.selected is None or self.selected == SCREEN else self.regions.areas[self.selected]

    def _put(self, area: Area, number: int | None = None) -> None:
        """Put an area in the place of another, by default of the selected one."""
        areas = list(self.regions.areas)
        areas[number if number is not None else self.selected or 0] = area
        self.regions = replace(self.regions, areas=tuple(areas))

    def _free_name(self) -> str:
        taken = {area.name for area in self.regions.areas}
        return next(name for n in range(1, MAX_AREAS + 2) if (name := f"card {n}") not in taken)


def pulled(box: Fractions, hold: str, dx: float, dy: float) -> Fractions:
    """A box after a pull: as a whole (MOVE), or by edges, a text of some of "lrtb"; an edge stops before the other."""
    left, top, width, height = box
    if hold == MOVE:
        return (left + dx, top + dy, width, height)
    if "l" in hold:
        dx = min(dx, width - MIN_SIDE)
        left, width = left + dx, width - dx
    if "r" in hold:
        width = max(width + dx, MIN_SIDE)
    if "t" in hold:
        dy = min(dy, height - MIN_SIDE)
        top, height = top + dy, height - dy
    if "b" in hold:
        height = max(height + dy, MIN_SIDE)
    return (left, top, width, height)


def between(one: Sequence[float], other: Sequence[float]) -> Fractions:
    """The box with these two corners."""
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return (left, top, right - left, bottom - top)


def _within(box: Fractions, room: Fractions) -> Fractions:
    """A box moved into a room, and made smaller where it is larger."""
    width, height = (min(max(side, MIN_SIDE), limit) for side, limit in zip(box[2:], room[2:], strict=True))
    left = min(max(box[0], room[0]), room[0] + room[2] - width)
    top = min(max(box[1], room[1]), room[1] + room[3] - height)
    return (left, top, width, height)


def _hold(box: Fractions, x: float, y: float, width: int, height: int) -> str:
    """What of a box lies under a point: edges, MOVE, or nothing."""
    left, top = (box[0] - x) * width, (box[1] - y) * height
    right, bottom = left + box[2] * width, top + box[3] * height
    if not (left - GRIP <= 0 <= right + GRIP and top - GRIP <= 0 <= bottom + GRIP):
        return ""
    # A small box must still be movable.
    grip_x, grip_y = min(GRIP, (right - left) / 4), min(GRIP, (bottom - top) / 4)
    edges = "l" * (left >= -grip_x) or "r" * (right <= grip_x)
    edges += "t" * (top >= -grip_y) or "b" * (bottom <= grip_y)
    return edges or MOVE

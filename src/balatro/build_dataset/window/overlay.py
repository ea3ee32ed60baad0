"""The regions drawn on the screen, over the game.

A window of lines and little signs only: everything else is cut out of its shape, so it needs no transparency, hides nothing and
lets every click through. All lines lie outside of what is cut out for the dataset, so no picture ever shows them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QRegion, QScreen
from PySide6.QtWidgets import QWidget

from balatro.build_dataset.regions import Regions, card_boxes, to_pixels
from balatro.build_dataset.window.theme import BLUE, GROUND, ORANGE
from balatro.build_dataset.windows import OWN_TITLES, Box
from balatro.config.shapes import MARGIN

LINE = 2
GAP = 3
"""Pixels between what is cut out and the line around it."""
MOVED = 6
"""Pixels by which a card must move before its sign follows: cards of the game are never quite still."""


@dataclass(frozen=True)
class Sign:
    """A rectangle of the game with a word; framed, or only marked by its word."""

    rect: tuple[float, float, float, float]
    """Left, top, width, height in pixels of the overlay."""
    word: str
    framed: bool = True
    margin: tuple[float, float] = (0.0, 0.0)
    """Pixels around it that are cut out too."""


def why_impossible() -> str:
    """Why nothing can be drawn over other windows here; empty when it can."""
    if QGuiApplication.platformName().startswith("wayland"):
        return "Wayland lets no program draw over another's window; start the game and Balatro under X11 (QT_QPA_PLATFORM=xcb)"
    return ""


def to_logical(box: Box, screens: Sequence[tuple[Box, float]]) -> Box:
    """A box of real pixels in Qt's units, on the screen that shows most of it.

    screens: each one's place in Qt's units, and its real pixels for one unit. Qt leaves a screen's corner where the system has
    it and counts from there in its own units.
    """

    def shown(screen: tuple[Box, float]) -> int:
        place, ratio = screen
        real = Box(place.left, place.top, round(place.width * ratio), round(place.height * ratio))
        common = box.overlap(real)
        return common.width * common.height

    if not screens:
        return box
    place, ratio = max(screens, key=shown)
    return Box(
        round(place.left + (box.left - place.left) / ratio),
        round(place.top + (box.top - place.top) / ratio),
        round(box.width / ratio),
        round(box.height / ratio),
    )


def area_signs(regions: Regions, width: float, height: float) -> list[Sign]:
    """A framed sign for each area, in pixels of a window of this size."""
    x, y, w, h = to_pixels(regions.screen, width, height)
    signs = []
    for area in regions.areas:
        left, top, wide, high = to_pixels(area.box, w, h)
        word = f"{area.name} ×{area.cards}" if area.cards > 1 else area.name
        card = card_boxes(area, w, h)[0]
        signs.append(Sign((x + left, y + top, wide, high), word, margin=(card[2] * MARGIN, card[3] * MARGIN)))
    return signs


def card_signs(quads: np.ndarray, offset: tuple[float, float], scale: float) -> list[Sign]:
    """A number over each card found, (N, 4, 2) in pixels of the game, as on the keys 1 to 9."""
    low, high = quads.min(axis=1), quads.max(axis=1)
    boxes = np.concatenate([low * scale + np.array(offset), (high - low) * scale], axis=1)
    return [
        Sign((x, y, w, h), str(number + 1), False, (w * MARGIN, h * MARGIN))
        for number, (x, y, w, h) in enumerate(boxes[:9].tolist())
    ]


class RegionOverlay(QWidget):
    """Signs over a part of the screen."""

    def __init__(self) -> None:
        super().__init__(
            None,
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.Tool
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.X11BypassWindowManagerHint,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setWindowTitle(OWN_TITLES[1])
        self._signs: list[Sign] = []
        self._font = QFont()
        self._font.setPixelSize(12)
        self._font.setBold(True)

    @property
    def signs(self) -> list[Sign]:
        """What is drawn."""
        return list(self._signs)

    def follow(self, box: Box) -> None:
        """Lie over this box of the desktop, in real pixels."""
        place = to_logical(box, [] if sys.platform == "darwin" else [_screen(s) for s in QGuiApplication.screens()])
        rect = QRect(place.left, place.top, place.width, place.height)
        if rect != self.geometry():
            self.setGeometry(rect)
            self._cut()

    def show_signs(self, signs: Sequence[Sign]) -> None:
        """Draw these, unless they are where the old ones are."""
        if _alike(signs, self._signs):
            return
        self._signs = list(signs)
        self._cut()
        self.update()

    def _cut(self) -> None:
        """Give the window the shape of what is drawn."""
        shape = QRegion()
        for sign in self._signs:
            for rect in [*self._lines(sign), *self._label(sign)]:
                shape = shape.united(QRegion(rect))
        # An empty shape would mean the whole window.
        self.setMask(shape if not shape.isEmpty() else QRegion(0, 0, 1, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.setFont(self._font)
        for sign in self._signs:
            colour = QColor(BLUE if sign.framed else ORANGE)
            for line in self._lines(sign):
                painter.fillRect(line, colour)
            for label in self._label(sign):
                painter.fillRect(label, colour)
                painter.setPen(QColor(GROUND))
                painter.drawText(QRectF(label), Qt.AlignmentFlag.AlignCenter, sign.word)

    def _frame(self, sign: Sign) -> QRect:
        """Outside of the card, its margin and a gap."""
        left, top, width, height = sign.rect
        x, y = sign.margin[0] + GAP, sign.margin[1] + GAP
        return QRectF(left - x, top - y, width + 2 * x, height + 2 * y).toAlignedRect()

    def _lines(self, sign: Sign) -> list[QRect]:
        if not sign.framed:
            return []
        frame = self._frame(sign)
        x, y, w, h = frame.x() - LINE, frame.y() - LINE, frame.width() + 2 * LINE, frame.height() + 2 * LINE
        return [QRect(x, y, w, LINE), QRect(x, y + h - LINE, w, LINE), QRect(x, y, LINE, h), QRect(x + w - LINE, y, LINE, h)]

    def _label(self, sign: Sign) -> list[QRect]:
        """Its place above the frame, or below it; none when another card would be under it in both."""
        frame = self._frame(sign)
        metrics = QFontMetrics(self._font)
        width, height = metrics.horizontalAdvance(sign.word) + 10, metrics.height() + 2
        left = frame.x() - LINE if sign.framed else frame.center().x() - width // 2
        places = [QRect(left, y, width, height) for y in (frame.y() - LINE - height, frame.bottom() + 1 + LINE)]
        others = [self._frame(other) for other in self._signs if other is not sign]
        free = [place for place in places if self.rect().contains(place) and not any(place.intersects(o) for o in others)]
        return free[:1]


def _screen(screen: QScreen) -> tuple[Box, float]:
    place = screen.geometry()
    return Box(place.x(), place.y(), place.width(), place.height()), screen.devicePixelRatio()


def _alike(signs: Sequence[Sign], others: Sequence[Sign]) -> bool:
    if [(s.word, s.framed) for s in signs] != [(s.word, s.framed) for s in others]:
        return False
    return all(
        max(abs(a - b) for a, b in zip(s.rect, o.rect, strict=True)) < (1 if s.framed else MOVED)
        for s, o in zip(signs, others, strict=True)
    )

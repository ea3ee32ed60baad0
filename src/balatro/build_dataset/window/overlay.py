"""The regions drawn on the screen, over the game.

A window of lines and little signs only. All lines lie outside of what is cut out for the dataset: no picture ever shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QRegion

from balatro.build_dataset.regions import Regions, card_boxes, to_pixels
from balatro.config.shapes import MARGIN
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt.over import OverWindow
from balatro.utils.qt.theme import BLUE, GROUND, ORANGE

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


class RegionOverlay(OverWindow):
    """Signs over a part of the screen."""

    def __init__(self) -> None:
        super().__init__(OWN_TITLES[1])
        self._signs: list[Sign] = []
        self._font = QFont()
        self._font.setPixelSize(12)
        self._font.setBold(True)

    @property
    def signs(self) -> list[Sign]:
        """What is drawn."""
        return list(self._signs)

    def show_signs(self, signs: Sequence[Sign]) -> None:
        """Draw these, unless they are where the old ones are."""
        if _alike(signs, self._signs):
            return
        self._signs = list(signs)
        self.cut()
        self.update()

    def cut(self) -> None:
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


def _alike(signs: Sequence[Sign], others: Sequence[Sign]) -> bool:
    if [(s.word, s.framed) for s in signs] != [(s.word, s.framed) for s in others]:
        return False
    return all(
        max(abs(a - b) for a, b in zip(s.rect, o.rect, strict=True)) < (1 if s.framed else MOVED)
        for s, o in zip(signs, others, strict=True)
    )

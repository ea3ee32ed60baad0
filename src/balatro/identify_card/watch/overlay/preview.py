"""A plain window that shows what is watched, with the cards marked: for recordings and streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from balatro.identify_card.marks.draw import draw_cards
from balatro.identify_card.marks.labels import Drawing
from balatro.identify_card.watch.overlay.marks import Marks, scaled
from balatro.identify_card.watch.overlay.panel import WatchWindow
from balatro.utils.qt.theme import EDGE, GROUND

FIRST_SHARE = 0.7
"""Of the screen, that the window takes at most when it opens."""


class Canvas(QWidget):
    """A frame, as large as there is room for it, with sharp marks at any size."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(320, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._frame: np.ndarray | None = None
        self._marks, self._drawing = Marks(), Drawing()
        self._picture: QImage | None = None
        self._hint = QSize(960, 540)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return self._hint

    def show_frame(self, frame: np.ndarray, marks: Marks, drawing: Drawing) -> None:
        """Show an (H, W, 3) uint8 RGB frame."""
        self._frame, self._marks, self._drawing = frame, marks, drawing
        self._draw()

    def place(self) -> QRect:
        """Where the frame lies, in Qt's units; empty without one."""
        if self._frame is None:
            return QRect()
        size = QSize(self._frame.shape[1], self._frame.shape[0]).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2), size)

    def _draw(self) -> None:
        place, ratio = self.place(), self.devicePixelRatioF()
        width, height = round(place.width() * ratio), round(place.height() * ratio)
        if self._frame is None or min(width, height) < 1:
            return
        factor = width / self._frame.shape[1]
        small = cv2.resize(self._frame, (width, height), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
        marks = scaled(self._marks, factor)
        drawn = draw_cards(small, marks.cards, self._drawing, marks.doubtful)
        self._picture = QImage(drawn.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(GROUND))
        if self._picture is None:
            painter.setPen(QColor(EDGE))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "waiting for the first frame")
        else:
            painter.drawImage(self.place(), self._picture)


class PreviewWindow(WatchWindow):
    """The canvas above the buttons."""

    def __init__(self, actions: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(actions)
        self.canvas = Canvas()
        self.rows.insertWidget(0, self.canvas, 1)

    def fit(self, size: tuple[int, int]) -> None:
        """Take the size of a first frame, real pixels, if the screen has room for it."""
        screen = QApplication.primaryScreen().availableSize() * FIRST_SHARE
        wanted = QSize(*size) / self.devicePixelRatioF()
        if wanted.width() > screen.width() or wanted.height() > screen.height():
            wanted.scale(screen, Qt.AspectRatioMode.KeepAspectRatio)
        self.resize(self.size() + wanted.expandedTo(self.canvas.minimumSize()) - self.canvas.size())

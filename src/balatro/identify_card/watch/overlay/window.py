"""The outlines over the game.

The window has the shape of what is drawn and nothing else (`OverWindow`); edges of lines and letters are smoothed against
their dark shade, not against the game, so that no transparency is needed. Nothing lies upon a card: on most systems the
picture that is watched shows this window too.
"""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBitmap, QImage, QPainter, QPaintEvent, QRegion

from balatro.identify_card.marks.draw import draw_layer
from balatro.identify_card.marks.labels import Drawing
from balatro.identify_card.watch.overlay.marks import Marks
from balatro.utils.desktop import OWN_TITLES, Box
from balatro.utils.qt.over import OverWindow, leave_out_of_captures

OPAQUE = 100
"""Alpha from which on a pixel is part of the window."""


class CardOverlay(OverWindow):
    """Marks over a part of the screen."""

    def __init__(self) -> None:
        super().__init__(OWN_TITLES[4])
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.is_in_captures = not leave_out_of_captures(self)
        """Whether pictures of the screen show it."""
        self._layer = np.zeros((1, 1, 4), np.uint8)
        self._drawn: object = None

    def show_marks(self, box: Box, size: tuple[int, int], marks: Marks, drawing: Drawing) -> None:
        """Lie over this box of the desktop, real pixels, and mark cards of a frame of this width and height."""
        wanted = (size, marks, drawing)
        if wanted != self._drawn:
            self._drawn = wanted
            self._layer = draw_layer(size, marks.cards, drawing, marks.doubtful)
            self.cut()
            self.update()
        self.follow(box)
        # An empty shape would mean the whole window.
        self.setVisible(bool(marks.cards))

    def clear(self) -> None:
        """Draw nothing."""
        self.hide()
        self._drawn = None

    def cut(self) -> None:
        """Give the window the shape of what is drawn."""
        width, height = self.width(), self.height()
        alpha: np.ndarray = self._layer[..., 3]
        if alpha.shape != (height, width):
            alpha = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
        bits = np.packbits(alpha >= OPAQUE, axis=1, bitorder="little")
        shape = QBitmap.fromData(QSize(width, height), bits.tobytes(), QImage.Format.Format_MonoLSB)
        self.setMask(QRegion(shape))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        height, width = self._layer.shape[:2]
        image = QImage(self._layer.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied)
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.drawImage(self.rect(), image)

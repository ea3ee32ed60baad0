"""The canvas of the calibrator: a frozen frame with the areas on it, drawn, moved and resized with mouse and keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import (
    QSizePolicy,
    QWidget,
)

from balatro.build_dataset.regions import Area, Fractions, card_boxes
from balatro.build_dataset.window.editing import MOVE, SCREEN, Editing, between
from balatro.build_dataset.window.pictures import fitted, to_pixmap
from balatro.utils.qt.theme import BLUE, DIM, GROUND, ORANGE

CLICK = 4.0
"""Pixels under which a drag is a click and draws nothing."""
CURSORS = {
    MOVE: Qt.CursorShape.SizeAllCursor,
    "l": Qt.CursorShape.SizeHorCursor,
    "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor,
    "b": Qt.CursorShape.SizeVerCursor,
    "lt": Qt.CursorShape.SizeFDiagCursor,
    "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor,
    "lb": Qt.CursorShape.SizeBDiagCursor,
}
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(QWidget):
    """The frame with the areas on it."""

    changed = Signal()

    def __init__(self, image: np.ndarray, editing: Editing) -> None:
        super().__init__()
        self._editing = editing
        self._size = QSize(image.shape[1], image.shape[0])
        self._whole = to_pixmap(image)
        self._shown = self._whole
        self._drag: tuple[QPointF, str, Fractions] | None = None
        """Where it began, what is held (empty: a new area is drawn), and where that lay."""
        self._drawn: Fractions | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(480, 270)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # Places.

    def frame_rect(self) -> QRectF:
        """Where the frame is shown: in the middle, its shape kept."""
        size = QSize(self._size).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height())

    def fractions(self, point: QPointF) -> tuple[float, float]:
        """A point of the widget as fractions of the frame, kept within it."""
        rect = self.frame_rect()
        x, y = (point.x() - rect.x()) / rect.width(), (point.y() - rect.y()) / rect.height()
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def rect_of(self, box: Fractions) -> QRectF:
        """Fractions of the frame as a rectangle of the widget."""
        rect = self.frame_rect()
        left, top, width, height = box
        x, y = rect.x() + left * rect.width(), rect.y() + top * rect.height()
        return QRectF(x, y, width * rect.width(), height * rect.height())

    # Mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, y = self.fractions(event.position())
        hit = self._hit(x, y)
        self._editing.selected = hit[0] if hit is not None else None
        box = self._editing.box(hit[0]) if hit is not None else (x, y, 0.0, 0.0)
        self._drag = (event.position(), hit[1] if hit is not None else "", box)
        if hit is not None:
            self._editing.remember()
        self.changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        x, y = self.fractions(event.position())
        if self._drag is None:
            hit = self._hit(x, y)
            self.setCursor(QCursor(CURSORS[hit[1]] if hit is not None else Qt.CursorShape.CrossCursor))
            return
        start, hold, box = self._drag
        x0, y0 = self.fractions(start)
        if hold:
            self._editing.drag(box, hold, x - x0, y - y0)
            self.changed.emit()
        elif (event.position() - start).manhattanLength() >= CLICK:
            self._drawn = between((x0, y0), (x, y))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._drag = None
        if self._drawn is not None:
            self._editing.add(self._drawn)
            self._drawn = None
        self.changed.emit()

    def _hit(self, x: float, y: float) -> tuple[int, str] | None:
        rect = self.frame_rect()
        return self._editing.hit(x, y, int(rect.width()), int(rect.height()))

    # Keyboard.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, and + and -."""
        key = Qt.Key(event.key())
        if key in ARROWS:
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            resize = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            dx, dy = ARROWS[key]
            self._editing.nudge(dx * step / self._size.width(), dy * step / self._size.height(), resize)
        elif event.text() in ("+", "-"):
            self._editing.add_cards(1 if event.text() == "+" else -1)
        else:
            super().keyPressEvent(event)
            return
        self.changed.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from area to area."""
        self._editing.select_next(1 if forward else -1)
        self.changed.emit()
        return True

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = self.frame_rect()
        size = rect.size().toSize()
        if self._shown.deviceIndependentSize().toSize() != size:
            self._shown = fitted(self._whole, size, self.devicePixelRatioF())
        painter.drawPixmap(rect.topLeft(), self._shown)
        self._paint_screen(painter, rect)
        for number in range(len(self._editing.regions.areas)):
            self._paint_area(painter, number)
        if self._drawn is not None:
            painter.setPen(QPen(QColor(ORANGE), 2, Qt.PenStyle.DashLine))
            painter.setBrush(QColor(253, 162, 0, 40))
            painter.drawRect(self.rect_of(self._drawn))

    def _paint_screen(self, painter: QPainter, rect: QRectF) -> None:
        """What is not the game is dimmed."""
        screen = self.rect_of(self._editing.regions.screen)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 150))
        painter.setClipRegion(_outside(rect, screen))
        painter.drawRect(rect)
        painter.setClipping(False)
        chosen = self._editing.selected == SCREEN
        painter.setPen(QPen(QColor(ORANGE if chosen else DIM), 3 if chosen else 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(screen.adjusted(1, 1, -1, -1))

    def _paint_area(self, painter: QPainter, number: int) -> None:
        area, chosen = self._editing.regions.areas[number], self._editing.selected == number
        rect = self.rect_of(self._editing.box(number))
        colour = QColor(ORANGE if chosen else BLUE)
        if area.cards > 1:
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for x, y, w, h in self._cards(number):
                painter.drawRect(QRectF(x, y, w, h))
        painter.setPen(QPen(QColor(0, 0, 0, 140), 4 if chosen else 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.setPen(QPen(colour, 2))
        fill = QColor(colour)
        fill.setAlpha(36 if chosen else 18)
        painter.setBrush(fill)
        painter.drawRect(rect)
        self._paint_name(painter, rect, _word(area), colour)
        if chosen:
            painter.setPen(QPen(QColor(GROUND), 1))
            painter.setBrush(colour)
            for x in (rect.left(), rect.center().x(), rect.right()):
                for y in (rect.top(), rect.center().y(), rect.bottom()):
                    if (x, y) != (rect.center().x(), rect.center().y()):
                        painter.drawRect(QRectF(x - 4, y - 4, 8, 8))

    def _cards(self, number: int) -> list[tuple[float, float, float, float]]:
        """Each card of an area, in pixels of the widget."""
        screen = self.rect_of(self._editing.regions.screen)
        boxes = card_boxes(self._editing.regions.areas[number], screen.width(), screen.height())
        return [(screen.x() + x, screen.y() + y, w, h) for x, y, w, h in boxes]

    def _paint_name(self, painter: QPainter, rect: QRectF, name: str, colour: QColor) -> None:
        font = QFont(painter.font())
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        width, height = painter.fontMetrics().horizontalAdvance(name) + 10, 18
        top = rect.top() - height - 1 if rect.top() - height > self.frame_rect().top() else rect.bottom() + 1
        place = QRectF(rect.left() - 1, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRect(place)
        painter.setPen(QColor(GROUND))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)


def _word(area: Area) -> str:
    return f"{area.name} ×{area.cards}" if area.cards > 1 else area.name


def _outside(rect: QRectF, inner: QRectF) -> QRegion:
    return QRegion(rect.toAlignedRect()).subtracted(QRegion(inner.toAlignedRect()))

"""The calibrator: areas for cards drawn with the mouse on a frozen frame, or set with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QCursor,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from balatro.build_dataset.find_cards import Find
from balatro.build_dataset.regions import DEFAULT, Area, Fractions, Regions, card_boxes, save_regions
from balatro.build_dataset.window.editing import MOVE, SCREEN, Editing, between
from balatro.build_dataset.window.pictures import fitted, to_pixmap
from balatro.errors import BalatroError
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt.parts import button, label, panel
from balatro.utils.qt.theme import BLUE, DIM, GROUND, ORANGE, STYLE

SIDE = 274
"""Pixels for the list beside the canvas."""
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
HELP = (
    ("drag", "draw, move, resize"),
    ("Tab", "next area"),
    ("arrows", "move a pixel"),
    ("Shift + arrows", "ten pixels"),
    ("Ctrl + arrows", "resize"),
    ("N", "new area"),
    ("D", "copy to the right"),
    ("Del", "remove"),
    ("+ −", "cards in a row"),
    ("F", "take the cards found"),
    ("Ctrl + Z", "undo"),
    ("Ctrl + S", "save"),
)


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


class Calibrator(QWidget):
    """Canvas, list of areas, and saving."""

    saved = Signal(object)
    """The Regions, after they were written."""
    closed = Signal()

    def __init__(self, image: np.ndarray, regions: Regions, path: Path, find: Find | None = None) -> None:
        """image: (H, W, 3) uint8 RGB, a frame of the whole window. find: finds the cards in it, for F."""
        super().__init__()
        self.editing = Editing(regions)
        self._image = image
        self._path = path
        self._find = find
        self._stored = regions
        self._may_close = False
        self.canvas = Canvas(image, self.editing)
        self.canvas.changed.connect(self.refresh)
        self._build()
        self._bind_keys()
        self.resize(_start_size(image))
        self.refresh()
        self.canvas.setFocus()

    def _build(self) -> None:
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(OWN_TITLES[2])
        self.setStyleSheet(STYLE)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(self.canvas, 1)
        side = QVBoxLayout()
        side.setSpacing(10)
        row.addLayout(side)
        side.addWidget(label("Where cards lie", "head"))
        self.list = QListWidget()
        self.list.setFixedWidth(238)
        self.list.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.list.currentRowChanged.connect(self._choose)
        side.addWidget(self.list, 1)
        side.addLayout(self._form())
        side.addWidget(self._help())
        self._message = label(name="dim")
        self._message.setWordWrap(True)
        self._message.setFixedWidth(238)
        self._message.setMinimumHeight(34)
        side.addWidget(self._message)
        side.addLayout(self._bottom())

    def _form(self) -> QGridLayout:
        form = QGridLayout()
        form.setSpacing(7)
        self.name = QLineEdit()
        self.name.editingFinished.connect(self._rename)
        self.cards = label("", "head", centred=True)
        self.cards.setMinimumWidth(40)
        self._fewer, self._more = button("−", "step"), button("+", "step")
        self._fewer.clicked.connect(lambda: self._do(lambda: self.editing.add_cards(-1)))
        self._more.clicked.connect(lambda: self._do(lambda: self.editing.add_cards(1)))
        form.addWidget(label("Name", "dim"), 0, 0)
        form.addWidget(self.name, 0, 1, 1, 3)
        form.addWidget(label("Cards in a row", "dim"), 1, 0)
        for column, part in enumerate((self._fewer, self.cards, self._more)):
            form.addWidget(part, 1, column + 1)
        return form

    def _help(self) -> QFrame:
        ground = panel()
        form = QFormLayout(ground)
        form.setContentsMargins(10, 8, 10, 8)
        form.setVerticalSpacing(2)
        for key, what in HELP:
            form.addRow(label(key, "hint"), label(what, "hint"))
        return ground

    def _bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        usual = button("Usual places", tip="The places in a 16:9 window of Balatro")
        usual.clicked.connect(self.use_default)
        self._save_button = button("Save", "main")
        self._save_button.clicked.connect(self.save)
        row.addWidget(usual)
        row.addWidget(self._save_button)
        return row

    def _bind_keys(self) -> None:
        keys = {
            "N": self.add,
            "D": lambda: self._do(self.editing.duplicate),
            "F": self.take_found,
            "Del": lambda: self._do(self.editing.remove),
            "Backspace": lambda: self._do(self.editing.remove),
        }
        for key, method in keys.items():  # of the canvas, so that a name may have an N in it
            QShortcut(QKeySequence(key), self.canvas, context=Qt.ShortcutContext.WidgetShortcut).activated.connect(method)
        everywhere = {"Ctrl+Z": lambda: self._do(self.editing.undo), "Ctrl+S": self.save, "Esc": self._end}
        for key, method in everywhere.items():
            QShortcut(QKeySequence(key), self).activated.connect(method)

    def _end(self) -> None:
        self.close()

    def _do(self, change: Callable[[], None]) -> None:
        change()
        self.refresh()

    # What the keys do.

    def add(self) -> None:
        """N: an area of a card's size in the middle."""
        self._do(lambda: self.editing.add((0.46, 0.4, 0.085, 0.2)))

    def take_found(self) -> None:
        """F: the cards that are found in the frame become the areas."""
        if self._find is None:
            self._say("nothing finds cards here")
            return
        try:
            quads = np.asarray(self._find(self._image), np.float32).reshape(-1, 4, 2)
        except BalatroError as error:
            self._say(str(error))
            return
        if len(quads):
            self.editing.take_quads(quads, self._image.shape[1], self._image.shape[0])
        self.refresh()
        self._say(f"{len(quads)} cards found" if len(quads) else "no card found in this frame")

    def use_default(self) -> None:
        """The places in a 16:9 window of the game."""
        self._do(lambda: self.editing.reset(DEFAULT))

    def save(self) -> None:
        """Ctrl+S: write the settings file."""
        try:
            save_regions(self.editing.regions, self._path)
        except (BalatroError, OSError) as error:
            self._say(f"not saved: {error}")
            return
        self._stored = self.editing.regions
        self.refresh()
        self._say(f"saved in {self._path}")
        self.saved.emit(self.editing.regions)

    # What is shown.

    def refresh(self) -> None:
        """Show what there is now."""
        regions, selected = self.editing.regions, self.editing.selected
        words = [f"{area.name} ×{area.cards}" if area.cards > 1 else area.name for area in regions.areas] + [
            "the game's screen"
        ]
        self.list.blockSignals(True)
        if [self.list.item(row).text() for row in range(self.list.count())] != words:
            self.list.clear()
            self.list.addItems(words)
        self.list.setCurrentRow(-1 if selected is None else len(words) - 1 if selected == SCREEN else selected)
        self.list.blockSignals(False)
        is_area = selected is not None and selected != SCREEN
        area = regions.areas[selected or 0] if is_area else None
        self.name.setEnabled(is_area)
        for part in (self._fewer, self._more):
            part.setEnabled(is_area)
        self.cards.setText(str(area.cards) if area is not None else "–")
        if not self.name.hasFocus():
            self.name.setText(area.name if area is not None else "")
        self._may_close = False
        self._save_button.setEnabled(regions != self._stored or not self._path.exists())
        self._say(self._place(selected))
        self.canvas.update()

    def _place(self, selected: int | None) -> str:
        if selected is None:
            return "Draw a rectangle around a card, or around a row of them."
        left, top, width, height = self.editing.box(selected)
        wide, high = self._image.shape[1], self._image.shape[0]
        return f"{round(width * wide)}×{round(height * high)} pixels at {round(left * wide)}, {round(top * high)}"

    def _say(self, message: str) -> None:
        self._message.setText(message)

    @property
    def message(self) -> str:
        """What the last line says."""
        return self._message.text()

    def _choose(self, row: int) -> None:
        self.editing.selected = None if row < 0 else SCREEN if row == len(self.editing.regions.areas) else row
        self.refresh()

    def _rename(self) -> None:
        self.editing.rename(self.name.text().strip())
        self.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing with something unsaved needs to be asked for twice."""
        if self.editing.regions != self._stored and not self._may_close:
            self._may_close = True
            self._say("Not saved yet: Ctrl+S saves, closing once more forgets the changes.")
            event.ignore()
            return
        event.accept()
        self.closed.emit()


def _word(area: Area) -> str:
    return f"{area.name} ×{area.cards}" if area.cards > 1 else area.name


def _start_size(image: np.ndarray) -> QSize:
    """As large as the frame, when the screen has room for that."""
    screen = QGuiApplication.primaryScreen().availableSize() * 0.94
    room = QSize(screen.width() - SIDE, screen.height() - 24)
    size = QSize(image.shape[1], image.shape[0])
    if size.width() > room.width() or size.height() > room.height():
        size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    return QSize(size.width() + SIDE, min(max(size.height() + 24, 640), screen.height()))


def _outside(rect: QRectF, inner: QRectF) -> QRegion:
    return QRegion(rect.toAlignedRect()).subtracted(QRegion(inner.toAlignedRect()))

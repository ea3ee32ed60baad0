"""The calibrator: areas for cards drawn with the mouse on a frozen frame, or set with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from balatro.build_dataset.find_cards import Find
from balatro.build_dataset.regions import DEFAULT, Regions, save_regions
from balatro.build_dataset.window.canvas import Canvas
from balatro.build_dataset.window.editing import SCREEN, Editing
from balatro.errors import BalatroError
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt.parts import button, label, panel
from balatro.utils.qt.theme import STYLE

SIDE = 274
"""Pixels for the list beside the canvas."""
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


def _start_size(image: np.ndarray) -> QSize:
    """As large as the frame, when the screen has room for that."""
    screen = QGuiApplication.primaryScreen().availableSize() * 0.94
    room = QSize(screen.width() - SIDE, screen.height() - 24)
    size = QSize(image.shape[1], image.shape[0])
    if size.width() > room.width() or size.height() > room.height():
        size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    return QSize(size.width() + SIDE, min(max(size.height() + 24, 640), screen.height()))

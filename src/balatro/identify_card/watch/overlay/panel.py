"""The row of buttons and the line below it that say and change how watching goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from balatro.identify_card.table.show import table_lines
from balatro.identify_card.watch.overlay.keys import KEYS, Key
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt.parts import button, label
from balatro.utils.qt.theme import STYLE, TEXT

GAP = 4
"""Pixels between the small window and what it drives."""
SUITS = {"red": "#ff6a5e", "cyan": "#5ad1c8", "yellow": "#ffb53d", "blue": "#8ab8ff"}
"""The colours of `table_lines`, light enough for the window's dark ground."""


class WatchWindow(QWidget):
    """A window with a button for each key, and how watching goes; derived windows put more above them."""

    def __init__(self, actions: Mapping[str, Callable[[], object]]) -> None:
        """actions: what each `Key.method` does; keys without one have no button."""
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(OWN_TITLES[3])
        self.setStyleSheet(STYLE)
        self._on_close = actions["quit"]
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(10, 10, 10, 8)
        buttons = QHBoxLayout()
        for key in KEYS:
            if key.method in actions:
                buttons.addWidget(self._button(key, actions[key.method]))
        buttons.addStretch()
        self.rows.addLayout(buttons)
        self._head, self._status = label("", "head"), label("", "dim")
        buttons.addWidget(self._head)
        # A long line must not widen the window.
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.rows.addWidget(self._status)
        self._table = label()
        self._table.setTextFormat(Qt.TextFormat.RichText)
        self._table.setWordWrap(True)
        self._table.hide()
        self.rows.addWidget(self._table)

    def _button(self, key: Key, action: Callable[[], object]) -> QWidget:
        made = button(f"{key.word}  {key.keys[0]}", tip=key.tip)
        made.clicked.connect(action)
        for name in key.keys:
            QShortcut(QKeySequence(name), self).activated.connect(action)
        return made

    def say(self, head: str, status: str) -> None:
        """Set both lines, unless they are there."""
        for shown, text in ((self._head, head), (self._status, status)):
            if shown.text() != text:
                shown.setText(text)
                shown.setToolTip(text)

    def show_table(self, table: dict[str, Any]) -> None:
        """Set the lines of a table, as `Table.to_json` gives it, below the others."""
        self._table.setText(_html(table))
        self._table.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's; closing the window ends the watching."""
        self._on_close()
        super().closeEvent(event)


def _html(table: dict[str, Any]) -> str:
    """The table's lines, cards in the colours of their suits."""
    rows = ""
    for heading, said in table_lines(table):
        words = "&nbsp; ".join(f'<span style="color: {SUITS.get(colour, TEXT)}">{escape(word)}</span>' for word, colour in said)
        rows += f'<tr><td style="padding-right: 12px"><b>{escape(heading)}</b></td><td>{words}</td></tr>'
    return f"<table>{rows}</table>"


class ControlWindow(WatchWindow):
    """The buttons alone, for an overlay: that takes no key itself."""

    def __init__(self, actions: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(actions)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # the game keeps the keyboard
        self.setMinimumWidth(520)


def move_off(window: QWidget, box: QRect) -> None:
    """Lay a window beside a part of the desktop where there is room; else in the lower left corner of the screen."""
    mine = window.frameGeometry()
    screen = QApplication.primaryScreen().availableGeometry()
    places = [
        (box.left(), box.bottom() + GAP),
        (box.left(), box.top() - mine.height() - GAP),
        (box.right() + GAP, box.top()),
        (box.left() - mine.width() - GAP, box.top()),
    ]
    for x, y in places:
        mine.moveTo(x, y)
        if screen.contains(mine):
            break
    else:
        mine.moveBottomLeft(screen.bottomLeft())
    window.move(mine.topLeft())

"""What the capture window shows: the mission's buttons, the last cards, counts, a state and a message. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from balatro.build_dataset.window.slots import CardStrip
from balatro.utils.qt.parts import button, label, panel


@dataclass(frozen=True)
class Action:
    """A button and its key."""

    key: str
    label: str
    method: str
    """Of `CaptureWindow`."""
    style: str = ""
    tip: str = ""


ACTIONS = (
    Action("S", "Show Regions", "show_regions", tip="Draw on the screen where cards are cut out"),
    Action("C", "Capture", "capture", "main", "Find the cards now and say what each is; nothing is saved"),
    Action("A", "Start Auto", "start_auto", "go", "Capture and save whenever the screen has changed and come to rest"),
    Action("H", "Hide Regions", "hide_regions", tip="Take them off the screen"),
    Action("V", "Capture && Save", "capture_and_save", "main", "Find the cards now and save the new ones"),
    Action("X", "Stop Auto", "stop_auto", "stop", "Stop capturing by itself"),
)
"""In the order of the grid, row by row."""
COUNTS = (
    ("saved", "saved"),
    ("new cluster", "new"),
    ("same cluster", "alike"),
    ("same group", "again"),
    ("duplicate", "known"),
    ("captures", "captures"),
)
"""What is counted, and the word below the number."""


class Face(QWidget):
    """Buttons, cards and words. do: what each button's method is; edit: what the regions' button does."""

    def __init__(self, name: str, do: Callable[[str], Callable[[], object]], edit: Callable[[], object]) -> None:
        """name: of the source, in the first line."""
        super().__init__()
        self.last_cards = CardStrip(numbered=True)
        self.recent_cards = CardStrip(numbered=False)
        self._buttons: dict[str, QPushButton] = {}
        self._numbers: dict[str, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._header(name))
        column.addLayout(self._button_grid(do))
        column.addWidget(_panel("Last capture", "1–9 save a card in any case", self.last_cards))
        column.addWidget(_panel("Newest first", "O  overrules the newest “known” or “again”", self.recent_cards))
        column.addWidget(self._count_panel())
        column.addLayout(self._footer(edit))

    @property
    def message(self) -> str:
        """What the last line says."""
        return self._message.text()

    def say(self, message: str, failed: bool = False) -> None:
        self._message.setText(message)
        self._message.setToolTip(message)
        self._message.setStyleSheet("color: #ff9c94;" if failed else "")

    def show_state(self, state: str, word: str) -> None:
        """state: which colour the word in the corner has, as the theme knows them."""
        if self._pill.property("state") != state:
            self._pill.setProperty("state", state)
            self._pill.style().polish(self._pill)
        self._pill.setText(word)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        for key, shown_count in self._numbers.items():
            shown_count.setText(str(counts[key]))

    def enable(self, enabled: Mapping[str, bool]) -> None:
        """Which buttons can be pressed, by their methods; the others stay as they are."""
        for method, is_enabled in enabled.items():
            self._buttons[method].setEnabled(is_enabled)

    def _header(self, name: str) -> QHBoxLayout:
        self._title = label(name, "head")
        self._pill = label(name="pill")
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(self._pill)
        return row

    def _button_grid(self, do: Callable[[str], Callable[[], object]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(7)
        for number, action in enumerate(ACTIONS):
            made = button(f"{action.key}   {action.label}", action.style, action.tip)
            made.clicked.connect(do(action.method))
            grid.addWidget(made, number // 3, number % 3)
            self._buttons[action.method] = made
        return grid

    def _count_panel(self) -> QFrame:
        ground = panel()
        row = QHBoxLayout(ground)
        row.setContentsMargins(11, 7, 11, 7)
        for key, word in COUNTS:
            cell = QVBoxLayout()
            cell.setSpacing(0)
            self._numbers[key] = label("0", "number", centred=True)
            cell.addWidget(self._numbers[key])
            cell.addWidget(label(word, "dim", centred=True))
            row.addLayout(cell, 1)
        return ground

    def _footer(self, edit: Callable[[], object]) -> QHBoxLayout:
        self._message = label(name="dim")
        self._message.setMinimumWidth(10)
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        regions = button("R   Edit regions…", tip="Draw with the mouse where cards are cut out")
        regions.clicked.connect(edit)
        row = QHBoxLayout()
        row.addWidget(self._message, 1)
        row.addWidget(regions)
        return row


def _panel(title: str, hint: str, content: QWidget) -> QFrame:
    ground = panel()
    column = QVBoxLayout(ground)
    column.setContentsMargins(11, 8, 11, 10)
    column.setSpacing(7)
    row = QHBoxLayout()
    row.addWidget(label(title))
    row.addStretch(1)
    row.addWidget(label(hint, "hint"))
    column.addLayout(row)
    column.addWidget(content)
    return ground

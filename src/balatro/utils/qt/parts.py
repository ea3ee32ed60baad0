"""Small parts of which the windows are built; `name` is what the style sheet calls them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton


def label(text: str = "", name: str = "", centred: bool = False) -> QLabel:
    """A line of text."""
    made = QLabel(text)
    made.setObjectName(name)
    if centred:
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def button(text: str, name: str = "", tip: str = "") -> QPushButton:
    """A button that never takes the keyboard: the space bar would press it once more."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


def panel() -> QFrame:
    """A lighter ground for things that belong together."""
    made = QFrame()
    made.setObjectName("panel")
    return made

"""The window that asks which card of a frame is wrong, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from balatro.identify_card.card import Card
from balatro.identify_card.judge.regress import UNKNOWN, Case, spelt
from balatro.identify_card.marks.labels import NUMBERED, Drawing
from balatro.identify_card.mistakes.finds import Pixel, number_at, place_of
from balatro.identify_card.mistakes.keep import Right
from balatro.identify_card.watch.overlay.feed import Reads
from balatro.identify_card.watch.overlay.marks import Marks
from balatro.identify_card.watch.overlay.preview import Canvas
from balatro.utils.desktop import OWN_TITLES
from balatro.utils.qt.over import leave_out_of_captures
from balatro.utils.qt.parts import button, label
from balatro.utils.qt.theme import STYLE

WIDTH = 560
"""Of the window, in Qt's units, when it opens: it shall find room beside the game."""


class Picture(Canvas):
    """A frame of which a pixel can be chosen."""

    chosen = Signal(int, int)
    """The pixel of the frame, x and y."""

    def __init__(self, size: tuple[int, int]) -> None:
        """size: width and height of the frame."""
        super().__init__()
        self._size = size
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        place, (width, height) = self.place(), self._size
        x, y = event.position().x() - place.x(), event.position().y() - place.y()
        if 0 <= x < place.width() and 0 <= y < place.height():
            self.chosen.emit(int(x * width / place.width()), int(y * height / place.height()))


class WrongWindow(QWidget):
    """The frame with its numbered finds; a click chooses one, typing names it, Enter keeps it."""

    def __init__(
        self,
        case: Case,
        image: np.ndarray,
        cards: Sequence[Card],
        reads: Reads,
        tell: Callable[[Right, Pixel | None, bool], str],
        is_marked: bool = False,
    ) -> None:
        """image: (H, W, 3) uint8 RGB. tell: takes what is right, where, and whether to label it; says what went wrong.

        is_marked: whether the image shows the overlay's names already.
        """
        super().__init__()
        self.at: Pixel | None = None
        """Where the wrong card is; None: anywhere."""
        self._drawing = Drawing("outline") if is_marked else NUMBERED
        self._case, self._image, self._cards, self._tell = case, image, tuple(cards), tell
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(OWN_TITLES[5])
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setStyleSheet(STYLE)
        leave_out_of_captures(self)
        self._head, self._trouble = label("", "head"), label("", "dim")
        self._trouble.setWordWrap(True)
        size = (image.shape[1], image.shape[0])
        self.picture = Picture(size)
        self.picture.chosen.connect(lambda x, y: self._choose((x, y)))
        self.name, self.modifier = _name_field(reads), _modifier_field(reads)
        self.to_label = QCheckBox("Also keep the card as a picture to label")
        self._lay_out()
        self.name.returnPressed.connect(self._keep)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close)
        self.resize(WIDTH, WIDTH * size[1] // size[0] + 190)
        self._choose(place_of(case.finds, 1, size) if len(case.finds) == 1 else None)
        self.name.setFocus()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.addWidget(self._head)
        rows.addWidget(self.picture, 1)
        fields = QHBoxLayout()
        fields.addWidget(self.name, 1)
        if self.modifier.count():
            fields.addWidget(self.modifier)
        rows.addLayout(fields)
        rows.addWidget(self.to_label)
        buttons = QHBoxLayout()
        for text, name, tip, action in (
            ("Keep  Enter", "main", "Keep what is right", self._keep),
            ("It is no card", "", "Nothing is to be named there", self._keep_nothing),
            ("Later  Esc", "", f"The frame is kept: balatro regress tell {self._case.id}", self.close),
        ):
            made = button(text, name, tip)
            made.clicked.connect(action)
            buttons.addWidget(made)
        buttons.addStretch()
        rows.addLayout(buttons)
        rows.addWidget(self._trouble)

    def _choose(self, at: Pixel | None) -> None:
        """Ask about what lies at a pixel."""
        self.at = at
        number = None if at is None else number_at(self._case.finds, at)
        card = None if number is None else self._cards[number - 1]
        self.picture.show_frame(self._image, Marks(self._cards, frozenset((card,) if card else ())), self._drawing)
        if card is not None and card.modifier:
            self.modifier.setCurrentText(card.modifier)
        if number is not None:
            said = f"That is read as {self._case.finds[number - 1]}. What is it really?"
        elif at is not None:
            said = "No card is marked there. What is it?"
        else:
            said = f"Case {self._case.id} is kept. Click the card that is wrong."
        self._head.setText(said)
        self.to_label.setEnabled(number is not None)
        self.name.setFocus()

    def _keep(self) -> None:
        name = self.name.text().strip()
        if not name:
            self._trouble.setText("Type the card's name first.")
        elif name.casefold() == UNKNOWN:
            self._keep_nothing()
        else:
            self._send((spelt(name), self.modifier.currentText()))

    def _keep_nothing(self) -> None:
        self._send(("", ""))

    def _send(self, right: Right) -> None:
        trouble = self._tell(right, self.at, self.to_label.isEnabled() and self.to_label.isChecked())
        self._trouble.setText(trouble)
        if not trouble:
            self.close()


def _name_field(reads: Reads) -> QLineEdit:
    """Where a name is typed; the model's are offered."""
    field = QLineEdit()
    field.setPlaceholderText("Its name")
    offer = QCompleter(list(reads.names), field)
    offer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    offer.setFilterMode(Qt.MatchFlag.MatchContains)
    names = QListView()  # a window of its own: it takes no style from this one
    names.setStyleSheet(STYLE)
    offer.setPopup(names)
    field.setCompleter(offer)
    return field


def _modifier_field(reads: Reads) -> QComboBox:
    field = QComboBox()
    field.addItems(list(reads.modifiers))
    return field

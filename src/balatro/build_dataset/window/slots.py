"""Thumbnails of cards with what dedupe decided about each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from balatro.build_dataset.capture import TakenCard
from balatro.build_dataset.window.pictures import fitted, to_pixmap
from balatro.build_dataset.window.theme import FORCED, VERDICTS, Verdict
from balatro.utils.qt.theme import DIM, EDGE, GREY, GROUND, TEXT

NUM_SLOTS = 9
"""As many as there are keys 1 to 9."""
CARD = QSize(58, 78)
CAPTION = 19
PAD = 5


def verdict(card: TakenCard) -> Verdict:
    """How the decision about a card is shown."""
    return FORCED if card.forced else VERDICTS.get(card.decision.outcome, Verdict(card.decision.outcome, GREY, ""))


class CardSlot(QWidget):
    """The place of one card; a click on it says what its number key says."""

    clicked = Signal(int)

    def __init__(self, number: int, numbered: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._numbered = numbered
        self._card: TakenCard | None = None
        self._picture: QPixmap | None = None
        self.setFixedSize(CARD.width() + 2 * PAD, CARD.height() + CAPTION + 2 * PAD)

    @property
    def card(self) -> TakenCard | None:
        """The card shown, if any."""
        return self._card

    def show_card(self, card: TakenCard | None) -> None:
        """Show a card, or an empty place."""
        if card is self._card:
            return
        if card is None or self._card is None or card.crop is not self._card.crop:
            self._picture = None if card is None else fitted(to_pixmap(card.crop), CARD, self.devicePixelRatioF())
        self._card = card
        self.setToolTip("" if card is None else self._told(card))
        self.setCursor(Qt.CursorShape.PointingHandCursor if card is not None and not card.path else Qt.CursorShape.ArrowCursor)
        self.update()

    def _told(self, card: TakenCard) -> str:
        shown = verdict(card)
        lines = [f"{shown.word}: {shown.meaning}" if shown.meaning else shown.word]
        if card.decision.nearest_filename:
            lines.append(f"nearest: {card.decision.nearest_filename}")
        press = f"press {self._number} or click" if self._numbered else "click"
        lines.append(f"saved: {card.path.name}" if card.path else f"not saved; {press} to save it")
        if card.path and card.can_be_overruled and not self._numbered:
            lines.append("click if it is another card")
        return "\n".join(lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        if self._card is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._number)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        if self._card is None or self._picture is None:
            painter.setPen(QPen(QColor(EDGE), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(frame, 6, 6)
            if self._numbered:
                painter.setPen(QColor(EDGE))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))
            return
        shown = verdict(self._card)
        colour = QColor(shown.colour)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(QColor(GROUND))
        painter.drawRoundedRect(frame, 6, 6)
        saved = self._card.path is not None
        painter.setOpacity(1.0 if saved or not self._card.is_duplicate else 0.5)
        place = QRect(PAD, PAD, CARD.width(), CARD.height())
        size = self._picture.deviceIndependentSize().toSize()
        painter.drawPixmap(
            place.center().x() - size.width() // 2 + 1, place.center().y() - size.height() // 2 + 1, self._picture
        )
        painter.setOpacity(1.0)
        self._paint_caption(painter, shown, saved)
        if self._numbered:
            self._paint_number(painter, colour)

    def _paint_caption(self, painter: QPainter, shown: Verdict, saved: bool) -> None:
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(shown.colour if saved or shown.colour != GREY else DIM))
        place = QRect(0, self.height() - CAPTION - 3, self.width(), CAPTION)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{'✓ ' if saved else ''}{shown.word}")

    def _paint_number(self, painter: QPainter, colour: QColor) -> None:
        chip = QRectF(2, 2, 17, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(chip, 5, 5)
        font = painter.font()
        font.setPixelSize(11)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(GROUND if colour.lightness() > 110 else TEXT))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(self._number))


class CardStrip(QWidget):
    """Nine places in a row."""

    clicked = Signal(int)
    """Number of the card, from 1."""

    def __init__(self, numbered: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slots = [CardSlot(number + 1, numbered, self) for number in range(NUM_SLOTS)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for slot in self.slots:
            slot.clicked.connect(self.clicked)
            row.addWidget(slot)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_cards(self, cards: Sequence[TakenCard]) -> None:
        """Show the first nine of some cards."""
        for number, slot in enumerate(self.slots):
            slot.show_card(cards[number] if number < len(cards) else None)

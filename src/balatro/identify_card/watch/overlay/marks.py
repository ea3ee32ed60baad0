"""Which cards are marked, and where: the announced ones of a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.watch.followed import USUAL
from balatro.identify_card.watch.track import Shown

MOVED = 0.03
"""Shares of its height by which a card must move before its outline follows, where the outline is seen by who watches: cards
of the game are never quite still, and an outline that follows each sway would be news to look at, frame after frame."""
SURER = 0.05
"""Change of the confidence that is worth another label there."""


@dataclass(frozen=True)
class Marks:
    """What is drawn at one moment."""

    cards: tuple[Card, ...] = ()
    doubtful: frozenset[Card] = frozenset()
    """Of these, the covered ones and those read with less than the confidence that a name needs to be said."""


def marks_of(shown: Sequence[Shown]) -> Marks:
    """The marks of one look."""
    return Marks(
        tuple(one.card for one in shown),
        frozenset(one.card for one in shown if one.covered or one.card.confidence < USUAL.confidence),
    )


def scaled(marks: Marks, factor: float) -> Marks:
    """The same on a picture that is so many times as large."""
    return Marks(
        tuple(_scaled(card, factor) for card in marks.cards), frozenset(_scaled(card, factor) for card in marks.doubtful)
    )


def _scaled(card: Card, factor: float) -> Card:
    left, top, right, bottom = (round(edge * factor) for edge in card.box)
    quad = tuple((round(x * factor), round(y * factor)) for x, y in card.quad)
    return replace(card, box=(left, top, right, bottom), quad=quad)


class Steady:
    """Holds marks still while cards only sway."""

    def __init__(self) -> None:
        self._last: dict[int, Card] = {}

    def hold(self, shown: Sequence[Shown]) -> list[Shown]:
        """The same, with each card where it was marked before unless it has moved or changed."""
        held = [replace(one, card=self._held(one)) for one in shown]
        self._last = {one.track: one.card for one in held}
        return held

    def _held(self, one: Shown) -> Card:
        card, last = one.card, self._last.get(one.track)
        if last is None or (last.id, last.modifier) != (card.id, card.modifier):
            return card
        moved = np.abs(np.subtract(card.quad, last.quad)).max()
        near = moved < MOVED * (card.box[3] - card.box[1]) and abs(card.confidence - last.confidence) < SURER
        return last if near else card

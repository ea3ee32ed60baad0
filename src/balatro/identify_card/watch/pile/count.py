"""Which of the cards that are followed lie there for the first time: each is counted once, however long it lies.

The tracker says which card of this frame is which of the last one. What it cannot say is whether a card that was out of sight
and lies there again is the same or the next copy: here the place decides. No two cards of a pile lie exactly alike, and a card
that a hand has passed over lies as it lay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.watch.looks import distances
from balatro.identify_card.watch.track import Shown

MOVED = 0.04
"""Share of a card's longer side by which a corner must be off its place for the card to lie elsewhere; one is found to 0.01."""
LOST_S = 0.4
"""How long a card must not be found to be out of sight: one in the hand is lost for a frame or two whenever it is moved."""
SETTLE_S = 0.3
"""How long a card that was out of sight must lie elsewhere: its corners are found less exactly while a hand is over it."""
CARRIED_S = 3.0
"""How long ago at most a copy was seen that may be the one that lies here now: it was counted in the hand."""
ON_TOP = 0.7
"""Shares of a card's size between two cards that lie upon each other."""
PLACES = 12
"""Places that are remembered of a card: its corners may be fitted in more than one way."""


@dataclass(eq=False)
class _Lying:
    """A card that was counted, or may be one that was."""

    name: str | None
    places: list[np.ndarray]
    """(4, 2) float32 quads, the latest last."""
    seen: float
    lost: bool = False
    doubted: float | None = None
    """Since when it may be another copy than the one before it,"""
    before: tuple[np.ndarray, ...] = ()
    """which lay here."""

    def lies_as_before(self) -> bool:
        return any(shift(self.places[-1], place) < MOVED for place in self.before)


class Pile:
    """Counts the cards of one stream of frames."""

    def __init__(self, still: bool = False) -> None:
        """still: frames are pictures that each stand for themselves: all cards of each are counted."""
        self._still = still
        self._lying: dict[int, _Lying] = {}
        """By the track's number."""
        self._covered: list[_Lying] = []
        """Cards that are gone, and upon which none was laid: they may only be covered."""

    def see(self, shown: Sequence[Shown], seconds: float) -> list[Card]:
        """The cards that lie there for the first time. shown: every announced card of the frame of this time."""
        if self._still:
            return [one.card for one in shown if not one.covered]
        self._let_go({one.track for one in shown})
        for one in shown:
            if one.lost and one.track in self._lying:
                self._lying[one.track].lost = True
        return [one.card for one in shown if not one.covered and self._is_first(one, seconds)]

    def _let_go(self, there: set[int]) -> None:
        for track in [track for track in self._lying if track not in there]:
            self._covered.append(self._lying.pop(track))

    def _is_first(self, one: Shown, seconds: float) -> bool:
        """Whether this card is counted now; where it lies is remembered."""
        quad = np.array(one.card.quad, np.float32)
        card = self._lying.get(one.track)
        if card is None:
            card = self._lying[one.track] = _Lying(one.card.name, [quad], seconds)
            alike = [was for was in self._covered if was.name == card.name]
            if not alike:
                self._lay_upon(quad)
                return True
            card.doubted, card.before = seconds, tuple(place for was in alike for place in was.places)
        elif card.lost and seconds - card.seen >= LOST_S:
            card.doubted, card.before = seconds, tuple(card.places)
        self._see(card, quad, seconds)
        return card.doubted is not None and self._decide(card, seconds)

    def _see(self, card: _Lying, quad: np.ndarray, seconds: float) -> None:
        if all(shift(quad, place) >= MOVED / 4 for place in card.places):
            card.places = [*card.places[1 - PLACES :], quad]
        else:
            card.places.sort(key=lambda place: -shift(quad, place))  # the nearest is the latest
        card.seen, card.lost = seconds, False

    def _decide(self, card: _Lying, seconds: float) -> bool:
        """Whether a card that was out of sight, or may have been, is another copy; for a while that is left open."""
        assert card.doubted is not None
        if card.lies_as_before() or self._is_carried(card, seconds):
            card.doubted = None
            return False
        if seconds - card.doubted < SETTLE_S:
            return False
        card.doubted, card.places = None, card.places[-1:]
        self._lay_upon(card.places[-1])
        return True

    def _lay_upon(self, quad: np.ndarray) -> None:
        """A card was counted here: what is gone lies below it, if it lies here, and comes back only by another copy."""
        near = [distances(quad[None], was.places[-1][None])[0, 0] < ON_TOP for was in self._covered]
        self._covered = [was for was, is_near in zip(self._covered, near, strict=True) if not is_near]

    def _is_carried(self, card: _Lying, seconds: float) -> bool:
        """Whether another copy, counted while it was carried here, is out of sight since: it is what lies here now."""
        lost = [was for was in self._lying.values() if was.lost and was is not card]
        gone = [was for was in self._covered if was.name == card.name and not _same(was.places, card.before)]
        return any(was.name == card.name and seconds - was.seen < CARRIED_S for was in [*lost, *gone])


def _same(places: Sequence[np.ndarray], before: Sequence[np.ndarray]) -> bool:
    """Whether these are the places of the card before."""
    return any(place is one for place in places for one in before)


def shift(quad: np.ndarray, other: np.ndarray) -> float:
    """How far the corners of a (4, 2) quad are off those of another, at most, as a share of its longer side; in any turn."""
    turns = [float(np.linalg.norm(np.roll(quad, turn, axis=0) - other, axis=1).max()) for turn in range(4)]
    longer = float(np.linalg.norm(other - np.roll(other, 1, axis=0), axis=1).max())
    return min(turns) / max(longer, 1e-6)

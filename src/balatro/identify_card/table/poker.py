"""Which hand of poker some cards are, as the game names it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from balatro.config.playing_cards import RANKS, SUITS
from balatro.identify_card.table.records import PlayingCard

FIVE = 5
BENDERS = ("Four Fingers", "Shortcut", "Smeared Joker")
"""Jokers with which other cards make a straight or a flush."""


def hand_type(cards: Sequence[PlayingCard]) -> str | None:
    """The best hand of one to five cards by the game's own rules; None where a rank or suit is not known.

    A Stone card has neither. A debuffed Wild card is of its own suit alone. No joker is heeded.
    """
    faces = [card for card in cards if card.enhancement != "Stone"]
    if not cards or len(cards) > FIVE or any(card.rank is None or card.suit is None for card in faces):
        return None
    counts = sorted(Counter(card.rank for card in faces).values(), reverse=True) or [1]
    flush, straight = _is_flush(faces), _is_straight(faces)
    pair = len(counts) > 1 and counts[1] >= 2
    table = (
        ("Flush Five", counts[0] == 5 and flush),
        ("Flush House", counts[0] == 3 and pair and flush),
        ("Five of a Kind", counts[0] == 5),
        ("Straight Flush", straight and flush),
        ("Four of a Kind", counts[0] == 4),
        ("Full House", counts[0] == 3 and pair),
        ("Flush", flush),
        ("Straight", straight),
        ("Three of a Kind", counts[0] == 3),
        ("Two Pair", counts[0] == 2 and pair),
        ("Pair", counts[0] == 2),
    )
    return next((name for name, holds in table if holds), "High Card")


def _is_flush(cards: Sequence[PlayingCard]) -> bool:
    def is_of(card: PlayingCard, suit: str) -> bool:
        return card.suit == suit or (card.enhancement == "Wild" and not card.debuffed)

    return len(cards) == FIVE and any(all(is_of(card, suit) for card in cards) for suit in SUITS)


def _is_straight(cards: Sequence[PlayingCard]) -> bool:
    places = sorted(RANKS.index(card.rank) for card in cards if card.rank is not None)
    low_ace = [0, 1, 2, 3, len(RANKS) - 1]
    return len(places) == FIVE and (places == low_ace or places == list(range(places[0], places[0] + FIVE)))

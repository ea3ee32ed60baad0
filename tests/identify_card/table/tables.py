"""Tables written in a few words, for what compares them."""

from __future__ import annotations

from typing import Any

from balatro.identify_card.card import Card
from balatro.identify_card.table.records import CardOffer, Offer, PlayingCard, Shop, Table

BOX, QUAD = (0, 0, 10, 10), ((0, 0), (10, 0), (10, 10), (0, 10))


def card(name: str | None, modifier: str = "Base", confidence: float = 0.9) -> Card:
    """None: what has no name."""
    known = name is not None
    return Card(name, name, "Joker" if known else None, None, modifier, known, confidence, 0.9, BOX, QUAD, ())


def cards(words: str) -> tuple[Card, ...]:
    """Names with spaces between; `?` is none."""
    return tuple(card(None if word == "?" else word) for word in words.split())


def playing(word: str) -> PlayingCard:
    """`10H` and the like, `^` before a chosen one, `*` after an enhanced one, `?` for one that could not be read."""
    up, word = word.startswith("^"), word.lstrip("^")
    enhancement, word = "Steel" if word.endswith("*") else None, word.rstrip("*")
    suits = {"H": "Hearts", "C": "Clubs", "D": "Diamonds", "S": "Spades"}
    rank, suit = (None, None) if word == "?" else (word[:-1], suits[word[-1]])
    return PlayingCard(rank, suit, enhancement, None, "Base", False, False, up, 0.9, BOX, QUAD)


def hand(words: str) -> tuple[PlayingCard, ...]:
    return tuple(playing(word) for word in words.split())


def shop(words: str, vouchers: str = "", price: int | None = 4) -> Shop:
    offers = tuple(CardOffer(one, price) for one in cards(words))
    return Shop(offers, tuple(Offer(name, 10) for name in vouchers.split()))


def on(screen: str | None, **fields: Any) -> Table:
    return Table(screen, **fields)

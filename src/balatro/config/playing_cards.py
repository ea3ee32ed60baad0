"""What a playing card may be: ranks, suits, enhancements, seals; and the stickers of cards that have a name."""

from __future__ import annotations

RANKS = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "Jack", "Queen", "King", "Ace")
SUITS = ("Hearts", "Clubs", "Diamonds", "Spades")
ENHANCEMENTS = ("Bonus", "Mult", "Wild", "Glass", "Steel", "Stone", "Gold", "Lucky")
SEALS = ("Gold", "Red", "Blue", "Purple")
STICKERS = ("Eternal", "Perishable", "Rental", "Pinned")
ASPECTS = ("rank", "suit", "enhancement", "seal", "debuffed", "sticker")
"""Tasks of an encoder that tell more of a card of the game than its name; a model has some of them or none."""

"""What a thing on the screen is, before it has a name: the classes of the `kind` task, in index order."""

from __future__ import annotations

KINDS = ("nothing", "card", "playing card", "card back", "voucher", "booster pack")
"""`nothing` is no card, or parts of two; `card` is anything that may have a name: joker, tarot, planet, spectral."""
NOTHING, CARD, PLAYING_CARD = 0, 1, 2


def kind_of(card_type: str) -> int:
    """The kind of a deck's card by its type: the strangers' types are kinds of their own, every other type is `card`."""
    name = card_type.lower()
    return KINDS.index(name) if name in KINDS[2:] else CARD

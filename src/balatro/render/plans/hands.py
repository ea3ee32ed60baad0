"""Playing cards as a player meets them: dealt in a look, in a hand, played, or all of a deck in the view of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from balatro.render.deck import DeckCard
from balatro.render.plans.dealer import Dealer, Placed, at_rest

ENHANCED, SEALED, DEBUFFED, FACE_DOWN = 0.45, 0.3, 0.1, 0.04
"""How often a card in training is enhanced, sealed, debuffed, face down: more often than in a game, so that each is learned."""
STONES = 0.04
"""How often it is a Stone card, where the deck has one."""
EDITIONS = (0.52, 0.17, 0.15, 0.14, 0.02)
"""And how often it has each modifier; Negative ones come of mods only."""
RAISED = (15.0, 42.0)
"""How far a chosen card lies above its row."""


def playing_card(dealer: Dealer, debuffed: float = DEBUFFED, face_down: float = FACE_DOWN) -> dict[str, Any]:
    """A playing card in some look: what `Placed` says of it, apart from its place. The deck must have playing cards."""
    rng = dealer.rng
    back = dealer.stranger("Card back") if _is(dealer, face_down) else None
    if back is not None:
        return {"card": back, "modifier": 0, "debuffed": False, "stickers": ()}
    place = _which(dealer)
    card = dealer.deck.cards[place]
    grounds, seals = [name for name in dealer.deck.grounds if name], [*dealer.deck.seals]
    return {
        "card": place,
        "modifier": int(rng.choice(len(EDITIONS), p=EDITIONS)),
        "debuffed": _is(dealer, debuffed),
        "stickers": (),
        "face": _face(card, rng),
        "enhancement": str(rng.choice(grounds)) if card.faces and grounds and _is(dealer, ENHANCED) else card.enhancement,
        "seal": str(rng.choice(seals)) if seals and _is(dealer, SEALED) else "",
    }


def any_stranger(dealer: Dealer) -> dict[str, Any]:
    """Any card that has no name, each kind equally often: what `Placed` says of it; the deck must have some."""
    kinds = [*dealer.strangers]
    kind = kinds[int(dealer.rng.integers(len(kinds)))]
    if kind == "Playing card":
        return playing_card(dealer)
    return {"card": dealer.stranger(kind), "modifier": 0, "debuffed": False, "stickers": ()}


def _is(dealer: Dealer, share: float) -> bool:
    return bool(dealer.rng.random() < share)


def _which(dealer: Dealer) -> int:
    """The place of a playing card in the deck."""
    among = dealer.strangers["Playing card"]
    if _is(dealer, STONES):
        stones = [place for place in among if dealer.deck.cards[place].enhancement == "Stone"]
        among = np.array(stones) if stones else among
    return int(dealer.rng.choice(among))


def _face(card: DeckCard, rng: np.random.Generator) -> int:
    """Mostly one of the two that every card has; each of the rest is rare."""
    if len(card.faces) < 2:
        return 0
    return int(rng.integers(2 if rng.random() < 0.75 else len(card.faces)))


def lay_hand(dealer: Dealer, count: int, y: float) -> list[Placed]:
    """A hand: a slight fan over the width that eight cards have, some of them chosen."""
    if "Playing card" not in dealer.strangers:
        return []
    rng = dealer.rng
    step = 470 / max(count - 1, int(rng.integers(4, 10)))
    debuffed = 0.6 if rng.random() < 0.1 else DEBUFFED * 0.6
    face_down = 0.8 if rng.random() < 0.04 else FACE_DOWN
    chosen = 0.0 if rng.random() < 0.3 else 0.3
    placed = []
    for i in range(count):
        share = (i + 0.5) / count - 0.5
        up = float(rng.uniform(*RAISED)) if _is(dealer, chosen) else 0.0
        x, turn = 555 + step * (i - (count - 1) / 2), 0.2 * share * float(rng.uniform(0.7, 1.1)) + float(rng.normal(0, 0.012))
        look = playing_card(dealer, debuffed, face_down)
        placed.append(at_rest(dealer, area="hand", x=x, y=y + 21 * abs(share) - up, rotation=turn, **look))
    return placed


def lay_played(dealer: Dealer, count: int) -> list[Placed]:
    """Cards that were played, beside each other in the middle of the table."""
    if "Playing card" not in dealer.strangers:
        return []
    gap, y = float(dealer.rng.uniform(88, 105)), float(dealer.rng.uniform(240, 285))
    spots = [555 + gap * (i - (count - 1) / 2) for i in range(count)]
    return [at_rest(dealer, area="played", x=x, y=y, **playing_card(dealer)) for x in spots]


def lay_deck_view(dealer: Dealer) -> list[Placed]:
    """All of a deck in four rows, small and each over the one before, as the view of the deck shows it."""
    if "Playing card" not in dealer.strangers:
        return []
    rng = dealer.rng
    size, left, right = float(rng.uniform(0.55, 0.85)), float(rng.uniform(330, 480)), float(rng.uniform(850, 960))
    top, drop = float(rng.uniform(90, 130)), float(rng.uniform(0.9, 1.1)) * size * 125
    placed = []
    for row in range(4):
        count = int(rng.integers(6, 18))
        for i in range(count):
            look = {**playing_card(dealer, face_down=0.0), "rotation": float(rng.normal(0, 0.01)), "enlarged": size}
            x = left + (right - left) * i / (count - 1)
            placed.append(at_rest(dealer, area="deck view", x=x, y=top + row * drop, **look))
    return placed

"""Plans of screens: where the cards lie, in the units of a 1024x576 room, before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from balatro.config.screens import CELL_WIDTH
from balatro.render.plans.dealer import Dealer, Placed, at_rest
from balatro.render.plans.hands import any_stranger, lay_deck_view, lay_hand, lay_played, playing_card

# Joker row and consumables are on every screen.


def _row(dealer: Dealer, count: int, area: str, left: float, right: float, y: float) -> list[Placed]:
    """Known cards between two middles, evenly; they overlap when there are many."""
    if count == 0:
        return []
    gap = (right - left) / max(count - 1, 1)
    gap = min(gap, CELL_WIDTH * float(dealer.rng.uniform(1.02, 1.5)))
    start = left + (right - left - gap * (count - 1)) * float(dealer.rng.choice([0.0, 0.5, 0.5, dealer.rng.random()]))
    return [at_rest(dealer, dealer.card(), area, start + gap * i, y) for i in range(count)]


def upper_rows(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    crowded = rng.random() < dealer.settings.crowded
    jokers = int(rng.integers(6, 16)) if crowded else int(rng.integers(0, 6))
    placed = _row(dealer, jokers, "jokers", 319, 319 + float(rng.uniform(340, 385)), 87)
    consumables = int(rng.choice([0, 1, 2, 2, 3, 5], p=[0.2, 0.25, 0.25, 0.15, 0.1, 0.05]))
    placed += _row(dealer, consumables, "consumables", 790, 790 + float(rng.uniform(90, 130)), 87)
    if dealer.chance(0.03) and (back := dealer.stranger("Card back")) is not None and placed:
        i = int(rng.integers(len(placed)))
        placed[i] = replace(placed[i], card=back, modifier=0)
    return placed


def _fixed(dealer: Dealer, kind: str, area: str, x: float, y: float, **more: Any) -> list[Placed]:
    card = dealer.stranger(kind)
    if card is None:
        return []
    return [at_rest(dealer, card, area, x, y, **{"modifier": 0, "debuffed": False, "stickers": (), **more})]


def _deck_pile(dealer: Dealer) -> list[Placed]:
    card = dealer.stranger("Card back")
    if card is None:
        return []
    x, y = 893 + dealer.rng.normal(0, 6), 478 + dealer.rng.normal(0, 6)
    return [Placed(card, 0, "deck", float(x), float(y), rotation=float(dealer.rng.normal(0, 0.01)), lifted=1.5)]


def _shop(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    count = int(rng.integers(1, 5))
    placed = _row(dealer, count, "shop", 613 - 52 * (count - 1), 613 + 52 * (count - 1), 280)
    for number in range(int(rng.integers(0, 3))):
        placed += _fixed(dealer, "Voucher", "voucher", 437 + 60 * number, 462)
    count = int(rng.integers(0, 3))
    for number in range(count):
        placed += _fixed(dealer, "Booster pack", "booster", 628 + 105 * number, 462)
    return placed + _deck_pile(dealer)


def _pack(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    count = int(rng.integers(1, 6))
    middle, gap = 555.0, float(rng.uniform(100, 125))
    if count > 3:
        gap *= 0.85
    if "Playing card" in dealer.strangers and rng.random() < 0.25:
        spots = [middle + gap * (i - (count - 1) / 2) for i in range(count)]
        placed = [at_rest(dealer, area="pack", x=x, y=412, **playing_card(dealer)) for x in spots]
    else:
        placed = [at_rest(dealer, dealer.card(), "pack", middle + gap * (i - (count - 1) / 2), 412) for i in range(count)]
    if rng.random() < 0.45:
        placed += lay_hand(dealer, int(rng.integers(5, 12)), 262)
    return placed + _deck_pile(dealer)


def _hand(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    placed = lay_hand(dealer, int(rng.integers(3, 14)), float(rng.uniform(380, 420)))
    if rng.random() < 0.4:
        placed += lay_played(dealer, int(rng.integers(1, 6)))
    return placed + _deck_pile(dealer)


def _blind(dealer: Dealer) -> list[Placed]:
    return _deck_pile(dealer)


def _scattered(dealer: Dealer) -> list[Placed]:
    """Cards of every kind anywhere, some upon others: screens that no layout of the game explains."""
    rng = dealer.rng
    placed = []
    for _ in range(int(rng.integers(3, 15))):
        x, y = float(rng.uniform(290, 1000)), float(rng.uniform(180, 540))
        if dealer.strangers and rng.random() < 0.3:
            placed.append(at_rest(dealer, area="scattered", x=x, y=y, **any_stranger(dealer)))
        else:
            placed.append(at_rest(dealer, dealer.card(), "scattered", x, y, enlarged=float(np.exp(rng.normal(0, 0.06)))))
    return placed


PLANS: dict[str, Callable[[Dealer], list[Placed]]] = {
    "shop": _shop,
    "pack": _pack,
    "hand": _hand,
    "blind": _blind,
    "scattered": _scattered,
    "deck": lay_deck_view,
}
"""What lies below the upper rows, for each of STATES."""

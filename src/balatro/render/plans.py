"""Plans of screens: where the cards lie, in the units of a 1024x576 room, before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.config.screens import CELL_WIDTH
from balatro.render.deck import Deck

if TYPE_CHECKING:
    from balatro.render.table import TableSettings


@dataclass(frozen=True)
class Placed:
    """A planned card: its place in deck.cards, modifier, and where it lies; x and y in room units."""

    card: int
    modifier: int
    area: str
    x: float
    y: float
    rotation: float = 0.0
    enlarged: float = 1.0
    tilt: tuple[float, float] = (0.0, 0.0)
    lifted: float = 1.0
    """Height over the table: scales the shadow."""
    debuffed: bool = False
    stickers: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Dealer:
    """Draws cards from a deck for a plan."""

    rng: np.random.Generator
    settings: TableSettings
    known: np.ndarray
    strangers: dict[str, np.ndarray] = field(default_factory=dict)
    num_stickers: int = 0

    def card(self) -> int:
        return int(self.rng.choice(self.known))

    def stranger(self, kind: str) -> int | None:
        among = self.strangers.get(kind)
        return None if among is None else int(self.rng.choice(among))

    def modifier(self) -> int:
        return int(self.rng.choice(len(MODIFIERS), p=self.settings.modifiers))

    def chance(self, share: float) -> bool:
        """True so often, scaled by how disturbed the table is."""
        return bool(self.rng.random() < share * self.settings.disturbed)


def make_dealer(deck: Deck, rng: np.random.Generator, settings: TableSettings, among: Sequence[int] | None) -> Dealer:
    known = np.asarray(among if among is not None else _known(deck))
    return Dealer(rng, settings, known, _strangers(deck), len(deck.stickers))


def _known(deck: Deck) -> np.ndarray:
    return _places(deck)[0]


def _strangers(deck: Deck) -> dict[str, np.ndarray]:
    return _places(deck)[1]


_PLACES: dict[int, tuple[Deck, np.ndarray, dict[str, np.ndarray]]] = {}


def _places(deck: Deck) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Places of the known cards and of each type of stranger; kept, since decks for training have thousands of cards."""
    kept = _PLACES.get(id(deck))
    if kept is None or kept[0] is not deck:
        known = np.array([i for i, card in enumerate(deck.cards) if card.known])
        kinds: dict[str, list[int]] = {}
        for i, card in enumerate(deck.cards):
            if not card.known:
                kinds.setdefault(card.type, []).append(i)
        _PLACES.clear()
        kept = _PLACES[id(deck)] = (deck, known, {kind: np.array(places) for kind, places in kinds.items()})
    return kept[1], kept[2]


# Joker row and consumables are on every screen.


def at_rest(dealer: Dealer, card: int, area: str, x: float, y: float, **more: object) -> Placed:
    """A card with the small rotation and tilt that it has at rest, and sometimes hovered, dragged, debuffed or marked."""
    rng = dealer.rng
    placed = Placed(
        card=card,
        modifier=dealer.modifier(),
        area=area,
        x=x,
        y=y + float(rng.normal(0, 1.5)),
        rotation=float(rng.normal(0, 0.03)),
        tilt=(float(rng.uniform(-0.03, 0.03)), float(rng.uniform(-0.03, 0.03))),
    )
    if dealer.chance(0.08):
        tilt = (float(rng.uniform(-0.13, 0.13)), float(rng.uniform(-0.13, 0.13)))
        placed = replace(placed, enlarged=float(rng.uniform(1.03, 1.12)), tilt=tilt)
    if dealer.chance(0.06):
        placed = replace(placed, y=placed.y - float(rng.uniform(8, 40)))
    if dealer.chance(0.02):
        placed = replace(placed, lifted=float(rng.uniform(1, 5)), rotation=float(rng.normal(0, 0.15)))
    if dealer.chance(0.03):
        placed = replace(placed, debuffed=True)
    if dealer.num_stickers and dealer.chance(0.12):
        placed = replace(placed, stickers=tuple(int(v) for v in rng.integers(0, dealer.num_stickers, rng.integers(1, 3))))
    return replace(placed, **more)  # type: ignore[arg-type]


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


def _fixed(dealer: Dealer, kind: str, area: str, x: float, y: float, **more: object) -> list[Placed]:
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


def _playing_cards(dealer: Dealer, count: int, area: str, left: float, right: float, y: float, bow: float) -> list[Placed]:
    placed: list[Placed] = []
    for i in range(count):
        share = i / max(count - 1, 1) - 0.5
        card = dealer.stranger("Playing card")
        if card is None:
            return []
        x = left + (right - left) * (share + 0.5)
        up = float(dealer.rng.uniform(15, 35)) if dealer.chance(0.25) else 0.0
        # Few playing cards carry an edition in play; enough here for a reader to learn that they may.
        modifier = dealer.modifier() if dealer.rng.random() < 0.3 else 0
        turn = 0.12 * share + float(dealer.rng.normal(0, 0.02))
        placed.append(at_rest(dealer, card, area, x, y + bow * share**2 - up, rotation=turn, modifier=modifier, stickers=()))
    return placed


def _pack(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    count = int(rng.integers(1, 6))
    middle, gap = 555.0, float(rng.uniform(100, 125))
    if count > 3:
        gap *= 0.85
    if rng.random() < 0.2:
        left = middle - gap * (count - 1) / 2
        placed = _playing_cards(dealer, count, "pack", left, 2 * middle - left, 412, 0)
    else:
        placed = [at_rest(dealer, dealer.card(), "pack", middle + gap * (i - (count - 1) / 2), 412) for i in range(count)]
    if rng.random() < 0.45:
        placed += _playing_cards(dealer, int(rng.integers(5, 12)), "hand", 325, 790, 262, 60)
    return placed + _deck_pile(dealer)


def _hand(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    placed = _playing_cards(dealer, int(rng.integers(3, 14)), "hand", 325, 790, float(rng.uniform(380, 420)), 60)
    if rng.random() < 0.4:
        count = int(rng.integers(1, 6))
        placed += _playing_cards(dealer, count, "played", 555 - 50 * (count - 1), 555 + 50 * (count - 1), 262, 0)
    return placed + _deck_pile(dealer)


def _blind(dealer: Dealer) -> list[Placed]:
    return _deck_pile(dealer)


def _scattered(dealer: Dealer) -> list[Placed]:
    """Cards of every kind anywhere, some upon others: screens that no layout of the game explains."""
    rng = dealer.rng
    kinds = [*dealer.strangers]
    placed = []
    for _ in range(int(rng.integers(3, 15))):
        x, y = float(rng.uniform(290, 1000)), float(rng.uniform(180, 540))
        if kinds and rng.random() < 0.3:
            card = dealer.stranger(kinds[int(rng.integers(len(kinds)))])
            assert card is not None
            placed.append(at_rest(dealer, card, "scattered", x, y, modifier=dealer.modifier() if rng.random() < 0.2 else 0))
        else:
            placed.append(at_rest(dealer, dealer.card(), "scattered", x, y, enlarged=float(np.exp(rng.normal(0, 0.06)))))
    return placed


PLANS: dict[str, Callable[[Dealer], list[Placed]]] = {
    "shop": _shop,
    "pack": _pack,
    "hand": _hand,
    "blind": _blind,
    "scattered": _scattered,
}
"""What lies below the upper rows, for each of STATES."""

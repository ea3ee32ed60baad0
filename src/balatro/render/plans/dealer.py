"""Dealing cards for a plan: which card, in which look, and how a card lies at rest. Units are those of a 1024x576 room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.config.playing_cards import STICKERS
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
    stickers: tuple[str, ...] = ()
    face: int = 0
    """Of a playing card: which of its faces, its enhancement and seal."""
    enhancement: str = ""
    seal: str = ""


@dataclass(frozen=True, eq=False)
class Dealer:
    """Draws cards from a deck for a plan."""

    rng: np.random.Generator
    settings: TableSettings
    known: np.ndarray
    deck: Deck
    strangers: dict[str, np.ndarray] = field(default_factory=dict)

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
    return Dealer(rng, settings, known, deck, _strangers(deck))


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


def at_rest(dealer: Dealer, card: int, area: str, x: float, y: float, **more: Any) -> Placed:
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
    if dealer.chance(0.06):
        placed = replace(placed, debuffed=True)
    if dealer.chance(0.3):
        placed = replace(placed, stickers=_stickers(dealer))
    return replace(placed, **more)


def _stickers(dealer: Dealer) -> tuple[str, ...]:
    """What the game puts on one card: Eternal or Perishable, Rental with either; and that of a stake that was won with it."""
    rng, stickers = dealer.rng, dealer.deck.stickers
    drawn = str(rng.choice(["", "Eternal", "Perishable"], p=[0.34, 0.33, 0.33]))
    names = [drawn, "Rental" if rng.random() < (0.3 if drawn else 0.7) else ""]
    stakes = [name for name in stickers if name not in STICKERS]
    if stakes and rng.random() < 0.25:
        names.append(stakes[int(rng.integers(len(stakes)))])
    return tuple(name for name in names if name in stickers)

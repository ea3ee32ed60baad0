"""The table as records, and as `balatro identify --table` writes it (docs/formats.md)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from balatro.identify_card.card import Card

Number: TypeAlias = "int | float | None"
SCREENS = (
    "hand", "shop", "pack", "blinds", "cash_out", "game_over", "collection", "deck_view", "run_info", "menu", "other",
)  # fmt: skip


@dataclass(frozen=True)
class PlayingCard:
    """A playing card; what could not be told, or what the card does not have, is None. Coordinates as of `Card`."""

    rank: str | None
    """One of RANKS; None on a Stone card or face down."""
    suit: str | None
    enhancement: str | None
    seal: str | None
    modifier: str | None
    debuffed: bool
    face_down: bool
    raised: bool
    """Whether it is chosen: it stands higher than the others of the hand."""
    confidence: float
    """Probability that all that is told of it is right, 0..1."""
    box: tuple[int, int, int, int]
    quad: tuple[tuple[int, int], ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "confidence": round(self.confidence, 4),
            "box": list(self.box),
            "quad": [list(corner) for corner in self.quad],
        }


@dataclass(frozen=True)
class Offer:
    """A voucher or a booster pack that is for sale."""

    name: str | None
    price: Number = None


@dataclass(frozen=True)
class CardOffer:
    """A card that is for sale."""

    card: Card | PlayingCard
    price: Number = None

    def to_json(self) -> dict[str, Any]:
        return card_json(self.card) | {"price": self.price}


@dataclass(frozen=True)
class Shop:
    """What is for sale, each from left to right."""

    cards: tuple[CardOffer, ...] = ()
    vouchers: tuple[Offer, ...] = ()
    packs: tuple[Offer, ...] = ()
    reroll: Number = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "cards": [offer.to_json() for offer in self.cards],
            "vouchers": [asdict(offer) for offer in self.vouchers],
            "packs": [asdict(offer) for offer in self.packs],
        }


@dataclass(frozen=True)
class Pack:
    """An opened booster pack, and what it lets one choose from."""

    name: str | None
    choose: Number
    cards: tuple[Card | PlayingCard, ...]

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "choose": self.choose, "cards": [card_json(card) for card in self.cards]}


@dataclass(frozen=True)
class Blind:
    """The blind that is played."""

    kind: str | None
    """Small, Big or Boss."""
    name: str | None
    score_at_least: Number
    reward: Number


@dataclass(frozen=True)
class Deck:
    """The deck's pile."""

    back: str | None
    left: Number
    of: Number


@dataclass(frozen=True)
class Table:
    """Everything that a player sees on a screen. None: not on the picture, or not to be told."""

    screen: str | None = None
    """One of SCREENS."""
    money: Number = None
    ante: Number = None
    antes: Number = None
    round: Number = None
    hands: Number = None
    discards: Number = None
    score: Number = None
    chips: Number = None
    mult: Number = None
    hand_type: str | None = None
    hand_level: Number = None
    blind: Blind | None = None
    jokers: tuple[Card, ...] | None = None
    joker_slots: Number = None
    consumables: tuple[Card, ...] | None = None
    consumable_slots: Number = None
    hand: tuple[PlayingCard, ...] | None = None
    played: tuple[PlayingCard, ...] | None = None
    pack: Pack | None = None
    shop: Shop | None = None
    deck: Deck | None = None
    tags: tuple[str, ...] | None = None
    stake: str | None = None
    doubts: tuple[str, ...] = ()
    """What contradicts itself, a sentence each."""

    def to_json(self) -> dict[str, Any]:
        """The value of `table` in a line of `balatro identify --table`; a list that is not on the picture is left out."""
        told = {name: _json(value) for name, value in vars(self).items()}
        return {name: value for name, value in told.items() if value is not None or name not in _LISTS}


_LISTS = ("jokers", "consumables", "hand", "played", "tags")


def card_json(card: Card | PlayingCard) -> dict[str, Any]:
    """A card as the table has it."""
    if isinstance(card, PlayingCard):
        return card.to_json()
    return card.to_json() | {"stickers": list(card.stickers), "debuffed": card.debuffed}


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [card_json(one) if isinstance(one, Card | PlayingCard) else one for one in value]
    if isinstance(value, Shop | Pack):
        return value.to_json()
    return asdict(value) if isinstance(value, Blind | Deck) else value

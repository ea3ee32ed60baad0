"""The demo deck: cards of our own, so that everything runs without the game, and endless invented cards to train on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from balatro.config import playing_cards
from balatro.config.objects import STAKES
from balatro.render.deck import Deck, DeckCard
from balatro.render.demo_art.compose import Drawing
from balatro.render.demo_art.emblems import SUITS
from balatro.render.demo_art.families import KINDS, draw_family, plan_family, strip
from balatro.render.demo_art.font import tall_font
from balatro.render.demo_art.frames import invented_word
from balatro.render.demo_art.named import draw_roster
from balatro.render.demo_art.roster import ROSTER
from balatro.render.demo_art.strangers import (
    ENHANCEMENTS,
    RANKS,
    booster_pack,
    card_back,
    card_face,
    card_ground,
    playing_card,
    seal,
    sticker,
    voucher,
)
from balatro.render.demo_art.traits import Dice

_STICKERS = ("Eternal", "Perishable", "Rental", *STAKES)
PACK_SIZES = ("", "Jumbo", "Mega")
BACKS = (
    "Brick Deck", "Fern Deck", "Harbour Deck", "Ember Deck", "Lantern Deck", "Orchard Deck", "Quarry Deck", "Saffron Deck",
    "Thistle Deck", "Velvet Deck", "Willow Deck", "Zephyr Deck",
)  # fmt: skip
VOUCHERS = (
    "Longer Shelf", "Longest Shelf", "Kind Grocer", "Kindest Grocer", "Polish", "Lacquer", "Second Try", "Third Try",
    "Looking Glass", "Spyglass", "Helping Hand", "Full Basket", "Piggy Bank", "Strongroom",
)  # fmt: skip
"""What the demo deck's backs and vouchers are called."""
_SOURCE = "drawn by this program; no art of any game"


def draw_demo_deck(seed: int = 0, cards: int | None = None) -> Deck:
    """The 202 cards of the demo deck with its strangers and stickers; with `cards` only so many of the 202, a fair sample.

    Bodies and floating layers are (95, 71, 4) uint8 RGBA with alpha 0 or 255. The same seed gives the same bytes; another
    seed gives the same names with other colours and faces.
    """
    known = tuple(draw_roster(f"demo {seed}", ROSTER))
    if cards is not None:
        known = tuple(known[place * len(known) // cards] for place in range(min(cards, len(known))))
    key = f"demo {seed}"
    strangers = (*_playing_cards(f"{key}/0"), *(_stranger(f"{key}/0", place, place) for place in range(68, 108)))
    return Deck("demo", known + strangers, _stickers(key), _seals(key), _grounds(f"{key}/0"), _SOURCE, tall_font())


def invent_deck(seed: int, num_cards: int) -> Deck:
    """num_cards cards that have no names, in families of siblings, and max(60, num_cards // 20) strangers.

    Cards come in the same order whatever their number, so a shorter deck of a seed is the beginning of a longer one.
    """
    cards = tuple(_invented(seed, num_cards))
    key = f"invented {seed}"
    strangers = tuple(_strangers(key, max(60, num_cards // 20)))
    return Deck(f"invented-{seed}", cards + strangers, _stickers(key), _seals(key), source=_SOURCE, font=tall_font())


def _invented(seed: int, num_cards: int) -> Iterator[DeckCard]:
    number, family = 0, 0
    seen: set[bytes] = set()
    forced = {"deck word": invented_word(Dice(f"invented {seed}/word"), 5, 5)}
    while number < num_cards:
        key = f"invented {seed}/{family}"
        plan = plan_family(key)
        for drawing in draw_family(key, plan, forced):
            if number == num_cards:
                return
            mark = hashlib.blake2b(drawing.body.tobytes(), digest_size=8).digest()
            if mark in seen:
                continue
            seen.add(mark)
            yield _card_of(number, plan.kind, key, drawing)
            number += 1
        family += 1


def _card_of(number: int, kind: str, key: str, drawing: Drawing) -> DeckCard:
    name = f"i_{number}"
    dice = Dice(f"{key}/form/{number}")
    framed = KINDS[kind].framed
    type_ = {"tarot": "Tarot", "planet": "Planet", "spectral": "Spectral"}.get(kind, "Joker")
    shine = "booster" if dice.chance(0.75 if framed else 0.02) else "none"
    size, scale = (1.0, 1.0), 1.0
    if dice.chance(0.03) and not framed:
        size, scale, rows = dice.choice(
            (((0.7, 0.7), 0.7, 95), ((1.0, 0.747), 1.0, 71), ((1.0, 1 / 1.7), 1.0, 56), ((1.0, 1 / 1.2), 1.0, 79))
        )
        drawing = strip(drawing, rows)
    rarity = dice.choice(("Common", "Uncommon", "Rare")) if type_ == "Joker" else ""
    return DeckCard(name, name, type_, rarity, drawing.body, drawing.floating, size, scale, shine)


def _playing_cards(key: str) -> Iterator[DeckCard]:
    """A stone, and the 52 with their faces."""
    stone = _unnamed("s_stone", "Stone Card", "Playing card", playing_card(key, SUITS[0], RANKS[0], "stone"))
    yield replace(stone, enhancement="Stone")
    for suit in SUITS:
        for rank, name in zip(RANKS, playing_cards.RANKS, strict=True):
            card_id, title = f"s_{suit}_{rank}".lower(), f"{name} of {suit.title()}s"
            card = _unnamed(card_id, title, "Playing card", playing_card(key, suit, rank))
            yield replace(card, rank=name, suit=f"{suit.title()}s", faces=(card_face(key, suit, rank),))


def _seals(key: str) -> dict[str, np.ndarray]:
    return {name: seal(key, name) for name in playing_cards.SEALS}


def _grounds(key: str) -> dict[str, np.ndarray]:
    names = ["", *(name for name in playing_cards.ENHANCEMENTS if name != "Stone")]
    return {name: card_ground(key, name.lower()) for name in names}


def _strangers(key: str, count: int) -> Iterator[DeckCard]:
    """Playing cards, enhanced ones, backs, vouchers and packs: a fair sample below 108, beyond it all anew with other looks."""
    for number in range(count):
        deck, place = divmod(number, 108) if count >= 108 else (0, number * 108 // count)
        yield _stranger(f"{key}/{deck}", number, place)


def _stranger(key: str, number: int, place: int) -> DeckCard:
    id_ = f"s_{number}"
    if place < 52:
        suit, rank = SUITS[place // 13], RANKS[place % 13]
        return _unnamed(id_, f"{rank} of {suit}s", "Playing card", playing_card(key, suit, rank))
    if place < 68:
        step = place - 52
        suit, rank = SUITS[step % 4], RANKS[(step * 5) % 13]
        enhancement = ENHANCEMENTS[step // 2]
        return _unnamed(
            id_, f"{enhancement} {rank} of {suit}s", "Playing card", playing_card(f"{key}/{step}", suit, rank, enhancement)
        )
    if place < 80:
        return _unnamed(id_, _name(key, BACKS, place - 68), "Card back", card_back(f"{key}/back/{place}"))
    if place < 94:
        drawing = voucher(f"{key}/voucher/{place}", _title(key, place))
        return _unnamed(id_, _name(key, VOUCHERS, place - 80), "Voucher", drawing, shine="voucher")
    title = f"{_title(key, place)} PACK"
    name = f"{PACK_SIZES[(place - 94) % 3]} {title}".strip().title()
    return _unnamed(id_, name, "Booster pack", booster_pack(f"{key}/pack/{place}", title), shine="booster", scale=1.27)


def _name(key: str, names: tuple[str, ...], number: int) -> str:
    """What the demo deck's things are called; those of invented decks have no names."""
    return names[number] if key.startswith("demo") else f"{number + 1}"


def _title(key: str, place: int) -> str:
    if key.startswith("demo"):
        return "COUPON" if place < 94 else ("FABLE", "ORBIT", "OMEN", "SUIT", "FOLLY")[(place - 94) // 3]
    return invented_word(Dice(f"{key}/title/{place // 3}"), 4, 6)


def _unnamed(id_: str, name: str, type_: str, drawing: Drawing, shine: str = "none", scale: float = 1.0) -> DeckCard:
    return DeckCard(id_, name, type_, "", drawing.body, drawing.floating, (scale, scale), scale, shine, known=False)


def _stickers(key: str) -> dict[str, np.ndarray]:
    return {name: sticker(key, number) for number, name in enumerate(_STICKERS)}

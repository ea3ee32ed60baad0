"""The table of a picture that was looked at: what each area holds, as records, with the numbers and words beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from balatro.identify_card.namer import Namer
from balatro.identify_card.sight import Sight
from balatro.identify_card.table.areas import Areas, find_areas
from balatro.identify_card.table.doubts import with_doubts
from balatro.identify_card.table.fields import count, number, word, words
from balatro.identify_card.table.laid import Laid
from balatro.identify_card.table.records import Blind, CardOffer, Deck, Number, Offer, Pack, Shop, Table
from balatro.identify_card.table.things import Thing, make_things
from balatro.runtime.text.fields import Field
from balatro.utils.quads import quad_sizes

TAG_REACH = 0.5
"""Card heights from the middle of a thing's upper edge within which its price stands."""
KINDS_OF_BLIND = {"Small Blind": "Small", "Big Blind": "Big"}
"""Every other blind is a boss."""


def read_table(sight: Sight, namer: Namer, screen: str | None = None, fields: Sequence[Field] = ()) -> Table:
    """The table, its contradictions told among its doubts.

    screen, fields: what was read of the picture besides its cards; without it numbers and words are None.
    """
    laid = Laid(make_things(sight, namer), sight.size)
    areas = find_areas(laid.things, screen)
    whole = laid.is_whole()
    table = Table(
        screen=screen or _screen_of(areas),
        money=number(fields, "money"),
        ante=number(fields, "ante"),
        antes=number(fields, "antes"),
        round=number(fields, "round"),
        hands=number(fields, "hands"),
        discards=number(fields, "discards"),
        score=number(fields, "score"),
        chips=number(fields, "chips"),
        mult=number(fields, "mult"),
        hand_type=word(fields, "hand_type"),
        hand_level=number(fields, "hand_level"),
        blind=_blind(fields),
        jokers=laid.cards(areas.jokers) if areas.jokers or whole else None,
        joker_slots=count(fields, "jokers")[1],
        consumables=laid.cards(areas.consumables) if areas.consumables or whole else None,
        consumable_slots=count(fields, "consumables")[1],
        hand=laid.hand(areas.hand) or None,
        played=laid.playing(areas.played) or None,
        pack=_pack(laid, areas, fields),
        shop=_shop(laid, areas, fields),
        deck=_deck(laid, areas, fields),
        tags=words(fields, "tag") or None,
        stake=word(fields, "stake"),
    )
    return with_doubts(table, fields)


def _screen_of(areas: Areas) -> str | None:
    """Which screen these cards lie on, where they tell it."""
    if areas.pack:
        return "pack"
    if areas.hand and not areas.vouchers and not areas.packs:
        return "hand"  # a card that lies alone over it is being used
    if areas.shop or areas.vouchers or areas.packs:
        return "shop"
    return "hand" if areas.hand else None


def _blind(fields: Sequence[Field]) -> Blind | None:
    name, least, reward = word(fields, "blind"), number(fields, "score_at_least"), number(fields, "reward")
    if name is None and least is None and reward is None:
        return None
    return Blind(None if name is None else KINDS_OF_BLIND.get(name, "Boss"), name, least, reward)


def _pack(laid: Laid, areas: Areas, fields: Sequence[Field]) -> Pack | None:
    name = word(fields, "pack")
    return Pack(name, number(fields, "choose"), laid.any(areas.pack)) if areas.pack or name else None


def _deck(laid: Laid, areas: Areas, fields: Sequence[Field]) -> Deck | None:
    left, of = count(fields, "deck")
    if areas.pile is None and left is None:
        return None
    return Deck(None if areas.pile is None else laid.things[areas.pile].name, left, of)


def _shop(laid: Laid, areas: Areas, fields: Sequence[Field]) -> Shop | None:
    reroll = number(fields, "reroll")
    wares = (*areas.shop, *areas.vouchers, *areas.packs)
    if not wares and reroll is None:
        return None
    prices = _prices(laid.things, wares, fields)
    return Shop(
        tuple(CardOffer(card, prices.get(at)) for at, card in zip(areas.shop, laid.any(areas.shop), strict=True)),
        tuple(Offer(laid.things[at].name, prices.get(at)) for at in areas.vouchers),
        tuple(Offer(laid.things[at].name, prices.get(at)) for at in areas.packs),
        reroll,
    )


def _prices(things: Sequence[Thing], places: Sequence[int], fields: Sequence[Field]) -> dict[int, Number]:
    """The price of each thing that is for sale: a tag belongs to the thing whose upper edge is nearest to it."""
    prices: dict[int, Number] = {}
    if not places:
        return prices
    edges = np.array([things[place].quad[:2].mean(axis=0) for place in places])
    for field in (field for field in fields if field.name == "price"):
        middle = np.array([field.box[0] + field.box[2], field.box[1] + field.box[3]]) / 2
        away = np.linalg.norm(edges - middle, axis=1)
        nearest = places[int(away.argmin())]
        if away.min() < TAG_REACH * quad_sizes(things[nearest].quad[None])[0, 1]:
            prices[nearest] = number([field], "price")
    return prices

"""What has happened in the game between two tables at rest: cards dealt, chosen, played, bought, sold, rounds won.

Only what both tables tell counts: where one of them does not know a number, nothing is made of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from balatro.identify_card.card import Card
from balatro.identify_card.table.records import CardOffer, Number, Offer, PlayingCard, Table

AnyCard: TypeAlias = Card | PlayingCard
OVERLAYS = ("collection", "deck_view", "run_info", "menu", "other")
"""Screens that lie over the game: it goes on as it was when they are closed."""
GIVES_MONEY = ("The Hermit", "Temperance", "Immolate")
"""Consumables that give money when they are used."""
MOST_FOR_TAROT = 2
"""Dollars that selling such a card gives at most; using it gives more, or hardly ever less."""


@dataclass(frozen=True)
class Change:
    """Something that has happened."""

    kind: str
    """One of CHANGES."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What is told of it, as JSON has it (docs/formats.md)."""


CHANGES = (
    *("blind_chosen", "blind_skipped", "round_won", "game_over", "shop_opened", "shop_left", "shop_rerolled"),
    *("pack_opened", "pack_closed", "hand_dealt", "cards_drawn", "cards_chosen", "cards_played", "cards_discarded"),
    *("cards_changed", "score_counted", "card_bought", "voucher_bought", "card_gained", "card_sold", "card_used", "card_lost"),
)  # fmt: skip


def changes(before: Table, after: Table) -> tuple[Change, ...]:
    """What has happened between two tables at rest, in the order in which the game does it.

    Neither may be one of OVERLAYS: the caller keeps the table that lies under one.
    """
    return tuple(change for rule in RULES for change in rule(before, after))


def face(card: AnyCard) -> dict[str, Any]:
    """A card without its place and confidence."""
    if isinstance(card, PlayingCard):
        names = ("rank", "suit", "enhancement", "seal", "modifier", "face_down")
        return {name: getattr(card, name) for name in names}
    return {"id": card.id, "name": card.name, "modifier": card.modifier}


def _key(card: AnyCard) -> Hashable:
    """What makes it the same card in both tables; None for a card that has no name."""
    if isinstance(card, PlayingCard):
        return (card.rank, card.suit, card.enhancement, card.seal) if card.rank or card.suit or card.enhancement else None
    return card.name


def _differ(before: Sequence[AnyCard], after: Sequence[AnyCard]) -> tuple[list[AnyCard], list[AnyCard]]:
    """Cards that have gone, and such that have come. One that was nameless before or is now may be any other: it has neither
    come nor gone as long as their number allows that."""
    gone, came = _less(before, after), _less(after, before)
    while gone and came and not all(_key(card) for card in (*gone, *came)):
        nameless = next((card for card in gone if _key(card) is None), gone[0])
        met = next((card for card in came if _key(card) is None), came[0])
        gone.remove(nameless)
        came.remove(met)
    return gone, came


def _less(cards: Sequence[AnyCard], others: Sequence[AnyCard]) -> list[AnyCard]:
    """The cards without those of the others, copies counted."""
    left, kept = Counter(_key(card) for card in others), []
    for card in cards:
        if left[_key(card)]:
            left[_key(card)] -= 1
        else:
            kept.append(card)
    return kept


def _fell_by_one(before: Number, after: Number) -> bool:
    return before is not None and after is not None and before - after == 1


# Rounds and rooms.


def _played(before: Table, after: Table) -> Iterator[Change]:
    """Cards on the table, or one hand less: the table may have been seen only before and after."""
    if before.screen != "hand" or before.played:
        return
    if after.screen == "hand" and after.played:
        yield Change("cards_played", {"cards": [face(card) for card in after.played], "hand_type": _type(after, before)})
    elif _fell_by_one(before.hands, after.hands):
        yield Change("cards_played", {"cards": _chosen(before), "hand_type": before.hand_type})
    elif after.screen == "hand" and _fell_by_one(before.discards, after.discards):
        yield Change("cards_discarded", {"cards": _chosen(before)})


def _type(*tables: Table) -> str | None:
    return next((table.hand_type for table in tables if table.hand_type), None)


def _chosen(table: Table) -> list[dict[str, Any]]:
    return [face(card) for card in table.hand or () if card.raised]


def _scored(before: Table, after: Table) -> Iterator[Change]:
    if before.screen == "hand" and before.score is not None and after.score is not None and after.score > before.score:
        yield Change("score_counted", {"gained": after.score - before.score, "score": after.score})


def _left_room(before: Table, after: Table) -> Iterator[Change]:
    if after.screen == before.screen:
        return
    if before.screen == "hand" and after.screen in ("cash_out", "shop"):
        yield Change("round_won", {"round": before.round, "blind": before.blind.name if before.blind else None})
    if before.screen == "pack":
        yield Change("pack_closed")
    if before.screen == "shop" and after.screen in ("blinds", "hand"):
        yield Change("shop_left")


def _entered_room(before: Table, after: Table) -> Iterator[Change]:
    if before.screen is None or after.screen == before.screen:
        return
    if after.screen == "game_over":
        yield Change("game_over", {"round": after.round, "ante": after.ante})
    if after.screen == "pack":
        yield Change("pack_opened", {"pack": after.pack.name if after.pack else None})
    if after.screen == "shop" and before.screen != "pack":
        yield Change("shop_opened")
    if after.screen == "hand" and before.screen in ("blinds", "shop", "cash_out"):
        blind = after.blind
        told = {"kind": blind.kind, "name": blind.name, "score_at_least": blind.score_at_least} if blind else None
        yield Change("blind_chosen", {"blind": told})


def _skipped(before: Table, after: Table) -> Iterator[Change]:
    """Skipping a blind gives a tag."""
    if (before.screen, after.screen) == ("blinds", "blinds") and after.tags is not None:
        new = list((Counter(after.tags) - Counter(before.tags or ())).elements())
        if new:
            yield Change("blind_skipped", {"tags": new})


# The shop, and what one has.


def _bought(before: Table, after: Table) -> Iterator[Change]:
    one, two = before.shop, after.shop
    if before.screen != "shop" or after.screen != "shop" or one is None or two is None:
        return
    gone, came = _differ([offer.card for offer in one.cards], [offer.card for offer in two.cards])
    if came and (len(gone) == len(one.cards) or before.money != after.money):
        yield Change("shop_rerolled", {"cards": [face(offer.card) for offer in two.cards]})
    elif not came:
        yield from (
            Change("card_bought", {"card": face(card), "price": _price(one.cards, card)})
            for card in gone
            if _was_taken(card, before, after)
        )
    for offer in _offers_gone(one.vouchers, two.vouchers):
        yield Change("voucher_bought", {"name": offer.name, "price": offer.price})


def _was_taken(card: AnyCard, before: Table, after: Table) -> bool:
    """Whether it was paid for, or one has it now. A card that is used lies among those of the shop for a moment."""
    if before.money is None or after.money is None or before.money != after.money:
        return True
    return any(
        _key(card) in map(_key, _differ(getattr(before, area) or (), getattr(after, area) or ())[1])
        for area in ("jokers", "consumables")
    )


def _price(offers: Sequence[CardOffer], card: AnyCard) -> Number:
    return next((offer.price for offer in offers if offer.card is card), None)


def _offers_gone(before: Sequence[Offer], after: Sequence[Offer]) -> list[Offer]:
    """Offers that are there no longer; none where a name is not known."""
    left = Counter(offer.name for offer in after)
    if len(after) >= len(before) or None in left:
        return []
    return [offer for offer in before if not left[offer.name]]


def _owned(before: Table, after: Table) -> Iterator[Change]:
    """Jokers and consumables that came or went."""
    for area in ("jokers", "consumables"):
        one, two = getattr(before, area), getattr(after, area)
        if one is None or two is None:
            continue
        gone, came = _differ(one, two)
        for card in came:
            if not _was_for_sale(card, before):
                yield Change("card_gained", {"card": face(card), "area": area})
        for card in gone:
            kind = _how_it_went(card, area, before, after)
            price = after.money - before.money if kind == "card_sold" and len(gone) == 1 else None  # type: ignore[operator]
            yield Change(kind, {"card": face(card), "area": area} | ({"price": price} if kind == "card_sold" else {}))


def _was_for_sale(card: AnyCard, before: Table) -> bool:
    """Whether the shop had it: then it was told as bought."""
    return before.screen == "shop" and before.shop is not None and _key(card) in [_key(one.card) for one in before.shop.cards]


def _how_it_went(card: AnyCard, area: str, before: Table, after: Table) -> str:
    """card_sold, card_used, or card_lost where that cannot be told: money comes of other things when the screen changes."""
    if before.money is None or after.money is None or before.screen != after.screen:
        return "card_used" if area == "consumables" and after.screen == "pack" else "card_lost"
    gained = after.money - before.money
    if gained > 0 and not (_key(card) in GIVES_MONEY and gained > MOST_FOR_TAROT):
        return "card_sold"
    return "card_used" if area == "consumables" else "card_lost"


# The hand.


def _hand(before: Table, after: Table) -> Iterator[Change]:
    if after.screen != "hand" or not after.hand:
        return
    if before.screen != "hand" or not before.hand:
        yield Change("hand_dealt", {"cards": [face(card) for card in after.hand]})
        return
    gone, came = _differ(before.hand, after.hand)
    if came and len(gone) == len(came) and not before.played and not any(_played(before, after)):
        yield Change("cards_changed", {"before": [face(card) for card in gone], "cards": [face(card) for card in came]})
    elif came:
        yield Change("cards_drawn", {"cards": [face(card) for card in came]})
    elif not gone and _chosen(before) != _chosen(after):
        yield Change("cards_chosen", {"cards": _chosen(after), "hand_type": after.hand_type})


RULES: tuple[Callable[[Table, Table], Iterator[Change]], ...] = (
    _played,
    _scored,
    _left_room,
    _entered_room,
    _skipped,
    _bought,
    _owned,
    _hand,
)
"""Each rule tells some kinds of changes."""

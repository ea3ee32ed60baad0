"""What has happened, as a table: before, after, what is told."""

from __future__ import annotations

from typing import Any

import pytest

from balatro.identify_card.table.changes import CHANGES, changes, face
from balatro.identify_card.table.records import Blind, Pack, Table
from tests.identify_card.table.tables import card, cards, hand, on, playing, shop

HAND = "2H 5C 9D KS AS"
CHOSEN = "^2H ^5C 9D KS AS"
GOAD = Blind("Boss", "The Goad", 600, 5)

CASES: dict[str, tuple[Table, Table, list[tuple[str, dict[str, Any]]]]] = {
    "nothing": (on("hand", hand=hand(HAND), money=4), on("hand", hand=hand(HAND), money=4), []),
    "blind chosen, hand dealt": (
        on("blinds"),
        on("hand", blind=GOAD, hand=hand("2H ?")),
        [
            ("blind_chosen", {"blind": {"kind": "Boss", "name": "The Goad", "score_at_least": 600}}),
            ("hand_dealt", {"cards": [face(playing("2H")), face(playing("?"))]}),
        ],
    ),
    "cards chosen": (
        on("hand", hand=hand(HAND)),
        on("hand", hand=hand(CHOSEN), hand_type="High Card"),
        [("cards_chosen", {"cards": [face(playing("2H")), face(playing("5C"))], "hand_type": "High Card"})],
    ),
    "cards sorted": (on("hand", hand=hand(HAND)), on("hand", hand=hand("AS KS 9D 5C 2H")), []),
    "cards played, seen on the table": (
        on("hand", hand=hand(CHOSEN), hands=4, score=0),
        on("hand", hand=hand("9D KS AS"), played=hand("2H 5C"), hands=3, score=0, hand_type="High Card"),
        [("cards_played", {"cards": [face(playing("2H")), face(playing("5C"))], "hand_type": "High Card"})],
    ),
    "score counted, cards drawn": (
        on("hand", hand=hand("9D KS AS"), played=hand("2H 5C"), hands=3, score=0),
        on("hand", hand=hand("9D KS AS JH JC"), hands=3, score=10),
        [
            ("score_counted", {"gained": 10, "score": 10}),
            ("cards_drawn", {"cards": [face(playing("JH")), face(playing("JC"))]}),
        ],
    ),
    "cards played, seen only before and after": (
        on("hand", hand=hand(CHOSEN), hands=4, score=0, hand_type="High Card"),
        on("hand", hand=hand("9D KS AS JH JC"), hands=3, score=10),
        [
            ("cards_played", {"cards": [face(playing("2H")), face(playing("5C"))], "hand_type": "High Card"}),
            ("score_counted", {"gained": 10, "score": 10}),
            ("cards_drawn", {"cards": [face(playing("JH")), face(playing("JC"))]}),
        ],
    ),
    "cards discarded": (
        on("hand", hand=hand(CHOSEN), hands=4, discards=3),
        on("hand", hand=hand("9D KS AS JH JC"), hands=4, discards=2),
        [
            ("cards_discarded", {"cards": [face(playing("2H")), face(playing("5C"))]}),
            ("cards_drawn", {"cards": [face(playing("JH")), face(playing("JC"))]}),
        ],
    ),
    "a card enhanced": (
        on("hand", hand=hand(CHOSEN), hands=4, discards=3),
        on("hand", hand=hand("2H* 5C 9D KS AS"), hands=4, discards=3),
        [("cards_changed", {"before": [face(playing("2H"))], "cards": [face(playing("2H*"))]})],
    ),
    "a card that could not be read before": (on("hand", hand=hand("2H ?")), on("hand", hand=hand("2H 3C")), []),
    "round won": (
        on("hand", hand=hand(CHOSEN), hands=4, round=3, blind=GOAD, hand_type="Pair"),
        on("cash_out", hands=3, round=3),
        [
            ("cards_played", {"cards": [face(playing("2H")), face(playing("5C"))], "hand_type": "Pair"}),
            ("round_won", {"round": 3, "blind": "The Goad"}),
        ],
    ),
    "game over": (on("hand", round=3, ante=1), on("game_over", round=3, ante=1), [("game_over", {"round": 3, "ante": 1})]),
    "shop opened": (on("cash_out"), on("shop", shop=shop("A B")), [("shop_opened", {})]),
    "shop left": (on("shop", shop=shop("A B")), on("blinds"), [("shop_left", {})]),
    "joker bought": (
        on("shop", jokers=cards("X"), shop=shop("A B"), money=9),
        on("shop", jokers=cards("X A"), shop=shop("B"), money=5),
        [("card_bought", {"card": face(card("A")), "price": 4})],
    ),
    "planet bought and used": (
        on("shop", consumables=(), shop=shop("Mars B"), money=9),
        on("shop", consumables=(), shop=shop("B"), money=5),
        [("card_bought", {"card": face(card("Mars")), "price": 4})],
    ),
    "a used card lay among those of the shop": (
        on("shop", consumables=(), shop=shop("A Mars"), money=9),
        on("shop", consumables=(), shop=shop("A"), money=9),
        [],
    ),
    "given for nothing": (
        on("shop", jokers=cards("X"), shop=shop("A B"), money=9),
        on("shop", jokers=cards("X A"), shop=shop("B"), money=9),
        [("card_bought", {"card": face(card("A")), "price": 4})],
    ),
    "rerolled": (
        on("shop", shop=shop("A B"), money=9),
        on("shop", shop=shop("B C"), money=4),
        [("shop_rerolled", {"cards": [face(card("B")), face(card("C"))]})],
    ),
    "voucher bought": (
        on("shop", shop=shop("A", vouchers="Hone"), money=19),
        on("shop", shop=shop("A"), money=9),
        [("voucher_bought", {"name": "Hone", "price": 10})],
    ),
    "pack opened": (
        on("shop", shop=shop("A B")),
        on("pack", pack=Pack("Arcana Pack", 1, cards("C D"))),
        [("pack_opened", {"pack": "Arcana Pack"})],
    ),
    "card taken from a pack": (
        on("pack", jokers=(), pack=Pack("Buffoon Pack", 1, cards("C D"))),
        on("shop", jokers=cards("C"), shop=shop("A B")),
        [("pack_closed", {}), ("card_gained", {"card": face(card("C")), "area": "jokers"})],
    ),
    "joker sold": (
        on("shop", jokers=cards("X Y"), shop=shop("A"), money=2),
        on("shop", jokers=cards("Y"), shop=shop("A"), money=4),
        [("card_sold", {"card": face(card("X")), "area": "jokers", "price": 2})],
    ),
    "joker lost at the end of a round": (
        on("hand", jokers=cards("X Y"), money=2),
        on("shop", jokers=cards("Y"), shop=shop("A"), money=9),
        [
            ("round_won", {"round": None, "blind": None}),
            ("shop_opened", {}),
            ("card_lost", {"card": face(card("X")), "area": "jokers"}),
        ],
    ),
    "consumable used": (
        on("hand", consumables=cards("Mars"), money=2),
        on("hand", consumables=(), money=2),
        [("card_used", {"card": face(card("Mars")), "area": "consumables"})],
    ),
    "The Hermit used": (
        on("hand", consumables=(card("The Hermit"),), money=9),
        on("hand", consumables=(), money=18),
        [("card_used", {"card": face(card("The Hermit")), "area": "consumables"})],
    ),
    "gone, and no number to tell how": (
        on("hand", jokers=cards("X Y")),
        on("hand", jokers=cards("Y")),
        [("card_lost", {"card": face(card("X")), "area": "jokers"})],
    ),
    "a joker that had no name before": (on("hand", jokers=cards("X ?")), on("hand", jokers=cards("X Y")), []),
    "jokers not on the picture": (on("hand", jokers=cards("X Y")), on("hand"), []),
    "blind skipped": (
        on("blinds", tags=("D6 Tag",)),
        on("blinds", tags=("D6 Tag", "Economy Tag")),
        [("blind_skipped", {"tags": ["Economy Tag"]})],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_has_happened(name: str) -> None:
    before, after, told = CASES[name]
    assert [(change.kind, change.facts) for change in changes(before, after)] == told


def test_every_kind_is_told_by_some_case() -> None:
    assert {kind for _, _, told in CASES.values() for kind, _ in told} == set(CHANGES)


@pytest.mark.parametrize("name", CASES)
def test_nothing_has_happened_on_the_same_table(name: str) -> None:
    for table in CASES[name][:2]:
        assert changes(table, table) == ()

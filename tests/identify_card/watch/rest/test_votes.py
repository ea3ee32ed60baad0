"""Several looks, one table."""

from __future__ import annotations

from dataclasses import replace

from balatro.identify_card.table.records import Blind, Deck, Table
from balatro.identify_card.watch.rest.votes import Votes, same
from tests.identify_card.table.tables import card, cards, hand, on, playing, shop

SHARP = on(
    "shop",
    money=21,
    blind=Blind("Boss", "The Goad", 600, 5),
    jokers=cards("A B"),
    hand=hand("2H ^3C"),
    shop=shop("C"),
    deck=Deck("Red Deck", 37, 52),
    tags=("D6 Tag",),
)


def vote(*looks: Table, needed: int = 2) -> tuple[Table, bool]:
    votes = Votes(needed)
    return votes.table(looks), votes.is_split


def test_looks_that_agree() -> None:
    assert vote(SHARP, SHARP) == (SHARP, False)
    assert vote(SHARP, needed=1) == (SHARP, False)


def test_one_blurred_look_says_nothing() -> None:
    blurred = replace(
        SHARP,
        money=27,
        blind=Blind("Boss", "The Goad", 800, 5),
        jokers=(card("A", "Foil"), card("X")),
        hand=(playing("2H"), playing("^8C*")),
        shop=None,
        deck=None,
        tags=None,
    )
    for looks in ((blurred, SHARP, SHARP), (SHARP, blurred, SHARP), (SHARP, SHARP, blurred)):
        table, split = vote(*looks)
        assert same(table, SHARP) and not split


def test_what_is_open_is_none() -> None:
    other = replace(SHARP, money=27, jokers=cards("A X"), hand=hand("2H"), tags=("D6 Tag", "Economy Tag"))
    table, split = vote(SHARP, other)
    assert split and table.money is None and table.hand is None and table.tags is None
    assert table.jokers is not None and [one.name for one in table.jokers] == ["A", None]
    assert not table.jokers[1].known and table.jokers[1].id is None and table.jokers[1].modifier == "Base"


def test_a_shop_whose_cards_are_open_is_none() -> None:
    table, split = vote(SHARP, replace(SHARP, shop=shop("C D")))
    assert split and table.shop is None


def test_a_price_that_one_look_gave() -> None:
    table, split = vote(replace(SHARP, shop=shop("C", price=7)), SHARP, SHARP)
    assert not split and table.shop == SHARP.shop


def test_places_and_confidences_are_the_latest_ones() -> None:
    later = replace(SHARP, jokers=(card("A", confidence=0.7), card("B")))
    table, _ = vote(SHARP, later)
    assert table == later and same(table, SHARP)
    assert not same(SHARP, replace(SHARP, money=22))

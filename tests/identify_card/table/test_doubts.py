"""What contradicts itself, and what of it loses confidence."""

from __future__ import annotations

import pytest

from balatro.identify_card.table.doubts import DOUBTED, with_doubts
from balatro.identify_card.table.poker import hand_type
from balatro.identify_card.table.records import Deck, PlayingCard, Table
from balatro.runtime.text.fields import Field
from tests.identify_card.table.layouts import jokers

BOX = (0, 0, 10, 10)
QUAD = ((0, 0), (10, 0), (10, 10), (0, 10))


def playing(face: str, enhancement: str | None = None, raised: bool = True, debuffed: bool = False) -> PlayingCard:
    """`10 Spades` and the like; empty for what could not be read."""
    rank, suit = face.split() if face else (None, None)
    return PlayingCard(rank, suit, enhancement, None, "Base", debuffed, False, raised, 0.8, BOX, QUAD)


def hand(*faces: str, raised: bool = True) -> tuple[PlayingCard, ...]:
    return tuple(playing(face, raised=raised) for face in faces)


def counted(name: str, *pair: int) -> Field:
    return Field(name, "/".join(map(str, pair)), (pair[0], pair[1]), BOX, 1.0)


HANDS = {
    "High Card": hand("2 Hearts", "King Spades"),
    "Pair": hand("2 Hearts", "2 Spades", "King Spades"),
    "Two Pair": hand("2 Hearts", "2 Spades", "King Spades", "King Hearts"),
    "Three of a Kind": hand("2 Hearts", "2 Spades", "2 Clubs"),
    "Straight": hand("10 Hearts", "Jack Spades", "Queen Spades", "King Spades", "Ace Hearts"),
    "Flush": hand("2 Hearts", "4 Hearts", "9 Hearts", "King Hearts", "3 Hearts"),
    "Full House": hand("2 Hearts", "2 Spades", "2 Clubs", "King Hearts", "King Spades"),
    "Four of a Kind": hand("2 Hearts", "2 Spades", "2 Clubs", "2 Diamonds", "9 Clubs"),
    "Straight Flush": hand("Ace Hearts", "2 Hearts", "3 Hearts", "4 Hearts", "5 Hearts"),
    "Five of a Kind": hand("2 Hearts", "2 Spades", "2 Clubs", "2 Diamonds", "2 Clubs"),
    "Flush House": hand("2 Hearts", "2 Hearts", "2 Hearts", "9 Hearts", "9 Hearts"),
    "Flush Five": hand("2 Hearts", "2 Hearts", "2 Hearts", "2 Hearts", "2 Hearts"),
}


@pytest.mark.parametrize("name", HANDS)
def test_hands_of_poker(name):
    assert hand_type(HANDS[name]) == hand_type(HANDS[name][::-1]) == name


def test_wild_cards_are_of_every_suit_unless_debuffed():
    four = hand("2 Hearts", "4 Hearts", "9 Hearts", "King Hearts")
    assert hand_type((*four, playing("3 Spades", "Wild"))) == "Flush"
    assert hand_type((*four, playing("3 Spades", "Wild", debuffed=True))) == "High Card"


def test_a_stone_card_has_no_rank():
    assert hand_type((playing("", "Stone"),)) == "High Card"
    assert hand_type((*hand("2 Hearts", "2 Spades"), playing("", "Stone"))) == "Pair"


def test_what_could_not_be_read_makes_no_hand():
    assert hand_type(hand("2 Hearts", "")) is None
    assert hand_type(()) is None


def test_counts_that_fit_raise_no_doubt():
    table = Table(hand=hand("2 Hearts", "2 Hearts", raised=False), deck=Deck("Red Deck", 50, 52))
    told = with_doubts(table, [counted("hand_count", 2, 8)])
    assert told == table, "two cards of one face are none either"


def test_a_count_that_does_not_fit_lowers_its_row_alone():
    row = tuple(thing.card for thing in jokers(3))
    table = Table(jokers=row, hand=hand("2 Hearts", raised=False))
    told = with_doubts(table, [counted("jokers", 4, 5), counted("hand_count", 1, 8)])
    assert told.doubts == ("the screen counts 4 jokers, 3 were found",)
    assert told.jokers is not None and [card.confidence for card in told.jokers] == [0.9 * DOUBTED] * 3
    assert told.hand == table.hand and len(told.jokers) == 3, "nothing is mended"


def test_a_deck_cannot_hold_more_than_it_has():
    cards = hand("2 Hearts", "3 Hearts", raised=False)
    assert with_doubts(Table(deck=Deck(None, 53, 52))).doubts == ("53 cards are left of a deck of 52",)
    told = with_doubts(Table(deck=Deck(None, 51, 52), hand=cards))
    assert told.doubts == ("51 cards are left of a deck of 52, and 2 are in hand",)
    assert told.hand is not None and told.hand[0].confidence == 0.8 * DOUBTED


def test_six_cards_cannot_be_chosen():
    told = with_doubts(Table(hand=hand(*["2 Hearts"] * 6)))
    assert told.doubts == ("6 cards stand out of the hand, at most 5 can be chosen",)


def test_the_hands_type_against_the_chosen_cards():
    pair = HANDS["Pair"]
    assert with_doubts(Table(hand=pair, hand_type="Pair")).doubts == ()
    assert with_doubts(Table(hand=pair, hand_type="Flush")).doubts == ("the screen says Flush, the cards make Pair",)
    assert with_doubts(Table(hand=hand("2 Hearts", ""), hand_type="Flush")).doubts == ()
    none = with_doubts(Table(hand=hand("2 Hearts", raised=False), hand_type="Pair"))
    assert none.doubts == ("the screen says Pair, and no card is chosen",)


def test_played_cards_count_before_chosen_ones():
    told = with_doubts(Table(hand=hand("2 Hearts"), played=HANDS["Pair"], hand_type="High Card"))
    assert told.played is not None and told.played[0].confidence == 0.8 * DOUBTED
    assert told.hand is not None and told.hand[0].confidence == 0.8

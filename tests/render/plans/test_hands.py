"""Playing cards of drawn screens: that all that may lie on them comes, and that the truth says what was drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from balatro.config.playing_cards import ENHANCEMENTS, SEALS
from balatro.render.deck import Deck, DeckCard
from balatro.render.display import Display
from balatro.render.plans.dealer import Dealer, Placed, make_dealer
from balatro.render.plans.hands import RAISED, lay_deck_view, lay_hand, lay_played, playing_card
from balatro.render.table import STATES, TRAIN, draw_screen


def plain(*colour: int) -> np.ndarray:
    return np.broadcast_to(np.array(colour, np.uint8), (95, 71, 4)).copy()


@pytest.fixture(scope="module")
def deck() -> Deck:
    face, none = plain(0, 0, 0, 0), plain(0, 0, 0, 0)
    face[40:50, 30:40] = (20, 20, 60, 255)
    cards = (
        DeckCard("joker", "Joker", "Joker", "Common", plain(90, 160, 120, 255)),
        DeckCard("stone", "Stone", "Playing card", "", plain(150, 150, 150, 255), known=False, enhancement="Stone"),
        DeckCard(
            "two", "2", "Playing card", "", plain(255, 255, 255, 255), known=False, rank="2", suit="Clubs", faces=(face, none)
        ),
        DeckCard("back", "Back", "Card back", "", plain(200, 40, 40, 255), known=False),
    )
    grounds = {name: plain(255, 10 * number, 200, 255) for number, name in enumerate(("", *ENHANCEMENTS)) if name != "Stone"}
    return Deck("small", cards, {"Eternal": none}, dict.fromkeys(SEALS, none), grounds)


@pytest.fixture
def dealer(deck: Deck) -> Dealer:
    return make_dealer(deck, np.random.default_rng(1), TRAIN, None)


def test_every_look_comes_often_enough(dealer: Dealer) -> None:
    looks = [Placed(area="", x=0, y=0, **playing_card(dealer)) for _ in range(2000)]
    enhancements, seals = (Counter(getattr(look, part) for look in looks) for part in ("enhancement", "seal"))
    assert set(enhancements) == {"", *ENHANCEMENTS} and set(seals) == {"", *SEALS}
    assert min(*enhancements.values(), *seals.values()) > 40
    assert {look.face for look in looks} == {0, 1} and {look.modifier for look in looks} == {0, 1, 2, 3, 4}
    assert 100 < sum(look.debuffed for look in looks) < 300
    stone = [look for look in looks if look.enhancement == "Stone"]
    assert {look.card for look in stone} == {1} and 20 < sum(look.card == 3 for look in looks) < 200


def test_a_hand_lies_from_left_to_right_and_chosen_cards_higher(dealer: Dealer) -> None:
    for count in range(1, 14):
        hand = lay_hand(dealer, count, 400)
        xs = [card.x for card in hand]
        assert xs == sorted(xs) and len(hand) == count and 300 < xs[0] and xs[-1] < 810
        assert all(400 - RAISED[1] - 50 < card.y < 425 for card in hand)


def test_a_view_of_the_deck_has_four_rows(dealer: Dealer) -> None:
    view = lay_deck_view(dealer)
    assert len(view) >= 24 and len({card.enlarged for card in view if card.enlarged < 1}) == 1
    assert lay_played(dealer, 5)[4].area == "played"


def test_the_truth_tells_the_looks(deck: Deck) -> None:
    only = tuple(float(state == "hand") for state in STATES)
    settings = replace(TRAIN, states=only, sizes=((640, 360),), display=Display())
    cards = [card for seed in range(8) for card in draw_screen(deck, np.random.default_rng(seed), settings).cards]
    playing = [card for card in cards if card.id in ("two", "stone")]
    assert {card.enhancement for card in playing if card.id == "stone"} == {"Stone"}
    assert len({card.enhancement for card in playing}) > 4 and len({card.seal for card in playing}) > 2
    assert {card.debuffed for card in playing} == {True, False}
    assert any(card.stickers == ("Eternal",) for card in cards if card.id == "joker")
    assert not any(card.stickers for card in playing)


def test_a_deck_without_playing_cards_has_no_hand(deck: Deck) -> None:
    dealer = make_dealer(replace(deck, cards=deck.cards[:1]), np.random.default_rng(0), TRAIN, None)
    assert lay_hand(dealer, 5, 400) == lay_played(dealer, 5) == lay_deck_view(dealer) == []

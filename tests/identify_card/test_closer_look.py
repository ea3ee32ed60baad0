"""A closer look at what nearly has a name, and at what the locator doubts."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.identify_card.card import Card
from balatro.identify_card.closer_look import look_closer
from balatro.identify_card.sight import Sight

PICTURE = np.zeros((400, 600, 3), np.uint8)
HERE = np.array([(100, 100), (171, 100), (171, 195), (100, 195)], np.float32)
AWAY = HERE + np.float32((200, 0))


def card(name: str | None, confidence: float) -> Card:
    return Card(name, name, None, None, "Base", name is not None, confidence, 1.0, (0, 0, 1, 1), ((0, 0),) * 4, ())


class Fitter:
    """Moves every quad by one pixel, and is as sure as it is told."""

    def __init__(self, chance: float = 1.0) -> None:
        self.chance, self.asked = chance, 0

    def corners(self, picture: np.ndarray, quads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.asked += len(quads)
        return quads + 1, np.full(len(quads), self.chance, np.float32)


def closer(cards: list[Card], quads: list[np.ndarray], doubted: list[bool], answer: Card, fitter: Fitter) -> Sight:
    sight = Sight(PICTURE, np.stack(quads), cards, {"embedding": np.zeros((len(cards), 2), np.float32)})

    def look(some: np.ndarray) -> tuple[list[Card], dict[str, np.ndarray]]:
        return [answer] * len(some), {"embedding": np.ones((len(some), 2), np.float32)}

    return look_closer(sight, np.array(doubted), lambda: fitter, look)


def names(sight: Sight) -> list[str | None]:
    assert len(sight.quads) == len(sight.cards) == len(sight.outputs["embedding"])
    return [one.name for one in sight.cards]


def test_what_nearly_had_a_name_gets_it_with_fitted_corners():
    seen = closer([card(None, 0.6)], [HERE], [False], card("Egg", 0.95), Fitter())
    assert names(seen) == ["Egg"]
    assert np.array_equal(seen.quads[0], HERE + 1) and seen.outputs["embedding"][0, 0] == 1


@pytest.mark.parametrize("first", [card("Egg", 0.5), card(None, 0.1)], ids=["it has a name", "it is like nothing"])
def test_what_needs_no_closer_look_gets_none(first):
    fitter = Fitter()
    assert names(closer([first], [HERE], [False], card("Ramen", 1.0), fitter)) == [first.name]
    assert fitter.asked == 0


@pytest.mark.parametrize(
    ("answer", "chance"),
    [(card("Egg", 0.8), 1.0), (card(None, 0.99), 1.0), (card("Egg", 1.0), 0.4)],
    ids=["unsure", "none", "no card"],
)
def test_what_stays_unsure_stays_as_it_was(answer, chance):
    seen = closer([card(None, 0.6)], [HERE], [False], answer, Fitter(chance))
    assert names(seen) == [None] and np.array_equal(seen.quads[0], HERE)


@pytest.mark.parametrize(
    ("first", "answer", "told"),
    [
        (card(None, 0.6), card("Egg", 0.999), ["Egg"]),
        (card(None, 0.6), card("Egg", 0.97), []),
        (card("Egg", 0.999), card(None, 0.0), ["Egg"]),
        (card("Egg", 0.97), card(None, 0.0), []),
        (card(None, 0.0), card("Egg", 1.0), []),
    ],
)
def test_what_the_locator_doubts_must_be_beyond_doubt(first, answer, told):
    assert names(closer([first], [HERE], [True], answer, Fitter())) == told


def test_a_doubted_find_of_a_card_that_has_its_name_is_that_card():
    seen = closer([card("Egg", 0.95), card("Ramen", 1.0)], [HERE, HERE + 20], [False, True], card(None, 0.0), Fitter())
    assert names(seen) == ["Egg"]
    seen = closer([card("Egg", 0.95), card("Ramen", 1.0)], [HERE, AWAY], [False, True], card(None, 0.0), Fitter())
    assert names(seen) == ["Egg", "Ramen"]


def test_two_doubted_finds_of_one_card_are_one():
    seen = closer([card("Egg", 0.999), card("Egg", 1.0)], [HERE, HERE + 5], [True, True], card(None, 0.0), Fitter())
    assert names(seen) == ["Egg"] and np.array_equal(seen.quads[0], HERE + 5)


@pytest.mark.parametrize("doubted", [[False, False], [False, True], [True, True]])
def test_two_finds_fitted_to_one_card_name_it_once(doubted):
    seen = closer([card(None, 0.6), card(None, 0.7)], [HERE, HERE + 20], doubted, card("Egg", 1.0), Fitter())
    assert names(seen).count("Egg") == 1


def test_nothing_found_is_nothing():
    empty = Sight(PICTURE, np.zeros((0, 4, 2), np.float32), [])
    assert look_closer(empty, np.zeros(0, bool), Fitter, lambda quads: ([], {})).cards == []

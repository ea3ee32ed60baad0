"""Twins, thresholds, probabilities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from balatro.identify_card.naming import make_cards, relative_sizes, split_twins
from balatro.runtime.bundle import Bundle
from balatro.runtime.model_json import BundleCard, Task

CARDS = (
    BundleCard("joker", "Joker", "Joker", "Common", True),
    BundleCard("wee", "Wee Joker", "Joker", "Rare", True, (0.7, 0.7)),
    BundleCard("photo", "Photograph", "Joker", "Common", True, (1.0, 1 / 1.2)),
    BundleCard("egg", "Egg", "Joker", "Common", True),
    BundleCard("back", "Back", "Card back", "", False),
)
BUNDLE = Bundle(
    folder=Path("nowhere"),
    name="test",
    deck="test",
    input_size=(96, 128),
    margin=0.04,
    tasks={
        "identification": Task(tuple(card.id for card in CARDS), reject=0.6),
        "modifier": Task(("Base", "Foil", "Holographic", "Polychrome", "Negative")),
    },
    cards=CARDS,
    twins=((0, 1),),
    locator_threshold=0.3,
)


def quad(height: float, x: float = 100) -> np.ndarray:
    width = height * 71 / 95
    return np.array([(x, 50), (x + width, 50), (x + width, 50 + height), (x, 50 + height)], np.float32)


def row(**probabilities: float) -> np.ndarray:
    return np.array([probabilities.get(card.id, 0.0) for card in CARDS])


@pytest.mark.parametrize(
    ("height", "other", "other_height", "best"),
    [
        (116, "egg", 116, "joker"),
        (81, "egg", 116, "wee"),
        (232, "egg", 232, "joker"),  # the same on a larger screen
        (162, "egg", 232, "wee"),
        (116, "photo", 97, "joker"),  # the other is itself a short card
        (81, "photo", 97, "wee"),
        (122, "egg", 116, "joker"),  # hovered
    ],
)
def test_twins_by_the_other_cards(height, other, other_height, best):
    probabilities = np.stack([row(joker=0.5, wee=0.48), row(**{other: 0.97})])
    split = split_twins(probabilities, np.stack([quad(height), quad(other_height)]), BUNDLE)
    assert CARDS[split[0].argmax()].id == best
    assert split[0].max() > 0.9 and split.sum() == pytest.approx(probabilities.sum())
    assert split[1].tolist() == probabilities[1].tolist()


@pytest.mark.parametrize(("height", "best"), [(116, "joker"), (81, "wee")])
def test_a_lone_twin_by_whatever_has_a_cards_shape(height, best):
    probabilities = np.stack([row(joker=0.4, wee=0.6), row(back=0.9), row(back=0.9)])
    wide = np.array([[0, 0], [200, 0], [200, 150], [0, 150]], np.float32)  # no card's shape: tells nothing
    split = split_twins(probabilities, np.stack([quad(height), quad(116), wide]), BUNDLE)
    assert CARDS[split[0].argmax()].id == best


def test_a_lone_twin_is_the_regular_card():
    split = split_twins(row(joker=0.4, wee=0.6)[None], quad(81)[None], BUNDLE)
    assert CARDS[split[0].argmax()].id == "joker"


def test_surely_known_cards_tell_the_size_before_others():
    probabilities = np.stack([row(joker=1.0), row(egg=0.95), row(back=0.99)])
    sizes = relative_sizes(probabilities, np.stack([quad(116.5), quad(116), quad(300)]), BUNDLE)
    assert sizes[0] == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("names", "alike", "known"),
    [
        (row(egg=0.9, joker=0.1), True, "Egg"),
        (row(egg=0.9, joker=0.1), False, None),  # nothing in the gallery is alike
        (row(egg=0.59, joker=0.41), True, None),  # under the threshold
        (row(egg=0.3, back=0.7), True, None),  # a stranger
    ],
)
def test_what_is_named(names, alike, known):
    modifiers = np.array([[0.1, 0.8, 0.1, 0.0, 0.0]])
    (card,) = make_cards(names[None], np.array([alike]), modifiers, quad(116)[None], (1024, 576), BUNDLE)
    assert (card.name, card.known) == (known, known is not None)
    assert card.modifier == "Foil" and card.modifier_confidence == pytest.approx(0.8)
    assert card.top[0].name == "Egg" and card.confidence == names[3]


def test_five_of_the_known_are_told_best_first():
    cards = tuple(BundleCard(f"c{number}", f"C{number}", "Joker", "Common", number > 0) for number in range(9))
    bundle = replace(BUNDLE, cards=cards, twins=())
    names = np.array([[0.3, 0.01, 0.02, 0.03, 0.04, 0.2, 0.1, 0.2, 0.1]])
    (card,) = make_cards(names, np.array([True]), np.ones((1, 5)) / 5, quad(116)[None], (1024, 576), bundle)
    assert [guess.name for guess in card.top] == ["C5", "C7", "C6", "C8", "C4"]

"""Cards made of two others: strangers that have a deck's own look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from balatro.render.chimeras import LEAST_CHANGED, REGIONS, make_chimeras
from balatro.render.demo_deck import draw_demo_deck

CARDS = draw_demo_deck().known[::6]


def test_each_is_another_card_than_any_of_the_deck() -> None:
    made = list(make_chimeras(CARDS, 30, seed=1))
    assert len(made) == 30 and not any(card.known or card.floating is not None for card in made)
    for card in made:
        assert card.body.shape == (95, 71, 4) and card.body.dtype == np.uint8
        for own in CARDS:
            if own.body.shape == card.body.shape and own.floating is None:
                far = np.abs(own.body[..., :3].astype(int) - card.body[..., :3]).max(axis=2) > 40
                assert far.mean() > LEAST_CHANGED / 2, (card.id, own.id)


def test_same_seed_same_cards_and_a_longer_list_begins_with_the_shorter() -> None:
    few, many = list(make_chimeras(CARDS, 4, seed=2)), list(make_chimeras(CARDS, 9, seed=2))
    assert [card.body.tobytes() for card in few] == [card.body.tobytes() for card in many[:4]]
    assert few[0].body.tobytes() != next(make_chimeras(CARDS, 1, seed=3)).body.tobytes()


def test_decks_of_which_nothing_can_be_made() -> None:
    assert list(make_chimeras([], 5, seed=0)) == []
    assert list(make_chimeras(CARDS[:1], 5, seed=0)) == []
    assert list(make_chimeras([CARDS[0], replace(CARDS[0], id="twin")], 5, seed=0)) == []


@pytest.mark.parametrize("region", REGIONS)
def test_a_rim_of_the_first_card_stays(region) -> None:
    for seed in range(20):
        mask = region(np.random.default_rng(seed))
        assert mask.shape == (95, 71) and 0.1 < mask.mean() < 0.75
        assert not (mask[:3].any() or mask[-3:].any() or mask[:, :3].any() or mask[:, -3:].any())

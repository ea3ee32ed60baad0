"""Photographs: the truth about them, and what they are made of."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.render.deck import Deck
from balatro.render.photos.grounds import GROUNDS, draw_ground
from balatro.render.photos.hands import hold
from balatro.render.photos.lay import Photo, grown, lay_card
from balatro.render.photos.photographs import draw_photograph
from balatro.render.photos.prints import aspect_of, back_card, draw_print, is_print, print_card, sharp
from balatro.render.photos.scenes import SCENES, Spot, camera, quad_of
from tests.train_model.tiny_deck import tiny_deck

PRINTS = tuple(print_card(4, number) for number in range(8))


@pytest.fixture(scope="module")
def deck() -> Deck:
    other = tiny_deck()
    return Deck("mixed", (*other.known, *PRINTS, *other.strangers, back_card(4, 0)))


def test_the_same_dice_give_the_same_photograph(deck: Deck) -> None:
    one, same, other = (draw_photograph(deck, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(one.image, same.image)
    assert [card.id for card in one.cards] == [card.id for card in same.cards]
    assert one.image.shape != other.image.shape or not np.array_equal(one.image, other.image)


@pytest.mark.parametrize("kind", SCENES)
@pytest.mark.slow
def test_every_card_is_told_with_what_shows_of_it(deck: Deck, kind: str) -> None:
    for seed in range(4):
        screen = draw_photograph(deck, np.random.default_rng([seed, 5]), 4 / 3, kind)
        height, width = screen.image.shape[:2]
        assert screen.image.dtype == np.uint8 and width / height == pytest.approx(4 / 3, abs=0.01)
        assert bool(screen.cards) or kind == "none" or seed
        for card in screen.cards:
            assert deck.cards[card.card].id == card.id and 0 <= card.visible <= 1
            assert 0 < card.quad[:, 0].mean() < width and 0 < card.quad[:, 1].mean() < height
            assert cv2.isContourConvex(card.quad.astype(np.float32))
            assert cv2.contourArea(card.quad.astype(np.float32), oriented=True) > 0  # turned, never mirrored


def test_covered_cards_show_less(deck: Deck) -> None:
    shares = [
        card.visible for seed in range(6) for card in draw_photograph(deck, np.random.default_rng(seed), 1.5, "pile").cards
    ]
    assert min(shares) < 0.5 < max(shares)


def test_a_card_lies_where_the_truth_says() -> None:
    photo = Photo(np.zeros((200, 300, 3), np.float32), np.full((200, 300), -1, np.int16))
    quad = quad_of(Spot(150.0, 100.0, 120.0, 0.7), 0.7, np.eye(3, dtype=np.float32))
    lay_card(photo, np.full((95, 71, 4), 255, np.uint8), quad, 3)
    inside = np.zeros((200, 300), np.uint8)
    cv2.fillConvexPoly(inside, np.round(quad).astype(np.int32), 1)
    lit = photo.image[..., 0] > 127
    assert (lit & (inside > 0)).sum() / (lit | (inside > 0)).sum() > 0.97
    assert set(np.unique(photo.owner).tolist()) == {-1, 3}


@given(st.floats(-7, 7), st.floats(0.01, 0.3))
def test_a_sleeve_stands_out_on_every_side(turn: float, wide: float) -> None:
    quad = quad_of(Spot(0.0, 0.0, 100.0, turn), 0.7, np.eye(3, dtype=np.float32))
    outer = grown(quad, wide)
    assert np.linalg.norm(outer[1] - outer[0]) == pytest.approx(70 * (1 + 2 * wide), rel=1e-3)
    assert np.linalg.norm(outer[3] - outer[0]) == pytest.approx(100 + 140 * wide, rel=1e-3)


@given(st.integers(0, 10_000))
def test_a_camera_keeps_the_middle(seed: int) -> None:
    view = camera(400, 300, np.random.default_rng(seed))
    middle = cv2.perspectiveTransform(np.array([[[200, 150]]], np.float32), view)[0, 0]
    assert middle == pytest.approx((200, 150), abs=0.5)


@pytest.mark.parametrize("kind", GROUNDS)
def test_grounds_fill_the_picture(kind: str) -> None:
    for width, height in ((97, 41), (64, 130)):
        ground = draw_ground(width, height, np.random.default_rng(2), kind)
        assert ground.shape == (height, width, 3) and ground.dtype == np.float32
        assert ground.min() >= 0 and ground.max() <= 255 and ground.std() > 0


@pytest.mark.parametrize("number", range(0, 24, 4))
def test_a_print_is_the_same_card_at_any_size(number: int) -> None:
    large, small = draw_print(4, number, 400), draw_print(4, number, 190)
    reduced = cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    one, other = (picture[..., :3].astype(float).ravel() for picture in (reduced, small))
    assert np.corrcoef(one, other)[0, 1] > 0.85
    assert small.shape[1] / small.shape[0] == pytest.approx(aspect_of(print_card(4, number)), abs=0.01)


def test_prints_are_cards_of_a_deck() -> None:
    assert len({card.body.tobytes() for card in PRINTS}) == len(PRINTS)
    assert all(card.body.shape == (190, 142, 4) and is_print(card) and card.known for card in PRINTS)
    assert not back_card(4, 0).known and is_print(back_card(4, 0)) and not is_print(tiny_deck().cards[0])
    assert sharp(PRINTS[0], 300).shape[0] == 300 and sharp(PRINTS[0], 90).shape[0] == 190


def test_a_hand_covers_a_part_of_the_card() -> None:
    image, owner = np.zeros((300, 300, 3), np.float32), np.zeros((300, 300), np.int16)
    quad = np.array([[100, 80], [200, 80], [200, 220], [100, 220]], np.float32)
    hold(image, owner, quad, np.random.default_rng(1))
    covered = owner < 0
    assert 0 < covered.mean() < 0.6 and covered[80:220, 100:200].any()
    beside = cv2.dilate(covered.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0  # beyond the finger's soft edge
    assert image[covered].mean() > 20 and not image[beside].any()

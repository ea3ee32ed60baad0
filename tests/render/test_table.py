"""Screens: the truth must be true."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from balatro.config.modifiers import MODIFIERS
from balatro.render.deck import Deck, DeckCard, bounds, drawn_size
from balatro.render.display import PLAIN
from balatro.render.layers import Float, Pose, cell_corners, drawn_quad, lay, stack_layers
from balatro.render.table import STATES, TableSettings, draw_screen

pytestmark = pytest.mark.slow


def plain_card(card_id: str, colour: tuple[int, int, int], kind: str = "Joker", **more) -> DeckCard:
    body = np.zeros((95, 71, 4), np.uint8)
    body[1:94, 1:70] = (*colour, 255)
    return DeckCard(card_id, card_id, kind, "", body, **more)


def colour_deck() -> Deck:
    """Every card has a colour of its own, so that a picture tells which card is where."""
    known = [plain_card(f"k{i}", (255, 20 * i, 0)) for i in range(12)]
    strangers = [
        plain_card(f"s{i}", (0, 20 * i, 255), kind, known=False)
        for i, kind in enumerate(("Playing card", "Card back", "Voucher", "Booster pack"))
    ]
    return Deck("colours", tuple(known + strangers))


TIDY = TableSettings(sizes=((1024, 576),), modifiers=(1, 0, 0, 0, 0), disturbed=0, display=PLAIN)


@pytest.mark.parametrize("seed", range(6))
def test_the_truth_tells_what_shows_where(seed):
    deck = colour_deck()
    screen = draw_screen(deck, np.random.default_rng(seed), TIDY)
    clear = [card for card in screen.cards if card.visible >= 0.97 and card.area not in ("shop", "voucher", "booster")]
    # Playing cards come with editions, seals and debuffs however tidy the table is.
    clear = [card for card in clear if deck.cards[card.card].type != "Playing card"]
    assert clear
    for card in clear:
        x, y = card.quad.mean(0).astype(int)
        np.testing.assert_allclose(screen.image[y, x], deck.cards[card.card].body[40, 40, :3], atol=2)


@pytest.mark.parametrize("seed", range(4))
def test_visible_is_the_share_of_pixels_that_show(seed):
    deck = Deck("one", tuple(plain_card(f"k{i}", (255, 5 * i, 0)) for i in range(51)))
    crowded = TableSettings(
        sizes=((1024, 576),), states=(0, 0, 0, 0, 1, 0), modifiers=(1, 0, 0, 0, 0), disturbed=0, display=PLAIN, crowded=1
    )
    screen = draw_screen(deck, np.random.default_rng(seed), crowded)
    counted = 0
    for card in screen.cards:
        same = [other for other in screen.cards if other.id == card.id]
        if len(same) > 1:
            continue
        pixels = (np.abs(screen.image.astype(int) - deck.cards[card.card].body[40, 40, :3]).max(axis=-1) <= 1).sum()
        assert pixels / cv2.contourArea(card.quad) == pytest.approx(card.visible, abs=0.12)  # its edges are mixed
        counted += 1
    assert counted


def test_same_seed_same_screen_and_other_seed_another():
    deck = colour_deck()
    one, same, other = (draw_screen(deck, np.random.default_rng(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.image, same.image)
    assert [(c.id, c.modifier, c.quad.tolist(), c.visible) for c in one.cards] == [
        (c.id, c.modifier, c.quad.tolist(), c.visible) for c in same.cards
    ]
    assert one.image.shape != other.image.shape or (one.image != other.image).any()


def test_everything_that_may_happen_happens():
    deck = colour_deck()
    screens = [draw_screen(deck, np.random.default_rng(seed)) for seed in range(60)]
    cards = [card for screen in screens for card in screen.cards]
    assert {card.modifier for card in cards} == set(MODIFIERS)
    assert {card.area for card in cards} >= {
        "jokers",
        "consumables",
        "shop",
        "pack",
        "hand",
        "deck",
        "voucher",
        "booster",
        "scattered",
    }
    assert {card.id for card in cards} == {card.id for card in deck.cards}
    assert all(card.known == card.id.startswith("k") for card in cards)
    assert max(sum(c.area == "jokers" for c in s.cards) for s in screens) >= 12
    assert len({screen.image.shape for screen in screens}) >= 5
    assert min(card.visible for card in cards) < 0.4 and np.mean([card.visible for card in cards]) > 0.6


@pytest.mark.parametrize("state", STATES)
def test_each_state_can_be_asked_for_and_among_limits_the_cards(state):
    deck = colour_deck()
    states = tuple(float(name == state) for name in STATES)
    screen = draw_screen(deck, np.random.default_rng(1), TableSettings(states=states), among=[3, 4])
    assert {card.id for card in screen.cards if card.known} <= {"k3", "k4"}


@pytest.mark.parametrize("size", [(640, 360), (1280, 960), (2560, 1080), (3840, 2160)])
def test_any_screen_size(size):
    screen = draw_screen(colour_deck(), np.random.default_rng(3), TableSettings(sizes=(size,), disturbed=0.0))
    assert screen.image.shape == (size[1], size[0], 3)
    unit = min(size[0] / 1024, size[1] / 576)
    tall = [np.linalg.norm(c.quad[3] - c.quad[0]) for c in screen.cards if c.visible > 0.9 and c.area == "jokers"]
    assert tall and all(100 * unit < height < 130 * unit for height in tall)


def test_a_deck_without_strangers_deals_too():
    deck = Deck("plain", (plain_card("k", (200, 0, 0)),))
    for seed in range(8):
        assert all(card.known for card in draw_screen(deck, np.random.default_rng(seed)).cards)


def test_cards_of_unusual_shape():
    square = plain_card("square", (9, 9, 9), size=(1.0, 71 / 95))
    square.body[71:] = 0
    small = plain_card("small", (9, 9, 9), size=(0.7, 0.7), scale=0.7)
    regular = plain_card("regular", (9, 9, 9))
    assert drawn_size(square)[1] == pytest.approx(70 / 95)
    np.testing.assert_allclose(drawn_size(small), np.array(drawn_size(regular)) * 0.7)
    assert bounds(square) == (1 / 71, 1 / 95, 70 / 71, 71 / 95)
    pose = Pose(100, 100, 71)
    quads = [drawn_quad(card, pose) for card in (square, small, regular)]
    sides = [(np.ptp(q[:, 0]), np.ptp(q[:, 1])) for q in quads]
    np.testing.assert_allclose(sides, [(69, 70), (69 * 0.7, 93 * 0.7), (69, 93)], rtol=1e-4)
    for quad in quads:  # what is drawn is centred, whatever its shape
        np.testing.assert_allclose(quad.mean(0), (100, 100), atol=0.01)


def test_a_floating_figure_reaches_over_the_edge_and_a_debuff_reddens():
    card = plain_card("k", (0, 0, 200), floating=np.full((95, 71, 4), 255, np.uint8))
    picture = np.zeros((300, 300, 3), np.uint8)
    lay(
        picture,
        card,
        stack_layers(card.body, [], card.floating, Float(enlarged=1.2), False),
        Pose(150, 150, 71),
        (0.0, 0.0),
        True,
    )
    corners = cell_corners(card, Pose(150, 150, 71))
    x, y = (corners[0] - 3).astype(int)
    assert picture[y, x].min() > 200
    bare = plain_card("k", (0, 0, 200))
    lay(picture, bare, stack_layers(bare.body, [], None, Float(), True), Pose(150, 150, 71), (0.0, 0.0), False)
    assert picture[150, 150, 0] > 100

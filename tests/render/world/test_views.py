"""Pictures as people post them, and the truth about their cards."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from balatro.render.demo_deck import invent_deck
from balatro.render.display import PLAIN
from balatro.render.plans.dealer import make_dealer
from balatro.render.table import TRAIN, Screen, draw_screen
from balatro.render.world.looks import LOOKS, change
from balatro.render.world.pages import draw_decoy, fill_page, new_page
from balatro.render.world.panels import lay_panel
from balatro.render.world.views import WorldSettings, crop_screen, cut, draw_page, draw_view, stretch

DECK = invent_deck(3, 24)
PLAIN_TABLE = replace(TRAIN, display=PLAIN, disturbed=0.0)
KINDS = tuple(field.name for field in fields(WorldSettings))


def only(kind: str) -> WorldSettings:
    return WorldSettings(**{name: float(name == kind) for name in KINDS})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("aspect", [16 / 9, 1.0, 9 / 16])
@pytest.mark.slow
def test_every_kind_in_every_shape(kind: str, aspect: float) -> None:
    views = [draw_view(DECK, np.random.default_rng(seed), aspect, settings=only(kind)) for seed in range(4)]
    assert any(view.cards for view in views) == (kind != "empty")
    for view in views:
        height, width = view.image.shape[:2]
        assert view.image.dtype == np.uint8 and min(height, width) >= 8
        for card in view.cards:
            x, y = card.quad.mean(0)
            assert 0 <= x <= width and 0 <= y <= height and 0 <= card.visible <= 1


def test_same_seed_same_picture() -> None:
    one, other = (draw_view(DECK, np.random.default_rng(5), 1.0) for _ in range(2))
    assert (one.image == other.image).all() and len(one.cards) == len(other.cards)


def patterned(width: int = 200, height: int = 100) -> Screen:
    """A picture whose every pixel tells where it lay, with the cards of a real screen moved onto it."""
    screen = draw_screen(DECK, np.random.default_rng(0), PLAIN_TABLE)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.uint8)
    square = np.array([(40, 20), (70, 20), (70, 60), (40, 60)], np.float32)
    card = replace(screen.cards[0], quad=square, visible=1.0)
    return Screen(np.stack([columns, rows, columns], axis=2), (card,), square[None] + 80)


def test_a_cut_moves_the_truth_with_the_picture() -> None:
    part = cut(patterned(), 30, 10, 130, 90)
    assert part.image[0, 0].tolist() == [30, 10, 30] and part.image.shape[:2] == (80, 100)
    (card,) = part.cards
    assert card.quad[0].tolist() == [10, 10] and card.visible == pytest.approx(1)


def test_what_an_edge_cuts_off_is_not_visible() -> None:
    (card,) = cut(patterned(), 50, 0, 200, 100).cards
    assert card.visible == pytest.approx(2 / 3) and card.quad[0].tolist() == [-10, 20]
    assert cut(patterned(), 60, 0, 200, 100).cards == ()  # its middle is cut off


def test_stretched_truth() -> None:
    (card,) = stretch(patterned(), 1.44).cards
    assert np.ptp(card.quad, axis=0) == pytest.approx((36, 33.3), abs=0.5)


def test_crops_have_cards_at_every_edge_and_of_every_size() -> None:
    """What the locator must not learn: that something always lies beside a card, or how large it is."""
    rng = np.random.default_rng(1)
    screen = draw_screen(DECK, rng, PLAIN_TABLE)
    places, heights = [], []
    for _ in range(150):
        view = crop_screen(screen, 1.6, rng)
        size = np.array(view.image.shape[1::-1])
        for card in view.cards:
            places.append(card.quad.mean(0) / size)
            heights.append(np.ptp(card.quad[:, 1]) / size[1])
    x, y = np.array(places).T
    assert all(((low <= v) & (v < low + 0.2)).sum() > 10 for v in (x, y) for low in np.arange(0, 1, 0.2))
    assert min(heights) < 0.25 and max(heights) > 0.8


def test_decoys_are_told_where_they_lie_and_never_on_cards() -> None:
    page = draw_page(DECK, np.random.default_rng(4), 1.5, PLAIN_TABLE)
    for quad in page.decoys:
        low, high = quad.min(0), quad.max(0)
        assert not any((low < c.quad.max(0)).all() and (high > c.quad.min(0)).all() for c in page.cards)
    canvas = new_page(300, 200, np.random.default_rng(0))
    before = canvas.image.copy()
    draw_decoy(canvas, (100, 100, 200, 240), np.random.default_rng(1))
    left, top = canvas.point(100, 100)
    changed = np.argwhere((canvas.image != before).any(axis=2))
    assert len(changed) and changed.min(0).tolist() >= [top - 3, left - 3]
    quads = [fill_page(new_page(300, 200, np.random.default_rng(n)), np.random.default_rng(n), 3.0) for n in range(5)]
    assert sum(map(len, quads)) > 3


@pytest.mark.parametrize("name", LOOKS)
def test_looks_change_pixels_but_no_place(name: str) -> None:
    image = np.zeros((120, 160, 3), np.uint8)
    image[40:80, 60:100] = (250, 240, 230)
    look = LOOKS[name][1](image.copy(), np.random.default_rng(2))
    assert look.shape == image.shape and look.dtype == np.uint8
    bright = np.argwhere(look.astype(float).mean(2) - np.median(look.astype(float).mean(2)) > 20)
    if name != "photograph":  # whose reflection is bright as well
        assert bright.mean(0) == pytest.approx((59.5, 79.5), abs=1.5)


def test_no_look_at_all() -> None:
    image = np.full((10, 10, 3), 7, np.uint8)
    assert change(image, np.random.default_rng(0), often=0.0) is image


def test_a_panel_hides_the_cards_under_it_and_no_other() -> None:
    shares, areas = [], set()
    for seed in range(8):
        screen = draw_screen(DECK, np.random.default_rng(seed), PLAIN_TABLE)
        dealer = make_dealer(DECK, np.random.default_rng(seed), PLAIN_TABLE, None)
        view = lay_panel(screen, DECK, dealer)
        under, over = view.cards[: len(screen.cards)], view.cards[len(screen.cards) :]
        assert view.image.shape == screen.image.shape
        areas |= {card.area for card in over}
        for before, after in zip(screen.cards, under, strict=True):
            assert after.visible <= before.visible + 1e-6 and (after.quad == before.quad).all()
            shares.append(after.visible / max(before.visible, 1e-6))
    assert min(shares) < 0.02 and max(shares) > 0.95 and any(0.2 < share < 0.8 for share in shares)
    assert areas == {"panel", "beside"}

"""Patches of photographs: where their corners lie follows from where they were cut out."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.config.shapes import CLOSE_MARGIN, PATCH_MARGIN, PATCH_SIZE
from balatro.render.table import Screen, ScreenCard
from balatro.train_model.screens.patches import NEARLY_RIGHT, NO_CARDS, draw_patches, nearly, part_of
from balatro.utils.quads import as_portrait, from_patch, lies_on_any, patch_places, quad_sizes

QUAD = np.array([[200, 120], [330, 160], [275, 340], [145, 300]], np.float32)


def screen(visible: float = 1.0) -> Screen:
    """A green card on black."""
    image = np.zeros((480, 640, 3), np.uint8)
    cv2.fillConvexPoly(image, QUAD.astype(np.int32), (0, 255, 0))
    card = ScreenCard(0, "a", True, "Base", QUAD, visible, "photograph")
    return Screen(image, (card,), np.zeros((0, 4, 2), np.float32))


def test_a_patch_shows_its_card_where_its_corners_are_said_to_lie() -> None:
    batch = draw_patches([screen()], 40, np.random.default_rng(0))
    assert batch["patches"].shape == (40, PATCH_SIZE[1], PATCH_SIZE[0], 3)
    assert batch["fit"].sum() == round((1 - NO_CARDS) * 40)
    for patch, places in zip(batch["patches"][:24], batch["places"][:24], strict=True):
        wanted = np.zeros(patch.shape[:2], np.uint8)
        cv2.fillConvexPoly(wanted, np.round(places).astype(np.int32), 255)
        assert (np.abs(patch[..., 1].astype(int) - wanted) > 128).mean() < 0.05


def test_some_cards_are_cut_out_closer_and_only_the_others_tell_cards_from_none() -> None:
    batch = draw_patches([screen()], 200, np.random.default_rng(0))
    close = batch["wide"] == 0
    assert 0.3 < close[batch["fit"] == 1].mean() < 0.5
    assert not close[batch["fit"] == 0].any()
    shown = [quad_sizes(batch["places"][rows])[:, 1].mean() / PATCH_SIZE[1] for rows in (close, (batch["fit"] == 1) & ~close)]
    assert shown == pytest.approx([1 / (1 + 2 * CLOSE_MARGIN), 1 / (1 + 2 * PATCH_MARGIN)], abs=0.04)


@given(seed=st.integers(0, 10_000), margin=st.sampled_from([CLOSE_MARGIN, PATCH_MARGIN]))
def test_places_in_a_patch_lead_back_to_the_picture(seed: int, margin: float) -> None:
    seen, quad = nearly(QUAD, np.random.default_rng(seed), NEARLY_RIGHT)
    back = from_patch(seen, patch_places(seen, quad, margin), margin)
    assert np.abs(back[:, None] - quad[None]).sum(2).min(1) == pytest.approx(0, abs=0.01)


@given(seed=st.integers(0, 10_000))
def test_a_part_of_a_card_is_smaller_than_the_card_and_lies_in_it(seed: int) -> None:
    part = part_of(QUAD, np.random.default_rng(seed))
    assert cv2.contourArea(part) < 0.66 * cv2.contourArea(QUAD)
    middle = QUAD.mean(0)
    assert all(cv2.pointPolygonTest(middle + 1.11 * (QUAD - middle), tuple(map(float, corner)), False) >= 0 for corner in part)


def test_a_covered_card_is_not_asked_for() -> None:
    assert not draw_patches([screen(visible=0.2)], 10, np.random.default_rng(0))["fit"].any()


@given(seed=st.integers(0, 10_000))
def test_what_is_nearly_a_card_is_a_portrait_near_it(seed: int) -> None:
    seen, quad = nearly(np.roll(QUAD, seed % 4, axis=0), np.random.default_rng(seed))
    assert (quad_sizes(as_portrait(QUAD[None])) == quad_sizes(quad[None])).all()
    across, down = quad_sizes(seen[None])[0]
    assert across <= down and np.isfinite(seen).all()
    assert lies_on_any(seen, quad[None], close=1.0)


@given(seed=st.integers(0, 10_000))
def test_where_no_card_is_shown_none_lies(seed: int) -> None:
    batch = draw_patches([screen()], 2, np.random.default_rng(seed))
    assert batch["fit"].tolist() == [1, 0]

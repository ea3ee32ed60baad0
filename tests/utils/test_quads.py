"""Geometry of quads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.utils.quads import (
    as_portrait,
    box_overlap,
    from_patch,
    patch_corners,
    patch_places,
    reading_order,
    turned_like,
    upright,
)


def at(*centres: tuple[float, float]) -> np.ndarray:
    corners = np.array([[-42, -56], [42, -56], [42, 56], [-42, 56]], np.float32)
    return np.array(centres, np.float32).reshape(-1, 1, 2) + corners


@pytest.mark.parametrize(
    ("centres", "order"),
    [
        ([], []),
        ([(300, 80), (100, 80), (200, 80)], [1, 2, 0]),
        ([(100, 280), (300, 80), (200, 290), (100, 85)], [3, 1, 0, 2]),
        ([(100, 120), (200, 100), (300, 90), (400, 100), (500, 120)], [0, 1, 2, 3, 4]),  # a fanned hand
        ([(500, 60), (100, 100)], [1, 0]),  # a hovered card in the same row
        ([(100, 140), (500, 60)], [1, 0]),
        ([(300, 40), (100, 52), (200, 30), (50, 200), (250, 190)], [1, 2, 0, 3, 4]),
    ],
)
def test_reading_order(centres, order):
    assert reading_order(at(*centres)).tolist() == order


@given(st.floats(-180, 180), st.integers(0, 3))
def test_corners_are_told_as_the_card_lies(degrees, first):
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = at((300, 200))[0] @ np.array([[cos, sin], [-sin, cos]])
    told = upright(np.roll(turned, first, axis=0)[None])[0]
    assert sorted(map(tuple, told)) == sorted(map(tuple, turned))
    across = told[1] - told[0]
    assert across[0] >= abs(across[1]) * (1 - 1e-9)


@given(seed=st.integers(0, 10_000), first=st.integers(0, 3))
def test_places_in_a_patch_and_back(seed: int, first: int) -> None:
    rng = np.random.default_rng(seed)
    seen = at((200, 200))[0] + rng.normal(0, 6, (4, 2)).astype(np.float32)
    quad = at((205, 196))[0] + rng.normal(0, 4, (4, 2)).astype(np.float32)
    places = patch_places(seen, np.roll(quad, first, axis=0))
    assert from_patch(seen, places) == pytest.approx(quad, abs=0.05)
    assert patch_places(seen, seen) == pytest.approx(patch_corners(), abs=0.01)


def test_a_portrait_begins_with_a_short_side() -> None:
    lying = np.array([[[0, 0], [80, 0], [80, 60], [0, 60]]], np.float32)
    assert as_portrait(lying).tolist() == [[[80, 0], [80, 60], [0, 60], [0, 0]]]
    assert as_portrait(as_portrait(lying)).tolist() == as_portrait(lying).tolist()


@given(st.integers(0, 3), st.integers(0, 3), st.floats(-30, 30), st.floats(0.5, 2))
def test_a_quad_is_turned_like_another(first: int, like: int, degrees: float, size: float) -> None:
    quad = np.array([[0, 0], [63, 0], [63, 88], [0, 88]], np.float32)
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    moved = (quad @ turn.T * size + (200, -50)).astype(np.float32)
    told = turned_like(np.roll(moved, first, axis=0), np.roll(quad, like, axis=0))
    assert np.array_equal(told, np.roll(moved, like, axis=0))


def test_box_overlap_is_the_share_of_both():
    assert box_overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert box_overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0
    assert box_overlap((0, 0, 10, 10), (2, 2, 4, 4)) == pytest.approx(0.04)

"""What a display does to a picture, and to the truth about it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.render.display import GAME, PLAIN, Display, move_points, random_display, show


def rng():
    return np.random.default_rng(0)


def test_a_plain_display_changes_nothing():
    image = rng().integers(0, 256, (90, 160, 3), np.uint8)
    np.testing.assert_array_equal(show(image, PLAIN, rng()), image)


@pytest.mark.parametrize("curve", [0.09, 0.21, 0.3])
def test_points_move_with_the_picture(curve):
    display = Display(curve=curve)
    for x, y in ((100, 80), (512, 288), (900, 500), (300, 90)):
        image = np.zeros((576, 1024, 3), np.uint8)
        cv2.circle(image, (x, y), 6, (255, 255, 255), cv2.FILLED)
        shown = show(image, display, rng())[..., 0].astype(float)
        rows, columns = np.indices(shown.shape)
        middle = np.array([(columns * shown).sum(), (rows * shown).sum()]) / shown.sum() + 0.5
        moved = move_points(np.array([[x + 0.5, y + 0.5]]), 1024, 576, display)[0]
        np.testing.assert_allclose(moved, middle, atol=0.3)


@given(st.floats(0, 0.3), st.floats(5, 95), st.floats(5, 95))
@settings(max_examples=50)
def test_moved_points_come_from_where_they_were_drawn(curve, x, y):
    display = Display(curve=curve)
    seen = move_points(np.array([[x, y]]), 100, 100, display)[0]
    s = round(curve / 0.03) * 0.03
    t = seen / 50 - 1
    k = np.array([1 + 0.07 * s, 1 + 0.10 * s])
    drawn = t * k + t[::-1] ** 2 * t * (k - 1)
    np.testing.assert_allclose((drawn + 1) * 50, (x, y), atol=0.02)


def test_a_resampled_recording_is_blurred_but_not_moved():
    image = np.zeros((90, 160, 3), np.uint8)
    image[30:60, 40:80] = 255
    shown = show(image, Display(resample=0.6), rng())
    assert 0 < shown[45, 39:42, 0].min() < shown[45, 39:42, 0].max() <= 255
    rows, columns = np.indices(image.shape[:2])
    for weight in (rows, columns):
        assert (weight * shown[..., 0].astype(float)).sum() / shown[..., 0].sum() == pytest.approx(
            (weight * image[..., 0].astype(float)).sum() / image[..., 0].sum(), abs=0.2
        )


def test_levels_are_those_measured_in_the_game():
    levels = np.array([79, 99, 122, 156, 187, 255], np.uint8)
    image = np.repeat(levels, 300).reshape(6, 100, 3)
    shown = show(image, Display(contrast=GAME.contrast), rng())
    np.testing.assert_allclose(shown[:, 0, 0], [54, 76, 102, 141, 174, 255], atol=4)


def test_random_displays_keep_shape_and_are_seeded():
    image = rng().integers(0, 256, (90, 160, 3), np.uint8)
    for seed in range(30):
        a, b = (show(image, random_display(g, 90), g) for g in (np.random.default_rng(seed), np.random.default_rng(seed)))
        assert a.shape == image.shape and a.dtype == np.uint8
        np.testing.assert_array_equal(a, b)

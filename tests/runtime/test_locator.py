"""Decoding heat maps, duplicates, and quads that make no sense."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.runtime.locator import Locator, decode, distinct, fit_frame, sane


def boxes(*places: tuple[float, float, float, float]) -> np.ndarray:
    """Upright quads from left, top, width, height."""
    return np.array([[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in places], np.float32)


def test_decode_reads_corners_in_cells_from_the_middle_of_the_cell():
    heat, corners = np.zeros((18, 32), np.float32), np.zeros((8, 18, 32), np.float32)
    heat[5, 7], heat[3, 2], heat[0, 0] = 0.6, 0.9, 0.2
    corners[:, 5, 7] = (-1, -2, 1, -2, 1, 2, -1, 2)
    quads, scores = decode(heat, corners, 0.3)
    assert scores.tolist() == pytest.approx([0.9, 0.6])
    assert quads[1].tolist() == [[26, 14], [34, 14], [34, 30], [26, 30]]  # (7 + 0.5 -+ 1) * 4, (5 + 0.5 -+ 2) * 4
    assert quads[0].tolist() == [[10, 14]] * 4


def test_decode_of_an_empty_table():
    quads, scores = decode(np.zeros((4, 4), np.float32), np.zeros((8, 4, 4), np.float32), 0.3)
    assert quads.shape == (0, 4, 2) and scores.shape == (0,)
    assert distinct(quads, scores) == [] and sane(quads, 10, 10).shape == (0,)


@pytest.mark.parametrize(
    ("size", "frame", "factor"),
    [
        ((1024, 576), (512, 288), 0.5),
        ((3840, 2160), (512, 288), 2 / 15),
        ((640, 360), (512, 288), 0.8),
        ((1920, 1200), (512, 320), 4 / 15),
        ((2560, 1080), (688, 288), 4 / 15),
        ((1280, 1024), (512, 416), 0.4),
    ],
)
def test_frame_fits_the_network(size, frame, factor):
    small, factors = fit_frame(np.full((size[1], size[0], 3), 255, np.uint8))
    assert (small.shape[1], small.shape[0]) == frame
    assert factors == pytest.approx((factor, factor), rel=0.01)


def test_padding_is_black_and_at_the_right_and_bottom():
    small, _ = fit_frame(np.full((1080, 2560, 3), 255, np.uint8))
    assert small[:, 683:].max() == 0 and small[:, :682].min() == 255


def test_panoramas_are_not_blown_up():
    small, _ = fit_frame(np.zeros((100, 6000, 3), np.uint8))
    assert small.shape[0] * small.shape[1] < 512 * 512 * 1.5


@pytest.mark.parametrize(
    ("step", "num_left"),
    [(84, 2), (0.31 * 84, 2), (0.23 * 84, 2), (0.1 * 84, 1), (0, 1)],
    ids=["beside", "15 in the row", "20 in the row", "found twice", "the same"],
)
def test_neighbours_stay_and_duplicates_go(step, num_left):
    quads = boxes((100, 50, 84, 112), (100 + step, 51, 84, 112))
    assert len(distinct(quads, np.array([0.5, 0.9]))) == num_left


def test_the_better_duplicate_stays():
    quads = boxes((100, 50, 84, 112), (104, 50, 84, 112), (300, 50, 84, 112))
    assert distinct(quads, np.array([0.5, 0.9, 0.7])) == [1, 2]


def test_quads_that_make_no_sense_go():
    good = boxes((10, 10, 84, 112))[0]
    quads = np.stack(
        [
            good,
            good[::-1],  # turned inside out
            good[[0, 2, 1, 3]],  # crossed
            good * np.nan,
            good * 0.001,  # tiny
            good - 70,  # mostly outside
            good - 20,  # a little outside
        ]
    )
    assert sane(quads, 400, 300).tolist() == [True, False, False, False, False, False, True]


def test_locator_finds_each_card_once_and_in_the_pictures_pixels(fake_folder):
    from tests.identify_card.fake_bundle import draw_table

    places = [("red", "Base", 200, 100), ("green", "Base", 300, 100), ("small_red", "Base", 200, 300)]
    found = Locator(fake_folder / "locator.onnx", threads=1).find(draw_table(places, (2048, 1152)))
    centres = sorted(tuple(card.quad.mean(axis=0).round().tolist()) for card in found)
    assert len(found) == 3
    for centre, wanted in zip(centres, [(400, 200), (400, 600), (600, 200)], strict=True):
        assert centre == pytest.approx(wanted, abs=12)
    widths = sorted(np.ptp(card.quad[:, 0]) for card in found)
    assert widths == pytest.approx([168 * 0.7, 168, 168], rel=0.01)
    assert {card.quad.dtype for card in found} == {np.dtype(np.float32)}

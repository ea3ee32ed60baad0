"""Decoding heat maps, duplicates, and quads that make no sense."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from balatro.runtime.locator import Locator, decode, distinct, fit_frame, sane
from balatro.utils.cells import cell_grid


def boxes(*places: tuple[float, float, float, float]) -> np.ndarray:
    """Upright quads from left, top, width, height."""
    return np.array([[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in places], np.float32)


def cells(level: int, row: int, column: int) -> int:
    """The place in the flat list of a 128x64 frame's cells: (16, 32), (8, 16) and (4, 8) rows and columns."""
    return (0, 512, 640)[level] + row * (32, 16, 8)[level] + column


def test_decode_reads_corners_in_cells_of_their_level():
    heat, corners = np.zeros(672, np.float32), np.zeros((8, 672), np.float32)
    fine, coarse = cells(0, 5, 7), cells(2, 1, 3)
    heat[fine], heat[coarse], heat[0] = 0.6, 0.9, 0.2
    corners[:, fine] = corners[:, coarse] = (-1, -2, 1, -2, 1, 2, -1, 2)
    quads, scores = decode(heat, corners, 0.3, 128, 64)
    assert scores.tolist() == pytest.approx([0.9, 0.6])
    assert quads[1].tolist() == [[26, 14], [34, 14], [34, 30], [26, 30]]  # (7 + 0.5 -+ 1) * 4, (5 + 0.5 -+ 2) * 4
    assert quads[0].tolist() == [[40, -8], [72, -8], [72, 56], [40, 56]]  # (3 + 0.5 -+ 1) * 16, (1 + 0.5 -+ 2) * 16


def test_decode_of_an_empty_table():
    quads, scores = decode(np.zeros(672, np.float32), np.zeros((8, 672), np.float32), 0.3, 128, 64)
    assert quads.shape == (0, 4, 2) and scores.shape == (0,)
    assert distinct(quads, scores) == [] and sane(quads, 10, 10).shape == (0,)


@pytest.mark.parametrize(
    ("size", "frame", "factor"),
    [
        ((1024, 576), (512, 288), 0.5),
        ((3840, 2160), (512, 288), 2 / 15),
        ((640, 360), (512, 288), 0.8),
        ((1080, 1920), (288, 512), 4 / 15),
        ((100, 100), (384, 384), 3.84),
        ((2560, 1080), (608, 256), 0.231),
        ((100, 6000), (64, 2976), 0.496),
    ],
)
def test_any_picture_becomes_as_many_pixels(size, frame, factor):
    small, factors = fit_frame(np.full((size[1], size[0], 3), 255, np.uint8))
    assert (small.shape[1], small.shape[0]) == frame
    assert factors == pytest.approx((factor, factor), rel=0.02)


def test_padding_is_black_and_at_the_right_and_bottom():
    small, factors = fit_frame(np.full((1080, 2560, 3), 255, np.uint8))
    width, height = round(2560 * factors[0]), round(1080 * factors[1])
    assert small[:, width:].max() == 0 and small[height:].max() == 0 and small[:height, :width].min() == 255


def test_parts_of_a_card_go_with_the_better_find():
    card, part, beside = boxes((100, 50, 84, 112), (110, 60, 40, 50), (190, 50, 40, 50))
    assert distinct(np.stack([card, part, beside]), np.array([0.9, 0.8, 0.7])) == [0, 2]
    assert distinct(np.stack([card, part, beside]), np.array([0.5, 0.8, 0.7])) == [1, 2]


class TwoLooks:
    """A network that sees one card, too small in the first look, and finds it in a larger one."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, ...]] = []

    def get_inputs(self):
        return [SimpleNamespace(name="frame")]

    def get_outputs(self):
        return [SimpleNamespace(name=name) for name in ("heat", "corners", "smaller")]

    def run(self, names, feed):
        height, width = feed["frame"].shape[1:3]
        self.frames.append((width, height))
        middles, _ = cell_grid(width, height)
        heat, corners = np.zeros((1, len(middles)), np.float32), np.zeros((1, 8, len(middles)), np.float32)
        smaller = np.zeros((1, height // 8, width // 8), np.float32)
        if len(self.frames) == 1:
            smaller[0, 10, 20] = 0.9
        else:
            place = int(np.flatnonzero((middles == (126, 110)).all(1))[0])
            heat[0, place], corners[0, :, place] = 0.8, (-5, -7, 5, -7, 5, 7, -5, 7)
        return [heat, corners, smaller]


def test_what_is_too_small_is_looked_at_closer():
    network = TwoLooks()
    locator = Locator(Path("any.onnx"), open_session=lambda path, threads: network)
    (found,) = locator.find(np.zeros((2160, 3840, 3), np.uint8))
    assert len(network.frames) == 2 and network.frames[0] == (512, 288)
    # The spot (164, 84) of the first frame lies at (1230, 630); the closer look begins 40 pixels of that frame before it.
    assert found.quad.mean(0) == pytest.approx((930 + 126 * 3, 330 + 110 * 3), abs=3)
    assert np.ptp(found.quad, axis=0) == pytest.approx((40 * 3, 56 * 3), rel=0.02)


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

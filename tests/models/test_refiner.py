"""The refiner answers with places in its patch, one a corner, and learns them."""

import numpy as np
import pytest
import torch

from balatro.config.shapes import PATCH_SIZE, PATCH_STRIDE
from balatro.models.bundle import check_refiner, export_refiner
from balatro.models.refiner import Refiner, middles
from balatro.train_model.lesson.losses import corner_peaks, mean_of, refiner_losses
from balatro.utils.quads import patch_corners

ROWS, COLUMNS = PATCH_SIZE[1] // PATCH_STRIDE, PATCH_SIZE[0] // PATCH_STRIDE


def test_shapes_and_export() -> None:
    torch.manual_seed(0)
    refiner = Refiner().eval()
    cards = np.random.default_rng(0).integers(0, 256, (3, 128, 96, 3), np.uint8)
    places, card = refiner.maps(torch.from_numpy(cards))
    assert places.shape == (3, 4, ROWS, COLUMNS) and card.shape == (3,)
    assert check_refiner(export_refiner(refiner), refiner, cards) < 1e-3


def test_the_middle_of_a_peak_is_where_the_corner_lies() -> None:
    places = torch.from_numpy(patch_corners())[None] + torch.tensor([0.7, -1.3])
    peaks = corner_peaks(places, ROWS, COLUMNS)
    assert peaks.sum((2, 3)) == pytest.approx(torch.ones(1, 4))
    assert middles(peaks.clamp(min=1e-9).log()) == pytest.approx(places, abs=0.05)


def test_a_corner_outside_of_the_patch_is_not_asked_for() -> None:
    places = torch.tensor([[[-9.0, 20.0], [50.0, 20.0], [50.0, 90.0], [20.0, 200.0]]])
    assert corner_peaks(places, ROWS, COLUMNS).sum((2, 3)).round().tolist() == [[0, 1, 1, 0]]


def test_losses_of_a_right_and_of_a_wrong_answer() -> None:
    wanted = torch.from_numpy(patch_corners())[None].repeat(2, 1, 1)
    batch = {"places": wanted, "fit": torch.tensor([1.0, 0.0]), "wide": torch.ones(2)}
    right = corner_peaks(wanted, ROWS, COLUMNS).clamp(min=1e-9).log()
    sure = torch.tensor([9.0, -9.0])
    good = refiner_losses(right, sure, batch)
    bad = refiner_losses(right.flip(1), -sure, batch)
    for part in ("places", "card"):
        assert float(mean_of(*good[part])) < float(mean_of(*bad[part])) - 1
    close = {**batch, "wide": torch.zeros(2)}  # says where corners lie, and nothing on whether it is a card
    assert float(mean_of(*refiner_losses(right, -sure, close)["card"])) == 0
    assert float(refiner_losses(right.flip(1), sure, close)["places"][0]) == float(bad["places"][0])
    nothing = {**batch, "fit": torch.zeros(2)}
    assert float(mean_of(*refiner_losses(right, sure, nothing)["places"])) == 0

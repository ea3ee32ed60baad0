"""Losses and the figures shown while training."""

import math

import pytest
import torch

from balatro.models.multi_head import COSINE_SCALE
from balatro.train_model.losses import accuracy, encoder_loss, locator_loss, name_loss, recall
from balatro.train_model.settings import TrainSettings
from balatro.train_model.tasks import MISSING

SETTINGS = TrainSettings(smoothing=0.0, margin=0.1)


def test_margin_makes_the_right_class_harder() -> None:
    logits, labels = torch.tensor([[5.0, 1.0, 0.0]]), torch.tensor([0])
    lowered = torch.tensor([[5.0 - 0.1 * COSINE_SCALE, 1.0, 0.0]])
    assert name_loss(logits, labels, SETTINGS) == pytest.approx(float(-lowered.log_softmax(1)[0, 0]), abs=1e-5)


def test_missing_labels_cost_nothing() -> None:
    logits = torch.randn(3, 4)
    labels = torch.tensor([2, MISSING, 1])
    all_told = name_loss(logits[[0, 2]], labels[[0, 2]], SETTINGS)
    assert name_loss(logits, labels, SETTINGS) == pytest.approx(float(all_told), abs=1e-5)
    assert name_loss(logits, torch.full((3,), MISSING), SETTINGS) == 0


def test_tasks_without_labels_are_left_out() -> None:
    outputs = {"modifier": torch.zeros(2, 5), "seal": torch.zeros(2, 3), "embedding": torch.zeros(2, 4)}
    losses = encoder_loss(outputs, {"label.modifier": torch.tensor([0, 1]), "cards": torch.zeros(2)}, SETTINGS)
    assert list(losses) == ["modifier"] and losses["modifier"] == pytest.approx(math.log(5), abs=1e-4)


def frame(*centres: tuple[int, int]) -> dict[str, torch.Tensor]:
    heat = torch.zeros(1, 8, 8)
    for y, x in centres:
        heat[0, y, x] = 1
    return {
        "heat": heat,
        "heat_weight": torch.ones(1, 8, 8),
        "corners": torch.ones(1, 8, 8, 8),
        "corner_weight": heat.clone(),
    }


def test_locator_loss_likes_the_truth() -> None:
    batch = frame((2, 3), (5, 5))
    right = torch.where(batch["heat"] == 1, 6.0, -6.0)[:, None]
    good = locator_loss(right, torch.ones(1, 8, 8, 8), batch)
    bad = locator_loss(-right, torch.zeros(1, 8, 8, 8), batch)
    assert good["heat"] < 0.01 < 10 < bad["heat"]
    assert good["corners"] == 0 and bad["corners"] == pytest.approx(1)


def test_locator_loss_without_cards_is_finite() -> None:
    losses = locator_loss(torch.zeros(1, 1, 8, 8), torch.zeros(1, 8, 8, 8), frame())
    assert all(torch.isfinite(loss) for loss in losses.values())


def test_weightless_cells_do_not_count() -> None:
    batch = frame()
    batch["heat_weight"][0, 4, 4] = 0
    logits = torch.full((1, 1, 8, 8), -20.0)
    logits[0, 0, 4, 4] = 9
    assert locator_loss(logits, torch.zeros(1, 8, 8, 8), batch)["heat"] < 1e-6


def test_figures() -> None:
    assert accuracy(torch.eye(3), torch.tensor([0, 1, MISSING])) == 1
    assert math.isnan(accuracy(torch.eye(2), torch.tensor([MISSING, MISSING])))
    batch = frame((2, 3), (5, 5))
    logits = torch.full((1, 1, 8, 8), -9.0)
    logits[0, 0, 2, 4] = 9  # one cell off
    assert recall(logits, batch) == 0.5

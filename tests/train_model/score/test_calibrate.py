"""Temperatures and thresholds from answers whose best ones are known."""

import numpy as np
import pytest
import torch

from balatro.config.kinds import CARD, KINDS, NOTHING
from balatro.train_model.score.calibrate import Answers, best_reject, best_temperature, best_threshold, match_peaks
from balatro.utils.cells import cell_grid


def test_temperature_of_overconfident_logits() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=(4000, 5)) * 2
    chances = np.exp(true) / np.exp(true).sum(1, keepdims=True)
    labels = np.array([rng.choice(5, p=row) for row in chances])
    assert best_temperature(3 * true, labels) == pytest.approx(3, rel=0.1)
    assert best_temperature(np.zeros((0, 5)), np.zeros(0, int)) == 1


def answers(known_heights: np.ndarray, stranger_heights: np.ndarray) -> Answers:
    """Cards that are all read as class 0 with these probabilities, of two classes."""
    heights = np.concatenate([known_heights, stranger_heights])
    logits = np.log(np.stack([heights, 1 - heights], 1))
    named = np.arange(len(heights)) < len(known_heights)
    kinds = np.where(np.arange(len(KINDS)) == CARD, 50.0, 0.0) * np.ones((len(heights), 1))  # all of them surely cards
    return Answers({"identification": logits, "kind": kinds}, {"identification": np.where(named, 0, 1)}, named)


ONE = {"identification": 1.0, "kind": 1.0}


def test_reject_lies_between_strangers_and_cards() -> None:
    reject, measured = best_reject(answers(np.full(500, 0.99), np.linspace(0.5, 0.8, 200)), ONE, np.array([True, False]))
    assert 0.79 < reject <= 0.81
    assert measured["strangers_named"] <= 0.01 and measured["names_rejected"] == 0


def test_reject_does_not_cost_all_names() -> None:
    reject, measured = best_reject(answers(np.linspace(0.6, 0.9, 500), np.full(200, 0.95)), ONE, np.array([True, False]))
    assert measured["names_rejected"] <= 0.011 and measured["strangers_named"] == 1 and reject < 0.62


def test_without_strangers_nothing_is_rejected_needlessly() -> None:
    reject, measured = best_reject(answers(np.full(10, 0.99), np.zeros(0)), ONE, np.array([True, False]))
    assert reject == pytest.approx(0.2) and measured["strangers_named"] == 0


def test_what_is_no_card_needs_no_threshold() -> None:
    said = answers(np.full(500, 0.9), np.full(200, 0.95))
    said.logits["kind"][500:] = np.where(np.arange(len(KINDS)) == NOTHING, 50.0, 0.0)
    reject, measured = best_reject(said, ONE, np.array([True, False]))
    assert reject < 0.9 and measured["strangers_named"] == 0 and measured["names_rejected"] == 0


def test_peaks_are_matched_once() -> None:
    grid = cell_grid(128, 64)
    heat, wanted, weight = torch.zeros(672), torch.zeros(672), torch.ones(672)
    fine, coarse, alone = 5 * 32 + 5, 640 + 2 * 8 + 5, 512 + 6 * 16 + 1
    wanted[fine] = wanted[coarse] = 1
    heat[fine + 1], heat[fine - 33], heat[alone] = 0.9, 0.6, 0.4
    rows, number = match_peaks(heat, wanted, weight, grid)
    assert number == 2
    assert rows.tolist() == pytest.approx(np.array([[0.9, 1], [0.6, 0], [0.4, 0]]))
    weight[alone] = 0
    assert len(match_peaks(heat, wanted, weight, grid)[0]) == 2
    assert match_peaks(torch.zeros(672), torch.zeros(672), weight, grid)[0].shape == (0, 2)


def test_threshold_between_cards_and_noise() -> None:
    cards = np.stack([np.linspace(0.5, 0.9, 100), np.ones(100)], 1)
    noise = np.stack([np.linspace(0.05, 0.3, 50), np.zeros(50)], 1)
    threshold, scores = best_threshold([(np.concatenate([cards, noise]), 100)])
    assert 0.3 < threshold < 0.5
    assert scores == {"found": 1.0, "false_finds": 0.0}

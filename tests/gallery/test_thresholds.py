"""Thresholds of a gallery, from made-up likenesses."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.gallery.thresholds import ALIKE_OUTSIDERS, LOST_LIKENESS, REJECTS, calibrate
from balatro.runtime.model_json import GallerySettings
from balatro.utils.chances import softmax

NUM_CARDS, NUM_KNOWN = 30, 20
KNOWN = np.arange(NUM_CARDS) < NUM_KNOWN
SURE = np.ones(600)
NONE = np.zeros((0, NUM_CARDS))
"""No outsiders."""


def probes(spread: float, stranger_likeness: float = 0.4, count: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and true cards: 0.8 to the right card, less to the others; strangers also resemble known cards somewhat."""
    rng = np.random.default_rng(0)
    card = rng.integers(0, NUM_CARDS, count)
    seen = rng.normal(0.3, spread, (count, NUM_CARDS))
    seen[np.arange(count), card] = rng.normal(0.8, spread, count)
    strangers = np.flatnonzero(~KNOWN[card])
    seen[strangers, 3] = np.maximum(seen[strangers, 3], rng.normal(stranger_likeness, spread, len(strangers)))
    return seen, card


def test_clear_likenesses_name_nearly_all_and_no_strangers():
    seen, card = probes(0.05)
    settings = calibrate(seen, card, np.arange(NUM_CARDS), KNOWN, SURE, NONE)
    chances = softmax(seen * settings.scale)
    named = (chances.max(axis=1) >= settings.reject) & (seen.max(axis=1) >= settings.cosine) & KNOWN[chances.argmax(axis=1)]
    assert named[KNOWN[card]].mean() > 0.97 and named[~KNOWN[card]].mean() == 0


def test_closer_likenesses_need_a_larger_scale():
    seen, card = probes(0.05)
    groups = np.arange(NUM_CARDS)
    assert (
        calibrate(0.9 + 0.1 * seen, card, groups, KNOWN, SURE, NONE).scale
        > 3 * calibrate(seen, card, groups, KNOWN, SURE, NONE).scale
    )


def test_strangers_like_a_card_raise_the_threshold():
    easy = calibrate(*probes(0.05, 0.3), np.arange(NUM_CARDS), KNOWN, SURE, NONE)
    hard = calibrate(*probes(0.05, 0.55), np.arange(NUM_CARDS), KNOWN, SURE, NONE)
    assert hard.reject > easy.reject


def test_what_is_hardly_a_card_loses_its_name():
    seen, card = probes(0.05, 0.55)
    doubtful = np.where(KNOWN[card], 1.0, 0.2)
    settings = calibrate(seen, card, np.arange(NUM_CARDS), KNOWN, doubtful, NONE)
    assert settings.reject < calibrate(seen, card, np.arange(NUM_CARDS), KNOWN, SURE, NONE).reject


def test_nothing_is_named_that_is_no_more_alike_than_outsiders_are():
    seen, card = probes(0.05)
    outsiders = np.random.default_rng(1).normal(0.3, 0.05, (400, NUM_CARDS))
    outsiders[:, 4] = np.linspace(0.4, 0.7, 400)
    settings = calibrate(seen, card, np.arange(NUM_CARDS), KNOWN, SURE, outsiders)
    assert settings.cosine == pytest.approx(0.4 + (1 - ALIKE_OUTSIDERS) * 0.3, abs=0.005)


def test_outsiders_may_not_cost_many_names():
    seen, card = probes(0.05)
    settings = calibrate(seen, card, np.arange(NUM_CARDS), KNOWN, SURE, np.full((50, NUM_CARDS), 0.95))
    right = seen[KNOWN[card]].max(axis=1)
    assert (right < settings.cosine).mean() == pytest.approx(LOST_LIKENESS, abs=0.01)


def test_twins_count_as_one():
    seen, card = probes(0.05)
    seen[:, 1] = seen[:, 0] = np.maximum(seen[:, 0], seen[:, 1])  # nothing tells these two apart
    groups = np.where(np.arange(NUM_CARDS) == 1, 0, np.arange(NUM_CARDS))
    settings = calibrate(seen, card, groups, KNOWN, SURE, NONE)
    chances = softmax(seen * settings.scale)
    twins = card <= 1
    assert np.median(chances[twins].max(axis=1)) < 0.55
    assert np.median(chances[twins, :2].sum(axis=1)) > 0.9


@pytest.mark.parametrize("known", [np.zeros(4, bool), np.ones(4, bool)])
def test_without_cards_or_strangers_there_are_bounds(known):
    settings = calibrate(np.eye(4), np.arange(4), np.arange(4), known, np.ones(4), np.zeros((0, 4)))
    assert settings == GallerySettings() or REJECTS[0] <= settings.reject <= REJECTS[1]
    empty = calibrate(np.zeros((0, 4)), np.zeros(0, int), np.arange(4), known, np.zeros(0), np.zeros((0, 4)))
    assert empty == GallerySettings()

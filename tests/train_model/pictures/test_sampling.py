import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.errors import SettingsError
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.pictures.sampling import (
    class_weights,
    curriculum_weights,
    epoch_order,
    epoch_steps,
    joint_weights,
    stream,
)

seeds = st.integers(0, 2**32 - 1)


@given(num=st.integers(1, 200), seed=seeds, epoch=st.integers(0, 100))
def test_an_epoch_shows_every_picture_once(num: int, seed: int, epoch: int) -> None:
    order = epoch_order(num, seed, epoch)
    assert order.dtype == np.int64 and sorted(order) == list(range(num))
    assert (order == epoch_order(num, seed, epoch)).all()


def test_epochs_and_seeds_differ() -> None:
    orders = [tuple(epoch_order(50, seed, epoch)) for seed in range(3) for epoch in range(3)]
    assert len(set(orders)) == 9


def test_changing_an_order_does_not_change_the_next() -> None:
    epoch_order(20, 0, 0)[:] = 0
    assert sorted(epoch_order(20, 0, 0)) == list(range(20))


@given(weights=st.lists(st.sampled_from([0.0, 1.0, 3.0]), min_size=2, max_size=40).filter(any), seed=seeds)
def test_weight_nought_is_never_drawn(weights: list[float], seed: int) -> None:
    drawn = epoch_order(len(weights), seed, 0, np.array(weights))
    assert len(drawn) == len(weights) and (np.array(weights)[drawn] > 0).all()


def test_weights_are_proportions() -> None:
    weights = np.array([0.0, 1.0, 3.0] * 2000)
    counts = np.bincount(epoch_order(6000, 1, 0, weights) % 3, minlength=3)
    assert counts[0] == 0 and counts[1] == pytest.approx(1500, abs=120) and counts[2] == pytest.approx(4500, abs=120)


@pytest.mark.parametrize("weights", [[1.0], [0.0, 0.0], [1.0, -1.0], [1.0, np.nan], [1.0, np.inf]])
def test_impossible_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="expected 2 numbers"):
        epoch_order(2, 0, 0, np.array(weights))


@given(num=st.integers(1, 60), batch=st.integers(1, 20), seed=seeds)
def test_the_stream_is_the_epochs_in_full_batches(num: int, batch: int, seed: int) -> None:
    steps = epoch_steps(num, batch)
    for epoch in range(2):
        rows = [stream(num, seed, epoch * steps + step, batch) for step in range(steps)]
        assert {len(part) for part in rows} == {min(batch, num)}
        assert (np.concatenate(rows) == epoch_order(num, seed, epoch)[: steps * batch]).all()


def test_class_weights_even_the_classes_out() -> None:
    labels = np.array([0] * 8 + [2] * 2 + [MISSING] * 5)
    weights = class_weights(labels, 4)
    assert weights[:8].sum() == pytest.approx(weights[8:10].sum())
    assert (weights[10:] == 1).all() and weights.mean() == pytest.approx(1)
    assert (class_weights(np.full(3, MISSING), 2) == 1).all()


def sums(labels: np.ndarray, weights: np.ndarray, num: int) -> np.ndarray:
    return np.bincount(labels, weights, minlength=num)


def test_joint_weights_even_all_tasks_out_at_once() -> None:
    """Names are rare or frequent, and modifiers mostly Base: a product of weights would show the rare ones far too often."""
    rng = np.random.default_rng(0)
    names = np.concatenate([np.arange(10).repeat(5), rng.integers(0, 3, 600)])
    modifiers = np.where(rng.random(len(names)) < 0.8, 0, rng.integers(1, 5, len(names)))
    labels, num = {"identification": names, "modifier": modifiers}, {"identification": 10, "modifier": 5}
    weights = joint_weights(labels, num, most=1000)
    assert weights.mean() == pytest.approx(1)
    for task in labels:
        assert sums(labels[task], weights, num[task]) == pytest.approx(len(names) / num[task], rel=0.1)
    product = class_weights(names, 10) * class_weights(modifiers, 5)
    assert np.ptp(sums(names, product, 10)) > 3 * np.ptp(sums(names, weights, 10))


def test_joint_weights_are_capped_and_know_what_is_missing() -> None:
    names, modifiers = np.array([0] * 99 + [1]), np.array([0] * 50 + [MISSING] * 50)
    weights = joint_weights({"identification": names, "modifier": modifiers}, {"identification": 2, "modifier": 2}, most=10)
    assert (
        weights.max() == pytest.approx(10, rel=0.01)
        and weights[99] == weights.max()
        and weights.mean() == pytest.approx(1, rel=0.01)
    )
    assert (joint_weights({"modifier": np.full(4, MISSING)}, {"modifier": 2}) == 1).all()


def test_tasks_that_cannot_all_be_even_meet_in_between() -> None:
    """Nine names of one type and one of another: neither task may take all."""
    names = np.arange(10).repeat(10)
    types = (names == 9).astype(int)
    weights = joint_weights({"name": names, "type": types}, {"name": 10, "type": 2}, most=100)
    share = weights[names == 9].sum() / weights.sum()
    assert 0.15 < share < 0.45


def test_curriculum_begins_with_base_cards() -> None:
    modifier = np.array([0, 1, 4, -1], np.int8)
    assert curriculum_weights(modifier, 1, 2).tolist() == [1, 0, 0, 1]
    assert curriculum_weights(modifier, 0, 2, np.array([2.0, 3, 4, 5])).tolist() == [2, 0, 0, 5]
    assert curriculum_weights(modifier, 2, 2) is None
    with pytest.raises(SettingsError, match="no Base picture"):
        curriculum_weights(modifier[1:3], 0, 2)

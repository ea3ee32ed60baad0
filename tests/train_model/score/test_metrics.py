import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, top_k_accuracy_score

from balatro.config.modifiers import MODIFIERS
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.score import metrics, scores
from balatro.train_model.score.metrics import (
    JOINT_METRICS,
    METRICS,
    Metric,
    class_counts,
    confused_pairs,
    confusion_counts,
    rank_counts,
)
from balatro.train_model.score.scores import TaskScores, scalars, score_predictions
from tests.train_model.fake_predictions import fake_predictions

TABLE = {metric.name: metric for metric in METRICS}


def tensors(predictions, task="identification"):
    return torch.from_numpy(predictions.logits[task]), torch.from_numpy(predictions.labels[task])


@pytest.fixture(params=[(200, 12), (120, 200)], ids=["12 classes", "200 classes"])
def predictions(request):
    return fake_predictions(*request.param)


def told(predictions, task="identification"):
    """Labels, answers and logits of the labelled rows, for scikit-learn."""
    labels = predictions.labels[task]
    rows = labels != MISSING
    return labels[rows], predictions.said(task)[rows], predictions.logits[task][rows]


@pytest.mark.parametrize("k", [1, 3, 5])
def test_top_k_is_sklearns(predictions, k):
    labels, _, logits = told(predictions)
    want = top_k_accuracy_score(labels, logits, k=k, labels=np.arange(logits.shape[1]))
    assert TABLE[f"top{k}"](*tensors(predictions)) == pytest.approx(want)


def test_averages_are_sklearns(predictions):
    labels, said, _ = told(predictions)
    want = classification_report(labels, said, labels=np.unique(labels), output_dict=True, zero_division=0)
    found = {
        name: TABLE[name](*tensors(predictions)) for name in ("macro_precision", "macro_recall", "macro_f1", "weighted_f1")
    }
    assert found == pytest.approx(
        {
            "macro_precision": want["macro avg"]["precision"],
            "macro_recall": want["macro avg"]["recall"],
            "macro_f1": want["macro avg"]["f1-score"],
            "weighted_f1": want["weighted avg"]["f1-score"],
        }
    )


def test_per_class_is_sklearns(predictions):
    labels, said, logits = told(predictions)
    want = classification_report(labels, said, labels=np.arange(logits.shape[1]), output_dict=True, zero_division=0)
    for number, row in enumerate(TABLE["per_class"](*tensors(predictions))):
        there = want[str(number)]
        assert row["support"] == there["support"]
        assert (row["precision"], row["recall"], row["f1"]) == pytest.approx(
            (there["precision"], there["recall"], there["f1-score"])
        )


def test_confusion_is_sklearns(predictions):
    labels, said, logits = told(predictions)
    np.testing.assert_array_equal(
        TABLE["confusion"](*tensors(predictions)), confusion_matrix(labels, said, labels=np.arange(logits.shape[1]))
    )


def test_calibration_and_loss_are_torchmetrics(predictions):
    from torchmetrics.functional.classification import multiclass_calibration_error

    logits, labels = tensors(predictions)
    rows = labels != MISSING
    want = multiclass_calibration_error(logits[rows].softmax(1), labels[rows], logits.shape[1], n_bins=metrics.NUM_BINS)
    assert TABLE["calibration_error"](logits, labels) == pytest.approx(float(want), abs=1e-5)
    loss = torch.nn.functional.cross_entropy(logits, labels, ignore_index=MISSING)
    assert TABLE["loss"](logits, labels) == pytest.approx(float(loss), rel=1e-5)


def test_a_class_without_support_does_not_pull_the_mean_down():
    logits = torch.eye(4)[[0, 1, 1, 2]]  # class 3 never occurs; one card of class 0 is read as class 2
    labels = torch.tensor([0, 1, 1, 0])
    assert TABLE["macro_recall"](logits, labels) == pytest.approx((0.5 + 1) / 2)
    assert TABLE["macro_precision"](logits, labels) == pytest.approx(1.0)  # what was said to be class 2 counts in the recall


def test_confused_pairs_are_the_largest_first():
    counts = torch.tensor([[5, 0, 2], [3, 1, 0], [0, 1, 9]])
    assert confused_pairs(counts) == [
        {"true": 1, "said": 0, "count": 3, "share": pytest.approx(3 / 4)},
        {"true": 0, "said": 2, "count": 2, "share": pytest.approx(2 / 7)},
        {"true": 2, "said": 1, "count": 1, "share": pytest.approx(1 / 10)},
    ]
    assert counts[0, 0] == 5, "the counts go on being used"


def test_rank_of_equal_logits_agrees_with_argmax():
    logits = torch.zeros(3, 4)
    assert rank_counts(logits, torch.tensor([0, 1, 3])).tolist() == [1, 1, 0, 1, 0, 0]


def test_nan_is_never_right():
    logits = torch.full((4, 3), math.nan)
    labels = torch.tensor([0, 1, 2, 0])
    assert TABLE["top1"](logits, labels) == 0
    scores = TaskScores({"identification": ["a", "b", "c"]})
    scores.update({"identification": logits}, {"identification": labels})
    assert scores.compute()["all"]["both_right"] == 0


def test_many_classes_have_no_matrix(monkeypatch):
    monkeypatch.setattr(metrics, "MAX_CONFUSION", 3)
    logits, labels = torch.eye(4), torch.arange(4)
    assert confusion_counts(logits, labels).shape == (0, 0)
    assert TABLE["confused"](logits, labels) == []
    assert class_counts(logits, labels).tolist() == [[1] * 4] * 3


@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric.scalar], ids=lambda metric: metric.name)
def test_nothing_labelled_is_nan(metric):
    assert math.isnan(metric(torch.zeros(3, 4), torch.full((3,), MISSING)))


@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric.scalar], ids=lambda metric: metric.name)
def test_perfect_answers_are_best(metric):
    labels = torch.arange(4).repeat(5)
    logits = 50 * torch.eye(4)[labels]
    assert metric(logits, labels) == pytest.approx(1.0 if metric.higher_is_better else 0.0, abs=1e-6)


# The accumulator.


def whole(predictions):
    return score_predictions(predictions)


def same(one, other):
    """Whether two results are alike, arrays and nan included."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return np.allclose(one, other, equal_nan=True, rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 60), max_size=4), seed=st.integers(0, 5), processes=st.integers(1, 3))
def test_pieces_add_up_to_the_whole(cuts, seed, processes):
    predictions = fake_predictions(60, 7, seed=seed, missing=0.3)
    edges = sorted({0, 60, *cuts})
    parts = [TaskScores(predictions.class_names) for _ in range(processes)]
    for number, (start, end) in enumerate(pairwise(edges)):
        batch = [
            {task: torch.from_numpy(column[start:end]) for task, column in columns.items()}
            for columns in (predictions.logits, predictions.labels)
        ]
        parts[number % processes].update(*batch)
    for other in parts[1:]:
        for name, counts in parts[0].state().items():
            counts += other.state()[name]
    assert same(parts[0].compute(), whole(predictions))


def test_state_can_be_summed_in_place_over_processes():
    predictions = fake_predictions(40)
    one, empty = TaskScores(predictions.class_names), TaskScores(predictions.class_names)
    assert one.state().keys() == empty.state().keys(), "also of a process that got no batch"
    assert [part.shape for part in one.state().values()] == [part.shape for part in empty.state().values()]
    one.update(*[{task: torch.from_numpy(c) for task, c in part.items()} for part in (predictions.logits, predictions.labels)])
    for name, part in empty.state().items():
        part += one.state()[name]
    assert same(empty.compute(), one.compute())
    one.reset()
    assert set(one.compute()) == {"all"}


def test_joint_metrics_by_hand():
    names = {"identification": ["a", "b"], "modifier": ["Base", "Negative"]}
    said = {"identification": [0, 0, 1, 1, 0], "modifier": [0, 1, 1, 0, 0]}
    true = {"identification": [0, 1, 1, 1, MISSING], "modifier": [0, 1, 1, 1, 0]}
    scores = TaskScores(names)
    scores.update(
        {task: torch.eye(2)[torch.tensor(rows)] for task, rows in said.items()},
        {task: torch.tensor(rows) for task, rows in true.items()},
    )
    joint = scores.compute()["all"]
    assert joint["both_right"] == pytest.approx(2 / 4)
    assert joint["by_modifier"] == {
        "Base": {"cards": 2, "identification": 1.0, "modifier": 1.0},
        "Negative": {"cards": 3, "identification": pytest.approx(2 / 3), "modifier": pytest.approx(2 / 3)},
    }
    assert joint["both_by_modifier"] == {"Base": 1.0, "Negative": pytest.approx(1 / 3)}


def test_modifiers_that_nothing_reads_still_group():
    predictions = fake_predictions()
    only = replace(predictions, logits={"identification": predictions.logits["identification"]})
    found = score_predictions(only)
    assert set(found) == {"identification", "all"}
    assert set(found["all"]["by_modifier"]) == set(MODIFIERS)
    assert all(set(row) == {"cards", "identification"} for row in found["all"]["by_modifier"].values())


def test_temperature_changes_calibration_only():
    predictions = fake_predictions()
    cold, hot = score_predictions(predictions), score_predictions(predictions, {"identification": 3.0})
    assert hot["identification"]["calibration_error"] != pytest.approx(cold["identification"]["calibration_error"])
    assert hot["identification"]["top3"] == cold["identification"]["top3"]
    assert same(hot["modifier"], cold["modifier"])


def test_a_new_metric_is_one_entry(monkeypatch):
    half = Metric(name="half_sure", about="rows with a probability above one half", count=_half_sure, score=lambda c: float(c))
    monkeypatch.setattr(scores, "METRICS", (*METRICS, half))
    predictions = fake_predictions(50)
    found = score_predictions(predictions)
    want = (predictions.probabilities("modifier")[predictions.labels["modifier"] != MISSING].max(1) > 0.5).sum()
    assert found["modifier"]["half_sure"] == want
    assert scalars(found)["modifier"]["half_sure"] == want


def _half_sure(logits, labels):
    return (logits.softmax(1).max(1).values > 0.5).sum()


def test_scalars_are_plain_numbers():
    for values in scalars(whole(fake_predictions())).values():
        assert values and all(type(value) is float for value in values.values())


def test_names_are_unique():
    names = [metric.name for metric in (*METRICS, *JOINT_METRICS)]
    assert len(names) == len(set(names))


def test_top1_is_accuracy():
    predictions = fake_predictions()
    labels, said, _ = told(predictions, "modifier")
    assert whole(predictions)["modifier"]["top1"] == pytest.approx(accuracy_score(labels, said))


# Predictions.


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"cards": np.zeros((3, 4, 4), np.uint8)}, "cards are"),
        ({"cards": np.zeros((1, 4, 4, 3), np.uint8)}, "1 rows"),
        ({"labels": {"identification": np.full(20, 99), "modifier": np.zeros(20, int)}}, "99"),
        ({"labels": {"identification": np.zeros(20, int)}}, "modifier"),
        ({"embedding": np.zeros((5, 2), np.float32)}, "embedding have 5"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change, fault):
    with pytest.raises(ValueError, match=fault):
        replace(fake_predictions(20), **change)


def test_probabilities_take_a_temperature():
    predictions = fake_predictions(30)
    sure, unsure = (predictions.probabilities("modifier", t) for t in (0.5, 4.0))
    np.testing.assert_allclose(sure.sum(1), 1, rtol=1e-5)
    assert (sure.max(1) > unsure.max(1)).all()
    np.testing.assert_array_equal(sure.argmax(1), predictions.said("modifier"))

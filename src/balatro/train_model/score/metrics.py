"""How well the tasks are read: every metric is one row of a table, and one accumulator serves them all.

A metric is two small functions. `count` turns a batch into a tensor that *adds up*: over batches, over processes, over parts of
a data set. `score` turns the sum into what people read. So nothing is averaged over batches of unequal size, and a metric of a
whole set is exact however it was cut into pieces:

    scores = TaskScores({"identification": names, "modifier": MODIFIERS})
    for cards, labels in batches:
        scores.update(model(cards), labels)
    for part in scores.state().values():
        fabric.all_reduce(part, reduce_op="sum")        # with several processes
    scores.compute()["identification"]["top1"]

What holds for all of them: a row whose label is MISSING does not count; a class without a labelled row (no support) is left
out of macro averages, while what was wrongly said to be of that class still counts against the class it truly is; a class that
was never said has a precision of 0; and a metric of no rows at all is nan. These are scikit-learn's rules with `labels` set to
the classes that occur and `zero_division=0`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from balatro.train_model.lesson.tasks import MISSING

TOP = (1, 3, 5)
NUM_BINS = 15
"""Bins of confidence for the calibration error, equally wide."""
MAX_CONFUSION = 2_000
"""With more classes there is no confusion matrix: 16,000 invented cards would take 2 GB."""
MAX_PAIRS = 50
"""Most confused pairs that are listed."""

JOINT = "all"
"""The key of what all tasks together have, in what `compute` gives."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a table or a page says of a metric."""

    name: str
    about: str
    higher_is_better: bool = True
    scalar: bool = True
    """Whether the score is one float, which tables and curves can show."""
    percent: bool = True
    """Whether people read the float as a percentage."""


@dataclass(frozen=True, kw_only=True)
class Metric(Shown):
    """One row of METRICS: what is counted of one task, and what is read from the sum."""

    count: Callable[[Tensor, Tensor], Tensor]
    """count(logits (N, C) float32, labels (N,) int64, none MISSING) -> a tensor that adds up; N may be 0."""
    score: Callable[[Tensor], Any]
    """score(sum of counts) -> a float, or for a structure numpy arrays, lists and dicts."""

    def __call__(self, logits: Tensor, labels: Tensor) -> Any:
        """The metric of one set of rows; those with a MISSING label do not count."""
        told = labels != MISSING
        return self.score(self.count(logits[told].float(), labels[told]))


# What is counted.


def rank_counts(logits: Tensor, labels: Tensor) -> Tensor:
    """(6,) int64: rows whose right class is the most likely, the second, ... the fifth, or none of these.

    Of equal logits the lower class comes first, as in argmax. A row with a nan is no hit, whatever its label.
    """
    right = logits.gather(1, labels[:, None])
    classes = torch.arange(logits.shape[1], device=logits.device)
    before = (logits > right) | ((logits == right) & (classes < labels[:, None]))
    rank = torch.where(logits.isnan().any(1), max(TOP), before.sum(1)).clamp(max=max(TOP))
    return torch.bincount(rank, minlength=max(TOP) + 1)


def class_counts(logits: Tensor, labels: Tensor) -> Tensor:
    """(3, C) int64: for each class the rows read as it rightly, read as it at all, and truly of it."""
    num, said = logits.shape[1], logits.argmax(1)
    return torch.stack([torch.bincount(rows, minlength=num) for rows in (labels[said == labels], said, labels)])


def confusion_counts(logits: Tensor, labels: Tensor) -> Tensor:
    """(C, C) int64, rows true, columns said; (0, 0) with more than MAX_CONFUSION classes."""
    num = logits.shape[1]
    if num > MAX_CONFUSION:
        return torch.zeros(0, 0, dtype=torch.int64, device=logits.device)
    return torch.bincount(labels * num + logits.argmax(1), minlength=num * num).view(num, num)


def calibration_counts(logits: Tensor, labels: Tensor) -> Tensor:
    """(3, NUM_BINS) float: in each bin of confidence the rows, the sum of their confidences, and the rows read rightly."""
    sure, said = logits.softmax(1).max(1)
    place = (sure * NUM_BINS).ceil().long().sub(1).clamp(0, NUM_BINS - 1)
    rows = torch.stack([torch.ones_like(sure), sure, (said == labels).float()])
    return _exact(rows).new_zeros(3, NUM_BINS).index_add_(1, place, _exact(rows))


def loss_counts(logits: Tensor, labels: Tensor) -> Tensor:
    """(2,) float: the sum of the cross entropies, in nats, and the rows."""
    losses = _exact(F.cross_entropy(logits, labels, reduction="none"))
    return torch.stack([losses.sum(), losses.new_tensor(float(len(labels)))])


def _exact(values: Tensor) -> Tensor:
    """In float64, so that sums do not depend on the order of batches; Apple's GPUs have none."""
    return values.float() if values.device.type == "mps" else values.double()


# What is read from the sums.


def top_share(counts: Tensor, k: int) -> float:
    """From `rank_counts`: the share of rows whose right class is among the k most likely."""
    return _share(counts[:k].sum(), counts.sum())


def class_rows(counts: Tensor) -> list[dict[str, float]]:
    """From `class_counts`, a dict a class: precision, recall, f1 (0..1) and support (rows truly of it)."""
    hits, said, true = counts.double()
    precision, recall = hits / said.clamp(min=1), hits / true.clamp(min=1)
    f1 = 2 * hits / (said + true).clamp(min=1)
    columns = (precision.tolist(), recall.tolist(), f1.tolist(), counts[2].tolist())
    return [{"precision": p, "recall": r, "f1": f, "support": s} for p, r, f, s in zip(*columns, strict=True)]


def macro(counts: Tensor, value: str) -> float:
    """From `class_counts`: the mean of a value over the classes with support."""
    rows = [row[value] for row in class_rows(counts) if row["support"]]
    return sum(rows) / len(rows) if rows else math.nan


def weighted(counts: Tensor, value: str) -> float:
    """From `class_counts`: the mean of a value over the classes, each as often as it occurs."""
    rows = class_rows(counts)
    return _share(sum(row[value] * row["support"] for row in rows), sum(row["support"] for row in rows))


def calibration_error(counts: Tensor) -> float:
    """From `calibration_counts`: by how much confidence and the share that is right differ, the mean over all rows (0..1)."""
    rows, sure, right = counts
    return _share((sure - right).abs().sum(), rows.sum())


def confused_pairs(counts: Tensor) -> list[dict[str, Any]]:
    """From `confusion_counts`, most frequent first: {true, said (class indices), count, share (of the true class's rows)}."""
    wrong = counts.clone()
    wrong.fill_diagonal_(0)
    true, said = wrong.nonzero(as_tuple=True)
    order = torch.argsort(wrong[true, said], descending=True, stable=True)[:MAX_PAIRS]
    totals = counts.sum(1)
    return [
        {"true": t, "said": s, "count": int(counts[t, s]), "share": float(counts[t, s] / totals[t])}
        for t, s in zip(true[order].tolist(), said[order].tolist(), strict=True)
    ]


def _array(counts: Tensor) -> np.ndarray:
    return counts.cpu().numpy()


def _share(part: Tensor | float, whole: Tensor | float) -> float:
    return float(part) / float(whole) if float(whole) else math.nan


METRICS: tuple[Metric, ...] = (
    *(
        Metric(name=f"top{k}", about=about, count=rank_counts, score=partial(top_share, k=k))
        for k, about in zip(TOP, ("right", "right class among the 3 most likely", "among the 5 most likely"), strict=True)
    ),
    Metric(
        name="macro_precision",
        about="of what is read as a class, how much is of it; every class counts alike",
        count=class_counts,
        score=partial(macro, value="precision"),
    ),
    Metric(
        name="macro_recall",
        about="of what is of a class, how much is read so; every class counts alike",
        count=class_counts,
        score=partial(macro, value="recall"),
    ),
    Metric(
        name="macro_f1",
        about="precision and recall in one; every class counts alike",
        count=class_counts,
        score=partial(macro, value="f1"),
    ),
    Metric(
        name="weighted_f1",
        about="the same; every class counts as often as it occurs",
        count=class_counts,
        score=partial(weighted, value="f1"),
    ),
    Metric(
        name="calibration_error",
        about="how far confidence is from the share that is right",
        count=calibration_counts,
        score=calibration_error,
        higher_is_better=False,
    ),
    Metric(
        name="loss",
        about="plain cross entropy in nats, whatever was trained with",
        count=loss_counts,
        score=lambda counts: _share(*counts),
        higher_is_better=False,
        percent=False,
    ),
    Metric(
        name="per_class",
        about="precision, recall, F1 and support of each class",
        count=class_counts,
        score=class_rows,
        scalar=False,
    ),
    Metric(name="confusion", about="rows true, columns read", count=confusion_counts, score=_array, scalar=False),
    Metric(
        name="confused", about="the most confused pairs of classes", count=confusion_counts, score=confused_pairs, scalar=False
    ),
    Metric(
        name="calibration",
        about="cards, sum of confidences and cards read rightly, in each bin of confidence",
        count=calibration_counts,
        score=_array,
        scalar=False,
    ),
)
"""The metrics of a single task. A new one is one entry here."""


# Metrics over all tasks at once.

Rows = Mapping[str, Tensor]
"""{task: (N,) bool}."""


@dataclass(frozen=True, kw_only=True)
class JointMetric(Shown):
    """One row of JOINT_METRICS: a metric that looks at all tasks of a card.

    count(right, told, groups, num_groups) takes {task: (N,) whether it is labelled and read rightly}, {task: (N,) whether it is
    labelled}, and (N,) the index of each card's modifier or MISSING. score(sum, tasks, group_names).
    """

    count: Callable[[Rows, Rows, Tensor, int], Tensor]
    score: Callable[[Tensor, Sequence[str], Sequence[str]], Any]


def both_counts(right: Rows, told: Rows, groups: Tensor, num_groups: int) -> Tensor:
    """(1 + num_groups, 2) int64: for all cards, then by modifier, those with all tasks right, and those with all labelled."""
    labelled = torch.stack(list(told.values())).all(0)
    hit = torch.stack(list(right.values())).all(0)
    return _by_group(hit, labelled, groups, num_groups)


def task_counts(right: Rows, told: Rows, groups: Tensor, num_groups: int) -> Tensor:
    """(tasks, 1 + num_groups, 2) int64: for all cards, then by modifier, those read rightly and those labelled."""
    return torch.stack([_by_group(right[task], told[task], groups, num_groups) for task in right])


def _by_group(hit: Tensor, told: Tensor, groups: Tensor, num_groups: int) -> Tensor:
    parts = [torch.stack([hit.sum(), told.sum()])[None]]
    known = groups != MISSING
    columns = [torch.bincount(groups[rows & known], minlength=num_groups) for rows in (hit, told)]
    return torch.cat([*parts, torch.stack(columns, 1)])


def group_shares(counts: Tensor, tasks: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, float]]:
    """From `task_counts`: {modifier: {task: share right, "cards": labelled for any task}}, modifiers with cards only."""
    return {
        name: {"cards": int(counts[:, place, 1].max())}
        | {task: _share(*counts[number, place]) for number, task in enumerate(tasks) if counts[number, place, 1]}
        for place, name in enumerate(names, start=1)
        if counts[:, place, 1].any()
    }


def both_shares(counts: Tensor, tasks: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """From `both_counts`: {modifier: share with all tasks right}."""
    return {name: _share(*counts[place]) for place, name in enumerate(names, start=1) if counts[place, 1]}


JOINT_METRICS: tuple[JointMetric, ...] = (
    JointMetric(
        name="both_right",
        about="all tasks right, of the cards where all are labelled",
        count=both_counts,
        score=lambda counts, tasks, names: _share(*counts[0]),
    ),
    JointMetric(
        name="by_modifier",
        about="share right of each task, by the card's modifier",
        count=task_counts,
        score=group_shares,
        scalar=False,
    ),
    JointMetric(
        name="both_by_modifier",
        about="all tasks right, by the card's modifier",
        count=both_counts,
        score=both_shares,
        scalar=False,
    ),
)
"""The metrics over all tasks. A new one is one entry here."""

"""Which pictures come when: a pure function of the seed and the step, so that a resumed run sees what it would have seen.

The same order serves all heads of a network: a batch carries the labels of every task, so weights are made for pictures, not
per head.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.errors import SettingsError
from balatro.train_model.lesson.tasks import MISSING

MOST_OFTEN = 10.0
"""A picture is drawn at most this often an epoch on average: a class of one picture is not learned by seeing it 200 times."""

ROUNDS = 60
"""Of balancing in `joint_weights`; what changes after these is far below what drawing at random does."""


def epoch_order(num: int, seed: int, epoch: int, weights: np.ndarray | None = None) -> np.ndarray:
    """The pictures of an epoch in order: (num,) int64.

    Every picture once; with weights (num,) a draw with replacement in their proportion, as torch's WeightedRandomSampler does.
    """
    if weights is not None and (len(weights) != num or not (weights >= 0).all() or not 0 < weights.sum() < np.inf):
        raise ValueError(f"weights of shape {weights.shape}; expected {num} numbers from 0, not all of them 0")
    return _order(num, seed, epoch, None if weights is None else np.ascontiguousarray(weights, np.float64).tobytes()).copy()


@lru_cache(maxsize=4)
def _order(num: int, seed: int, epoch: int, weights: bytes | None) -> np.ndarray:
    rng = np.random.default_rng([seed, epoch])
    if weights is None:
        return rng.permutation(num).astype(np.int64)
    reached = np.cumsum(np.frombuffer(weights, np.float64))
    # From the right, so that a picture of weight 0 is never met; below 1, so that the last place exists.
    return np.searchsorted(reached / reached[-1], rng.random(num), side="right").astype(np.int64)


def epoch_steps(num: int, batch_size: int) -> int:
    """Batches of an epoch: full ones only, but one at least."""
    return max(num // batch_size, 1)


def stream(num: int, seed: int, step: int, batch_size: int, weights: np.ndarray | None = None) -> np.ndarray:
    """The pictures of batch `step` in an endless row of epochs: (batch_size,) int64, or (num,) where there are fewer.

    What is left at an epoch's end is dropped; it is another part each time. weights: of the step's epoch, see `epoch_order`.
    """
    epoch, batch = divmod(step, epoch_steps(num, batch_size))
    return epoch_order(num, seed, epoch, weights)[batch * batch_size : (batch + 1) * batch_size]


def class_weights(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """(N,) float64 weights of pictures, inversely proportional to how often their class occurs; 1 on average.

    labels: (N,) places of classes; a picture without one (MISSING) counts 1, as the average picture does.
    """
    weights = np.ones(len(labels))
    told = labels != MISSING
    if told.any():
        counts = np.bincount(labels[told], minlength=num_classes)
        weights[told] = told.sum() / ((counts > 0).sum() * counts[labels[told]])
    return weights


def joint_weights(labels: Mapping[str, np.ndarray], num_classes: Mapping[str, int], most: float = MOST_OFTEN) -> np.ndarray:
    """(N,) float64 weights of pictures under which the classes of every task come equally often, as far as that can be.

    The product of each task's weights would not do that where tasks depend on one another: a name's only Negative would get
    the weight of a rare name times that of a rare modifier. Instead all tasks' weights are corrected in turns until the sums of
    all classes agree (raking, every task with an equal share of each correction, so that tasks that cannot all be even,
    such as names and types, meet in between). No weight exceeds `most` times the average, which is 1.
    """
    tasks = {task: (label, label != MISSING) for task, label in labels.items() if (label != MISSING).any()}
    num = len(next(iter(labels.values()))) if labels else 0
    weights = np.ones(num)
    for _ in range(ROUNDS if tasks else 0):
        factor = np.ones(num)
        for task, (label, told) in tasks.items():
            sums = np.bincount(label[told], weights[told], minlength=num_classes[task])
            factor[told] *= (sums.sum() / ((sums > 0).sum() * sums[label[told]])) ** (1 / len(tasks))
        weights = _capped(weights * factor, most)
    return weights


def _capped(weights: np.ndarray, most: float) -> np.ndarray:
    """Scaled to an average of 1, with no weight above `most`."""
    for _ in range(8):  # cutting lowers the average, so that scaling lifts others above
        weights = np.minimum(weights / weights.mean(), most)
    return weights


def curriculum_weights(
    modifier: np.ndarray, epoch: int, base_epochs: int, weights: np.ndarray | None = None
) -> np.ndarray | None:
    """Weights of an epoch when cards with an edition come only after `base_epochs` epochs; None where all count alike.

    modifier: (N,) places in MODIFIERS; pictures whose modifier is not known (-1) count as Base.
    """
    if epoch >= base_epochs:
        return weights
    base = modifier <= MODIFIERS.index("Base")
    if not base.any():
        raise SettingsError("no Base picture to begin with; leave the curriculum out, or label some Base cards")
    return np.where(base, 1.0 if weights is None else weights, 0.0)

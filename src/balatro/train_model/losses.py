"""The losses: a cosine softmax with a margin for names, cross entropy for other tasks, focal and L1 for the locator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from balatro.models.locator import thin
from balatro.models.multi_head import COSINE_SCALE
from balatro.train_model.settings import TrainSettings
from balatro.train_model.tasks import MISSING

CORNER_SHARE = 1.0
"""Weight of the corner loss beside the focal loss; both are means over the cards of a batch."""


@dataclass(frozen=True)
class TaskLoss:
    """A task's loss from its logits (N, classes) and labels (N,), and its weight in the sum."""

    loss: Callable[[Tensor, Tensor, TrainSettings], Tensor]
    weight: float = 1.0


def name_loss(logits: Tensor, labels: Tensor, settings: TrainSettings) -> Tensor:
    """Cross entropy after the right class's cosine was lowered by the margin."""
    right = labels.clamp(min=0)[:, None]
    lowered = logits.scatter_add(1, right, torch.full_like(right, -settings.margin * COSINE_SCALE, dtype=logits.dtype))
    return _cross_entropy(lowered, labels, settings.smoothing)


def class_loss(logits: Tensor, labels: Tensor, settings: TrainSettings) -> Tensor:
    """Plain cross entropy, a little smoothed."""
    return _cross_entropy(logits, labels, 0.02)


def _cross_entropy(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Mean over the labelled rows; 0 when there is none."""
    told = (labels != MISSING).sum().clamp(min=1)
    return F.cross_entropy(logits, labels, ignore_index=MISSING, label_smoothing=smoothing, reduction="sum") / told


TASK_LOSSES: dict[str, TaskLoss] = {"identification": TaskLoss(name_loss, 0.5), "modifier": TaskLoss(class_loss)}
"""Tasks not listed here get class_loss."""


def encoder_loss(outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], settings: TrainSettings) -> dict[str, Tensor]:
    """{task: weighted loss} for every task with labels in the batch."""
    losses = {}
    for name, labels in batch.items():
        task = name.removeprefix("label.")
        if task != name and task in outputs:
            entry = TASK_LOSSES.get(task, TaskLoss(class_loss))
            losses[task] = entry.weight * entry.loss(outputs[task], labels, settings)
    return losses


def locator_loss(logits: Tensor, corners: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """CenterNet's focal loss on the heat (K, 1, h, w) and the weighted L1 of the corners (K, 8, h, w), per card."""
    logits, corners = logits.float()[:, 0], corners.float()
    heat, weight = batch["heat"], batch["heat_weight"]
    log_yes, log_no = F.logsigmoid(logits), F.logsigmoid(-logits)
    chance = logits.sigmoid()
    centre = (heat == 1).float()
    num_cards = centre.sum().clamp(min=1)
    hit = -((1 - chance) ** 2) * log_yes * centre
    empty = -((1 - heat) ** 4) * chance**2 * log_no * (1 - centre) * weight
    near = batch["corner_weight"]
    distance = (corners - batch["corners"]).abs().mean(1) * near
    return {"heat": (hit + empty).sum() / num_cards, "corners": CORNER_SHARE * distance.sum() / near.sum().clamp(min=1)}


@torch.no_grad()
def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of the labelled rows whose highest logit is right; nan when no row is labelled."""
    told = labels != MISSING
    return float((logits.argmax(1) == labels)[told].float().mean())


@torch.no_grad()
def recall(logits: Tensor, batch: Mapping[str, Tensor], threshold: float = 0.3) -> float:
    """Share of the centres with a peak above the threshold at most one cell off; nan when there is none."""
    peaks = thin(logits.float().sigmoid()) > threshold
    near = F.max_pool2d(peaks.float(), 3, 1, 1)[:, 0] > 0
    return float(near[batch["heat"] == 1].float().mean())

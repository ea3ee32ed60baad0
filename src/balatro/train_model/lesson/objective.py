"""What a run minimises: the losses of its tasks in one sum over one batch, whichever processes share the batch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from balatro.errors import SettingsError
from balatro.train_model.lesson.lesson import Lesson
from balatro.train_model.lesson.losses import LOSSES, Losses, TaskLoss, check_head, learner_losses, mean_of
from balatro.train_model.lesson.tasks import BALANCED, MISSING, Task
from balatro.train_model.pictures.sampling import class_weights
from balatro.train_model.score.history import Numbers
from balatro.utils.flags.pick import pick

Told = dict[str, tuple[float, float]]
"""{task, or part of the locator: (sum of the losses, sum of their rows' weights)}."""


@dataclass
class Sums:
    """Losses of many batches, added up."""

    values: Told = field(default_factory=dict)

    def add(self, told: Told) -> None:
        """Add a batch's."""
        for name, (total, count) in told.items():
            before = self.values.get(name, (0.0, 0.0))
            self.values[name] = (before[0] + total, before[1] + count)

    def means(self, objective: Objective) -> Numbers:
        """{"total": the sum that is trained, and each task's mean loss per row, without its weight}; nan for no rows."""
        means = {name: total / count if count else math.nan for name, (total, count) in self.values.items()}
        whole = sum(value for value in means.values() if not math.isnan(value))
        return {"total": whole, **{name: value / objective.weight(name) for name, value in means.items()}}

    def to_dict(self) -> dict[str, list[float]]:
        """For a checkpoint."""
        return {name: list(pair) for name, pair in self.values.items()}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Sums:
        """From a checkpoint."""
        return cls({name: (pair[0], pair[1]) for name, pair in saved.items()})


@dataclass(frozen=True, eq=False)
class Objective:
    """How each task's answers are judged."""

    specs: dict[str, TaskLoss]

    @classmethod
    def of(cls, lesson: Lesson, device: torch.device) -> Objective:
        """The losses that the lesson's tasks name."""
        return cls({name: _spec(lesson, name, task, device) for name, task in lesson.tasks.items()})

    def weight(self, name: str) -> float:
        """Of a task in the sum; 1 for the locator's parts, and for a task without a weight."""
        return (self.specs[name].weight or 1.0) if name in self.specs else 1.0

    def parts(
        self,
        outputs: Mapping[str, Tensor],
        batch: Mapping[str, Tensor],
        other: Tensor | None = None,
        share: Tensor | None = None,
    ) -> Losses:
        """{task: (sum, count)} of a batch, see `losses.learner_losses`."""
        return learner_losses(outputs, batch, self.specs, other, share)

    def told(self, parts: Losses, fabric: Fabric | None = None) -> Told:
        """The same as numbers, added up over the processes of a run."""
        both = torch.stack([torch.stack([total.detach().float(), count.detach().float()]) for total, count in parts.values()])
        if fabric is not None and fabric.world_size > 1:
            both = fabric.all_reduce(both, reduce_op="sum")  # type: ignore[assignment]
        return {name: (row[0], row[1]) for name, row in zip(parts, both.tolist(), strict=True)}

    def total(self, parts: Losses, fabric: Fabric) -> tuple[Tensor, Told]:
        """The loss whose gradient this process contributes, and what to tell.

        The gradients of all processes are averaged; each task's losses are divided by the rows of all processes together, so
        that unlabelled cards weigh nothing wherever they are, and several processes learn what one would.
        """
        told = self.told(parts, fabric)
        if fabric.world_size == 1:
            return torch.stack([mean_of(total, count) for total, count in parts.values()]).sum(), told
        shares = [total * fabric.world_size / (told[name][1] or 1.0) for name, (total, _) in parts.items()]
        return torch.stack(shares).sum(), told


def _spec(lesson: Lesson, name: str, task: Task, device: torch.device) -> TaskLoss:
    check_head(name, task.loss, task.head)
    weights = _class_weights(lesson, name, task)
    return TaskLoss(
        pick(LOSSES, task.loss, "loss", task.loss_options),
        task.weight,
        None if weights is None else torch.tensor(weights, dtype=torch.float32, device=device),
    )


def _class_weights(lesson: Lesson, name: str, task: Task) -> list[float] | None:
    """A weight a class, by name or by frequency; None where all count the same."""
    classes = lesson.task_classes[name]
    if task.class_weights == BALANCED:
        pictures = lesson.sides.get("train")
        if pictures is None:
            raise SettingsError(f"class weights of {name} are {BALANCED}, which counts labelled pictures; this run has none")
        column = pictures.labels[name]
        rows, known = class_weights(column, len(classes)), column != MISSING
        counts = np.bincount(column[known], minlength=len(classes))
        sums = np.bincount(column[known], rows[known], minlength=len(classes))
        return [float(total / count) if count else 1.0 for total, count in zip(sums, counts, strict=True)]
    assert not isinstance(task.class_weights, str)
    shown = {card.name: card.id for card in lesson.classes} if task.field == "name" else {}
    named = {shown.get(label, label): weight for label, weight in task.class_weights.items()}
    unknown = sorted(set(named) - set(classes))
    if unknown:
        raise SettingsError(f"class weights of {name}: no class {', '.join(unknown)}; it has {', '.join(classes[:8])} …")
    return [named.get(label, 1.0) for label in classes] if named else None

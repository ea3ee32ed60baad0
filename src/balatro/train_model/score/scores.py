"""The accumulator that counts all metrics, batch by batch, and computes them at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.score.metrics import JOINT, JOINT_METRICS, METRICS, Rows, Shown, class_counts
from balatro.train_model.score.predictions import GROUP_TASK, Predictions

BATCH = 4096


class TaskScores:
    """Counts what all metrics need, batch by batch, and computes them at the end.

    class_names: {task: names in index order} of the tasks that are scored. temperatures: {task: by what logits are divided}, 1
    where not named; only calibration and loss notice. group_names: the modifiers by which scores are broken down, by default
    those of the task `modifier`. device: where the counts lie.
    """

    def __init__(
        self,
        class_names: Mapping[str, Sequence[str]],
        temperatures: Mapping[str, float] | None = None,
        group_names: Sequence[str] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        self.class_names = {task: list(names) for task, names in class_names.items()}
        self.temperatures = dict(temperatures or {})
        self.group_names = list(self.class_names.get(GROUP_TASK, []) if group_names is None else group_names)
        self.device = torch.device(device)
        self._state: dict[str, Tensor] = {}
        self.reset()

    def reset(self) -> None:
        """Forget all rows."""
        self._state = {}
        nothing = {task: torch.zeros(0, len(names), device=self.device) for task, names in self.class_names.items()}
        self.update(nothing, {task: torch.zeros(0, dtype=torch.int64, device=self.device) for task in nothing})

    @torch.no_grad()
    def update(self, logits: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> None:
        """Count a batch: {task: (B, C)} and {task: (B,) int64, MISSING where unknown}, both for every task.

        What else is in `logits` (the embedding) is not looked at; labels of `modifier` group the scores, even where no network
        reads them.
        """
        true = {task: labels[task].to(self.device) for task in self.class_names}
        told = {task: rows != MISSING for task, rows in true.items()}
        right = {}
        for task in self.class_names:
            rows = logits[task].detach().to(self.device).float() / self.temperatures.get(task, 1.0)
            right[task] = (rows.argmax(1) == true[task]) & ~rows.isnan().any(1)
            self._count_task(task, rows[told[task]], true[task][told[task]])
        self._count_joint(right, told, labels.get(GROUP_TASK) if self.group_names else None)

    def _count_task(self, task: str, rows: Tensor, true: Tensor) -> None:
        for count, name in _counted(METRICS).items():
            self._add(f"{task}.{name}", count(rows, true))

    def _count_joint(self, right: Rows, told: Rows, groups: Tensor | None) -> None:
        if groups is None:
            groups = torch.full_like(next(iter(told.values())), MISSING, dtype=torch.int64)
        for count, name in _counted(JOINT_METRICS).items():
            self._add(f"{JOINT}.{name}", count(right, told, groups.to(self.device), len(self.group_names)))

    def _add(self, name: str, counts: Tensor) -> None:
        self._state[name] = self._state[name] + counts if name in self._state else counts

    def state(self) -> dict[str, Tensor]:
        """What has been counted, the very tensors: sum them in place over processes. The same names in every process."""
        return self._state

    def compute(self) -> dict[str, dict[str, Any]]:
        """{task: {metric: value}} for the tasks with labelled rows, each with `rows`; and under "all" the joint metrics."""
        found: dict[str, dict[str, Any]] = {}
        names = _counted(METRICS)
        for task in self.class_names:
            rows = int(self._state[f"{task}.{names[class_counts]}"][2].sum())
            if rows:
                values = {m.name: m.score(self._state[f"{task}.{names[m.count]}"].cpu()) for m in METRICS}
                found[task] = {"rows": rows, **values}
        joint, tasks = _counted(JOINT_METRICS), list(self.class_names)
        shared = {
            m.name: m.score(self._state[f"{JOINT}.{joint[m.count]}"].cpu(), tasks, self.group_names) for m in JOINT_METRICS
        }
        return {**found, JOINT: shared}


def _counted(metrics: Sequence[Any]) -> dict[Callable[..., Tensor], str]:
    """{count: name of the first metric that uses it}: what several metrics need is counted once."""
    return {metric.count: metric.name for metric in reversed(metrics)}


def scalars(computed: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """The single numbers of what `TaskScores.compute` gave: what histories, tables and curves hold."""
    every: tuple[Shown, ...] = (*METRICS, *JOINT_METRICS)
    single = {metric.name for metric in every if metric.scalar}
    return {task: {name: value for name, value in values.items() if name in single} for task, values in computed.items()}


def score_predictions(predictions: Predictions, temperatures: Mapping[str, float] | None = None) -> dict[str, dict[str, Any]]:
    """All metrics of predictions, as `TaskScores.compute` gives them."""
    class_names = {task: predictions.class_names[task] for task in predictions.tasks}
    scores = TaskScores(class_names, temperatures, predictions.groups()[0])
    for start in range(0, len(predictions), BATCH):
        rows = slice(start, start + BATCH)
        scores.update(
            {task: torch.as_tensor(logits[rows]) for task, logits in predictions.logits.items()},
            {task: torch.as_tensor(labels[rows], dtype=torch.int64) for task, labels in predictions.labels.items()},
        )
    return scores.compute()

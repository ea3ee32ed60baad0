"""How well a network reads what it does not train on, after every epoch."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from balatro.config.seeds import SCREEN_SEED
from balatro.errors import SettingsError
from balatro.train_model.lesson.lesson import Lesson, find_side
from balatro.train_model.lesson.objective import Objective, Sums
from balatro.train_model.pictures.pictures import Pictures
from balatro.train_model.run.batches import Batch, BatchSource, batch_at, whole_batches
from balatro.train_model.run.learner import Learner
from balatro.train_model.score.history import Numbers
from balatro.train_model.score.metrics import JOINT_METRICS, METRICS
from balatro.train_model.score.predictions import Predictions
from balatro.train_model.score.scores import TaskScores, scalars

READ_AT_ONCE = 128
NUM_DRAWN = 2
"""Batches of drawn screens that validate a run without labelled pictures."""
NUM_SAMPLES = 32
HIGHER = {metric.name: metric.higher_is_better for metric in METRICS} | {m.name: m.higher_is_better for m in JOINT_METRICS}


@dataclass(frozen=True, eq=False)
class Validation:
    """What a validation found; empty where there is nothing to validate on."""

    losses: Numbers = field(default_factory=dict)
    """{"total" and each task: mean loss}."""
    computed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """As `TaskScores.compute`."""
    samples: Predictions | None = None

    @property
    def metrics(self) -> dict[str, Numbers]:
        """The single numbers of all metrics."""
        return scalars(self.computed)

    def value(self, name: str) -> tuple[float, bool]:
        """A number by the name that --best takes, and whether higher is better: `loss`, `modifier_macro_f1`, `both_right`."""
        if name == "loss":
            return self.losses.get("total", math.nan), False
        for task, values in self.metrics.items():
            for metric, value in values.items():
                if name in (f"{task}_{metric}", *([metric] if task == "all" else [])):
                    return value, HIGHER[metric]
        have = [f"{task}_{metric}" for task, values in self.metrics.items() for metric in values]
        raise SettingsError(f"--best {name}: no such score; choose `loss`, `last`, or one of: {', '.join(have)}")

    def lowest_recall(self, task: str) -> float:
        """The recall of the worst class of a task that has rows, 0 where none has."""
        rows = self.computed.get(task, {}).get("per_class", [])
        return min((row["recall"] for row in rows if row["support"]), default=0.0)


class Validator:
    """Reads the validation side with given weights, in a copy of the networks."""

    def __init__(self, learner: Learner, lesson: Lesson, source: BatchSource, objective: Objective) -> None:
        self.learner = copy.deepcopy(learner).eval()
        for weight in self.learner.parameters():
            weight.requires_grad_(False)
        self.lesson = lesson
        self.objective = objective
        self.pictures = find_side(lesson, "val")
        self._drawn = _draw(source) if self.pictures is None and not source.settings.has_pictures else []

    @torch.no_grad()
    def validate(self, weights: Mapping[str, Tensor]) -> Validation:
        """Losses and scores with these weights of the learner."""
        self.learner.load_state_dict(weights)
        device = next(self.learner.parameters()).device
        scores, sums = TaskScores(self.lesson.task_classes), Sums()
        samples = None
        for batch in self._batches():
            batch = {name: value.to(device) for name, value in batch.items()}
            outputs = self.learner(batch["cards"], batch.get("frames"), batch.get("patches"))
            labels = {task: batch[f"label.{task}"] for task in self.lesson.tasks}
            scores.update(outputs, labels)
            sums.add(self.objective.told(self.objective.parts(outputs, batch)))
            samples = samples or self._samples(batch, outputs)
        if not sums.values:
            return Validation()
        return Validation(sums.means(self.objective), scores.compute(), samples)

    def _batches(self) -> Iterator[Batch]:
        return iter(self._drawn) if self.pictures is None else read_pictures(self.pictures)

    def _samples(self, batch: Batch, outputs: Mapping[str, Tensor]) -> Predictions:
        rows = slice(0, NUM_SAMPLES)
        return Predictions(
            keys=[str(number) for number in range(len(batch["cards"][rows]))],
            cards=batch["cards"][rows].cpu().numpy(),
            logits={task: outputs[task][rows].float().cpu().numpy() for task in self.lesson.tasks},
            labels={task: batch[f"label.{task}"][rows].cpu().numpy() for task in self.lesson.tasks},
            class_names=self.lesson.task_classes,
        )


def read_pictures(pictures: Pictures) -> Iterator[Batch]:
    """Labelled pictures as they are, in order."""
    for part in whole_batches(pictures, READ_AT_ONCE):
        labels = {f"label.{task}": torch.from_numpy(column[part]) for task, column in pictures.labels.items()}
        yield {"cards": torch.from_numpy(pictures.read(part)), **labels}


def _draw(source: BatchSource) -> list[Batch]:
    """A few batches of screens that training never draws; the same in every process and every epoch."""
    apart = replace(source.settings, seed=source.settings.seed + SCREEN_SEED, workers=0)
    return [batch_at(BatchSource(apart, source.lesson), index) for index in range(NUM_DRAWN)]

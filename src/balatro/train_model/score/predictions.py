"""What a network said about a set of cards: all that a report needs, and no network in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from balatro.train_model.lesson.tasks import MISSING
from balatro.utils.chances import softmax

GROUP_TASK = "modifier"
"""The label by which scores and maps are broken down, whether it is a task of its own or only known."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """One row a card. Tasks are the keys of `logits`; `labels` and `class_names` may tell about more.

    ValueError when the parts do not fit together.
    """

    keys: Sequence[str]
    """(N,) what each card is called: its picture's path."""
    cards: np.ndarray
    """(N, h, w, 3) uint8 RGB, as the network saw them; may be a memmap."""
    logits: dict[str, np.ndarray]
    """{task: (N, C) float32}."""
    labels: dict[str, np.ndarray]
    """{task: (N,) int64}, MISSING (-1) where a task's label is not known."""
    class_names: dict[str, list[str]]
    """{task: C names in index order}."""
    embedding: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """(N, D) float32, or (0, 0) where there is none."""

    def __post_init__(self) -> None:
        num = len(self)
        if self.cards.ndim != 4 or self.cards.shape[3] != 3 or self.cards.dtype != np.uint8:
            raise ValueError(f"cards are {self.cards.dtype} {self.cards.shape}, expected uint8 (N, h, w, 3)")
        parts = {"cards": self.cards, **{f"labels of {task}": rows for task, rows in self.labels.items()}}
        parts |= {f"logits of {task}": rows for task, rows in self.logits.items()}
        if self.embedding.size:
            parts["embedding"] = self.embedding
        for name, rows in parts.items():
            if len(rows) != num:
                raise ValueError(f"{name} have {len(rows)} rows, expected {num}, one a key")
        for task, rows in self.logits.items():
            names = self.class_names.get(task, [])
            if task not in self.labels or rows.ndim != 2 or rows.shape[1] != len(names):
                raise ValueError(f"{task}: logits {rows.shape} for {len(names)} class names, and labels of {list(self.labels)}")
        for task, labels in self.labels.items():
            if num and not (MISSING <= labels.min() and labels.max() < len(self.class_names.get(task, []))):
                raise ValueError(
                    f"{task}: labels {labels.min()}..{labels.max()} for {len(self.class_names.get(task, []))} names"
                )

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that were read."""
        return tuple(self.logits)

    @property
    def main_task(self) -> str:
        """The task that tells cards apart: identification, or else the one with most classes."""
        return "identification" if "identification" in self.logits else max(self.logits, key=lambda t: self.logits[t].shape[1])

    def probabilities(self, task: str, temperature: float = 1.0) -> np.ndarray:
        """(N, C) float32; a temperature above 1 makes the network less sure."""
        return softmax(self.logits[task], temperature).astype(np.float32)

    def said(self, task: str) -> np.ndarray:
        """(N,) int64: the class with the highest logit."""
        return self.logits[task].argmax(1)

    def wrong(self, task: str) -> np.ndarray:
        """(N,) bool: labelled, and read as something else."""
        labels = self.labels[task]
        return (labels != MISSING) & (labels != self.said(task))

    def groups(self) -> tuple[list[str], np.ndarray]:
        """The modifiers' names and each row's index among them, MISSING where unknown; ([], all MISSING) where none is told."""
        names = self.class_names.get(GROUP_TASK, [])
        labels = self.labels.get(GROUP_TASK)
        return (list(names), labels) if names and labels is not None else ([], np.full(len(self), MISSING))

"""Heads by name: what a task's logits are made from, and by which layers.

`cosine` compares the embedding with one prototype a class, so that a class can be added by one picture. The others read the
backbone's F features; `basic` and `improved` are PokéTorch's two classifiers, whose hidden layers (512, and 1024 and 512, for the
2048 features of ResNet-50) are F/4, and F/2 and F/4, here.

| name | layers |
|---|---|
| cosine | embedding (unit length) · prototypes (unit length) × 24 |
| mlp | Linear(F, 96) → BatchNorm → ReLU → Linear(96, classes) |
| linear | Linear(F, classes) |
| basic | Dropout(0.5) → Linear(F, F/4) → ReLU → Dropout(0.3) → Linear(F/4, classes) |
| improved | Dropout(0.5) → Linear(F, F/2) → BatchNorm → ReLU → Dropout(0.3) → Linear(F/2, F/4) → BatchNorm → ReLU → Dropout(0.2) → Linear(F/4, classes) |
"""  # noqa: E501  (a row of a table is never broken)

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from balatro.errors import SettingsError

COSINE_SCALE = 24.0
"""Logits are this times a cosine. Large enough that 16,000 classes can reach a probability of 0.99."""

Needs = Literal["embedding", "features"]


class CosineHead(nn.Module):
    """Similarity to one learned prototype a class, on the unit-length embedding."""

    needs: ClassVar[Needs] = "embedding"

    def __init__(self, num_in: int, num_classes: int) -> None:
        super().__init__()
        self.prototypes = nn.Parameter(torch.randn(num_classes, num_in))

    def forward(self, embedding: Tensor) -> Tensor:
        return COSINE_SCALE * F.linear(embedding, F.normalize(self.prototypes, dim=1))


class MlpHead(nn.Sequential):
    """One hidden layer on the backbone's features."""

    needs: ClassVar[Needs] = "features"

    def __init__(self, num_in: int, num_classes: int) -> None:
        super().__init__(
            nn.Linear(num_in, 96, bias=False), nn.BatchNorm1d(96), nn.ReLU(inplace=True), nn.Linear(96, num_classes)
        )


class LinearHead(nn.Linear):
    """One layer: what a frozen backbone's features tell by themselves."""

    needs: ClassVar[Needs] = "features"


class BasicHead(nn.Sequential):
    """PokéTorch's first classifier."""

    needs: ClassVar[Needs] = "features"

    def __init__(self, num_in: int, num_classes: int) -> None:
        hidden = max(num_in // 4, 1)
        super().__init__(
            nn.Dropout(0.5), nn.Linear(num_in, hidden), nn.ReLU(inplace=True), nn.Dropout(0.3), nn.Linear(hidden, num_classes)
        )


class ImprovedHead(nn.Sequential):
    """PokéTorch's second classifier: deeper, with batch norm."""

    needs: ClassVar[Needs] = "features"

    def __init__(self, num_in: int, num_classes: int) -> None:
        wide, narrow = max(num_in // 2, 1), max(num_in // 4, 1)
        super().__init__(
            nn.Dropout(0.5), nn.Linear(num_in, wide), nn.BatchNorm1d(wide), nn.ReLU(inplace=True),
            nn.Dropout(0.3), nn.Linear(wide, narrow), nn.BatchNorm1d(narrow), nn.ReLU(inplace=True),
            nn.Dropout(0.2), nn.Linear(narrow, num_classes),
        )  # fmt: skip


HEADS: dict[str, type[CosineHead | MlpHead | LinearHead | BasicHead | ImprovedHead]] = {
    "cosine": CosineHead,
    "mlp": MlpHead,
    "linear": LinearHead,
    "basic": BasicHead,
    "improved": ImprovedHead,
}
"""Every kind of head. Each is built from its number of inputs and of classes; `needs` says what it reads."""

DEFAULT_HEADS = {"identification": "cosine"}
"""Which head a task gets when none is chosen; tasks not listed here get `mlp`."""


def choose_heads(tasks: Iterable[str], chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """{task: kind of head}: the chosen ones, DEFAULT_HEADS for the rest; SettingsError for unknown tasks and kinds."""
    tasks, chosen = list(tasks), chosen or {}
    for task, kind in chosen.items():
        if task not in tasks:
            raise SettingsError(
                f"head `{kind}` was chosen for task `{task}`, which is not learned; the tasks are: {', '.join(tasks)}"
            )
        if kind not in HEADS:
            raise SettingsError(f"no head `{kind}` (for task `{task}`); choose one of: {', '.join(HEADS)}")
    return {task: chosen.get(task, DEFAULT_HEADS.get(task, "mlp")) for task in tasks}


def build_head(kind: str, num_features: int, embedding: int, num_classes: int) -> nn.Module:
    """A head of this kind on a backbone of `num_features` with an embedding of so many numbers."""
    make: Callable[[int, int], nn.Module] = HEADS[kind]
    return make(embedding if HEADS[kind].needs == "embedding" else num_features, num_classes)


class Heads(nn.Module):
    """Heads by task, as nn.ModuleDict has them, but for any name of a task: `type` is an attribute of every module already."""

    def __init__(self, heads: Mapping[str, nn.Module]) -> None:
        super().__init__()
        taken = {task: _child_name(task) for task in heads}
        if len(set(taken.values())) < len(taken):
            raise SettingsError(f"tasks {', '.join(heads)}: two names that differ in punctuation only; rename one")
        self._child_names = taken
        for task, head in heads.items():
            self.add_module(taken[task], head)

    def __getitem__(self, task: str) -> nn.Module:
        return self._modules[self._child_names[task]]  # type: ignore[return-value]

    def __contains__(self, task: object) -> bool:
        return task in self._child_names

    def __iter__(self) -> Iterator[str]:
        return iter(self._child_names)

    def __len__(self) -> int:
        return len(self._child_names)

    def items(self) -> Iterator[tuple[str, nn.Module]]:
        """Tasks and their heads."""
        return ((task, self[task]) for task in self)

    def values(self) -> Iterator[nn.Module]:
        """The heads."""
        return (self[task] for task in self)


def _child_name(task: str) -> str:
    """A name that a module's child may have; the task's own wherever that is one."""
    name = task.replace(".", "_")
    return f"{name}_head" if not name or hasattr(nn.Module, name) or name in ("training", "_child_names") else name

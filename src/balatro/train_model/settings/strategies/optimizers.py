"""Optimizers by name: each a frozen record of what can be set, which builds torch's own.

`learner` is the module whose children are the networks of a run: `encoder` (a MultiHeadModel) and perhaps `locator`. All of
its weights are handed over, frozen ones too: an optimizer passes over weights without a gradient, so one that is thawed later,
or in a resumed run, needs no new optimizer. Groups have a `name`, for the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import nn

from balatro.utils.flags.pick import expect


class OptimizerChoice(Protocol):
    """What every row of OPTIMIZERS is."""

    def build(self, learner: nn.Module) -> torch.optim.Optimizer:
        """The optimizer of all weights of the learner."""
        ...


@dataclass(frozen=True)
class Simple:
    """Adam, one rate for all weights."""

    lr: float = 1e-4
    """Learning rate."""

    def __post_init__(self) -> None:
        _expect_rate(lr=self.lr)

    def build(self, learner: nn.Module) -> torch.optim.Optimizer:
        """See OptimizerChoice."""
        weights = list(learner.parameters())
        return torch.optim.Adam([{"params": weights, "name": "all"}], lr=self.lr, fused=_fused(weights))


@dataclass(frozen=True)
class Group:
    """AdamW: a small step for the backbone, a larger one for embedding, heads and locator, which start anew."""

    lr_backbone: float = 1e-5
    """Learning rate of the encoder's backbone."""
    lr_heads: float = 1e-4
    """Learning rate of everything else."""
    weight_decay: float = 1e-4
    """Pull towards zero; norms and biases are left alone."""

    def __post_init__(self) -> None:
        _expect_rate(lr_backbone=self.lr_backbone, lr_heads=self.lr_heads)
        _expect_decay(self.weight_decay)

    def build(self, learner: nn.Module) -> torch.optim.Optimizer:
        """See OptimizerChoice."""
        weights = list(learner.named_parameters())
        backbone = [weight for name, weight in weights if name.startswith("encoder.backbone.")]
        heads = [weight for name, weight in weights if not name.startswith("encoder.backbone.")]
        groups = [
            *_groups("backbone", backbone, self.weight_decay, lr=self.lr_backbone),
            *_groups("heads", heads, self.weight_decay, lr=self.lr_heads),
        ]
        return torch.optim.AdamW(groups, fused=_fused(backbone))


@dataclass(frozen=True)
class AdamW:
    """AdamW with a short memory, one rate: for networks that learn from scratch on endless drawn cards."""

    lr: float = 2e-3
    """Learning rate."""
    weight_decay: float = 0.02
    """Pull towards zero; norms and biases are left alone."""

    def __post_init__(self) -> None:
        _expect_rate(lr=self.lr)
        _expect_decay(self.weight_decay)

    def build(self, learner: nn.Module) -> torch.optim.Optimizer:
        """See OptimizerChoice."""
        weights = list(learner.parameters())
        return torch.optim.AdamW(
            _groups("all", weights, self.weight_decay), lr=self.lr, betas=(0.9, 0.99), fused=_fused(weights)
        )


OPTIMIZERS: dict[str, type[Simple | Group | AdamW]] = {"simple": Simple, "group": Group, "adamw": AdamW}


def _fused(weights: list[nn.Parameter]) -> bool:
    """One pass over all weights on a CPU. On a GPU torch's default is as fast, and only that can be scaled for float16."""
    return weights[0].device.type == "cpu"


def _groups(name: str, weights: Iterable[nn.Parameter], weight_decay: float, **options: Any) -> list[dict[str, Any]]:
    """Two groups: matrices, which are pulled towards zero, and norms and biases, which are not."""
    weights = list(weights)
    matrices = [weight for weight in weights if weight.ndim > 1]
    rest = [weight for weight in weights if weight.ndim <= 1]
    return [
        {"params": matrices, "weight_decay": weight_decay, "name": name, **options},
        {"params": rest, "weight_decay": 0.0, "name": f"{name}, norms", **options},
    ]


def _expect_rate(**rates: float) -> None:
    for name, rate in rates.items():
        expect(0 < rate < float("inf"), name, rate, "more than 0")


def _expect_decay(weight_decay: float) -> None:
    expect(0 <= weight_decay < float("inf"), "weight_decay", weight_decay, "0 or more")

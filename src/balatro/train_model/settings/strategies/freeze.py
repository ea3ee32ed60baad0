"""Freezing: which stages of a backbone train, and which heads.

A backbone names its stages from the picture to the features (`CardBackbone.stages`), and a strategy counts them from the
features: of ResNet's stem, layer1, layer2, layer3, layer4, `high` trains layer3 and layer4. For cardnet, `layout` is a stage
like the others. The embedding and the heads are no stages: no strategy freezes them, `freeze_heads` does.

Frozen is what has no weight with `requires_grad`; nothing else is remembered. A frozen part stays in evaluation mode, so that
its batch norms keep their statistics: after every `model.train()` comes `set_modes(model)`.

    apply_freeze(model, "high", more=unfrozen_at(epoch, every=5))    # a function of the epoch: after a restart just the same
    model.train(), set_modes(model)                                  # what was thawed learns again, what is frozen stands still
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import nn

from balatro.errors import SettingsError
from balatro.models.heads import HEADS
from balatro.models.multi_head import MultiHeadModel


@dataclass(frozen=True)
class Freeze:
    """One row of the table."""

    about: str
    num_trained: int | None
    """Stages that train, counted from the features; None is all of them."""


FREEZE: dict[str, Freeze] = {
    "none": Freeze("nothing is frozen", None),
    "high": Freeze("the last two stages of the backbone train", 2),
    "mid": Freeze("the last three stages of the backbone train", 3),
    "all": Freeze("the whole backbone is frozen, the statistics of its batch norms too", 0),
}


@dataclass(frozen=True)
class Frozen:
    """What a strategy did to a network."""

    strategy: str
    trained: tuple[str, ...]
    """Stages that train, in order from the picture."""
    frozen: tuple[str, ...]
    num_trainable: int
    """Numbers that training may change, of backbone, embedding and heads."""
    num_total: int

    @property
    def line(self) -> str:
        """What is printed when training begins."""
        told = [f"{verb} {', '.join(names)}" for verb, names in (("trains", self.trained), ("freezes", self.frozen)) if names]
        return f"freeze {self.strategy}: {'; '.join(told)}; {self.num_trainable:,} of {self.num_total:,} weights train"


def apply_freeze(model: MultiHeadModel, name: str, more: int = 0) -> Frozen:
    """Freeze the backbone's stages as the strategy says, and thaw the rest of them; the heads stay as they are.

    more: so many more stages train, from the features down, see `unfrozen_at`.
    SettingsError when there is no such strategy, or a stage has no weights, so that a strategy would do nothing unnoticed.
    """
    if name not in FREEZE:
        raise SettingsError(f"no freeze strategy `{name}`; choose one of: {', '.join(FREEZE)}")
    stages = list(model.backbone.stages)
    wanted = FREEZE[name].num_trained
    num_frozen = 0 if wanted is None else max(len(stages) - wanted - more, 0)
    frozen, trained = stages[:num_frozen], stages[num_frozen:]
    for stage in stages:
        weights = model.backbone.stage_parameters(stage).values()
        if not weights:
            raise SettingsError(
                f"freeze strategy `{name}`: {model.backbone_name} has no weights in its stage `{stage}`; report this"
            )
        _set_trainable(weights, stage in trained)
    set_modes(model)
    counts = [(weight.numel(), weight.requires_grad) for weight in model.parameters()]
    num_trainable = sum(number for number, trains in counts if trains)
    return Frozen(name, tuple(trained), tuple(frozen), num_trainable, sum(number for number, _ in counts))


def unfrozen_at(epoch: int, every: int) -> int:
    """Progressive unfreezing: how many more stages train in an epoch (the first is 0) when one is added `every` so many."""
    return epoch // every if every > 0 else 0


def freeze_heads(model: MultiHeadModel, tasks: Iterable[str]) -> None:
    """Freeze the heads of these tasks, and the embedding when no head that reads it is left to train.

    The embedding belongs to the heads that read it: were it to move on, a frozen head would answer otherwise.
    """
    _set_heads(model, tasks, False)


def unfreeze_heads(model: MultiHeadModel, tasks: Iterable[str]) -> None:
    """Let the heads of these tasks train again, and with them what they read."""
    _set_heads(model, tasks, True)


def frozen_heads(model: MultiHeadModel) -> tuple[str, ...]:
    """The tasks whose heads are frozen."""
    return tuple(task for task, head in model.heads.items() if not _trains(head))


def set_modes(model: MultiHeadModel) -> None:
    """Put what is frozen into evaluation mode; call it after every `model.train()`."""
    backbone = model.backbone
    if not _trains(backbone):
        backbone.eval()
    for stage in backbone.stages:
        if not any(weight.requires_grad for weight in backbone.stage_parameters(stage).values()):
            for layer in backbone.stage_modules(stage):
                layer.eval()
    for part in (model.embed, *model.heads.values()):
        if not _trains(part):
            part.eval()


def _set_heads(model: MultiHeadModel, tasks: Iterable[str], trainable: bool) -> None:
    tasks = list(tasks)
    for task in tasks:
        if task not in model.heads:
            raise SettingsError(f"task `{task}` has no head to freeze; choose among: {', '.join(model.heads)}")
    for task in tasks:
        _set_trainable(model.heads[task].parameters(), trainable)
    readers = [head for task, head in model.heads.items() if HEADS[model.head_kinds[task]].needs == "embedding"]
    if readers:
        _set_trainable(model.embed.parameters(), any(_trains(head) for head in readers))
    set_modes(model)


def _trains(part: nn.Module) -> bool:
    return any(weight.requires_grad for weight in part.parameters())


def _set_trainable(weights: Iterable[nn.Parameter], trainable: bool) -> None:
    for weight in weights:
        weight.requires_grad_(trainable)
        if not trainable:
            weight.grad = None  # an optimizer moves every weight that has a gradient

"""Learning rates over a run, by name: each a frozen record of what can be set, which builds one of torch's own schedulers.

    schedule = Cosine().build(optimizer, epochs=20, epoch_steps=100)
    for each epoch:
        for each step: optimizer.step(), schedule.after_step()
        schedule.after_epoch(val_loss)

Some schedulers go by steps, some by epochs, one by the validation loss; a Schedule knows which.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast

from torch.optim import Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    LambdaLR,
    LRScheduler,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
)

from balatro.errors import SettingsError
from balatro.utils.flags.pick import expect

LEAST_WARMUP = 30
"""Steps of warm-up at least while a run's length is not known yet: they are the same for every length of it."""

_RATE_KEYS = ("lr", "initial_lr", "max_lr", "min_lr")
"""What schedulers write into an optimizer's groups."""


class Schedule:
    """One of torch's schedulers, told of steps and epochs.

    length: the steps or epochs after which a curve that is stretched over the run has come to its end; 0 for other curves.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        scheduler: LRScheduler | None = None,
        each: Literal["step", "epoch"] = "epoch",
        length: int = 0,
    ) -> None:
        self.optimizer = optimizer
        self.scheduler = scheduler
        self.each = each
        self.length = length
        self.count = 0
        """Steps or epochs up to now."""
        self._groups = self._read_groups()

    def after_step(self) -> None:
        """Call after every `optimizer.step()`."""
        if self.each == "step":
            self._advance()

    def after_epoch(self, val_loss: float) -> None:
        """Call after every epoch with its validation loss."""
        if self.each == "epoch":
            self._advance(val_loss)

    def _advance(self, val_loss: float = 0.0) -> None:
        self.count += 1
        if self.scheduler is None or 0 < self.length < self.count:
            return  # a run that goes on beyond its planned end keeps the last rates
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(val_loss)
        else:
            self.scheduler.step()
        self._groups = self._read_groups()

    def set_total(self, steps: int) -> None:
        """The run's length in steps, for a run that began without knowing it; only `warmup` needs it."""
        if isinstance(self.scheduler, LambdaLR):
            curve = cast(WarmupCurve, self.scheduler.lr_lambdas[0])
            curve.total = self.length = steps
            for group, rate in zip(self.optimizer.param_groups, self.scheduler.base_lrs, strict=True):
                group["lr"] = rate * curve(self.count)
            self._groups = self._read_groups()

    def rates(self) -> dict[str, float]:
        """{group's name: learning rate of the next step}."""
        return {str(group.get("name", number)): float(group["lr"]) for number, group in enumerate(self.optimizer.param_groups)}

    def write_rates(self) -> None:
        """Put this schedule's rates back into the optimizer.

        For a run that resumes with another strategy on purpose: `optimizer.load_state_dict` brings along the old one's rates.
        """
        for group, values in zip(self.optimizer.param_groups, self._groups, strict=True):
            group.update(values)

    def _read_groups(self) -> list[dict[str, float]]:
        return [{key: float(group[key]) for key in _RATE_KEYS if key in group} for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """All that `load_state_dict` needs; plain numbers and lists only."""
        state = self.scheduler.state_dict() if self.scheduler else {}
        return {"scheduler": state, "groups": self._groups, "count": self.count, "length": self.length}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where another schedule of the same kind stood. The optimizer's state may be loaded before or after.

        Was that one stretched over another length, this one's own length counts: it goes on where its curve is by then.
        """
        if self.length and state["length"] != self.length:
            self.replay(int(state["count"]))
            return
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.count, self.length = int(state["count"]), int(state["length"])
        self._groups = [dict(values) for values in state["groups"]]
        self.write_rates()

    def replay(self, count: int) -> None:
        """Go on as after so many steps or epochs, with the rates that this schedule gives then."""
        self.write_rates()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch misses the optimizer's steps, which were done in an earlier run
            for _ in range(count):
                self._advance()


class SchedulerChoice(Protocol):
    """What every row of SCHEDULERS is."""

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """The schedule of a run of so many epochs of so many steps; 0 where that is not known yet."""
        ...


@dataclass(frozen=True)
class Constant:
    """The optimizer's own rates throughout."""

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """See SchedulerChoice."""
        return Schedule(optimizer)


@dataclass(frozen=True)
class Cosine:
    """Half a cosine, a step an epoch (CosineAnnealingLR)."""

    tmax: int | None = None
    """Epochs until the lowest rate, from where it rises again; left out: the run's epochs."""
    eta_min: float = 0.0
    """The lowest rate."""

    def __post_init__(self) -> None:
        expect(self.tmax is None or self.tmax >= 1, "tmax", self.tmax, "1 or more")
        expect(self.eta_min >= 0, "eta_min", self.eta_min, "0 or more")

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """See SchedulerChoice."""
        length = 0 if self.tmax else _known("cosine", epochs)
        return Schedule(optimizer, CosineAnnealingLR(optimizer, self.tmax or length, self.eta_min), length=length)


@dataclass(frozen=True)
class Plateau:
    """Lower the rates when the validation loss stalls (ReduceLROnPlateau)."""

    factor: float = 0.1
    """By what the rates are multiplied."""
    patience: int = 5
    """Epochs without a lower loss that are borne."""

    def __post_init__(self) -> None:
        expect(0 < self.factor < 1, "factor", self.factor, "more than 0 and less than 1")
        expect(self.patience >= 0, "patience", self.patience, "0 or more")

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """See SchedulerChoice."""
        return Schedule(optimizer, ReduceLROnPlateau(optimizer, factor=self.factor, patience=self.patience))


@dataclass(frozen=True)
class Step:
    """Lower the rates every few epochs (StepLR)."""

    step_size: int = 10
    """Epochs between two steps down."""
    gamma: float = 0.1
    """By what the rates are multiplied."""

    def __post_init__(self) -> None:
        expect(self.step_size >= 1, "step_size", self.step_size, "1 or more")
        expect(0 < self.gamma <= 1, "gamma", self.gamma, "more than 0, 1 at most")

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """See SchedulerChoice."""
        return Schedule(optimizer, StepLR(optimizer, self.step_size, self.gamma))


@dataclass(frozen=True)
class OneCycle:
    """Up for three tenths of the run, then far down, a step at a time (OneCycleLR; the momentum stays as it is)."""

    max_lr: float | None = None
    """The highest rate, of the fastest group (the others keep their ratio to it); left out: the optimizer's own rates."""

    def __post_init__(self) -> None:
        expect(self.max_lr is None or 0 < self.max_lr < math.inf, "max_lr", self.max_lr, "more than 0")

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """See SchedulerChoice."""
        length = _known("onecycle", epochs * epoch_steps)
        rates = [float(group["lr"]) for group in optimizer.param_groups]
        highest = self.max_lr or max(rates)
        peaks = [highest * (rate / max(rates)) for rate in rates]
        # torch's curve ends at the last step, not after it, and rises again from there.
        return Schedule(optimizer, OneCycleLR(optimizer, peaks, length, cycle_momentum=False), "step", max(length - 1, 1))


@dataclass(frozen=True)
class Restarts:
    """Half a cosine again and again, a step an epoch (CosineAnnealingWarmRestarts)."""

    t0: int = 10
    """Epochs of the first fall."""
    tmult: int = 1
    """How many times as long as the one before each fall is."""
    eta_min: float = 0.0
    """The lowest rate."""

    def __post_init__(self) -> None:
        expect(self.t0 >= 1, "t0", self.t0, "1 or more")
        expect(self.tmult >= 1, "tmult", self.tmult, "1 or more")
        expect(self.eta_min >= 0, "eta_min", self.eta_min, "0 or more")

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """See SchedulerChoice."""
        return Schedule(optimizer, CosineAnnealingWarmRestarts(optimizer, self.t0, self.tmult, self.eta_min))


@dataclass
class WarmupCurve:
    """A rate's share of its highest by the step. torch saves its fields in the scheduler's state."""

    warmup: int
    total: int
    """The run's steps; 0 while they are not known, which only the warm-up may be."""

    def __call__(self, step: int) -> float:
        warmup = min(self.warmup, self.total // 5) if self.total else max(self.warmup, LEAST_WARMUP)
        if step < warmup or self.total == 0:
            return min((step + 1) / warmup, 1.0)
        done = (step - warmup) / max(self.total - warmup, 1)
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


@dataclass(frozen=True)
class Warmup:
    """A straight warm-up, then a cosine down to a hundredth, a step at a time; the run's length may become known later."""

    warmup: int = 100
    """Steps until the optimizer's rate is reached; a fifth of the run at most."""

    def __post_init__(self) -> None:
        expect(self.warmup >= 0, "warmup", self.warmup, "0 or more")

    def build(self, optimizer: Optimizer, epochs: int, epoch_steps: int) -> Schedule:
        """See SchedulerChoice."""
        length = epochs * epoch_steps
        return Schedule(optimizer, LambdaLR(optimizer, WarmupCurve(self.warmup, length)), "step", length)


SCHEDULERS: dict[str, type[Cosine | Plateau | Step | Constant | OneCycle | Restarts | Warmup]] = {
    "cosine": Cosine,
    "plateau": Plateau,
    "step": Step,
    "none": Constant,
    "onecycle": OneCycle,
    "restarts": Restarts,
    "warmup": Warmup,
}


def _known(name: str, length: int) -> int:
    if length < 1:
        raise SettingsError(f"the scheduler `{name}` must know how long the run is; give its epochs, or choose `warmup`")
    return length

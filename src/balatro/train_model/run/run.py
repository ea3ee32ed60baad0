"""A training run: what it is made of, how it begins, and how it goes on where it stood.

All that must survive a restart is in `Run.state()`. A batch is a pure function of the seed and the step, so a run that was
stopped and goes on is, bit for bit, the same as one that was not.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from balatro.errors import ModelError, SettingsError
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.models.refiner import Refiner
from balatro.train_model.lesson.lesson import Lesson, prepare_lesson
from balatro.train_model.lesson.objective import Objective, Sums
from balatro.train_model.run.batches import BatchSource, check_pictures, check_shares
from balatro.train_model.run.checkpoint import LAST, Average, State, find_checkpoint, load_state
from balatro.train_model.run.devices import make_fabric, set_threads
from balatro.train_model.run.learner import Learner
from balatro.train_model.run.start import start_from
from balatro.train_model.run.sync_norm import share_norms
from balatro.train_model.score.history import EpochRecord
from balatro.train_model.score.names import check_best
from balatro.train_model.settings.settings import TrainSettings, settings_from
from balatro.train_model.settings.strategies.freeze import (
    apply_freeze,
    freeze_heads,
    frozen_heads,
    unfrozen_at,
)
from balatro.train_model.settings.strategies.schedulers import Schedule

RECENT = 20
"""Steps over which what is shown while training is averaged."""


@dataclass(eq=False)
class Run:
    """Everything a training run is made of."""

    settings: TrainSettings
    folder: Path
    lesson: Lesson
    fabric: Fabric
    learner: Learner
    """The networks themselves; `module` is the same as Fabric wraps it."""
    module: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: Schedule
    objective: Objective
    average: Average
    source: BatchSource
    total_steps: int = 0
    """Where the run ends; 0 while its minutes are not turned into steps yet."""
    step: int = 0
    epoch: int = 0
    """How many are done."""
    seconds: float = 0.0
    """Time of the command up to now, earlier parts of a resumed run included."""
    best_value: float = math.nan
    """The best value of what `settings.best` names, on the validation up to now."""
    stalled: int = 0
    """Epochs since then."""
    schedule_from: int = 0
    """The step from which the schedule counts; not 0 when the scheduler was exchanged on purpose."""
    stop: bool = False
    """Whether Ctrl+C came: the run stops after the step it is at."""
    sums: Sums = field(default_factory=Sums)
    """The losses of this epoch up to now."""
    before: EpochRecord | None = None
    """The epoch before this one, as far as it was done by this process."""
    recent: deque[dict[str, float]] = field(default_factory=lambda: deque(maxlen=RECENT))

    @property
    def encoder(self) -> MultiHeadModel:
        """The network that reads cards."""
        return self.learner.encoder

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.fabric.device

    @property
    def epoch_steps(self) -> int:
        """Steps of an epoch."""
        return self.source.epoch_steps

    @property
    def epochs(self) -> int:
        """How many there will be; the last may be shorter."""
        return math.ceil(self.total_steps / self.epoch_steps)

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.fabric.is_global_zero

    @property
    def done(self) -> bool:
        """Whether nothing is left to do: the last step is done, or the validation got no better for long."""
        if self.total_steps and self.step >= self.total_steps:
            return True
        patience = self.settings.patience
        return bool(patience) and self.stalled >= patience and self.step % self.epoch_steps == 0

    def state(self) -> State:
        """All that must survive a restart."""
        classes = self.lesson.task_classes
        return {
            "epoch": self.epoch,
            "step": self.step,
            "total_steps": self.total_steps,
            "seconds": self.seconds,
            "model": self.learner.state_dict(),
            "average": self.average.values,
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.schedule.state_dict(),
            "schedule_from": self.schedule_from,
            "scaler": self.fabric.strategy.precision.state_dict(),
            "head_states": {
                task: {"class_names": names, "head": self.encoder.head_kinds[task]} for task, names in classes.items()
            },
            "settings": self.settings.to_dict(),
            "data_hash": self.lesson.data_hash,
            "split_hash": self.lesson.split_hash,
            "best": {"value": self.best_value, "stalled": self.stalled},
            "frozen_heads": list(frozen_heads(self.encoder)),
            "sums": self.sums.to_dict(),
            "random": torch.get_rng_state(),
        }


def begin(settings: TrainSettings, folder: Path, new_split: bool = False, overwrite: bool = False) -> Run:
    """A run before its first step. overwrite: one that is there shall give way, see `clear_run`."""
    began = time.monotonic()
    if (folder / LAST).exists() and not overwrite:
        raise SettingsError(
            f"{folder}: a run of this name is there; go on with --resume {folder.name}, take another --name, or --overwrite"
        )
    if settings.pretrained not in ("auto", "yes", "no"):
        find_checkpoint(settings.pretrained)  # told before the data takes its time
    run = _assemble(settings, folder, new_split)
    told = start_from(run.learner, settings.pretrained, run.source, run.device)
    freeze_heads(run.encoder, settings.freeze_heads)
    _expect_something_to_learn(run)
    check_best(settings.best, run.lesson.tasks)
    run.average = Average(run.learner, settings.ema)
    run.seconds = time.monotonic() - began
    run.fabric.print(told)
    return run


def resume(checkpoint: Path | str, folder: Path | None = None, changed: TrainSettings | None = None) -> Run:
    """The run of a checkpoint, where it stood. folder: left out, the checkpoint's own.

    changed: its settings with another strategy or length, on purpose. What is saved of an optimizer or a scheduler that was
    exchanged is not taken over. ModelError when its data has changed since, or it is of another network.
    """
    path = find_checkpoint(checkpoint)
    state = load_state(path)
    before = settings_from(state["settings"])
    settings = changed or before
    run = _assemble(settings, (folder or path.parent).resolve())
    _check_state(path, state, run)
    run.learner.load_state_dict(state["model"])
    run.average.load(state["average"])
    run.step, run.epoch, run.seconds = state["step"], state["epoch"], state["seconds"]
    if settings.unfreeze_every:
        apply_freeze(run.encoder, settings.freeze_strategy, unfrozen_at(run.epoch, settings.unfreeze_every))
    freeze_heads(run.encoder, state["frozen_heads"] if settings.freeze_heads == before.freeze_heads else settings.freeze_heads)
    _expect_something_to_learn(run)
    check_best(settings.best, run.lesson.tasks)
    if not run.total_steps and _length(settings) == _length(before):
        run.total_steps = state["total_steps"]
    _resume_rates(run, state, before)
    if state["scaler"] and run.fabric.strategy.precision.state_dict():
        run.fabric.strategy.precision.load_state_dict(state["scaler"])
    same_goal = (settings.best, settings.task_options) == (before.best, before.task_options)
    if same_goal and path.name == LAST and run.folder == path.parent.resolve():
        run.best_value, run.stalled = state["best"]["value"], state["best"]["stalled"]
    if _length(settings) != _length(before):
        run.stalled = 0
    run.sums = Sums.from_dict(state["sums"])
    torch.set_rng_state(state["random"])
    return run


def _length(settings: TrainSettings) -> tuple[int, int, float]:
    return settings.epochs, settings.steps, settings.minutes


def _resume_rates(run: Run, state: State, before: TrainSettings) -> None:
    """Optimizer and schedule where they stood; what was exchanged on purpose starts anew, over what is left of the run."""
    settings, schedule = run.settings, run.schedule
    if type(settings.optimizer) is type(before.optimizer):
        fresh = [{key: value for key, value in group.items() if key != "params"} for group in run.optimizer.param_groups]
        run.optimizer.load_state_dict(state["optimizer"])
        if settings.optimizer != before.optimizer:
            for group, values in zip(run.optimizer.param_groups, fresh, strict=True):
                group.update(values)
    run.schedule_from = state["schedule_from"] if settings.scheduler == before.scheduler else run.step
    if run.schedule_from or not schedule.length:
        total = max(run.total_steps - run.schedule_from, 0)
        raw = getattr(run.optimizer, "optimizer", run.optimizer)
        for group in raw.param_groups:
            group["lr"] = group.get("initial_lr", group["lr"])
        run.schedule = schedule = _schedule(settings, raw, total, run.epoch_steps)
    if settings.scheduler != before.scheduler:
        schedule.write_rates()
    elif settings.optimizer == before.optimizer:
        schedule.load_state_dict(state["scheduler"])
    else:
        schedule.replay(int(state["scheduler"]["count"]))


def _check_state(path: Path, state: State, run: Run) -> None:
    """ModelError when a checkpoint is not of this data and these networks."""
    names = {task: entry["class_names"] for task, entry in state["head_states"].items()}
    for task, wanted in run.lesson.task_classes.items():
        if task in names and names[task] != wanted:
            gone, new = sorted(set(names[task]) - set(wanted)), sorted(set(wanted) - set(names[task]))
            told = [f"{len(some)} {how} ({', '.join(some[:3])})" for some, how in ((gone, "gone"), (new, "new")) if some]
            raise ModelError(
                f"{path}: the classes of {task} have changed since: {', '.join(told) or 'another order'}; start a new run with "
                f"--pretrained {run.folder.name}, which keeps what it learned of the others"
            )
    if set(names) != set(run.lesson.task_classes):
        raise ModelError(f"{path}: a checkpoint of the tasks {', '.join(names)}; this run learns {', '.join(run.lesson.tasks)}")
    if state["split_hash"] != run.lesson.split_hash:
        raise ModelError(f"{path}: its split has changed since; bring back the old splits.json, or start a new run")
    if state["data_hash"] != run.lesson.data_hash:
        raise ModelError(f"{path}: its deck has changed since; train anew, or bring back the old deck (and version of balatro)")
    have = run.learner.state_dict()
    wrong = [name for name in {**have, **state["model"]} if _shape(have, name) != _shape(state["model"], name)]
    if wrong:
        raise ModelError(f"{path}: weights of another network than {run.settings.backbone} ({wrong[0]} differs); train anew")


def _shape(weights: dict[str, Tensor], name: str) -> tuple[int, ...] | None:
    return tuple(weights[name].shape) if name in weights else None


def _assemble(settings: TrainSettings, folder: Path, new_split: bool = False) -> Run:
    fabric = make_fabric(settings.device, settings.precision)
    with fabric.rank_zero_first(local=True):  # the others find pictures decoded and the split drawn
        lesson = prepare_lesson(settings, new_split and fabric.is_global_zero)
    set_threads(settings.threads, settings.workers if settings.draws else 0, fabric.device)
    check_shares(settings, fabric.world_size)
    torch.manual_seed(settings.seed)
    tasks = {task: len(names) for task, names in lesson.task_classes.items()}
    heads = {name: task.head for name, task in lesson.tasks.items()}
    encoder = MultiHeadModel(settings.backbone, tasks, settings.embedding, heads=heads, image_size=settings.image_size)
    learner = Learner(encoder, Locator() if settings.draws else None, Refiner() if lesson.takes_photographs else None)
    if fabric.world_size > 1:
        share_norms(learner, fabric.device)
    learner.to(fabric.device)
    optimizer = settings.optimizer.build(learner)
    source = BatchSource(settings, lesson, fabric.global_rank, fabric.world_size)
    check_pictures(source)
    total = settings.steps or settings.epochs * source.epoch_steps
    schedule = _schedule(settings, optimizer, total, source.epoch_steps)
    # Before anything is frozen: what is thawed later must be among the weights that processes share.
    module, wrapped = fabric.setup(learner, optimizer)
    frozen = apply_freeze(encoder, settings.freeze_strategy)
    if settings.only_refiner:
        learner.learn_refiner_alone()
    if settings.freeze_strategy != "none":
        fabric.print(frozen.line)
    objective = Objective.of(lesson, fabric.device)
    average = Average(learner, settings.ema)
    return Run(settings, folder, lesson, fabric, learner, module, wrapped, schedule, objective, average, source, total)


def _schedule(settings: TrainSettings, optimizer: torch.optim.Optimizer, steps: int, epoch_steps: int) -> Schedule:
    """Learning rates over so many steps; 0 where their number is not known yet."""
    schedule: Schedule = settings.scheduler.build(optimizer, math.ceil(steps / epoch_steps), epoch_steps)
    schedule.set_total(steps)
    return schedule


def learns(run: Run) -> bool:
    """Whether anything is left to learn. An embedding that no head reads is nothing."""
    read = "cosine" in run.encoder.head_kinds.values()
    return any(w.requires_grad and (read or ".embed." not in name) for name, w in run.learner.named_parameters())


def _expect_something_to_learn(run: Run) -> None:
    if not learns(run):
        raise SettingsError("nothing is left to learn: all stages and heads are frozen; freeze less")

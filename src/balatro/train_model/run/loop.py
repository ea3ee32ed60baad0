"""Training: one loop for labelled pictures, drawn screens, or both.

    run = begin(settings, folder)        # or: resume(checkpoint), both in run.py
    finish(run)                          # each step: batch, losses, weights; each epoch: validate, tell, save

Everything that a step or an epoch changes is in the run.
"""

from __future__ import annotations

import json
import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from balatro.errors import TrainingError
from balatro.train_model.lesson.losses import accuracy, recall
from balatro.train_model.lesson.objective import Sums
from balatro.train_model.pictures.mixing import mix
from balatro.train_model.run.batches import Batch, open_batches
from balatro.train_model.run.checkpoint import BEST, LAST, save_state, snapshot_name
from balatro.train_model.run.run import Run, begin, learns
from balatro.train_model.score.board import Board
from balatro.train_model.score.history import EpochRecord, append_epoch, cut_history, epoch_line
from balatro.train_model.score.validate import Validation, Validator
from balatro.train_model.settings.settings import LAST_STEP, TrainSettings
from balatro.train_model.settings.strategies.freeze import (
    apply_freeze,
    freeze_heads,
    frozen_heads,
    set_modes,
    unfreeze_heads,
    unfrozen_at,
)
from balatro.utils.files import write_json, write_text
from balatro.utils.progress import Bar, progress

TIMED = 30
"""Steps that are timed before `minutes` becomes a number of steps; all lie in the warm-up, which does not depend on it."""
UNTIMED = 6
"""Of these, steps that are left out: memory is claimed and the workers start."""
LOG_EVERY = 20
LOG = "log.jsonl"
SETTINGS = "settings.json"


def train(settings: TrainSettings, folder: Path) -> Run:
    """Train a new run in `folder` to its end."""
    run = begin(settings, folder)
    finish(run)
    return run


def finish(run: Run) -> None:
    """Train from where the run stands to its end. On Ctrl+C finish the step, save and stop; a second one stops at once."""
    began = time.monotonic() - run.seconds
    board = _open_logs(run) if run.is_first else None
    validator = Validator(run.learner, run.lesson, run.source, run.objective)
    batches: Iterator[Batch] = iter(())
    _set_modes(run)
    try:
        with _stopped_by_ctrl_c(run), progress(f"Training {run.folder.name}", run.total_steps or None) as bar:
            bar.advance(run.step)
            batches = open_batches(run.source, run.step, run.total_steps or 10**9)
            marks = [time.monotonic()]
            while not run.done:
                take_step(run, next(batches))
                marks.append(time.monotonic())
                run.seconds = marks[-1] - began
                if not run.total_steps and len(marks) > TIMED:  # steps of before a --resume are not timed
                    _fix_steps(run, marks, bar)
                _tell(run, marks, bar)
                if run.step % run.epoch_steps == 0 or run.step == run.total_steps:
                    finish_epoch(run, validator, marks, board)
                    run.seconds = time.monotonic() - began
                    _shorten(run, bar)
                    marks = [time.monotonic()] if run.total_steps else marks
                if run.stop:
                    _save(run, LAST)
                    raise KeyboardInterrupt
    finally:
        _close(batches)
        if board is not None:
            board.close()


@contextmanager
def _stopped_by_ctrl_c(run: Run) -> Iterator[None]:
    """The first Ctrl+C sets `run.stop`: between two lines of a step, weights and counts would not fit together."""

    def stop(number: int, frame: object) -> None:
        if run.stop:
            raise KeyboardInterrupt
        run.stop = True

    # With several processes each would stop after another step; torchrun ends them, and the last epoch's state counts.
    if run.fabric.world_size > 1 or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _close(batches: Iterator[Batch]) -> None:
    close = getattr(batches, "close", None)
    if close is not None:
        close()


def take_step(run: Run, batch: Batch) -> None:
    """Losses, gradients, weights, running averages."""
    batch = {name: value.to(run.device, non_blocking=True) for name, value in batch.items()}
    batch, other, share = _mixed(run, batch)
    outputs = run.module(batch["cards"], batch.get("frames"), batch.get("patches"))
    parts = run.objective.parts(outputs, batch, other, share)
    loss, told = run.objective.total(parts, run.fabric)
    _expect_numbers(run, told)
    run.fabric.backward(loss)
    _clip(run)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    run.schedule.after_step()
    run.average.update(run.learner, run.step)
    run.step += 1
    run.sums.add(told)
    scores = {f"{task}_accuracy": accuracy(outputs[task], batch[f"label.{task}"]) for task in run.encoder.tasks}
    found = {"recall": recall(outputs["heat"], batch)} if "heat" in outputs else {}
    run.recent.append({name: value / count if count else math.nan for name, (value, count) in told.items()} | scores | found)


def _set_modes(run: Run) -> None:
    """All networks into training mode, but for what is frozen."""
    run.module.train()
    set_modes(run.encoder)
    if run.settings.only_refiner:
        run.learner.learn_refiner_alone()


def _mixed(run: Run, batch: Batch) -> tuple[Batch, Tensor | None, Tensor | None]:
    settings, source = run.settings, run.source
    if settings.mix == "none":
        return batch, None, None
    rng = np.random.default_rng([settings.seed + 2, run.step])
    num = len(batch["cards"])
    part = slice(source.rank * num, (source.rank + 1) * num)
    return mix(batch, settings.mix, settings.mix_alpha, rng, num * source.world, part)


def _clip(run: Run) -> None:
    """Shorten long gradients, each network's by itself."""
    if run.settings.clip <= 0:
        return
    precision = run.fabric.strategy.precision
    precision.unscale_gradients(getattr(run.optimizer, "optimizer", run.optimizer))
    for network in run.learner.networks.values():
        nn.utils.clip_grad_norm_(network.parameters(), run.settings.clip)


def _expect_numbers(run: Run, told: dict[str, tuple[float, float]]) -> None:
    """TrainingError when the loss is no number; the last checkpoint stays as it is."""
    wrong = [name for name, (value, _) in told.items() if not math.isfinite(value)]  # of all processes
    if not wrong:
        return
    last = run.folder / LAST
    kept = f"{last} holds the state after epoch {run.epoch}; lower the learning rate, and go on with --resume {run.folder.name}"
    raise TrainingError(
        f"the loss of {', '.join(wrong)} is no number at step {run.step + 1} (epoch {run.epoch + 1}); "
        + (kept if last.is_file() else "no epoch was finished; lower the learning rate, and start again")
    )


# After an epoch.


def finish_epoch(run: Run, validator: Validator, marks: list[float], board: Board | None) -> None:
    """Validate, adapt rates and frozen parts, write it all down, save."""
    run.epoch += 1
    validation = validator.validate(run.average.values if run.settings.ema else run.learner.state_dict())
    value, better = _judge(run, validation)
    if not math.isnan(value):  # with nothing to validate on, nothing stalls
        run.best_value, run.stalled = (value, 0) if better else (run.best_value, run.stalled + 1)
    kept = better and run.settings.best != LAST_STEP
    record = EpochRecord(
        epoch=run.epoch,
        step=run.step,
        seconds=round(run.seconds, 1),
        images_per_second=round(_pace(run, marks), 1),
        train_loss=run.sums.means(run.objective),
        val_loss=validation.losses,
        rates=run.schedule.rates(),
        metrics=validation.metrics,
        best=kept,
    )
    run.sums = Sums()
    run.schedule.after_epoch(validation.losses.get("total", record.train_loss.get("total", 0.0)))
    _adapt(run, validation)
    _set_modes(run)
    if board is not None:
        append_epoch(run.folder, record)
        board.write_epoch(record, validation.computed, validation.samples)
        run.fabric.print(
            epoch_line(record, run.epochs, run.before, {name: task.metrics for name, task in run.lesson.tasks.items()})
        )
    run.before = record
    if kept or run.settings.best == LAST_STEP:
        _save(run, BEST)
    if run.settings.checkpoint_interval and run.epoch % run.settings.checkpoint_interval == 0:
        _save(run, snapshot_name(run.epoch))
    _save(run, LAST)


def _judge(run: Run, validation: Validation) -> tuple[float, bool]:
    """The value of what decides on the best weights (the loss, where the last are kept), and whether it is the best so far."""
    if not validation.losses:
        return math.nan, False
    value, higher = validation.value("loss" if run.settings.best == LAST_STEP else run.settings.best)
    if math.isnan(value):
        return value, False
    return value, math.isnan(run.best_value) or (value > run.best_value if higher else value < run.best_value)


def _adapt(run: Run, validation: Validation) -> None:
    """Thaw stages and freeze heads for the next epoch."""
    settings = run.settings
    if settings.unfreeze_every:
        before = [weight.requires_grad for weight in run.encoder.backbone.parameters()]
        frozen = apply_freeze(run.encoder, settings.freeze_strategy, unfrozen_at(run.epoch, settings.unfreeze_every))
        if before != [weight.requires_grad for weight in run.encoder.backbone.parameters()]:
            run.fabric.print(frozen.line)
    if settings.freeze_heads_at:
        for task in run.encoder.tasks:
            lowest = validation.lowest_recall(task)
            reached = lowest >= settings.freeze_heads_at
            if task not in settings.freeze_heads and reached != (task in frozen_heads(run.encoder)):
                (freeze_heads if reached else unfreeze_heads)(run.encoder, [task])
                run.fabric.print(f"{task}: {'frozen' if reached else 'learns again'}, lowest recall of a class {lowest:.3f}")
        if not learns(run):
            run.fabric.print("nothing is left to learn: every head has reached its goal")
            run.total_steps = run.step


def _save(run: Run, name: str) -> None:
    if run.is_first:
        save_state(run.folder / name, run.state())
    run.fabric.barrier()


# Telling.


def _open_logs(run: Run) -> Board:
    """The folder with its settings, and logs without what comes after the state that the run goes on from."""
    run.folder.mkdir(parents=True, exist_ok=True)
    write_json(run.folder / SETTINGS, run.settings.to_dict())
    _cut_log(run.folder / LOG, run.step)
    cut_history(run.folder, run.epoch)
    board = Board(run.folder, run.lesson.task_classes, run.epoch + 1)
    board.write_settings(run.settings.to_dict())
    return board


def _pace(run: Run, marks: list[float]) -> float:
    """Cards a second of this process and its fellows, over the epoch's last steps."""
    cards = run.settings.batch_size * run.settings.has_pictures + run.settings.crops * run.settings.draws
    return cards * (len(marks) - 1) / max(marks[-1] - marks[0], 1e-9) if len(marks) > 1 else math.nan


def _fix_steps(run: Run, marks: list[float], bar: Bar) -> None:
    """Turn `minutes` into a number of steps, by the pace up to now; a tenth, two minutes at most, is left for what follows."""
    pace = (marks[-1] - marks[UNTIMED]) / (len(marks) - 1 - UNTIMED)
    _set_steps(run, run.step + max(int(_seconds_left(run) / pace), 1), bar)


def _shorten(run: Run, bar: Bar) -> None:
    """After an epoch: fewer steps, where validating, saving or a slower machine left less of the minutes than was expected."""
    settings = run.settings
    if settings.epochs or settings.steps or not run.total_steps or run.step >= run.total_steps:
        return
    possible = run.step + max(int(_seconds_left(run) / (run.seconds / run.step)), 1)
    if possible < run.total_steps:
        _set_steps(run, possible, bar)


def _seconds_left(run: Run) -> float:
    """Of the minutes, less what follows on the training."""
    return (run.settings.minutes - min(0.1 * run.settings.minutes, 2.0)) * 60 - run.seconds


def _set_steps(run: Run, steps: int, bar: Bar) -> None:
    """The same end for all processes."""
    agreed = torch.tensor(steps, device=run.device)
    run.total_steps = int(run.fabric.broadcast(agreed)) if run.fabric.world_size > 1 else int(agreed)
    run.schedule.set_total(run.total_steps)
    bar.set_total(run.total_steps)


def _tell(run: Run, marks: list[float], bar: Bar) -> None:
    means = {name: _mean([entry[name] for entry in run.recent]) for name in run.recent[-1]}
    loss = sum(value for name, value in means.items() if not name.endswith("_accuracy") and name != "recall" and value == value)
    speed = _pace(run, marks[-LOG_EVERY - 1 :])
    shown = [f"{task} {100 * means[f'{task}_accuracy']:.1f}" for task in run.encoder.tasks if task != "kind"]
    shown += [f"found {100 * means['recall']:.1f}"] if "recall" in means else []
    bar.advance(note=f"loss {loss:.2f}  {'  '.join(shown)} %  {speed:.0f} cards/s")
    if run.is_first and (run.step % LOG_EVERY == 0 or run.step == run.total_steps):
        line: dict[str, Any] = {"step": run.step, "seconds": round(run.seconds, 1), "cards_per_second": round(speed, 1)}
        line |= {"loss": round(loss, 4), "rates": run.schedule.rates()}
        line |= {name: round(value, 4) for name, value in means.items()}
        with (run.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def _cut_log(log: Path, step: int) -> None:
    """Leave out what was logged after the checkpoint that the run goes on from: these steps come again."""
    if log.is_file():
        lines = log.read_text(encoding="utf-8").splitlines()
        write_text(log, "".join(f"{line}\n" for line in lines if _logged_step(line) <= step))


def _logged_step(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, TypeError, KeyError):
        return math.inf  # half a line, where the machine went off


def _mean(values: list[float]) -> float:
    real = [value for value in values if not math.isnan(value)]
    return sum(real) / len(real) if real else math.nan

"""The batches of a run, whatever it learns from: labelled pictures, drawn screens, or both side by side.

Batch `step` is a pure function of the settings and the step. Several processes share it: each makes its own part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from balatro.errors import SettingsError
from balatro.train_model.lesson.lesson import Lesson
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.pictures.pictures import Pictures, draw_pictures
from balatro.train_model.pictures.sampling import curriculum_weights, epoch_steps, joint_weights, stream
from balatro.train_model.pictures.transforms import pick_transform
from balatro.train_model.run.prefetch import prefetch
from balatro.train_model.screens.feed import FeedSettings, open_feed
from balatro.train_model.settings.settings import TrainSettings

Batch = dict[str, Tensor]
"""cards (B, h, w, 3) uint8 RGB, label.<task> (B,) int64, MISSING where unknown; the first rows are labelled pictures, the
others drawn cards. With drawn screens also what `feed.Batch` has for the locator."""

AHEAD = 4
"""Batches that are made while the network is busy."""


@dataclass(frozen=True, eq=False)
class BatchSource:
    """All that the batches of a run are made from."""

    settings: TrainSettings
    lesson: Lesson
    rank: int = 0
    world: int = 1

    @property
    def pictures(self) -> Pictures | None:
        """The labelled pictures to train on."""
        return self.lesson.sides.get("train")

    @cached_property
    def balance(self) -> np.ndarray | None:
        """(N,) how often each labelled picture comes, for classes to come equally often; None where all count alike."""
        if self.pictures is None or not self.settings.use_weighted_sampler:
            return None
        columns = {name: column for name, column in self.pictures.labels.items() if self.lesson.tasks[name].balance}
        return joint_weights(columns, {name: len(self.lesson.task_classes[name]) for name in columns})

    @property
    def epoch_steps(self) -> int:
        """Steps of an epoch: a pass over the pictures, or as set where screens are drawn."""
        if self.settings.draws or self.pictures is None:
            return self.settings.epoch_steps
        return epoch_steps(len(self.pictures.keys), self.settings.batch_size)

    @property
    def feed(self) -> FeedSettings | None:
        """What this process draws; of several processes each draws its share of the screens."""
        if self.lesson.recipe is None:
            return None
        settings = self.settings
        return FeedSettings(
            self.lesson.recipe,
            settings.seed,
            settings.screens // self.world,
            settings.crops // self.world,
            size=settings.image_size,
            only_photographs=settings.only_refiner,
        )


def check_shares(settings: TrainSettings, world: int) -> None:
    """SettingsError when a batch cannot be shared evenly by so many processes."""
    sizes = {"batch_size": settings.batch_size} if settings.has_pictures else {}
    if settings.draws:
        sizes |= {"screens": settings.screens, "crops": settings.crops}
    for name, size in sizes.items():
        if size % world or (name == "batch_size" and (size // world) % 2 and world > 1):
            raise SettingsError(
                f"--{name.replace('_', '-')} is {size}, for {world} processes; give an even multiple of their number"
            )


def check_pictures(source: BatchSource) -> None:
    """SettingsError when several processes would have to share a batch that is not full."""
    pictures = source.pictures
    if source.world > 1 and pictures is not None and len(pictures) < source.settings.batch_size:
        raise SettingsError(
            f"--batch-size is {source.settings.batch_size}, but there are {len(pictures)} pictures to train on; several "
            "processes need a full batch"
        )


def open_batches(source: BatchSource, first: int, last: int) -> Iterator[Batch]:
    """This process's parts of the batches first..last-1, made ahead of their use."""
    settings, feed, pictures = source.settings, source.feed, source.pictures
    ahead = AHEAD if settings.workers else 0
    drawn = None
    if feed is not None:
        drawn = open_feed(feed, first * source.world + source.rank, last * source.world, settings.workers, source.world)
    if pictures is None:
        return _drawn_only(source, drawn or iter(()))
    shown = prefetch((picture_batch(source, step) for step in range(first, last)), ahead)
    return shown if drawn is None else _joined(source, shown, drawn)


def batch_at(source: BatchSource, step: int) -> Batch:
    """One batch, made here and now."""
    return next(open_batches(replace(source, settings=replace(source.settings, workers=0)), step, step + 1))


def _drawn_only(source: BatchSource, drawn: Iterator[Batch]) -> Iterator[Batch]:
    for batch in drawn:
        yield with_class_labels(source.lesson, batch)


def _joined(source: BatchSource, shown: Iterator[Batch], drawn: Iterator[Batch]) -> Iterator[Batch]:
    for pictures, screens in zip(shown, _drawn_only(source, drawn), strict=True):
        both = {name: torch.cat([pictures[name], screens[name]]) for name in pictures if name in screens}
        yield {**screens, **both}


def with_class_labels(lesson: Lesson, batch: Batch) -> Batch:
    """A drawn batch with the labels of every task of the run: those that a card's class decides are looked up."""
    for task, spec in lesson.tasks.items():
        name = f"label.{task}"
        if "rendered" not in spec.data:
            batch[name] = torch.full((len(batch["cards"]),), MISSING)
        elif name not in batch:
            table = torch.from_numpy(lesson.drawn_labels(task))
            ident = batch["label.identification"]
            known = (ident != MISSING) & (ident < len(table))
            batch[name] = torch.where(known, table[ident.clamp(0, len(table) - 1)], MISSING)
    return batch


# Labelled pictures.


def picture_batch(source: BatchSource, step: int) -> Batch:
    """This process's part of the labelled pictures of a step."""
    pictures, settings = source.pictures, source.settings
    assert pictures is not None
    num = len(pictures.keys)
    epoch = step // epoch_steps(num, settings.batch_size)
    rows = stream(num, settings.seed, step, settings.batch_size, _weights(source, epoch))
    share = len(rows) // source.world
    part = slice(source.rank * share, (source.rank + 1) * share) if source.world > 1 else slice(None)
    drawn = _draw(source, pictures, rows, step, part)
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in drawn.items()}


def _draw(source: BatchSource, pictures: Pictures, rows: np.ndarray, step: int, part: slice) -> dict[str, np.ndarray]:
    """The part of a batch; where the tasks want different transforms, rows take turns, and a task learns from its own."""
    settings, groups = source.settings, _transforms(source.lesson)
    threads = max(settings.workers, 1)
    seed = settings.seed + 1  # the order of pictures follows from the seed itself
    batches = [draw_pictures(pictures, rows, pick_transform(name, settings.flip), seed, step, part, threads) for name in groups]
    if len(batches) == 1:
        return batches[0]
    turn = (np.arange(len(rows)) % len(groups))[part]
    joined = {"cards": np.choose(turn[:, None, None, None], [batch["cards"] for batch in batches])}
    for place, tasks in enumerate(groups.values()):
        for task in tasks:
            joined[f"label.{task}"] = np.where(turn == place, batches[place][f"label.{task}"], MISSING)
    return joined


def _transforms(lesson: Lesson) -> dict[str, list[str]]:
    """{transform: the tasks that want it}."""
    groups: dict[str, list[str]] = {}
    for name, task in lesson.tasks.items():
        groups.setdefault(task.transform, []).append(name)
    return groups


def _weights(source: BatchSource, epoch: int) -> np.ndarray | None:
    pictures, curriculum = source.pictures, source.settings.curriculum
    assert pictures is not None
    return curriculum_weights(pictures.modifier, epoch, curriculum, source.balance) if curriculum else source.balance


def whole_batches(pictures: Pictures, size: int) -> Sequence[slice]:
    """Slices that cover all pictures, for reading them as they are."""
    return [slice(start, start + size) for start in range(0, len(pictures.keys), size)]

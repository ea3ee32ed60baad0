"""What a network can learn about a card. A task is one row of TASKS: a new one is one entry, or any label field by name.

balatro train --tasks identification,modifier,finish      # `finish` is a field of this dataset's labels.json
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made

from balatro.config.kinds import KINDS
from balatro.config.modifiers import MODIFIERS
from balatro.config.playing_cards import ENHANCEMENTS, RANKS, SEALS, SUITS
from balatro.errors import SettingsError
from balatro.train_model.settings.knobs import PICTURES, TASK, knob
from balatro.utils.flags.records import read_table

MISSING = -1
"""The label of a card about which a task says nothing."""

ORIGINALS, AUGMENTED, RENDERED = "originals", "augmented", "rendered"
DATA = (ORIGINALS, AUGMENTED, RENDERED)
"""Where examples come from: pictures that a person labelled, their augmented copies, screens that are drawn."""

BALANCED = "balanced"
"""Class weights by the inverse of a class's frequency, instead of weights by name."""


@dataclass(frozen=True)
class Task:
    """One head and how it learns."""

    field: str
    """The label's field that it tells."""
    about: str = ""
    classes: tuple[str, ...] = ()
    """The classes in index order; empty: what the labels hold, sorted."""
    weight: float = 1.0
    """Of its loss in the sum."""
    loss: str = "cross-entropy"
    """A name of balatro.train_model.lesson.losses.LOSSES."""
    loss_options: Mapping[str, float] = made(default_factory=lambda: {"label_smoothing": 0.02})
    head: str = "mlp"
    """A name of balatro.models.heads.HEADS."""
    class_weights: Mapping[str, float] | str = made(default_factory=dict)
    """By class name; those not named count 1. Or BALANCED."""
    transform: str = "train"
    """A name of `pictures.transforms.TRANSFORMS`: what is done to its labelled pictures as they are trained on."""
    data: tuple[str, ...] = DATA
    """From what it learns; labels of other examples count as missing."""
    balance: bool = True
    """Whether --use-weighted-sampler balances its classes."""
    metrics: tuple[str, ...] = ("top1", "top3", "macro_f1")
    """What is shown after each epoch, names of balatro.train_model.score.metrics.METRICS."""


STICKER_SETS = ("None", "Eternal", "Perishable", "Rental", "Eternal Rental", "Perishable Rental", "Pinned")
"""Stickers that one card may have together. The game draws Pinned on no card: the class is for the labels of other decks."""

TASKS: dict[str, Task] = {
    "identification": Task(
        field="name",
        about="which card it is",
        weight=0.5,
        loss="margin",
        loss_options={"margin": 0.1, "label_smoothing": 0.05},
        head="cosine",
    ),
    "modifier": Task(
        field="modifier",
        about="Base, Foil, Holographic, Polychrome or Negative",
        classes=MODIFIERS,
        metrics=("top1", "macro_f1"),
    ),
    "kind": Task(
        field="kind", about="whether it is a card at all, or another thing of the game", classes=KINDS, data=(RENDERED,),
        metrics=("top1",),
    ),
    "type": Task(field="type", about="joker, tarot, planet or spectral", metrics=("top1", "macro_f1")),
    "rarity": Task(field="rarity", about="how rare a joker is", metrics=("top1", "macro_f1")),
    "rank": Task(field="rank", about="2 to Ace, of a playing card", classes=RANKS, metrics=("top1",)),
    "suit": Task(field="suit", about="the suit of a playing card", classes=SUITS, metrics=("top1",)),
    "enhancement": Task(
        field="enhancement", about="what a playing card is made of", classes=("None", *ENHANCEMENTS), metrics=("top1",)
    ),
    "seal": Task(field="seal", about="the seal of a playing card", classes=("None", *SEALS), metrics=("top1",)),
    "debuffed": Task(field="debuffed", about="whether a card is crossed out", classes=("no", "yes"), metrics=("top1",)),
    "sticker": Task(
        field="sticker", about="what is stuck on a card that has a name", classes=STICKER_SETS, metrics=("top1",)
    ),
}  # fmt: skip

USUAL = ("identification", "modifier")
"""What is learned unless --tasks says otherwise; drawn screens teach `kind` as well."""

PLAYING = ("rank", "suit", "enhancement", "seal")
"""What only drawn playing cards teach, of decks where they say what they are."""

LOOKS = (*PLAYING, "debuffed", "sticker")
"""What is learned besides where the drawn deck's playing cards tell their rank and suit; see `screens.looks`."""


RESERVED = frozenset(
    {
        "cards",
        "embedding",
        "frames",
        "heat",
        "corners",
        "heat_weight",
        "corner_weight",
        "smaller",
        "smaller_weight",
        "recall",
        "total",
        "loss",
        "all",
    }
)
"""What else than tasks has a name among the networks' inputs and outputs, and the scores."""


@dataclass(frozen=True)
class TaskOptions:
    """What a run changes in the table, each by task name; `loss` and `transform` may name all tasks by ""."""

    weight: Mapping[str, float] = knob(TASK, factory=dict, name="task-weight", type=list[str])
    """Weight of a task's loss: modifier=0.5."""
    class_weights: Mapping[str, Mapping[str, float] | str] = knob(TASK, factory=dict, type=list[str])
    """Weights of classes in a task's loss: modifier=Negative:3,Foil:2 or modifier=balanced."""
    loss: Mapping[str, str] = knob(
        TASK, factory=dict, type=list[str], rows=read_table("balatro.train_model.lesson.losses", "LOSSES"), parts=True,
        shown="margin for identification, cross-entropy for others",
    )  # fmt: skip
    """Loss of all tasks, or of one such as identification=arcface."""
    loss_options: Mapping[str, Mapping[str, float]] = made(default_factory=dict)
    """Values of the losses' own fields, from flags such as --loss-margin."""
    head: Mapping[str, str] = knob(
        TASK, factory=dict, type=list[str], rows=read_table("balatro.models.heads", "HEADS"),
        shown="cosine for identification, mlp for others", fixed=True,
    )  # fmt: skip
    """Head of all tasks, or of one such as identification=improved."""
    transform: Mapping[str, str] = knob(
        TASK, factory=dict, type=list[str], rows=read_table("balatro.train_model.pictures.transforms", "TRANSFORMS"),
        needs=PICTURES, shown="train",
    )  # fmt: skip
    """What is done to labelled pictures in training, for all tasks or for one such as modifier=light."""
    data: Mapping[str, tuple[str, ...]] = knob(TASK, factory=dict, name="task-data", type=list[str], fixed=True)
    """What a task learns from: modifier=originals,rendered."""


def choose_tasks(names: Sequence[str], options: TaskOptions, fields: Sequence[str] = ()) -> dict[str, Task]:
    """The tasks of a run. fields: label fields of its dataset that may be tasks too.

    SettingsError for a task that is neither in the table nor a field, and for options of a task that the run has not.
    """
    tasks: dict[str, Task] = {}
    for name in names:
        if name in RESERVED:
            raise SettingsError(f"a task cannot be called {name!r}, which names an output of the networks; rename the field")
        if name not in TASKS and name not in fields:
            more = f", or a field of these labels: {', '.join(fields)}" if fields else ""
            raise SettingsError(f"no task {name!r}; choose from {', '.join(TASKS)}{more}")
        tasks[name] = TASKS.get(name) or Task(field=name, about=f"the field {name} of the labels")
    for option in ("weight", "loss", "loss_options", "head", "class_weights", "transform", "data"):
        for name, value in sorted(getattr(options, option).items()):  # "", for all tasks, comes first
            chosen = list(tasks) if name == "" else [name]
            if name and name not in tasks:
                raise SettingsError(f"{option.replace('_', ' ')} of the task {name!r}, which this run does not learn")
            for task in chosen:
                tasks[task] = _changed(tasks[task], option, value)
    return tasks


def _changed(task: Task, option: str, value: object) -> Task:
    if option == "loss" and value != task.loss:
        return replace(task, loss=str(value), loss_options={})  # another loss has other options
    return replace(task, **{option: value})  # type: ignore[arg-type]

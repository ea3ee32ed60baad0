"""What decides a training run. Everything here is saved with the run, so that `--resume` goes on with the same.

A field with a knob is a flag of `balatro train`, of that name, type and default; the first paragraph under it is its help.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from balatro.config.seeds import HIGHEST_SEED
from balatro.errors import SettingsError
from balatro.train_model.lesson.tasks import AUGMENTED, DATA, ORIGINALS, RENDERED, TASKS, TaskOptions
from balatro.train_model.settings import knobs as on
from balatro.train_model.settings.knobs import DRAWN, PICTURES, check_knobs, knob
from balatro.utils.flags import completion
from balatro.utils.flags.pick import from_dict, to_dict
from balatro.utils.flags.records import Row, read_table

MIXING = ("none", "mixup", "cutmix")
LAST_STEP = "last"
"""Value of `best` that exports the last weights, whatever the validation said."""
DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")
STRATEGIES = "balatro.train_model.settings.strategies"


def _strategies() -> dict[str, Mapping[str, type[Any]]]:
    """{field: the table of what it can be}. They bring torch along, which the help of a command does without."""
    from balatro.train_model.settings.strategies.optimizers import OPTIMIZERS
    from balatro.train_model.settings.strategies.schedulers import SCHEDULERS

    return {"optimizer": OPTIMIZERS, "scheduler": SCHEDULERS}


@dataclass(frozen=True)
class TrainSettings:
    """The defaults train the default networks on the drawn screens of a deck; other data and the demo change some."""

    # What to learn.
    tasks: tuple[str, ...] = knob(
        on.TASK, (), rows=tuple(Row(name, task.about) for name, task in TASKS.items()), shown="identification,modifier",
        fixed=True,
    )  # fmt: skip
    """Tasks to learn, repeated or with commas, or any field of the labels.

    Empty: identification and modifier; from drawn screens kind, too, and how cards look where the deck tells."""
    task_options: TaskOptions = knob("", factory=TaskOptions, inside=TaskOptions)
    """Changes to the tasks' losses, weights, heads, transforms and data."""
    freeze_heads: tuple[str, ...] = knob(on.TASK, ())
    """Heads that do not learn."""
    freeze_heads_at: float = knob(on.TASK, 0.0, low=0, high=1, shown="")
    """Freeze a head once it reads every class this well on the validation, until it falls below: 0.99; 0: never."""
    curriculum: int = knob(on.TASK, 0, needs=PICTURES, low=0)
    """Epochs that learn from Base cards only, before the modifiers come."""

    # What to learn from.
    data: tuple[str, ...] = knob(
        on.DATA, (RENDERED,), rows=tuple(map(Row, DATA)), fixed=True,
        shown="rendered with --deck, else the labelled pictures that there are",
    )  # fmt: skip
    """What to learn from, repeated or with commas."""
    input: str = knob(on.DATA, "", needs=PICTURES, shown="data/dataset_default", fixed=True)
    """Folder of labelled pictures: with a labels.json, or named by sub-folder or file."""
    augmented: str = knob(on.DATA, "", needs=PICTURES, shown="augmented beside the labelled pictures", fixed=True)
    """Folder of augmented pictures."""
    val_split: float | None = knob(on.DATA, None, needs=PICTURES, low=0, high=1, shown="0.15", fixed=True)
    """Share of the originals that validate, when the split is made.

    These three make a split, and must agree with one that is there; None takes that, or the usual shares."""
    test_split: float | None = knob(on.DATA, None, needs=PICTURES, low=0, high=1, shown="0.15", fixed=True)
    """Share of the originals kept for `balatro evaluate`, when the split is made."""
    holdout_names: float | None = knob(on.DATA, None, needs=PICTURES, low=0, high=1, shown="0", fixed=True)
    """Share of the names that are never learned, to measure unknown cards."""
    splits: str = knob(on.DATA, "", needs=PICTURES, shown="data/splits.json, or splits.json in another --input", fixed=True)
    """The file of the split."""
    deck: str = knob(on.DATA, "game", needs=DRAWN, shown="", fixed=True, complete=lambda: [*completion.decks(), "invented"])
    """Deck whose screens are drawn: `game`, `demo`, another name, or a deck's folder.

    Or `invented`: as many invented cards as `num_invented`."""
    num_invented: int = 16_000
    """Invented cards to learn from when the deck is `invented`."""
    only_refiner: bool = False
    """Whether photographs of invented cards alone are drawn, and the refiner alone learns from them."""
    outsiders: int = knob(on.DATA, 400, needs=DRAWN, low=0, fixed=True)
    """Invented cards mixed in as one class of strangers, so that an unknown card is not named."""

    # The network.
    backbone: str = knob(on.NETWORK, "cardnet", rows=read_table("balatro.models.backbones", "BACKBONES"), told="", fixed=True)
    """Network that reads the cards; `balatro train --list` shows all."""
    image_size: tuple[int, int] = knob(on.NETWORK, (96, 128), type=str, shown="96x128", fixed=True)
    """Pixels at which a card is read: 224, or WIDTHxHEIGHT."""
    embedding: int = knob(on.NETWORK, 128, low=2, fixed=True)
    """Numbers per card in which likeness is measured."""
    pretrained: str = knob(on.NETWORK, "auto", fixed=True, complete=completion.starts)
    """auto, yes, no, or weights to start from: a run, a model's best_model.pth, a checkpoint."""

    # How to learn.
    freeze_strategy: str = knob(
        on.STRATEGY, "none", rows=read_table(f"{STRATEGIES}.freeze", "FREEZE"), told="all", checked=True
    )
    """What of the backbone does not learn."""
    unfreeze_every: int = knob(
        on.STRATEGY, 0, low=0, shown="0, never", idle=("freeze_strategy", "none", "--freeze-strategy high, mid or all")
    )
    """Epochs after which one more frozen stage learns, from the last to the first."""
    optimizer: Any = knob(
        on.OPTIMIZER, "adamw", lambda: _strategies()["optimizer"]["adamw"](), type=str, pictures="simple",
        rows=read_table(f"{STRATEGIES}.optimizers", "OPTIMIZERS"), told="all", parts=True,
    )  # fmt: skip
    """The rule by which weights change."""
    scheduler: Any = knob(
        on.SCHEDULER, "warmup", lambda: _strategies()["scheduler"]["warmup"](), type=str, pictures="none",
        rows=read_table(f"{STRATEGIES}.schedulers", "SCHEDULERS"), parts=True,
    )  # fmt: skip
    """How learning rates change over the run; `--list` says what each does."""

    # How long.
    epochs: int = knob(on.LENGTH, 0, low=0, pictures=20)
    """Passes over the labelled pictures; with drawn screens, of --epoch-steps.

    0: steps or minutes decide."""
    steps: int = knob(on.LENGTH, 0, low=0, shown="")
    """Steps, instead of --epochs."""
    minutes: float = knob(on.LENGTH, 60.0, pictures=0.0)
    """Time for the whole command, instead of --epochs.

    The first steps are timed and the number fixed."""
    epoch_steps: int = knob(on.LENGTH, 250, needs=DRAWN, low=1)
    """Steps between two validations where screens are drawn, which have no end of their own."""
    patience: int = knob(on.LENGTH, 0, low=0, pictures=10)
    """Stop after so many epochs without a better validation; 0: never."""
    best: str = knob(on.LENGTH, LAST_STEP, pictures="loss", shown="loss; last with drawn screens alone")
    """What decides on the best weights: loss, a score such as modifier_macro_f1, or last."""

    # A step.
    batch_size: int = knob(on.STEP, 32, needs=PICTURES, low=2, fixed=True)
    """Labelled pictures a step."""
    use_weighted_sampler: bool = knob(on.STEP, False, needs=PICTURES)
    """Show pictures of rare classes as often as those of frequent ones."""
    mix: str = knob(on.STEP, "none", rows=tuple(map(Row, MIXING)), checked=True)
    """Blend pictures of a batch and their labels."""
    mix_alpha: float = knob(on.STEP, 0.2, idle=("mix", "none", "--mix mixup or cutmix"))
    """How much they are blended: the parameter of a beta distribution."""
    flip: bool = knob(on.STEP, False, needs=PICTURES)
    """Mirror labelled pictures too; a mirrored card is another picture in most games."""
    screens: int = knob(on.STEP, 8, needs=DRAWN, low=1, fixed=True)
    """Drawn screens a step."""
    crops: int = knob(on.STEP, 96, needs=DRAWN, low=2, fixed=True)
    """Cards a step, cut from these screens."""
    ema: float = knob(on.STEP, 0.998, low=0, high=1)
    """Share of the old that the average of the weights keeps each step; 0: no average.

    The average is validated and exported."""
    clip: float = knob(on.STEP, 5.0, low=0)
    """Longest gradient, each network by itself; 0: any."""

    # How it runs.
    seed: int = knob(on.MACHINE, 0, low=0, high=HIGHEST_SEED, fixed=True)
    """The same seed, data and length give the same model on one machine.

    With the same number of threads."""
    workers: int = knob(on.MACHINE, 1, low=0)
    """Processes that draw screens, threads that change pictures; 0 does both between the steps. No number changes what is
    learned."""
    threads: int = knob(on.MACHINE, 0, low=0)
    """Threads of torch on a CPU; 0: the cores that the workers leave."""
    device: str = knob(on.MACHINE, "auto", rows=tuple(map(Row, DEVICES)), told="")
    """auto, cpu, cuda or mps."""
    precision: str = knob(on.MACHINE, "auto", rows=tuple(map(Row, PRECISIONS)), told="")
    """auto, float32, bfloat16 or float16.

    auto is bfloat16 where the processor is made for it."""
    checkpoint_interval: int = knob(on.RUN, 5, low=0)
    """Epochs between two snapshots that are kept; 0: only the last and the best.

    The last state is saved after every epoch."""

    def __post_init__(self) -> None:
        check_knobs(self)
        if self.num_invented < 2:
            raise SettingsError(f"num_invented is {self.num_invented}; give 2 or more")
        if not math.isfinite(self.minutes):
            raise SettingsError(f"minutes is {self.minutes}; give a number of minutes, such as 60")
        if self.epochs == 0 and self.steps == 0 and self.minutes <= 0:
            raise SettingsError("neither epochs nor steps nor minutes are above 0; give one of them")
        unknown = [name for name in self.data if name not in DATA]
        if unknown or not self.data:
            raise SettingsError(f"data is {', '.join(self.data) or 'empty'}; choose from: {', '.join(DATA)}")

    @property
    def has_pictures(self) -> bool:
        """Whether it learns from labelled pictures."""
        return ORIGINALS in self.data or AUGMENTED in self.data

    @property
    def draws(self) -> bool:
        """Whether it learns from drawn screens."""
        return RENDERED in self.data

    def to_dict(self) -> dict[str, Any]:
        """As it is saved in checkpoints and logs: plain values, strategies with their name."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values |= {name: to_dict(table, values[name]) for name, table in _strategies().items()}
        values["task_options"] = {f.name: _plain(getattr(self.task_options, f.name)) for f in fields(TaskOptions)}
        return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(entry) for name, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value


def settings_from(values: Mapping[str, Any]) -> TrainSettings:
    """Settings as a checkpoint holds them; names of another version that are unknown here are left out."""
    known = {f.name: f for f in fields(TrainSettings)}
    read: dict[str, Any] = {name: value for name, value in values.items() if name in known}
    read = {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}
    read |= {name: from_dict(table, read[name]) for name, table in _strategies().items() if name in read}
    if "task_options" in read:
        options = dict(read["task_options"])
        options["data"] = {task: tuple(names) for task, names in options.get("data", {}).items()}
        read["task_options"] = TaskOptions(**options)
    return TrainSettings(**read)


def pretrain_settings(settings: TrainSettings) -> TrainSettings:
    """The same run on invented cards: what makes the weights of the package."""
    options = replace(settings.task_options, loss_options={"identification": {"margin": 0.15, "label_smoothing": 0.05}})
    return replace(settings, deck="invented", outsiders=0, task_options=options)

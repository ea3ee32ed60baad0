"""What decides a training run. Everything here is saved with the run, so that `--resume` goes on with the same.

Every field is a flag of `balatro train` too (see options.py), in words there and with its reason here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from balatro.errors import SettingsError
from balatro.train_model.lesson.tasks import AUGMENTED, DATA, ORIGINALS, RENDERED, TaskOptions
from balatro.train_model.settings.strategies.freeze import FREEZE
from balatro.train_model.settings.strategies.optimizers import OPTIMIZERS, AdamW
from balatro.train_model.settings.strategies.schedulers import SCHEDULERS, Warmup
from balatro.utils.flags import from_dict, to_dict

MIXING = ("none", "mixup", "cutmix")
HIGHEST_SEED = 2**63 - 1
"""The highest whole number of 64 bits with a sign."""
LAST_STEP = "last"
"""Value of `best` that exports the last weights, whatever the validation said."""


@dataclass(frozen=True)
class TrainSettings:
    """The defaults train the default networks on the drawn screens of a deck; other data and the demo change some."""

    # What to learn from.
    data: tuple[str, ...] = (RENDERED,)
    """Of DATA: labelled pictures, augmented copies of them, drawn screens."""
    input: str = ""
    """Folder of labelled pictures; empty: data/dataset_default."""
    augmented: str = ""
    """Folder of augmented pictures; empty: data/augmented."""
    splits: str = ""
    """File that says which original is for training; empty: data/splits.json, or splits.json in another `input`."""
    val_split: float | None = None
    """Share of the originals that validate. These three make a split, and must agree with one that is there; None takes that,
    or the usual shares."""
    test_split: float | None = None
    """Share of the originals that nothing of the training sees."""
    holdout_names: float | None = None
    """Share of the names that training never sees, to measure what it does with unknown cards."""
    deck: str = "game"
    """A deck's name, a deck's folder, or `invented`: as many invented cards as `num_invented`."""
    num_invented: int = 16_000
    """Invented cards to learn from when the deck is `invented`."""
    outsiders: int = 400
    """Invented cards mixed into the screens of another deck as one class of strangers, so that an unknown card is not named."""

    # What to learn.
    tasks: tuple[str, ...] = ()
    """Names of TASKS or fields of the labels; empty: identification and modifier, and kind from drawn screens."""
    task_options: TaskOptions = field(default_factory=TaskOptions)
    """Changes to the tasks' losses, weights, heads, transforms and data."""
    freeze_heads: tuple[str, ...] = ()
    """Heads that do not learn."""
    freeze_heads_at: float = 0.0
    """A head whose every class reaches this recall on the validation stops learning, until it falls below; 0: never."""
    curriculum: int = 0
    """Epochs in which only Base cards are learned from, before the modifiers come."""

    # The network.
    backbone: str = "cardnet"
    """A name of balatro.models.backbones.BACKBONES."""
    image_size: tuple[int, int] = (96, 128)
    """Width and height in pixels at which a card is read."""
    embedding: int = 128
    """Numbers per card in which likeness is measured."""
    pretrained: str = "auto"
    """Where weights start: auto, yes, no, or the path of a checkpoint, a run or a best_model.pth."""

    # How long.
    epochs: int = 0
    """Passes over the labelled pictures; with drawn screens, times `epoch_steps`. 0: steps or minutes decide."""
    steps: int = 0
    """Steps of training; 0: epochs or minutes decide."""
    minutes: float = 60.0
    """Time for the whole command when there are neither epochs nor steps. The first steps are timed and the number fixed."""
    epoch_steps: int = 250
    """Steps of an epoch where screens are drawn, which have no end of their own."""
    patience: int = 0
    """Epochs without a better validation after which training stops; 0: never."""
    best: str = LAST_STEP
    """What the exported weights are best in on the validation: `loss`, <task>_<metric> such as modifier_macro_f1, or `last`."""

    # A step.
    batch_size: int = 32
    """Labelled pictures a step."""
    screens: int = 8
    """Drawn screens a step."""
    crops: int = 96
    """Cards a step, cut from these screens."""
    use_weighted_sampler: bool = False
    """Draw pictures of rare classes as often as those of frequent ones."""
    mix: str = "none"
    """Of MIXING: blend pictures of a batch and their labels."""
    mix_alpha: float = 0.2
    """How much they are blended: the parameter of a beta distribution."""
    flip: bool = False
    """Mirror pictures too; a mirrored card is another picture in most games."""

    # How to learn.
    freeze_strategy: str = "none"
    """A name of FREEZE."""
    unfreeze_every: int = 0
    """Epochs after which one more frozen stage learns, from the last to the first; 0: never."""
    optimizer: Any = field(default_factory=AdamW)
    """A record of OPTIMIZERS."""
    scheduler: Any = field(default_factory=Warmup)
    """A record of SCHEDULERS."""
    ema: float = 0.998
    """Share of the old that the average of the weights keeps each step; the average is validated and exported. 0: none."""
    clip: float = 5.0
    """Longest gradient, each network by itself; 0: not clipped."""

    # How it runs.
    seed: int = 0
    """The same seed gives the same weights on the same machine with the same number of threads."""
    workers: int = 1
    """Processes that draw screens, threads that change pictures; 0 does both between the steps. No number changes the input."""
    threads: int = 0
    """Threads of torch on a CPU; 0 takes the cores that the workers leave."""
    device: str = "auto"
    """auto, cpu, cuda or mps."""
    precision: str = "auto"
    """float32, bfloat16, float16, or auto: bfloat16 where the processor is made for it."""
    checkpoint_interval: int = 5
    """Epochs between two snapshots that are kept; 0: none. The last state is saved after every epoch."""

    def __post_init__(self) -> None:
        lowest = {
            "seed": 0, "epochs": 0, "steps": 0, "workers": 0, "threads": 0, "screens": 1, "crops": 2, "embedding": 2,
            "num_invented": 2, "batch_size": 2, "patience": 0, "checkpoint_interval": 0, "epoch_steps": 1, "curriculum": 0,
            "unfreeze_every": 0, "clip": 0, "outsiders": 0,
        }  # fmt: skip
        for name, low in lowest.items():
            if not getattr(self, name) >= low:  # nan is none of them
                raise SettingsError(f"{name} is {getattr(self, name)}; give {low} or more")
        if self.seed > HIGHEST_SEED:
            raise SettingsError(f"seed is {self.seed}; give {HIGHEST_SEED} or less")
        if not math.isfinite(self.minutes):
            raise SettingsError(f"minutes is {self.minutes}; give a number of minutes, such as 60")
        for name in ("val_split", "test_split", "holdout_names", "ema", "freeze_heads_at"):
            if not 0 <= (getattr(self, name) or 0) <= 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; give a share of 0 to 1")
        if self.epochs == 0 and self.steps == 0 and self.minutes <= 0:
            raise SettingsError("neither epochs nor steps nor minutes are above 0; give one of them")
        for name, choices in (("mix", MIXING), ("freeze_strategy", tuple(FREEZE))):
            if getattr(self, name) not in choices:
                raise SettingsError(f"no {name} {getattr(self, name)!r}; choose one of: {', '.join(choices)}")
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
        values["optimizer"] = to_dict(OPTIMIZERS, self.optimizer)
        values["scheduler"] = to_dict(SCHEDULERS, self.scheduler)
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
    if "optimizer" in read:
        read["optimizer"] = from_dict(OPTIMIZERS, read["optimizer"])
    if "scheduler" in read:
        read["scheduler"] = from_dict(SCHEDULERS, read["scheduler"])
    if "task_options" in read:
        options = dict(read["task_options"])
        options["data"] = {task: tuple(names) for task, names in options.get("data", {}).items()}
        read["task_options"] = TaskOptions(**options)
    return TrainSettings(**read)


def pretrain_settings(settings: TrainSettings) -> TrainSettings:
    """The same run on invented cards: what makes the weights of the package."""
    options = replace(settings.task_options, loss_options={"identification": {"margin": 0.15, "label_smoothing": 0.05}})
    return replace(settings, deck="invented", outsiders=0, task_options=options)

"""What decides a training run. Everything here is saved with the run, so that `--resume` goes on with the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from balatro.utils.errors import SettingsError


@dataclass(frozen=True)
class TrainSettings:
    """The defaults train the default networks on a deck; `pretrain` and the demo change a few."""

    deck: str = "game"
    """A deck's name, a deck's folder, or `invented`: as many invented cards as `num_invented`."""
    num_invented: int = 16_000
    """Invented cards to learn from when the deck is `invented`."""
    outsiders: int = 400
    """Invented cards mixed into the screens of another deck as one class of strangers, so that an unknown card is not named."""
    seed: int = 0
    """The same seed gives the same weights on the same machine with the same number of threads."""
    steps: int = 0
    """Steps of training; 0 means that `minutes` decides."""
    minutes: float = 60.0
    """Time for the whole command. The first steps are timed and the number of steps is fixed from them."""
    backbone: str = "cardnet"
    """A name of balatro.models.backbones.BACKBONES."""
    pretrained: bool = False
    """Start a timm backbone from ImageNet weights (needs the network once)."""
    embedding: int = 128
    """Numbers per card in which likeness is measured."""
    start: str = "package"
    """`package`: from the weights of this package; `none`: from scratch; or a checkpoint's path."""
    screens: int = 8
    """Drawn screens a step."""
    crops: int = 96
    """Cards a step, cut from these screens."""
    learning_rate: float = 2e-3
    """At its highest, after the warm-up; it then falls along a cosine."""
    weight_decay: float = 0.02
    warmup: int = 100
    """Steps until the learning rate is reached; a fifth of a run at most."""
    ema: float = 0.998
    """Share of the old that the running average of the weights keeps each step; the average is what is exported."""
    margin: float = 0.1
    """By how much the right card's cosine must lead in training."""
    smoothing: float = 0.05
    """Label smoothing of the identification loss."""
    clip: float = 5.0
    """Longest gradient, each network by itself."""
    workers: int = 1
    """Processes that draw; 0 draws between the steps. The number does not change what is drawn."""
    threads: int = 0
    """Threads of torch on a CPU; 0 takes the cores that the workers leave."""
    device: str = "auto"
    """auto, cpu, cuda or mps."""
    precision: str = "auto"
    """float32, bfloat16, or auto: bfloat16 where the processor is made for it."""
    save_every: int = 500
    """Steps between two checkpoints."""

    def __post_init__(self) -> None:
        lowest = {
            "seed": 0,
            "steps": 0,
            "workers": 0,
            "threads": 0,
            "screens": 1,
            "crops": 2,
            "embedding": 2,
            "num_invented": 2,
            "save_every": 1,
        }
        for name, low in lowest.items():
            if getattr(self, name) < low:
                raise SettingsError(f"{name} is {getattr(self, name)}; give {low} or more")
        if self.steps == 0 and self.minutes <= 0:
            raise SettingsError("neither steps nor minutes are above 0; give one of them")

    def to_dict(self) -> dict[str, Any]:
        """As it is saved in checkpoints and logs."""
        return asdict(self)


def settings_from(values: dict[str, Any]) -> TrainSettings:
    """Settings as a checkpoint holds them; names of another version that are unknown here are left out."""
    known = {field.name for field in fields(TrainSettings)}
    return TrainSettings(**{name: value for name, value in values.items() if name in known})


def pretrain_settings(settings: TrainSettings) -> TrainSettings:
    """The same run on invented cards: what makes the weights of the package."""
    return replace(settings, deck="invented", outsiders=0, margin=0.15)

"""Flags of one start of `balatro train` and `balatro pretrain`, beside what decides a run: each field is a flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from balatro.train_model.settings.options import START, read_config
from balatro.utils.flags import completion
from balatro.utils.flags.options import Knob, turned_by


@dataclass(frozen=True)
class Start:
    """How a run of `balatro train` is begun and ended."""

    name: str | None = turned_by(Knob("", shown="the deck's or the folder's name, with a number where a run has it"), None)
    """What the run and the model are called."""
    log_dir: Path | None = turned_by(Knob("", shown="runs/NAME", metavar="DIR"), None)
    """Folder of the run, with its TensorBoard logs."""
    resume: str | None = turned_by(Knob("", shown="", metavar="RUN", complete=completion.runs), None)
    """Go on with a run (its name, its folder, or a checkpoint). Flags given here change its strategy or length."""
    config: Path | None = turned_by(Knob("", shown=""), None)
    """TOML file with any of the flags below, name, log-dir, report; flags win."""
    find_lr: bool = turned_by(Knob("", one_way=True), False)
    """Try learning rates for a minute, draw their losses, and train nothing."""
    report: bool | None = turned_by(Knob("", shown="report"), None)
    """Write the report at the end."""
    overwrite: bool = turned_by(Knob("", one_way=True), False)
    """Begin anew in the place of a run of this name."""
    replace: bool = turned_by(Knob("", one_way=True), False)
    """Keep the new model, even where an older one reads better, which stays beside it."""
    list_choices: bool = turned_by(Knob("", "list", one_way=True), False)
    """List tasks, networks, losses, strategies, and stop."""


def configured(start: Start, given: Mapping[str, Any]) -> tuple[Start, dict[str, Any]]:
    """The start and the flags of the run, with what the TOML file says where no flag does."""
    more, flags = read_config(start.config) if start.config else ({}, {})
    told = {key: more[key] for key in START if key in more and getattr(start, key) is None}
    if "log_dir" in told:
        told["log_dir"] = Path(told["log_dir"])
    return replace(start, **told), flags | {key: value for key, value in given.items() if value is not None}


@dataclass(frozen=True)
class Pretrain:
    """What `balatro pretrain` is told."""

    minutes: float | None = turned_by(Knob("", shown="60 without --steps", low=0.1), None)
    """Time for the whole command."""
    steps: int | None = turned_by(Knob("", shown="", low=1), None)
    """Steps, instead of --minutes."""
    name: str = turned_by(Knob(""), "pretrain")
    """What the run is called."""
    cards: int = turned_by(Knob("", low=2), 16_000)
    """How many invented cards to learn from."""
    out: Path | None = turned_by(Knob("", shown=""), None)
    """Folder for the weights; left out: `weights` in the run's folder."""
    seed: int = turned_by(Knob("", low=0), 0)
    """The same seed and steps give the same weights on one machine."""
    backbone: str = turned_by(Knob(""), "cardnet")
    """Network that reads the cards."""
    pretrained: str = turned_by(Knob("", complete=completion.starts), "no")
    """Weights to start from: `no`, a run, or a .pth file."""
    workers: int = turned_by(Knob("", low=0), 1)
    """Processes that draw the screens."""
    device: str = turned_by(Knob("", complete=completion.one_of("auto", "cpu", "cuda", "mps")), "auto")
    """auto, cpu, cuda or mps."""
    screens: int = turned_by(Knob("", low=1), 8)
    """Drawn screens a step."""
    crops: int = turned_by(Knob("", low=2), 96)
    """Cards a step."""
    lr: float = turned_by(Knob("", low=0.0), 2e-3)
    """Highest learning rate; lower for weights that go on learning."""
    only_refiner: bool = turned_by(Knob("", one_way=True), False)
    """Draw photographs alone, and train what fits corners to their cards; the other two stay as they start."""
    resume: bool = turned_by(Knob("", one_way=True), False)
    """Go on with the run of this name; its own settings count."""

    def settings(self) -> dict[str, Any]:
        """Those that are flags of a training run, too."""
        names = ("minutes", "steps", "seed", "backbone", "pretrained", "workers", "device", "screens", "crops")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None} | {"deck": "invented"}

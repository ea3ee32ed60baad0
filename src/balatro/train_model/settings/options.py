"""The flags of `balatro train`, in one table, and the settings that they make.

    balatro train --config my.toml --epochs 30        # a TOML file has the same names; flags win

A flag that the chosen data, task or strategy does not use is an error, not a flag that silently does nothing.
"""

from __future__ import annotations

import difflib
import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from balatro.errors import SettingsError
from balatro.utils.files import write_text

PICTURES, DRAWN = "pictures", "drawn screens"
"""What some flags are for: runs that learn from labelled pictures, or from drawn screens."""


@dataclass(frozen=True)
class Option:
    """One flag. Left out, it is None, and the default that the help tells holds."""

    name: str
    type: Any
    help: str
    panel: str
    default: str = ""
    """As the help shows it; empty: nothing is shown."""
    needs: str = ""
    """PICTURES or DRAWN, when it is an error without them."""
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name in Python and in the TOML file."""
        return self.name.replace("-", "_")


DATA_PANEL, TASK_PANEL, NETWORK_PANEL = "What to learn from", "Tasks", "Network"
LENGTH_PANEL, STRATEGY_PANEL, STEP_PANEL, MACHINE_PANEL = "Length", "Strategy", "A step", "Machine"
OPTIMIZER_PANEL, SCHEDULER_PANEL, RUN_PANEL = "Optimizer", "Scheduler", "The run"

OPTIONS: tuple[Option, ...] = (
    Option(
        "tasks",
        list[str],
        "Tasks to learn, repeated or with commas: identification, modifier, type, rarity, or any field of the labels.",
        TASK_PANEL,
        "identification,modifier",
    ),
    Option("task-weight", list[str], "Weight of a task's loss: modifier=0.5.", TASK_PANEL),
    Option(
        "class-weights",
        list[str],
        "Weights of classes in a task's loss: modifier=Negative:3,Foil:2 or modifier=balanced.",
        TASK_PANEL,
    ),
    Option(
        "loss",
        list[str],
        "cross-entropy, focal, margin or arcface; of one task: identification=arcface.",
        TASK_PANEL,
        "margin for identification, cross-entropy for others",
    ),
    Option("loss-label-smoothing", float, "Share of the truth that is spread over all classes.", TASK_PANEL),
    Option("loss-gamma", float, "How little focal loss cares for easy cards.", TASK_PANEL),
    Option("loss-margin", float, "By how much the right card must lead: a cosine (margin), an angle (arcface).", TASK_PANEL),
    Option(
        "head",
        list[str],
        "cosine, mlp, linear, basic or improved; of one task: identification=improved.",
        TASK_PANEL,
        "cosine for identification, mlp for others",
    ),
    Option(
        "transform",
        list[str],
        "What is done to labelled pictures in training: train, light, heavy, test or none; of one task: modifier=light.",
        TASK_PANEL,
        "train",
        PICTURES,
    ),
    Option("task-data", list[str], "What a task learns from: modifier=originals,rendered.", TASK_PANEL),
    Option("freeze-heads", list[str], "Heads that do not learn.", TASK_PANEL),
    Option("freeze-heads-at", float, "Freeze a head once it reads every class this well on the validation: 0.99.", TASK_PANEL),
    Option("curriculum", int, "Epochs that learn from Base cards only, before the modifiers come.", TASK_PANEL, "0", PICTURES),
    Option(
        "data",
        list[str],
        "originals, augmented, rendered, repeated or with commas.",
        DATA_PANEL,
        "rendered with --deck, else the labelled pictures that there are",
    ),
    Option(
        "input",
        str,
        "Folder of labelled pictures: with a labels.json, or named by sub-folder or file.",
        DATA_PANEL,
        "data/dataset_default",
        PICTURES,
    ),
    Option("augmented", str, "Folder of augmented pictures.", DATA_PANEL, "augmented beside the labelled pictures", PICTURES),
    Option("val-split", float, "Share of the originals that validate, when the split is made.", DATA_PANEL, "0.15", PICTURES),
    Option(
        "test-split",
        float,
        "Share of the originals kept for `balatro evaluate`, when the split is made.",
        DATA_PANEL,
        "0.15",
        PICTURES,
    ),
    Option(
        "holdout-names",
        float,
        "Share of the names that are never learned, to measure unknown cards.",
        DATA_PANEL,
        "0",
        PICTURES,
    ),
    Option(
        "splits", str, "The file of the split.", DATA_PANEL, "data/splits.json, or splits.json in another --input", PICTURES
    ),
    Option(
        "new-split",
        bool,
        "Make the split anew, though there is one: earlier models may have seen its test pictures.",
        DATA_PANEL,
        "",
        PICTURES,
    ),
    Option(
        "deck", str, "Deck whose screens are drawn: `game`, `demo`, another name, or a deck's folder.", DATA_PANEL, "", DRAWN
    ),
    Option("outsiders", int, "Invented cards mixed in as strangers.", DATA_PANEL, "400", DRAWN),
    Option("backbone", str, "Network that reads the cards; `balatro train --list` shows all.", NETWORK_PANEL, "cardnet"),
    Option("image-size", str, "Pixels at which a card is read: 224, or WIDTHxHEIGHT.", NETWORK_PANEL, "96x128"),
    Option("embedding", int, "Numbers per card in which likeness is measured.", NETWORK_PANEL, "128"),
    Option(
        "pretrained",
        str,
        "auto, yes, no, or weights to start from: a run, a model's best_model.pth, a checkpoint.",
        NETWORK_PANEL,
        "auto",
    ),
    Option(
        "freeze-strategy",
        str,
        "none, high (the last two stages learn), mid (the last three), all (only the heads learn).",
        STRATEGY_PANEL,
        "none",
    ),
    Option("unfreeze-every", int, "Epochs after which one more frozen stage learns.", STRATEGY_PANEL, "0, never"),
    Option(
        "optimizer",
        str,
        "simple (Adam), group (AdamW, a small step for the backbone), adamw.",
        OPTIMIZER_PANEL,
        "simple; adamw with drawn screens",
    ),
    Option("optimizer-lr", float, "Learning rate of simple and adamw.", OPTIMIZER_PANEL, "0.0001; adamw 0.002"),
    Option("optimizer-lr-backbone", float, "Learning rate of the backbone in group.", OPTIMIZER_PANEL, "0.00001"),
    Option("optimizer-lr-heads", float, "Learning rate of the heads in group.", OPTIMIZER_PANEL, "0.0001"),
    Option("optimizer-weight-decay", float, "Weight decay of group and adamw.", OPTIMIZER_PANEL, "0.0001; adamw 0.02"),
    Option(
        "scheduler",
        str,
        "cosine, plateau, step, none, onecycle, restarts or warmup.",
        SCHEDULER_PANEL,
        "none; warmup with drawn screens",
    ),
    Option("scheduler-tmax", int, "Epochs of half a cosine.", SCHEDULER_PANEL, "all epochs"),
    Option("scheduler-eta-min", float, "Lowest rate of cosine and restarts.", SCHEDULER_PANEL, "0", "", ("scheduler-eta_min",)),
    Option("scheduler-factor", float, "Factor of plateau.", SCHEDULER_PANEL, "0.1"),
    Option("scheduler-patience", int, "Epochs that plateau waits.", SCHEDULER_PANEL, "5"),
    Option("scheduler-step-size", int, "Epochs between two steps of step.", SCHEDULER_PANEL, "10"),
    Option("scheduler-gamma", float, "Factor of step.", SCHEDULER_PANEL, "0.1"),
    Option("scheduler-t0", int, "Epochs until the first restart.", SCHEDULER_PANEL),
    Option("scheduler-tmult", int, "How much longer each period of restarts is.", SCHEDULER_PANEL),
    Option("scheduler-max-lr", float, "Highest rate of onecycle.", SCHEDULER_PANEL),
    Option("scheduler-warmup", int, "Steps until warmup reaches the full rate.", SCHEDULER_PANEL, "100"),
    Option(
        "epochs",
        int,
        "Passes over the labelled pictures; with drawn screens, of --epoch-steps.",
        LENGTH_PANEL,
        "20 for labelled pictures",
    ),
    Option("steps", int, "Steps, instead of --epochs.", LENGTH_PANEL),
    Option("minutes", float, "Time for the whole command, instead of --epochs.", LENGTH_PANEL, "60 with drawn screens"),
    Option("epoch-steps", int, "Steps between two validations where screens are drawn.", LENGTH_PANEL, "250", DRAWN),
    Option(
        "patience",
        int,
        "Stop after so many epochs without a better validation; 0: never.",
        LENGTH_PANEL,
        "10 for labelled pictures",
    ),
    Option(
        "best",
        str,
        "What decides on the best weights: loss, a score such as modifier_macro_f1, or last.",
        LENGTH_PANEL,
        "loss; last with drawn screens alone",
    ),
    Option("batch-size", int, "Labelled pictures a step.", STEP_PANEL, "32", PICTURES),
    Option(
        "use-weighted-sampler",
        bool,
        "Show pictures of rare classes as often as those of frequent ones.",
        STEP_PANEL,
        "",
        PICTURES,
    ),
    Option("mix", str, "Blend pictures of a batch: mixup or cutmix.", STEP_PANEL, "none"),
    Option("mix-alpha", float, "How much they are blended.", STEP_PANEL, "0.2"),
    Option("flip", bool, "Mirror labelled pictures too.", STEP_PANEL, "", PICTURES),
    Option("screens", int, "Drawn screens a step.", STEP_PANEL, "8", DRAWN),
    Option("crops", int, "Cards a step, cut from these screens.", STEP_PANEL, "96", DRAWN),
    Option(
        "ema", float, "Share of the old that the average of the weights keeps each step; 0: no average.", STEP_PANEL, "0.998"
    ),
    Option("clip", float, "Longest gradient; 0: any.", STEP_PANEL, "5"),
    Option("seed", int, "The same seed, data and length give the same model on one machine.", MACHINE_PANEL, "0"),
    Option(
        "workers",
        int,
        "Processes that draw screens, threads that change pictures. No number changes what is learned.",
        MACHINE_PANEL,
        "1",
    ),
    Option("threads", int, "Threads of torch on a CPU; 0: the cores that the workers leave.", MACHINE_PANEL, "0"),
    Option("device", str, "auto, cpu, cuda or mps.", MACHINE_PANEL, "auto"),
    Option("precision", str, "auto, float32, bfloat16 or float16.", MACHINE_PANEL, "auto"),
    Option(
        "checkpoint-interval", int, "Epochs between two snapshots that are kept; 0: only the last and the best.", RUN_PANEL, "5"
    ),
)
"""Everything that a TOML file may hold as well. What concerns one start of the command alone is in command.py."""

BY_KEY = {option.key: option for option in OPTIONS}
LISTS = frozenset(option.key for option in OPTIONS if option.type == list[str])


def with_options(function: Callable[..., None]) -> Callable[..., None]:
    """The typer command `function(**given)` with a parameter for each of OPTIONS behind its own."""
    own = [p for p in inspect.signature(function, eval_str=True).parameters.values() if p.kind is not p.VAR_KEYWORD]
    more = [
        inspect.Parameter(option.key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_annotation(option))
        for option in OPTIONS
    ]
    function.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
    function.__annotations__ = {p.name: p.annotation for p in [*own, *more]}
    return function


def _annotation(option: Option) -> Any:
    names = [f"--{name}" for name in (option.name, *option.aliases)]
    if option.type is bool and option.name != "new-split":
        names = [f"--{option.name}/--no-{option.name}"]
    shown: Any = option.default or False
    told = typer.Option(*names, help=option.help, show_default=shown, rich_help_panel=option.panel)
    return Annotated[option.type | None, told]


START: dict[str, type] = {"name": str, "log_dir": str, "report": bool}
"""Flags of one start of the command that a TOML file may hold, too."""


def read_config(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The flags in a TOML file: those of START, and those of OPTIONS.

    SettingsError for what is no flag, with the nearest, and for values of a wrong type.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: not readable as TOML ({error}); mend it, or leave --config out") from error
    given = {key: _checked(path, key, value) for key, value in ((_key(path, name), value) for name, value in entries.items())}
    return {key: given.pop(key) for key in START if key in given}, given


def _key(path: Path, name: str) -> str:
    key = name.replace("-", "_")
    if key not in BY_KEY and key not in START:
        near = ", ".join(difflib.get_close_matches(key, [*BY_KEY, *START], n=3)) or "see `balatro train --help`"
        raise SettingsError(f"{path}: {name!r} is no setting of training; the nearest: {near}")
    return key


def _checked(path: Path, key: str, value: Any) -> Any:
    wanted = START.get(key) or BY_KEY[key].type
    if wanted == list[str]:
        entries = value if isinstance(value, list) else [value]
        if all(isinstance(entry, str) for entry in entries):
            return entries
    elif wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    elif key == "image_size" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    elif isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
        return value
    told = "a list of texts" if wanted == list[str] else wanted.__name__
    raise SettingsError(f"{path}: {key} is {value!r}, expected {told}")


def write_config(path: Path, given: Mapping[str, Any]) -> None:
    """The flags of a run as a TOML file that --config takes."""
    write_text(path, "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in given.items()))

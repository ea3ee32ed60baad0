"""From flags to settings: defaults that fit the data, and an error for every flag that would do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from balatro.errors import SettingsError
from balatro.models.heads import HEADS
from balatro.train_model.lesson.losses import LOSSES
from balatro.train_model.lesson.tasks import AUGMENTED, BALANCED, DATA, RENDERED, TASKS, USUAL, TaskOptions
from balatro.train_model.pictures.transforms import TRANSFORMS
from balatro.train_model.settings.early import LENGTHS, Given, check_needs, choose_data, lengths_of, read_size, split_list
from balatro.train_model.settings.knobs import knobs
from balatro.train_model.settings.options import BY_KEY, FIXED, LISTS, OPTIONS
from balatro.train_model.settings.settings import TrainSettings
from balatro.train_model.settings.strategies.optimizers import OPTIMIZERS
from balatro.train_model.settings.strategies.schedulers import SCHEDULERS
from balatro.utils.flags.pick import pick

SPECIAL = ("image_size", "data", "optimizer", "scheduler")
"""Settings whose flags are read here; all others are put in as they are."""
OF_PICTURES = {key: made.pictures for key, made in knobs(TrainSettings).items() if made.pictures is not None}
"""The defaults of runs that learn from labelled pictures alone."""
STRATEGIES = {key: OF_PICTURES[key] for key in ("optimizer", "scheduler")}


def choose_settings(given: Given, defaults: TrainSettings | None = None) -> TrainSettings:
    """Settings from the flags that were given. SettingsError for those that do not fit each other."""
    data = choose_data(given)
    check_needs(given, data)
    base = replace(defaults or TrainSettings(), data=data)
    if RENDERED not in data:
        base = replace(base, **{key: value for key, value in OF_PICTURES.items() if key not in STRATEGIES})
    elif len(data) > 1:
        base = replace(base, best=OF_PICTURES["best"])
    return _with(base, given, choose_strategy(given, **STRATEGIES) if RENDERED not in data else None)


def change_settings(settings: TrainSettings, given: Given, minutes: float = 0.0) -> TrainSettings:
    """The settings of a resumed run, with the flags that were given on purpose. minutes: how long it has run already."""
    check_needs(given, settings.data)
    fixed = [key for key in given if key in FIXED and _with(settings, {key: given[key]}, None) != settings]
    if fixed:
        told = ", ".join(f"--{BY_KEY[key].name}" for key in fixed)
        raise SettingsError(f"{told} cannot change in a run that goes on; start a new one with --pretrained RUN")
    changed = _with(settings, {key: value for key, value in given.items() if key not in FIXED}, None)
    return replace(changed, minutes=changed.minutes + minutes) if "minutes" in given else changed


def _check_used(base: TrainSettings, given: Given) -> None:
    for key, made in knobs(TrainSettings).items():
        if made.idle is None or key not in given:
            continue
        other, idle, remedy = made.idle
        if given.get(other, getattr(base, other)) == idle:
            raise SettingsError(f"--{BY_KEY[key].name} was given, but nothing uses it; give {remedy} too")
    if "augmented" in given and AUGMENTED not in base.data:
        raise SettingsError(f"--augmented was given, but this run's data is {', '.join(base.data)}; add it to --data")


def choose_strategy(given: Given, optimizer: str, scheduler: str) -> dict[str, Any]:
    """The optimizer's and scheduler's records, by their own names or these."""
    return {
        "optimizer": pick(OPTIMIZERS, given.get("optimizer", optimizer), "optimizer", _of(given, "optimizer")),
        "scheduler": pick(SCHEDULERS, given.get("scheduler", scheduler), "scheduler", _of(given, "scheduler")),
    }


def _of(given: Given, prefix: str) -> dict[str, Any]:
    return {key.removeprefix(f"{prefix}_"): value for key, value in given.items() if key.startswith(f"{prefix}_")}


def _with(base: TrainSettings, given: Given, strategy: dict[str, Any] | None) -> TrainSettings:
    if strategy is None:
        strategy = _changed_strategy(base, given)
    _check_used(base, given)
    plain = knobs(TrainSettings).keys() - set(SPECIAL)
    changes = {key: _value(key, value) for key, value in given.items() if key in plain}
    if "image_size" in given:
        changes["image_size"] = read_size(given["image_size"])
    tasks = changes.get("tasks") or base.tasks or USUAL
    return replace(base, **changes, **strategy, **_length(given), task_options=_task_options(base.task_options, given, tasks))


def _value(key: str, value: Any) -> Any:
    return tuple(split_list(value)) if key in LISTS else value


def _changed_strategy(base: TrainSettings, given: Given) -> dict[str, Any]:
    """The base's records, unless another one or other values are given."""
    strategy: dict[str, Any] = {}
    for prefix, table in (("optimizer", OPTIMIZERS), ("scheduler", SCHEDULERS)):
        record = getattr(base, prefix)
        name = next(name for name, kind in table.items() if isinstance(record, kind))
        if given.get(prefix, name) == name:
            strategy[prefix] = replace(record, **pick_changes(table, name, prefix, _of(given, prefix)))
        else:
            strategy[prefix] = pick(table, given[prefix], prefix, _of(given, prefix))
    return strategy


def pick_changes(table: Mapping[str, Any], name: str, prefix: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given values, after `pick` has checked that the record uses them."""
    pick(table, name, prefix, given)
    return {key: value for key, value in given.items() if value is not None}


def _length(given: Given) -> dict[str, Any]:
    lengths = lengths_of(given)
    # What a run's length is not measured in is 0. `_with` has put in the given one already.
    return {key: 0 for key in LENGTHS if key not in lengths} if lengths else {}


def _task_options(base: TaskOptions, given: Given, tasks: Iterable[str]) -> TaskOptions:
    loss = _by_task(given.get("loss"), LOSSES, "loss")
    loss_options = _loss_options(_of(given, "loss"), base, loss, tasks)
    changes: dict[str, Any] = {
        "weight": {task: _number(value, "task-weight") for task, value in _pairs(given.get("task_weight"), "task-weight")},
        "loss": loss,
        "loss_options": loss_options,
        "head": _by_task(given.get("head"), HEADS, "head"),
        "class_weights": {task: _class_weights(value) for task, value in _pairs(given.get("class_weights"), "class-weights")},
        "transform": _by_task(given.get("transform"), TRANSFORMS, "transform"),
        "data": {task: _data_names(value) for task, value in _pairs(given.get("task_data"), "task-data")},
    }
    # Another loss has other options: what an earlier start of the run chose for the old one is dropped.
    kept = {task: value for task, value in base.loss_options.items() if task in loss_options or not ({task, ""} & set(loss))}
    base = replace(base, loss_options=kept)
    return replace(base, **{name: {**getattr(base, name), **value} for name, value in changes.items() if value})


def _loss_options(
    given: Mapping[str, float], base: TaskOptions, loss: Mapping[str, str], tasks: Iterable[str]
) -> dict[str, dict[str, float]]:
    """--loss-… values for every task whose loss uses them; an error for one that none uses."""
    chosen: dict[str, dict[str, float]] = {}
    for option, value in given.items():
        users = [task for task in tasks if option in _loss_fields(task, base, loss)]
        if not users:
            names = {task: _loss_name(task, base, loss) for task in tasks}
            told = ", ".join(f"{task}: {name}" for task, name in names.items())
            raise SettingsError(f"--loss-{option.replace('_', '-')} was given, but no loss of this run uses it ({told})")
        for task in users:
            chosen.setdefault(task, _usual_options(task, base, loss))[option] = value
    return chosen


def _loss_name(task: str, base: TaskOptions, loss: Mapping[str, str]) -> str:
    usual = TASKS[task].loss if task in TASKS else "cross-entropy"
    chosen = {**base.loss, **loss}
    return chosen.get(task, chosen.get("", usual))


def _loss_fields(task: str, base: TaskOptions, loss: Mapping[str, str]) -> set[str]:
    return {f.name for f in fields(LOSSES[_loss_name(task, base, loss)])}


def _usual_options(task: str, base: TaskOptions, loss: Mapping[str, str]) -> dict[str, float]:
    usual = TASKS.get(task)
    same = usual is not None and usual.loss == _loss_name(task, base, loss)
    return dict(base.loss_options.get(task, usual.loss_options if usual is not None and same else {}))


def _by_task(values: list[str] | None, table: Mapping[str, Any], flag: str) -> dict[str, str]:
    """`focal` for all tasks (""), `modifier=focal` for one."""
    chosen: dict[str, str] = {}
    for value in values or ():
        task, _, name = value.rpartition("=")
        if name not in table:
            raise SettingsError(f"--{flag} {value}: no {flag} {name!r}; choose one of: {', '.join(table)}")
        chosen[task.strip()] = name
    return chosen


def _pairs(values: list[str] | None, flag: str) -> list[tuple[str, str]]:
    pairs = []
    for value in values or ():
        task, sign, rest = value.partition("=")
        if not sign or not task or not rest:
            raise SettingsError(f"--{flag} {value}: expected TASK=VALUE, such as modifier=0.5")
        pairs.append((task, rest))
    return pairs


def _class_weights(text: str) -> dict[str, float] | str:
    if text == BALANCED:
        return BALANCED
    weights = {}
    for part in text.split(","):
        name, sign, value = part.rpartition(":")
        if not sign:
            raise SettingsError(f"--class-weights …={text}: expected {BALANCED}, or NAME:WEIGHT,NAME:WEIGHT")
        weights[name.strip()] = _number(value, "class-weights")
    return weights


def _data_names(text: str) -> tuple[str, ...]:
    names = tuple(split_list([text]))
    unknown = [name for name in names if name not in DATA]
    if unknown or not names:
        raise SettingsError(f"--task-data …={text}: choose from: {', '.join(DATA)}")
    return names


def _number(text: str, flag: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise SettingsError(f"--{flag} {text!r}: expected a number") from None
    if not 0 <= number < 1e9:
        raise SettingsError(f"--{flag} {text}: expected 0 or more")
    return number


def describe_choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen: {flag: [(name, what it is)]}, for `balatro train --list`."""
    return {
        f"--{option.name}": [(row.name, row.about) for row in option.knob.rows]
        for option in OPTIONS
        if any(row.about for row in option.knob.rows)
    }

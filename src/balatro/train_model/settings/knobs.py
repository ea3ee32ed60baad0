"""What a field of a training run's settings tells about its flag: see `utils.flags.options`, and what only training knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any

from balatro.errors import SettingsError
from balatro.utils.flags.options import KNOB, Knob, told_value, turned_by

PICTURES, DRAWN = "pictures", "drawn screens"
"""What some flags are for: runs that learn from labelled pictures, or from drawn screens."""

TASK, DATA, NETWORK, STRATEGY = "Tasks", "What to learn from", "Network", "Strategy"
OPTIMIZER, SCHEDULER, LENGTH = "Optimizer", "Scheduler", "Length"
STEP, MACHINE, RUN = "A step", "Machine", "The run"
"""Headings of the help."""


@dataclass(frozen=True)
class TrainKnob(Knob):
    """A knob of training."""

    fixed: bool = False
    """Whether it makes the classes, the network or the batches, so that a run that goes on cannot change it."""
    pictures: Any = None
    """The default of runs that draw no screens, where it is another."""
    idle: tuple[str, str, str] | None = None
    """(field, value, remedy): the flag does nothing while that field has that value; what to give as well."""
    checked: bool = False
    """Whether the settings refuse what is not among the rows. Other choices are refused where they are looked up."""


def knob(panel: str, default: Any = MISSING, factory: Callable[[], Any] | Any = MISSING, **more: Any) -> Any:
    """A field of the settings with a TrainKnob. A default for pictures is shown beside the other one."""
    made = TrainKnob(panel, **more)
    if made.pictures is not None and made.shown is None:
        drawn = f"{told_value(default)} with drawn screens" if default else ""
        parts = [told_value(made.pictures), drawn] if drawn else [f"{told_value(made.pictures)} for labelled pictures"]
        made = TrainKnob(panel, **more, shown="; ".join(part for part in parts if part and part != "0"))
    return turned_by(made, default, factory)


def knobs(kind: type[Any]) -> dict[str, TrainKnob]:
    """{field: its knob} of a record."""
    return {f.name: f.metadata[KNOB] for f in fields(kind) if KNOB in f.metadata}


def check_knobs(record: Any) -> None:
    """SettingsError for a number outside its knob's limits and a name that is none of its rows."""
    for name, made in knobs(type(record)).items():
        value = getattr(record, name)
        if made.low is not None and made.high is None and not value >= made.low:  # nan is none of them
            raise SettingsError(f"{name} is {value}; give {made.low} or more")
        if made.low is not None and made.high == 1 and not made.low <= (value or 0) <= 1:
            raise SettingsError(f"{name} is {value}; give a share of 0 to 1")
        if made.low is not None and made.high not in (None, 1) and not made.low <= value <= made.high:
            told = f"{made.low} or more" if value < made.low else f"{made.high} or less"
            raise SettingsError(f"{name} is {value}; give {told}")
        names = [row.name for row in made.rows]
        if made.checked and value not in names:
            raise SettingsError(f"no {name} {value!r}; choose one of: {', '.join(names)}")

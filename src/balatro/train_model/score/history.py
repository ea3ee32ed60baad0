"""What a run's epochs were like: `history.jsonl`, one line an epoch, and how it is shown in a terminal.

The file is only ever added to, so a run that is killed loses nothing; half a line, where the machine went off, is passed over.
A number that is none (the loss of a task without labels) is null in the file and nan in the record.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from balatro.utils.files import write_text

HISTORY = "history.jsonl"

Numbers = dict[str, float]


@dataclass(frozen=True)
class EpochRecord:
    """One epoch. Losses are means per labelled row, `total` the weighted sum that is trained; rates are those at its end."""

    epoch: int
    """Counted from 1: how many are done."""
    step: int
    """Steps done, of all epochs."""
    seconds: float
    """Of the run up to now, earlier parts of a resumed one included."""
    images_per_second: float = math.nan
    """In training, without validation."""
    train_loss: Numbers = field(default_factory=dict)
    """{"total" and each task: loss}."""
    val_loss: Numbers = field(default_factory=dict)
    rates: Numbers = field(default_factory=dict)
    """{group of weights: learning rate}."""
    metrics: dict[str, Numbers] = field(default_factory=dict)
    """{task, and "all" for the joint ones: {metric: value}}, as `metrics.scalars` gives them, on the validation cards."""
    best: bool = False
    """Whether it was the best up to then."""

    def value(self, name: str) -> float:
        """A number by its path, `val_loss.total` or `metrics.modifier.top1`; nan where there is none."""
        found: Any = asdict(self)
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return float(found) if isinstance(found, int | float) else math.nan


def append_epoch(folder: Path, record: EpochRecord) -> None:
    """Add an epoch to the folder's history, on the disk when this returns."""
    path = folder / HISTORY
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps(_to_json(asdict(record)), ensure_ascii=False) + "\n"
    with path.open("ab+") as file:
        if file.tell() and not _ends_line(file):
            line = "\n" + line  # the last writer was cut off: its half line must not swallow this one
        file.write(line.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())


def _ends_line(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def read_history(folder: Path) -> list[EpochRecord]:
    """The epochs in order, without half lines; of an epoch that is there twice, the later line. [] without a history."""
    path = folder / HISTORY
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    records = {record.epoch: record for record in map(_record, lines) if record is not None}
    return [records[epoch] for epoch in sorted(records)]


def cut_history(folder: Path, epoch: int) -> None:
    """Leave out the epochs after the checkpoint (of `epoch`) that a run goes on from: they come again."""
    kept = [record for record in read_history(folder) if record.epoch <= epoch]
    if (folder / HISTORY).is_file():
        write_text(folder / HISTORY, "".join(json.dumps(_to_json(asdict(r)), ensure_ascii=False) + "\n" for r in kept))


def best_epoch(records: Sequence[EpochRecord]) -> EpochRecord | None:
    """The last that was marked best; without marks, that of the lowest validation loss."""
    marked = [record for record in records if record.best]
    if marked:
        return marked[-1]
    measured = [record for record in records if not math.isnan(record.value("val_loss.total"))]
    return min(measured, key=lambda record: record.value("val_loss.total"), default=None)


def _record(line: str) -> EpochRecord | None:
    try:
        values = _from_json(json.loads(line))
        known = {f.name: values[f.name] for f in fields(EpochRecord) if f.name in values}
        return EpochRecord(**known) if isinstance(known["epoch"], int) else None
    except (ValueError, TypeError, KeyError):
        return None


def _to_json(value: Any) -> Any:
    """JSON has no nan."""
    if isinstance(value, Mapping):
        return {key: _to_json(entry) for key, entry in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _from_json(entry) for key, entry in value.items()}
    return math.nan if value is None else value


# In a terminal, or a pipe.


def epoch_line(
    record: EpochRecord,
    epochs: int,
    before: EpochRecord | None = None,
    shown: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """An epoch in one line of plain text; `epochs` is how many there will be, `before` the epoch before it.

    shown: {task: names of its metrics that are told}, the first without its name; a task that is not listed tells top1.

    `epoch  3/20   12 s   480 img/s   loss 0.512, val 0.430   identification 91.2   modifier 99.0   both 90.8   rate 1e-04`
    """
    places = len(str(epochs))
    parts = [
        f"epoch {record.epoch:>{places}}/{epochs}",
        f"{record.seconds - (before.seconds if before else 0.0):.0f} s",
        f"{record.images_per_second:.0f} img/s",
        f"loss {_number(record.value('train_loss.total'))}, val {_number(record.value('val_loss.total'))}",
        *(
            _scores(task, values, (shown or {}).get(task, ("top1",)))
            for task, values in record.metrics.items()
            if "top1" in values
        ),
        *([f"both {_percent(record.value('metrics.all.both_right'))}"] if _several(record) else []),
        f"rate {_rates(record.rates)}",
        *(["best"] if record.best else []),
    ]
    return "   ".join(parts)


def _scores(task: str, values: Numbers, names: Sequence[str]) -> str:
    told = [f"{name} {_percent(values[name])}" for name in names if name in values]
    return f"{task} {', '.join(told).removeprefix(f'{names[0]} ')}" if told else task


def _several(record: EpochRecord) -> bool:
    return sum("top1" in values for values in record.metrics.values()) > 1


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.1f}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _rates(rates: Numbers) -> str:
    """The rates that differ, largest first: `1e-04` or `1e-04/1e-05`."""
    return "/".join(dict.fromkeys(f"{rate:.1e}" for rate in sorted(rates.values(), reverse=True))) or "–"

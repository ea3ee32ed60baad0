"""Runs side by side: what was set differently, how they learned, how well they read, and on which cards that was measured.

    console.print(compare_runs([Path("runs/real"), Path("runs/both")], out=Path("comparison")))

Whatever a run's folder lacks (it is still training, or was killed) is said, and the rest is compared.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balatro.errors import InputError
from balatro.train_model.score.history import HISTORY, EpochRecord, best_epoch, read_history
from balatro.train_model.score.metrics import METRICS
from balatro.train_model.score.report.page import Chart, draw_chart, number, percent, render_page
from balatro.train_model.score.report.plots import plot_series, series
from balatro.train_model.score.report.write import CLASSIFICATION
from balatro.utils.files import read_json, write_bytes, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType
    from rich.table import Table

PAGE, PICTURE = "compare.html", "compare.png"
SETTINGS = ("settings.toml", "settings.json")
REPORT = Path("report") / CLASSIFICATION
MISSING_TEXT = "–"


@dataclass(frozen=True)
class RunSummary:
    """What a run's folder tells."""

    name: str
    """Its folder's name, with those above it as far as they are needed to tell runs apart."""
    settings: dict[str, str]
    """Flat: `optimizer.lr` for what is nested."""
    history: list[EpochRecord]
    report: dict[str, Any]
    """Its classification_report.json, {} where there is none."""
    lacks: tuple[str, ...]
    """The files that are not there, or cannot be read."""


@dataclass(frozen=True)
class Row:
    """One line of a table: a value a run, and which of them are best."""

    title: str
    texts: tuple[str, ...]
    values: tuple[float, ...] = ()
    """Shares 0..1 to be drawn as bars; () for what is no share."""
    best: frozenset[int] = frozenset()
    """Places of the best; empty when all are alike, or nothing is better or worse."""


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """Runs in the order they were given, and the tables that lay them side by side; a rich console prints it as one."""

    runs: tuple[RunSummary, ...]
    groups: tuple[Group, ...]

    def __rich__(self) -> RenderableType:
        return comparison_table(self)


def compare_runs(folders: Sequence[Path], out: Path | None = None) -> Comparison:
    """Read the folders of two or more runs, and write the page into `out`, where one is given.

    InputError for a folder that is no run's, or when there is only one.
    """
    folders = list(dict.fromkeys(folder.resolve() for folder in folders))
    if len(folders) < 2:
        raise InputError(f"{len(folders)} run to compare; name two or more folders of runs")
    runs = tuple(read_run(folder, name) for folder, name in zip(folders, _names(folders), strict=True))
    groups = [_training(runs), *_tasks(runs), _modifiers(runs), _settings(runs)]
    comparison = Comparison(runs, tuple(group for group in groups if group.rows))
    if out is not None:
        write_comparison(out, comparison)
    return comparison


def read_run(folder: Path, name: str) -> RunSummary:
    """What a folder tells. InputError when there is neither a history, a report nor settings in it."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name the folder of a run, as runs/demo")
    lacks = [] if (folder / HISTORY).is_file() else [HISTORY]
    settings, lacking = _read_first([folder / file for file in SETTINGS])
    report, no_report = _read_first([folder / REPORT])
    lacks += lacking + no_report
    if len(lacks) == 3:
        raise InputError(f"{folder}: no run's folder: neither {HISTORY}, {REPORT.as_posix()} nor settings; name one that is")
    return RunSummary(name, flatten_settings(settings), read_history(folder), report, tuple(lacks))


def _read_first(paths: Sequence[Path]) -> tuple[dict[str, Any], list[str]]:
    """The first file that is there, and what to say when there is none, or when it is damaged."""
    for path in paths:
        if path.is_file():
            try:
                found = _read_toml(path) if path.suffix == ".toml" else read_json(path)
            except (InputError, ValueError, OSError):
                return {}, [f"{path.name} (damaged)"]
            return (found, []) if isinstance(found, dict) else ({}, [f"{path.name} (damaged)"])
    return {}, [paths[-1].name]


def _read_toml(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(path.read_text(encoding="utf-8"))


def flatten_settings(values: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Nested settings as one level of texts: {"optimizer": {"lr": 0.1}} -> {"optimizer.lr": "0.1"}."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            flat |= flatten_settings(value, f"{before}{name}.")
        else:
            flat[f"{before}{name}"] = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return flat


def _names(folders: Sequence[Path]) -> list[str]:
    """The shortest ends of the paths that are all different."""
    depth = 1
    while len({folder.parts[-depth:] for folder in folders}) < len(folders):
        depth += 1
    return ["/".join(folder.parts[-depth:]) for folder in folders]


# Tables.


def _row(title: str, values: Sequence[float], show: Callable[[float], str], higher: bool | None, share: bool = False) -> Row:
    """higher: whether higher is better; None when neither is."""
    real = [value for value in values if not math.isnan(value)]
    best: frozenset[int] = frozenset()
    if higher is not None and len(real) > 1 and min(real) < max(real):
        top = max(real) if higher else min(real)
        best = frozenset(place for place, value in enumerate(values) if value == top)
    return Row(title, tuple(show(value) for value in values), tuple(values) if share else (), best)


def _training(runs: Sequence[RunSummary]) -> Group:
    best = [best_epoch(run.history) for run in runs]

    def at_best(path: str) -> list[float]:
        return [record.value(path) if record else math.nan for record in best]

    last = [run.history[-1] if run.history else None for run in runs]
    rows = [
        Row("scored on", tuple(scored_on(run) for run in runs)),
        _row("epochs", [float(record.epoch) if record else math.nan for record in last], _whole, None),
        _row("best epoch", at_best("epoch"), _whole, None),
        _row("validation loss, best epoch", at_best("val_loss.total"), number, False),
        _row("training loss, best epoch", at_best("train_loss.total"), number, None),
        _row("images a second, last epoch", [r.images_per_second if r else math.nan for r in last], _whole, True),
        _row("minutes", [r.seconds / 60 if r else math.nan for r in last], lambda value: number(value, 1), None),
    ]
    return Group("Training", _told(rows))


def scored_on(run: RunSummary) -> str:
    """Which cards a run's scores are of: the split of its report, or the validation cards of its best epoch."""
    if run.report:
        return f"{_dict(run.report.get('about')).get('split', 'report')}, {run.report.get('cards', '?')} cards"
    return "validation, best epoch" if run.history else MISSING_TEXT


def _comparable(runs: Sequence[RunSummary]) -> bool:
    """Whether all scores are of the same cards, as far as one can see; of others, no run is the best."""
    return len({scored_on(run) for run in runs} - {MISSING_TEXT}) == 1


def _tasks(runs: Sequence[RunSummary]) -> list[Group]:
    """Metrics by task, from the report or, where a run has none, from its best epoch."""
    found, fair = [_metrics(run) for run in runs], _comparable(runs)
    tasks = dict.fromkeys(task for metrics in found for task in metrics if task != "all")
    groups = []
    for task in tasks:
        rows = [
            _row(
                metric.name.replace("_", " "),
                [metrics.get(task, {}).get(metric.name, math.nan) for metrics in found],
                percent if metric.percent else number,
                metric.higher_is_better if fair else None,
                share=metric.percent and metric.higher_is_better,
            )
            for metric in METRICS
            if metric.scalar
        ]
        groups.append(Group(task.replace("_", " "), _told(rows)))
    both = [metrics.get("all", {}).get("both_right", math.nan) for metrics in found]
    return [*groups, Group("All tasks", _told([_row("all right", both, percent, True if fair else None, share=True)]))]


def _metrics(run: RunSummary) -> dict[str, dict[str, float]]:
    """{task: {metric: value}}, the joint ones under "all"."""
    if not run.report:
        best = best_epoch(run.history)
        return best.metrics if best else {}
    tasks = {task: _numbers(values) for task, values in _dict(run.report.get("tasks")).items()}
    return {**tasks, "all": _numbers({"both_right": run.report.get("both_right")})}


def _numbers(values: Any) -> dict[str, float]:
    """The numbers among the values; a report may be of another version."""
    return {name: float(value) for name, value in _dict(values).items() if isinstance(value, int | float)}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _modifiers(runs: Sequence[RunSummary]) -> Group:
    """A row for each modifier and what was read of its cards, from the reports."""
    found = [{name: _numbers(row) for name, row in _dict(run.report.get("by_modifier")).items()} for run in runs]
    names = dict.fromkeys(name for rows in found for name in rows)
    columns = dict.fromkeys(column for rows in found for row in rows.values() for column in row if column != "cards")
    rows = [
        _row(
            f"{name}: {column.replace('_', ' ')}",
            [table.get(name, {}).get(column, math.nan) for table in found],
            percent,
            True if _comparable(runs) else None,
            share=True,
        )
        for name in names
        for column in columns
    ]
    return Group("By modifier", _told(rows))


def _settings(runs: Sequence[RunSummary]) -> Group:
    """Only what differs, among the runs whose settings are known."""
    known = [run.settings for run in runs if run.settings]
    names = dict.fromkeys(name for settings in known for name in settings)
    differing = [name for name in names if len({settings.get(name) for settings in known}) > 1]
    return Group(
        "Settings that differ",
        tuple(Row(name, tuple(run.settings.get(name, MISSING_TEXT) for run in runs)) for name in differing),
    )


def _told(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Without rows that say nothing of any run."""
    return tuple(row for row in rows if set(row.texts) != {MISSING_TEXT})


def _whole(value: float) -> str:
    return MISSING_TEXT if math.isnan(value) else f"{value:.0f}"


# In a terminal, and as a page.


def comparison_table(comparison: Comparison) -> RenderableType:
    """A rich table: a column a run, a section a group; the best of a row is bold and has a star."""
    from rich import box
    from rich.console import Group as Together
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"{len(comparison.runs)} runs; * is the best, where all are scored on the same cards",
        title_justify="left",
    )
    table.add_column("")
    for run in comparison.runs:
        table.add_column(Text(run.name), justify="right", overflow="fold")
    for group in comparison.groups:
        table.add_row(Text(group.title, style="bold"))
        for place, row in enumerate(group.rows, start=1):
            _add_row(table, row, place == len(group.rows))
    lines = [f"{run.name} has no {' and no '.join(run.lacks)}" for run in comparison.runs if run.lacks]
    return Together(table, Text("\n".join(lines))) if lines else table


def _add_row(table: Table, row: Row, last: bool) -> None:
    from rich.text import Text

    cells = [
        Text(f"{text} *", style="bold") if place in row.best else Text(f"{text}  ") for place, text in enumerate(row.texts)
    ]
    table.add_row(Text(f"  {row.title}"), *cells, end_section=last)


def write_comparison(folder: Path, comparison: Comparison) -> Path:
    """Write compare.html and, where there is a history, compare.png into a folder; give the page's path."""
    histories = {run.name: run.history for run in comparison.runs if run.history}
    chart = draw_curves(histories) if histories else None
    if chart is not None:
        write_bytes(folder / PICTURE, chart.light)
    page = render_page(
        "compare.html",
        title=f"{len(comparison.runs)} runs side by side",
        runs=comparison.runs,
        groups=comparison.groups,
        chart_of_curves=chart,
    )
    write_text(folder / PAGE, page)
    return folder / PAGE


def draw_curves(histories: Mapping[str, Sequence[EpochRecord]]) -> Chart:
    """Validation losses, and each task's right share, of all runs over each other."""
    tasks = dict.fromkeys(
        task
        for records in histories.values()
        for record in records
        for task in record.metrics
        if "top1" in record.metrics[task]
    )
    panels = {"Validation loss": "val_loss.total", **{f"{task}, right": f"metrics.{task}.top1" for task in tasks}}
    best = {name: best_epoch(records) for name, records in histories.items()}
    told = ", ".join(f"{name} {number(record.value('val_loss.total'))}" for name, record in best.items() if record)
    return draw_chart(lambda: plot_runs(histories, panels), f"Curves over the epochs. Best validation loss: {told}.")


def plot_runs(histories: Mapping[str, Sequence[EpochRecord]], panels: Mapping[str, str]) -> Figure:
    """A panel for each number, {title: path as EpochRecord.value takes}, with a line a run; at most three panels a row."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(3.8 * columns, 3.4 * rows), layout="constrained")
    every = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, (title, path) in zip(every, panels.items(), strict=False):
        lines = {}
        for name, records in histories.items():
            # A run without this number keeps its colour and marker on every panel.
            lines[name] = series(records, {name: path}).get(name, ([], []))
        plot_series(lines, ax)
        ax.set_title(title)
        ax.set_xlabel("epoch")
        if path.startswith("metrics."):
            ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
    for ax in every[len(panels) :]:
        ax.set_axis_off()
    return figure

"""The charts of reports and of TensorBoard. Each takes an `ax` or makes a figure, and gives the figure; none is shown or saved.

    with themed(DARK):
        png = figure_png(plot_curves(history))

Colours are told apart by people who see few (Okabe and Ito's), and no chart says anything by colour alone.
"""

from __future__ import annotations

import contextlib
import math
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from cycler import cycler
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, PercentFormatter

from balatro.train_model.score.history import EpochRecord, best_epoch
from balatro.train_model.score.report.embedding_map import EmbeddingMap
from balatro.utils.images import to_png

MAX_MATRIX = 30
"""Classes up to which a confusion matrix is drawn whole; with more, its names could not be read."""
NUMBERED = 14
"""Classes up to which its cells have numbers."""
BARS = 20
"""Most confused pairs that are drawn."""
DPI = 160
CSS_DPI = 96
"""Pixels of a page per inch: charts are drawn finer than that, and stay sharp on fine screens."""
MARKERS = ("o", "^", "s", "D", "X", "v", "P", "*", "<", ">")


@dataclass(frozen=True)
class Theme:
    """Colours of a chart, for a light page and for a dark one."""

    plate: str
    ink: str
    soft: str
    line: str
    series: tuple[str, ...]
    groups: tuple[str, ...]
    """Of the modifiers, in their order."""
    heat: tuple[str, str]
    """From none to all of a row, in a confusion matrix."""

    def rc(self) -> dict[str, Any]:
        """As matplotlib takes it."""
        return {
            "figure.facecolor": self.plate,
            "axes.facecolor": self.plate,
            "savefig.facecolor": self.plate,
            "text.color": self.ink,
            "axes.labelcolor": self.soft,
            "axes.titlecolor": self.ink,
            "axes.edgecolor": self.line,
            "xtick.color": self.soft,
            "ytick.color": self.soft,
            "grid.color": self.line,
            "axes.prop_cycle": cycler(color=list(self.series)),
            "font.family": ["DejaVu Sans"],
            "font.size": 9.0,
            "axes.titlesize": 10.0,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.titlepad": 9.0,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "xtick.major.size": 0.0,
            "ytick.major.size": 0.0,
            "text.parse_math": False,  # a card may be called "$"
        }


LIGHT = Theme(
    plate="#ffffff",
    ink="#1d232a",
    soft="#5b626b",
    line="#dcd8cd",
    series=("#0072b2", "#d55e00", "#009e73", "#b0569a", "#8a6d00", "#3d9bd6"),
    groups=("#8d949e", "#0072b2", "#d55e00", "#009e73", "#14181d", "#b0569a", "#8a6d00", "#56b4e9"),
    heat=("#f6f4ee", "#0b4a7a"),
)
DARK = Theme(
    plate="#1d232a",
    ink="#eceae3",
    soft="#a5adb7",
    line="#3a434d",
    series=("#56b4e9", "#ff9a57", "#3cc79c", "#e59bc4", "#e6c34a", "#9ecbf0"),
    groups=("#8d949e", "#56b4e9", "#ff8a4c", "#3cc79c", "#ffffff", "#e59bc4", "#e6c34a", "#9ecbf0"),
    heat=("#242b33", "#7cc8f8"),
)
THEMES = (LIGHT, DARK)
_current = [LIGHT]


@contextlib.contextmanager
def themed(theme: Theme) -> Iterator[None]:
    """Charts that are made within it have this theme."""
    _current.append(theme)
    try:
        with rc_context(cast(Any, theme.rc())):
            yield
    finally:
        _current.pop()


def theme() -> Theme:
    """The theme of charts that are made now."""
    return _current[-1]


def figure_png(figure: Figure) -> bytes:
    """PNG, DPI pixels an inch; the same figure gives the same bytes."""
    return to_png(figure_pixels(figure, DPI), packed=True)


def figure_pixels(figure: Figure, dpi: int = 100) -> np.ndarray:
    """(H, W, 3) uint8 RGB."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    with _any_letter():
        canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


@contextlib.contextmanager
def _any_letter() -> Iterator[None]:
    """Names in letters that the font lacks become boxes, which is no reason to warn at every one."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        yield


def _axes(ax: Axes | None, size: tuple[float, float]) -> tuple[Figure, Axes]:
    """The axes to draw on; size: inches of the figure when there are none yet."""
    if ax is None:
        ax = Figure(figsize=size, layout="constrained").subplots()
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure, ax


def _set_title(ax: Axes, title: str) -> None:
    """A title that is broken rather than cut off at the figure's right side."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    ax.set_title(textwrap.fill(title, max(20, int(figure.get_figwidth() * 9)), break_long_words=True))


def shorten(name: str, length: int = 24) -> str:
    """A name that fits beside an axis."""
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


# Curves.


def plot_curves(records: Sequence[EpochRecord]) -> Figure:
    """Losses, right shares of the validation cards, and learning rates over the epochs, in three panels."""
    figure = Figure(figsize=(11.6, 3.5), layout="constrained")
    losses, shares, rates = figure.subplots(1, 3, width_ratios=(1, 1, 0.8))
    best = best_epoch(records)
    plot_series(series(records, {"training": "train_loss.total", "validation": "val_loss.total"}), losses)
    losses.set_title(_loss_finding(best))
    tasks = list(dict.fromkeys(task for record in records for task, values in record.metrics.items() if "top1" in values))
    paths = {task: f"metrics.{task}.top1" for task in tasks}
    if len(tasks) > 1:
        paths["all of them"] = "metrics.all.both_right"
    plot_series(series(records, paths), shares)
    shares.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
    shares.set_title("Validation cards read rightly")
    groups = list(dict.fromkeys(group for record in records for group in record.rates))
    plot_series(series(records, {group: f"rates.{group}" for group in groups}), rates, log=True)
    rates.set_title("Learning rate")
    for ax in (losses, shares, rates):
        ax.set_xlabel("epoch")
        if best is not None and len(records) > 1:
            ax.axvline(best.epoch, color=theme().soft, linewidth=0.9, linestyle=(0, (2, 3)), zorder=0)
    return figure


def _loss_finding(best: EpochRecord | None) -> str:
    loss = best.value("val_loss.total") if best else math.nan
    return "Loss" if best is None or math.isnan(loss) else f"Validation loss {loss:.3f} in the best epoch, {best.epoch}"


Line = tuple[list[int], list[float]]
"""Epochs and values, those that are none left out."""


def series(records: Sequence[EpochRecord], paths: Mapping[str, str]) -> dict[str, Line]:
    """{label: line} of the numbers at the paths, for `plot_series`; labels without any number are left out."""
    found: dict[str, Line] = {}
    for label, path in paths.items():
        points = [(record.epoch, record.value(path)) for record in records]
        points = [(epoch, value) for epoch, value in points if math.isfinite(value)]
        if points:
            found[label] = ([epoch for epoch, _ in points], [value for _, value in points])
    return found


def plot_series(lines: Mapping[str, Line], ax: Axes | None = None, log: bool = False) -> Figure:
    """Lines over epochs, each with its own colour and marker, and a legend where there are two or more."""
    figure, ax = _axes(ax, (5.0, 3.4))
    values = [value for _, found in lines.values() for value in found]
    for number, (label, (epochs, found)) in enumerate(lines.items()):
        colour = theme().series[number % len(theme().series)]
        marker = MARKERS[number % len(MARKERS)]
        every = max(1, len(epochs) // 12)
        ax.plot(epochs, found, color=colour, marker=marker, markersize=4, markevery=every, linewidth=1.6, label=shorten(label))
    if log and values and min(values) > 0 and max(values) > 3 * min(values):
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0e}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
    elif log and values:
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.1e}"))
    ax.grid(axis="y", linewidth=0.7)
    ax.set_axisbelow(True)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    if len(lines) > 1:
        ax.legend(frameon=False, fontsize=8, labelcolor=theme().soft)
    if not lines:
        ax.text(0.5, 0.5, "not measured", transform=ax.transAxes, ha="center", color=theme().soft)
    return figure


# Confusions.


def plot_confusion(matrix: np.ndarray, names: Sequence[str], ax: Axes | None = None, title: str = "") -> Figure:
    """Rows true, columns read; a cell's colour is its share of the row, its number the cards (up to NUMBERED classes).

    matrix: (C, C) of counts. ValueError when it does not fit the names.
    """
    if matrix.shape != (len(names), len(names)):
        raise ValueError(f"a confusion matrix {matrix.shape} for {len(names)} names")
    side = min(2.6 + 0.3 * len(names), 10.5)
    figure, ax = _axes(ax, (side + 1.2, side))
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    heat = LinearSegmentedColormap.from_list("heat", theme().heat)
    ax.pcolormesh(shares, cmap=heat, vmin=0, vmax=1, edgecolors=theme().plate, linewidth=1.5)
    ax.invert_yaxis()
    ax.set_aspect("equal")
    labels = [shorten(name, 20) for name in names]
    middles = np.arange(len(names)) + 0.5
    long = max(map(len, labels), default=0) > 3
    ax.set_xticks(middles, labels, rotation=40 if long else 0, ha="right" if long else "center")
    ax.set_yticks(middles, labels)
    ax.set_xlabel("read as")
    ax.set_ylabel("true")
    _set_title(ax, title)
    ax.spines[:].set_visible(False)
    if len(names) <= NUMBERED:
        for row, column in np.argwhere(matrix > 0):
            colour = theme().plate if shares[row, column] > 0.55 else theme().ink
            ax.text(column + 0.5, row + 0.5, str(matrix[row, column]), ha="center", va="center", fontsize=8, color=colour)
    return figure


def plot_confused_pairs(
    pairs: Sequence[Mapping[str, Any]], names: Sequence[str], ax: Axes | None = None, title: str = ""
) -> Figure:
    """The most confused pairs as bars; pairs as `metrics.confused_pairs` gives them."""
    shown = list(pairs)[:BARS]
    figure, ax = _axes(ax, (8.0, 1.0 + 0.27 * max(len(shown), 2)))
    _set_title(ax, title)
    if not shown:
        ax.set_axis_off()
        ax.text(0.5, 0.5, "no card was confused with another", transform=ax.transAxes, ha="center", color=theme().soft)
        return figure
    places = range(len(shown))
    ax.barh(places, [pair["count"] for pair in shown], height=0.68, color=theme().series[0])
    ax.set_yticks(
        places, [f"{shorten(names[p['true']])} read as {shorten(names[p['said']])}" for p in shown], color=theme().ink
    )
    ax.invert_yaxis()
    for place, pair in enumerate(shown):
        label = f" {pair['count']}  ({100 * pair['share']:.0f} % of its cards)"
        ax.text(pair["count"], place, label, va="center", fontsize=8, color=theme().soft)
    ax.set_xlim(0, max(pair["count"] for pair in shown) * 1.28)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    ax.set_xlabel("cards")
    ax.spines["left"].set_visible(False)
    return figure


# How sure it may be.


def plot_reliability(calibrations: Mapping[str, np.ndarray], errors: Mapping[str, float]) -> Figure:
    """For each task: what share was right of the cards read with some confidence, and how many cards those are.

    calibrations: {task: (3, bins) as `metrics.calibration_counts`}; errors: {task: calibration error, 0..1}.
    """
    figure = Figure(figsize=(max(4.4, 3.6 * len(calibrations)), 4.2), layout="constrained")
    all_axes = figure.subplots(2, len(calibrations), height_ratios=(4, 1), sharex=True, squeeze=False)
    for number, (task, (rows, sure, right)) in enumerate(calibrations.items()):
        top, bottom = all_axes[:, number]
        edges = np.linspace(0, 1, len(rows) + 1)
        full = rows > 0
        top.plot([0, 1], [0, 1], color=theme().soft, linewidth=0.9, linestyle=(0, (2, 3)))
        top.plot(
            (sure[full] / rows[full]),
            (right[full] / rows[full]),
            color=theme().series[0],
            marker="o",
            markersize=4,
            linewidth=1.6,
        )
        top.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="right" if number == 0 else None)
        top.set_title(f"{shorten(task)}: off by {100 * errors[task]:.1f} %")
        top.grid(linewidth=0.7)
        bottom.bar(edges[:-1], rows, width=1 / len(rows), align="edge", color=theme().series[0], alpha=0.75)
        bottom.set(xlabel="confidence", ylabel="cards" if number == 0 else None)
        bottom.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        top.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        bottom.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    return figure


# The embedding.


def plot_map(points: np.ndarray, groups: np.ndarray, names: Sequence[str], ax: Axes | None = None, title: str = "") -> Figure:
    """Cards as points (N, 2), by group in colour and shape; groups: (N,) indices among `names`, negative where unknown."""
    figure, ax = _axes(ax, (6.0, 5.6))
    size = float(np.clip(14_000 / max(len(points), 1), 9, 34))
    unknown = points[groups < 0]
    if len(unknown):
        ax.scatter(unknown[:, 0], unknown[:, 1], s=size * 0.7, color=theme().line, linewidths=0, label="unknown")
    for number, name in enumerate(names):
        chosen = points[groups == number]
        colour = theme().groups[number % len(theme().groups)]
        marker = MARKERS[number % len(MARKERS)]
        if len(chosen):
            ax.scatter(
                chosen[:, 0], chosen[:, 1], s=size, marker=marker, color=colour, alpha=0.8, linewidths=0, label=shorten(name)
            )
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    _set_title(ax, title)
    return figure


def plot_maps(maps: Sequence[EmbeddingMap], names: Sequence[str]) -> Figure:
    """Maps side by side, with one legend under them."""
    figure = Figure(figsize=(max(5.6 * len(maps), 6.0), 5.4), layout="constrained")
    for ax, one in zip(figure.subplots(1, len(maps), squeeze=False)[0], maps, strict=True):
        plot_map(one.points, one.groups, names, ax, one.title)
    labelled = figure.axes[0].get_legend_handles_labels()
    if labelled[0]:
        legend = figure.legend(*labelled, frameon=False, loc="outside lower center", ncols=8, fontsize=9, markerscale=1.8)
        for handle in legend.legend_handles:
            if handle is not None:
                handle.set_alpha(1.0)
    return figure

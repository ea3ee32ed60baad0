"""The learning-rate finder: raise the rate from step to step, watch the loss, and draw it (Smith, 2015)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from balatro.errors import TrainingError
from balatro.train_model.run.batches import open_batches
from balatro.train_model.score.report.plots import LIGHT, figure_png, themed
from balatro.utils.files import write_bytes
from balatro.utils.progress import progress

if TYPE_CHECKING:
    from balatro.train_model.run.run import Run

LOWEST, HIGHEST = 1e-7, 1.0
NUM_STEPS = 100
DIVERGED = 4.0
"""A loss so many times the lowest ends the search."""
SMOOTH = 0.9
PICTURE = "learning_rates.png"


def find_learning_rate(run: Run) -> str:
    """Try rates on a run that has not begun, write its folder/learning_rates.png, and say what to take.

    The suggestion is the rate at which the smoothed loss falls steepest.
    """
    from balatro.train_model.run.loop import take_step

    rates, losses = [], []
    mean = 0.0
    factors = np.geomspace(LOWEST, HIGHEST, NUM_STEPS)
    highest = max(group["lr"] for group in run.optimizer.param_groups)
    base = [group["lr"] / highest for group in run.optimizer.param_groups]
    with progress("Trying learning rates", NUM_STEPS) as bar:
        for number, (rate, batch) in enumerate(zip(factors, open_batches(run.source, 0, NUM_STEPS), strict=False)):
            for group, share in zip(run.optimizer.param_groups, base, strict=True):
                group["lr"] = float(rate) * share
            try:
                take_step(run, batch)
            except TrainingError:
                break
            loss = sum(v for name, v in run.recent[-1].items() if not name.endswith("_accuracy") and name != "recall")
            mean = SMOOTH * mean + (1 - SMOOTH) * loss
            rates.append(float(rate))
            losses.append(mean / (1 - SMOOTH ** (number + 1)))
            bar.advance(note=f"{rate:.1e}: {losses[-1]:.2f}")
            if losses[-1] > DIVERGED * min(losses):
                break
    best = suggest(rates, losses)
    path = write_picture(run.folder / PICTURE, rates, losses, best)
    rates_of = dict(zip(run.schedule.rates(), base, strict=True))
    if "backbone" in rates_of:
        flags = f"--optimizer-lr-heads {best * rates_of['heads']:.1e} --optimizer-lr-backbone {best * rates_of['backbone']:.1e}"
    else:
        flags = f"--optimizer-lr {best:.1e}"
    return f"{path}: losses by learning rate; try {flags}"


def suggest(rates: list[float], losses: list[float]) -> float:
    """The rate at which the loss falls steepest over the logarithm of the rate, before its lowest."""
    if len(losses) < 5:
        return rates[0] if rates else math.nan
    last = max(int(np.argmin(losses)), 4)
    slopes = np.gradient(np.array(losses[: last + 1]), np.log(rates[: last + 1]))
    return rates[int(slopes.argmin())]


def write_picture(path: Path, rates: list[float], losses: list[float], best: float) -> Path:
    """Draw losses over rates with the suggestion marked."""
    with themed(LIGHT):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        ax = figure.subplots()
        ax.plot(rates, losses, color=LIGHT.series[0], linewidth=1.6)
        ax.axvline(best, color=LIGHT.series[1], linewidth=1.2)
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss", title=f"The loss falls steepest at {best:.1e}")
        ax.grid(axis="y", linewidth=0.7)
        write_bytes(path, figure_png(figure))
    return path

"""TensorBoard: what `tensorboard --logdir runs/<name>` shows of a run, while it trains and after.

Every curve is over epochs. A run that goes on from epoch N tells TensorBoard to forget what an earlier attempt wrote after it,
so that curves continue and never run twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from balatro.errors import MissingPartError
from balatro.train_model.score.history import EpochRecord
from balatro.train_model.score.predictions import Predictions
from balatro.train_model.score.report.mistakes import sample_sheet
from balatro.train_model.score.report.plots import LIGHT, MAX_MATRIX, figure_pixels, plot_confused_pairs, plot_confusion, themed
from balatro.utils.extras import how_to_install

NUM_SAMPLES = 32


class Board:
    """A run's TensorBoard events, in the run's folder itself.

    folder: the run's; next_epoch: the first epoch that will be written, counted from 1: what events of this and later epochs an
    earlier attempt left there is not shown again. class_names: {task: names in index order}. MissingPartError where TensorBoard
    is not installed.
    """

    def __init__(self, folder: Path, class_names: Mapping[str, Sequence[str]], next_epoch: int = 1) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise MissingPartError(f"curves need TensorBoard: {how_to_install('train')}") from error
        self._class_names = {task: list(names) for task, names in class_names.items()}
        self._writer = SummaryWriter(str(folder), purge_step=next_epoch if next_epoch > 1 else None)

    def __enter__(self) -> Board:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write what is still waiting."""
        self._writer.close()

    def write_settings(self, settings: Mapping[str, Any]) -> None:
        """The run's settings, a table under the tab Text."""
        rows = "".join(f"| {_cell(name)} | {_cell(value)} |\n" for name, value in settings.items())
        self._writer.add_text("settings", f"| setting | value |\n|---|---|\n{rows}")

    def write_epoch(
        self, record: EpochRecord, computed: Mapping[str, Mapping[str, Any]] | None = None, samples: Predictions | None = None
    ) -> None:
        """An epoch's curves; from `computed` (of TaskScores.compute) confusions as pictures; from `samples` cards, answers."""
        for tag, value in epoch_scalars(record).items():
            self._writer.add_scalar(tag, value, record.epoch)
        for task, values in (computed or {}).items():
            if "confusion" in values and values["confusion"].size:
                picture = confusion_picture(task, values, self._class_names[task])
                self._writer.add_image(f"confusion/{task}", picture, record.epoch, dataformats="HWC")
        if samples is not None and len(samples):
            sheet = sample_sheet(samples, np.arange(min(len(samples), NUM_SAMPLES)))
            self._writer.add_image("samples", sheet, record.epoch, dataformats="HWC")
        self._writer.flush()


def epoch_scalars(record: EpochRecord) -> dict[str, float]:
    """{tag: value} of an epoch's numbers, those that are none left out. What stands before the slash is one group of charts."""
    tags = {f"loss/train_{name}": value for name, value in record.train_loss.items()}
    tags |= {f"loss/val_{name}": value for name, value in record.val_loss.items()}
    tags |= {f"rate/{group}": value for group, value in record.rates.items()}
    tags |= {f"{task}/{name}": value for task, values in record.metrics.items() for name, value in values.items()}
    tags["speed/images_per_second"] = record.images_per_second
    return {tag: value for tag, value in tags.items() if not math.isnan(value)}


def confusion_picture(task: str, values: Mapping[str, Any], names: list[str]) -> np.ndarray:
    """A task's confusions as (H, W, 3) uint8 RGB: the matrix, or for many classes the most frequent pairs."""
    with themed(LIGHT):
        if len(names) <= MAX_MATRIX:
            return figure_pixels(plot_confusion(values["confusion"], names, title=task))
        return figure_pixels(plot_confused_pairs(values["confused"], names, title=task))


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")

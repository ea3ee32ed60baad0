"""Which scores `--best` may name, known without torch, so that a slip is told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from balatro.errors import SettingsError
from balatro.train_model.settings.settings import LAST_STEP

LOSS = "loss"
OF_TASKS = ("top1", "top3", "top5", "macro_precision", "macro_recall", "macro_f1", "weighted_f1", "calibration_error", "loss")
"""The numbers among `metrics.METRICS`, in their order."""
JOINT = ("both_right",)
"""Those among `metrics.JOINT_METRICS`."""


def check_best(name: str, tasks: Iterable[str]) -> None:
    """SettingsError when --best names no score of these tasks."""
    scores = [f"{task}_{metric}" for task in tasks for metric in OF_TASKS]
    scores += [score for metric in JOINT for score in (metric, f"all_{metric}")]
    if name not in (LOSS, LAST_STEP, *scores):
        near = difflib.get_close_matches(name, scores, n=3, cutoff=0.3) or scores[:3]
        raise SettingsError(f"--best {name}: no such score; take `loss`, `last`, or one such as {', '.join(near)}")

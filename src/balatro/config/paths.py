"""Where data and runs lie: in ./data and ./runs, or where the environment's BALATRO_DATA and BALATRO_RUNS say."""

from __future__ import annotations

import os
from pathlib import Path


def data_dir() -> Path:
    """The folder of decks, screenshots, datasets and models; it need not exist."""
    return Path(os.environ.get("BALATRO_DATA") or "data")


def runs_dir() -> Path:
    """The folder of training runs; it need not exist."""
    return Path(os.environ.get("BALATRO_RUNS") or "runs")


def art_dir(name: str) -> Path:
    """The folder of the deck called `name` (`game`, `demo`, or your own)."""
    return data_dir() / "art" / name


def model_dir(name: str) -> Path:
    """The folder of the model called `name`."""
    return data_dir() / "models" / name


def package_weights() -> Path:
    """The folder of the networks that come with the package."""
    return Path(__file__).resolve().parent.parent / "weights"

"""Where data and runs lie: here, where there is a folder for them; else in the user's own folder, the same from everywhere.

In this order: where the environment's BALATRO_DATA says (`--data` sets it); ./data, where there is one; the folder that the
system keeps for programs' data (`platformdirs`). Runs lie where BALATRO_RUNS says, in ./runs beside ./data, or in the data.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

HERE = Path("data")


def data_dir() -> Path:
    """The folder of decks, screenshots, datasets and models; it need not exist."""
    if told := os.environ.get("BALATRO_DATA"):
        return Path(told)
    return HERE if HERE.is_dir() else home()


def runs_dir() -> Path:
    """The folder of training runs; it need not exist."""
    if told := os.environ.get("BALATRO_RUNS"):
        return Path(told)
    return Path("runs") if data_dir() == HERE else data_dir() / "runs"


def home() -> Path:
    """The user's own folder: ~/.local/share/balatro, ~/Library/Application Support/balatro, or %LOCALAPPDATA%\\balatro."""
    return user_data_path("balatro", appauthor=False)


def art_dir(name: str) -> Path:
    """The folder of the deck called `name` (`game`, `demo`, or your own)."""
    return data_dir() / "art" / name


def model_dir(name: str) -> Path:
    """The folder of the model called `name`."""
    return data_dir() / "models" / name


def package_weights() -> Path:
    """The folder of the networks that come with the package."""
    return Path(__file__).resolve().parent.parent / "weights"

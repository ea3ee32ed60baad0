"""What every test gets: its own data and runs folders, and one thread."""

import os

# Before numpy and its like are imported: small work on several threads is slower, and tests run side by side.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the decks, models and runs of the machine, or leaves any there."""
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BALATRO_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("BALATRO_DEBUG", "0")


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit's AppTest leaves its page as the main module, which processes that are spawned later would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main

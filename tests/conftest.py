"""What every test gets: its own data and runs folders, and one thread."""

import os

# Before numpy and its like are imported: small work on several threads is slower, and tests run side by side.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import signal
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

# Where the tests run under nohup or in the background, Ctrl+C is ignored, and would be by the programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-m "not slow"` does not even read files that are slow as a whole: importing what they need takes seconds."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return True if "\npytestmark = pytest.mark.slow\n" in collection_path.read_text(encoding="utf-8") else None


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the decks, models and runs of the machine, or leaves any there."""
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BALATRO_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("BALATRO_DEBUG", "0")


@pytest.fixture(scope="session", autouse=True)
def commands_made_once() -> Iterator[None]:
    """The command line is made of its functions whenever it is called; here once for all tests of a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.main.get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit's AppTest leaves its page as the main module, which processes that are spawned later would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def _small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.small_demo import write_small_demo

    return write_small_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def demo_folder(_small_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which one works after `balatro demo`, of the test's own (tests/small_demo.py); it is the current one."""
    folder = tmp_path / "work"
    shutil.copytree(_small_demo, folder)
    monkeypatch.setenv("BALATRO_DATA", str(folder / "data"))
    monkeypatch.chdir(folder)
    return folder

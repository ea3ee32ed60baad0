"""SIGKILL at any moment of capturing: the JSON is valid, and nothing that was reported saved is missing."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from balatro.build_dataset.seen import SEEN, SeenStore
from balatro.utils.images import load_image

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")

NUM_KILLS = int(os.environ.get("BALATRO_TEST_KILLS", "24"))


@pytest.fixture
def saver() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.build_dataset.saver"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def save_and_kill(saver: subprocess.Popen[str], folder: Path, after: int, then_s: float) -> list[str]:
    """Let so many cards be saved and kill that a little later; tell the names that were reported."""
    assert saver.stdin is not None
    assert saver.stdout is not None
    saver.stdin.write(f"{folder}\n")
    saver.stdin.flush()
    child = int(saver.stdout.readline().split()[1])
    lines = [saver.stdout.readline().strip() for _ in range(after)]
    time.sleep(then_s)
    os.kill(child, signal.SIGKILL)
    while (line := saver.stdout.readline().strip()) != "dead":
        lines.append(line)
    return [line.removeprefix("saved ") for line in lines]


@pytest.mark.slow
def test_killed_while_saving(saver: subprocess.Popen[str], tmp_path: Path) -> None:
    folder = tmp_path / "screenshots"
    folder.mkdir()
    rng = random.Random(0)
    saved: list[str] = []
    entered = 0
    for _ in range(NUM_KILLS):
        saved += save_and_kill(saver, folder, rng.randrange(5), rng.uniform(0, 0.006))
        if (folder / SEEN).exists():
            entries = json.loads((folder / SEEN).read_text())
            assert set(saved) <= entries.keys()
        assert [name for name in saved if not (folder / name).exists()] == []
        with SeenStore(folder) as store:
            assert len(store) >= len(saved)
            entered += sum("entered" in finding for finding in store.findings)
    assert len(saved) > NUM_KILLS
    assert len(set(saved)) == len(saved), "a name was used twice"
    for picture in folder.glob("*.png"):
        load_image(picture)  # whole
    assert not list(folder.glob(".*.part"))
    print(f"{NUM_KILLS} kills, {len(saved)} reported saved, {entered} pictures entered afterwards")

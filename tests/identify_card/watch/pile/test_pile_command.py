"""`balatro watch --pile`, on a drawn video of a growing pile."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from balatro.errors import InputError, SettingsError
from balatro.identify_card.watch.command import watch
from balatro.utils.processes.lock import FolderLock
from tests.identify_card.fake_bundle import write_fake_bundle
from tests.identify_card.watch.pile.drawn_piles import FPS, frames, growing

app = typer.Typer()
app.command()(watch)


@pytest.fixture(autouse=True)
def threads_as_they_were() -> Iterator[None]:
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fake_bundle(tmp_path_factory.mktemp("model") / "fake", without_head=True)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "pile.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), FPS, (1024, 576))
    for frame in frames(*growing(("red", 0, 0), ("green", 6, -4), ("red", 9, 5))):
        writer.write(cv2.cvtColor(np.ascontiguousarray(frame.image), cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def run(*arguments: object) -> tuple[list[str], list[str]]:
    """Lines of stdout and of stderr; what the command raises comes out."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines(), result.stderr.splitlines()


def names(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["name"], row["count"]) for row in csv.DictReader(file)]


def test_a_pile_is_counted_and_gone_on_with(video: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "pile.csv"
    lines, notes = run("--source", video, "--model", model, "--pile", out)
    assert lines == ["Red  1", "Green  1", "Red  2"] and notes[-1] == f"{out}: 3 cards, 2 different ones"
    lines, notes = run("--source", video, "--model", model, "--pile", out, "--csv", tmp_path / "events.csv")
    assert lines == ["Red  3", "Green  2", "Red  4"] and notes[-1] == f"{out}: 6 cards, 2 different ones"
    assert names(out) == [("Red", "1"), ("Green", "1"), ("Red", "2"), ("Red", "3"), ("Green", "2"), ("Red", "4")]


def test_events_on_stdout_stay_alone_there(video: Path, model: Path, tmp_path: Path) -> None:
    lines, _ = run("--source", video, "--model", model, "--pile", tmp_path / "pile.csv", "--json", "-")
    assert len(lines) > 3 and all(line.startswith('{"event"') for line in lines)
    assert len(names(tmp_path / "pile.csv")) == 3


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["--pile", "-"], "--pile -: expected a file to write"),
        (["--pile", "."], "--pile .: expected a file"),
        (["--pile", "pile.png"], "named like a picture"),
        (["--pile", "a.csv", "--csv", "a.csv"], "--csv and --pile both write to a.csv"),
    ],
)
def test_mistakes(arguments: list[str], match: str) -> None:
    with pytest.raises(SettingsError, match=match):
        run(*arguments)


def test_one_program_at_a_time(video: Path, model: Path, tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / ".pile.csv.lock")
    try:
        with pytest.raises(InputError, match=r"pile\.csv: in use by another program"):
            run("--source", video, "--model", model, "--pile", tmp_path / "pile.csv")
    finally:
        lock.close()
    assert not (tmp_path / "pile.csv").exists()

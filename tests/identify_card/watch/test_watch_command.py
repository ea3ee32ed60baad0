from __future__ import annotations

import csv
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from balatro.errors import InputError, SettingsError
from balatro.frames import sources
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import Frame, FrameSource
from balatro.identify_card.watch.command import watch
from balatro.utils.desktop import Box
from tests.identify_card.fake_bundle import draw_table

app = typer.Typer()
app.command()(watch)

RED, GREEN = ("red", "Base", 300, 150), ("green", "Foil", 500, 150)


@pytest.fixture(autouse=True)
def threads_as_they_were() -> Iterator[None]:
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


class FakeScreen(FrameSource):
    """Shows a table; hidden at first, closed at the end."""

    live = True

    def __init__(self) -> None:
        super().__init__("window:Fake")
        self.num = 0
        self.closed = False

    def grab(self) -> Frame | None:
        self.num += 1
        if self.num == 1:
            raise NotVisibleError("the window is minimised")
        if self.num > 6:
            raise InputError("the window 'Fake' was closed")
        return Frame(draw_table([RED, GREEN]), self.num / 10, Box(0, 0, 1024, 576))

    def close(self) -> None:
        self.closed = True


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, cards in enumerate([[RED], [RED, GREEN], [GREEN]]):
        Image.fromarray(draw_table(cards)).save(folder / f"{number}.png")
    return folder


def run(*arguments: object) -> tuple[list[str], list[str]]:
    """Lines of stdout and of stderr; what the command raises comes out."""
    result = invoke(*arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines(), result.stderr.splitlines()


def test_pictures_as_json_lines(pictures: Path, fake_folder: Path) -> None:
    lines, notes = run("--source", pictures, "--model", fake_folder, "--json", "-")
    events = [json.loads(line) for line in lines]
    assert [(event["event"], event["card"]["id"], event["seconds"]) for event in events] == [
        ("appeared", "red", 0.0),
        ("appeared", "green", 1.0),
        ("gone", "red", 2.0),
    ]
    assert [event["file"] for event in events] == [(pictures / f"{number}.png").as_posix() for number in range(3)]
    assert "3 frames" in notes[-1] and "dropped" in notes[-1]


def test_for_people(pictures: Path, fake_folder: Path) -> None:
    lines, _ = run("--source", pictures, "--model", fake_folder, "--for", "2s")
    assert [line.split()[2:5] for line in lines] == [["appeared", "Red", "100"], ["appeared", "Green", "(Foil)"]]


def test_both_files(pictures: Path, fake_folder: Path, tmp_path: Path) -> None:
    out_json, out_csv = tmp_path / "new" / "events.jsonl", tmp_path / "events.csv"
    lines, _ = run("--source", pictures, "--model", fake_folder, "--json", out_json, "--csv", out_csv)
    assert lines == []
    assert len(out_json.read_text(encoding="utf-8").splitlines()) == 3
    with out_csv.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["event"] for row in rows] == ["appeared", "appeared", "gone"]
    assert rows[2]["file"] == (pictures / "2.png").as_posix()


def test_window_hidden_then_closed(monkeypatch: pytest.MonkeyPatch, fake_folder: Path, tmp_path: Path) -> None:
    screen = FakeScreen()
    monkeypatch.setattr(sources, "open_source", lambda text, follow: screen)
    out = tmp_path / "events.jsonl"
    with pytest.raises(InputError, match="was closed"):
        run("--model", fake_folder, "--json", out, "--max-fps", 60)
    events = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [event["event"] for event in events] == ["appeared"] * 2 and "file" not in events[0]
    assert screen.closed


def test_ctrl_c_ends_it_with_a_report(monkeypatch: pytest.MonkeyPatch, fake_folder: Path) -> None:
    class Interrupted(FakeScreen):
        def grab(self) -> Frame | None:
            if self.num > 4:
                raise KeyboardInterrupt
            return super().grab()

    monkeypatch.setattr(sources, "open_source", lambda text, follow: Interrupted())
    lines, notes = run("--model", fake_folder, "--max-fps", 60)
    assert len(lines) == 2 and notes[-1].startswith("window:Fake: 4 frames")


@pytest.mark.parametrize(
    ("arguments", "opened"),
    [
        ([], "window:Balatro"),
        (["--window", "My Game"], "window:My Game"),
        (["--region", "1,2,300,400"], "region:1,2,300,400"),
        (["--source", "monitor:2"], "monitor:2"),
    ],
)
def test_what_is_watched(monkeypatch: pytest.MonkeyPatch, arguments: list[str], opened: str) -> None:
    def open_source(text: str, follow: bool) -> FrameSource:
        raise InputError(f"opened {text}.")

    monkeypatch.setattr(sources, "open_source", open_source)
    with pytest.raises(InputError, match=f"opened {opened}\\."):
        run(*arguments)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["--source", "a.mp4", "--window", "b"], "watch one of them"),
        (["--for", "soon"], "expected a time"),
        (["--for", "0"], "more than nothing"),
        (["--json", ""], "expected a file"),
        (["--csv", "."], "expected a file"),
        (["--csv", "-", "--json", "-"], "both write to -"),
        (["--style", "bold"], "both, outline or label"),
        (["--as", "film"], "--as is film; give auto, screen, photo, card"),
        (["--json", "new.MP4"], "such as new.json"),
        (["--csv", "new.png"], "such as new.csv"),
        (["--record", "out.gif"], r"ends in \.mp4"),
    ],
)
def test_mistakes(arguments: list[str], match: str) -> None:
    with pytest.raises(SettingsError, match=match):
        run(*arguments)


@pytest.mark.parametrize("flag", ["--json", "--csv"])
@pytest.mark.parametrize("out", ["game.dat", "link"])
def test_events_never_replace_what_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str, out: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("game.dat").write_bytes(b"a recording")
    os.link("game.dat", "link")
    with pytest.raises(SettingsError, match=rf"{flag} {out}: would overwrite game\.dat"):
        run("--source", "./game.dat", flag, out)
    assert Path("game.dat").read_bytes() == b"a recording"


@pytest.mark.parametrize("watched", ["game.mp4", "game.part.mp4"])
def test_a_video_never_replaces_what_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watched: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path(watched).write_bytes(b"a recording")
    with pytest.raises(SettingsError, match="--record .* would overwrite"):
        run("--source", watched, "--record", "./game.mp4", "--force")
    assert Path(watched).read_bytes() == b"a recording"


def test_two_names_of_one_file_of_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"both write to events\.json"):
        run("--json", "events.json", "--csv", tmp_path / "events.json")


def test_looks_too_seldom_for_three_votes() -> None:
    result = invoke("--max-fps", "1")
    assert result.exit_code == 2 and "--max-fps" in result.output


def test_pictures_of_which_none_can_be_read(tmp_path: Path, fake_folder: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"not a picture")
    result = invoke("--source", tmp_path, "--model", fake_folder)
    assert isinstance(result.exception, InputError) and "nothing of it could be read" in str(result.exception)
    assert result.stdout == "" and all(f"{name}: not a picture" in result.stderr for name in ("a.png", "b.png"))


def test_a_damaged_video_ends_with_an_error(tmp_path: Path, fake_folder: Path) -> None:
    video = tmp_path / "game.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 192))
    for _ in range(40):
        writer.write(np.random.default_rng(0).integers(0, 255, (192, 320, 3), np.uint8))
    writer.release()
    video.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    result = invoke("--source", video, "--model", fake_folder)
    assert isinstance(result.exception, InputError) and "not all of it could be read" in str(result.exception)
    assert "damaged after frame" in result.stderr


def test_second_watcher_of_one_file(pictures: Path, fake_folder: Path, tmp_path: Path) -> None:
    from balatro.utils.processes.lock import FolderLock

    out = tmp_path / "events.jsonl"
    out.write_text("kept\n")
    lock = FolderLock(tmp_path / ".events.jsonl.lock")
    try:
        with pytest.raises(InputError, match=r"events\.jsonl: in use by another program.*name another file"):
            run("--source", pictures, "--model", fake_folder, "--json", out)
    finally:
        lock.close()
    assert out.read_text() == "kept\n"


def test_a_video_of_pictures(pictures: Path, fake_folder: Path, tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="PyAV is not installed")
    out = tmp_path / "out.mp4"
    run("--source", pictures, "--model", fake_folder, "--record", out)
    with av.open(str(out)) as video:
        assert [frame.time for frame in video.decode(video=0)] == [0, 1, 2]
    with pytest.raises(InputError, match="--force"):
        run("--source", pictures, "--model", fake_folder, "--record", out)
    run("--source", pictures, "--model", fake_folder, "--record", out, "--force", "--for", "2s")
    with av.open(str(out)) as video:
        assert len(list(video.decode(video=0))) == 2


def test_an_overlay_over_a_file_is_a_mistake(pictures: Path, fake_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is not installed", exc_type=ImportError)
    monkeypatch.setenv("DISPLAY", os.environ.get("DISPLAY", ":0"))
    monkeypatch.setenv("QT_QPA_PLATFORM", os.environ.get("QT_QPA_PLATFORM", "offscreen"))
    with pytest.raises(SettingsError, match="take --preview"):
        run("--source", pictures, "--model", fake_folder, "--overlay")


def test_doubtful_cards_are_kept_for_labelling(
    pictures: Path, fake_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("balatro.identify_card.watch.doubtful.SURE", 1.1)  # nothing is sure enough
    _, notes = run("--source", pictures, "--model", fake_folder, "--save-doubtful", tmp_path / "shots")
    assert len(list((tmp_path / "shots").glob("cluster*.png"))) == 2
    assert any("2 doubtful cards saved" in note for note in notes)


def test_the_table_beside_the_cards(pictures: Path, fake_folder: Path) -> None:
    lines = [json.loads(line) for line in run("--source", pictures, "--model", fake_folder, "--table", "--json", "-")[0]]
    states = [line for line in lines if line["event"] == "state"]
    assert [state["file"][-5:] for state in states] == ["0.png", "1.png", "2.png"]
    assert [[card["id"] for card in state["table"]["jokers"]] for state in states] == [["red"], ["red", "green"], ["green"]]
    happened = [(line["event"], line["card"]["name"]) for line in lines if "area" in line]
    assert happened == [("card_gained", "Green"), ("card_lost", "Red")]
    assert {line["event"] for line in lines} == {"appeared", "gone", "state", "card_gained", "card_lost"}


def test_the_table_for_people_and_not_in_a_csv(pictures: Path, fake_folder: Path, tmp_path: Path) -> None:
    words, _ = run("--source", pictures, "--model", fake_folder, "--table")
    assert sum(" s  at rest   " in line for line in words) == 3 and any("card gained: Green" in line for line in words)
    run("--source", pictures, "--model", fake_folder, "--table", "--csv", tmp_path / "cards.csv")
    with (tmp_path / "cards.csv").open(encoding="utf-8", newline="") as file:
        assert {row["event"] for row in csv.DictReader(file)} == {"appeared", "gone"}


@pytest.mark.slow
def test_a_folder_that_fills_is_followed(pictures: Path, fake_folder: Path) -> None:
    command = ("--source", pictures, "--follow", "--for", "4s", "--model", fake_folder, "--json", "-")
    late = threading.Timer(1.5, lambda: Image.fromarray(draw_table([RED, GREEN])).save(pictures / "later.png"))
    late.start()
    lines, notes = run(*command)
    late.join()
    told = [(event["event"], event["card"]["id"], Path(event["file"]).name) for event in map(json.loads, lines)]
    assert told == [
        ("appeared", "red", "0.png"),
        ("appeared", "green", "1.png"),
        ("gone", "red", "2.png"),
        ("appeared", "red", "later.png"),
    ]
    assert f"waiting for a picture in {pictures}" in notes and " 4 frames" in notes[-1] and " 0 dropped" in notes[-1]


def test_only_what_fills_can_be_followed(pictures: Path, fake_folder: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be followed"):
        run("--source", pictures / "0.png", "--follow", "--model", fake_folder)

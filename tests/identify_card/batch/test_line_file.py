"""The file of lines that grows beside its place, and what is left of it when a run ends early."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from balatro.errors import InputError, SettingsError
from balatro.identify_card.batch.line_file import Done, LineFile, find_done, model_digest

FILES = ["a.png", "b.mp4", "c.png"]
SETTINGS = {"version": "1", "model": "game"}


def line(file: str, **more: Any) -> bytes:
    return json.dumps({"file": file, **more}).encode() + b"\n"


A, B0, B5, C = line("a.png"), line("b.mp4", frame=0), line("b.mp4", frame=5), line("c.png", error="c.png: no such file")


def test_a_run_that_ends_well(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.jsonl"
    with LineFile(out, SETTINGS, FILES, None) as lines:
        for each in (A, B0, C):
            lines.write(each)
        assert not out.exists()
        lines.finish()
    assert out.read_bytes() == A + B0 + C
    assert list(out.parent.iterdir()) == [out]


def test_a_run_that_ends_early_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_bytes(b"older")
    with LineFile(out, SETTINGS, FILES, None) as lines:
        lines.write(A)
        lines.write(B0 + b'{"file": "' + b"x" * 500)  # half a line, as a power cut leaves it
    assert out.read_bytes() == b"older"
    with LineFile(out, SETTINGS, FILES, True) as lines:
        assert (lines.done.lines, lines.done.first_file, lines.done.first_frame) == (2, 1, 1)
        lines.write(B5)
        lines.write(C)
        lines.finish()
    assert out.read_bytes() == A + B0 + B5 + C


def test_to_resume_what_was_not_begun_is_to_begin(tmp_path: Path) -> None:
    with LineFile(tmp_path / "out.jsonl", SETTINGS, FILES, True) as lines:
        assert lines.done == Done()


def test_an_unfinished_run_is_not_touched_unless_told_to(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with LineFile(out, SETTINGS, FILES, None) as lines:
        lines.write(A)
    with pytest.raises(SettingsError, match="--resume goes on"):
        LineFile(out, SETTINGS, FILES, None)
    with pytest.raises(SettingsError, match='model "game", now "demo"'):
        LineFile(out, SETTINGS | {"model": "demo"}, FILES, True)
    with LineFile(out, SETTINGS, FILES, True) as lines:
        assert lines.num_lines == 1
    with LineFile(out, SETTINGS | {"model": "demo"}, FILES, False) as lines:
        assert lines.num_lines == 0


def test_two_at_a_time(tmp_path: Path) -> None:
    with LineFile(tmp_path / "out.jsonl", SETTINGS, FILES, None), pytest.raises(InputError, match="in use by"):
        LineFile(tmp_path / "out.jsonl", SETTINGS, FILES, True)


def test_somebody_else_s_folder_is_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "out.jsonl.unfinished"
    folder.mkdir()
    (folder / "novel.txt").write_text("It was a dark night", encoding="utf-8")
    with pytest.raises(InputError, match=r"novel\.txt"):
        LineFile(tmp_path / "out.jsonl", SETTINGS, FILES, False)
    assert [path.name for path in folder.iterdir()] == ["novel.txt"]


def test_dropped(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_bytes(b"older")
    with LineFile(out, SETTINGS, FILES, None) as lines:
        lines.write(A)
        lines.drop()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"older"]


BROKEN_FRAME = line("b.mp4", frame=0, error="unexpected")
BROKEN_VIDEO = line("b.mp4", error="b.mp4: damaged")
POSITIONS = [
    (b"", 0, 0, 0),
    (A, 0, 1, 0),
    (A + B0 + B5, 0, 1, 2),
    (A + BROKEN_FRAME, 1, 1, 1),
    (A + B0 + BROKEN_VIDEO, 1, 2, 0),
    (A + B0 + C, 1, 3, 0),
]


@pytest.mark.parametrize(("data", "bad", "first_file", "first_frame"), POSITIONS)
def test_how_far_the_lines_go(tmp_path: Path, data: bytes, bad: int, first_file: int, first_frame: int) -> None:
    (tmp_path / "lines").write_bytes(data + b'{"file": "torn')
    done = find_done(tmp_path / "lines", FILES)
    assert (done.lines, done.bad, len(done.told), done.size) == (data.count(b"\n"), bad, bad, len(data))
    assert (done.first_file, done.first_frame) == (first_file, first_frame)


@pytest.mark.parametrize("data", [C, A + A, A + C, A + B0 + C + A], ids=["other", "double", "left out", "too many"])
def test_lines_of_other_pictures(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "lines").write_bytes(data)
    with pytest.raises(InputError, match="--no-resume begins anew"):
        find_done(tmp_path / "lines", FILES)


@pytest.mark.parametrize("data", [b"\0\0\0\n", b"[1]\n", b"{}\n", b'\xff"\n'])
def test_damaged_lines(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "lines").write_bytes(A + data)
    with pytest.raises(InputError, match="line 2"):
        find_done(tmp_path / "lines", FILES)


def test_another_model_another_digest(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}", encoding="utf-8")
    before = model_digest(tmp_path)
    (tmp_path / "best_model.pth").write_bytes(b"nobody reads it here")
    assert model_digest(tmp_path) == before
    (tmp_path / "gallery_added.npz").write_bytes(b"one card more")
    assert model_digest(tmp_path) != before

"""`balatro identify` and `balatro evaluate`, as they are typed."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import sys
from pathlib import Path

import cv2
import pytest
from PIL import Image

from balatro.cli.main import main
from balatro.identify_card import command
from balatro.identify_card.batch.line_file import LineFile
from balatro.identify_card.batch.many import Work
from balatro.identify_card.command import line_settings
from tests.identify_card.fake_bundle import draw_table, fake_text, write_fake_bundle

pytestmark = pytest.mark.slow

TABLE = [("red", "Foil", 320, 85), ("green", "Base", 420, 85), ("stranger", "Base", 540, 410)]


def write_video(path, tables):
    """Ten frames a second, unharmed by compression."""
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"FFV1"), 10, (1024, 576))
    for table in tables:
        video.write(cv2.cvtColor(draw_table(table), cv2.COLOR_RGB2BGR))
    video.release()


def begin_lines(out, model, files):
    """The lines of a run of the command that was not finished."""
    return LineFile(out, line_settings(Work(model, files)), files, None)


@pytest.fixture
def balatro(monkeypatch):
    """Run a command line, give its exit status."""

    def run(*args: object) -> int:
        monkeypatch.setattr(sys, "argv", ["balatro", *map(str, args)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return int(stopped.value.code or 0)

    return run


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(draw_table(TABLE)).save(folder / name)
    return folder


def test_table_on_the_terminal(balatro, fake_folder, pictures, capsys):
    assert balatro("identify", pictures / "a.png", "--model", fake_folder, "--threads", 1) == 0
    out = capsys.readouterr().out
    assert "2 cards, and 1 that is none of the known ones" in out
    assert "Red" in out and "Foil" in out


def test_json_lines_and_marked_pictures(balatro, fake_folder, pictures, tmp_path):
    out, draw = tmp_path / "new" / "cards.jsonl", tmp_path / "marked"
    assert balatro("identify", pictures, "--model", fake_folder, "--json", out, "--draw", draw) == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["file"] for line in lines] == [(pictures / name).as_posix() for name in ("a.png", "b.png")]
    assert [card["id"] for card in lines[0]["cards"]] == ["red", "green", None]
    assert (lines[0]["width"], lines[0]["height"]) == (1024, 576)
    assert sorted(path.name for path in draw.iterdir()) == ["a.png", "b.png"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_whole_table(balatro, fake_folder, pictures, tmp_path, jobs):
    for flags, name in (((), "cards.jsonl"), (("--table",), "tables.jsonl")):
        line = ("identify", pictures, "--model", fake_folder, "--json", tmp_path / name, "--jobs", jobs, *flags)
        assert balatro(*line) == 0
    cards, tables = (
        [json.loads(line) for line in (tmp_path / name).read_text(encoding="utf-8").splitlines()]
        for name in ("cards.jsonl", "tables.jsonl")
    )
    assert [{key: value for key, value in line.items() if key != "table"} for line in tables] == cards
    assert [card["id"] for card in tables[1]["table"]["jokers"]] == ["red", "green"]


def test_the_table_on_the_terminal(balatro, fake_folder, pictures, capsys):
    assert balatro("identify", pictures / "a.png", "--model", fake_folder, "--threads", 1, "--table") == 0
    assert "jokers" in capsys.readouterr().out


def test_json_on_stdout(balatro, fake_folder, pictures, capsys):
    assert balatro("identify", pictures / "a.png", "--model", fake_folder, "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["cards"][1]["name"] == "Green"


def test_a_bad_picture_in_a_batch(balatro, fake_folder, pictures, tmp_path, capsys):
    data = (pictures / "a.png").read_bytes()
    (pictures / "broken.png").write_bytes(data[: len(data) // 2])
    assert balatro("identify", pictures, pictures / "gone.png", "--model", fake_folder, "--json", tmp_path / "out.jsonl") == 1
    error = capsys.readouterr().err
    assert "broken.png" in error and "gone.png" in error and "2 of 4 pictures" in error
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert ["error" in line for line in lines] == [False, False, True, True]
    assert lines[3] == {
        "file": (pictures / "gone.png").as_posix(),
        "error": f"{pictures / 'gone.png'}: no such file; check the path",
    }


def test_pictures_of_one_name_do_not_overwrite_each_other(balatro, fake_folder, pictures, tmp_path):
    (pictures / "more").mkdir()
    Image.fromarray(draw_table(TABLE)).save(pictures / "more" / "a.png")
    assert balatro("identify", pictures, "--model", fake_folder, "--draw", tmp_path / "marked", "--json", "-") == 0
    assert len(list((tmp_path / "marked").iterdir())) == 3


def test_names_that_differ_in_case_only(balatro, fake_folder, pictures, tmp_path):
    (pictures / "more").mkdir()
    for name in ("A.png", "a_2.png"):
        Image.fromarray(draw_table(TABLE)).save(pictures / "more" / name)
    assert balatro("identify", pictures, "--model", fake_folder, "--draw", tmp_path / "marked", "--json", "-") == 0
    assert len({path.name.casefold() for path in (tmp_path / "marked").iterdir()}) == 4


@pytest.mark.parametrize("paths", [["a.png"], ["."], ["*.png"], ["a.png", "b.png"], ["sub/../b.png"]])
def test_marked_copies_never_replace_pictures(balatro, fake_folder, pictures, monkeypatch, capsys, paths):
    monkeypatch.chdir(pictures)
    (pictures / "sub").mkdir()
    before = {path: path.read_bytes() for path in pictures.glob("*.png")}
    assert balatro("identify", *paths, "--model", fake_folder, "--draw", pictures) == 1
    assert "--draw would overwrite" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in pictures.glob("*.png")} == before


@pytest.mark.parametrize("path", [".", "**/*.png"])
def test_marked_copies_of_an_earlier_run_are_no_pictures(balatro, fake_folder, pictures, monkeypatch, capsys, path):
    monkeypatch.chdir(pictures)
    line = ("identify", path, "--model", fake_folder, "--draw", "marked", "--json", "-")
    assert balatro(*line) == balatro(*line) == 0
    assert sorted(path.name for path in (pictures / "marked").iterdir()) == ["a.png", "b.png"]
    said = capsys.readouterr()
    assert said.out.count("\n") == 4 and "2 pictures in it left out" in said.err
    assert balatro("identify", "a.png", "marked/a.png", "--model", fake_folder, "--draw", "marked") == 1
    assert "--draw would overwrite" in capsys.readouterr().err


def test_names_of_copies_are_found_in_one_go(monkeypatch, tmp_path):
    tried = []
    monkeypatch.setattr(command, "count", lambda first: (tried.append(n) or n for n in itertools.count(first)))
    copies = command._plan_copies([tmp_path / f"{folder}" / "a.png" for folder in range(500)], tmp_path / "marked")
    assert len(set(copies)) == 500 and len(tried) < 1000


@pytest.mark.parametrize("option", ["--json", "--draw"])
def test_a_place_for_results_that_cannot_be_is_told_first(balatro, pictures, tmp_path, capsys, option):
    place = pictures if option == "--json" else pictures / "a.png"
    assert balatro("identify", pictures / "b.png", "--model", "nobody", option, place) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"balatro: {option} {place}: ") and "expected a f" in error


@pytest.mark.parametrize("place", ["a.png", "new.mp4", "odd.dat"])
def test_lines_never_replace_pictures(balatro, fake_folder, pictures, monkeypatch, capsys, place):
    monkeypatch.chdir(pictures)
    Path("a.png").rename("odd.dat")
    before = {path.name: path.read_bytes() for path in pictures.iterdir()}
    assert balatro("identify", "odd.dat", "b.png", "--model", fake_folder, "--json", place) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"balatro: --json {place}: ") and error.count("\n") == 1
    assert {path.name: path.read_bytes() for path in pictures.iterdir()} == before


def test_json_on_stdout_is_utf_8_whatever_the_console_says(balatro, pictures, tmp_path, monkeypatch):
    cards = fake_text()["cards"]
    cards[0]["name"] = "Séance ★"
    folder = write_fake_bundle(tmp_path / "accents", cards=cards)
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp437", newline="\r\n")
    monkeypatch.setattr(sys, "stdout", console)
    assert balatro("identify", pictures / "a.png", "--model", folder, "--json", "-") == 0
    line = console.buffer.getvalue()
    assert json.loads(line.decode("utf-8"))["cards"][0]["name"] == "Séance ★"
    assert line.endswith(b"}\n")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_name_that_is_no_unicode(balatro, fake_folder, pictures, tmp_path):
    odd = pictures / "caf\udce9.png"
    (pictures / "a.png").rename(odd)
    assert balatro("identify", odd, "--model", fake_folder, "--json", tmp_path / "out.jsonl") == 0
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["file"] == odd.as_posix()


def test_a_bad_path_does_not_end_the_batch(balatro, fake_folder, pictures, tmp_path, capsys):
    (tmp_path / "none").mkdir()
    bad = (tmp_path / "none", tmp_path / "x*.png", "")
    assert balatro("identify", *bad, pictures, "--model", fake_folder, "--json", "-") == 1
    said = capsys.readouterr()
    assert said.out.count("\n") == 2
    for words in ("no pictures in this folder", "no picture fits", "an empty path", "3 of 5 pictures", "the others are done"):
        assert words in said.err


@pytest.mark.parametrize("path", ["", "x*.png"])
def test_only_bad_paths(balatro, fake_folder, tmp_path, monkeypatch, capsys, path):
    monkeypatch.chdir(tmp_path)
    assert balatro("identify", path, "--model", fake_folder) == 1
    error = capsys.readouterr().err
    assert error.startswith("balatro: ") and error.count("\n") == 1


@pytest.mark.parametrize("model", ["nobody", "auto"])
def test_no_such_model(balatro, pictures, tmp_path, monkeypatch, capsys, model):
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "empty"))
    assert balatro("identify", pictures / "a.png", "--model", model) == 1
    error = capsys.readouterr().err
    assert error.startswith("balatro: no model") and error.count("\n") == 1


def test_a_run_that_fails_leaves_the_old_results(balatro, fake_folder, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("old", encoding="utf-8")
    assert balatro("identify", tmp_path / "gone.png", "--model", fake_folder, "--json", out) == 1
    assert out.read_text(encoding="utf-8") == "old"


def test_a_video_s_frames(balatro, fake_folder, tmp_path):
    write_video(tmp_path / "game.avi", [TABLE[:1]] * 5 + [TABLE[:2]] * 6)
    line = ("identify", tmp_path / "game.avi", "--model", fake_folder, "--json", tmp_path / "out.jsonl", "--every")
    assert balatro(*line, "0.5s", "--draw", tmp_path / "marked") == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["frame"], line["seconds"], len(line["cards"])) for line in lines] == [(0, 0.0, 1), (5, 0.5, 2), (10, 1.0, 2)]
    assert sorted(path.name for path in (tmp_path / "marked" / "game").iterdir()) == ["000000.png", "000005.png", "000010.png"]
    assert balatro(*line, "4") == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["frame"] for line in lines] == [0, 4, 8]


def test_a_folder_s_videos_are_read_too(balatro, fake_folder, pictures, tmp_path):
    write_video(pictures / "game.avi", [TABLE[:1]] * 3)
    assert balatro("identify", pictures, "--model", fake_folder, "--json", tmp_path / "out.jsonl") == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [Path(line["file"]).name for line in lines if "frame" in line] == ["game.avi"]


def test_a_video_on_the_terminal(balatro, fake_folder, tmp_path, capsys):
    write_video(tmp_path / "game.avi", [TABLE[:2]])
    assert balatro("identify", tmp_path / "game.avi", "--model", fake_folder) == 0
    assert "game.avi at 0.0 s: 2 cards" in capsys.readouterr().out


def test_marked_frames_never_replace_pictures(balatro, fake_folder, tmp_path, capsys):
    write_video(tmp_path / "game.avi", [TABLE[:1]])
    frame = tmp_path / "marked" / "game" / "000000.png"
    frame.parent.mkdir(parents=True)
    Image.fromarray(draw_table(TABLE)).save(frame)
    line = ("identify", frame, tmp_path / "game.avi", "--model", fake_folder, "--draw", tmp_path / "marked")
    assert balatro(*line) == 1
    assert "--draw would overwrite" in capsys.readouterr().err


BAD_OPTIONS = [
    (["--resume"], "--resume goes with --json OUT"),
    (["--no-resume", "--json", "-"], "--no-resume goes with --json OUT"),
    (["--engine", "abacus"], "choose one of: local, ray"),
    (["--address", "there:1"], "--engine ray"),
    (["--every", "0"], "expected 1 or more frames"),
    (["--every", "often"], "expected a time"),
]


@pytest.mark.parametrize(("options", "words"), BAD_OPTIONS, ids=" ".join)
def test_options_that_do_not_fit(balatro, fake_folder, pictures, capsys, options, words):
    assert balatro("identify", pictures, "--model", fake_folder, *options) == 1
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


def test_an_unfinished_run_is_never_mixed_or_lost(balatro, fake_folder, pictures, tmp_path, capsys):
    out = tmp_path / "out.jsonl"
    line = ("identify", pictures, "--model", fake_folder, "--json", out)
    assert balatro(*line) == 0
    whole = out.read_bytes()
    out.unlink()
    with begin_lines(out, fake_folder, [path.as_posix() for path in sorted(pictures.iterdir())]) as lines:
        lines.write(whole.splitlines(keepends=True)[0])
    assert balatro(*line) == 1
    assert "--resume goes on with it, --no-resume begins anew" in capsys.readouterr().err
    assert balatro(*line, "--every", "2s", "--resume") == 1
    assert "other settings (every" in capsys.readouterr().err
    assert balatro(*line, "--resume") == 0
    assert "1 picture done" in capsys.readouterr().err
    assert out.read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("out")) == ["out.jsonl"]


def test_evaluate(balatro, fake_folder, pictures, tmp_path, capsys):
    slots = [{"slot": n, "key": key, "name": key, "edition": "Base"} for n, key in enumerate(("red", "green"))]
    (pictures / "labels.jsonl").write_text(json.dumps({"file": "a.png", "jokers": slots}), encoding="utf-8")
    assert balatro("evaluate", "--frames", pictures, "--model", fake_folder, "--out", tmp_path / "report") == 0
    assert "50.00 %" in capsys.readouterr().out
    assert (tmp_path / "report" / "misses.html").is_file()
    assert json.loads((tmp_path / "report" / "scores.json").read_text(encoding="utf-8"))["both"] == 50.0


def test_evaluate_a_folder_without_labels(balatro, fake_folder, tmp_path, capsys):
    assert balatro("evaluate", "--frames", tmp_path, "--model", fake_folder) == 1
    assert "labels.jsonl is missing" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize("good", [True, False])
def test_evaluate_goes_on_past_bad_frames(balatro, fake_folder, pictures, tmp_path, capsys, good):
    (pictures / "b.png").write_bytes((pictures / "a.png").read_bytes()[:500])
    names = ["b.png", "gone.png", *(["a.png"] if good else [])]
    lines = "".join(json.dumps({"file": name, "jokers": []}) + "\n" for name in names)
    (pictures / "labels.jsonl").write_text(lines, encoding="utf-8-sig")
    assert balatro("evaluate", "--frames", pictures, "--model", fake_folder, "--out", tmp_path / "report") == 1
    said = capsys.readouterr()
    assert "b.png" in said.err and "gone.png" in said.err and f"2 of {len(names)} pictures could not be read" in said.err
    assert (tmp_path / "report" / "scores.json").is_file() is good
    assert ("on 1 picture" in said.out) is good


def test_a_card_s_type_is_no_markup(balatro, fake_folder, pictures, tmp_path, capsys):
    shutil.copytree(fake_folder, tmp_path / "odd")
    text = json.loads((tmp_path / "odd" / "model.json").read_text(encoding="utf-8"))
    for card in text["cards"]:
        card["type"] = card["rarity"] = "[/x]"
    (tmp_path / "odd" / "model.json").write_text(json.dumps(text), encoding="utf-8")
    assert balatro("identify", pictures / "a.png", "--model", tmp_path / "odd") == 0
    assert "[/x]" in capsys.readouterr().out


def test_no_console_reads_text_of_users_as_markup():
    source = Path(command.__file__).parents[1]
    files = [path for path in source.rglob("*.py") if "Console()" in path.read_text(encoding="utf-8")]
    assert not files

"""Mistakes by the number of a find: from marked copies, and in cases that were kept before they were told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from balatro.annotate_dataset.store.screenshots import PictureFolder
from balatro.build_dataset.seen import SeenStore
from balatro.cli.main import app
from balatro.errors import BalatroError, InputError, SettingsError
from balatro.identify_card.judge import regress_command
from balatro.identify_card.judge.regress import Shot, read_cases, regressions_dir
from balatro.identify_card.mistakes.finds import finds_of
from balatro.identify_card.mistakes.keep import Mistake, keep
from balatro.identify_card.mistakes.marked import read_origin, seen_in
from balatro.utils.images import load_image
from tests.identify_card.fake_bundle import draw_table

TABLE = [("red", "Base", 200, 200), ("green", "Foil", 500, 200), ("stranger", "Base", 800, 200)]


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def marked(tmp_path, fake_folder, capsys) -> Path:
    """A marked copy; the picture lies beside its folder."""
    Image.fromarray(draw_table(TABLE)).save(tmp_path / "my table.png")
    identify(tmp_path / "my table.png", "--model", fake_folder, "--draw", tmp_path / "marked")
    told = capsys.readouterr().err
    assert f'balatro regress add "{(tmp_path / "marked" / "my table.png").as_posix()}" --find NUMBER' in told
    return tmp_path / "marked" / "my table.png"


@pytest.fixture
def untold(recognizer) -> Mistake:
    table = draw_table(TABLE)
    return Mistake(Shot.of_image(table), finds_of(recognizer.identify(table)), "fake")


def run(*words: object, say: str | None = None) -> str:
    result = CliRunner().invoke(regress_command.regress, [str(word) for word in words], input=say)
    if result.exception is not None:
        raise result.exception
    return result.output


def identify(*words: object) -> None:
    app(["identify", *map(str, words)], standalone_mode=False)


def read(fake_folder: Path) -> list[bool]:
    return [one["right"] for one in json.loads(run("run", "--model", fake_folder, "--json"))]


def test_a_find_of_a_marked_copy_is_kept_with_the_picture_itself(marked, tmp_path, fake_folder):
    run("add", marked, "--find", 2, "--card", "Green:Foil")
    run("add", marked, "--find", 3, "--card", "unknown")
    run("add", marked, "--find", 1, "--card", "unknown")
    cases = read_cases(regressions_dir())
    assert (regressions_dir() / cases[0].file).read_bytes() == (tmp_path / "my table.png").read_bytes()
    assert [find.name for find in cases[0].finds] == ["Red", "Green", ""] and cases[0].model == "fake"
    assert read(fake_folder) == [True, True, False]


def test_the_numbers_are_drawn(marked, tmp_path):
    """Also of what is no known card."""
    difference = (load_image(marked) != load_image(tmp_path / "my table.png")).any(axis=2)
    assert difference[260:300, 780:820].any()


def test_a_copy_and_its_picture_may_be_moved_together(marked, tmp_path):
    (tmp_path / "there").mkdir()
    shutil.move(tmp_path / "my table.png", tmp_path / "there" / "my table.png")
    shutil.move(marked.parent, tmp_path / "there" / "marked")
    moved = tmp_path / "there" / "marked" / "my table.png"
    run("add", moved, "--find", 1, "--card", "Egg")
    (tmp_path / "there" / "my table.png").unlink()
    with pytest.raises(InputError, match="which is gone"):
        run("add", moved, "--find", 1, "--card", "Egg")


def test_a_frame_of_a_video_is_kept_as_it_is(tmp_path, fake_folder):
    video = cv2.VideoWriter(str(tmp_path / "game.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10, (1024, 576))  # type: ignore[attr-defined]
    for x in (200, 300, 400):
        video.write(cv2.cvtColor(draw_table([("red", "Base", x, 200)]), cv2.COLOR_RGB2BGR))
    video.release()
    identify(tmp_path / "game.avi", "--model", fake_folder, "--every", 1, "--draw", tmp_path / "marked")
    copy = tmp_path / "marked" / "game" / "000001.png"
    origin = read_origin(copy)
    assert origin is not None and (origin.file, origin.frame) == ("../../game.avi", 1)
    shown = seen_in(copy).shot.image
    assert np.abs(shown[150:220, 262:290].astype(int) - (200, 30, 30)).max() < 30  # the second frame's card, without its marks


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("{table}", "--find", 1), "has no numbers; name its copy"),
        (("{marked}", "--find", 4), "find 4: no such find; the numbers are 1 to 3"),
        (("{marked}", "--find", 1, "--at", "1,1"), "take one of them"),
    ],
)
def test_mistakes_of_the_reporter_are_one_line(marked, tmp_path, words, told):
    with pytest.raises(SettingsError, match=told) as error:
        run("add", *(str(word).format(table=tmp_path / "my table.png", marked=marked) for word in words), "--card", "Egg")
    assert "\n" not in str(error.value) and not read_cases(regressions_dir())


def test_what_says_nonsense_of_itself_is_a_picture(tmp_path):
    from PIL.PngImagePlugin import PngInfo

    for number, text in enumerate(
        ["", "[]", "{}", '{"file": 1}', '{"file": "a", "frame": 0, "model": "", "finds": [{"quad": [1]}]}']
    ):
        info = PngInfo()
        info.add_itxt("Balatro", text)
        Image.fromarray(draw_table(TABLE)).save(tmp_path / f"{number}.png", pnginfo=info)
        assert read_origin(tmp_path / f"{number}.png") is None
        assert seen_in(tmp_path / f"{number}.png").finds == ()


def test_a_case_is_told_later(untold, fake_folder):
    assert keep(untold).lines[0].startswith("case 1: to be told")
    assert "1  to be told" in run("list") and "balatro regress tell 1" in run("list")
    with pytest.raises(InputError, match="no cases yet.*1 case to be told: balatro regress tell 1"):
        run("run", "--model", fake_folder)
    assert "case 1: Green, Foil at 500," in run("tell", 1, "--find", 2, "--card", "Green:foil")
    assert read(fake_folder) == [True]
    run("tell", 1, "--card", "Blue")  # a slip of the tongue; the place stays
    assert read(fake_folder) == [False]


def test_what_is_not_given_is_asked_for(untold, monkeypatch):
    keep(untold)
    with pytest.raises(SettingsError, match="balatro regress tell 1 --find NUMBER --card NAME"):
        run("tell", 1)
    assert (regressions_dir() / "marked" / "1.png").exists()
    monkeypatch.setattr(regress_command, "_is_asking", lambda: True)
    with pytest.raises(SettingsError, match="find 9"):
        run("tell", 1, say="9\nEgg\n")
    said = run("tell", 1, say="1\nEgg:Foil\n")
    assert "   1  Red  (" in said and "   3  no known card" in said
    [case] = read_cases(regressions_dir())
    assert (case.name, case.modifier) == ("Egg", "Foil") and case.at is not None and abs(case.at[0] - 200) <= 10
    assert not list((regressions_dir() / "marked").iterdir())


def test_removing_takes_the_marked_picture_along(untold):
    keep(untold)
    with pytest.raises(SettingsError):
        run("tell", 1)
    assert "to be told, removed" in run("remove", 1)
    assert not list(regressions_dir().rglob("*.png"))


def test_a_card_becomes_a_picture_to_label(untold, data):
    told = keep(untold, 1, ("Egg", ""), save=_save())
    assert "name it with `balatro annotate`" in told.lines[1]
    folder = PictureFolder(data / "screenshots")
    folder.refresh()
    assert len(folder.keys) == 1
    assert "is there already" in keep(untold, 1, ("Egg", ""), save=_save()).label
    assert "none of the finds" in keep(untold, None, ("Egg", ""), save=_save()).label
    with SeenStore(data / "screenshots"):
        kept = keep(untold, 2, ("Mime", ""), save=_save())
    assert "in use by another program" in kept.label and kept.case.name == "Mime"  # the case is kept all the same


def _save():
    from balatro.identify_card.mistakes.to_label import save_crop

    return save_crop


@pytest.mark.parametrize("words", [("tell", 7, "--card", "Egg"), ("tell", 1, "--card", "Egg", "--find", 9)])
def test_what_cannot_be_told_changes_nothing(untold, words):
    keep(untold)
    before = read_cases(regressions_dir())
    with pytest.raises(BalatroError):
        run(*words)
    assert read_cases(regressions_dir()) == before

"""No command's output takes the place of what the command reads."""

from __future__ import annotations

import json
import os
import shutil
from itertools import product
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from balatro.cli.main import app
from balatro.errors import SettingsError
from balatro.utils.outputs import check_folder_output, check_output, check_text_output
from tests.identify_card.fake_bundle import draw_table, write_fake_bundle

COMMANDS = [
    "identify screen.png --json {out} --model fake",
    "watch --source screen.png --json {out} --model fake",
    "watch --source screen.png --csv {out} --model fake",
    "bench screen.png --rounds 1 --json {out} --model fake",
    "capture --source screen.png --json {out} --model fake",
    "capture --source screen.png --calibrate --regions {out} --model fake",
    "calibrate screen.png --plot {out} --model fake",
    "calibrate screen.png --plot {out} --dry-run --model fake",
    "dataset suggest --input cards --labels cards --out {out}",
]
PICTURES = ["augment --input cards --preview {out}"]
READ = ["screen.png", "cards/red.png", "cards/labels.json", "fake/model.json", "fake/locator.onnx"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A screen, a model, and a folder of one labelled card: the current folder."""
    monkeypatch.chdir(tmp_path)
    write_fake_bundle(tmp_path / "fake")
    (tmp_path / "cards").mkdir()
    table = Image.fromarray(draw_table([("red", "Base", 300, 200)]))
    table.save("screen.png")
    table.crop((258, 144, 342, 256)).save("cards/red.png")
    Path("cards/labels.json").write_text(json.dumps({"red.png": {"name": "Red", "modifier": "Base"}}), "utf-8")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(("command", "out"), [*product(COMMANDS, READ), *product(PICTURES, READ[1:])])
def test_no_command_writes_over_what_is_read(folder: Path, command: str, out: str) -> None:
    before = contents(folder)
    result = CliRunner().invoke(app, command.format(out=out).split())
    assert result.exit_code == 1, result.output
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["x.png", "x.mp4", "x.json"])
@pytest.mark.parametrize(
    "command",
    [
        "identify screen.png --draw {out} --model fake",
        "watch --source screen.png --save-doubtful {out} --model fake",
        "capture --source screen.png --out {out} --model fake",
        "evaluate --frames cards --out {out} --model fake",
        "evaluate --boxes cards --out {out} --model fake",
        "export fake --format torchscript --out {out}",
        "dataset export {out} --form named --labels cards",
        "demo --out {out}",
        pytest.param("compare cards fake --out {out}", marks=pytest.mark.slow),  # brings torch along
    ],
)
def test_no_folder_is_made_that_is_named_like_a_file(folder: Path, command: str, name: str) -> None:
    before = contents(folder)
    result = CliRunner().invoke(app, command.format(out=name).split())
    assert result.exit_code == 1 and "named like a file, expected a folder, such as x" in result.output
    assert not Path(name).exists() and contents(folder) == before


def test_an_export_takes_no_place_of_its_pictures(folder: Path) -> None:
    (folder / "other").mkdir()
    shutil.copytree(folder / "fake", folder / "other", dirs_exist_ok=True)
    Path("screen.png").rename("other/screen.png")
    before = contents(folder)
    command = "export fake --format torchscript --out other --replace --check other/screen.png"
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 1 and "other/screen.png" in result.output
    assert contents(folder) == before


def test_a_dataset_export_takes_no_place_of_its_labels(folder: Path) -> None:
    assert CliRunner().invoke(app, ["dataset", "export", "sheet", "--form", "named", "--labels", "cards"]).exit_code == 0
    shutil.copy("cards/labels.json", "sheet/labels.json")
    before = contents(folder)
    result = CliRunner().invoke(app, ["dataset", "export", "sheet", "--form", "named", "--labels", "sheet/labels.json"])
    assert result.exit_code == 1 and "would take the place of" in result.output
    assert contents(folder) == before


def test_a_sheet_takes_no_place_of_a_sprite(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from balatro.render.demo_deck import draw_demo_deck

    monkeypatch.setattr("balatro.render.deck.load_deck", lambda _: draw_demo_deck(0))
    sprite = folder / "data" / "art" / "demo" / "sprite.png"
    sprite.parent.mkdir(parents=True)
    sprite.write_bytes(b"a sprite")
    result = CliRunner().invoke(app, ["art", "sheet", "demo", "--columns", "100", "--scale", "1", "--out", str(sprite)])
    assert result.exit_code == 1 and sprite.read_bytes() == b"a sprite"


@pytest.mark.parametrize("linked", [os.link, os.symlink])
def test_another_name_of_what_is_read(folder: Path, linked) -> None:
    linked(folder / "screen.png", folder / "out.json")
    with pytest.raises(SettingsError, match=r"--json out\.json: would overwrite screen\.png"):
        check_text_output("--json", Path("out.json"), [Path("screen.png")])
    with pytest.raises(SettingsError, match=r"would overwrite .*screen\.png"):
        check_output("--json", Path("out.json"), [folder])


def test_text_has_a_text_s_name() -> None:
    for name, better in (("a.png", "a.json"), ("a.mp4", "a.json"), ("a.onnx", "a.json")):
        with pytest.raises(SettingsError, match=better):
            check_text_output("--json", Path(name), [])
    with pytest.raises(SettingsError, match=r"a\.svg"):
        check_text_output("--plot", Path("a.png"), [])


def test_what_is_new_or_another_may_be_written(folder: Path) -> None:
    Path("old.json").write_text("{}", "utf-8")
    for name in ("old.json", "new.json", "labels.json"):
        check_text_output("--json", Path(name), [Path("screen.png"), Path("fake"), Path("missing")])
    check_folder_output("--out", Path("new"), [Path("cards"), Path("screen.png")])

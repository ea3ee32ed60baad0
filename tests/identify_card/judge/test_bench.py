"""`balatro bench`: every stage is timed as often as it was said, of every model, on the pictures that were given."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from balatro.cli.main import app
from balatro.identify_card.judge import bench, bench_command
from balatro.identify_card.judge.bench import DECODE, LOAD, LOADS, PARTS, WHOLE, measure
from balatro.runtime.bundle import load_bundle
from balatro.utils.images import load_image
from tests.identify_card.fake_bundle import draw_table, write_fake_bundle


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "pictures" / f"{number}.png" for number in range(2)]
    paths[0].parent.mkdir()
    for path, places in zip(paths, ([("red", "Base", 300, 200), ("green", "Foil", 500, 200)], []), strict=True):
        Image.fromarray(draw_table(places)).save(path)
    return paths


def test_all_stages_of_all_models(pictures: list[Path], fake_folder: Path, fake_gallery_folder: Path) -> None:
    found = measure([fake_folder, fake_gallery_folder], pictures, rounds=3, threads=1)
    assert found.sizes == ((1024, 576), (1024, 576)) and found.machine["threads"] == 1
    for model in found.models:
        assert list(model.stages) == [LOAD, DECODE, *PARTS.values(), WHOLE]
        counts = {stage: len(times.ms) for stage, times in model.stages.items()}
        # A picture without cards is not read.
        assert counts == dict.fromkeys(counts, 6) | {LOAD: LOADS, "cut out": 3, "encode": 3, "name": 3}
        assert all((times.ms > 0).all() and times.median <= times.p95 for times in model.stages.values())
        assert model.cards == 2 and len(model.cpu.ms) == 6 and model.runtime == "onnx"
        assert model.frames_a_second == pytest.approx(1000 / model.stages[WHOLE].median)
    assert json.loads(json.dumps(found.to_json()))["models"][0]["stages_ms"][WHOLE]["count"] == 6


@pytest.mark.parametrize(("rounds", "count"), [(3, 4), (4, 3)])
def test_each_model_is_first_as_often_as_the_others(monkeypatch: pytest.MonkeyPatch, rounds: int, count: int) -> None:
    read = []

    class Subject:
        def __init__(self, folder: Path, threads: int | None) -> None:
            self.folder = folder

        def read(self, path: Path, count: bool) -> None:
            read.append((self.folder.name, count))

        def result(self) -> None:
            return None

    monkeypatch.setattr(bench, "_Subject", Subject)
    monkeypatch.setattr(bench, "load_image", lambda path: np.zeros((1, 1, 3), np.uint8))
    measure([Path("a"), Path("b")], [Path(str(number)) for number in range(count)], rounds)
    first = [name for name, counts in read[::2] if counts]
    assert len(read) == 2 * (rounds + 1) * count and first.count("a") == first.count("b") == rounds * count / 2


def test_the_command(pictures: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_fake_bundle(tmp_path / "data" / "models" / "game")

    def bench(*args: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["bench", *map(str, args), "--rounds", "1"], env={"COLUMNS": "120"})
        return result.exit_code, result.output + capsys.readouterr().err

    status, said = bench(pictures[0].parent, "--json", tmp_path / "bench.json")
    assert status == 0 and all(stage in said for stage in (LOAD, DECODE, *PARTS.values(), WHOLE, "frames a second")), said
    assert json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["rounds"] == 1
    assert json.loads(bench(pictures[0], "--json", "-")[1])["pictures"] == [[1024, 576]]
    for args, words in (
        ([], "no deck 'fake' here"),
        (["nowhere.png"], "no such file"),
        ([pictures[0], "--model", "none"], "no model 'none'"),
        ([pictures[0], "--json", tmp_path], "expected a file"),
    ):
        status, said = bench(*args)
        assert status == 1 and words in said


def test_without_pictures_screens_of_the_deck_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [{"id": "d_solo_busker", "name": "Joker", "type": "", "rarity": "", "known": True}]
    tasks = {"identification": {"classes": ["d_solo_busker"]}}
    write_fake_bundle(tmp_path / "data" / "models" / "demo", deck="demo", cards=cards, tasks=tasks, twins=[])
    monkeypatch.setattr(bench_command, "DRAWN", 1)
    monkeypatch.setattr(bench_command, "DRAWN_SIZE", (640, 360))
    # The fake encoder has five classes, so drawing is all that is tried.
    with bench_command._files([], load_bundle(tmp_path / "data" / "models" / "demo")) as (files, told):
        assert told == "1 drawn screens" and load_image(files[0]).shape == (360, 640, 3)

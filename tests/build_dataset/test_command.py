import json
import signal
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from balatro.build_dataset import command
from balatro.build_dataset.command import capture
from balatro.build_dataset.regions import Area, Regions, save_regions
from balatro.config.paths import package_weights
from balatro.errors import BalatroError
from tests.build_dataset.drawn_tables import lay, table
from tests.build_dataset.x_display import new_desktop, started, wait_for

app = typer.Typer()
app.command()(capture)
RUN = "import typer; from balatro.build_dataset.command import capture; typer.run(capture)"


def call(*words: str) -> str:
    """What a successful command prints; raises what it raises."""
    result = CliRunner().invoke(app, list(words))
    if isinstance(result.exception, BalatroError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two screens with five different cards, one of them on both."""
    folder = tmp_path / "evening"
    folder.mkdir()
    for number, seeds in enumerate([(1, 2, 3), (4, 5, 1)]):
        picture = table()
        for place, seed in enumerate(seeds):
            lay(picture, seed, 100 + 200 * place, 180, width=90)
        assert cv2.imwrite(str(folder / f"{number}.png"), picture[..., ::-1])
    return folder


def test_pictures_are_captured_without_a_window(pictures: Path, tmp_path: Path) -> None:
    out, summary = tmp_path / "cards", tmp_path / "summary.json"
    said = call("--source", str(pictures), "--find", "classic", "--out", str(out), "--json", str(summary))
    assert "5 cards saved" in said and "balatro annotate" in said
    assert len(list(out.glob("cluster*_card*_id*.png"))) == 5
    told = json.loads(summary.read_text())
    assert (told["frames"], told["captures"], told["cards"], told["saved"]) == (2, 2, 6, 5)
    assert told["ended"] == "the end of the source" and told["outcomes"]["duplicate"] == 1
    again = json.loads(call("--source", str(pictures), "--find", "classic", "--out", str(out), "--json", "-"))
    assert (again["saved"], again["outcomes"]) == (0, {"duplicate": 6})


def test_regions_are_cut_where_the_file_says(pictures: Path, tmp_path: Path) -> None:
    save_regions(Regions((0, 0, 0.5, 1), (Area("card", (0.17, 0.3, 0.28, 0.4)),)))
    call("--source", str(pictures), "--find", "regions")
    assert len(list((tmp_path / "data" / "screenshots").glob("*.png"))) == 2


def test_auto_takes_the_locator_that_comes_along(pictures: Path) -> None:
    pytest.importorskip("onnxruntime")
    if not (package_weights() / "locator.onnx").is_file():
        pytest.skip("no weights")
    assert "frames in" in call("--source", str(pictures))


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--find", "magic"], "auto, regions, classic"),
        (["--for", "10s"], "--auto"),
        (["--json", "out.json"], "--auto"),
        (["--auto", "--for", "soon"], "60s, 5m or 1h"),
        (["--auto", "--json", ""], "expected a file"),
        (["--source", "nothing.mp4"], "no such file"),
        (["--model", "nothing", "--source", "PICTURES"], "nothing"),
        (["--find", "regions", "--regions", "EMPTY", "--source", "PICTURES"], "--calibrate"),
    ],
)
def test_mistakes_are_one_line(words: list[str], fault: str, pictures: Path, tmp_path: Path) -> None:
    empty = save_regions(Regions(), tmp_path / "empty.json")
    words = [{"PICTURES": str(pictures), "EMPTY": str(empty)}.get(word, word) for word in words]
    with pytest.raises(BalatroError, match=fault) as told:
        call(*words)
    assert "\n" not in str(told.value)


def test_a_truncated_picture_is_told_and_the_others_done(pictures: Path, tmp_path: Path) -> None:
    (pictures / "05.png").write_bytes((pictures / "0.png").read_bytes()[:300])
    with pytest.raises(BalatroError, match="1 could not be read"):
        call("--source", str(pictures), "--find", "classic", "--json", str(tmp_path / "summary.json"))
    told = json.loads((tmp_path / "summary.json").read_text())
    assert told["saved"] == 5 and "05.png" in told["skipped"][0]


@pytest.mark.slow
def test_a_real_window_is_captured_until_ctrl_c(tmp_path: Path) -> None:
    pytest.importorskip("mss")
    screens = []
    for seeds in ((1, 2, 3), (4, 5, 1)):
        screens.append(table())
        for place, seed in enumerate(seeds):
            lay(screens[-1], seed, 100 + 200 * place, 180, width=90)
    out, summary = tmp_path / "cards", tmp_path / "summary.json"
    words = ["--source", "window:Cards", "--auto", "--find", "classic", "--out", str(out), "--json", str(summary)]
    with (
        new_desktop() as desktop,
        desktop.showing("Cards", screens, tmp_path, seconds=0.9),
        started([sys.executable, "-c", RUN, *words], desktop.env) as run,
    ):
        wait_for(lambda: len(list(out.glob("*.png"))) >= 5)
        time.sleep(0.5)  # a moment for what must not be saved
        run.send_signal(signal.SIGINT)
        assert run.wait(60) == 0
    told = json.loads(summary.read_text())
    assert told["ended"] == "stopped by Ctrl+C" and told["saved"] == 5 == len(list(out.glob("*.png")))
    assert 0 < told["fps"] <= 10.5
    crops = [cv2.imread(str(path)) for path in out.glob("*.png")]
    assert all(np.ptp(crop.astype(int)) > 100 for crop in crops if crop is not None)


def test_without_a_model_the_packages_threshold_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[tuple[Path, float]] = []
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path))
    monkeypatch.setattr("balatro.runtime.locator.Locator", lambda path, threshold: made.append((path, threshold)))
    command._locator("auto")
    about = json.loads((package_weights() / "weights.json").read_text(encoding="utf-8"))
    assert made == [(package_weights() / "locator.onnx", about["locator"]["threshold"])]

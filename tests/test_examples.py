"""The examples do what they say, in the folder that `balatro demo` leaves."""

import json
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from balatro.config.paths import model_dir
from balatro.utils.images import load_image
from tests.train_model.tiny_pictures import save_pictures

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[1] / "examples"
Run = Callable[..., list[str]]


@pytest.fixture
def run(demo_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs an example by name, with arguments; gives the lines that it prints."""

    def run(name: str, *words: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *words])
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return run


def save_video(path: Path, pictures: list[np.ndarray], rate: float = 10) -> None:
    height, width = pictures[0].shape[:2]
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, (width, height))
    for picture in pictures:
        video.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    video.release()


def test_identify(run: Run, demo_folder: Path) -> None:
    said = run("identify", "screenshot.png")
    assert len(said) == 6 and re.fullmatch(r"screenshot\.png: Juggler, Foil \(\d+%\) at \(575, 45, 675, 186\)", said[0])
    marked = load_image("screenshot.marked.png")
    assert marked.shape == (720, 1280, 3) and (marked != load_image("screenshot.png")).any()


def test_table(run: Run) -> None:
    # The demo's panel has any title, here that of a pack, and numbers in any colours, which are none of the game's.
    assert run("table", "screenshot.png") == [
        "screen: pack, money: None",
        "jokers: Juggler, Foil",
        "jokers: Captain Mildew, Polychrome",
        "jokers: Frog Regent, Base",
    ]


def test_watch(run: Run, demo_folder: Path) -> None:
    picture = load_image("screenshot.png")
    save_video(demo_folder / "run.avi", [np.zeros_like(picture)] * 5 + [picture] * 10 + [np.zeros_like(picture)] * 15)
    *said, last = run("watch", "run.avi")
    appeared, gone = said[:6], said[6:]
    assert all(" appeared  " in line for line in appeared) and all(" gone      " in line for line in gone)
    assert appeared[0].endswith("appeared  Juggler, Foil") and len(gone) == 6
    assert last.startswith("30 frames, ")


def test_wait_for_card(run: Run) -> None:
    assert run("wait_for_card", "frog regent", "--source", "screenshot.png") == [
        "Frog Regent, Base: its middle is at 1114, 117"
    ]
    with pytest.raises(SystemExit, match="no Tide in 0 seconds"):
        run("wait_for_card", "Tide", "--seconds", "0", "--source", "screenshot.png")


def test_count_cards(run: Run, demo_folder: Path) -> None:
    picture = load_image("screenshot.png")
    save_video(demo_folder / "run.avi", ([picture] * 8 + [np.zeros_like(picture)] * 20) * 2)
    counted = dict(reversed(line.split(maxsplit=1)) for line in run("count_cards", "run.avi"))
    twice = ("Juggler, Foil", "Juggler, Base", "Captain Mildew, Polychrome", "Frog Regent, Base")
    assert counted == dict.fromkeys((*twice, "Birthday Arson, Polychrome", "Diploma of Idleness, Base"), "2")
    with pytest.raises(SystemExit, match=r"none\.mp4: no video"):
        run("count_cards", "none.mp4")


def test_new_card(run: Run) -> None:
    said = run("new_card", "My Joker", "card.png", "--try", "card.png")
    assert said[0] == "My Joker: known as my_joker from now on"
    assert said[1].startswith("My Joker, Base (")


def test_serve_and_ask(run: Run) -> None:
    pytest.importorskip("uvicorn")
    said = run("serve_and_ask", "screenshot.png")
    assert len(said) == 7
    assert said[0] == "Juggler, Foil at [575, 45, 675, 186]" and said[-1].startswith("unknown, Base at ")


def test_table_client(run: Run) -> None:
    pytest.importorskip("uvicorn")
    pytest.importorskip("websockets")
    from tests.identify_card.server.server_parts import running

    with running(model_dir("demo")) as port:
        said = run("table_client", "screenshot.png", "--url", f"http://127.0.0.1:{port}")
    assert said == ["pack: money None, score None, jokers: Juggler, Captain Mildew, Frog Regent"]


@pytest.mark.slow
def test_train_own(run: Run, demo_folder: Path) -> None:
    pytest.importorskip("torch")
    save_pictures(demo_folder / "mine", copies=3)
    said = run("train_own", "mine", "--name", "mine", "--epochs", "1", "--backbone", "cardnet_tiny")
    assert said[-1] == f"mine: 4 cards, in {model_dir('mine')}"
    assert (model_dir("mine") / "model.json").is_file()


def test_draw_screens(run: Run, demo_folder: Path) -> None:
    assert run("draw_screens", "2", "screens") == ["screens: 2 screens"]
    lines = [json.loads(line) for line in (demo_folder / "screens" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["file"] for line in lines] == ["0000.png", "0001.png"]
    for line in lines:
        height, width = load_image(demo_folder / "screens" / line["file"]).shape[:2]
        middles = np.mean([card["quad"] for card in line["cards"]], axis=1)
        assert len(middles) and ((middles >= 0) & (middles <= (width, height))).all()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_every_example_is_run_here_and_says_how_it_is_called(path: Path) -> None:
    assert f"test_{path.stem}" in globals()
    text = path.read_text(encoding="utf-8")
    assert f"python examples/{path.name}" in text.split('"""')[1]

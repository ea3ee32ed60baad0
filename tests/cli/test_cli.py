import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import balatro
from balatro.cli import main as cli
from balatro.config.paths import art_dir, model_dir
from balatro.errors import DeckError
from balatro.render.deck import load_deck
from balatro.render.game import game_art
from balatro.utils.images import load_image
from tests.identify_card.fake_bundle import write_fake_bundle
from tests.render.game.fake_game import write_archive, write_textures


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """run("art", "list") -> (status, stdout, stderr)."""

    def call(*args: str, prefix: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["balatro", *args])
        with pytest.raises(SystemExit) as caught:
            cli.main(prefix)
        said = capsys.readouterr()
        return int(caught.value.code or 0), said.out, said.err

    return call


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("game") / "Balatro.exe", ("Jokers", "Tarots", "Enhancers"), stub=b"MZ")


def test_the_front_door_is_light():
    code = """
import sys
import balatro, balatro.cli.main
heavy = {"torch", "cv2", "onnxruntime", "numpy", "PIL", "timm"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_doors_of_the_package():
    from balatro.utils.images import load_image as door

    assert balatro.load_image is door
    assert set(balatro.__all__) == set(dir(balatro))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        balatro.nothing  # noqa: B018


def test_version_and_help(run):
    assert run("--version") == (0, f"balatro {balatro.__version__}\n", "")
    status, said, _ = run("--help")
    assert status == 0
    for name in ("demo", "doctor", "art", "train", "export", "identify", "evaluate"):
        assert f" {name} " in said
    assert run("-h")[1] == said


def test_python_m_runs_a_room(run):
    assert run("list", prefix="art") == run("art", "list")


def commands(group: Any, *names: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield from commands(command, *names, name) if hasattr(command, "commands") else [(*names, name)]


@pytest.mark.parametrize("names", list(commands(typer.main.get_command(cli.app))))
def test_every_command_shows_its_examples(run, names: tuple[str, ...]):
    status, said, _ = run(*names, "--help")
    assert status == 0
    assert "Example" in said and f"balatro {' '.join(names)}" in said


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_a_command_is_listed_as_it_describes_itself(name: str):
    """The list of all commands imports none of them."""
    group: Any = typer.main.get_command(cli.app)
    listed, made = group.get_command(None, name), group.commands[name]
    assert listed.help == made.help.splitlines()[0]
    assert listed.rich_help_panel == made.rich_help_panel


@pytest.mark.parametrize(
    ("args", "imported"), [(["--help"], set()), (["--version"], set()), (["compare", "--help"], {"train_model"})]
)
def test_only_the_command_that_is_asked_for_is_imported(args: list[str], imported: set[str]):
    code = """
import atexit, sys
from balatro.cli.main import main
rooms = "demo export train_model identify_card build_dataset augment_dataset annotate_dataset gallery render".split()
atexit.register(lambda: print("imported:", *(room for room in rooms if f"balatro.{room}" in sys.modules)))
main()
"""
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=False)
    assert set(done.stdout.splitlines()[-1].removeprefix("imported:").split()) == imported, done.stderr


def test_a_wrong_option_shows_the_usage(run):
    status, _, said = run("art", "sheet", "--colour", "red")
    assert status == 2
    assert "--colour" in said


def test_a_seed_that_no_training_takes_is_told_before_the_demo_begins(run):
    status, _, said = run("demo", "--seed", str(2**63))
    assert status == 2 and "--seed" in said


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def import_art(path: Path | None, name: str) -> None:
        raise error

    monkeypatch.setattr(game_art, "import_art", import_art)


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (DeckError("what came,\nwhat to do"), 1, "balatro: what came, what to do"),
        (KeyboardInterrupt(), 130, "balatro: stopped by Ctrl+C"),
        (PermissionError(13, "Permission denied", "a.txt"), 1, "balatro: a.txt: permission denied; check the path"),
        (ValueError("odd"), 1, "balatro: unexpected ValueError: odd; --debug shows where"),
    ],
)
def test_what_goes_wrong_is_one_line(run, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, line: str):
    fail_with(monkeypatch, error)
    ended, _, said = run("art", "import")
    assert ended == status
    assert said.startswith(line)
    assert said.count("\n") == 1


@pytest.mark.parametrize("args", [("--debug", "art", "import"), ("art", "import", "--debug")])
def test_debug_shows_the_traceback(run, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]):
    fail_with(monkeypatch, DeckError("no game"))
    status, _, said = run(*args)
    assert status == 1
    assert said.startswith("Traceback")
    assert said.endswith("balatro: no game\n")


def test_debug_by_environment(run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BALATRO_DEBUG", "1")
    assert "Traceback" in run("art", "import", "/nowhere")[2]


@pytest.mark.slow
def test_import_list_and_sheet(run, game: Path, tmp_path: Path):
    status, said, _ = run("art", "import", str(game), "--no-model")
    assert status == 0
    assert "202 cards (150 joker, 22 tarot, 12 planet, 18 spectral)\n  from: Balatro.exe\n" in said
    assert "balatro train --deck game" in said
    assert "game " in run("art", "list")[1]
    assert len(run("art", "list", "game")[1].splitlines()) == 202
    out = tmp_path / "sheet.png"
    assert run("art", "sheet", "game", "--modifier", "foil", "--scale", "1", "--out", str(out))[0] == 0
    assert load_image(out).shape[1] > 1000


def test_import_keeps_what_was_there_beside(run, game: Path, monkeypatch: pytest.MonkeyPatch):
    def make(deck, folder):
        write_fake_bundle(folder, deck=deck.name)

    monkeypatch.setattr("balatro.gallery.make.make_gallery_bundle", make)
    older = write_fake_bundle(model_dir("game"), name="older", deck="another")
    status, said, _ = run("art", "import", str(game))
    assert status == 0 and "what was there is game.other" in said
    assert json.loads((older / "model.json").read_text())["name"] == "fake"
    assert json.loads((model_dir("game.other") / "model.json").read_text())["name"] == "older"


def test_a_failed_import_leaves_the_deck_there_was(run, game: Path, tmp_path: Path):
    run("art", "import", str(game), "--no-model")
    half = write_textures(tmp_path / "half", ("Jokers",), sizes=(1,))
    assert run("art", "import", str(half))[0] == 1
    assert len(load_deck(art_dir("game")).known) == 202


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("art", "list", "mine"), "no deck 'mine'"),
        (("art", "sheet", "demo"), "balatro art demo"),
        (("art", "sheet", "--modifier", "Shiny"), "expected one of Base, Foil"),
        (("art", "import", "--name", "../up"), "cannot be a folder"),
    ],
)
def test_user_errors(run, args: tuple[str, ...], words: str):
    status, _, said = run(*args)
    assert status == 1
    assert words in said


def test_the_catalogue_is_listed_without_the_game(run):
    assert "j_seance" in run("art", "list", "game")[1]

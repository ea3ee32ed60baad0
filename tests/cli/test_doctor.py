import re
import sys
from pathlib import Path

import numpy as np
import pytest

from balatro.cli import doctor
from balatro.config.paths import art_dir, model_dir
from balatro.errors import InputError
from balatro.frames import screens
from balatro.render.deck import Deck, DeckCard, save_deck
from balatro.utils.desktop import Box
from balatro.utils.extras import EXTRAS
from tests.identify_card.fake_bundle import write_fake_bundle


@pytest.fixture(autouse=True)
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing torch in a child takes seconds."""
    monkeypatch.setattr(doctor, "_in_child", lambda code: "CPU only, 1 threads")


def finding(section: str, what: str) -> doctor.Finding:
    return next(found for found in doctor.examine()[section] if found.what == what)


def test_a_fresh_machine_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("balatro.render.game.steam._steam_roots", lambda: iter(()))
    assert finding("Game and decks", "game").remedy.startswith("balatro art import PATH")
    assert finding("Game and decks", "decks").ok is False
    assert finding("Models", "models").ok is False
    assert finding("Program", "numpy").found == np.__version__
    assert "CPU" in finding("Accelerators", "ONNX Runtime").found
    assert "Azure" not in finding("Accelerators", "ONNX Runtime").found


def test_decks_and_models_are_found():
    save_deck(Deck("mine", (DeckCard("d", "D", "Joker", "", np.zeros((95, 71, 4), np.uint8)),)), art_dir("mine"))
    assert finding("Game and decks", "deck mine").found.startswith("1 card, 0 strangers")
    write_fake_bundle(model_dir("mine"), without_head=True)
    assert finding("Models", "model mine").found.startswith("by neighbours, not trained yet, 5 cards")
    write_fake_bundle(model_dir("mine"))
    assert finding("Models", "model mine").found.startswith("trained, 5 cards")


def test_after_the_demo_all_is_well(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("balatro.render.game.steam._steam_roots", lambda: iter(()))
    write_fake_bundle(model_dir("demo"), without_head=True)
    decks = finding("Game and decks", "decks")
    assert decks.ok is None and decks.remedy.endswith("to train on")
    assert not [found for section in doctor.examine().values() for found in section if found.ok is False]


@pytest.mark.parametrize("part", ["model.onnx", "locator.onnx", "gallery.npz"])
def test_a_model_without_one_of_its_files(part: str):
    (write_fake_bundle(model_dir("demo"), without_head=True) / part).unlink()
    found = finding("Models", "model demo")
    assert found.ok is False and f"{part} missing" in found.found and found.remedy.startswith("balatro art demo ")


def test_a_model_of_a_newer_version():
    write_fake_bundle(model_dir("game"), format=99)
    found = finding("Models", "model game")
    assert found.ok is False and "format 99" in found.found and "update Balatro" in found.found
    assert found.remedy.startswith("balatro art import ")


@pytest.mark.parametrize("text", ["[]", "{", '{"tasks": 3, "cards": []}'])
def test_damaged_things_are_findings(text: str):
    for folder, name in ((art_dir("bad"), "deck.json"), (model_dir("bad"), "model.json")):
        folder.mkdir(parents=True)
        (folder / name).write_text(text)
    for part in ("model.onnx", "locator.onnx"):
        (model_dir("bad") / part).touch()
    assert finding("Game and decks", "deck bad").ok is False
    assert finding("Models", "model bad").ok is False


def test_missing_parts_say_how_to_install_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "_version", lambda name: None if name in ("torch", "rich") else "1.0")
    assert finding("Program", "rich") == doctor.Finding("rich", "missing", False, "pip install rich")
    train = finding("Optional parts", "train")
    assert train.found == "missing: torch"
    assert 'pip install -e ".[train]"' in train.remedy
    assert "overwrite each other" in finding("Program", "OpenCV").found


def test_the_parts_are_those_of_the_project():
    """What the doctor looks for is what pip installs, no more and no less."""
    tomllib = pytest.importorskip("tomllib", reason="in Python since 3.11")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    def names(requirements: list[str]) -> list[str]:
        always = [requirement for requirement in requirements if ";" not in requirement]  # others are for old Pythons
        return sorted(re.split(r"[^\w.-]", requirement)[0] for requirement in always)

    assert names(project["dependencies"]) == sorted(doctor.CORE)
    extras = {extra: names(wanted) for extra, wanted in project["optional-dependencies"].items() if extra not in ("dev", "all")}
    assert extras == {extra: sorted(wanted) for extra, (wanted, _) in EXTRAS.items()}


def test_no_screen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "no DISPLAY" in finding("Screen", "screen").found


def test_a_broken_library_is_a_finding(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    found = doctor.examine()["Accelerators"]
    assert found[0].what == "broken"
    assert found[0].ok is False


def test_the_report_names_every_remedy(capsys: pytest.CaptureFixture[str]):
    doctor.doctor()
    said = capsys.readouterr().out
    for section, findings in doctor.examine().items():
        assert section in said
        assert all(found.remedy in said for found in findings if found.ok is False)
    assert "to mend" in said


def test_the_screen_is_told_with_its_monitors_or_why_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISPLAY", ":0")
    pytest.importorskip("mss")
    monkeypatch.setattr(screens, "list_monitors", lambda: [Box(0, 0, 2560, 1440), Box(-1920, 0, 1920, 1080)])
    assert finding("Screen", "screen").found == "2560x1440 at 0,0; 1920x1080 at -1920,0"

    def refuse() -> list[Box]:
        raise InputError("Wayland lets no program")

    monkeypatch.setattr(screens, "list_monitors", refuse)
    found = finding("Screen", "screen")
    assert found.found == "Wayland lets no program" and "cameras" in found.remedy


@pytest.mark.parametrize("version", [None, "2.0.1"])
def test_windows_is_told_how_the_game_is_read_under_others(version: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "_version", lambda name: version)
    found = doctor._own_pictures()
    assert ("2.0.1" in found.found) if version else ("--no-deps windows-capture" in found.remedy)

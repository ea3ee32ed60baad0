import re
import sys
from importlib import metadata

import numpy as np
import pytest

from balatro import doctor
from balatro.config.paths import art_dir, model_dir
from balatro.render.deck import Deck, DeckCard, save_deck
from balatro.utils.extras import EXTRAS
from balatro.utils.files import write_json


@pytest.fixture(autouse=True)
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing torch in a child takes seconds."""
    monkeypatch.setattr(doctor, "_in_child", lambda code: "CPU only, 1 threads")


def finding(section: str, what: str) -> doctor.Finding:
    return next(found for found in doctor.examine()[section] if found.what == what)


def test_a_fresh_machine_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("balatro.render.steam._steam_roots", lambda: iter(()))
    assert finding("Game and decks", "game").remedy.startswith("balatro art import PATH")
    assert finding("Game and decks", "decks").ok is False
    assert finding("Models", "models").ok is False
    assert finding("Program", "numpy").found == np.__version__
    assert "CPU" in finding("Accelerators", "ONNX Runtime").found


def test_decks_and_models_are_found():
    save_deck(Deck("mine", (DeckCard("d", "D", "Joker", "", np.zeros((95, 71, 4), np.uint8)),)), art_dir("mine"))
    write_json(model_dir("mine") / "model.json", {"tasks": {"modifier": {}}, "cards": [{}]})
    assert finding("Game and decks", "deck mine").found.startswith("1 cards, 0 strangers")
    assert "missing" in finding("Models", "model mine").found
    for part in ("model.onnx", "locator.onnx"):
        (model_dir("mine") / part).touch()
    assert finding("Models", "model mine").found.startswith("by neighbours, not trained yet, 1 cards")
    write_json(model_dir("mine") / "model.json", {"tasks": {"modifier": {}, "identification": {}}, "cards": [{}]})
    assert finding("Models", "model mine").found.startswith("trained, 1 cards")


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
    """What the doctor looks for is what pip installs."""
    declared = [line.split(";") for line in metadata.requires("balatro") or []] if doctor._version("balatro") else []
    for requirement, *marker in declared:
        name = re.split(r"[^\w.-]", requirement)[0]
        extra = re.search(r"""extra == ['"](\w+)['"]""", "".join(marker))
        if extra is None:
            assert name in doctor.CORE
        elif extra[1] in EXTRAS:
            assert name.lower() in {known.lower() for known in EXTRAS[extra[1]][0]}


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

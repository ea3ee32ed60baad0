"""Slips that are told at once: before torch is imported, before anything is prepared."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from balatro.cli import train as train_command
from balatro.errors import BalatroError, SettingsError
from balatro.train_model import command
from balatro.train_model.settings.early import check_early, choose_data
from tests.train_model.tiny_deck import save_tiny_deck
from tests.train_model.tiny_pictures import save_pictures


class TooLateError(Exception):
    """Training went on to what takes long."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the deck `tiny`, and nothing heavy behind the checks."""

    def too_late() -> None:
        raise TooLateError

    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    for module in (command, train_command):
        monkeypatch.setattr(module, "need_torch", too_late)
    save_tiny_deck(tmp_path / "data" / "art" / "tiny")
    (tmp_path / "empty").mkdir()
    return tmp_path


SLIPS = {
    "no deck in": {"deck": "nosuch"},
    "no deck in .*game": {"data": ["rendered"]},
    "no task 'nosuch'; choose from": {"deck": "tiny", "tasks": ["nosuch"]},
    "no data nosuch": {"data": ["nosuch"]},
    "cannot be a folder": {"deck": "tiny", "name": "con"},
    "epochs and --steps were given": {"deck": "tiny", "epochs": 3, "steps": 3},
    "--image-size 5": {"deck": "tiny", "image_size": "5"},
    "neither labels.json nor pictures": {"input": "empty"},
    "no such folder": {"input": "nowhere"},
    "this run has no pictures": {"deck": "tiny", "flip": True},
    "--best nosuch: no such score": {"deck": "tiny", "best": "nosuch"},
    "--best modifier_topp: .*modifier_top": {"deck": "tiny", "best": "modifier_topp", "tasks": ["modifier"]},
    "no device 'gpu'; choose one of: auto, cpu, cuda, mps": {"deck": "tiny", "device": "gpu"},
    "no precision 'half'; choose one of": {"deck": "tiny", "precision": "half"},
    "no freeze_strategy 'low'; choose one of: none, high, mid, all": {"deck": "tiny", "freeze_strategy": "low"},
    "no backbone 'nosuch'; choose one of: .*cardnet": {"deck": "tiny", "backbone": "nosuch"},
    "no optimizer 'nosuch'; choose one of": {"deck": "tiny", "optimizer": "nosuch"},
    "no scheduler 'nosuch'; choose one of": {"deck": "tiny", "scheduler": "nosuch"},
    "no loss 'nosuch'; choose one of: cross-entropy, focal": {"deck": "tiny", "loss": ["focal", "modifier=nosuch"]},
    "no head 'nosuch'; choose one of: cosine": {"deck": "tiny", "head": ["nosuch"]},
    "no transform 'nosuch'; choose one of: none, test": {"input": "pictures", "transform": ["modifier=nosuch"]},
    "nothing to learn from": {},
}


@pytest.mark.parametrize("told", SLIPS)
def test_a_slip_is_told_before_anything_heavy(here: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.chdir(here)
    with pytest.raises(BalatroError, match=told):
        train_command.train(**SLIPS[told])


@pytest.mark.parametrize("given", [{"deck": "tiny"}, {"deck": "demo"}, {"deck": "tiny", "tasks": ["modifier,identification"]}])
def test_what_is_right_goes_on(given: dict) -> None:
    with pytest.raises(TooLateError):
        train_command.train(**given)


def test_a_deck_may_be_named_by_its_folder(here: Path) -> None:
    check_early({"deck": str(here / "data" / "art" / "tiny")})


def test_fields_of_the_labels_are_tasks(here: Path) -> None:
    save_pictures(here / "cards")
    labels = here / "cards" / "labels.json"
    entries = json.loads(labels.read_text(encoding="utf-8"))
    labels.write_text(json.dumps({key: {**entry, "phase": "x"} for key, entry in entries.items()}), encoding="utf-8")
    check_early({"input": str(here / "cards"), "tasks": ["phase"]})
    with pytest.raises(SettingsError, match="no task 'phases'.* or a field of these labels: phase"):
        check_early({"input": str(here / "cards"), "tasks": ["phases"]})


def test_no_name_for_a_folder_is_told_by_pretrain_at_once() -> None:
    with pytest.raises(SettingsError, match="cannot be a folder"):
        command.pretrain(name="a/b")


def test_the_checks_import_no_torch() -> None:
    code = "import sys, balatro.cli.train; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_toml_file_names_the_run_as_the_flag_does(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Path] = []

    def begin(settings: object, folder: Path, flags: dict, overwrite: bool) -> None:
        assert flags == {"deck": "tiny"}
        begun.append(folder)
        raise TooLateError

    monkeypatch.setenv("BALATRO_RUNS", str(here / "runs"))
    for module in (command, train_command):
        monkeypatch.setattr(module, "need_torch", lambda: None)
    monkeypatch.setattr(command, "_begun", begin)
    config = here / "my.toml"
    config.write_text('name = "x"\ndeck = "tiny"\n', encoding="utf-8")
    for given in ({}, {"name": "y"}):
        with pytest.raises(TooLateError):
            train_command.train(config=config, **given)
    config.write_text(f"log-dir = {json.dumps(str(here / 'logs'))}\ndeck = 'tiny'\n", encoding="utf-8")
    with pytest.raises(TooLateError):
        train_command.train(config=config)
    assert begun == [here / "runs" / "x", here / "runs" / "y", here / "logs"]
    config.write_text('name = "con"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be a folder"):
        train_command.train(config=config)


def test_an_unknown_device_is_told_by_pretrain_at_once() -> None:
    with pytest.raises(SettingsError, match="no device 'gpu'"):
        command.pretrain(device="gpu")


@pytest.mark.parametrize("is_own", [True, False])
def test_copies_beside_a_named_dataset_are_used_where_they_are_its_own(here: Path, is_own: bool) -> None:
    save_pictures(here / "cards")
    key = next(iter(json.loads((here / "cards" / "labels.json").read_text(encoding="utf-8"))))
    entry = {"name": "x", "parent": key if is_own else "of another.png", "augmentation": "y"}
    (here / "augmented").mkdir()
    (here / "augmented" / "augmented.json").write_text(json.dumps({"1.png": entry}), encoding="utf-8")
    assert choose_data({"input": str(here / "cards")}) == (("originals", "augmented") if is_own else ("originals",))

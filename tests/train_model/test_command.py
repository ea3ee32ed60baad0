"""The commands, end to end on a deck of a few cards: what they write is what identifying reads."""

import builtins
import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from balatro.cli import train as train_command
from balatro.config.paths import package_weights
from balatro.errors import InputError, MissingPartError, SettingsError
from balatro.identify_card.recognizer import Recognizer
from balatro.models.bundle import load_start
from balatro.runtime.bundle import load_bundle
from balatro.train_model import command
from balatro.train_model.run import loop
from balatro.train_model.run.checkpoint import load_state
from balatro.train_model.run.finish import LOG, write_model
from balatro.train_model.run.run import Run
from balatro.train_model.score import calibrate
from balatro.train_model.score.evaluate import evaluate_split
from balatro.train_model.settings.settings import TrainSettings
from balatro.utils.images import load_image
from tests.train_model.tiny_deck import save_tiny_deck
from tests.train_model.tiny_pictures import picture, save_pictures

pytestmark = pytest.mark.slow


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calibration on one screen or a few strangers, and no thousands of invented cards."""
    ask = calibrate.ask
    monkeypatch.setattr(calibrate, "ask", lambda e, x, feed, *more: ask(e, x, replace(feed, screens=1, crops=16), more[0], 1))
    monkeypatch.setattr(calibrate, "NUM_STRANGERS", 6)
    monkeypatch.setattr("balatro.gallery.thresholds.NUM_SCREENS", 2)


SMALL = {
    "backbone": "cardnet_tiny", "workers": 0, "screens": 1, "crops": 8, "threads": 1, "device": "cpu", "precision": "float32",
    "embedding": 16, "pretrained": "no",
}  # fmt: skip
PICTURES = {name: value for name, value in SMALL.items() if name not in ("screens", "crops")}


@pytest.mark.usefixtures("quick")
def test_train_writes_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    save_tiny_deck(tmp_path / "data" / "art" / "tiny")
    train_command.train(deck="tiny", steps=2, outsiders=8, **SMALL)
    folder = tmp_path / "data" / "models" / "tiny"
    bundle = load_bundle(folder)
    assert "balatro identify screenshot.png --model tiny\n" in capsys.readouterr().out
    assert bundle.deck == "tiny" and bundle.tasks["identification"].classes[:2] == ("t_0", "t_1")
    assert bundle.twins == ((0, 3),)
    assert bundle.cards[-1].id == "stranger" and not bundle.cards[-1].known
    written = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert set(written) >= {"backbone", "embedding", "scores", "data_hash", "training", "input", "locator"}
    recognizer = Recognizer.load(folder, threads=1)
    assert isinstance(recognizer.identify(np.zeros((288, 512, 3), np.uint8)), list)
    gallery = recognizer.namer.gallery
    assert gallery is not None and set(gallery.card) == set(range(len(bundle.cards) - 1)) and bundle.has_gallery
    first = (folder / "model.onnx").read_bytes()
    write_model(tmp_path / "runs" / "tiny", tmp_path / "again")
    assert (tmp_path / "again" / "model.onnx").read_bytes() == first
    monkeypatch.chdir(tmp_path / "runs" / "tiny")
    with pytest.raises(InputError, match=r"without a model\.json"):
        write_model(Path(), tmp_path / "data" / "art")


@pytest.mark.usefixtures("quick")
def test_another_game_by_a_folder_of_named_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Pokémon-style dataset: pictures in folders of their names, no modifiers, no code touched."""
    for number, name in enumerate(("Pikachu", "Mr. Mime", "Pok\u00e9 Ball")):
        (tmp_path / "pokemon" / name).mkdir(parents=True)
        for copy in range(6):
            drawn = Image.fromarray(picture(40 + number, noise=copy)).resize((142, 190))
            drawn.save(tmp_path / "pokemon" / name / f"{copy}.png")
    flags = {**PICTURES, "backbone": "cardnet", "pretrained": "auto", "embedding": 128}
    train_command.train(input=str(tmp_path / "pokemon"), epochs=3, optimizer="adamw", batch_size=4, **flags)
    folder = tmp_path / "data" / "models" / "pokemon"
    bundle = load_bundle(folder)
    assert {task: entry.classes for task, entry in bundle.tasks.items()} == {
        "identification": ("mr_mime", "pikachu", "pok_ball")
    }
    assert "runs/pokemon/report/index.html: the report" in capsys.readouterr().out.replace("\\", "/")
    recognizer = Recognizer.load(folder, threads=1)
    for number, name in enumerate(("Pikachu", "Mr. Mime", "Pok\u00e9 Ball")):
        (card,) = recognizer.identify(np.asarray(Image.fromarray(picture(40 + number, noise=50)).resize((142, 190))))
        assert card.name == name and card.known and card.modifier == "" and card.modifier_confidence == 0
    text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    for entry in text["cards"]:
        del entry["size"]  # which model.json may leave out
    (folder / "model.json").write_text(json.dumps(text), encoding="utf-8")
    settings = TrainSettings(data=("originals",), input=str(tmp_path / "pokemon"))
    lines, page = evaluate_split(folder, settings, "test", tmp_path / "out")
    assert page.is_file() and "identification: 100.00 % right" in lines


@pytest.mark.usefixtures("quick")
def test_a_snapshot_is_exported_as_it_is(tmp_path: Path) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    shape = {"image_size": "48x64", "batch_size": 8, "checkpoint_interval": 1, **PICTURES}
    train_command.train(input=str(pictures), name="mine", epochs=3, optimizer="adamw", report=False, **shape)
    run = tmp_path / "runs" / "mine"
    for name, out in ((run / "checkpoint_epoch001.pth", "one"), (run / "checkpoint_epoch003.pth", "three"), (run, "best")):
        write_model(name, tmp_path / out)
    wanted = load_state(run / "checkpoint_epoch001.pth")["average"]["encoder.backbone.stem.0.weight"]
    written = {
        name: load_start(tmp_path / name / "best_model.pth")["encoder"]["backbone.stem.0.weight"] for name in ("one", "three")
    }
    assert torch.equal(written["one"], wanted) and not torch.equal(written["three"], wanted)
    best = load_state(run / "best_model.pth")["average"]["encoder.backbone.stem.0.weight"]
    assert torch.equal(load_start(tmp_path / "best" / "best_model.pth")["encoder"]["backbone.stem.0.weight"], best)


@pytest.mark.usefixtures("quick")
def test_a_run_may_be_called_like_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_pictures(tmp_path / "cards")
    shape = {"image_size": "48x64", "batch_size": 8, **PICTURES}
    train_command.train(input="cards", epochs=1, report=False, **shape)
    train_command.train(resume="cards", epochs=2, report=False, config=tmp_path / "runs" / "cards" / "config.toml")
    assert load_state(tmp_path / "runs" / "cards")["epoch"] == 2
    train_command.train(input="cards", epochs=1, report=False, overwrite=True, **shape)
    assert load_state(tmp_path / "runs" / "cards")["epoch"] == 1
    assert not (tmp_path / "runs" / "cards-2").exists() and (tmp_path / "data" / "models" / "cards.other").is_dir()


@pytest.mark.usefixtures("quick")
def test_an_evaluation_knows_the_split_of_the_training(tmp_path: Path) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    shape = {"image_size": "48x64", "batch_size": 8, "report": False, **PICTURES}
    settings = TrainSettings(data=("originals",), input=str(pictures))
    with pytest.raises(InputError, match="no split there yet"):
        train_command.train(input=str(pictures), name="one", epochs=1, **shape)
        (pictures / "splits.json").unlink()
        evaluate_split(tmp_path / "data" / "models" / "one", settings, "test", tmp_path / "out")
    train_command.train(input=str(pictures), name="two", epochs=1, seed=9, **shape)
    told = {
        name: evaluate_split(tmp_path / "data" / "models" / name, settings, "test", tmp_path / "out")[0]
        for name in ("one", "two")
    }
    assert "another split" in told["one"] and "another split" not in told["two"]


@pytest.mark.usefixtures("quick")
def test_a_run_goes_on_with_more_epochs_and_another_strategy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    shape = {"image_size": "48x64", "batch_size": 8, **PICTURES}
    train_command.train(input=str(pictures), log_dir=tmp_path / "logs" / "mine", epochs=1, report=False, **shape)
    assert "optimizer" not in (tmp_path / "logs" / "mine" / "config.toml").read_text(encoding="utf-8")
    with pytest.raises(SettingsError, match="this run is done"):
        train_command.train(resume=str(tmp_path / "logs" / "mine"), report=False)
    train_command.train(
        resume=str(tmp_path / "logs" / "mine"), epochs=2, optimizer="group", freeze_strategy="mid", report=False
    )
    said = capsys.readouterr().out
    assert "freeze mid: trains middle, coarse, layout; freezes stem, fine" in said and "epoch 2/2" in said
    assert (tmp_path / "data" / "models" / "mine" / "model.json").is_file()


@pytest.mark.usefixtures("quick")
def test_a_toml_file_and_flags_that_win(tmp_path: Path) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    text = 'epochs = 9\nimage-size = "48x64"\ntasks = ["modifier"]\nbatch_size = 8\n'
    (tmp_path / "my.toml").write_text(text, encoding="utf-8")
    train_command.train(config=tmp_path / "my.toml", input=str(pictures), epochs=1, name="toml", report=False, **PICTURES)
    settings = json.loads((tmp_path / "runs" / "toml" / "settings.json").read_text(encoding="utf-8"))
    assert settings["epochs"] == 1 and settings["tasks"] == ["modifier"] and settings["image_size"] == [48, 64]
    assert "epochs = 1" in (tmp_path / "runs" / "toml" / "config.toml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("quick")
def test_learning_rates_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    monkeypatch.setattr("balatro.train_model.run.find_lr.NUM_STEPS", 12)
    train_command.train(input=str(pictures), find_lr=True, name="tried", image_size="48x64", batch_size=8, **PICTURES)
    assert "try --optimizer-lr" in capsys.readouterr().out
    assert load_image(tmp_path / "runs" / "tried" / "learning_rates.png").shape[1] > 300
    assert not (tmp_path / "runs" / "tried" / "checkpoint_last.pth").exists()


@pytest.mark.usefixtures("quick")
def test_pretrain_writes_weights_without_names(tmp_path: Path) -> None:
    small = {name: value for name, value in SMALL.items() if name in ("workers", "screens", "crops", "device")}
    command.pretrain(steps=1, cards=6, name="first", backbone="cardnet_tiny", **small)
    weights = tmp_path / "runs" / "first" / "weights"
    start = str(weights / "start.pth")
    command.pretrain(steps=1, cards=6, out=tmp_path / "weights", backbone="cardnet_tiny", pretrained=start, **small)
    names = {path.name for path in (tmp_path / "weights").iterdir()}
    assert names == {path.name for path in weights.iterdir()}
    assert names == {"encoder.onnx", "locator.onnx", "refiner.onnx", "start.pth", "weights.json", LOG}
    text = json.loads((tmp_path / "weights" / "weights.json").read_text(encoding="utf-8"))
    assert list(text["tasks"]) == ["modifier", "kind"] and text["cards"] == []
    assert text["training"]["settings"]["pretrained"] == "start.pth"  # and not where it lies on this machine
    assert load_start(tmp_path / "weights" / "start.pth") is not None


@pytest.mark.usefixtures("quick")
def test_pretrain_of_the_refiner_alone_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    small = {name: value for name, value in SMALL.items() if name in ("workers", "device")} | {"screens": 1, "crops": 2}
    command.pretrain(steps=1, cards=6, name="first", backbone="cardnet_tiny", **small)
    start = tmp_path / "runs" / "first" / "weights" / "start.pth"
    command.pretrain(
        steps=2, cards=6, out=tmp_path / "weights", backbone="cardnet_tiny", pretrained=str(start), only_refiner=True, **small
    )
    before, after = load_start(start), load_start(tmp_path / "weights" / "start.pth")
    assert before is not None and after is not None
    same = {
        name: all(bool((before[name][key] == value).all()) for key, value in after[name].items())
        for name in ("encoder", "locator", "refiner")
    }
    assert same == {"encoder": True, "locator": True, "refiner": False}


def test_the_weights_of_the_package_tell_no_places() -> None:
    settings = json.loads((package_weights() / "weights.json").read_text(encoding="utf-8"))["training"]["settings"]
    assert not [value for value in settings.values() if isinstance(value, str) and ("/" in value or "\\" in value)]


@pytest.mark.parametrize("part", ["torch", "onnx"])
def test_a_missing_part_is_noticed_before_training(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_tiny_deck(tmp_path / "data" / "art" / "tiny")
    monkeypatch.setitem(sys.modules, part, None)
    for start in (partial(train_command.train, deck="tiny"), command.pretrain):
        with pytest.raises(MissingPartError, match="pip install"):
            start()


def test_a_broken_torch_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def broken(name: str, *more: object) -> object:
        if name.partition(".")[0] in ("torch", "lightning_fabric", "onnx"):
            raise OSError("[WinError 126] a library is missing\nLoading c10.dll")
        return real(name, *more)

    with monkeypatch.context() as patch, pytest.raises(MissingPartError, match="WinError 126") as caught:
        patch.setattr("builtins.__import__", broken)
        command.need_torch()
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("quick")
def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    deck = str(save_tiny_deck(tmp_path / "tiny"))
    monkeypatch.setattr(loop, "_tell", stop)
    with pytest.raises(KeyboardInterrupt):
        train_command.train(deck=deck, outsiders=8, **SMALL)
    assert "balatro train --resume tiny" in capsys.readouterr().err


def stop(run: Run, *_: object) -> None:
    run.stop = True


def test_a_place_that_is_taken_is_told_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "data" / "models" / "tiny"
    taken.mkdir(parents=True)
    (taken / "mine.txt").touch()
    save_tiny_deck(tmp_path / "data" / "art" / "tiny")
    monkeypatch.setattr(command, "_begun", lambda *_: pytest.fail("the long work must not begin"))
    with pytest.raises(InputError, match=r"without a model\.json"):
        train_command.train(deck="tiny")


def test_minutes_or_steps() -> None:
    with pytest.raises(SettingsError, match="one of them"):
        train_command.train(deck="tiny", minutes=1.0, steps=5)


def test_the_choices_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    train_command.train(list=True)
    said = capsys.readouterr().out
    assert all(name in said for name in ("identification", "resnet101", "arcface", "improved", "restarts", "group", "high"))

"""The loop: it learns, it is the same twice, and it goes on where it stopped."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from balatro.errors import ModelError, SettingsError
from balatro.render.deck import save_deck
from balatro.train_model.run import loop
from balatro.train_model.run.batches import batch_at
from balatro.train_model.run.checkpoint import LAST, Average, load_state, save_state
from balatro.train_model.run.devices import choose_precision
from balatro.train_model.run.finish import best_networks
from balatro.train_model.run.loop import finish, take_step, train
from balatro.train_model.run.run import Run, begin, resume
from balatro.train_model.screens.deck_lesson import prepare
from balatro.train_model.settings.settings import TrainSettings, settings_from
from balatro.train_model.settings.strategies.optimizers import AdamW
from balatro.train_model.settings.strategies.schedulers import Warmup
from tests.train_model.tiny_deck import save_tiny_deck, tiny_deck

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path) -> TrainSettings:
    deck = save_tiny_deck(tmp_path / "deck")
    return TrainSettings(
        deck=str(deck), outsiders=0, seed=5, steps=4, minutes=0, backbone="cardnet_tiny", embedding=16, pretrained="no",
        screens=1, crops=8, optimizer=AdamW(lr=5e-3), workers=0, threads=1, device="cpu", precision="float32", ema=0.9,
        epoch_steps=100,
    )  # fmt: skip


def same_weights(one: Run, other: Run) -> bool:
    return all(
        torch.equal(value, values[key])
        for mine, values in ((one.average.values, other.average.values), (one.learner.state_dict(), other.learner.state_dict()))
        for key, value in mine.items()
    )


def test_losses_fall(settings: TrainSettings, tmp_path: Path) -> None:
    run = begin(replace(settings, steps=100, scheduler=Warmup(2)), tmp_path / "run")
    batch = batch_at(run.source, 0)
    for _ in range(15):
        take_step(run, batch)
    first, last = run.recent[0], run.recent[-1]
    assert all(last[name] < 0.8 * first[name] for name in ("identification", "modifier", "heat", "corners"))
    encoder, locator, _ = best_networks(run)
    assert locator is not None and not encoder.training and not locator.training


def test_the_log_tells_how_it_went(settings: TrainSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LOG_EVERY", 2)
    train(replace(settings, steps=3), tmp_path / "run")
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines] == [2, 3]
    assert {"loss", "recall", "modifier_accuracy", "cards_per_second"} <= set(lines[0])


def test_resumed_is_the_same_as_never_stopped(settings: TrainSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train(settings, tmp_path / "whole")
    stopped = begin(settings, tmp_path / "stopped")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loop, "_tell", lambda run, marks, bar: interrupt_after(run, 2))
        finish(stopped)
    resumed = resume(tmp_path / "stopped")
    assert resumed.step == 2
    finish(resumed)
    assert resumed.step == whole.step == 4
    assert same_weights(whole, resumed)


def interrupt_after(run: Run, step: int) -> None:
    run.stop = run.step == step


def test_another_seed_is_another_run(settings: TrainSettings, tmp_path: Path) -> None:
    one = train(replace(settings, steps=1), tmp_path / "one")
    other = train(replace(settings, steps=1, seed=6), tmp_path / "other")
    assert not same_weights(one, other)


def test_minutes_become_steps(settings: TrainSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "TIMED", 3)
    monkeypatch.setattr(loop, "UNTIMED", 1)
    run = train(replace(settings, steps=0, minutes=0.05), tmp_path / "run")
    assert run.step == run.total_steps >= 4
    assert load_state(tmp_path / "run")["total_steps"] == run.step


def test_stopped_before_the_minutes_became_steps(
    settings: TrainSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "TIMED", 3)
    monkeypatch.setattr(loop, "UNTIMED", 2)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loop, "_tell", lambda run, marks, bar: interrupt_after(run, 2))
        train(replace(settings, steps=0, minutes=0.03), tmp_path / "run")
    run = resume(tmp_path / "run")
    assert (run.step, run.total_steps) == (2, 0)
    finish(run)
    assert run.step == run.total_steps >= 6


def test_steps_that_come_again_are_logged_once(
    settings: TrainSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LOG_EVERY", 1)
    log = tmp_path / "run" / "log.jsonl"
    train(replace(settings, steps=2), tmp_path / "run")
    state = load_state(tmp_path / "run")
    state["settings"]["steps"] = 4
    save_state(tmp_path / "run" / LAST, {key: value for key, value in state.items() if key != "format"})
    log.write_text(log.read_text(encoding="utf-8") + '{"step": 3, "loss": 0}\n{"ste', encoding="utf-8")
    finish(resume(tmp_path / "run"))
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4] and lines[2]["loss"] > 0


def test_the_seed_reaches_the_invented_cards(settings: TrainSettings, tmp_path: Path) -> None:
    run = begin(replace(settings, deck="invented", num_invented=3, seed=1), tmp_path / "run")
    assert run.source.feed is not None and run.source.feed.recipe.seed == 1


def test_precision_on_a_torch_that_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    assert choose_precision("auto", "cpu") == "float32"


def test_resuming_asks_for_no_pretrained_weights(settings: TrainSettings, tmp_path: Path) -> None:
    train(replace(settings, steps=1), tmp_path / "run")
    state = load_state(tmp_path / "run")
    state["settings"]["pretrained"] = "yes"
    save_state(tmp_path / "run" / LAST, {key: value for key, value in state.items() if key != "format"})
    assert resume(tmp_path / "run").step == 1


def test_a_run_is_never_overwritten(settings: TrainSettings, tmp_path: Path) -> None:
    train(replace(settings, steps=1), tmp_path / "run")
    with pytest.raises(SettingsError, match="--resume"):
        begin(settings, tmp_path / "run")


def test_a_changed_deck_is_not_resumed(settings: TrainSettings, tmp_path: Path) -> None:
    train(replace(settings, steps=1), tmp_path / "run")
    state = load_state(tmp_path / "run")
    state["head_states"]["identification"]["class_names"].pop()
    save_state(tmp_path / "run" / LAST, {key: value for key, value in state.items() if key != "format"})
    with pytest.raises(ModelError, match="classes of identification have changed"):
        resume(tmp_path / "run")


def test_a_repainted_deck_is_not_resumed(settings: TrainSettings, tmp_path: Path) -> None:
    train(replace(settings, steps=1), tmp_path / "run")
    assert resume(tmp_path / "run").step == 1
    deck = tiny_deck()
    deck.cards[1].body[20:30, 20:30, :3] ^= 255
    shutil.rmtree(settings.deck)
    save_deck(deck, Path(settings.deck))
    prepare.cache_clear()  # as in another process
    with pytest.raises(ModelError, match="deck has changed"):
        resume(tmp_path / "run")


def test_a_run_starts_from_another(settings: TrainSettings, tmp_path: Path) -> None:
    first = train(replace(settings, steps=2), tmp_path / "first")
    second = begin(replace(settings, pretrained=str(tmp_path / "first")), tmp_path / "second")
    wanted = first.average.values["encoder.backbone.stem.0.weight"]
    assert torch.equal(second.encoder.state_dict()["backbone.stem.0.weight"], wanted)
    with pytest.raises(ModelError, match="cardnet"):
        begin(replace(settings, pretrained=str(tmp_path / "first"), backbone="cardnet"), tmp_path / "third")


def test_a_checkpoint_names_its_classes(settings: TrainSettings, tmp_path: Path) -> None:
    train(replace(settings, steps=1), tmp_path / "run")
    state = load_state(tmp_path / "run")
    assert state["head_states"]["modifier"]["class_names"][4] == "Negative"
    assert settings_from({**state["settings"], "from_the_future": 1}).seed == 5


@pytest.mark.parametrize("content", [None, b"", b"not a checkpoint"])
def test_bad_checkpoints_are_one_line(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / LAST).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        load_state(tmp_path)
    assert "\n" not in str(caught.value)


def test_average_follows() -> None:
    network = torch.nn.Linear(1, 1, bias=False)
    network.weight.data.fill_(0)
    average = Average(network, 0.9)
    network.weight.data.fill_(1)
    for step in range(200):
        average.update(network, step)
    assert float(average.values["weight"]) == pytest.approx(1, abs=1e-3)


WRONG = [
    *({name: -1} for name in ("seed", "steps", "workers", "epochs", "patience")),
    {"steps": 0, "minutes": 0.0}, {"crops": 1}, {"ema": 1.5}, {"data": ("guesses",)}, {"mix": "shake"},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_settings_that_do_not_fit(wrong: dict) -> None:
    with pytest.raises(SettingsError):
        TrainSettings(**wrong)


@pytest.mark.parametrize("wrong", [{"device": "toaster"}, {"precision": "int4"}])
def test_unknown_devices_and_precisions(settings: TrainSettings, tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(SettingsError, match="choose one of"):
        begin(replace(settings, **wrong), tmp_path / "run")


@pytest.mark.parametrize(("seconds", "expected"), [(240.0, 100), (400.0, 67), (5000.0, 51)])
def test_minutes_are_kept_where_epochs_take_longer_than_their_steps(seconds, expected):
    told = []
    run = SimpleNamespace(
        settings=SimpleNamespace(epochs=0, steps=0, minutes=10.0), total_steps=100, step=50, seconds=seconds, device="cpu",
        fabric=SimpleNamespace(world_size=1), schedule=SimpleNamespace(set_total=told.append),
    )  # fmt: skip
    bar = SimpleNamespace(set_total=told.append)
    loop._shorten(run, bar)
    assert run.total_steps == expected and set(told) <= {run.total_steps}

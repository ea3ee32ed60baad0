"""Runs on labelled pictures: they learn, they are the same twice, they go on where they stopped, and say what is wrong."""

import json
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from balatro.errors import LabelError, ModelError, SettingsError, TrainingError
from balatro.train_model.lesson.objective import Objective
from balatro.train_model.lesson.tasks import MISSING, TaskOptions
from balatro.train_model.run import loop
from balatro.train_model.run.batches import batch_at
from balatro.train_model.run.checkpoint import BEST, LAST, load_state, save_state
from balatro.train_model.run.finish import best_networks, finish_report
from balatro.train_model.run.loop import finish, train
from balatro.train_model.run.run import Run, begin, resume
from balatro.train_model.score.history import read_history
from balatro.train_model.score.validate import Validator
from balatro.train_model.settings.settings import TrainSettings
from balatro.train_model.settings.strategies.optimizers import Group, Simple
from balatro.train_model.settings.strategies.schedulers import Cosine, OneCycle, Plateau, Warmup
from balatro.utils.labels import CardLabel, read_labels, write_labels
from tests.train_model.tiny_deck import save_tiny_deck
from tests.train_model.tiny_pictures import picture, quick, save_pictures

pytestmark = pytest.mark.slow


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return save_pictures(tmp_path / "pictures")


def same(one: Run, other: Run) -> bool:
    pairs = [(one.learner.state_dict(), other.learner.state_dict()), (one.average.values, other.average.values)]
    return all(torch.equal(mine[name], theirs[name]) for mine, theirs in pairs for name in mine)


def test_it_learns_pictures(pictures: Path, tmp_path: Path) -> None:
    run = train(quick(pictures, epochs=12, batch_size=4), tmp_path / "run")
    lines = [json.loads(line) for line in (tmp_path / "run" / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["epoch"] for line in lines] == list(range(1, 13))
    assert lines[-1]["train_loss"]["total"] < 0.5 * lines[0]["train_loss"]["total"]
    assert max(line["metrics"]["identification"]["top1"] for line in lines) == 1
    lowest = min(line["val_loss"]["total"] for line in lines)
    assert load_state(tmp_path / "run" / BEST)["best"]["value"] == pytest.approx(lowest)
    assert run.learner.locator is None


def test_where_nothing_validates_the_report_is_on_what_was_trained_on(tmp_path: Path) -> None:
    pictures = save_pictures(tmp_path / "pictures", copies=1, modifiers=("Base",))
    run = train(quick(pictures, epochs=1), tmp_path / "run")
    page = finish_report(run)
    assert page is not None and "train (no picture is in val)" in page.read_text(encoding="utf-8")
    report = json.loads((page.parent / "classification_report.json").read_text(encoding="utf-8"))
    assert report["cards"] == len(list(pictures.glob("*.png")))


STRATEGIES = {
    "plain": {},
    "cosine": {"scheduler": Cosine(), "optimizer": Simple(lr=1e-3)},
    "plateau": {"scheduler": Plateau(patience=0, factor=0.5), "best": "modifier_macro_f1"},
    "groups": {"optimizer": Group(lr_heads=1e-3), "freeze_strategy": "high", "unfreeze_every": 2},
    "balanced": {"use_weighted_sampler": True, "curriculum": 1, "mix": "mixup", "freeze_heads_at": 0.5},
    "cutmix": {
        "mix": "cutmix",
        "ema": 0.0,
        "task_options": TaskOptions(transform={"modifier": "light"}, head={"modifier": "basic"}),
    },
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_two_and_two_epochs_are_four(name: str, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = quick(pictures, epochs=4, batch_size=8, **STRATEGIES[name])
    whole = train(settings, tmp_path / "whole")
    stopped = begin(settings, tmp_path / "stopped")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loop, "_tell", interrupt_at(2 * stopped.epoch_steps + 1))  # in the middle of the third epoch
        finish(stopped)
    resumed = resume(tmp_path / "stopped")
    assert (resumed.epoch, resumed.step) == (2, 2 * resumed.epoch_steps + 1)
    finish(resumed)
    assert same(whole, resumed)
    histories = [(tmp_path / run / "history.jsonl").read_text(encoding="utf-8").splitlines() for run in ("whole", "stopped")]
    told = [[(json.loads(line)["train_loss"], json.loads(line)["val_loss"]) for line in lines] for lines in histories]
    assert told[0] == told[1] and len(told[0]) == 4


def interrupt_at(step: int):  # type: ignore[no-untyped-def]
    def tell(run: Run, *_: object) -> None:
        run.stop = run.step == step

    return tell


def test_ctrl_c_in_a_validation_comes_after_it(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = quick(pictures, epochs=3, scheduler=Cosine())
    whole = train(settings, tmp_path / "whole")
    stopped = begin(settings, tmp_path / "stopped")
    validate = Validator.validate

    def interrupted(self: Validator, *args: object) -> object:
        if stopped.epoch == 2:
            signal.raise_signal(signal.SIGINT)
        return validate(self, *args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Validator, "validate", interrupted)
        finish(stopped)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert (stopped.epoch, stopped.step) == (2, 2 * stopped.epoch_steps)
    resumed = resume(tmp_path / "stopped")
    finish(resumed)
    assert same(whole, resumed) and len(read_history(tmp_path / "stopped")) == 3


def test_workers_change_nothing(pictures: Path, tmp_path: Path) -> None:
    assert same(train(quick(pictures), tmp_path / "one"), train(quick(pictures, workers=2), tmp_path / "two"))


def test_early_stopping(pictures: Path, tmp_path: Path) -> None:
    run = train(quick(pictures, epochs=50, patience=2, optimizer=Simple(lr=1e-9), best="modifier_top1"), tmp_path / "run")
    assert run.done and run.epoch < 50 and run.stalled == 2


def test_with_nothing_to_validate_nothing_stalls(pictures: Path, tmp_path: Path) -> None:
    run = train(quick(pictures, epochs=4, patience=1, val_split=0.0, test_split=0.0), tmp_path / "run")
    assert run.epoch == 4 and not (tmp_path / "run" / BEST).exists()
    assert best_networks(run)[0].tasks == run.encoder.tasks


def test_another_strategy_on_purpose(pictures: Path, tmp_path: Path) -> None:
    settings = quick(pictures, scheduler=Cosine())
    train(settings, tmp_path / "run")
    changed = replace(settings, epochs=4, freeze_strategy="mid", optimizer=Group(lr_backbone=1e-6, lr_heads=1e-3))
    run = resume(tmp_path / "run", changed=changed)
    stem = run.encoder.state_dict()["backbone.stem.0.weight"].clone()
    finish(run)
    assert run.epoch == 4 and torch.equal(stem, run.encoder.state_dict()["backbone.stem.0.weight"])
    assert load_state(tmp_path / "run")["settings"]["optimizer"] == {
        "name": "group", "lr_backbone": 1e-6, "lr_heads": 1e-3, "weight_decay": 1e-4,
    }  # fmt: skip


def test_a_changed_rate_counts_after_a_resume(pictures: Path, tmp_path: Path) -> None:
    settings = quick(pictures, optimizer=Simple(lr=1e-3))
    train(settings, tmp_path / "run")
    run = resume(tmp_path / "run", changed=replace(settings, epochs=3, optimizer=Simple(lr=1e-5)))
    assert run.schedule.rates() == {"all": 1e-5}


def test_another_rate_keeps_the_schedule(pictures: Path, tmp_path: Path) -> None:
    """Cosine over 4 epochs, after 2 of them: half the rate, also when the optimizer's own rate was changed."""
    settings = quick(pictures, epochs=4, scheduler=Cosine(), optimizer=Simple(lr=1e-3), checkpoint_interval=2)
    train(settings, tmp_path / "run")
    half = tmp_path / "run" / "checkpoint_epoch002.pth"
    assert resume(half).schedule.rates()["all"] == pytest.approx(5e-4)
    changed = resume(half, changed=replace(settings, optimizer=Simple(lr=1e-4)))
    assert changed.schedule.rates()["all"] == pytest.approx(5e-5)


@pytest.mark.parametrize("scheduler", [OneCycle(), Warmup(2), Cosine()])
def test_a_new_scheduler_covers_what_is_left(pictures: Path, tmp_path: Path, scheduler: object) -> None:
    settings = quick(pictures, epochs=4, optimizer=Simple(lr=1e-3), checkpoint_interval=2)
    train(settings, tmp_path / "run")
    state = load_state(tmp_path / "run" / "checkpoint_epoch002.pth")
    save_state(tmp_path / "run" / LAST, {key: value for key, value in state.items() if key != "format"})
    run = resume(tmp_path / "run", changed=replace(settings, scheduler=scheduler))
    finish(run)
    assert run.schedule.rates()["all"] < 1e-4 and run.schedule_from == 2 * run.epoch_steps
    # And it goes on, not anew, when that run is resumed once more.
    again = resume(tmp_path / "run")
    assert again.schedule.rates() == run.schedule.rates() and again.schedule_from == run.schedule_from


def test_another_goal_starts_its_best_anew(pictures: Path, tmp_path: Path) -> None:
    settings = quick(pictures)
    train(settings, tmp_path / "run")
    run = resume(tmp_path / "run", changed=replace(settings, epochs=3, best="modifier_top1"))
    finish(run)
    assert load_state(tmp_path / "run" / BEST)["epoch"] == 3 and run.best_value <= 1


def test_what_cannot_be_learned_is_said_at_once(pictures: Path, tmp_path: Path) -> None:
    wrong = [
        (quick(pictures, best="modifier_topp"), "--best modifier_topp: no such score"),
        (quick(pictures, tasks=("identification", "kind")), "the task kind learns from rendered; this run has originals"),
        (quick(pictures, tasks=("modifier",), freeze_heads=("modifier",), freeze_strategy="all"), "nothing is left to learn"),
        (quick(pictures, task_options=TaskOptions(data={"modifier": ("rendered",)})), "the task modifier learns from rendered"),
    ]
    for number, (settings, told) in enumerate(wrong):
        with pytest.raises(SettingsError, match=told):
            begin(settings, tmp_path / str(number))


def test_every_head_at_its_goal_ends_the_run(pictures: Path, tmp_path: Path) -> None:
    run = train(quick(pictures, epochs=40, batch_size=4, freeze_strategy="all", freeze_heads_at=1e-9), tmp_path / "run")
    assert run.epoch < 40 and run.done


def test_a_half_labelled_field_has_no_empty_class(pictures: Path, tmp_path: Path) -> None:
    labels = read_labels(pictures / "labels.json")
    some = {
        key: replace(label, more={"finish": "holo"} if number % 2 else {}) for number, (key, label) in enumerate(labels.items())
    }
    write_labels(pictures / "labels.json", some)
    run = begin(quick(pictures, tasks=("identification", "finish", "rarity")), tmp_path / "run")
    assert run.lesson.task_classes["finish"] == ["holo"] and run.lesson.task_classes["rarity"] == ["Common"]
    assert (run.lesson.sides["train"].labels["finish"] == MISSING).any()


def test_augmented_alone_are_trained_on_alone(pictures: Path, tmp_path: Path) -> None:
    copies = tmp_path / "augmented"
    copies.mkdir()
    entries = {}
    for key, label in read_labels(pictures / "labels.json").items():
        Image.fromarray(picture(int(key[7]), label.modifier, 99)).save(copies / f"a{key}")
        entries[f"a{key}"] = replace(label, parent=key)
    write_labels(copies / "augmented.json", entries)
    run = begin(quick(pictures, data=("augmented",)), tmp_path / "run")
    assert not run.lesson.sides["train"].is_original.any() and run.lesson.sides["val"].is_original.all()


def test_one_split_for_all_image_sizes(pictures: Path, tmp_path: Path) -> None:
    one = begin(quick(pictures), tmp_path / "one")
    written = (pictures / "splits.json").read_bytes()
    other = begin(quick(pictures, image_size=(96, 128)), tmp_path / "other")
    assert (pictures / "splits.json").read_bytes() == written and one.lesson.split_hash == other.lesson.split_hash


def test_held_out_names_are_not_drawn(pictures: Path, tmp_path: Path) -> None:
    deck = save_tiny_deck(tmp_path / "deck")
    drawn = {"data": ("originals", "rendered"), "deck": str(deck), "outsiders": 0, "holdout_names": 0.25}
    with pytest.raises(SettingsError, match="names are held out of this split"):
        begin(quick(pictures, **drawn), tmp_path / "run")


def test_drawn_types_without_names(tmp_path: Path) -> None:
    deck = save_tiny_deck(tmp_path / "deck")
    settings = TrainSettings(
        deck=str(deck), outsiders=0, tasks=("type",), steps=1, minutes=0, screens=1, crops=8, backbone="cardnet_tiny",
        pretrained="no", workers=0, device="cpu",
    )  # fmt: skip
    batch = batch_at(begin(settings, tmp_path / "run").source, 0)
    assert (batch["label.type"] != MISSING).any()


def test_a_frozen_head_stays_as_it_is(pictures: Path, tmp_path: Path) -> None:
    run = begin(quick(pictures, freeze_heads=("modifier",)), tmp_path / "run")
    before = {name: value.clone() for name, value in run.encoder.heads["modifier"].state_dict().items()}
    finish(run)
    assert all(torch.equal(value, run.encoder.heads["modifier"].state_dict()[name]) for name, value in before.items())


def test_labelled_and_drawn_together(pictures: Path, tmp_path: Path) -> None:
    deck = save_tiny_deck(tmp_path / "deck")
    drawn = {"deck": str(deck), "outsiders": 0, "screens": 1, "crops": 8, "steps": 3, "epochs": 0, "epoch_steps": 2}
    settings = quick(pictures, data=("originals", "rendered"), **drawn)
    run = train(settings, tmp_path / "run")
    ids = run.lesson.task_classes["identification"]
    assert ids[:3] == ["t_0", "t_1", "t_2"] and ids[-4:] == ["j_egg", "c_fool", "c_pluto", "c_aura"]
    batch = batch_at(run.source, 0)
    assert batch["cards"].shape == (16, 64, 48, 3) and "frames" in batch
    assert (batch["label.identification"][:8] >= len(ids) - 4).all()
    assert (batch["label.identification"][8:] < len(ids) - 4).all()
    assert (batch["label.kind"][:8] == MISSING).all()
    assert run.learner.locator is not None and run.epoch == 2


def test_a_new_task_is_a_field(pictures: Path, tmp_path: Path) -> None:
    labels = read_labels(pictures / "labels.json")
    finishes = {key: replace(label, more={"finish": "holo" if int(key[-5]) % 2 else "matt"}) for key, label in labels.items()}
    write_labels(pictures / "labels.json", finishes)
    run = train(quick(pictures, epochs=1, tasks=("identification", "finish", "type")), tmp_path / "run")
    assert run.lesson.task_classes["finish"] == ["holo", "matt"]
    assert run.lesson.task_classes["type"] == ["Joker", "Planet", "Spectral", "Tarot"]  # from the names
    with pytest.raises(SettingsError, match="no task 'wings'"):
        begin(quick(pictures, tasks=("wings",)), tmp_path / "other")


def test_a_task_may_learn_from_some_data_only(pictures: Path, tmp_path: Path) -> None:
    labels = read_labels(pictures / "labels.json")
    copies = tmp_path / "augmented"
    copies.mkdir()
    entries = {}
    for key, label in labels.items():
        name = key.replace(".png", "_aug1.png")
        Image.fromarray(picture(int(key[7]), label.modifier, 99)).save(copies / name)
        entries[name] = replace(label, parent=key, augmentation="test")
    write_labels(copies / "augmented.json", entries)
    options = TaskOptions(data={"modifier": ("originals",)})
    run = begin(quick(pictures, data=("originals", "augmented"), task_options=options), tmp_path / "run")
    train_side = run.lesson.sides["train"]
    copied = ~train_side.is_original
    assert copied.sum() == train_side.is_original.sum() > 0
    assert (train_side.labels["modifier"][copied] == MISSING).all() and (train_side.labels["identification"] != MISSING).all()
    assert all(side.is_original.all() for name, side in run.lesson.sides.items() if name != "train")


def test_class_weights_by_name(pictures: Path, tmp_path: Path) -> None:
    options = TaskOptions(class_weights={"modifier": {"Negative": 3.0}, "identification": {"Egg": 2.0}})
    run = begin(quick(pictures, task_options=options), tmp_path / "run")
    weights = run.objective.specs["modifier"].class_weights
    assert weights is not None and weights.tolist() == [1, 1, 1, 1, 3]
    names = run.objective.specs["identification"].class_weights
    assert names is not None and names[run.lesson.task_classes["identification"].index("j_egg")] == 2
    with pytest.raises(SettingsError, match="no class Shiny"):
        begin(quick(pictures, task_options=TaskOptions(class_weights={"modifier": {"Shiny": 2.0}})), tmp_path / "other")


def test_balanced_class_weights(pictures: Path, tmp_path: Path) -> None:
    run = begin(quick(pictures, task_options=TaskOptions(class_weights={"modifier": "balanced"})), tmp_path / "run")
    column = run.lesson.sides["train"].labels["modifier"]
    weights = run.objective.specs["modifier"].class_weights
    assert weights is not None
    sums = [float(weights[c]) * (column == c).sum() for c in range(2)]
    assert sums[0] == pytest.approx(sums[1])


def test_cards_that_are_never_learned(pictures: Path, tmp_path: Path) -> None:
    run = begin(quick(pictures, holdout_names=0.25), tmp_path / "run")
    held = run.lesson.sides["holdout"]
    assert len(held.keys) == 8 and len(run.lesson.task_classes["identification"]) == 3
    assert (held.labels["identification"] == MISSING).all() and (held.labels["modifier"] != MISSING).all()


def test_start_keeps_classes_by_name(pictures: Path, tmp_path: Path) -> None:
    first = train(quick(pictures, epochs=1), tmp_path / "first")
    more = save_pictures(tmp_path / "more", names=("Aura", "Blueprint", "Egg"))
    second = begin(quick(more, pretrained=str(tmp_path / "first")), tmp_path / "second")
    old, new = first.lesson.task_classes["identification"], second.lesson.task_classes["identification"]
    assert old != new
    rows = second.encoder.state_dict()["heads.identification.prototypes"]
    wanted = torch.nn.functional.normalize(first.average.values["encoder.heads.identification.prototypes"], dim=1)
    for name in ("j_egg", "c_aura"):
        assert torch.allclose(torch.nn.functional.normalize(rows[new.index(name)], dim=0), wanted[old.index(name)], atol=1e-6)


# What is wrong is said.


def test_a_loss_that_is_no_number_stops(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin(quick(pictures, epochs=3), tmp_path / "run")
    parts = Objective.parts

    def broken(self: Objective, *args: object) -> object:
        losses = parts(self, *args)  # type: ignore[arg-type]
        if run.step == run.epoch_steps + 1:
            losses["modifier"] = (losses["modifier"][0] * float("nan"), losses["modifier"][1])
        return losses

    monkeypatch.setattr(Objective, "parts", broken)
    with pytest.raises(TrainingError, match=r"the loss of modifier is no number at step 4 \(epoch 2\)"):
        finish(run)
    state = load_state(tmp_path / "run")
    assert state["epoch"] == 1 and all(torch.isfinite(value).all() for value in state["model"].values())


def test_a_full_disk_keeps_the_last_state(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = quick(pictures, epochs=1)
    train(settings, tmp_path / "run")
    before = (tmp_path / "run" / LAST).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("balatro.train_model.run.checkpoint.write_bytes", full)
    with pytest.raises(ModelError, match=r"No space left on device\); the one before it is whole"):
        finish(resume(tmp_path / "run", changed=replace(settings, epochs=2)))
    assert (tmp_path / "run" / LAST).read_bytes() == before


def test_missing_pictures_are_told(pictures: Path, tmp_path: Path) -> None:
    next(pictures.glob("*.png")).unlink()
    with pytest.raises(LabelError, match="1 of 32 labelled pictures are missing"):
        begin(quick(pictures), tmp_path / "run")


def test_a_corrupt_picture_is_left_out(pictures: Path, tmp_path: Path) -> None:
    broken = sorted(pictures.glob("*.png"))[3]
    broken.write_bytes(broken.read_bytes()[:100])
    run = train(quick(pictures, epochs=1), tmp_path / "run")
    assert any(broken.name in note for note in run.lesson.notes)
    assert sum(len(side.keys) for side in run.lesson.sides.values()) == 31


def test_a_single_picture_and_an_empty_class(tmp_path: Path) -> None:
    folder = save_pictures(tmp_path / "pictures", modifiers=("Base",))
    labels = read_labels(folder / "labels.json")
    Image.fromarray(picture(77)).save(folder / "lone.png")
    write_labels(folder / "labels.json", {**labels, "lone.png": CardLabel(name="Judgement", modifier="Base")})
    run = train(quick(folder, epochs=1), tmp_path / "run")
    assert "lone.png" in run.lesson.sides["train"].keys
    notes = " ".join(run.lesson.notes)
    assert "Judgement" in notes and "no picture to train on shows Foil, Holographic, Polychrome, Negative" in notes


@pytest.mark.parametrize("changed", ["labels", "more"])
def test_changed_classes_are_not_resumed(pictures: Path, tmp_path: Path, changed: str) -> None:
    train(quick(pictures, epochs=1), tmp_path / "run")
    labels = read_labels(pictures / "labels.json")
    if changed == "labels":
        labels = {key: replace(label, name="Stuntman" if label.name == "Egg" else label.name) for key, label in labels.items()}
    else:
        Image.fromarray(picture(77)).save(pictures / "lone.png")
        labels["lone.png"] = CardLabel(name="Judgement", modifier="Base")
    write_labels(pictures / "labels.json", labels)
    with pytest.raises(ModelError, match=r"classes of identification have changed since: .*new"):
        resume(tmp_path / "run")


def test_a_checkpoint_of_another_backbone(pictures: Path, tmp_path: Path) -> None:
    train(quick(pictures, epochs=1), tmp_path / "run")
    state = load_state(tmp_path / "run")
    state["settings"]["backbone"] = "cardnet"
    save_state(tmp_path / "run" / LAST, {key: value for key, value in state.items() if key != "format"})
    with pytest.raises(ModelError, match="weights of another network than cardnet"):
        resume(tmp_path / "run")


def test_no_pictures_of_a_task(tmp_path: Path) -> None:
    folder = save_pictures(tmp_path / "pictures")
    labels = {key: replace(label, modifier="") for key, label in read_labels(folder / "labels.json").items()}
    write_labels(folder / "labels.json", labels)
    assert list(begin(quick(folder), tmp_path / "run").lesson.tasks) == ["identification"]
    with pytest.raises(LabelError, match="no picture to train on has a 'modifier'"):
        begin(quick(folder, tasks=("identification", "modifier")), tmp_path / "other")


def test_settings_survive_a_checkpoint(pictures: Path, tmp_path: Path) -> None:
    options = TaskOptions(data={"modifier": ("originals",)}, class_weights={"modifier": {"Foil": 2.0}}, loss={"": "focal"})
    settings = quick(pictures, task_options=replace(options, loss={}), scheduler=Cosine(tmax=3), freeze_heads=("modifier",))
    run = train(settings, tmp_path / "run")
    assert resume(tmp_path / "run").settings == run.settings == settings


def test_a_batch_must_be_shared_evenly(pictures: Path) -> None:
    from balatro.train_model.run.batches import check_shares

    check_shares(quick(pictures, batch_size=8), 2)
    with pytest.raises(SettingsError, match="--batch-size is 6, for 4 processes"):
        check_shares(quick(pictures, batch_size=6), 4)
    with pytest.raises(SettingsError, match="--screens is 1, for 2 processes"):
        check_shares(TrainSettings(screens=1), 2)


def test_rows_of_a_batch_are_shared(pictures: Path, tmp_path: Path) -> None:
    run = begin(quick(pictures), tmp_path / "run")
    whole = batch_at(run.source, 1)
    parts = [batch_at(replace(run.source, rank=rank, world=2), 1) for rank in (0, 1)]
    for name, value in whole.items():
        assert np.array_equal(torch.cat([part[name] for part in parts]), value)

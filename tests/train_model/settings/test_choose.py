"""Flags and TOML files become settings; what does not fit is one line."""

from pathlib import Path

import pytest

from balatro.errors import SettingsError
from balatro.render.deck import save_deck
from balatro.train_model.settings.choose import change_settings, choose_settings
from balatro.train_model.settings.early import choose_data, read_size
from balatro.train_model.settings.options import BY_KEY, OPTIONS, read_config, write_config
from balatro.train_model.settings.settings import TrainSettings
from balatro.train_model.settings.strategies.optimizers import AdamW, Group, Simple
from balatro.train_model.settings.strategies.schedulers import Cosine, Plateau, Warmup
from tests.train_model.tiny_deck import tiny_deck
from tests.train_model.tiny_pictures import save_pictures

PICTURES = {"input": "cards"}

MISSION = {
    # The flags of the mission's document, each with a value it takes, and where it lands.
    "tasks": (["identification"], lambda s: s.tasks == ("identification",)),
    "epochs": (7, lambda s: s.epochs == 7),
    "patience": (10, lambda s: s.patience == 10),
    "checkpoint_interval": (2, lambda s: s.checkpoint_interval == 2),
    "use_weighted_sampler": (True, lambda s: s.use_weighted_sampler),
    "batch_size": (64, lambda s: s.batch_size == 64),
    "freeze_strategy": ("all", lambda s: s.freeze_strategy == "all"),
    "optimizer": ("group", lambda s: s.optimizer == Group()),
    "scheduler": ("plateau", lambda s: s.scheduler == Plateau()),
    "optimizer_lr": (1e-3, lambda s: s.optimizer == Simple(lr=1e-3)),
    "image_size": ("224", lambda s: s.image_size == (224, 224)),
    "backbone": ("resnet18", lambda s: s.backbone == "resnet18"),
    "seed": (3, lambda s: s.seed == 3),
    "workers": (2, lambda s: s.workers == 2),
    "val_split": (0.2, lambda s: s.val_split == 0.2),
}


@pytest.mark.parametrize("key", MISSION)
def test_every_flag_lands(key: str) -> None:
    value, landed = MISSION[key]
    assert landed(choose_settings({**PICTURES, key: value}))


def test_defaults_of_pictures_are_the_missions() -> None:
    settings = choose_settings(PICTURES)
    assert settings.data == ("originals",) and settings.batch_size == 32 and settings.epochs == 20
    assert settings.optimizer == Simple(lr=1e-4) and settings.freeze_strategy == "none"


def test_defaults_of_a_deck_are_those_of_the_art_road() -> None:
    settings = choose_settings({"deck": "game"})
    assert settings == TrainSettings(deck="game") and settings.optimizer == AdamW() and settings.scheduler == Warmup()
    both = choose_settings({"deck": "game", "data": ["originals,rendered"], "steps": 100})
    assert both.data == ("originals", "rendered") and both.optimizer == AdamW() and (both.steps, both.minutes) == (100, 0)


STRATEGY_FLAGS = {
    "group": {"optimizer": "group", "optimizer_lr_backbone": 1e-6, "optimizer_lr_heads": 1e-3, "optimizer_weight_decay": 0.01},
    "cosine": {"scheduler": "cosine", "scheduler_tmax": 50, "scheduler_eta_min": 1e-6},
    "plateau": {"scheduler": "plateau", "scheduler_factor": 0.5, "scheduler_patience": 2},
    "step": {"scheduler": "step", "scheduler_step_size": 5, "scheduler_gamma": 0.5},
    "restarts": {"scheduler": "restarts", "scheduler_t0": 5, "scheduler_tmult": 2},
    "onecycle": {"scheduler": "onecycle", "scheduler_max_lr": 1e-3},
    "warmup": {"scheduler": "warmup", "scheduler_warmup": 7},
}


@pytest.mark.parametrize("name", STRATEGY_FLAGS)
def test_strategies_take_their_flags(name: str) -> None:
    settings = choose_settings({**PICTURES, **STRATEGY_FLAGS[name]})
    prefix = "optimizer" if name == "group" else "scheduler"
    told = settings.to_dict()[prefix]
    assert told["name"] == name
    for key, value in STRATEGY_FLAGS[name].items():
        assert key == prefix or told[key.removeprefix(f"{prefix}_")] == value


WRONG = [
    ({"optimizer_lr_heads": 1e-3}, "--optimizer-lr-heads was given, but the optimizer `simple` does not use it"),
    ({"scheduler": "step", "scheduler_tmax": 3}, "--scheduler-tmax was given, but the scheduler `step` does not use it"),
    ({"optimizer": "sgd"}, "no optimizer `sgd`"),
    ({"deck": "game", "data": ["originals"]}, "--deck was given, but this run has no drawn screens"),
    ({"crops": 8}, "--crops was given, but this run has no drawn screens"),
    ({"mix_alpha": 0.3}, "--mix-alpha was given, but nothing uses it; give --mix"),
    ({"unfreeze_every": 3}, "--unfreeze-every was given, but nothing uses it; give --freeze-strategy"),
    ({"epochs": 3, "steps": 5}, "--epochs and --steps were given; give one of them"),
    ({"data": ["guesses"]}, "no data guesses"),
    ({"freeze_strategy": "some"}, "no freeze_strategy 'some'"),
    ({"loss": ["hinge"]}, "no loss 'hinge'"),
    ({"loss_gamma": 2.0}, "--loss-gamma was given, but no loss of this run uses it"),
    ({"head": ["identification=huge"]}, "no head 'huge'"),
    ({"transform": ["wild"]}, "no transform 'wild'"),
    ({"task_weight": ["0.5"]}, "expected TASK=VALUE"),
    ({"task_weight": ["modifier=much"]}, "expected a number"),
    ({"class_weights": ["modifier=Negative"]}, "expected balanced, or NAME:WEIGHT"),
    ({"task_data": ["modifier=guesses"]}, "choose from: originals"),
    ({"image_size": "huge"}, "expected 224 or WIDTHxHEIGHT"),
    ({"image_size": "2000"}, "16 to 1024"),
    ({"val_split": 1.5}, "give a share of 0 to 1"),
    ({"batch_size": 1}, "give 2 or more"),
]


@pytest.mark.parametrize(("given", "told"), WRONG)
def test_what_does_not_fit_is_told(given: dict, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        choose_settings({**PICTURES, **given})
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_picture_flags_need_pictures() -> None:
    with pytest.raises(SettingsError, match="--batch-size was given, but this run has no pictures"):
        choose_settings({"deck": "demo", "batch_size": 8})


def test_options_of_tasks() -> None:
    given = {
        "task_weight": ["modifier=0.5"], "class_weights": ["modifier=Negative:3,Foil:2", "identification=balanced"],
        "loss": ["identification=arcface", "modifier=focal"], "loss_gamma": 3.0, "loss_margin": 0.3,
        "head": ["modifier=improved"], "transform": ["light"], "task_data": ["modifier=originals"],
    }  # fmt: skip
    options = choose_settings({**PICTURES, **given}).task_options
    assert options.weight == {"modifier": 0.5} and options.head == {"modifier": "improved"}
    assert options.transform == {"": "light"}
    assert options.class_weights == {"modifier": {"Negative": 3.0, "Foil": 2.0}, "identification": "balanced"}
    assert options.loss == {"identification": "arcface", "modifier": "focal"}
    assert options.loss_options == {"modifier": {"gamma": 3.0}, "identification": {"margin": 0.3}}
    smoothed = choose_settings({**PICTURES, "loss_label_smoothing": 0.1}).task_options.loss_options
    assert smoothed == {"identification": {"margin": 0.1, "label_smoothing": 0.1}, "modifier": {"label_smoothing": 0.1}}


def test_what_is_learned_from_follows_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing to learn from"):
        choose_data({})
    (tmp_path / "data" / "art").mkdir(parents=True)
    save_deck(tiny_deck(), tmp_path / "data" / "art" / "game")
    assert choose_data({}) == ("rendered",)
    save_pictures(tmp_path / "data" / "dataset_default", copies=1)
    assert choose_data({}) == ("originals",)
    (tmp_path / "data" / "augmented").mkdir()
    (tmp_path / "data" / "augmented" / "augmented.json").write_text("{}", encoding="utf-8")
    assert choose_data({}) == ("originals", "augmented")
    assert choose_data({"deck": "game"}) == ("rendered",)
    assert choose_data({"input": str(tmp_path / "other")}) == ("originals",)


def test_a_resumed_run_changes_its_strategy_only() -> None:
    before = choose_settings(PICTURES)
    after = change_settings(before, {"epochs": 40, "freeze_strategy": "mid", "scheduler": "cosine", "optimizer_lr": 1e-5})
    assert (after.epochs, after.freeze_strategy, after.scheduler) == (40, "mid", Cosine())
    assert after.optimizer == Simple(lr=1e-5)
    with pytest.raises(SettingsError, match="--backbone cannot change"):
        change_settings(before, {"backbone": "resnet18"})


def test_toml_and_back(tmp_path: Path) -> None:
    given = {"epochs": 30, "tasks": ["identification", "modifier"], "optimizer-lr": 0.001, "image_size": "224", "flip": True}
    write_config(tmp_path / "my.toml", given)
    start, read = read_config(tmp_path / "my.toml")
    assert start == {}
    assert read == {key.replace("-", "_"): value for key, value in given.items()}
    assert choose_settings({**read, **PICTURES}).optimizer == Simple(lr=0.001)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("epoch = 3", "'epoch' is no setting of training; the nearest: epochs"),
        ("epochs = true", "epochs is True, expected int"),
        ('epochs = "3"', "epochs is '3', expected int"),
        ("tasks = 3", "tasks is 3, expected a list of texts"),
        ("name = 3", "name is 3, expected str"),
        ("nam = 'x'", "the nearest: name"),
        ('report = "no"', "report is 'no', expected bool"),
        ("epochs = ", "not readable as TOML"),
    ],
)
def test_a_bad_toml_is_one_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "my.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_config(tmp_path / "my.toml")
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_sizes() -> None:
    assert read_size("96x128") == (96, 128) and read_size("224") == (224, 224)


def test_the_table_is_whole() -> None:
    assert len(BY_KEY) == len(OPTIONS) and all(option.help.endswith(".") for option in OPTIONS)


@pytest.mark.parametrize("slip", [{"minutes": float("nan")}, {"minutes": float("inf")}, {"seed": 2**63}])
def test_numbers_that_no_run_can_use_are_one_line(slip: dict[str, float]) -> None:
    name = next(iter(slip))
    with pytest.raises(SettingsError, match=f"^{name} is .*; give "):
        TrainSettings(**slip)  # type: ignore[arg-type]


def test_the_highest_seed_is_taken() -> None:
    assert TrainSettings(seed=2**63 - 1).seed == 2**63 - 1

"""`balatro train`, `balatro pretrain`, `balatro export`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.paths import model_dir, runs_dir
from balatro.train_model.settings import TrainSettings, pretrain_settings
from balatro.utils.errors import MissingPartError, SettingsError
from balatro.utils.extras import how_to_install
from balatro.utils.files import check_place, write_bytes
from balatro.utils.names import checked_name

if TYPE_CHECKING:
    from balatro.train_model.loop import Run

DEFAULTS = TrainSettings()
LOG = "pretrain_log.jsonl"
"""Beside the weights: how they were learned."""

Minutes = Annotated[
    float | None, typer.Option(min=0.1, help="Time for the whole command; 60 when no --steps are given.", show_default=False)
]
Steps = Annotated[int | None, typer.Option(min=1, help="Steps of training, instead of --minutes.", show_default=False)]
Name = Annotated[
    str | None, typer.Option(help="What the run and the model are called; the deck's name when left out.", show_default=False)
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed, deck and steps give the same model on one machine.")]
Workers = Annotated[
    int, typer.Option(min=0, help="Processes that draw the screens. Their number does not change what is drawn.")
]
Backbone = Annotated[str, typer.Option(help="Network that reads the cards: cardnet, cardnet_large, or one of timm's.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with the run of this name from its last checkpoint. Its own settings count, any given here are ignored.",
    ),
]
Screens = Annotated[int, typer.Option(min=1, help="Drawn screens a step.")]
Crops = Annotated[int, typer.Option(min=2, help="Cards a step.")]
Rate = Annotated[float, typer.Option("--learning-rate", min=0, help="Highest learning rate.")]


def train(
    deck: Annotated[str, typer.Option(help="Deck to learn: `game`, `demo`, another name, or a deck's folder.")] = "game",
    minutes: Minutes = None,
    steps: Steps = None,
    name: Name = None,
    seed: Seed = DEFAULTS.seed,
    backbone: Backbone = DEFAULTS.backbone,
    pretrained: Annotated[
        bool, typer.Option("--pretrained", help="Start a timm network from ImageNet weights (needs the net).")
    ] = False,
    start: Annotated[
        str, typer.Option(help="Weights to start from: `package`, `none`, a run's folder, or a .pth file.")
    ] = "package",
    workers: Workers = DEFAULTS.workers,
    device: Device = DEFAULTS.device,
    screens: Screens = DEFAULTS.screens,
    crops: Crops = DEFAULTS.crops,
    learning_rate: Rate = DEFAULTS.learning_rate,
    resume: Resume = False,
) -> None:
    """Train on endless drawn screens of a deck, then write the model to data/models/NAME.

    No label is typed and no screenshot is needed: the screens are drawn with their truth. Ctrl+C saves; --resume goes on.

    Examples:

    \b
      balatro train --deck game
      balatro train --deck demo --minutes 10 --name quick
      balatro train --name quick --resume
    """
    settings = replace(
        DEFAULTS, deck=deck, seed=seed, backbone=backbone, pretrained=pretrained, start=start, workers=workers, device=device,
        screens=screens, crops=crops, learning_rate=learning_rate, **_length(minutes, steps),
    )  # fmt: skip
    name = checked_name(name or Path(deck).name)
    check_place(model_dir(name), "model.json")
    folder = runs_dir() / name
    with _told_to_resume(folder):
        run = run_training(settings, folder, resume)
    finish_bundle(run, model_dir(name))
    typer.echo(f"Try it: balatro identify screenshot.png --model {name}")


def pretrain(
    minutes: Minutes = None,
    steps: Steps = None,
    name: Annotated[str, typer.Option(help="What the run is called.")] = "pretrain",
    cards: Annotated[int, typer.Option(min=2, help="How many invented cards to learn from.")] = DEFAULTS.num_invented,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the weights; left out: `weights` in the run's folder.", show_default=False)
    ] = None,
    seed: Seed = DEFAULTS.seed,
    backbone: Backbone = DEFAULTS.backbone,
    start: Annotated[str, typer.Option(help="Weights to start from: `none`, a run's folder, or a .pth file.")] = "none",
    workers: Workers = DEFAULTS.workers,
    device: Device = DEFAULTS.device,
    screens: Screens = DEFAULTS.screens,
    crops: Crops = DEFAULTS.crops,
    learning_rate: Rate = DEFAULTS.learning_rate,
    resume: Resume = False,
) -> None:
    """Make the weights that come with the package: train on invented cards, never on a game's art.

    Writes encoder.onnx, locator.onnx, start.pth, weights.json and the log to runs/NAME/weights.

    Examples:

    \b
      balatro pretrain --minutes 120
      balatro pretrain --minutes 120 --resume
    """
    settings = replace(
        DEFAULTS, num_invented=cards, seed=seed, backbone=backbone, start=start, workers=workers, device=device,
        screens=screens, crops=crops, learning_rate=learning_rate, **_length(minutes, steps),
    )  # fmt: skip
    folder = runs_dir() / checked_name(name)
    with _told_to_resume(folder):
        run = run_training(pretrain_settings(settings), folder, resume)
    finish_weights(run, out or folder / "weights")


def export(
    run: Annotated[Path, typer.Argument(help="A run's name, its folder, or a checkpoint.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the model; left out: data/models/<run>.", show_default=False)
    ] = None,
) -> None:
    """Write the model of a run, also of an unfinished one: ONNX files and model.json.

    Examples:

    \b
      balatro export game
      balatro export runs/game/checkpoint_last.pth --out trial
    """
    _need_torch()
    from balatro.train_model.loop import resume as resume_run

    path = runs_dir() / run if (runs_dir() / run).is_dir() and run.name == str(run) else run
    loaded = resume_run(path)
    folder = out or model_dir(checked_name(loaded.folder.name))
    check_place(folder, "model.json")
    finish_bundle(loaded, folder)


def run_training(settings: TrainSettings, folder: Path, resume: bool = False) -> Run:
    """Train to the end in `folder`; with resume, go on with the run that is there (its own settings count)."""
    _need_torch()
    from balatro.train_model import loop

    run = loop.resume(folder) if resume else loop.begin(settings, folder)
    loop.finish(run)
    return run


@contextmanager
def _told_to_resume(folder: Path) -> Iterator[None]:
    """On Ctrl+C say how to go on, when there is something to go on from."""
    try:
        yield
    except KeyboardInterrupt:
        from balatro.train_model.checkpoint import LAST

        if (folder / LAST).is_file():
            typer.echo("saved; go on with the same command and --resume", err=True)
        raise


def finish_bundle(run: Run, folder: Path) -> dict[str, Any]:
    """Calibrate a run and write its bundle; returns model.json."""
    from balatro.models.bundle import describe, save_bundle
    from balatro.render.deck import deck_hash
    from balatro.train_model.calibrate import calibrate
    from balatro.train_model.loop import averaged, sample_cards

    encoder, locator = averaged(run)
    measured = calibrate(encoder, locator, run.recipe, run.settings.seed)
    text = describe(
        folder.name,
        run.lesson.deck.name,
        encoder,
        cards=[dict(card.__dict__) for card in run.lesson.classes],
        twins=[list(pair) for pair in run.lesson.twins],
        data_hash=deck_hash(run.lesson.own_deck),
        training={"steps": run.step, "minutes": round(run.seconds / 60, 1), "settings": _told_settings(run)},
        **measured,
    )
    difference = save_bundle(folder, encoder, locator, text, sample_cards(run))
    _report(folder, text["scores"], difference)
    return text


def finish_weights(run: Run, folder: Path) -> dict[str, Any]:
    """Calibrate a run on invented cards and write its weights as the package holds them; returns weights.json."""
    from balatro.models.bundle import describe, save_package_weights
    from balatro.train_model.calibrate import calibrate
    from balatro.train_model.loop import LOG as RUN_LOG
    from balatro.train_model.loop import averaged, sample_cards

    encoder, locator = averaged(run)
    measured = calibrate(encoder, locator, run.recipe, run.settings.seed)
    measured["tasks"].pop("identification")
    measured["scores"] = {name: measured["scores"][name] for name in ("on", "modifier", "kind", "found", "false_finds")}
    training = {"steps": run.step, "minutes": round(run.seconds / 60, 1), "settings": _told_settings(run)}
    text = describe("package", "invented", encoder, cards=[], twins=[], training=training, **measured)
    difference = save_package_weights(folder, encoder, locator, text, sample_cards(run))
    write_bytes(folder / LOG, (run.folder / RUN_LOG).read_bytes())
    _report(folder, text["scores"], difference)
    return text


def _told_settings(run: Run) -> dict[str, Any]:
    """The settings as a model tells them: names instead of places on this machine."""
    return {name: Path(value).name if name in ("deck", "start") else value for name, value in run.settings.to_dict().items()}


def _report(folder: Path, scores: dict[str, Any], difference: float) -> None:
    told = ", ".join(
        f"{name.replace('_', ' ')} {100 * value:.1f} %" for name, value in scores.items() if isinstance(value, float)
    )
    typer.echo(f"{folder}: written")
    typer.echo(f"on {scores['on']} that training never saw: {told}")
    typer.echo(f"ONNX Runtime and torch differ by at most {difference:.1g}")


def _length(minutes: float | None, steps: int | None) -> dict[str, Any]:
    if minutes is not None and steps is not None:
        raise SettingsError("both --minutes and --steps were given; give one of them")
    return {"steps": steps or 0, "minutes": minutes or DEFAULTS.minutes}


def _need_torch() -> None:
    # Threads that wait in circles take the cores away from the processes that draw: measured 20 times slower on two cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import onnx  # noqa: F401  (written with at the very end)
        import torch  # noqa: F401
    except (ImportError, OSError) as error:  # OSError: torch is there, but a library that it loads is not
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise MissingPartError(f"training needs torch and onnx ({reason}): {how_to_install('train')}") from error

"""`balatro train`, `balatro pretrain`, `balatro compare`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import model_dir, runs_dir
from balatro.errors import MissingPartError, SettingsError
from balatro.train_model.settings.options import OPTIONS, read_config, write_config
from balatro.utils.extras import how_to_install
from balatro.utils.files import check_place
from balatro.utils.flags import completion
from balatro.utils.flags.options import with_options
from balatro.utils.names import checked_name

if TYPE_CHECKING:
    from balatro.train_model.run.run import Run
    from balatro.train_model.settings.settings import TrainSettings

GIVEN = "config.toml"
"""In a run's folder: the flags it was started with."""
CARDS = "cards"
"""What a run of labelled pictures is called when nothing else names it."""


@with_options(OPTIONS, own_defaults=False)
def train(
    name: Annotated[
        str | None, typer.Option(help="What the run and the model are called.", show_default="the deck's or the folder's name")
    ] = None,
    log_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of the run, with its TensorBoard logs.", show_default="runs/NAME", metavar="DIR"),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            help="Go on with a run (its name, its folder, or a checkpoint). Flags given here change its strategy or length.",
            metavar="RUN",
            show_default=False,
            autocompletion=completion.runs,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="TOML file with any of the flags below, name, log-dir, report; flags win.", show_default=False),
    ] = None,
    find_lr: Annotated[
        bool, typer.Option("--find-lr", help="Try learning rates for a minute, draw their losses, and train nothing.")
    ] = False,
    report: Annotated[
        bool | None, typer.Option("--report/--no-report", help="Write the report at the end.", show_default="report")
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Keep the new model, even where an older one reads better, which stays beside it."),
    ] = False,
    list_choices: Annotated[bool, typer.Option("--list", help="List tasks, networks, losses, strategies, and stop.")] = False,
    **given: Any,
) -> None:
    """Train on labelled pictures, on drawn screens of a deck, or on both, and write the model to data/models/NAME.

    With --deck no label is typed: the screens are drawn with their truth. Without, it learns from data/dataset_default and
    data/augmented. Ctrl+C saves; --resume goes on. Watch it with `tensorboard --logdir runs/NAME`.

    Examples:

    \b
      balatro train --deck game                              # the art road: an hour, no label
      balatro train --epochs 20 --batch-size 32              # the capture road: your labelled pictures
      balatro train --data originals,rendered --deck game    # both together
      balatro train --tasks identification --epochs 7 --freeze-strategy all --use-weighted-sampler
      balatro train --resume cards --epochs 50 --freeze-strategy mid --optimizer group
      balatro train --input pokemon/ --name pokemon          # another game: a folder of named pictures
      torchrun --nproc-per-node 4 -m balatro.train_model --epochs 20
    """
    if list_choices:
        _list_choices()
        return
    start, flags = read_config(config) if config else ({}, {})
    flags |= {key: value for key, value in given.items() if value is not None}
    name = name or start.get("name")
    log_dir = log_dir or (Path(start["log_dir"]) if "log_dir" in start else None)
    if resume is None:
        from balatro.train_model.settings.early import check_early

        check_early(flags, name)
    need_torch()
    if resume is not None:
        run = _resumed(resume, flags, log_dir)
        name = checked_name(name or run.folder.name)
        check_place(model_dir(name), MODEL_FILE)
    else:
        settings = _settings(flags)
        folder = _run_folder(name, log_dir, settings)
        name = checked_name(name or folder.name)
        check_place(model_dir(name), MODEL_FILE)
        run = _begun(settings, folder, flags)
    if find_lr:
        from balatro.train_model.run.find_lr import find_learning_rate

        typer.echo(find_learning_rate(run))
        return
    _finish(run)
    if run.is_first:
        _write(run, model_dir(name), start.get("report", True) if report is None else report, replace)
        typer.echo(f"Try it: balatro identify screenshot.png --model {name}")


def pretrain(
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="Time for the whole command.", show_default="60 without --steps")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps, instead of --minutes.", show_default=False)] = None,
    name: Annotated[str, typer.Option(help="What the run is called.")] = "pretrain",
    cards: Annotated[int, typer.Option(min=2, help="How many invented cards to learn from.")] = 16_000,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the weights; left out: `weights` in the run's folder.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and steps give the same weights on one machine.")] = 0,
    backbone: Annotated[str, typer.Option(help="Network that reads the cards.")] = "cardnet",
    pretrained: Annotated[str, typer.Option(help="Weights to start from: `no`, a run, or a .pth file.")] = "no",
    workers: Annotated[int, typer.Option(min=0, help="Processes that draw the screens.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    screens: Annotated[int, typer.Option(min=1, help="Drawn screens a step.")] = 8,
    crops: Annotated[int, typer.Option(min=2, help="Cards a step.")] = 96,
    lr: Annotated[float, typer.Option(min=0.0, help="Highest learning rate; lower for weights that go on learning.")] = 2e-3,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run of this name; its own settings count.")] = False,
) -> None:
    """Make the weights that come with the package: train on invented cards, never on a game's art.

    Writes encoder.onnx, locator.onnx, start.pth, weights.json and the log to runs/NAME/weights.

    Examples:

    \b
      balatro pretrain --minutes 120
      balatro pretrain --minutes 120 --resume
    """
    from balatro.train_model.settings.early import check_early

    given = {
        "minutes": minutes, "steps": steps, "seed": seed, "backbone": backbone, "pretrained": pretrained, "workers": workers,
        "device": device, "screens": screens, "crops": crops, "deck": "invented",
    }  # fmt: skip
    flags = {key: value for key, value in given.items() if value is not None}
    check_early(flags, name)
    need_torch()
    from balatro.train_model.run.finish import finish_weights
    from balatro.train_model.settings.choose import choose_settings
    from balatro.train_model.settings.settings import pretrain_settings
    from balatro.train_model.settings.strategies.optimizers import AdamW

    settings = choose_settings(flags, _defaults(num_invented=cards, optimizer=AdamW(lr)))
    folder = runs_dir() / name
    run = _resumed(str(folder), {}, None) if resume else _begun(pretrain_settings(settings), folder, {})
    _finish(run)
    if run.is_first:
        finish_weights(run, out or folder / "weights")


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(help="Names or folders of runs.", metavar="RUN...", show_default=False, autocompletion=completion.runs),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the page.", metavar="DIR")] = Path("comparison"),
) -> None:
    """Lay runs side by side: what they were set to, how they went, and how well they read each modifier.

    Example:

    \b
      balatro compare frozen unfrozen --out comparison
    """
    need_torch("comparing runs")
    from rich.console import Console

    from balatro.train_model.score.compare import PAGE, compare_runs
    from balatro.utils.outputs import check_folder_name

    check_folder_name("--out", out)
    folders = [runs_dir() / run if (runs_dir() / run).is_dir() else Path(run) for run in runs]
    comparison = compare_runs(folders, out)
    Console(markup=False).print(comparison)
    typer.echo(f"{out / PAGE}: the page, open it in a browser")


def run_training(settings: TrainSettings, folder: Path) -> Run:
    """Train a new run in `folder` to its end."""
    run = _begun(settings, folder, {})
    _finish(run)
    return run


def _settings(flags: dict[str, Any]) -> TrainSettings:
    from balatro.train_model.settings.choose import choose_settings

    return choose_settings(flags)


def _defaults(**changes: Any) -> TrainSettings:
    from balatro.train_model.settings.settings import TrainSettings

    return TrainSettings(**changes)


def _run_folder(name: str | None, log_dir: Path | None, settings: TrainSettings) -> Path:
    if log_dir is not None:
        return log_dir
    source = settings.input if settings.has_pictures else settings.deck
    place = Path(source).resolve()
    return runs_dir() / checked_name(name or ((place.parent if place.is_file() else place).name if source else CARDS))


def _begun(settings: TrainSettings, folder: Path, flags: dict[str, Any]) -> Run:
    need_torch()
    from balatro.train_model.run.run import begin

    run = begin(settings, folder, new_split=bool(flags.get("new_split")))
    if run.is_first:
        for note in run.lesson.notes:
            typer.echo(note, err=True)
        write_config(folder / GIVEN, {key: value for key, value in flags.items() if key != "new_split"})
    return run


def _resumed(name: str, flags: dict[str, Any], log_dir: Path | None) -> Run:
    from balatro.train_model.run.checkpoint import find_checkpoint, load_state
    from balatro.train_model.run.run import resume
    from balatro.train_model.settings.choose import change_settings
    from balatro.train_model.settings.settings import settings_from

    path = find_checkpoint(name)
    state = load_state(path)
    changed = change_settings(settings_from(state["settings"]), flags, state["seconds"] / 60) if flags else None
    run = resume(path, log_dir, changed)
    if run.done:
        raise SettingsError(
            f"{path}: this run is done ({run.step} steps, {run.epoch} epochs); give --epochs or --steps beyond that to go on, "
            f"or `balatro export {run.folder.name}` to write its model"
        )
    return run


def _finish(run: Run) -> None:
    """Train to the end; on Ctrl+C say how to go on, when there is something to go on from."""
    from balatro.train_model.run.checkpoint import LAST
    from balatro.train_model.run.loop import finish

    try:
        finish(run)
    except KeyboardInterrupt:
        if run.is_first and (run.folder / LAST).is_file():
            typer.echo(f"saved; go on with: balatro train --resume {_told_folder(run.folder)}", err=True)
        raise


def _told_folder(folder: Path) -> str:
    return folder.name if folder.resolve() == (runs_dir() / folder.name).resolve() else str(folder)


def _write(run: Run, folder: Path, report: bool, replace: bool) -> None:
    from balatro.identify_card.judge.contest import contest
    from balatro.train_model.run.finish import finish_bundle, finish_report

    with contest(folder, replace) as place:
        finish_bundle(run, place)
    if place == folder:
        typer.echo(f"{folder}: written")
    if report:
        page = finish_report(run)
        if page is not None:
            typer.echo(f"{page}: the report")


def _list_choices() -> None:
    from balatro.train_model.settings.choose import describe_choices

    for flag, choices in describe_choices().items():
        typer.echo(flag)
        for choice, about in choices:
            typer.echo(f"  {choice:24} {about}")


def need_torch(what: str = "training") -> None:
    """MissingPartError unless all that training needs is installed; call it before anything heavy is imported.

    what: is done with it, for the error.
    """
    # Threads that wait in circles take the cores away from the processes that draw: measured 20 times slower on two cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import lightning_fabric  # noqa: F401
        import onnx  # noqa: F401  (written with at the very end)
        import torch  # noqa: F401
    except (ImportError, OSError) as error:  # OSError: torch is there, but a library that it loads is not
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise MissingPartError(f"{what} needs torch, lightning and onnx ({reason}): {how_to_install('train')}") from error

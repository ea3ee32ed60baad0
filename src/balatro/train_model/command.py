"""`balatro pretrain`, `balatro compare`, and what opens a run and trains it to its end, for `balatro train` (cli/train.py)."""

from __future__ import annotations

import os
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import model_dir, runs_dir
from balatro.errors import MissingPartError, SettingsError
from balatro.train_model.settings.options import write_config
from balatro.train_model.settings.start import Pretrain, Start
from balatro.utils.extras import how_to_install
from balatro.utils.files import check_place
from balatro.utils.flags import completion
from balatro.utils.flags.options import options_of, take, with_options
from balatro.utils.names import checked_name
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.train_model.run.run import Run
    from balatro.train_model.settings.settings import TrainSettings

GIVEN = "config.toml"
"""In a run's folder: the flags it was started with."""
CARDS = "cards"
"""What a run of labelled pictures is called when nothing else names it."""


@with_options(options_of(Pretrain))
def pretrain(**given: Any) -> None:
    """Make the weights that come with the package: train on invented cards, never on a game's art.

    Writes encoder.onnx, locator.onnx, refiner.onnx, start.pth, weights.json and the log to runs/NAME/weights.

    Examples:

    \b
      balatro pretrain --minutes 120
      balatro pretrain --minutes 120 --resume
    """
    from balatro.train_model.settings.early import check_early

    asked = take(Pretrain, given)
    check_early(asked.settings(), asked.name)
    need_torch()
    from balatro.train_model.run.finish import finish_weights
    from balatro.train_model.settings.choose import choose_settings
    from balatro.train_model.settings.settings import pretrain_settings
    from balatro.train_model.settings.strategies.optimizers import AdamW

    settings = choose_settings(
        asked.settings(), _defaults(num_invented=asked.cards, only_refiner=asked.only_refiner, optimizer=AdamW(asked.lr))
    )
    folder = runs_dir() / asked.name
    run = _resumed(str(folder), {}, None) if asked.resume else _begun(pretrain_settings(settings), folder, {})
    train_to_end(run)
    if run.is_first:
        finish_weights(run, asked.out or folder / "weights")


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
    train_to_end(run)
    return run


def _settings(flags: dict[str, Any]) -> TrainSettings:
    from balatro.train_model.settings.choose import choose_settings

    return choose_settings(flags)


def _defaults(**changes: Any) -> TrainSettings:
    from balatro.train_model.settings.settings import TrainSettings

    return TrainSettings(**changes)


def open_run(start: Start, flags: dict[str, Any]) -> tuple[Run, str]:
    """The run, new or going on, and what its model is called."""
    if start.resume is not None:
        if start.overwrite:
            raise SettingsError("--resume goes on with a run, --overwrite begins anew; give one of them")
        run = _resumed(start.resume, flags, start.log_dir)
        return run, _model_name(start, run.folder)
    settings = _settings(flags)
    folder = _run_folder(start, settings)
    name = _model_name(start, folder)
    run = _begun(settings, folder, flags, start.overwrite)
    if run.is_first and start.name is None and start.log_dir is None and folder.name != _own_name(settings):
        typer.echo(f"{folder}: called so, as a run {_own_name(settings)} is there; --overwrite takes its place", err=True)
    return run, name


def _model_name(start: Start, folder: Path) -> str:
    name = checked_name(start.name or folder.name)
    check_place(model_dir(name), MODEL_FILE)
    return name


def _run_folder(start: Start, settings: TrainSettings) -> Path:
    """As told; else by the name of what is learned from, with a number where a run of that name is there."""
    from balatro.train_model.run.checkpoint import LAST

    if start.log_dir is not None:
        return start.log_dir
    if start.name is not None:
        return runs_dir() / checked_name(start.name)
    name = _own_name(settings)
    if start.overwrite:
        return runs_dir() / name
    folders = (runs_dir() / one for one in chain([name], (f"{name}-{number}" for number in count(2))))
    return next(folder for folder in folders if not (folder / LAST).exists())


def _own_name(settings: TrainSettings) -> str:
    """Of a run: as what it learns from is called."""
    source = settings.input if settings.has_pictures else settings.deck
    place = Path(source).resolve()
    return checked_name((place.parent if place.is_file() else place).name if source else CARDS)


def _begun(settings: TrainSettings, folder: Path, flags: dict[str, Any], overwrite: bool = False) -> Run:
    need_torch()
    from balatro.train_model.run.checkpoint import clear_run
    from balatro.train_model.run.run import begin

    run = begin(settings, folder, new_split=bool(flags.get("new_split")), overwrite=overwrite)
    if run.is_first:
        if overwrite:
            clear_run(folder)
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
            f"{path}: this run is done ({counted(run.step, 'step')}, {counted(run.epoch, 'epoch')}); "
            f"give --epochs or --steps beyond that to go on, or `balatro export {run.folder.name}` to write its model"
        )
    return run


def train_to_end(run: Run) -> None:
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

"""`balatro models …`: what models there are, what each is, and which of two of one name is used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.model_files import MODEL_FILE, WEIGHTS_FILE
from balatro.config.paths import data_dir, model_dir
from balatro.errors import BalatroError, ModelError
from balatro.utils.flags import completion
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.runtime.model_json import ModelJson

models = typer.Typer(help="Look at models, switch between two of one name, remove them.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(help="A model in the data folder, by its name.", autocompletion=lambda: completion.models()[1:])
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]


@models.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the models in the data folder. NAME.other is what NAME was, or would have been, see `balatro models use`.

    Examples:

    \b
      balatro models list
    """
    from balatro.runtime.bundle import model_names

    told = [_told_or_why_not(model_dir(name)) for name in model_names()]
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for entry in told:
        facts = (
            entry.get("error")
            or f"{entry['made']}, deck {entry['deck']}, {counted(entry['cards'], 'card')}, {entry['megabytes']} MB"
        )
        print(f"{entry['name']:<24}{facts}")
    if not told:
        print(f"no model in {data_dir() / 'models'}; `balatro art import` or `balatro demo` makes one")


@models.command("info")
def info_command(name: Name, as_json: AsJson = False) -> None:
    """Tell what a model is: how it was made, of what, and what was measured of it.

    Examples:

    \b
      balatro models info game
    """
    told = _told(_found(name))
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for key, value in told.items():
        print(f"{key:<14}{_line(value)}")


@models.command("use")
def use_command(name: Name) -> None:
    """Let NAME and NAME.other, which lies beside it since one of them was made, change places.

    Examples:

    \b
      balatro models use game
    """
    from balatro.runtime.beside import OTHER, other_of, use_other
    from balatro.utils.files import put_back

    folder = model_dir(name.removesuffix(OTHER))
    put_back(folder)
    was_there = folder.is_dir()
    use_other(folder)
    print(f"{folder}: what was {other_of(folder).name}" + ("; the two have changed places" if was_there else ""))


@models.command("remove")
def remove_command(name: Name, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove a model, with the cards that were added to it; another one beside it stays.

    Examples:

    \b
      balatro models remove game.other
    """
    folder = _found(name)
    if not yes:
        typer.confirm(f"Remove {folder}?", abort=True)
    shutil.rmtree(folder)
    print(f"{folder}: removed")


def _found(name: str) -> Path:
    from balatro.runtime.bundle import model_names
    from balatro.utils.files import put_back

    put_back(model_dir(name))
    if name not in (have := model_names()):
        raise ModelError(f"no model {name!r} in {data_dir() / 'models'}: there are {', '.join(have) or 'none yet'}")
    return model_dir(name)


def _told(folder: Path) -> dict[str, Any]:
    """The facts of a model."""
    from balatro.runtime.model_json import read_model_json
    from balatro.runtime.sessions import networks_bytes

    model = read_model_json(folder / MODEL_FILE)
    return {
        "name": folder.name,
        "folder": str(folder),
        "made": _made(folder, model),
        "deck": model.deck,
        "cards": sum(card.known for card in model.cards),
        "megabytes": round(networks_bytes(folder) / 1e6, 1),
        "tasks": list(model.tasks),
        "backbone": model.backbone,
        "scores": model.scores,
        "calibration": model.calibration,
    }


def _told_or_why_not(folder: Path) -> dict[str, Any]:
    """The same, or the model's name and what is wrong with it."""
    try:
        return _told(folder)
    except BalatroError as error:
        return {"name": folder.name, "error": str(error)}


def _made(folder: Path, model: ModelJson) -> str:
    if model.export is not None:
        return f"exported from {model.export.get('of')} ({model.export.get('format')} {model.export.get('precision')})"
    if model.training is not None:
        return f"trained, {counted(model.training.get('steps', 0), 'step')}"
    return "trained" if (folder / WEIGHTS_FILE).is_file() else "made without training"


def _line(value: Any) -> str:
    """A value for people; of scores and the like, what is no group."""
    if isinstance(value, dict):
        plain = {key: entry for key, entry in value.items() if not isinstance(entry, dict | list)}
        return ", ".join(f"{key.replace('_', ' ')} {_line(entry)}" for key, entry in plain.items()) or "-"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)

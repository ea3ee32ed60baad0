"""`balatro dataset …`: suggestions for pictures, how far the labelling is, and the forms of other tools."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import data_dir
from balatro.errors import BalatroError, InputError, SettingsError
from balatro.utils.flags import completion
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.annotate_dataset.store.store import DatasetStore
    from balatro.annotate_dataset.suggest.suggest import Suggestions

MAX_LISTED = 20
"""Unusable pictures told on the screen; the file has all."""

dataset = typer.Typer(
    help="Labelled pictures: suggestions for new ones, numbers, and the forms of other tools.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


Labels = Annotated[
    Path | None,
    typer.Option(help="Labelled pictures: a folder, or its labels.json; left out: dataset_default/ in the data folder."),
]
Encoder = Annotated[
    str | None,
    typer.Option(
        help="Name or folder of the model whose encoder looks; left out: the one of the package.",
        autocompletion=completion.models,
    ),
]


@dataset.command("suggest")
def suggest_command(
    folder: Annotated[
        Path | None, typer.Option("--input", help="New pictures, one card each; left out: screenshots/ in the data folder.")
    ] = None,
    labels: Labels = None,
    out: Annotated[Path | None, typer.Option(help="File to write; left out: suggestions.json in the data folder.")] = None,
    model: Encoder = None,
    reject: Annotated[float, typer.Option(min=-1, max=1, help="Likeness under which nothing is suggested.")] = 0.8,
    k: Annotated[int, typer.Option("--k", min=1, help="Most alike labelled pictures that may name a new one.")] = 10,
    threads: Annotated[int, typer.Option(min=0, max=64, help="CPU threads; 0 chooses.")] = 0,
) -> None:
    """Suggest name, type, rarity and modifier of new cards from the labelled cards that look most alike.

    One labelled card is enough to begin with; no model need be trained. Cards that nothing labelled is alike are left open.
    Pictures that cannot be read are listed at the end, the others are done; the exit status is 1 then.

    Examples:

    \b
      balatro dataset suggest
      balatro dataset suggest --input captures/ --reject 0.9
      balatro dataset suggest --input new/ --labels pokemon/ --out new/suggestions.json
    """
    from balatro.annotate_dataset.suggest.encoder import load_encoder
    from balatro.annotate_dataset.suggest.likeness import SuggestSettings
    from balatro.annotate_dataset.suggest.suggest import default_labels, suggest, write_suggestions

    known, new = labels or default_labels(), folder or data_dir() / "screenshots"
    path = _suggestions_path(out, [known, new, *([] if model is None else [Path(model)])])
    suggestions = suggest(new, known, load_encoder(model, threads or None), SuggestSettings(reject, k))
    if suggestions.pictures or not suggestions.failures:
        write_suggestions(path, suggestions)
        print("\n".join(_summary(path, suggestions)))
    if suggestions.failures:
        raise _bad_pictures(suggestions)


def _suggestions_path(out: Path | None, inputs: Sequence[Path]) -> Path:
    """Where suggestions are written; SettingsError when that is a folder, or the place of what is read."""
    from balatro.annotate_dataset.suggest.suggest import SUGGESTIONS
    from balatro.utils.outputs import check_text_output

    path = out or data_dir() / SUGGESTIONS
    if path.is_dir():
        raise SettingsError(f"--out {path}: a folder, expected a file to write")
    check_text_output("--out", path, inputs)
    return path


def _form_names() -> list[str]:
    """What Tab offers."""
    from balatro.annotate_dataset.forms import FORMS

    return list(FORMS)


DataDir = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder, with screenshots/ and dataset_default/; left out: the usual one."),
]
FormName = Annotated[
    str | None,
    typer.Option(
        "--form",
        help="imagefolder, csv, coco, yolo, voc, cvat, labelstudio or named; left out when importing: what it looks like.",
        autocompletion=_form_names,
    ),
]


@dataset.command("stats")
def stats_command(
    data: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON instead of lines.")] = False,
) -> None:
    """Say how far the labelling is: pictures, names by type and by modifier, missing files, what to capture next.

    Examples:

    \b
      balatro dataset stats
      balatro dataset stats --data pokemon/ --json
    """
    from balatro.annotate_dataset.stats import stats_json, stats_lines

    store = _store(data)
    if as_json:
        print(json.dumps(stats_json(store), indent=1, ensure_ascii=False))
    else:
        print("\n".join(stats_lines(store)))


@dataset.command("import")
def import_command(
    path: Annotated[Path, typer.Argument(help="A folder, a table or JSON file, or a .zip with either.")],
    form: FormName = None,
    data: DataDir = None,
    author: Annotated[str | None, typer.Option(help="Who did it, for the history; left out: your user name.")] = None,
) -> None:
    """Copy labelled pictures of another form into the dataset.

    Nothing is overwritten: a picture that is there already is left as it is, another one of the same name gets a number. The
    import can be undone in `balatro annotate`. Pictures that cannot be used are listed at the end, the others are done; the
    exit status is 1 then.

    Examples:

    \b
      balatro dataset import pokemon-pictures/ --form named
      balatro dataset import export.zip --form labelstudio
      balatro dataset import roboflow/data.yaml
      balatro dataset import annotations/instances.json --form coco --data magic/
    """
    from balatro.annotate_dataset.forms import guess_form, import_dataset
    from balatro.annotate_dataset.store.store import default_author

    if not path.exists():
        raise InputError(f"{path}: no such file or folder; check the path")
    store = _store(data)
    done = import_dataset(form or guess_form(path), path, store, author or default_author())
    there = f", {done.num_there} were there already" if done.num_there else ""
    print(f"{store.dataset}: {_pictures(len(done.pictures))} imported from the form {done.form}{there}")
    print("next:  balatro dataset stats")
    if done.failures:
        _list_failures(done.failures)
        raise InputError(f"{_pictures(len(done.failures))} could not be used (listed above); the others are done")


@dataset.command("export")
def export_command(
    out: Annotated[Path, typer.Argument(help="A new folder, or one that an earlier export made.")],
    form: Annotated[
        str, typer.Option(help="imagefolder, csv, coco, yolo, voc, cvat, labelstudio or named.", autocompletion=_form_names)
    ],
    labels: Labels = None,
    boxes: Annotated[
        bool, typer.Option("--boxes", help="Whole screens with boxes (coco, yolo, voc, cvat, labelstudio), not single cards.")
    ] = False,
) -> None:
    """Write the labelled pictures in the form of another tool.

    Examples:

    \b
      balatro dataset export yolo-cards/ --form yolo
      balatro dataset export boxes/ --form coco --boxes
      balatro dataset export sheet/ --form csv --labels data/test_subset/labels.json
    """
    from balatro.annotate_dataset.forms import FORMS, export_boxes, export_dataset
    from balatro.annotate_dataset.suggest.suggest import default_labels
    from balatro.utils.outputs import check_folder_output

    known = labels or default_labels()
    check_folder_output("OUT", out, [known])
    if boxes:
        done = export_boxes(form, known, out)
        print(f"{out}: {counted(done.num_screens, 'screen')} with {counted(done.num_boxes, 'box', 'boxes')} in the form {form}")
        if done.num_empty:
            print(f"{counted(done.num_empty, 'screen')} of them without a box, as a picture without cards", file=sys.stderr)
        if done.num_open:
            told = f"{counted(done.num_open, 'screen')} without a box left out: nobody has said that there is no card"
            print(f"{told}; accept them on the page Screens of `balatro annotate`", file=sys.stderr)
        if done.left_out:
            print(f"{counted(len(done.left_out), 'card')} left out, the first: {done.left_out[0]}", file=sys.stderr)
        return
    num = export_dataset(form, known, out)
    print(f"{out}: {_pictures(num)} in the form {form}; it keeps {', '.join(FORMS[form].keeps)}")


def _store(data: Path | None) -> DatasetStore:
    from balatro.annotate_dataset.store.store import DatasetStore

    folder = data or data_dir()
    if not folder.is_dir() and data is not None:
        raise InputError(f"{folder}: no such folder; make it, or name the data folder")
    return DatasetStore(folder)


def _pictures(num: int) -> str:
    return counted(num, "picture")


def _list_failures(failures: Sequence[str]) -> None:
    """Tell what could not be used, as `balatro identify` does."""
    for failure in failures[:MAX_LISTED]:
        print(failure, file=sys.stderr)
    if len(failures) > MAX_LISTED:
        print(f"… and {len(failures) - MAX_LISTED} more", file=sys.stderr)


def _summary(path: Path, suggestions: Suggestions) -> list[str]:
    """What was written, and what to type next."""
    num, num_all = len(suggestions.suggested), len(suggestions.pictures)
    if not num_all:
        return [f"{path}: nothing new, all pictures are labelled"]
    counts = suggestions.modifiers()
    by_modifier = ", ".join(f"{counts[modifier]} {modifier}" for modifier in MODIFIERS if counts[modifier])
    return [
        f"{path}: {num} of {num_all} pictures have a suggestion, from {suggestions.num_labelled} labelled ones"
        + (f" ({by_modifier})" if by_modifier else ""),
        f"  {num_all - num} are left open: too unlike every labelled card (--reject {suggestions.settings.reject:g})",
        "next:  balatro annotate     to confirm them",
    ]


def _bad_pictures(suggestions: Suggestions) -> BalatroError:
    num = len(suggestions.failures)
    _list_failures(suggestions.failures)
    others = "; the others are done" if suggestions.pictures else ""
    return InputError(f"{_pictures(num)} could not be used (listed above){others}")

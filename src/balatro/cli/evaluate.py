"""`balatro evaluate`: how well a model reads, on labelled screens, pictures with labelled boxes, or a split's pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from balatro.errors import SettingsError
from balatro.identify_card.command import Model, Threads, bad_pictures
from balatro.utils.flags import completion

if TYPE_CHECKING:
    from balatro.identify_card.judge.scores import Scores

WIDTH = 100
"""Columns of the table of boxes where the output is no terminal."""

Frames = Annotated[
    Path | None,
    typer.Option(help="Folder of screens of the game with their labels.jsonl.", metavar="DIR", show_default=False),
]
Boxes = Annotated[
    Path | None,
    typer.Option(
        help="Pictures with labelled boxes: a file of JSON lines or of COCO, or a YOLO folder.",
        metavar="PATH",
        show_default=False,
    ),
]
Split = Annotated[
    str | None,
    typer.Option(
        help="Labelled pictures of a side: `val`, `test`, `train` or `holdout`.",
        show_default=False,
        autocompletion=completion.one_of("val", "test", "train", "holdout"),
    ),
]
Input = Annotated[
    Path | None, typer.Option(help="With --split: folder of labelled pictures.", show_default="data/dataset_default")
]
Splits = Annotated[
    Path | None, typer.Option(help="With --split: the file of the split.", show_default="data/splits.json, or in --input")
]
Out = Annotated[
    Path | None, typer.Option(help="Folder for scores.json and misses.html, or report/.", metavar="DIR", show_default=False)
]


def evaluate(
    frames: Frames = None,
    boxes: Boxes = None,
    split: Split = None,
    input: Input = None,
    splits: Splits = None,
    model: Model = "auto",
    out: Out = None,
    threads: Threads = 0,
) -> None:
    """Score a model (cards found, names, modifiers, false names) on labelled screens, labelled boxes or a split's pictures.

    Pictures that cannot be read are listed at the end and count for nothing; the exit status is 1 then.

    Examples:

    \b
      balatro evaluate --frames my_frames --model game --out report
      balatro evaluate --boxes my_pictures/labels.jsonl --model game
      balatro evaluate --boxes instances.json --out report
      balatro evaluate --boxes my_yolo_folder
      balatro evaluate --split test --model cards
    """
    from balatro.utils.outputs import check_folder_name

    if sum(given is not None for given in (frames, boxes, split)) != 1:
        raise SettingsError("give one of --frames DIR, labelled screens, --boxes PATH, labelled boxes, or --split SIDE")
    if out is not None:
        check_folder_name("--out", out)
    if split is not None:
        _on_pictures(split, input, splits, model, out)
        return
    if input is not None or splits is not None:
        raise SettingsError("--input and --splits are for --split; --frames and --boxes have their labels beside the pictures")
    if frames is not None:
        _on_screens(frames, model, out, threads)
    elif boxes is not None:
        _on_boxes(boxes, model, out, threads)


def _on_screens(frames: Path, model: str, out: Path | None, threads: int) -> None:
    from rich.console import Console

    from balatro.identify_card.judge.evaluate import evaluate_frames
    from balatro.identify_card.judge.report import score_table
    from balatro.identify_card.recognizer import Recognizer

    recognizer = Recognizer.load(model, threads or None)
    failures: list[str] = []
    scores = evaluate_frames(recognizer, frames, failures)
    _check_read(scores, failures)
    Console(markup=False).print(score_table(scores))
    _finish(scores, recognizer.bundle.name, out, failures)


def _on_boxes(boxes: Path, model: str, out: Path | None, threads: int) -> None:
    from rich.console import Console

    from balatro.identify_card.judge.boxes.evaluate import evaluate_boxes
    from balatro.identify_card.judge.boxes.table import box_table
    from balatro.identify_card.recognizer import Recognizer

    recognizer = Recognizer.load(model, threads or None)
    failures: list[str] = []
    scores = evaluate_boxes(recognizer, boxes, failures)
    _check_read(scores, failures)
    console = Console(markup=False)
    (console if console.is_terminal else Console(markup=False, width=WIDTH)).print(box_table(scores))
    _finish(scores, recognizer.bundle.name, out, failures)


def _check_read(scores: Scores, failures: list[str]) -> None:
    """The error where no picture at all could be read."""
    if not scores.num_pictures and failures:
        raise bad_pictures(failures, len(failures))


def _finish(scores: Scores, model: str, out: Path | None, failures: list[str]) -> None:
    """The report where one is wanted; and the error that tells of pictures that could not be read."""
    from balatro.identify_card.judge.report import write_report

    if out is not None:
        written = write_report(scores, out, model)
        print("\n".join(str(path) for path in written))
    if failures:
        raise bad_pictures(failures, scores.num_pictures + len(failures))


def _on_pictures(side: str, folder: Path | None, splits: Path | None, model: str, out: Path | None) -> None:
    from balatro.runtime.bundle import find_bundle
    from balatro.train_model.command import need_torch

    need_torch()
    from balatro.train_model.lesson.tasks import ORIGINALS
    from balatro.train_model.score.evaluate import evaluate_split
    from balatro.train_model.settings.settings import TrainSettings

    found = find_bundle(model)
    settings = TrainSettings(data=(ORIGINALS,), input=str(folder or ""), splits=str(splits or ""))
    lines, page = evaluate_split(found, settings, side, out or Path(f"evaluation_{found.name}_{side}"))
    print(lines)
    print(f"{page}: the report")

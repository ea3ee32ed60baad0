"""`balatro evaluate`: how well a model reads, on labelled screens or on the labelled pictures of a split."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from balatro.errors import SettingsError
from balatro.identify_card.command import Model, Threads, bad_pictures


def evaluate(
    frames: Annotated[
        Path | None,
        typer.Option(help="Folder of screens of the game with their labels.jsonl.", metavar="DIR", show_default=False),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="Labelled pictures of a side instead: `val`, `test`, `train` or `holdout`.", show_default=False),
    ] = None,
    input: Annotated[
        Path | None, typer.Option(help="With --split: folder of labelled pictures.", show_default="data/dataset_default")
    ] = None,
    splits: Annotated[
        Path | None, typer.Option(help="With --split: the file of the split.", show_default="data/splits.json, or in --input")
    ] = None,
    model: Model = "auto",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for scores.json and misses.html, or report/.", metavar="DIR", show_default=False),
    ] = None,
    threads: Threads = 0,
) -> None:
    """Score a model on labelled screens (cards found, names, modifiers, false names), or on the labelled pictures of a split.

    Screens that cannot be read are listed at the end and count for nothing; the exit status is 1 then.

    Examples:

    \b
      balatro evaluate --frames my_frames --model game --out report
      balatro evaluate --split test --model cards
    """
    from balatro.utils.outputs import check_folder_name

    if (frames is None) == (split is None):
        raise SettingsError("give either --frames DIR, labelled screens, or --split SIDE, labelled pictures")
    if out is not None:
        check_folder_name("--out", out)
    if frames is not None:
        if input is not None or splits is not None:
            raise SettingsError("--input and --splits are for --split; --frames has its labels beside the screens")
        _on_screens(frames, model, out, threads)
    else:
        _on_pictures(str(split), input, splits, model, out)


def _on_screens(frames: Path, model: str, out: Path | None, threads: int) -> None:
    from rich.console import Console

    from balatro.identify_card.judge.evaluate import evaluate_frames
    from balatro.identify_card.judge.report import score_table, write_report
    from balatro.identify_card.recognizer import Recognizer

    recognizer = Recognizer.load(model, threads or None)
    failures: list[str] = []
    scores = evaluate_frames(recognizer, frames, failures)
    num_frames = scores.num_pictures + len(failures)
    if not scores.num_pictures:
        raise bad_pictures(failures, num_frames)
    Console(markup=False).print(score_table(scores))
    if out is not None:
        written = write_report(scores, out, recognizer.bundle.name)
        print("\n".join(str(path) for path in written))
    if failures:
        raise bad_pictures(failures, num_frames)


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

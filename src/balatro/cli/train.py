"""`balatro train`: a run of training, and the contest of its model with the one that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from balatro.config.paths import model_dir
from balatro.train_model.command import need_torch, open_run, train_to_end
from balatro.train_model.settings.options import OPTIONS
from balatro.train_model.settings.start import Start, configured
from balatro.utils.flags.options import options_of, take, with_options

if TYPE_CHECKING:
    from balatro.train_model.run.run import Run


@with_options(OPTIONS, own_defaults=False)
@with_options(options_of(Start))
def train(**given: Any) -> None:
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
    start, flags = configured(take(Start, given), given)
    if start.list_choices:
        _list_choices()
        return
    if start.resume is None:
        from balatro.train_model.settings.early import check_early

        check_early(flags, start.name)
    need_torch()
    run, name = open_run(start, flags)
    if start.find_lr:
        from balatro.train_model.run.find_lr import find_learning_rate

        typer.echo(find_learning_rate(run))
        return
    train_to_end(run)
    if run.is_first:
        _write(run, model_dir(name), start)
        typer.echo(f"Try it: balatro identify screenshot.png --model {name}")


def _write(run: Run, folder: Path, start: Start) -> None:
    from balatro.identify_card.judge.contest import contest
    from balatro.train_model.run.finish import finish_bundle, finish_report

    with contest(folder, start.replace) as place:
        finish_bundle(run, place)
    if place == folder:
        typer.echo(f"{folder}: written")
    if start.report is not False:
        page = finish_report(run)
        if page is not None:
            typer.echo(f"{page}: the report")


def _list_choices() -> None:
    from balatro.train_model.settings.choose import describe_choices

    for flag, choices in describe_choices().items():
        typer.echo(flag)
        for choice, about in choices:
            typer.echo(f"  {choice:24} {about}")

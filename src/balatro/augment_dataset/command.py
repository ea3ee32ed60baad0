"""`balatro augment`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.augment_dataset.settings import OPTIONS, choose_settings
from balatro.config.paths import data_dir
from balatro.errors import InputError
from balatro.utils.flags.options import with_options

if TYPE_CHECKING:
    from balatro.augment_dataset.generate import Outcome


@with_options(OPTIONS)
def augment(
    input: Annotated[
        Path | None, typer.Option(help="Folder of labelled pictures; data/dataset_default when left out.", show_default=False)
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Another file of labels, such as a subset; its pictures lie beside it or in --input. Left out: the "
            "labels.json in --input, or the names of its sub-folders or files.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the copies; `augmented` beside --input when left out.", show_default=False)
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, max=256, help="Threads; 0 takes two for each core. Their number changes nothing else.")
    ] = 0,
    preview: Annotated[
        Path | None, typer.Option(help="Write a sheet of examples, and nothing else.", metavar="FILE.png", show_default=False)
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Make all copies anew, also in the place of those with other settings.")
    ] = False,
    **given: Any,
) -> None:
    """Make more pictures from the labelled ones: turned, cropped, dimmed, blurred, and in editions they were not captured in.

    Base cards undergo everything; Foil, Holographic and Polychrome are only turned and cut, Negative barely, so that no
    copy looks like another edition. The same command again goes on where it was and makes only what is missing. Nothing
    in the input is changed.

    Examples:

    \b
      balatro augment --preview examples.png
      balatro augment
      balatro augment --labels data/test_subset/labels.json --n 5 --no-noise
      balatro augment --balance-by modifier --synthetic-editions Foil,Holographic,Polychrome
      balatro augment --input pokemon/ --output pokemon_augmented/ --image-size 224
    """
    from balatro.augment_dataset import generate

    settings = choose_settings(given)
    folder = input or data_dir() / "dataset_default"
    originals = generate.find_originals(folder, labels)
    if originals.num_left_out:
        print(f"{originals.source}: {originals.num_left_out} entries are copies themselves and are left out", file=sys.stderr)
    if preview is not None:
        from balatro.augment_dataset.preview import write_preview
        from balatro.utils.outputs import check_output

        check_output("--preview", preview, originals.paths.values())
        width, height = write_preview(originals, settings, preview)
        print(f"{preview}: {width}x{height}")
        return
    place = output or folder.parent / "augmented"
    _tell(place, generate.augment(originals, place, settings, workers, overwrite))


def _tell(output: Path, outcome: Outcome) -> None:
    """What was done, on stdout; InputError at the end when some originals could not be read."""
    plan = outcome.plan
    done = [f"{outcome.num_made} made", f"{outcome.num_kept} were there"]
    if outcome.num_removed:
        done.append(f"{outcome.num_removed} no longer asked for, removed")
    print(f"{output}: {len(outcome.labels)} copies of {len(plan.copies) - len(outcome.failures)} pictures ({', '.join(done)})")
    for (modifier, synthetic), count in sorted(outcome.by_modifier().items()):
        print(f"  {modifier or 'no modifier':<12}{count:>7}{'  drawn over Base' if synthetic else ''}")
    if plan.num_bare:
        print(f"  {plan.num_bare} pictures have no copies of their own: nothing that is left suits their modifier")
    for name, (reached, wanted) in sorted(plan.short.items())[:5]:
        print(f"  {name}: {reached} pictures, the largest class has {wanted}; capture more of it")
    if len(plan.short) > 5:
        print(f"  and {len(plan.short) - 5} more classes that stay smaller than the largest")
    for failure in outcome.failures:
        print(failure, file=sys.stderr)
    if outcome.failures:
        num_all = len(plan.copies)
        raise InputError(f"{len(outcome.failures)} of {num_all} pictures could not be read (listed above); the others are done")

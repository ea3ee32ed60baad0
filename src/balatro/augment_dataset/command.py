"""`balatro augment`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balatro.augment_dataset.settings import OPTIONS, Places, Settings, choose_settings
from balatro.config.paths import data_dir
from balatro.errors import InputError
from balatro.utils.flags.options import options_of, take, with_options
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.augment_dataset.generate import Originals, Outcome


@with_options(OPTIONS)
@with_options(options_of(Places))
def augment(**given: Any) -> None:
    """Make more pictures from the labelled ones: turned, cropped, dimmed, blurred, and in editions that were not captured.

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

    places = take(Places, given)
    settings = choose_settings(given)
    folder = places.input or data_dir() / "dataset_default"
    originals = generate.find_originals(folder, places.labels)
    if originals.num_left_out:
        print(
            f"{originals.source}: {counted(originals.num_left_out, 'copy', 'copies')} among the entries left out",
            file=sys.stderr,
        )
    if places.preview is not None:
        _preview(originals, settings, places.preview)
        return
    place = places.output or folder.parent / "augmented"
    _tell(place, generate.augment(originals, place, settings, places.workers, places.overwrite))


def _preview(originals: Originals, settings: Settings, path: Path) -> None:
    from balatro.augment_dataset.preview import write_preview
    from balatro.utils.outputs import check_output

    check_output("--preview", path, originals.paths.values())
    width, height = write_preview(originals, settings, path)
    print(f"{path}: {width}x{height}")


def _tell(output: Path, outcome: Outcome) -> None:
    """What was done, on stdout; InputError at the end when some originals could not be read."""
    plan = outcome.plan
    made = counted(len(outcome.labels), "copy", "copies")
    done = [f"{outcome.num_made} made", f"{outcome.num_kept} were there"]
    if outcome.num_removed:
        done.append(f"{outcome.num_removed} no longer asked for, removed")
    print(f"{output}: {made} of {counted(len(plan.copies) - len(outcome.failures), 'picture')} ({', '.join(done)})")
    for (modifier, synthetic), count in sorted(outcome.by_modifier().items()):
        print(f"  {modifier or 'no modifier':<12}{count:>7}{'  drawn over Base' if synthetic else ''}")
    if plan.num_bare:
        print(f"  {counted(plan.num_bare, 'picture')} without copies of their own: nothing that is left suits their modifier")
    for name, (reached, wanted) in sorted(plan.short.items())[:5]:
        print(f"  {name}: {counted(reached, 'picture')}, the largest class has {wanted}; capture more of it")
    if len(plan.short) > 5:
        print(f"  and {len(plan.short) - 5} more classes that stay smaller than the largest")
    for failure in outcome.failures:
        print(failure, file=sys.stderr)
    if outcome.failures:
        num_all = len(plan.copies)
        raise InputError(f"{len(outcome.failures)} of {num_all} pictures could not be read (listed above); the others are done")

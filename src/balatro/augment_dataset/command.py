"""`balatro augment`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.paths import data_dir
from balatro.config.shapes import MARGIN
from balatro.errors import InputError, SettingsError

if TYPE_CHECKING:
    from balatro.augment_dataset.generate import Outcome

_MANY, _HOW, _NEW = "How many copies", "What is done to them", "New editions"


def _leave_out(name: str) -> Any:
    return typer.Option(f"--no-{name}", help=f"Leave out: {_TELLS[name]}.", rich_help_panel=_HOW)


_TELLS = {
    "rotate": "turning, up to 10 degrees",
    "crop": "cutting off up to 5 % at each side",
    "resize": "drawing the card smaller or larger, and a little wider or higher",
    "perspective": "moving the corners, each on its own",
    "brightness": "up to 15 % lighter or darker",
    "contrast": "up to 15 % more or less contrast",
    "blur": "blur",
    "noise": "noise",
    "compression": "what JPEG does",
}


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
    n: Annotated[
        int | None,
        typer.Option(
            "--n", min=1, help="Copies of every picture, instead of the next two.", rich_help_panel=_MANY, show_default=False
        ),
    ] = None,
    standard: Annotated[
        int, typer.Option("--standard-aug-per-sample", min=0, help="Copies of each picture.", rich_help_panel=_MANY)
    ] = 3,
    rare: Annotated[
        int, typer.Option("--rare-aug-per-sample", min=0, help="Copies of each picture of a rare card.", rich_help_panel=_MANY)
    ] = 10,
    rare_threshold: Annotated[
        int, typer.Option(min=0, help="A card of fewer pictures than this is rare.", rich_help_panel=_MANY)
    ] = 3,
    balance_by: Annotated[
        str,
        typer.Option(
            metavar="name|modifier",
            help="More copies for the smaller classes, until all have as many as the largest; at most 50 of a picture.",
            rich_help_panel=_MANY,
            show_default=False,
        ),
    ] = "",
    negative_synthetic: Annotated[
        bool, typer.Option(help="Draw a Negative over each Base picture.", rich_help_panel=_NEW)
    ] = True,
    synthetic_editions: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Draw these over each Base picture too: some of Foil,Holographic,Polychrome.",
            rich_help_panel=_NEW,
            show_default=False,
        ),
    ] = "",
    invert: Annotated[
        bool,
        typer.Option(
            "--invert", help="For other games: invert RGB instead of drawing the game's Negative.", rich_help_panel=_NEW
        ),
    ] = False,
    margin: Annotated[
        float, typer.Option(min=0, max=0.25, help="Background around the cards, as a share of the card.", rich_help_panel=_NEW)
    ] = MARGIN,
    crt: Annotated[
        bool,
        typer.Option(help="Whether the game's CRT setting was on in the pictures, as it is by default.", rich_help_panel=_NEW),
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same copies.", rich_help_panel=_HOW)] = 0,
    no_rotate: Annotated[bool, _leave_out("rotate")] = False,
    no_crop: Annotated[bool, _leave_out("crop")] = False,
    no_resize: Annotated[bool, _leave_out("resize")] = False,
    no_perspective: Annotated[bool, _leave_out("perspective")] = False,
    no_brightness: Annotated[bool, _leave_out("brightness")] = False,
    no_contrast: Annotated[bool, _leave_out("contrast")] = False,
    no_blur: Annotated[bool, _leave_out("blur")] = False,
    no_noise: Annotated[bool, _leave_out("noise")] = False,
    no_compression: Annotated[bool, _leave_out("compression")] = False,
    flip: Annotated[
        bool,
        typer.Option("--flip", help="Mirror half of the copies. A mirrored card is another picture.", rich_help_panel=_HOW),
    ] = False,
    image_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Pixels of the copies: 224 for a square, 142x190; each picture's own when left out.",
            rich_help_panel=_HOW,
            show_default=False,
        ),
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
    switches = {
        "flip": not flip,
        "rotate": no_rotate,
        "crop": no_crop,
        "resize": no_resize,
        "perspective": no_perspective,
        "brightness": no_brightness,
        "contrast": no_contrast,
        "blur": no_blur,
        "noise": no_noise,
        "compression": no_compression,
    }
    from balatro.augment_dataset import generate
    from balatro.augment_dataset.policy import Settings

    settings = Settings(
        seed=seed,
        standard=standard,
        rare=rare,
        rare_threshold=rare_threshold,
        n=n,
        negative_synthetic=negative_synthetic,
        editions=_editions(synthetic_editions),
        invert=invert,
        balance_by=balance_by,
        without=tuple(name for name, left_out in switches.items() if left_out),
        image_size=_size(image_size),
        margin=margin,
        crt=crt,
    )
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


def _editions(text: str) -> tuple[str, ...]:
    """The editions of a list such as `foil,Polychrome`, as they are written, in their order."""
    from balatro.config.modifiers import MODIFIERS

    asked = {word.strip().casefold() for word in text.split(",") if word.strip()}
    known = {modifier.casefold(): modifier for modifier in MODIFIERS[1:]}
    if unknown := sorted(asked - set(known)):
        raise SettingsError(
            f"--synthetic-editions {unknown[0]}: no edition is called that; there are {', '.join(known.values())}"
        )
    return tuple(modifier for folded, modifier in known.items() if folded in asked)


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,5})(?:x([0-9]{1,5}))?", text.strip().lower())
    if found is None:
        raise SettingsError(f"--image-size {text}: expected pixels, such as 224 or 142x190")
    return int(found[1]), int(found[2] or found[1])


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

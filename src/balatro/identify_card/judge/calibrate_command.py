"""`balatro calibrate`: a model's probabilities and its threshold, fitted to a person's own pictures."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.model_files import MODEL_FILE
from balatro.errors import InputError, ModelError, SettingsError
from balatro.identify_card.command import Model, Threads
from balatro.utils.flags.options import Knob, options_of, take, turned_by, with_options
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.identify_card.judge.evidence import Evidence
    from balatro.identify_card.judge.recalibrate import Fitter, Knobs, Measured

BEFORE = "model.before.json"
"""Beside model.json: what it was before it was calibrated, however often that was."""
PLOT = "reliability.svg"
MAX_LISTED = 20
_WHAT = "What is looked at"

Pictures = Annotated[
    list[str] | None,
    typer.Argument(
        help="Pictures, folders, globs that show no card of the deck: whatever is named there is a false name.",
        metavar="PICTURE...",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class CalibrateFlags:
    """What is looked at, and what may be lost for what."""

    dataset: Path | None = turned_by(Knob(_WHAT, metavar="DIR", shown=""), None)
    """Folder of labelled pictures of cards; left out: dataset_default/ in the data folder, where there is one."""
    frames: Path | None = turned_by(Knob(_WHAT, metavar="DIR", shown=""), None)
    """Folder of screens of the game with their labels.jsonl, as `balatro evaluate` takes it."""
    false_names: str = turned_by(Knob("", metavar="RATE"), "1%")
    """Of the things that are no cards of the deck, how many may get a name."""
    most_lost: str = turned_by(Knob("", metavar="RATE"), "3%")
    """Of the cards that would be named rightly, how many may be lost for that."""
    dry_run: bool = turned_by(Knob("", one_way=True), False)
    """Only say what would change."""
    replace: bool = turned_by(Knob("", one_way=True), False)
    """Keep it, even where drawn screens are read worse."""
    undo: bool = turned_by(Knob("", one_way=True), False)
    """Put back what was there before any calibration."""
    plot: Path | None = turned_by(Knob("", shown=""), None)
    """Reliability diagram to write, an SVG; left out: in the model's folder."""

    @property
    def rates(self) -> tuple[float, float]:
        return _read_rate("--false-names", self.false_names), _read_rate("--most-lost", self.most_lost)


@with_options(options_of(CalibrateFlags))
def calibrate(pictures: Pictures = None, model: Model = "auto", threads: Threads = 0, **given: Any) -> None:
    """Fit a model's probabilities and the threshold of its names to your own pictures.

    Labelled pictures make probabilities true; pictures without a card of the deck, and labelled cards that the model does not
    know, set the threshold at the wanted rate of false names. Told before and after; after is measured on pictures that the fit
    was not made from. The values before any calibration are kept beside the new ones.

    Examples:

    \b
      balatro calibrate
      balatro calibrate other-screens/ --false-names 0.5%
      balatro calibrate --frames my_frames --model game --dry-run
      balatro calibrate --undo
    """
    from balatro.runtime.bundle import find_bundle

    flags = take(CalibrateFlags, given)
    rates = flags.rates  # a mistake in them is told before anything is looked at
    folder = find_bundle(model)
    if flags.undo:
        _undo(folder)
        return
    flags = dataclasses.replace(flags, dataset=_dataset(flags.dataset, flags.frames, pictures))
    inputs = [place for place in (flags.dataset, flags.frames) if place is not None]
    _check_plot(flags.plot, [folder, *inputs], pictures or [])
    _calibrate(folder, pictures or [], flags, rates, threads)


def _check_plot(plot: Path | None, folders: list[Path], pictures: list[str]) -> None:
    """The diagram never takes the place of what is looked at, nor of the model. Asked before the long work."""
    from balatro.utils.images import find_images
    from balatro.utils.outputs import check_text_output

    if plot is not None:
        check_text_output("--plot", plot, [*folders, *find_images(pictures)[0]])


def _read_rate(flag: str, text: str) -> float:
    """`1%` or `0.01` as a share."""
    try:
        rate = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        rate = -1.0
    if not 0 < rate <= 0.5:
        raise SettingsError(f"{flag} {text!r}: expected a rate above 0 and up to 50%, such as 1% or 0.01")
    return rate


def _dataset(dataset: Path | None, frames: Path | None, pictures: list[str] | None) -> Path | None:
    """The labelled pictures that are meant: a person's own where nothing else is named, or other pictures beside them."""
    from balatro.config.paths import data_dir
    from balatro.utils.labels import LABELS

    own = data_dir() / "dataset_default"
    if dataset is not None or frames is not None:
        return dataset
    if (own / LABELS).is_file():
        return own
    if not pictures:
        raise InputError(
            f"{own}: no labelled pictures; label some with `balatro annotate`, or name --dataset, --frames or other pictures"
        )
    return None


def _undo(folder: Path) -> None:
    from balatro.runtime.model_json import read_model_json, write_model_json

    before = folder / BEFORE
    if not before.is_file():
        raise ModelError(f"{folder}: nothing to undo, it was not calibrated since it was made")
    write_model_json(folder / MODEL_FILE, read_model_json(before))  # a damaged one is refused, and the present one stays
    before.unlink()
    print(f"{folder / 'model.json'}: as before it was calibrated")


def _calibrate(folder: Path, pictures: list[str], flags: CalibrateFlags, rates: tuple[float, float], threads: int) -> None:
    from rich.console import Console

    from balatro.identify_card.judge.evidence import gather
    from balatro.identify_card.judge.recalibrate import Fitter
    from balatro.identify_card.judge.reliability import reliability_svg
    from balatro.identify_card.recognizer import Recognizer
    from balatro.utils.files import write_text

    recognizer = Recognizer.load(folder, threads or None)
    failures: list[str] = []
    evidence = gather(recognizer, flags.dataset, flags.frames, pictures, failures)
    _tell_failures(failures)
    fitter = Fitter(recognizer.namer)
    before, knobs = fitter.measure(evidence, fitter.before), fitter.fit(evidence, *rates)
    after = fitter.cross_validate(evidence, *rates)
    Console(markup=False).print(_table(recognizer.bundle.name, fitter.before, before, knobs, after))
    for line in [*_doubts(after, rates[0]), *_cost(fitter, evidence, knobs, rates)]:
        print(line)
    panels = [("before", before.bins), ("after, on pictures that the fit was not made from", after.bins)]
    place = flags.plot or (None if flags.dry_run else folder / PLOT)
    if place is not None:
        write_text(place, reliability_svg(f"{recognizer.bundle.name}: how true its probabilities are", panels))
        print(f"{place}: the reliability diagram")
    if not flags.dry_run:
        about = {"date": date.today().isoformat(), "false_names": rates[0], "cards": after.cards, "others": after.things}
        _keep(folder, knobs, about, flags.replace)


def _keep(folder: Path, knobs: Knobs, about: dict[str, Any], replace: bool) -> None:
    """Write the calibrated model, where it is the better one; else it lies beside."""
    from balatro.identify_card.judge.contest import contest

    with contest(folder, replace) as new:
        if new != folder:
            shutil.copytree(folder, new)
        _write(new, knobs, about)
    if new == folder:
        print(f"{folder / 'model.json'}: written; `balatro calibrate --undo --model {folder.name}` takes calibrations back")


def _write(folder: Path, knobs: Knobs, about: dict[str, Any]) -> None:
    """The new model.json; the one before any calibration is kept first."""
    from balatro.identify_card.judge.recalibrate import put_knobs
    from balatro.runtime.model_json import read_model_json, write_model_json

    model = read_model_json(folder / MODEL_FILE)
    if model.calibration is None or not (folder / BEFORE).is_file():
        write_model_json(folder / BEFORE, model)
    write_model_json(folder / MODEL_FILE, dataclasses.replace(put_knobs(model, knobs), calibration=about))


def _tell_failures(failures: list[str]) -> None:
    for failure in failures[:MAX_LISTED]:
        print(failure, file=sys.stderr)
    if len(failures) > MAX_LISTED:
        print(f"… and {len(failures) - MAX_LISTED} more", file=sys.stderr)
    if failures:
        print(f"{counted(len(failures), 'picture')} could not be used (listed above); the others are", file=sys.stderr)


def _table(name: str, old: Knobs, before: Measured, new: Knobs, after: Measured) -> Any:
    from rich.table import Table

    table = Table(
        "",
        "before",
        "after",
        title=f"{name}: {counted(before.cards, 'card')}, {counted(before.things, 'thing')} without a name",
    )
    rows: list[tuple[str, ...]] = [
        ("temperature of names", f"{old.temperature:.4g}", f"{new.temperature:.4g}"),
        ("temperature of modifiers", f"{old.modifier_temperature:.4g}", f"{new.modifier_temperature:.4g}"),
        ("threshold of names", f"{old.reject:.3f}", f"{new.reject:.3f}"),
    ]
    if before.cards:
        rows += [
            ("calibration error", f"{100 * before.error:.2f} %", f"{100 * after.error:.2f} %"),
            ("cards named rightly", _percent(before.right), _percent(after.right)),
            ("cards named wrongly", _percent(before.wrong), _percent(after.wrong)),
            ("cards lost (unknown)", _percent(before.lost), _percent(after.lost)),
        ]
    if before.things:
        rows.append(("false names per 100", *(f"{100 * one.false_names / one.things:.2f}" for one in (before, after))))
    for row in rows:
        table.add_row(*row)
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _doubts(after: Measured, rate: float) -> list[str]:
    """What the pictures are too few for, in plain words."""
    from balatro.identify_card.judge.recalibrate import MIN_FIT, is_too_few, rate_bound

    lines = []
    if after.cards < MIN_FIT:
        lines.append(f"{after.cards} labelled cards are too few for a temperature (at least {MIN_FIT}); it stays")
    if not after.things:
        lines.append(
            "no thing without a name was seen, so the threshold stays: name pictures that show no card of the deck, "
            "such as screens of other games"
        )
    elif is_too_few(after.things, rate):
        lines.append(
            f"{after.things} things without a name are too few for {100 * rate:g} in 100: with none named at all the rate may "
            f"still be up to {100 * rate_bound(0, after.things):.1f} in 100; {round(3 / rate)} are needed. The threshold is "
            "raised if need be, never lowered"
        )
    if after.things:
        lines.append(
            f"{after.false_names} of {after.things} things without a name are named: with 95 % confidence no more than "
            f"{100 * after.bound:.1f} in 100"
        )
    return lines


def _cost(fitter: Fitter, evidence: Evidence, knobs: Knobs, rates: tuple[float, float]) -> list[str]:
    """Say when the wanted rate would cost more cards than it may."""
    from balatro.gallery.thresholds import NO_CARD

    things = evidence.part(evidence.card == NO_CARD)
    wanted = fitter.threshold(things, knobs, rates[0]) if len(things) else 0.0
    if wanted <= knobs.reject:
        return []
    return [
        f"{100 * rates[0]:g} false names in 100 would need a threshold of {wanted:.3f}, which takes more than "
        f"{100 * rates[1]:g} % of the right names (--most-lost); perhaps some of what is named is a card without a label"
    ]

"""Exporting: networks in another form, checked against the original before anything is kept."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from balatro.config.model_files import ADDED_FILE, ADDED_PICTURES, GALLERY_FILE, MODEL_FILE, NETWORKS
from balatro.config.shapes import LARGEST_DIFFERENCE
from balatro.errors import ModelError
from balatro.export.check import MOST_COST, Check, Comparison, Difference, calibration_inputs
from balatro.export.formats import Format, onnx_files
from balatro.export.inputs import Inputs, Trials
from balatro.runtime.bundle import Bundle, load_bundle
from balatro.runtime.model_json import export_of, read_model_json, write_model_json
from balatro.runtime.sessions import networks_bytes
from balatro.utils.files import new_folder

ADDED = (ADDED_FILE, ADDED_PICTURES)
"""Cards that were added: an export has its original's, else those of the older export that it replaces. Their pictures are
looked at anew."""


@dataclass(frozen=True)
class ExportPlan:
    """What is made of a model."""

    format_name: str
    format: Format
    precision: str
    force: bool = False
    """Keep it, whatever it costs."""


@dataclass(frozen=True)
class Exported:
    """What came of it."""

    folder: Path
    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    sizes: tuple[int, int]
    """Bytes of the original's networks and of the export's."""
    refused: str = ""
    """Why it would have been refused, had it not been forced."""


def export_model(original: Bundle, plan: ExportPlan, inputs: Inputs, folder: Path, threads: int | None = None) -> Exported:
    """Write a model in another form to `folder`, whole or not at all.

    ModelError where the check finds more than MOST_COST points of "both right" lost, outputs in full precision that differ, or
    nothing to compare, unless the plan forces it.
    """
    about = read_model_json(original.folder / MODEL_FILE)
    if about.export is not None:
        of = about.export.get("of")
        raise ModelError(f"{original.folder}: was exported itself, which cannot be done twice; name the original, {of!r}")
    files = onnx_files(original)
    has_added = (original.folder / ADDED_FILE).is_file()
    keep = ADDED if not has_added and is_export_of(folder, original.name) else ()
    with new_folder(folder, MODEL_FILE, keep) as building, TemporaryDirectory(prefix="balatro-export-") as scratch:
        if plan.precision == "int8":
            files = quantized(original, inputs.calibration, Path(scratch), threads)
        plan.format.write(files, original, building)
        _copy(original.folder, building, (GALLERY_FILE, *(ADDED if has_added else ())))
        about = replace(about, name=folder.name)
        write_model_json(building / MODEL_FILE, about)
        comparison = Comparison(original, load_bundle(building), open_exported=plan.format.open_session, threads=threads)
        checks = tuple(comparison.check(trials) for trials in inputs.checks)
        differences = tuple(comparison.differences())
        refused = objection(plan.precision, checks, differences, comparison.untried())
        if refused and not plan.force:
            raise ModelError(
                f"{plan.format_name} {plan.precision} of {original.name}: {refused}; --force keeps it all the same"
            )
        about = replace(about, export=_record(original, plan, checks, differences))
        write_model_json(building / MODEL_FILE, about)
        sizes = (networks_bytes(original.folder), networks_bytes(building))
    return Exported(folder, checks, differences, sizes, refused)


def quantized(original: Bundle, calibration: Trials, scratch: Path, threads: int | None = None) -> dict[str, Path]:
    """The networks of a model as int8 ONNX files in the folder `scratch`."""
    from balatro.export.quantize import quantize

    seen = calibration_inputs(original, calibration, threads)
    for name, path in onnx_files(original).items():
        if not seen[name]:
            raise ModelError(f"{original.name} found no card on {calibration.told}, so int8 cannot be calibrated; give others")
        quantize(name, path, seen[name], scratch / f"{name}.onnx")
    return {name: scratch / f"{name}.onnx" for name in NETWORKS}


def is_export_of(folder: Path, name: str) -> bool:
    """Whether an export of the model of this name lies in a folder."""
    path = folder / MODEL_FILE
    return path.is_file() and export_of(path) == name


def objection(precision: str, checks: Sequence[Check], differences: Sequence[Difference], untried: Sequence[str] = ()) -> str:
    """What is wrong with an export, or "". Where some pictures have truth, those decide.

    untried: networks whose outputs were not compared.
    """
    deciding = [check for check in checks if check.original is not None] or list(checks)
    empty = [check for check in deciding if not check.has_cards]
    if empty:
        return f"nothing was compared: no card on {empty[0].told}"
    if untried:
        return f"nothing was compared: {untried[0]} had nothing to read on {deciding[0].told}"
    worst = max(deciding, key=lambda check: check.cost)
    if worst.cost > MOST_COST:
        lost = "both right" if worst.original is not None else "the cards read the same"
        return f"it costs {worst.cost:.2f} points of {lost} on {worst.told}, {MOST_COST:g} are allowed"
    apart = [difference for difference in differences if not difference.largest <= LARGEST_DIFFERENCE]
    if precision == "fp32" and apart:
        return f"{apart[0].output} differs by {apart[0].largest:.2g}, expected {LARGEST_DIFFERENCE:g} at most"
    return ""


def _copy(source: Path, folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, folder / name)
        elif (source / name).is_file():
            shutil.copyfile(source / name, folder / name)


def _record(
    original: Bundle, plan: ExportPlan, checks: Sequence[Check], differences: Sequence[Difference]
) -> dict[str, object]:
    """How the export was made and how it compares, for model.json."""
    return {
        "of": original.name,
        "format": plan.format_name,
        "precision": plan.precision,
        "checks": [
            {"on": check.told, "cards": check.cards, "same": round(check.same, 2)}
            | ({} if check.original is None else {"both": check.original["both"]})
            | ({} if check.exported is None else {"both_exported": check.exported["both"]})
            for check in checks
        ],
        "largest_differences": {difference.output: float(f"{difference.largest:.3g}") for difference in differences},
    }

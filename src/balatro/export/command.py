"""`balatro export`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import data_dir, model_dir
from balatro.errors import MissingPartError, SettingsError
from balatro.export.flags import ExportFlags
from balatro.identify_card.command import Threads
from balatro.utils.extras import how_to_install
from balatro.utils.files import check_place
from balatro.utils.flags import completion
from balatro.utils.flags.options import options_of, take, with_options
from balatro.utils.names import checked_name
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from balatro.export.check import Check
    from balatro.export.formats import Format
    from balatro.export.make import Exported
    from balatro.runtime.bundle import Bundle

ModelOrRun = Annotated[
    str,
    typer.Argument(
        help="A model or a run: name or folder; or a checkpoint.",
        show_default=False,
        metavar="MODEL_OR_RUN",
        autocompletion=completion.sources,
    ),
]


@with_options(options_of(ExportFlags))
def export(
    source: ModelOrRun,
    threads: Threads = 0,
    **given: Any,
) -> None:
    """Write a model in another form: smaller and faster in int8, for OpenVINO, or other programs. Or the model of a run.

    What is made is checked against the original, on pictures of yours or on drawn screens of the model's deck, and refused
    when it costs more than 0.3 points of cards with name and modifier right. ONNX and OpenVINO are models for --model again.
    A name that means both a model and a run means the run only for ONNX in fp32, which is what runs are written as.

    Examples:

    \b
      balatro export game --precision int8
      balatro export game --format openvino --check screenshots/
      balatro export cards --format torchscript --out cards-torch
      balatro export runs/cards/checkpoint_epoch010.pth --out trial
    """
    from balatro.export.formats import choose_format
    from balatro.export.source import find_run, is_model

    flags = take(ExportFlags, given)
    chosen = choose_format(flags.format, flags.precision)
    run = find_run(source)
    if flags.format == "onnx" and flags.precision == "fp32":
        if run is None and is_model(source):
            raise SettingsError(f"{source}: ONNX in fp32 already; choose --precision int8, or --format openvino or torchscript")
        if run is not None:
            _write_run(run, flags.out, flags.replace)
            return
    _need_onnx(flags.precision)
    _write_model(source, chosen, flags, threads)


def _write_model(source: str, chosen: Format, flags: ExportFlags, threads: int) -> None:
    from rich.console import Console

    from balatro.export.inputs import find_inputs
    from balatro.export.make import ExportPlan, export_model
    from balatro.export.source import open_source
    from balatro.identify_card.judge.contest import contest
    from balatro.utils.images import find_images
    from balatro.utils.outputs import check_folder_output

    with open_source(source) as opened:
        marks = [mark for mark, usual in ((flags.format, "onnx"), (flags.precision, "fp32")) if mark != usual]
        folder = flags.out or data_dir() / chosen.place / checked_name("-".join([opened.name, *marks]))
        _check_out(folder, opened.bundle, flags.replace)
        check_folder_output("--out", folder, find_images(list(flags.check))[0])
        inputs = find_inputs(opened.bundle, list(flags.check), flags.screens)
        plan = ExportPlan(flags.format, chosen, flags.precision, flags.force)
        with contest(folder, flags.replace) as place:
            exported = export_model(opened.bundle, plan, inputs, place, threads or None)
    Console(markup=False).print(export_table(dataclasses.replace(exported, folder=folder)))
    if chosen.place == "models":
        print(f"Try it: balatro identify screenshot.png --model {folder.name if flags.out is None else folder}")


def _write_run(run: Path, out: Path | None, replace: bool) -> None:
    from balatro.export.source import write_run
    from balatro.identify_card.judge.contest import contest

    own = model_dir((run if run.is_dir() else run.parent).resolve().name)
    if out is not None and out.resolve() != own.resolve() and not replace:
        _check_empty(out)
    folder = out or model_dir(checked_name(own.name))
    with contest(folder, replace) as place:
        write_run(run, place)
    if place == folder:
        print(f"{folder}: written")


def _check_out(folder: Path, original: Bundle, replace: bool) -> None:
    from balatro.export.make import is_export_of

    check_place(folder, MODEL_FILE)
    if folder.resolve() == original.folder.resolve():
        raise SettingsError(f"--out {folder}: the model that is exported; name another folder")
    if not replace and not is_export_of(folder, original.name):
        _check_empty(folder)


def _check_empty(folder: Path) -> None:
    if (folder / MODEL_FILE).exists():
        raise SettingsError(f"{folder}: another model lies there; name another folder with --out, or add --replace")


def _need_onnx(precision: str) -> None:
    if precision != "int8":
        return
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise MissingPartError(f"int8 is made with onnx, which is missing: {how_to_install('train')}") from error


def export_table(exported: Exported) -> RenderableType:
    """The check for people: what both read right, and how far their outputs are apart."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = [Text(f"{exported.folder}: written")]
    for check in exported.checks:
        parts.append(_check_table(check))
    table = Table(title="Outputs of the networks, original and export", title_justify="left")
    table.add_column("output")
    for heading in ("largest difference", "mean"):
        table.add_column(heading, justify="right")
    for difference in exported.differences:
        table.add_row(difference.output, f"{difference.largest:.2g}", f"{difference.mean:.2g}")
    before, after = (size / 1e6 for size in exported.sizes)
    parts += [table, Text(f"networks: {before:.2f} MB, now {after:.2f} MB")]
    if exported.refused:
        parts.append(Text(f"kept by --force, though {exported.refused}", "yellow"))
    return Group(*parts)


def _check_table(check: Check) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    same = f"{check.told}: {counted(check.cards, 'card')}, {check.same:.2f} % of them read the same"
    if check.original is None or check.exported is None:
        return Text(same)
    from balatro.identify_card.judge.scores import MEASURES

    table = Table(title=same, title_justify="left")
    table.add_column("")
    for heading in ("cards", *(f"{measure} right" if measure != "found" else measure for measure in MEASURES), "false names"):
        table.add_column(heading, justify="right")
    for name, scores in (("original", check.original), ("export", check.exported)):
        shares = (f"{scores[measure]:.2f} %" for measure in MEASURES)
        table.add_row(name, str(scores["cards"]), *shares, str(scores["false_names"]))
    return table

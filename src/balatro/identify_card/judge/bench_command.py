"""`balatro bench`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from balatro.errors import InputError, SettingsError
from balatro.identify_card.command import Threads
from balatro.utils.flags import completion
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from balatro.identify_card.judge.bench import Bench, ModelTimes
    from balatro.runtime.bundle import Bundle

DRAWN, DRAWN_SIZE = 6, (1920, 1080)
"""Screens that are drawn where no pictures are given."""


def bench(
    pictures: Annotated[
        list[str] | None,
        typer.Argument(help="Pictures, folders, globs; left out, drawn screens of 1920x1080.", metavar="[PICTURE...]"),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or folder of a model; several are measured side by side.",
            show_default="auto",
            autocompletion=completion.models,
        ),
    ] = None,
    threads: Threads = 0,
    rounds: Annotated[int, typer.Option(min=1, max=10_000, help="How often each picture is read.")] = 20,
    json_out: Annotated[str | None, typer.Option("--json", help="Write all figures there; - is stdout.", metavar="OUT")] = None,
) -> None:
    """Time identifying on this machine, stage by stage: loading, decoding, locating, cutting out, encoding, naming.

    Several models, or one model in several forms, take turns on the same pictures. Close what else is busy: the game too.

    Examples:

    \b
      balatro bench
      balatro bench screenshots/ --rounds 50
      balatro bench --model game --model game-int8 --threads 2 --json bench.json
    """
    if json_out is not None and (not json_out or Path(json_out).is_dir()):
        raise SettingsError(f"--json {json_out or repr('')}: expected a file to write, or - for stdout")
    from balatro.identify_card.judge.bench import measure
    from balatro.runtime.bundle import find_bundle, load_bundle
    from balatro.utils.outputs import check_text_output

    folders = [find_bundle(name) for name in model or ["auto"]]
    with _files(pictures or [], load_bundle(folders[0])) as (files, told):
        if json_out is not None and json_out != "-":
            check_text_output("--json", Path(json_out), [*files, *folders])
        found = measure(folders, files, rounds, threads or None)
    _write(found, told, json_out)


@contextmanager
def _files(paths: list[str], bundle: Bundle) -> Iterator[tuple[list[Path], str]]:
    """The pictures to read, and what they are in words."""
    from balatro.utils.images import find_images

    if paths:
        files, failures = find_images(paths)
        if failures:
            raise InputError(failures[0])
        yield files, counted(len(files), "picture")
        return
    with TemporaryDirectory(prefix="balatro-bench-") as folder:
        files = _draw(bundle, Path(folder))
        yield files, f"{len(files)} drawn screens"


def _draw(bundle: Bundle, folder: Path) -> list[Path]:

    from balatro.identify_card.judge.own_screens import find_deck, own_screens
    from balatro.utils.images import write_png

    deck = find_deck(bundle)
    if deck is None:
        raise InputError(f"no deck {bundle.deck!r} here to draw screens of; name pictures of its cards")
    files = []
    for number, screen in enumerate(own_screens(deck, DRAWN, sizes=(DRAWN_SIZE,))):
        files.append(folder / f"screen_{number}.png")
        write_png(files[-1], screen.image)
    return files


def _write(found: Bench, told: str, json_out: str | None) -> None:
    import json

    from rich.console import Console

    if json_out == "-":
        print(json.dumps(found.to_json(), ensure_ascii=False))
        return
    Console(markup=False).print(bench_table(found, told))
    if json_out is not None:
        from balatro.utils.files import write_json

        write_json(Path(json_out), found.to_json())
        print(f"{json_out}: written", file=sys.stderr)


def bench_table(found: Bench, told: str) -> RenderableType:
    """Stages by model: median and 95th percentile, milliseconds a picture."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(title="milliseconds a picture: median, and what 95 of 100 stay below", title_justify="left")
    table.add_column("")
    for model in found.models:
        table.add_column(model.name, justify="right")
    stages = list(dict.fromkeys(stage for model in found.models for stage in model.stages))
    for stage in stages:
        last = stage == stages[-1]
        cells = (_cell(model, stage) for model in found.models)
        table.add_row(stage, *cells, style="bold" if last else None, end_section=last or stage == stages[-2])
    num = len(found.sizes)
    facts = {
        "frames a second": [f"{model.frames_a_second:.1f}" for model in found.models],
        "cards a picture": [f"{model.cards / num:.1f}" for model in found.models],
        "milliseconds a card": [_per_card(model, num) for model in found.models],
        "processor time, ms": [f"{model.cpu.median:8.2f} {model.cpu.p95:8.2f}" for model in found.models],
        "networks, MB": [f"{model.megabytes:.2f} {model.runtime}" for model in found.models],
    }
    for name, values in facts.items():
        table.add_row(name, *values)
    return Group(Text(_where(found, told)), table)


def _cell(model: ModelTimes, stage: str) -> str:
    times = model.stages.get(stage)
    return f"{times.median:8.2f} {times.p95:8.2f}" if times else ""


def _per_card(model: ModelTimes, num_pictures: int) -> str:
    from balatro.identify_card.judge.bench import WHOLE

    if not model.cards:
        return "no card found"
    return f"{model.stages[WHOLE].ms.mean() * num_pictures / model.cards:.2f}"


def _where(found: Bench, told: str) -> str:
    machine = found.machine
    sizes = sorted(set(found.sizes))
    size = f"{sizes[0][0]}x{sizes[0][1]}" if len(sizes) == 1 else f"{len(sizes)} sizes"
    return (
        f"{told} ({size}), {found.rounds} rounds; {machine['processor']}, {machine['cores']} cores, "
        f"{machine['threads']} threads, {', '.join(f'{name} {version}' for name, version in machine['libraries'].items())}"
    )

"""`balatro identify` and `balatro evaluate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.utils.errors import BalatroError, InputError

if TYPE_CHECKING:
    import numpy as np

    from balatro.identify_card.card import Card
    from balatro.identify_card.recognizer import Recognizer

Model = Annotated[str, typer.Option(help="Name or folder of a model; auto takes `game` where there is one, else `demo`.")]
Threads = Annotated[int, typer.Option(min=0, max=64, help="CPU threads; 0 chooses.")]

JsonOut = Annotated[str | None, typer.Option("--json", help="Write one JSON line per picture; - is stdout.", metavar="OUT")]


@dataclass(frozen=True, eq=False)
class Read:
    """One picture that was read."""

    path: Path
    image: np.ndarray
    cards: list[Card]

    def to_json(self) -> dict[str, Any]:
        from balatro.identify_card.card import picture_json

        return picture_json(self.path.as_posix(), self.image.shape[1], self.image.shape[0], self.cards)


def identify(
    paths: Annotated[list[str], typer.Argument(help="Pictures, folders, globs.", metavar="PATH...")],
    model: Model = "auto",
    json_out: JsonOut = None,
    draw: Annotated[Path | None, typer.Option(help="Folder for copies with the cards marked.", metavar="DIR")] = None,
    threads: Threads = 0,
) -> None:
    """Name the cards of pictures: whole screens, parts of them, or single cards.

    Pictures that cannot be read are listed at the end, the others are done; the exit status is 1 then.

    Examples:

    \b
      balatro identify screenshot.png
      balatro identify captures/ --json cards.jsonl --draw marked/
      balatro identify "captures/2026-*.png" --model demo --json -
    """
    from balatro.identify_card.recognizer import Recognizer
    from balatro.utils.images import find_images

    files = find_images(paths)
    recognizer = Recognizer.load(model, threads or None)
    failures: list[str] = []
    lines: list[str] = []
    num_done = 0
    for read in _read_all(recognizer, files, failures):
        num_done += 1
        if json_out == "-":
            print(json.dumps(read.to_json(), ensure_ascii=False), flush=True)
        elif json_out:
            lines.append(json.dumps(read.to_json(), ensure_ascii=False) + "\n")
        else:
            _print_cards(read)
        if draw is not None:
            _draw(read, files, draw)
    if json_out and json_out != "-" and num_done:
        from balatro.utils.files import write_text

        write_text(Path(json_out), "".join(lines))
        print(f"{json_out}: {num_done} pictures", file=sys.stderr)
    if draw is not None and num_done:
        print(f"{draw}: {num_done} pictures with the cards marked", file=sys.stderr)
    if failures:
        raise _bad_pictures(failures, len(files))


def _read_all(recognizer: Recognizer, files: list[Path], failures: list[str]) -> Iterator[Read]:
    """Every picture that can be read; what is wrong with the others goes into failures."""
    from balatro.utils.images import load_image
    from balatro.utils.progress import track

    for path in track(files, "Reading pictures") if len(files) > 1 else files:
        try:
            image = load_image(path)
            read = Read(path, image, recognizer.identify(image))
        except BalatroError as error:
            failures.append(str(error))
            continue
        yield read


def _bad_pictures(failures: list[str], num_files: int) -> BalatroError:
    if num_files == 1:
        return InputError(failures[0])
    for failure in failures:
        print(failure, file=sys.stderr)
    return InputError(f"{len(failures)} of {num_files} pictures could not be read (listed above); the others are done")


def _print_cards(read: Read) -> None:
    """A table on stdout; names only, so that it stays readable in a pipe too."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from balatro.identify_card.draw import COLOURS

    known = [card for card in read.cards if card.known]
    others = len(read.cards) - len(known)
    title = f"{read.path}: {len(known)} cards" + (f", and {others} that are none of the known ones" if others else "")
    table = Table(title=Text(title), title_justify="left")
    for heading in ("card", "modifier", "type", "rarity"):
        table.add_column(heading)
    for heading in ("sure", "left", "top"):
        table.add_column(heading, justify="right")
    for card in known:
        colour = "" if card.modifier == "Base" else "rgb({},{},{})".format(*COLOURS[card.modifier])
        place = (f"{card.confidence * 100:.1f} %", str(card.box[0]), str(card.box[1]))
        table.add_row(Text(card.name or ""), Text(card.modifier, colour), card.type, card.rarity, *place)
    console = Console()
    console.print(table if known else Text(title))


def _draw(read: Read, files: list[Path], folder: Path) -> None:
    """Write the marked copy as PNG; two pictures of one name in different folders do not overwrite each other."""
    import io

    from PIL import Image

    from balatro.identify_card.draw import draw_cards
    from balatro.utils.files import write_bytes

    same = [path for path in files if path.stem == read.path.stem]
    name = read.path.stem if len(same) == 1 else f"{read.path.stem}_{same.index(read.path) + 1}"
    data = io.BytesIO()
    Image.fromarray(draw_cards(read.image, read.cards)).save(data, "PNG")
    write_bytes(folder / f"{name}.png", data.getvalue())


def evaluate(
    frames: Annotated[Path, typer.Option(help="Folder of screens of the game with their labels.jsonl.", metavar="DIR")],
    model: Model = "auto",
    out: Annotated[Path | None, typer.Option(help="Folder for scores.json and misses.html.", metavar="DIR")] = None,
    threads: Threads = 0,
) -> None:
    """Score a model on labelled screens: cards found, names, modifiers, and names given to what has none.

    Example:

    \b
      balatro evaluate --frames my_frames --model game --out report
    """
    from rich.console import Console

    from balatro.identify_card.evaluate import evaluate_frames
    from balatro.identify_card.recognizer import Recognizer
    from balatro.identify_card.report import score_table, write_report

    recognizer = Recognizer.load(model, threads or None)
    scores = evaluate_frames(recognizer, frames)
    Console().print(score_table(scores))
    if out is not None:
        written = write_report(scores, out, recognizer.bundle.name)
        print("\n".join(str(path) for path in written))

"""`balatro identify`."""

from __future__ import annotations

import glob
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.utils.errors import BalatroError, InputError, SettingsError

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

    _check_json(json_out)
    files, failures = find_images(paths)
    if draw is not None:
        files = _without_copies(files, paths, draw)
        copies = _plan_copies(files, draw)
    num_files = len(files) + len(failures)
    if not files:
        raise bad_pictures(failures, num_files) if failures else InputError(f"{draw}: only marked pictures; name others")
    recognizer = Recognizer.load(model, threads or None)
    lines: list[bytes] = []
    num_done = 0
    for read in _read_all(recognizer, files, failures):
        num_done += 1
        if json_out == "-":
            sys.stdout.buffer.write(_json_line(read))  # not as text: the console's code page may lack a card's é
            sys.stdout.buffer.flush()
        elif json_out:
            lines.append(_json_line(read))
        else:
            _print_cards(read)
        if draw is not None:
            _draw(read, copies[read.path])
    if json_out and json_out != "-" and num_done:
        from balatro.utils.files import write_bytes

        write_bytes(Path(json_out), b"".join(lines))
        print(f"{json_out}: {num_done} pictures", file=sys.stderr)
    if draw is not None and num_done:
        print(f"{draw}: {num_done} pictures with the cards marked", file=sys.stderr)
    if failures:
        raise bad_pictures(failures, num_files)


def _check_json(json_out: str | None) -> None:
    if json_out is not None and (not json_out or Path(json_out).is_dir()):
        raise SettingsError(f"--json {json_out or repr('')}: expected a file to write, or - for stdout")


def _json_line(read: Read) -> bytes:
    # Names that are no Unicode, which Linux allows, come out as JSON's own \udc80.
    return json.dumps(read.to_json(), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _without_copies(files: list[Path], paths: list[str], folder: Path) -> list[Path]:
    """The pictures without the marked copies of an earlier run that the search of a folder around theirs has found."""
    place = folder.resolve()
    if not any(_searched(path) in place.parents for path in paths):
        return files
    old = {path for path in files if place in path.resolve().parents} - {Path(path) for path in paths}
    if old:
        print(f"{folder}: {len(old)} pictures in it are left out, since --draw writes there", file=sys.stderr)
    return [path for path in files if path not in old]


def _searched(path: str) -> Path:
    """The folder in which a path of the command line looks for pictures; of a file, itself."""
    place = Path(path)
    while glob.has_magic(str(place)) and not place.exists():
        place = place.parent
    return place.resolve()


def _plan_copies(files: list[Path], folder: Path) -> dict[Path, Path]:
    """For each picture, the PNG with its cards marked: no two of one name, and none in the place of a picture."""
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"--draw {folder}: a file, expected a folder")
    copies: dict[Path, Path] = {}
    taken: set[str] = set()
    for path in files:
        names = chain([path.stem], (f"{path.stem}_{number}" for number in count(2)))
        name = next(name for name in names if name.casefold() not in taken)  # a.png and A.png are one file on Windows
        taken.add(name.casefold())
        copies[path] = folder / f"{name}.png"
    inputs = {str(path.resolve()).casefold() for path in files}
    for copy in copies.values():
        if str(copy.resolve()).casefold() in inputs:
            raise SettingsError(f"--draw would overwrite {copy}; name another folder")
    return copies


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


def bad_pictures(failures: list[str], num_files: int) -> BalatroError:
    if num_files == 1:
        return InputError(failures[0])
    for failure in failures:
        print(failure, file=sys.stderr)
    others = "; the others are done" if len(failures) < num_files else ""
    return InputError(f"{len(failures)} of {num_files} pictures could not be read (listed above){others}")


def _print_cards(read: Read) -> None:
    """A table on stdout; names only, so that it stays readable in a pipe too."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from balatro.identify_card.draw import COLOURS

    known = [card for card in read.cards if card.known]
    others = len(read.cards) - len(known)
    title = f"{read.path}: {len(known)} cards" + (f", and {others} that are none of the known ones" if others else "")
    table = Table()
    for heading in ("card", "modifier", "type", "rarity"):
        table.add_column(heading)
    for heading in ("sure", "left", "top"):
        table.add_column(heading, justify="right")
    for card in known:
        colour = "" if card.modifier in ("", "Base") else "rgb({},{},{})".format(*COLOURS[card.modifier])
        place = (f"{card.confidence * 100:.1f} %", str(card.box[0]), str(card.box[1]))
        table.add_row(Text(card.name or ""), Text(card.modifier, colour), card.type, card.rarity, *place)
    console = Console()
    console.print(Text(title), soft_wrap=True)
    if known:
        console.print(table)


def _draw(read: Read, copy: Path) -> None:
    """Write the marked copy as PNG."""
    from PIL import Image

    from balatro.identify_card.draw import draw_cards
    from balatro.utils.files import write_bytes

    data = io.BytesIO()
    Image.fromarray(draw_cards(read.image, read.cards)).save(data, "PNG")
    write_bytes(copy, data.getvalue())

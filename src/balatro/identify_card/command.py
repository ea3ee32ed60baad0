"""`balatro identify`."""

from __future__ import annotations

import glob
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.errors import BalatroError, InputError, SettingsError
from balatro.identify_card.batch.many import MAX_TOLD
from balatro.identify_card.flags import IdentifyFlags
from balatro.utils.flags import completion
from balatro.utils.flags.options import options_of, take, with_options
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from rich.text import Text

    from balatro.identify_card.batch.engines import Engine, Share
    from balatro.identify_card.batch.many import Answer, Work

Model = Annotated[
    str,
    typer.Option(
        help="Name or folder of a model; auto takes `game` where there is one, else `demo`.", autocompletion=completion.models
    ),
]
Threads = Annotated[int, typer.Option(min=0, max=64, help="CPU threads; 0 chooses.")]

_PATHS = "Pictures, folders, globs, videos; or what camera:0, window:TITLE, clipboard:, - (stdin) or an address shows now."


@with_options(options_of(IdentifyFlags))
def identify(paths: Annotated[list[str], typer.Argument(help=_PATHS, metavar="PATH...")], **given: Any) -> None:
    """Name the cards of pictures and videos: whole screens, parts of them, or single cards.

    Any number of them: memory stays the same. While a file of lines is written, OUT.unfinished lies beside it; a run that was
    stopped goes on there with --resume. What cannot be read has an error in its line, the rest is done; exit status 1 then.

    Examples:

    \b
      balatro identify screenshot.png
      balatro identify captures/ --json cards.jsonl --draw marked/
      balatro identify screenshot.png --table
      balatro identify "captures/2026-*.png" --model demo --json -
      balatro identify table.jpg --model pokemon --as photo
      balatro identify evening.mp4 --every 0.5s --json evening.jsonl
      balatro identify camera:0
      balatro identify hundred-thousand/ --json cards.jsonl --resume --jobs 8
      balatro identify shared/captures/ --json cards.jsonl --engine ray --address auto
    """
    from balatro.identify_card.batch.engines import Share

    flags = take(IdentifyFlags, given)
    _check_json(flags)
    chosen = _pick_engine(flags.engine, flags.address)
    work, failures = _plan(paths, flags)
    share = Share(flags.jobs, flags.threads, flags.address)
    counts = Counts(len(failures), failures)
    if flags.out is None:
        _read(chosen, work, share, counts, _print_cards if flags.json_out is None else _to_stdout)
    else:
        _read_to_file(chosen, work, share, counts, flags.out, flags.resume)
    if flags.draw is not None and counts.good:
        print(f"{flags.draw}: {counted(counts.good, 'picture')} with the cards marked and numbered", file=sys.stderr)
        one = work.copies[0] if work.copies[0].endswith(".png") and len(work.copies) == 1 else f"{flags.draw}/PICTURE.png"
        print(f'keep a mistake:  balatro regress add {_quoted(one)} --find NUMBER --card "ITS NAME"', file=sys.stderr)
    if counts.told:
        raise bad_pictures(counts.told, counts.good + counts.bad, counts.bad)


def _quoted(path: str) -> str:
    """A path as it is typed into a shell."""
    return f'"{path}"' if " " in path else path


def _plan(paths: list[str], flags: IdentifyFlags) -> tuple[Work, list[str]]:
    """What is read, after all that can be wrong with the flags was told; and what of the paths is no picture."""
    from balatro.frames.sources import source_kind
    from balatro.identify_card.batch.many import Work, read_every
    from balatro.identify_card.turns import check_seen_as
    from balatro.runtime.bundle import find_bundle
    from balatro.utils.images import find_images
    from balatro.utils.outputs import check_text_output

    step = read_every(flags.every)
    places = [path for path in paths if source_kind(path) is not None]
    files, failures = find_images([path for path in paths if path not in places], videos=True)
    if flags.out is not None:
        check_text_output("--json", flags.out, files)
    if flags.draw is not None:
        files = _without_copies(files, paths, flags.draw)
    copies = [] if flags.draw is None else _plan_copies(files, flags.draw) + _plan_folders(places, flags.draw)
    names = [path.as_posix() for path in files] + places
    if not names:
        only_marked = InputError(f"{flags.draw}: only marked pictures; name others")
        raise bad_pictures(failures, len(failures)) if failures else only_marked
    check_seen_as(flags.seen_as)
    return Work(find_bundle(flags.model), names, copies, step, flags.table, seen_as=flags.seen_as), failures


def _plan_folders(places: list[str], folder: Path) -> list[str]:
    """A folder for the marked copies of each thing that is no file."""
    from balatro.frames.sources import shown

    names = [re.sub(r"[^A-Za-z0-9]+", "-", place).strip("-") or "stdin" for place in map(shown, places)]
    return [(folder / name).as_posix() for name in names]


@dataclass
class Counts:
    """How the reading went up to now."""

    bad: int
    told: list[str]
    """What is wrong with the bad ones: of the first few, however many there are."""
    good: int = 0

    def add(self, answer: Answer) -> None:
        if not answer.error:
            self.good += 1
            return
        self.bad += 1
        if len(self.told) < MAX_TOLD:
            self.told.append(answer.error)


def _check_json(flags: IdentifyFlags) -> None:
    if flags.json_out == "" or (flags.out is not None and flags.out.exists() and not flags.out.is_file()):
        raise SettingsError(f"--json {flags.json_out or repr('')}: expected a file to write, or - for stdout")
    if flags.resume is not None and flags.out is None:
        flag = "--resume" if flags.resume else "--no-resume"
        raise SettingsError(f"{flag} goes with --json OUT, a file; nothing else can be gone on with")


def _pick_engine(name: str, address: str | None) -> Engine:
    from balatro.identify_card.batch.engines import ENGINES

    if name not in ENGINES:
        raise SettingsError(f"no engine `{name}`; choose one of: {', '.join(ENGINES)}")
    if address is not None and not ENGINES[name].takes_address:
        raise SettingsError(f"--address {address}: the engine `{name}` has none; --engine ray does")
    return ENGINES[name]


def _read(engine: Engine, work: Work, share: Share, counts: Counts, write: Callable[[bytes], None]) -> None:
    """Read what is left of the work, and write its lines."""
    from balatro.identify_card.batch.many import num_items
    from balatro.utils.progress import progress

    total = num_items(work)
    shown = nullcontext() if total == 1 else progress("Reading pictures", total)
    began = time.monotonic()
    with closing(engine.read(work, replace(share, num_items=total))) as answers, shown as bar:
        for number, answer in enumerate(answers, 1):
            write(answer.line)
            counts.add(answer)
            if bar is not None:
                bar.advance(note=f"{number / (time.monotonic() - began):.3g}/s")


def _read_to_file(engine: Engine, work: Work, share: Share, counts: Counts, out: Path, resume: bool | None) -> None:
    """The same into a file that is written whole; what was done before an early end is kept beside it."""
    from balatro.identify_card.batch.line_file import LineFile

    with LineFile(out, line_settings(work), work.files, resume) as lines:
        done = lines.done
        counts.good += done.lines - done.bad
        counts.bad += done.bad
        counts.told += done.told
        if done.lines:
            print(f"{out}: {counted(done.lines, 'picture')} done, going on", file=sys.stderr)
        work = replace(work, first_file=done.first_file, first_frame=done.first_frame)
        try:
            _read(engine, work, share, counts, lines.write)
        except BaseException:
            if lines.num_lines:
                print(
                    f"{out}: {counted(lines.num_lines, 'picture')} done and kept; --resume goes on from there", file=sys.stderr
                )
            else:
                lines.drop()
            raise
        if counts.good:
            lines.finish()
            print(f"{out}: {counted(counts.good, 'picture')}", file=sys.stderr)
        else:
            lines.drop()


def line_settings(work: Work) -> dict[str, Any]:
    """What decides the lines besides the pictures."""
    from balatro import __version__
    from balatro.identify_card.batch.line_file import model_digest

    return {
        "version": __version__,
        "model": work.model.name,
        "model files": model_digest(work.model),
        "every": asdict(work.every),
        "as": work.seen_as,
        "marked copies": bool(work.copies),
        "table": work.table,
    }


def _to_stdout(line: bytes) -> None:
    sys.stdout.buffer.write(line)  # not as text: the console's code page may lack a card's é
    sys.stdout.buffer.flush()


def _without_copies(files: list[Path], paths: list[str], folder: Path) -> list[Path]:
    """The pictures without the marked copies of an earlier run that the search of a folder around theirs has found."""
    place = folder.resolve()
    if not any(_searched(path) in place.parents for path in paths):
        return files
    old = {path for path in files if place in path.resolve().parents} - {Path(path) for path in paths}
    if old:
        print(f"{folder}: {counted(len(old), 'picture')} in it left out, since --draw writes there", file=sys.stderr)
    return [path for path in files if path not in old]


def _searched(path: str) -> Path:
    """The folder in which a path of the command line looks for pictures; of a file, itself."""
    place = Path(path)
    while glob.has_magic(str(place)) and not place.exists():
        place = place.parent
    return place.resolve()


def _plan_copies(files: list[Path], folder: Path) -> list[str]:
    """For each picture, the PNG with its cards marked, for each video a folder of them: no two of one name, and none in the
    place of a picture."""
    from balatro.config.suffixes import is_video
    from balatro.utils.outputs import check_folder_name

    check_folder_name("--draw", folder)
    copies: list[Path] = []
    taken: set[str] = set()
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    for path in files:
        more = numbers[path.stem.casefold()]  # goes on where it was: ten thousand files of one name are usual
        names = chain([path.stem], (f"{path.stem}_{number}" for number in more))
        name = next(name for name in names if name.casefold() not in taken)  # a.png and A.png are one file on Windows
        taken.add(name.casefold())
        copies.append(folder / (name if is_video(path.name) else f"{name}.png"))
    inputs = {str(path.resolve()).casefold() for path in files}
    inputs |= {str(path.resolve().parent).casefold() for path in files} - {str(folder.resolve()).casefold()}
    for copy in copies:
        if str(copy.resolve()).casefold() in inputs:
            raise SettingsError(f"--draw would overwrite {copy}; name another folder")
    return [copy.as_posix() for copy in copies]


def bad_pictures(failures: list[str], num_files: int, num_bad: int | None = None) -> BalatroError:
    """The error at the end of a batch. failures: a line for each bad picture, or for the first of num_bad."""
    num_bad = len(failures) if num_bad is None else num_bad
    if num_files == 1:
        return InputError(failures[0])
    for failure in failures:
        print(failure, file=sys.stderr)
    more = "" if num_bad == len(failures) else ", the first of them"
    others = "; the others are done" if num_bad < num_files else ""
    return InputError(f"{num_bad} of {num_files} pictures could not be read (listed above{more}){others}")


def _print_cards(line: bytes) -> None:
    """A table on stdout; names only, so that it stays readable in a pipe too."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    read = json.loads(line)
    if "error" in read:
        return  # it is told at the end
    known = [card for card in read["cards"] if card["known"]]
    others = len(read["cards"]) - len(known)
    when = f" at {read['seconds']} s" if "seconds" in read else ""
    title = f"{read['file']}{when}: {counted(len(known), 'card')}"
    if others:
        title += f", and {others} that {'is' if others == 1 else 'are'} none of the known ones"
    table = Table()
    told = [column for column in _columns(known) if column.right or any(column.of(card).plain for card in known)]
    for column in told:
        table.add_column(column.heading, justify="right" if column.right else "left")
    for card in known:
        table.add_row(*(column.of(card) for column in told))
    console = Console(markup=False)
    console.print(Text(title), soft_wrap=True)
    if known:
        console.print(table)
    if "table" in read:
        from balatro.identify_card.table.show import print_table

        print_table(read["table"], console)


@dataclass(frozen=True)
class _Column:
    """A column of the table on stdout, left out where no card has anything in it."""

    heading: str
    of: Callable[[dict[str, Any]], Text]
    right: bool = False


def _columns(cards: list[dict[str, Any]]) -> list[_Column]:
    from rich.text import Text

    def field_column(name: str) -> _Column:
        return _Column(name, lambda card: Text(card.get("fields", {}).get(name, "")))

    names = dict.fromkeys(name for card in cards for name in card.get("fields", {}))
    return [
        _Column("card", lambda card: Text(card["name"] or "")),
        _Column("modifier", _modifier),
        _Column("type", lambda card: Text(card["type"])),
        _Column("rarity", lambda card: Text(card["rarity"])),
        *(field_column(name) for name in names),
        _Column("printings", lambda card: Text("\n".join(_printing(one) for one in card.get("printings", ())))),
        _Column("sure", lambda card: Text(f"{card['confidence'] * 100:.1f} %"), True),
        _Column("left", lambda card: Text(str(card["box"][0])), True),
        _Column("top", lambda card: Text(str(card["box"][1])), True),
    ]


def _modifier(card: dict[str, Any]) -> Text:
    from rich.text import Text

    from balatro.identify_card.marks.labels import COLOURS

    modifier = card["modifier"]
    return Text(modifier, "rgb({},{},{})".format(*COLOURS[modifier]) if modifier in COLOURS and modifier != "Base" else "")


def _printing(printing: dict[str, Any]) -> str:
    """`LEA 288, 52 %`."""
    return f"{' '.join(printing['fields'].values())}, {printing['confidence'] * 100:.0f} %"

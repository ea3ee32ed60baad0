"""`balatro watch`."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import takewhile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, cast

import typer

from balatro.identify_card.command import Model
from balatro.utils.durations import read_duration
from balatro.utils.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np

    from balatro.build_dataset.sources import Source
    from balatro.identify_card.events import Event, EventWriter
    from balatro.identify_card.recognizer import Recognizer
    from balatro.identify_card.watch import Look, Stats

_WHERE, _OUT = "What is watched", "What is written"


def watch(
    source: Annotated[
        str | None,
        typer.Option(
            help="window:TITLE, monitor:1, region:X,Y,W,H, or a video, a picture, a folder or glob of pictures; "
            "window:Balatro when left out.",
            metavar="SOURCE",
            show_default=False,
            rich_help_panel=_WHERE,
        ),
    ] = None,
    window: Annotated[
        str | None, typer.Option(help="Short for --source window:TITLE.", metavar="TITLE", rich_help_panel=_WHERE)
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Short for --source region:X,Y,W,H.", metavar="X,Y,W,H", rich_help_panel=_WHERE)
    ] = None,
    model: Model = "auto",
    max_fps: Annotated[float, typer.Option(min=0.1, max=240, help="Look so often a second, at most.")] = 10.0,
    cpu: Annotated[int, typer.Option(min=1, max=64, help="CPU threads, at most: the game needs the others.")] = 1,
    duration: Annotated[str | None, typer.Option("--for", help="Stop after 60s, 5m, 1h; or at Ctrl+C.", metavar="TIME")] = None,
    json_out: Annotated[
        str | None,
        typer.Option("--json", help="Write events as JSON lines; - is stdout.", metavar="OUT", rich_help_panel=_OUT),
    ] = None,
    csv_out: Annotated[
        str | None,
        typer.Option("--csv", help="Write events as CSV; - is stdout.", metavar="OUT", rich_help_panel=_OUT),
    ] = None,
) -> None:
    """Watch the running game: say which card appears, changes its modifier, or is gone.

    Frames that come while others are looked at are dropped. A file of events grows line by line, so that another program can
    follow it; an older one is replaced. How fast it goes is told on stderr.

    Examples:

    \b
      balatro watch
      balatro watch --window Balatro --json -
      balatro watch --source monitor:2 --max-fps 20 --cpu 2
      balatro watch --source evening.mp4 --csv cards.csv
    """
    place = _place(source, window, region)
    seconds = read_duration(duration)
    _check_outputs(json_out, csv_out)
    import cv2

    from balatro.build_dataset.sources import open_source
    from balatro.identify_card.recognizer import Recognizer

    cv2.setNumThreads(cpu)
    with ExitStack() as stack:
        opened = stack.enter_context(open_source(place))
        recognizer = Recognizer.load(model, cpu)
        writers = _open_writers(stack, json_out, csv_out)
        _run(opened, recognizer, writers, max_fps, seconds)


def _place(source: str | None, window: str | None, region: str | None) -> str:
    """What to watch, said in one of three ways."""
    given = [
        text
        for text in (source, None if window is None else f"window:{window}", None if region is None else f"region:{region}")
        if text is not None
    ]
    if len(given) > 1:
        raise SettingsError(f"{' and '.join(given)} are given; watch one of them")
    return given[0] if given else "window:Balatro"


def _check_outputs(json_out: str | None, csv_out: str | None) -> None:
    for flag, out in (("--json", json_out), ("--csv", csv_out)):
        if out is not None and (not out or Path(out).is_dir()):
            raise SettingsError(f"{flag} {out or repr('')}: expected a file to write, or - for stdout")
    if json_out is not None and json_out == csv_out:
        raise SettingsError(f"--json and --csv both write to {json_out}; name two places")


def _open_writers(stack: ExitStack, json_out: str | None, csv_out: str | None) -> list[EventWriter]:
    """Where events go; lines for people on stdout when nothing else is asked for."""
    from balatro.identify_card.events import EventWriter

    writers = []
    for name, out in (("json", json_out), ("csv", csv_out)):
        if out is not None and out != "-":
            path = Path(out)
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_alone(path))
            writers.append(EventWriter(stack.enter_context(path.open("wb")), name))
        elif out is not None:
            writers.append(EventWriter(_stdout(), name))
    return writers or [EventWriter(_stdout(), "text")]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """InputError when another watcher writes this file."""
    from balatro.utils.lock import FolderLock

    lock = FolderLock(path.with_name(f".{path.name}.lock"))
    with closing(lock):
        yield


class _Terminal(io.RawIOBase):
    """Standard output where it is a terminal: through `print`, so that the progress line below stays in its place."""

    def write(self, data: Any) -> int:
        print(bytes(data).decode("utf-8"), end="", flush=True)
        return len(data)


def _stdout() -> IO[bytes]:
    return cast("IO[bytes]", _Terminal()) if sys.stdout.isatty() else sys.stdout.buffer


def _run(source: Source, recognizer: Recognizer, writers: list[EventWriter], max_fps: float, seconds: float | None) -> None:
    """Watch until the source ends, the time is up, or Ctrl+C; then say how it went."""
    from balatro.identify_card.track import STILLS, USUAL
    from balatro.identify_card.watch import watch as watch_frames
    from balatro.utils.progress import progress

    def on_event(event: Event) -> None:
        for writer in writers:
            writer(event)

    with progress(f"Watching {source.name}", _total(source)) as bar:
        last = None

        def on_look(look: Look, stats: Stats) -> None:
            nonlocal last
            last = stats
            bar.advance(note=f"{len(look.shown)} cards; {stats.line()}")

        try:
            frames = _frames(source, max_fps, seconds, lambda why: bar.advance(0, note=f"waiting: {why}"))
            watch_frames(frames, on_event, recognizer, STILLS if source.still else USUAL, on_look)
        except KeyboardInterrupt:
            pass  # the way to end it
        finally:
            _report(source, last)


def _total(source: Source) -> float | None:
    """Frames that will be looked at, where that is known: of a video, not all of them."""
    return source.total if source.still else None


def _frames(
    source: Source, max_fps: float, seconds: float | None, on_hidden: Callable[[str], None]
) -> Iterable[tuple[np.ndarray, float]]:
    """The source's frames, as many as are to be looked at."""
    from balatro.build_dataset.windows import NotVisibleError
    from balatro.identify_card.watch import Frame, Live, thinned

    def grab() -> Frame | None:
        frame = source.grab()
        return None if frame is None else Frame(frame.image, frame.seconds)

    if source.live:

        def on_error(error: Exception) -> None:
            on_hidden(str(error))

        return Live(grab, max_fps, seconds, NotVisibleError, on_error)
    recorded = iter(grab, None)
    chosen = recorded if source.still else thinned(recorded, max_fps)
    return chosen if seconds is None else takewhile(lambda frame: frame[1] < seconds, chosen)


def _report(source: Source, stats: Stats | None) -> None:
    for line in source.skipped:
        print(line, file=sys.stderr)
    if stats is None:
        print(f"{source.name}: no frame was seen", file=sys.stderr)
        return
    print(
        f"{source.name}: {stats.frames} frames, {stats.unchanged} of them unchanged, {stats.dropped} dropped; "
        f"{stats.reads} cards read; at last {stats.line()}",
        file=sys.stderr,
    )

"""`balatro watch`."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, cast

import typer

from balatro.errors import InputError, SettingsError
from balatro.identify_card.command import Model
from balatro.identify_card.watch.overlay.feed import Feed
from balatro.utils.wording.durations import read_duration

if TYPE_CHECKING:
    import numpy as np

    from balatro.frames.frame import Source
    from balatro.identify_card.marks.labels import Drawing
    from balatro.identify_card.recognizer import Recognizer
    from balatro.identify_card.watch.doubtful import DoubtfulSaver
    from balatro.identify_card.watch.events import Event, EventWriter
    from balatro.identify_card.watch.overlay.record import Recorder
    from balatro.identify_card.watch.rest.told import Told
    from balatro.identify_card.watch.watch import Look, Stats

_WHERE, _OUT, _SHOWN = "What is watched", "What is written", "What is shown"


def watch(
    source: Annotated[
        str | None,
        typer.Option(
            help="window:TITLE, monitor:1, region:X,Y,W,H, camera:0, an address (rtsp, http), clipboard:, - (stdin), or a "
            "video, a picture, a folder or glob of pictures; "
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
    table: Annotated[
        bool,
        typer.Option(
            "--table",
            help="Tell the whole table each time it has come to rest, and what has happened in the game.",
            rich_help_panel=_OUT,
        ),
    ] = False,
    max_fps: Annotated[
        float, typer.Option(min=2, max=240, help="Look so often a second, at most; a name takes three looks.")
    ] = 10.0,
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
    record: Annotated[
        Path | None,
        typer.Option(help="Write what is watched as a video, with the cards marked.", metavar="OUT.mp4", rich_help_panel=_OUT),
    ] = None,
    save_doubtful: Annotated[
        Path | None,
        typer.Option(
            help="Write crops of doubtful cards there, to be named with `balatro annotate`, which looks into data/screenshots.",
            metavar="DIR",
            rich_help_panel=_OUT,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a video that is there.", rich_help_panel=_OUT)] = False,
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Mark the cards over the game itself.", rich_help_panel=_SHOWN)
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what is watched in a window, with the cards marked.", rich_help_panel=_SHOWN)
    ] = False,
    style: Annotated[str, typer.Option(help="outline, label or both.", metavar="STYLE", rich_help_panel=_SHOWN)] = "both",
    runners_up: Annotated[
        bool, typer.Option("--runners-up", help="Say the next likeliest names too.", rich_help_panel=_SHOWN)
    ] = False,
) -> None:
    """Watch the running game: say which card appears, changes its modifier, or is gone; with --table, the game's state.

    Frames that come while others are looked at are dropped. A file of events grows line by line, so that another program can
    follow it; an older one is replaced. How fast it goes is told on stderr.

    Keys, in the preview and in the small window of the overlay: H hides or shows what is drawn, O changes its style, R says
    runners-up, Space pauses a video, Q quits.

    Examples:

    \b
      balatro watch
      balatro watch --window Balatro --json -
      balatro watch --table --json state.jsonl
      balatro watch --overlay --style label
      balatro watch --source monitor:2 --max-fps 20 --cpu 2
      balatro watch --source evening.mp4 --csv cards.csv
      balatro watch --preview --record evening.mp4
      balatro watch --save-doubtful data/screenshots
    """
    place, seconds = _place(source, window, region), read_duration(duration)
    _check_outputs(place, json_out, csv_out, record, save_doubtful)
    from balatro.identify_card.marks.labels import Drawing

    drawing = Drawing(style, runners_up)
    plan = Plan(place, model, max_fps, cpu, seconds, json_out, csv_out, record, save_doubtful, overlay, drawing, table)
    if record is not None:
        from balatro.identify_card.watch.overlay.record import check_video

        check_video(record, force)
    feed = Feed(is_paced=preview)
    if not overlay and not preview:
        _watch(plan, feed)
        return
    from balatro.identify_card.watch.overlay.run import run_windows

    run_windows(feed, lambda: _watch(plan, feed), overlay, preview, drawing)


@dataclass(frozen=True)
class Plan:
    """What is watched, how, and where it goes."""

    place: str
    model: str
    max_fps: float
    cpu: int
    seconds: float | None
    json_out: str | None
    csv_out: str | None
    record: Path | None
    save_doubtful: Path | None
    overlay: bool
    drawing: Drawing
    table: bool


def _watch(plan: Plan, feed: Feed) -> None:
    """All of it, in whatever thread: a screen is to be read by the thread that opened it."""
    import cv2

    from balatro.frames.sources import open_source
    from balatro.identify_card.recognizer import Recognizer

    cv2.setNumThreads(plan.cpu)
    with ExitStack() as stack:
        opened = stack.enter_context(open_source(plan.place))
        if plan.overlay and not opened.on_screen:
            raise SettingsError(f"--overlay draws over what is on the screen; {opened.name} is not: take --preview")
        feed.opened(opened.name, opened.live)
        recognizer = Recognizer.load(plan.model, plan.cpu)
        writers = _open_writers(stack, plan.json_out, plan.csv_out)
        recorder = _open_recorder(stack, plan, opened)
        saver = _open_saver(stack, plan.save_doubtful)
        _run(opened, recognizer, writers, recorder, saver, plan, feed)


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


def _check_outputs(
    place: str, json_out: str | None, csv_out: str | None, record: Path | None, save_doubtful: Path | None
) -> None:
    from balatro.identify_card.watch.overlay.record import part_of
    from balatro.utils.images import find_images
    from balatro.utils.outputs import check_folder_name, check_output, check_text_output

    inputs = [Path(place), *find_images([place])[0]]
    for flag, out in (("--json", json_out), ("--csv", csv_out)):
        if out is not None and (not out or Path(out).is_dir()):
            raise SettingsError(f"{flag} {out or repr('')}: expected a file to write, or - for stdout")
        if out is not None and out != "-":
            check_text_output(flag, Path(out), inputs)
    if save_doubtful is not None:
        check_folder_name("--save-doubtful", save_doubtful)
    if json_out is not None and csv_out is not None and _place_of(json_out) == _place_of(csv_out):
        raise SettingsError(f"--json and --csv both write to {json_out}; name two places")
    for path in () if record is None else (record, part_of(record)):
        check_output("--record", path, inputs)


def _place_of(out: str) -> Path | None:
    """The file that a name means; None for stdout."""
    return None if out == "-" else Path(out).resolve()


def _open_writers(stack: ExitStack, json_out: str | None, csv_out: str | None) -> list[EventWriter]:
    """Where events go; lines for people on stdout when nothing else is asked for."""
    from balatro.identify_card.watch.events import EventWriter

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


def _open_recorder(stack: ExitStack, plan: Plan, source: Source) -> Recorder | None:
    """The video, if one is wanted."""
    if plan.record is None:
        return None
    from balatro.identify_card.watch.overlay.record import Recorder

    plan.record.parent.mkdir(parents=True, exist_ok=True)
    stack.enter_context(_alone(plan.record))
    fps = 1.0 if source.still else plan.max_fps
    return stack.enter_context(Recorder(plan.record, fps, plan.drawing, source.live, plan.cpu))


def _open_saver(stack: ExitStack, folder: Path | None) -> DoubtfulSaver | None:
    """What keeps doubtful cards, if that is wanted."""
    if folder is None:
        return None
    from balatro.identify_card.watch.doubtful import DoubtfulSaver

    return stack.enter_context(DoubtfulSaver(folder))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """InputError when another watcher writes this file."""
    from balatro.utils.processes.lock import FolderLock

    lock = FolderLock(path.with_name(f".{path.name}.lock"), path)
    with closing(lock):
        yield


class _Terminal(io.RawIOBase):
    """Standard output where it is a terminal: through `print`, so that the progress line below stays in its place."""

    def write(self, data: Any) -> int:
        print(bytes(data).decode("utf-8"), end="", flush=True)
        return len(data)


def _stdout() -> IO[bytes]:
    return cast("IO[bytes]", _Terminal()) if sys.stdout.isatty() else sys.stdout.buffer


def _run(
    source: Source,
    recognizer: Recognizer,
    writers: list[EventWriter],
    recorder: Recorder | None,
    saver: DoubtfulSaver | None,
    plan: Plan,
    feed: Feed,
) -> None:
    """Watch until the source ends, the time is up, the windows are closed, or Ctrl+C; then say how it went."""
    from balatro.identify_card.watch.followed import STILLS, USUAL
    from balatro.identify_card.watch.rest.told import State
    from balatro.identify_card.watch.watch import watch as watch_frames
    from balatro.utils.progress import progress

    def on_event(event: Event) -> None:
        event = replace(event, file=feed.file)
        for writer in writers:
            writer(event)

    def on_told(told: Told) -> None:
        told = replace(told, file=feed.file)
        if isinstance(told, State):
            feed.state = told
        for writer in writers:
            writer.tell(told)

    with progress(f"Watching {source.name}", _total(source)) as bar:
        last = None

        def on_look(look: Look, stats: Stats) -> None:
            nonlocal last
            last = stats
            if recorder is not None:
                recorder.add(look, feed.shows_itself)
            if saver is not None:
                saver.see(look.frame.image, look.readings, None if source.still else look.frame.seconds)
            feed.show(look, stats)
            bar.advance(note=f"{len(look.shown)} cards; {stats.line()}")

        def on_hidden(why: str) -> None:
            if why != feed.hidden and not source.on_screen:
                print(why, file=sys.stderr)  # a camera or stream that is gone may stay so: one line, also in a log
            feed.hidden = why
            bar.advance(0, note=f"waiting: {why}")

        try:
            frames = _frames(source, plan, feed, on_hidden)
            watch_frames(
                frames, on_event, recognizer, STILLS if source.still else USUAL, on_look, on_told if plan.table else None
            )
        except KeyboardInterrupt:
            pass  # the way to end it
        finally:
            _report(source, last, recorder, saver)
        if last is None and source.skipped:
            raise InputError(f"{source.name}: nothing of it could be read (see above)")
        if source.skipped:
            raise InputError(f"{source.name}: not all of it could be read (see above)")


def _total(source: Source) -> float | None:
    """Frames that will be looked at, where that is known: of a video, not all of them."""
    return source.total if source.still else None


def _frames(source: Source, plan: Plan, feed: Feed, on_hidden: Callable[[str], None]) -> Iterable[tuple[np.ndarray, float]]:
    """The source's frames, as many as are to be looked at."""
    from balatro.frames.windows import NotVisibleError
    from balatro.identify_card.watch.watch import Frame, Live, thinned

    def grab() -> Frame | None:
        frame = None if feed.is_stopped else source.grab()
        if frame is None:
            return None
        feed.box = frame.box if source.on_screen else None
        feed.file = frame.name
        return Frame(frame.image, frame.seconds)

    if source.live:
        return Live(grab, plan.max_fps, plan.seconds, NotVisibleError, lambda error: on_hidden(str(error)), sleep=feed.rest)
    recorded = iter(grab, None)
    chosen = recorded if source.still else thinned(recorded, plan.max_fps)
    if plan.seconds is not None:
        limit = plan.seconds
        chosen = takewhile(lambda frame: frame.seconds < limit, chosen)
    return feed.paced(chosen) if feed.is_paced else chosen


def _report(source: Source, stats: Stats | None, recorder: Recorder | None, saver: DoubtfulSaver | None) -> None:
    for line in source.skipped:
        print(line, file=sys.stderr)
    if stats is None:
        if not source.skipped:
            print(f"{source.name}: no frame was seen", file=sys.stderr)
        return
    print(
        f"{source.name}: {stats.frames} frames, {stats.unchanged} of them unchanged, {stats.dropped} dropped; "
        f"{stats.reads} cards read; at last {stats.line()}",
        file=sys.stderr,
    )
    if saver is not None:
        print(saver.line(), file=sys.stderr)
    if recorder is not None and recorder.dropped:
        print(f"{recorder.dropped} frames were left out of the video: the machine was too busy", file=sys.stderr)

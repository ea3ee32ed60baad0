"""`balatro watch`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import combinations, takewhile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from balatro.errors import InputError, SettingsError
from balatro.identify_card.watch.events import APPEARED
from balatro.identify_card.watch.flags import WatchFlags
from balatro.identify_card.watch.overlay.feed import Feed, Reads
from balatro.identify_card.watch.speech import Speaker, find_voice, spoken
from balatro.utils.flags.options import options_of, take, with_options
from balatro.utils.processes.priority import give_way
from balatro.utils.wording.durations import read_duration

if TYPE_CHECKING:
    import numpy as np

    from balatro.frames.frame import FrameSource
    from balatro.identify_card.marks.labels import Drawing
    from balatro.identify_card.recognizer import Recognizer
    from balatro.identify_card.watch.doubtful import DoubtfulSaver
    from balatro.identify_card.watch.events import Event, EventWriter
    from balatro.identify_card.watch.overlay.record import Recorder
    from balatro.identify_card.watch.pile.file import PileOut
    from balatro.identify_card.watch.post import Poster
    from balatro.identify_card.watch.rest.told import Told
    from balatro.identify_card.watch.watch import Look, Stats


@with_options(options_of(WatchFlags))
def watch(**given: Any) -> None:
    """Watch the running game: say which card appears, changes its modifier, or is gone; with --table, the game's state.

    Frames that come while others are looked at are dropped. A file of events grows line by line, so that another program can
    follow it; an older one is replaced. How fast it goes is told on stderr.

    Keys, in the preview and in the small window of the overlay: H hides or shows what is drawn, O changes its style, R says
    runners-up, W keeps the frame as a mistake and asks what is right, Space pauses a video, Q quits.

    Examples:

    \b
      balatro watch
      balatro watch --window Balatro --json -
      balatro watch --table --json state.jsonl
      balatro watch --overlay --style label
      balatro watch --source monitor:2 --max-fps 20 --cpu 2
      balatro watch --source evening.mp4 --csv cards.csv
      balatro watch --source ~/Pictures/Screenshots --follow
      balatro watch --preview --record evening.mp4
      balatro watch --save-doubtful data/screenshots
      balatro watch --table --post https://example.org/events
      balatro watch --source camera:0 --model pokemon --pile pile.csv --speak
    """
    flags = take(WatchFlags, given)
    seconds = read_duration(flags.duration)
    _check_flags(flags)
    from balatro.identify_card.marks.labels import Drawing

    drawing = Drawing(flags.style, flags.runners_up)
    feed = Feed(is_paced=flags.preview)
    if not flags.overlay and not flags.preview:
        _watch(flags, seconds, drawing, feed)
        return
    from balatro.identify_card.watch.overlay.run import run_windows

    run_windows(feed, lambda: _watch(flags, seconds, drawing, feed), flags.overlay, flags.preview, drawing)


def _watch(flags: WatchFlags, seconds: float | None, drawing: Drawing, feed: Feed) -> None:
    """All of it, in whatever thread: a screen is to be read by the thread that opened it."""
    import cv2

    from balatro.frames.sources import open_source
    from balatro.identify_card.recognizer import Recognizer

    cv2.setNumThreads(flags.cpu)
    with ExitStack() as stack:
        opened = stack.enter_context(open_source(flags.place, flags.follow))
        if flags.overlay and not opened.on_screen:
            raise SettingsError(f"--overlay draws over what is on the screen; {opened.name} is not: take --preview")
        feed.opened(opened.name, opened.live)
        if opened.on_screen:
            give_way()  # the game first; before the recognizer starts its threads
        recognizer = Recognizer.load(flags.model, flags.cpu)
        feed.reads = _reads(recognizer)
        outputs = Outputs(
            [*_open_writers(stack, flags), *_open_poster(stack, flags.post)],
            _open_recorder(stack, flags, drawing, opened),
            _open_saver(stack, flags.save_doubtful, feed),
            feed,
            _open_pile(stack, flags, recognizer, opened),
            stack.enter_context(Speaker(find_voice())) if flags.speak else None,
        )
        _run(opened, recognizer, outputs, flags, seconds)


@dataclass(frozen=True)
class Outputs:
    """Where what is watched goes."""

    writers: list[EventWriter | Poster]
    recorder: Recorder | None
    saver: DoubtfulSaver | None
    feed: Feed
    """What the windows show; it knows which file is read."""
    pile: PileOut | None = None
    speaker: Speaker | None = None

    def tell(self, event: Event) -> None:
        event = replace(event, file=self.feed.file)
        for writer in self.writers:
            writer(event)
        if self.speaker is not None and self.pile is None and event.kind == APPEARED:
            self.speaker.say(spoken(event.card))

    def tell_table(self, told: Told) -> None:
        from balatro.identify_card.watch.rest.told import State

        told = replace(told, file=self.feed.file)
        if isinstance(told, State):
            self.feed.state = told
        for writer in self.writers:
            writer.tell(told)

    def take(self, look: Look, stats: Stats, still: bool) -> None:
        """One look: its frame for the video, its doubtful cards for the folder, all of it for the windows."""
        if self.recorder is not None:
            self.recorder.add(look, self.feed.shows_itself)
        if self.saver is not None:
            self.saver.see(look.frame.image, look.readings, None if still else look.frame.seconds)
        for one in () if self.pile is None else self.pile.see(look):
            if self.speaker is not None:
                self.speaker.say(spoken(one.card, one.count))
        self.feed.show(look, stats)


def _check_flags(flags: WatchFlags) -> None:
    """What is wrong with them, with the places for what is written, or missing, is told before anything is opened."""
    from balatro.identify_card.turns import check_seen_as
    from balatro.identify_card.watch.overlay.record import check_video, part_of
    from balatro.utils.images import find_images
    from balatro.utils.outputs import check_folder_name, check_output, check_text_output

    check_seen_as(flags.seen_as)
    if flags.post is not None:
        from balatro.identify_card.watch.post import check_address

        check_address(flags.post)
    inputs = [Path(flags.place), *find_images([flags.place])[0]]
    pile = None if flags.pile is None else os.fspath(flags.pile)
    outs = {"--json": flags.json_out, "--csv": flags.csv_out, "--pile": pile}
    for flag, out in outs.items():
        if out is not None and (not out or Path(out).is_dir()):
            raise SettingsError(f"{flag} {out or repr('')}: expected a file to write, or - for stdout")
        if out is not None and out != "-":
            check_text_output(flag, Path(out), inputs)
    if flags.save_doubtful is not None:
        check_folder_name("--save-doubtful", flags.save_doubtful)
    if pile == "-":
        raise SettingsError("--pile -: expected a file to write; what is counted is told on stdout besides")
    for (flag, out), (other, same) in combinations(((flag, out) for flag, out in outs.items() if out is not None), 2):
        if _place_of(out) == _place_of(same):
            raise SettingsError(f"{flag} and {other} both write to {out}; name two places")
    for path in () if flags.record is None else (flags.record, part_of(flags.record)):
        check_output("--record", path, inputs)
    if flags.record is not None:
        check_video(flags.record, flags.force)
    if flags.speak:
        find_voice()


def _place_of(out: str) -> Path | None:
    """The file that a name means; None for stdout."""
    return None if out == "-" else Path(out).resolve()


def _open_writers(stack: ExitStack, flags: WatchFlags) -> list[EventWriter]:
    """Where events go; lines for people on stdout when nothing else is asked for, as a pile's rows are."""
    from balatro.identify_card.watch.events import EventWriter

    writers = []
    for name, out in (("json", flags.json_out), ("csv", flags.csv_out)):
        if out is not None and out != "-":
            path = Path(out)
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_alone(path))
            writers.append(EventWriter(stack.enter_context(path.open("wb")), name))
        elif out is not None:
            writers.append(EventWriter(_stdout(), name))
    return writers or ([EventWriter(_stdout(), "text")] if flags.pile is None else [])


def _open_pile(stack: ExitStack, flags: WatchFlags, recognizer: Recognizer, source: FrameSource) -> PileOut | None:
    """What counts the cards of a pile, if that is wanted."""
    if flags.pile is None:
        return None
    from balatro.identify_card.watch.pile.count import Pile
    from balatro.identify_card.watch.pile.file import PileFile, PileOut

    flags.pile.parent.mkdir(parents=True, exist_ok=True)
    stack.enter_context(_alone(flags.pile))
    has_modifier = "modifier" in recognizer.bundle.tasks
    file = stack.enter_context(PileFile(flags.pile, recognizer.namer.field_names, has_modifier))
    stdout = _stdout() if "-" not in (flags.json_out, flags.csv_out) else None
    return PileOut(Pile(source.still), file, stdout)


def _open_poster(stack: ExitStack, url: str | None) -> list[Poster]:
    """What sends events to an address, if that is wanted."""
    if url is None:
        return []
    from balatro.identify_card.watch.post import Poster

    return [stack.enter_context(closing(Poster(url)))]


def _open_recorder(stack: ExitStack, flags: WatchFlags, drawing: Drawing, source: FrameSource) -> Recorder | None:
    """The video, if one is wanted."""
    if flags.record is None:
        return None
    from balatro.identify_card.watch.overlay.record import Recorder

    flags.record.parent.mkdir(parents=True, exist_ok=True)
    stack.enter_context(_alone(flags.record))
    fps = 1.0 if source.still else flags.max_fps
    return stack.enter_context(Recorder(flags.record, fps, drawing, source.live, flags.cpu))


def _open_saver(stack: ExitStack, folder: Path | None, feed: Feed) -> DoubtfulSaver | None:
    """What keeps doubtful cards, if that is wanted; cards that a person points at go there, too."""
    if folder is None:
        return None
    from balatro.identify_card.watch.doubtful import DoubtfulSaver

    saver = stack.enter_context(DoubtfulSaver(folder))
    stack.callback(setattr, feed, "save", None)  # before it is closed: windows may stay longer
    feed.save = saver.add
    return saver


def _reads(recognizer: Recognizer) -> Reads:
    """What a model may say, for the windows."""
    from balatro.config.modifiers import MODIFIERS

    bundle = recognizer.bundle
    names = sorted({card.name for card in bundle.cards if card.known})
    return Reads(bundle.name, tuple(names), tuple(MODIFIERS) if "modifier" in bundle.tasks else ())


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


def _run(source: FrameSource, recognizer: Recognizer, outputs: Outputs, flags: WatchFlags, seconds: float | None) -> None:
    """Watch until the source ends, the time is up, the windows are closed, or Ctrl+C; then say how it went."""
    from balatro.identify_card.watch.followed import STILLS, USUAL
    from balatro.identify_card.watch.watch import watch as watch_frames
    from balatro.utils.progress import progress

    feed = outputs.feed
    with progress(f"Watching {source.name}", _total(source)) as bar:
        last = None

        def on_look(look: Look, stats: Stats) -> None:
            nonlocal last
            last = stats
            outputs.take(look, stats, source.still)
            bar.advance(note=f"{len(look.shown)} cards; {stats.line()}")

        def on_hidden(why: str) -> None:
            if why != feed.hidden:
                print(why, file=sys.stderr)  # it may stay so: one line, also in a log
            feed.hidden = why
            bar.advance(0, note=f"waiting: {why}")

        try:
            watch_frames(
                _frames(source, flags.max_fps, seconds, feed, on_hidden),
                outputs.tell,
                recognizer,
                STILLS if source.still else USUAL,
                on_look,
                outputs.tell_table if flags.table else None,
                flags.seen_as,
            )
        except KeyboardInterrupt:
            pass  # the way to end it
        finally:
            _report(source, last, outputs)
        if source.skipped:
            unread = "nothing of it" if last is None else "not all of it"
            raise InputError(f"{source.name}: {unread} could be read (see above)")


def _total(source: FrameSource) -> float | None:
    """Frames that will be looked at, where that is known: of a video, not all of them."""
    return source.total if source.still else None


def _frames(
    source: FrameSource, max_fps: float, seconds: float | None, feed: Feed, on_hidden: Callable[[str], None]
) -> Iterable[tuple[np.ndarray, float]]:
    """The source's frames, as many as are to be looked at."""
    from balatro.frames.desktop.errors import NotVisibleError
    from balatro.identify_card.watch.watch import Frame, Live, thinned

    def grab() -> Frame | None:
        frame = None if feed.is_stopped else source.grab()
        if frame is None:
            return None
        feed.box = frame.box if source.on_screen else None
        feed.file = frame.name
        return Frame(frame.image, frame.seconds)

    if source.live:
        live = Live(grab, max_fps, seconds, NotVisibleError, lambda error: on_hidden(str(error)), sleep=feed.rest)
        return iter(live) if source.still else live  # pictures that come wait: none is dropped, so none is counted
    recorded = iter(grab, None)
    chosen = recorded if source.still else thinned(recorded, max_fps)
    if seconds is not None:
        chosen = takewhile(lambda frame: frame.seconds < seconds, chosen)
    return feed.paced(chosen) if feed.is_paced else chosen


def _report(source: FrameSource, stats: Stats | None, outputs: Outputs) -> None:
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
    for told in (outputs.saver, outputs.pile):
        if told is not None:
            print(told.line(), file=sys.stderr)
    if outputs.recorder is not None and outputs.recorder.dropped:
        print(f"{outputs.recorder.dropped} frames were left out of the video: the machine was too busy", file=sys.stderr)

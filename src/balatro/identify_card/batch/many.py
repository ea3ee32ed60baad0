"""Reading many pictures: what is to be read, and how one of them becomes a line of the output.

A `Work` says what is read and with what; it is small and goes to every process. `items` gives its pictures and frames of videos
one after the other, `Reader.read` makes the line of one. Who calls which where is the engine's matter (`engines.py`), and so
every engine writes the same lines in the same order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balatro.config.suffixes import is_video
from balatro.errors import BalatroError, InputError, SettingsError
from balatro.frames.sources import open_source, shown, source_kind

if TYPE_CHECKING:
    import numpy as np

    from balatro.frames.frame import Frame, FrameSource
    from balatro.identify_card.card import Card
    from balatro.identify_card.sight import Sight

MAX_TOLD = 50
"""Bad pictures that are listed at the end; all are in the lines."""


@dataclass(frozen=True)
class Every:
    """Which frames of a video are read: every so many frames, or one every so many seconds of the video's own time."""

    frames: int = 0
    seconds: float = 1.0

    def chosen(self, number: int, seconds: float, before: float) -> bool:
        """Whether frame `number` (from 0), shown at `seconds`, is read; `before`: when the frame before it was shown, or -1."""
        if self.frames:
            return number % self.frames == 0
        return before < 0 or _step(seconds, self.seconds) > _step(before, self.seconds)

    def count(self, frames: int, rate: float) -> int:
        """About how many of a video's frames that is."""
        return -(-frames // self.frames) if self.frames else int(frames / rate / self.seconds) + 1


def _step(seconds: float, length: float) -> int:
    return int(seconds / length + 1e-6)


def read_every(text: str) -> Every:
    """`30` is every 30th frame, `0.5s` one every half second. SettingsError for anything else."""
    from balatro.utils.wording.durations import read_duration

    number = text.strip()
    if number.isascii() and number.isdigit():
        if not 1 <= int(number) <= 1_000_000:
            raise SettingsError(f"--every {text}: expected 1 or more frames, or a time such as 0.5s")
        return Every(frames=int(number))
    seconds = read_duration(text, "--every")
    assert seconds is not None
    return Every(seconds=seconds)


@dataclass(frozen=True)
class Work:
    """What is read, in which order, and with what."""

    model: Path
    """The model's folder."""
    files: Sequence[str]
    """Pictures and videos, with `/` on every system."""
    copies: Sequence[str] = ()
    """For each file, where its copy with the cards marked goes: a PNG, of a video a folder; empty for none at all."""
    every: Every = field(default_factory=Every)
    table: bool = False
    """Whether the table is told, too."""
    first_file: int = 0
    """Where to begin: files before this one are done,"""
    first_frame: int = 0
    """and of it so many frames."""
    seen_as: str = "auto"
    """One of SEEN_AS, what the pictures are."""

    def reader(self, threads: int | None) -> ReaderSettings:
        """What reads it, with so many CPU threads."""
        return ReaderSettings(self.model, threads, self.table, self.seen_as)

    def to_do(self) -> Iterator[tuple[str, str, int]]:
        """Each file that is left, the place of its copy, and how many of its chosen frames are done."""
        for number in range(self.first_file, len(self.files)):
            copy = self.copies[number] if self.copies else ""
            yield self.files[number], copy, self.first_frame if number == self.first_file else 0


@dataclass(frozen=True, eq=False)
class Item:
    """One picture to be read: a file, or a frame of a video."""

    file: str
    copy: str = ""
    frame: int = -1
    """Of a video: the frame's number from 0, and when it is shown."""
    seconds: float = 0.0
    image: np.ndarray | None = None
    """Of a video: the frame, (H, W, 3) uint8 RGB. A picture is read from its file."""
    error: str = ""
    """Of a video that cannot be read, or not to its end: why."""


@dataclass(frozen=True)
class Answer:
    """One picture that was read."""

    line: bytes
    """UTF-8 JSON with the line's end."""
    error: str = ""
    """Why it could not be read, which its line says too."""


def items(work: Work) -> Iterator[Item]:
    """What is left to be read, in order."""
    for file, copy, skip in work.to_do():
        yield from items_of(file, copy, skip, work.every)


def items_of(file: str, copy: str, skip: int, every: Every) -> Iterator[Item]:
    """A picture, or the chosen frames of a video without the first `skip` of them."""
    named = source_kind(file) is not None
    if not named and not is_video(file):
        yield Item(file, copy)
        return
    try:
        source = open_source(file) if named else open_source(str(_video_path(file)))
    except BalatroError as error:
        yield Item(shown(file), error=str(error))
        return
    file = shown(file)
    num_chosen, before = 0, -1.0
    with source:
        for number, frame in enumerate(_moment(source) if source.live else source):
            if source.still or every.chosen(number, frame.seconds, before):
                num_chosen += 1
                if num_chosen > skip:
                    place = f"{copy}/{number:06d}.png" if copy else ""
                    yield Item(file, place, number, round(frame.seconds, 3), frame.image)
            before = frame.seconds
    for why in source.skipped:
        yield Item(file, error=why)
    if num_chosen == 0 and not source.skipped:
        yield Item(file, error=f"{file}: a video without a frame; save it anew")


def _moment(source: FrameSource) -> Iterator[Frame]:
    """What a live source shows now, once."""
    try:
        frame = source.grab()
    except BalatroError as error:
        source.skipped.append(str(error))
        return
    if frame is not None:
        yield frame


def _video_path(file: str) -> Path:
    path = Path(file)
    if not path.is_file():
        what = "a pipe or a device, not a video" if path.exists() else "no such file; check the path"
        raise InputError(f"{path}: {'a folder, not a video' if path.is_dir() else what}")
    return path


def num_items(work: Work) -> int | None:
    """About how many items are left; None when a video does not tell how many frames it has."""
    import cv2

    total = 0
    for file, _, skip in work.to_do():
        if (kind := source_kind(file)) is not None and not kind.is_live:
            return None
        if kind is not None or not is_video(file):
            total += 1
            continue
        video = cv2.VideoCapture(str(Path(file).absolute())) if Path(file).is_file() else None
        frames, rate = (video.get(what) for what in (cv2.CAP_PROP_FRAME_COUNT, cv2.CAP_PROP_FPS)) if video else (1, 1)
        if not 0 < frames < 1e9 or not 0 < rate < 1000:
            return None
        total += max(1, work.every.count(int(frames), rate) - skip)
    return total


@dataclass(frozen=True)
class ReaderSettings:
    """What a reader is made of; small, as it goes to every process."""

    model: Path
    """The model's folder."""
    threads: int | None = None
    """CPU threads, see `Recognizer.load`."""
    table: bool = False
    """Whether the table is told, too."""
    seen_as: str = "auto"
    """What the pictures are, see `Recognizer.identify`."""


class Reader:
    """A recognizer that turns items into lines. One in each process."""

    def __init__(self, settings: ReaderSettings) -> None:
        """ModelError for a model that cannot be read, or one of another game where the table is asked for."""
        from balatro.identify_card.recognizer import Recognizer, check_table

        self._recognizer = Recognizer.load(settings.model, settings.threads)
        if settings.table:
            check_table(self._recognizer.bundle)
        self._settings = settings

    def read(self, item: Item) -> Answer:
        """The line of one picture, and its copy with the cards marked. OSError when that cannot be written."""
        from balatro.utils.images import load_image

        if item.error:
            return _failed(item, item.error)
        try:
            image = load_image(item.file) if item.image is None else item.image
            sight = self._recognizer.see(image, self._settings.seen_as)
            told = self._tell(item, sight)
        except BalatroError as error:
            return _failed(item, str(error))
        except Exception as error:  # one picture must not end the reading of a hundred thousand
            return _failed(item, f"{item.file}: unexpected {type(error).__name__}: {error}; please report it")
        if item.copy:
            self._draw(item, image, sight.cards)
        return Answer(_line(item, told))

    def _tell(self, item: Item, sight: Sight) -> dict[str, Any]:
        from balatro.identify_card.card import picture_json

        table = self._recognizer.table_of(sight) if self._settings.table else None
        return picture_json(item.file, *sight.size, sight.cards, table)

    def _draw(self, item: Item, image: np.ndarray, cards: list[Card]) -> None:
        """Write the marked copy as PNG; it says of what it is one."""
        from balatro.identify_card.marks.draw import draw_cards
        from balatro.identify_card.marks.labels import NUMBERED
        from balatro.identify_card.mistakes.finds import finds_of
        from balatro.identify_card.mistakes.marked import Origin, place_beside, with_origin
        from balatro.utils.files import write_bytes
        from balatro.utils.images import to_png

        copy = Path(item.copy)
        file = place_beside(item.file, copy) if source_kind(item.file) is None else ""
        origin = Origin(file, item.frame, self._recognizer.bundle.name, finds_of(cards))
        write_bytes(copy, with_origin(to_png(draw_cards(image, cards, NUMBERED), packed=True), origin))


def _failed(item: Item, why: str) -> Answer:
    why = " ".join(why.split())
    return Answer(_line(item, {"error": why}), why)


def _line(item: Item, told: dict[str, Any]) -> bytes:
    when = {} if item.frame < 0 else {"frame": item.frame, "seconds": item.seconds}
    # Names that are no Unicode, which Linux allows, come out as JSON's own \udc80.
    text = json.dumps({"file": item.file, **when, **told}, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def chunks(work: Work, size: int) -> Iterator[list[Item]]:
    """The items in lists of at most `size`; a frame of a video, which is large, ends one."""
    chunk: list[Item] = []
    for item in items(work):
        chunk.append(item)
        if len(chunk) == size or item.image is not None:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

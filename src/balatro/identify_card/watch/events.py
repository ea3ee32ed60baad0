"""What watching tells other programs: a card appeared, changed or is gone; as JSON lines, as CSV, or to a callback."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

from balatro.identify_card.card import Card
from balatro.identify_card.watch.rest.told import Told

FORMAT = 1
"""Version of what `identify` and `watch` write as JSON, and `serve` answers (docs/formats.md): fields may come to it; one that
goes, or means something else, makes it 2."""
APPEARED, CHANGED, GONE = "appeared", "changed", "gone"
EVENTS = (APPEARED, CHANGED, GONE)
"""A card whose name turns out to be another one, such as after a reroll, is gone, and another one appeared; `changed` is
another modifier on the same card. So what is on the screen is what appeared less what is gone, with two exceptions: nothing is
said while the window is hidden, and when watching ends, for whatever reason, the last frame's cards are not told as gone."""


@dataclass(frozen=True)
class Event:
    """Something that happened to one card."""

    kind: str
    """One of EVENTS."""
    seconds: float
    """When it is said, in the time of the frames."""
    since: float
    """When it was first seen: of a card that is gone, when it was seen last."""
    track: int
    """The card's number, the same from its appearance to its end; copies of one card have different ones."""
    card: Card
    """As `balatro identify` gives it; of a card that is gone, as it was last."""
    before: str = ""
    """The modifier before a change."""
    file: str = ""
    """Of pictures: the one in which it is said."""

    def to_json(self) -> dict[str, Any]:
        """The event as a line of `balatro watch --json`; times have three digits."""
        line: dict[str, Any] = {
            "event": self.kind,
            "seconds": round(self.seconds, 3),
            "since": round(self.since, 3),
            "track": self.track,
            "card": self.card.to_json(),
        }
        if self.kind == CHANGED:
            line["before"] = self.before
        return {**line, "file": self.file} if self.file else line


OnEvent: TypeAlias = Callable[[Event], None]

COLUMNS = (
    *("event", "seconds", "since", "track", "id", "name", "type", "rarity", "modifier", "confidence", "modifier_confidence"),
    *("left", "top", "right", "bottom", "before", "file", "fields"),
)
"""Columns of the CSV; `fields` is `set=LEA; number=288`."""


def json_line(event: Event | Told) -> str:
    """One line of JSON, with its line end."""
    return json.dumps(event.to_json(), ensure_ascii=False) + "\n"


def csv_line(event: Event) -> str:
    """One row of COLUMNS, with its line end."""
    card = event.card.to_json()
    card.update(zip(("left", "top", "right", "bottom"), card["box"], strict=True))
    card["fields"] = "; ".join(f"{name}={value}" for name, value in event.card.fields.items())
    return _csv_row([{**event.to_json(), "before": event.before, "file": event.file, **card}[column] for column in COLUMNS])


def text_line(event: Event) -> str:
    """One line for people."""
    card = event.card
    modifier = f" ({card.modifier})" if card.modifier not in ("", "Base") else ""
    fields = "".join(f" [{value}]" for value in card.fields.values())
    was = f", was {event.before}" if event.kind == CHANGED else ""
    return f"{event.seconds:9.2f} s  {event.kind:<8}  {card.name}{modifier}{fields}{was}  {card.confidence * 100:.0f} %\n"


def _csv_row(values: list[Any]) -> str:
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow(["" if value is None else value for value in values])
    return row.getvalue()


@dataclass(frozen=True)
class Format:
    """A way to write events."""

    line: Callable[[Event], str]
    head: str = ""
    """What stands before the first line."""
    told: Callable[[Told], str] = lambda told: ""
    """A line of the table; a CSV has the cards' events alone."""


FORMATS = {
    "json": Format(json_line, told=json_line),
    "csv": Format(csv_line, _csv_row(list(COLUMNS))),
    "text": Format(text_line, told=lambda told: told.to_text()),
}


class EventWriter:
    """Writes events to a binary stream, each as one whole line at once, so that a reader may follow them as they come."""

    def __init__(self, stream: IO[bytes], format_name: str) -> None:
        """format_name: one of FORMATS."""
        self._stream = stream
        self._format = FORMATS[format_name]
        self._write(self._format.head)

    def __call__(self, event: Event) -> None:
        """Write one event."""
        self._write(self._format.line(event))

    def tell(self, told: Told) -> None:
        """Write what is told of the table."""
        self._write(self._format.told(told))

    def _write(self, text: str) -> None:
        if text:
            self._stream.write(text.encode("utf-8", "backslashreplace"))
            self._stream.flush()

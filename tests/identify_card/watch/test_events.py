from __future__ import annotations

import csv
import dataclasses
import io
import json

import pytest

from balatro.identify_card.card import Card, Guess
from balatro.identify_card.watch.events import APPEARED, CHANGED, COLUMNS, EVENTS, FORMATS, GONE, Event, EventWriter

CARD = Card(
    id="c_seance",
    name="Séance",
    type="Spectral",
    rarity="",
    modifier="Foil",
    known=True,
    confidence=0.98765,
    modifier_confidence=0.9,
    box=(1, 2, 30, 40),
    quad=((1, 2), (30, 2), (30, 40), (1, 40)),
    top=(Guess("c_seance", "Séance", 0.98765),),
)


def event(kind: str, before: str = "") -> Event:
    return Event(kind, 2.00049, 1.5, 7, CARD, before)


def written(name: str, *events: Event) -> bytes:
    stream = io.BytesIO()
    writer = EventWriter(stream, name)
    for one in events:
        writer(one)
    return stream.getvalue()


@pytest.mark.parametrize("kind", EVENTS)
def test_json_line(kind: str) -> None:
    line = json.loads(written("json", event(kind, "Base")))
    assert line.pop("card") == CARD.to_json()
    before = {"before": "Base"} if kind == CHANGED else {}
    assert line == {"event": kind, "seconds": 2.0, "since": 1.5, "track": 7, **before}


def test_the_picture_of_an_event() -> None:
    one = dataclasses.replace(event(GONE), file="a/é.png")
    assert json.loads(written("json", one))["file"] == "a/é.png"
    assert next(csv.DictReader(io.StringIO(written("csv", one).decode())))["file"] == "a/é.png"


def test_json_is_utf8_and_one_line_an_event() -> None:
    lines = written("json", event(APPEARED), event(GONE)).splitlines()
    assert len(lines) == 2 and "Séance".encode() in lines[0]


def test_csv_has_a_head_and_all_columns() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", event(CHANGED, "Base"), event(GONE)).decode())))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] == {
        "event": "changed",
        "seconds": "2.0",
        "since": "1.5",
        "track": "7",
        "id": "c_seance",
        "name": "Séance",
        "type": "Spectral",
        "rarity": "",
        "modifier": "Foil",
        "confidence": "0.9877",
        "modifier_confidence": "0.9",
        "left": "1",
        "top": "2",
        "right": "30",
        "bottom": "40",
        "before": "Base",
        "file": "",
        "fields": "",
    }
    assert rows[1]["event"] == "gone" and rows[1]["before"] == ""


def test_csv_head_stands_there_before_any_event() -> None:
    assert written("csv").decode() == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(("kind", "text"), [(APPEARED, "Séance (Foil)  99 %"), (CHANGED, "Séance (Foil), was Base  99 %")])
def test_text_line(kind: str, text: str) -> None:
    assert written("text", event(kind, "Base")).decode() == f"     2.00 s  {kind:<8}  {text}\n"


def test_each_event_is_one_write_that_is_flushed() -> None:
    class Stream(io.BytesIO):
        def __init__(self) -> None:
            super().__init__()
            self.calls: list[str] = []

        def write(self, data: object) -> int:
            self.calls.append("write")
            return super().write(data)  # type: ignore[arg-type]

        def flush(self) -> None:
            self.calls.append("flush")

    stream = Stream()
    writer = EventWriter(stream, "json")
    writer(event(APPEARED))
    writer(event(GONE))
    assert stream.calls == ["write", "flush"] * 2


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_its_lines(name: str) -> None:
    assert written(name, event(APPEARED)).endswith(b"\n")

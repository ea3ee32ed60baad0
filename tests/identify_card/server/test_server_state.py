"""The state that the server saw last: how it comes to be, and who may ask."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("websockets")
from websockets.sync.client import connect

from balatro.identify_card.server.state import LastState, Stream
from tests.identify_card.server.server_parts import running, table_bytes
from tests.identify_card.table.tables import cards, on

WAIT_S = 60


@pytest.fixture
def port(fake_folder: Path) -> Iterator[int]:
    with running(fake_folder) as port:
        yield port


def ask(port: int, path: str, data: bytes | None = None) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", data, timeout=WAIT_S) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def test_nothing_was_seen_yet(port: int) -> None:
    assert ask(port, "/state") == {"number": 0, "age": None, "table": None}


def test_a_picture_is_the_state_at_once(port: int) -> None:
    ask(port, "/identify", table_bytes())
    assert ask(port, "/state")["number"] == 0  # nobody asked for the table
    table = ask(port, "/table", table_bytes())["table"]
    state = ask(port, "/state")
    assert state["number"] == 1 and state["table"] == table and 0 <= state["age"] < WAIT_S
    ask(port, "/table", table_bytes())
    assert ask(port, "/state")["number"] == 1


def test_frames_are_the_state_once_they_agree(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/live?table=true", open_timeout=WAIT_S, proxy=None) as live:
        numbers = []
        for _ in range(3):
            live.send(table_bytes())
            answer = json.loads(live.recv(WAIT_S))
            numbers.append(ask(port, "/state")["number"])
    assert [card["id"] for card in answer["table"]["jokers"]] == ["red", "green"]
    assert numbers == [0, 1, 1]


@pytest.mark.parametrize("query", ["", "?table=false", "?table="])
def test_live_tells_no_table_unasked(port: int, query: str) -> None:
    with connect(f"ws://127.0.0.1:{port}/live{query}", open_timeout=WAIT_S, proxy=None) as live:
        live.send(table_bytes())
        assert "table" not in json.loads(live.recv(WAIT_S))


def test_the_overlay_needs_no_token_and_its_state_does(fake_folder: Path) -> None:
    with running(fake_folder, token="secret") as port:
        for path in ("/overlay", "/overlay.css", "/overlay.js"):
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=WAIT_S).status == 200
        with pytest.raises(urllib.error.HTTPError, match="401"):
            ask(port, "/state")


def test_one_blurred_frame_is_no_state() -> None:
    state = LastState()
    stream = Stream(state)
    numbers = []
    for name in ("A", "A", "X", "A", "B", "B"):
        stream.take(on("hand", jokers=cards(name)))
        numbers.append((state.to_json()["number"], (state.to_json()["table"] or {"jokers": [{}]})["jokers"][0].get("name")))
    assert numbers == [(0, None), (1, "A"), (1, "A"), (1, "A"), (1, "A"), (2, "B")]

"""The WebSocket with clients that go wrong, over real sockets. A client that never reads is in test_server.py."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import replace

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("websockets")
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from balatro.identify_card.server.limits import Limits
from tests.identify_card.server.server_parts import bomb, card_bytes, running, table_bytes

LIMITS = Limits(bytes=60_000, pixels=1_000_000, uploads=1_000_000)
WAIT_S = 60


@pytest.fixture(scope="module")
def port(fake_folder):
    with running(fake_folder, LIMITS) as port:
        yield port


def live(port: int, **options):
    return connect(f"ws://127.0.0.1:{port}/live", open_timeout=WAIT_S, close_timeout=WAIT_S, proxy=None, **options)


def handshake(port: int) -> socket.socket:
    """A connection that has become a WebSocket, by hand."""
    one = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
    key = base64.b64encode(os.urandom(16)).decode()
    one.sendall(
        f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert one.recv(4096).startswith(b"HTTP/1.1 101")
    return one


def assert_works(port: int) -> None:
    """A client that does all right is answered, and nothing waits."""
    with live(port) as good:
        good.send(card_bytes())
        assert json.loads(good.recv(WAIT_S))["cards"][0]["name"] == "Blue"
    end = time.monotonic() + WAIT_S
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=WAIT_S) as answer:
            if json.load(answer) == {"status": "ok", "waiting": 0}:
                return
        assert time.monotonic() < end


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (bomb(), "pixels"),
        (table_bytes()[:900], "damaged"),
        (bytes(range(256)) * 8, "not a picture"),
        (b"", "no bytes"),
        ("text", "no bytes"),
    ],
)
def test_a_bad_frame_is_told_and_the_next_is_read(port, sent, words):
    with live(port) as client:
        client.send(sent)
        answer = json.loads(client.recv(WAIT_S))
        assert words in answer["error"] and (answer["frame"], answer["dropped"]) == (0, 0)
        client.send(card_bytes())
        assert json.loads(client.recv(WAIT_S))["cards"][0]["name"] == "Blue"


def test_a_frame_that_is_too_large_ends_the_connection(port):
    with live(port) as client, pytest.raises(ConnectionClosed) as closed:
        client.send(bytes(60_001))
        client.recv(WAIT_S)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009
    assert_works(port)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">BBQ4s", 0x82, 0xFF, 50_000, bytes(4)) + bytes(1000),  # half a frame
        struct.pack(">BB", 0x82, 0xFE),  # half a frame's head
        bytes([0xFF] * 500),  # no frame at all
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["half", "head", "garbage", "http"],
)
def test_a_client_that_is_cut_off_or_talks_nonsense(port, data):
    with handshake(port) as one:
        one.sendall(data)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # gone without a word
    assert_works(port)


FEW = Limits(bytes=60_000, uploads=240_000, silence=0.5)


def test_frames_that_never_end_take_no_more_than_their_places(fake_folder):
    with running(fake_folder, replace(FEW, silence=3600.0)) as port, ExitStack() as stack:
        for _ in range(FEW.sockets):
            unfinished = stack.enter_context(handshake(port))
            unfinished.sendall(struct.pack(">BBQ4s", 0x02, 0xFF, 50_000, bytes(4)) + bytes(50_000))
        with pytest.raises(InvalidStatus) as refused, live(port):
            pass
        answer = refused.value.response
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "1"
        assert json.loads(answer.body)["error"].startswith("2 clients are at /live already")
        with post(port, card_bytes()) as answered:  # there is room for other requests
            assert answered.status == 200
        stack.close()
        wait_for_place(port)


def test_a_silent_client_loses_its_place(fake_folder):
    with running(fake_folder, FEW) as port, live(port) as silent:
        with pytest.raises(ConnectionClosed) as closed:
            silent.recv(WAIT_S)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "no frame within 0.5 s")


def post(port: int, data: bytes):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}/identify", data, timeout=WAIT_S)


def wait_for_place(port: int) -> None:
    end = time.monotonic() + WAIT_S
    while True:
        try:
            return assert_works(port)
        except InvalidStatus:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_a_page_of_another_site_is_not_let_in(port):
    with pytest.raises(InvalidStatus) as refused, live(port, origin="https://elsewhere.example"):
        pass
    assert refused.value.response.status_code == 403

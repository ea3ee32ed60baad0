"""Clients that keep a connection and let the server wait."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import replace

import pytest

pytest.importorskip("fastapi")
from websockets.sync.client import connect

from balatro.identify_card.server.limits import Limits
from tests.identify_card.server.server_parts import card_bytes, running

pytestmark = pytest.mark.slow

SECONDS = 0.6
WAIT_S = 30
ASK = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
LEFT_OPEN = b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
HALF = b"GET /health HTTP/1.1\r\nHost: loc"


@pytest.fixture(scope="module")
def port(fake_folder):
    with running(fake_folder, replace(Limits(), seconds=SECONDS)) as port:
        yield port


def client(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)


def until_closed(one: socket.socket) -> bytes:
    """All that is answered; fails where the connection stays open."""
    answer = b""
    while part := one.recv(65536):
        answer += part
    return answer


def answered(one: socket.socket) -> bytes:
    """An answer, whole."""
    answer = b""
    while not answer.endswith(b"}"):
        answer += (part := one.recv(65536))
        assert part, answer
    return answer


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [(b"", []), (HALF, [b"408"]), (ASK + HALF, [b"200", b"408"]), (LEFT_OPEN, [b"200"])],
    ids=["nothing", "half of the headers", "half of the next one's", "no body"],
)
def test_half_a_request_is_waited_for_no_longer_than_told(port, sent, statuses):
    with client(port) as one:
        before = b""
        if sent.startswith(ASK):
            one.sendall(ASK)
            before, sent = answered(one), sent.removeprefix(ASK)
        one.sendall(sent)
        begin = time.monotonic()
        answer = before + until_closed(one)
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == statuses
    assert time.monotonic() - begin < 10
    assert (b"within 0.6 s; send it again" in answer) == (b"408" in statuses)


@pytest.mark.parametrize("first", [HALF, LEFT_OPEN], ids=["headers", "an answered request's body"])
def test_bytes_one_by_one_give_no_further_time(port, first):
    with client(port) as one, pytest.raises(ConnectionError):
        one.sendall(first)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            one.sendall(b"x")
            time.sleep(0.05)


def test_a_client_that_takes_no_answer_is_let_go(port):
    with client(port) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ask = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        end = time.monotonic() + WAIT_S
        with pytest.raises(ConnectionError):
            while time.monotonic() < end:
                one.sendall(ask * 100)  # blocks once the server reads no more, as nobody takes what it says


def test_who_goes_on_in_time_is_served_for_as_long_as_it_likes(port):
    with client(port) as one:
        for _ in range(4):
            one.sendall(ASK[:20])
            time.sleep(SECONDS / 3)
            one.sendall(ASK[20:])
            assert answered(one).startswith(b"HTTP/1.1 200")
            time.sleep(SECONDS / 3)


def test_a_websocket_is_none_of_its_business(port):
    with connect(f"ws://localhost:{port}/live") as live:
        time.sleep(2 * SECONDS)
        live.send(card_bytes())
        assert '"Blue"' in live.recv(WAIT_S)

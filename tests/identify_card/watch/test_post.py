"""Events reach an address in order, whatever it does; what does not is told, and never holds up the looks."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from balatro.errors import SettingsError
from balatro.identify_card.table.changes import Change
from balatro.identify_card.watch import post
from balatro.identify_card.watch.command import watch
from balatro.identify_card.watch.events import FORMAT, Event
from balatro.identify_card.watch.post import Poster, check_address
from balatro.identify_card.watch.rest.told import GameEvent
from tests.identify_card.fake_bundle import draw_table
from tests.identify_card.watch.test_events import CARD


class Address(ThreadingHTTPServer):
    """Keeps what is sent to it, and answers with these numbers one after the other, then with 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.answers: list[int] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/secret"


class Asked(BaseHTTPRequestHandler):
    server: Address

    def do_POST(self) -> None:
        answer = self.server.answers.pop(0) if self.server.answers else 204
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if answer < 300:
            self.server.bodies.append(body)
            self.server.headers.append(dict(self.headers))
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[Address]:
    server = Address()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def event(track: int) -> Event:
    return Event("appeared", 1.5, 1.0, track, CARD)


def test_events_arrive_one_by_one_in_order(address: Address, capsys: pytest.CaptureFixture[str]) -> None:
    poster = Poster(address.url)
    for track in range(4):
        poster(event(track))
    poster.tell(GameEvent(2.0, 1.9, Change("shop_opened", {})))
    poster.close()
    told = [json.loads(body) for body in address.bodies]
    assert [line.get("track") for line in told] == [0, 1, 2, 3, None] and told[-1]["event"] == "shop_opened"
    assert told[0] == event(0).to_json()
    assert {header["Balatro-Format"] for header in address.headers} == {str(FORMAT)}
    assert (poster.sent, poster.lost) == (5, 0) and capsys.readouterr().err == ""


def test_watch_sends_what_it_writes(address: Address, fake_folder: Path, tmp_path: Path) -> None:
    Image.fromarray(draw_table([("red", "Base", 300, 150)])).save(tmp_path / "a.png")
    app = typer.Typer()
    app.command()(watch)
    words = ["--source", str(tmp_path / "a.png"), "--model", str(fake_folder), "--json", "-", "--post", address.url]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert b"".join(address.bodies) == result.stdout_bytes and b'"red"' in result.stdout_bytes


def test_what_is_busy_is_asked_again(address: Address, capsys: pytest.CaptureFixture[str]) -> None:
    address.answers = [503, 429]
    poster = Poster(address.url, pause=0.01)
    poster(event(1))
    poster(event(2))
    poster.close()
    assert [json.loads(body)["track"] for body in address.bodies] == [1, 2]
    assert capsys.readouterr().err.splitlines() == [
        "--post: cannot send to 127.0.0.1 (it answered 503); events wait",
        "--post: 127.0.0.1 takes events again",
    ]


def test_what_says_no_is_not_asked_again(address: Address, capsys: pytest.CaptureFixture[str]) -> None:
    address.answers = [404]
    poster = Poster(address.url, pause=0.01)
    poster(event(1))
    poster(event(2))
    poster.close()
    assert [json.loads(body)["track"] for body in address.bodies] == [2] and poster.lost == 1
    assert capsys.readouterr().err.splitlines()[-1] == "--post: 1 event did not reach 127.0.0.1"


def test_nobody_there_is_told_without_the_secret(capsys: pytest.CaptureFixture[str], address: Address) -> None:
    url = address.url
    address.server_close()
    poster = Poster(url, pause=0.01)
    poster(event(1))
    poster.close()
    said = capsys.readouterr().err
    assert "cannot send to 127.0.0.1" in said and "1 event did not reach" in said and "secret" not in said


def test_what_waits_too_long_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "WAITING", 3)
    begun, go = threading.Event(), threading.Event()

    def slow(self: Poster, body: bytes) -> bool:
        begun.set()
        return go.wait(10)

    monkeypatch.setattr(Poster, "_send", slow)
    poster = Poster("http://127.0.0.1:1/")
    poster(event(0))
    assert begun.wait(10)
    for track in range(1, 6):
        poster(event(track))
    go.set()
    poster.close()
    assert (poster.sent, poster.lost) == (4, 2)


def test_discord_gets_messages_that_call_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    go = threading.Event()
    monkeypatch.setattr(Poster, "_send", lambda self, body: go.wait(10) and sent.append(body) is None)
    poster = Poster("https://discord.com/api/webhooks/1/secret")
    for track in range(40):
        poster(event(track))
    go.set()
    poster.close()
    messages = [json.loads(body) for body in sent]
    assert all(message["allowed_mentions"] == {"parse": []} and len(message["content"]) <= 2000 for message in messages)
    assert "".join(message["content"] for message in messages).count("Séance") == 40 and len(messages) <= 14


@pytest.mark.parametrize(
    "url", ["", "events", "ftp://example.org/", "http://", "http://a b/", "http://[::1/", "http://a:b/", "https://é.org/x"]
)
def test_no_address_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match=r"expected one like https://"):
        check_address(url)

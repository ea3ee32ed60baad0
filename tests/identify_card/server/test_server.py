"""The server's addresses, as a client sees them."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from dataclasses import replace

import pytest
import typer

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from balatro.errors import MissingPartError, ModelError, SettingsError
from balatro.identify_card.card import picture_json
from balatro.identify_card.server.app import PAGES, make_app
from balatro.identify_card.server.command import address, check_parts, check_token, network_host, open_port, serve
from balatro.identify_card.server.gate import is_local
from balatro.identify_card.server.limits import Limits, Uploads
from balatro.identify_card.server.live import Live
from tests.identify_card.server.server_parts import LOCAL, bomb, card_bytes, make_readers, running, table_bytes

SMALL = Limits(bytes=60_000, pixels=1_000_000, pictures=3, waiting=4, uploads=200_000)
SLOW = replace(SMALL, seconds=0.3)
"""For clients that are too slow."""
WAIT_S = 60
TABLE = table_bytes()


@pytest.fixture(scope="module")
def client(fake_folder):
    with TestClient(make_app(make_readers(fake_folder)), base_url=LOCAL) as client:
        yield client


@pytest.fixture(scope="module")
def small(fake_folder):
    with TestClient(make_app(make_readers(fake_folder, SMALL)), base_url=LOCAL) as client:
        yield client


@pytest.fixture(scope="module")
def guarded(fake_folder):
    with TestClient(make_app(make_readers(fake_folder), token="secret"), base_url="http://box.lan") as client:
        yield client


@pytest.fixture(scope="module")
def expected(recognizer, tmp_path_factory):
    """What `balatro identify` says of the table."""
    path = tmp_path_factory.mktemp("picture") / "a.png"
    path.write_bytes(TABLE)
    return picture_json("a.png", 1024, 576, recognizer.identify(path))


def images(*pictures: bytes):
    return [("images", (f"{number}.png", data, "image/png")) for number, data in enumerate(pictures)]


def test_facts(client):
    assert client.get("/health").json() == {"status": "ok", "waiting": 0}
    info = client.get("/info").json()
    assert (info["model"], info["cards"], info["limits"]["pictures"]) == ("fake", 4, 16)
    classes = client.get("/classes").json()
    assert [card["id"] for card in classes["cards"] if not card["known"]] == ["stranger"]
    assert classes["modifiers"][0] == "Base"


def test_identify_answers_as_the_command_does(client, expected):
    form = client.post("/identify", files={"image": ("a.png", TABLE, "image/png")})
    assert form.status_code == 200 and form.json() == expected
    bare = client.post("/identify", content=TABLE)
    assert bare.json() == expected | {"file": ""}


def test_the_table_comes_beside_the_cards(client, recognizer, expected, tmp_path):
    (tmp_path / "a.png").write_bytes(TABLE)
    table = recognizer.read_table(tmp_path / "a.png").to_json()
    answer = client.post("/table", content=TABLE).json()
    assert answer == expected | {"file": "", "table": table} and answer["table"]["jokers"]


def test_identify_a_single_card(client):
    answer = client.post("/identify?whole=card", content=card_bytes()).json()
    (card,) = answer["cards"]
    assert (card["name"], card["modifier"], card["box"]) == ("Blue", "Negative", [0, 0, 96, 128])


def test_a_batch_with_one_bad_picture(client, expected):
    answer = client.post("/identify/batch", files=images(TABLE, b"nothing", card_bytes()))
    assert answer.status_code == 200
    table, bad, card = answer.json()["pictures"]
    assert table == expected | {"file": "0.png"}
    assert bad["file"] == "1.png" and "not a picture" in bad["error"]
    assert card["cards"][0]["name"] == "Blue"


@pytest.mark.parametrize(
    ("path", "request_", "status", "words"),
    [
        ("/identify", {"content": b""}, 400, "no bytes"),
        ("/identify", {"content": b"hello"}, 415, "not a picture"),
        ("/identify", {"json": {"image": "?"}}, 415, "not a picture"),
        ("/identify", {"content": TABLE[:900]}, 422, "damaged"),
        ("/identify", {"content": bomb()}, 413, "pixels"),
        ("/identify", {"content": bytes(60_001)}, 413, "MiB"),
        ("/identify", {"content": iter([bytes(40_000), bytes(40_000)])}, 413, "MiB"),
        ("/identify", {"files": images(TABLE, TABLE)}, 413, "2 pictures; send one"),
        ("/identify", {"data": {"image": "text"}}, 415, "not a picture"),
        ("/identify", {"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400, "not a form"),
        ("/identify", {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}}, 400, "form"),
        ("/identify?whole=cat", {"content": TABLE}, 422, "query.whole"),
        ("/identify/batch", {"content": TABLE}, 415, "expected a form"),
        ("/identify/batch", {"files": images(TABLE, TABLE, TABLE, TABLE)}, 413, "more than 3 pictures"),
        ("/identify/batch", {"files": {"images": ("", b"")}}, 400, "no file"),
        ("/nowhere", {"content": b""}, 404, "Not Found"),
        ("/health", {"content": b""}, 405, "Method Not Allowed"),
    ],
)
def test_what_is_refused_is_refused_in_words(small, path, request_, status, words):
    answer = small.post(path, **request_)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]


def test_what_may_be_done_at_an_address_is_told(client):
    assert client.put("/gallery").headers["allow"] == "GET, POST"
    assert client.post("/gallery/x").headers["allow"] == "DELETE"
    assert client.post("/health").headers["allow"] == "GET"


def test_a_full_queue_says_when_to_try_again(fake_folder):
    with TestClient(make_app(make_readers(fake_folder, Limits(waiting=0))), base_url=LOCAL) as full:
        answer = full.post("/identify", content=TABLE)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1" and "try again" in answer.json()["error"]


def test_the_interface_is_described(client):
    text = client.get("/openapi.json").json()
    assert set(text["paths"]) == {
        *("/health", "/info", "/classes", "/identify", "/identify/batch", "/table", "/state"),
        *("/gallery", "/gallery/{name}", "/mistakes"),
    }
    refused = text["paths"]["/identify"]["post"]["responses"]
    assert {"200", "400", "413", "415", "422", "503"} <= set(refused)


@pytest.mark.parametrize("path", PAGES)
def test_the_page_needs_nothing_from_elsewhere(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "") and "https://" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8000"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"host": "127.0.0.2:8000", "origin": "http://127.0.0.2:8000"}, 200),
        ({"host": "localhost.example"}, 403),
        ({"host": "192.168.1.5"}, 403),
        ({"host": ""}, 403),
        ({"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}, 200),
        ({"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "elsewhere.example"}, 403),
        ({"host": "[bad"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_only_this_machine_may_ask_without_a_token(client, headers, status):
    assert client.get("/info", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/info", {}, 401),
        ("/info", {"authorization": "Bearer wrong"}, 401),
        ("/info", {"authorization": "Basic secret"}, 401),
        ("/info", {"authorization": "Bearer sécret".encode("latin-1")}, 401),
        ("/info?token=secret", {}, 401),
        ("/info", {"authorization": "Bearer secret"}, 200),
        ("/", {}, 200),
        ("/health", {}, 200),
    ],
)
def test_others_need_the_token(guarded, path, headers, status):
    answer = guarded.get(path, headers=headers)
    assert answer.status_code == status
    assert status != 401 or "token" in answer.json()["error"]


def test_live(client, expected):
    with client.websocket_connect("/live", headers={"host": "127.0.0.1"}) as live:
        live.send_bytes(TABLE)
        answer = live.receive_json()
        assert answer == {"frame": 0, "dropped": 0} | expected | {"file": ""}
        live.send_bytes(b"hello")
        assert "not a picture" in live.receive_json()["error"]
        live.send_text("hello")
        assert "no bytes" in live.receive_json()["error"]
        live.send_bytes(TABLE)
        assert live.receive_json()["frame"] == 3


def test_live_needs_the_token_too(guarded):
    with pytest.raises(WebSocketDisconnect), guarded.websocket_connect("/live"):
        pass
    with guarded.websocket_connect("/live?token=secret") as live:
        live.send_bytes(card_bytes())
        assert live.receive_json()["cards"][0]["name"] == "Blue"


class Deaf:
    """A WebSocket of a client that sends some frames and never reads."""

    def __init__(self):
        self.messages = [{"type": "websocket.receive", "bytes": card_bytes()}] * 3
        self.sent, self.closed = [], None

    async def receive(self):
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop()

    async def send_text(self, text):
        self.sent.append(json.loads(text))
        await asyncio.Event().wait()

    async def close(self, code, reason):
        self.closed = (code, reason)


def test_a_client_that_never_reads_is_dropped(fake_folder):
    readers = make_readers(fake_folder, SLOW, num_readers=1)
    uploads, socket_ = Uploads(SLOW), Deaf()
    try:
        asyncio.run(asyncio.wait_for(Live(socket_, readers, uploads).run(), WAIT_S))
    finally:
        readers.close()
    assert socket_.closed == (1008, "answers were not read")
    assert len(socket_.sent) == 1
    assert uploads.held == 0


class Client:
    """A WebSocket that sends what is put into its queue, and takes all answers."""

    def __init__(self):
        self.queue, self.sent = asyncio.Queue(), []

    def put(self, data: bytes) -> None:
        self.queue.put_nowait({"type": "websocket.receive", "bytes": data})

    async def receive(self):
        return await self.queue.get()

    async def send_text(self, text):
        self.sent.append(json.loads(text))


async def wait_until(true) -> None:
    while not true():
        await asyncio.sleep(0.005)


def test_one_frame_is_read_the_newest_waits_and_both_are_counted(fake_folder):
    readers = make_readers(fake_folder, SMALL, num_readers=1)
    uploads, frame = Uploads(SMALL), card_bytes()

    async def run():
        client = Client()
        live = Live(client, readers, uploads)
        running = asyncio.create_task(live.run())
        with readers.gathering._changed:  # no reader finishes
            client.put(frame)
            await wait_until(lambda: uploads.held and live._newest is None)
            assert uploads.held == len(frame)
            for data in (bytes(1000), bytes(2000), frame + bytes(7)):
                client.put(data)
            await wait_until(lambda: live._dropped == 2 and client.queue.empty())
            assert uploads.held == 2 * len(frame) + 7
        await wait_until(lambda: len(client.sent) == 2)
        await wait_until(lambda: uploads.held == 0)
        client.put(bytes(SMALL.bytes + 1))
        await wait_until(lambda: len(client.sent) == 3)
        client.queue.put_nowait({"type": "websocket.disconnect"})
        await running
        return client.sent

    try:
        sent = asyncio.run(asyncio.wait_for(run(), WAIT_S))
    finally:
        readers.close()
    assert [(answer["frame"], answer["dropped"]) for answer in sent] == [(0, 0), (3, 2), (4, 2)]
    assert "MiB" in sent[2]["error"]


def begin(port: int, length: int, data: bytes) -> socket.socket:
    """A client that says how much it will send, and sends this."""
    one = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
    one.sendall(f"POST /identify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode() + data)
    return one


def test_over_a_real_socket(fake_folder, monkeypatch):
    """Uploads that are cut off, too slow or too large leave the server as it was."""
    monkeypatch.setattr("balatro.identify_card.server.uploads.DRAIN_S", 0.1)
    with running(fake_folder, SLOW) as port, begin(port, 50_000, bytes(1000)) as slow:
        assert slow.recv(1000).startswith(b"HTTP/1.1 408")
    with running(fake_folder, SMALL) as port:
        begin(port, 50_000, bytes(1000)).close()
        with begin(port, 10_000_000, bytes(100_000)) as large:
            assert large.recv(1000).startswith(b"HTTP/1.1 413")
        answers = []

        def ask():
            one = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
            one.request("POST", "/identify", card_bytes())
            answer = one.getresponse()
            answers.append((answer.status, json.loads(answer.read()).get("cards", [{}])[0].get("name")))
            one.close()

        clients = [threading.Thread(target=ask) for _ in range(12)]
        for one in clients:
            one.start()
        for one in clients:
            one.join(2 * WAIT_S)
        assert len(answers) == 12 and set(answers) <= {(200, "Blue"), (503, None)} and (200, "Blue") in answers
        ask()
        assert answers[-1] == (200, "Blue")


@pytest.mark.parametrize(
    ("host", "token", "words"),
    [("0.0.0.0", "", "give a --token"), ("192.168.1.5", "", "--token"), ("127.0.0.1", "two words", "without blanks")],
)
def test_settings_that_do_not_fit(host, token, words):
    with pytest.raises(SettingsError, match=words):
        check_token(host, token)


@pytest.mark.parametrize(("host", "token"), [("127.0.0.1", ""), ("localhost", ""), ("::1", ""), ("0.0.0.0", "secret")])
def test_settings_that_fit(host, token):
    check_token(host, token)


def test_names_of_machines_are_not_taken_for_this_one():
    assert not is_local("localhost.example") and not is_local("0.0.0.0") and is_local("127.0.0.2")


def test_a_taken_port():
    with open_port("127.0.0.1", 0) as place, pytest.raises(SettingsError, match="in use"):
        open_port("127.0.0.1", place.getsockname()[1])


def test_addresses_to_type():
    assert address("0.0.0.0", 80) == "http://127.0.0.1:80" and address("::1", 80) == "http://[::1]:80"


@pytest.mark.parametrize(
    ("host", "found", "told"),
    [
        ("0.0.0.0", "192.168.1.5", "192.168.1.5"),
        ("::", "2001:db8::7", "2001:db8::7"),
        ("0.0.0.0", "127.0.0.1", None),
        ("0.0.0.0", "0.0.0.0", None),
        ("0.0.0.0", OSError("no network"), None),
        ("127.0.0.1", "192.168.1.5", None),
        ("192.168.1.5", "192.168.1.5", None),
    ],
)
def test_the_address_for_a_phone(monkeypatch, host, found, told):
    class Probe(socket.socket):
        def connect(self, place):
            if isinstance(found, OSError):
                raise found

        def getsockname(self):
            return (found, 1)

    monkeypatch.setattr("balatro.identify_card.server.command.socket.socket", Probe)
    assert network_host(host) == told


def test_missing_parts(monkeypatch):
    monkeypatch.setattr("balatro.identify_card.server.command.find_spec", lambda name: None)
    with pytest.raises(MissingPartError, match=r"python-multipart.*\[serve\]"):
        check_parts()


def test_a_model_that_is_not_there():
    app = typer.Typer()
    app.command()(serve)
    with pytest.raises(ModelError, match="no model 'gone'"):
        app(["--model", "gone", "--port", "0"], standalone_mode=False)

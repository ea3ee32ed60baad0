"""Cards added while the server runs."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient
from PIL import Image

from balatro.identify_card.added import views as added_views
from balatro.identify_card.added.added import EMPTY, FILE, LOCK, remove_card
from balatro.identify_card.server import gallery as served
from balatro.identify_card.server.app import make_app
from balatro.identify_card.server.limits import Limits, Refused
from balatro.utils.files import read_json, write_json
from balatro.utils.processes.lock import file_lock
from tests.identify_card.fake_bundle import write_fake_bundle
from tests.identify_card.server.server_parts import LOCAL, as_bytes, bomb, card_bytes, make_readers

pytestmark = pytest.mark.slow

PURPLE, ORANGE = (150, 20, 150), (200, 120, 20)
LIMITS = Limits(pictures=3, pixels=1_000_000)
WAIT_S = 60


@pytest.fixture(autouse=True)
def few_strangers(monkeypatch):
    monkeypatch.setattr(added_views, "NUM_STRANGERS", 4)


@pytest.fixture
def folder(tmp_path):
    return write_fake_bundle(tmp_path / "fake")


@pytest.fixture
def client(folder):
    with TestClient(make_app(make_readers(folder, LIMITS, num_readers=3)), base_url=LOCAL) as client:
        yield client


def flat(colour) -> bytes:
    picture = np.empty((128, 96, 3), np.uint8)
    picture[:] = colour
    picture[96:] = 20
    return as_bytes(picture)


def add(client, name: str, *pictures: bytes, **fields: str):
    files = [("images", (f"{number}.png", picture, "image/png")) for number, picture in enumerate(pictures)]
    return client.post("/gallery", data={"name": name} | fields, files=files)


def names(client, picture: bytes) -> list[str | None]:
    return [card["name"] for card in client.post("/identify?whole=card", content=picture).json()["cards"]]


def test_a_card_is_added_read_at_once_by_all_and_taken_out(client):
    assert names(client, flat(PURPLE)) != ["My Joker"]
    answer = add(client, "My Joker", flat(PURPLE), type="Joker", rarity="Rare")
    assert answer.status_code == 201, answer.text
    entry = {"id": "my_joker", "name": "My Joker", "type": "Joker", "rarity": "Rare", "known": True, "pictures": 1}
    assert answer.json() == entry
    assert client.get("/gallery").json() == {"cards": [entry]}
    with ThreadPoolExecutor(9) as pool:  # more than there are readers: each has its turn
        assert list(pool.map(lambda _: names(client, flat(PURPLE)), range(27))) == [["My Joker"]] * 27
    assert client.get("/info").json()["cards"] == 5
    assert client.get("/classes").json()["cards"][-1]["name"] == "My Joker"

    assert client.delete("/gallery/My%20Joker").json() == entry
    assert client.get("/gallery").json() == {"cards": []}
    assert names(client, flat(PURPLE)) != ["My Joker"]
    assert client.get("/info").json()["cards"] == 4


def test_what_another_program_does_is_seen_too(client, folder):
    add(client, "A/B", flat(PURPLE))
    assert names(client, flat(PURPLE)) == ["A/B"]
    remove_card(folder, "A/B")
    assert names(client, flat(PURPLE)) != ["A/B"]
    assert client.delete("/gallery/A%2FB").status_code == 404


def test_pictures_that_show_an_edition_or_a_sprite(client):
    sprite = Image.new("RGBA", (96, 128), (0, 0, 0, 0))
    sprite.paste((*ORANGE, 255), (8, 8, 88, 120))
    answer = add(client, "Sprite", as_bytes(np.asarray(sprite)), flat(PURPLE), modifier="Foil", known="false")
    assert answer.status_code == 201 and (answer.json()["pictures"], answer.json()["known"]) == (2, False)


def test_adding_at_one_time_loses_nothing(client):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: add(client, f"Joker {number}", flat((99, number * 9, 30))), range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert {card["name"] for card in client.get("/gallery").json()["cards"]} == {f"Joker {number}" for number in range(8)}


@pytest.mark.parametrize(
    ("name", "pictures", "fields", "status", "words"),
    [
        ("", [flat(PURPLE)], {}, 422, "name"),
        (" ", [flat(PURPLE)], {}, 422, "name"),
        ("a" * 81, [flat(PURPLE)], {}, 422, "name"),
        ("A", [flat(PURPLE)], {"modifier": "Shiny"}, 422, "modifier"),
        ("A", [flat(PURPLE)], {"known": "perhaps"}, 422, "known"),
        ("A", [flat(PURPLE)], {"nome": "B"}, 422, "nome"),
        ("A", [], {}, 415, "expected a form"),
        ("A", [b""], {}, 400, "no bytes"),
        ("A", [flat(PURPLE), b"hello"], {}, 415, "not a picture"),
        ("A", [flat(PURPLE)[:200]], {}, 422, "damaged"),
        ("A", [bomb()], {}, 413, "pixels"),
        ("A", [flat(PURPLE)] * 4, {}, 413, "more than 3 pictures"),
        ("A", [as_bytes(np.zeros((100, 400, 3), np.uint8))], {}, 422, "not the shape of one card"),
        ("A", [as_bytes(np.zeros((9, 7, 3), np.uint8))], {}, 422, "take a larger picture"),
    ],
)
def test_what_cannot_be_added_changes_nothing(client, name, pictures, fields, status, words):
    answer = add(client, name, *pictures, **fields)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"] and "\n" not in answer.json()["error"]
    assert client.get("/gallery").json() == {"cards": []}


@pytest.mark.parametrize("damage", [b"", b"no zip"])
def test_a_damaged_store_is_told_and_pictures_are_read_on(client, folder, damage, caplog):
    add(client, "My Joker", flat(PURPLE))
    (folder / FILE).write_bytes(damage)
    for answer in (client.get("/gallery"), client.delete("/gallery/x"), add(client, "B", flat(ORANGE)), client.get("/info")):
        assert answer.status_code == 409 and "damaged" in answer.json()["error"]
    assert client.post("/identify", content=flat(PURPLE)).status_code == 200
    assert client.post("/identify", content=flat(PURPLE)).status_code == 200
    assert len(caplog.records) == 1  # not once a picture


def test_a_model_made_anew_takes_no_cards_of_the_old_network(client, folder):
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes())
    answer = add(client, "My Joker", flat(PURPLE))
    assert answer.status_code == 409 and "start the server again" in answer.json()["error"]
    assert not (folder / FILE).exists()


def change(folder, **values) -> None:
    """Write model.json with other values, as `balatro calibrate` does."""
    text = read_json(folder / "model.json")
    write_json(folder / "model.json", text | values)


def test_a_calibration_is_followed_and_added_cards_stay(client, folder):
    add(client, "My Joker", flat(PURPLE))
    assert names(client, card_bytes()) == ["Blue"]
    tasks = read_json(folder / "model.json")["tasks"]
    change(folder, tasks=tasks | {"identification": tasks["identification"] | {"reject": 1.1}})
    assert [names(client, card_bytes()) for _ in range(6)] == [[None]] * 6  # whichever reader it is
    assert client.get("/info").json()["cards"] == 5
    change(folder, tasks=tasks)
    assert names(client, card_bytes()) == ["Blue"] and names(client, flat(PURPLE)) == ["My Joker"]


def test_other_cards_in_model_json_are_another_model(client, folder):
    cards = read_json(folder / "model.json")["cards"]
    change(folder, cards=[cards[0] | {"name": "Crimson"}, *cards[1:]])
    answer = client.get("/info")
    assert answer.status_code == 409 and "start the server again" in answer.json()["error"]
    assert names(client, card_bytes()) == ["Blue"]


def test_a_store_in_use_says_when_to_try_again(client, folder, monkeypatch):
    monkeypatch.setattr("balatro.utils.processes.lock.WAIT_S", 0.01)
    monkeypatch.setattr(file_lock.__wrapped__, "__defaults__", (0.01,))
    with file_lock(folder / LOCK, 1.0):
        answer = add(client, "My Joker", flat(PURPLE))
    assert answer.status_code == 503 and answer.headers["retry-after"] == "1"


def test_changes_wait_for_their_turn_and_not_too_many(folder, monkeypatch):
    monkeypatch.setattr(served, "MAX_WAITING", 2)
    readers = make_readers(folder, num_readers=1)
    gallery, held = served.ServedGallery(readers.common, LIMITS), threading.Event()
    monkeypatch.setattr(served, "load_added", lambda folder: held.wait(WAIT_S) and EMPTY)

    async def run():
        waiting = [asyncio.create_task(gallery.cards()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Refused, match="2 changes") as refused:
            await gallery.bundle()
        held.set()
        return refused.value.status, await asyncio.gather(*waiting), (await gallery.bundle()).name

    try:
        assert asyncio.run(run()) == (503, [(), ()], "fake")
    finally:
        held.set()
        gallery.close()
        readers.close()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9000"},
        {"sec-fetch-site": "cross-site"},
        {"host": "elsewhere.example"},  # whose name was bound to 127.0.0.1 after its page was loaded
        {"host": "elsewhere.example", "origin": "http://elsewhere.example"},
    ],
)
def test_no_page_of_another_site_reaches_the_gallery(client, folder, method, headers):
    path = "/gallery/x" if method == "DELETE" else "/gallery"
    files = [("images", ("a.png", flat(PURPLE), "image/png"))] if method == "POST" else None
    data = {"name": "My Joker"} if method == "POST" else None
    answer = client.request(method, path, headers=headers, files=files, data=data)
    assert answer.status_code == 403 and not (folder / FILE).exists()
    assert "access-control-allow-origin" not in answer.headers


def test_others_need_the_token(folder):
    with TestClient(make_app(make_readers(folder), token="secret"), base_url="http://box.lan") as client:
        assert add(client, "My Joker", flat(PURPLE)).status_code == 401
        assert client.get("/gallery").status_code == client.delete("/gallery/x").status_code == 401
        assert not (folder / FILE).exists()
        client.headers["authorization"] = "Bearer secret"
        assert add(client, "My Joker", flat(PURPLE)).status_code == 201

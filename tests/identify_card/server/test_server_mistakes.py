"""Mistakes that are reported while the server runs: kept on its machine, by whoever may ask it."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from balatro.build_dataset.seen import SeenStore
from balatro.identify_card.judge.regress import CASES, LOCK, read_cases, regressions_dir
from balatro.identify_card.server import mistakes
from balatro.identify_card.server.app import make_app
from balatro.identify_card.server.limits import Limits
from balatro.utils.processes.lock import file_lock
from tests.identify_card.server.server_parts import LOCAL, bomb, make_readers, table_bytes

pytestmark = pytest.mark.slow

LIMITS = Limits(pictures=3, pixels=1_000_000)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def client(fake_folder):
    with TestClient(make_app(make_readers(fake_folder, LIMITS)), base_url=LOCAL) as client:
        yield client


def report(client, picture: bytes = table_bytes(), file: str = "table.png", headers=None, **fields: str):
    return client.post("/mistakes", data=fields, files={"image": (file, picture, "image/png")}, headers=headers)


def test_a_mistake_is_kept_with_picture_and_finds(client):
    answer = report(client, name="egg", modifier="Foil", at="320,85", note="was Red")
    assert answer.status_code == 201, answer.text
    assert answer.json()["case"] == 1 and answer.json()["expected"].startswith("Egg, Foil at ") and answer.json()["label"] == ""
    [case] = read_cases(regressions_dir())
    assert (case.note, case.model, [find.name for find in case.finds]) == ("was Red", "fake", ["Red", "Green", ""])
    assert (regressions_dir() / case.file).read_bytes() == table_bytes()
    assert report(client, name="Egg", modifier="Foil", at="320,85").json()["case"] == 1  # told twice, kept once


@pytest.mark.parametrize("name", ["", "unknown"])
def test_what_is_no_card(client, name):
    report(client, name=name, at="420,85", modifier="Base")
    [case] = read_cases(regressions_dir())
    assert (case.name, case.modifier) == ("", "")


def test_a_picture_to_label(client, data):
    assert "balatro annotate" in report(client, name="Egg", at="320,85", to_label="true").json()["label"]
    assert len(list((data / "screenshots").glob("*.png"))) == 1
    with SeenStore(data / "screenshots"):
        answer = report(client, name="Egg", at="420,85", to_label="true")
    assert answer.status_code == 201 and "in use by another program" in answer.json()["label"]


@pytest.mark.parametrize(
    ("picture", "fields", "status", "words"),
    [
        (table_bytes(), {"name": "a" * 81}, 422, "name"),
        (table_bytes(), {"name": "a\nb"}, 422, "name"),
        (table_bytes(), {"modifier": "Shiny"}, 422, "modifier"),
        (table_bytes(), {"at": "1;2"}, 422, "at"),
        (table_bytes(), {"at": "2000,1"}, 422, "outside of the picture"),
        (table_bytes(), {"note": "n" * 501}, 422, "note"),
        (table_bytes(), {"card": "Egg"}, 422, "card"),
        (table_bytes(), {"whole": "half"}, 422, "whole"),
        (b"", {}, 400, "no bytes"),
        (b"hello", {}, 415, "not a picture"),
        (bomb(), {}, 413, "pixels"),
    ],
)
def test_what_cannot_be_kept_leaves_nothing(client, picture, fields, status, words):
    answer = report(client, picture, **fields)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"] and "\n" not in answer.json()["error"]
    assert not regressions_dir().exists() or read_cases(regressions_dir()) == []


def test_two_pictures_are_refused(client):
    files = [("image", ("a.png", table_bytes(), "image/png"))] * 2
    assert client.post("/mistakes", files=files).status_code == 413


@pytest.mark.parametrize("file", ["../../evil.png", "a.exe", "", "C:\\evil.jpg"])
def test_a_file_is_named_by_its_content(client, file):
    report(client, file=file or "x", name="Egg")
    assert {path.suffix for path in regressions_dir().iterdir() if not path.name.startswith(".")} <= {".png", ".jpg", ".json"}
    assert len(read_cases(regressions_dir())) == 1


def test_the_disk_is_not_filled(client, monkeypatch):
    monkeypatch.setattr(mistakes, "MOST_MIB", 0)
    answer = report(client, name="Egg")
    assert answer.status_code == 409 and "balatro regress list" in answer.json()["error"]
    assert not regressions_dir().exists()


def test_damaged_or_busy_cases_are_told(client, monkeypatch):
    monkeypatch.setattr(file_lock.__wrapped__, "__defaults__", (0.01,))
    with file_lock(regressions_dir() / LOCK, 1.0):
        assert report(client, name="Egg").status_code == 503
    (regressions_dir() / CASES).write_text("[]")
    assert report(client, name="Egg").status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"host": "elsewhere.example", "origin": "http://elsewhere.example"},
    ],
)
def test_no_page_of_another_site_reports(client, headers):
    assert report(client, name="Egg", headers=headers).status_code == 403
    assert not regressions_dir().exists()


def test_others_need_the_token(fake_folder):
    with TestClient(make_app(make_readers(fake_folder), token="secret"), base_url="http://box.lan") as client:
        assert report(client, name="Egg").status_code == 401 and not regressions_dir().exists()
        assert report(client, name="Egg", headers={"authorization": "Bearer secret"}).status_code == 201

"""Corrections teach a model, and undoing them takes that back."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from balatro.annotate_dataset.board.desk import Desk
from balatro.annotate_dataset.board.session import Session
from balatro.annotate_dataset.store.store import Accept, DatasetStore, Relabel, Remove
from balatro.annotate_dataset.suggest import teach
from balatro.annotate_dataset.suggest.teach import Teacher
from balatro.errors import InputError, ModelError
from balatro.identify_card.added.added import load_added
from balatro.identify_card.recognizer import Recognizer
from tests.identify_card.fake_bundle import CARD, card_picture, write_fake_bundle

WAIT_S = 60.0
PURPLE = "cluster0_card0_id0.png"
GREEN = "cluster1_card1_id1.png"


@pytest.fixture(autouse=True)
def few_strangers(monkeypatch):
    monkeypatch.setattr("balatro.identify_card.added.views.NUM_STRANGERS", 6)


def purple() -> np.ndarray:
    picture = card_picture("red")
    picture[: round(CARD[1] * 0.75)] = (200, 30, 200)
    return picture


@pytest.fixture
def data(tmp_path) -> Path:
    (tmp_path / "screenshots").mkdir()
    Image.fromarray(purple()).save(tmp_path / "screenshots" / PURPLE)
    Image.fromarray(card_picture("green")).save(tmp_path / "screenshots" / GREEN)
    write_fake_bundle(tmp_path / "fake")
    return tmp_path


@pytest.fixture
def store(data) -> DatasetStore:
    return DatasetStore(data)


@pytest.fixture
def teacher(store, data) -> Teacher:
    return Teacher(store, str(data / "fake"))


def taught(data: Path) -> list[tuple[str, int]]:
    return [(card.name, card.pictures) for card in load_added(data / "fake").cards]


def say(teacher: Teacher, *actions) -> None:
    teacher.hear(teacher.store.accept(actions, "anna").pictures)
    assert teacher.wait(WAIT_S) and teacher.trouble == ""


def test_what_the_model_names_otherwise_is_taught_at_once(data, teacher):
    say(teacher, Accept(PURPLE, "My Joker", "Base", new=True), Accept(GREEN, "Green", "Base", new=True))
    assert taught(data) == [("My Joker", 1)]  # the other is read as it is labelled
    [card] = Recognizer.load(data / "fake", threads=1).identify(purple())
    assert card.name == "My Joker"
    assert "1 correction so far" in teacher.about


def test_a_label_that_changes_takes_back_what_it_taught(data, teacher):
    say(teacher, Accept(PURPLE, "My Joker", "Base", new=True))
    say(teacher, Relabel(PURPLE, name="Other", new=True))
    assert taught(data) == [("Other", 1)]
    say(teacher, Remove(PURPLE))
    assert taught(data) == []


def test_undo_takes_it_back_and_redo_teaches_again(data, store, teacher):
    say(teacher, Accept(PURPLE, "My Joker", "Base", new=True))
    for step, after in ((store.undo, []), (store.redo, [("My Joker", 1)])):
        teacher.hear(step("anna").pictures)
        assert teacher.wait(WAIT_S) and taught(data) == after


def test_what_was_added_by_hand_stays(data, teacher):
    Recognizer.load(data / "fake", threads=1).add("My Joker", [purple()])
    say(teacher, Accept(PURPLE, "Other", "Base", new=True))
    assert taught(data) == [("My Joker", 1), ("Other", 1)]
    say(teacher, Remove(PURPLE))
    assert taught(data) == [("My Joker", 1)]


def test_a_picture_that_cannot_teach_is_told_and_the_next_one_does(data, store, teacher):
    store.accept([Accept(GREEN, "My Joker", "Base", new=True), Accept(PURPLE, "Other", "Base", new=True)], "anna")
    (data / "dataset_default" / GREEN).write_bytes(b"no picture")
    teacher.hear([GREEN])
    assert teacher.wait(WAIT_S) and "not taught" in teacher.trouble and "not taught" in teacher.about
    teacher.hear([PURPLE])
    assert teacher.wait(WAIT_S) and taught(data) == [("Other", 1)]
    assert "not taught" in teacher.trouble  # the first is still missing


def test_what_failed_is_tried_again_until_it_is_taught(data, store, teacher, monkeypatch):
    monkeypatch.setattr(teach, "RETRY_S", 0.05)
    add, tries = Recognizer.add, []

    def fails_twice(self, *args, **options):
        tries.append(args)
        if len(tries) < 3:
            raise OSError("disk full") if len(tries) == 2 else InputError("busy")
        add(self, *args, **options)

    monkeypatch.setattr(Recognizer, "add", fails_twice)
    store.accept([Accept(PURPLE, "My Joker", "Base", new=True)], "anna")
    teacher.hear([PURPLE])
    end = time.monotonic() + WAIT_S
    while teacher.num_taught == 0 and time.monotonic() < end:
        assert teacher.trouble == "" or "tried again" in teacher.about
        time.sleep(0.01)
    assert teacher.wait(WAIT_S) and teacher.trouble == "" and len(tries) == 3
    assert taught(data) == [("My Joker", 1)]


def test_the_app_ends_after_what_was_heard_is_learned(data, monkeypatch):
    pytest.importorskip("streamlit.starlette")
    from balatro.annotate_dataset import app, run

    assert run.STOP_S > teach.EXIT_S + 5
    waited = []
    monkeypatch.setattr(app.open_desk, "cache_info", lambda: SimpleNamespace(currsize=1), raising=False)
    monkeypatch.setattr(app, "desk", lambda: SimpleNamespace(teacher=SimpleNamespace(wait=waited.append)))

    async def start_and_end():
        async with app.finish_teaching(app.app):
            assert waited == []

    asyncio.run(start_and_end())
    assert waited == [teach.EXIT_S]


def test_an_unknown_model_is_told(store):
    with pytest.raises(ModelError, match="no model 'none'"):
        Teacher(store, "none")


def test_the_pages_teach(data, monkeypatch):
    """As the browser tells it; suggestions are left out."""
    monkeypatch.setattr(Desk, "wake", lambda self: None)
    desk = Desk(data, teach=str(data / "fake"))
    session = Session(desk)
    told = {
        "seq": 1, "kind": "accept", "revision": 0, "name": "My Joker", "modifier": "Base", "type": "", "rarity": "",
        "isNew": True, "keep": [PURPLE], "exclude": [], "reject": [], "other": [],
    }  # fmt: skip
    session.hear({"session": session.id, "actions": [told]})
    assert session.failures == [] and desk.teacher is not None and desk.teacher.wait(WAIT_S)
    assert taught(data) == [("My Joker", 1)]
    session.hear({"session": session.id, "actions": [{"seq": 2, "kind": "undo"}]})
    assert desk.teacher.wait(WAIT_S) and taught(data) == []

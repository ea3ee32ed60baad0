"""The demo's story with tiny networks, and its page."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from balatro.demo import story
from balatro.demo.page import deck_strip
from balatro.errors import InputError
from balatro.identify_card.judge.contest import Figure, Round
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.table.show import table_lines
from balatro.render.deck import Deck, DeckCard
from balatro.runtime.beside import other_of
from tests.identify_card.fake_bundle import COLOURS, write_fake_bundle

pytestmark = pytest.mark.slow


def tiny_deck() -> Deck:
    """Flat cards, a few strangers."""
    cards = []
    for name, colour in COLOURS.items():
        body = np.zeros((95, 71, 4), np.uint8)
        body[1:94, 1:70] = (*colour, 255)
        known = name != "stranger"
        cards.append(
            DeckCard(name, name.title(), "Joker" if known else "Card back", "Common" if known else "", body, known=known)
        )
    return Deck("demo", tuple(cards))


@pytest.fixture
def tiny_demo(monkeypatch, tmp_path):
    """A demo in a second: a deck of five cards, networks that know little, no training."""
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(story, "_draw_deck", lambda seed: tiny_deck())
    monkeypatch.setattr(story, "make_gallery_bundle", lambda deck, folder: write_fake_bundle(folder, without_head=True))
    monkeypatch.setattr(story, "_has_torch", lambda: False)
    monkeypatch.setattr(story, "SIZES", ((640, 360),))
    monkeypatch.setattr(story, "PLAY", replace(story.PLAY, crowded=0.0))
    return tmp_path


def test_everything_is_left_in_one_folder(tiny_demo):
    page = story.play_demo(tiny_demo / "out", num_screens=3)
    assert page == tiny_demo / "out" / "index.html"
    left = {path.relative_to(tiny_demo / "out").as_posix() for path in (tiny_demo / "out").rglob("*") if path.is_file()}
    assert {"index.html", "scores.json", "cards.jsonl", "table.json", "deck/deck.json", "model/model.json"} <= left
    assert {f"{kind}/screen_{number}.png" for kind in ("screens", "marked") for number in (1, 2, 3)} <= left
    scores = json.loads((tiny_demo / "out" / "scores.json").read_text(encoding="utf-8"))
    assert scores["untrained"]["pictures"] == 3 and "trained" not in scores
    assert len((tiny_demo / "out" / "cards.jsonl").read_text(encoding="utf-8").splitlines()) == 3
    assert [path.name for path in tiny_demo.iterdir() if path.name.startswith(".")] == []


def test_page_holds_everything_itself(tiny_demo):
    text = story.play_demo(tiny_demo / "out", num_screens=3).read_text(encoding="utf-8")
    assert text.count("data:image/jpeg") >= 4  # the strip and the screens
    assert "http://" not in text and "https://" not in text and "<script" not in text
    assert "color-scheme: light dark" in text


def test_one_screen_is_told_as_a_state(tiny_demo, capsys):
    text = story.play_demo(tiny_demo / "out", num_screens=3).read_text(encoding="utf-8")
    told = json.loads((tiny_demo / "out" / "table.json").read_text(encoding="utf-8"))
    printed = capsys.readouterr().out
    assert "its state:" in printed
    for heading, said in table_lines(told):
        assert f"<dt>{heading}</dt>" in text and all(html.escape(word) in text for word, _ in said)
        assert heading in printed


def test_the_model_can_be_used_by_name_afterwards(tiny_demo):
    story.play_demo(tiny_demo / "out", num_screens=2)
    assert Recognizer.load("demo", threads=1).bundle.name == "fake"


def test_a_demo_model_that_is_there_lies_beside_the_new_one(tiny_demo):
    older = write_fake_bundle(tiny_demo / "data" / "models" / "demo", name="older", deck="another")
    story.play_demo(tiny_demo / "out", num_screens=2)
    names = [json.loads((folder / "model.json").read_text(encoding="utf-8"))["name"] for folder in (older, other_of(older))]
    assert names == ["fake", "older"]


def test_a_demo_of_another_seed_replaces_nothing(tiny_demo):
    older = write_fake_bundle(tiny_demo / "data" / "models" / "demo", name="older")
    story.play_demo(tiny_demo / "out", seed=7, num_screens=2)
    assert json.loads((older / "model.json").read_text(encoding="utf-8"))["name"] == "older"


@pytest.mark.parametrize(("right", "kept"), [(90, False), (95, True), (97, True)])
def test_training_never_makes_it_worse(right, kept, monkeypatch, capsys):
    monkeypatch.setattr(story, "drawn_round", lambda *_: Round("screens", Figure(100, 95), Figure(100, right)))
    untrained, trained = object(), object()
    assert story._better(untrained, trained, None) is (trained if kept else None)
    assert ("95.0 % right before, 90.0 % right now" in capsys.readouterr().err) is not kept


def test_an_older_demo_is_replaced_and_nothing_else(tiny_demo, monkeypatch):
    story.play_demo(tiny_demo / "out", num_screens=2)
    story.play_demo(tiny_demo / "out", num_screens=2)
    foreign = tiny_demo / "holiday"
    foreign.mkdir()
    (foreign / "photo.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(InputError, match="no older demo"):
        story.play_demo(foreign, num_screens=2)
    with pytest.raises(InputError, match="a file"):
        story.play_demo(foreign / "photo.txt", num_screens=2)
    (foreign / "scores.json").write_text("{}", encoding="utf-8")  # of `balatro evaluate`
    with pytest.raises(InputError, match="no older demo"):
        story.play_demo(foreign, num_screens=2)
    monkeypatch.chdir(tiny_demo / "out")
    with pytest.raises(InputError, match="current folder"):
        story.play_demo(Path(), num_screens=2)
    assert (foreign / "photo.txt").read_text(encoding="utf-8") == "keep me"


def test_a_step_is_told_as_it_stands(capsys):
    teller = story._Teller()
    teller.say("Drawing [/x] and [bold]y[/bold]: pip install balatro[train]")
    teller.say(story.NO_TRAINING)
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("1/6 Drawing [/x] and [bold]y[/bold]: pip install balatro[train] 2/6 Training is left out")
    assert story.how_to_install("train") in told


def test_a_demo_that_fails_leaves_the_older_one(tiny_demo, monkeypatch):
    page = story.play_demo(tiny_demo / "out", num_screens=2)
    before = page.read_bytes()
    monkeypatch.setattr(story, "write_page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        story.play_demo(tiny_demo / "out", num_screens=2)
    assert page.read_bytes() == before


def test_screens_are_the_same_every_time_and_not_trainings():
    deck = tiny_deck()
    first, second = (list(story._play(deck, 0, 2)) for _ in range(2))
    assert all((a.image == b.image).all() for a, b in zip(first, second, strict=True))
    assert (first[0].image.shape != first[1].image.shape) or (first[0].image != first[1].image).any()


def test_training_settings_are_valid():
    settings = story.training_settings(Path("deck"), seed=3, steps=40)
    assert (settings.seed, settings.steps, settings.pretrained) == (3, 40, "auto")


def test_strip():
    strip = deck_strip(tiny_deck(), seed=0)
    assert strip.dtype == np.uint8 and strip.shape[1] > 200 and (deck_strip(tiny_deck(), seed=0) == strip).all()

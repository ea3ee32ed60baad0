"""`balatro gallery list` and `remove` with the own cards of a model made of pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from balatro.errors import InputError, SettingsError, UnknownCardError
from balatro.gallery.gallery import load_gallery, pack_gallery
from balatro.identify_card.added.added import add_looks, load_added, new_entry
from balatro.identify_card.added.cards import Looks
from balatro.identify_card.added.command import gallery
from balatro.identify_card.recognizer import Recognizer
from tests.identify_card.fake_bundle import card_picture, fake_text, write_fake_bundle

SETS = {"red": ("Island", "LEA"), "small_red": ("Forest", "LEA"), "green": ("Island", "LEB"), "blue": ("Forest", "LEB")}


@pytest.fixture
def model(tmp_path):
    cards = fake_text(without_head=True)["cards"][:4]
    for card in cards:
        name, which = SETS[card["id"]]
        card |= {"name": name, "size": [1.0, 1.0], "fields": {"set": which}}
    settings = {"scale": 33.0, "reject": 0.4, "cosine": 0.77}
    folder = write_fake_bundle(
        tmp_path / "fake", without_head=True, cards=cards, twins=[], game={"aspect": [0.7, 0.8]}, gallery=settings
    )
    whole = load_gallery(folder / "gallery.npz")
    (folder / "gallery.npz").write_bytes(pack_gallery(whole.kept(np.arange(5) < 4)))
    return folder


def invoke(*words: object):
    result = CliRunner().invoke(gallery, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def read(model, name: str):
    [card] = Recognizer.load(model, 1).identify(card_picture(name), "card")
    return card.name, dict(card.fields)


def add(model, name: str):
    looks = Looks(np.eye(1, 3, dtype=np.float32), np.zeros(1, np.int8), np.zeros(1, np.float32))
    own = Recognizer.load(model, 1).bundle.cards
    return add_looks(model, lambda added: new_entry(name, own, added), looks)


def test_own_cards_are_listed_with_their_sets_and_pictures_before_added_ones(model):
    add(model, "Klara")
    lines = invoke("list", "--model", model).splitlines()
    assert lines[0] == "Island  (red)  1 picture  LEA, Joker, Common" and lines[4].endswith("added") and len(lines) == 5
    told = json.loads(invoke("list", "--model", model, "--json"))
    assert told[2]["fields"] == {"set": "LEB"} and [one["added"] for one in told] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("green",), ["red", "small_red", "blue"]),
        (("island",), ["small_red", "blue"]),
        (("--set", "lea"), ["green", "blue"]),
    ],
)
def test_a_card_a_name_or_a_set_is_taken_out_and_thresholds_stay(model, words, left):
    before = json.loads((model / "model.json").read_text())
    assert f"{len(left)} cards are left" in invoke("remove", *words, "--model", model)
    after = json.loads((model / "model.json").read_text())
    assert [card["id"] for card in after["cards"]] == left
    assert after["gallery"] == before["gallery"] and after["game"] == before["game"]
    for name in set(left) & {"green", "blue"}:
        assert read(model, name) == (SETS[name][0], {"set": SETS[name][1]})


def test_looks_that_were_added_to_a_card_go_with_it(model):
    add(model, "Island")
    add(model, "Klara")
    invoke("remove", "red", "--model", model)
    assert [card.name for card in load_added(model).cards] == ["Klara"]
    assert "Klara removed" in invoke("remove", "klara", "--model", model)


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        (("Isle",), UnknownCardError, "no card 'Isle'; the nearest are: Island"),
        (("--set", "LEC"), UnknownCardError, "no card is of a set 'LEC'; the nearest are"),
        (("--set", ""), UnknownCardError, "no card is of a set ''"),
        ((), SettingsError, "one of a card's name and --set"),
        (("Island", "--set", "LEA"), SettingsError, "one of a card's name and --set"),
    ],
)
def test_what_is_not_there_is_told(model, words, error, told):
    with pytest.raises(error, match=told):
        invoke("remove", *words, "--model", model)


def test_no_model_is_left_without_cards(model):
    invoke("remove", "--set", "LEA", "--model", model)
    with pytest.raises(InputError, match="no card would be left"):
        invoke("remove", "--set", "LEB", "--model", model)


def test_a_model_of_the_game_has_no_sets(tmp_path):
    folder = write_fake_bundle(tmp_path / "fake", without_head=True)
    with pytest.raises(SettingsError, match="fake has no sets"):
        invoke("remove", "--set", "LEA", "--model", folder)
    assert "no card was added" in invoke("list", "--model", folder)

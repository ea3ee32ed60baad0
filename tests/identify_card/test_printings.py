"""Names apart from printings, and the fields of cards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from balatro.config.kinds import CARD, KINDS
from balatro.config.playing_cards import RANKS
from balatro.identify_card.namer import Namer
from balatro.identify_card.naming import make_cards
from balatro.identify_card.printings import likeliest
from balatro.runtime.bundle import Bundle
from balatro.runtime.model_json import BundleCard, GallerySettings, Game, Task

QUADS = np.array([[[0, 0], [10, 0], [10, 14], [0, 14]]], np.float32)


def card(id_: str, name: str, known: bool = True, **fields: str) -> BundleCard:
    return BundleCard(id_, name, "", "", known, fields=fields)


CARDS = (
    card("bee", "Bee"),
    card("sign", "Island", known=False),
    card("island_lea", "Island", set="LEA", artist="Poole"),
    card("island_leb", "Island", set="LEB", artist="Poole"),
    card("island_arn", "Island", set="ARN", artist="Tedin"),
)
BUNDLE = Bundle(
    Path("x"), "x", "x", (96, 128), 0.04, {}, CARDS, (), 0.3, GallerySettings(reject=0.5), True, Game((0.7, 0.72))
)  # fmt: skip


def read(*chances: float, fields: tuple[dict[str, str], ...] = ()):
    [told] = make_cards(np.array([chances]), np.array([True]), np.zeros((1, 0)), QUADS, (20, 20), BUNDLE, fields)
    return told


def test_the_probability_of_a_name_is_that_of_its_printings():
    told = read(0.3, 0.0, 0.34, 0.33, 0.01)
    assert told.name == "Island" and told.id == "island_lea" and told.confidence == pytest.approx(0.68)
    assert [(guess.name, round(guess.confidence, 2)) for guess in told.top] == [("Island", 0.68), ("Bee", 0.3)]


def test_candidates_are_listed_and_their_common_fields_are_told():
    told = read(0.02, 0.0, 0.5, 0.45, 0.03)
    assert [one.id for one in told.printings] == ["island_lea", "island_leb"]
    assert told.fields == {"artist": "Poole"}
    line = told.to_json()
    assert line["fields"] == {"artist": "Poole"}
    assert line["printings"][1] == {"id": "island_leb", "confidence": 0.45, "fields": {"set": "LEB", "artist": "Poole"}}


def test_a_sure_printing_is_told_alone():
    told = read(0.01, 0.0, 0.01, 0.01, 0.97)
    assert told.fields == {"set": "ARN", "artist": "Tedin"} and told.printings == ()


def test_what_has_no_name_has_no_fields():
    told = read(0.02, 0.6, 0.2, 0.1, 0.08)
    assert (told.known, told.fields, told.printings) == (False, {}, ())
    assert "fields" not in told.to_json() and "printings" not in told.to_json()


def test_what_a_head_says_comes_to_the_cards_fields():
    told = read(0.9, 0.0, 0.05, 0.03, 0.02, fields=({"finish": "Holo"},))
    assert told.fields == {"finish": "Holo"}


@pytest.mark.parametrize(("more", "told"), [((), {"finish": "Holo", "rank": "2"}), (("kind",), {"finish": "Holo"})])
def test_heads_of_the_games_own_playing_cards_tell_no_fields(more, told):
    tasks = {name: Task(classes) for name, classes in {"finish": ("Holo", "Plain"), "rank": RANKS}.items()}
    tasks |= {"identification": Task(tuple(card.id for card in CARDS))} | {name: Task(KINDS) for name in more}
    outputs = {name: np.eye(1, len(task.classes)) * 20 for name, task in tasks.items()}
    outputs |= {name: np.eye(1, len(KINDS), CARD) * 20 for name in more} | {"embedding": np.ones((1, 1))}
    [told_card] = Namer(replace(BUNDLE, tasks=tasks)).name(outputs, QUADS, (20, 20))
    assert told_card.name == "Bee" and told_card.fields == told


def test_cards_with_fields_can_be_members_of_sets():
    assert len({read(0.9, 0, 0, 0, 0.1), read(0.0, 0, 0.9, 0, 0.1)}) == 2


def test_of_equal_names_the_first_come_first():
    many = tuple(card(str(number), str(number)) for number in range(2000))
    bundle = Bundle(Path("x"), "x", "x", (96, 128), 0.04, {}, many, (), 0.3)
    row = np.full(2000, 1e-4)
    row[1500] = 0.5
    assert [place for place, _ in likeliest(row, bundle, 5)] == [1500, 0, 1, 2, 3]

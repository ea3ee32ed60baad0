"""A model of another game from pictures: made, added to, read in any turn and light; strangers refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from balatro.errors import ModelError
from balatro.gallery.references.make import add_references, make_reference_bundle
from balatro.gallery.references.read import read_references
from balatro.identify_card.recognizer import Recognizer
from balatro.render.demo_deck import draw_demo_deck
from balatro.utils.images import write_png
from tests.identify_card.fake_bundle import write_fake_bundle

pytestmark = pytest.mark.slow

DECK = draw_demo_deck(3, 14).known


def scan(number: int) -> np.ndarray:
    """A card of our own art as a scan of another shape: (260, 150, 3) uint8 RGB."""
    return cv2.resize(np.ascontiguousarray(DECK[number].body[..., :3]), (150, 260), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    refs = tmp_path_factory.mktemp("refs")
    for number in range(8):
        (refs / f"set{number % 2}").mkdir(exist_ok=True)
        write_png(refs / f"set{number % 2}" / f"{DECK[number].name}.png", scan(number))
    write_png(refs / "set1" / f"{DECK[0].name}.png", scan(0))
    (refs / "broken.png").write_bytes(b"no picture")
    made = make_reference_bundle(read_references(refs).references, refs.parent / "cards_of_mine")
    assert (made.cards, made.pictures, len(made.failures)) == (9, 9, 1)
    return made.folder


@pytest.fixture(scope="module")
def recognizer(folder) -> Recognizer:
    return Recognizer.load(folder, 1)


@pytest.mark.parametrize("turn", range(4))
def test_a_scan_is_named_in_any_turn(recognizer, turn):
    for number in range(1, 8):
        [card] = recognizer.identify(np.ascontiguousarray(np.rot90(scan(number), turn)))
        assert (card.name, card.fields, card.printings) == (DECK[number].name, {"set": f"set{number % 2}"}, ())


def test_a_quad_begins_at_the_cards_own_top_left(recognizer):
    upside_down = np.ascontiguousarray(scan(2)[::-1, ::-1])
    [card] = recognizer.identify(upside_down, "card")
    assert card.quad[0] == (150, 260) and card.box == (0, 0, 150, 260)


def test_a_dark_card_is_named(recognizer):
    [card] = recognizer.identify((scan(5) * 0.3).astype(np.uint8), "card")
    assert card.name == DECK[5].name


def test_printings_of_the_same_art_are_listed_together(recognizer):
    [card] = recognizer.identify(scan(0))
    assert card.name == DECK[0].name and card.confidence > 0.5 and card.fields == {}
    assert {one.fields["set"] for one in card.printings} == {"set0", "set1"}
    assert [guess.name for guess in card.top].count(card.name) == 1


def test_strangers_have_no_name(recognizer):
    named = [recognizer.identify(scan(number), "card")[0].name for number in range(8, 14)]
    assert named == [None] * 6


def test_of_another_shape_than_the_games_cards_nothing_is_named(recognizer):
    [card] = recognizer.identify(cv2.resize(scan(4), (400, 100)), "card")
    assert not card.known


def test_more_cards_are_added_and_the_others_stay(folder, tmp_path):
    for number in (9, 10):
        write_png(tmp_path / f"{DECK[number].name}.png", scan(number))
    made = add_references(folder, read_references(tmp_path).references)
    later = Recognizer.load(made.folder, 1)
    assert made.cards == 11
    assert [later.identify(scan(number))[0].name for number in (2, 9, 10)] == [DECK[number].name for number in (2, 9, 10)]


def test_a_model_of_the_game_has_its_own_way(tmp_path):
    write_png(tmp_path / "refs" / "A.png", scan(1))
    with pytest.raises(ModelError, match="gallery new"):
        add_references(write_fake_bundle(tmp_path / "fake", without_head=True), read_references(tmp_path / "refs").references)

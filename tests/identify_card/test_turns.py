"""Cards that may lie in any of four turns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.errors import ModelError, SettingsError
from balatro.identify_card.batch.many import Reader, ReaderSettings
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.turns import all_turns, may_be_one
from balatro.runtime.model_json import Game
from tests.identify_card.fake_bundle import CARD, card_picture, write_fake_bundle

TAROT = Game((0.56, 0.6))


@pytest.mark.parametrize(
    ("size", "fits"), [((350, 600), True), ((600, 350), True), ((340, 600), True), ((600, 600), False), ((1920, 1080), True)]
)
def test_a_scan_has_the_shape_of_a_card(size, fits):
    assert may_be_one(*size, TAROT) is fits


@given(st.integers(0, 3))
def test_every_turn_has_the_same_corners(turn):
    quads = np.arange(16, dtype=np.float32).reshape(2, 4, 2)
    turned = all_turns(quads).reshape(4, 2, 4, 2)[turn]
    assert (np.roll(turned, turn, axis=1) == quads).all()


def test_a_card_on_its_head_is_named_and_its_quad_turned(tmp_path):
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake", without_head=True), 1)
    picture = np.ascontiguousarray(card_picture("green")[::-1, ::-1])
    [card] = recognizer.read(picture, np.array([[[0, 0], [CARD[0], 0], CARD, [0, CARD[1]]]], np.float32), any_turn=True)
    assert card.name == "Green"
    assert card.quad in (((0, 0), (84, 0), (84, 112), (0, 112)), ((84, 112), (0, 112), (0, 0), (84, 0)))


def test_a_look_in_any_turn_keeps_what_was_seen_in_the_turn_that_was_read(tmp_path):
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake", without_head=True), 1)
    picture = np.ascontiguousarray(card_picture("green", "Negative")[::-1, ::-1])
    sight = recognizer.see(picture, "photo")
    assert sight.outputs == {} and sight.cards == []  # no spot for the locator
    quads = np.array([[[0, 0], [CARD[0], 0], CARD, [0, CARD[1]]]], np.float32)
    turned, upright = (recognizer.look_at(one, quads, any_turn=True) for one in (picture, card_picture("green", "Negative")))
    assert turned.cards[0].modifier == upright.cards[0].modifier == "Negative"
    assert all(np.allclose(turned.outputs[name], upright.outputs[name], atol=1e-3) for name in upright.outputs)


def test_no_table_of_another_game(tmp_path):
    folder = write_fake_bundle(tmp_path / "fake", without_head=True, game={"aspect": [0.7, 0.8]})
    recognizer = Recognizer.load(folder, 1)
    sight = recognizer.see(card_picture("green"))
    assert [card.name for card in sight.cards] == ["Green"]
    for ask in (lambda: recognizer.read_table(card_picture("green")), lambda: recognizer.table_of(sight)):
        with pytest.raises(ModelError, match="'fake' is of another game"):
            ask()
    with pytest.raises(ModelError, match="of another game"):
        Reader(ReaderSettings(folder, 1, table=True))


def test_what_a_picture_is_must_be_known(tmp_path):
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake"), 1)
    with pytest.raises(SettingsError, match="--as is film; give auto, screen, photo, card"):
        recognizer.identify(card_picture("green"), "film")

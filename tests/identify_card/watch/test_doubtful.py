"""Doubtful cards come back as pictures: which, when, and each once."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.annotate_dataset.suggest.reader import Reader
from balatro.errors import InputError
from balatro.identify_card.card import Card, Guess
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.doubtful import FORGET_S, REST_S, DoubtfulSaver, is_unsure
from balatro.identify_card.watch.watch import Watcher
from tests.annotate_dataset.small_data import fake_encoder
from tests.identify_card.fake_bundle import CARD, draw_table

PLACES = ((100, 100), (400, 100), (700, 100))


def card(name: str | None, confidence: float, x: int = 100, y: int = 100, modifier: float = 1.0) -> Card:
    left, top, right, bottom = x, y, x + CARD[0], y + CARD[1]
    quad = ((left, top), (right, top), (right, bottom), (left, bottom))
    known = name is not None
    guesses = (Guess(name or "best", name or "Best", confidence),)
    return Card(name, name, "Joker", "", "Base", known, confidence, modifier, (left, top, right, bottom), quad, guesses)


def screen() -> np.ndarray:
    """Three cards, each with a pattern of its own."""
    image = np.full((576, 1024, 3), 60, np.uint8)
    for number, (x, y) in enumerate(PLACES):
        blots = np.random.default_rng(number).integers(0, 256, (14, 12, 3)).astype(np.uint8)
        image[y : y + CARD[1], x : x + CARD[0]] = blots.repeat(8, axis=0).repeat(7, axis=1)
    return image


SCREEN = screen()


@pytest.fixture
def saver(tmp_path):
    with DoubtfulSaver(tmp_path / "screenshots") as opened:
        yield opened


@pytest.mark.parametrize(
    ("reading", "doubtful"),
    [
        (card("egg", 0.99), False),
        (card("egg", 0.5), True),
        (card("egg", 0.99, modifier=0.4), True),
        (card(None, 0.3), True),
        (card(None, 0.05), False),
    ],
)
def test_what_is_doubtful(reading, doubtful):
    assert is_unsure(reading) == doubtful


def test_a_card_is_saved_once_after_it_was_doubtful_for_a_while(saver):
    saved = [saver.see(SCREEN, [card("egg", 0.5)], seconds) for seconds in (0, 0.1, 0.2, REST_S, REST_S + 2, 30, 31.5, 31.6)]
    assert [len(paths) for paths in saved] == [0, 0, 0, 1, 0, 0, 0, 0]
    [path] = saver.saved
    assert path.parent == saver.folder and path.name == "cluster0_card0_id0.png"
    assert saver.line().endswith("1 doubtful card saved; name them with `balatro annotate`")


def test_what_rests_on_an_unchanged_screen_is_not_read_again(saver):
    for seconds in (0, 0.1, 0.2):
        saver.see(SCREEN, [card("egg", 0.5)], seconds)
    assert not saver.see(SCREEN, [], 0.9) and saver.see(SCREEN, [], REST_S)


def test_one_doubtful_reading_on_the_way_is_none(saver):
    for number, x in enumerate((100, 250, 400, 550)):
        saver.see(SCREEN, [card("egg", 0.5, x)], number / 10)
    assert not saver.see(SCREEN, [card("egg", 0.99, 700)], 0.5) and not saver.see(SCREEN, [], 3.0)


def test_a_card_in_motion_is_not_saved(saver):
    for seconds, confidence in ((0, 0.5), (0.1, 0.5), (0.3, 0.99), (1.2, 0.5), (1.4, 0.99)):
        assert not saver.see(SCREEN, [card("egg", confidence)], seconds)
    assert not saver.see(SCREEN, [card("egg", 0.5)], 1.4 + FORGET_S + 1)  # somewhere else in time: it begins anew


def test_split_votes_are_saved(saver):
    for seconds, name in ((0.0, "egg"), (0.2, "egg"), (0.4, "dna")):
        assert not saver.see(SCREEN, [card(name, 0.99)], seconds)
    assert saver.see(SCREEN, [card("egg", 0.99)], 0.6)
    assert not saver.see(SCREEN, [card("dna", 0.99)], 0.8)


def test_another_card_in_its_place_is_no_split_vote(saver):
    for seconds, name in ((0.0, "egg"), (1.0, "dna"), (9.0, "egg")):
        assert not saver.see(SCREEN, [card(name, 0.99)], seconds)


def test_a_still_picture_is_saved_at_once_and_only_once(saver):
    cards = [card("egg", 0.5, *PLACES[0]), card(None, 0.3, *PLACES[1]), card("dna", 0.99, *PLACES[2])]
    assert len(saver.see(SCREEN, cards)) == 2
    assert not saver.see(SCREEN, cards)


def test_only_crops_of_whole_cards_are_written(saver):
    assert not saver.see(SCREEN, [card("egg", 0.5, 990, 100), card("egg", 0.5, 100, 540)])
    [path] = saver.see(SCREEN, [card("egg", 0.5)])
    from PIL import Image

    with Image.open(path) as crop:
        assert crop.width < CARD[0] * 1.15 and crop.height < CARD[1] * 1.15


def test_it_stops_before_the_disk_is_full(tmp_path):
    with DoubtfulSaver(tmp_path, most=1) as saver:
        saver.see(SCREEN, [card("egg", 0.5, *place) for place in PLACES])
        assert len(saver.saved) == 1 and "then no more: 1 pictures are enough" in saver.line()


def test_a_failure_ends_the_saving_not_the_watching(saver, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("balatro.build_dataset.seen.write_png", full)
    assert saver.see(SCREEN, [card("egg", 0.5)]) == [] and "No space left" in saver.trouble
    assert saver.see(SCREEN, [card("egg", 0.5, *PLACES[1])]) == []


def test_a_folder_in_use_is_told(saver):
    with pytest.raises(InputError, match="in use by"):
        DoubtfulSaver(saver.folder)


def test_the_annotate_app_shows_them_prefilled(tmp_path, recognizer: Recognizer):
    """Through a watcher, as `balatro watch --save-doubtful` does: colours between two cards are read doubtfully."""
    table = draw_table([("red", "Base", 200, 200), ("green", "Base", 500, 200)])
    table[144:228, 458:542] = (30, 116, 114)  # half green, half blue
    table[195:205, 495:505] = (255, 0, 255)
    watcher = Watcher(recognizer)
    with DoubtfulSaver(tmp_path / "screenshots") as saver:
        for number in range(40):
            table[0, 0] = number
            look = watcher.look(table, number / 10)
            saver.see(look.frame.image, look.readings, look.frame.seconds)
    assert len(saver.saved) == 1
    store = DatasetStore(tmp_path)
    [waiting] = store.unlabelled()
    assert waiting.path == saver.saved[0] and (waiting.cluster, waiting.card_group) == (0, 0)
    prefiller = Prefiller(store, encoder=fake_encoder(), reader=Reader("fake", recognizer))
    end = time.monotonic() + 60
    while not prefiller.prefills and time.monotonic() < end:
        prefiller.update()
    names = {candidate.name for candidate in prefiller.prefills[waiting.key].candidates}
    assert names & {"Green", "Blue"}


def test_the_saver_wants_no_whole_screen(tmp_path: Path):
    """Nothing but crops and the files of the store lies there afterwards."""
    with DoubtfulSaver(tmp_path / "shots") as saver:
        saver.see(SCREEN, [card("egg", 0.5)])
    assert sorted(path.suffix or path.name for path in (tmp_path / "shots").iterdir()) == [".json", ".json", ".lock", ".png"]

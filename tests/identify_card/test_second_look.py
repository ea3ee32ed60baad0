"""Looking again at what has no name."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from balatro.identify_card.card import Card
from balatro.identify_card.second_look import is_washed, look_again, without_wash
from balatro.render.demo_deck import draw_demo_deck

BODY = draw_demo_deck(cards=3).known[0].body
CARD = cv2.resize(np.ascontiguousarray(BODY[..., :3]), (96, 128), interpolation=cv2.INTER_AREA)


def wash(card: np.ndarray, colour: tuple[int, int, int], share: float) -> np.ndarray:
    return cv2.addWeighted(card, 1 - share, np.full_like(card, colour), share, 0)


@pytest.mark.parametrize("colour", [(255, 80, 70), (0, 150, 255), (20, 25, 30), (245, 245, 245)])
@pytest.mark.parametrize("share", [0.55, 0.75])
def test_a_wash_is_seen_and_taken_off(colour, share):
    washed = wash(CARD, colour, share)
    assert is_washed(np.stack([CARD, washed])).tolist() == [False, True]
    (found,), (wanted,) = without_wash(washed[None]), without_wash(CARD[None])
    off = np.abs(found.astype(int) - wanted).mean()
    assert off < 8 < np.abs(washed.astype(int) - CARD).mean()


def test_one_colour_alone_is_no_fault():
    assert without_wash(np.full((1, 128, 96, 3), 77, np.uint8)).shape == (1, 128, 96, 3)


def card(name: str | None, confidence: float = 0.95) -> Card:
    return Card(name, name, None, None, "Base", name is not None, confidence, 1.0, (0, 0, 1, 1), ((0, 0),) * 4, ())


STANDING = np.array([(0, 0), (71, 0), (71, 95), (0, 95)], np.float32)
LAID = np.array([(0, 0), (95, 0), (95, 71), (0, 71)], np.float32)


class Reader:
    """Answers from a table of what it is asked, and notes that."""

    def __init__(self, answers: dict[tuple[tuple[float, ...], bool], Card]) -> None:
        self.answers, self.asked = answers, []

    def __call__(self, quads: np.ndarray, washed: bool) -> tuple[list[Card], None]:
        assert len(quads) > 0
        keys = [(tuple(quad[0].tolist()), washed) for quad in quads]
        self.asked += keys
        return [self.answers.get(key, card(None, 0.1)) for key in keys], None


def nothing_washed(quads: np.ndarray) -> np.ndarray:
    return np.zeros(len(quads), bool)


def test_a_name_that_is_not_sure_is_looked_at_again_under_a_wash_alone():
    reader = Reader({((0, 0), True): card("Egg", 0.99)})
    assert [c.name for c in look_again([card("Joker", 0.6)], STANDING[None], lambda q: np.ones(len(q), bool), reader)] == [
        "Egg"
    ]
    assert [c.name for c in look_again([card("Joker", 0.6)], STANDING[None], nothing_washed, reader)] == ["Joker"]


def test_named_cards_are_not_looked_at_again():
    reader = Reader({})
    assert [c.name for c in look_again([card("Egg")], STANDING[None], nothing_washed, reader)] == ["Egg"] and not reader.asked


@pytest.mark.parametrize(("sure", "name"), [(0.95, "Egg"), (0.6, None)])
def test_a_washed_card_is_read_without_the_wash_and_must_be_sure(sure, name):
    reader = Reader({((0.0, 0.0), True): card("Egg", sure)})
    both = look_again([card("Joker"), card(None)], np.stack([STANDING, STANDING]), lambda q: np.ones(len(q), bool), reader)
    assert [c.name for c in both] == ["Joker", name] and reader.asked == [((0.0, 0.0), True)]


@pytest.mark.parametrize(("corner", "sure", "name"), [(1, 0.95, "Egg"), (3, 0.95, "Egg"), (1, 0.6, None)])
def test_a_lying_card_is_read_from_its_sides_and_must_be_sure(corner, sure, name):
    start = tuple(np.roll(LAID, corner, axis=0)[0].tolist())
    reader = Reader({(start, False): card("Egg", sure)})
    both = look_again([card("Joker"), card(None)], np.stack([STANDING, LAID]), nothing_washed, reader)
    assert [c.name for c in both] == ["Joker", name]


def test_a_card_on_its_head_is_read_where_nothing_has_a_name():
    reader = Reader({((71.0, 95.0), False): card("Egg")})
    assert [c.name for c in look_again([card(None)], STANDING[None], nothing_washed, reader)] == ["Egg"]
    both = look_again([card("Joker"), card(None)], np.stack([STANDING, STANDING]), nothing_washed, reader)
    assert [c.name for c in both] == ["Joker", None]


def test_an_empty_picture_asks_nothing():
    reader = Reader({})
    assert look_again([], np.zeros((0, 4, 2), np.float32), nothing_washed, reader) == [] and not reader.asked

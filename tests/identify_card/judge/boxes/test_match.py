"""Which card is which, and what is a false name."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.identify_card.card import Card
from balatro.identify_card.judge.boxes.labels import BoxLabel, BoxPicture
from balatro.identify_card.judge.boxes.match import judge_picture, pair_boxes

IMAGE = np.zeros((200, 400, 3), np.uint8)


def said(name, box, modifier="Base"):
    left, top, right, bottom = box
    quad = ((left, top), (right, top), (right, bottom), (left, bottom))
    key = name and name.lower()
    return Card(key, name, "Joker", "", modifier, name is not None, 0.9, 0.9, box, quad, ())


def label(name, box, modifier=None, key=""):
    return BoxLabel(box, name, key, modifier)


AT = (100, 50, 150, 120)


def moved(x, y=0):
    return AT[0] + x, AT[1] + y, AT[2] + x, AT[3] + y


@pytest.mark.parametrize(
    ("labels", "cards", "pairs"),
    [
        ([label("Egg", AT)], [], [None]),
        ([], [said("Egg", AT)], []),
        ([label("Egg", AT)], [said("Egg", moved(21))], [0]),  # 0.408 is shared
        ([label("Egg", AT)], [said("Egg", moved(22))], [None]),  # 0.389
        ([label("Egg", AT)], [said("Hack", moved(1)), said("Egg", moved(3))], [1]),  # nearly as good, and right
        ([label("Egg", AT)], [said("Hack", AT), said("Egg", moved(8))], [0]),  # right, but much worse
        ([label("Egg", AT)], [said(None, moved(1)), said("Hack", moved(3))], [0]),
        ([label("Egg", AT), label("Hack", moved(10))], [said("Hack", moved(9)), said("Egg", moved(1))], [1, 0]),
        ([label("Egg", AT), label("Egg", moved(2))], [said("Egg", moved(1))], [None, 0]),  # once
        ([label("Egg", AT, key="j_egg")], [said("Egg", AT), said(None, moved(1))], [0]),
    ],
)
def test_pairs(labels, cards, pairs):
    assert pair_boxes(labels, cards) == pairs


def judged(cards, labels=(), unsure=()):
    return judge_picture(BoxPicture("a.png", None, tuple(labels), tuple(unsure)), IMAGE, cards)


def test_outcomes():
    labels = [
        label("Egg", AT, "Foil"),
        label("egg", moved(60), None),  # any spelling; its modifier is not told
        label("Egg", moved(120), "Foil", key="hack"),  # the id counts
        label("Egg", moved(180), "Foil"),
        label("Egg", (0, 0, 50, 20), "Base"),
    ]
    cards = [
        *(said("Egg", AT, "Foil"), said("Egg", moved(60), "Negative"), said("Egg", moved(120), "Foil")),
        *(said(None, moved(180), "Base"), said("Egg", (10, 150, 40, 190)), said(None, (300, 150, 340, 190))),
    ]
    result = judged(cards, labels)
    table = [(one.found, one.name_right, one.modifier_right, one.both_right, one.misnamed) for one in result.outcomes]
    assert table == [
        (True, True, True, True, False),
        (True, True, True, True, False),
        (True, False, True, False, True),
        (True, False, False, False, False),
        (False, False, False, False, False),
    ]
    assert [one.crop is not None for one in result.outcomes] == [False, False, True, True, True]
    assert [one.height for one in result.outcomes] == [0.35] * 4 + [0.1]
    assert [(one.said.box, one.height) for one in result.false_names] == [((10, 150, 40, 190), 0.2)]


@pytest.mark.parametrize(
    ("unsure", "num_false"),
    [
        ([], 1),
        ([(0, 0, 90, 200)], 1),
        ([(0, 0, 400, 200)], 0),  # lies in it
        ([(100, 50, 130, 80)], 0),  # shares 0.257
        ([(100, 50, 120, 80)], 1),  # shares 0.171
        ([(0, 0, 124, 200)], 1),  # with 0.48 in it
        ([(0, 0, 126, 200)], 0),  # with 0.52 in it
    ],
)
def test_no_false_name_where_it_is_unsure(unsure, num_false):
    assert len(judged([said("Egg", AT)], unsure=unsure).false_names) == num_false


def test_a_second_name_on_one_card_is_false():
    assert len(judged([said("Egg", AT), said("Hack", moved(2))], [label("Egg", AT)]).false_names) == 1

"""Marked pictures."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.config.modifiers import MODIFIERS
from balatro.identify_card.card import Card
from balatro.identify_card.marks.draw import draw_cards
from balatro.identify_card.marks.labels import COLOURS, place_labels, text_size


def card_at(x: int, y: int, width: int = 86, name: str | None = "Fortune Teller", modifier: str = "Base") -> Card:
    height = round(width / 0.75)
    quad = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return Card(name, name, "Joker", "Common", modifier, name is not None, 0.9, 0.9, (*quad[0], *quad[2]), quad, ())


@pytest.mark.parametrize(
    ("width", "height", "factor"), [(1024, 576, 1.0), (640, 360, 0.625), (2560, 1440, 2.5), (90, 120, 0.3)]
)
def test_any_size(width, height, factor):
    picture = np.full((height, width, 3), 90, np.uint8)
    before = picture.copy()
    drawn = draw_cards(picture, [card_at(int(20 * factor), int(20 * factor), int(86 * factor), modifier="Foil")])
    assert drawn.shape == picture.shape and drawn.dtype == np.uint8
    assert (picture == before).all() and (drawn != before).any()


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_every_modifier_has_its_colour(modifier):
    drawn = draw_cards(np.full((200, 300, 3), 90, np.uint8), [card_at(80, 30, modifier=modifier)])
    off = np.abs(drawn[30:146, 78:82].astype(int) - COLOURS[modifier]).sum(axis=2)
    assert off.min() < 30


def test_unknown_cards_have_a_thin_frame_and_no_label():
    picture = np.full((576, 1024, 3), 90, np.uint8)
    known, unknown = draw_cards(picture, [card_at(300, 200)]), draw_cards(picture, [card_at(300, 200, name=None)])
    assert 0 < (unknown != picture).any(axis=2).sum() < 0.3 * (known != picture).any(axis=2).sum()
    assert (unknown[330:] == picture[330:]).all()


@pytest.mark.parametrize("step", [90, 74, 60])
def test_labels_do_not_cover_each_other_and_stay_in_the_picture(step):
    cards = [card_at(250 + step * number, 28, modifier="Holographic") for number in range(6)] + [card_at(900, 455)]
    labels = place_labels(cards, text_size(1024, 576, cards), (1024, 576))
    assert len(labels) == 7
    for number, label in enumerate(labels):
        left, top, right, bottom = label.place
        assert left >= 0 and top >= 0 and right <= 1024 and bottom <= 576
        for other in labels[:number]:
            apart = right <= other.place[0] or other.place[2] <= left or bottom <= other.place[1] or other.place[3] <= top
            assert apart


def test_nothing_to_mark():
    picture = np.zeros((50, 60, 3), np.uint8)
    assert (draw_cards(picture, []) == picture).all()

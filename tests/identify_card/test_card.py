"""The result, its JSON, and the order of reading."""

from __future__ import annotations

import json

import numpy as np
import pytest

from balatro.identify_card.card import Card, Guess, picture_json, quad_box, reading_order

EGG = Card(
    id="j_egg",
    name="Egg",
    type="Joker",
    rarity="Common",
    modifier="Base",
    known=True,
    confidence=0.99801,
    modifier_confidence=0.99,
    box=(276, 29, 362, 143),
    quad=((277, 29), (362, 31), (361, 143), (276, 141)),
    top=(Guess("j_egg", "Egg", 0.99801),),
)


def test_json_is_the_documented_form():
    line = json.loads(json.dumps(picture_json("a.png", 1024, 576, [EGG])))
    assert line == {
        "file": "a.png",
        "width": 1024,
        "height": 576,
        "cards": [
            {
                "id": "j_egg",
                "name": "Egg",
                "type": "Joker",
                "rarity": "Common",
                "modifier": "Base",
                "known": True,
                "confidence": 0.998,
                "modifier_confidence": 0.99,
                "box": [276, 29, 362, 143],
                "quad": [[277, 29], [362, 31], [361, 143], [276, 141]],
                "top": [{"name": "Egg", "confidence": 0.998}],
            }
        ],
    }


def at(*centres: tuple[float, float]) -> np.ndarray:
    corners = np.array([[-42, -56], [42, -56], [42, 56], [-42, 56]], np.float32)
    return np.array(centres, np.float32).reshape(-1, 1, 2) + corners


@pytest.mark.parametrize(
    ("centres", "order"),
    [
        ([], []),
        ([(300, 80), (100, 80), (200, 80)], [1, 2, 0]),
        ([(100, 280), (300, 80), (200, 290), (100, 85)], [3, 1, 0, 2]),
        ([(100, 120), (200, 100), (300, 90), (400, 100), (500, 120)], [0, 1, 2, 3, 4]),  # a fanned hand
        ([(500, 60), (100, 100)], [1, 0]),  # a hovered card in the same row
        ([(100, 140), (500, 60)], [1, 0]),
    ],
)
def test_reading_order(centres, order):
    assert reading_order(at(*centres)).tolist() == order


def test_box_is_cut_to_the_picture():
    assert quad_box(np.array([(-5, 3.2), (20, 3), (20, 90), (-5, 90.4)], np.float32), 50, 60) == (0, 3, 20, 60)

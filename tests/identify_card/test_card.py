"""The result, its JSON, and the order of reading."""

from __future__ import annotations

import json

import numpy as np

from balatro.identify_card.card import Card, Guess, picture_json, quad_box

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


def test_box_is_cut_to_the_picture():
    assert quad_box(np.array([(-5, 3.2), (20, 3), (20, 90), (-5, 90.4)], np.float32), 50, 60) == (0, 3, 20, 60)

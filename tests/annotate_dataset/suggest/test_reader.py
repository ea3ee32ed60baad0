"""What a trained model suggests of single pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from balatro.annotate_dataset.suggest.reader import Reader


def test_type_and_rarity_are_those_that_the_model_tells() -> None:
    cards = [SimpleNamespace(id="pikachu", type="Pokemon", rarity="Rare"), SimpleNamespace(id="egg", type="", rarity="")]
    guesses = tuple(
        SimpleNamespace(id=one, name=name, confidence=0.4) for one, name in [("pikachu", "Pikachu"), ("egg", "Egg")]
    )
    read = SimpleNamespace(top=guesses, known=True, modifier="Base", modifier_confidence=0.9)
    recognizer: Any = SimpleNamespace(bundle=SimpleNamespace(margin=0.04, cards=cards), read=lambda picture, quads: [read])
    (suggestion,) = Reader("pokemon", recognizer).read([np.zeros((95, 71, 3), np.uint8)])
    assert [(one.type, one.rarity) for one in suggestion.candidates] == [("Pokemon", "Rare"), ("Joker", "Common")]

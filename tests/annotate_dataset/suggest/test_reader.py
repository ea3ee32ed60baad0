"""What a trained model suggests of single pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from balatro.annotate_dataset.suggest.reader import Reader
from balatro.runtime.model_json import Game


@pytest.mark.parametrize(("game", "egg"), [(None, ("Joker", "Common")), (Game((0.7, 0.72)), ("", ""))])
def test_type_and_rarity_are_those_that_the_model_tells(game: Game | None, egg: tuple[str, str]) -> None:
    cards = [SimpleNamespace(id="pikachu", type="Pokemon", rarity="Rare"), SimpleNamespace(id="egg", type="", rarity="")]
    guesses = tuple(
        SimpleNamespace(id=one, name=name, confidence=0.4) for one, name in [("pikachu", "Pikachu"), ("egg", "Egg")]
    )
    read = SimpleNamespace(top=guesses, known=True, modifier="Base", modifier_confidence=0.9)
    recognizer: Any = SimpleNamespace(
        bundle=SimpleNamespace(margin=0.04, cards=cards, game=game), read=lambda picture, quads: [read]
    )
    (suggestion,) = Reader("pokemon", recognizer).read([np.zeros((95, 71, 3), np.uint8)])
    assert [(one.type, one.rarity) for one in suggestion.candidates] == [("Pokemon", "Rare"), egg]

"""One prefill of what several sources say, and of what pictures of one card say together."""

from __future__ import annotations

import pytest

from balatro.annotate_dataset.suggest.prefill import Prefill, combine, vote
from balatro.annotate_dataset.suggest.suggestion import Candidate, Suggestion
from tests.annotate_dataset.suggest.test_queue import prefill


def test_votes() -> None:
    assert not vote([Prefill(), Prefill()]).prefilled
    both = vote([prefill("Egg", 0.8, "Foil", 0.5), prefill("Egg", 0.6, "Foil", 1.0)])
    assert (both.name, both.modifier) == ("Egg", "Foil")
    assert both.confidence == pytest.approx(0.7) and both.both == pytest.approx(0.5)


def test_combining() -> None:
    labels = Suggestion(True, 0.9, (Candidate("Egg", "Joker", "Common", 0.6, 0.9, "a.png"),), "Base", 0.7)
    model = Suggestion(True, 0.0, (Candidate("Egg", "", "", 0.8, 0.0, ""), Candidate("DNA", "", "", 0.1, 0.0, "")), "Foil", 0.9)
    both = combine([(labels, "labels"), (model, "model")])
    assert (both.name, both.type, both.confidence, both.modifier, both.source) == ("Egg", "Joker", 0.8, "Foil", "model")
    assert both.candidates[0].nearest == "a.png"
    assert combine([]) == Prefill() and Prefill().both == 0.0

"""From likeness to probabilities: names share what is labelled, modifiers weigh pictures against the head."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.annotate_dataset.suggest.encoder import Encoded
from balatro.annotate_dataset.suggest.likeness import (
    EVEN,
    Labelled,
    SuggestSettings,
    modifier_chances,
    name_chances,
)
from balatro.utils.labels import CardLabel
from tests.annotate_dataset.suggest.test_suggest import BASE, NEGATIVE


def test_only_the_nearest_may_name() -> None:
    angles = np.radians([0, 5, 10, 60])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    labelled = Labelled(list("abcd"), [CardLabel(name) for name in ("One", "One", "Two", "Three")], rows)
    asked = Encoded(rows[:1], None)
    names = [[c.name for c in labelled.suggest(asked, SuggestSettings(k=k))[0].candidates] for k in (1, 2, 3, 4)]
    assert names == [["One"], ["One"], ["One", "Two"], ["One", "Two", "Three"]]
    assert labelled.suggest(asked, SuggestSettings(k=4))[0].candidates[0].nearest == "a"


def test_name_chances() -> None:
    assert name_chances(np.array([0.99]))[0] == pytest.approx(1, abs=0.01)
    assert name_chances(np.array([EVEN]))[0] == pytest.approx(0.5)
    assert name_chances(np.array([0.4]))[0] == pytest.approx(0, abs=0.01)
    alike = name_chances(np.array([0.95, 0.95, 0.2]))
    assert alike[0] == alike[1] == pytest.approx(0.5, abs=0.01)
    assert alike.sum() < 1


def test_modifier_chances() -> None:
    unseen, head = np.full(5, -1.0), np.array([0.4, 0.6, 0, 0, 0])
    assert modifier_chances(unseen, head) == pytest.approx(head, abs=1e-4), "without pictures the head decides"
    assert modifier_chances(unseen, None) == pytest.approx(np.full(5, 0.2))
    alike = np.array([0.97, -1, -1, -1, -1])
    assert modifier_chances(alike, head).argmax() == BASE, "a very like picture outweighs a doubtful head"
    assert modifier_chances(alike, None).argmax() == BASE
    assert modifier_chances(alike, np.eye(5)[NEGATIVE]).argmax() == NEGATIVE, "and a sure head a very like picture"

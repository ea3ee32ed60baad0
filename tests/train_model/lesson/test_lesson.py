"""What a run learns when it is not told: what its deck can teach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from balatro.errors import SettingsError
from balatro.render.deck import save_deck
from balatro.train_model.lesson.lesson import prepare_lesson
from balatro.train_model.lesson.tasks import LOOKS, PLAYING
from balatro.train_model.settings.settings import TrainSettings
from tests.train_model.tiny_deck import tiny_deck


@pytest.fixture
def settings(tmp_path: Path) -> TrainSettings:
    save_deck(tiny_deck(), tmp_path / "plain")
    face = np.zeros((95, 71, 4), np.uint8)
    deck = tiny_deck()
    cards = [replace(c, rank="2", suit="Clubs", faces=(face,)) if c.type == "Playing card" else c for c in deck.cards]
    save_deck(replace(deck, cards=tuple(cards), grounds={"": face}), tmp_path / "telling")
    return TrainSettings(deck=str(tmp_path / "plain"), outsiders=0)


def test_the_looks_of_cards_are_learned_where_the_deck_tells_them(settings: TrainSettings, tmp_path: Path) -> None:
    assert set(prepare_lesson(settings).tasks) == {"identification", "modifier", "kind"}
    telling = replace(settings, deck=str(tmp_path / "telling"))
    lesson = prepare_lesson(telling)
    assert set(lesson.tasks) == {"identification", "modifier", "kind", *LOOKS}
    assert len(lesson.task_classes["rank"]) == 13 and lesson.task_classes["seal"][0] == "None"
    assert set(prepare_lesson(replace(telling, tasks=("suit",))).tasks) == {"suit", "kind"}


@pytest.mark.parametrize("task", PLAYING)
def test_a_deck_that_tells_nothing_cannot_teach_them(settings: TrainSettings, task: str) -> None:
    with pytest.raises(SettingsError, match=f"{task}: learned from drawn playing cards"):
        prepare_lesson(replace(settings, tasks=(task,)))

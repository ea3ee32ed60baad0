"""Labels of a drawn card's looks: each holds for the kinds of cards that have it, and is missing for the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from balatro.config.kinds import NOTHING
from balatro.render.deck import Deck, DeckCard
from balatro.render.table import ScreenCard
from balatro.train_model.lesson.tasks import LOOKS, MISSING, TASKS
from balatro.train_model.screens.deck_lesson import DeckLesson, make_deck_lesson
from balatro.train_model.screens.looks import columns, labels_of, nothing_shown

CELL = np.zeros((95, 71, 4), np.uint8)
CARDS = (
    DeckCard("joker", "Joker", "Joker", "Common", CELL),
    DeckCard("stone", "Stone", "Playing card", "", CELL, known=False, enhancement="Stone"),
    DeckCard("ace", "Ace", "Playing card", "", CELL, known=False, rank="Ace", suit="Spades", faces=(CELL,)),
    DeckCard("back", "Back", "Card back", "", CELL, known=False),
)
DECK = Deck("small", CARDS, grounds={"": CELL, "Gold": CELL})


@pytest.fixture
def lesson() -> DeckLesson:
    return make_deck_lesson(DECK)


def seen(card: int, **more: object) -> ScreenCard:
    shown = ScreenCard(card, CARDS[card].id, CARDS[card].known, "Foil", np.zeros((4, 2), np.float32), 1.0, "hand")
    return replace(shown, **more)  # type: ignore[arg-type]


def told(card: ScreenCard, lesson: DeckLesson) -> dict[str, str]:
    """The looks that are not missing, in words."""
    labels = labels_of(card, lesson)
    return {task: TASKS[task].classes[labels[task]] for task in LOOKS if labels[task] != MISSING}


def test_a_playing_card_tells_all_of_its_looks(lesson: DeckLesson) -> None:
    assert told(seen(2, enhancement="Gold", seal="Red", debuffed=True), lesson) == {
        "rank": "Ace", "suit": "Spades", "enhancement": "Gold", "seal": "Red", "debuffed": "yes",
    }  # fmt: skip
    assert told(seen(2), lesson)["enhancement"] == told(seen(2), lesson)["seal"] == "None"


def test_a_stone_has_neither_rank_nor_suit(lesson: DeckLesson) -> None:
    assert told(seen(1, enhancement="Stone"), lesson) == {"enhancement": "Stone", "seal": "None", "debuffed": "no"}


@pytest.mark.parametrize(
    ("stickers", "word"),
    [((), "None"), (("Eternal", "Rental"), "Eternal Rental"), (("Rental", "Gold Stake"), "Rental"), (("White Stake",), "None")],
)
def test_a_card_with_a_name_tells_its_stickers(lesson: DeckLesson, stickers: tuple[str, ...], word: str) -> None:
    assert told(seen(0, stickers=stickers), lesson) == {"debuffed": "no", "sticker": word}


def test_a_card_that_lies_face_down_tells_its_kind_alone(lesson: DeckLesson) -> None:
    labels = labels_of(seen(3), lesson)
    assert told(seen(3), lesson) == {} and labels["modifier"] == MISSING and labels["kind"] != MISSING


def test_a_deck_whose_cards_have_no_fields_teaches_no_ranks() -> None:
    lesson = make_deck_lesson(replace(DECK, grounds={}))
    assert not lesson.tells_looks and make_deck_lesson(DECK).tells_looks
    assert told(seen(2, seal="Red"), lesson) == {"debuffed": "no"}


def test_a_batch_has_a_column_for_each_task(lesson: DeckLesson) -> None:
    table = columns([labels_of(seen(2), lesson), nothing_shown(NOTHING)])
    assert set(table) == {f"label.{task}" for task in ("identification", "modifier", "kind", *LOOKS)}
    assert table["label.rank"].tolist() == [12, MISSING] and table["label.kind"][1] == NOTHING

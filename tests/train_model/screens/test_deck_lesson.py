"""Classes, twins and outsiders of a deck."""

from pathlib import Path

import numpy as np

from balatro.config.kinds import CARD
from balatro.render.deck import DeckCard, deck_hash
from balatro.render.photos.prints import is_print
from balatro.train_model.screens.deck_lesson import OUTSIDER, make_deck_lesson, prepare, recipe_for
from tests.train_model.tiny_deck import body, save_tiny_deck, tiny_deck


def test_every_card_is_a_class_and_twins_share_one() -> None:
    lesson = make_deck_lesson(tiny_deck())
    assert [card.id for card in lesson.classes] == ["t_0", "t_1", "t_2", "t_twin", "s_0", "s_1", "s_2", "s_3"]
    assert lesson.twins == (("t_0", "t_twin"),)
    assert lesson.card_class.tolist() == [0, 1, 2, 0, 4, 5, 6, 7]
    assert lesson.dealt.tolist() == [0, 1, 2, 3]
    assert lesson.has_modifier.tolist() == [True] * 5 + [False] * 3  # playing cards have one, backs and packs none


def test_outsiders_are_one_class() -> None:
    outsiders = tuple(DeckCard(f"o_{n}", "", "Joker", "", body(50 + n)) for n in range(3))
    lesson = make_deck_lesson(tiny_deck(), outsiders)
    assert lesson.classes[-1].id == OUTSIDER
    assert not lesson.classes[-1].known
    assert lesson.card_class[-3:].tolist() == [8, 8, 8]
    assert lesson.outsiders.tolist() == [8, 9, 10] and not set(lesson.outsiders) & set(lesson.dealt)


def test_a_deck_by_folder(tmp_path: Path) -> None:
    recipe = recipe_for(str(save_tiny_deck(tmp_path / "deck")), 0, 0)
    lesson = prepare(recipe)
    assert lesson.deck.name == "tiny" and prepare(recipe) is lesson


def test_printed_cards_are_learned_but_lie_on_no_screen() -> None:
    lesson = prepare(recipe_for("invented", 40, 0, 6))
    printed = {number for number, card in enumerate(lesson.deck.cards) if is_print(card) and card.known}
    assert len(printed) == 8 and len(lesson.deck.known) == 40 and not printed & set(lesson.dealt.tolist())
    assert not lesson.has_modifier[list(printed)].any() and (lesson.card_kind[list(printed)] == CARD).all()


def test_another_seed_invents_other_cards() -> None:
    first, second = (recipe_for("invented", 3, 0, seed) for seed in (0, 1))
    assert deck_hash(prepare(first).deck) != deck_hash(prepare(second).deck)


def test_hash_tells_decks_apart() -> None:
    deck = tiny_deck()
    assert deck_hash(deck) == deck_hash(tiny_deck())
    assert deck_hash(deck) != deck_hash(tiny_deck(5))
    assert np.array_equal(deck.cards[0].body, tiny_deck().cards[0].body)

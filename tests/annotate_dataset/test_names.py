"""Names: completed as they are typed, and found however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.annotate_dataset.names import Known, Names
from balatro.config.cards import CATALOGUE, fold
from balatro.errors import UnknownCardError
from balatro.utils.labels import CardLabel

NEW = Names([])
POKEMON = Names(
    [CardLabel("Pikachu", "Electric", "Rare")] * 3
    + [
        CardLabel("Pikachu", "Fire"),
        CardLabel("Raichu", "Electric"),
        CardLabel("Nidoran♂"),
        CardLabel("Nidoran♀"),
        CardLabel("리자몽"),
    ]
)


def test_every_card_is_found_by_its_name_in_any_case() -> None:
    for card in CATALOGUE:
        for text in (card.name, card.name.upper(), card.name.replace(" ", ""), f" {card.name} "):
            assert NEW.resolve(text) == Known(card.name, card.type, card.rarity, 0)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("gree", "Greedy Joker"),
        ("joker", "Joker"),  # the exact name before all those that contain it
        ("seance", "Séance"),
        ("hanged", "The Hanged Man"),  # a word's beginning
        ("wizard", None),
        ("Gready Jokr", "Greedy Joker"),
        ("", "Joker"),
    ],
)
def test_completion(text: str, first: str | None) -> None:
    found = NEW.complete(text)
    assert (found[0].name if found else None) == first
    assert len(found) <= 8 and len(NEW.complete(text, 2)) <= 2


def test_what_is_used_most_comes_first() -> None:
    names = Names([CardLabel("Wrathful Joker")] * 3 + [CardLabel("Lusty Joker")])
    assert [card.name for card in names.complete("", 2)] == ["Wrathful Joker", "Lusty Joker"]
    assert names.complete("jok")[2].name == "Wrathful Joker"
    assert names.resolve("lusty joker").used == 1


def test_another_game() -> None:
    assert not POKEMON.of_catalogue and NEW.of_catalogue
    assert [card.name for card in POKEMON.all] == ["Nidoran♀", "Nidoran♂", "Pikachu", "Raichu", "리자몽"]
    assert POKEMON.resolve("PIKACHU") == Known("Pikachu", "Electric", "Rare", 4)
    assert POKEMON.resolve("nidoran♂").name == "Nidoran♂" and POKEMON.resolve("Nidoran♀").name == "Nidoran♀"
    assert POKEMON.find("nidoran") is None and POKEMON.find("리자몽") is not None
    assert POKEMON.types == ("Electric",) and POKEMON.rarities == ("Rare",)
    assert NEW.types == ("Joker", "Tarot", "Planet", "Spectral") and NEW.rarities[-1] == "Legendary"


def test_unknown_names_tell_the_nearest() -> None:
    with pytest.raises(UnknownCardError, match="'Pikchu'; the nearest are: Pikachu"):
        POKEMON.resolve("Pikchu")
    with pytest.raises(UnknownCardError, match="no name is near it"):
        POKEMON.resolve("###")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_typed(text: str) -> None:
    for names in (NEW, POKEMON):
        assert len(names.complete(text)) <= 8
        found = names.find(text)
        assert found is None or fold(text) in (fold(found.name), fold(found.name.removeprefix("The ")))

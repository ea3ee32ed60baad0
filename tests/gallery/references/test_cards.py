"""Cards of a model from references."""

from __future__ import annotations

from pathlib import Path

from balatro.gallery.references.cards import join_cards, name_groups, slug
from balatro.gallery.references.read import Reference


def reference(name: str, **fields: str) -> Reference:
    return Reference(Path("x.png"), name, fields=fields)


def test_pictures_of_one_name_and_the_same_fields_are_one_card():
    cards, card = join_cards([reference("Egg"), reference("Egg"), reference("Bee")])
    assert [one.id for one in cards] == ["egg", "bee"] and card.tolist() == [0, 0, 1]


def test_printings_of_a_name_are_cards_of_one_group():
    references = [reference("Island", set="LEA"), reference("Island", set="LEB"), reference("Bee", set="LEA")]
    cards, card = join_cards(references)
    assert [one.id for one in cards] == ["island_lea", "island_leb", "bee"] and card.tolist() == [0, 1, 2]
    assert name_groups(cards).tolist() == [0, 0, 1]


def test_cards_that_are_there_are_found_again():
    cards, _ = join_cards([reference("Island", set="LEA")])
    more, card = join_cards([reference("Island", set="LEB"), reference("Island", set="LEA")], cards)
    assert more[0] == cards[0] and [one.id for one in more] == ["island", "island_leb"] and card.tolist() == [1, 0]


def test_no_catalogue_has_a_say():
    [card], _ = join_cards([reference("Justice")])
    assert (card.id, card.type, card.rarity) == ("justice", "", "")


def test_ids_are_plain():
    assert slug("Pikachu (Base Set)") == "pikachu_base_set" and slug("愚者").startswith("card_")

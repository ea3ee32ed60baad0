from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.config.cards import (
    CATALOGUE,
    RARITIES,
    TYPES,
    atlas_cells,
    card_by_id,
    card_names,
    catalogue_card,
    fold,
    without_copy,
)
from balatro.errors import UnknownCardError


def test_the_202_cards():
    assert Counter(card.type for card in CATALOGUE) == {"Joker": 150, "Tarot": 22, "Planet": 12, "Spectral": 18}
    assert len({card.id for card in CATALOGUE}) == len(set(card_names())) == 202
    assert tuple(dict.fromkeys(card.type for card in CATALOGUE)) == TYPES


def test_rarities():
    jokers = Counter(card.rarity for card in CATALOGUE if card.type == "Joker")
    assert jokers == {"Common": 61, "Uncommon": 64, "Rare": 20, "Legendary": 5}
    assert set(jokers) == set(RARITIES)
    assert {card.rarity for card in CATALOGUE if card.type != "Joker"} == {""}


@pytest.mark.parametrize(
    ("asked", "card_id"),
    [
        ("Séance", "j_seance"),
        ("seance", "j_seance"),
        ("SE\u0301ANCE", "j_seance"),  # the accent as a sign of its own
        ("  deja vu ", "c_deja_vu"),
        ("Déjà Vu", "c_deja_vu"),
        ("oops all 6s", "j_oops"),
        ("Mr Bones", "j_mr_bones"),
        ("drivers license", "j_drivers_license"),
        ("8ball", "j_8_ball"),
        ("j_egg", "j_egg"),
        ("J_EGG", "j_egg"),
        ("sun", "c_sun"),
        ("The Sun", "c_sun"),
        ("order", "j_order"),
    ],
)
def test_names_are_found_however_they_are_written(asked: str, card_id: str):
    assert catalogue_card(asked).id == card_id


@given(st.sampled_from(CATALOGUE), st.randoms(use_true_random=False))
def test_case_and_spaces_do_not_matter(card, random):
    mangled = "".join(random.choice((letter.upper(), letter.lower())) + random.choice(("", " ", "-")) for letter in card.name)
    assert catalogue_card(mangled) == card


def test_a_miss_names_the_nearest():
    with pytest.raises(UnknownCardError, match="'Bluprint'.*Blueprint"):
        catalogue_card("Bluprint")
    with pytest.raises(UnknownCardError, match="balatro art list"):
        catalogue_card("§§§")
    with pytest.raises(UnknownCardError, match="j_egg"):
        card_by_id("j_eg")


def test_every_card_has_its_own_cell_but_the_twins():
    bodies = [cell for cell in atlas_cells() if cell.layer == "body"]
    assert [cell.id for cell in bodies] == [card.id for card in CATALOGUE]
    shared = Counter((cell.atlas, cell.column, cell.row) for cell in bodies)
    twins = {cell.id for cell in bodies if shared[cell.atlas, cell.column, cell.row] > 1}
    assert twins == {"j_joker", "j_wee"}


def test_floating_layers():
    floating = {cell.id for cell in atlas_cells() if cell.layer == "floating"}
    legendary = {card.id for card in CATALOGUE if card.rarity == "Legendary"}
    assert floating == legendary | {"j_hologram", "c_soul"}


def test_signs_tell_names_apart_and_accents_do_not():
    assert fold("Nidoran♂") != fold("Nidoran♀") and fold("C++") != fold("C")
    assert fold("Se\u0301ance") == fold("SÉANCE") == "seance" and fold("Driver`s") == fold("Driver's")
    assert len({fold(name) for name in card_names()}) == 202


@pytest.mark.parametrize("mark", [" (1)", " - Copy", " - Copy (2)", " (copy)", " (another copy)", " (3rd copy)", " (1) (2)"])
def test_a_copy_s_mark_is_no_part_of_the_name(mark: str):
    assert without_copy(f"To the Moon{mark}") == "To the Moon"


@pytest.mark.parametrize("name", [*card_names(), "Copy Cat", "(1)", "Unown (A)", "Porygon 2", "Mew(1)"])
def test_names_without_a_copy_s_mark_stay(name: str):
    assert without_copy(name) == name

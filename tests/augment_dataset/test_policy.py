from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from balatro.augment_dataset.policy import (
    GEOMETRY,
    MOST_COPIES,
    RULES,
    Copy,
    allowed,
    draw_steps,
    plan_copies,
)
from balatro.augment_dataset.settings import Settings
from balatro.augment_dataset.steps import KINDS, TRANSFORMS, parse_steps
from balatro.config.modifiers import MODIFIERS
from balatro.errors import LabelError, SettingsError
from balatro.utils.labels import CardLabel
from tests.augment_dataset.tiny_dataset import LABELS

EVERYTHING_ASKED = Settings(without=())


def all_copies(labels: dict[str, CardLabel], settings: Settings) -> list[Copy]:
    return [copy for copies in plan_copies(labels, settings).copies.values() for copy in copies]


def numbers(labels: dict[str, CardLabel], settings: Settings) -> dict[str, tuple[int, int]]:
    """By parent, how many plain and how many synthetic copies."""
    found: dict[str, tuple[int, int]] = {}
    for parent, copies in plan_copies(labels, settings).copies.items():
        synthetic = sum(copy.label.synthetic for copy in copies)
        found[parent] = (len(copies) - synthetic, synthetic)
    return found


def test_the_defaults_are_the_missions():
    assert (Settings().standard, Settings().rare, Settings().rare_threshold, Settings().negative_synthetic) == (3, 10, 3, True)
    assert numbers(LABELS, Settings()) == {
        "cluster1_card1_id1.png": (3, 1),
        "cluster1_card1_id2.png": (3, 1),
        "cluster1_card2_id3.png": (3, 1),
        "cluster2_card3_id4.png": (3, 0),
        "cluster3_card4_id5.png": (10, 0),
    }


@pytest.mark.parametrize(
    ("settings", "egg", "foil", "dna"),
    [
        (Settings(n=2, negative_synthetic=False), (2, 0), (2, 0), (2, 0)),
        (Settings(rare_threshold=5), (10, 1), (10, 0), (10, 0)),
        (Settings(rare_threshold=0), (3, 1), (3, 0), (3, 0)),
        (Settings(standard=0, rare=4), (0, 1), None, (4, 0)),
        (Settings(editions=("Foil", "Polychrome")), (3, 3), (3, 0), (10, 0)),
        (Settings(editions=("Holographic",), negative_synthetic=False), (3, 1), (3, 0), (10, 0)),
        (Settings(invert=True, negative_synthetic=False), (3, 1), (3, 0), (10, 0)),
    ],
)
def test_numbers_of_copies(settings: Settings, egg: object, foil: object, dna: object):
    found = numbers(LABELS, settings)
    keys = ("cluster1_card1_id1.png", "cluster2_card3_id4.png", "cluster3_card4_id5.png")
    assert tuple(found.get(key) for key in keys) == (egg, foil, dna)


def test_every_modifier_has_a_rule_of_known_transforms():
    assert set(RULES) == set(MODIFIERS)
    assert set(TRANSFORMS) <= set(KINDS)
    for rule in RULES.values():
        assert set(rule.transforms) <= set(TRANSFORMS)


@pytest.mark.parametrize(
    ("modifier", "may"),
    [
        ("Base", set(TRANSFORMS)),
        ("", set(TRANSFORMS)),
        ("Foil", set(GEOMETRY)),
        ("Holographic", set(GEOMETRY)),
        ("Polychrome", set(GEOMETRY)),
        ("Negative", {"rotate", "crop"}),
    ],
)
def test_copies_undergo_what_their_modifier_allows_and_nothing_else(modifier: str, may: set[str]):
    rng = np.random.default_rng(0)
    drawn = [draw_steps(rng, modifier, EVERYTHING_ASKED) for _ in range(200)]
    assert {step.name for steps in drawn for step in steps} == may
    assert all(steps for steps in drawn)
    order = list(TRANSFORMS)
    assert all([step.name for step in steps] == sorted((step.name for step in steps), key=order.index) for steps in drawn)


def test_negatives_barely_move():
    rng = np.random.default_rng(0)
    steps = [step for _ in range(200) for step in draw_steps(rng, "Negative", EVERYTHING_ASKED)]
    assert max(abs(step.values[0]) for step in steps if step.name == "rotate") <= 3
    assert max(max(step.values) for step in steps if step.name == "crop") <= 0.015


def test_flips_only_when_asked_for():
    assert not any("flip" in copy.label.augmentation for copy in all_copies(LABELS, Settings(n=50)))
    assert any("flip" in copy.label.augmentation for copy in all_copies(LABELS, Settings(n=50, without=())))


def test_values_stay_within_what_the_notation_takes():
    rng = np.random.default_rng(1)
    for name, transform in TRANSFORMS.items():
        for strength in (0.0, 0.3, 1.0):
            for _ in range(50):
                values = transform.draw(rng, strength)
                assert len(values) == len(KINDS[name].limits)
                assert all(low <= value <= high for value, (low, high) in zip(values, KINDS[name].limits, strict=True))


def test_entries_have_all_that_the_parent_had_and_what_was_done():
    for copy in all_copies(LABELS, Settings(editions=("Foil",))):
        parent = LABELS[copy.label.parent]
        assert parse_steps(copy.label.augmentation) == copy.steps
        kept = replace(copy.label, parent="", augmentation="", synthetic=False, modifier=parent.modifier)
        assert kept == parent
        assert copy.label.synthetic == (copy.label.modifier != parent.modifier)


def test_new_editions_are_labelled_as_what_they_are_and_come_from_base_alone():
    settings = Settings(editions=("Foil", "Holographic", "Polychrome"))
    synthetic = [copy for copy in all_copies(LABELS, settings) if copy.label.synthetic]
    assert Counter(copy.label.modifier for copy in synthetic) == dict.fromkeys(MODIFIERS[1:], 3)
    for copy in synthetic:
        assert LABELS[copy.label.parent].modifier == "Base"
        assert copy.steps[0].name == copy.label.modifier.lower()
        assert {step.name for step in copy.steps[1:]} <= set(allowed(copy.label.modifier, settings))


@pytest.mark.parametrize(("invert", "number"), [(False, 0), (True, 1)])
def test_other_games_get_everything_and_an_inversion_only_when_asked_for(invert: bool, number: int):
    labels = {"Pikachu.png": CardLabel(name="Pikachu")}
    copies = all_copies(labels, Settings(invert=invert))
    inverted = [copy for copy in copies if copy.label.synthetic]
    assert len(inverted) == number
    assert all(copy.steps[0].name == "invert" and copy.label.modifier == "Negative" for copy in inverted)
    assert len(copies) - number == 10


def test_a_picture_of_unknown_modifier_is_no_base():
    labels = {"a.png": CardLabel(name="Egg", modifier="Base"), "b.png": CardLabel(name="Egg")}
    copies = all_copies(labels, Settings(invert=True, editions=("Foil",)))
    assert {copy.label.parent for copy in copies if copy.label.synthetic} == {"a.png"}


def test_invert_takes_the_place_of_the_games_negative():
    copies = [copy for copy in all_copies(LABELS, Settings(invert=True)) if copy.label.synthetic]
    assert {copy.steps[0].name for copy in copies} == {"invert"}


def test_other_pictures_and_their_order_change_nothing():
    one = {key: LABELS[key] for key in ["cluster1_card2_id3.png"]}
    settings = Settings(n=4)
    alone = plan_copies(one, settings).copies["cluster1_card2_id3.png"]
    assert plan_copies(LABELS, settings).copies["cluster1_card2_id3.png"] == alone
    assert plan_copies(dict(reversed(LABELS.items())), settings).copies["cluster1_card2_id3.png"] == alone


def test_another_seed_other_copies():
    plans = [plan_copies(LABELS, Settings(seed=seed)) for seed in (0, 0, 1)]
    assert plans[0] == plans[1] != plans[2]
    texts = [copy.label.augmentation for copy in all_copies(LABELS, Settings(n=50))]
    assert len(set(texts)) == len(texts)


def test_leaving_one_out_leaves_the_others_as_they_are():
    full = all_copies(LABELS, Settings())
    less = all_copies(LABELS, Settings(without=("flip", "noise")))
    kept = [[step for step in copy.steps if step.name != "noise"] for copy in full]
    same = sum(list(copy.steps) == steps for copy, steps in zip(less, kept, strict=True))
    assert same >= len(full) - 1  # a copy that had nothing but noise gets something else
    assert not any("noise" in copy.label.augmentation for copy in less)


def test_names_are_unique_on_every_system():
    keys = ["a.png", "a.jpg", "A.png", "a_jpg.png", "sub/a.png", "a_aug1.png", "noending"]
    copies = all_copies({key: CardLabel(name=key) for key in keys}, Settings(n=3))
    names = [copy.key for copy in copies]
    assert len({name.casefold() for name in names}) == len(names) == 21
    assert {"A_aug1.png", "a_png_aug1.png", "sub/a_aug3.png", "noending_aug1.png"} <= set(names)


def many(counts: dict[tuple[str, str], int]) -> dict[str, CardLabel]:
    """Labels by (name, modifier) and how many of them."""
    return {
        f"{name}{modifier}{number}.png": CardLabel(name=name, modifier=modifier)
        for (name, modifier), count in counts.items()
        for number in range(count)
    }


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        ("name", many({("Egg", "Base"): 10, ("DNA", "Base"): 4, ("Joker", "Foil"): 1})),
        ("modifier", many({("Egg", "Base"): 10, ("Egg", "Foil"): 3, ("Joker", "Holographic"): 2, ("Joker", "Negative"): 1})),
    ],
)
def test_balancing_brings_every_class_up_to_the_largest(by: str, labels: dict[str, CardLabel]):
    plan = plan_copies(labels, Settings(balance_by=by))
    totals = Counter(label.get(by) for label in labels.values())
    totals.update(copy.label.get(by) for copies in plan.copies.values() for copy in copies)
    assert len(set(totals.values())) == 1
    assert not plan.short
    before = plan_copies(labels, Settings())
    assert len(plan) > len(before)
    for parent, copies in before.copies.items():  # nothing that was there before is taken away
        assert {copy.label.augmentation for copy in copies} <= {copy.label.augmentation for copy in plan.copies[parent]}


def test_balancing_is_bounded_and_says_so():
    labels = many({("Egg", "Base"): 40, ("Egg", "Foil"): 1})
    plan = plan_copies(labels, Settings(balance_by="modifier", negative_synthetic=False))
    assert len(plan.copies["EggFoil0.png"]) == MOST_COPIES
    assert plan.short == {"Foil": (MOST_COPIES + 1, 160)}


def test_balancing_spreads_over_the_sources():
    labels = many({("Egg", "Base"): 12, ("Egg", "Negative"): 2})
    plan = plan_copies(labels, Settings(balance_by="modifier"))
    negatives = Counter(
        copy.label.parent for copies in plan.copies.values() for copy in copies if copy.label.modifier == "Negative"
    )
    assert len(negatives) == 14
    assert max(negatives.values()) - min(negatives.values()) <= 1


def test_pictures_that_nothing_suits_are_counted():
    settings = Settings(without=("flip", "rotate", "crop", "resize", "perspective"), negative_synthetic=False)
    plan = plan_copies(LABELS, settings)
    assert plan.num_bare == 2  # the Foil and the Negative
    assert set(plan.copies) == {key for key, label in LABELS.items() if label.modifier == "Base"}


@pytest.mark.parametrize(
    "settings",
    [
        Settings(standard=0, rare=0, negative_synthetic=False),
        Settings(without=tuple(TRANSFORMS), negative_synthetic=False),
    ],
)
def test_settings_that_make_nothing_are_refused(settings: Settings):
    with pytest.raises(SettingsError, match="make no copies"):
        plan_copies(LABELS, settings)


def test_an_empty_dataset_is_refused():
    with pytest.raises(LabelError, match="no labelled pictures"):
        plan_copies({}, Settings())


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"n": 0}, "--n 0"),
        ({"n": 20_000}, "expected 0 to 10000"),
        ({"standard": -1}, "expected 0 to 10000"),
        ({"seed": -1}, "--seed -1"),
        ({"seed": 2**31}, "--seed"),
        ({"balance_by": "rarity"}, "expected name or modifier"),
        ({"editions": ("Base",)}, "--synthetic-editions 'Base'"),
        ({"without": ("twirl",)}, "no transform is called 'twirl'"),
        ({"image_size": (0, 224)}, "--image-size"),
        ({"margin": 0.5}, "--margin 0.5"),
        ({"margin": float("nan")}, "--margin nan"),
    ],
)
def test_wrong_settings_are_told_in_one_line(wrong: dict[str, Any], fault: str):
    with pytest.raises(SettingsError) as caught:
        Settings(**wrong)
    assert fault in str(caught.value) and "\n" not in str(caught.value)

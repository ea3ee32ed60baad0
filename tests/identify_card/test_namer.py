"""Names from outputs that are written here by hand: no network, no pictures."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from balatro.config.kinds import KINDS, NOTHING
from balatro.config.modifiers import MODIFIERS
from balatro.gallery.gallery import Gallery
from balatro.identify_card.added.cards import EMPTY, AddedCard, AddedCards, Looks
from balatro.identify_card.added.joining import with_added
from balatro.identify_card.namer import Namer
from balatro.runtime.bundle import Bundle
from balatro.runtime.model_json import BundleCard, Task

CARDS = tuple(BundleCard(name.lower(), name, "Joker", "Common", True) for name in ("Egg", "Banana", "Joker"))
HEADLESS = Bundle(
    folder=Path("nowhere"),
    name="test",
    deck="test",
    input_size=(96, 128),
    margin=0.04,
    tasks={"modifier": Task(MODIFIERS), "kind": Task(KINDS)},
    cards=CARDS,
    twins=(),
    locator_threshold=0.3,
)
WITH_HEAD = replace(HEADLESS, tasks={**HEADLESS.tasks, "identification": Task(("egg", "banana", "joker"), reject=0.5)})
AXES = np.eye(4, dtype=np.float32)
GALLERY = Gallery(AXES[:3], np.arange(3, dtype=np.int32), np.zeros(3, np.int8))
QUADS = np.array([[(100, 50), (171, 50), (171, 145), (100, 145)]], np.float32)


def outputs_of(embedding: np.ndarray, logits: tuple[float, ...] = (0, 0, 0), nothing: float = -20.0) -> dict[str, np.ndarray]:
    """One thing, a Foil by its head, as the encoder would tell it. nothing: the logit of its being no card."""
    kind, modifier = np.zeros((1, len(KINDS))), np.zeros((1, len(MODIFIERS)))
    kind[0, NOTHING], modifier[0, MODIFIERS.index("Foil")] = nothing, 5.0
    return {"embedding": embedding[None], "identification": np.array([logits], float), "modifier": modifier, "kind": kind}


def added_stranger() -> AddedCards:
    """A card "Mine" at the fourth axis."""
    looks = Looks(AXES[3:], np.zeros(1, np.int8), np.zeros(1, np.float32))
    return EMPTY.with_looks(AddedCard("mine", "Mine", "Joker", "Common"), looks)


def name_one(namer: Namer, outputs: dict[str, np.ndarray]) -> tuple[str | None, str]:
    (card,) = namer.name(outputs, QUADS, (400, 300))
    return card.name, card.modifier


def test_a_head_names_and_tells_the_modifier():
    assert name_one(Namer(WITH_HEAD), outputs_of(AXES[0], (0, 9, 0))) == ("Banana", "Foil")


def test_what_the_head_is_unsure_of_has_no_name():
    assert name_one(Namer(WITH_HEAD), outputs_of(AXES[0], (1, 1, 1)))[0] is None


def test_a_gallery_names_what_is_alike():
    assert [name_one(Namer(HEADLESS, GALLERY), outputs_of(axis))[0] for axis in AXES] == ["Egg", "Banana", "Joker", None]


@pytest.mark.parametrize(("bundle", "gallery"), [(WITH_HEAD, None), (HEADLESS, GALLERY)])
def test_what_is_no_card_has_no_name(bundle, gallery):
    assert name_one(Namer(bundle, gallery), outputs_of(AXES[0], (9, 0, 0)))[0] == "Egg"
    assert name_one(Namer(bundle, gallery), outputs_of(AXES[0], (9, 0, 0), nothing=20.0))[0] is None


@pytest.mark.parametrize(("bundle", "gallery"), [(WITH_HEAD, None), (HEADLESS, GALLERY)])
def test_an_added_card_is_named_and_the_others_keep_their_names(bundle, gallery):
    added = added_stranger()
    namer = Namer(replace(bundle, cards=with_added(bundle.cards, added)), gallery, added)
    assert name_one(namer, outputs_of(AXES[3]))[0] == "Mine"
    assert name_one(namer, outputs_of(AXES[1], (0, 9, 0)))[0] == "Banana"


def test_a_gallery_doubts_what_a_head_names():
    doubted, trusted = Namer(WITH_HEAD, GALLERY), Namer(WITH_HEAD)
    sure = outputs_of(AXES[3], (0, 9, 0))  # far from all that the gallery has seen
    assert (name_one(trusted, sure)[0], name_one(doubted, sure)[0]) == ("Banana", None)
    assert name_one(doubted, outputs_of(AXES[1], (0, 9, 0))) == ("Banana", "Foil")


def test_a_gallery_doubts_no_card_that_it_has_no_view_of():
    partial = Gallery(AXES[:1], np.zeros(1, np.int32), np.zeros(1, np.int8))  # of a model that learned labelled pictures, too
    assert name_one(Namer(WITH_HEAD, partial), outputs_of(AXES[3], (0, 9, 0)))[0] == "Banana"
    assert name_one(Namer(WITH_HEAD, partial), outputs_of(AXES[3], (9, 0, 0)))[0] is None


def test_a_gallery_doubts_no_added_card():
    added = added_stranger()
    bundle = replace(WITH_HEAD, cards=with_added(WITH_HEAD.cards, added))
    assert name_one(Namer(bundle, GALLERY, added), outputs_of(AXES[3]))[0] == "Mine"


def test_other_knobs_are_another_namer():
    namer, outputs = Namer(WITH_HEAD), outputs_of(AXES[0], (0, 2, 0))
    before = namer.name_chances(outputs)[0]
    strict = replace(WITH_HEAD.tasks["identification"], temperature=4.0)
    other = namer.with_bundle(replace(WITH_HEAD, tasks={**WITH_HEAD.tasks, "identification": strict}))
    assert other.name_chances(outputs)[0].max() < before.max()
    assert namer.bundle is WITH_HEAD
    np.testing.assert_array_equal(namer.name_chances(outputs)[0], before)


def test_a_likeness_that_is_known_is_not_measured_again():
    namer = Namer(HEADLESS, GALLERY)
    known = namer.liken(outputs_of(AXES[1]))
    assert namer.name_chances(outputs_of(AXES[0]), known)[0].argmax() == 1


def test_it_needs_no_network():
    code = "import sys, balatro.identify_card.namer; print([m for m in ('onnxruntime', 'torch') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"

"""What is a duplicate, what belongs together, and that the search over packed arrays finds what a loop finds."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.build_dataset import dedupe
from balatro.build_dataset.dedupe import DEFAULT, OUTCOMES, DedupeSettings, SeenCards, within
from balatro.build_dataset.hashes import Fingerprints, fingerprint
from balatro.config.modifiers import MODIFIERS
from balatro.errors import SettingsError
from balatro.render.deck import cells
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.editions import draw_editions, game_phases
from tests.build_dataset.card_crops import crop, seen_again


def on_felt(cells_: np.ndarray) -> list[np.ndarray]:
    alpha = cells_[..., 3:] / 255
    return [*(cells_[..., :3] * alpha + np.array((38, 84, 72)) * (1 - alpha)).astype(np.uint8)]


def outcome(seen: np.ndarray, new: np.ndarray, settings: DedupeSettings = DEFAULT) -> str:
    cards = SeenCards(settings)
    cards.add(fingerprint([seen]))
    return cards.nearest(fingerprint([new]))[0].outcome


def test_first_card_is_new() -> None:
    match = SeenCards().nearest(fingerprint([crop(0)]))[0]
    assert (match.outcome, match.place, match.distance) == ("new cluster", None, float("inf"))


@pytest.mark.parametrize("seed", range(12))
def test_repeated_views_are_recognised(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert outcome(crop(seed), crop(seed)) == "duplicate"
    assert outcome(crop(seed), seen_again(crop(seed), rng)) in ("duplicate", "same group")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda image: cv2.convertScaleAbs(image, alpha=0.9, beta=8), "duplicate"),
        (lambda image: image[..., ::-1], None),  # red for blue: another card
        (
            lambda image: cv2.resize(image, (45, 60), interpolation=cv2.INTER_AREA),
            "same group",
        ),  # 0.7 of the size, as Wee Joker
        (lambda image: cv2.resize(image, (58, 78), interpolation=cv2.INTER_AREA), "duplicate"),
    ],
)
def test_what_changes_the_outcome(change, expected) -> None:  # type: ignore[no-untyped-def]
    found = outcome(crop(3), change(crop(3)))
    assert found == expected if expected else found != "duplicate"


def test_one_small_sign_makes_another_card() -> None:
    other = crop(5).copy()
    cv2.rectangle(other, (28, 60), (36, 70), (255, 255, 255), -1)
    assert outcome(crop(5), other) == "same group"


def test_no_edition_is_a_duplicate_of_another() -> None:
    known = draw_demo_deck(cards=12).known
    bodies = cells(known, 1)
    cards, labels = SeenCards(), []
    for modifier in range(len(MODIFIERS)):
        drawn = draw_editions(bodies, np.full(len(bodies), modifier), game_phases(60.0, range(len(bodies))))
        matches = cards.nearest(fingerprint(on_felt(drawn)))
        assert [match for match in matches if match.outcome == "duplicate"] == []
        cards.add(fingerprint(on_felt(drawn)))
        labels += [(card.id, modifier) for card in known]
    for place, match in enumerate(cards.nearest(fingerprint(on_felt(bodies)))):
        assert (match.outcome, match.place) == ("duplicate", place)


def test_nearest_is_the_nearest_of_many() -> None:
    cards = SeenCards()
    for seed in range(300):  # grows more than once
        cards.add(fingerprint([crop(seed)]))
    rng = np.random.default_rng(0)
    matches = cards.nearest(fingerprint([seen_again(crop(seed), rng) for seed in range(0, 300, 7)]))
    assert [match.place for match in matches] == [*range(0, 300, 7)]
    assert len(cards) == 300


def test_only_so_many_candidates_are_compared() -> None:
    cards = SeenCards(replace(DEFAULT, max_candidates=5))
    rng = np.random.default_rng(1)
    cards.add(fingerprint([seen_again(crop(2), rng) for _ in range(40)] + [crop(2)]))
    match = cards.nearest(fingerprint([crop(2)]))[0]
    assert (match.outcome, match.place, match.distance) == ("duplicate", 40, 0.0)


def test_flat_pictures_are_compared_without_warnings() -> None:
    flat = np.full((90, 70, 3), 40, np.uint8)
    assert outcome(flat, flat + np.uint8(1)) == "duplicate"


hashes = st.lists(st.tuples(*[st.integers(0, 2**64 - 1)] * 3), min_size=1, max_size=40)


@given(hashes, st.integers(0, 192), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_within_is_a_loop_over_all(rows: list[tuple[int, int, int]], radius: int, block: int) -> None:
    packed, wanted = np.array(rows, np.uint64).T, rows[-1]
    counts = [sum((a ^ b).bit_count() for a, b in zip(row, wanted, strict=True)) for row in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dedupe, "_BLOCK", block)
        places, bits = within(packed, np.array(wanted, np.uint64), radius)
    expected = [(place, count) for place, count in enumerate(counts) if count <= radius]
    assert [*zip(places.tolist(), bits.tolist(), strict=True)] == expected


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_bits_are_counted_without_numpy_2_too(values: list[int]) -> None:
    assert dedupe._num_bits_slowly(np.array(values, np.uint64)).tolist() == [value.bit_count() for value in values]


@pytest.mark.parametrize(
    "wrong",
    [
        {"duplicate": -0.1},
        {"spot": -1},
        {"group": -1},
        {"cluster": -1},
        {"colour_weight": -1},
        {"size_ratio": 0.9},
        {"hash_radius": 193},
        {"hash_radius": -1},
        {"max_candidates": 0},
    ],
)
def test_settings_that_make_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="at least"):
        DedupeSettings(**wrong)  # type: ignore[arg-type]


def test_there_are_four_outcomes() -> None:
    assert OUTCOMES == ("duplicate", "same group", "same cluster", "new cluster")


def test_packed_fingerprints_can_be_added_at_once() -> None:
    one = fingerprint([crop(seed) for seed in range(3)])
    cards = SeenCards()
    cards.add(Fingerprints(one.hashes.repeat(700, 0), one.thumbs.repeat(700, 0), one.sizes.repeat(700, 0)))
    assert len(cards) == 2100
    assert cards.nearest(one[1:2])[0].outcome == "duplicate"

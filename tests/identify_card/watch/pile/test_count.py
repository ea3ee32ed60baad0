"""Each card of a pile is counted once, and each copy is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.identify_card.card import Card
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.followed import STILLS
from balatro.identify_card.watch.pile.count import MOVED, Pile, shift
from balatro.identify_card.watch.track import Shown
from balatro.identify_card.watch.watch import Look, watch
from tests.identify_card.fake_bundle import write_fake_bundle
from tests.identify_card.watch.pile.drawn_piles import Laid, frames, growing

A, B, C = ("red", 0, 0), ("green", 6, -4), ("blue", -5, 3)
A_AGAIN = ("red", 9, 5)
SIZE = ((0, 0), (63, 0), (63, 88), (0, 88))


@pytest.fixture(scope="module")
def recognizer(tmp_path_factory: pytest.TempPathFactory) -> Recognizer:
    return Recognizer.load(write_fake_bundle(tmp_path_factory.mktemp("pile") / "fake", without_head=True), 1)


def counted(recognizer: Recognizer, *steps: Laid) -> list[str | None]:
    pile, names = Pile(), []

    def see(look: Look, _: object) -> None:
        names.extend(card.name for card in pile.see(look.shown, look.frame.seconds))

    watch(frames(*steps), lambda event: None, recognizer, on_look=see)
    return names


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        (growing(A, B, C), ["Red", "Green", "Blue"]),
        (growing(A, B, A_AGAIN), ["Red", "Green", "Red"]),
        (growing(A, A_AGAIN, B), ["Red", "Red", "Green"]),
        (growing(A, B, ("red", 0, 0)), ["Red", "Green", "Red"]),
        ([Laid([A], 100)], ["Red"]),
        ([*growing(A), Laid([A], 7, hand=True), Laid([A])], ["Red"]),
        ([*growing(A), Laid([A], 40, hand=True), Laid([A])], ["Red"]),
        ([*growing(A), *[Laid([("red", 4 * step, 0)], 1) for step in range(20)], Laid([("red", 76, 0)])], ["Red"]),
        ([*growing(A), Laid([A], 2, hand=True), Laid([A_AGAIN])], ["Red"]),
        ([Laid([A]), Laid([]), Laid([("green", 90, 60)]), Laid([], 20), Laid([("green", -90, 30)])], ["Red", "Green", "Green"]),
        ([Laid([]), Laid([("blue", 0, 0)], 2), Laid([])], []),
    ],
    ids=[
        "three cards",
        "a copy later",
        "a copy right after",
        "a copy in the very place of the first, after another card",
        "it only lies there",
        "a hand passes",
        "a hand rests upon it",
        "it is pushed along",
        "a wobble in the hand",
        "one card at a time, taken away between",
        "seen too shortly to be sure",
    ],
)
def test_a_pile(recognizer: Recognizer, steps: list[Laid], names: list[str]) -> None:
    assert counted(recognizer, *steps) == names


def test_a_copy_that_was_counted_in_the_hand_is_not_counted_when_it_lies(recognizer: Recognizer) -> None:
    """Both copies are seen; then the hand covers the first, and the second lies upon it."""
    from tests.identify_card.fake_bundle import draw_table

    both = draw_table([("red", "Base", 500, 250), ("red", "Base", 800, 250)])
    pile, names = Pile(), []

    def see(look: Look, _: object) -> None:
        names.extend(card.name for card in pile.see(look.shown, look.frame.seconds))

    hidden = draw_table([])
    hidden[100:400, 350:900] = (205, 160, 130)
    landed = draw_table([("red", "Base", 509, 255)])
    film = [both] * 40 + [hidden] * 7 + [landed] * 10
    watch(((picture, number / 10) for number, picture in enumerate(film)), lambda event: None, recognizer, on_look=see)
    assert names == ["Red", "Red"]


def shown(x: float, grown: float = 0.0, lost: bool = False) -> list[Shown]:
    """A card as the tracker gives it. grown: by how much its corners are fitted too far out, as a share."""
    quad = tuple(
        (round(1000 + (px - 31.5) * 10 * (1 + grown) + x), round(500 + (py - 44) * 10 * (1 + grown))) for px, py in SIZE
    )
    return [Shown(1, Card("a", "A", "", "", "", True, 1.0, 1.0, (0, 0, 1, 1), quad, ()), lost, False, lost)]


@pytest.mark.parametrize(
    ("after", "count"),
    [
        ([0] * 10, 1),
        ([-60, -60, 0, 0, 0, 0, 0], 1),
        ([-60] * 10, 2),
        ([60, -60, 60, -60, 60, -60], 2),
    ],
    ids=["as it lay", "found badly at first", "elsewhere", "elsewhere, unsteadily"],
)
def test_a_card_that_was_out_of_sight(after: list[int], count: int) -> None:
    looks = [shown(0)] * 5 + [shown(0, lost=True)] * 6 + [shown(x) for x in after]
    pile = Pile()
    assert sum(len(pile.see(look, number / 10)) for number, look in enumerate(looks)) == count


def test_corners_may_be_fitted_in_two_ways() -> None:
    """To the frame of a card or to its edge; a hand comes again and again."""
    steady = [shown(0), shown(0, 0.12), shown(0)]
    looks = steady + ([shown(0, lost=True)] * 6 + [shown(0, 0.12)] * 5 + [shown(0, lost=True)] * 6 + [shown(0)] * 5) * 4
    pile = Pile()
    assert sum(len(pile.see(look, number / 10)) for number, look in enumerate(looks)) == 1


def test_of_pictures_all_cards_of_each_are_counted(recognizer: Recognizer) -> None:
    pile, names = Pile(still=True), []
    pictures = frames(Laid([A], 1), Laid([A], 1), Laid([A, B], 1))
    watch(pictures, lambda event: None, recognizer, STILLS, lambda look, _: names.extend(pile.see(look.shown, 0.0)))
    assert [card.name for card in names] == ["Red", "Red", "Green"]


@given(st.integers(0, 3), st.floats(-100, 100), st.floats(0.01, 3))
def test_shift_knows_no_turns_and_no_size(turn: int, offset: float, size: float) -> None:
    quad = np.array([[0, 0], [63, 0], [63, 88], [0, 88]], np.float32)
    moved = np.roll(quad + np.array([offset, 0]), turn, axis=0) * size
    assert shift(moved.astype(np.float32), quad * size) == pytest.approx(abs(offset) / 88, abs=1e-3)


def test_a_turned_copy_lies_elsewhere() -> None:
    quad = np.array([[0, 0], [63, 0], [63, 88], [0, 88]], np.float32)
    angle = np.deg2rad(6)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    assert shift((quad - quad.mean(0)) @ turn.T + quad.mean(0), quad) > MOVED


def test_a_covered_card_is_not_counted(recognizer: Recognizer, tmp_path: Path) -> None:
    looks: list[Look] = []
    watch(frames(*growing(A)), lambda event: None, recognizer, on_look=lambda look, _: looks.append(look))
    [one] = looks[-1].shown
    assert Pile().see([replace(one, covered=True)], 0.0) == []
    assert [card.name for card in Pile().see([one], 0.0)] == ["Red"]

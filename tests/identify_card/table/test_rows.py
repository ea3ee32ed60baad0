"""Rows, finds between cards, and chosen cards, on geometry alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from balatro.identify_card.table.rows import is_fan, measure, raised, split_rows, without_ghosts
from tests.identify_card.table.layouts import fan_of, quad_at

FEW = settings(max_examples=40, deadline=None)
NOISE = 2.0
"""Pixels by which a middle is found beside its place on real frames."""


def quads_of(things) -> np.ndarray:
    return np.array([thing.quad for thing in things])


@FEW
@given(st.integers(2, 14), st.data())
def test_chosen_cards_stand_out(count, data):
    up = data.draw(st.sets(st.integers(0, count - 1), max_size=min(5, count - 1)))
    quads = quads_of(fan_of(count, up=tuple(up)))
    moved = quads + np.random.default_rng(count).uniform(-NOISE, NOISE, (count, 1, 2)).astype(np.float32)
    for scale in (0.4, 1.0, 3.0):
        assert set(np.flatnonzero(raised(measure(moved * scale)))) == up


@FEW
@given(st.integers(3, 14))
def test_hands_turn_and_rows_do_not(count):
    shapes = measure(quads_of(fan_of(count)))
    assert is_fan(np.arange(count), shapes)
    straight = measure(np.array([quad_at(100 + 60 * at, 200) for at in range(count)]))
    assert not is_fan(np.arange(count), straight)


@FEW
@given(st.lists(st.integers(1, 8), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_rows_come_from_top_to_bottom_and_left_to_right(counts, random):
    places = [(100 + 50 * column, 100 + 150 * row) for row, count in enumerate(counts) for column in range(count)]
    shuffled = random.sample(places, len(places))
    rows = split_rows(measure(np.array([quad_at(*place) for place in shuffled])))
    assert [shuffled[at] for row in rows for at in row] == places
    assert [len(row) for row in rows] == counts


@FEW
@given(st.integers(4, 13), st.floats(20, 80), st.data())
def test_finds_between_overlapping_cards_are_left_out(count, step, data):
    after = data.draw(st.sets(st.integers(0, count - 2), max_size=count // 3))
    xs = [*(step * at for at in range(count)), *(step * (at + 0.5) for at in after)]
    assume(len(xs) < 2 * count - 1)
    shapes = measure(np.array([quad_at(x, 100) for x in xs]))
    row = np.argsort(shapes.x, kind="stable")
    nothing = np.array([0.0] * count + [0.1] * len(after))
    kept = without_ghosts(row, shapes, nothing, np.zeros(len(xs), bool))
    assert sorted(kept.tolist()) == list(range(count))


@FEW
@given(st.integers(1, 12), st.floats(15, 140))
def test_no_card_of_an_even_row_is_left_out(count, step):
    shapes = measure(np.array([quad_at(step * at, 100) for at in range(count)]))
    row = np.arange(count)
    assert without_ghosts(row, shapes, np.full(count, 0.3), np.zeros(count, bool)).tolist() == row.tolist()


@pytest.mark.parametrize("gone", [1, 4, 6])
def test_a_card_that_was_not_found_costs_no_other(gone):
    quads = np.delete(quads_of(fan_of(8)), gone, axis=0)
    shapes = measure(quads)
    assert len(without_ghosts(np.arange(7), shapes, np.zeros(7), np.zeros(7, bool))) == 7


def test_what_has_a_name_stays():
    shapes = measure(np.array([quad_at(x, 100) for x in (0, 60, 90, 120, 180)]))
    assert len(without_ghosts(np.arange(5), shapes, np.full(5, 0.4), np.ones(5, bool))) == 5


def test_what_stands_between_two_names_that_touch_is_left_out():
    shapes = measure(np.array([quad_at(x, 100) for x in (0, 90, 140, 180, 270)]))
    sure = np.array([True, True, False, True, True])
    assert without_ghosts(np.arange(5), shapes, np.zeros(5), sure).tolist() == [0, 1, 3, 4]

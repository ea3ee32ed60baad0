"""What the locator is to answer."""

import numpy as np
import pytest

from balatro.train_model.screens.targets import draw_targets
from balatro.utils.cells import cell_grid


def card(x: float, y: float, width: float = 43, height: float = 57) -> np.ndarray:
    half = np.array([width, height]) / 2
    return np.array([x, y]) + half * [[-1, -1], [1, -1], [1, 1], [-1, 1]]


SIZE = (512, 288)
MIDDLES, STRIDES = cell_grid(*SIZE)


def at(x: float, y: float, stride: int = 4) -> int:
    """The place of the cell of this level in which a pixel lies."""
    mine = STRIDES == stride
    return int(np.flatnonzero(mine & (np.abs(MIDDLES - (x, y)) <= stride / 2).all(1))[0])


@pytest.mark.parametrize(("tall", "stride"), [(30, 4), (57, 4), (84, 4), (90, 8), (160, 8), (180, 16), (280, 16)])
def test_corners_lead_back_to_the_quad(tall: float, stride: int) -> None:
    quad = card(250.5, 140.5, tall / 1.338, tall)
    targets = draw_targets(quad[None], np.array([1.0]), SIZE)
    assert np.flatnonzero(targets.heat == 1).tolist() == [at(250.5, 140.5, stride)]
    near = np.flatnonzero(targets.corner_weight > 0)
    assert len(near) == 9
    for place in near:
        offsets = targets.corners[:, place].reshape(4, 2) * stride
        assert offsets + MIDDLES[place] == pytest.approx(quad, abs=1e-3)
    assert not targets.smaller.any()


@pytest.mark.parametrize("tall", [8, 16, 25])
def test_small_cards_ask_for_a_closer_look(tall: float) -> None:
    targets = draw_targets(card(100, 60, tall / 1.338, tall)[None], np.array([1.0]), SIZE)
    assert not targets.heat.any()
    assert targets.smaller[7, 12] == 1 and targets.smaller.sum() <= 16


def test_a_level_is_not_blamed_for_the_next_ones_cards() -> None:
    targets = draw_targets(card(250, 140, 68, 91)[None], np.array([1.0]), SIZE)
    assert targets.heat[at(250, 140, 8)] == 1
    assert targets.heat_weight[at(250, 140, 4)] == 0 and targets.heat_weight[at(250, 140, 16)] == 1


def test_fifteen_cards_in_a_row_stay_apart() -> None:
    quads = np.stack([card(150 + 13 * n, 45) for n in range(15)])
    targets = draw_targets(quads, np.full(15, 0.3), SIZE)
    assert (targets.heat == 1).sum() == 15
    row = targets.heat[: 72 * 128].reshape(72, 128)[11]
    centres = np.flatnonzero(row == 1)
    assert all(row[a + 1] < 0.5 for a in centres)  # a dip between neighbours


def test_hidden_cards_do_not_count_either_way() -> None:
    quads = np.stack([card(100, 60), card(300, 60)])
    targets = draw_targets(quads, np.array([0.05, 0.12]), SIZE)
    assert (targets.heat == 1).sum() == 1
    assert targets.heat_weight[at(102, 62)] == 0 and targets.heat_weight[at(302, 62)] == 1


def test_a_hidden_card_does_not_hide_another() -> None:
    quads = np.stack([card(100, 60), card(102, 62)])
    targets = draw_targets(quads, np.array([0.0, 1.0]), SIZE)
    assert targets.heat_weight[targets.heat == 1].all()


@pytest.mark.parametrize("place", [(-5, 60), (600, 60), (100, 289)])
def test_centres_outside_are_left_out(place: tuple[float, float]) -> None:
    targets = draw_targets(card(*place)[None], np.array([1.0]), SIZE)
    assert not targets.heat.any() and targets.heat_weight.all()


def test_no_cards() -> None:
    targets = draw_targets(np.zeros((0, 4, 2)), np.zeros(0), SIZE)
    assert not targets.heat.any() and not targets.corner_weight.any() and not targets.smaller.any()

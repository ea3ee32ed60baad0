"""What the locator is to answer."""

import numpy as np
import pytest

from balatro.train_model.screens.targets import draw_targets


def card(x: float, y: float, width: float = 43, height: float = 57) -> np.ndarray:
    half = np.array([width, height]) / 2
    return np.array([x, y]) + half * [[-1, -1], [1, -1], [1, 1], [-1, 1]]


def test_corners_lead_back_to_the_quad() -> None:
    quad = card(100.5, 60.5)
    targets = draw_targets(quad[None], np.array([1.0]), (512, 288))
    ys, xs = np.nonzero(targets.heat == 1)
    assert (ys.tolist(), xs.tolist()) == ([15], [25])
    for y, x in np.argwhere(targets.corner_weight > 0):
        offsets = targets.corners[:, y, x].reshape(4, 2)
        assert (offsets + np.array([x, y]) + 0.5) * 4 == pytest.approx(quad, abs=1e-4)
    assert (targets.corner_weight > 0).sum() == 9


def test_fifteen_cards_in_a_row_stay_apart() -> None:
    quads = np.stack([card(150 + 13 * n, 45) for n in range(15)])
    targets = draw_targets(quads, np.full(15, 0.3), (512, 288))
    assert (targets.heat == 1).sum() == 15
    row = targets.heat[11]
    centres = np.flatnonzero(row == 1)
    assert all(row[a + 1] < 0.5 for a in centres)  # a dip between neighbours


def test_hidden_cards_do_not_count_either_way() -> None:
    quads = np.stack([card(100, 60), card(300, 60)])
    targets = draw_targets(quads, np.array([0.05, 0.12]), (512, 288))
    assert (targets.heat == 1).sum() == 1
    assert targets.heat_weight[15, 25] == 0 and targets.heat_weight[15, 75] == 1


def test_a_hidden_card_does_not_hide_another() -> None:
    quads = np.stack([card(100, 60), card(102, 62)])
    targets = draw_targets(quads, np.array([0.0, 1.0]), (512, 288))
    assert targets.heat_weight[targets.heat == 1].all()


@pytest.mark.parametrize("place", [(-5, 60), (600, 60), (100, 289)])
def test_centres_outside_are_left_out(place: tuple[float, float]) -> None:
    targets = draw_targets(card(*place)[None], np.array([1.0]), (512, 288))
    assert not targets.heat.any() and targets.heat_weight.all()


def test_no_cards() -> None:
    targets = draw_targets(np.zeros((0, 4, 2)), np.zeros(0), (512, 288))
    assert not targets.heat.any() and not targets.corner_weight.any()

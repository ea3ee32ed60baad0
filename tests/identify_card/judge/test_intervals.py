"""Intervals against values from tables."""

from __future__ import annotations

import pytest

from balatro.identify_card.judge.intervals import count_interval, share_interval


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (137, 146, 0.8870, 0.9672), (0, 0, 0.0, 1.0)],
)
def test_shares(count, of, low, high):
    assert share_interval(count, of) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (4, 1.090, 10.242),
        (15, 8.395, 24.740),
        (100, 81.36, 121.63),
        (1000, 938.97, 1063.95),
    ],
)
def test_counts(count, low, high):
    assert count_interval(count) == pytest.approx((low, high), rel=1e-3, abs=1e-3)

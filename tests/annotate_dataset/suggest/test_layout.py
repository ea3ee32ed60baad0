"""The map: what is alike lies together, and what comes later finds its place without moving the rest."""

from __future__ import annotations

import numpy as np

from balatro.annotate_dataset.suggest import layout
from balatro.annotate_dataset.suggest.layout import LEAST, Layout, uniqueness
from balatro.utils.flat_map import unit


def two_heaps(num: int) -> np.ndarray:
    """(num, 6): even rows point one way, odd ones another."""
    return unit(5 * np.eye(6)[np.arange(num) % 2] + np.random.default_rng(0).normal(0, 0.3, (num, 6)))


def test_alike_pictures_lie_together_and_later_ones_beside_them(monkeypatch) -> None:
    monkeypatch.setattr(layout, "LANDMARKS", 40)
    keys, embedding = [str(number) for number in range(60)], two_heaps(60)
    whole = Layout()
    first = whole.place(keys[:50], embedding[:50])
    assert first.min() >= 0 and first.max() <= 1
    later = whole.place(keys, embedding)
    np.testing.assert_array_equal(later[:50], first)
    middles = np.stack([later[:50][side::2].mean(axis=0) for side in (0, 1)])
    nearest = np.linalg.norm(later[:, None] - middles[None], axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, np.arange(60) % 2)


def test_few_pictures_are_no_map() -> None:
    assert Layout().place(["a"] * (LEAST - 1), two_heaps(LEAST - 1)).shape == (0, 2)


def test_a_picture_unlike_all_others_is_most_unique() -> None:
    embedding = two_heaps(20)
    embedding[7] = np.eye(6)[5]
    found = uniqueness(embedding)
    assert found.argmax() == 7 and found[0] < 0.1 < found[7]
    assert uniqueness(embedding[:1]).tolist() == [1.0]

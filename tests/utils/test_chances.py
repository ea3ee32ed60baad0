"""Probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.utils.chances import softmax


def test_softmax_takes_the_temperature():
    assert softmax(np.array([[0.0, np.log(3.0)]])).tolist() == [pytest.approx([0.25, 0.75])]
    assert softmax(np.array([[0.0, 2 * np.log(3.0)]]), 2.0).tolist() == [pytest.approx([0.25, 0.75])]
    assert softmax(np.array([[1000.0, 0.0]])).sum() == pytest.approx(1)

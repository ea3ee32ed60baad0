"""How sure a measured share or rate is: 95 % intervals."""

from __future__ import annotations

import math

Z = 1.959963984540054
"""95 % of a normal distribution lie within so many deviations."""
TAIL = 0.025
"""What lies beyond each end."""


def share_interval(count: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share, 0..1, where `count` of `of` were seen; nothing is known (0, 1) of none.

    >>> tuple(round(bound, 3) for bound in share_interval(8, 10))
    (0.49, 0.943)
    """
    if of == 0:
        return 0.0, 1.0
    share, weight = count / of, Z * Z / of
    middle = share + weight / 2
    half = Z * math.sqrt(share * (1 - share) / of + weight / of / 4)
    return max(0.0, (middle - half) / (1 + weight)), min(1.0, (middle + half) / (1 + weight))


def count_interval(count: int) -> tuple[float, float]:
    """Garwood's interval of the expected number where `count` were seen that come one by one (Poisson).

    >>> tuple(round(bound, 2) for bound in count_interval(10))
    (4.8, 18.39)
    """
    high = _mean_at(count, TAIL)
    return (_mean_at(count - 1, 1 - TAIL) if count else 0.0), high


def _mean_at(count: int, chance: float) -> float:
    """The mean at which at most `count` come with this probability."""
    low, high = 0.0, count + 10 * math.sqrt(count + 1) + 10
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(count, middle) > chance else (low, middle)
    return high


def _at_most(count: int, mean: float) -> float:
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1))
    return math.fsum(math.exp(value) for value in logs)

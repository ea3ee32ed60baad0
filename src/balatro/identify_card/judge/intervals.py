"""How sure a measured share or rate is: 95 % intervals."""

from __future__ import annotations

import math

Z = 1.959963984540054
"""95 % of a normal distribution lie within so many deviations."""


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
    """Byar's interval of the expected number where `count` were seen that come one by one (Poisson).

    >>> tuple(round(bound, 1) for bound in count_interval(10))
    (4.8, 18.4)
    """
    low = count * (1 - 1 / (9 * count) - Z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3

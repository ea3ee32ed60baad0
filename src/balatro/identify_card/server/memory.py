"""Giving back to the system the memory that large pictures have left.

glibc keeps what was freed for the next picture, which is right while there is one: a fixed threshold for mapping costs a third
more time a picture. But it keeps it for good, some 100 MB for each reader. So it is asked for it when it is quiet.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

QUIET_S = 1.0
"""After so long without a picture, a reader gives memory back."""


def give_back() -> bool:
    """Free pages of the heap go to the system, in milliseconds; False where the C library cannot do that (only glibc can)."""
    trim = _trim()
    return trim is not None and trim(0) == 1


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, TypeError, AttributeError):  # TypeError: Windows has no library without a name
        return None
    return found

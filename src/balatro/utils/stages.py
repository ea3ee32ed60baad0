"""How long each part of some work takes.

    clock = StageClock()
    with clock.stage("decode"):
        ...
    clock.seconds["decode"]

Code that may be timed takes a `Stage` and is given `untimed` when nobody measures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeAlias

Stage: TypeAlias = Callable[[str], AbstractContextManager[None]]


def untimed(name: str) -> AbstractContextManager[None]:
    """Measures nothing."""
    return nullcontext()


class StageClock:
    """Adds up the seconds of the wall's clock that each stage takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time inside of the block; blocks may come again, and are counted together."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - began)

    def add(self, name: str, seconds: float) -> None:
        """Count what was measured otherwise."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds

    def spent(self, *names: str) -> float:
        """Seconds of these stages together."""
        return sum(self.seconds.get(name, 0.0) for name in names)

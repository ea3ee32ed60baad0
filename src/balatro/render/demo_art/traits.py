"""Numbers to draw by: the same on every system, and named, so that siblings of a family can differ in one trait only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Dice:
    """A small random generator (SplitMix64) seeded by any text; Python's own may change its choices between versions."""

    __slots__ = ("_state",)

    def __init__(self, key: str) -> None:
        self._state = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")

    def bits(self) -> int:
        """64 random bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def below(self, limit: int) -> int:
        """0 to limit - 1."""
        return self.bits() % limit

    def between(self, low: int, high: int) -> int:
        """low to high, both included."""
        return low + self.bits() % (high - low + 1)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A fraction between low and high."""
        return low + (high - low) * (self.bits() >> 11) / (1 << 53)

    def chance(self, share: float) -> bool:
        """True in this share of throws."""
        return self.uniform() < share

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.bits() % len(options)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """The options in a random order."""
        items = list(options)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    def noise(self, *shape: int) -> np.ndarray:
        """float64 fractions of this shape."""
        return np.random.Generator(np.random.PCG64(self.bits())).random(shape)


EVERYTHING = "*"
_KEPT = frozenset({"colours", "frame", "style", "wild", "near", "tall plate"})


class Traits:
    """The named traits of one card of a family.

    Siblings share the family's key and differ only in the traits named in `varied`, where each has a number of its own;
    EVERYTHING stands for all traits but the colours, the frame and the style. `forced` fixes traits to given values.
    """

    def __init__(
        self, family: str, sibling: int = 0, varied: frozenset[str] = frozenset(), forced: Mapping[str, Any] | None = None
    ) -> None:
        self.family = family
        self.sibling = sibling
        self.varied = varied
        self.forced = dict(forced or {})

    def varies(self, name: str) -> bool:
        """Whether siblings differ in this trait."""
        return name in self.varied or (EVERYTHING in self.varied and name not in _KEPT)

    def dice(self, name: str) -> Dice:
        """The dice of one trait."""
        return Dice(f"{self.family}/{name}/{self.sibling if self.varies(name) else 0}")

    def pick(self, name: str, options: Sequence[T]) -> T:
        """One of the options; siblings that vary here get different ones while there are enough."""
        if name in self.forced:
            return self.forced[name]
        if self.varies(name):
            order = Dice(f"{self.family}/{name}/order").shuffled(range(len(options)))
            return options[order[self.sibling % len(options)]]
        return self.dice(name).choice(options)

    def number(self, name: str, low: int, high: int) -> int:
        """low to high, both included; varied siblings get different ones while there are enough."""
        return self.pick(name, range(low, high + 1))

    def chance(self, name: str, share: float) -> bool:
        """True in this share of families; always true where siblings are to vary in it, or in what belongs to it."""
        if name in self.forced:
            return bool(self.forced[name])
        return any(trait.startswith(name) for trait in self.varied) or self.dice(f"{name}?").chance(share)

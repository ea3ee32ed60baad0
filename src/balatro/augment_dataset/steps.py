"""What was done to a picture, as text: the `augmentation` field of augmented.json.

A text is a row of steps, done in this order, each a name with its numbers, and a seed where something is drawn by lot:

    rotate+7.31;crop0.031,0,0.012,0.004;brightness-0.1;noise3.2@1730

The table KINDS says which steps there are and what their numbers mean. Numbers are written so that reading them gives the same
floats again, so a picture can be made from its parent and the text alone (`transforms.remake`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from balatro.errors import LabelError

if TYPE_CHECKING:  # the help of a command does without numpy
    import numpy as np

Limits = tuple[float, float]
Draw = Callable[["np.random.Generator", float], tuple[float, ...]]
"""A step's numbers by lot, for a strength of 0..1."""


def rounded(values: Iterable[float]) -> tuple[float, ...]:
    """To three decimals, a seventh of a pixel, so that the text stays short; the rounded values are the ones that are used."""
    return tuple(round(float(value), 3) + 0.0 for value in values)  # + 0.0 makes a negative zero a plain one


def about(*reach: float) -> Draw:
    """Values on both sides of zero, each up to its reach."""
    return lambda rng, strength: rounded(rng.uniform(-1, 1, len(reach)) * reach * strength)


def between(low: float, high: float, count: int = 1) -> Draw:
    """So many values between two, less with less strength."""
    return lambda rng, strength: rounded(rng.uniform(low, high, count) * strength)


def _resize(rng: np.random.Generator, strength: float) -> tuple[float, ...]:
    size = rng.uniform(-0.14, 0.05)
    return rounded(1 + strength * (size + rng.uniform(-0.025, 0.025, 2)))


def _compression(rng: np.random.Generator, strength: float) -> tuple[float, ...]:
    return (float(rng.integers(95 - round(55 * strength), 96)),)


@dataclass(frozen=True)
class Kind:
    """One kind of step: how it is written, and how it is drawn by lot."""

    limits: tuple[Limits, ...]
    """Smallest and largest value of each of its numbers."""
    meaning: str
    signed: bool = False
    """Whether its first number is written with a plus."""
    seeded: bool = False
    often: float = 0.0
    """In what share of the copies it is done by lot; 0: only where it is asked for."""
    draw: Draw = lambda rng, strength: ()
    told: str = ""
    """What its --no-… leaves out."""
    moves: bool = False
    """Whether pixels are moved and no colour is changed: allowed for editions, which are told by their colours."""
    neutral: float = 0.0
    """The number that changes nothing: the farther from it, the stronger."""


_SHARE: Limits = (-0.24, 0.24)  # corners that move no farther always leave a convex quadrilateral
_EDITION = Kind(
    ((-1e6, 1e6), (-1e6, 1e6), (-1e6, 1e6), (0.0, 0.4), (0.5, 2.0)),
    "swing, seconds and field of its phases (render.editions.Phases), the share of background around the card, and the "
    "contrast of the display (render.display.Display)",
)

KINDS: dict[str, Kind] = {
    "negative": _EDITION,
    "foil": _EDITION,
    "holographic": _EDITION,
    "polychrome": _EDITION,
    "invert": Kind((), "every colour by its complement in RGB"),
    "size": Kind(((1, 8192), (1, 8192)), "width and height in pixels that the picture is brought to"),
    "flip": Kind((), "left and right exchanged", often=0.5, moves=True),
    "rotate": Kind(
        ((-180, 180),), "degrees, clockwise", signed=True,
        often=0.9, draw=about(10.0), told="turning, up to 10 degrees", moves=True,
    ),
    "crop": Kind(
        ((-0.4, 0.4),) * 4, "shares cut away at the left, top, right and bottom",
        often=0.6, draw=between(0, 0.05, 4), told="cutting off up to 5 % at each side", moves=True,
    ),
    "resize": Kind(
        ((0.1, 10),) * 2, "how wide and how high the card is drawn", neutral=1.0,
        often=0.6, draw=_resize, told="drawing the card smaller or larger, and a little wider or higher", moves=True,
    ),
    "perspective": Kind(
        (_SHARE,) * 8, "x, y by which the corners move, from the upper left clockwise, in widths and heights",
        often=0.5, draw=about(*(0.035,) * 8), told="moving the corners, each on its own", moves=True,
    ),
    "brightness": Kind(
        ((-1, 10),), "all values times 1 more than this", signed=True,
        often=0.6, draw=about(0.15), told="up to 15 % lighter or darker",
    ),
    "contrast": Kind(
        ((-1, 10),), "distances from the mean grey times 1 more than this", signed=True,
        often=0.6, draw=about(0.15), told="up to 15 % more or less contrast",
    ),
    "blur": Kind(((0, 20),), "standard deviation in percent of the width", often=0.3, draw=between(0.2, 0.6), told="blur"),
    "noise": Kind(
        ((0, 255),), "standard deviation in grey levels", seeded=True, often=0.4, draw=between(1.0, 7.0), told="noise"
    ),
    "compression": Kind(
        ((1, 100),), "quality of a JPEG that the picture went through", neutral=100.0,
        often=0.3, draw=_compression, told="what JPEG does",
    ),
}  # fmt: skip
"""Every step there is, in the order in which `balatro augment` does them. What each does to a picture is in transforms.py."""

TRANSFORMS: Mapping[str, Kind] = {name: kind for name, kind in KINDS.items() if kind.often > 0}
"""What is done by lot."""

LARGEST_SEED = 2**31 - 1
_STEP = re.compile(r"([a-z]+)([^@a-z][^@]*)?(?:@([0-9]{1,10}))?")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


@dataclass(frozen=True)
class Step:
    """One thing done to a picture; `name` is one of KINDS, which says what the values mean."""

    name: str
    values: tuple[float, ...] = ()
    seed: int | None = None


def format_steps(steps: tuple[Step, ...]) -> str:
    """The text of some steps; `parse_steps` gives the same steps again."""
    return ";".join(_format(step) for step in steps)


def parse_steps(text: str) -> tuple[Step, ...]:
    """The steps of a text, none for an empty one; LabelError for an unknown step, and for too few, too many or wild numbers."""
    return tuple(_parse(part, text) for part in text.split(";")) if text else ()


def _format(step: Step) -> str:
    numbers = ",".join(_number(value) for value in step.values)
    plus = "+" if KINDS[step.name].signed and not numbers.startswith("-") else ""
    seed = "" if step.seed is None else f"@{step.seed}"
    return f"{step.name}{plus}{numbers}{seed}"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _parse(part: str, text: str) -> Step:
    found = _STEP.fullmatch(part)
    if found is None or found[1] not in KINDS:
        raise _wrong(text, f"{part!r} is no step; there are {', '.join(KINDS)}")
    name, numbers, seed = found[1], found[2], found[3]
    kind = KINDS[name]
    values = _values(numbers.split(",") if numbers else [], text)
    if len(values) != len(kind.limits):
        raise _wrong(text, f"{part!r} has {len(values)} numbers, expected {len(kind.limits)}: {kind.meaning}")
    for value, (low, high) in zip(values, kind.limits, strict=True):
        if not low <= value <= high:
            raise _wrong(text, f"{value:g} in {part!r} is not within {low:g} to {high:g}")
    if (seed is not None) != kind.seeded or int(seed or 0) > LARGEST_SEED:
        raise _wrong(text, f"{part!r} needs {'a seed behind an @' if kind.seeded else 'no seed'}")
    return Step(name, values, None if seed is None else int(seed))


def _values(texts: list[str], text: str) -> tuple[float, ...]:
    for number in texts:
        if not _NUMBER.fullmatch(number):
            raise _wrong(text, f"{number!r} is no number")
    return tuple(float(number) for number in texts)


def _wrong(text: str, fault: str) -> LabelError:
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    return LabelError(f"augmentation {shown!r}: {fault}; make the copies again with `balatro augment`")

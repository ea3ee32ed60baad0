"""Boxes of other tools, drawn around cards on a larger picture: each is cut out and becomes a picture of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from balatro.annotate_dataset.forms.items import check_picture
from balatro.errors import InputError
from balatro.utils.images import load_image, orientation, write_png

WHOLE = 0.98
"""A box of at least this share of its picture is the picture; a smaller one is cut out."""
SMALLEST = 4
"""Pixels that a box has in both directions."""
Corners = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Cut:
    """A card that was cut out of a picture."""

    path: Path
    """The card's picture; the larger picture itself where the box is (nearly) all of it."""
    box: tuple[int, int, int, int] | None
    """Left, top, right, bottom in pixels of the larger picture as it is shown; None where the box is all of it."""


def cut_card(file: Path, box: Sequence[float], target: Path, told: tuple[int, int] | None = None) -> Cut:
    """The card in a box: `target`, a PNG that is written, or the picture itself where the box is (nearly) all of it.

    box: left, top, width, height in pixels. told: the picture's width and height as the tool knew them, which says whether it
    saw the picture as it is stored or as its EXIF rotation shows it; where both fit, or nothing is told, it is as shown.
    InputError for a box of less than SMALLEST pixels within the picture, and for a picture of another size than told.
    """
    numbers = [float(value) for value in box]
    if len(numbers) != 4 or not np.isfinite(numbers).all():
        raise InputError(f"a box of {box!r}; expected [left, top, width, height]")
    left, top, wide, high = numbers
    stored, turn, picture = _look(file, file.stat().st_mtime_ns)
    shown = shown_size(stored, turn)
    corners: Corners = (left, top, left + wide, top + high)
    if told is not None and told not in (shown, stored):
        raise InputError(
            f"{file}: {shown[0]}x{shown[1]} pixels, but its boxes are told for {told[0]}x{told[1]}; take the same picture"
        )
    if told == stored and told != shown:
        corners = as_shown(corners, stored, turn)
    within = _within(corners, shown)
    if min(within[2] - within[0], within[3] - within[1]) < SMALLEST:
        raise InputError(
            f"a box of {box!r} in a picture of {shown[0]}x{shown[1]}; expected [left, top, width, height] within it"
        )
    if (within[2] - within[0]) * (within[3] - within[1]) >= WHOLE * shown[0] * shown[1]:
        return Cut(file, None)
    write_png(target, picture[within[1] : within[3], within[0] : within[2]])
    return Cut(target, within)


def cut_share(file: Path, box: Sequence[float], target: Path, told: tuple[int, int] | None = None) -> Cut:
    """The same for a box in shares of the picture, 0..1: left, top, width, height. It fits a picture of any size."""
    stored, turn, _ = _look(file, file.stat().st_mtime_ns)
    shown = shown_size(stored, turn)
    size = told if told in (stored, shown) else shown
    return cut_card(file, [share * length for share, length in zip(box, (*size, *size), strict=True)], target, size)


def shown_size(stored: tuple[int, int], turn: int) -> tuple[int, int]:
    """Width and height of a picture as it is shown; turn: its EXIF orientation, 1 to 8."""
    return (stored[1], stored[0]) if turn >= 5 else stored


def as_shown(box: Corners, stored: tuple[int, int], turn: int) -> Corners:
    """A box of the stored picture (width, height) in the picture as its EXIF orientation, 1 to 8, shows it."""
    width, height = stored
    left, top, right, bottom = box
    if turn in (2, 3, 7, 8):  # the stored columns run the other way
        left, right = width - right, width - left
    if turn in (3, 4, 6, 7):
        top, bottom = height - bottom, height - top
    return (top, left, bottom, right) if turn >= 5 else (left, top, right, bottom)


@lru_cache(maxsize=1)
def _look(file: Path, time: int) -> tuple[tuple[int, int], int, np.ndarray]:
    """A picture's stored size, EXIF orientation and pixels as shown; kept for the next box, as decoding takes longest."""
    return check_picture(file), orientation(file), load_image(file)


def _within(corners: Corners, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Whole pixels of a box, without what lies outside the picture."""
    left, top, right, bottom = corners
    return round(max(left, 0)), round(max(top, 0)), round(min(right, size[0])), round(min(bottom, size[1]))

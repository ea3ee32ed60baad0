"""Where cards lie in a window, when they always lie in the same places: the settings file that the calibrator writes.

    {"screen": [0, 0, 1, 1],
     "areas": [{"name": "jokers", "box": [0.27, 0.05, 0.44, 0.2], "cards": 5}]}

All numbers are fractions, left, top, width, height: `screen` of the window (the part of it that is the game), a `box` of that
screen. So they hold when the window moves or grows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from balatro.config.paths import data_dir
from balatro.config.screens import CARD_ROWS, ROOM
from balatro.errors import SettingsError
from balatro.utils.files import read_json, write_json

Fractions: TypeAlias = "tuple[float, float, float, float]"
"""Left, top, width, height, each 0..1."""

CARD_ASPECT = 71 / 95
"""Width by height of a card of the game."""
MIN_SIDE = 0.004
"""A box is at least so wide and high: five pixels of a small window."""
MAX_AREAS, MAX_CARDS = 200, 50
DIGITS = 5
"""Of a fraction in the file: a tenth of a pixel on a 4K screen."""
WHOLE: Fractions = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Area:
    """A place for one card, or for a row of cards of equal size."""

    name: str
    box: Fractions
    cards: int = 1
    """How many lie side by side. One card fills the box; of several, each is as high as the box and as wide as a card is, the
    first at the left end and the last at the right, as the game spreads a full row."""


@dataclass(frozen=True)
class Regions:
    """SCREEN_REGION and CARD_AREAS."""

    screen: Fractions = WHOLE
    areas: tuple[Area, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    """What a later version wrote into the file; kept as it is."""


def _room(left: float, top: float, right: float, bottom: float) -> Fractions:
    """A box of the game's 1024x576 room as fractions."""
    box = (left / ROOM[0], top / ROOM[1], (right - left) / ROOM[0], (bottom - top) / ROOM[1])
    return (round(box[0], DIGITS), round(box[1], DIGITS), round(box[2], DIGITS), round(box[3], DIGITS))


DEFAULT = Regions(areas=tuple(Area(name, _room(*box), cards) for name, (box, cards) in CARD_ROWS.items()))
"""A 16:9 window of the game: the full joker row, the consumables, the shop's two cards, a pack of three."""


def regions_path() -> Path:
    """The settings file, in the data folder; it need not exist."""
    return data_dir() / "regions.json"


def load_regions(path: Path | None = None) -> Regions:
    """The regions of the settings file, or DEFAULT where there is none. SettingsError names what is wrong in it."""
    path = path or regions_path()
    if not path.exists():
        return DEFAULT
    saved = read_json(path)
    if not isinstance(saved, dict):
        raise SettingsError(f"{path}: a {type(saved).__name__}, expected an object with `screen` and `areas`; {_REMEDY}")
    try:
        areas = saved.get("areas", [])
        if not isinstance(areas, list):
            raise SettingsError(f"areas is a {type(areas).__name__}, expected a list")
        known = {"screen", "areas"}
        more = {key: value for key, value in saved.items() if key not in known}
        regions = Regions(_fractions(saved.get("screen", list(WHOLE)), "screen"), tuple(map(_area, areas)), more)
        return checked(regions)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}; {_REMEDY}") from None


_REMEDY = "mend it with `balatro capture --calibrate`, or remove it to have the usual places"


def save_regions(regions: Regions, path: Path | None = None) -> Path:
    """Write the settings file, whole or not at all; SettingsError when the regions are wrong."""
    path = path or regions_path()
    checked(regions)
    areas = [{"name": area.name, "box": _rounded(area.box), "cards": area.cards} for area in regions.areas]
    write_json(path, {"screen": _rounded(regions.screen), "areas": areas, **regions.more})
    return path


def checked(regions: Regions) -> Regions:
    """The same regions, or SettingsError."""
    _check_box(regions.screen, "screen")
    if len(regions.areas) > MAX_AREAS:
        raise SettingsError(f"{len(regions.areas)} areas; at most {MAX_AREAS} are used")
    for area in regions.areas:
        _check_box(area.box, f"the box of {area.name!r}")
        if not 1 <= area.cards <= MAX_CARDS:
            raise SettingsError(f"{area.name!r} has {area.cards} cards; expected 1 to {MAX_CARDS}")
    return regions


def screen_part(image: np.ndarray, screen: Fractions) -> np.ndarray:
    """The part of an (H, W, 3) picture of a window that is the game: a view, at least one pixel."""
    if screen == WHOLE:
        return image
    left, top, width, height = to_pixels(screen, image.shape[1], image.shape[0])
    x, y = min(int(left), image.shape[1] - 1), min(int(top), image.shape[0] - 1)
    return image[y : max(y + 1, round(top + height)), x : max(x + 1, round(left + width))]


def to_pixels(box: Fractions, width: float, height: float) -> tuple[float, float, float, float]:
    """Left, top, width, height in pixels of a picture of this size."""
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def card_boxes(area: Area, width: float, height: float) -> list[tuple[float, float, float, float]]:
    """Left, top, width, height in pixels of each card of an area, on a screen of this size, from left to right."""
    left, top, wide, high = to_pixels(area.box, width, height)
    if area.cards == 1:
        return [(left, top, wide, high)]
    card = min(wide, high * CARD_ASPECT)
    step = (wide - card) / (area.cards - 1)
    return [(left + step * number, top, card, high) for number in range(area.cards)]


def area_quads(regions: Regions, width: int, height: int) -> np.ndarray:
    """(N, 4, 2) float32 corners of all cards of all areas, in pixels of a screen of this size."""
    boxes = [box for area in regions.areas for box in card_boxes(area, width, height)]
    quads = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
    return np.array(quads, np.float32).reshape(-1, 4, 2)


def _area(saved: Any) -> Area:
    if not isinstance(saved, dict):
        raise SettingsError(f"an area is a {type(saved).__name__}, expected an object with `name` and `box`")
    name, cards = saved.get("name", ""), saved.get("cards", 1)
    if not isinstance(name, str):
        raise SettingsError(f"an area's name is {name!r}, expected text")
    if not isinstance(cards, int) or isinstance(cards, bool):
        raise SettingsError(f"{name!r} has {cards!r} cards, expected a whole number")
    return Area(name, _fractions(saved.get("box"), f"the box of {name!r}"), cards)


def _fractions(value: Any, what: str) -> Fractions:
    numbers = value if isinstance(value, list) else []
    if len(numbers) != 4 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise SettingsError(f"{what} is {value!r}, expected [left, top, width, height]")
    left, top, width, height = map(float, numbers)
    return (left, top, width, height)


def _check_box(box: Fractions, what: str) -> None:
    left, top, width, height = box
    slack = 10.0**-DIGITS
    if not all(map(math.isfinite, box)) or min(left, top) < -slack or max(left + width, top + height) > 1 + slack:
        raise SettingsError(f"{what} is {_rounded(box)}, which leaves the window; expected fractions of 0 to 1")
    if min(width, height) < MIN_SIDE:
        raise SettingsError(f"{what} is {_rounded(box)}, too small; width and height are at least {MIN_SIDE}")


def _rounded(box: Fractions) -> list[float]:
    return [round(number, DIGITS) if math.isfinite(number) else number for number in box]

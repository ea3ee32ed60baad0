"""The colours of the game's numbers, told by hue: a display dims them, and a curved one mixes them."""

from __future__ import annotations

import colorsys
from functools import lru_cache

BLUE, RED, ORANGE, GOLD, GREEN, GREY, OTHER = "blue", "red", "orange", "gold", "green", "grey", "other"


@lru_cache(maxsize=4096)
def hue_of(colour: tuple[int, int, int]) -> str:
    """Which of the game's colours an RGB colour is.

    >>> hue_of((0, 157, 255)), hue_of((254, 95, 85)), hue_of((255, 154, 0)), hue_of((243, 185, 88)), hue_of((48, 56, 58))
    ('blue', 'red', 'orange', 'gold', 'grey')
    """
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))
    degrees = hue * 360
    if saturation < 0.3 or value < 0.2:
        return GREY
    if degrees < 20 or degrees > 345:
        return RED
    if degrees < 55:
        return ORANGE if saturation > 0.8 else GOLD
    if 130 < degrees < 172:
        return GREEN
    return BLUE if 172 <= degrees < 230 else OTHER

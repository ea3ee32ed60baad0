"""Whole screens, and where a card that was cut from one lay: a part of its label, in the fields `screen` and `box`."""

from __future__ import annotations

from collections.abc import Sequence

from balatro.utils.labels import CardLabel

SCREENS = "screens"
"""The folder of whole screens in the data folder."""
SCREEN, BOX = "screen", "box"
"""Fields of a label."""
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the screen as it is shown."""


def screen_of(label: CardLabel) -> str:
    """The screen that a card was cut from, its path in the folder with `/`; empty where it was not."""
    return label.get(SCREEN)


def box_of(label: CardLabel) -> Box | None:
    """Where it lay; None where that is not told, or not as a box."""
    box = label.more.get(BOX)
    if not isinstance(box, Sequence) or isinstance(box, str) or len(box) != 4:
        return None
    if not all(isinstance(edge, int | float) and abs(edge) < 1e6 for edge in box):
        return None
    left, top, right, bottom = (round(edge) for edge in box)
    return (left, top, right, bottom) if left < right and top < bottom else None

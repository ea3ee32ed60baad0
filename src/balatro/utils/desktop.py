"""The desktop: boxes of it, whether there is one at all, and what our own windows on it are called."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from balatro.errors import InputError

OWN_TITLES = (
    "Capture · Balatro",
    "Regions · Balatro",
    "Calibrate · Balatro",
    "Watch · Balatro",
    "Overlay · Balatro",
    "Mistake · Balatro",
)
"""Titles of this program's own windows; `window:Balatro` never means one of them."""


@dataclass(frozen=True)
class Box:
    """A part of the desktop, in the screen's own coordinates; monitors left of or above the first have negative ones."""

    left: int
    top: int
    width: int
    height: int

    def overlap(self, other: Box) -> Box:
        """What both have in common; width or height 0 when that is nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        return Box(left, top, max(0, right - left), max(0, bottom - top))

    @property
    def is_empty(self) -> bool:
        """Whether no pixel lies in it."""
        return self.width <= 0 or self.height <= 0

    def __str__(self) -> str:
        return f"{self.width}x{self.height} at {self.left},{self.top}"


def check_screen(instead: str = "give --source a video, a picture or a folder") -> None:
    """InputError where no screen can be there at all; `instead` says what to do about it."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise InputError(f"no screen here (DISPLAY is not set); {instead}")

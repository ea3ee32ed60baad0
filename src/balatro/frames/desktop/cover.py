"""What lies over a window is not read as the window: it becomes black, and where too little is left there is no picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from balatro.frames.desktop.errors import NotVisibleError
from balatro.utils.desktop import Box

MOST_COVERED = 0.5
"""Share of a window from which on it counts as covered: cards under another window are not gone."""


def uncovered(image: np.ndarray, box: Box, over: Sequence[Box], name: str) -> np.ndarray:
    """The picture (H, W, 3) uint8 RGB of a box of the desktop, black where others lie over it.

    over: boxes of the desktop. A unit of a box may be several pixels, as on Retina screens. NotVisibleError when half of it or
    more is covered.
    """
    parts = [part for part in (box.overlap(other) for other in over) if not part.is_empty]
    if not parts:
        return image
    height, width = image.shape[:2]
    across, down = width / box.width, height / box.height
    covered = np.zeros((height, width), bool)
    for part in parts:
        left, top = part.left - box.left, part.top - box.top
        rows = slice(round(top * down), round((top + part.height) * down))
        columns = slice(round(left * across), round((left + part.width) * across))
        covered[rows, columns] = True
    if covered.mean() >= MOST_COVERED:
        raise NotVisibleError(f"the window {name!r} is covered; bring it to the front")
    return np.where(covered[..., None], np.uint8(0), image)

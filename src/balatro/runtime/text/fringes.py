"""Colour fringes: a curved display shows red and blue some pixels beside green, so that thin strokes are white nowhere."""

from __future__ import annotations

import numpy as np

ROWS = 32
"""Of so many rows one is enough to tell the shift."""
MOST = 3
"""Pixels that a colour is shifted at most."""
CLEARLY = 1.15
"""How much better colours must match where one is shifted than where they are."""
GREEN, OTHERS = 1, (0, 2)


def without_fringes(picture: np.ndarray) -> np.ndarray:
    """The (H, W, 3) uint8 RGB picture with red and blue shifted to where green is; itself where they are there already."""
    if picture.shape[1] <= 2 * MOST + 2:
        return picture
    columns = picture[::ROWS].transpose(2, 1, 0).astype(np.float32)  # so that parts of it lie in one piece
    rises = np.diff(np.ascontiguousarray(columns), axis=1)
    shifts = {channel: _shift(rises[channel], rises[GREEN]) for channel in OTHERS}
    if not any(shifts.values()):
        return picture
    whole = picture.copy()
    for channel, shift in shifts.items():
        whole[:, max(-shift, 0) : whole.shape[1] - max(shift, 0), channel] = picture[
            :, max(shift, 0) : picture.shape[1] - max(-shift, 0), channel
        ]
    return whole


def _shift(rises: np.ndarray, green: np.ndarray) -> int:
    """By how many pixels a colour's rises (columns, rows) lie to the right of green's; 0 where that is not clear."""
    inner = green[MOST:-MOST]
    matches = [float(np.vdot(rises[start : start + len(inner)], inner)) for start in range(2 * MOST + 1)]
    best = int(np.argmax(matches))
    return best - MOST if matches[best] > CLEARLY * max(matches[MOST], 0.0) else 0

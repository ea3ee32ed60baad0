"""Whether a frame shows the table as it was: the same cards in the same places, and words and numbers as they stood.

The game never holds still: cards sway, the ground flows, letters bob by a pixel. So cards are compared by place and look, and
of the rest only what is bright or coloured like text, where it is not within a card.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from balatro.identify_card.watch.looks import distances, print_distance

SWAY = 0.12
"""Share of a card's size by which a resting card may be off its place; a chosen one stands 0.2 higher."""
LOOK_LEVEL = 20.0
"""Mean difference of two fingerprints, grey levels, up to which a card looks the same; its edition may shimmer meanwhile."""
INK_HEIGHT = 540
"""Rows of the picture in which text is looked for, about."""
INK = (105, 90)
"""From which level on the darkest channel, or the difference of the channels, passes for text."""
SPOT, SPOT_CHANGED = 8, 6
"""Side of a spot in pixels of that picture, and in how many of these text must have come or gone, beyond the bobbing."""
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


@dataclass(frozen=True, eq=False)
class Pose:
    """How a table lies in one frame."""

    quads: np.ndarray
    """(N, 4, 2) float32."""
    prints: np.ndarray
    """(N, 16, 12, 3) uint8 fingerprints of the cards."""
    ink: np.ndarray
    """(h, w) uint8, 255 where there is text."""
    near: np.ndarray
    """The same, a pixel wider."""

    def has_cards_of(self, other: Pose, missing: int = 0) -> bool:
        """Whether all but so many cards of each lie in the other, and look alike there."""
        if len(self.quads) == 0 or len(other.quads) == 0:
            return max(len(self.quads), len(other.quads)) <= missing
        same = distances(self.quads, other.quads) < SWAY
        same &= print_distance(self.prints[:, None], other.prints[None]) < LOOK_LEVEL
        return bool((~same.any(axis=1)).sum() <= missing and (~same.any(axis=0)).sum() <= missing)

    def has_text_of(self, other: Pose) -> bool:
        """Whether text stands in both as in the other, apart from where cards lie in one of them."""
        if self.ink.shape != other.ink.shape:
            return False
        gone = cv2.bitwise_and(self.ink, cv2.bitwise_not(other.near))
        come = cv2.bitwise_and(other.ink, cv2.bitwise_not(self.near))
        changed = cv2.bitwise_or(gone, come)
        spots = cv2.blur(changed, (SPOT, SPOT), borderType=cv2.BORDER_CONSTANT)
        return bool(spots.max() < 255 * SPOT_CHANGED / SPOT**2)


def pose_of(image: np.ndarray, quads: np.ndarray, prints: np.ndarray) -> Pose:
    """The pose of an (H, W, 3) uint8 RGB frame with these cards; prints: their fingerprints (see `looks`)."""
    thin = max(1, round(image.shape[0] / INK_HEIGHT))
    small = image[::thin, ::thin]
    low = cv2.min(cv2.min(small[..., 0], small[..., 1]), small[..., 2])
    high = cv2.max(cv2.max(small[..., 0], small[..., 1]), small[..., 2])
    ink = cv2.bitwise_or(_over(low, INK[0]), _over(cv2.subtract(high, low), INK[1]))
    if len(quads):
        cards = (_wider(quads) / thin).astype(np.int32)
        cv2.fillPoly(ink, list(cards), 0)
    return Pose(quads, prints, ink, cv2.dilate(ink, _CROSS))


def _over(plane: np.ndarray, level: int) -> np.ndarray:
    return cv2.threshold(plane, level, 255, cv2.THRESH_BINARY)[1]


def _wider(quads: np.ndarray) -> np.ndarray:
    """Quads with the edge that a swaying card reaches into."""
    middles = quads.mean(axis=1, keepdims=True)
    result: np.ndarray = middles + (quads - middles) * (1 + 2 * SWAY)
    return result

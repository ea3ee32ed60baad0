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
SURELY, MAYBE = (135, 115), (95, 75)
"""Levels of the darkest channel, and of the difference of the channels, beyond which a pixel is, or may be, of a text: white,
or coloured. Between the two lies what a moving light changes."""
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
    """(2 h, w) uint8, 255 where there surely is text: white, and below it coloured."""
    near: np.ndarray
    """The same where there may be, a pixel wider."""

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
        if not cv2.countNonZero(changed):
            return True
        spots = cv2.blur(changed, (SPOT, SPOT), borderType=cv2.BORDER_CONSTANT)
        return bool(spots.max() < 255 * SPOT_CHANGED / SPOT**2)


def pose_of(image: np.ndarray, quads: np.ndarray, prints: np.ndarray) -> Pose:
    """The pose of an (H, W, 3) uint8 RGB frame with these cards; prints: their fingerprints (see `looks`)."""
    thin = max(1, round(image.shape[0] / INK_HEIGHT))
    size = (image.shape[1] // thin, image.shape[0] // thin)
    red, green, blue = cv2.split(cv2.resize(image, size, interpolation=cv2.INTER_NEAREST))
    low, high = cv2.min(cv2.min(red, green), blue), cv2.max(cv2.max(red, green), blue)
    planes = (low, cv2.subtract(high, low))
    ink, near = _over(planes, SURELY), cv2.dilate(_over(planes, MAYBE), _CROSS)
    if len(quads):
        cards = (_wider(quads) / thin).astype(np.int32)
        for top in (0, size[1]):
            cv2.fillPoly(ink, list(cards), 0, offset=(0, top))
    return Pose(quads, prints, ink, near)


def _over(planes: tuple[np.ndarray, ...], levels: tuple[int, ...]) -> np.ndarray:
    over = [cv2.threshold(plane, level, 255, cv2.THRESH_BINARY)[1] for plane, level in zip(planes, levels, strict=True)]
    return cv2.vconcat(over)


def _wider(quads: np.ndarray) -> np.ndarray:
    """Quads with the edge that a swaying card reaches into."""
    middles = quads.mean(axis=1, keepdims=True)
    result: np.ndarray = middles + (quads - middles) * (1 + 2 * SWAY)
    return result

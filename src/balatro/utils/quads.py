"""Geometry of the four corners of cards: (4, 2) in pixels, top left, top right, bottom right, bottom left."""

from __future__ import annotations

import cv2
import numpy as np

from balatro.config.shapes import PATCH_MARGIN, PATCH_SIZE

Box = tuple[float, float, float, float]
CLOSE = 0.3
"""Two quads with middles closer than this share of a card's width and height may be the same card."""
_TURNS = (np.arange(4)[:, None] + np.arange(4)) % 4
"""The corners of a quad in its four turns."""
_NEXT = _TURNS[1]


def quad_sizes(quads: np.ndarray) -> np.ndarray:
    """(N, 2) float width and height of (N, 4, 2) quads, each the mean of the two facing sides."""
    sides = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2)
    return np.stack([(sides[:, 0] + sides[:, 2]) / 2, (sides[:, 1] + sides[:, 3]) / 2], axis=1)


def upright(quads: np.ndarray) -> np.ndarray:
    """Quads (N, 4, 2) with their corners told from the one that is top left as they lie, whichever way up the picture is.

    The side that leads most to the right comes first; at 45 degrees two sides do, and either may.
    """
    across = np.roll(quads, -1, axis=1) - quads
    first = (across[..., 0] / np.maximum(np.linalg.norm(across, axis=2), 1e-6)).argmax(1)
    order = (first[:, None] + np.arange(4)) % 4
    return np.take_along_axis(quads, order[..., None], axis=1)


def turned_like(quad: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A quad (4, 2) with its corners told from the one that fits the first one of another, wherever and how large they lie."""
    alike = (quad[_NEXT] - quad) @ (like[_NEXT[:2]] - like[:2]).T  # each side with the first two of the other
    turn = int((alike[:, 0] + alike[_NEXT, 1]).argmax())
    return quad[_TURNS[turn]] if turn else quad


def as_portrait(quads: np.ndarray) -> np.ndarray:
    """Quads (N, 4, 2) with their corners told from one at which a short side begins, clockwise."""
    sizes = quad_sizes(quads)
    return np.where((sizes[:, 0] > sizes[:, 1])[:, None, None], np.roll(quads, -1, axis=1), quads)


def patch_corners(margin: float = PATCH_MARGIN) -> np.ndarray:
    """(4, 2) float32: where the corners come to lie in a patch that is cut out at them, in its pixels."""
    size = np.array(PATCH_SIZE, np.float32)
    rim = size * margin / (1 + 2 * margin)
    return np.asarray(rim + np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * (size - 2 * rim), np.float32)


def patch_places(seen: np.ndarray, quad: np.ndarray, margin: float = PATCH_MARGIN) -> np.ndarray:
    """(4, 2) float32: where the corners of a quad lie in the patch that is cut out at another, told from whichever of them lies
    nearest to its first corner."""
    wanted = patch_corners(margin)
    turn = cv2.getPerspectiveTransform(seen.astype(np.float32), wanted)
    places = cv2.perspectiveTransform(quad[None].astype(np.float32), turn)[0]
    off = [np.abs(np.roll(places, -first, axis=0) - wanted).sum() for first in range(4)]
    return np.roll(places, -int(np.argmin(off)), axis=0)


def from_patch(seen: np.ndarray, places: np.ndarray, margin: float = PATCH_MARGIN) -> np.ndarray:
    """(4, 2) float32: places in the patch that is cut out at a quad, in pixels of the picture."""
    turn = cv2.getPerspectiveTransform(patch_corners(margin), seen.astype(np.float32))
    return np.asarray(cv2.perspectiveTransform(places[None].astype(np.float32), turn)[0])


def lies_on_any(quad: np.ndarray, quads: np.ndarray, close: float = CLOSE) -> bool:
    """Whether a quad (4, 2) lies so near to one of (N, 4, 2) that it may count as having found it."""
    if len(quads) == 0:
        return False
    across = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    down = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    apart = np.abs(quads.mean(1) - quad.mean(0)) / np.maximum(np.stack([across, down], 1), 1)
    return bool((apart < close).all(1).any())


def box_overlap(one: Box, other: Box) -> float:
    """Area of both (left, top, right, bottom) boxes by area of either, 0..1."""
    both = shared_area(one, other)
    return both / (box_area(one) + box_area(other) - both) if both else 0.0


def shared_area(one: Box, other: Box) -> float:
    """What two boxes both cover."""
    width, height = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0) * max(height, 0)


def box_area(box: Box) -> float:
    """What a (left, top, right, bottom) box covers."""
    return (box[2] - box[0]) * (box[3] - box[1])


def reading_order(quads: np.ndarray) -> np.ndarray:
    """Indices that put (N, 4, 2) quads into rows from top to bottom, each from left to right.

    A card belongs to a row when its centre is less than half a card's height below the centre of the row's topmost card's:
    enough for a fanned hand and hovered cards, too little for two rows of a screen.
    """
    if len(quads) == 0:
        return np.zeros(0, np.int64)
    centres = quads.mean(axis=1)
    height = float(np.median(quad_sizes(quads)[:, 1]))
    by_height = np.argsort(centres[:, 1], kind="stable")
    rows = np.zeros(len(quads), np.int64)
    first, row = centres[by_height[0], 1], 0
    for index in by_height:
        if centres[index, 1] - first > height / 2:
            first, row = centres[index, 1], row + 1
        rows[index] = row
    return np.lexsort((centres[:, 0], rows))


def whole(width: int, height: int) -> np.ndarray:
    """The whole picture as (1, 4, 2) quads."""
    return np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)

"""Finding the cards of a frame and cutting them out.

A finder is a function: (H, W, 3) uint8 RGB in, (N, 4, 2) float32 corners out, each card top left, top right, bottom right,
bottom left in pixels. There are three: the regions of the settings file, the trained locator (which the command brings, since
it belongs to another room), and `classic`, for cards on a plain table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import cv2
import numpy as np

from balatro.build_dataset.regions import Regions, area_quads
from balatro.config.shapes import MARGIN
from balatro.utils.images import rectify
from balatro.utils.quads import quad_sizes, reading_order

Find: TypeAlias = "Callable[[np.ndarray], np.ndarray]"

FINDERS = ("auto", "regions", "classic")
"""What `--find` takes."""

MIN_HEIGHT = 36
"""Pixels; the picture on a smaller card cannot be told from another."""
MAX_SIDE = 1200
"""Pixels of a cut-out card at most."""
BEYOND = 0.06
"""A card that sticks out of the picture by more than this share of its size is cut off, and left out."""
FLAT = 2.0
"""Mean step of grey between neighbouring pixels under which a region shows bare table."""

WORK_SIDE = 900
"""`classic` looks at a picture reduced to this longer side."""
ASPECTS = (0.55, 0.88)
"""Width by height of what `classic` takes for a card: Pokémon and Magic 0.72, poker 0.71, Balatro 0.75, tarot 0.57."""
UPRIGHT = 30.0
"""Degrees by which such a card may be turned."""
FILLED = 0.86
"""Share of its upright frame that a card's outline fills; round corners and a nick are no matter."""
SHARE = (0.0025, 0.75)
"""Share of the picture that one card covers."""


def in_regions(regions: Regions) -> Find:
    """A finder that cuts the areas of the settings; an area that shows bare table, without any picture, is left out."""

    def find(image: np.ndarray) -> np.ndarray:
        quads = area_quads(regions, image.shape[1], image.shape[0])
        return quads[[not _is_bare(image, quad) for quad in quads]] if len(quads) else quads

    return find


def _is_bare(image: np.ndarray, quad: np.ndarray) -> bool:
    left, top = np.maximum(quad[0].astype(int), 0)
    right, bottom = np.maximum(quad[2].astype(int), (left + 2, top + 2))
    part = image[top:bottom, left:right]
    if min(part.shape[:2]) < 2:
        return True
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32)
    steps = (np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()) / 2
    return bool(steps < FLAT)


def whole_cards(quads: np.ndarray, width: int, height: int) -> np.ndarray:
    """Those of (N, 4, 2) quads that lie in the picture and are large enough to be worth keeping."""
    if len(quads) == 0:
        return np.zeros((0, 4, 2), np.float32)
    low, high = quads.min(axis=1), quads.max(axis=1)
    beyond = BEYOND * (high - low)
    inside = (low >= -beyond).all(axis=1) & (high <= np.array([width, height]) + beyond).all(axis=1)
    return quads[inside & (quad_sizes(quads)[:, 1] >= MIN_HEIGHT)]


def cut(image: np.ndarray, quads: np.ndarray) -> list[np.ndarray]:
    """The cards (h, w, 3) uint8 RGB at quads (N, 4, 2), straightened, with a margin around, in the size they have there."""
    return [rectify(image, quad[None], _size(quad), MARGIN)[0] for quad in quads]


def _size(quad: np.ndarray) -> tuple[int, int]:
    width, height = quad_sizes(quad[None])[0] * (1 + 2 * MARGIN)
    smaller = min(1.0, MAX_SIDE / max(width, height, 1))
    return max(8, round(width * smaller)), max(8, round(height * smaller))


# The classical finder.


def classic(image: np.ndarray) -> np.ndarray:
    """Cards on a plain table, by their outlines: (N, 4, 2) float32 in reading order.

    Works where cards differ from what they lie on and don't overlap; on a busy screen the locator is far better.
    """
    factor = min(1.0, WORK_SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else image
    found = [quad for mask in _masks(small) for quad in _outlines(mask)]
    quads = _outermost(np.array(found, np.float32).reshape(-1, 4, 2))
    return quads[reading_order(quads)] / np.float32(factor)


def _masks(image: np.ndarray) -> Iterator[np.ndarray]:
    """(H, W) uint8 pictures in which cards may be blobs: unlike the table in colour; enclosed by edges."""
    border = np.concatenate([strip.reshape(-1, 3) for strip in (image[:3], image[-3:], image[:, :3], image[:, -3:])])
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
    table = cv2.cvtColor(np.median(border, axis=0).astype(np.uint8).reshape(1, 1, 3), cv2.COLOR_RGB2LAB).astype(np.float32)
    unlike = np.clip(np.linalg.norm(lab - table, axis=2) * 2, 0, 255).astype(np.uint8)
    unlike = cv2.medianBlur(unlike, 5)
    limit, mask = cv2.threshold(unlike, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield mask
    # Dark cards beside bright ones fall under Otsu's limit.
    yield cv2.threshold(unlike, max(16.0, limit * 0.4), 255, cv2.THRESH_BINARY)[1]
    soft = cv2.bilateralFilter(image, 5, 40, 5)
    for low, high in ((40, 120), (15, 60)):
        edges = np.maximum.reduce([cv2.Canny(np.ascontiguousarray(soft[..., channel]), low, high) for channel in range(3)])
        yield cv2.dilate(edges, np.ones((3, 3), np.uint8))


def _outlines(mask: np.ndarray) -> Iterator[np.ndarray]:
    """(4, 2) corners of the blobs of card shape."""
    area = mask.shape[0] * mask.shape[1]
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        if len(contour) < 4 or not SHARE[0] * area <= cv2.contourArea(contour) <= SHARE[1] * area:
            continue
        frame = cv2.minAreaRect(contour)
        if cv2.contourArea(contour) < FILLED * frame[1][0] * frame[1][1]:
            continue
        quad = _upright(cv2.boxPoints(frame))
        width, height = quad_sizes(quad[None])[0]
        turned = abs(np.degrees(np.arctan2(*(quad[1] - quad[0])[::-1])))
        if ASPECTS[0] <= width / max(height, 1) <= ASPECTS[1] and turned <= UPRIGHT:
            yield quad


def _upright(corners: np.ndarray) -> np.ndarray:
    """Four corners in any order as top left, top right, bottom right, bottom left."""
    middle = corners.mean(axis=0)
    around = corners[np.argsort(np.arctan2(*(corners - middle).T[::-1]))]
    # Clockwise on the screen; begin with the corner whose two neighbours lie to its right and below it.
    return np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0).astype(np.float32)


def _outermost(quads: np.ndarray) -> np.ndarray:
    """Without the pictures and text boxes within cards, and without a second finding of the same card."""
    areas = np.array([cv2.contourArea(quad) for quad in quads])
    keep: list[int] = []
    for index in np.argsort(-areas, kind="stable"):
        middle = (float(quads[index].mean(axis=0)[0]), float(quads[index].mean(axis=0)[1]))
        if not any(cv2.pointPolygonTest(quads[other], middle, False) >= 0 for other in keep):
            keep.append(int(index))
    return quads[keep]

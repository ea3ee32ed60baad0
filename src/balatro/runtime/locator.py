"""Finding the cards of a picture: a small network's heat map of card centres, decoded to quads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from balatro.config.shapes import CLOSER, FRAME_PIXELS, FRAME_STEP, SMALLER_STRIDE
from balatro.errors import ModelError
from balatro.runtime.sessions import OpenSession, Session, open_session
from balatro.utils.cells import cell_grid
from balatro.utils.quads import quad_sizes, upright
from balatro.utils.stages import Stage, untimed

SAME_CARD = 0.17
"""Two quads whose centres are closer than this share of a card's width and height are one card found twice.

Real neighbours are 0.31 apart when 15 jokers fill the row (0.23 for 20); two findings of one card differ by less than 0.1."""
BEYOND = 0.3
"""A quad may stick out of the picture by this share of its own size; a card that sticks out farther is left out."""
INSIDE = 0.45
"""A find of less than this share of another's area that lies within it is a part of that card, or that is no card."""
LARGEST = 4 * FRAME_PIXELS
"""Pixels of a second look's frame at most."""
SMALL = 0.35
"""From where on the map `smaller` asks for a second look."""
AROUND = 40
"""Pixels of the first frame around what is too small that the second look takes along."""
SMALL_HEIGHT = 36.0
"""Cards higher than this in the first frame are the first look's."""
SHARPEST = 2.0
"""A picture is enlarged by this factor at most for a second look: more shows nothing more."""


@dataclass(frozen=True, eq=False)
class Found:
    """One card-like thing."""

    quad: np.ndarray
    """(4, 2) float32, pixels of the picture: top left, top right, bottom right, bottom left."""
    score: float
    """0..1."""


def check_network(session: Session, path: Path, takes: str, gives: Iterable[str]) -> None:
    """ModelError when the network in this file is of another kind: its input and outputs are told by their names."""
    inputs, outputs = ([value.name for value in values] for values in (session.get_inputs(), session.get_outputs()))
    if inputs != [takes] or not set(gives) <= set(outputs):
        raise ModelError(
            f"{path}: another kind of network ({', '.join(inputs)} -> {', '.join(outputs)}), "
            f"expected {takes} -> {', '.join(gives)}; make the model anew"
        )


class Locator:
    """The locator network of a bundle."""

    def __init__(
        self, path: Path, threads: int | None = None, threshold: float = 0.3, open_session: OpenSession = open_session
    ) -> None:
        self._session = open_session(path, threads)
        check_network(self._session, path, "frame", ("heat", "corners", "smaller"))
        self.threshold = threshold
        self.stage: Stage = untimed
        """Times `resize` and `locate`."""

    def find(self, image: np.ndarray, share: float = 1.0) -> list[Found]:
        """The cards of an (H, W, 3) uint8 RGB picture, of any size, each once, best first.

        share: of the threshold from which on there is a find; below 1 there are some of which the locator has its doubts.
        """
        quads, scores = self.candidates(image, share * self.threshold)
        return [Found(quads[index], float(scores[index])) for index in distinct(quads, scores)]

    def candidates(self, image: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Quads (N, 4, 2) float32 and scores (N,) of all that may be cards, some of them twice."""
        quads, scores, small = self._look(image, frame_factor(image.shape[1], image.shape[0]), threshold)
        if len(small):
            near, sure = self._look_closer(image, small, threshold)
            quads, scores = np.concatenate([quads, near]), np.concatenate([scores, sure])
        keep = sane(quads, image.shape[1], image.shape[0])
        return quads[keep], scores[keep]

    def _look(self, image: np.ndarray, factor: float, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Quads (N, 4, 2) in the picture's pixels, scores (N,), and (M, 2) the places of cards too small for this factor."""
        with self.stage("resize"):
            frame, factors = fit_frame(image, factor)
        with self.stage("locate"):
            heat, corners, smaller = self._session.run(["heat", "corners", "smaller"], {"frame": frame[None]})
            scale = np.asarray(factors, np.float32)
            quads, scores = decode(heat[0], corners[0], threshold, frame.shape[1], frame.shape[0])
            small = (np.argwhere(smaller[0] >= SMALL)[:, ::-1] + 0.5) * SMALLER_STRIDE
            return quads / scale, scores, (small / scale).astype(np.float32)

    def _look_closer(self, image: np.ndarray, small: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Quads and scores of what lies around these places (M, 2), seen larger."""
        none = np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32)
        size = np.array(image.shape[1::-1])
        factor = frame_factor(*size)
        low = np.clip(np.floor(small.min(0) - AROUND / factor), 0, size).astype(int)
        high = np.clip(np.ceil(small.max(0) + AROUND / factor), 0, size).astype(int)
        closer = min(CLOSER * factor, max(SHARPEST, factor), (LARGEST / (high - low).prod()) ** 0.5)
        if closer < 1.1 * factor:
            return none
        part = image[low[1] : high[1], low[0] : high[0]]
        quads, scores, _ = self._look(part, closer, threshold)
        mine = quad_sizes(quads)[:, 1] * factor < SMALL_HEIGHT if len(quads) else np.zeros(0, bool)
        return quads[mine] + low.astype(np.float32), scores[mine]


def frame_factor(width: int, height: int) -> float:
    """How much smaller a picture becomes for the network's first look: it has FRAME_PIXELS then."""
    return float((FRAME_PIXELS / (width * height)) ** 0.5)


def fit_frame(image: np.ndarray, factor: float | None = None) -> tuple[np.ndarray, tuple[float, float]]:
    """The frame as the network takes it, and the (x, y) factors from the picture's pixels to the frame's.

    A whole 16:9 screen becomes 512x288; right and bottom are padded with black to multiples of FRAME_STEP.
    """
    height, width = image.shape[:2]
    factor = factor or frame_factor(width, height)
    new_width, new_height = max(1, round(width * factor)), max(1, round(height * factor))
    small = _resized(image, new_width, new_height)
    right, bottom = -new_width % FRAME_STEP, -new_height % FRAME_STEP
    if right or bottom:
        small = cv2.copyMakeBorder(small, 0, bottom, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return small, (new_width / width, new_height / height)


def _resized(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """The picture at another size, averaged where it becomes smaller.

    OpenCV averages over whole numbers of pixels many times faster than over others: halving first takes half the time in all,
    and changes the result by less than a grey level on the average.
    """
    across, down = image.shape[1] / width, image.shape[0] / height
    if min(across, down) > 2 and not (across.is_integer() and down.is_integer()):
        half = image.shape[1] // 2, image.shape[0] // 2
        image = cv2.resize(image[: 2 * half[1], : 2 * half[0]], half, interpolation=cv2.INTER_AREA)
    method = cv2.INTER_AREA if min(across, down) > 1 else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=method)


def decode(heat: np.ndarray, corners: np.ndarray, threshold: float, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Quads (N, 4, 2) float32 in pixels of a frame of this size and scores (N,), best first, of a thinned heat map.

    heat is (cells,), corners (8, cells): x, y of the four corners in cells from the middle of the cell; see `cell_grid`. They
    come in turn from any of the four, and are told from the one that is top left.
    """
    middles, strides = cell_grid(width, height)
    cells = np.flatnonzero(heat >= threshold)
    cells = cells[np.argsort(-heat[cells], kind="stable")]
    offsets = corners[:, cells].T.reshape(-1, 4, 2) * strides[cells, None, None]
    return upright((middles[cells, None] + offsets).astype(np.float32)), heat[cells]


def sane(quads: np.ndarray, width: int, height: int) -> np.ndarray:
    """(N,) bool: which quads are convex, turn the right way, are not tiny and lie (mostly) in the picture."""
    if len(quads) == 0:
        return np.zeros(0, bool)
    sides = np.roll(quads, -1, axis=1) - quads
    following = np.roll(sides, -1, axis=1)
    convex = (sides[..., 0] * following[..., 1] - sides[..., 1] * following[..., 0] > 0).all(axis=1)
    low, high = quads.min(axis=1), quads.max(axis=1)
    beyond = BEYOND * (high - low)
    inside = (low >= -beyond).all(axis=1) & (high <= np.array([width, height]) + beyond).all(axis=1)
    large = ((high - low) >= 3).all(axis=1)
    result: np.ndarray = np.isfinite(quads).all(axis=(1, 2)) & convex & inside & large
    return result


def distinct(quads: np.ndarray, scores: np.ndarray) -> list[int]:
    """Indices of the quads without duplicates and without parts of each other, best score first."""
    if len(quads) == 0:
        return []
    centres, sizes = quads.mean(axis=1), quad_sizes(quads)
    apart = np.abs(centres[:, None] - centres[None]) / np.maximum(sizes[:, None], sizes[None])
    same = ((apart**2).sum(axis=2) < SAME_CARD**2) | _within(centres, sizes)
    keep: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if not same[index, keep].any():
            keep.append(int(index))
    return keep


def _within(centres: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """(N, N) bool: where one of two is much smaller, and its middle lies within the other."""
    areas = sizes.prod(axis=1)
    larger = np.maximum(areas[:, None], areas[None])
    much = np.minimum(areas[:, None], areas[None]) < INSIDE * larger
    reach = np.where((areas[:, None] >= areas[None])[..., None], sizes[:, None], sizes[None]) * 0.5
    inner: np.ndarray = much & (np.abs(centres[:, None] - centres[None]) < reach).all(axis=2)
    return inner

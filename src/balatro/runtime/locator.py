"""Finding the cards of a picture: a small network's heat map of card centres, decoded to quads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from balatro.config.screens import CARD_HEIGHT, frame_unit
from balatro.config.shapes import STRIDE
from balatro.errors import ModelError
from balatro.runtime.sessions import OpenSession, Session, open_session
from balatro.utils.quads import quad_sizes
from balatro.utils.stages import Stage, untimed

SAME_CARD = 0.17
"""Two quads whose centres are closer than this share of a card's width and height are one card found twice.

Real neighbours are 0.31 apart when 15 jokers fill the row (0.23 for 20); two findings of one card differ by less than 0.1."""
BEYOND = 0.3
"""A quad may stick out of the picture by this share of its own size; a card that sticks out farther is left out."""
MAX_CELLS = 512 * 512
"""Pixels of the resized frame at most: panoramas are shrunk farther."""


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
        check_network(self._session, path, "frame", ("heat", "corners"))
        self.threshold = threshold
        self.stage: Stage = untimed
        """Times `resize` and `locate`."""

    def find(self, image: np.ndarray, card_height: float | None = None) -> list[Found]:
        """The cards of an (H, W, 3) uint8 RGB picture, best first.

        card_height: about how high a regular card is drawn, in pixels; left out, the picture is a whole screen of the game.
        """
        with self.stage("resize"):
            frame, factors = fit_frame(image, card_height)
        with self.stage("locate"):
            heat, corners = self._session.run(["heat", "corners"], {"frame": frame[None]})
            quads, scores = decode(heat[0], corners[0], self.threshold)
            quads /= np.asarray(factors, np.float32)
            keep = sane(quads, image.shape[1], image.shape[0])
            quads, scores = quads[keep], scores[keep]
            return [Found(quads[index], float(scores[index])) for index in distinct(quads, scores)]


def fit_frame(image: np.ndarray, card_height: float | None = None) -> tuple[np.ndarray, tuple[float, float]]:
    """The frame as the network takes it, and the (x, y) factors from the picture's pixels to the frame's.

    A whole 16:9 screen becomes 512x288; right and bottom are padded with black to multiples of 16.
    """
    height, width = image.shape[:2]
    factor = 32 / frame_unit(width, height) if card_height is None else 32 * CARD_HEIGHT / card_height
    factor = min(factor, (MAX_CELLS / (width * height)) ** 0.5)
    new_width, new_height = max(1, round(width * factor)), max(1, round(height * factor))
    small = _resized(image, new_width, new_height)
    right, bottom = -new_width % 16, -new_height % 16
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


def decode(heat: np.ndarray, corners: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Quads (N, 4, 2) float32 in pixels of the frame and scores (N,), best first, of a thinned heat map.

    heat is (h, w), corners (8, h, w): x, y of the four corners in cells from the middle of the cell.
    """
    rows, columns = np.nonzero(heat >= threshold)
    scores = heat[rows, columns]
    order = np.argsort(-scores, kind="stable")
    rows, columns, scores = rows[order], columns[order], scores[order]
    quads = corners[:, rows, columns].T.reshape(-1, 4, 2).astype(np.float32)
    quads = (quads + np.stack([columns, rows], axis=1)[:, None] + 0.5) * STRIDE
    return quads.astype(np.float32), scores


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
    """Indices of the quads without duplicates, best score first."""
    if len(quads) == 0:
        return []
    centres, sizes = quads.mean(axis=1), quad_sizes(quads)
    apart = np.abs(centres[:, None] - centres[None]) / np.maximum(sizes[:, None], sizes[None])
    same = (apart**2).sum(axis=2) < SAME_CARD**2
    keep: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if not same[index, keep].any():
            keep.append(int(index))
    return keep

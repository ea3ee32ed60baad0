"""Pictures of cards on a table, with their corners."""

import cv2
import numpy as np

from tests.train_model.tiny_deck import body

SIZE = (640, 360)


def table(colour: tuple[int, int, int] = (30, 90, 60), size: tuple[int, int] = SIZE) -> np.ndarray:
    """(H, W, 3) uint8 RGB of bare table."""
    return np.full((size[1], size[0], 3), colour, np.uint8)


def lay(picture: np.ndarray, seed: int, x: float, y: float, width: float = 80, turned: float = 0) -> np.ndarray:
    """Draw the card of a seed around a middle, turned by degrees; its corners (4, 2) float32."""
    height, angle = width * 95 / 71, np.radians(turned)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2 @ turn.T + (x, y)
    corners = corners.astype(np.float32)
    card = np.ascontiguousarray(body(seed)[..., :3])
    card[:3] = card[-3:] = card[:, :3] = card[:, -3:] = 245
    source = np.array([[0, 0], [71, 0], [71, 95], [0, 95]], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    size = (picture.shape[1], picture.shape[0])
    mask = cv2.warpPerspective(np.full((95, 71), 255, np.uint8), warp, size)
    cv2.copyTo(cv2.warpPerspective(card, warp, size), mask, picture)
    return corners

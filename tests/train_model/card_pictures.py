"""Pictures of invented cards as a camera would take them, drawn in no time."""

import cv2
import numpy as np

from balatro.config.shapes import CARD_SIZE


def card_picture(card: int, take: int = 0) -> np.ndarray:
    """(128, 96, 3) uint8: one of endless cards; takes of one card differ in light and in how it lies."""
    rng = np.random.default_rng([11, card])
    picture = np.empty((128, 96, 3), np.uint8)
    picture[:] = rng.integers(30, 226, 3)
    for _ in range(12):
        x, y, wide, tall = rng.integers((0, 0, 12, 12), (80, 110, 50, 60))
        picture[y : y + tall, x : x + wide] = rng.integers(0, 256, 3)
    if not take:
        return picture
    rng = np.random.default_rng([12, card, take])
    turn = cv2.getRotationMatrix2D((48, 64), (5 + 3 * take) * (-1) ** take, 1 + 0.02 * take)
    turn[:, 2] += rng.uniform(-5, 5, 2)
    moved = cv2.warpAffine(picture, turn, CARD_SIZE, borderMode=cv2.BORDER_REPLICATE)
    return cv2.convertScaleAbs(moved, alpha=0.75 + 0.25 * rng.random())


def recompressed(picture: np.ndarray, quality: int = 60) -> np.ndarray:
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def shifted(picture: np.ndarray, right: float, down: float) -> np.ndarray:
    return cv2.warpAffine(
        picture, np.array([[1, 0, right], [0, 1, down]], np.float32), CARD_SIZE, borderMode=cv2.BORDER_REPLICATE
    )

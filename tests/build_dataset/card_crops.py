"""Crops of cards that never were: smooth blots of colour, different for each seed."""

import cv2
import numpy as np

SIZE = (64, 86)


def crop(seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """(H, W, 3) uint8 RGB; size is (W, H)."""
    blots = np.random.default_rng([11, seed]).integers(20, 236, (6, 5, 3)).astype(np.uint8)
    return cv2.resize(blots, size, interpolation=cv2.INTER_CUBIC)


def seen_again(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same card a moment later: shifted by a pixel, a little brighter or darker, compressed."""
    moved = np.roll(image, tuple(rng.integers(-1, 2, 2)), axis=(0, 1))
    lit = np.clip(moved * rng.uniform(0.92, 1.05) + rng.uniform(-6, 6), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", lit[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[..., ::-1])

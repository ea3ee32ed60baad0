"""What happens to a picture on its way to whoever reads it: washes, photographs of monitors, colour, compression."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from balatro.render.display import Display, show

Look = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""(H, W, 3) uint8 RGB -> the same shape. No look moves a pixel: the truth stays where it is."""

WASHES = ((255, 90, 80), (0, 150, 255), (90, 190, 140), (20, 25, 30), (240, 240, 240), (250, 170, 40))
"""Colours of what the game and others lay over a screen: lost, won, paused, faded."""


def wash(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One colour over everything, as behind a game-over box."""
    colour = np.array(WASHES[int(rng.integers(len(WASHES)))], float) + rng.normal(0, 15, 3)
    share = float(rng.uniform(0.2, 0.86))
    over = np.broadcast_to(np.clip(colour, 0, 255).astype(np.uint8), image.shape)
    return cv2.addWeighted(image, 1 - share, np.ascontiguousarray(over), share, 0)


def tint(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another white, brightness and saturation: night modes, monitors, cameras, wide-gamut pictures read as sRGB."""
    grey = image.mean(axis=2, keepdims=True)
    colour = grey + (image - grey) * float(np.exp(rng.normal(0, 0.25)))
    lit = colour * np.exp(rng.normal(0, 0.13, 3)) * float(np.exp(rng.normal(-0.05, 0.2)))
    return np.clip(lit, 0, 255).astype(np.uint8)


def fade(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Black lifted and white lowered, or the middle lifted: HDR pictures shown without their transfer, old monitors."""
    low, high = rng.uniform(0, 60), rng.uniform(190, 255)
    ramp = (np.arange(256) / 255) ** float(np.exp(rng.normal(0, 0.3))) * (high - low) + low
    return np.asarray(cv2.LUT(image, ramp.astype(np.uint8)))


def recompress(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Recorded small and compressed hard: streams, chats, thumbnails."""
    codec = "jpeg" if rng.random() < 0.8 else "webp"
    share, quality = float(rng.uniform(0.35, 1.0)), int(rng.integers(18, 70))
    return show(image, Display(resample=share, codec=codec, quality=quality), rng)


def blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Out of focus, or moved."""
    spread = float(rng.uniform(0.5, 1.6)) * max(image.shape[0] / 720, 0.5)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), spread))


def sharpen(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sharpened after scaling, with bright rims."""
    soft = cv2.GaussianBlur(image, (0, 0), 1.2)
    more = float(rng.uniform(0.3, 1.0))
    return cv2.addWeighted(image, 1 + more, soft, -more, 0)


def photograph(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A monitor before a camera: its pixel grid beating with the sensor's, a reflection, noise, and blur."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(3, 30)
    waves = np.sin((rows * np.sin(angle) + columns * np.cos(angle)) * np.float32(2 * np.pi / period))
    lit = image * (1 + np.float32(rng.uniform(0.02, 0.08)) * waves[..., None])
    x, y, size = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.2, 0.6) * width
    glare = np.exp(-(((columns - x) ** 2 + (rows - y) ** 2) / np.float32(size**2)))
    lit += np.float32(rng.uniform(0, 90)) * glare[..., None]
    return blur(np.clip(lit, 0, 255).astype(np.uint8), rng)


LOOKS: dict[str, tuple[float, Look]] = {
    "wash": (0.11, wash),
    "tint": (0.2, tint),
    "fade": (0.08, fade),
    "blur": (0.05, blur),
    "sharpen": (0.04, sharpen),
    "photograph": (0.04, photograph),
    "recompress": (0.15, recompress),
}
"""How often each comes, by itself, in this order."""


def change(image: np.ndarray, rng: np.random.Generator, often: float = 1.0) -> np.ndarray:
    """The picture after some of LOOKS, each as often as it says times `often`; the same shape."""
    for share, look in LOOKS.values():
        if rng.random() < share * often:
            image = look(image, rng)
    return image

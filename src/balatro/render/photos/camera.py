"""Light and lens: where light falls, glare, white balance, focus, shake, noise, and how the picture is kept. No pixel moves."""

from __future__ import annotations

import cv2
import numpy as np

from balatro.render.display import Display, show
from balatro.render.photos.art import clouds

Rng = np.random.Generator
DARKEST = 22.0
"""No photograph is darker on the average, of 255: nobody sees cards on it."""


def take(image: np.ndarray, rng: Rng) -> np.ndarray:
    """(H, W, 3) float32 RGB of 0..255 in even light -> uint8 as a camera kept it."""
    image = _light(image, rng)
    if rng.random() < 0.22:
        _glare(image, rng)
    image *= np.exp(rng.normal(0, 0.07, 3)).astype(np.float32)
    if rng.random() < 0.3:
        warm = float(rng.uniform(-0.3, 0.45))
        image *= np.array([1 + warm * 0.5, 1, 1 - warm * 0.8], np.float32)
    if rng.random() < 0.25:
        image = _focus(image, rng)
    low = rng.random() < 0.17
    bright = float(rng.uniform(0.2, 0.6) if low else np.exp(rng.normal(0.08, 0.15)))
    image *= np.float32(max(bright, DARKEST / max(float(image.mean()), 1.0)))
    noise = float(rng.uniform(3, 14)) if low else float(rng.uniform(0, 5))
    if noise > 1:
        grain = rng.normal(0, noise, (*image.shape[:2], 1)).astype(np.float32)
        if rng.random() < 0.5:
            grain = cv2.GaussianBlur(grain, (0, 0), 0.8)[..., None] * 1.6
        image += grain
    if rng.random() < 0.3:
        image = 128 + (image - 128) * np.float32(rng.uniform(0.55, 1.4))
    kept = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.75:
        share, quality = (1.0, int(rng.integers(35, 96))) if rng.random() < 0.7 else (float(rng.uniform(0.5, 1)), 80)
        kept = show(kept, Display(resample=share, codec="jpeg", quality=quality), rng)
    return kept


def _light(image: np.ndarray, rng: Rng) -> np.ndarray:
    """Brighter at one side, shadows of people and things, darker corners."""
    height, width = image.shape[:2]
    small = 48, max(round(48 * height / width), 8)
    x, y = np.meshgrid(np.linspace(-1, 1, small[0]), np.linspace(-1, 1, small[1]))
    turn = rng.uniform(0, 6.3)
    field = 1 + (x * np.cos(turn) + y * np.sin(turn)) * rng.uniform(0, 0.35)
    if rng.random() < 0.4:
        field *= 1 - rng.uniform(0.1, 0.5) * (x**2 + y**2) / 2
    if rng.random() < 0.35:
        edge = clouds(*small, rng, 2, 0.5) - 0.5
        field *= 1 - rng.uniform(0.15, 0.55) / (1 + np.exp(-edge * rng.uniform(10, 120)))
    shade = cv2.resize(field.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return image * shade[..., None]


def _glare(image: np.ndarray, rng: Rng) -> None:
    """Lamps and windows mirrored in what lies there, soft or with edges."""
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        spot = np.zeros((height // 4 + 1, width // 4 + 1), np.float32)
        x, y = int(rng.uniform(0, width / 4)), int(rng.uniform(0, height / 4))
        size = float(np.exp(rng.uniform(np.log(0.02), np.log(0.2)))) * width / 4
        axes = max(int(size), 2), max(int(size * rng.uniform(0.2, 1)), 2)
        cv2.ellipse(spot, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
        spot = cv2.GaussianBlur(spot, (0, 0), max(size * float(rng.uniform(0.1, 0.9)), 1))
        image += cv2.resize(spot, (width, height))[..., None] * np.float32(rng.uniform(60, 330))


def _focus(image: np.ndarray, rng: Rng) -> np.ndarray:
    """Out of focus, or shaken."""
    spread = float(np.exp(rng.uniform(np.log(0.6), np.log(3.2)))) * max(image.shape[0] / 720, 0.4)
    if rng.random() < 0.55:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), spread))
    length = max(round(spread * 4), 3) | 1
    kernel = np.zeros((length, length), np.float32)
    turn, middle = rng.uniform(0, 3.14), length // 2
    reach = np.array([np.cos(turn), np.sin(turn)]) * middle
    start, end = np.round(middle - reach).astype(int).tolist(), np.round(middle + reach).astype(int).tolist()
    cv2.line(kernel, start, end, 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()))

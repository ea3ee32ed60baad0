"""From the game's picture to a screenshot: CRT curve, colour fringes, scan lines, bloom, noise, brightness, compression.

The curve is the game's own: with t in [-1, 1] over the screen and k = (1 + 0.07 s, 1 + 0.10 s), the screen shows at t what the
game drew at k*t + (k - 1) * t * (t.y^2, t.x^2), s = 0.3 * crt / 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from balatro.config.screens import ROOM

CURVE_STEP = 0.03
"""Curves are drawn at multiples of this strength, so that the coordinate maps can be kept."""


@dataclass(frozen=True)
class Display:
    """How a screen looks through one display and one recording of it. The default changes nothing."""

    curve: float = 0.0
    """CRT strength s, 0 .. 0.3: the desktop game's default setting of 70 gives 0.21."""
    scan: float = 0.0
    """Depth of the scan lines, as a share of brightness."""
    scan_period: float = 4.0
    """Pixels from one scan line to the next."""
    fringe: float = 0.0
    """Shift of red to one side and blue to the other, in pixels; whole ones are drawn."""
    bloom: float = 0.0
    """Share of a blurred copy that is added."""
    contrast: float = 1.0
    """How far every level lies below white: out = 255 - contrast * (255 - level). The game's CRT pass has 1.14, measured on
    screens of it: sprite levels 79, 99, 122, 156, 187, 255 show as 54, 76, 102, 141, 174, 255."""
    gain: float = 1.0
    gamma: float = 1.0
    noise: float = 0.0
    """Standard deviation, in levels of 255."""
    resample: float = 1.0
    """The screen was recorded at this share of its size and then shown at its own: streams, videos, resized screenshots."""
    codec: str = "none"
    """none, jpeg or webp."""
    quality: int = 95


PLAIN = Display()
GAME = Display(curve=0.21, scan=0.05, fringe=0.6, contrast=1.14)
"""The desktop game with its default CRT setting."""


def random_display(rng: np.random.Generator, height: int) -> Display:
    """Any display a player may have, for a screen of this height."""
    crt = rng.random() < 0.75
    pixel = height / ROOM[1]
    codec = str(rng.choice(["none", "jpeg", "webp"], p=[0.42, 0.52, 0.06]))
    return Display(
        curve=float(rng.choice([0.09, 0.15, 0.21, 0.21, 0.3])) if crt else 0.0,
        scan=float(rng.uniform(0.01, 0.07)) if crt else 0.0,
        scan_period=float(rng.uniform(2.5, 5.0) * max(pixel, 0.7)),
        fringe=float(rng.choice([0.0, 0.6, 1.0, 1.5]) * pixel) if crt else 0.0,
        bloom=float(rng.uniform(0, 0.12)) if rng.random() < 0.4 else 0.0,
        contrast=float(rng.normal(1.13, 0.04)) if crt else 1.0,
        gain=float(rng.normal(1.0, 0.04)),
        gamma=float(np.exp(rng.normal(0, 0.06))),
        noise=float(rng.uniform(0, 4)) if rng.random() < 0.3 else 0.0,
        resample=float(rng.uniform(0.6, 1.6)) if rng.random() < 0.25 else 1.0,
        codec=codec,
        quality=int(rng.integers(50, 97)),
    )


def show(image: np.ndarray, display: Display, rng: np.random.Generator) -> np.ndarray:
    """The picture (H, W, 3) uint8 RGB as this display shows it; same shape."""
    shown = _bend(image, display.curve, display.fringe)
    if display.bloom:
        shown = _bloom(shown, display.bloom)
    shown = _levels(shown, display)
    if display.noise:
        shown = _add_noise(shown, display.noise, rng)
    if display.resample != 1:
        shown = _resample(shown, display.resample)
    return _compress(shown, display)


def move_points(points: np.ndarray, width: int, height: int, display: Display) -> np.ndarray:
    """Where points (..., 2) of the drawn picture, in pixels, lie on the display."""
    s = _strength(display.curve)
    if not s:
        return points.astype(np.float32)
    half = np.array([width / 2, height / 2])
    drawn = points / half - 1
    seen = drawn.copy()
    for _ in range(6):  # the curve is weak: a fixed point is reached within a thousandth of a pixel
        seen += drawn - _curve(seen, s)
    return ((seen + 1) * half).astype(np.float32)


def _strength(curve: float) -> float:
    return round(curve / CURVE_STEP) * CURVE_STEP


def _curve(t: np.ndarray, s: float) -> np.ndarray:
    k = np.array([1 + 0.07 * s, 1 + 0.10 * s])
    return t * k + (t[..., ::-1] ** 2) * t * (k - 1)


@lru_cache(maxsize=48)
def _maps(width: int, height: int, s: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    t = np.stack([x / (width / 2) - 1, y / (height / 2) - 1], axis=-1)
    drawn = (_curve(t, s) + 1) * np.array([width / 2, height / 2]) - 0.5
    across, down = np.ascontiguousarray(drawn[..., 0], np.float32), np.ascontiguousarray(drawn[..., 1], np.float32)
    # Whole pixels and fractions in separate tables of small integers: OpenCV's fastest form.
    places, fractions = cv2.convertMaps(across, down, cv2.CV_16SC2)
    return np.asarray(places), np.asarray(fractions)


def _bend(image: np.ndarray, curve: float, fringe: float) -> np.ndarray:
    s, shift = _strength(curve), round(fringe)
    height, width = image.shape[:2]
    bent = cv2.remap(image, *_maps(width, height, s), cv2.INTER_LINEAR) if s else image.copy()
    if shift:
        red, blue = bent[..., 0].copy(), bent[..., 2].copy()
        bent[:, shift:, 0] = red[:, :-shift]
        bent[:, :-shift, 2] = blue[:, shift:]
    return bent


def _bloom(image: np.ndarray, share: float) -> np.ndarray:
    height, width = image.shape[:2]
    small = cv2.resize(image, (max(width // 4, 1), max(height // 4, 1)), interpolation=cv2.INTER_AREA)
    glow = cv2.resize(cv2.blur(small, (3, 3)), (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.addWeighted(image, 1.0, glow, share, 0)


def _levels(image: np.ndarray, display: Display) -> np.ndarray:
    if (display.contrast, display.gain, display.gamma) != (1, 1, 1):
        ramp = np.clip(1 - display.contrast * np.linspace(1, 0, 256), 0, 1) ** display.gamma * display.gain * 255
        image = cv2.LUT(image, np.clip(ramp, 0, 255).astype(np.uint8))
    if display.scan:
        rows = np.arange(image.shape[0]) * (2 * np.pi / display.scan_period)
        depth = (256 * display.scan * (1 + np.sin(rows)) / 2).astype(np.uint8)
        plane = np.repeat(depth, image.shape[1] * 3).reshape(image.shape)
        image = cv2.subtract(image, cv2.multiply(image, plane, scale=1 / 256))
    return image


@lru_cache(maxsize=1)
def _noise_tile() -> np.ndarray:
    return np.random.default_rng(7).normal(0, 1, (512, 512, 3)).astype(np.float32)


def _add_noise(image: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    tile = np.roll(_noise_tile(), tuple(rng.integers(0, 512, 2)), axis=(0, 1)) * np.float32(deviation)
    height, width = image.shape[:2]
    whole = np.tile(tile, (height // 512 + 1, width // 512 + 1, 1))[:height, :width]
    return cv2.add(image, np.ascontiguousarray(whole), dtype=cv2.CV_8U)


def _resample(image: np.ndarray, share: float) -> np.ndarray:
    """There and back again: reduced by averaging or enlarged linearly, then the other way."""
    height, width = image.shape[:2]
    other = (max(round(width * share), 1), max(round(height * share), 1))
    there, back = (cv2.INTER_AREA, cv2.INTER_LINEAR) if share < 1 else (cv2.INTER_LINEAR, cv2.INTER_AREA)
    return cv2.resize(cv2.resize(image, other, interpolation=there), (width, height), interpolation=back)


def _compress(image: np.ndarray, display: Display) -> np.ndarray:
    if display.codec == "none":
        return image
    jpeg = display.codec == "jpeg"
    option = cv2.IMWRITE_JPEG_QUALITY if jpeg else cv2.IMWRITE_WEBP_QUALITY
    _, data = cv2.imencode(".jpg" if jpeg else ".webp", image[..., ::-1], [option, display.quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None, "what was just encoded can be decoded"
    return np.ascontiguousarray(decoded[..., ::-1])

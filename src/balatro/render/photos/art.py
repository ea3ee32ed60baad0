"""Painted pictures made by a program: skies, hills, figures, rays, blots. The same dice give the same picture at any size."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

SHIFT = 4
"""Bits of a pixel's fraction when shapes are filled."""

Rng = np.random.Generator
Paint = Callable[[np.ndarray, Rng, np.ndarray], None]
"""Draws on (H, W, 3) float32 with a palette (5, 3)."""


def palette(rng: Rng) -> np.ndarray:
    """(5, 3) float32 RGB from dark to light, of one to three hues."""
    hues = (rng.uniform(0, 180) + rng.normal(0, rng.choice([8, 30, 60]), 5)) % 180
    bright = np.sort(rng.uniform(15, 250, 5))
    rich = np.clip(rng.normal(190 * rng.uniform(0.1, 1) ** 1.3, 40, 5), 0, 255)
    hsv = np.stack([hues, rich, bright], 1)[None].astype(np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0], np.float32)


def clouds(width: int, height: int, rng: Rng, octaves: int = 5, fall: float = 0.6, base: int = 2) -> np.ndarray:
    """(H, W) float32 of about 0..1, smooth noise of several sizes."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cells = base * 2**octave + 1
        small = rng.normal(0, 1, (cells, cells)).astype(np.float32)
        if cells < 4 * max(width, height):
            total += cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(fall**octave)
    return np.clip(total * np.float32(0.22) + 0.5, 0, 1)


def ramp(values: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """(H, W) of 0..1 as colours between those of a palette (N, 3); (H, W, 3) float32."""
    table = cv2.resize(colours[None].astype(np.float32), (256, 1), interpolation=cv2.INTER_LINEAR)[0]
    return np.asarray(table[(values * 255).astype(np.uint8)])


def fill(image: np.ndarray, points: np.ndarray, colour: np.ndarray) -> None:
    """A shape with corners (N, 2) in shares of the picture."""
    size = np.array(image.shape[1::-1], np.float32)
    pixels = np.round(points * size * 2**SHIFT).astype(np.int32)
    cv2.fillPoly(image, [pixels], colour.tolist(), cv2.LINE_AA, SHIFT)


def ellipse(x: float, y: float, wide: float, tall: float, turn: float = 0.0, num: int = 28) -> np.ndarray:
    """(num, 2) points of an ellipse with these half axes."""
    around = np.linspace(0, 2 * np.pi, num, endpoint=False)
    across, down = wide * np.cos(around), tall * np.sin(around)
    return np.stack([x + across * np.cos(turn) - down * np.sin(turn), y + across * np.sin(turn) + down * np.cos(turn)], 1)


def blot(x: float, y: float, size: float, rng: Rng, rough: float = 0.25) -> np.ndarray:
    """(48, 2) points of a closed smooth curve."""
    around = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    radius = np.ones(48)
    for wave in range(2, 7):
        radius += rough / wave * rng.normal() * np.cos(wave * around + rng.uniform(0, 6.3))
    return np.stack([x + size * radius * np.cos(around), y + size * radius * np.sin(around)], 1)


def _sky(image: np.ndarray, rng: Rng, colours: np.ndarray) -> None:
    height, width = image.shape[:2]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    mix = np.clip(down * rng.uniform(0.3, 1) + clouds(width, height, rng) * rng.uniform(0.2, 0.9), 0, 1)
    image[:] = ramp(mix, colours[::-1] if rng.random() < 0.5 else colours)


def _hills(image: np.ndarray, rng: Rng, colours: np.ndarray) -> None:
    for level in np.sort(rng.uniform(0.35, 0.95, int(rng.integers(1, 5)))):
        xs = np.linspace(0, 1, 24)
        line = level + np.cumsum(rng.normal(0, rng.choice([0.01, 0.03, 0.05]), 24))
        points = np.stack([np.r_[xs, 1, 0], np.r_[line, 1.1, 1.1]], 1)
        fill(image, points, colours[int(rng.integers(5))] * rng.uniform(0.6, 1.1))


def _rays(image: np.ndarray, rng: Rng, colours: np.ndarray) -> None:
    x, y, num = rng.uniform(0.2, 0.8), rng.uniform(0.1, 0.8), int(rng.integers(6, 24))
    turns = np.linspace(0, 2 * np.pi, 2 * num + 1)
    for i in range(num):
        ends = np.stack([x + 2 * np.cos(turns[2 * i : 2 * i + 2]), y + 2 * np.sin(turns[2 * i : 2 * i + 2])], 1)
        fill(image, np.vstack([[[x, y]], ends]), colours[2 + i % 2])
    fill(image, ellipse(x, y, 0.12, 0.1), colours[4])


def _blots(image: np.ndarray, rng: Rng, colours: np.ndarray) -> None:
    for _ in range(int(rng.integers(3, 14))):
        x, y = rng.uniform(0, 1, 2)
        size = rng.uniform(0.03, 0.25)
        fill(image, blot(x, y, size, rng), colours[int(rng.integers(5))])


def _figure(image: np.ndarray, rng: Rng, colours: np.ndarray) -> None:
    """A body with a head, arms and perhaps wings, from ellipses and blots."""
    x, y, size = rng.uniform(0.35, 0.65), rng.uniform(0.45, 0.65), rng.uniform(0.5, 1.1)
    ink = colours[rng.permutation(5)]
    if rng.random() < 0.4:
        for side in (-1, 1):
            fill(image, blot(x + side * 0.25 * size, y - 0.08 * size, 0.2 * size, rng, 0.5), ink[3])
    fill(image, ellipse(x, y + 0.2 * size, 0.17 * size, 0.33 * size), ink[0])
    for side in (-1, 1):
        fill(
            image, ellipse(x + side * 0.19 * size, y + 0.1 * size, 0.05 * size, 0.2 * size, side * rng.uniform(-1, 0.5)), ink[1]
        )
    fill(image, ellipse(x, y - 0.2 * size, 0.1 * size, 0.12 * size), ink[2])
    if rng.random() < 0.6:
        fill(image, blot(x, y - 0.29 * size, 0.1 * size, rng, 0.4), ink[3])
    for side in (-1, 1):
        fill(image, ellipse(x + side * 0.04 * size, y - 0.21 * size, 0.016 * size, 0.014 * size), colours[0] * 0.4)


def _creature(image: np.ndarray, rng: Rng, colours: np.ndarray) -> None:
    x, y, size = rng.uniform(0.35, 0.65), rng.uniform(0.4, 0.65), rng.uniform(0.18, 0.38)
    ink = colours[rng.permutation(5)]
    for _ in range(int(rng.integers(2, 6))):
        turn = rng.uniform(0, 6.3)
        far = size * rng.uniform(0.7, 1.2)
        limb = ellipse(x + far * np.cos(turn), y + far * np.sin(turn), size * 0.5, size * 0.17, turn)
        fill(image, limb, ink[1])
    fill(image, blot(x, y, size, rng, 0.3), ink[0])
    fill(image, blot(x, y + size * 0.2, size * 0.6, rng, 0.2), ink[2])
    for side in (-1, 1):
        fill(image, ellipse(x + side * size * 0.3, y - size * 0.25, size * 0.14, size * 0.14), np.full(3, 245.0))
        fill(image, ellipse(x + side * size * 0.3, y - size * 0.25, size * 0.06, size * 0.09), np.full(3, 15.0))


def _sprigs(image: np.ndarray, rng: Rng, colours: np.ndarray) -> None:
    """Signs repeated in rows or rings: pips, coins, leaves."""
    num, size, turn = int(rng.integers(1, 11)), rng.uniform(0.04, 0.1), rng.uniform(0, 6.3)
    sign = blot(0, 0, size, rng, 0.5)
    ink = colours[int(rng.integers(5))]
    ring = rng.random() < 0.4
    for i in range(num):
        x, y = 0.5 + 0.3 * np.cos(turn + 6.28 * i / num), 0.5 + 0.3 * np.sin(turn + 6.28 * i / num)
        if not ring:
            columns = 1 if num < 4 else 2
            x = 0.5 if columns == 1 else (0.3, 0.7)[i % 2]
            y = (i // columns + 1) / (-(-num // columns) + 1)
        fill(image, sign + np.array((x, y)), ink)


SUBJECTS: tuple[Paint, ...] = (_hills, _rays, _blots, _figure, _creature, _sprigs)
_OFTEN = (0.3, 0.2, 0.25, 0.45, 0.35, 0.2)


def paint(width: int, height: int, rng: Rng) -> np.ndarray:
    """(H, W, 3) float32 RGB of 0..255: a painted picture."""
    image = np.zeros((height, width, 3), np.float32)
    colours = palette(rng)
    _sky(image, rng, colours)
    for subject, often in zip(SUBJECTS, _OFTEN, strict=True):
        if rng.random() < often:
            subject(image, rng, colours if rng.random() < 0.5 else palette(rng))
    light = clouds(width, height, rng, 7, 0.85, 4) - 0.5
    image *= 1 + light[..., None] * np.float32(rng.uniform(0.1, 0.9))
    return np.clip(image, 0, 255)

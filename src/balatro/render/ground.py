"""The swirling ground under a screen of the game."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from balatro.render.interface import Canvas


@dataclass(frozen=True, eq=False)
class Ground:
    """A swirl of three colours, (3, 3) float32 RGB; `time` moves it as the game's table moves."""

    colours: np.ndarray
    turn: float
    fall: float
    size: float
    shift: tuple[float, float]
    time: float
    rounds: int
    contrast: float


def random_ground(colours: np.ndarray, rng: np.random.Generator) -> Ground:
    """A swirl of these colours, at any moment."""
    turn, fall, size = rng.uniform(-4, 4), rng.uniform(0.5, 3), rng.uniform(4, 14)
    shift = (rng.uniform(0, 50), rng.uniform(0, 50))
    return Ground(colours, turn, fall, size, shift, rng.uniform(0, 60), int(rng.integers(2, 5)), rng.uniform(1, 4))


def paint_ground(ground: Ground, width: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8 RGB; painted small and enlarged."""
    small_w, small_h = 240, max(round(240 * height / width), 8)
    x, y = np.meshgrid(np.linspace(-1, 1, small_w, dtype=np.float32), np.linspace(-0.6, 0.6, small_h, dtype=np.float32))
    turn = np.float32(ground.turn) * np.exp(-np.hypot(x, y) * np.float32(ground.fall))
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    size, time = np.float32(ground.size), np.float32(ground.time)
    x, y = x * size + np.float32(ground.shift[0]), y * size + np.float32(ground.shift[1])
    for _ in range(ground.rounds):
        sx = x + np.sin(y + np.float32(0.7) * time)
        y = y + np.cos(sx * np.float32(0.9) - time)
        x = sx + np.float32(0.5) * np.cos(y)
    paint = np.sin(x + y) * np.float32(0.5) + np.float32(0.5)
    contrast, colours = np.float32(ground.contrast), ground.colours
    one = np.clip((paint - 0.5) * contrast + 0.5, 0, 1)[..., None]
    two = np.clip((np.sin(x * np.float32(1.7) - y) - np.float32(0.4)) * contrast, 0, 1)[..., None]
    mixed = (colours[0] * one + colours[1] * (1 - one)) * (1 - two) + colours[2] * two
    return cv2.resize(mixed.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)


def draw_ground(canvas: Canvas, colours: np.ndarray, rng: np.random.Generator) -> None:
    """A swirl of three colours, (3, 3) float32 RGB, over the whole picture."""
    canvas.image[:] = paint_ground(random_ground(colours, rng), canvas.image.shape[1], canvas.image.shape[0])


def random_ground_colours(rng: np.random.Generator) -> np.ndarray:
    """Mostly near relatives, as the game's tables are; sometimes any three colours."""
    base = rng.uniform(20, 160, 3)
    if rng.random() < 0.35:
        base = np.array([[55, 110, 85], [40, 60, 70], [170, 60, 50], [30, 70, 170], [60, 40, 90]])[
            rng.integers(5)
        ] + rng.normal(0, 12, 3)
    spread = rng.uniform(5, 60) if rng.random() < 0.8 else 120
    return np.clip(base + rng.normal(0, 1, (3, 1)) * spread + rng.normal(0, 12, (3, 3)), 0, 255).astype(np.float32)

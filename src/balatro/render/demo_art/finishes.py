"""What wear, light and print do to a whole card."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from balatro.render.demo_art.canvas import BAYER, CHECKER, X, Y
from balatro.render.demo_art.patterns import rough
from balatro.render.demo_art.traits import Dice

Finish = Callable[[np.ndarray, Dice], np.ndarray]


def _glare(field: np.ndarray, dice: Dice) -> np.ndarray:
    slant, at = X + Y * dice.uniform(0.4, 1.2), dice.uniform(10, 110)
    light = ((slant > at) & (slant < at + dice.uniform(6, 22))) | ((slant > at + 28) & (slant < at + 32))
    return field + (255 - field) * (light[..., None] * dice.uniform(0.15, 0.4))


def _fade(field: np.ndarray, dice: Dice) -> np.ndarray:
    tint = np.array([dice.uniform(60, 255) for _ in range(3)])
    along = (Y / 94 if dice.chance(0.6) else 1 - Y / 94) * dice.uniform(0.3, 0.7)
    steps = np.floor(along * 6 + BAYER) / 6
    return field + (tint - field) * steps[..., None]


def _speckle(field: np.ndarray, dice: Dice) -> np.ndarray:
    grain = dice.noise(95, 71)
    return np.where((grain < dice.uniform(0.01, 0.08))[..., None], field * 0.72 + dice.uniform(0, 60), field)


def _scan(field: np.ndarray, dice: Dice) -> np.ndarray:
    lines = (Y if dice.chance(0.7) else X) % dice.between(2, 4) < 1
    return field * np.where(lines, dice.uniform(0.7, 0.9), 1.0)[..., None]


def _stain(field: np.ndarray, dice: Dice) -> np.ndarray:
    spot = rough(dice, 4, 3) + (BAYER - 0.5) * 0.1 > dice.uniform(0.54, 0.62)
    tone = np.array([dice.uniform(0.7, 0.95), dice.uniform(0.65, 0.85), dice.uniform(0.5, 0.9)])
    return np.where(spot[..., None], field * tone, field)


def _vignette(field: np.ndarray, dice: Dice) -> np.ndarray:
    distance = np.sqrt(((X - 35) / 44) ** 2 + ((Y - 47) / 58) ** 2)
    return field * np.where(distance + (BAYER - 0.5) * 0.25 > 0.86, dice.uniform(0.6, 0.85), 1.0)[..., None]


def _wash(field: np.ndarray, dice: Dice) -> np.ndarray:
    grey = field.mean(axis=-1, keepdims=True)
    tint = np.array([dice.uniform(0.85, 1.1) for _ in range(3)])
    return (grey + (field - grey) * dice.uniform(0.1, 0.7)) * tint


def _halftone(field: np.ndarray, dice: Dice) -> np.ndarray:
    return np.where((CHECKER & (field.mean(axis=-1) < dice.uniform(90, 200)))[..., None], field * 0.8, field)


def _pale(field: np.ndarray, dice: Dice) -> np.ndarray:
    tint = np.array(((255, 255, 255), (238, 236, 255), (255, 240, 246), (240, 250, 255))[dice.below(4)])
    return field + (tint - field) * dice.uniform(0.3, 0.65)


FINISHES: dict[str, Finish] = {
    "glare": _glare, "fade": _fade, "speckle": _speckle, "scan": _scan, "stain": _stain, "vignette": _vignette, "wash": _wash,
    "halftone": _halftone, "pale": _pale,
}  # fmt: skip


def finished(body: np.ndarray, name: str, dice: Dice) -> np.ndarray:
    """The body (95, 71, 4) uint8 RGBA with one finish; alpha stays as it is."""
    colours = FINISHES[name](body[..., :3].astype(np.float64), dice)
    out = body.copy()
    out[..., :3] = np.clip(np.floor(np.round(colours, 3) + 0.5), 0, 255).astype(np.uint8)
    out[body[..., 3] == 0] = 0
    return out

"""Hands that hold cards: fingers of any skin over the cards' edges, out of rounded pieces with nails, folds and shade."""

from __future__ import annotations

import cv2
import numpy as np

Rng = np.random.Generator
SKINS = ((255, 219, 190), (241, 194, 160), (224, 172, 125), (190, 130, 90), (141, 85, 50), (90, 56, 38))


def skin(rng: Rng) -> np.ndarray:
    """(3,) float RGB."""
    one, other = (np.array(SKINS[i], float) for i in rng.integers(0, len(SKINS), 2))
    return np.asarray(
        np.clip((one + (other - one) * rng.uniform(0, 0.5)) * rng.uniform(0.85, 1.05) + rng.normal(0, 5, 3), 0, 255)
    )


def draw_finger(
    image: np.ndarray, owner: np.ndarray, tip: np.ndarray, way: np.ndarray, wide: float, colour: np.ndarray, rng: Rng
) -> None:
    """A finger with its tip at this place that comes from `way` (a unit vector away from the card), as wide as this in pixels.

    image is (H, W, 3) float32; owner (H, W) int16 becomes -1 under it.
    """
    reach = wide * float(rng.uniform(3, 7))
    bend = np.array([-way[1], way[0]]) * float(rng.normal(0, 0.25)) * reach
    steps = np.linspace(0, 1, 36)[:, None]
    spine = tip + way * reach * steps + bend * steps**2
    radii = wide / 2 * (0.82 + 0.3 * np.sqrt(steps[:, 0]) + 0.03 * np.sin(steps[:, 0] * 9))
    low = np.floor(spine.min(0) - wide * 1.2).astype(int)
    high = np.ceil(spine.max(0) + wide * 1.2).astype(int)
    left, top = np.maximum(low, 0)
    right, bottom = np.minimum(high, image.shape[1::-1])
    if right - left < 2 or bottom - top < 2:
        return
    height = _relief(spine - (left, top), radii, (bottom - top, right - left))
    nail = _nail(height, spine - (left, top), way, wide, rng) if rng.random() < 0.75 else None
    part, shown = image[top:bottom, left:right], owner[top:bottom, left:right]
    _shade(part, height, wide, colour, nail, rng)
    shown[height > 0] = -1


def _relief(spine: np.ndarray, radii: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(h, w) float32: how high the finger stands there, 0 beside it."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    height = np.zeros(shape, np.float32)
    for (px, py), radius in zip(spine, radii, strict=True):
        square = np.float32(radius**2) - (x - np.float32(px)) ** 2 - (y - np.float32(py)) ** 2
        np.maximum(height, square, out=height)
    return np.sqrt(height)


def _nail(height: np.ndarray, spine: np.ndarray, way: np.ndarray, wide: float, rng: Rng) -> np.ndarray:
    mask = np.zeros(height.shape, np.float32)
    x, y = spine[0] + way * wide * 0.08
    turn = float(np.degrees(np.arctan2(way[1], way[0])))
    cv2.ellipse(
        mask, (round(x), round(y)), (max(round(wide * 0.36), 1), max(round(wide * 0.27), 1)), turn, 0, 360, 1, -1, cv2.LINE_AA
    )
    return mask * (height > 0)


def _shade(part: np.ndarray, height: np.ndarray, wide: float, colour: np.ndarray, nail: np.ndarray | None, rng: Rng) -> None:
    """Lay the finger on a part of the picture: round, lit from one side, with a shadow beside it."""
    cover = (height > 0).astype(np.float32)
    shadow = cv2.GaussianBlur(cover, (0, 0), max(wide * 0.14, 0.8))
    part *= (1 - shadow * np.float32(rng.uniform(0.2, 0.6)))[..., None]
    dy, dx = np.gradient(cv2.GaussianBlur(height, (0, 0), max(wide * 0.07, 0.6)))
    light = 0.78 + 0.3 * height / max(wide / 2, 1) - 0.16 * np.clip(dx * rng.uniform(-1, 1) + dy * rng.uniform(0, 1), -1.5, 1.5)
    mottled = cv2.resize(rng.normal(1, 0.05, (9, 9, 3)).astype(np.float32), height.shape[::-1], interpolation=cv2.INTER_LINEAR)
    flesh = colour.astype(np.float32) * mottled * light[..., None].astype(np.float32)
    if nail is not None:
        flesh += nail[..., None] * np.array([14, 8, 12], np.float32) * np.float32(rng.uniform(0.5, 2))
    alpha = cv2.GaussianBlur(cover, (0, 0), 0.7)[..., None]
    part += (np.clip(flesh, 0, 255) - part) * alpha


def hold(image: np.ndarray, owner: np.ndarray, quad: np.ndarray, rng: Rng) -> None:
    """A hand that holds a card (4, 2) by its sides or a corner: thumb and fingers over its edges."""
    colour = skin(rng)
    middle = quad.mean(0)
    side = int(rng.integers(4))
    one, other = quad[side], quad[(side + 1) % 4]
    short = min(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[1]))
    wide = float(short * rng.uniform(0.2, 0.42))
    for number in range(int(rng.choice([1, 2, 3, 4], p=[0.4, 0.25, 0.2, 0.15]))):
        where = one + (other - one) * float(
            np.clip(rng.uniform(0, 1) if number == 0 else 0.2 + 0.24 * number + rng.normal(0, 0.04), 0, 1)
        )
        away = where - middle
        away = away / max(float(np.linalg.norm(away)), 1e-3)
        outward = np.array([other[1] - one[1], one[0] - other[0]])
        outward = outward / max(float(np.linalg.norm(outward)), 1e-3)
        way = away * rng.uniform(0, 0.5) + outward + rng.normal(0, 0.3, 2)
        way /= max(float(np.linalg.norm(way)), 1e-3)
        inside = float(rng.uniform(0.1, 1.2)) * wide
        draw_finger(image, owner, where - outward * inside, way, wide * float(rng.uniform(0.85, 1.1)), colour, rng)

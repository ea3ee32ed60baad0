"""What a camera or a screen makes of a picture of a card: other light, other sharpness, corners a little off."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from balatro.utils.images import rectify

SHARPEST = 256
"""Pixels of a card's height from which on it shows nothing more to an encoder that takes 128."""
ROOM = 0.12
"""Ground around a card, as a share of its size."""


@dataclass(frozen=True)
class Changes:
    """How far views may be from their picture; spreads are standard deviations."""

    light: float = 0.35
    """Of the logarithm of the brightness: half as bright is two such steps."""
    colour: float = 0.15
    """Of the logarithm of each channel: what the light's colour changes."""
    haze: float = 30.0
    """Grey levels that a sleeve or the air adds, at most, in every third view."""
    blur: float = 0.025
    """Radius as a share of the card's width, at most, in every third view."""
    glare: float = 200.0
    """Grey levels that a lamp adds at one place, at most, in every fourth view."""
    noise: float = 3.0
    """Grey levels."""
    corners: float = 0.012
    """Of each corner, as a share of the card's width."""
    smallest: int = 130
    """Pixels of a card's height, at least."""


USUAL = Changes()
HARD = Changes(light=0.45, colour=0.2, haze=45.0, blur=0.03, noise=5.0, corners=0.015, smallest=90)
"""For probes: what a gallery is measured on is somewhat worse than what it was made of."""


def draw_changed(
    picture: np.ndarray, count: int, rng: np.random.Generator, size: tuple[int, int], margin: float, changes: Changes = USUAL
) -> np.ndarray:
    """(count, h, w, 3) uint8 RGB views of an (H, W, 3) uint8 RGB picture that one card fills, cut out as `rectify` does."""
    views = [_draw(picture, rng, size, margin, changes) for _ in range(count)]
    return np.stack(views)


def plain_view(picture: np.ndarray, size: tuple[int, int], margin: float) -> np.ndarray:
    """(h, w, 3) uint8 RGB: the picture as it is, on black."""
    ground, quad = _on_ground(_reduced(picture, SHARPEST), (0.0, 0.0, 0.0))
    return rectify(ground, quad[None], size, margin)[0]


def _draw(picture: np.ndarray, rng: np.random.Generator, size: tuple[int, int], margin: float, changes: Changes) -> np.ndarray:
    small = _reduced(picture, int(rng.integers(changes.smallest, SHARPEST)))
    ground, quad = _on_ground(small, tuple(rng.uniform(0, 200, 3)))
    width = small.shape[1]
    if rng.random() < 1 / 3:
        ground = cv2.GaussianBlur(ground, (0, 0), max(0.3, changes.blur * rng.random() * width))
    quad = quad + rng.normal(0, changes.corners, (4, 2)) * width
    card = rectify(ground, quad[None].astype(np.float32), size, margin)[0].astype(np.float32)
    gain = np.exp(rng.normal(0, changes.light) + rng.normal(0, changes.colour, 3))
    haze = rng.uniform(0, changes.haze) if rng.random() < 1 / 3 else 0.0
    if rng.random() < 1 / 4:
        card = card + _glare(rng, size, changes.glare)
    card = card * gain + haze + rng.normal(0, changes.noise, card.shape)
    result: np.ndarray = card.clip(0, 255).astype(np.uint8)
    return result


def _glare(rng: np.random.Generator, size: tuple[int, int], strength: float) -> np.ndarray:
    """(h, w, 1) float: a soft spot of light somewhere on a card of this (w, h)."""
    width, height = size
    y, x = np.mgrid[:height, :width]
    far = (y - rng.uniform(0, height)) ** 2 + (x - rng.uniform(0, width)) ** 2
    spot: np.ndarray = rng.uniform(0.3, 1.0) * strength * np.exp(-far / (2 * (rng.uniform(0.08, 0.2) * height) ** 2))
    return spot[..., None]


def _reduced(picture: np.ndarray, height: int) -> np.ndarray:
    """The picture at this height, unless it is smaller."""
    if picture.shape[0] <= height:
        return picture
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _on_ground(picture: np.ndarray, colour: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The picture with ground around it, and its (4, 2) float32 quad there."""
    height, width = picture.shape[:2]
    room = max(2, round(ROOM * width))
    ground = cv2.copyMakeBorder(picture, room, room, room, room, cv2.BORDER_CONSTANT, value=colour)
    corners = [(room, room), (room + width, room), (room + width, room + height), (room, room + height)]
    return ground, np.array(corners, np.float32)

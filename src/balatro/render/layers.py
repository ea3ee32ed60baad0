"""One card as the game draws it: body with edition, stickers, debuff, floating figure, shadow; laid in perspective."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from balatro.render.deck import CELL, DeckCard, bounds, to_scale
from balatro.render.editions import draw_debuff

FLOAT_PAD = 0.14
"""Room around a cell, as a share of its width and height, for floating figures that reach over the edge."""


@dataclass(frozen=True)
class Pose:
    """Where and how a card lies: centre of its cell and width of a regular cell in pixels, rotation in radians
    (clockwise), enlargement, and tilt: how much further away the right and lower edges are (0 flat, about 0.1 strong)."""

    x: float
    y: float
    width: float
    rotation: float = 0.0
    enlarged: float = 1.0
    tilt: tuple[float, float] = (0.0, 0.0)


def cell_corners(card: DeckCard, pose: Pose) -> np.ndarray:
    """The corners of the card's whole cell on the picture, (4, 2) float32: top left, top right, bottom right, bottom left."""
    width = pose.width * card.scale * pose.enlarged
    height = width * CELL[1] / CELL[0]
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    # What is centred is the card's drawn part, not its cell: a short card's cell reaches farther down.
    drawn = bounds(card)
    corners[:, 1] -= (drawn[1] + drawn[3] - 1) / 2
    depth = 1 + corners @ np.array(pose.tilt)
    flat = corners * (width, height) / depth[:, None]
    cos, sin = np.cos(pose.rotation), np.sin(pose.rotation)
    turned = flat @ np.array([(cos, sin), (-sin, cos)])
    return (turned + np.array([pose.x, pose.y])).astype(np.float32)


def cell_to_picture(card: DeckCard, pose: Pose) -> np.ndarray:
    """The 3x3 perspective that takes the unit cell to the picture."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    return cv2.getPerspectiveTransform(unit, cell_corners(card, pose))


def drawn_quad(card: DeckCard, pose: Pose) -> np.ndarray:
    """The corners of the card's drawn part on the picture, (4, 2) float32 in pixels."""
    left, top, right, bottom = bounds(card)
    corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)
    return cv2.perspectiveTransform(corners, cell_to_picture(card, pose))[0]


@dataclass(frozen=True)
class Float:
    """How the floating layer hovers: shift in cells, rotation in radians, enlargement, and the share of it that shows."""

    shift: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    enlarged: float = 1.07
    shown: float = 1.0


def random_float(rng: np.random.Generator) -> Float:
    """A moment of the bobbing: scale 1.05 plus sines of 0.05 and 0.07, rotation of sines of 0.1 and 0.07."""
    a, b, c, d = np.sin(rng.uniform(0, 2 * np.pi, 4))
    return Float(
        shift=(float(rng.normal(0, 0.012)), float(rng.normal(-0.01, 0.02))),
        rotation=float(0.1 * a * 0.5 + 0.07 * b * 0.5),
        enlarged=float(1.05 + 0.03 * c + 0.03 * d),
        shown=float(rng.uniform(0.75, 1.0)) if rng.random() < 0.3 else 1.0,
    )


def stack_layers(
    body: np.ndarray, stickers: list[np.ndarray], floating: np.ndarray | None, hover: Float, debuffed: bool
) -> np.ndarray:
    """All layers of a card as one premultiplied RGBA picture.

    body: (H, W, 4) uint8 straight alpha with its edition drawn. Returns (H, W, 4) float32, colours 0..255 times alpha,
    alpha 0..1; with FLOAT_PAD more on each side when there is a floating layer.
    """
    height, width = body.shape[:2]
    pad = FLOAT_PAD if floating is not None else 0.0
    pad_y, pad_x = round(pad * height), round(pad * width)
    whole = np.zeros((height + 2 * pad_y, width + 2 * pad_x, 4), np.float32)
    cell = whole[pad_y : pad_y + height, pad_x : pad_x + width]
    cell[:] = _premultiply(body)
    for sticker in stickers:
        _over(cell, _premultiply(to_scale(sticker, width // CELL[0])))
    if floating is not None:
        figure = to_scale(floating, width // CELL[0])
        _over(whole, _hovering(_premultiply(figure), whole.shape, (pad_x, pad_y), hover))
    if debuffed:
        _debuff(cell, body)
    return whole


def _premultiply(rgba: np.ndarray) -> np.ndarray:
    out = rgba.astype(np.float32)
    out[..., 3] *= np.float32(1 / 255)
    out[..., :3] *= out[..., 3:]
    return out


def _over(under: np.ndarray, top: np.ndarray) -> None:
    under *= 1 - top[..., 3:]
    under += top


def _hovering(figure: np.ndarray, shape: tuple[int, ...], pad: tuple[int, int], hover: Float) -> np.ndarray:
    """The floating layer with its own soft shadow, on a picture of the padded size."""
    height, width = figure.shape[:2]
    middle = (width / 2, height / 2)
    turn = cv2.getRotationMatrix2D(middle, -np.degrees(hover.rotation), hover.enlarged)
    turn[:, 2] += (pad[0] + hover.shift[0] * width, pad[1] + hover.shift[1] * height)
    size = (shape[1], shape[0])
    moved = cv2.warpAffine(figure, turn, size, flags=cv2.INTER_LINEAR) * np.float32(hover.shown)
    turn[:, 2] += (0.02 * width, 0.05 * height)
    shadow = np.zeros_like(moved)
    shadow[..., 3] = cv2.warpAffine(figure[..., 3], turn, size, flags=cv2.INTER_LINEAR) * np.float32(0.3)
    shadow[..., 3] *= 1 - moved[..., 3]
    return moved + shadow


def _debuff(cell: np.ndarray, body: np.ndarray) -> None:
    """Lay the debuff pass of this body, (H, W, 4) uint8, over the cell."""
    top, alpha = draw_debuff(body[..., :3].astype(np.float32) * np.float32(1 / 255))
    alpha = (alpha * body[..., 3] * np.float32(1 / 255))[..., None]
    _over(cell, np.concatenate([top * np.float32(255) * alpha, alpha], axis=2))


def lay(image: np.ndarray, card: DeckCard, layers: np.ndarray, pose: Pose, shadow: tuple[float, float], smooth: bool) -> None:
    """Draw stacked layers on a picture (H, W, 3) uint8 in place, over a shadow that falls by `shadow` pixels.

    smooth: reduce the sprite by averaging before it is sampled, as mipmaps do; else sample it as it is.
    """
    pad = FLOAT_PAD if card.floating is not None else 0.0
    pixels = layers.shape[1] / (1 + 2 * pad)
    shown = pose.width * card.scale * pose.enlarged
    if smooth and shown < 0.85 * pixels:
        factor = shown / pixels
        size = (max(round(layers.shape[1] * factor), 2), max(round(layers.shape[0] * factor), 2))
        layers = cv2.resize(layers, size, interpolation=cv2.INTER_AREA)
    turn = cell_to_picture(card, pose) @ _layers_to_cell(layers.shape, pad)
    height, width = layers.shape[:2]
    outline = np.array([[(-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)]], np.float32)
    corners = cv2.perspectiveTransform(outline, turn)[0]
    reach = np.abs(shadow).max() + 2
    left, top = np.maximum(np.floor(corners.min(0) - reach), 0).astype(int)
    right, bottom = np.minimum(np.ceil(corners.max(0) + reach), (image.shape[1], image.shape[0])).astype(int)
    if left >= right or top >= bottom:
        return
    # Pixel centres: picture pixel i covers [i, i + 1), OpenCV samples at whole numbers.
    shift = np.array([(1, 0, -left - 0.5), (0, 1, -top - 0.5), (0, 0, 1)])
    drawn = cv2.warpPerspective(layers, shift @ turn, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    under = 1 - drawn[..., 3]
    if shadow != (0.0, 0.0):
        fall = cv2.warpAffine(drawn[..., 3], np.array([(1, 0, shadow[0]), (0, 1, shadow[1])], np.float32), drawn.shape[1::-1])
        under = under * (1 - np.float32(0.3) * fall)
    part = image[top:bottom, left:right]
    lit = cv2.multiply(part, cv2.merge((under, under, under)), dtype=cv2.CV_32F)
    cv2.add(lit, drawn[..., :3], dst=lit)
    part[:] = cv2.convertScaleAbs(lit)


def _layers_to_cell(shape: tuple[int, ...], pad: float) -> np.ndarray:
    """From pixel centres of a padded picture to the unit cell."""
    height, width = shape[:2]
    across, down = (1 + 2 * pad) / width, (1 + 2 * pad) / height
    return np.array([(across, 0, 0.5 * across - pad), (0, down, 0.5 * down - pad), (0, 0, 1)])

"""Laying things on a photograph: cards with soft shadows, in sleeves and cases, under streaks of light; and small things."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from balatro.render.photos.art import blot, paint, palette

Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Photo:
    """A photograph being made: image (H, W, 3) float32 RGB of 0..255; owner (H, W) int16: which card shows there (-1: none)."""

    image: np.ndarray
    owner: np.ndarray


@dataclass(frozen=True)
class Sleeve:
    """What a card is in. wide: how far it stands out, as a share of the card's width."""

    wide: float
    colour: tuple[float, float, float]
    opaque: float
    """How much of what is under its rim it hides."""
    veil: float
    """How much lighter the card is under it."""


def random_sleeve(rng: Rng) -> Sleeve:
    """A clear sleeve, one with a coloured back, or a hard case."""
    kind = rng.random()
    tone = rng.uniform(0, 255, 3) if kind < 0.5 else rng.uniform(170, 250, 3)
    wide = float(rng.uniform(0.015, 0.05) if kind < 0.8 else rng.uniform(0.06, 0.16))
    opaque = float(rng.uniform(0.7, 1.0) if kind < 0.5 else rng.uniform(0.1, 0.4))
    return Sleeve(wide, (float(tone[0]), float(tone[1]), float(tone[2])), opaque, float(rng.uniform(0, 0.16)))


def grown(quad: np.ndarray, share: float) -> np.ndarray:
    """The quad (4, 2) with every side moved out by this share of the first side's length."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    across, down = float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0]))
    turn = cv2.getPerspectiveTransform(square, quad.astype(np.float32))
    out = np.array([share, share * across / max(down, 1e-3)], np.float32)
    larger = square * (1 + 2 * out) - out
    return np.asarray(cv2.perspectiveTransform(larger[None].astype(np.float32), turn)[0])


def window(photo: Photo, quad: np.ndarray, margin: float) -> tuple[slice, slice] | None:
    """The part of the picture around a quad; None outside."""
    height, width = photo.owner.shape
    left, top = np.maximum(np.floor(quad.min(0) - margin), 0).astype(int)
    right, bottom = np.minimum(np.ceil(quad.max(0) + margin), (width, height)).astype(int)
    return (slice(top, bottom), slice(left, right)) if right - left > 2 and bottom - top > 2 else None


def mask_of(quad: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(h, w) float32: 1 in a shape's corners (N, 2), with smooth edges."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round((quad - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) * np.float32(1 / 255)


def shadow(photo: Photo, quad: np.ndarray, away: np.ndarray, soft: float, depth: float) -> None:
    """Darken the ground beside a thing: its shape moved by `away` pixels, `soft` pixels blurred."""
    part = window(photo, quad + away, 3 * soft)
    if part is None:
        return
    corner = (part[1].start, part[0].start)
    shape = (part[0].stop - part[0].start, part[1].stop - part[1].start)
    times = max(int(soft / 2), 1)  # soft edges need few pixels
    small = mask_of((quad + away - corner) / times, (shape[0] // times + 1, shape[1] // times + 1))
    small = cv2.GaussianBlur(small, (0, 0), max(soft / times, 0.5))
    mask = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR) if times > 1 else small[: shape[0], : shape[1]]
    photo.image[part] *= (1 - np.float32(depth) * mask)[..., None]


def lay_card(photo: Photo, card: np.ndarray, quad: np.ndarray, number: int) -> None:
    """A card (h, w, 4) uint8 RGBA into the quad (4, 2), and its number into the owner map."""
    part = window(photo, quad, 2)
    if part is None:
        return
    high = float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    times = len(card) / max(high, 4.0)
    if times > 1.5:
        card = cv2.resize(card, None, fx=1.2 / times, fy=1.2 / times, interpolation=cv2.INTER_AREA)
    height, width = card.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
    corner = np.array((part[1].start, part[0].start), np.float32)
    turn = cv2.getPerspectiveTransform(corners, (quad - corner).astype(np.float32) - np.float32(0.5))
    size = (part[1].stop - part[1].start, part[0].stop - part[0].start)
    alpha = card[..., 3:].astype(np.float32) / 255
    flat = np.dstack([card[..., :3] * alpha, alpha])
    laid = cv2.warpPerspective(flat, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    photo.image[part] *= 1 - laid[..., 3:]
    photo.image[part] += laid[..., :3]
    cv2.fillConvexPoly(photo.owner, np.round(quad).astype(np.int32), number)


def lay_sleeve(photo: Photo, quad: np.ndarray, sleeve: Sleeve, rng: Rng) -> None:
    """The rim of a sleeve under a card that is laid next."""
    outer = grown(quad, sleeve.wide)
    part = window(photo, outer, 2)
    if part is None:
        return
    shape = (part[0].stop - part[0].start, part[1].stop - part[1].start)
    mask = mask_of(outer - (part[1].start, part[0].start), shape)[..., None] * np.float32(sleeve.opaque)
    photo.image[part] += (np.array(sleeve.colour, np.float32) - photo.image[part]) * mask
    cv2.fillConvexPoly(photo.owner, np.round(outer).astype(np.int32), -1)
    light = float(rng.uniform(-60, 90))
    line = np.round(outer * 16).astype(np.int32)
    over = photo.image[part].copy()
    cv2.polylines(over, [line - np.array((part[1].start, part[0].start)) * 16], True, [128 + light] * 3, 1, cv2.LINE_AA, 4)
    photo.image[part] += (over - photo.image[part]) * np.float32(0.6)


def lay_sheen(photo: Photo, quad: np.ndarray, veil: float, rng: Rng) -> None:
    """Light mirrored in a card or its sleeve: a veil over all of it, and streaks or a bright corner."""
    part = window(photo, quad, 2)
    if part is None:
        return
    height, width = part[0].stop - part[0].start, part[1].stop - part[1].start
    mask = mask_of(quad - (part[1].start, part[0].start), (height, width))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = rng.uniform(0, 3.14)
    along = (x * np.cos(turn) + y * np.sin(turn)) / max(height, width)
    glow = np.full((height, width), np.float32(veil))
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.3, 0.4, 0.2, 0.1]))):
        middle, wide = float(rng.uniform(-0.5, 1.2)), float(np.exp(rng.uniform(np.log(0.01), np.log(0.3))))
        glow += np.float32(rng.uniform(0.05, 0.85)) * np.exp(-(((along - middle) / wide) ** 2))
    glow = np.clip(glow, 0, 0.97) * mask
    photo.image[part] += (np.float32(rng.uniform(215, 262)) - photo.image[part]) * glow[..., None]


def lay_paper(photo: Photo, quad: np.ndarray, rng: Rng) -> None:
    """A thing with four corners that is no card: paper, a book, a telephone, a box, a note."""
    part = window(photo, quad, 2)
    if part is None:
        return
    kind = rng.random()
    texture = np.empty((160, 120, 3), np.float32)
    texture[:] = palette(rng)[int(rng.integers(5))] if kind < 0.5 else rng.uniform(5, 250)
    if kind > 0.75:
        texture[:] = paint(120, 160, rng)
    if kind > 0.3:
        for y in np.arange(rng.integers(6, 40), 150, rng.integers(5, 16)):
            texture[int(y) : int(y) + 2, 10 : int(rng.integers(30, 112))] *= np.float32(rng.uniform(0.3, 0.7))
    alpha = np.full((160, 120, 1), 255.0, np.float32)
    shadow(photo, quad, rng.normal(0, 3, 2), 4, float(rng.uniform(0.1, 0.5)))
    lay_card(photo, np.dstack([texture, alpha]).astype(np.uint8), quad, -1)


def lay_thing(photo: Photo, x: float, y: float, size: float, rng: Rng) -> None:
    """A small thing over whatever lies there: a coin, a die, a counter, a cable, a cup's rim."""
    kind = rng.random()
    around = np.linspace(0, 6.283, 40)
    if kind < 0.45:
        shape = np.stack([np.cos(around), np.sin(around)], 1) * size + (x, y)
    elif kind < 0.75:
        turn = rng.uniform(0, 6.3) + np.arange(4) * 1.571
        shape = np.stack([np.cos(turn), np.sin(turn)], 1) * size + (x, y)
    else:
        shape = blot(0, 0, 1, rng, 0.4) * size + (x, y)
    shadow(photo, shape, np.full(2, size * 0.15), max(size * 0.2, 1), 0.4)
    part = window(photo, shape, 2)
    if part is None:
        return
    shape_of = (part[0].stop - part[0].start, part[1].stop - part[1].start)
    mask = mask_of(shape - (part[1].start, part[0].start), shape_of)
    light = cv2.resize(rng.uniform(0.7, 1.2, (3, 3)).astype(np.float32), shape_of[::-1], interpolation=cv2.INTER_LINEAR)
    colour = palette(rng)[int(rng.integers(5))]
    photo.image[part] += (colour * light[..., None] - photo.image[part]) * mask[..., None]
    photo.owner[part][mask > 0.5] = -1

"""What surrounds the game on other people's pictures: pages of text, desktops, photographs, boxes. No card is on any of it.

Things that pass for cards (tiles, pictures, boxes of text) are noted, so that a reader learns that they are none.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from balatro.render import interface
from balatro.render.ground import draw_ground, random_ground_colours
from balatro.render.interface import Canvas, Colour

UNITS = 576
"""A page is this many units high, whatever its size in pixels."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in units."""


def new_page(width: int, height: int, rng: np.random.Generator) -> Canvas:
    """A page of this many pixels with its ground painted."""
    owner = np.full((-(-height // 2), -(-width // 2)), -1, np.int16)
    canvas = Canvas(np.zeros((height, width, 3), np.uint8), owner, height / UNITS, (0, 0), bool(rng.random() < 0.4))
    _GROUNDS[int(rng.choice(len(_GROUNDS), p=_OFTEN))](canvas, rng)
    return canvas


def _plain(canvas: Canvas, rng: np.random.Generator) -> None:
    grey = int(rng.choice([0, 12, 24, 40, 200, 238, 250, 255]))
    canvas.image[:] = np.clip(grey + rng.normal(0, 4, 3), 0, 255) if rng.random() < 0.6 else interface.random_colour(rng, 0)


def _gradient(canvas: Canvas, rng: np.random.Generator) -> None:
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    canvas.image[:] = cv2.resize(corners, canvas.image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _swirl(canvas: Canvas, rng: np.random.Generator) -> None:
    draw_ground(canvas, random_ground_colours(rng), rng)


def _photo(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.image[:] = draw_photo(canvas.image.shape[1], canvas.image.shape[0], rng)


_GROUNDS: tuple[Callable[[Canvas, np.random.Generator], None], ...] = (_plain, _gradient, _swirl, _photo)
_OFTEN = (0.45, 0.15, 0.3, 0.1)


def draw_photo(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """(H, W, 3) uint8 that looks like a photograph from afar: clouds of colour at many sizes, edges, grain."""
    image = np.zeros((height, width, 3), np.float32)
    for octave in range(int(rng.integers(3, 7))):
        cells = 2 ** (octave + 1)
        small = rng.normal(0, 1, (cells + 1, cells + 1, 3)).astype(np.float32)
        if rng.random() < 0.6:
            small = np.repeat(small.mean(2, keepdims=True), 3, 2)
        image += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) * np.float32(0.62**octave)
    image = image * np.float32(rng.uniform(25, 75)) + rng.uniform(30, 220, 3).astype(np.float32)
    for _ in range(int(rng.integers(0, 6))):
        points = (rng.random((int(rng.integers(3, 7)), 2)) * (width, height)).astype(np.int32)
        cv2.fillPoly(image, [points], rng.uniform(0, 255, 3).tolist(), cv2.LINE_AA)
    image += rng.normal(0, rng.uniform(0, 8), (height, width, 1)).astype(np.float32)
    return np.clip(image, 0, 255).astype(np.uint8)


def draw_text(canvas: Canvas, box: Box, rng: np.random.Generator, colour: Colour | None = None) -> None:
    """Lines of words in a box."""
    size = float(rng.uniform(7, 22) if rng.random() < 0.85 else rng.uniform(22, 90))
    colour = colour or _ink(canvas, box, rng)
    y = box[1] + size
    while y < box[3] - size / 2:
        words = interface.random_words(rng, int(rng.integers(1, max(int((box[2] - box[0]) / (4 * size)), 1) + 1)))
        interface.write(canvas, words, (box[0] + box[2]) / 2, y, size, colour, box[2] - box[0])
        y += size * float(rng.choice([1.25, 1.5, 2.2], p=[0.6, 0.3, 0.1]))


def _ink(canvas: Canvas, box: Box, rng: np.random.Generator) -> Colour:
    """A colour that can be read there."""
    x, y = canvas.point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    height, width = canvas.image.shape[:2]
    dark = canvas.image[min(max(y, 0), height - 1), min(max(x, 0), width - 1)].mean() < 128
    return interface.random_colour(rng, *((170, 256) if dark else (0, 100)))


def draw_decoy(canvas: Canvas, box: Box, rng: np.random.Generator) -> None:
    """A thing of a card's shape that is none: a tile, a picture, a box of text, or several of these upon each other."""
    kind = rng.random()
    left, top, right, bottom = box
    edge = interface.random_colour(rng, 0) if rng.random() < 0.5 else None
    fill = interface.random_colour(rng, 0) if rng.random() < 0.75 else interface.BUTTONS[int(rng.integers(5))]
    radius = float(rng.choice([0, 3, 8, 16]))
    interface.draw_box(canvas, box, fill, edge, radius)
    inner = (left + 4, top + 4, right - 4, bottom - 4)
    if kind < 0.3:
        return
    if kind < 0.55:
        paste(canvas, draw_photo(64, 80, rng), inner)
    elif kind < 0.85:
        draw_text(canvas, inner, rng)
    else:
        _draw_icon(canvas, inner, rng)
    if rng.random() < 0.4:
        interface.write(
            canvas, interface.random_title(rng), (left + right) / 2, top + 12, 12, _ink(canvas, box, rng), right - left
        )


def _draw_icon(canvas: Canvas, box: Box, rng: np.random.Generator) -> None:
    x, y = canvas.point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    size = canvas.length(float(rng.uniform(0.15, 0.45)) * min(box[2] - box[0], box[3] - box[1]))
    colour = interface.random_colour(rng, 0)
    if rng.random() < 0.5:
        cv2.circle(canvas.image, (x, y), size, colour, cv2.FILLED, cv2.LINE_AA)
    else:
        turns = np.arange(int(rng.integers(3, 9))) * 2.4 + rng.uniform(0, 6)
        points = np.stack([x + size * np.cos(turns), y + size * np.sin(turns)], 1).astype(np.int32)
        cv2.fillPoly(canvas.image, [points], colour, cv2.LINE_AA)


def paste(canvas: Canvas, picture: np.ndarray, box: Box) -> tuple[float, float, float, float]:
    """Lay a picture into a box, stretched; (factor x, factor y, left, top) from its pixels to the canvas's."""
    (left, top), (right, bottom) = canvas.point(box[0], box[1]), canvas.point(box[2], box[3])
    wide, tall = max(right - left, 1), max(bottom - top, 1)
    method = cv2.INTER_AREA if wide < picture.shape[1] else cv2.INTER_LINEAR
    shown = cv2.resize(picture, (wide, tall), interpolation=method)
    height, width = canvas.image.shape[:2]
    x, y, end_x, end_y = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if x < end_x and y < end_y:
        canvas.image[y:end_y, x:end_x] = shown[y - top : end_y - top, x - left : end_x - left]
        interface.cover(canvas, box)
    return wide / picture.shape[1], tall / picture.shape[0], left, top


def fill_page(canvas: Canvas, rng: np.random.Generator, crowd: float = 1.0) -> np.ndarray:
    """Text, boxes and decoys all over a page; the decoys' quads (N, 4, 2) float32 in pixels."""
    width = canvas.image.shape[1] / canvas.scale
    if rng.random() < 0.5:
        bar = (0.0, 0.0, width, float(rng.uniform(14, 60)))
        interface.draw_box(canvas, bar, interface.random_colour(rng, 0), None, 0)
        draw_text(canvas, bar, rng)
    for _ in range(int(rng.poisson(2.5 * crowd))):
        box = _anywhere(width, float(rng.uniform(60, 420)), float(rng.uniform(20, 300)), rng)
        if rng.random() < 0.5:
            interface.draw_box(canvas, box, interface.random_colour(rng, 0), None, float(rng.choice([0, 6, 12])))
        draw_text(canvas, box, rng)
    decoys = _decoys(width, rng, crowd)
    for box in decoys:
        draw_decoy(canvas, box, rng)
    corners = [[canvas.point(x, y) for x, y in outline(box)] for box in decoys]
    return np.array(corners, np.float32).reshape(-1, 4, 2)


def outline(box: Box) -> list[tuple[float, float]]:
    """A box's four corners: top left, top right, bottom right, bottom left."""
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _decoys(width: float, rng: np.random.Generator, crowd: float) -> list[Box]:
    """Single ones of any size, or a row of equal ones."""
    tall = float(np.exp(rng.uniform(np.log(30), np.log(400))))
    wide = tall * float(rng.uniform(0.55, 1.0))
    if rng.random() < 0.5:
        return [_anywhere(width, wide * float(rng.uniform(0.7, 1.4)), tall, rng) for _ in range(int(rng.poisson(2 * crowd)))]
    left, top, gap = float(rng.uniform(-wide / 2, width / 2)), float(rng.uniform(-tall / 3, UNITS - tall / 2)), wide * 1.1
    return [(left + gap * i, top, left + gap * i + wide, top + tall) for i in range(int(rng.poisson(3 * crowd)))]


def _anywhere(width: float, wide: float, tall: float, rng: np.random.Generator) -> Box:
    x, y = float(rng.uniform(-wide / 4, width - wide / 2)), float(rng.uniform(-tall / 4, UNITS - tall / 2))
    return (x, y, x + wide, y + tall)

"""Pictures with the cards marked: outlines, names, modifiers and confidences. The one place where that is drawn.

`draw_layer` is the drawing alone, for a window over the game; `draw_cards` is a picture with it. What stands at a card and
where is decided in `balatro.identify_card.marks.labels`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from balatro.config.shapes import MARGIN
from balatro.identify_card.card import Card
from balatro.identify_card.marks import fonts
from balatro.identify_card.marks.labels import (
    USUAL,
    Colour,
    Drawing,
    Label,
    Line,
    colour_of,
    line_height,
    place_labels,
    text_size,
    text_width,
)
from balatro.utils.quads import quad_sizes

UNKNOWN = (168, 172, 178, 190)
"""Outlines of things that are no known card, RGBA."""
SHADE = (0, 0, 0, 150)
"""What lies around an outline, RGBA, so that it can be seen on any ground."""
PLATE = (16, 19, 24, 225)
"""Labels' ground, RGBA: nearly opaque, so that text can be read on any card."""
SMOOTH = 4
"""Plates' round corners are drawn this much larger and reduced."""
SHIFT = 4
"""Bits of a fraction of a pixel in OpenCV's coordinates."""


def draw_cards(
    image: np.ndarray, cards: Sequence[Card], drawing: Drawing = USUAL, doubtful: Collection[Card] = ()
) -> np.ndarray:
    """A copy of an (H, W, 3) uint8 RGB picture on which every card is framed and named, in one colour per modifier.

    Cards that are not known get a thin grey frame and no label; those of `doubtful` have a colour of their own.

    >>> from balatro import identify, load_image
    >>> picture = load_image("screenshot.png")
    >>> marked = draw_cards(picture, identify(picture))
    >>> marked.shape == picture.shape, bool((marked != picture).any())
    (True, True)
    """
    height, width = image.shape[:2]
    layer = draw_layer((width, height), cards, drawing, doubtful).reshape(-1, 4)
    result = image.copy()
    drawn = np.flatnonzero(layer[:, 3])
    pixels = result.reshape(-1, 3)
    pixels[drawn] = _over(layer[drawn], pixels[drawn])
    return result


def draw_layer(
    size: tuple[int, int], cards: Sequence[Card], drawing: Drawing = USUAL, doubtful: Collection[Card] = ()
) -> np.ndarray:
    """The drawing alone for a picture of this width and height: (H, W, 4) uint8 RGBA, premultiplied by its alpha."""
    width, height = size
    layer = np.zeros((height, width, 4), np.uint8)
    if drawing.style != "label":
        _draw_outlines(layer, cards, drawing, doubtful)
    if drawing.style != "outline":
        letters = text_size(width, height, cards)
        labels = place_labels(cards, letters, size, drawing, doubtful)
        for label in labels:
            _draw_stem(layer, label, letters)
        if drawing.beside:
            _clear_cards(layer, cards)
        for label in labels:
            _draw_label(layer, label, letters)
    return layer


def _over(colours: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Premultiplied (..., 4) uint8 RGBA laid over (..., 3 or 4) uint8."""
    through = 255 - colours[..., 3:].astype(np.uint16)
    shown: np.ndarray = colours[..., : ground.shape[-1]] + ((ground * through + 127) // 255).astype(np.uint8)
    return shown


# Outlines.


def _draw_outlines(layer: np.ndarray, cards: Sequence[Card], drawing: Drawing, doubtful: Collection[Card]) -> None:
    """As on the table, a card hides what lies to its left and below it; beside the cards, all of them hide all."""
    for card in sorted(cards, key=lambda card: card.box[0]):
        corners = np.array(card.quad, np.float32)
        thick = max(1.0, (card.box[3] - card.box[1]) * 0.022)
        if drawing.beside:
            corners = _grown(corners, MARGIN, 1 + thick)
        else:
            cv2.fillPoly(layer, [_fixed(corners)], (0, 0, 0, 0), cv2.LINE_AA, SHIFT)
        if card.known:
            _outline(layer, corners, SHADE, thick * 1.9)
            _outline(layer, corners, (*colour_of(card, doubtful), 255), thick)
        else:
            _outline(layer, corners, UNKNOWN, thick * 0.45)
    if drawing.beside:
        _clear_cards(layer, cards)


def _clear_cards(layer: np.ndarray, cards: Sequence[Card]) -> None:
    """Take away what lies upon a card or in the margin that is read with it."""
    for card in cards:
        cv2.fillPoly(layer, [_fixed(_grown(np.array(card.quad, np.float32), MARGIN, 1.0))], (0, 0, 0, 0), cv2.LINE_8, SHIFT)


def _grown(corners: np.ndarray, share: float, pixels: float) -> np.ndarray:
    """(4, 2) corners moved outwards by a share of the card's width and height, and so many pixels."""
    across, down = corners[1] - corners[0] + corners[2] - corners[3], corners[3] - corners[0] + corners[2] - corners[1]
    sizes = quad_sizes(corners[None])[0]
    by = np.stack([across, down]) / np.maximum(np.linalg.norm([across, down], axis=1, keepdims=True), 1e-6)
    by *= (share * sizes + pixels)[:, None]
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)
    return corners + signs @ by


def _outline(layer: np.ndarray, corners: np.ndarray, colour: tuple[int, int, int, int], thick: float) -> None:
    # OpenCV blends all four channels: what is not premultiplied yet has to be.
    paint = [value * colour[3] // 255 for value in colour[:3]] + [colour[3]]
    cv2.polylines(layer, [_fixed(corners)], True, paint, max(1, round(thick)), cv2.LINE_AA, SHIFT)


def _fixed(corners: np.ndarray) -> np.ndarray:
    """Corners as OpenCV's fixed-point integers; its pixels have their middles, not their edges, at whole numbers."""
    return np.round((corners - 0.5) * (1 << SHIFT)).astype(np.int32)


# Labels.


def _draw_stem(layer: np.ndarray, label: Label, size: float) -> None:
    if label.stem is None:
        return
    start, end = ((round(x), round(y)) for x, y in (label.stem[:2], label.stem[2:]))
    cv2.line(layer, start, end, (0, 0, 0, 170), max(3, round(size * 0.3)))
    cv2.line(layer, start, end, (*label.colour, 255), max(1, round(size * 0.12)))


def _draw_label(layer: np.ndarray, label: Label, size: float) -> None:
    left, top, right, bottom = (round(edge) for edge in label.place)
    plate = _plate(label.lines, label.colour, (max(1, right - left), max(1, bottom - top)), size)
    ground = layer[top:bottom, left:right]
    ground[:] = _over(plate[: ground.shape[0], : ground.shape[1]], ground)


@lru_cache(maxsize=256)
def _plate(lines: tuple[Line, ...], colour: Colour, extent: tuple[int, int], size: float) -> np.ndarray:
    """(h, w, 4) uint8 premultiplied RGBA. Kept: what a card is called seldom changes from one frame to the next."""
    large = (extent[0] * SMOOTH, extent[1] * SMOOTH)
    ground = Image.new("RGBA", large, (*PLATE[:3], 0))
    shape = (0, 0, large[0] - 1, large[1] - 1)
    edge = tuple((a + b) // 2 for a, b in zip(colour, PLATE, strict=False))
    ImageDraw.Draw(ground).rounded_rectangle(shape, radius=size * 0.3 * SMOOTH, fill=PLATE, outline=(*edge, 235), width=SMOOTH)
    plate = ground.resize(extent, Image.Resampling.BOX)
    pen = ImageDraw.Draw(plate)
    y = size * 0.17
    for line in lines:
        fonts.write(pen, ((extent[0] - text_width(line)) / 2, y), line.text, line.size, (*line.colour, 255))
        y += line_height(line)
    straight = np.asarray(plate).astype(np.uint16)
    straight[..., :3] = (straight[..., :3] * straight[..., 3:] + 127) // 255
    done = straight.astype(np.uint8)
    done.flags.writeable = False  # it is shared
    return done

"""From a picture of a new card to its views: what the card may look like on a screen, so that one picture is enough.

A picture in the base look is drawn in every modifier, as a card of a deck would be. A picture in another modifier shows only
that one. Either is also seen as it is, a little moved, lighter and darker.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from balatro.config.modifiers import MODIFIERS
from balatro.config.seeds import STRANGERS_SEED
from balatro.errors import InputError, SettingsError
from balatro.gallery.views import View, draw_views
from balatro.render.deck import CELL, Deck, DeckCard, to_scale
from balatro.render.demo_deck import invent_deck
from balatro.render.sprites import over
from balatro.utils.images import load_image, rectify

if TYPE_CHECKING:
    from balatro.runtime.locator import Locator
    from balatro.utils.images import ImageSource

NUM_MOMENTS = 2
"""Views drawn in each modifier; more named no more held-out cards."""
NUM_MOVED = 6
"""Views of the picture as it is, moved and lit otherwise."""
MOVED = 0.015
"""Standard deviation of the corners of these, as a share of the card's width and height."""
LIT = 0.08
"""Standard deviation of their light, as a share."""
MIN_SIZE = 24
"""A picture of less width or height shows no card that could be told from others."""
ASPECT = (0.5, 1.3)
"""Width by height of pictures of one card; a square or short card is wider than usual, a whole screen wider still."""
SPRITE_ASPECT = (0.5, 2.0)
"""The same for a sprite, which is no screen."""
CARD_SHARE = 0.4
"""A located card fills at least this share of a picture of one card."""
EDGE = 2
"""Transparent pixels around a card in its cell at 2x."""
NUM_STRANGERS = 120
"""Invented cards, of STRANGERS_SEED."""
BASE = MODIFIERS.index("Base")


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture of a card: (H, W, 3) uint8 RGB, the card's (4, 2) float32 quad in it, and its (H, W) uint8 alpha, where it
    has one, as a sprite does."""

    picture: np.ndarray
    quad: np.ndarray
    alpha: np.ndarray | None = None


def modifier_index(name: str) -> int:
    """Place of a modifier in MODIFIERS, whatever the case; SettingsError for any other word."""
    for number, modifier in enumerate(MODIFIERS):
        if name.strip().casefold() == modifier.casefold():
            return number
    raise SettingsError(f"no modifier is called {name!r}; expected one of {', '.join(MODIFIERS)}")


def load_sample(source: ImageSource, locator: Locator) -> Sample:
    """Read a picture of one card: a sprite with alpha, or a part of a screenshot with or without a border.

    InputError for what is too small, or of no card's shape: a whole screen has many cards, and nobody has said which is meant.
    """
    picture = load_image(source)
    height, width = picture.shape[:2]
    name = str(source) if isinstance(source, str | Path) else "the picture"
    if min(width, height) < MIN_SIZE:
        raise InputError(f"{name}: {width}x{height} pixels; expected a card of at least {MIN_SIZE}; take a larger picture")
    alpha = _alpha(source)
    if alpha is not None and alpha.shape == (height, width) and (alpha <= 127).any() and (alpha > 127).any():
        sample = Sample(picture, _box(alpha), alpha)
    else:
        sample = Sample(picture, _located(picture, locator))
    sides = np.linalg.norm(sample.quad[[1, 3]] - sample.quad[0], axis=1)
    low, high = ASPECT if sample.alpha is None else SPRITE_ASPECT
    if not low <= sides[0] / sides[1] <= high:
        raise InputError(f"{name}: {width}x{height} pixels are not the shape of one card; cut the card out and take that")
    return sample


def make_views(
    sample: Sample, modifier: int, size: tuple[int, int], margin: float, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Views of a sample that shows a card in a modifier: (n, h, w, 3) uint8 RGB, and (n,) int8 the modifier of each.

    size: the encoder's (w, h). Same sample and seed, same bytes.
    """
    rng = np.random.default_rng(seed)
    parts = [_moved(sample, rng, size, margin)] if sample.alpha is None else []
    modifiers = [modifier] * (NUM_MOVED * len(parts))
    if modifier == BASE:
        deck = Deck("added", (_as_deck_card(sample),))
        views = [View(0, number) for number in range(len(MODIFIERS)) for _ in range(NUM_MOMENTS)]
        parts.append(draw_views(deck, views, rng, size, margin))
        modifiers += [view.modifier for view in views]
    elif not parts:  # a sprite in another look than the base's: nothing to be drawn over it
        parts, modifiers = [_moved(sample, rng, size, margin)], [modifier] * NUM_MOVED
    return np.concatenate(parts), np.array(modifiers, np.int8)


def deck_sprite(card: DeckCard) -> np.ndarray:
    """A deck's card as one RGBA picture, (190, 142, 4) uint8: what hovers above it lies on it."""
    body = to_scale(card.body, 2)
    return body if card.floating is None else over(to_scale(card.floating, 2), body)


def stranger_views(size: tuple[int, int], margin: float) -> np.ndarray:
    """(NUM_STRANGERS, h, w, 3) uint8 RGB: invented cards, one view each, for telling how near a stranger may come."""
    deck = invent_deck(STRANGERS_SEED, NUM_STRANGERS)
    views = [View(number, BASE) for number, card in enumerate(deck.cards) if card.known]
    return draw_views(deck, views, np.random.default_rng(STRANGERS_SEED), size, margin)


def _moved(sample: Sample, rng: np.random.Generator, size: tuple[int, int], margin: float) -> np.ndarray:
    """(NUM_MOVED, h, w, 3): the picture itself first, then as a less exact locator and another display would show it."""
    extent = np.ptp(sample.quad, axis=0)
    moves = rng.normal(0, MOVED, (NUM_MOVED, 4, 2)) * extent
    light = 1 + rng.normal(0, LIT, NUM_MOVED)
    moves[0], light[0] = 0.0, 1.0
    cards = rectify(sample.picture, (sample.quad + moves).astype(np.float32), size, margin)
    result: np.ndarray = (cards * light[:, None, None, None]).clip(0, 255).round().astype(np.uint8)
    return result


def _as_deck_card(sample: Sample) -> DeckCard:
    """The picture as a sprite at 2x: a short card lies at the top of its cell."""
    width, height = 2 * CELL[0] - 2 * EDGE, 2 * CELL[1] - 2 * EDGE
    across, down = np.linalg.norm(sample.quad[[1, 3]] - sample.quad[0], axis=1)
    # A picture's sides are never exact: nearly a card's shape is a card's shape.
    shorter = width * down / across
    rows = height if abs(shorter / height - 1) < 0.08 else round(float(np.clip(shorter, height / 2, height)))
    body = np.zeros((2 * CELL[1], 2 * CELL[0], 4), np.uint8)
    place = body[EDGE : EDGE + rows, EDGE : EDGE + width]
    place[..., :3] = rectify(sample.picture, sample.quad[None], (width, rows), 0.0)[0]
    if sample.alpha is None:
        place[..., 3] = 255
        for row in (slice(0, EDGE), slice(rows - EDGE, rows)):  # the game's cards have their corner pixels cut
            place[row, :EDGE, 3] = place[row, width - EDGE :, 3] = 0
    else:
        alpha = np.repeat(sample.alpha[..., None], 3, axis=2)
        place[..., 3] = rectify(alpha, sample.quad[None], (width, rows), 0.0)[0, ..., 0]
    return DeckCard("added", "added", "", "", body, size=(1.0, rows / height))


def _alpha(source: ImageSource) -> np.ndarray | None:
    """(H, W) uint8 of a picture with transparency, before any EXIF rotation; None for one without."""
    if isinstance(source, np.ndarray):
        return source[..., 3] if source.ndim == 3 and source.shape[2] == 4 and source.dtype == np.uint8 else None
    with contextlib.ExitStack() as stack:
        image = source if isinstance(source, Image.Image) else stack.enter_context(Image.open(source))
        if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
            return None
        return np.asarray(image.convert("RGBA"))[..., 3]


def _box(alpha: np.ndarray) -> np.ndarray:
    """(4, 2) float32 corners of what is not transparent."""
    columns, rows = np.flatnonzero((alpha > 127).any(axis=0)), np.flatnonzero((alpha > 127).any(axis=1))
    left, right, top, bottom = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _located(picture: np.ndarray, locator: Locator) -> np.ndarray:
    """(4, 2) float32: the card that fills most of a picture, as the locator sees it; the whole picture where it sees none."""
    import cv2

    height, width = picture.shape[:2]
    large = [card for card in locator.find(picture) if cv2.contourArea(card.quad) >= CARD_SHARE * width * height]
    if ASPECT[0] <= width / height <= ASPECT[1] and large:
        return max(large, key=lambda card: card.score).quad
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)

"""What the refiner learns from: cards cut out of photographs at corners that are off, and things that are no cards."""

from __future__ import annotations

import cv2
import numpy as np

from balatro.config.shapes import CLOSE_MARGIN, PATCH_MARGIN, PATCH_SIZE
from balatro.render.table import Screen
from balatro.utils.images import rectify
from balatro.utils.quads import as_portrait, lies_on_any, patch_places, quad_sizes

NO_CARDS = 0.4
"""Share of the patches that show no card, a card far off, or a part of one."""
PARTS = 0.4
"""Of these, the share that show a part of a card: between two of its own lines, say the frame of its picture."""
CLOSE = 0.4
"""Of the cards, the share that are cut out as the last look does: closer, at corners that are nearly right."""
LEAST_VISIBLE = 0.3
"""Of a card less shows: where its corners lie is a guess."""
LEAST_PIXELS = 16
"""Lower cards are not cut out."""
OFF = (0.01, 0.2)
"""Standard deviation of the corners, as a share of the card: from what a look gives that was fitted once already to what the
locator gives for a card that lies askew."""
NEARLY_RIGHT = (0.004, 0.07)
"""The same for the last looks."""

Rng = np.random.Generator


def draw_patches(screens: list[Screen], count: int, rng: Rng) -> dict[str, np.ndarray]:
    """{"patches": (N, 128, 96, 3) uint8 RGB, "places": (N, 4, 2) float32, where the corners lie in pixels of the patch, "fit":
    (N,) float32, 1 where the patch shows a card, 0 where it shows none, "wide": (N,) float32, 1 where it shows enough around it
    to say which}, N = count."""
    cards = [(screen, card.quad) for screen in screens for card in screen.cards if _can_be_told(card.quad, card.visible)]
    patches = np.zeros((count, PATCH_SIZE[1], PATCH_SIZE[0], 3), np.uint8)
    places, fit, wide = np.zeros((count, 4, 2), np.float32), np.zeros(count, np.float32), np.ones(count, np.float32)
    num_cards = round((1 - NO_CARDS) * count) if cards else 0
    for row in range(count):
        margin = PATCH_MARGIN
        if row < num_cards:
            screen, quad = cards[int(rng.integers(len(cards)))]
            if rng.random() < CLOSE:
                margin, wide[row] = CLOSE_MARGIN, 0
            seen, turned = nearly(quad, rng, OFF if wide[row] else NEARLY_RIGHT)
            places[row], fit[row] = patch_places(seen, turned, margin), 1
        elif cards and rng.random() < PARTS:
            screen, quad = cards[int(rng.integers(len(cards)))]
            seen = part_of(quad, rng)
        else:
            screen = screens[int(rng.integers(len(screens)))]
            seen = _elsewhere(screen, rng)
        patches[row] = rectify(screen.image, seen[None], PATCH_SIZE, margin)[0]
    return {"patches": patches, "places": places, "fit": fit, "wide": wide}


def _can_be_told(quad: np.ndarray, visible: float) -> bool:
    return visible >= LEAST_VISIBLE and float(quad_sizes(quad[None]).max()) >= LEAST_PIXELS


def nearly(quad: np.ndarray, rng: Rng, between: tuple[float, float] = OFF) -> tuple[np.ndarray, np.ndarray]:
    """A portrait quad (4, 2) that is off from this one as a locator's may be, and this one with its corners in that order."""
    quad = as_portrait(quad[None])[0]
    size = quad_sizes(quad[None])[0]
    off = float(np.exp(rng.uniform(*np.log(between))))
    middle = quad.mean(0)
    turn = rng.normal(0, 1.2 * off)
    around = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    grown = (quad - middle) * np.exp(rng.normal(0, 0.8 * off)) @ around
    # Along the picture's axes: a quad of a card that lies askew is too wide where it is too low.
    grown *= np.exp(rng.normal(0, 0.6 * off, 2))
    # Along its own sides: a locator thinks of the usual shape, of which many cards are not.
    grown += rng.normal(0, 0.7 * off) * (grown - grown[[1, 0, 3, 2]]) / 2
    seen = middle + grown + rng.normal(0, 0.5 * off, 2) * size + rng.normal(0, 0.4 * off, (4, 2)) * size
    return as_portrait(seen[None].astype(np.float32))[0], quad


def part_of(quad: np.ndarray, rng: Rng) -> np.ndarray:
    """A portrait quad (4, 2) around a part of this card: less than two thirds of its height, its width, or both."""
    shares = rng.uniform(0.7, 1.05, 2)
    shorter = rng.random()
    if shorter < 0.75:
        shares[1] = rng.uniform(0.25, 0.62)
    if shorter > 0.5:
        shares[0] = rng.uniform(0.25, 0.62)
    # Where the part begins: flush with a side of the card as often as not, which is a line to be taken for the card's.
    first = np.where(rng.random(2) < 0.5, np.round(rng.random(2)), rng.random(2)) * (1 - shares)
    low, high = first, first + shares
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)
    turn = cv2.getPerspectiveTransform(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), as_portrait(quad[None])[0])
    return as_portrait(cv2.perspectiveTransform(corners[None], turn))[0]


def _elsewhere(screen: Screen, rng: Rng) -> np.ndarray:
    """A portrait quad (4, 2) on which no card lies: a thing with four corners, a place beside a card, or any place."""
    height, width = screen.image.shape[:2]
    quads = np.array([card.quad for card in screen.cards if card.visible > 0.05], np.float32).reshape(-1, 4, 2)
    kind = rng.random()
    if len(screen.decoys) and kind < 0.4:
        return nearly(screen.decoys[int(rng.integers(len(screen.decoys)))], rng)[0]
    for _ in range(8):
        seen = _beside(quads, rng) if len(quads) and kind < 0.75 else _anywhere(width, height, rng)
        if not lies_on_any(seen, quads):
            return seen
    return _anywhere(width, height, rng, 0.15)


def _beside(quads: np.ndarray, rng: Rng) -> np.ndarray:
    """A card's quad, moved by half a card or more, larger or smaller."""
    quad = as_portrait(quads[int(rng.integers(len(quads)))][None])[0]
    moved = rng.choice([-1, 1], 2) * rng.uniform(0.1, 0.9, 2)
    moved[int(rng.integers(2))] = rng.choice([-1, 1]) * rng.uniform(0.45, 1.0)
    shift = moved[0] * (quad[1] - quad[0]) + moved[1] * (quad[3] - quad[0])
    middle = quad.mean(0)
    return np.asarray(middle + shift + (quad - middle) * np.exp(rng.normal(0, 0.3)), np.float32)


def _anywhere(width: int, height: int, rng: Rng, most: float = 0.8) -> np.ndarray:
    """A card's shape in any turn, anywhere."""
    tall = min(width, height) * float(np.exp(rng.uniform(np.log(0.06), np.log(most))))
    half = np.array([0.36, 0.5]) * tall
    turn = rng.uniform(0, 6.283)
    around = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ around
    return np.asarray(corners + rng.uniform(0, 1, 2) * (width, height), np.float32)

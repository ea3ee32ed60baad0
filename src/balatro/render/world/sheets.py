"""Cards laid out on a page: collections, lists, single cards, fans; of any size, turned, with words around them."""

from __future__ import annotations

import numpy as np

from balatro.config.screens import CELL_HEIGHT, CELL_WIDTH
from balatro.render import interface
from balatro.render.deck import Deck
from balatro.render.interface import Canvas
from balatro.render.plans.dealer import Dealer, Placed, at_rest
from balatro.render.plans.hands import any_stranger
from balatro.render.table import draw_cards

MOST = 24
"""Cards on a sheet at most: more cost time and teach little."""
STRANGERS = 0.12
"""How many of its cards have no name."""
LYING = 0.08
"""How many sheets lie on a side, or on their head."""
QUARTERS = (np.pi / 2, np.pi, -np.pi / 2)
SIZES = (0.045, 0.97)
"""Heights of cards as shares of the page's."""


def lay_sheet(canvas: Canvas, deck: Deck, dealer: Dealer) -> tuple[list[Placed], list[np.ndarray]]:
    """Draw a sheet of cards; what lies where, and the quads (4, 2) in pixels."""
    rng = dealer.rng
    height, width = canvas.image.shape[:2]
    tall = height * float(np.exp(rng.uniform(*np.log(SIZES))))
    cards = Canvas(canvas.image, canvas.owner, tall / CELL_HEIGHT, (0, 0), canvas.pixel_font)
    spots = _spots(width / cards.scale, height / cards.scale, rng)
    turn = float(rng.choice([0.0, 0.02, 0.12, 0.35], p=[0.5, 0.25, 0.15, 0.1]))
    lying = float(rng.choice(QUARTERS)) if rng.random() < LYING else 0.0
    placed = [_place(dealer, x, y, turn, lying) for x, y in spots]
    quads = draw_cards(cards, deck, placed, rng)
    _label(cards, placed, dealer)
    return placed, quads


def _place(dealer: Dealer, x: float, y: float, turn: float, lying: float) -> Placed:
    rng = dealer.rng
    is_stranger = dealer.strangers and rng.random() < STRANGERS
    look = any_stranger(dealer) if is_stranger else {"card": dealer.card(), "modifier": dealer.modifier()}
    rotation = lying + (float(rng.normal(0, turn)) if turn else 0.0)
    return at_rest(dealer, area="sheet", x=x, y=y, rotation=rotation, lifted=float(rng.choice([0.0, 1.0])), **look)


def _spots(width: float, height: float, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Middles of cards in card units: one alone, a row that may overlap, or a grid; some stick out of the page."""
    kind = rng.random()
    if kind < 0.25 or height < 1.15 * CELL_HEIGHT:
        x = rng.uniform(0.3 * CELL_WIDTH, max(width - 0.3 * CELL_WIDTH, 0.31 * CELL_WIDTH))
        y = _height_in(height, rng)
        alone = [(float(x), y)]
        if width < 1.4 * CELL_WIDTH or kind < 0.15:
            return alone
    if kind > 0.87:
        return _stacks(width, height, rng)
    if kind < 0.6 or height < 2.1 * CELL_HEIGHT:
        gap = CELL_WIDTH * float(rng.uniform(0.25, 0.95) if rng.random() < 0.35 else rng.uniform(1.02, 1.8))
        return _row(width, gap, rng, _height_in(height, rng))
    covers = rng.random() < 0.2  # each row hides the lower part of the one before
    gap = CELL_WIDTH * float(rng.uniform(1.02, 1.7))
    drop = CELL_HEIGHT * float(rng.uniform(0.35, 0.9) if covers else rng.uniform(1.02, 1.6))
    top = float(rng.uniform(0.3, 0.9)) * CELL_HEIGHT
    spots: list[tuple[float, float]] = []
    for y in np.arange(top, height + 0.3 * CELL_HEIGHT, drop):
        spots += _row(width, gap, rng, float(y))
    keep = rng.random(len(spots)) < (1.0 if rng.random() < 0.5 else 0.8)
    return [spot for spot, kept in zip(spots, keep, strict=True) if kept][:MOST]


def _height_in(height: float, rng: np.random.Generator) -> float:
    """Where the middle of a row may lie on a page of this height."""
    low, high = sorted((0.45 * CELL_HEIGHT, height - 0.45 * CELL_HEIGHT))
    return float(rng.uniform(low, high))


def _stacks(width: float, height: float, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Columns in which each card hides the lower part of the one before."""
    drop = CELL_HEIGHT * float(rng.uniform(0.2, 0.7))
    spots: list[tuple[float, float]] = []
    for x in rng.uniform(0.4 * CELL_WIDTH, max(width - 0.4 * CELL_WIDTH, 0.5 * CELL_WIDTH), int(rng.integers(1, 6))):
        y = float(rng.uniform(0.3 * CELL_HEIGHT, max(0.6 * height, 0.4 * CELL_HEIGHT)))
        spots += [(float(x), y + drop * number) for number in range(int(rng.integers(2, 5)))]
    return spots[:MOST]


def _row(width: float, gap: float, rng: np.random.Generator, y: float) -> list[tuple[float, float]]:
    count = int(rng.integers(1, max(min(int(width / gap) + 1, 16), 2)))
    room = width - gap * (count - 1)
    x = float(rng.uniform(0.1 * CELL_WIDTH, room - 0.1 * CELL_WIDTH)) if room > 0.2 * CELL_WIDTH else 0.5 * CELL_WIDTH
    if rng.random() < 0.35:
        x = float(rng.uniform(0.42, 0.6)) * CELL_WIDTH  # close to the edge, as rows are cut out
    return [(x + gap * i, y) for i in range(count)]


def _label(canvas: Canvas, placed: list[Placed], dealer: Dealer) -> None:
    """Names under the cards, badges on their corners, prices."""
    rng = dealer.rng
    under, badge = dealer.chance(0.35), dealer.chance(0.15)
    for p in placed:
        if under:
            interface.write(
                canvas, interface.random_words(rng, 2), p.x, p.y + 0.6 * CELL_HEIGHT, 12, (235, 235, 235), CELL_WIDTH
            )
        if badge or dealer.chance(0.04):
            x, y = p.x + float(rng.choice([-0.4, 0.4])) * CELL_WIDTH, p.y - 0.42 * CELL_HEIGHT
            interface.draw_tag(canvas, x, y, f"{rng.integers(1, 99)}", interface.random_colour(rng, 0), 26)
    if placed and dealer.chance(0.2):
        p = placed[int(rng.integers(len(placed)))]
        below = float(rng.choice([-1.25, 0.55])) * CELL_HEIGHT
        interface.draw_tooltip(canvas, p.x, p.y + below, rng)

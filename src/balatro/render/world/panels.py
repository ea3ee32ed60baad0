"""A screen washed with one colour, and a panel over it: the end of a run, menus, collections.

What the panel hides of the screen's cards is hidden; it may show cards itself, and one may stand beside it, with a bubble.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from balatro.config.screens import CELL_HEIGHT, CELL_WIDTH
from balatro.render import interface
from balatro.render.deck import Deck
from balatro.render.interface import Canvas
from balatro.render.plans.dealer import Dealer, Placed, at_rest
from balatro.render.plans.hands import any_stranger
from balatro.render.table import Screen, ScreenCard, draw_cards, truth_of, visible_shares
from balatro.render.world.looks import wash
from balatro.render.world.pages import UNITS, Box, draw_text

UNDER = 30_000
"""Owner of what lies under the panel and is not hidden by it."""


def lay_panel(screen: Screen, deck: Deck, dealer: Dealer) -> Screen:
    """The screen after its colour was washed, under a panel."""
    rng = dealer.rng
    image = wash(screen.image, rng) if rng.random() < 0.85 else screen.image.copy()
    height, width = image.shape[:2]
    owner = np.full((-(-height // 2), -(-width // 2)), UNDER, np.int16)
    canvas = Canvas(image, owner, height / UNITS, (0, 0), bool(rng.random() < 0.7))
    box = _place(width / canvas.scale, rng)
    _draw_panel(canvas, box, rng)
    cards = Canvas(image, owner, canvas.scale * float(rng.uniform(0.75, 1.25)), (0, 0), canvas.pixel_font)
    placed = _inside(_scaled(box, canvas.scale / cards.scale), dealer) if rng.random() < 0.4 else []
    placed += _beside(_scaled(box, canvas.scale / cards.scale), dealer) if rng.random() < 0.4 else []
    quads = draw_cards(cards, deck, placed, rng)
    _draw_over(cards, placed, dealer)
    shares = visible_shares(canvas, quads)
    under = [_seen_under(card, owner) for card in screen.cards]
    over = [truth_of(deck, p, quad, share) for p, quad, share in zip(placed, quads, shares, strict=True)]
    return Screen(image, (*under, *over))


def _place(width: float, rng: np.random.Generator) -> Box:
    """Mostly in the middle and high, sometimes small and anywhere, sometimes nearly the whole screen."""
    wide, tall = width * float(rng.uniform(0.25, 0.75)), UNITS * float(rng.uniform(0.45, 0.96))
    x = (width - wide) * float(np.clip(rng.normal(0.55, 0.2), 0, 1))
    y = (UNITS - tall) * float(np.clip(rng.normal(0.5, 0.2), 0, 1))
    return (x, y, x + wide, y + tall)


def _scaled(box: Box, factor: float) -> Box:
    left, top, right, bottom = (value * factor for value in box)
    return (left, top, right, bottom)


def _draw_panel(canvas: Canvas, box: Box, rng: np.random.Generator) -> None:
    """A frame with a title, rows of names and numbers, and buttons."""
    left, top, right, bottom = box
    tone = interface.SLATE if rng.random() < 0.7 else interface.random_colour(rng, 0, 130)
    edge = (220, 230, 235) if rng.random() < 0.6 else interface.random_colour(rng, 0)
    interface.draw_box(canvas, box, tone, edge, 12)
    interface.cover(canvas, (left - 3, top - 3, right + 3, bottom + 3))
    if rng.random() < 0.7:
        interface.draw_box(canvas, (left + 14, top + 14, right - 14, bottom - 60), interface.DARK, None, 8)
    size = float(rng.uniform(26, 60))
    title = interface.random_title(rng) if rng.random() < 0.6 else "GAME OVER"
    middle = (left + right) / 2
    interface.write(canvas, title, middle, top + 20 + size / 2, size, interface.random_colour(rng, 120), right - left - 40)
    row = top + 40 + size
    while row < bottom - 110 and rng.random() < 0.97:
        _draw_row(canvas, (left + 24, row, right - 24, row + 26), rng)
        row += float(rng.uniform(30, 40))
    for _ in range(int(rng.integers(1, 4))):
        colour, row = interface.BUTTONS[int(rng.integers(len(interface.BUTTONS)))], row + 8
        if row > bottom - 30:
            return
        interface.draw_box(canvas, (left + 40, row, right - 40, min(row + 34, bottom - 6)), colour)
        interface.write(canvas, interface.random_words(rng, 2), middle, row + 16, 20, (255, 255, 255), right - left - 100)
        row += 34


def _draw_row(canvas: Canvas, box: Box, rng: np.random.Generator) -> None:
    left, top, right, bottom = box
    split = left + (right - left) * float(rng.uniform(0.4, 0.75))
    interface.draw_box(canvas, (left, top, right, bottom), (150, 160, 175) if rng.random() < 0.6 else interface.SLATE, None, 5)
    interface.draw_box(canvas, (split, top + 2, right - 2, bottom - 2), interface.DARK, None, 5)
    draw_text(canvas, (left, top, split, bottom), rng, (255, 255, 255))
    number = f"{rng.integers(0, 99999):,}"
    interface.write(
        canvas, number, (split + right) / 2, (top + bottom) / 2, 17, interface.random_colour(rng, 90), right - split - 8
    )


def _inside(box: Box, dealer: Dealer) -> list[Placed]:
    """A grid of cards on the panel, as a collection shows them."""
    rng = dealer.rng
    gap, drop = CELL_WIDTH * float(rng.uniform(1.02, 1.3)), CELL_HEIGHT * float(rng.uniform(1.02, 1.25))
    columns = min(int((box[2] - box[0] - 10) / gap), 6)
    rows = min(int((box[3] - box[1] - 30) / drop), 3)
    if columns < 1 or rows < 1:
        return []
    x, y = (box[0] + box[2] - gap * (columns - 1)) / 2, box[1] + 0.6 * CELL_HEIGHT
    spots = [(x + gap * column, y + drop * row) for row in range(rows) for column in range(columns)]
    return [_dealt(dealer, "panel", *spot) for spot in spots if rng.random() < 0.95]


def _beside(box: Box, dealer: Dealer) -> list[Placed]:
    """One card at the left or right of the panel, partly over it."""
    x = float(dealer.rng.choice([box[0] - CELL_WIDTH, box[2] + CELL_WIDTH])) + float(dealer.rng.normal(0, 0.3)) * CELL_WIDTH
    y = float(dealer.rng.uniform(box[1], box[3]))
    return [_dealt(dealer, "beside", x, y)]


def _dealt(dealer: Dealer, area: str, x: float, y: float) -> Placed:
    is_stranger = dealer.strangers and dealer.rng.random() < 0.1
    return at_rest(dealer, area=area, x=x, y=y, **(any_stranger(dealer) if is_stranger else {"card": dealer.card()}))


def _draw_over(canvas: Canvas, placed: list[Placed], dealer: Dealer) -> None:
    """A bubble under the card that stands alone; what tells about a card, over others."""
    rng = dealer.rng
    for p in placed:
        if p.area == "beside" and rng.random() < 0.8:
            box = (p.x - 60, p.y + 0.55 * CELL_HEIGHT, p.x + 60, p.y + 0.55 * CELL_HEIGHT + 40)
            interface.draw_box(canvas, box, (250, 250, 250), None, 8)
            draw_text(canvas, box, rng, (60, 70, 75))
            interface.cover(canvas, box)
    told = [p for p in placed if p.area == "panel"]
    if told and rng.random() < 0.4:
        p = told[int(rng.integers(len(told)))]
        interface.draw_tooltip(canvas, p.x, p.y + float(rng.choice([-1.3, -0.9, 0.5])) * CELL_HEIGHT, rng)


def _seen_under(card: ScreenCard, owner: np.ndarray) -> ScreenCard:
    """The card with what the panel leaves of it."""
    low = np.clip(card.quad.min(0) / 2, 0, None).astype(int)
    high = np.maximum((card.quad.max(0) / 2 + 1).astype(int), low + 1)
    part = owner[low[1] : high[1], low[0] : high[0]]
    return replace(card, visible=card.visible * float((part == UNDER).mean()) if part.size else 0.0)

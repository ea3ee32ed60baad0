"""Pictures of cards as people post them, with the truth about every card.

Whole screens, crops of them, screens inside pages and streams, sheets of cards, single cards, and pages without any card.

A view has the shape (width by height) that it is asked for. Same deck, same random generator, same settings: same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from balatro.render import interface
from balatro.render.deck import Deck
from balatro.render.display import random_display, show
from balatro.render.plans.dealer import Dealer, make_dealer
from balatro.render.table import TRAIN, Screen, ScreenCard, TableSettings, draw_screen, truth_of, visible_shares
from balatro.render.world.looks import change
from balatro.render.world.pages import draw_decoy, fill_page, new_page, outline, paste
from balatro.render.world.panels import lay_panel
from balatro.render.world.sheets import lay_sheet

__all__ = ["WorldSettings", "crop_screen", "draw_page", "draw_view", "stretch"]

HEIGHTS = (360, 450, 540, 720, 900)
"""Pixels of a page's height, for pages as wide as they are high; others have as many pixels in all."""
SHARES = (0.1, 0.98)
"""Heights of a card as shares of a crop's."""


@dataclass(frozen=True)
class WorldSettings:
    """How often each kind of picture comes that is not a whole screen."""

    crop: float = 0.36
    sheet: float = 0.29
    inside: float = 0.14
    panel: float = 0.13
    empty: float = 0.08


WORLD = WorldSettings()


def draw_view(
    deck: Deck,
    rng: np.random.Generator,
    aspect: float,
    screen: Screen | None = None,
    among: Sequence[int] | None = None,
    table: TableSettings = TRAIN,
    settings: WorldSettings = WORLD,
) -> Screen:
    """A picture of about this aspect (width by height).

    screen: a screen to use where one is needed, so that it need not be drawn. among: see `draw_screen`.
    """
    shares = {field.name: getattr(settings, field.name) for field in fields(settings)}
    kind = str(rng.choice(list(shares), p=np.array([*shares.values()]) / sum(shares.values())))
    if kind in ("sheet", "empty"):
        view = draw_page(deck, rng, aspect, table, among, cards=kind == "sheet")
    else:
        screen = screen or draw_screen(deck, rng, table, among)
        view = _of_screen(kind, screen, aspect, make_dealer(deck, rng, table, among), deck)
    if rng.random() < 0.12:
        view = stretch(view, float(np.exp(rng.normal(0, 0.16))))
    return replace(view, image=change(view.image, rng))


def _of_screen(kind: str, screen: Screen, aspect: float, dealer: Dealer, deck: Deck) -> Screen:
    if kind == "crop":
        return crop_screen(screen, aspect, dealer.rng)
    if kind == "inside":
        return _inside(screen, aspect, dealer.rng)
    view = lay_panel(screen, deck, dealer)
    return view if aspect > 1.5 else crop_screen(view, aspect, dealer.rng)


def draw_page(
    deck: Deck,
    rng: np.random.Generator,
    aspect: float,
    table: TableSettings = TRAIN,
    among: Sequence[int] | None = None,
    cards: bool = True,
) -> Screen:
    """A page with a sheet of cards, or with none at all."""
    canvas = _page(aspect, rng)
    decoys = fill_page(canvas, rng, float(rng.choice([0, 0.5, 1])) if cards else float(rng.uniform(0.5, 3)))
    dealer = make_dealer(deck, rng, table, among)
    placed, quads = lay_sheet(canvas, deck, dealer) if cards else ([], [])
    shares = visible_shares(canvas, quads)
    truth = [truth_of(deck, p, quad, share) for p, quad, share in zip(placed, quads, shares, strict=True)]
    display = replace(random_display(rng, canvas.image.shape[0]), curve=0.0, fringe=0.0)
    image = show(canvas.image, display, rng) if rng.random() < 0.6 else canvas.image
    free = np.array([not _touches(quad, quads) for quad in decoys], bool)
    return _framed(image, truth, decoys[free] if len(decoys) else decoys)


def _page(aspect: float, rng: np.random.Generator) -> interface.Canvas:
    side = HEIGHTS[int(rng.integers(len(HEIGHTS)))]
    return new_page(round(side * aspect**0.5), round(side / aspect**0.5), rng)


def crop_screen(screen: Screen, aspect: float, rng: np.random.Generator) -> Screen:
    """A part of a screen, mostly around one of its cards, cut off anywhere."""
    height, width = screen.image.shape[:2]
    if screen.cards and rng.random() < 0.93:
        card = screen.cards[int(rng.integers(len(screen.cards)))]
        middle, high = card.quad.mean(0), float(np.ptp(card.quad[:, 1]))
        tall = min(high / float(np.exp(rng.uniform(*np.log(SHARES)))), float(height))
    else:
        middle, high = rng.random(2) * (width, height), 0.0
        tall = float(rng.uniform(0.2, 1.0)) * height
    wide = min(tall * aspect, float(width))
    # The card lies anywhere in the part, most often whole, and as often at an edge as anywhere.
    left = float(np.clip(_edgy(*_reach(middle[0], 0.4 * high, wide), rng), 0, width - wide))
    top = float(np.clip(_edgy(*_reach(middle[1], 0.5 * high, tall), rng), 0, height - tall))
    return cut(
        screen, round(left), round(top), max(round(left + wide), round(left) + 8), max(round(top + tall), round(top) + 8)
    )


def _reach(middle: float, half: float, length: float) -> tuple[float, float]:
    """From where to where a window of this length may begin so that the card lies in it."""
    low, high = middle + half - length, middle - half
    return (low, high) if low < high else (high, low)


def _edgy(low: float, high: float, rng: np.random.Generator) -> float:
    share = (
        float(rng.random()) if rng.random() < 0.5 else float(rng.choice([rng.uniform(-0.05, 0.08), rng.uniform(0.92, 1.05)]))
    )
    return low + share * (high - low)


def cut(screen: Screen, left: int, top: int, right: int, bottom: int) -> Screen:
    """The part of a screen between these pixels; cards are left out whose middle is."""
    shift = np.array((left, top), np.float32)
    image = np.ascontiguousarray(screen.image[max(top, 0) : bottom, max(left, 0) : right])
    cards = [replace(card, quad=card.quad - shift) for card in screen.cards]
    return _framed(image, cards, screen.decoys - shift)


def stretch(screen: Screen, factor: float) -> Screen:
    """The picture made wider by this factor, and as much lower."""
    height, width = screen.image.shape[:2]
    size = (max(round(width * factor**0.5), 8), max(round(height / factor**0.5), 8))
    image = cv2.resize(screen.image, size, interpolation=cv2.INTER_LINEAR)
    scale = np.array((size[0] / width, size[1] / height), np.float32)
    cards = tuple(replace(card, quad=card.quad * scale) for card in screen.cards)
    return Screen(image, cards, screen.decoys * scale)


def _inside(screen: Screen, aspect: float, rng: np.random.Generator) -> Screen:
    """A screen, or a part of one, inside a page: with a camera's picture, chat, borders and alerts beside and over it."""
    if rng.random() < 0.4:
        screen = crop_screen(screen, float(np.exp(rng.normal(0.4, 0.3))), rng)
    canvas = _page(aspect, rng)
    decoys = fill_page(canvas, rng, float(rng.uniform(0.3, 2)))
    height, width = screen.image.shape[:2]
    page = canvas.image.shape[1] / canvas.scale, canvas.image.shape[0] / canvas.scale
    scale = min(page[0] / width, page[1] / height) * float(rng.choice([rng.uniform(0.25, 0.7), rng.uniform(0.7, 1.05)]))
    wide, tall = width * scale, height * scale
    x, y = _anywhere(wide, page[0], rng), _anywhere(tall, page[1], rng)
    across, down, left, top = paste(canvas, screen.image, (x, y, x + wide, y + tall))
    scale_shift = np.array((across, down), np.float32), np.array((left, top), np.float32)
    quads = [card.quad * scale_shift[0] + scale_shift[1] for card in screen.cards]
    canvas.owner[:] = np.where(canvas.owner < 0, 0, canvas.owner)  # from here on -1 tells what lies over the screen
    over = _lay_over(canvas, (x, y, x + wide, y + tall), rng)
    cards = [
        replace(card, quad=quad, visible=card.visible * _uncovered(canvas, quad))
        for card, quad in zip(screen.cards, quads, strict=True)
    ]
    outline = np.array([[left, top], [left + across * width, top + down * height]], np.float32)
    free = [quad for quad in decoys if not _crosses(quad, outline)]
    return _framed(canvas.image, cards, np.array([*free, *over], np.float32).reshape(-1, 4, 2))


def _anywhere(size: float, room: float, rng: np.random.Generator) -> float:
    """Where something of this size may begin in a room, or around it."""
    low, high = sorted((-0.05 * size, room - 0.95 * size))
    return float(rng.uniform(low, high))


def _lay_over(canvas: interface.Canvas, box: tuple[float, float, float, float], rng: np.random.Generator) -> list[np.ndarray]:
    """A face-cam, an alert: they hide what is under them. Their quads."""
    quads = []
    for _ in range(int(rng.choice([0, 1, 2], p=[0.45, 0.4, 0.15]))):
        tall = float(rng.uniform(0.1, 0.3)) * (box[3] - box[1])
        wide = tall * float(rng.uniform(0.6, 1.9))
        x, y = float(rng.uniform(box[0], box[2] - wide)), float(rng.uniform(box[1], box[3] - tall))
        place = (x, y, x + wide, y + tall)
        draw_decoy(canvas, place, rng)
        interface.cover(canvas, place)
        quads.append(np.array([canvas.point(*point) for point in outline(place)], np.float32))
    return quads


def _uncovered(canvas: interface.Canvas, quad: np.ndarray) -> float:
    (left, top), (right, bottom) = (np.clip(quad.min(0) / 2, 0, None)).astype(int), (quad.max(0) / 2 + 1).astype(int)
    part = canvas.owner[top:bottom, left:right]
    return float((part >= 0).mean()) if part.size else 0.0


def _touches(quad: np.ndarray, quads: Sequence[np.ndarray]) -> bool:
    return any(_crosses(quad, other) for other in quads)


def _crosses(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the boxes around two shapes share any place."""
    return bool((one.min(0) < other.max(0)).all() and (one.max(0) > other.min(0)).all())


def _framed(image: np.ndarray, cards: Sequence[ScreenCard], decoys: np.ndarray) -> Screen:
    """The picture with the cards whose middle lies on it; of each, the share that shows is what the edges leave of it."""
    size = np.array(image.shape[1::-1], np.float32)
    kept = []
    for card in cards:
        low, high = card.quad.min(0), card.quad.max(0)
        if ((card.quad.mean(0) > 0) & (card.quad.mean(0) < size)).all():
            share = ((np.minimum(high, size) - np.maximum(low, 0)) / np.maximum(high - low, 1e-3)).prod()
            kept.append(replace(card, visible=card.visible * float(share)))
    inside = (decoys.mean(1) > 0).all(1) & (decoys.mean(1) < size).all(1)
    return Screen(image, tuple(kept), decoys[inside])

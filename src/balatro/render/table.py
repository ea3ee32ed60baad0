"""Whole screens of a game, with the truth about every card on them.

A screen is planned first (which cards lie where, in the units of a 1024x576 room), then drawn from the ground up, then seen
through a display. Same deck, same random generator, same settings: same screen, to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.config.screens import CELL_HEIGHT, CELL_WIDTH, ROOM
from balatro.render import interface
from balatro.render.deck import Deck, DeckCard, dressed, parts_of, to_scale
from balatro.render.display import GAME, Display, move_points, random_display, show
from balatro.render.editions import Parts, Phases, draw_editions, random_phases
from balatro.render.ground import draw_ground, random_ground_colours
from balatro.render.layers import Float, Pose, drawn_quad, lay, random_float, stack_layers
from balatro.render.plans.areas import PLANS, upper_rows
from balatro.render.plans.dealer import Dealer, Placed, make_dealer

STATES = ("shop", "pack", "hand", "blind", "scattered", "deck")
SIZES = (
    (640, 360),
    (768, 432),
    (854, 480),
    (960, 540),
    (1024, 576),
    (1024, 576),
    (1280, 720),
    (1152, 720),
    (1024, 768),
    (1600, 900),
)
PLAY_SIZES = ((1280, 720), (1920, 1080))


@dataclass(frozen=True)
class TableSettings:
    """What kind of screens are drawn. The defaults are for training: everything that may happen, often."""

    sizes: tuple[tuple[int, int], ...] = SIZES
    """Widths and heights in pixels, one of them for each screen."""
    states: tuple[float, ...] = (0.22, 0.2, 0.3, 0.06, 0.18, 0.04)
    """How often each of STATES comes."""
    modifiers: tuple[float, ...] = (0.28, 0.18, 0.18, 0.18, 0.18)
    """How often each modifier comes on a card that may have one."""
    crowded: float = 0.35
    """How often the joker row holds six to fifteen cards."""
    disturbed: float = 1.0
    """Scales how often stickers, tooltips, buttons, tilts and the like come: 0 gives a tidy table."""
    display: Display | None = None
    """The display, or None for a random one."""


TRAIN = TableSettings()
PLAY = TableSettings(
    sizes=PLAY_SIZES,
    states=(0.35, 0.3, 0.25, 0.1, 0.0, 0.0),
    modifiers=(0.6, 0.1, 0.1, 0.1, 0.1),
    crowded=0.15,
    disturbed=0.4,
    display=GAME,
)
"""Screens as a player sees them."""


@dataclass(frozen=True, eq=False)
class ScreenCard:
    """The truth about one card: its place in deck.cards, id, whether it is to be named, modifier, corners (4, 2) float32 of
    its drawn part in pixels (top left, top right, bottom right, bottom left), the share of it that shows, and its area; and
    what lies on it and under its face: stickers, seal, enhancement."""

    card: int
    id: str
    known: bool
    modifier: str
    quad: np.ndarray
    visible: float
    area: str
    enhancement: str = ""
    seal: str = ""
    stickers: tuple[str, ...] = ()
    debuffed: bool = False


@dataclass(frozen=True, eq=False)
class Screen:
    """A picture (H, W, 3) uint8 RGB and its cards in drawing order."""

    image: np.ndarray
    cards: tuple[ScreenCard, ...]
    decoys: np.ndarray = field(default_factory=lambda: np.zeros((0, 4, 2), np.float32))
    """(N, 4, 2) float32 corners of things that pass for cards and are none."""


def draw_screen(
    deck: Deck, rng: np.random.Generator, settings: TableSettings = TRAIN, among: Sequence[int] | None = None
) -> Screen:
    """One screen with truth. among: places in deck.cards of the cards to deal; all known ones when not given.

    >>> from dataclasses import replace
    >>> from balatro.config.paths import art_dir
    >>> from balatro.render.deck import load_deck
    >>> screen = draw_screen(load_deck(art_dir("demo")), np.random.default_rng(2), replace(PLAY, sizes=((1280, 720),)))
    >>> screen.image.shape
    (720, 1280, 3)
    >>> [(card.id, card.modifier) for card in screen.cards if card.known][:2]
    [('d_juggler', 'Polychrome'), ('d_diploma_of_idleness', 'Base')]
    """
    width, height = settings.sizes[int(rng.integers(len(settings.sizes)))]
    state = STATES[int(rng.choice(len(STATES), p=settings.states))]
    scale = float(np.exp(rng.normal(0, 0.07))) if rng.random() < 0.4 * settings.disturbed else 1.0
    pixel_font = bool(rng.random() < 0.7 + 0.3 * (1 - settings.disturbed))
    canvas = interface.new_canvas(width, height, scale, pixel_font)
    dealer = make_dealer(deck, rng, settings, among)
    draw_ground(canvas, random_ground_colours(rng), rng)
    placed = [*(upper_rows(dealer) if state != "deck" else ()), *PLANS[state](dealer)]
    _draw_furniture(canvas, state, rng)
    quads = draw_cards(canvas, deck, placed, rng)
    _draw_over(canvas, placed, dealer)
    display = settings.display or random_display(rng, height)
    image = show(canvas.image, display, rng)
    visible = visible_shares(canvas, quads)
    seen = [move_points(quad, width, height, display) for quad in quads]
    cards = [truth_of(deck, p, quad, share) for p, quad, share in zip(placed, seen, visible, strict=True)]
    inside = [card for card in cards if _is_inside(card.quad, width, height)]
    return Screen(image, tuple(inside))


# Drawing.


def _draw_furniture(canvas: interface.Canvas, state: str, rng: np.random.Generator) -> None:
    if rng.random() < 0.92:
        interface.draw_side_panel(canvas, rng)
    for left, right in ((272, 722), (732, 930)):
        if rng.random() < 0.6:
            canvas_box = (left, 26, right, 142)
            _shade(canvas, canvas_box, float(rng.uniform(0.05, 0.3)))
    if state == "shop":
        interface.draw_shop_panel(canvas, rng)
    elif state == "blind":
        interface.draw_blinds(canvas, rng)
    elif state == "pack":
        interface.draw_caption(canvas, rng)
        if rng.random() < 0.7:
            interface.draw_sparks(canvas, rng)
    elif state == "hand":
        interface.draw_hand_buttons(canvas, rng)
    elif state == "deck":
        interface.draw_box(canvas, (250.0, 20.0, 1010.0, 550.0), interface.SLATE, (220, 230, 235), 12)


def _shade(canvas: interface.Canvas, box: tuple[float, float, float, float], depth: float) -> None:
    (left, top), (right, bottom) = canvas.point(box[0], box[1]), canvas.point(box[2], box[3])
    part = canvas.image[max(top, 0) : bottom, max(left, 0) : right]
    if part.size:
        part[:] = cv2.convertScaleAbs(part, alpha=1 - depth)


def draw_cards(canvas: interface.Canvas, deck: Deck, placed: list[Placed], rng: np.random.Generator) -> list[np.ndarray]:
    """Draw all cards, in order, and note which shows where; returns their quads before the display."""
    cards = [deck.cards[p.card] for p in placed]
    width = CELL_WIDTH * canvas.scale
    # Twice the art's pixels unless the cards are small; sometimes less, as on weak machines.
    detail = 1 if width < 60 or (width < 110 and rng.random() < 0.4) else 2
    smooth = bool(rng.random() < 0.6)
    modifiers = np.array([p.modifier for p in placed], int)
    phases = random_phases(rng, len(placed))
    if not placed:
        return []
    plain = [dressed(deck, card, p.enhancement, p.face) for p, card in zip(placed, cards, strict=True)]
    bodies = np.stack([to_scale(body, detail) for body in plain])
    parts = [_parts(deck, card, p, detail) for p, card in zip(placed, cards, strict=True)]
    bodies = draw_editions(bodies, modifiers, phases, [c.shine for c in cards], parts)
    quads = []
    for number, (p, card, body) in enumerate(zip(placed, cards, bodies, strict=True)):
        pose = pose_of(canvas, p, width)
        hover = random_float(rng) if card.floating is not None else Float()
        layers = stack_layers(body, overlays_of(deck, p, phases[np.array([number])]), card.floating, hover, p.debuffed)
        lay(canvas.image, card, layers, pose, shadow_of(canvas, p), smooth)
        quad = drawn_quad(card, pose)
        _own(canvas, quad, number)
        quads.append(quad)
    return quads


def _parts(deck: Deck, card: DeckCard, p: Placed, detail: int) -> Parts:
    """The two layers of a playing card with an edition."""
    parts = parts_of(deck, card, p.enhancement, p.face) if p.modifier else None
    return parts and (to_scale(parts[0], detail), to_scale(parts[1], detail))


def overlays_of(deck: Deck, p: Placed, phases: Phases) -> list[np.ndarray]:
    """What lies on the card: its seal, a Gold one with a shine, and its stickers."""
    seals = [deck.seals[p.seal]] if p.seal else []
    if p.seal == "Gold":
        seals = [draw_editions(seals[0][None], np.zeros(1, int), phases, ["voucher"])[0]]
    return [*seals, *(deck.stickers[name] for name in p.stickers)]


def pose_of(canvas: interface.Canvas, p: Placed, width: float) -> Pose:
    """Where it lies on the picture; width: of a regular card, in pixels."""
    x, y = p.x * canvas.scale + canvas.origin[0], p.y * canvas.scale + canvas.origin[1]
    return Pose(x, y, width, p.rotation, p.enlarged, p.tilt)


def shadow_of(canvas: interface.Canvas, p: Placed) -> tuple[float, float]:
    """How far its shadow falls, in pixels: away from the middle of the room, and down."""
    across = (p.x - ROOM[0] / 2) / ROOM[0] * 10 * p.lifted
    return float(-across * canvas.scale), float(7 * p.lifted * canvas.scale)


def _own(canvas: interface.Canvas, quad: np.ndarray, number: int) -> None:
    cv2.fillConvexPoly(canvas.owner, np.round(quad / 2).astype(np.int32), number)


def _draw_over(canvas: interface.Canvas, placed: list[Placed], dealer: Dealer) -> None:
    """Price tags, buttons, a tooltip, pop-ups, the cursor."""
    rng = dealer.rng
    for p in placed:
        if p.area in ("shop", "voucher", "booster"):
            tall = CELL_HEIGHT * (0.62 if p.area == "booster" else 0.5)
            interface.draw_tag(canvas, p.x, p.y - tall - float(rng.uniform(-4, 8)), f"${rng.integers(1, 20)}", interface.DARK)
        elif p.area in ("jokers", "consumables", "scattered") and dealer.chance(0.03):
            text, colour = ("SELL", "USE")[int(rng.integers(2))], interface.BUTTONS[int(rng.integers(len(interface.BUTTONS)))]
            interface.draw_tag(canvas, p.x + 52, p.y + float(rng.uniform(-30, 30)), text, colour, 48)
        if p.area != "deck" and dealer.chance(0.03):
            colour = interface.BUTTONS[int(rng.integers(len(interface.BUTTONS)))]
            y = p.y + float(rng.choice([-1, 1])) * float(rng.uniform(45, 80))
            interface.draw_tag(canvas, p.x, y, f"+{rng.integers(1, 60)}", colour, float(rng.uniform(34, 70)))
    _write_counts(canvas, rng)
    _draw_tooltips(canvas, placed, dealer)
    if dealer.chance(0.4):
        interface.draw_cursor(canvas, float(rng.uniform(280, 1000)), float(rng.uniform(20, 560)))


def _draw_tooltips(canvas: interface.Canvas, placed: list[Placed], dealer: Dealer) -> None:
    """One of any card; and where a pack lies under a hand, that of one of its cards, which hides the lower half of the hand."""
    rng = dealer.rng
    pack = [p for p in placed if p.area == "pack"] if any(p.area == "hand" for p in placed) else []
    told = [*(pack[int(rng.integers(len(pack)))] for _ in range(2) if pack and dealer.chance(0.5))]
    if placed and dealer.chance(0.35):
        told.append(placed[int(rng.integers(len(placed)))])
    for p in told:
        below = p.y < 300
        y = p.y + (CELL_HEIGHT * float(rng.uniform(0.45, 0.6)) if below else -CELL_HEIGHT * float(rng.uniform(1.0, 1.4)))
        beside = float(rng.choice([0, -110, 110], p=[0.7, 0.15, 0.15]))
        interface.draw_tooltip(canvas, p.x + beside, y if not beside else p.y - 40, rng)


def _write_counts(canvas: interface.Canvas, rng: np.random.Generator) -> None:
    for x, y in ((280, 155), (925, 155), (893, 548)):
        if rng.random() < 0.8:
            interface.write(canvas, f"{rng.integers(0, 60)}/{rng.integers(2, 60)}", x, y, 12, (255, 255, 255))


# Truth.


def visible_shares(canvas: interface.Canvas, quads: list[np.ndarray]) -> np.ndarray:
    """The share of each quad that shows on the picture."""
    counts = np.bincount(canvas.owner.ravel() + 1, minlength=len(quads) + 1)[1 : len(quads) + 1]
    areas = np.array([cv2.contourArea(quad / 2) for quad in quads])
    return np.minimum(counts / np.maximum(areas, 1), 1.0)


def truth_of(deck: Deck, p: Placed, quad: np.ndarray, visible: float) -> ScreenCard:
    card: DeckCard = deck.cards[p.card]
    seen = (p.enhancement, p.seal, p.stickers, p.debuffed)
    return ScreenCard(p.card, card.id, card.known, MODIFIERS[p.modifier], quad, float(visible), p.area, *seen)


def _is_inside(quad: np.ndarray, width: int, height: int) -> bool:
    x, y = quad.mean(0)
    return bool(0 < x < width and 0 < y < height)

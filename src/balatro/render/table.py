"""Whole screens of a game, with the truth about every card on them.

A screen is planned first (which cards lie where, in the units of a 1024x576 room), then drawn from the ground up, then seen
through a display. Same deck, same random generator, same settings: same screen, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.config.screens import CELL_HEIGHT, CELL_WIDTH, ROOM
from balatro.render import interface
from balatro.render.deck import Deck, DeckCard, cells
from balatro.render.display import GAME, Display, move_points, random_display, show
from balatro.render.editions import draw_editions, random_phases
from balatro.render.layers import Float, Pose, drawn_quad, lay, random_float, stack_layers

STATES = ("shop", "pack", "hand", "blind", "scattered")
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
    states: tuple[float, ...] = (0.28, 0.24, 0.16, 0.1, 0.22)
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
    states=(0.35, 0.3, 0.25, 0.1, 0.0),
    modifiers=(0.6, 0.1, 0.1, 0.1, 0.1),
    crowded=0.15,
    disturbed=0.4,
    display=GAME,
)
"""Screens as a player sees them."""


@dataclass(frozen=True, eq=False)
class ScreenCard:
    """The truth about one card: its place in deck.cards, id, whether it is to be named, modifier, corners (4, 2) float32 of
    its drawn part in pixels (top left, top right, bottom right, bottom left), the share of it that shows, and its area."""

    card: int
    id: str
    known: bool
    modifier: str
    quad: np.ndarray
    visible: float
    area: str


@dataclass(frozen=True, eq=False)
class Screen:
    """A picture (H, W, 3) uint8 RGB and its cards in drawing order."""

    image: np.ndarray
    cards: tuple[ScreenCard, ...]
    decoys: np.ndarray = field(default_factory=lambda: np.zeros((0, 4, 2), np.float32))
    """(N, 4, 2) float32 corners of things that pass for cards and are none."""


@dataclass(frozen=True)
class Placed:
    """A planned card: its place in deck.cards, modifier, and where it lies; x and y in room units."""

    card: int
    modifier: int
    area: str
    x: float
    y: float
    rotation: float = 0.0
    enlarged: float = 1.0
    tilt: tuple[float, float] = (0.0, 0.0)
    lifted: float = 1.0
    """Height over the table: scales the shadow."""
    debuffed: bool = False
    stickers: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Dealer:
    """Draws cards from a deck for a plan."""

    rng: np.random.Generator
    settings: TableSettings
    known: np.ndarray
    strangers: dict[str, np.ndarray] = field(default_factory=dict)
    num_stickers: int = 0

    def card(self) -> int:
        return int(self.rng.choice(self.known))

    def stranger(self, kind: str) -> int | None:
        among = self.strangers.get(kind)
        return None if among is None else int(self.rng.choice(among))

    def modifier(self) -> int:
        return int(self.rng.choice(len(MODIFIERS), p=self.settings.modifiers))

    def chance(self, share: float) -> bool:
        """True so often, scaled by how disturbed the table is."""
        return bool(self.rng.random() < share * self.settings.disturbed)


def draw_screen(
    deck: Deck, rng: np.random.Generator, settings: TableSettings = TRAIN, among: Sequence[int] | None = None
) -> Screen:
    """One screen with truth. among: places in deck.cards of the cards to deal; all known ones when not given.

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
    interface.draw_ground(canvas, interface.random_ground_colours(rng), rng)
    placed = _upper_rows(dealer) + PLANS[state](dealer)
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


def make_dealer(deck: Deck, rng: np.random.Generator, settings: TableSettings, among: Sequence[int] | None) -> Dealer:
    known = np.asarray(among if among is not None else _known(deck))
    return Dealer(rng, settings, known, _strangers(deck), len(deck.stickers))


def _known(deck: Deck) -> np.ndarray:
    return _places(deck)[0]


def _strangers(deck: Deck) -> dict[str, np.ndarray]:
    return _places(deck)[1]


_PLACES: dict[int, tuple[Deck, np.ndarray, dict[str, np.ndarray]]] = {}


def _places(deck: Deck) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Places of the known cards and of each type of stranger; kept, since decks for training have thousands of cards."""
    kept = _PLACES.get(id(deck))
    if kept is None or kept[0] is not deck:
        known = np.array([i for i, card in enumerate(deck.cards) if card.known])
        kinds: dict[str, list[int]] = {}
        for i, card in enumerate(deck.cards):
            if not card.known:
                kinds.setdefault(card.type, []).append(i)
        _PLACES.clear()
        kept = _PLACES[id(deck)] = (deck, known, {kind: np.array(places) for kind, places in kinds.items()})
    return kept[1], kept[2]


# Plans: where the cards lie. Joker row and consumables are on every screen.


def at_rest(dealer: Dealer, card: int, area: str, x: float, y: float, **more: object) -> Placed:
    """A card with the small rotation and tilt that it has at rest, and sometimes hovered, dragged, debuffed or marked."""
    rng = dealer.rng
    placed = Placed(
        card=card,
        modifier=dealer.modifier(),
        area=area,
        x=x,
        y=y + float(rng.normal(0, 1.5)),
        rotation=float(rng.normal(0, 0.03)),
        tilt=(float(rng.uniform(-0.03, 0.03)), float(rng.uniform(-0.03, 0.03))),
    )
    if dealer.chance(0.08):
        tilt = (float(rng.uniform(-0.13, 0.13)), float(rng.uniform(-0.13, 0.13)))
        placed = replace(placed, enlarged=float(rng.uniform(1.03, 1.12)), tilt=tilt)
    if dealer.chance(0.06):
        placed = replace(placed, y=placed.y - float(rng.uniform(8, 40)))
    if dealer.chance(0.02):
        placed = replace(placed, lifted=float(rng.uniform(1, 5)), rotation=float(rng.normal(0, 0.15)))
    if dealer.chance(0.03):
        placed = replace(placed, debuffed=True)
    if dealer.num_stickers and dealer.chance(0.12):
        placed = replace(placed, stickers=tuple(int(v) for v in rng.integers(0, dealer.num_stickers, rng.integers(1, 3))))
    return replace(placed, **more)  # type: ignore[arg-type]


def _row(dealer: Dealer, count: int, area: str, left: float, right: float, y: float) -> list[Placed]:
    """Known cards between two middles, evenly; they overlap when there are many."""
    if count == 0:
        return []
    gap = (right - left) / max(count - 1, 1)
    gap = min(gap, CELL_WIDTH * float(dealer.rng.uniform(1.02, 1.5)))
    start = left + (right - left - gap * (count - 1)) * float(dealer.rng.choice([0.0, 0.5, 0.5, dealer.rng.random()]))
    return [at_rest(dealer, dealer.card(), area, start + gap * i, y) for i in range(count)]


def _upper_rows(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    crowded = rng.random() < dealer.settings.crowded
    jokers = int(rng.integers(6, 16)) if crowded else int(rng.integers(0, 6))
    placed = _row(dealer, jokers, "jokers", 319, 319 + float(rng.uniform(340, 385)), 87)
    consumables = int(rng.choice([0, 1, 2, 2, 3, 5], p=[0.2, 0.25, 0.25, 0.15, 0.1, 0.05]))
    placed += _row(dealer, consumables, "consumables", 790, 790 + float(rng.uniform(90, 130)), 87)
    if dealer.chance(0.03) and (back := dealer.stranger("Card back")) is not None and placed:
        i = int(rng.integers(len(placed)))
        placed[i] = replace(placed[i], card=back, modifier=0)
    return placed


def _fixed(dealer: Dealer, kind: str, area: str, x: float, y: float, **more: object) -> list[Placed]:
    card = dealer.stranger(kind)
    if card is None:
        return []
    return [at_rest(dealer, card, area, x, y, **{"modifier": 0, "debuffed": False, "stickers": (), **more})]


def _deck_pile(dealer: Dealer) -> list[Placed]:
    card = dealer.stranger("Card back")
    if card is None:
        return []
    x, y = 893 + dealer.rng.normal(0, 6), 478 + dealer.rng.normal(0, 6)
    return [Placed(card, 0, "deck", float(x), float(y), rotation=float(dealer.rng.normal(0, 0.01)), lifted=1.5)]


def _shop(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    count = int(rng.integers(1, 5))
    placed = _row(dealer, count, "shop", 613 - 52 * (count - 1), 613 + 52 * (count - 1), 280)
    for number in range(int(rng.integers(0, 3))):
        placed += _fixed(dealer, "Voucher", "voucher", 437 + 60 * number, 462)
    count = int(rng.integers(0, 3))
    for number in range(count):
        placed += _fixed(dealer, "Booster pack", "booster", 628 + 105 * number, 462)
    return placed + _deck_pile(dealer)


def _playing_cards(dealer: Dealer, count: int, area: str, left: float, right: float, y: float, bow: float) -> list[Placed]:
    placed: list[Placed] = []
    for i in range(count):
        share = i / max(count - 1, 1) - 0.5
        card = dealer.stranger("Playing card")
        if card is None:
            return []
        x = left + (right - left) * (share + 0.5)
        up = float(dealer.rng.uniform(15, 35)) if dealer.chance(0.25) else 0.0
        # Few playing cards carry an edition in play; enough here for a reader to learn that they may.
        modifier = dealer.modifier() if dealer.rng.random() < 0.3 else 0
        turn = 0.12 * share + float(dealer.rng.normal(0, 0.02))
        placed.append(at_rest(dealer, card, area, x, y + bow * share**2 - up, rotation=turn, modifier=modifier, stickers=()))
    return placed


def _pack(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    count = int(rng.integers(1, 6))
    middle, gap = 555.0, float(rng.uniform(100, 125))
    if count > 3:
        gap *= 0.85
    if rng.random() < 0.2:
        left = middle - gap * (count - 1) / 2
        placed = _playing_cards(dealer, count, "pack", left, 2 * middle - left, 412, 0)
    else:
        placed = [at_rest(dealer, dealer.card(), "pack", middle + gap * (i - (count - 1) / 2), 412) for i in range(count)]
    if rng.random() < 0.45:
        placed += _playing_cards(dealer, int(rng.integers(5, 12)), "hand", 325, 790, 262, 60)
    return placed + _deck_pile(dealer)


def _hand(dealer: Dealer) -> list[Placed]:
    rng = dealer.rng
    placed = _playing_cards(dealer, int(rng.integers(3, 14)), "hand", 325, 790, float(rng.uniform(380, 420)), 60)
    if rng.random() < 0.4:
        count = int(rng.integers(1, 6))
        placed += _playing_cards(dealer, count, "hand", 555 - 50 * (count - 1), 555 + 50 * (count - 1), 262, 0)
    return placed + _deck_pile(dealer)


def _blind(dealer: Dealer) -> list[Placed]:
    return _deck_pile(dealer)


def _scattered(dealer: Dealer) -> list[Placed]:
    """Cards of every kind anywhere, some upon others: screens that no layout of the game explains."""
    rng = dealer.rng
    kinds = [*dealer.strangers]
    placed = []
    for _ in range(int(rng.integers(3, 15))):
        x, y = float(rng.uniform(290, 1000)), float(rng.uniform(180, 540))
        if kinds and rng.random() < 0.3:
            card = dealer.stranger(kinds[int(rng.integers(len(kinds)))])
            assert card is not None
            placed.append(at_rest(dealer, card, "scattered", x, y, modifier=dealer.modifier() if rng.random() < 0.2 else 0))
        else:
            placed.append(at_rest(dealer, dealer.card(), "scattered", x, y, enlarged=float(np.exp(rng.normal(0, 0.06)))))
    return placed


PLANS: dict[str, Callable[[Dealer], list[Placed]]] = {
    "shop": _shop,
    "pack": _pack,
    "hand": _hand,
    "blind": _blind,
    "scattered": _scattered,
}
"""What lies below the upper rows, for each of STATES."""


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
    bodies = draw_editions(cells(cards, detail), modifiers, phases, [c.shine for c in cards])
    quads = []
    for number, (p, card, body) in enumerate(zip(placed, cards, bodies, strict=True)):
        pose = pose_of(canvas, p, width)
        hover = random_float(rng) if card.floating is not None else Float()
        layers = stack_layers(body, [deck.stickers[s] for s in p.stickers], card.floating, hover, p.debuffed)
        lay(canvas.image, card, layers, pose, shadow_of(canvas, p), smooth)
        quad = drawn_quad(card, pose)
        _own(canvas, quad, number)
        quads.append(quad)
    return quads


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
    if placed and dealer.chance(0.35):
        p = placed[int(rng.integers(len(placed)))]
        below = p.y < 300
        y = p.y + (CELL_HEIGHT * float(rng.uniform(0.45, 0.6)) if below else -CELL_HEIGHT * float(rng.uniform(1.0, 1.4)))
        beside = float(rng.choice([0, -110, 110], p=[0.7, 0.15, 0.15]))
        interface.draw_tooltip(canvas, p.x + beside, y if not beside else p.y - 40, rng)
    if dealer.chance(0.4):
        interface.draw_cursor(canvas, float(rng.uniform(280, 1000)), float(rng.uniform(20, 560)))


def _write_counts(canvas: interface.Canvas, rng: np.random.Generator) -> None:
    for x, y in ((280, 155), (925, 155), (893, 548)):
        if rng.random() < 0.8:
            interface.write(canvas, f"{rng.integers(0, 60)}/{rng.integers(2, 60)}", x, y, 12, (255, 255, 255))


# Truth.


def visible_shares(canvas: interface.Canvas, quads: list[np.ndarray]) -> np.ndarray:
    """The share of each quad that shows on the picture."""
    counts = np.bincount(canvas.owner.ravel() + 1, minlength=len(quads) + 1)[1:]
    areas = np.array([cv2.contourArea(quad / 2) for quad in quads])
    return np.minimum(counts / np.maximum(areas, 1), 1.0)


def truth_of(deck: Deck, p: Placed, quad: np.ndarray, visible: float) -> ScreenCard:
    card: DeckCard = deck.cards[p.card]
    return ScreenCard(p.card, card.id, card.known, MODIFIERS[p.modifier], quad, float(visible), p.area)


def _is_inside(quad: np.ndarray, width: int, height: int) -> bool:
    x, y = quad.mean(0)
    return bool(0 < x < width and 0 < y < height)

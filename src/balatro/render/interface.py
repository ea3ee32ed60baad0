"""What lies on a screen of the game beside the cards: swirling ground, panels, buttons, price tags, tooltips, cursor.

Everything is drawn on a Canvas, whose unit is a pixel of a 1024x576 screen; the canvas scales it to the picture's own size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from balatro.config.screens import ROOM
from balatro.render.demo_art.font import text_bits

Colour = tuple[int, int, int]
WORDS = [
    "Shop",
    "Reroll",
    "Next",
    "Round",
    "Hands",
    "Discards",
    "Ante",
    "Score",
    "Mult",
    "Chips",
    "Select",
    "Blind",
    "Skip",
    "Run",
    "Info",
    "Options",
    "Level",
    "Cards",
    "Sell",
    "Buy",
    "Use",
    "Pack",
    "Choose",
    "Gold",
    "Steel",
    "Glass",
    "Wild",
    "Lucky",
    "Stone",
    "Bonus",
    "each",
    "played",
    "hand",
    "gives",
    "creates",
    "copy",
    "random",
    "retrigger",
    "destroy",
    "free",
    "slot",
    "when",
    "scored",
    "of",
    "the",
    "in",
    "for",
    "Heart",
    "Spade",
    "Club",
    "Diamond",
    "Flush",
    "Pair",
    "House",
    "Straight",
    "face",
    "down",
    "left",
    "right",
    "Rare",
    "Common",
    "Boss",
    "Small",
    "Big",
    "Reward",
    "Must",
    "play",
    "five",
    "max",
]


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture being drawn: image (H, W, 3) uint8 RGB; owner (H // 2, W // 2) int16: which card shows there (-1: none)."""

    image: np.ndarray
    owner: np.ndarray
    scale: float
    origin: tuple[float, float]
    pixel_font: bool = True
    """Write with the pixel font, as the game does in Latin script; else with a smooth one."""

    def point(self, x: float, y: float) -> tuple[int, int]:
        """Room units to whole pixels."""
        return round(x * self.scale + self.origin[0]), round(y * self.scale + self.origin[1])

    def length(self, units: float) -> int:
        """A length in whole pixels, at least 1."""
        return max(round(units * self.scale), 1)


def new_canvas(width: int, height: int, scale: float = 1.0, pixel_font: bool = True) -> Canvas:
    """An empty canvas; scale enlarges everything in the room."""
    per_unit = min(width / ROOM[0], height / ROOM[1]) * scale
    origin = ((width - ROOM[0] * per_unit) / 2, (height - ROOM[1] * per_unit) / 2)
    owner = np.full((height // 2, width // 2), -1, np.int16)
    return Canvas(np.zeros((height, width, 3), np.uint8), owner, per_unit, origin, pixel_font)


def draw_box(
    canvas: Canvas, box: tuple[float, float, float, float], fill: Colour, edge: Colour | None = None, radius: float = 6
) -> None:
    """A rounded box (left, top, right, bottom in room units), with an edge of two units when a colour is given."""
    (left, top), (right, bottom) = canvas.point(box[0], box[1]), canvas.point(box[2], box[3])
    if edge is not None:
        line = canvas.length(2.5)
        _fill_round(canvas.image, left - line, top - line, right + line, bottom + line, canvas.length(radius + 2.5), edge)
    _fill_round(canvas.image, left, top, right, bottom, canvas.length(radius), fill)


def cover(canvas: Canvas, box: tuple[float, float, float, float]) -> None:
    """Note that no card shows in this box."""
    (left, top), (right, bottom) = canvas.point(box[0], box[1]), canvas.point(box[2], box[3])
    canvas.owner[max(top // 2, 0) : max(bottom // 2, 0), max(left // 2, 0) : max(right // 2, 0)] = -1


def _fill_round(image: np.ndarray, left: int, top: int, right: int, bottom: int, radius: int, colour: Colour) -> None:
    radius = max(min(radius, (right - left) // 2, (bottom - top) // 2), 0)
    if right <= left or bottom <= top:
        return
    cv2.rectangle(image, (left + radius, top), (right - radius, bottom), colour, cv2.FILLED)
    cv2.rectangle(image, (left, top + radius), (right, bottom - radius), colour, cv2.FILLED)
    for x in (left + radius, right - radius):
        for y in (top + radius, bottom - radius):
            cv2.circle(image, (x, y), radius, colour, cv2.FILLED, cv2.LINE_AA)


@lru_cache(maxsize=32)
def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=pixels)


@lru_cache(maxsize=1024)
def _stamp(text: str, pixels: int, pixel_font: bool) -> np.ndarray:
    """The text's coverage, (h, w) uint8."""
    if pixel_font:
        bits = text_bits(text).astype(np.uint8) * 255
        # The tall font has 7 rows where a smooth font of the same size has capitals of 0.7 of its size.
        times = pixels * 0.7 / bits.shape[0]
        return cv2.resize(bits, None, fx=times, fy=times, interpolation=cv2.INTER_AREA if times < 1 else cv2.INTER_LINEAR)
    font = _font(pixels)
    left, top, right, bottom = (round(v) for v in font.getbbox(text))
    picture = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(picture).text((-left, -top), text, fill=255, font=font)
    return np.asarray(picture)


def write(canvas: Canvas, text: str, x: float, y: float, size: float, colour: Colour, room: float = ROOM[0]) -> None:
    """Text centred at (x, y), size in room units; smaller when it would be wider than `room`."""
    if not text:
        return
    pixels = max(canvas.length(size), 5)
    stamp = _stamp(text, pixels, canvas.pixel_font)
    if stamp.shape[1] > canvas.length(room):
        stamp = _stamp(text, max(pixels * canvas.length(room) // stamp.shape[1], 5), canvas.pixel_font)
    cx, cy = canvas.point(x, y)
    top, left = cy - stamp.shape[0] // 2, cx - stamp.shape[1] // 2
    height, width = canvas.image.shape[:2]
    t, b, lft, r = max(top, 0), min(top + stamp.shape[0], height), max(left, 0), min(left + stamp.shape[1], width)
    if t >= b or lft >= r:
        return
    part = canvas.image[t:b, lft:r]
    alpha = stamp[t - top : b - top, lft - left : r - left, None].astype(np.float32) / 255
    part[:] = part + (np.array(colour, np.float32) - part) * alpha


def random_colour(rng: np.random.Generator, low: int = 30, high: int = 255) -> Colour:
    """Any colour."""
    r, g, b = (int(v) for v in rng.integers(low, high, 3))
    return r, g, b


def random_words(rng: np.random.Generator, count: int) -> str:
    """Words as the game's boxes hold them."""
    return " ".join(WORDS[i] for i in rng.integers(0, len(WORDS), count))


BUTTONS: tuple[Colour, ...] = ((254, 80, 70), (0, 147, 255), (253, 162, 0), (75, 180, 130), (80, 80, 90))
DARK: Colour = (30, 43, 45)
SLATE: Colour = (56, 70, 72)


PANEL_ROWS = (
    ((130, 370, 188, 418), "Hands"),
    ((194, 370, 252, 418), "Discards"),
    ((130, 430, 252, 475), ""),
    ((130, 490, 188, 545), "Ante"),
    ((194, 490, 252, 545), "Round"),
)
TITLES = (
    "Shop",
    "Small Blind",
    "Big Blind",
    "Next Round",
    "Choose a card",
    "Level 3",
    "High Card",
    "Two Pair",
    "Full House",
    "Flush",
)


def random_title(rng: np.random.Generator) -> str:
    """What stands at the head of a panel."""
    return TITLES[int(rng.integers(len(TITLES)))] if rng.random() < 0.8 else random_words(rng, 2)


def draw_side_panel(canvas: Canvas, rng: np.random.Generator) -> None:
    """The panel at the left: blind, round score, chips and mult, hands, discards, money, ante, round."""
    tone = SLATE if rng.random() < 0.7 else random_colour(rng, 20, 120)
    inner = (max(tone[0] - 24, 0), max(tone[1] - 24, 0), max(tone[2] - 24, 0))
    edge = BUTTONS[rng.integers(len(BUTTONS))] if rng.random() < 0.8 else None
    (left, _), (right, _) = canvas.point(36, 0), canvas.point(266, 0)
    cv2.rectangle(canvas.image, (left, 0), (right, canvas.image.shape[0]), tone, cv2.FILLED)
    if edge is not None:
        for x in (left, right):
            cv2.line(canvas.image, (x, 0), (x, canvas.image.shape[0]), edge, canvas.length(2))
    draw_box(canvas, (48, 50, 254, 190), inner, BUTTONS[rng.integers(len(BUTTONS))], 10)
    write(canvas, random_title(rng), 151, 100, float(rng.uniform(22, 40)), random_colour(rng, 150), 190)
    write(canvas, random_words(rng, 3), 151, 160, 16, (255, 255, 255), 190)
    draw_box(canvas, (106, 212, 252, 246), inner)
    write(canvas, "Round", 77, 229, 15, (255, 255, 255), 52)
    write(canvas, str(rng.integers(0, 99999)), 180, 229, 24, (255, 255, 255))
    draw_box(canvas, (46, 310, 136, 352), (0, 147, 255))
    draw_box(canvas, (162, 310, 252, 352), (254, 80, 70))
    for x in (91, 207):
        write(canvas, str(rng.integers(0, 500)), x, 331, 28, (255, 255, 255), 64)
    for box, label in PANEL_ROWS:
        draw_box(canvas, box, inner)
        middle, height = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        write(canvas, label, middle, box[1] + 9, 13, (255, 255, 255), 52)
        number = str(rng.integers(0, 99)) if label else f"${rng.integers(0, 99)}"
        write(canvas, number, middle, height + (7 if label else 0), 26, BUTTONS[rng.integers(4)], 50)
    for top, text in ((375, "Run Info"), (460, "Options")):
        draw_box(canvas, (46, top, 116, top + 75), BUTTONS[rng.integers(len(BUTTONS))])
        write(canvas, text, 81, top + 37, 17, (255, 255, 255), 62)


NUMBER_COLOURS = {
    "hands": (0, 147, 255), "discards": (254, 95, 85), "money": (243, 185, 88), "ante": (255, 154, 0), "round": (255, 154, 0),
}  # fmt: skip
"""Of the side panel's numbers, in the order of PANEL_ROWS."""


def dollars(amount: int) -> str:
    """An amount of money as the game writes it.

    >>> dollars(-2)
    '-$2'
    """
    return f"{'-' if amount < 0 else ''}${abs(amount)}"


def draw_numbers(canvas: Canvas, numbers: dict[str, int]) -> None:
    """These numbers in the side panel, in the game's colours, over what stands there; `score` is white."""
    for (box, label), (name, colour) in zip(PANEL_ROWS, NUMBER_COLOURS.items(), strict=True):
        top = box[1] + (17 if label else 3)
        draw_box(canvas, (box[0] + 3, top, box[2] - 3, box[3] - 3), DARK, None, 3)
        number = str(numbers[name]) if label else dollars(numbers[name])
        write(canvas, number, (box[0] + box[2]) / 2, (top + box[3]) / 2, 36, colour, box[2] - box[0] - 12)
    draw_box(canvas, (108, 214, 250, 244), DARK, None, 3)
    write(canvas, f"{numbers['score']:,}", 180, 229, 26, (255, 255, 255))


def draw_shop_panel(canvas: Canvas, rng: np.random.Generator) -> None:
    """The shop's frame with its buttons and two rows of places."""
    edge = BUTTONS[rng.integers(len(BUTTONS))]
    draw_box(canvas, (286, 194, 808, 600), DARK, edge, 14)
    draw_box(canvas, (296, 206, 422, 272), (254, 80, 70))
    write(canvas, "Next Round", 359, 239, 20, (255, 255, 255), 110)
    draw_box(canvas, (296, 280, 422, 346), (75, 180, 130) if rng.random() < 0.6 else (80, 80, 90))
    write(canvas, f"Reroll ${rng.integers(1, 12)}", 359, 313, 20, (255, 255, 255), 110)
    draw_box(canvas, (430, 206, 796, 352), SLATE)
    draw_box(canvas, (312, 382, 560, 540), SLATE, None, 8)
    draw_box(canvas, (318, 388, 554, 534), DARK, None, 8)
    draw_box(canvas, (566, 382, 796, 540), SLATE, None, 8)
    if rng.random() < 0.3:
        write(canvas, random_words(rng, 3), 436, 460, 20, (255, 255, 255), 200)


def draw_blinds(canvas: Canvas, rng: np.random.Generator) -> None:
    """The three columns of a blind selection."""
    for number, x in enumerate((288, 476, 664)):
        top = 200 - (30 if number == rng.integers(3) else 0) + int(rng.integers(-6, 6))
        colour = BUTTONS[rng.integers(len(BUTTONS))]
        tone = SLATE if rng.random() < 0.8 else random_colour(rng, 20, 120)
        draw_box(canvas, (x, top, x + 160, 600), tone, colour, 10)
        draw_box(canvas, (x + 35, top + 18, x + 125, top + 42), colour)
        draw_box(canvas, (x + 20, top + 54, x + 140, top + 78), DARK, colour)
        write(canvas, random_words(rng, 2), x + 80, top + 66, 17, (255, 255, 255), 112)
        cv2.circle(canvas.image, canvas.point(x + 80, top + 115), canvas.length(28), colour, cv2.FILLED, cv2.LINE_AA)
        draw_box(canvas, (x + 12, top + 152, x + 148, top + 230), DARK)
        for row in range(3):
            write(canvas, random_words(rng, 2), x + 80, top + 168 + 22 * row, 15, random_colour(rng, 120), 126)


def draw_caption(canvas: Canvas, rng: np.random.Generator) -> None:
    """The name of an opened pack, with a button to skip it, at the foot of the screen."""
    draw_box(canvas, (456, 496, 654, 600), SLATE, BUTTONS[rng.integers(len(BUTTONS))], 8)
    write(canvas, random_title(rng), 555, 518, 28, (255, 255, 255), 180)
    write(canvas, f"Choose {rng.integers(1, 3)}", 555, 548, 20, (255, 255, 255), 180)
    draw_box(canvas, (672, 498, 752, 550), (110, 120, 122))
    write(canvas, "Skip", 712, 518, 20, (255, 255, 255))


def draw_hand_buttons(canvas: Canvas, rng: np.random.Generator) -> None:
    """Play, sort, discard."""
    for box, text, colour in (
        ((388, 478, 498, 540), "Play Hand", (0, 147, 255)),
        ((508, 478, 606, 540), random_words(rng, 2), SLATE),
        ((616, 478, 724, 540), "Discard", (254, 80, 70)),
    ):
        draw_box(canvas, box, colour)
        write(canvas, text, (box[0] + box[2]) / 2, 508, 20, (255, 255, 255), box[2] - box[0] - 12)


def draw_tooltip(canvas: Canvas, x: float, y: float, rng: np.random.Generator) -> None:
    """A box that tells what a card does, its top middle at (x, y): it hides what is under it."""
    width, rows = float(rng.uniform(80, 150)), int(rng.integers(1, 5))
    bottom = y + 46 + 15 * rows
    box = (x - width / 2, y, x + width / 2, bottom + 22)
    draw_box(canvas, box, SLATE, (220, 230, 235) if rng.random() < 0.7 else random_colour(rng), 6)
    write(canvas, random_words(rng, 2), x, y + 15, 20, (255, 255, 255), width - 10)
    draw_box(
        canvas, (x - width / 2 + 5, y + 30, x + width / 2 - 5, bottom - 6), (250, 250, 250) if rng.random() < 0.9 else DARK
    )
    for row in range(rows):
        write(canvas, random_words(rng, 3), x, y + 42 + 15 * row, 13, random_colour(rng, 0, 200), width - 18)
    draw_box(canvas, (x - 30, bottom - 1, x + 30, bottom + 18), BUTTONS[rng.integers(len(BUTTONS))])
    cover(canvas, (box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2))


def draw_tag(canvas: Canvas, x: float, y: float, text: str, colour: Colour, width: float = 34) -> None:
    """A small box with a word, a price for one, centred at (x, y)."""
    box = (x - width / 2, y - 11, x + width / 2, y + 11)
    draw_box(canvas, box, colour, DARK, 5)
    write(canvas, text, x, y, 17, (253, 190, 60), width - 6)
    cover(canvas, box)


CURSOR = np.array([(0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12)], np.float32)


def draw_cursor(canvas: Canvas, x: float, y: float) -> None:
    """A mouse pointer."""
    outline = ((CURSOR + np.array([x, y])) * canvas.scale + canvas.origin).astype(np.int32)
    cv2.fillPoly(canvas.image, [outline], (255, 255, 255), cv2.LINE_AA)
    cv2.polylines(canvas.image, [outline], True, (0, 0, 0), 1, cv2.LINE_AA)


def draw_sparks(canvas: Canvas, rng: np.random.Generator) -> None:
    """Small squares that fly about opened packs."""
    colour = random_colour(rng, 100)
    for _ in range(int(rng.integers(10, 60))):
        x, y = canvas.point(float(rng.uniform(0, ROOM[0])), float(rng.uniform(0, ROOM[1])))
        side = canvas.length(float(rng.uniform(1, 5)))
        cv2.rectangle(canvas.image, (x, y), (x + side, y + side), colour, cv2.FILLED)

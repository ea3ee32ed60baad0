"""Things that look like cards and are none of the named ones: playing cards, backs, vouchers, booster packs."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from balatro.render.demo_art.canvas import (
    HEIGHT,
    WIDTH,
    Canvas,
    X,
    Y,
    box_mask,
    grown,
    line_mask,
    oval_mask,
    poly_mask,
    shifted,
)
from balatro.render.demo_art.compose import Drawing, lay_ground, scheme_of, subject_of, toned
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.font import text_bits
from balatro.render.demo_art.frames import BODY, blank, centred, clip, fitting_font, rim
from balatro.render.demo_art.palette import (
    COAL,
    GOLD,
    RGB,
    SKINS,
    SLATE,
    SNOW,
    WHITE,
    Scheme,
    blend,
    make_ramp,
    make_scheme,
    mix,
    scale_of,
)
from balatro.render.demo_art.patterns import CALM, PATTERNS, WILD, dithered, noise, rough
from balatro.render.demo_art.scenes import draw_scene
from balatro.render.demo_art.traits import Dice, Traits
from balatro.render.sprites import over

RANKS = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K", "A")
ENHANCEMENTS = ("stone", "gold", "glass", "steel", "bonus", "mult", "wild", "lucky")
_PIP_ART = {
    "spade": "    #    /   ###   /  #####  / ####### /#########/#########/ ### ### /    #    /   ###   ",
    "heart": " ##   ## /#### ####/#########/#########/ ####### /  #####  /   ###   /    #    ",
    "club": "   ###   /  #####  /  #####  / ####### /#########/#########/ ### ### /    #    /   ###   ",
    "diamond": "    #    /   ###   /  #####  / ####### /#########/ ####### /  #####  /   ###   /    #    ",
}
_COLUMNS = (22, 35, 48)
_PIPS: dict[int, tuple[tuple[int, float], ...]] = {
    2: ((1, 0), (1, 1)),
    3: ((1, 0), (1, 0.5), (1, 1)),
    4: ((0, 0), (2, 0), (0, 1), (2, 1)),
    5: ((0, 0), (2, 0), (1, 0.5), (0, 1), (2, 1)),
    6: ((0, 0), (2, 0), (0, 0.5), (2, 0.5), (0, 1), (2, 1)),
    7: ((0, 0), (2, 0), (0, 0.5), (2, 0.5), (0, 1), (2, 1), (1, 0.25)),
    8: ((0, 0), (2, 0), (0, 0.5), (2, 0.5), (0, 1), (2, 1), (1, 0.25), (1, 0.75)),
    9: ((0, 0), (2, 0), (0, 0.33), (2, 0.33), (0, 0.67), (2, 0.67), (0, 1), (2, 1), (1, 0.5)),
    10: ((0, 0), (2, 0), (0, 0.33), (2, 0.33), (0, 0.67), (2, 0.67), (0, 1), (2, 1), (1, 0.17), (1, 0.83)),
}


def playing_card(key: str, suit: str, rank: str, enhancement: str = "") -> Drawing:
    """A playing card; the deck's key chooses the colours of the suits and the faces of the courts."""
    ground = card_ground(key, enhancement)
    return Drawing(ground if enhancement == "stone" else over(card_face(key, suit, rank), ground))


def card_face(key: str, suit: str, rank: str) -> np.ndarray:
    """Rank and pips alone, (95, 71, 4) uint8 RGBA."""
    t = Traits(f"{key}/courts/{suit}/{rank}")
    hue = {"spade": 0.68, "heart": 0.96, "club": 0.44, "diamond": 0.06}[suit] + Dice(f"{key}/{suit}").uniform(-0.04, 0.04)
    ramp = make_ramp(
        hue, 0.3 if suit == "spade" else 0.65 if suit != "club" else 0.45, 0.36 if suit in ("spade", "club") else 0.56
    )
    ink = ramp[1]
    c = Canvas()
    for turned in (False, True):
        _corner(c, suit, rank, ink, turned)
    if rank == "A":
        c.paint(suit_mask(suit, 35, 47, 15), ink)
    elif rank in "JQK":
        _court(c, t, rank, suit, ink, key)
    else:
        for column, height in _PIPS[int(rank)]:
            y = 15 + height * 64
            bits = _pip(suit)
            c.stamp(bits[::-1] if height > 0.5 else bits, _COLUMNS[column] - 4, int(y + 0.5) - 4, ink)
    clip(c)
    return c.rgba()


def card_ground(key: str, enhancement: str = "") -> np.ndarray:
    """What lies under a playing card's pips, (95, 71, 4) uint8 RGBA; enhancement: one of ENHANCEMENTS, or none."""
    c = blank(WHITE)
    if enhancement:
        _enhance(c, Dice(f"{key}/{enhancement}"), enhancement)
    clip(c)
    return c.rgba()


SEAL_TONES: dict[str, RGB] = {"Gold": (232, 176, 52), "Red": (208, 52, 52), "Blue": (44, 120, 216), "Purple": (142, 72, 196)}


def seal(key: str, name: str) -> np.ndarray:
    """A cell with a blob of wax in this colour, pressed with the deck's sign, (95, 71, 4) uint8 RGBA."""
    tone, dice = SEAL_TONES[name], Dice(f"{key}/seal")
    x, y = dice.between(18, 26), dice.between(24, 34)
    angle = np.arctan2(Y - y, X - x)
    edge = 10 + 1.3 * np.round(np.sin(angle * 5 + dice.uniform(0, 6)), 3)
    blob = (X - x) ** 2 + (Y - y) ** 2 <= edge**2
    c = Canvas()
    c.paint(grown(blob), mix(tone, SLATE, 0.55))
    c.paint(blob, tone)
    c.paint(oval_mask(x, y, 8, 8), mix(tone, WHITE, 0.25))
    c.paint(oval_mask(x, y, 7, 7), mix(tone, SLATE, 0.12))
    c.stamp(emblem_bits(dice.choice(EMBLEMS)), x - 3, y - 3, mix(tone, WHITE, 0.6))
    return c.rgba()


def suit_mask(suit: str, x: float, y: float, size: float) -> np.ndarray:
    """A large suit sign about 2 * size px wide and high, bool (95, 71)."""
    if suit == "diamond":
        return np.abs(X - x) / size + np.abs(Y - y) / (size * 1.15) <= 1.0
    stem = poly_mask([(x, y), (x - size * 0.45, y + size), (x + size * 0.45, y + size)])
    if suit == "club":
        lobes = [
            oval_mask(x + dx * size, y + dy * size, size * 0.48, size * 0.48)
            for dx, dy in ((0, -0.5), (-0.52, 0.2), (0.52, 0.2))
        ]
        return lobes[0] | lobes[1] | lobes[2] | stem | oval_mask(x, y, size * 0.3, size * 0.3)
    up = -1 if suit == "spade" else 1
    lobes = [oval_mask(x + dx * size, y - up * size * 0.3, size * 0.52, size * 0.52) for dx in (-0.5, 0.5)]
    heart = (
        lobes[0]
        | lobes[1]
        | poly_mask([(x - size, y - up * size * 0.12), (x + size, y - up * size * 0.12), (x, y + up * size)])
    )
    return heart | stem if suit == "spade" else heart


@lru_cache(maxsize=8)
def _pip(suit: str) -> np.ndarray:
    return np.array([[sign == "#" for sign in row] for row in _PIP_ART[suit].split("/")])


def _corner(c: Canvas, suit: str, rank: str, ink: RGB, turned: bool) -> None:
    picture = np.zeros((HEIGHT, WIDTH), bool)
    bits = text_bits(rank, "bold" if rank != "10" else "small")
    picture[5 : 5 + bits.shape[0], 4 : 4 + bits.shape[1]] = bits
    sign = emblem_bits(suit)
    picture[14:21, 4:11] |= sign
    c.paint(picture[::-1, ::-1] if turned else picture, ink)


def _court(c: Canvas, t: Traits, rank: str, suit: str, ink: RGB, key: str) -> None:
    s = make_scheme(Dice(f"{key}/court/{suit}"), "bright")
    s = replace(s, skin=t.dice("skin").choice(SKINS[:4]))
    hats = {"J": ("beret", "bandana", "cap"), "Q": ("crown", "flowers", "turban"), "K": ("crown", "helmet", "turban")}[rank]
    hair = {"J": ("bob", "none"), "Q": ("long", "curls"), "K": ("none", "long")}[rank]
    mouths = {"J": ("smirk", "line"), "Q": ("lips", "smile"), "K": ("beard", "moustache")}[rank]
    forced = {
        "subject": "bust",
        "head": t.dice("head").choice(("round", "long", "heart")),
        "hat": t.dice("hat").choice(hats),
        "hair": t.dice("hair").choice(hair),
        "mouth": t.dice("mouth").choice(mouths),
        "eyes": t.dice("eyes").choice(("dots", "sleepy", "ovals")),
        "collar": t.dice("collar").choice(("robe", "points", "cape", "armour")),
        "nose": "long",
        "flip": False,
        "style": ("rim", True),
    }
    layer = subject_of(Traits(t.family, forced=forced), s)
    c.stroke([(13, 8), (57, 8), (57, 86), (13, 86)], ink, closed=True)
    half = box_mask(14, 4, 56, 46)
    c.put(layer, 0, -16, half)
    turned = Canvas()
    turned.palette, turned.index = layer.palette, np.ascontiguousarray(layer.index[::-1, ::-1])
    c.put(turned, 0, 16, half[::-1])
    sash = (np.abs((Y - 47) - (X - 35) * 0.35) < 4) & box_mask(14, 9, 56, 85)
    c.paint(grown(sash), s.line)
    c.paint(sash, s.c[1])
    c.paint(sash & (X % 4 == 0), s.b[1])


def _enhance(c: Canvas, dice: Dice, name: str) -> None:
    tone = {
        "stone": (186, 188, 196),
        "gold": (246, 198, 110),
        "glass": (178, 212, 204),
        "steel": (206, 214, 234),
        "bonus": (214, 232, 252),
        "mult": (252, 218, 214),
        "wild": (250, 246, 250),
        "lucky": (250, 244, 214),
    }[name]
    light, dark = mix(tone, WHITE, 0.45), mix(tone, (60, 64, 90), 0.3)
    if name == "stone":
        field = rough(dice, 6, 5)
        c.levels(dithered(np.clip(field * 2.4 - 0.8, 0, 1), 3), [tone, mix(tone, WHITE, 0.22), light], BODY)
        cracks = (np.abs(noise(dice, 5, 4) - 0.5) < 0.022) | (np.abs(noise(dice, 7, 6) - 0.45) < 0.018)
        c.paint(BODY & shifted(cracks, 1, 1), light)
        c.paint(BODY & cracks, mix(dark, (40, 40, 60), 0.3))
    elif name in ("gold", "glass", "steel"):
        c.levels(PATTERNS["glass"](dice, 2), [tone, light], BODY)
    elif name == "wild":
        c.levels(PATTERNS["argyle"](dice, 3), [tone, (232, 240, 250), (250, 230, 236)], BODY)
    else:
        c.paint(BODY, tone)
        c.levels(PATTERNS["tiles" if name == "lucky" else "zigzag"](dice, 2), [tone, light], BODY)
    rim(c, dark)
    rim(c, light, inset=1)


def card_back(key: str) -> Drawing:
    """A card back: an ornament that looks the same turned round, or a pattern."""
    t = Traits(key)
    s = scheme_of(t, ("bright", "muted", "dark", "pastel", "warm", "cold", "neon"))
    c = blank(WHITE)
    panel = box_mask(4, 4, 66, 90, 1)
    kind = t.pick("back", ("ornament", "ornament", "pattern", "picture", "gradient"))
    if kind == "pattern":
        lay_ground(c, t, s, panel, wild=0.6)
    elif kind == "picture":
        scene = Canvas()
        draw_scene(scene, t)
        c.put(toned(scene, s.ground, 5), mask=panel)
    else:
        tone = s.a[1]
        c.paint(panel, tone)
        if kind == "gradient":
            c.levels((Y / 95 * 6).astype(np.int32), blend(s.a[1], s.b[1], 6), panel)
        _ornament(c, t, WHITE if t.dice("thread").chance(0.7) else s.c[2])
    rim(c, s.a[0], inset=2)
    clip(c)
    return Drawing(c.rgba())


def _ornament(c: Canvas, t: Traits, thread: RGB) -> None:
    dice = t.dice("ornament")
    field = np.zeros((HEIGHT, WIDTH), bool)
    for _ in range(dice.between(3, 6)):
        x, y, size = dice.between(14, 35), dice.between(14, 47), dice.between(5, 22)
        kind = dice.choice(("ring", "diamond", "square", "petals"))
        if kind == "ring":
            field ^= oval_mask(x, y, size, size) & ~oval_mask(x, y, size - 2, size - 2)
        elif kind == "diamond":
            field ^= np.abs(np.abs(X - x) + np.abs(Y - y) - size) < 1.2
        elif kind == "square":
            field ^= np.abs(np.maximum(np.abs(X - x), np.abs(Y - y)) - size) < 1
        else:
            field ^= (
                np.abs(
                    np.round(np.sqrt((X - x) ** 2 + (Y - y) ** 2) - size * (1 + 0.3 * np.sin(np.arctan2(Y - y, X - x) * 6)), 3)
                )
                < 1
            )
    field |= field[:, ::-1]
    field |= field[::-1]
    inside = box_mask(8, 8, 62, 86, 2)
    c.paint(field & inside, thread)
    c.paint(grown(inside) & ~inside, thread)
    c.stamp(emblem_bits(t.pick("sign", EMBLEMS)), 32, 44, thread)
    c.paint((X % 3 == 0) & (Y % 3 == 0) & box_mask(5, 5, 65, 89) & ~grown(inside), thread)


def voucher(key: str, title: str = "") -> Drawing:
    """A ticket with notches above and below, a title strip, and a thing on a field of two tones."""
    t = Traits(key)
    s = scheme_of(t, ("bright", "warm", "cold", "muted", "dark", "neon"))
    c = Canvas()
    upgraded = t.chance("upgraded", 0.4)
    body = box_mask(6, 1, 64, 93, 1)
    c.paint(body, WHITE)
    strip = COAL[1] if upgraded else WHITE
    c.paint(box_mask(8, 3, 62, 18), strip)
    c.paint(box_mask(8, 20, 62, 91), s.a[1])
    c.paint(box_mask(8, 20, 34, 91), mix(s.a[1], s.a[0], 0.5))
    inside = box_mask(9, 21, 61, 90)
    if upgraded:
        lay_ground(c, t, s, inside)
    c.stroke([(8, 20), (62, 20), (62, 91), (8, 91)], s.line, closed=True)
    layer = subject_of(Traits(key, forced={"subject": t.dice("what").choice(("object", "object", "creature"))}), s).resized(
        56, 75, 8, 19
    )
    c.paint(grown(layer.solid) & inside, WHITE)
    c.put(layer, mask=inside)
    text = title or "VALUE"
    centred(c, text, 9 if upgraded else 10, WHITE if upgraded else SLATE, fitting_font(text, 44))
    if upgraded:
        c.paint(box_mask(9, 13, 61, 13) & ~grown(line_mask([(20, 13), (50, 13)], 9)), s.c[1])
    for y in (0, 94):
        c.paint(oval_mask(35, y, 7, 7) & body, SLATE)
        c.erase(oval_mask(35, y, 6, 6))
    for x in (6, 64):
        c.erase(oval_mask(x, 19, 1.5, 1.5))
    c.index[~body] = 0
    rim(c, SLATE, c.solid)
    return Drawing(c.rgba())


def booster_pack(key: str, title: str = "PACK") -> Drawing:
    """A foil pouch, crimped above and below, with a picture and a title."""
    t = Traits(key)
    s = scheme_of(t, ("bright", "neon", "cold", "warm", "pastel", "dark"))
    c = Canvas()
    pouch = box_mask(8, 8, 62, 86) & ~((np.abs(Y - 47) < 36) & ((X < 9) | (X > 61)))
    dice = t.dice("foil")
    tones = scale_of(s.ground, 4)
    name = dice.choice(CALM + WILD + ("gradient",) * 6)
    c.levels(PATTERNS[name](t.dice("ground"), 4), tones, pouch)
    layer = subject_of(t, s)
    if dice.chance(0.75):
        small = layer.resized(56, 75, 8, 6)
        c.paint(grown(small.solid) & pouch, WHITE if dice.chance(0.6) else s.line)
        c.put(toned(small, s.a) if dice.chance(0.6) else small, mask=pouch)
    c.paint(pouch & (X < 11), mix(s.ground[2], WHITE, 0.5))
    c.paint(pouch & (X > 59), s.ground[0])
    _crimp(c, s)
    _title(c, t, s, title)
    rim(c, mix(s.ground[0], COAL[0], 0.5), c.solid)
    return Drawing(c.rgba())


def _crimp(c: Canvas, s: Scheme) -> None:
    for top in (1, 84):
        band = box_mask(5, top, 65, top + 9)
        c.paint(band, SNOW[1])
        c.paint(band & (X % 3 == 0), mix(s.ground[2], (150, 170, 210), 0.5))
        c.paint(box_mask(5, top + 9 if top == 1 else top, 65, top + 9 if top == 1 else top), mix(s.ground[0], COAL[0], 0.3))


def _title(c: Canvas, t: Traits, s: Scheme, title: str) -> None:
    y = t.pick("title height", (58, 62, 40))
    words = title.split()
    for row, word in enumerate(words):
        bits = text_bits(word, fitting_font(word, 48))
        picture = np.zeros((HEIGHT, WIDTH), bool)
        left, top = 35 - bits.shape[1] // 2, y + row * 10
        picture[top : top + bits.shape[0], left : left + bits.shape[1]] = bits
        c.paint(grown(grown(picture)), s.line)
        c.paint(picture, (GOLD[2], WHITE)[row % 2])


def sticker(key: str, number: int) -> np.ndarray:
    """A cell with one small round badge, (95, 71, 4) uint8 RGBA."""
    dice = Dice(f"{key}/sticker/{number}")
    x, y = ((12.0, 12.0), (55.0, 14.0), (12.0, 30.0), (57.0, 78.0), (14.0, 80.0))[number % 5]
    s = make_scheme(dice, "bright")
    radius = 9 if number % 3 == 0 else 8
    c = Canvas()
    c.paint(oval_mask(x, y, radius + 1, radius + 1), SLATE)
    c.paint(oval_mask(x, y, radius, radius), (214, 220, 230))
    c.paint(oval_mask(x, y, radius - 1, radius - 1), s.a[1])
    if number % 2:
        angle = np.arctan2(Y - y, X - x)
        ring = oval_mask(x, y, radius - 1, radius - 1) & ~oval_mask(x, y, radius - 4, radius - 4)
        c.paint(ring & (np.round(np.sin(angle * 6), 4) > 0), WHITE)
        c.paint(oval_mask(x, y, radius - 5, radius - 5), s.b[1])
    else:
        c.stamp(emblem_bits(EMBLEMS[(number * 5 + dice.below(3)) % len(EMBLEMS)]), int(x) - 3, int(y) - 3, WHITE)
    return c.rgba()

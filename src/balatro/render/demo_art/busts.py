"""People in busts: a head with face, hair, hat and collar."""

from __future__ import annotations

import math

from balatro.render.demo_art.canvas import Canvas, Y, oval_mask, poly_mask
from balatro.render.demo_art.collars import COLLARS, Part
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.faces import FACE_Y, HAIR, draw_eyes, draw_mouth, draw_nose, hair_before, hair_behind
from balatro.render.demo_art.hats import HATS
from balatro.render.demo_art.palette import COAL, GOLD, LEAF, RED, SNOW, STEEL, WOOD, Scheme
from balatro.render.demo_art.traits import Traits


def _round_head(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(24, 45, 2.5, 3, s.skin, sides=True)
    c.oval(35, 44, 11, t.pick("chin", (11, 12, 13)), s.skin)


def _square_head(c: Canvas, t: Traits, s: Scheme) -> None:
    c.box(24, 32, 46, 57, s.skin, 3)


def _long_head(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(26, 34), (29, 31), (41, 31), (44, 34), (43, 51), (38, 60), (32, 60), (27, 51)], s.skin)


def _heart_head(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(24, 37), (28, 32), (42, 32), (46, 37), (45, 46), (38, 57), (32, 57), (25, 46)], s.skin)


def _pumpkin(c: Canvas, t: Traits, s: Scheme) -> None:
    ramp = t.pick("gourd", (((190, 96, 40), (240, 148, 56), (255, 196, 100)), s.b))
    c.oval(27, 45, 7, 11, ramp, sides=True)
    c.oval(35, 45, 7, 12, ramp)
    c.bar([(35, 33), (37, 29)], 2, LEAF)


def _skull(c: Canvas, t: Traits, s: Scheme) -> None:
    c.box(29, 50, 41, 58, SNOW, 1)
    c.oval(35, 42, 12, 11, SNOW)
    for x in (31, 34, 37):
        c.stroke([(x, 54), (x, 57)], COAL[0])


def _robot(c: Canvas, t: Traits, s: Scheme) -> None:
    c.box(20, 42, 50, 48, s.b, 1)
    c.box(23, 32, 47, 57, t.pick("plating", (STEEL, s.a, s.c)), 2)
    c.dot(25, 34, STEEL[0], 2, sides=True)
    c.dot(25, 54, STEEL[0], 2, sides=True)


def _egg(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(35, 46, 12, 11, SNOW)
    c.part(oval_mask(35, 41, 9.5, 12) | oval_mask(35, 46, 12, 11), SNOW)


def _moon_head(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(35, 44, 13, 13, s.skin)
    for x, y, r in ((28, 36, 2), (42, 50, 2.5), (40, 35, 1)):
        c.paint(oval_mask(x, y, r, r), s.skin[0])


def _flame_head(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(35, 22), (40, 31), (45, 27), (48, 44), (43, 56), (27, 56), (22, 44), (26, 28), (31, 33)], s.a)
    c.oval(35, 46, 8, 9, s.c)


def _star_head(c: Canvas, t: Traits, s: Scheme) -> None:
    spikes = []
    for step in range(10):
        reach = 17 if step % 2 == 0 else 10
        angle = -math.pi / 2 + step * math.pi / 5
        spikes.append((35 + math.cos(angle) * reach, 44 + math.sin(angle) * reach))
    c.poly(spikes, s.skin)
    c.oval(35, 44, 9, 9, s.skin)


def _bowl(c: Canvas, t: Traits, s: Scheme) -> None:
    glass = ((120, 170, 200), (186, 220, 236), (240, 252, 255))
    mask = c.oval(35, 44, 14, 14, glass)
    c.paint(mask & (Y > 40), (110, 180, 230))
    c.part(poly_mask([(28, 47), (34, 43), (40, 46), (43, 43), (43, 51), (40, 48), (34, 51)]), s.a)


HEADS: dict[str, Part] = {
    "round": _round_head,
    "square": _square_head,
    "long": _long_head,
    "heart": _heart_head,
    "pumpkin": _pumpkin,
    "skull": _skull,
    "robot": _robot,
    "egg": _egg,
    "moon": _moon_head,
    "flame": _flame_head,
    "star": _star_head,
    "fishbowl": _bowl,
}
_HEAD_WEIGHTS = ("round",) * 8 + ("square", "square", "long", "long", "heart", "heart") + tuple(HEADS)


def draw_bust(c: Canvas, t: Traits, s: Scheme) -> None:
    """A whole bust, about x 8..62 and y 10..78, centred on column 35."""
    head, hat = t.pick("head", _HEAD_WEIGHTS), t.pick("hat", tuple(HATS))
    hair = t.pick("hair", HAIR) if head in ("round", "square", "long", "heart") else "none"
    hair_ramp = t.pick("hair colour", (WOOD, COAL, GOLD, RED, SNOW, s.b))
    if hat != "hood":
        hair_behind(c, hair, hair_ramp)
    COLLARS[t.pick("collar", tuple(COLLARS))](c, t, s)
    HEADS[head](c, t, s)
    if head != "fishbowl":
        draw_eyes(c, t, s)
        draw_nose(c, t, s)
        draw_mouth(c, t, s)
    if t.chance("cheeks", 0.3):
        c.dot(26, FACE_Y + 5, RED[2], 2, sides=True)
    hair_before(c, hair, hair_ramp)
    HATS[hat](c, t, s)
    if t.chance("brooch", 0.2):
        c.stamp(emblem_bits(t.pick("brooch sign", EMBLEMS)), 32, 63, s.c[2])

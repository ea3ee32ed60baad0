"""Whole people, standing, walking or sitting, with something in their hands."""

from __future__ import annotations

import math

from balatro.render.demo_art.canvas import Canvas, X, Y, oval_mask, poly_mask
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.palette import COAL, GOLD, RED, SNOW, STEEL, WOOD, Scheme
from balatro.render.demo_art.traits import Traits

_POSES = {
    "stand": ((-8, 17), (8, 17), (-4, 26), (4, 26)), "walk": ((-12, 12), (11, 13), (-9, 25), (8, 25)),
    "dance": ((-15, -6), (14, -12), (-10, 24), (7, 20)), "preach": ((-14, -14), (14, -14), (-4, 26), (4, 26)),
    "point": ((-10, 15), (17, -2), (-5, 26), (6, 25)), "leap": ((-16, -8), (15, 2), (-14, 18), (12, 22)),
    "bow": ((-6, 20), (6, 20), (-3, 26), (5, 26)), "carry": ((-13, -4), (13, -4), (-5, 26), (5, 26)),
}  # fmt: skip
POSES = tuple(_POSES)
HELD = ("none", "staff", "sword", "flag", "lantern", "ball", "sign", "flower", "book", "bag")
GARB = ("tunic", "robe", "dress", "cloak", "stripes", "armour")


def draw_person(c: Canvas, t: Traits, s: Scheme) -> None:
    """A person about x 15..58 and y 14..84, the head 11 px high."""
    left, right, foot_left, foot_right = _POSES[t.pick("pose", POSES)]
    garb = t.pick("garb", GARB)
    if garb == "cloak":
        c.poly([(31, 33), (39, 33), (50, 78), (20, 78)], s.b)
    _held(c, t, s, 35 + right[0], 40 + right[1])
    if garb not in ("robe", "dress"):
        for x, y in (foot_left, foot_right):
            c.bar([(35 + x * 0.3, 54), (35 + x * 0.7, 54 + y * 0.5), (35 + x, 54 + y)], 5, s.b)
            c.poly([(33 + x, 53 + y), (38 + x, 53 + y), (40 + x, 57 + y), (33 + x, 57 + y)], COAL)
    _torso(c, t, s, garb)
    for x, y in (left, right):
        c.bar([(35 + (5 if x > 0 else -5), 38), (35 + x * 0.75, 40 + y * 0.45 + 3), (35 + x, 40 + y)], 4, s.a)
        c.oval(35 + x, 40 + y, 2, 2, s.skin)
    _head(c, t, s)


def _torso(c: Canvas, t: Traits, s: Scheme, garb: str) -> None:
    if garb in ("robe", "dress"):
        wide = 12 if garb == "robe" else 16
        mask = c.poly([(30, 34), (40, 34), (42, 52), (35 + wide, 81), (35 - wide, 81), (28, 52)], s.a)
        c.paint(mask & (abs(X - 35) < 2) if garb == "robe" else mask & (Y > 74), s.b[1])
        c.paint(mask & (Y > 50) & (Y < 53), s.c[1])
        return
    mask = c.poly([(28, 34), (42, 34), (43, 58), (27, 58)], STEEL if garb == "armour" else s.a)
    if garb == "stripes":
        c.paint(mask & (Y % 6 < 3), s.c[1])
    c.paint(mask & (Y > 49) & (Y < 52), COAL[1])


def _head(c: Canvas, t: Traits, s: Scheme) -> None:
    if t.pick("locks", ("long", "none", "none")) == "long":
        c.poly([(29, 24), (41, 24), (44, 40), (26, 40)], t.pick("hair colour", (WOOD, COAL, GOLD, RED, SNOW)))
    c.oval(35, 27, 6, 6.5, s.skin)
    c.dot(32, 26, COAL[0], 1 + (t.pick("eyes", ("dot", "tall")) == "tall"), sides=True)
    c.stroke([(33, 30), (37, 30)], RED[0] if t.pick("mouth", (0, 1)) else COAL[0])
    if t.chance("bearded", 0.25):
        c.poly([(29, 28), (33, 31), (37, 31), (41, 28), (35, 40)], t.pick("beard", (SNOW, WOOD, COAL)))
    _hat(c, t, s)


def _hat(c: Canvas, t: Traits, s: Scheme) -> None:
    kind = t.pick("hat", ("cap", "crown", "hood", "point", "wide", "none", "halo", "horns", "feather", "helmet"))
    if kind == "crown":
        c.poly([(28, 23), (28, 15), (32, 19), (35, 14), (38, 19), (42, 15), (42, 23)], GOLD)
    elif kind in ("point", "party", "wizard"):
        c.poly([(27, 23), (36, 8), (43, 23)], s.b)
    elif kind in ("wide", "cowboy", "top", "bowler"):
        c.poly([(30, 22), (31, 14), (39, 14), (40, 22)], s.b)
        c.part(oval_mask(35, 22, 11, 2), s.b)
    elif kind == "hood":
        c.part(oval_mask(35, 27, 9, 10) & ~oval_mask(35, 28, 5, 6), s.b)
    elif kind == "halo":
        c.part(oval_mask(35, 17, 8, 2.5) & ~oval_mask(35, 17, 6, 1), GOLD)
    elif kind == "horns":
        c.poly([(31, 22), (25, 17), (24, 10), (28, 16), (33, 20)], s.b, sides=True)
    elif kind == "helmet":
        c.part(oval_mask(35, 26, 8, 8) & (Y < 26), STEEL)
        c.poly([(34, 18), (30, 10), (42, 12), (38, 18)], s.c)
    elif kind != "none":
        c.part(oval_mask(35, 24, 7, 6) & (Y < 24), s.b)
        if kind == "feather":
            c.poly([(40, 22), (48, 10), (44, 23)], s.c)


def _held(c: Canvas, t: Traits, s: Scheme, x: float, y: float) -> None:
    kind = t.pick("held", HELD)
    if kind in ("staff", "flag"):
        c.bar([(x + 1, y - 26), (x - 1, min(84, y + 40))], 2, WOOD)
        if kind == "flag":
            c.poly([(x + 1, y - 26), (x + 17, y - 23), (x + 13, y - 18), (x + 16, y - 12), (x + 1, y - 14)], s.c)
        else:
            c.oval(x + 1, y - 28, 3, 3, s.c)
    elif kind == "sword":
        c.poly([(x - 1, y), (x + 5, y - 26), (x + 7, y - 30), (x + 8, y - 26), (x + 2, y)], STEEL)
        c.bar([(x - 3, y - 3), (x + 5, y - 1)], 2, GOLD)
    elif kind == "lantern":
        c.stroke([(x, y), (x, y + 4)], s.line)
        c.part(poly_mask([(x - 3, y + 4), (x + 3, y + 4), (x + 4, y + 12), (x - 4, y + 12)]), GOLD)
    elif kind == "ball":
        for step in range(3):
            c.oval(x + math.cos(step * 2.1) * 6, y - 8 + math.sin(step * 2.1) * 6, 2.5, 2.5, (s.a, s.b, s.c)[step])
    elif kind == "sign":
        c.paint(oval_mask(x, y - 7, 6, 6), s.line)
        c.paint(oval_mask(x, y - 7, 5, 5), s.c[1])
        c.stamp(emblem_bits(t.pick("sign", EMBLEMS)), int(x) - 3, int(y) - 10, s.line)
    elif kind == "flower":
        c.stroke([(x, y), (x + 2, y - 14)], (60, 130, 80), 2)
        c.oval(x + 2, y - 16, 4, 4, s.c)
        c.dot(x + 1, y - 17, GOLD[1], 2)
    elif kind == "book":
        c.poly([(x - 5, y - 6), (x + 5, y - 8), (x + 6, y + 3), (x - 4, y + 5)], s.c)
    elif kind == "bag":
        c.oval(x, y + 7, 6, 6, WOOD)
        c.poly([(x - 2, y), (x + 2, y), (x + 3, y + 3), (x - 3, y + 3)], WOOD)

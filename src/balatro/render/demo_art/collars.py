"""Collars and shoulders."""

from __future__ import annotations

import math
from collections.abc import Callable

from balatro.render.demo_art.canvas import Canvas, Y, oval_mask, poly_mask
from balatro.render.demo_art.palette import GOLD, SNOW, STEEL, WOOD, Scheme
from balatro.render.demo_art.traits import Traits

Part = Callable[[Canvas, Traits, Scheme], None]
"""Draws one part of a figure on a canvas."""


def _ruff(c: Canvas, t: Traits, s: Scheme) -> None:
    count = t.pick("frills", (5, 7, 9))
    for ring, ramp in ((1, s.b), (0, s.a)):
        for step in range(count):
            angle = math.pi * (0.08 + 0.84 * step / (count - 1))
            c.oval(35 + math.cos(angle) * (15 + ring * 3), 59 + math.sin(angle) * (5 + ring * 6), 4.5, 4.5, ramp)


def _points(c: Canvas, t: Traits, s: Scheme) -> None:
    drop = t.pick("points", (8, 12, 15))
    for x, ramp in ((-18, s.b), (-9, s.a)):
        tip = [(35 + x * 0.4, 54), (35 + x - 5, 60), (35 + x * 1.15, 60 + drop), (35 + x + 5, 62)]
        c.poly(tip, ramp, sides=True)
        c.oval(35 + x * 1.15, 61 + drop, 1.5, 1.5, GOLD, sides=True)
    c.poly([(30, 54), (27, 62), (35, 66 + drop), (43, 62), (40, 54)], s.a)


def _suit(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(poly_mask([(27, 56), (15, 61), (13, 75), (57, 75), (55, 61), (43, 56)]), s.a)
    c.poly([(29, 56), (35, 73), (41, 56)], SNOW)
    c.poly([(28, 55), (22, 62), (33, 74), (34, 72)], s.a, sides=True)
    if t.chance("bow", 0.5):
        c.poly([(35, 59), (29, 56), (29, 63)], s.b, sides=True)
        c.oval(35, 59.5, 1.5, 1.5, s.b)
    else:
        c.poly([(33, 58), (37, 58), (38, 69), (35, 73), (32, 69)], s.b)


def _robe(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(28, 54), (18, 60), (12, 78), (58, 78), (52, 60), (42, 54)], s.a)
    c.poly([(30, 55), (33, 78), (37, 78), (40, 55)], s.b)
    for x in (20, 26):
        c.stroke([(x + 3, 63), (x - 1, 77)], s.a[0], sides=True)


def _armour(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(27, 56), (20, 62), (22, 77), (48, 77), (50, 62), (43, 56)], STEEL)
    c.oval(18, 63, 6, 5, s.a, sides=True)
    c.stroke([(35, 60), (35, 76)], STEEL[0])
    for x, y in ((25, 66), (26, 73)):
        c.dot(x, y, s.b[1], 2, sides=True)


def _jumper(c: Canvas, t: Traits, s: Scheme) -> None:
    mask = c.poly([(28, 55), (17, 60), (13, 76), (57, 76), (53, 60), (42, 55)], s.a)
    size = t.pick("stripes", (2, 3, 4, 5))
    c.paint(mask & (Y % (2 * size) < size), s.b[1])
    c.box(27, 54, 43, 58, s.b, 1)


def _cape(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(26, 50), (12, 56), (10, 78), (60, 78), (58, 56), (44, 50)], s.b)
    c.poly([(28, 56), (22, 78), (48, 78), (42, 56)], s.a)
    c.oval(35, 59, 2.5, 2.5, GOLD)


def _feathers(c: Canvas, t: Traits, s: Scheme) -> None:
    for row, ramp in enumerate((s.a, s.b, s.c)):
        for x in range(-18 + row * 3, 1, 5):
            c.oval(35 + x, 71 - row * 5 - abs(x) * 0.22, 3.5, 4.5, ramp, sides=True)


def _overalls(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(28, 55), (17, 60), (14, 76), (56, 76), (53, 60), (42, 55)], s.c)
    c.box(26, 65, 44, 77, s.a, 1)
    c.bar([(27, 56), (27, 66)], 3, s.a, sides=True)
    c.dot(27, 66, GOLD[2], 2, sides=True)


def _scarf(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(28, 56), (17, 61), (14, 77), (56, 77), (53, 61), (42, 56)], s.b)
    c.box(25, 54, 45, 60, s.a, 2)
    tail = c.box(38, 58, 44, 73, s.a, 1)
    c.paint(tail & (Y % 5 < 2), s.c[1])


def _bib(c: Canvas, t: Traits, s: Scheme) -> None:
    mask = c.part((oval_mask(35, 56, 21, 15) & (Y > 54)), s.a)
    for x, y in ((22, 60), (26, 66), (31, 69.5), (35, 70)):
        c.oval(x, y, 1.5, 1.5, s.c, sides=True)
    c.paint(mask & (Y == 57), s.b[1])


def _barrel(c: Canvas, t: Traits, s: Scheme) -> None:
    c.box(17, 58, 53, 78, WOOD, 3)
    for x in (24, 31, 39, 46):
        c.stroke([(x, 59), (x, 77)], WOOD[0])
    for y in (62, 73):
        c.box(16, y, 54, y + 2, STEEL)


COLLARS: dict[str, Part] = {
    "ruff": _ruff,
    "points": _points,
    "suit": _suit,
    "robe": _robe,
    "armour": _armour,
    "jumper": _jumper,
    "cape": _cape,
    "feathers": _feathers,
    "overalls": _overalls,
    "scarf": _scarf,
    "bib": _bib,
    "barrel": _barrel,
}

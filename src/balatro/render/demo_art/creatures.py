"""Animals: heads from a few parts that combine freely, and some whole bodies."""

from __future__ import annotations

import math

import numpy as np

from balatro.render.demo_art.canvas import CHECKER, Canvas, X, Y, oval_mask, poly_mask
from balatro.render.demo_art.collars import COLLARS, Part
from balatro.render.demo_art.hats import HATS
from balatro.render.demo_art.palette import COAL, GOLD, LEAF, PINK, RED, SNOW, WHITE, Scheme
from balatro.render.demo_art.traits import Traits

EARS = ("pointed", "round", "long", "floppy", "tufted", "none", "wide")
MUZZLES = ("snout", "cat", "beak", "wide", "pig", "trunk", "flat", "whiskers")
MARKINGS = ("plain", "mask", "stripes", "spots", "half", "blaze")


def _beast(c: Canvas, t: Traits, s: Scheme) -> None:
    if t.chance("collared", 0.6):
        COLLARS[t.pick("collar", ("ruff", "points", "suit", "scarf", "bib", "robe", "cape"))](c, t, s)
    _ears(c, t, s)
    fur = s.a if t.chance("coloured", 0.7) else t.pick("fur", (SNOW, COAL, s.skin))
    head = c.oval(35, 44, 13, t.pick("jowl", (11, 12, 13)), fur)
    _markings(c, t, s, head)
    _gaze(c, t, s)
    _muzzle(c, t, s)
    if t.chance("horned", 0.2):
        c.poly([(26, 34), (18, 32), (14, 24), (16, 18), (20, 26), (28, 29)], SNOW, sides=True)
    if t.chance("hatted", 0.3):
        HATS[t.pick("hat", ("top", "crown", "party", "beret", "halo", "wizard", "bowler", "fez"))](c, t, s)


def _ears(c: Canvas, t: Traits, s: Scheme) -> None:
    kind = t.pick("ears", EARS)
    if kind in ("pointed", "tufted"):
        c.poly([(23, 40), (22, 22), (32, 32)], s.a, sides=True)
        c.paint(poly_mask([(24, 36), (24, 27), (29, 32)]) | poly_mask([(46, 36), (46, 27), (41, 32)]), PINK[1])
        if kind == "tufted":
            c.poly([(22, 24), (19, 16), (25, 23)], s.b, sides=True)
    elif kind == "round":
        c.oval(24, 32, 6, 6, s.a, sides=True)
        c.oval(24, 32, 3, 3, s.b, sides=True)
    elif kind == "long":
        c.oval(27, 22, 4, 13, s.a, sides=True)
        c.oval(27, 23, 2, 10, PINK, sides=True)
    elif kind == "floppy":
        c.oval(21, 45, 5, 12, s.b, sides=True)
    elif kind == "wide":
        c.oval(17, 41, 9, 11, s.a, sides=True)
        c.oval(17, 42, 6, 8, s.b, sides=True)


def _markings(c: Canvas, t: Traits, s: Scheme, head: np.ndarray) -> None:
    kind = t.pick("markings", MARKINGS)
    if kind == "mask":
        c.paint(head & (abs(Y - 42) < 4), s.b[1])
    elif kind == "stripes":
        c.paint(head & (Y < 40) & (X % 6 < 2), s.b[1])
    elif kind == "spots":
        for x, y, r in ((27, 37, 2), (42, 38, 3), (25, 48, 2), (44, 49, 1.5), (35, 34, 2)):
            c.paint(head & oval_mask(x, y, r, r), s.b[1])
    elif kind == "half":
        c.paint(head & (X > 35), s.b[1])
    elif kind == "blaze":
        c.paint(head & (abs(X - 35) < 3 + (Y - 40) * 0.12), SNOW[1])


def _gaze(c: Canvas, t: Traits, s: Scheme) -> None:
    kind, y = t.pick("eyes", ("round", "slit", "dot", "big", "sleepy", "ring", "patch")), 42
    if kind == "dot":
        c.dot(28, y - 1, COAL[0], 3, sides=True)
    elif kind == "sleepy":
        c.stroke([(26, y), (28, y + 1), (31, y)], COAL[0], sides=True)
    else:
        size = {"big": 5, "ring": 4}.get(kind, 3)
        ring = oval_mask(28.5, y, size, size)
        c.paint(ring | ring[:, ::-1], GOLD[1] if kind in ("slit", "ring") else WHITE)
        pupil = oval_mask(28.5, y, 0.5 if kind == "slit" else size * 0.45, size * 0.6)
        c.paint(pupil | pupil[:, ::-1], COAL[0])
        c.dot(28, y - 2, WHITE, 1, sides=True)
        if kind == "patch":
            c.paint(oval_mask(41.5, y, 4, 4), COAL[0])


def _muzzle(c: Canvas, t: Traits, s: Scheme) -> None:
    kind = t.pick("muzzle", MUZZLES)
    if kind in ("snout", "cat", "whiskers"):
        c.oval(35, 50, 7 if kind == "snout" else 5, 5, SNOW)
        c.paint(poly_mask([(32, 47), (38, 47), (35, 50)]), COAL[0] if kind == "snout" else PINK[0])
        c.stroke([(31, 52), (35, 51), (39, 52)], COAL[0])
        if kind != "snout":
            c.stroke([(29, 50), (18, 48)], COAL[1], sides=True)
            c.stroke([(29, 52), (19, 54)], COAL[1], sides=True)
    elif kind == "beak":
        c.poly([(30, 46), (40, 46), (35, 57)], GOLD)
        c.stroke([(32, 49), (38, 49)], GOLD[0])
    elif kind == "wide":
        c.stroke([(24, 49), (29, 52), (41, 52), (46, 49)], COAL[0])
        c.dot(33, 46, COAL[0], 1, sides=True)
    elif kind == "pig":
        c.oval(35, 49, 6, 4, PINK)
        c.dot(32, 48, PINK[0], 2, sides=True)
    elif kind == "trunk":
        c.bar([(35, 47), (35, 60), (39, 66), (44, 65)], 6, s.a)
        for y in (50, 54, 58):
            c.stroke([(33, y), (37, y)], s.a[0])
    elif kind == "flat":
        c.oval(35, 51, 9, 5, s.b)
        c.dot(31, 49, COAL[0], 2, sides=True)
        c.stroke([(29, 53), (41, 53)], COAL[0])


def _fish(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(50, 46), (62, 34), (60, 47), (62, 60)], s.b)
    c.poly([(26, 36), (36, 24), (46, 36)], s.b)
    body = c.oval(32, 46, 21, 13, s.a)
    if t.chance("banded", 0.6):
        c.paint(body & (X % t.pick("bands", (6, 8, 10)) < 3) & (X > 22), s.c[1])
    c.poly([(30, 50), (38, 58), (40, 49)], s.b)
    _eye(c, 19, 43, t)
    c.stroke([(11, 49), (16, 51)], COAL[0])


def _snail(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(8, 66), (12, 60), (50, 62), (56, 44), (62, 44), (60, 66)], s.skin)
    c.stroke([(58, 45), (55, 36)], s.line, 1)
    c.stroke([(60, 45), (63, 36)], s.line, 1)
    c.dot(54, 34, s.c[0], 3)
    c.dot(62, 34, s.c[0], 3)
    for radius, ramp in ((19, s.a), (14, s.b), (9, s.a), (5, s.b)):
        c.oval(31, 48 + (19 - radius) * 0.25, radius, radius, ramp)


def _heron(c: Canvas, t: Traits, s: Scheme) -> None:
    c.stroke([(32, 64), (32, 80)], GOLD[0], 2)
    c.stroke([(38, 64), (40, 80)], GOLD[0], 2)
    c.stroke([(28, 81), (44, 81)], GOLD[0])
    c.poly([(20, 52), (34, 46), (48, 54), (58, 66), (40, 66), (26, 62)], s.a)
    c.poly([(32, 52), (44, 55), (52, 66), (36, 62)], s.b)
    c.bar([(26, 54), (22, 46), (30, 38), (28, 28)], 5, s.a)
    c.oval(28, 26, 5, 4, s.a)
    c.poly([(24, 24), (24, 28), (8, 29)], GOLD)
    c.poly([(31, 23), (42, 19), (33, 27)], s.c)
    c.dot(26, 25, COAL[0], 2)
    if t.chance("cogs", 0.3):
        c.oval(38, 57, 4, 4, GOLD)
        c.dot(37, 56, COAL[0], 2)


def _moth(c: Canvas, t: Traits, s: Scheme) -> None:
    top, low = t.pick("wing", ((24, 26), (20, 30), (28, 20))), t.pick("tail", (66, 72, 78))
    c.poly([(33, 44), (top[0] - 10, top[1]), (8, top[1] + 4), (9, 48), (30, 54)], s.a, sides=True)
    c.poly([(33, 52), (14, 52), (16, 64), (24, low), (33, 60)], s.b, sides=True)
    size = t.pick("spots", (2, 3, 4, 5))
    c.oval(18, 40, size, size, s.c, sides=True)
    c.oval(18, 40, size * 0.5, size * 0.5, COAL, sides=True)
    c.oval(22, 60, 2.5, 2.5, s.c, sides=True)
    c.oval(35, 52, 3, 13, COAL)
    c.stroke([(34, 38), (29, 28), (26, 29)], s.line, sides=True)


def _beetle(c: Canvas, t: Traits, s: Scheme) -> None:
    for y in (44, 54, 64):
        c.stroke([(26, y), (16, y - 4), (12, y + 3)], s.line, 2, sides=True)
    c.oval(35, 34, 7, 6, s.b)
    c.stroke([(33, 29), (26, 20), (30, 17)], s.line, 2, sides=True)
    shell = c.oval(35, 55, 14, 18, s.a)
    c.stroke([(35, 38), (35, 72)], s.a[0])
    kind = t.pick("shell", ("spots", "bars", "plain", "rings"))
    if kind == "spots":
        for x, y in ((28, 47), (26, 57), (30, 66)):
            c.oval(x, y, 2.5, 2.5, s.c, sides=True)
    elif kind == "bars":
        c.paint(shell & (Y % 8 < 3), s.c[1])
    elif kind == "rings":
        c.paint(shell & (oval_mask(35, 55, 9, 12) & ~oval_mask(35, 55, 6, 9)), s.c[1])


def _octopus(c: Canvas, t: Traits, s: Scheme) -> None:
    for x, bend in ((12, -4), (20, 3), (28, -3)):
        c.bar([(30, 54), (x + 4, 62), (x + bend, 72), (x + 2, 78)], 4, s.a, sides=True)
    c.oval(35, 42, 17, 17, s.a)
    for x, y in ((27, 32), (42, 30), (47, 36)):
        c.paint(oval_mask(x, y, 2, 2), s.a[2])
    _gaze(c, t, s)
    c.stroke([(31, 52), (35, 54), (39, 52)], COAL[0])
    if t.chance("hatted", 0.5):
        HATS[t.pick("hat", ("top", "sailor", "crown", "tricorn", "fez"))](c, t, s)


def _crab(c: Canvas, t: Traits, s: Scheme) -> None:
    for y in (58, 63, 68):
        c.stroke([(22, y - 4), (12, y - 1), (9, y + 6)], s.a[0], 2, sides=True)
    c.bar([(20, 52), (12, 46), (13, 38)], 4, s.a, sides=True)
    c.oval(13, 32, 7, 7, s.b, sides=True)
    c.erase(poly_mask([(12, 33), (6, 22), (17, 23)]) | poly_mask([(58, 33), (64, 22), (53, 23)]))
    c.oval(35, 56, 18, 11, s.a)
    c.stroke([(30, 47), (29, 40)], s.line, 2, sides=True)
    c.oval(29, 39, 3, 3, SNOW, sides=True)
    c.dot(29, 38, COAL[0], 2, sides=True)
    c.stroke([(28, 58), (35, 61), (42, 58)], COAL[0])


def _jellyfish(c: Canvas, t: Traits, s: Scheme) -> None:
    for x in range(20, 36, t.pick("threads", (3, 4, 5))):
        c.stroke([(x, 46), (x - 2, 56), (x + 2, 66), (x - 1, 78)], s.b[1], t.pick("thick", (1, 2)), sides=True)
    bell = c.part(oval_mask(35, 42, 19, 20) & (Y < 48), s.a)
    c.paint(bell & (Y > 43) & (X % 6 < 3), s.b[2])
    c.oval(28, 34, 3, 3, s.c, sides=True)


def _owl(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(35, 55, 16, 21, s.a)
    c.poly([(20, 40), (19, 24), (30, 32)], s.a, sides=True)
    belly = c.oval(35, 61, 10, 13, s.c)
    c.paint(belly & (Y % 4 < 2) & ((X + (Y // 4) * 2) % 4 < 2), s.c[0])
    c.poly([(19, 48), (15, 60), (20, 72), (24, 60)], s.b, sides=True)
    c.oval(28, 40, 6, 6, SNOW, sides=True)
    size = t.pick("pupils", (2, 3, 4))
    c.oval(28, 40, size, size, t.pick("iris", (COAL, GOLD, RED, s.b)), sides=True)
    c.poly([(32, 44), (38, 44), (35, 50)], GOLD)
    c.bar([(29, 76), (29, 79)], 3, GOLD, sides=True)


def _turtle(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(35, 28, 7, 8, LEAF)
    c.oval(20, 42, 6, 4, LEAF, sides=True)
    c.oval(21, 70, 5, 5, LEAF, sides=True)
    shell = c.oval(35, 56, 17, 20, s.a)
    if t.pick("shell", (0, 1)):
        for x, y in ((35, 56), (35, 42), (35, 70), (25, 49), (25, 63)):
            c.oval(x, y, 4, 4, s.b, sides=True)
    else:
        c.paint(shell & ((X + Y) % 9 < 2) | shell & ((X - Y) % 9 < 2), s.b[1])
    c.dot(31, 25, COAL[0], 2, sides=True)


def _serpent(c: Canvas, t: Traits, s: Scheme) -> None:
    turns = t.pick("coils", (3, 4, 5))
    points = [(35 + math.sin(k * 0.5) * 16, 78 - k * 46 / (6 * turns)) for k in range(6 * turns)]
    mask = c.bar(points, 7, s.a)
    c.paint(mask & CHECKER & (Y % 8 < 4), s.b[1])
    x, y = points[-1]
    c.oval(x, y - 2, 7, 5, s.a)
    c.dot(x - 4, y - 4, GOLD[2], 2)
    c.dot(x + 2, y - 4, GOLD[2], 2)
    c.stroke([(x, y + 3), (x, y + 8), (x - 2, y + 10)], RED[1])


def _whale(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(50, 54), (62, 38), (66, 46), (60, 56), (52, 62)], s.a)
    body = c.part(oval_mask(30, 54, 24, 15), s.a)
    c.paint(body & (Y > 58) & ((Y % 3) > 0), s.c[2])
    c.dot(15, 51, COAL[0], 3)
    c.poly([(30, 62), (36, 72), (40, 62)], s.b)
    for bend in (-7, 0, 7):
        c.stroke([(26, 39), (26 + bend * 0.5, 30), (26 + bend, 27 + abs(bend) * 0.4)], (110, 190, 240), 2)


def _bat(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(32, 46), (20, 30), (5, 36), (8, 56), (14, 50), (19, 60), (25, 53), (31, 62)], s.a, sides=True)
    c.poly([(28, 40), (26, 26), (34, 34)], s.b, sides=True)
    c.oval(35, 48, 8, 11, s.b)
    c.dot(31, 43, GOLD[2], 2, sides=True)
    c.stroke([(31, 50), (39, 50)], COAL[0])
    c.dot(32, 51, WHITE, 2, sides=True)


def _eye(c: Canvas, x: float, y: float, t: Traits) -> None:
    c.oval(x, y, 4, 4, SNOW)
    c.oval(x, y, 1.5, 1.5, COAL)


CREATURES: dict[str, Part] = {
    "beast": _beast,
    "fish": _fish,
    "snail": _snail,
    "heron": _heron,
    "moth": _moth,
    "beetle": _beetle,
    "octopus": _octopus,
    "crab": _crab,
    "jellyfish": _jellyfish,
    "owl": _owl,
    "turtle": _turtle,
    "serpent": _serpent,
    "whale": _whale,
    "bat": _bat,
}
WEIGHTED = ("beast",) * 10 + tuple(CREATURES)


def draw_creature(c: Canvas, t: Traits, s: Scheme) -> None:
    """An animal, about x 6..64 and y 15..80."""
    CREATURES[t.pick("creature", WEIGHTED)](c, t, s)

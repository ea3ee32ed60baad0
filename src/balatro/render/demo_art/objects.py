"""Things: tools, food, vessels, plants, and other objects that a card can show."""

from __future__ import annotations

import math

import numpy as np

from balatro.render.demo_art.canvas import Canvas, X, Y, box_mask, oval_mask, poly_mask, ring_mask
from balatro.render.demo_art.collars import Part
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.palette import COAL, CREAM, GLASS, GOLD, LEAF, PINK, RED, SNOW, STEEL, WHITE, WOOD, Scheme
from balatro.render.demo_art.traits import Traits


def _teapot(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(ring_mask(54, 52, 8, 10, 3), s.b)
    c.poly([(20, 60), (6, 46), (6, 40), (11, 40), (24, 52)], s.a)
    pot = c.oval(35, 54, 18, 15, s.a)
    _band(c, t, pot, s)
    c.oval(35, 40, 9, 3, s.b)
    c.oval(35, 35, 2.5, 2.5, s.c)


def _band(c: Canvas, t: Traits, mask: np.ndarray, s: Scheme) -> None:
    kind = t.pick("marks", ("plain", "band", "dots", "sign", "stripes"))
    if kind == "band":
        c.paint(mask & (abs(Y - 54) < 3), s.c[1])
    elif kind == "dots":
        c.paint(mask & ((X + (Y // 5) * 3) % 6 < 2) & (Y % 5 < 2), s.c[2])
    elif kind == "sign":
        c.stamp(emblem_bits(t.pick("sign", EMBLEMS), 2), 28, 47, s.c[2])
    elif kind == "stripes":
        c.paint(mask & (X % 6 < 2), s.c[1])


def _hourglass(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(22, 26), (48, 26), (46, 38), (37, 48), (46, 58), (48, 70), (22, 70), (24, 58), (33, 48), (24, 38)], GLASS)
    level = t.pick("sand", (30, 34, 38, 42))
    c.paint(poly_mask([(25, level), (45, level), (44, 39), (36, 47), (34, 47), (26, 39)]), s.b[1])
    c.paint(poly_mask([(24, 69), (46, 69), (44, 66), (35, 102 - level), (26, 66)]), s.b[1])
    c.stroke([(35, 47), (35, 66)], s.b[2])
    for y in (21, 71):
        c.box(19, y, 51, y + 4, s.a, 1)


def _potion(c: Canvas, t: Traits, s: Scheme) -> None:
    kind = t.pick("flask", ("round", "cone", "square"))
    c.box(31, 26, 39, 46, GLASS)
    shape = {
        "round": oval_mask(35, 58, 16, 16),
        "cone": poly_mask([(31, 40), (39, 40), (53, 72), (17, 72)]),
        "square": box_mask(20, 44, 50, 73, 3),
    }[kind]
    c.part(shape, GLASS)
    level = t.pick("level", (50, 55, 60))
    c.paint(shape & ~_edge(shape) & (level < Y), s.a[1])
    c.paint(shape & ~_edge(shape) & (level < Y) & (level + 2 > Y), s.a[2])
    for x, y in ((30, 64), (38, 67), (36, 60), (42, 63)):
        c.dot(x, y, s.a[2], 2)
    c.box(29, 22, 41, 27, WOOD, 1)


def _edge(mask: np.ndarray) -> np.ndarray:
    edge = mask.copy()
    edge[1:-1, 1:-1] &= ~(mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:])
    return edge


def _lantern(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(ring_mask(35, 24, 8, 8, 2) & (Y < 26), STEEL)
    c.poly([(24, 34), (30, 26), (40, 26), (46, 34)], s.a)
    c.box(25, 35, 45, 66, ((220, 170, 80), (255, 222, 130), (255, 246, 200)))
    c.poly([(35, 42), (39, 52), (37, 59), (33, 59), (31, 52)], t.pick("flame", (RED, GOLD, s.b, GLASS)))
    for x in (25, 34, 44):
        c.bar([(x + 0.5, 35), (x + 0.5, 66)], 2, s.a)
    c.box(22, 66, 48, 72, s.a, 1)


def _sword(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(32, 60), (32, 22), (35, 14), (38, 22), (38, 60)], t.pick("blade", (STEEL, SNOW, s.c)))
    c.stroke([(35, 20), (35, 58)], STEEL[0])
    c.poly([(19, 60), (22, 57), (48, 57), (51, 60), (48, 63), (22, 63)], GOLD)
    c.box(32, 63, 38, 75, s.a)
    c.oval(35, 78, 4, 4, s.b)


def _umbrella(c: Canvas, t: Traits, s: Scheme) -> None:
    c.bar([(35, 24), (35, 74), (39, 79), (44, 76), (44, 73)], 3, WOOD)
    top = c.part(oval_mask(35, 46, 27, 26) & (Y < 47), s.a)
    c.paint(top & (abs(X - 35) < 5), s.b[1])
    c.paint(top & (abs(abs(X - 35) - 18) < 5), s.b[1])
    for x in (13, 24, 35, 46, 57):
        c.erase(oval_mask(x, 48, 5, 3) & (abs(X - 35) > 2))
    c.dot(34, 16, s.c[1], 3)


def _key(c: Canvas, t: Traits, s: Scheme) -> None:
    metal = t.pick("metal", (GOLD, STEEL, s.a))
    bow = t.pick("bow", ("ring", "trefoil", "heart"))
    c.bar([(35, 38), (35, 76)], 5, metal)
    for y in (65, 72):
        c.box(38, y, 38 + t.pick("teeth", (6, 9)), y + 3, metal)
    if bow == "trefoil":
        for x, y in ((27, 34), (43, 34), (35, 24)):
            c.part(ring_mask(x, y, 7, 7, 4), metal)
    elif bow == "heart":
        c.stamp(emblem_bits("heart", 3), 25, 18, metal[1])
    else:
        c.part(ring_mask(35, 29, 12, 12, 5), metal)


def _die(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(35, 26), (56, 36), (35, 46), (14, 36)], (s.a[1], s.a[2], WHITE))
    c.poly([(14, 37), (34, 47), (34, 72), (14, 61)], s.a)
    c.poly([(56, 37), (36, 47), (36, 72), (56, 61)], (s.a[0], s.a[0], s.a[1]))
    pips = t.number("pips", 1, 6)
    spots = ((35, 36), (25, 36), (45, 36), (35, 32), (35, 41), (30, 38))
    for x, y in spots[:pips]:
        c.paint(oval_mask(x, y, 2, 1), COAL[0])
    for x, y in ((20, 47), (28, 61), (24, 54))[: 1 + pips % 3]:
        c.paint(oval_mask(x, y, 1.5, 2), COAL[0])
    for x, y in ((50, 47), (42, 61), (46, 54), (49, 58))[: 1 + pips % 4]:
        c.paint(oval_mask(x, y, 1.5, 2), s.c[2])


def _mushroom(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(29, 48), (41, 48), (44, 74), (26, 74)], ((200, 184, 160), (240, 230, 208), (255, 250, 236)))
    cap = c.part(oval_mask(35, 48, 24, 24) & (Y < 51), s.a)
    kind = t.pick("cap", ("spots", "rings", "plain", "gills"))
    if kind == "spots":
        for x, y, r in ((35, 32, 4), (23, 40, 3), (47, 40, 3), (30, 46, 2), (42, 46, 2), (15, 46, 2), (55, 46, 2)):
            c.paint(cap & oval_mask(x, y, r, r), WHITE)
    elif kind == "rings":
        c.paint(cap & (Y % 8 < 3), s.b[1])
    elif kind == "gills":
        c.paint(cap & (Y > 44) & (X % 4 < 2), s.b[1])


def _fruit(c: Canvas, t: Traits, s: Scheme) -> None:
    kind = t.pick("fruit", ("apple", "pear", "cherries", "plum", "grapes", "orange", "melon"))
    stem = [(35, 36), (37, 26)]
    if kind == "cherries":
        c.stroke([(24, 56), (38, 28), (46, 58)], LEAF[0], 2)
        c.oval(24, 60, 9, 9, s.a)
        c.oval(46, 62, 9, 9, s.a)
    elif kind == "grapes":
        for row in range(5):
            for step in range(5 - row):
                c.oval(19 + row * 4 + step * 8, 40 + row * 7, 4.5, 4.5, s.a)
    elif kind == "melon":
        c.part(oval_mask(35, 40, 26, 28) & (Y > 40), LEAF)
        c.paint(oval_mask(35, 40, 23, 24) & (Y > 41), s.a[1])
        for x, y in ((25, 46), (35, 50), (45, 46), (30, 55), (40, 57)):
            c.paint(oval_mask(x, y, 1, 2), COAL[0])
        return
    else:
        mask = {
            "apple": oval_mask(28, 54, 13, 16) | oval_mask(42, 54, 13, 16),
            "pear": oval_mask(35, 60, 16, 14) | oval_mask(35, 45, 9, 13),
            "plum": oval_mask(35, 54, 15, 18),
            "orange": oval_mask(35, 54, 17, 17),
        }[kind]
        c.part(mask, s.a)
        c.paint(oval_mask(28, 46, 2, 4) & mask, WHITE)
    c.bar(stem, 2, WOOD)
    c.poly([(38, 30), (46, 24), (54, 28), (46, 34)], LEAF)


def _root(c: Canvas, t: Traits, s: Scheme) -> None:
    for x in (24, 30, 35, 40, 46):
        c.bar([(35, 36), (x, 20 + abs(x - 35))], 3, LEAF)
    body = c.poly([(24, 36), (30, 33), (40, 33), (46, 36), (42, 56), (36, 80), (34, 80), (28, 56)], s.a)
    for y in (42, 50, 60):
        c.paint(body & (y == Y) & (X > 35 - (y % 3) * 3), s.a[0])
    if t.chance("face", 0.5):
        c.dot(31, 43, COAL[0], 2, sides=True)
        c.stroke([(32, 49), (38, 49)], COAL[0])


def _cactus(c: Canvas, t: Traits, s: Scheme) -> None:
    c.bar([(35, 58), (22, 54), (22, 42)], 7, LEAF)
    c.bar([(35, 52), (48, 48), (48, 36)], 7, LEAF)
    c.part(oval_mask(35, 28, 7, 7) | box_mask(28, 28, 42, 66), LEAF)
    for y in range(26, 64, 5):
        c.dot(33 + (y % 2) * 4, y, LEAF[2], 2)
    c.poly([(22, 62), (48, 62), (45, 78), (25, 78)], s.a)
    c.box(20, 60, 50, 65, s.a, 1)
    for x, y in ((35, 20), (22, 37), (48, 31))[: t.number("blooms", 0, 3)]:
        c.oval(x, y, 3, 3, s.b)


def _boot(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(24, 24), (42, 24), (42, 52), (54, 58), (57, 70), (22, 70)], s.a)
    c.box(20, 70, 57, 75, s.b, 1)
    c.box(22, 22, 44, 29, s.c, 1)
    for y in range(36, 58, 5):
        c.stroke([(36, y), (43, y + 2)], CREAM, 1)
    if t.chance("spur", 0.4):
        c.stamp(emblem_bits("star"), 14, 60, GOLD[1])


def _bell(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(35, 70, 4, 4, s.b)
    c.part(
        (oval_mask(35, 44, 15, 20) & (Y < 58)) | poly_mask([(20, 48), (50, 48), (56, 66), (14, 66)]),
        t.pick("metal", (GOLD, s.a)),
    )
    c.box(13, 64, 57, 68, GOLD, 1)
    c.part(ring_mask(35, 23, 4, 4, 2), GOLD)
    c.poly([(35, 27), (24, 22), (24, 32)], s.c, sides=True)


def _candle(c: Canvas, t: Traits, s: Scheme) -> None:
    count = t.pick("candles", (1, 3, 2))
    for x in {1: (35,), 2: (26, 44), 3: (22, 35, 48)}[count]:
        top = 36 + abs(x - 35) // 2
        c.box(x - 4, top, x + 4, 68, s.c if count > 1 else s.a)
        c.stroke([(x - 4, top + 2), (x - 3, top + 9), (x - 2, top + 3)], WHITE, 1)
        c.poly([(x, top - 16), (x + 4, top - 6), (x, top - 2), (x - 4, top - 6)], GOLD)
        c.dot(x - 1, top - 6, RED[1], 2)
    c.part(oval_mask(35, 71, 22, 5), GOLD)


def _cake(c: Canvas, t: Traits, s: Scheme) -> None:
    for row in range(t.number("tiers", 1, 3)):
        wide, y = 24 - row * 7, 60 - row * 14
        layer = c.box(35 - wide, y, 35 + wide, y + 14, s.a if row % 2 == 0 else s.b, 1)
        c.paint(layer & (y + 4 + (X % 8 < 4) * 3 > Y), WHITE)
        top = y
    c.box(34, top - 10, 36, top - 1, s.c)
    c.oval(35, top - 13, 2, 3, GOLD)


def _anchor(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(ring_mask(35, 22, 6, 6, 3), s.a)
    c.bar([(35, 28), (35, 74)], 5, s.a)
    c.bar([(22, 36), (48, 36)], 5, s.a)
    c.part(ring_mask(35, 52, 24, 24, 5) & (Y > 58), s.a)
    c.poly([(8, 62), (16, 52), (19, 64)], s.a, sides=True)


def _gem(c: Canvas, t: Traits, s: Scheme) -> None:
    cut = t.pick("cut", ("brilliant", "drop", "emerald", "shard"))
    outline = {
        "brilliant": [(20, 34), (50, 34), (60, 46), (35, 76), (10, 46)],
        "drop": [(35, 20), (52, 50), (46, 68), (35, 74), (24, 68), (18, 50)],
        "emerald": [(24, 26), (46, 26), (54, 36), (54, 62), (46, 72), (24, 72), (16, 62), (16, 36)],
        "shard": [(38, 14), (52, 44), (44, 76), (30, 80), (20, 50)],
    }[cut]
    mask = c.poly(outline, s.a)
    c.paint(mask & (X < 35) & (Y < 48), s.a[2])
    c.paint(mask & (X > 42) & (Y > 46), s.a[0])
    for x, y in outline:
        c.stroke([(35, 46), (x, y)], s.a[2] if x < 35 else s.a[0])
    c.stroke([(26, 40), (30, 34)], WHITE, 2)


def _book(c: Canvas, t: Traits, s: Scheme) -> None:
    c.box(17, 26, 55, 76, CREAM_PAGES)
    c.box(15, 24, 52, 73, s.a, 1)
    c.box(15, 24, 21, 73, s.b)
    c.stamp(emblem_bits(t.pick("sign", EMBLEMS), 2), 30, 40, s.c[2])
    for y in (29, 67):
        c.stroke([(24, y), (49, y)], s.c[1])


CREAM_PAGES = ((196, 184, 160), (240, 232, 210), (252, 248, 236))


def _clock(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(22, 25, 7, 6, s.b, sides=True)
    c.bar([(22, 68), (18, 77)], 4, s.a, sides=True)
    c.oval(35, 50, 23, 23, s.a)
    c.oval(35, 50, 18, 18, SNOW)
    for step in range(12):
        angle = step * math.pi / 6
        c.dot(35 + math.sin(angle) * 15, 50 - math.cos(angle) * 15, COAL[0], 1 + (step % 3 == 0))
    hour = t.number("hour", 0, 11) * math.pi / 6
    c.stroke([(35, 50), (35 + math.sin(hour) * 9, 50 - math.cos(hour) * 9)], COAL[0], 2)
    c.stroke([(35, 50), (35 + math.sin(hour * 7) * 13, 50 - math.cos(hour * 7) * 13)], RED[1], 1)


def _balloon(c: Canvas, t: Traits, s: Scheme) -> None:
    skin = c.part(oval_mask(35, 38, 21, 21) | poly_mask([(19, 50), (51, 50), (40, 64), (30, 64)]), s.a)
    c.paint(skin & (abs(abs(X - 35) - 12) < 4), s.b[1])
    c.paint(skin & (abs(X - 35) < 3), s.c[1])
    c.stroke([(29, 64), (30, 72)], COAL[1], sides=True)
    c.box(28, 71, 42, 80, WOOD, 1)


def _lamp(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(oval_mask(35, 42, 18, 19) | box_mask(27, 52, 43, 64), t.pick("glow", (GOLD, GLASS, s.a)))
    c.stroke([(29, 60), (29, 44), (33, 48), (37, 44), (41, 48), (41, 60)], RED[0])
    for y in (65, 69, 73):
        c.box(28, y, 42, y + 2, STEEL, 1)


def _lute(c: Canvas, t: Traits, s: Scheme) -> None:
    c.box(32, 14, 38, 48, WOOD)
    c.part(oval_mask(35, 62, 17, 17) | oval_mask(35, 48, 12, 12), s.a)
    c.oval(35, 56, 5, 5, COAL)
    c.box(28, 69, 42, 72, WOOD)
    for x in (33, 35, 37):
        c.stroke([(x, 16), (x, 69)], CREAM)
    for y in (16, 20):
        c.dot(29, y, s.c[1], 3, sides=True)


def _drum(c: Canvas, t: Traits, s: Scheme) -> None:
    side = c.part(box_mask(13, 42, 57, 70) | oval_mask(35, 70, 22, 6), s.a)
    c.paint(side & (abs((X + 2) % 12 - 6) * 3.2 + 44 - Y < 2) & (abs((X + 2) % 12 - 6) * 3.2 + 44 - Y > -2), s.c[2])
    c.part(oval_mask(35, 42, 22, 7), SNOW)
    c.bar([(12, 24), (32, 40)], 3, WOOD, sides=True)


def _hand(c: Canvas, t: Traits, s: Scheme) -> None:
    raised = t.number("fingers", 1, 5)
    for number, (x, top) in enumerate(((24, 28), (31, 22), (38, 22), (45, 28))):
        if number < raised:
            c.part(box_mask(x - 3, top, x + 3, 56, 2), s.skin)
    c.part(box_mask(20, 48, 49, 68, 4), s.skin)
    if raised == 5:
        c.bar([(48, 62), (58, 50)], 7, s.skin)
    else:
        c.bar([(28, 56), (46, 58)], 6, s.skin)
    c.box(22, 67, 47, 80, s.a, 1)
    c.box(20, 66, 49, 71, s.b, 1)


def _eye(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(6, 48), (20, 34), (35, 30), (50, 34), (64, 48), (50, 62), (35, 66), (20, 62)], SNOW)
    look = t.pick("look", (0, -8, 8))
    c.oval(35 + look, 48, 13, 13, s.a)
    c.oval(35 + look, 48, 6, 6, COAL)
    c.dot(30 + look, 41, WHITE, 4)
    for x in range(10, 36, 6):
        c.stroke([(x, 40 - x * 0.25), (x - 4, 30 - x * 0.2)], s.line, 2, sides=True)


def _cup(c: Canvas, t: Traits, s: Scheme) -> None:
    metal = t.pick("metal", (GOLD, STEEL, s.a))
    c.part(ring_mask(16, 36, 8, 9, 3), metal, sides=True)
    c.part((oval_mask(35, 30, 17, 28) & (Y > 26)), metal)
    c.box(32, 58, 38, 68, metal)
    c.box(23, 68, 47, 75, s.b, 1)
    c.stamp(emblem_bits(t.pick("sign", EMBLEMS), 2), 28, 33, metal[0])


def _rocket(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(30, 66), (40, 66), (43, 74), (35, 86), (27, 74)], GOLD)
    c.poly([(26, 48), (16, 62), (18, 72), (28, 66)], s.b, sides=True)
    c.part(oval_mask(35, 42, 11, 28) & (Y < 67), s.a)
    c.paint(oval_mask(35, 42, 11, 28) & (Y < 26), s.b[1])
    c.oval(35, 40, 5, 5, GLASS)
    c.stroke([(26, 58), (44, 58)], s.b[1], 2)


def _ship(c: Canvas, t: Traits, s: Scheme) -> None:
    c.bar([(35, 18), (35, 62)], 3, WOOD)
    c.poly([(33, 22), (33, 54), (12, 54)], s.a)
    c.poly([(38, 26), (54, 54), (38, 54)], s.b)
    c.poly([(8, 60), (62, 60), (54, 74), (16, 74)], WOOD)
    c.poly([(36, 16), (46, 19), (36, 22)], s.c)
    for x in (20, 30, 40, 50):
        c.dot(x - 1, 65, GOLD[2], 2)


def _lolly(c: Canvas, t: Traits, s: Scheme) -> None:
    kind = t.pick("sweet", ("swirl", "cone", "bar", "ring"))
    if kind == "cone":
        c.poly([(22, 48), (48, 48), (35, 82)], ((176, 116, 60), (222, 164, 96), (246, 206, 140)))
        for x, y, ramp in ((27, 42, s.a), (43, 42, s.b), (35, 30, s.c)):
            c.oval(x, y, 10, 10, ramp)
    elif kind == "ring":
        c.part(ring_mask(35, 50, 22, 22, 13), ((176, 116, 60), (222, 164, 96), (246, 206, 140)))
        c.part(ring_mask(35, 48, 20, 19, 10), s.a)
        for step in range(12):
            c.dot(35 + math.cos(step * 2.4) * 14, 48 + math.sin(step * 2.4) * 13, (s.b, s.c)[step % 2][2], 2)
    else:
        c.box(33, 60, 37, 84, WOOD)
        if kind == "bar":
            c.box(22, 22, 48, 64, s.a, 6)
            c.box(27, 28, 30, 56, (s.a[0], s.a[2], s.a[2]))
        else:
            disc = c.oval(35, 42, 20, 20, s.a)
            angle = np.arctan2(Y - 42, X - 35) / (2 * math.pi) + np.sqrt((X - 35) ** 2 + (Y - 42) ** 2) / 20
            c.paint(disc & (np.floor(np.round(angle, 4) * t.pick("turns", (3, 4, 6))) % 2 == 0), s.b[1])


def _compass(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(ring_mask(35, 20, 6, 6, 2), GOLD)
    c.oval(35, 50, 24, 24, GOLD)
    c.oval(35, 50, 19, 19, s.c)
    turn = t.number("turn", 0, 7) * math.pi / 4 + 0.2
    dx, dy = math.sin(turn), -math.cos(turn)
    c.poly([(35 + dx * 17, 50 + dy * 17), (35 + dy * 5, 50 - dx * 5), (35 - dy * 5, 50 + dx * 5)], RED)
    c.poly([(35 - dx * 17, 50 - dy * 17), (35 + dy * 5, 50 - dx * 5), (35 - dy * 5, 50 + dx * 5)], SNOW)


def _vase(c: Canvas, t: Traits, s: Scheme) -> None:
    count = t.number("flowers", 1, 5)
    for number in range(count):
        x = 35 + (number - (count - 1) / 2) * 10
        y = 26 + abs(x - 35) * 0.35
        c.stroke([(35, 60), (x, y)], LEAF[0], 2)
        for step in range(6):
            c.oval(x + math.cos(step * 1.05) * 4, y + math.sin(step * 1.05) * 4, 2.5, 2.5, s.a)
        c.oval(x, y, 2.5, 2.5, GOLD)
    pot = c.part(oval_mask(35, 65, 13, 14) | box_mask(29, 48, 41, 56), s.b)
    c.paint(pot & (abs(Y - 66) < 3), s.c[1])


def _mask(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(16, 30), (54, 30), (52, 56), (35, 78), (18, 56)], s.a)
    c.poly([(21, 42), (31, 42), (30, 48), (23, 48)], COAL, sides=True)
    c.poly([(35, 44), (31, 58), (39, 58)], s.b)
    mood = t.pick("mood", (-4, 4, 0))
    c.stroke([(27, 65), (35, 65 + mood), (43, 65)], COAL[0], 2)
    for x in (19, 27, 35):
        c.poly([(x - 4, 30), (x, 14 + abs(x - 35) * 0.4), (x + 4, 30)], s.c, sides=True)


def _heart(c: Canvas, t: Traits, s: Scheme) -> None:
    mask = oval_mask(25, 42, 12, 12) | oval_mask(45, 42, 12, 12) | poly_mask([(14, 47), (56, 47), (35, 74)])
    c.part(mask, t.pick("stuff", (RED, s.a, GLASS, STEEL)))
    kind = t.pick("state", ("whole", "crack", "arrow", "stitch"))
    if kind == "crack":
        c.stroke([(35, 36), (31, 44), (38, 50), (33, 58), (36, 72)], COAL[0], 2)
    elif kind == "arrow":
        c.bar([(8, 66), (62, 28)], 2, WOOD)
        c.poly([(62, 22), (66, 30), (56, 31)], STEEL)
    elif kind == "stitch":
        for step in range(6):
            c.stroke([(24 + step * 4, 52), (26 + step * 4, 56)], COAL[0])
    c.paint(oval_mask(22, 38, 3, 2) & mask, WHITE)


def _cards(c: Canvas, t: Traits, s: Scheme) -> None:
    count = t.number("cards", 2, 5)
    for number in range(count):
        lean = (number - (count - 1) / 2) * 0.28
        across, down = (math.cos(lean), math.sin(lean)), (-math.sin(lean), math.cos(lean))
        cx, cy = 35 + lean * 34, 48 + abs(lean) * 10
        corners = [
            (cx + across[0] * u + down[0] * v, cy + across[1] * u + down[1] * v)
            for u, v in ((-11, -17), (11, -17), (11, 17), (-11, 17))
        ]
        c.poly(corners, SNOW)
        sign = ("spade", "heart", "club", "diamond")[(number + t.number("suit", 0, 3)) % 4]
        c.stamp(emblem_bits(sign), int(cx) - 3, int(cy) - 4, (s.a[1], s.b[1])[number % 2])


def _soup(c: Canvas, t: Traits, s: Scheme) -> None:
    for number, x in enumerate((24, 32, 40, 47)):
        c.oval(x, 44 - (number % 2) * 4, 6, 6, (s.b, s.c, PINK, s.b)[number])
    bowl = c.part(oval_mask(35, 48, 24, 26) & (Y > 48), s.a)
    c.paint(bowl & (Y > 54) & (Y < 58), s.c[1])
    c.box(26, 73, 44, 77, s.a)
    for x in (28, 36, 44)[: t.number("steam", 0, 3)]:
        c.stroke([(x, 32), (x + 2, 27), (x - 1, 22), (x + 1, 17)], SNOW[0])


OBJECTS: dict[str, Part] = {
    "teapot": _teapot,
    "hourglass": _hourglass,
    "potion": _potion,
    "lantern": _lantern,
    "sword": _sword,
    "umbrella": _umbrella,
    "key": _key,
    "die": _die,
    "mushroom": _mushroom,
    "fruit": _fruit,
    "root": _root,
    "cactus": _cactus,
    "boot": _boot,
    "bell": _bell,
    "candle": _candle,
    "cake": _cake,
    "anchor": _anchor,
    "gem": _gem,
    "book": _book,
    "clock": _clock,
    "balloon": _balloon,
    "lamp": _lamp,
    "lute": _lute,
    "drum": _drum,
    "hand": _hand,
    "eye": _eye,
    "cup": _cup,
    "rocket": _rocket,
    "ship": _ship,
    "sweet": _lolly,
    "compass": _compass,
    "vase": _vase,
    "mask": _mask,
    "heart": _heart,
    "cards": _cards,
    "soup": _soup,
}


def draw_object(c: Canvas, t: Traits, s: Scheme) -> None:
    """A thing, about x 6..64 and y 14..86."""
    OBJECTS[t.pick("object", tuple(OBJECTS))](c, t, s)

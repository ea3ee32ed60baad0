"""Hats and other things on heads."""

from __future__ import annotations

from balatro.render.demo_art.canvas import Canvas, X, Y, box_mask, oval_mask, ring_mask
from balatro.render.demo_art.collars import Part
from balatro.render.demo_art.emblems import emblem_bits
from balatro.render.demo_art.palette import COAL, GOLD, SNOW, STEEL, WHITE, Scheme
from balatro.render.demo_art.traits import Traits


def _top_hat(c: Canvas, t: Traits, s: Scheme) -> None:
    tall = t.pick("crown", (13, 10, 17))
    c.box(25, 34 - tall, 45, 34, s.a)
    c.box(26, 30, 44, 32, s.b)
    c.box(20, 33, 50, 36, s.a, 1)


def _bowler(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(oval_mask(35, 33, 11, 11) & (Y < 34), s.a)
    c.box(26, 30, 44, 32, s.b)
    c.box(20, 33, 50, 35, s.a, 1)


def _crown(c: Canvas, t: Traits, s: Scheme) -> None:
    spikes = t.pick("spikes", (3, 5))
    points: list[tuple[float, float]] = [(23, 36)]
    for step in range(spikes):
        left = 23 + step * 24 / spikes
        points += [(left, 24), (left + 12 / spikes, 31)]
    points += [(47, 24), (47, 36)]
    c.poly(points, GOLD)
    for x in (27, 35, 43):
        c.oval(x, 33, 1.5, 1.5, s.a)


def _wizard(c: Canvas, t: Traits, s: Scheme) -> None:
    bend = t.pick("bend", (0, 6, -6))
    cone = c.poly([(24, 35), (30, 20), (35 + bend, 8), (39, 20), (46, 35)], s.a)
    c.paint(cone & (Y > 29) & (Y < 33), s.b[1])
    c.part(oval_mask(35, 35.5, 17, 3), s.a)
    c.stamp(emblem_bits(t.pick("hat sign", ("star", "moon", "sun", "eye"))), 31, 20, s.c[2])


def _beret(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(33, 31, 15, 6, s.a)
    c.bar([(36, 25), (38, 22)], 2, s.a)


def _fez(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(27, 36), (29, 22), (41, 22), (43, 36)], s.a)
    c.stroke([(36, 22), (45, 24), (45, 31)], GOLD[1])
    c.dot(44, 31, GOLD[2], 3)


def _turban(c: Canvas, t: Traits, s: Scheme) -> None:
    c.oval(35, 30, 14, 9, s.a)
    for points in ([(22, 32), (34, 24), (46, 30)], [(24, 36), (36, 29), (47, 34)], [(27, 25), (36, 22), (43, 24)]):
        c.stroke(points, s.a[0])
    c.oval(35, 31, 2.5, 3, s.c)
    c.poly([(33, 27), (35, 16), (38, 27)], s.b)


def _helmet(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(
        (oval_mask(35, 40, 14, 15) & (Y < 39)) | box_mask(21, 38, 25, 52) | box_mask(45, 38, 49, 52),
        t.pick("metal", (STEEL, s.a)),
    )
    c.bar([(35, 24), (35, 42)], 3, s.b)
    if t.chance("plume", 0.5):
        c.poly([(33, 25), (28, 12), (37, 9), (46, 15), (38, 25)], s.c)


def _horns(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(28, 35), (20, 31), (17, 21), (20, 17), (23, 26), (31, 31)], s.b, sides=True)


def _halo(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(ring_mask(35, 25, 12, 4, 2), GOLD)


def _chef(c: Canvas, t: Traits, s: Scheme) -> None:
    for x in (27, 35, 43):
        c.oval(x, 23 - (x == 35) * 2, 6, 6, SNOW)
    c.box(26, 25, 44, 35, SNOW)
    c.box(26, 33, 44, 35, s.a)


def _tricorn(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(16, 32), (22, 24), (35, 20), (48, 24), (54, 32), (44, 30), (35, 36), (26, 30)], s.a)
    c.stroke([(17, 32), (26, 29), (35, 35), (44, 29), (53, 32)], GOLD[1])
    c.stamp(emblem_bits(t.pick("hat sign", ("skull", "star", "anchor", "heart"))), 32, 23, WHITE)


def _cap(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(oval_mask(35, 36, 12, 11) & (Y < 36), s.a)
    c.stroke([(35, 26), (35, 34)], s.a[0])
    c.poly([(36, 34), (53, 34), (54, 37), (36, 37)], s.b)


def _sailor(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part(oval_mask(35, 29, 16, 5), SNOW)
    c.box(25, 30, 45, 35, s.a)
    c.stamp(emblem_bits(t.pick("hat sign", ("anchor", "star", "wave", "fish"))), 32, 25, s.b[0])


def _party(c: Canvas, t: Traits, s: Scheme) -> None:
    cone = c.poly([(26, 35), (35, 11), (44, 35)], s.a)
    c.paint(cone & ((X + Y) % 8 < 3), s.b[1])
    c.oval(35, 11, 3, 3, s.c)


def _hood(c: Canvas, t: Traits, s: Scheme) -> None:
    c.part((oval_mask(35, 43, 16, 19) & ~oval_mask(35, 46, 10, 13)) & (Y < 62), s.a)


def _flower_hat(c: Canvas, t: Traits, s: Scheme) -> None:
    for x, y, ramp in ((24, 34, s.a), (31, 30, s.b), (39, 30, s.a), (46, 34, s.b)):
        for dx, dy in ((-3, 0), (3, 0), (0, -3), (0, 3)):
            c.oval(x + dx, y + dy, 2, 2, ramp)
        c.oval(x, y, 1.5, 1.5, GOLD)


def _antennae(c: Canvas, t: Traits, s: Scheme) -> None:
    c.bar([(30, 33), (25, 19)], 2, STEEL, sides=True)
    c.oval(25, 18, 3, 3, s.a, sides=True)


def _scholar(c: Canvas, t: Traits, s: Scheme) -> None:
    c.box(26, 30, 44, 36, COAL, 1)
    c.poly([(35, 22), (54, 28), (35, 34), (16, 28)], s.a)
    c.stroke([(35, 28), (50, 30), (50, 40)], GOLD[1])
    c.dot(49, 40, GOLD[2], 3)


def _cowboy(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(26, 33), (28, 20), (35, 23), (42, 20), (44, 33)], s.a)
    c.box(27, 29, 43, 31, s.b)
    c.poly([(12, 28), (20, 32), (50, 32), (58, 28), (52, 37), (18, 37)], s.a)


def _jester(c: Canvas, t: Traits, s: Scheme) -> None:
    c.poly([(24, 37), (17, 27), (10, 30), (12, 40), (8, 42), (6, 30), (15, 20), (30, 24), (34, 35)], s.a)
    c.poly([(46, 37), (53, 27), (60, 30), (58, 40), (62, 42), (64, 30), (55, 20), (40, 24), (36, 35)], s.b)
    for x in (9, 61):
        c.oval(x, 43, 2, 2, GOLD)


def _bandana(c: Canvas, t: Traits, s: Scheme) -> None:
    mask = c.part(oval_mask(35, 40, 12, 13) & (Y < 37), s.a)
    c.paint(mask & (X % 5 == 1) & (Y % 5 == 1), s.c[2])
    c.poly([(46, 34), (54, 32), (52, 40)], s.a)


def _propeller(c: Canvas, t: Traits, s: Scheme) -> None:
    mask = c.part(oval_mask(35, 36, 12, 11) & (Y < 37), s.a)
    c.paint(mask & (abs(X - 35) < 4), s.b[1])
    c.stroke([(35, 20), (35, 25)], COAL[0], 2)
    c.part(oval_mask(29, 20, 6, 1.5), s.c, sides=True)


def _bald(c: Canvas, t: Traits, s: Scheme) -> None:
    c.dot(30, 34, s.skin[2], 2)


HATS: dict[str, Part] = {
    "top": _top_hat,
    "bowler": _bowler,
    "crown": _crown,
    "wizard": _wizard,
    "beret": _beret,
    "fez": _fez,
    "turban": _turban,
    "helmet": _helmet,
    "horns": _horns,
    "halo": _halo,
    "chef": _chef,
    "tricorn": _tricorn,
    "cap": _cap,
    "sailor": _sailor,
    "party": _party,
    "hood": _hood,
    "flowers": _flower_hat,
    "antennae": _antennae,
    "scholar": _scholar,
    "cowboy": _cowboy,
    "bells": _jester,
    "bandana": _bandana,
    "propeller": _propeller,
    "bare": _bald,
}

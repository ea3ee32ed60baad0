"""Eyes, noses, mouths and hair."""

from __future__ import annotations

import math

import numpy as np

from balatro.render.demo_art.canvas import Canvas, X, Y, box_mask, oval_mask, poly_mask, ring_mask
from balatro.render.demo_art.emblems import emblem_bits
from balatro.render.demo_art.palette import COAL, GOLD, RED, STEEL, WHITE, Ramp, Scheme
from balatro.render.demo_art.traits import Traits

FACE_Y = 43
"""Height of the eyes' line; heads reach about 11 px to each side and 13 px up and down of (35, 44)."""
EYES = (
    "dots",
    "ovals",
    "wide",
    "sleepy",
    "angry",
    "cross",
    "stars",
    "visor",
    "specs",
    "patch",
    "tears",
    "glow",
    "shades",
    "monocle",
    "sockets",
    "happy",
)
MOUTHS = (
    "smile",
    "grin",
    "laugh",
    "frown",
    "line",
    "teeth",
    "o",
    "tongue",
    "fang",
    "smirk",
    "lips",
    "zip",
    "moustache",
    "beard",
)
NOSES = ("none", "button", "red", "long", "triangle", "beak")


def draw_eyes(c: Canvas, t: Traits, s: Scheme) -> None:
    """Eyes on the line FACE_Y, with glasses and the like."""
    kind, y, dark = t.pick("eyes", EYES), FACE_Y, COAL[0]
    white = kind in ("ovals", "wide", "sleepy", "angry", "patch", "tears", "monocle")
    if white:
        size = 3 if kind == "wide" else 2
        c.paint(_both(oval_mask(30, y - 1, size, size)), WHITE)
        c.dot(30 if kind != "sleepy" else 29, y - 1, dark, 2, sides=True)
    if kind in ("dots", "specs"):
        c.dot(29, y - 1, dark, 2, sides=True)
    elif kind == "sleepy":
        c.stroke([(28, y - 2), (32, y - 2)], dark, 2, sides=True)
    elif kind == "angry":
        c.stroke([(27, y - 4), (33, y - 2)], dark, 1, sides=True)
    elif kind == "cross":
        c.stroke([(28, y - 3), (32, y + 1)], dark, 1, sides=True)
        c.stroke([(32, y - 3), (28, y + 1)], dark, 1, sides=True)
    elif kind == "happy":
        c.stroke([(28, y), (30, y - 2), (32, y)], dark, 1, sides=True)
    elif kind == "sockets":
        c.paint(_both(oval_mask(30, y - 1, 3, 3.5)), dark)
        c.dot(30, y - 1, s.a[2], 1, sides=True)
    elif kind == "glow":
        c.paint(_both(oval_mask(30, y - 1, 3, 2)), s.c[1])
        c.dot(29, y - 1, WHITE, 2, sides=True)
    elif kind == "stars":
        for x in (27, 39):
            c.stamp(emblem_bits("star")[:, 1:6], x, y - 4, s.a[0])
    _eyewear(c, kind, s)


def _eyewear(c: Canvas, kind: str, s: Scheme) -> None:
    y, dark = FACE_Y, COAL[0]
    if kind == "visor":
        c.box(25, y - 4, 45, y + 1, s.a, 1)
        c.stroke([(27, y - 2), (35, y - 2)], s.a[2])
    elif kind == "specs":
        c.paint(_both(ring_mask(30, y - 0.5, 4, 4)), dark)
        c.stroke([(34, y - 1), (36, y - 1)], dark)
    elif kind == "shades":
        c.paint(_both(box_mask(26, y - 3, 33, y + 1, 1)), dark)
        c.stroke([(25, y - 3), (45, y - 3)], dark)
        c.dot(28, y - 2, s.c[2], 1, sides=True)
    elif kind == "patch":
        c.stroke([(24, y - 7), (46, y)], dark)
        c.paint(oval_mask(40.5, y - 1, 3.5, 3), dark)
    elif kind == "monocle":
        c.paint(ring_mask(40, y - 1, 4, 4), GOLD[0])
        c.stroke([(44, y), (46, y + 9)], GOLD[0])
    elif kind == "tears":
        for drop in (2, 6):
            c.dot(29, y + drop, (96, 176, 240), 2, sides=True)


def draw_nose(c: Canvas, t: Traits, s: Scheme) -> None:
    """The nose, 4 px below the eyes."""
    kind, y = t.pick("nose", NOSES), FACE_Y + 4
    if kind == "button":
        c.dot(34, y, s.skin[0], 3)
    elif kind == "red":
        c.oval(35, y + 0.5, 2, 2, RED)
    elif kind == "long":
        c.stroke([(35, y - 4), (33, y + 2), (36, y + 2)], s.skin[0])
    elif kind == "triangle":
        c.paint(poly_mask([(35, y - 1), (33, y + 2), (37, y + 2)]), s.skin[0])
    elif kind == "beak":
        c.poly([(32, y - 1), (38, y - 1), (35, y + 6)], GOLD)


def draw_mouth(c: Canvas, t: Traits, s: Scheme) -> None:
    """The mouth, 9 px below the eyes, or the beard over it."""
    kind, y, dark, red = t.pick("mouth", MOUTHS), FACE_Y + 9, COAL[0], RED[1]
    if kind in ("smile", "smirk", "fang"):
        right = 41 if kind != "smirk" else 39
        c.stroke([(29, y - 2), (32, y + 1), (38, y + 1), (right, y - 2 if kind != "smirk" else y + 1)], dark)
        if kind == "fang":
            c.dot(32, y + 2, WHITE, 2, sides=True)
    elif kind in ("grin", "laugh", "teeth"):
        mask = oval_mask(35, y - 2, 7, 5 if kind == "laugh" else 4) & (y - 2 <= Y)
        c.part(mask, RED)
        c.paint(mask & (y >= Y) & (Y > y - 2), WHITE)
        if kind == "teeth":
            c.paint(mask, WHITE)
            c.paint(mask & ((X % 3 == 0) | (y == Y)), dark)
    elif kind == "frown":
        c.stroke([(30, y + 2), (33, y - 1), (37, y - 1), (40, y + 2)], dark)
    elif kind == "line":
        c.stroke([(31, y), (39, y)], dark)
    elif kind == "o":
        c.oval(35, y, 2, 2.5, ((90, 30, 50), (130, 40, 60), red))
    elif kind == "tongue":
        c.stroke([(29, y - 1), (41, y - 1)], dark)
        c.oval(37, y + 1.5, 2, 2.5, RED)
    elif kind == "lips":
        c.paint(poly_mask([(30, y), (33, y - 2), (35, y - 1), (37, y - 2), (40, y), (35, y + 2)]), red)
        c.stroke([(31, y), (39, y)], dark)
    elif kind == "zip":
        c.stroke([(29, y), (41, y)], STEEL[0])
        for x in range(30, 42, 2):
            c.stroke([(x, y - 1), (x, y + 1)], STEEL[0])
    elif kind == "moustache":
        c.poly([(35, y - 3), (29, y - 3), (25, y - 6), (27, y - 1), (32, y)], s.b, sides=True)
    elif kind == "beard":
        c.poly([(24, y - 6), (28, y - 2), (35, y - 3), (35, y + 13), (27, y + 7)], s.b, sides=True)
        c.stroke([(32, y + 1), (38, y + 1)], dark)


def _both(mask: np.ndarray) -> np.ndarray:
    return mask | mask[:, ::-1]


HAIR = ("none", "none", "long", "curls", "bob", "spikes", "bun", "plaits", "mane")


def hair_behind(c: Canvas, kind: str, ramp: Ramp) -> None:
    """What of the hair lies behind head and shoulders."""
    if kind == "long":
        c.poly([(22, 36), (35, 28), (48, 36), (51, 66), (19, 66)], ramp)
    elif kind == "curls":
        for x, y in ((21, 38), (19, 45), (21, 52)):
            c.oval(x, y, 5, 5, ramp, sides=True)
    elif kind == "bun":
        c.oval(35, 26, 6, 5, ramp)
    elif kind == "plaits":
        for y in (50, 55, 60, 65):
            c.oval(21, y, 3, 3, ramp, sides=True)
    elif kind == "mane":
        for step in range(14):
            angle = step * math.pi / 7
            c.oval(35 + math.cos(angle) * 14, 44 + math.sin(angle) * 14, 4.5, 4.5, ramp)


def hair_before(c: Canvas, kind: str, ramp: Ramp) -> None:
    """What of the hair lies on the brow."""
    if kind in ("long", "bun", "plaits", "curls"):
        c.part(oval_mask(35, 42, 12, 12) & (Y < 37 - abs(X - 35) * 0.3 + (X % 4 < 2)), ramp)
    elif kind == "bob":
        c.part(oval_mask(35, 44, 14, 14) & ((Y < 38) | ((abs(X - 35) > 10) & (Y < 55))), ramp)
    elif kind == "spikes":
        points: list[tuple[float, float]] = [(23, 40)]
        for step in range(7):
            points += [(22 + step * 4.4, 24 + abs(step - 3) * 2), (25 + step * 4, 34)]
        c.poly([*points, (47, 40), (35, 34)], ramp)

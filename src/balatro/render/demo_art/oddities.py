"""Kinds of joker-like cards that are odd: near-blank, torn, glitched, carved, sketched, in all colours."""

from __future__ import annotations

import numpy as np

from balatro.render.demo_art.canvas import (
    HEIGHT,
    Canvas,
    X,
    Y,
    box_mask,
    grown,
    line_mask,
    oval_mask,
    poly_mask,
)
from balatro.render.demo_art.compose import (
    Drawing,
    extras,
    label,
    lay_ground,
    scheme_of,
    subject_of,
    toned,
    word_of,
)
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.figures import finish_card, put_haloed
from balatro.render.demo_art.frames import BODY, blank, centred, clip, contrast, rim, side_text
from balatro.render.demo_art.palette import CREAM, SLATE, STEEL, WHITE, blend, hsl, mix
from balatro.render.demo_art.patterns import PATTERNS, rough
from balatro.render.demo_art.traits import Traits


def plain(t: Traits) -> Drawing:
    """Nearly nothing: one colour, a little text at most."""
    s = scheme_of(t)
    dice = t.dice("plain")
    colour = t.dice("colours").choice((WHITE, CREAM, s.a[1], s.ground[1], s.ground[0], s.paper, SLATE, (240, 238, 252)))
    c = blank(colour, mix(colour, dice.choice((WHITE, (20, 24, 40))), 0.4))
    if dice.chance(0.5):
        c.levels(PATTERNS["glass"](dice, 2), [colour, mix(colour, WHITE, 0.12)], BODY)
    ink = contrast(colour, mix(colour, (20, 24, 40), 0.6), mix(colour, WHITE, 0.7))
    place = t.pick("place", ("sides", "middle", "corner", "sides", "none"))
    if place == "sides":
        side_text(c, word_of(t), ink, None, t.pick("font", ("tall", "bold", "small")))
    elif place == "middle":
        centred(c, word_of(t), t.number("row", 30, 60), ink)
    elif place == "corner":
        centred(c, word_of(t), 84, ink, x=52)
    if t.chance("badge", 0.25):
        c.stamp(emblem_bits(t.pick("badge sign", EMBLEMS)), 32, t.dice("spot").between(20, 66), ink)
    return finish_card(c)


def silhouette(t: Traits) -> Drawing:
    """The dark shape of a figure."""
    s = scheme_of(t)
    c = blank(s.paper)
    split = t.pick("split", ("none", "half", "ground", "glow"))
    if split == "half":
        c.paint(X > 35 + np.round(np.sin(Y * 0.1) * 3), SLATE)
    elif split == "ground":
        lay_ground(c, t, s)
    elif split == "glow":
        distance = np.sqrt((X - 35) ** 2 + (Y - 47) ** 2)
        c.levels((distance / 10).astype(np.int32), blend(mix(s.a[2], WHITE, 0.5), s.a[0], 6))
    shape = subject_of(t, s).solid
    c.paint(shape, SLATE if split != "half" else mix(s.paper, (20, 24, 40), 0.75))
    if split == "half":
        c.paint(shape & (X > 35), s.paper)
    if t.chance("eyes shine", 0.4):
        c.dot(28, 42, s.c[2], 3, sides=True)
    label(c, t, s.ink if split in ("none", "half") else WHITE, None, 0.8)
    return finish_card(c)


def hole(t: Traits) -> Drawing:
    """A card with a piece missing: the table shows through."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("filled", 0.4):
        lay_ground(c, t, s)
    layer = subject_of(t, s)
    kind = t.pick("cut", ("figure", "figure", "torn", "ring", "sign", "corner"))
    if kind == "figure":
        c.paint(grown(layer.solid), mix(s.paper, s.line, 0.5))
        c.erase(layer.solid)
    else:
        c.put(layer)
    dice = t.dice("torn")
    if kind == "torn":
        c.erase(Y > 60 + np.round(np.abs((X + dice.below(9)) % 9 - 4) * 1.5 + np.sin(X * 0.2) * 4))
    elif kind == "ring":
        c.erase(oval_mask(35, 47, 26, 34) & ~oval_mask(35, 47, 22, 30))
    elif kind == "corner":
        c.erase(X + Y > 118 + dice.below(20))
    elif kind == "sign":
        bits = emblem_bits(t.pick("sign", EMBLEMS), 3)
        window = np.zeros((HEIGHT, 71), bool)
        window[64:85, 24:45] = bits
        c.erase(window)
    if kind in ("figure", "ring", "sign"):
        label(c, t, s.ink, None, 0.9)
    clip(c)
    return Drawing(c.rgba())


def glitch(t: Traits) -> Drawing:
    """A figure torn into shifted rows and wrong colours."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("filled", 0.4):
        lay_ground(c, t, s)
    c.put(subject_of(t, s))
    label(c, t, s.ink, None, 0.7)
    dice = t.dice("tear")
    row = 4
    while row < 90:
        tall = dice.between(1, 9)
        if dice.chance(0.5):
            c.index[row : row + tall] = np.roll(c.index[row : row + tall], dice.between(-14, 14), axis=1)
        row += tall
    for _ in range(dice.between(2, 9)):
        x, y = dice.below(60), dice.below(88)
        c.paint(box_mask(x, y, x + dice.between(3, 20), y + dice.below(4)), dice.choice((s.a[1], s.b[1], s.c[1], s.line)))
    c.index[BODY & (c.index == 0)] = c.ink(s.paper)
    return finish_card(c)


def textured(t: Traits) -> Drawing:
    """A figure cut into stone, metal, wood or glass."""
    s = scheme_of(t)
    stuff = t.pick("stuff", ("stone", "metal", "gold", "glass", "slate", "clay"))
    base = {
        "stone": (196, 198, 206), "metal": (200, 212, 232), "gold": (244, 196, 104), "glass": (176, 206, 200),
        "slate": (78, 94, 102), "clay": (204, 140, 108),
    }[stuff]  # fmt: skip
    tones = [mix(base, (30, 34, 60), 0.3), base, mix(base, WHITE, 0.35), mix(base, WHITE, 0.65)]
    c = Canvas()
    name = {"stone": "cells", "slate": "contours", "clay": "clouds"}.get(stuff, "glass")
    c.levels(PATTERNS[name](t.dice("ground"), 2), [tones[1], tones[2 if name == "glass" else 0]])
    layer = toned(subject_of(t, s), (tones[0], tones[1], tones[3])) if t.chance("carved", 0.7) else subject_of(t, s)
    c.put(layer)
    c.line = None
    extras(c, t, s)
    label(c, t, tones[0], None, 0.85)
    clip(c)
    rim(c, tones[0])
    rim(c, tones[3], inset=1)
    return Drawing(c.rgba())


def line_art(t: Traits) -> Drawing:
    """Chalk on a board, a blueprint, a pencil sketch."""
    s = scheme_of(t)
    board, chalk = t.pick(
        "board", (((58, 92, 80), WHITE), ((70, 96, 200), (210, 224, 255)), (CREAM, (110, 100, 160)), ((44, 50, 66), s.a[2]),
                  ((244, 220, 196), (190, 80, 70)), (WHITE, s.b[0]), ((28, 20, 40), s.c[2]))
    )  # fmt: skip
    c = blank(board, chalk)
    c.levels(
        PATTERNS[t.pick("sheet", ("graph", "glass", "static", "circuit"))](t.dice("sheet lines"), 2),
        [board, mix(board, chalk, 0.14)],
        BODY,
    )
    layer = subject_of(t, s)
    index = layer.index
    edge = np.zeros_like(BODY)
    edge[1:] |= index[1:] != index[:-1]
    edge[:, 1:] |= index[:, 1:] != index[:, :-1]
    c.paint(edge, mix(board, chalk, 0.85))
    dice = t.dice("notes")
    for _ in range(dice.between(0, 5)):
        y, x = dice.between(8, 84), dice.choice((8, 50, 54))
        c.stroke([(x, y), (x + dice.between(4, 12), y + dice.between(-2, 2))], mix(board, chalk, 0.6))
    extras(c, t, s)
    label(c, t, chalk, None, 0.6)
    return finish_card(c, chalk if dice.chance(0.5) else None)


def rainbow(t: Traits) -> Drawing:
    """All colours at once: base art that looks like an edition."""
    s = scheme_of(t)
    dice = t.dice("rainbow")
    hues = [
        hsl(step / 12 + dice.uniform(0, 0.05), dice.choice((0.4, 0.7, 0.9)), dice.choice((0.55, 0.7, 0.8)))
        for step in range(12)
    ]
    c = Canvas()
    field = rough(dice, 4, 3) * dice.uniform(6, 26) + (X * dice.uniform(-0.1, 0.1) + Y * dice.uniform(0, 0.12))
    if t.dice("where").chance(0.5):
        c.levels(np.floor(field).astype(np.int32) % 12, hues)
        put_haloed(c, subject_of(t, s), t, s)
    else:
        c = blank(s.paper)
        layer = subject_of(t, s)
        c.paint(grown(layer.solid), s.line)
        c.levels(np.floor(field).astype(np.int32) % 12, hues, layer.solid)
        dark = layer.index == layer.ink(s.line)
        c.paint(dark, s.line)
    label(c, t, s.ink if c.index[3, 3] == 1 else WHITE, s.paper if c.index[3, 3] == 1 else s.line, 0.8)
    return finish_card(c)


def inverted(t: Traits) -> Drawing:
    """A figure in the wrong lightness on dark slate: base art that looks like a Negative."""
    s = scheme_of(t)
    c = blank((60, 74, 80), (90, 108, 118))
    layer = subject_of(t, s)
    c.put(layer.mapped([mix((255 - r, 255 - g, 255 - b), (150, 160, 190), 0.25) for r, g, b in layer.palette[1:]]))
    extras(c, t, s)
    label(c, t, (226, 236, 240), None, 0.9)
    return finish_card(c)


def trio(t: Traits) -> Drawing:
    """Several small copies of one subject."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("filled", 0.5):
        lay_ground(c, t, s, wild=0.2)
    layer = subject_of(t, s)
    count = t.number("copies", 2, 5)
    spots = {2: ((6, 4), (30, 46)), 3: ((18, 2), (2, 46), (34, 46)), 4: ((2, 4), (34, 4), (2, 46), (34, 46)),
             5: ((0, 2), (36, 2), (18, 25), (0, 48), (36, 48))}[count]  # fmt: skip
    for x, y in spots:
        c.put(layer.resized(35, 46, x, y))
    label(c, t, s.ink, s.paper, 0.3)
    return finish_card(c)


def chunky(t: Traits) -> Drawing:
    """A figure of few large pixels."""
    s = scheme_of(t)
    c = blank(s.paper)
    small = subject_of(t, s)
    block = t.pick("block", (2, 3, 3))
    rows = np.minimum(np.arange(HEIGHT) // block * block + block // 2, HEIGHT - 1)
    columns = np.minimum(np.arange(71) // block * block + block // 2, 70)
    small.index = np.ascontiguousarray(small.index[rows][:, columns])
    c.put(small)
    label(c, t, s.ink, s.paper, 0.9)
    return finish_card(c)


def vertical_split(t: Traits) -> Drawing:
    """The card in two halves of opposite colours."""
    s = scheme_of(t)
    c = blank(s.a[2])
    cut = {"upright": X > 35, "slant": X + Y * 0.6 > 64, "level": Y > 47, "zigzag": X + np.abs(Y % 12 - 6) > 38}[
        t.pick("cut", ("upright", "slant", "level", "zigzag"))
    ]
    c.paint(cut, s.b[0])
    layer = subject_of(t, s)
    c.put(layer)
    c.put(toned(layer, s.c), mask=cut)
    label(c, t, WHITE, s.line, 0.8)
    return finish_card(c)


def gift(t: Traits) -> Drawing:
    """A wrapped card with a ribbon and a tag."""
    s = scheme_of(t)
    c = Canvas(s.line)
    lay_ground(c, t, s, wild=0.2)
    x, y = t.dice("knot").between(20, 50), t.dice("knot").between(28, 60)
    c.box(x - 4, 0, x + 4, 94, s.a)
    c.box(0, y - 4, 70, y + 4, s.a)
    for dx in (-1, 1):
        c.poly([(x, y), (x + dx * 16, y - 11), (x + dx * 18, y + 3)], s.a)
        c.poly([(x, y), (x + dx * 12, y + 18), (x + dx * 5, y + 18)], s.a)
    c.oval(x, y, 4, 4, s.b)
    c.line = None
    if t.chance("tag", 0.6):
        c.paint(box_mask(34, 80, 66, 90, 1), s.line)
        c.paint(box_mask(35, 81, 65, 89, 1), CREAM)
        centred(c, word_of(t), 83, SLATE, x=50)
    return finish_card(c)


def chained(t: Traits) -> Drawing:
    """Chains or ropes across the card, and something that holds them."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("filled", 0.6):
        lay_ground(c, t, s)
    c.line = s.line
    metal = t.pick("metal", (STEEL, s.b, s.c))
    for start, end in (((2, 2), (68, 92)), ((68, 2), (2, 92)))[: t.number("chains", 1, 2)]:
        for step in range(12):
            at = step / 11
            cx, cy = start[0] + (end[0] - start[0]) * at, start[1] + (end[1] - start[1]) * at
            c.part(oval_mask(cx, cy, 4, 4) & ~oval_mask(cx, cy, 1, 1), metal)
    shape = poly_mask([(20, 44), (50, 44), (52, 66), (44, 74), (26, 74), (18, 66)])
    c.part(line_mask([(25, 45), (25, 34), (30, 28), (40, 28), (45, 34), (45, 45)], 4), metal)
    c.part(shape, s.a)
    c.stamp(emblem_bits(t.pick("sign", EMBLEMS), 2), 28, 51, s.line)
    label(c, t, s.ink, s.paper, 0.5)
    return finish_card(c)

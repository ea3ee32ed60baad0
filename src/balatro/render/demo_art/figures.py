"""Kinds of joker-like cards that show a figure, a scene, a pattern or a sign."""

from __future__ import annotations

import math

import numpy as np

from balatro.render.demo_art.canvas import (
    CHECKER,
    HEIGHT,
    Canvas,
    X,
    Y,
    box_mask,
    grown,
    oval_mask,
    shifted,
)
from balatro.render.demo_art.compose import (
    Drawing,
    extras,
    ground_tones,
    label,
    lay_ground,
    pattern_name,
    scheme_of,
    subject_of,
    toned,
    word_of,
)
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.frames import BODY, blank, centred, clip, contrast, rim
from balatro.render.demo_art.palette import WHITE, Scheme, lightness, mix, scale_of
from balatro.render.demo_art.patterns import PATTERNS
from balatro.render.demo_art.scenes import draw_scene
from balatro.render.demo_art.traits import Traits


def finish_card(c: Canvas, edge: tuple[int, int, int] | None = None) -> Drawing:
    """Cut to the card's shape, with an edge of this colour."""
    clip(c)
    if edge is not None:
        rim(c, edge)
    return Drawing(c.rgba())


def put_haloed(c: Canvas, layer: Canvas, t: Traits, s: Scheme) -> None:
    """Put a figure on a ground, parted from it by a rim or a shadow."""
    kind = t.pick("halo", ("none", "white", "white", "dark", "shadow"))
    if kind == "shadow":
        c.paint(shifted(layer.solid, 2, 2), mix(s.ground[0], (10, 10, 30), 0.4))
    elif kind != "none":
        c.paint(grown(layer.solid), WHITE if kind == "white" else s.line)
    c.put(layer)


def figure(t: Traits) -> Drawing:
    """A figure on plain paper."""
    s = scheme_of(t)
    c = blank(s.paper)
    layer = subject_of(t, s)
    c.put(layer, 0, t.dice("lift").between(-3, 2))
    extras(c, t, s)
    label(c, t, s.ink, s.paper, 0.95)
    return finish_card(c)


def figure_on_ground(t: Traits) -> Drawing:
    """A figure before a pattern in full colour."""
    s = scheme_of(t)
    c = Canvas()
    lay_ground(c, t, s)
    put_haloed(c, subject_of(t, s), t, s)
    extras(c, t, s)
    light = lightness(s.ground[1]) > 0.62
    label(c, t, s.line if light else WHITE, s.ground[2] if light else s.line)
    return finish_card(c, t.pick("edge", (None, WHITE, s.ground[2], s.ground[0])))


def figure_in_tone(t: Traits) -> Drawing:
    """Figure and pattern in the tones of one colour."""
    s = scheme_of(t)
    c = Canvas()
    tones = scale_of(s.ground, 5)
    low = t.dice("depth").choice((0, 1, 1, 2, 2))
    c.levels(PATTERNS[pattern_name(t)](t.dice("ground"), 2), tones[low : low + 2])
    layer = toned(subject_of(t, s), s.ground)
    put_haloed(c, layer, t, s)
    extras(c, t, s)
    label(c, t, contrast(tones[low], tones[0], WHITE), None)
    return finish_card(c, t.pick("edge", (None, WHITE, tones[4], tones[0])))


def bordered_figure(t: Traits) -> Drawing:
    """A figure in a panel with a border."""
    s = scheme_of(t)
    c = blank(s.c[2])
    width = t.dice("border").between(3, 7)
    panel = box_mask(1 + width, 1 + width, 69 - width, 93 - width, t.dice("border").below(4))
    lay_ground(c, t, s, panel)
    c.paint(grown(panel) & ~panel, s.line)
    layer = subject_of(t, s)
    c.put(layer, mask=panel)
    extras(c, t, s)
    if t.chance("labelled", 0.4):
        centred(c, word_of(t), 94 - width - 8, WHITE, "tall")
    return finish_card(c)


def scene(t: Traits) -> Drawing:
    """A landscape or room over the whole card."""
    c = Canvas()
    draw_scene(c, t)
    c.line = None
    if t.chance("toned scene", 0.2):
        c = toned(c, scheme_of(t).ground, 6)
    label(c, t, WHITE, (44, 50, 70), 0.75)
    return finish_card(c, t.pick("edge", (None, None, WHITE)))


def figure_in_scene(t: Traits) -> Drawing:
    """Someone in a landscape."""
    s = scheme_of(t)
    c = Canvas()
    draw_scene(c, t)
    put_haloed(c, subject_of(t, s), t, s)
    label(c, t, WHITE, (44, 50, 70), 0.6)
    return finish_card(c)


def pattern(t: Traits) -> Drawing:
    """A pattern and nothing else."""
    s = scheme_of(t)
    c = Canvas()
    tones = ground_tones(t, s) if t.dice("full").chance(0.5) else [s.ground[1], s.a[1], s.b[1], s.c[1]]
    c.levels(PATTERNS[pattern_name(t, 0.7)](t.dice("ground"), len(tones)), tones)
    label(c, t, WHITE, s.line, 0.7)
    return finish_card(c, t.pick("edge", (None, WHITE, s.line)))


def big_sign(t: Traits) -> Drawing:
    """One large sign."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("filled", 0.6):
        lay_ground(c, t, s)
    bits = emblem_bits(t.pick("sign", EMBLEMS), t.dice("big").choice((4, 5, 6)))
    x, y = 35 - bits.shape[1] // 2, 47 - bits.shape[0] // 2
    mask = np.zeros((HEIGHT, 71), bool)
    mask[y : y + bits.shape[0], x : x + bits.shape[1]] = bits
    c.line = s.line
    c.part(mask, s.a, depth=2)
    extras(c, t, s)
    label(c, t, s.ink if s.paper == WHITE else WHITE, s.line if s.paper != WHITE else WHITE)
    return finish_card(c)


def many_signs(t: Traits) -> Drawing:
    """Signs in a row, a ring or a grid; siblings differ in number or kind."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("filled", 0.5):
        lay_ground(c, t, s, wild=0.2)
    count, bits = t.number("count", 1, 9), emblem_bits(t.pick("sign", EMBLEMS), 2 if t.dice("size").chance(0.3) else 1)
    order = t.pick("order", ("ring", "column", "grid"))
    for number in range(count):
        if order == "ring":
            angle = 2 * math.pi * number / count - math.pi / 2
            x, y = 35 + math.cos(angle) * 18, 47 + math.sin(angle) * 24
        elif order == "column":
            x, y = 35.0, 47 + (number - (count - 1) / 2) * 10
        else:
            x, y = 21 + number % 3 * 14.0, 28 + number // 3 * 19.0
        half = bits.shape[0] // 2
        c.paint(oval_mask(int(x), int(y), half + 3, half + 3), s.line)
        c.paint(oval_mask(int(x), int(y), half + 2, half + 2), (s.a, s.b)[number % 2][1])
        c.stamp(bits, int(x) - half, int(y) - half, WHITE)
    label(c, t, s.ink, s.paper, 0.7)
    return finish_card(c)


def court(t: Traits) -> Drawing:
    """A figure and its upside-down double, as on court cards."""
    s = scheme_of(t)
    c = blank(s.paper)
    c.paint(box_mask(13, 8, 57, 86), s.ground[2] if t.dice("court").chance(0.4) else s.paper)
    c.stroke([(13, 8), (57, 8), (57, 86), (13, 86)], s.line, closed=True)
    layer = subject_of(t, s)
    half = box_mask(14, 9, 56, 46)
    c.put(layer, 0, -14, half)
    turned = Canvas()
    turned.palette, turned.index = layer.palette, np.ascontiguousarray(layer.index[::-1, ::-1])
    c.put(turned, 0, 14, box_mask(14, 47, 56, 85))
    sash = t.pick("sash", (0, 1, 2))
    if sash:
        band = np.abs((Y - 47) + (X - 35) * (0.5 if sash == 1 else 0.0)) < 4
        c.paint(band & box_mask(14, 9, 56, 85), s.c[1])
        c.paint(band & CHECKER & box_mask(14, 9, 56, 85), s.c[2])
    label(c, t, s.ink, s.paper, 0.9)
    return finish_card(c)


def poster(t: Traits) -> Drawing:
    """A large word below a figure before rays."""
    s = scheme_of(t)
    c = Canvas()
    c.levels(PATTERNS["rays"](t.dice("ground"), 2), [s.ground[1], mix(s.ground[1], s.ground[2], 0.6)])
    c.put(subject_of(t, s), 0, -6)
    c.paint(box_mask(1, 76, 69, 93), s.a[1])
    c.paint(box_mask(1, 75, 69, 75), s.line)
    centred(c, word_of(t), 81, WHITE, "bold")
    return finish_card(c, s.line)


def close_up(t: Traits) -> Drawing:
    """A face or thing so near that it is cut off by the card's edge."""
    s = scheme_of(t)
    c = Canvas()
    lay_ground(c, t, s)
    layer = subject_of(t, s)
    dice = t.dice("near")
    factor = dice.choice((1.4, 1.6, 2.0))
    width, height = int(71 * factor), int(95 * factor)
    c.put(layer.resized(width, height, 35 - width // 2 + dice.between(-8, 8), 47 - height // 2 + dice.between(-4, 12)))
    label(c, t, WHITE, s.line, 0.6)
    return finish_card(c)


def small_figure(t: Traits) -> Drawing:
    """A very small figure on a nearly empty card."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("lined", 0.4):
        tint = mix(s.paper, s.ground[1], 0.15)
        c.levels(PATTERNS[pattern_name(t, 0.3)](t.dice("ground"), 2), [s.paper, tint], BODY)
    factor = t.dice("near").choice((0.3, 0.4, 0.5))
    width, height = int(71 * factor), int(95 * factor)
    c.put(subject_of(t, s).resized(width, height, 35 - width // 2, 47 - height // 2))
    if t.chance("titled", 0.6):
        centred(c, word_of(t), 64, s.ink)
    return finish_card(c)

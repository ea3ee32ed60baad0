"""Kinds of cards in a frame with a name plate: engraved arcana, worlds, visions, and legends with a floating figure."""

from __future__ import annotations

import math

import numpy as np

from balatro.render.demo_art.canvas import BAYER, Canvas, X, Y, box_mask, grown, oval_mask, ring_mask
from balatro.render.demo_art.compose import Drawing, scheme_of, subject_of, toned
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.font import roman
from balatro.render.demo_art.frames import BODY, NARROW, blank, centred, clip, invented_word, name_plate, rim
from balatro.render.demo_art.palette import RGB, WHITE, blend, hsl, make_ramp, mix, scale_of
from balatro.render.demo_art.patterns import PATTERNS, dithered, flow, noise, rough
from balatro.render.demo_art.scenes import draw_scene
from balatro.render.demo_art.traits import Dice, Traits

_INKS = (
    (0.1, 0.55, 0.55),
    (0.09, 0.62, 0.6),
    (0.55, 0.3, 0.5),
    (0.97, 0.35, 0.55),
    (0.4, 0.3, 0.48),
    (0.75, 0.3, 0.55),
    (0.62, 0.45, 0.55),
    (0.05, 0.4, 0.5),
    (0.0, 0.0, 0.55),
)


def plate_word(t: Traits) -> str:
    """The name on the plate."""
    forced = t.forced.get("plate")
    return str(forced) if forced else invented_word(t.dice("plate"), 4, 8)


def tarot(t: Traits) -> Drawing:
    """An engraving in one ink, a Roman numeral above, a name below."""
    ink = make_ramp(*t.forced.get("ink", t.dice("colours").choice(_INKS)))
    deep = mix(ink[0], (40, 44, 60), 0.6)
    tones = [deep, ink[0], mix(ink[0], ink[1], 0.7), mix(ink[1], ink[2], 0.5), mix(ink[2], WHITE, 0.55)]
    c = Canvas()
    c.paint(NARROW, ink[1])
    rim(c, mix(ink[0], ink[1], 0.5), NARROW)
    rim(c, tones[4], NARROW, 1)
    rim(c, deep, NARROW, 3)
    window = box_mask(8, 5, 62, 89, 1)
    c.paint(grown(window), deep)
    c.put(_engraving(t, tones), mask=window)
    numeral = roman(t.number("numeral", 1, 22))
    c.paint(box_mask(21, 4, 49, 12), deep)
    c.paint(box_mask(22, 4, 48, 11), tones[4])
    centred(c, numeral, 6, deep)
    name_plate(c, plate_word(t), (11, 81, 59, 89), (ink[1], tones[3], tones[4]), deep)
    clip(c, NARROW)
    return Drawing(c.rgba())


def _engraving(t: Traits, tones: list[RGB]) -> Canvas:
    """A scene or pattern with a figure, in five tones, lighter parts dithered as an etcher would."""
    back = Canvas()
    ramp = (tones[1], tones[2], tones[3])
    backdrop = t.pick("backdrop", ("scene", "scene", "rays", "sky", "pattern"))
    if backdrop == "scene":
        scene = Canvas()
        draw_scene(scene, t)
        back = toned(scene, ramp, 4)
    elif backdrop == "rays":
        back.levels(PATTERNS["rays"](t.dice("ground"), 2), [tones[2], tones[3]])
    elif backdrop == "sky":
        back.levels((Y / 94 * 2 + BAYER).astype(np.int32), tones[1:4])
    else:
        name = t.pick("pattern", ("stars", "waves", "bricks", "leaves", "clouds", "dots", "scales", "tiles"))
        back.levels(PATTERNS[name](t.dice("ground"), 3), [tones[1], tones[2], tones[3]])
    figure = toned(subject_of(t, scheme_of(t), tones[0]), (tones[1], tones[3], tones[4]), 4)
    back.paint(grown(figure.solid), tones[0])
    back.put(figure)
    return back


def planet(t: Traits) -> Drawing:
    """A world on a starry plate in a frame, its name above, a row of signs below."""
    hue = t.forced.get("frame hue", t.dice("colours").choice((0.53, 0.5, 0.6, 0.72, 0.85, 0.4, 0.08)))
    tone = make_ramp(hue, 0.32, t.dice("frame").choice((0.38, 0.48, 0.55)))
    c = Canvas()
    c.paint(NARROW, mix(tone[2], WHITE, 0.3))
    rim(c, tone[1], NARROW)
    panel = box_mask(7, 4, 63, 90, 2)
    c.paint(grown(panel), tone[0])
    c.paint(panel, tone[1])
    sky = t.dice("sky")
    for _ in range(sky.between(12, 30)):
        c.dot(sky.between(8, 62), sky.between(6, 76), mix(tone[2], WHITE, 0.6))
    for number in range(9):
        c.paint(oval_mask(12 + number * 6, 7.5, 1 + number % 3 * 0.5, 1 + number % 3 * 0.5), tone[2])
    _world(c, t, 35, 50)
    name_plate(c, plate_word(t), (11, 13, 59, 22), (tone[1], tone[2], mix(tone[2], WHITE, 0.7)), tone[0], 3)
    count, sign = t.number("cards", 1, 5), t.pick("row sign", (*EMBLEMS[:8], ""))
    c.paint(box_mask(8, 78, 62, 89), tone[2])
    for number in range(count):
        x = 35 + int((number - (count - 1) / 2) * 10) - 3
        c.paint(box_mask(x, 79, x + 7, 88, 1), tone[0])
        c.paint(box_mask(x + 1, 80, x + 6, 87), WHITE)
        if sign:
            c.stamp(emblem_bits(sign)[1:6, 1:6], x + 1, 81, tone[0])
    clip(c, NARROW)
    return Drawing(c.rgba())


def _world(c: Canvas, t: Traits, x: int, y: int) -> None:
    dice = t.dice("world")
    radius = t.pick("radius", (8, 10, 13, 16, 19, 21))
    base = make_ramp(dice.uniform(), dice.uniform(0.1, 0.75), dice.uniform(0.45, 0.7))
    tones = [mix(base[0], (24, 26, 50), 0.3), base[0], base[1], mix(base[1], base[2], 0.6), base[2]]
    kind = t.pick("kind", ("bands", "craters", "seas", "plain", "swirl", "cracked"))
    disc = oval_mask(x, y, radius, radius)
    c.paint(oval_mask(x, y, radius + 1, radius + 1), mix(base[0], (30, 30, 50), 0.6))
    shade = np.clip(2.6 - (X - x + Y - y) / radius * 1.2 + BAYER * 0.8 - 0.4, 0, 4)
    if kind == "bands":
        shade = shade + np.round(np.sin(Y * dice.uniform(0.5, 1.3) + (noise(dice, 6, 3) - 0.5) * 3), 3)
    elif kind == "seas":
        c.levels(np.clip(shade, 0, 4).astype(np.int32), tones, disc)
        land = make_ramp(dice.uniform(), 0.5, 0.5)
        c.levels(np.clip(shade / 2, 0, 2).astype(np.int32), land, disc & (rough(dice, 6, 5) > 0.52))
        kind = "done"
    elif kind == "swirl":
        shade = shade + (flow(dice, 3) - 1) * 0.9
    elif kind == "cracked":
        shade = np.where(np.abs(noise(dice, 9, 7) - 0.5) < 0.04, 0, shade)
    if kind != "done":
        c.levels(np.clip(shade, 0, 4).astype(np.int32), tones, disc)
    if kind == "craters":
        for _ in range(dice.between(4, 9)):
            cx, cy, size = x + dice.between(-radius, radius), y + dice.between(-radius, radius), dice.between(1, 3)
            c.paint(oval_mask(cx, cy, size, size) & disc, tones[1])
            c.paint(oval_mask(cx + 1, cy + 1, size - 1, size - 1) & disc, tones[2])
    _rings(c, t, x, y, radius, tones, disc)


def _rings(c: Canvas, t: Traits, x: int, y: int, radius: int, tones: list[RGB], disc: np.ndarray) -> None:
    kind = t.pick("company", ("none", "ring", "rings", "moon", "moons", "upright", "belt"))
    if kind in ("ring", "rings"):
        ring = ring_mask(x, y, radius * 1.6, radius * 0.32, 2 if kind == "ring" else 4)
        c.paint(ring & ~(disc & (y > Y)), tones[3])
    elif kind == "upright":
        ring = ring_mask(x, y, radius * 0.3, radius * 1.4, 1.5)
        c.paint(ring & ~(disc & (x > X)), WHITE)
    elif kind in ("moon", "moons"):
        for angle in (3.9, 0.6, 2.4)[: 1 if kind == "moon" else 3]:
            mx, my = x + math.cos(angle) * (radius + 6), y + math.sin(angle) * (radius + 6)
            c.paint(oval_mask(mx, my, 4, 4), tones[0])
            c.paint(oval_mask(mx, my, 3, 3), (220, 224, 232))
            c.paint(oval_mask(mx + 1, my + 1, 2, 2), (184, 190, 206))
    elif kind == "belt":
        dice = t.dice("belt")
        for _ in range(16):
            angle = dice.uniform(0, 6.28)
            c.dot(
                x + math.cos(angle) * (radius + dice.between(4, 7)),
                y + math.sin(angle) * (radius + dice.between(4, 7)),
                tones[4],
                2,
            )


def spectral(t: Traits) -> Drawing:
    """An abstract vision in two or three colours, in a frame with rivets on its plate."""
    first = t.forced.get("vision hue", t.dice("colours").choice((0.62, 0.66, 0.58, 0.75, 0.45, 0.9, 0.3)))
    other = make_ramp(first + t.forced.get("vision shift", t.dice("frame").choice((0.52, 0.45, 0.3, 0.6))), 0.45, 0.5)
    tone = make_ramp(first, 0.5, 0.55)
    deep = mix(tone[0], (34, 34, 60), 0.6)
    c = Canvas()
    c.paint(NARROW, tone[2])
    rim(c, deep, NARROW)
    rim(c, WHITE, NARROW, 2)
    window = box_mask(8, 5, 62, 77, 1)
    c.paint(grown(window), deep)
    tones = [deep, tone[0], tone[1], other[1], mix(tone[2], WHITE, 0.4), other[0]]
    vision = Canvas()
    _vision(vision, t, tones)
    c.put(vision, mask=window)
    name_plate(c, plate_word(t), (14, 82, 56, 90), (tone[1], tone[2], mix(tone[2], WHITE, 0.6)), deep)
    c.paint(oval_mask(9.5, 86, 1.5, 1.5), tone[0])
    c.paint(oval_mask(60.5, 86, 1.5, 1.5), other[1])
    clip(c, NARROW)
    return Drawing(c.rgba())


def _vision(c: Canvas, t: Traits, tones: list[RGB]) -> None:
    dice = t.dice("vision")
    name = t.pick(
        "swirl", ("marble", "flow", "spiral", "contours", "clouds", "rays", "rings", "argyle", "water", "lightning", "leaves")
    )
    chosen = tones[:3] + tones[4:5]
    if t.dice("order").chance(0.6):
        chosen[t.dice("accent").below(4)] = tones[3]
    c.levels(PATTERNS[name](dice, 4), chosen)
    centre = t.pick("centre", ("none", "sign", "figure", "ghost", "eye", "diamonds", "outline"))
    if centre == "sign":
        bits = emblem_bits(t.pick("sign", EMBLEMS), 4)
        mask = np.zeros_like(BODY)
        mask[27:55, 21:49] = bits
        c.paint(grown(grown(mask)), tones[0])
        c.paint(mask, tones[4])
    elif centre in ("figure", "ghost", "outline"):
        layer = subject_of(t, scheme_of(t))
        if centre == "ghost":
            c.paint(layer.solid, tones[4])
            c.paint(layer.solid & (layer.index == layer.ink(layer.line or (0, 0, 0))), tones[0])
        elif centre == "outline":
            c.paint(grown(layer.solid) & ~layer.solid, WHITE)
        else:
            c.paint(grown(layer.solid), tones[0])
            c.put(toned(layer, (tones[1], tones[2], tones[4]), 4), 0, -4)
    elif centre == "eye":
        for size, tone in ((20, tones[0]), (17, tones[3]), (13, tones[4]), (8, tones[1]), (4, WHITE)):
            c.paint(oval_mask(35, 41, size, size), tone)
    elif centre == "diamonds":
        for step in range(5, 0, -1):
            c.paint(np.abs(X - 35) + np.abs(Y - 41) * 0.8 < step * 6, tones[step % len(tones)])


def legend(t: Traits) -> Drawing:
    """Marble with a name plate, and a floating figure above it."""
    s = scheme_of(t)
    dice = t.dice("veins")
    tone = s.a if dice.chance(0.6) else s.ground
    c = blank(tone[2], mix(tone[0], WHITE, 0.3))
    field = rough(dice, 4, 3) * dice.uniform(8, 15) + (X * 0.5 + Y) * dice.uniform(0.02, 0.16)
    tones = blend(mix(tone[2], WHITE, 0.55), mix(tone[1], WHITE, 0.3), 4)
    c.levels(np.abs(np.floor(field) % 6 - 3).astype(np.int32), tones, BODY)
    c.paint(BODY & (np.round(field % 1.0, 3) < 0.12), mix(tone[2], WHITE, 0.85))
    rim(c, WHITE)
    rim(c, tone[1], inset=1)
    name_plate(c, plate_word(t), (10, 81, 60, 89), (tone[1], (220, 216, 206), (250, 247, 238)), tone[0], 1)
    return Drawing(c.rgba(), floating_figure(t))


def floating_figure(t: Traits) -> np.ndarray:
    """A figure on clear ground, a little smaller than the card, with a dark rim."""
    s = scheme_of(t)
    layer = subject_of(t, s)
    layer.outline(s.line)
    out = Canvas()
    out.put(layer, 0, -6)
    return out.rgba()


def floating_sign(t: Traits, dice: Dice) -> np.ndarray:
    """A gem, sign or ghost that floats over a card."""
    s = scheme_of(t)
    kind = dice.choice(("sign", "orb", "ghost"))
    c = Canvas(s.line)
    if kind == "sign":
        mask = np.zeros_like(BODY)
        bits = emblem_bits(t.pick("float sign", EMBLEMS), dice.choice((3, 4, 5)))
        size = bits.shape[0]
        mask[44 - size // 2 : 44 - size // 2 + size, 35 - size // 2 : 35 - size // 2 + size] = bits
        c.part(mask, s.b, depth=2)
    elif kind == "orb":
        radius = dice.between(9, 18)
        c.levels(
            dithered(np.clip((X - 35 + Y - 44) / radius / 2.6 + 0.5, 0, 1), 5),
            scale_of(s.b, 5)[::-1],
            oval_mask(35, 44, radius, radius),
        )
        c.paint(oval_mask(35 - radius * 0.4, 44 - radius * 0.4, radius * 0.2, radius * 0.2), WHITE)
        c.outline(s.line)
    else:
        ghost = toned(subject_of(t, s), (hsl(0.5, 0.4, 0.4), hsl(0.5, 0.5, 0.65), hsl(0.48, 0.6, 0.85)))
        ghost.index[(Y % 3 == 0)] = 0
        return ghost.rgba()
    return c.rgba()

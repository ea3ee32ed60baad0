"""Full-bleed scenes: a sky, what lies under it, and something to look at."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from balatro.render.demo_art.canvas import HEIGHT, WIDTH, Canvas, X, Y, box_mask, oval_mask, poly_mask
from balatro.render.demo_art.palette import GOLD, RGB, SNOW, WHITE, WOOD, Ramp, blend, hsl, make_ramp, mix
from balatro.render.demo_art.patterns import dithered, ridge, rough, water
from balatro.render.demo_art.traits import Dice, Traits

Scene = Callable[[Canvas, Traits], None]
_SKIES = {
    "day": ((96, 168, 232), (222, 240, 250)),
    "dusk": ((92, 84, 150), (250, 176, 120)),
    "night": ((22, 28, 62), (62, 84, 140)),
    "dawn": ((150, 160, 220), (252, 216, 206)),
    "storm": ((58, 66, 82), (140, 152, 166)),
    "aurora": ((18, 34, 60), (66, 176, 150)),
    "ember": ((70, 26, 46), (240, 120, 66)),
    "lilac": ((150, 128, 206), (244, 222, 246)),
    "toxic": ((40, 70, 50), (190, 220, 110)),
}


def _sky(c: Canvas, t: Traits, low: int = 70) -> tuple[str, RGB, RGB]:
    hour = t.pick("hour", tuple(_SKIES))
    top, bottom = _SKIES[hour]
    c.levels(dithered(np.clip(Y / low, 0, 1), 7), blend(top, bottom, 7))
    dice = t.dice("sky")
    if hour in ("night", "aurora", "storm", "ember") or dice.chance(0.15):
        for _ in range(dice.between(14, 40)):
            c.dot(dice.below(WIDTH), dice.below(56), dice.choice((WHITE, (200, 214, 255), (255, 240, 200))))
    if dice.chance(0.8):
        _lamp_of_heaven(c, dice, hour)
    if hour not in ("night", "aurora") and dice.chance(0.6):
        cloud = rough(dice, 9, 3)
        c.paint((cloud > 0.56) & (Y < 45), mix(bottom, WHITE, 0.5))
        c.paint((cloud > 0.6) & (Y < 45), mix(bottom, WHITE, 0.85))
    return hour, top, bottom


def _lamp_of_heaven(c: Canvas, dice: Dice, hour: str) -> None:
    x, y, radius = dice.between(14, 57), dice.between(14, 34), dice.between(5, 11)
    moon = hour in ("night", "aurora", "lilac", "storm")
    ramp = SNOW if moon else ((250, 190, 90), (255, 226, 130), (255, 246, 200))
    c.paint(oval_mask(x, y, radius + 2, radius + 2), ramp[0])
    c.paint(oval_mask(x, y, radius, radius), ramp[1])
    if moon and dice.chance(0.5):
        c.levels(
            dithered(np.clip(Y / 70, 0, 1), 7), blend(*_SKIES[hour], 7), oval_mask(x + radius * 0.6, y - 1, radius, radius)
        )
    elif moon:
        c.paint(oval_mask(x - 2, y + 1, radius * 0.3, radius * 0.3), ramp[0])


def _hills(c: Canvas, dice: Dice, ramp: Ramp, base: int, height: int, layers: int) -> None:
    for layer, colour in enumerate(blend(mix(ramp[2], (200, 210, 230), 0.4), ramp[0], layers)):
        edge = ridge(dice, base + layer * (HEIGHT - base) * 0.7 / layers, height * (1 - layer * 0.2), dice.between(3, 6))
        land = edge[None, :] <= Y
        c.paint(land, colour)
        c.paint(land & (edge[None, :] + 1.5 > Y), mix(colour, WHITE, 0.25))


def _land(t: Traits) -> Ramp:
    dice = t.dice("land")
    return make_ramp(
        dice.choice((0.3, 0.35, 0.42, 0.1, 0.07, 0.58, 0.72, 0.95, 0.5)), dice.uniform(0.2, 0.6), dice.uniform(0.35, 0.6)
    )


def _trees(c: Canvas, dice: Dice, ramp: Ramp, count: int) -> None:
    for place in sorted(dice.between(58, 92) for _ in range(count)):
        x, tall = dice.below(WIDTH), (place - 40) * dice.uniform(0.5, 0.9)
        tone = ramp[dice.below(2)]
        c.paint(box_mask(x - 1, int(place - tall * 0.3), x, place), WOOD[0])
        for step in range(3):
            top = place - tall + step * tall * 0.2
            c.paint(
                poly_mask(
                    [
                        (x, top),
                        (x - tall * (0.16 + step * 0.07), top + tall * 0.42),
                        (x + tall * (0.16 + step * 0.07), top + tall * 0.42),
                    ]
                ),
                tone,
            )


def _mountains(c: Canvas, t: Traits) -> None:
    _sky(c, t)
    dice, land = t.dice("place"), _land(t)
    for layer, colour in enumerate(blend(land[2], land[0], 3)):
        peaks = [(-10.0, 96.0)]
        for step in range(7):
            peaks.append((step * 14 - 6 + dice.uniform(-4, 4), (62 if step % 2 else 38) + layer * 14 + dice.uniform(-9, 9)))
        mask = poly_mask([*peaks, (90, 96)])
        c.paint(mask, colour)
        if layer == 0:
            c.paint(mask & (Y < 50) & ((X + Y) % 7 < 5), WHITE)
    _trees(c, dice, land, dice.between(3, 12))


def _meadow(c: Canvas, t: Traits) -> None:
    _sky(c, t)
    dice, land = t.dice("place"), _land(t)
    _hills(c, dice, land, dice.between(46, 60), 14, 4)
    for _ in range(dice.between(10, 40)):
        c.dot(
            dice.below(WIDTH),
            dice.between(70, 93),
            dice.choice((WHITE, GOLD[1], (240, 110, 120), (180, 130, 230))),
            dice.between(1, 2),
        )
    if t.chance("windmill", 0.5):
        _windmill(c, dice.between(20, 50), dice.between(48, 56), t.number("sails", 0, 3))


def _windmill(c: Canvas, x: int, y: int, turn: int) -> None:
    c.line = (58, 68, 82)
    c.poly([(x - 5, y), (x + 5, y), (x + 8, y + 26), (x - 8, y + 26)], SNOW)
    c.poly([(x - 6, y), (x, y - 8), (x + 6, y)], ((150, 60, 60), (210, 90, 80), (240, 140, 110)))
    for sail in range(4):
        angle = turn * 0.35 + sail * math.pi / 2
        c.bar([(x, y), (x + math.cos(angle) * 17, y + math.sin(angle) * 17)], 3, WOOD)


def _sea(c: Canvas, t: Traits) -> None:
    _, _, bottom = _sky(c, t, 50)
    dice = t.dice("place")
    line = dice.between(42, 58)
    sea = make_ramp(dice.choice((0.52, 0.56, 0.6, 0.47, 0.68)), 0.55, 0.48)
    c.levels(water(dice, 4), [sea[0], mix(sea[0], sea[1], 0.5), sea[1], mix(sea[2], bottom, 0.4)], line <= Y)
    sight = t.pick("sight", ("ship", "island", "lighthouse", "fin", "none", "iceberg"))
    c.line = (44, 50, 70)
    x = dice.between(22, 48)
    if sight == "ship":
        c.bar([(x, line - 24), (x, line + 6)], 2, WOOD)
        c.poly([(x - 2, line - 22), (x - 2, line), (x - 14, line)], SNOW)
        c.poly([(x + 2, line - 18), (x + 13, line), (x + 2, line)], ((200, 80, 70), (240, 120, 90), (255, 170, 130)))
        c.poly([(x - 16, line + 3), (x + 16, line + 3), (x + 11, line + 10), (x - 11, line + 10)], WOOD)
    elif sight == "island":
        c.part(oval_mask(x, line + 4, 18, 6), ((200, 168, 110), (236, 208, 150), (250, 232, 190)))
        c.bar([(x, line), (x + 3, line - 12), (x + 1, line - 20)], 2, WOOD)
        for dx, dy in ((-10, 2), (-7, -5), (9, 1), (8, -5)):
            c.poly(
                [(x + 1, line - 21), (x + 1 + dx, line - 20 + dy), (x + 1 + dx * 0.6, line - 17 + dy)],
                ((40, 110, 80), (76, 160, 96), (150, 210, 120)),
            )
    elif sight == "lighthouse":
        c.poly([(x - 5, line - 26), (x + 5, line - 26), (x + 8, line + 10), (x - 8, line + 10)], SNOW)
        for y in (line - 20, line - 6):
            c.paint(box_mask(x - 6, y, x + 6, y + 5), (220, 80, 76))
        c.box(x - 4, line - 33, x + 4, line - 27, GOLD)
        c.paint(poly_mask([(x + 4, line - 31), (70, line - 42), (70, line - 20)]) & ((X + Y) % 2 == 0), (255, 240, 180))
    elif sight == "iceberg":
        c.poly([(x - 18, line + 8), (x - 10, line - 12), (x - 2, line - 4), (x + 6, line - 22), (x + 18, line + 8)], SNOW)
    elif sight == "fin":
        c.poly([(x - 6, line + 20), (x + 4, line + 4), (x + 8, line + 20)], ((60, 70, 90), (96, 110, 134), (140, 156, 180)))


def _desert(c: Canvas, t: Traits) -> None:
    _sky(c, t)
    dice = t.dice("place")
    sand = make_ramp(dice.choice((0.1, 0.08, 0.12, 0.04)), 0.6, 0.62)
    c.line = mix(sand[0], (40, 30, 50), 0.5)
    if t.pick("relic", ("pyramids", "cactus", "none", "arch")) == "pyramids":
        for x, y, size in ((22, 60, 16), (48, 62, 22)):
            c.paint(poly_mask([(x, y - size), (x + size, y), (x - size, y)]), sand[1])
            c.paint(poly_mask([(x, y - size), (x + size, y), (x + size * 0.2, y)]), sand[0])
    _hills(c, dice, sand, 56, 10, 4)
    if t.pick("relic", ("pyramids", "cactus", "none", "arch")) == "cactus":
        for x in (dice.between(12, 24), dice.between(44, 58)):
            green = ((44, 92, 72), (74, 136, 90), (130, 186, 110))
            c.bar([(x, 52), (x, 84)], 5, green)
            c.bar([(x - 8, 58), (x - 8, 68), (x, 68)], 3, green)
            c.bar([(x + 8, 54), (x + 8, 64), (x, 64)], 3, green)


def _city(c: Canvas, t: Traits) -> None:
    hour, _, bottom = _sky(c, t)
    dice = t.dice("place")
    wall = make_ramp(dice.choice((0.62, 0.7, 0.05, 0.55, 0.9)), dice.uniform(0.15, 0.4), 0.4)
    for layer, colour in enumerate(blend(mix(wall[2], bottom, 0.4), wall[0], 3)):
        x = -3
        while x < WIDTH:
            wide, roof = dice.between(7, 15), dice.between(24, 58) + layer * 14
            c.paint(box_mask(x, roof, x + wide, 94), mix(colour, wall[0], dice.uniform(0, 0.35)))
            if layer:
                lit = dice.noise(24, 5) < 0.5
                for row in range(roof + 3, 92, 4):
                    for column in range(3):
                        if lit[(row - roof) // 4, column] and x + 2 + column * 4 < x + wide - 1:
                            c.dot(
                                x + 2 + column * 4,
                                row,
                                GOLD[2] if hour in ("night", "dusk", "aurora", "ember") else GLASS_TONE,
                                2,
                            )
            x += wide + dice.between(0, 3)


GLASS_TONE: RGB = (190, 222, 240)


def _castle(c: Canvas, t: Traits) -> None:
    _sky(c, t)
    dice, land = t.dice("place"), _land(t)
    stone = make_ramp(dice.uniform(), dice.uniform(0.05, 0.3), dice.uniform(0.45, 0.75))
    roof = make_ramp(dice.uniform(), 0.6, 0.5)
    c.line = mix(stone[0], (30, 30, 50), 0.5)
    _hills(c, dice, land, 62, 8, 2)
    for x, wide, top in ((35, 11, 42), (20, 5, 34), (50, 5, 30), (35, 5, 24))[: 2 + t.number("towers", 0, 2)]:
        c.box(x - wide, top, x + wide, 80, stone)
        if wide < 8:
            c.poly([(x - wide - 2, top), (x, top - 13), (x + wide + 2, top)], roof)
            c.box(x - 1, top + 6, x + 1, top + 11, ((30, 30, 50), (40, 44, 66), (60, 66, 90)))
        else:
            for step in range(x - wide, x + wide, 6):
                c.box(step, top - 3, step + 2, top, stone)
    c.part((oval_mask(35, 70, 5, 7) & (Y < 71)) | box_mask(30, 70, 40, 80), WOOD)
    _hills(c, dice, land, 80, 6, 2)


def _road(c: Canvas, t: Traits) -> None:
    _sky(c, t)
    dice, land = t.dice("place"), _land(t)
    _hills(c, dice, land, 50, 12, 3)
    c.paint(Y > 60, land[1])
    bend = dice.uniform(-18, 18)
    share = np.clip((Y - 56) / 38, 0, 1)
    middle = 35 + bend * (1 - share) ** 2
    tarmac = (np.abs(X - middle) < 2 + share * 24) & (Y > 56)
    c.paint(tarmac, (84, 88, 104))
    c.paint(tarmac & (np.abs(X - middle) < 0.6 + share * 1.6) & (Y % 9 < 5), GOLD[2])
    c.paint((np.abs(np.abs(X - middle) - 2 - share * 24) < 0.8) & (Y > 56), WHITE)
    _trees(c, dice, land, 4)


def _forest(c: Canvas, t: Traits) -> None:
    dice = t.dice("place")
    mist = make_ramp(dice.choice((0.33, 0.4, 0.5, 0.62, 0.08, 0.85)), dice.uniform(0.2, 0.5), dice.uniform(0.3, 0.55))
    tones = blend(mist[2], mix(mist[0], (14, 18, 30), 0.5), 5)
    c.levels(dithered(1 - Y / 110, 4), blend(mist[1], mist[2], 4))
    for tone in tones[1:]:
        for _ in range(dice.between(2, 4)):
            x, wide = dice.below(WIDTH), dice.between(1, 4)
            c.paint(poly_mask([(x - wide, 0), (x + wide, 0), (x + wide + 1, 94), (x - wide - 1, 94)]), tone)
    c.paint(ridge(dice, 88, 12, 5)[None, :] < Y, tones[4])
    if t.chance("fire", 0.5):
        c.paint(oval_mask(35, 80, 16, 9) & ((X + Y) % 2 == 0), (250, 170, 80))
        c.line = None
        c.poly([(35, 62), (41, 76), (39, 84), (31, 84), (29, 76)], ((220, 90, 50), (250, 160, 60), (255, 226, 130)))
        c.stroke([(25, 86), (45, 82)], WOOD[0], 2)
        c.stroke([(25, 82), (45, 86)], WOOD[1], 2)
    for _ in range(t.number("fireflies", 0, 9) * 2):
        c.dot(dice.below(WIDTH), dice.between(20, 86), (255, 240, 150))


def _room(c: Canvas, t: Traits) -> None:
    dice = t.dice("place")
    wall = make_ramp(dice.uniform(), dice.uniform(0.25, 0.6), dice.uniform(0.3, 0.6))
    cloth = make_ramp(dice.choice((0.98, 0.75, 0.6, 0.4, 0.08)), 0.55, 0.42)
    c.paint(Y >= 0, wall[1])
    c.paint(X % dice.between(6, 12) < 2, wall[0])
    c.paint(Y > 74, WOOD[1])
    c.paint((Y > 74) & ((X + Y * 2) % 17 < 1), WOOD[0])
    c.line = (44, 40, 58)
    sight = t.pick("window", ("window", "picture", "mirror", "stage"))
    if sight != "stage":
        c.box(20, 18, 50, 50, WOOD)
        c.paint(box_mask(23, 21, 47, 47), {"window": (150, 206, 240), "picture": wall[2], "mirror": (214, 232, 240)}[sight])
        if sight == "window":
            c.stroke([(35, 21), (35, 47)], WOOD[0], 2)
            c.stroke([(23, 34), (47, 34)], WOOD[0], 2)
    folds = np.sin(X * 0.9) > 0
    for mask in (X < 16 - (Y - 40) ** 2 / 260 + Y * 0.05, X > 55 + (Y - 40) ** 2 / 260 - Y * 0.05):
        c.paint(mask & (Y < 80), cloth[1])
        c.paint(mask & folds & (Y < 80), cloth[0])
    c.paint((Y < 9 + np.abs(np.sin(X * 0.22)) * 5), cloth[1])
    c.paint((Y < 2 + np.abs(np.sin(X * 0.22)) * 5), cloth[2])
    if t.chance("table", 0.7):
        c.box(33, 66, 37, 84, WOOD)
        c.part(oval_mask(35, 66, 16, 4), cloth)
        c.oval(35, 57, 6, 6, t.pick("orb", (GOLD, SNOW, cloth, ((120, 170, 200), (178, 216, 232), (236, 250, 255)))))


def _space(c: Canvas, t: Traits) -> None:
    dice = t.dice("place")
    hue = dice.uniform()
    deep, glow = hsl(hue, 0.45, 0.12), hsl(hue + dice.uniform(-0.2, 0.2), 0.5, 0.42)
    c.levels(np.clip((rough(dice, 5, 4) - 0.35) * 12, 0, 4).astype(np.int32), blend(deep, glow, 5))
    for _ in range(dice.between(30, 90)):
        c.dot(dice.below(WIDTH), dice.below(HEIGHT), dice.choice((WHITE, (180, 200, 255), (255, 220, 180))))
    for _ in range(t.number("worlds", 0, 3)):
        x, y, radius = dice.between(12, 58), dice.between(14, 80), dice.between(4, 14)
        world = make_ramp(dice.uniform(), 0.5, 0.55)
        c.part(oval_mask(x, y, radius, radius), world, depth=3)
        if dice.chance(0.4):
            c.stroke([(x - radius - 5, y + 3), (x + radius + 5, y - 3)], world[2])


def _volcano(c: Canvas, t: Traits) -> None:
    _sky(c, t)
    dice = t.dice("place")
    rock = make_ramp(dice.choice((0.03, 0.7, 0.6)), 0.25, 0.36)
    c.paint(poly_mask([(26, 40), (44, 40), (74, 95), (-4, 95)]), rock[1])
    c.paint(poly_mask([(38, 40), (44, 40), (74, 95), (46, 95)]), rock[0])
    c.paint(poly_mask([(30, 40), (40, 40), (43, 66), (36, 58), (31, 74)]), (246, 120, 60))
    for _ in range(dice.between(3, 20)):
        c.dot(
            35 + dice.between(-18, 18), dice.between(8, 40), dice.choice(((255, 200, 90), (250, 120, 60))), dice.between(1, 3)
        )
    c.paint(rough(dice, 8, 3) + (40 - Y) / 120 > 0.75, rock[0])
    _hills(c, dice, rock, 84, 6, 2)


def _village(c: Canvas, t: Traits) -> None:
    _sky(c, t)
    dice, land = t.dice("place"), _land(t)
    _hills(c, dice, land, 56, 12, 3)
    c.line = (58, 58, 76)
    for x in (12, 33, 55):
        y, tone = dice.between(64, 78), make_ramp(dice.uniform(), 0.25, 0.78)
        c.box(x - 8, y, x + 8, y + 14, tone)
        c.poly([(x - 11, y), (x, y - 11), (x + 11, y)], make_ramp(dice.choice((0.02, 0.6, 0.08, 0.4)), 0.5, 0.5))
        c.box(x - 2, y + 7, x + 2, y + 14, WOOD)
        c.dot(x + 4, y + 4, GOLD[2], 3)


SCENES: dict[str, Scene] = {
    "mountains": _mountains,
    "meadow": _meadow,
    "sea": _sea,
    "desert": _desert,
    "city": _city,
    "castle": _castle,
    "road": _road,
    "forest": _forest,
    "room": _room,
    "space": _space,
    "volcano": _volcano,
    "village": _village,
}


def draw_scene(c: Canvas, t: Traits) -> None:
    """A scene over the whole cell."""
    SCENES[t.pick("scene", tuple(SCENES))](c, t)

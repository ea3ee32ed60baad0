"""Grounds that fill a whole card: functions of dice and a number of tones that return a tone 0..count-1 for every pixel."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from balatro.render.demo_art.canvas import BAYER, HEIGHT, WIDTH, X, Y, line_mask
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.traits import Dice

Pattern = Callable[[Dice, int], np.ndarray]


@lru_cache(maxsize=64)
def _smooth(length: int, knots: int) -> np.ndarray:
    place = np.linspace(0, knots - 1.001, length)
    low = place.astype(int)
    share = place - low
    share = share * share * (3 - 2 * share)
    table = np.zeros((length, knots))
    table[np.arange(length), low] = 1 - share
    table[np.arange(length), low + 1] += share
    return table


def noise(dice: Dice, rows: int, columns: int) -> np.ndarray:
    """Smooth noise 0..1 from a lattice of rows x columns knots; rounded, so that every machine gets the same."""
    field: np.ndarray = _smooth(HEIGHT, rows) @ dice.noise(rows, columns) @ _smooth(WIDTH, columns).T
    return np.round(field, 5)


def rough(dice: Dice, rows: int, columns: int) -> np.ndarray:
    """Noise of three octaves, 0..1."""
    field = noise(dice, rows, columns) * 4 + noise(dice, rows * 2, columns * 2) * 2 + noise(dice, rows * 4, columns * 4)
    return field / 7


def ridge(dice: Dice, base: float, height: float, knots: int) -> np.ndarray:
    """The upper edge of a hill for every column, (71,) in pixels from the top."""
    line = _smooth(WIDTH, knots) @ dice.noise(knots) * 0.75 + _smooth(WIDTH, knots * 3) @ dice.noise(knots * 3) * 0.25
    return base - np.round(line * height, 4)


def dithered(field: np.ndarray, count: int) -> np.ndarray:
    """A field 0..1 as tones 0..count-1, its bands mixed by ordered dither."""
    return np.clip(field * (count - 1) + BAYER, 0, count - 1).astype(np.int32)


def _bands(field: np.ndarray, count: int) -> np.ndarray:
    return np.floor(field).astype(np.int32) % count


def checker(dice: Dice, count: int) -> np.ndarray:
    wide, high = dice.between(4, 12), dice.between(4, 12)
    return ((X // wide + Y // high) % 2 * (count - 1)).astype(np.int32)


def argyle(dice: Dice, count: int) -> np.ndarray:
    size, tall = dice.between(8, 16), dice.uniform(1.0, 1.8)
    a, b = np.floor((X + Y / tall) / size), np.floor((X - Y / tall) / size)
    tones = ((a + b) % 2 * (count - 2)).astype(np.int32)
    lines = (((X + Y / tall + size / 2) % size < 1) | ((X - Y / tall + size / 2) % size < 1)) & dice.chance(0.6)
    tones[lines] = count - 1
    return tones


def stripes(dice: Dice, count: int) -> np.ndarray:
    angle = dice.choice(((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1)))
    return _bands((X * angle[0] + Y * angle[1]) / dice.between(4, 12), dice.choice((2, count)))


def waves(dice: Dice, count: int) -> np.ndarray:
    bend = np.sin(X * dice.uniform(0.08, 0.35) + dice.uniform(0, 6)) * dice.uniform(1, 5)
    return _bands(np.round((Y + bend) / dice.uniform(3, 9), 4), count)


def marble(dice: Dice, count: int) -> np.ndarray:
    field = rough(dice, dice.between(3, 6), dice.between(3, 5)) * dice.uniform(4, 11) + (X + Y) * dice.uniform(0, 0.05)
    return _bands(field, count)


def contours(dice: Dice, count: int) -> np.ndarray:
    field = noise(dice, dice.between(4, 8), dice.between(3, 6)) * dice.uniform(6, 14)
    return np.where(field % 1.0 < 0.22, count - 1, np.floor(field) % 2 * (count > 2)).astype(np.int32)


def flow(dice: Dice, count: int) -> np.ndarray:
    warp = (noise(dice, 4, 4) - 0.5) * dice.uniform(20, 50)
    return _bands(np.round((X * dice.uniform(0.1, 0.9) + Y + warp) / dice.uniform(4, 9), 4), count)


def rays(dice: Dice, count: int) -> np.ndarray:
    cx, cy = 35 + dice.between(-4, 4), dice.choice((47, 47, 60, 30, 94))
    angle = np.round(np.arctan2(Y - cy, X - cx) / (2 * math.pi) + 0.5, 5)
    return _bands(angle * dice.between(6, 16) * 2 + dice.uniform(), dice.choice((2, count)))


def rings(dice: Dice, count: int) -> np.ndarray:
    cx, cy = dice.choice(((35, 47), (35, 47), (10, 10), (60, 80)))
    distance = np.sqrt((X - cx) ** 2 + ((Y - cy) * dice.uniform(0.7, 1.0)) ** 2)
    return _bands(np.round(distance / dice.uniform(3.5, 9), 4), count)


def spiral(dice: Dice, count: int) -> np.ndarray:
    distance = np.sqrt((X - 35) ** 2 + (Y - 47) ** 2)
    angle = np.arctan2(Y - 47, X - 35) / (2 * math.pi)
    arms = dice.choice((1, 2, 3, 4)) * dice.choice((-1, 1)) * count
    return _bands(np.round(np.sqrt(distance) * dice.uniform(0.6, 2.5) + angle * arms, 4), count)


def bricks(dice: Dice, count: int) -> np.ndarray:
    wide, high = dice.between(8, 16), dice.between(5, 9)
    row = np.floor(Y / high)
    x = X + (row % 2) * (wide // 2)
    shade = dice.noise(24, 24)[row.astype(int) % 24, (x // wide).astype(int) % 24] * (count - 1)
    return np.where((x % wide < 1) | (Y % high < 1), 0, 1 + shade).astype(np.int32)


def scales(dice: Dice, count: int) -> np.ndarray:
    size = dice.between(8, 14)
    row = np.floor(Y / (size / 2))
    distance = np.sqrt(((X + (row % 2) * size / 2) % size - size / 2) ** 2 + (Y - row * size / 2) ** 2)
    return np.clip(distance / (size * 0.62) * count, 0, count - 1).astype(np.int32)


def dots(dice: Dice, count: int) -> np.ndarray:
    size, radius = dice.between(5, 14), dice.uniform(0.2, 0.42)
    row = np.floor(Y / size)
    x = (X + (row % 2) * (size / 2) * dice.below(2)) % size - (size - 1) / 2
    distance = np.sqrt(x**2 + (Y % size - (size - 1) / 2) ** 2)
    tones = np.where(distance <= size * radius, count - 1, 0)
    return np.where((distance <= size * radius * 0.5) & (count > 2), 1, tones).astype(np.int32)


def tiles(dice: Dice, count: int) -> np.ndarray:
    size = dice.between(9, 14)
    tones = np.zeros((HEIGHT, WIDTH), np.int32)
    signs = [emblem_bits(dice.choice(EMBLEMS)) for _ in range(dice.choice((1, 1, 2, 4)))]
    stagger = dice.below(2)
    for row in range(-1, HEIGHT // size + 1):
        for column in range(-1, WIDTH // size + 1):
            bits = signs[(row + column * 3) % len(signs)]
            top, left = row * size + 3, column * size + 3 + stagger * (row % 2) * (size // 2)
            cut = bits[max(0, -top) : max(0, HEIGHT - top), max(0, -left) : max(0, WIDTH - left)]
            tones[max(0, top) : max(0, top) + cut.shape[0], max(0, left) : max(0, left) + cut.shape[1]][cut] = 1 + (
                row + column
            ) % max(1, count - 1)
    return tones


def plaid(dice: Dice, count: int) -> np.ndarray:
    widths = dice.between(8, 18), dice.between(3, 7)
    across, down = (X % widths[0] < widths[1]), (Y % widths[0] < widths[1])
    thin = (X % widths[0] == widths[1] + 2) | (Y % widths[0] == widths[1] + 2)
    tones = across.astype(np.int32) + down
    return np.where(thin, count - 1, np.minimum(tones, count - 1))


def maze(dice: Dice, count: int) -> np.ndarray:
    size = dice.between(4, 7)
    turn = dice.noise(40, 40)[(Y // size).astype(int), (X // size).astype(int)] < 0.5
    x, y = X % size, Y % size
    slanted = np.where(turn, np.abs(x - y) < 1, np.abs(x + y - size + 1) < 1)
    wall = slanted if dice.chance(0.5) else np.where(turn, x < 1, y < 1)
    return np.where(wall, count - 1, 0).astype(np.int32)


def lightning(dice: Dice, count: int) -> np.ndarray:
    tones = np.zeros((HEIGHT, WIDTH), np.int32)
    tones[rough(dice, 3, 3) > 0.55] = min(1, count - 2)
    for _ in range(dice.between(4, 9)):
        tones[_bolt(dice)] = dice.between(max(1, count - 2), count - 1)
    return tones


def _bolt(dice: Dice) -> np.ndarray:
    x, y = float(dice.below(WIDTH)), 0.0
    dx, dy = (dice.uniform(-4, 4), 6.0) if dice.chance(0.6) else (5.0, dice.uniform(-3, 6))
    if dx == 5.0:
        x, y = 0.0, float(dice.below(HEIGHT))
    points = [(x, y)]
    for _ in range(18):
        x, y = x + dx + dice.uniform(-5, 5), y + dy + dice.uniform(-4, 4)
        points.append((x, y))
    return line_mask(points, dice.choice((1, 1, 2)))


def stars(dice: Dice, count: int) -> np.ndarray:
    tones = np.zeros((HEIGHT, WIDTH), np.int32)
    field = rough(dice, 4, 3)
    tones[field > dice.uniform(0.5, 0.6)] = min(1, count - 2)
    tones[field > 0.66] = min(2, count - 2)
    for _ in range(dice.between(25, 80)):
        tones[dice.below(HEIGHT), dice.below(WIDTH)] = count - 1
    for _ in range(dice.between(2, 7)):
        x, y, size = dice.between(4, 66), dice.between(4, 90), dice.between(1, 3)
        tones[max(0, y - size) : y + size + 1, x] = count - 1
        tones[y, max(0, x - size) : x + size + 1] = count - 1
    return tones


def confetti(dice: Dice, count: int) -> np.ndarray:
    tones = np.zeros((HEIGHT, WIDTH), np.int32)
    big = dice.between(1, 4)
    for _ in range(dice.between(40, 120)):
        x, y = dice.below(WIDTH), dice.below(HEIGHT)
        tones[y : y + dice.between(1, big), x : x + dice.between(1, big)] = dice.between(1, max(1, count - 1))
    return tones


def gradient(dice: Dice, count: int) -> np.ndarray:
    along = dice.choice((Y / 94, 1 - Y / 94, (X + Y) / 164, X / 70, np.sqrt((X - 35) ** 2 + (Y - 47) ** 2) / 60))
    return dithered(along, count)


def clouds(dice: Dice, count: int) -> np.ndarray:
    return np.clip((rough(dice, 5, 3) - 0.25) * 2 * count, 0, count - 1).astype(np.int32)


def camouflage(dice: Dice, count: int) -> np.ndarray:
    return np.argmax(np.stack([noise(dice, 6, 5) for _ in range(min(4, count))]), axis=0).astype(np.int32)


def cells(dice: Dice, count: int) -> np.ndarray:
    seeds = [(dice.below(WIDTH), dice.below(HEIGHT)) for _ in range(dice.between(8, 26))]
    distance = np.stack([(X - x) ** 2 + (Y - y) ** 2 for x, y in seeds])
    nearest = np.partition(distance, 1, axis=0)[:2]
    edge = np.sqrt(nearest[1]) - np.sqrt(nearest[0]) < dice.uniform(1.0, 2.4)
    return np.where(edge, count - 1, np.argmin(distance, axis=0) % max(1, count - 1)).astype(np.int32)


def graph(dice: Dice, count: int) -> np.ndarray:
    size = dice.between(5, 11)
    return np.where((X % size == 0) | (Y % size == 0), count - 1, (rough(dice, 3, 3) > 0.6) * (count > 2)).astype(np.int32)


def circuit(dice: Dice, count: int) -> np.ndarray:
    tones = np.zeros((HEIGHT, WIDTH), np.int32)
    for _ in range(dice.between(10, 22)):
        x, y, tone = dice.below(18) * 4, dice.below(24) * 4, dice.between(1, max(1, count - 1))
        points = [(x, y)]
        for _ in range(dice.between(2, 4)):
            reach = dice.between(1, 5) * 4
            dx, dy = dice.choice(((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1)))
            points.append((points[-1][0] + dx * reach, points[-1][1] + dy * reach))
        tones[line_mask(points)] = tone
        tones[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = tone
    return tones


def static(dice: Dice, count: int) -> np.ndarray:
    rows, columns = dice.choice(((95, 71), (48, 36), (95, 12), (24, 71), (32, 24)))
    grain = dice.noise(rows, columns)
    field = grain[(Y * rows / HEIGHT).astype(int), (X * columns / WIDTH).astype(int)]
    return (field ** dice.uniform(0.7, 3.0) * count).astype(np.int32)


def glass(dice: Dice, count: int) -> np.ndarray:
    slope, place = dice.uniform(0.7, 1.6), X * 1.0
    tones = np.zeros((HEIGHT, WIDTH), np.int32)
    at = -10.0
    for _ in range(dice.between(4, 8)):
        at += dice.uniform(8, 30)
        width = dice.choice((1, 2, 3, 6, 10))
        here = place + Y / slope
        tones[(here > at) & (here < at + width)] = dice.between(1, max(1, count - 1))
    return tones


def leaves(dice: Dice, count: int) -> np.ndarray:
    tones = np.zeros((HEIGHT, WIDTH), np.int32)
    for _ in range(dice.between(24, 50)):
        x, y, turn, long = dice.below(WIDTH), dice.below(HEIGHT), dice.uniform(0, 3.14), dice.uniform(5, 11)
        u, v = (X - x) * math.cos(turn) + (Y - y) * math.sin(turn), (Y - y) * math.cos(turn) - (X - x) * math.sin(turn)
        blade = np.abs(np.round(v, 3)) < (1 - (u / long) ** 2) * long * 0.33
        tones[blade] = dice.between(1, max(1, count - 2))
        tones[blade & (np.abs(v) < 0.6)] = count - 1
    return tones


def water(dice: Dice, count: int) -> np.ndarray:
    field = noise(dice, 24, 5) * 0.6 + noise(dice, 12, 7) * 0.4
    return np.clip((field - 0.22) * 1.8 * count, 0, count - 1).astype(np.int32)


def mosaic(dice: Dice, count: int) -> np.ndarray:
    size = dice.between(4, 9)
    tone = dice.noise(30, 30)[(Y // size).astype(int), (X // size).astype(int)] * max(1, count - 1)
    return np.where((X % size == 0) | (Y % size == 0), count - 1, tone).astype(np.int32)


def zigzag(dice: Dice, count: int) -> np.ndarray:
    size = dice.between(5, 12)
    return _bands((Y + np.abs(X % (2 * size) - size) * dice.choice((0.5, 1, 1))) / dice.between(3, 8), count)


def wood(dice: Dice, count: int) -> np.ndarray:
    field = noise(dice, 3, 9) * 9 + X * 0.12 + noise(dice, 30, 10)
    plank = dice.choice((99, 14, 18, 24))
    return np.where(X % plank < 1, 0, _bands(field * 1.3, count))


PATTERNS: dict[str, Pattern] = {
    pattern.__name__: pattern
    for pattern in (
        checker, argyle, stripes, waves, marble, contours, flow, rays, rings, spiral, bricks, scales, dots, tiles, plaid, maze,
        lightning, stars, confetti, gradient, clouds, camouflage, cells, graph, circuit, static, glass, leaves, water, mosaic,
        zigzag, wood,
    )
}  # fmt: skip
CALM = (
    "gradient", "checker", "argyle", "stripes", "waves", "tiles", "dots", "plaid", "zigzag", "graph", "glass", "bricks", "rays",
    "scales", "rings", "clouds",
)  # fmt: skip
WILD = (
    "marble", "contours", "flow", "spiral", "lightning", "stars", "camouflage", "cells", "circuit", "leaves", "water", "mosaic",
    "wood", "maze", "confetti",
)  # fmt: skip

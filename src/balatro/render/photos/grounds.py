"""What cards lie on and what is behind them: wood, cloth, carpet, stone, grass, playmats, rooms out of focus, binder pages."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from balatro.render.photos.art import blot, clouds, fill, paint, palette, ramp

Rng = np.random.Generator
Ground = Callable[[int, int, Rng], np.ndarray]
"""Width, height, dice -> (H, W, 3) float32 RGB of 0..255."""


def _stretched(width: int, height: int, rng: Rng, across: float, down: float) -> np.ndarray:
    """(H, W) of 0..1: clouds drawn out along one way."""
    small = clouds(max(round(width * across), 8), max(round(height * down), 8), rng, 7, 0.8, 4)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def tones(rng: Rng, low: float, high: float, hue: float | None = None, rich: float | None = None) -> np.ndarray:
    """(3, 3) float32 RGB: one hue from dark to light."""
    hue = rng.uniform(0, 180) if hue is None else hue
    rich = 200 * rng.uniform(0.1, 1) ** 1.6 if rich is None else rich
    bright = np.linspace(low, high, 3)
    hsv = np.stack([(hue + rng.normal(0, 3, 3)) % 180, np.clip(rich + rng.normal(0, 15, 3), 0, 255), bright], 1)
    return np.asarray(cv2.cvtColor(hsv[None].astype(np.uint8), cv2.COLOR_HSV2RGB)[0], np.float32)


def wood(width: int, height: int, rng: Rng) -> np.ndarray:
    """Boards with grain and joints, along or across."""
    along = rng.random() < 0.5
    long, wide = (width, height) if along else (height, width)
    grain = _stretched(long, wide, rng, float(rng.uniform(0.03, 0.12)), 1.0)
    rings = 0.5 + 0.5 * np.sin(clouds(long, wide, rng, 3, 0.5) * rng.uniform(10, 60) + grain * 8)
    value = np.clip(grain * 0.65 + rings * rng.uniform(0.05, 0.3), 0, 1)
    base = float(rng.uniform(25, 190))
    image = ramp(value, tones(rng, base * 0.45, min(base * 1.3, 245), rng.uniform(6, 22), rng.uniform(20, 170)))
    if rng.random() < 0.6:
        y, step = 0.0, wide / float(rng.uniform(1.5, 8))
        while y < wide:
            row = image[int(y) : int(y + step)]
            row *= np.float32(rng.uniform(0.82, 1.12))
            row[:2] *= 0.45
            y += step
    return image if along else np.ascontiguousarray(image.transpose(1, 0, 2))


def cloth(width: int, height: int, rng: Rng) -> np.ndarray:
    """A weave with folds; sometimes stripes or checks."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn, period = rng.uniform(0, 3.14), rng.uniform(2.2, 9)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    weave = np.sin(u * (6.28 / period)) * np.sin(v * (6.28 / period))
    folds = clouds(width, height, rng, 3, 0.5, 2)
    base = float(rng.uniform(15, 235))
    value = np.clip(0.5 + weave * rng.uniform(0.03, 0.15) + (folds - 0.5) * rng.uniform(0.1, 1.3), 0, 1)
    image = ramp(value, tones(rng, base * 0.6, min(base * 1.25 + 10, 255)))
    if rng.random() < 0.35:
        wide = rng.uniform(15, 120)
        for line in (u, v)[: int(rng.integers(1, 3))]:
            image[(line % wide) < wide * rng.uniform(0.1, 0.6)] *= rng.uniform(0.4, 1.2, 3).astype(np.float32)
    return image


def carpet(width: int, height: int, rng: Rng) -> np.ndarray:
    """Coarse grain: carpets, leather, felt, asphalt."""
    coarse = float(rng.uniform(0.15, 1.0))
    small = rng.normal(0, 1, (max(round(height * coarse), 8), max(round(width * coarse), 8))).astype(np.float32)
    value = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(rng.uniform(0.03, 0.22)) + 0.5
    value += (clouds(width, height, rng, 3) - 0.5) * np.float32(rng.uniform(0, 0.8))
    base = float(rng.uniform(10, 240))
    return ramp(np.clip(value, 0, 1), tones(rng, base * 0.5, min(base * 1.4 + 8, 255)))


def stone(width: int, height: int, rng: Rng) -> np.ndarray:
    """Marble with veins, or tiles with joints."""
    bent = clouds(width, height, rng, 5, 0.6) * rng.uniform(2, 7)
    veins = np.abs(np.sin(bent * 3.14 + clouds(width, height, rng, 6, 0.7) * 4)) ** rng.uniform(0.15, 0.6)
    base = float(rng.uniform(60, 245))
    image = ramp(np.clip(veins, 0, 1), tones(rng, base * rng.uniform(0.4, 0.8), base, None, rng.uniform(0, 40)))
    if rng.random() < 0.3:
        step = float(rng.uniform(0.15, 0.5)) * height
        joint = np.float32(rng.uniform(0.5, 0.9))
        for edge in np.arange(rng.uniform(0, step), max(width, height), step):
            image[:, int(edge) : int(edge) + 3] *= joint
            image[int(edge) : int(edge) + 3] *= joint
    return image


def plain(width: int, height: int, rng: Rng) -> np.ndarray:
    """Paper, a sheet, a scanner's bed, a dark table: nearly one colour."""
    value = 0.5 + (clouds(width, height, rng, 3) - 0.5) * np.float32(rng.uniform(0, 0.6))
    base = float(rng.choice([rng.uniform(5, 60), rng.uniform(180, 250), rng.uniform(60, 180)], p=[0.35, 0.45, 0.2]))
    return ramp(np.clip(value, 0, 1), tones(rng, base * 0.85, min(base * 1.1 + 4, 255), None, rng.choice([0, 15, 35, 90])))


def grass(width: int, height: int, rng: Rng) -> np.ndarray:
    """Blades, leaves, gravel."""
    image = ramp(clouds(width, height, rng, 6, 0.8, 6), tones(rng, 15, 110, rng.uniform(20, 60), 140))
    shades = tones(rng, 40, 200, rng.uniform(15, 60), rng.uniform(40, 170))
    size = float(rng.uniform(0.02, 0.1))
    for _ in range(int(rng.integers(80, 260))):
        x, y, turn = rng.uniform(0, 1), rng.uniform(0, 1), rng.normal(0, 0.6)
        tip = np.array([x + size * np.sin(turn), y - size * np.cos(turn)])
        fill(
            image,
            np.array([[x - size * 0.08, y], tip, [x + size * 0.08, y]]),
            shades[int(rng.integers(3))] * rng.uniform(0.6, 1.2),
        )
    return image


def playmat(width: int, height: int, rng: Rng) -> np.ndarray:
    """A painted mat, with fields marked on it now and then."""
    image = paint(width, height, rng)
    if rng.random() < 0.5:
        image = image * np.float32(rng.uniform(0.4, 0.9)) + np.float32(rng.uniform(0, 60))
    if rng.random() < 0.3:
        tall = height * float(rng.uniform(0.2, 0.45))
        colour = rng.uniform(60, 255, 3).tolist()
        for place in range(int(rng.integers(1, 8))):
            x = int(place * tall * 0.85 + rng.uniform(0, 20))
            cv2.rectangle(image, (x, int(0.1 * height)), (int(x + tall * 0.7), int(0.1 * height + tall)), colour, 2)
    return image


def prints(width: int, height: int, rng: Rng) -> np.ndarray:
    """Cloth or paper with the same few signs all over."""
    image = cloth(width, height, rng)
    inks = [palette(rng) for _ in range(3)]
    signs = [blot(0, 0, 1, rng, 0.6) for _ in range(3)]
    step = float(rng.uniform(0.08, 0.3))
    for y in np.arange(0, 1 + step, step):
        for x in np.arange(0, 1 + step, step * height / width):
            pick = int(rng.integers(3))
            size = step * float(rng.uniform(0.25, 0.45))
            around = signs[pick] * (size * height / width, size) + (x + rng.normal(0, step / 8), y + rng.normal(0, step / 8))
            fill(image, around, inks[pick][int(rng.integers(5))])
            fill(image, (around - around.mean(0)) * 0.5 + around.mean(0), inks[pick][int(rng.integers(5))])
    return image


def room(width: int, height: int, rng: Rng) -> np.ndarray:
    """A room, a street, a shelf, out of focus."""
    small = max(width // 4, 16), max(height // 4, 16)
    image = paint(*small, rng) if rng.random() < 0.5 else ramp(clouds(*small, rng, 4, 0.7), palette(rng))
    for _ in range(int(rng.integers(2, 16))):
        x, y, wide, tall = rng.uniform(-0.1, 1), rng.uniform(-0.1, 1), rng.uniform(0.03, 0.5), rng.uniform(0.03, 0.6)
        box = np.array([[x, y], [x + wide, y], [x + wide, y + tall], [x, y + tall]])
        fill(image, box + rng.normal(0, 0.02, (4, 2)), rng.uniform(0, 255) * rng.uniform(0.7, 1.1, 3))
    for _ in range(int(rng.integers(0, 8))):
        x, y = rng.uniform(0, 1, 2)
        fill(image, blot(x, y, rng.uniform(0.01, 0.06), rng, 0.05), rng.uniform(190, 255, 3))
    image = cv2.GaussianBlur(image, (0, 0), float(np.exp(rng.uniform(np.log(0.5), np.log(0.05 * small[0])))))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC))


GROUNDS: dict[str, tuple[float, Ground]] = {
    "wood": (0.2, wood),
    "cloth": (0.15, cloth),
    "carpet": (0.09, carpet),
    "stone": (0.08, stone),
    "plain": (0.15, plain),
    "grass": (0.03, grass),
    "playmat": (0.12, playmat),
    "prints": (0.08, prints),
    "room": (0.1, room),
}
"""How often each comes, and how it is drawn."""


def draw_ground(width: int, height: int, rng: Rng, kind: str | None = None) -> np.ndarray:
    """(H, W, 3) float32 RGB: a ground of this kind, or of any."""
    if kind is None:
        often = np.array([share for share, _ in GROUNDS.values()])
        kind = list(GROUNDS)[int(rng.choice(len(often), p=often / often.sum()))]
    return np.clip(GROUNDS[kind][1](width, height, rng), 0, 255)

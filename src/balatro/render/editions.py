"""The five modifiers and the base shimmer, as the game's shaders draw them, over a batch of cards.

Formulas gathered from public studies of the game's shaders; the notes in docs/editions.md name each. Everything here works
on card cells: (N, H, W, 4) uint8 RGBA with straight alpha, u to the right and v downwards in [0, 1] over the cell. The
floating layer of a card is never passed in: editions do not touch it.

A shader writes into an 8-bit target, so every layer is clipped to [0, 1] before it is blended: out = top*a + under*(1 - a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from balatro.config.modifiers import MODIFIERS

BASE, FOIL, HOLOGRAPHIC, POLYCHROME, NEGATIVE = range(len(MODIFIERS))
LONGEST_PLAY = 7200.0
"""Seconds since the start of the game that random phases reach."""
NEGATIVE_TINT = np.float32(0.8) * np.array([79, 99, 103], np.float32) / 255
"""Added to the inverted colours of a Negative: (0.248, 0.311, 0.323)."""
CROSS = 0.1
"""Half the width of a debuffed card's cross, along either side of the cell."""


@dataclass(frozen=True)
class Phases:
    """What is free in the look of each of N cards, float32 arrays of shape (N,).

    swing moves rings, glints and hue (the first component of the shader's vector: rotation, slow time and tilt), seconds
    is the time since the start of the game (the second component), field the card's own constant in [0, 3000).
    """

    swing: np.ndarray
    seconds: np.ndarray
    field: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Phases:
        return Phases(self.swing[rows], self.seconds[rows], self.field[rows])


def random_phases(rng: np.random.Generator, num_cards: int) -> Phases:
    """Phases as a screenshot at any moment may show them: half of newer (swing stays in 0..2.5), half of older versions."""
    newer = rng.random(num_cards) < 0.5
    swing = np.where(newer, rng.uniform(0.0, 2.5, num_cards), rng.uniform(0.0, 200.0, num_cards))
    seconds = rng.uniform(1.0, LONGEST_PLAY, num_cards)
    field = rng.uniform(0.0, 3000.0, num_cards)
    return Phases(*(values.astype(np.float32) for values in (swing, seconds, field)))


def game_phases(seconds: float, numbers: Sequence[int], rotation: float = 0.0, hover: float = 0.0) -> Phases:
    """The phases of the cards with these numbers at one moment of one game.

    seconds: since the start; rotation in radians; hover: |x + y - 1| of the mouse over the card, 0 when it is elsewhere.
    """
    number = np.asarray(numbers, np.float64)
    angle = seconds * (1.56 + np.mod(number / 1.14212, 1)) + number / 1.35122
    tilt = 0.3 * hover if hover else 0.2 * (0.5 + np.cos(angle)) * 0.3
    swing = min(3 * rotation, 1.0) + np.sin(seconds / 28) + 1 + tilt
    field = np.mod(123.33412 * number / 1.14212, 3000)
    return Phases(*(np.broadcast_to(v, number.shape).astype(np.float32) for v in (swing, np.float64(seconds), field)))


Parts = tuple[np.ndarray, np.ndarray] | None
"""A playing card's ground and face, (H, W, 4) uint8 RGBA each, of which its body was put together; None for other cards."""


def draw_editions(
    bodies: np.ndarray,
    modifiers: np.ndarray,
    phases: Phases,
    shines: Sequence[str] | None = None,
    parts: Sequence[Parts] | None = None,
) -> np.ndarray:
    """The bodies with shine and edition passes over them.

    bodies (N, H, W, 4) uint8 RGBA; modifiers (N,) indices into MODIFIERS; shines: "none", "booster" or "voucher" for each
    card (none when not given); parts: of which each was put together. Returns a new array of the same shape and dtype. Base
    cards without shine come back as they are.
    """
    drawn = bodies.copy()
    modifiers = np.asarray(modifiers)
    named = np.asarray(list(shines) if shines is not None else ["none"] * len(bodies))
    for row in np.flatnonzero((modifiers != BASE) | (named != "none")):
        # One card at a time: its planes stay in the processor's cache, which is faster than any larger batch.
        one = phases[np.array([row])]
        drawn[row] = _draw_card(bodies[row], int(modifiers[row]), one, str(named[row]), parts[int(row)] if parts else None)
    return drawn


def _draw_card(body: np.ndarray, modifier: int, phases: Phases, shine: str, parts: Parts = None) -> np.ndarray:
    tex = body.astype(np.float32) * np.float32(1 / 255)
    rgb, alpha = tex[..., :3], tex[..., 3]
    swing, seconds, field = float(phases.swing[0]), float(phases.seconds[0]), float(phases.field[0])
    under, out_alpha = rgb, alpha
    if modifier == NEGATIVE:
        under, out_alpha = _negative(rgb), _thin(alpha)
    if shine != "none":
        under = _blend(under, *_shine(rgb, alpha, swing, SHINE_TABLE[shine]))
    if modifier == FOIL:
        # The one half-transparent pass: where there are pips, the ground's lies over them, and theirs over that.
        for part in parts or (body,):
            shown = part.astype(np.float32) * np.float32(1 / 255)
            under = _blend(under, *_foil(shown[..., :3], shown[..., 3], swing, seconds))
    elif modifier == HOLOGRAPHIC:
        under = _blend(under, _holographic(rgb, swing, seconds, field), _thin(alpha))
    elif modifier == POLYCHROME:
        under = _blend(under, _polychrome(rgb, swing, seconds, field), _thin(alpha))
    elif modifier == NEGATIVE:
        under = _blend(under, *_shine(rgb, alpha, swing, NEGATIVE_SHINE))
    result = np.empty_like(body)
    result[..., :3] = np.clip(under * 255 + 0.5, 0, 255)
    result[..., 3] = np.clip(out_alpha * 255 + 0.5, 0, 255)
    return result


def draw_debuff(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pass over a card that is debuffed: a dull tint, and an opaque red cross from corner to corner.

    rgb (H, W, 3) float32, 0..1. Returns colours of the same shape and alpha (H, W); measured on screenshots, see
    docs/editions.md.
    """
    grid = _grid(*rgb.shape[:2])
    h, s, lightness = to_hsl(rgb * np.float32(0.8) + np.array([0.2, 0, 0], np.float32))
    cross = np.minimum(np.abs(grid.u - grid.v), np.abs(grid.u + grid.v - 1)) < CROSS
    top = to_rgb(
        np.where(cross, np.float32(0), h),
        np.where(cross, np.float32(0.62), np.float32(0.21) * s),
        np.where(cross, np.float32(0.78), np.float32(0.63)) * lightness,
    )
    return top, np.where(cross, np.float32(1), np.float32(0.3))


def _blend(under: np.ndarray, top: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    a = np.clip(alpha, 0, 1)[..., None]
    return under + (np.clip(top, 0, 1) - under) * a


def _thin(alpha: np.ndarray) -> np.ndarray:
    """Half-transparent pixels of HSL shaders are drawn at a third."""
    return np.where(alpha < 0.7, alpha / 3, alpha)


@dataclass(frozen=True)
class _Grid:
    """Coordinates of a cell's pixel centres, float32 (H, W): u, v; x, y from the middle with x scaled by width/height
    and their length r; px, py snapped to the art grid, from the middle, in [-0.5, 0.5]."""

    u: np.ndarray
    v: np.ndarray
    x: np.ndarray
    y: np.ndarray
    r: np.ndarray
    px: np.ndarray
    py: np.ndarray


@lru_cache(maxsize=8)
def _grid(height: int, width: int) -> _Grid:
    u, v = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    x, y = (u - 0.5) * (width / height), v - 0.5
    px, py = np.floor(u * width) / width - 0.5, np.floor(v * height) / height - 0.5
    return _Grid(*(plane.astype(np.float32) for plane in (u, v, x, y, np.hypot(x, y), px, py)))


def _low_high(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.minimum(np.minimum(r, g), b), np.maximum(np.maximum(r, g), b)


def noise_field(height: int, width: int, size: float, t: float) -> np.ndarray:
    """The slow noise of Holographic and Polychrome, float32 (H, W), about 0..1.7: three moving cosine fields summed."""
    grid = _grid(height, width)
    x, y = grid.px * np.float32(size), grid.py * np.float32(size)
    t = float(t)
    one = np.hypot(x + np.float32(50 * np.sin(-t / 143.634)), y + np.float32(50 * np.cos(-t / 99.4324)))
    x2, y2 = x + np.float32(50 * np.cos(t / 53.1532)), y + np.float32(50 * np.cos(t / 61.4532))
    x3, y3 = x + np.float32(50 * np.sin(-t / 87.53218)), y + np.float32(50 * np.sin(-t / 49))
    total = np.cos(one / np.float32(19.483))
    total += np.sin(np.hypot(x2, y2) / np.float32(33.155)) * np.cos(y2 / np.float32(15.73))
    total += np.cos(np.hypot(x3, y3) / np.float32(27.193)) * np.sin(x3 / np.float32(21.92))
    return (1 + total) / 2


def _hue_wave(shape: tuple[int, ...], size: float, t: float, swing: float) -> np.ndarray:
    """R of the HSL editions: 0.5 + 0.5 cos(2.612 swing + 3.14 (field - 0.5))."""
    field = noise_field(shape[0], shape[1], size, t)
    return np.float32(0.5) + np.float32(0.5) * np.cos(np.float32(2.612 * swing) + np.float32(3.14) * (field - np.float32(0.5)))


def to_hsl(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hexagon HSL of float32 RGB (H, W, 3): h, s, l, each (H, W) in [0, 1]."""
    hls = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2HLS)
    return hls[..., 0] / np.float32(360), hls[..., 2], hls[..., 1]


def to_rgb(h: np.ndarray, s: np.ndarray, lightness: np.ndarray) -> np.ndarray:
    """Float32 RGB (H, W, 3) of hexagon HSL; hue wraps."""
    wrapped = (h - np.floor(h)) * np.float32(360)
    return cv2.cvtColor(np.ascontiguousarray(np.stack([wrapped, lightness, s], axis=-1), np.float32), cv2.COLOR_HLS2RGB)


def _foil(rgb: np.ndarray, alpha: np.ndarray, swing: float, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    grid = _grid(*alpha.shape)
    low, high = _low_high(rgb)
    d = np.minimum(high, np.maximum(np.float32(0.5), 1 - low))
    r90 = 90 * grid.r
    wobble = 3 * (1 + np.float32(0.8) * np.cos(np.float32(113.1121) * grid.r - np.float32(3.121 * swing)))
    rings = 2 * np.sin(r90 + np.float32(2 * swing) + wobble) - 1 - np.maximum(5 - r90, 0)
    ax, ay = np.cos(0.1221 * swing), np.sin(0.3512 * swing)
    cosine = (grid.x * np.float32(ax) + grid.y * np.float32(ay)) / np.maximum(grid.r * np.float32(np.hypot(ax, ay)), 1e-6)
    spread = np.float32(3.14 * (2.2 + 0.9 * np.sin(1.65 * swing + 0.2 * seconds)))
    rays = 5 * np.cos(np.float32(np.mod(0.3 * seconds, 2 * np.pi)) + cosine * spread) - 4 - np.maximum(2 - 20 * grid.r, 0)
    across = 2 * np.sin(np.float32(5 * swing + 3 * (1 + 0.5 * np.cos(7 * swing))) + 3 * grid.u[:1]) - 1
    down = np.sin(np.float32(6.66 * swing + 3 * (1 + 0.5 * np.cos(3.414 * swing))) + np.float32(3.8) * grid.v[:, :1]) * 2 - 1
    a, b = np.clip(rings, 0, 1), np.clip(rays, 0, 1)
    c, e = np.float32(0.3) * np.clip(across, -1, 1), np.float32(0.3) * np.clip(down, -1, 1)
    glint = np.maximum(np.maximum(np.maximum(a, b), np.maximum(np.maximum(c, e), 0)) + np.float32(2.2) * (a + b + c + e), 0)
    lift = d * glint
    top = np.empty_like(rgb)
    top[..., 0] = rgb[..., 0] - d + np.float32(0.3) * lift
    top[..., 1] = rgb[..., 1] - d + np.float32(0.3) * lift
    top[..., 2] = rgb[..., 2] + np.float32(1.9) * lift
    return top, np.minimum(
        alpha, np.float32(0.3) * alpha + np.float32(0.9) * np.minimum(np.float32(0.5), np.float32(0.1) * glint)
    )


def _holographic(rgb: np.ndarray, swing: float, seconds: float, field: float) -> np.ndarray:
    grid = _grid(*rgb.shape[:2])
    low, high = _low_high(rgb)
    h, s, lightness = to_hsl(rgb * np.float32(0.5) + np.array([0, 0, 0.5], np.float32))
    wave = _hue_wave(rgb.shape, 250.0, 7.221 * seconds + field, swing)
    u, v = np.float32(15.8) * grid.u, np.float32(35.55) * grid.v
    lines = np.maximum(7 * np.abs(np.cos(u)) - 6, np.maximum(7 * np.cos(v + u) - 6, 7 * np.cos(v - u) - 6))
    lattice = np.float32(0.5) * np.maximum(lines, 0)
    top = to_rgb(h + wave + lattice, s * np.float32(1.3), lightness * np.float32(0.6) + np.float32(0.4))
    top *= np.array([0.9, 0.8, 1.2], np.float32)
    w = (np.float32(0.2) + np.float32(0.3) * (high - low) + np.float32(0.1) * high)[..., None]
    return rgb + (top - rgb) * w


def _polychrome(rgb: np.ndarray, swing: float, seconds: float, field: float) -> np.ndarray:
    low, high = _low_high(rgb)
    k = 1 - np.maximum(0, np.float32(0.05) * (np.float32(1.1) - (high - low)))
    h, s, lightness = to_hsl(rgb * np.stack([k, k, np.ones_like(k)], axis=-1))
    wave = _hue_wave(rgb.shape, 50.0, 2.221 * seconds + field, swing)
    turned = h + wave + np.float32(np.mod(0.04 * seconds, 1))
    return to_rgb(turned, np.minimum(np.float32(0.6), s + np.float32(0.5)), lightness)


def _negative(rgb: np.ndarray) -> np.ndarray:
    h, s, lightness = to_hsl(rgb)
    return np.clip(to_rgb(np.float32(0.2) - h, s, 1 - lightness) + NEGATIVE_TINT, 0, 1)


@dataclass(frozen=True)
class _Shine:
    """Constants of one pass of moving glints: f1..f5 run along a*u + b*v; inner: v inside f4; peak scales the sum;
    red and green are f5's weights, strength scales the steady part of alpha."""

    waves: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    inner: float
    peak: float
    red: float
    green: float
    strength: float
    white: float
    """d = max(hi - lo, white * lo) when positive, else hi - lo - 0.1."""


NEGATIVE_SHINE = _Shine(((11, 4.32), (8, 2.32), (10, 5.32), (3, 2.32), (14.4, 5.32)), 11.2, 0.7, 0.27, -0.27, 0.5, 0.0)
SHINE_TABLE = {
    "booster": _Shine(((13, 5.32), (10, 2.32), (12, 6.32), (4, 2.32), (8, 5.32)), 13.2, 0.6, 0.07, -0.17, 0.8, 0.7),
    "voucher": _Shine(((13, 5.32), (10, 2.32), (12, 6.32), (4, 2.32), (8, 5.32)), 13.2, 0.6, 0.07, -0.17, 0.8, 0.7),
}


def _shine(rgb: np.ndarray, alpha: np.ndarray, swing: float, shine: _Shine) -> tuple[np.ndarray, np.ndarray]:
    grid = _grid(*alpha.shape)
    low, high = _low_high(rgb)
    d = np.maximum(high - low, np.float32(shine.white) * low) if shine.white else high - low - np.float32(0.1)
    u, v = grid.u, grid.v
    a1, a2, a3, a4, a5 = (np.float32(a) * u + np.float32(b) * v for a, b in shine.waves)
    bend = np.cos(np.float32(5.3 * swing) + np.float32(4.2) * v - 4 * u)
    f1 = np.float32(0.8) + np.float32(0.9) * np.sin(a1 + np.float32(12 * swing) + bend)
    f2 = 0.5 + np.float32(0.5) * np.sin(a2 + np.float32(5 * swing) - np.cos(np.float32(2.3 * swing) + np.float32(8.2) * u))
    f3 = 0.5 + np.float32(0.5) * np.sin(a3 + np.float32(6.111 * swing) + np.sin(np.float32(5.3 * swing) + np.float32(3.2) * v))
    deep = np.sin(np.float32(1.3 * swing) + np.float32(shine.inner) * v)
    f4 = 0.5 + np.float32(0.5) * np.sin(a4 + np.float32(8.111 * swing) + deep)
    f5 = np.sin(a5 + np.float32(12 * swing) + bend)
    total = np.maximum(np.maximum(f1, f2), np.maximum(f3, 0)) + f1 + f2 + f3 * f4
    glint = np.float32(shine.peak) * np.maximum(total, 0)
    lift = d * glint
    base = rgb * np.float32(0.5) + np.array([0.3, 0.3, 0.7], np.float32) - d[..., None]  # (0.4, 0.4, 0.8) - 0.1
    base[..., 0] += lift * (np.float32(0.7) + np.float32(shine.red) * f5)
    base[..., 1] += lift * (np.float32(0.7) + np.float32(shine.green) * f5)
    base[..., 2] += lift * np.float32(0.7)
    steady = np.clip(np.float32(0.3) * np.maximum(np.float32(0.2) * low, d) + np.clip(np.float32(0.1) * glint, 0, 0.4), 0, 1)
    return base, alpha * (np.float32(shine.strength) * steady + np.float32(0.15) * glint * (np.float32(0.1) + d))

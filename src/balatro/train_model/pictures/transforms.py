"""Small random changes to card pictures while training, made for whole batches.

A card is warped once (turn, shift, size, shear and perspective are one matrix), its colours go through one matrix
(brightness, contrast, saturation and hue), and noise comes from a pool drawn once: well under 0.1 ms for a 96x128 card on
one thread, so that the network and not its input decides how long training takes. All random numbers of a batch are drawn
together, from which any part of it can be computed: neither threads nor processes change a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.errors import SettingsError

EDITION_JITTER = 0.05
"""Brightness and contrast of a card with an edition change by no more than this: displays differ so much. More, or any change
of saturation and hue, would make another edition of it."""

MID_GREY = 127.5
LUMA = np.array([0.299, 0.587, 0.114])
"""Share of R, G and B in a pixel's brightness."""


@dataclass(frozen=True)
class Transform:
    """How far each card may be changed: a card's own values are drawn evenly between minus and plus these."""

    about: str
    degrees: float = 0.0
    """Turn about the middle."""
    shift: float = 0.0
    """Share of the card's width and height."""
    scale: float = 0.0
    """Logarithm of the factor: 0.04 is about 4 %."""
    shear: float = 0.0
    """Degrees."""
    perspective: float = 0.0
    """How much nearer one side is than the middle, as a share."""
    brightness: float = 0.0
    """Share, as the next two."""
    contrast: float = 0.0
    """About the middle grey, as a display's contrast."""
    saturation: float = 0.0
    hue: float = 0.0
    """Share of the colour circle."""
    blur: float = 0.0
    """How often a card is blurred, 0..1."""
    blur_sigma: float = 1.0
    """Pixels, the most."""
    noise: float = 0.0
    """Standard deviation in grey levels, the most."""
    erase: float = 0.0
    """How often a rectangle of a random grey hides a part, 0..1."""
    erase_area: float = 0.15
    """The rectangle's share of the card, the most."""
    flip: float = 0.0
    """How often left and right are exchanged, 0..1; only on request, since a mirrored card is another picture."""


TRANSFORMS: dict[str, Transform] = {
    "none": Transform("the pictures as they are"),
    "test": Transform("the pictures as they are, for validation"),
    "light": Transform(
        "what a locator's error and a display do",
        degrees=3,
        shift=0.01,
        scale=0.02,
        brightness=0.04,
        contrast=0.04,
        noise=1,
    ),
    "train": Transform(
        "the default: 8 degrees, jitter of 0.08, 0.08 and 0.04, and a locator's error",
        degrees=8,
        shift=0.02,
        scale=0.04,
        brightness=0.08,
        contrast=0.08,
        saturation=0.04,
        noise=2,
    ),
    "heavy": Transform(
        "for photographs: 30 degrees, shear, perspective, strong colours, blur and hidden parts",
        degrees=30,
        shift=0.05,
        scale=0.12,
        shear=8,
        perspective=0.1,
        brightness=0.25,
        contrast=0.25,
        saturation=0.25,
        hue=0.03,
        blur=0.2,
        noise=6,
        erase=0.1,
    ),
}


def pick_transform(name: str | Transform, flip: bool = False) -> Transform:
    """A row of TRANSFORMS, mirroring half of the cards when asked for; SettingsError lists the names."""
    if isinstance(name, str) and name not in TRANSFORMS:
        raise SettingsError(f"no transforms {name!r}; choose one of: {', '.join(TRANSFORMS)}")
    transform = TRANSFORMS[name] if isinstance(name, str) else name
    return replace(transform, flip=0.5) if flip else transform


@dataclass(frozen=True, eq=False)
class Changes:
    """What is done to each of N cards; indexing takes some of them."""

    warp: np.ndarray
    """(N, 3, 3) float64, from the pixel centres of the result to those of the card."""
    colour: np.ndarray
    """(N, 3, 4) float32: RGB = colour[:, :3] @ RGB + colour[:, 3], in 0..255."""
    blur: np.ndarray
    """(N,) float64, sigma in pixels; 0 is no blur."""
    noise: np.ndarray
    """(N,) int64, standard deviation in grey levels."""
    noise_start: np.ndarray
    """(N,) float64 in [0, 1): where in the pool the noise is taken."""
    erase: np.ndarray
    """(N, 5) int64: left, top, right, bottom in pixels and the grey; nothing is hidden where left == right."""

    def __getitem__(self, rows: slice | np.ndarray) -> Changes:
        return Changes(*(getattr(self, f.name)[rows] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.warp)


def draw_changes(transform: Transform, modifier: np.ndarray, size: tuple[int, int], rng: np.random.Generator) -> Changes:
    """Random changes for a batch. modifier: (N,) places in MODIFIERS, -1 where unknown; size: (w, h) of the cards.

    Base cards and cards of unknown modifier get everything, cards with an edition only little of brightness and contrast.
    """
    # A fixed number of draws per card, whatever the transform: switching one field off leaves the others as they were.
    draws = rng.random((len(modifier), 22))
    both = 2 * draws - 1
    return Changes(
        warp=_warps(transform, both[:, :8], draws[:, 8] < transform.flip, size),
        colour=_colours(transform, both[:, 9:13], _has_edition(modifier)),
        blur=np.where(draws[:, 13] < transform.blur, transform.blur_sigma * (0.3 + 0.7 * draws[:, 14]), 0.0),
        noise=np.floor(draws[:, 15] * (int(transform.noise) + 1)).astype(np.int64),
        noise_start=draws[:, 16],
        erase=_erasures(transform, draws[:, 17:22], size),
    )


def apply_changes(cards: np.ndarray, rows: np.ndarray, changes: Changes, threads: int = 1) -> np.ndarray:
    """Draw changed cards: cards (M, h, w, 3) uint8 RGB, rows (N,) which of them, changes for N. Returns (N, h, w, 3) uint8.

    What a turned card leaves free repeats its border.
    """
    drawn = np.empty((len(rows), *cards.shape[1:]), np.uint8)
    # Windows of memory-mapped arrays keep their class, which makes each of a thousand slices slower.
    plain = cards.view(np.ndarray)
    if threads <= 1 or len(rows) < 2 * threads:
        _draw(plain, rows, changes, drawn)
        return drawn
    bounds = np.linspace(0, len(rows), threads + 1).astype(int)
    parts = [slice(*pair) for pair in pairwise(bounds)]
    jobs = [_pool(threads).submit(_draw, plain, rows[part], changes[part], drawn[part]) for part in parts]
    for job in jobs:
        job.result()
    return drawn


@lru_cache(maxsize=2)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="transforms")


def _has_edition(modifier: np.ndarray) -> np.ndarray:
    return modifier > MODIFIERS.index("Base")


# What is drawn for each card.


def _warps(transform: Transform, both: np.ndarray, flipped: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(N, 3, 3): about the middle, first the perspective, then turn, shear and size, then the shift."""
    num, (width, height) = len(both), size
    angle, shear = np.deg2rad(both[:, 0] * transform.degrees), np.tan(np.deg2rad(both[:, 1] * transform.shear))
    zoom = np.exp(both[:, 2] * transform.scale)
    cos, sin = zoom * np.cos(angle), zoom * np.sin(angle)
    warp = np.zeros((num, 3, 3))
    warp[:, 0, 0], warp[:, 0, 1] = cos, cos * shear - sin
    warp[:, 1, 0], warp[:, 1, 1] = sin, sin * shear + cos
    warp[:, :2, 2] = both[:, 3:5] * transform.shift * size
    warp[:, 2, 0], warp[:, 2, 1] = (both[:, 5:7] * transform.perspective / (np.array(size) / 2)).T
    warp[:, 2, 2] = 1
    warp[flipped, :, 0] *= -1
    middle = np.array([[1, 0, (width - 1) / 2], [0, 1, (height - 1) / 2], [0, 0, 1]])
    back = middle * [[1, 1, -1], [1, 1, -1], [1, 1, 1]]
    turned: np.ndarray = middle @ warp @ back
    return turned


def _colours(transform: Transform, both: np.ndarray, edition: np.ndarray) -> np.ndarray:
    """(N, 3, 4) float32."""
    kept = np.where(edition, 0.0, 1.0)
    most = np.where(edition, EDITION_JITTER, np.inf)
    brightness = 1 + both[:, 0] * np.minimum(transform.brightness, most)
    contrast = 1 + both[:, 1] * np.minimum(transform.contrast, most)
    saturation = 1 + both[:, 2] * transform.saturation * kept
    turn = 2 * np.pi * both[:, 3] * transform.hue * kept
    # In YIQ, whose first axis is brightness, saturation scales the plane of colours and hue turns it.
    plane = np.zeros((len(both), 3, 3))
    plane[:, 0, 0] = 1
    plane[:, 1, 1] = plane[:, 2, 2] = saturation * np.cos(turn)
    plane[:, 2, 1] = saturation * np.sin(turn)
    plane[:, 1, 2] = -plane[:, 2, 1]
    colour = np.empty((len(both), 3, 4), np.float32)
    colour[:, :, :3] = (brightness * contrast)[:, None, None] * (_TO_RGB @ plane @ _TO_YIQ)
    colour[:, :, 3] = (MID_GREY * (1 - contrast))[:, None]
    return colour


_TO_YIQ = np.array([LUMA, [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
_TO_RGB = np.linalg.inv(_TO_YIQ)


def _erasures(transform: Transform, draws: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(N, 5) int64; the rectangle has the card's shape."""
    area = np.where(draws[:, 0] < transform.erase, transform.erase_area * (0.2 + 0.8 * draws[:, 1]), 0.0)
    wide = np.round(np.sqrt(area)[:, None] * size)
    low = np.floor(draws[:, 2:4] * (np.array(size) - wide + 1))
    return np.concatenate([low, low + wide, 256 * draws[:, 4:]], 1).astype(np.int64)


# Drawing.


def _draw(cards: np.ndarray, rows: np.ndarray, changes: Changes, drawn: np.ndarray) -> None:
    """Draw some cards, one at a time: it stays in the processor's cache."""
    height, width = drawn.shape[1:3]
    wide, turned = np.empty((2, height, width, 4), np.uint8)
    # Within what the way to the middle and back, or to YIQ and back, rounds.
    unmoved = np.abs(changes.warp - np.eye(3)).max((1, 2), initial=0) < 1e-9
    plain = np.abs(changes.colour - np.eye(3, 4)).max((1, 2), initial=0) < 1e-6
    flat = np.abs(changes.warp[:, 2, :2]).max(1, initial=0) == 0
    for n, row in enumerate(rows.tolist()):
        card = drawn[n]
        if unmoved[n]:
            card[:] = cards[row]
        else:
            # With a fourth channel OpenCV warps nearly twice as fast, far more than adding and dropping it costs.
            cv2.cvtColor(cards[row], cv2.COLOR_RGB2RGBA, dst=wide)
            _warp(wide, changes.warp[n], flat[n], turned)
            cv2.cvtColor(turned, cv2.COLOR_RGBA2RGB, dst=card)
        if not plain[n]:
            cv2.transform(card, changes.colour[n], dst=card)
        if changes.blur[n] > 0:
            cv2.GaussianBlur(card, (0, 0), changes.blur[n], dst=card, borderType=cv2.BORDER_REPLICATE)
        if changes.noise[n] > 0:
            _add_noise(card, int(changes.noise[n]), changes.noise_start[n])
        left, top, right, bottom, grey = changes.erase[n]
        if left < right:
            card[top:bottom, left:right] = grey


def _warp(card: np.ndarray, warp: np.ndarray, flat: bool, turned: np.ndarray) -> None:
    size, flags = (card.shape[1], card.shape[0]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if flat:
        cv2.warpAffine(card, warp[:2], size, dst=turned, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    else:
        cv2.warpPerspective(card, warp, size, dst=turned, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _add_noise(card: np.ndarray, deviation: int, start: float) -> None:
    brighter, darker = _noise(deviation, 2 * card.size)
    begin = int(start * card.size)
    part = slice(begin, begin + card.size)
    cv2.add(card, brighter[part].reshape(card.shape), dst=card)
    cv2.subtract(card, darker[part].reshape(card.shape), dst=card)


@lru_cache(maxsize=32)
def _noise(deviation: int, length: int) -> Sequence[np.ndarray]:
    """What is added and what is taken away, uint8: bytes that saturate are many times faster than signed numbers."""
    noise = np.random.default_rng(deviation).normal(0, deviation, length).round()
    return noise.clip(0, 255).astype(np.uint8), (-noise).clip(0, 255).astype(np.uint8)

"""Whether a card was seen before: the nearest of up to millions of fingerprints, and what follows from its distance.

The three hashes find the likely cards (one pass over packed arrays, counting bits), the colour keys decide among these. The
distance of two keys is the root of their mean squared difference, each taken to zero mean and unit spread first, colour counted
`colour_weight` times as much as light. So brightness and contrast do not matter; an edition, which adds colour, does. What
a shift by a pixel or two would change in the newer key is taken out of the difference. 0 is alike, 1.4 and more unrelated.

Whether it is the same card is asked of the keys at half their size, where noise and compression are gone; whether nothing is
new about it, of the keys as they are, pixel for pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

import numpy as np

from balatro.build_dataset.hashes import HASH_BITS, HASH_NAMES, THUMB_SIZE, Fingerprints
from balatro.errors import SettingsError

Outcome: TypeAlias = Literal["duplicate", "same group", "same cluster", "new cluster"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""From what is seen already to what is all new. Only a duplicate is not saved."""


@dataclass(frozen=True)
class DedupeSettings:
    """Thresholds, chosen on labelled pairs by `benchmarks/dedupe_quality.py`."""

    duplicate: float = 0.2
    """Up to this distance of the keys it may be the same view."""
    spot: float = 0.5
    """Up to this difference of every single pixel of the keys it is: some cards differ in one small sign only."""
    group: float = 0.45
    """Up to this distance of the halved keys it is the same card in the same modifier, at another moment."""
    cluster: float = 0.35
    """Up to this distance of the pictures without colour it is one card in some modifier, or two much alike."""
    hash_radius: int = 48
    """Bits of all three hashes (192) that may differ: of repeated views 41 at most did."""
    max_candidates: int = 128
    """Keys that are compared, those with the nearest hashes."""
    colour_weight: float = 2.0
    """How much colour counts beside light."""
    size_ratio: float = 1.2
    """How much larger one crop may be than its duplicate: some cards differ in nothing but size."""

    def __post_init__(self) -> None:
        if min(self.duplicate, self.spot, self.group, self.cluster, self.colour_weight) < 0 or self.size_ratio < 1:
            raise SettingsError("duplicate, spot, group, cluster and colour_weight are at least 0, size_ratio at least 1")
        if not 0 <= self.hash_radius <= HASH_BITS * len(HASH_NAMES) or self.max_candidates < 1:
            raise SettingsError(f"hash_radius is 0 to {HASH_BITS * len(HASH_NAMES)}, max_candidates at least 1")


DEFAULT = DedupeSettings()


@dataclass(frozen=True)
class Match:
    """The nearest of the seen cards, if any is near."""

    outcome: Outcome
    place: int | None = None
    """Of the seen card, in the order of adding; None where none is near."""
    distance: float = float("inf")
    """Between the colour keys."""


class SeenCards:
    """Fingerprints of all seen cards in packed arrays, which grow by doubling."""

    def __init__(self, settings: DedupeSettings = DEFAULT) -> None:
        self.settings = settings
        self._num = 0
        width, height = THUMB_SIZE
        self._hashes = np.zeros((0, len(HASH_NAMES)), np.uint64).T
        self._thumbs = np.zeros((0, height, width, 3), np.uint8)
        self._halves = np.zeros((0, height // 2, width // 2, 3), np.uint8)
        self._sizes = np.zeros((0, 2), np.int32)

    def __len__(self) -> int:
        return self._num

    def add(self, prints: Fingerprints) -> None:
        """Remember more cards; their places follow those that are there."""
        begin, end = self._num, self._num + len(prints)
        self._reserve(end)
        self._hashes[:, begin:end] = prints.hashes.T
        self._thumbs[begin:end] = prints.thumbs
        self._halves[begin:end] = _halved(prints.thumbs)
        self._sizes[begin:end] = prints.sizes
        self._num = end

    def nearest(self, prints: Fingerprints) -> list[Match]:
        """For each fingerprint the nearest seen card, and what it is to that card."""
        return [self._nearest(prints[row : row + 1]) for row in range(len(prints))]

    def _nearest(self, card: Fingerprints) -> Match:
        places = self._candidates(card.hashes[0])
        if not len(places):
            return Match("new cluster")
        key = _evened(_halved(card.thumbs))[0]
        differences = _evened(self._halves[places]) - key
        distances = self._distances(key, differences)
        if (same := self._duplicate(card, places[_least(distances, _MOST_ALIKE)])) is not None:
            return same
        nearest = int(distances.argmin())
        if distances[nearest] <= self.settings.group:
            return Match("same group", int(places[nearest]), float(distances[nearest]))
        grey = _grey_distances(key, differences)
        nearest = int(grey.argmin())
        outcome: Outcome = "same cluster" if grey[nearest] <= self.settings.cluster else "new cluster"
        return Match(outcome, int(places[nearest]), float(distances[nearest]))

    def _candidates(self, hashes: np.ndarray) -> np.ndarray:
        """Places of the cards with the nearest hashes, at most `max_candidates`."""
        places, bits = within(self._hashes[:, : self._num], hashes, self.settings.hash_radius)
        return places[_least(bits, self.settings.max_candidates)]

    def _duplicate(self, card: Fingerprints, places: np.ndarray) -> Match | None:
        """The nearest of some seen cards of which this one is a duplicate, if it is of any."""
        places = places[self._size_ratios(card.sizes[0], places) <= self.settings.size_ratio]
        key = _evened(card.thumbs)[0]
        differences = _evened(self._thumbs[places]) - key
        distances = self._distances(key, differences)
        same = (distances <= self.settings.duplicate) & (_largest(key, differences) <= self.settings.spot)
        if not same.any():
            return None
        nearest = int(np.where(same, distances, np.inf).argmin())
        return Match("duplicate", int(places[nearest]), float(distances[nearest]))

    def _distances(self, key: np.ndarray, differences: np.ndarray) -> np.ndarray:
        """(N,) distances of a key (H, W, 3) to those that differ by so much, (N, H, W, 3)."""
        weight = self.settings.colour_weight
        return _root_means(_weighted(key, weight), _weighted(differences, weight))

    def _size_ratios(self, size: np.ndarray, places: np.ndarray) -> np.ndarray:
        """(N,) how many times as large the larger crop is, by the root of its area."""
        ratio = np.sqrt(self._sizes[places].prod(axis=1, dtype=np.float64) / max(float(size[0]) * float(size[1]), 1.0))
        return np.maximum(ratio, 1 / np.maximum(ratio, 1e-9))

    def _reserve(self, count: int) -> None:
        have = len(self._thumbs)
        if count > have:
            more = max(count, 2 * have, 1024) - have
            self._hashes = np.pad(self._hashes, ((0, 0), (0, more)))
            self._thumbs, self._halves, self._sizes = (
                np.concatenate([old, np.zeros((more, *old.shape[1:]), old.dtype)])
                for old in (self._thumbs, self._halves, self._sizes)
            )


_MOST_ALIKE = 16
"""Cards, those with the nearest halved keys, whose whole keys are compared."""


def _least(values: np.ndarray, most: int) -> np.ndarray:
    """Places of the least of some values, so many at most, in any order."""
    return np.arange(len(values)) if len(values) <= most else np.argpartition(values, most - 1)[:most]


_BLOCK = 1 << 15
"""Hashes compared at once: what they need stays in the processor's cache."""


def within(hashes: np.ndarray, wanted: np.ndarray, radius: int) -> tuple[np.ndarray, np.ndarray]:
    """Places whose hashes (K, N) differ from those wanted (K,) in at most `radius` bits together, and in how many they do."""
    found, counted = [], []
    for begin in range(0, hashes.shape[1], _BLOCK):
        block = hashes[:, begin : begin + _BLOCK]
        bits = _num_bits(block[0] ^ wanted[0])
        for row, value in zip(block[1:], wanted[1:], strict=True):
            bits += _num_bits(row ^ value)
        near = np.flatnonzero(bits <= radius)
        found.append(near + begin)
        counted.append(bits[near])
    return (np.concatenate(found), np.concatenate(counted)) if found else (np.zeros(0, np.intp), np.zeros(0, np.uint8))


_BYTE_BITS = np.array([bin(value).count("1") for value in range(256)], np.uint8)


def _num_bits_slowly(values: np.ndarray) -> np.ndarray:
    """For NumPy before 2.0."""
    return _BYTE_BITS[values.view(np.uint8).reshape(-1, 8)].sum(axis=1, dtype=np.uint8)


_num_bits = getattr(np, "bitwise_count", _num_bits_slowly)
"""(N,) uint64 -> (N,) uint8: the bits that are set."""

_FLAT = 10.0
"""Spread in levels of 255 below which a picture counts as flat: dividing by less would show its noise."""


def _halved(keys: np.ndarray) -> np.ndarray:
    """Keys (N, H, W, 3) uint8 at half their width and height."""
    num, height, width, channels = keys.shape
    blocks = keys.reshape(num, height // 2, 2, width // 2, 2, channels)
    return ((blocks.sum(axis=(2, 4), dtype=np.uint16) + 2) // 4).astype(np.uint8)


def _evened(keys: np.ndarray) -> np.ndarray:
    """Keys (N, H, W, 3) uint8 as float32 with zero mean and unit spread."""
    flat = keys.reshape(len(keys), math.prod(keys.shape[1:])).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("nd,nd->n", flat, flat) / flat.shape[1])
    flat /= np.maximum(spread, _FLAT)[:, None]
    return flat.reshape(keys.shape)


def _weighted(keys: np.ndarray, colour_weight: float) -> np.ndarray:
    """Keys (..., 3) with colour, the difference of the channels to their mean, so many times as strong."""
    return keys @ _mix(colour_weight)


@lru_cache(maxsize=4)
def _mix(colour_weight: float) -> np.ndarray:
    """(3, 3) float32: what makes colour so many times as strong."""
    return (colour_weight * np.eye(3) + (1 - colour_weight) / 3).astype(np.float32)


def _root_means(key: np.ndarray, differences: np.ndarray) -> np.ndarray:
    """(N,) root mean squares of differences (N, H, W, C) from a key (H, W, C), shifts apart."""
    left = _without_shifts(key, differences)
    return np.sqrt(np.einsum("nd,nd->n", left, left) / key.size)


def _largest(key: np.ndarray, differences: np.ndarray) -> np.ndarray:
    """(N,) the largest root mean square of any one pixel of a key, shifts apart."""
    left = _without_shifts(key, differences).reshape(differences.shape)
    return np.sqrt(np.square(left).mean(axis=-1).max(axis=(1, 2)))


def _without_shifts(key: np.ndarray, differences: np.ndarray) -> np.ndarray:
    """(N, H * W * C): differences without what small shifts of the key explain."""
    flat = differences.reshape(len(differences), key.size)
    across = _unit_vector(_slope(key.swapaxes(0, 1)).swapaxes(0, 1).ravel())
    down = _slope(key).ravel()
    down = _unit_vector(down - (down @ across) * across)
    basis = np.stack([across, down])
    return flat - (flat @ basis.T) @ basis


def _slope(key: np.ndarray) -> np.ndarray:
    """How fast a key (H, W, C) changes downwards."""
    slope = np.empty_like(key)
    slope[1:-1] = (key[2:] - key[:-2]) / 2
    slope[0], slope[-1] = key[1] - key[0], key[-1] - key[-2]
    return slope


def _unit_vector(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(vector @ vector) ** 0.5, 1e-6)


def _grey_distances(key: np.ndarray, differences: np.ndarray) -> np.ndarray:
    """(N,) distances by the keys' light alone, taken to zero mean and unit spread anew."""
    light = key.mean(axis=-1, keepdims=True)
    others = differences.mean(axis=-1, keepdims=True) + light
    light, others = _unit(light[None])[0], _unit(others)
    return _root_means(light, others - light)


def _unit(light: np.ndarray) -> np.ndarray:
    centred = light - light.mean(axis=(1, 2, 3), keepdims=True)
    return centred / np.maximum(light.std(axis=(1, 2, 3), keepdims=True), 0.3)

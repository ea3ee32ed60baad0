"""Which pictures are nearly the same: what may not lie on two sides of a split.

Two pictures of one card in one modifier are alike anyway, so only copies count: recompressed, a little brighter, or moved by
about a pixel. The measure is the difference of small colour pictures: a hash of brightness alone takes a Foil for its Base.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import product

import cv2
import numpy as np

from balatro.config.shapes import CARD_SIZE
from balatro.utils.progress import track

MOST_BITS = 14
"""Of 64, in which the hashes of near-duplicates may differ. A pixel's shift of a card with sharp edges takes up to 14."""
MOST_DIFFERENCE = 5.5
"""Root mean square of grey levels between the thumbnails of near-duplicates. JPEG of quality 50 takes 2, 3 % more light up to
5, half a pixel's shift 5; a turn by one degree takes 6, and two captures of a card that sways 13 to 50."""
SAME_DIFFERENCE = 2.5
"""Below this the hash is not asked: on a picture without contrast it is chance."""
CANDIDATE_DIFFERENCE = 20.0
"""A shift by a pixel and a half takes up to this before it is undone."""

THUMB = (16, 20)
HALVES = (-2, -1, 0, 1, 2)
"""Half pixels by which one of two pictures is moved, down and right, when they are compared."""
ROOM = (4, 8)
"""Rows and columns left out on each side: shifts take from there, what lies behind a card counts less, and the rest is a
multiple of THUMB, which is averaged several times faster."""
BLOCK = 1024


def pixel_digests(cards: np.ndarray) -> list[str]:
    """What tells exact copies: 16 hex digits for each card of (N, h, w, 3) uint8."""
    return [hashlib.blake2b(np.ascontiguousarray(card).data, digest_size=8).hexdigest() for card in cards]


def perceptual_hashes(cards: np.ndarray) -> np.ndarray:
    """(N, 64) bool: which of the 64 lowest frequencies of brightness are above their median."""
    grey = np.empty((len(cards), 32, 32), np.float32)
    for row, card in zip(grey, cards, strict=True):
        row[:] = cv2.cvtColor(cv2.resize(card, (32, 32), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    steps = np.arange(32, dtype=np.float32)
    waves = np.cos(np.pi * (2 * steps + 1) * steps[:8, None] / 64)
    lowest = (waves @ grey @ waves.T).reshape(-1, 64)
    return lowest > np.median(lowest, 1, keepdims=True)


def near_duplicates(cards: np.ndarray, classes: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """Pairs of rows that show nearly the same picture.

    cards: (N, h, w, 3) uint8 RGB. classes: (N,) only pictures of the same class are compared. Not every pair of a group is
    given, but enough to connect it.
    """
    members = defaultdict(list)
    for row, name in enumerate(classes):
        members[name].append(row)
    for rows in track(list(members.values()), "Looking for copies"):
        if len(rows) > 1:
            group = np.array(rows)
            yield from ((rows[a], rows[b]) for a, b in _alike(_regular(cards, group)))


def _regular(cards: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Those cards in the size for which the measures are made."""
    if cards.shape[1:3] == CARD_SIZE[::-1]:
        return cards[rows]
    return np.stack([cv2.resize(cards[row], CARD_SIZE, interpolation=cv2.INTER_AREA) for row in rows])


def _alike(cards: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs of near-duplicates among (N, 128, 96, 3) cards of one class."""
    thumbs = _thumbs(cards, 0, 0)
    bits = np.where(perceptual_hashes(cards), np.float32(1), np.float32(-1))
    groups = Groups(len(cards))
    candidates = [np.empty((0, 2), np.int64)]
    for begin in range(0, len(cards), BLOCK):
        difference = _differences(thumbs[begin : begin + BLOCK], thumbs)
        alike = difference <= SAME_DIFFERENCE
        near = bits[begin : begin + BLOCK] @ bits.T >= 64 - 2 * MOST_BITS
        alike |= near & (difference <= MOST_DIFFERENCE)
        for a, b in _pairs(alike, begin).tolist():
            if groups.join(a, b):
                yield a, b
        candidates.append(_pairs(near & (difference <= CANDIDATE_DIFFERENCE) & ~alike, begin))
    number = np.array(groups.numbers())
    maybe = np.concatenate(candidates)
    maybe = maybe[number[maybe[:, 0]] != number[maybe[:, 1]]]
    yield from map(tuple, maybe[_moved_alike(cards, thumbs, maybe[:, 0], maybe[:, 1])].tolist())


def _thumbs(cards: np.ndarray, down: int, right: int) -> np.ndarray:
    """(N, 960) float32: small colour pictures of the cards, taken some pixels further down and right."""
    height, width = cards.shape[1:3]
    parts = cards[:, ROOM[0] + down : height - ROOM[0] + down, ROOM[1] + right : width - ROOM[1] + right]
    thumbs = np.stack([cv2.resize(part, THUMB, interpolation=cv2.INTER_AREA) for part in parts])
    return thumbs.reshape(len(cards), -1).astype(np.float32)


def _differences(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n, m) float32 root mean square differences, by way of one matrix product."""
    middle = others.mean(0)  # small numbers, so that the difference of squares keeps its digits
    some, others = some - middle, others - middle
    squares = (some**2).sum(1)[:, None] + (others**2).sum(1) - 2 * some @ others.T
    return np.sqrt(np.maximum(squares, 0) / some.shape[1])


def _pairs(alike: np.ndarray, begin: int) -> np.ndarray:
    """(P, 2) int64 places of what is true, each pair once. begin: of the first row."""
    pairs: np.ndarray = np.argwhere(alike) + np.array((begin, 0))
    return pairs[pairs[:, 0] < pairs[:, 1]]


def _moved_alike(cards: np.ndarray, thumbs: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(P,) bool: whether a card and another one, moved by up to a pixel, are alike."""
    alike = np.zeros(len(first), bool)
    if not len(first):
        return alike
    used, place = np.unique(second, return_inverse=True)
    whole = {(y, x): _thumbs(cards[used], y, x) for y, x in product((-1, 0, 1), repeat=2)}
    for down, right in product(HALVES, repeat=2):
        # Half a pixel's move is the mean of the two whole ones around it, in a thumbnail as in a picture.
        around = product({down // 2, -(-down // 2)}, {right // 2, -(-right // 2)})
        moved = np.mean([whole[step] for step in around], 0)
        for part in np.array_split(np.flatnonzero(~alike), len(first) // BLOCK + 1):
            gaps = thumbs[first[part]] - moved[place[part]]
            alike[part] = np.einsum("pd,pd->p", gaps, gaps) <= MOST_DIFFERENCE**2 * gaps.shape[1]
    return alike


class Groups:
    """Things that belong together, joined pair by pair (union-find)."""

    def __init__(self, num: int) -> None:
        self._parent = list(range(num))

    def find(self, thing: int) -> int:
        """The group's number: its lowest member's."""
        parent = self._parent
        while parent[thing] != thing:
            parent[thing] = parent[parent[thing]]
            thing = parent[thing]
        return thing

    def join(self, a: int, b: int) -> bool:
        """Put both into one group; whether they were not before."""
        a, b = sorted((self.find(a), self.find(b)))
        self._parent[b] = a
        return a != b

    def join_equal(self, names: Iterable[Hashable | None]) -> None:
        """Put all things of one name into one group; those named None stay as they are."""
        first: dict[Hashable, int] = {}
        for thing, name in enumerate(names):
            if name is not None:
                self.join(first.setdefault(name, thing), thing)

    def numbers(self) -> list[int]:
        """Of every thing its group."""
        return [self.find(thing) for thing in range(len(self._parent))]

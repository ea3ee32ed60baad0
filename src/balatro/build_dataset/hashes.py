"""What is remembered of a card that was seen: three perceptual hashes for finding it, a colour key for telling it apart.

The hashes are those of the `imagehash` package, bit for bit, and are written as it writes them (16 hexadecimal digits). They
see light and dark only: by them alone, a Foil is a duplicate of its Base. The colour key is a small picture of the card; how
two keys are compared is in `dedupe`.

A crop is a (H, W, 3) uint8 array, RGB, of any size.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image

HASH_NAMES = ("ph", "ah", "dh")
"""pHash, aHash and dHash, in the order of every array of hashes."""
HASH_BITS = 64
THUMB_SIZE = (12, 16)
"""Width and height of the colour key, in pixels."""
INSET = 0.06
"""Share of the crop that the colour key leaves out at each side: the margin shows the table, not the card."""

_SIDE = 8
_DCT_SIDE = 4 * _SIDE
_HEX = re.compile(r"[0-9a-fA-F]{16}")


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """What is remembered of N crops."""

    hashes: np.ndarray
    """(N, 3) uint64, in the order of HASH_NAMES; the first bit of a hash is its highest."""
    thumbs: np.ndarray
    """(N, 16, 12, 3) uint8, RGB: the colour keys."""
    sizes: np.ndarray
    """(N, 2) int32: width and height of the crops in pixels."""

    def __len__(self) -> int:
        return len(self.hashes)

    def __getitem__(self, rows: slice) -> Fingerprints:
        return Fingerprints(self.hashes[rows], self.thumbs[rows], self.sizes[rows])


def fingerprint(crops: Iterable[np.ndarray]) -> Fingerprints:
    """The fingerprints of crops (H, W, 3) uint8 RGB, each of its own size."""
    listed = [np.ascontiguousarray(crop) for crop in crops]
    greys = [Image.fromarray(crop).convert("L") for crop in listed]
    hashes = np.stack([_phash(greys), _ahash(greys), _dhash(greys)], axis=-1)
    width, height = THUMB_SIZE
    thumbs = np.stack([_thumb(crop) for crop in listed]) if listed else np.zeros((0, height, width, 3), np.uint8)
    sizes = np.array([crop.shape[1::-1] for crop in listed], np.int32).reshape(-1, 2)
    return Fingerprints(hashes, thumbs, sizes)


def to_hex(value: int | np.integer) -> str:
    """A hash as `imagehash` writes it: 16 hexadecimal digits."""
    return f"{int(value):016x}"


def from_hex(text: object) -> int | None:
    """The hash that 16 hexadecimal digits say; None when they are none."""
    return int(text, 16) if isinstance(text, str) and _HEX.fullmatch(text) else None


def to_text(thumb: np.ndarray) -> str:
    """A colour key (16, 12, 3) uint8 as 768 letters of base64: rows from the top, pixels from the left, red, green, blue."""
    return base64.b64encode(np.ascontiguousarray(thumb, np.uint8).tobytes()).decode("ascii")


def from_text(text: object) -> np.ndarray | None:
    """The colour key that a text says, (16, 12, 3) uint8; None when it says none."""
    width, height = THUMB_SIZE
    if not isinstance(text, str):
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return np.frombuffer(data, np.uint8).reshape(height, width, 3) if len(data) == 3 * width * height else None


def _reduced(greys: list[Image.Image], width: int, height: int) -> np.ndarray:
    """(N, height, width) uint8. Pillow's own filter: any other would change bits of the hashes."""
    if not greys:
        return np.zeros((0, height, width), np.uint8)
    return np.stack([np.asarray(grey.resize((width, height), Image.Resampling.LANCZOS)) for grey in greys])


def _phash(greys: list[Image.Image]) -> np.ndarray:
    waves = _dct_rows()
    low = waves @ _reduced(greys, _DCT_SIDE, _DCT_SIDE).astype(np.float64) @ waves.T
    # What should be nothing is rounding; else an even picture would have a random hash.
    low[np.abs(low) < 1e-6] = 0
    flat = low.reshape(len(low), HASH_BITS)
    middle = np.sort(flat, axis=1)[:, HASH_BITS // 2 - 1 : HASH_BITS // 2 + 1].mean(axis=1, keepdims=True)  # the median, sooner
    return _packed(flat > middle)


def _ahash(greys: list[Image.Image]) -> np.ndarray:
    small = _reduced(greys, _SIDE, _SIDE)
    return _packed(small > small.mean(axis=(1, 2), keepdims=True) if len(small) else small > 0)


def _dhash(greys: list[Image.Image]) -> np.ndarray:
    small = _reduced(greys, _SIDE + 1, _SIDE)
    return _packed(small[:, :, 1:] > small[:, :, :-1])


def _packed(bits: np.ndarray) -> np.ndarray:
    """(N, 8, 8) bool as (N,) uint64, the first bit highest."""
    return np.packbits(bits.reshape(-1, HASH_BITS), axis=1).view(">u8").astype(np.uint64).reshape(-1)


@lru_cache(maxsize=1)
def _dct_rows() -> np.ndarray:
    """(8, 32): the slowest eight waves of the cosine transform (type II, not scaled, as scipy's)."""
    wave, place = np.mgrid[0:_SIDE, 0:_DCT_SIDE]
    return 2 * np.cos(np.pi * wave * (2 * place + 1) / (2 * _DCT_SIDE))


def _thumb(crop: np.ndarray) -> np.ndarray:
    height, width = crop.shape[:2]
    left, top = round(INSET * width), round(INSET * height)
    return cv2.resize(crop[top : height - top, left : width - left], THUMB_SIZE, interpolation=cv2.INTER_AREA)

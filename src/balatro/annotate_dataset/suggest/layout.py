"""Where each picture lies on the map: those that look alike lie together.

Some pictures, the landmarks, are laid flat by t-SNE, which takes seconds. All others, also those that come later, are put
between the landmarks that they are most alike to: the map of a growing dataset stays as a person knows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from balatro.utils.flat_map import flatten

LEAST = 8
"""Fewer pictures are no map."""
LANDMARKS = 2_000
GROWTH = 2
"""With so many times the pictures, a map of few landmarks is laid out anew."""
NEAREST = 3
"""Landmarks between which another picture is put."""
SCALE = 20.0
"""Their weights are softmax(SCALE * cosine)."""
SPREAD = 0.004
"""By how much of the map's side pictures are moved at random, so that equal ones do not cover each other."""
BLOCK = 512
"""Pictures that are compared with all others at once."""
NEIGHBOURS = 3
"""Most alike pictures that say how unique one is."""


class Layout:
    """The places of pictures on a map from 0 to 1 in both directions."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._places: dict[str, np.ndarray] = {}
        self._landmarks = np.zeros((0, 0), np.float32)
        self._flat = np.zeros((0, 2), np.float32)

    def place(self, keys: Sequence[str], embedding: np.ndarray) -> np.ndarray:
        """(n, 2) float32 places of pictures with these (n, D) unit embeddings; (0, 2) for fewer than LEAST."""
        if len(keys) < LEAST:
            return np.zeros((0, 2), np.float32)
        if len(self._flat) < min(LANDMARKS, len(keys) / GROWTH):
            self._lay_out(keys, embedding)
        new = [row for row, key in enumerate(keys) if key not in self._places]
        if new:
            self._places.update(zip([keys[row] for row in new], self._between(embedding[new]), strict=True))
        return np.stack([self._places[key] for key in keys])

    def _lay_out(self, keys: Sequence[str], embedding: np.ndarray) -> None:
        rows = np.sort(self._rng.permutation(len(keys))[:LANDMARKS])
        self._landmarks = embedding[rows]
        flat = flatten(self._landmarks)
        self._flat = (flat - flat.min(axis=0)) / np.maximum(np.ptp(flat, axis=0), 1e-9)
        self._places = {keys[row]: place for row, place in zip(rows, self._flat, strict=True)}

    def _between(self, embedding: np.ndarray) -> np.ndarray:
        """(m, D) -> (m, 2): the mean of the most alike landmarks' places, by how alike they are."""
        places = []
        for start in range(0, len(embedding), BLOCK):
            alike = embedding[start : start + BLOCK] @ self._landmarks.T
            nearest = np.argpartition(-alike, NEAREST, axis=1)[:, :NEAREST]
            weights = np.exp(SCALE * (np.take_along_axis(alike, nearest, axis=1) - alike.max(axis=1, keepdims=True)))
            weights /= weights.sum(axis=1, keepdims=True)
            places.append((self._flat[nearest] * weights[..., None]).sum(axis=1))
        found = np.concatenate(places)
        result: np.ndarray = np.clip(found + self._rng.normal(0, SPREAD, found.shape), 0, 1).astype(np.float32)
        return result


def uniqueness(embedding: np.ndarray) -> np.ndarray:
    """(n, D) unit embeddings -> (n,) float32: one less the mean cosine to the most alike others; 0 where they are the same."""
    num = len(embedding)
    most = min(NEIGHBOURS, num - 1)
    if most < 1:
        return np.ones(num, np.float32)
    found = np.empty(num, np.float32)
    for start in range(0, num, BLOCK):
        rows = slice(start, min(start + BLOCK, num))
        alike = embedding[rows] @ embedding.T
        alike[np.arange(rows.stop - start), np.arange(start, rows.stop)] = -2.0  # a picture is no neighbour of itself
        found[rows] = 1 - np.partition(alike, -most, axis=1)[:, -most:].mean(axis=1)
    return np.clip(found, 0, 1)

"""The embedding laid flat, and what it tells: do the modifiers lie apart, and which classes lie close together?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.score.predictions import Predictions
from balatro.utils.flat_map import flatten, unit

MAX_POINTS = 2_000
"""Cards on each of two maps: t-SNE takes a quarter of a minute for so many, and more would lie on each other."""
NEIGHBOURS = 10
APART = 0.9
"""A group lies apart when so many of its cards' neighbours are of the group."""
LEAST_CARDS = 8
"""Fewer are no map."""
MAX_PAIRS = 24
MAX_CLASSES = 4_000
"""With more, comparing each with each takes gigabytes."""


@dataclass(frozen=True)
class Separation:
    """How far the groups lie apart, measured in the whole embedding, not on the flat map."""

    neighbours: dict[str, float]
    """{group: share of its cards' nearest neighbours that are of the group}."""
    chance: dict[str, float]
    """{group: that share if cards lay at random}."""
    silhouette: float
    """-1..1: 0 when groups lie within each other, 1 when each is a dense heap of its own; nan for fewer than two groups."""

    @property
    def finding(self) -> str:
        """In a line; empty for fewer than two groups."""
        if len(self.neighbours) < 2:
            return ""
        if min(self.neighbours.values()) >= APART:
            return "Every modifier lies apart from the others"
        most, least = (choose(self.neighbours, key=lambda name: self.neighbours[name]) for choose in (max, min))
        how = "lies apart" if self.neighbours[most] >= APART else "lies most apart"
        return f"{most} {how}, {least} least"


@dataclass(frozen=True, eq=False)
class EmbeddingMap:
    """Cards on a flat map, and how far their groups lie apart."""

    title: str
    points: np.ndarray
    """(n, 2) float32."""
    groups: np.ndarray
    """(n,) indices among the names of the groups, MISSING where unknown."""
    apart: Separation


def draw_maps(predictions: Predictions, task: str, seed: int = 0) -> list[EmbeddingMap]:
    """The map of the embedding, and that of what is left when each class of `task` has lost its mean; [] for too few cards.

    The embedding is made to tell names apart, so a modifier can only show once the names are gone. The second map is left out
    where no two cards share a class.
    """
    if not predictions.embedding.size or len(predictions) < LEAST_CARDS:
        return []
    rows = choose_rows(len(predictions), MAX_POINTS, seed)
    embedding = np.asarray(predictions.embedding[rows])
    names, groups = predictions.groups()
    maps = [_map("As it is", embedding, groups[rows], names, seed)]
    left = without_class(embedding, predictions.labels[task][rows])
    kept = np.linalg.norm(left, axis=1) > 1e-6
    if kept.sum() >= LEAST_CARDS:
        maps.append(_map("What sets cards of one name apart", left[kept], groups[rows][kept], names, seed))
    return maps


def _map(title: str, embedding: np.ndarray, groups: np.ndarray, names: list[str], seed: int) -> EmbeddingMap:
    return EmbeddingMap(title, flatten(embedding, seed), groups, separation(embedding, groups, names))


def choose_rows(num: int, limit: int = MAX_POINTS, seed: int = 0) -> np.ndarray:
    """At most `limit` of so many rows, in order, at random."""
    return np.sort(np.random.default_rng(seed).permutation(num)[:limit])


def without_class(embedding: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Embeddings (N, D) from which each class's mean is taken: what is left is how a card differs from the others of its name.

    A card of unknown class, or the only one of its class, has nothing left: its row is 0.
    """
    vectors = unit(embedding)
    left = np.zeros_like(vectors)
    for label in np.unique(labels[labels != MISSING]):
        rows = labels == label
        left[rows] = vectors[rows] - vectors[rows].mean(0)
    return left


def separation(embedding: np.ndarray, groups: np.ndarray, names: list[str]) -> Separation:
    """Of cards (N, D) in groups (N,), indices among `names`; those of unknown group (negative) are left out."""
    from sklearn.metrics import silhouette_score

    known = groups >= 0
    vectors, groups = unit(embedding[known]), groups[known]
    present = [number for number in range(len(names)) if (groups == number).sum() > 1]
    num = min(NEIGHBOURS, len(vectors) - 1)
    if num < 1 or not present:
        return Separation({}, {}, math.nan)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argpartition(-cosines, num - 1, axis=1)[:, :num]
    same = (groups[nearest] == groups[:, None]).mean(1)
    several = 1 < len(set(groups.tolist())) < len(groups)
    return Separation(
        {names[number]: float(same[groups == number].mean()) for number in present},
        {names[number]: float(((groups == number).sum() - 1) / (len(groups) - 1)) for number in present},
        float(silhouette_score(vectors, groups, metric="cosine")) if several else math.nan,
    )


# Classes that are alike.


@dataclass(frozen=True)
class AlikePair:
    """Two classes whose mean embeddings lie close together."""

    first: int
    second: int
    cosine: float
    rows: tuple[int, int]
    """The card of each that lies nearest to its class's mean."""
    confused: int
    """Cards of one that were read as the other."""


def alike_pairs(predictions: Predictions, task: str, limit: int = MAX_PAIRS) -> list[AlikePair]:
    """The pairs of classes of a task whose means have the largest cosines, most alike first; [] for more than MAX_CLASSES."""
    labels, said = predictions.labels[task], predictions.said(task)
    told = labels != MISSING
    present = np.unique(labels[told])
    if not predictions.embedding.size or not 2 <= len(present) <= MAX_CLASSES:
        return []
    means = unit(np.stack([unit(predictions.embedding[labels == label]).mean(0) for label in present]))
    first, second = np.triu_indices(len(present), 1)
    cosines = (means @ means.T)[first, second]
    pairs = []
    for place in np.argsort(-cosines, kind="stable")[:limit]:
        a, b = int(present[first[place]]), int(present[second[place]])
        rows = (_typical(predictions, task, a, means[first[place]]), _typical(predictions, task, b, means[second[place]]))
        confused = int(((labels == a) & (said == b)).sum() + ((labels == b) & (said == a)).sum())
        pairs.append(AlikePair(a, b, float(cosines[place]), rows, confused))
    return pairs


def _typical(predictions: Predictions, task: str, label: int, mean: np.ndarray) -> int:
    rows = np.flatnonzero(predictions.labels[task] == label)
    return int(rows[(unit(predictions.embedding[rows]) @ mean).argmax()])

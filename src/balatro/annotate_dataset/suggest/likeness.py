"""From the likeness to labelled pictures to a name and a modifier, with probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from balatro.annotate_dataset.suggest.encoder import BATCH, Encoded
from balatro.annotate_dataset.suggest.suggestion import MAX_CANDIDATES, Candidate, Suggestion, kind_of
from balatro.config.cards import is_catalogues
from balatro.config.modifiers import MODIFIERS
from balatro.utils.labels import CardLabel

# Measured on real cards of one run of the game against those of another (benchmarks/suggest_quality.py).
REJECT = 0.8
"""Likeness (cosine) under which nothing is suggested."""
NUM_NEAREST = 10
"""Labelled pictures that may name a new one."""
SCALE = 20.0
"""A name's share among the candidates is softmax(SCALE * cosine)."""
EVEN, SPREAD = 0.8, 0.03
"""A nearest picture at the cosine EVEN is as often another card as the same; SPREAD is how fast that changes around it."""
MODIFIER_SCALE = 40.0
"""How much a labelled picture of the same card in some modifier weighs against the encoder's modifier head."""


@dataclass(frozen=True)
class SuggestSettings:
    """How far likeness is trusted."""

    reject: float = REJECT
    """Cosine under which nothing is suggested, -1..1."""
    k: int = NUM_NEAREST
    """How many of the most alike labelled pictures may name a new one."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures whose card is known, to be compared with."""

    keys: Sequence[str]
    labels: Sequence[CardLabel]
    embedding: np.ndarray
    """(n, D) float32, unit length."""
    _name: np.ndarray = field(init=False)
    """(n,) a number for each name."""
    _modifier: np.ndarray = field(init=False)
    """(n,) index into MODIFIERS, or -1."""
    _is_ours: bool = field(init=False)
    """Whether the names are the catalogue's."""

    def __post_init__(self) -> None:
        _, numbers = np.unique([label.name for label in self.labels], return_inverse=True)
        places = [MODIFIERS.index(label.modifier) if label.modifier in MODIFIERS else -1 for label in self.labels]
        object.__setattr__(self, "_name", numbers)
        object.__setattr__(self, "_modifier", np.array(places))
        object.__setattr__(self, "_is_ours", is_catalogues({label.name for label in self.labels}))

    def suggest(self, encoded: Encoded, settings: SuggestSettings) -> list[Suggestion]:
        """What the labelled pictures suggest for others."""
        heads = encoded.modifier if encoded.modifier is not None else [None] * len(encoded)
        likeness = (
            row
            for start in range(0, len(encoded), BATCH)
            for row in encoded.embedding[start : start + BATCH] @ self.embedding.T
        )
        return [self._suggest_one(row, head, settings) for row, head in zip(likeness, heads, strict=True)]

    def _suggest_one(self, likeness: np.ndarray, head: np.ndarray | None, settings: SuggestSettings) -> Suggestion:
        """From one picture's (n,) cosines to the labelled ones, and what the modifier head says of it."""
        nearest = _largest(likeness, settings.k)
        _, first = np.unique(self._name[nearest], return_index=True)
        best = nearest[np.sort(first)]  # the most alike picture of each name, best first
        chances = name_chances(likeness[best])
        candidates = tuple(
            self._candidate(int(place), float(chance), float(likeness[place]))
            for place, chance in zip(best[:MAX_CANDIDATES], chances, strict=False)
        )
        modifier, sure = self._modifier_of(likeness, int(best[0]), head)
        similarity = float(likeness[best[0]])
        return Suggestion(similarity >= settings.reject, similarity, candidates, modifier, sure)

    def _candidate(self, place: int, chance: float, similarity: float) -> Candidate:
        label = self.labels[place]
        kinds = kind_of(label.name, label.type, label.rarity, self._is_ours)
        return Candidate(label.name, *kinds, chance, similarity, self.keys[place])

    def _modifier_of(self, likeness: np.ndarray, best: int, head: np.ndarray | None) -> tuple[str, float]:
        """The likeliest modifier and its probability; ("", 0) when neither labels nor head tell."""
        own = self._name == self._name[best]
        alike = np.full(len(MODIFIERS), -1.0)
        for place in np.flatnonzero(own & (self._modifier >= 0)):
            number = self._modifier[place]
            alike[number] = max(alike[number], likeness[place])
        if not (self._modifier >= 0).any() or (head is None and alike.max() < 0):
            return "", 0.0  # another game, or nobody has said yet which one it is
        chances = modifier_chances(alike, head)
        return MODIFIERS[int(chances.argmax())], float(chances.max())


def name_chances(cosines: np.ndarray) -> np.ndarray:
    """(n,) probabilities of n names from the cosines to each one's most alike picture, best first.

    The share among the names, times the probability that the card is labelled at all. The sum is less than 1.
    """
    shares = np.exp(SCALE * (cosines.astype(np.float64) - cosines.max()))
    labelled = 1 / (1 + np.exp(-(float(cosines.max()) - EVEN) / SPREAD))
    result: np.ndarray = shares / shares.sum() * labelled
    return result


def modifier_chances(cosines: np.ndarray, head: np.ndarray | None) -> np.ndarray:
    """(5,) probabilities of the modifiers, from cosines to pictures of the same card in each, and from the modifier head.

    cosines: (5,), anything below EVEN where the card has no labelled picture. The head knows how editions look on any card, the
    pictures how this card looks in some; a modifier without a picture counts as alike as any other card would be.
    """
    powers = np.exp(MODIFIER_SCALE * (np.maximum(cosines.astype(np.float64), EVEN) - 1))
    chances = powers if head is None else powers * np.maximum(head, 1e-6)
    result: np.ndarray = chances / chances.sum()
    return result


def _largest(values: np.ndarray, num: int) -> np.ndarray:
    """Places of the `num` largest of (n,) values, largest first; of equal ones, the first come first."""
    least = np.partition(values, -num)[-num] if len(values) > num else -np.inf  # sorting them all takes ten times as long
    some = np.flatnonzero(values >= least)
    order: np.ndarray = some[np.argsort(-values[some], kind="stable")][:num]
    return order

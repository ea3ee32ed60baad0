"""A gallery: the embeddings of every card of a deck, to which others are likened."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.errors import ModelError
from balatro.runtime.model_json import GallerySettings

NO_VIEW = -1.0
"""The likeness to a card that no view shows."""


@dataclass(frozen=True, eq=False)
class Gallery:
    """Embeddings of cards whose names are known.

    embedding: (n, D) float32, unit length. card: (n,) int32, index into the bundle's cards. modifier: (n,) int8; beyond
    MODIFIERS it tells apart the other looks of a card: the grounds and faces of a playing card.
    stretch: (D, D) float32, how likeness is measured where that was found once for all; each row is a look of its own then.
    None: found from these views, and looks are the means of a card's views in each modifier.
    """

    embedding: np.ndarray
    card: np.ndarray
    modifier: np.ndarray
    stretch: np.ndarray | None = None

    def nearest(self, embedding: np.ndarray, num_cards: int) -> np.ndarray:
        """(N, num_cards) float32: each card's likeness (cosine, -1..1) to (N, D) embeddings, in its most alike modifier.

        Cards without a view have -1.
        """
        likeness = np.full((len(embedding), num_cards), NO_VIEW, np.float32)
        if len(embedding) == 0 or len(self.card) == 0:
            return likeness
        measure = self._measure
        likeness[:, measure.cards] = np.maximum.reduceat(self._to_looks(embedding), measure.starts, axis=1)
        return likeness

    def joined(self, embedding: np.ndarray, card: np.ndarray, modifier: np.ndarray) -> Gallery:
        """The same with more views, see the fields; of cards that it has, or of others."""
        new = (embedding, card, modifier)
        old = (self.embedding, self.card, self.modifier)
        parts = [np.concatenate([one, more.astype(one.dtype)]) for one, more in zip(old, new, strict=True)]
        return Gallery(parts[0], parts[1], parts[2], self.stretch)

    def kept(self, keep: np.ndarray) -> Gallery:
        """The same without the views of some cards, the others numbered anew; keep: (cards,) bool."""
        rows = keep[self.card]
        places = (np.cumsum(keep) - 1).astype(np.int32)
        return Gallery(self.embedding[rows], places[self.card[rows]], self.modifier[rows], self.stretch)

    def modifiers(self, embedding: np.ndarray, card: np.ndarray) -> np.ndarray:
        """(N, modifiers) float32: the likeness of (N, D) embeddings to the given (N,) card in each modifier.

        All 0, which is no opinion, for a card that was not seen in every modifier, and where looks know no modifiers.
        """
        likeness = np.zeros((len(embedding), len(MODIFIERS)), np.float32)
        if len(embedding) == 0 or len(self.card) == 0 or self.stretch is not None:
            return likeness
        looks = self._to_looks(embedding)
        for row, number in enumerate(card):
            if (start := self._in_every_modifier.get(number)) is not None:
                likeness[row] = looks[row, start : start + len(MODIFIERS)]
        return likeness

    def _to_looks(self, embedding: np.ndarray) -> np.ndarray:
        """(N, G) cosines to the mean looks."""
        cosines: np.ndarray = _unit(embedding.astype(np.float32) @ self._measure.stretch) @ self._measure.looks.T
        return cosines

    @cached_property
    def _in_every_modifier(self) -> dict[int, int]:
        """Where the looks of cards begin that were seen in every modifier, and in no other look."""
        starts, ends = self._measure.starts, np.append(self._measure.starts[1:], len(self._measure.looks))
        rows = (ends - starts == len(MODIFIERS)) & ~np.isin(self._measure.cards, self.card[self.modifier >= len(MODIFIERS)])
        return dict(zip(self._measure.cards[rows].tolist(), starts[rows].tolist(), strict=True))

    @cached_property
    def _measure(self) -> _Measure:
        """How likeness is measured here: by cosines after the directions in which views of one card in one modifier differ
        were shrunk (within-class whitening, the first half of linear discriminant analysis), to the mean of these views."""
        if self.stretch is not None:
            order = np.argsort(self.card, kind="stable")
            cards, starts = np.unique(self.card[order], return_index=True)
            return _Measure(self.stretch, _unit(self.embedding[order] @ self.stretch), cards, starts)
        group, row = np.unique(self.card.astype(np.int64) * MOST_LOOKS + self.modifier, return_inverse=True)
        count = np.bincount(row)
        means = np.zeros((len(group), self.embedding.shape[1]), np.float64)
        np.add.at(means, row, self.embedding)
        means /= count[:, None]
        stretch = whitening(self.embedding - means[row])
        cards, starts = np.unique(group // MOST_LOOKS, return_index=True)
        return _Measure(stretch, _unit(means.astype(np.float32) @ stretch), cards, starts)


@dataclass(frozen=True, eq=False)
class _Measure:
    """stretch (D, D); looks (G, D) unit rows, one a card and modifier, ordered by card; cards (C,) and where each starts."""

    stretch: np.ndarray
    looks: np.ndarray
    cards: np.ndarray
    starts: np.ndarray


MOST_LOOKS = 128
"""More than any card's looks are: one beyond an int8."""

RIDGE = 0.1
"""Share of the mean scatter that is added in every direction; 0.03 to 0.3 name real frames alike."""


def whitening(within: np.ndarray) -> np.ndarray:
    """(D, D) float32: what shrinks the directions in which views differ from the mean of their card, (n, D) differences."""
    scatter = np.cov(within, rowvar=False, bias=True)
    size = np.trace(scatter) / len(scatter)
    # Without scatter (one view each) all directions count alike.
    values, vectors = np.linalg.eigh(scatter + (RIDGE * size + 1e-9) * np.eye(len(scatter)))
    return (vectors / np.sqrt(values)).astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    length: np.ndarray = np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    result: np.ndarray = rows / length
    return result


def pooled(logits: np.ndarray, likeness: np.ndarray, settings: GallerySettings) -> np.ndarray:
    """(N, classes) logits of a head with what a gallery says of the same things added, (N, classes) cosines.

    A class without a view counts as just as alike as is needed to be named.
    """
    told = np.where(likeness > NO_VIEW, likeness, settings.cosine)
    result: np.ndarray = logits + settings.weight * told
    return result


_PARTS = {"embedding": np.float32, "card": np.int32, "modifier": np.int8}


def pack_gallery(gallery: Gallery) -> bytes:
    """The bytes of gallery.npz."""
    data = io.BytesIO()
    parts = {"embedding": gallery.embedding.astype(np.float16), "card": gallery.card, "modifier": gallery.modifier}
    if gallery.stretch is not None:
        parts["stretch"] = gallery.stretch
    np.savez(data, **parts)  # type: ignore[arg-type]  # numpy's stub takes the arrays for its one flag
    return data.getvalue()


def load_gallery(path: Path) -> Gallery:
    """Read gallery.npz; ModelError when it is missing or damaged."""
    if not path.is_file():
        raise ModelError(f"{path} is missing, which belongs to the model: make it anew (`balatro art import`, `balatro train`)")
    try:
        with np.load(path, allow_pickle=False) as data:
            parts = [data[name].astype(kind) for name, kind in _PARTS.items()]
            stretch = data["stretch"].astype(np.float32) if "stretch" in data else None
    except Exception as error:  # a damaged zip raises many things
        raise ModelError(f"{path}: damaged ({error}); make the model anew with `balatro art import`") from error
    gallery = Gallery(parts[0], parts[1], parts[2], stretch)
    fits = gallery.embedding.ndim == 2 and len(gallery.embedding) == len(gallery.card) == len(gallery.modifier)
    if not fits or (stretch is not None and stretch.shape != (gallery.embedding.shape[1],) * 2):
        raise ModelError(f"{path}: its parts do not fit each other; make the model anew with `balatro art import`")
    return gallery

"""The cards of whole screens, found and named before a person looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from balatro.annotate_dataset.store.screens import Box
from balatro.annotate_dataset.suggest.encoder import Encoded
from balatro.annotate_dataset.suggest.prefill import LABELS_SAY, MODEL_SAYS, Prefill
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.annotate_dataset.suggest.reader import Finder
from balatro.annotate_dataset.suggest.suggestion import Suggestion
from balatro.utils.images import load_image

MAX_KEPT = 200
"""Screens of which is remembered what was found."""


class CardFinder(Protocol):
    """What finds the card-like things of a screen."""

    def find(self, screen: np.ndarray) -> list[tuple[Box, Suggestion]]:
        """The boxes of an (H, W, 3) uint8 RGB picture in reading order, and what is said of each."""
        ...


@dataclass(frozen=True)
class FoundCard:
    """A card-like thing on a screen."""

    box: Box
    """Left, top, right, bottom in pixels of the screen as it is shown."""
    prefill: Prefill


@dataclass(frozen=True, eq=False)
class _Looked:
    """What does not change with the labels."""

    stamp: int
    size: tuple[int, int]
    boxes: tuple[Box, ...]
    said: tuple[Suggestion, ...]
    encoded: Encoded


class ScreenPrefiller:
    """Finds and names the cards of screens: by the prefiller's model, and by what is labelled. For one thread."""

    def __init__(self, prefiller: Prefiller, finder: CardFinder | None = None) -> None:
        """finder: instead of the prefiller's model, or of the package's locator where it has none."""
        self._prefiller = prefiller
        self._finder: CardFinder = finder or prefiller.reader or Finder()
        self._looked: dict[Path, _Looked] = {}

    def has(self, path: Path) -> bool:
        """Whether a screen was looked at as it is now."""
        looked = self._looked.get(path)
        return looked is not None and looked.stamp == _stamp(path)

    def look(self, path: Path) -> None:
        """Find the cards of a screen; some tens of milliseconds. InputError when it cannot be read."""
        stamp = _stamp(path)
        picture = load_image(path)
        found = self._finder.find(picture)
        boxes = tuple(box for box, _ in found)
        encoded = self._encode(picture, boxes)
        self._looked[path] = _Looked(
            stamp, (picture.shape[1], picture.shape[0]), boxes, tuple(said for _, said in found), encoded
        )
        while len(self._looked) > MAX_KEPT:
            del self._looked[next(iter(self._looked))]

    def cards(self, path: Path) -> tuple[FoundCard, ...]:
        """What was found on a screen, in reading order, named by what model and labels say now; none before `look`."""
        looked = self._looked.get(path)
        if looked is None:
            return ()
        by_labels = self._prefiller.compare(looked.encoded)
        return tuple(
            FoundCard(box, self._prefiller.fill([(labels, LABELS_SAY), (model, MODEL_SAYS)]))
            for box, labels, model in zip(looked.boxes, by_labels, looked.said, strict=True)
        )

    def _encode(self, picture: np.ndarray, boxes: Sequence[Box]) -> Encoded:
        """What the encoder that compares says of the crops that these boxes would give."""
        crops = [picture[top:bottom, left:right] for left, top, right, bottom in boxes]
        return self._prefiller.embeddings.encoder.encode(crops)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0

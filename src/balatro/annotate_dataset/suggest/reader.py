"""A trained model as a source of suggestions: it names the cards of its deck before any picture is labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from balatro.annotate_dataset.suggest.encoder import whole_quad
from balatro.annotate_dataset.suggest.suggestion import MAX_CANDIDATES, Candidate, Suggestion, kind_of

if TYPE_CHECKING:
    from balatro.identify_card.recognizer import Recognizer


@dataclass(frozen=True, eq=False)
class Reader:
    """A trained model, which names the cards of its deck before any picture is labelled."""

    name: str
    recognizer: Recognizer

    def read(self, pictures: Iterable[np.ndarray]) -> list[Suggestion]:
        """What the model says of (H, W, 3) uint8 RGB pictures of one card each; its candidates have no nearest picture."""
        return [self._read_one(picture) for picture in pictures]

    def _read_one(self, picture: np.ndarray) -> Suggestion:
        # The reader cuts a margin around the card, the picture has one already.
        margin = self.recognizer.bundle.margin
        height, width = picture.shape[:2]
        inset = np.array([width, height], np.float32) * margin / (1 + 2 * margin)
        corners = whole_quad(picture)[0]
        quad = np.where(corners > 0, corners - inset, corners + inset)
        (card,) = self.recognizer.read(picture, quad[None])
        told = {one.id: one for one in self.recognizer.bundle.cards}  # with those that were added by hand
        is_ours = self.recognizer.bundle.game is None
        kinds = [kind_of(one.name, told[one.id].type, told[one.id].rarity, is_ours) for one in card.top[:MAX_CANDIDATES]]
        candidates = tuple(
            Candidate(guess.name, *kind, guess.confidence, 0.0, "") for guess, kind in zip(card.top, kinds, strict=False)
        )
        return Suggestion(card.known, 0.0, candidates, card.modifier, card.modifier_confidence)


def load_reader(model: str = "auto", threads: int | None = None) -> Reader:
    """A trained model by name or folder, "auto": `game` where there is one, else `demo`; ModelError when there is none."""
    from balatro.identify_card.recognizer import Recognizer

    recognizer = Recognizer.load(model, threads)
    return Reader(recognizer.bundle.name, recognizer)

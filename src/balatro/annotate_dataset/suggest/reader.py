"""A trained model as a source of suggestions: it names the cards of its deck before any picture is labelled.

On whole screens it finds them, too; without a model the package's locator does, and names none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from balatro.annotate_dataset.store.screens import Box
from balatro.annotate_dataset.suggest.suggestion import MAX_CANDIDATES, Candidate, Suggestion, kind_of
from balatro.config.model_files import LOCATOR_FILE
from balatro.config.paths import package_weights
from balatro.runtime.locator import Locator
from balatro.utils.quads import reading_order, whole

if TYPE_CHECKING:
    from balatro.identify_card.card import Card
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
        corners = whole(*picture.shape[1::-1])[0]
        quad = np.where(corners > 0, corners - inset, corners + inset)
        (card,) = self.recognizer.read(picture, quad[None])
        return self._said(card)

    def find(self, screen: np.ndarray) -> list[tuple[Box, Suggestion]]:
        """The card-like things of an (H, W, 3) uint8 RGB screen in reading order, and what the model says of each."""
        return [(card.box, self._said(card)) for card in self.recognizer.identify(screen, "screen")]

    def read_at(self, screen: np.ndarray, box: Box) -> Suggestion:
        """What the model says of the thing in a box of a screen."""
        left, top, right, bottom = box
        quad = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float32)
        (card,) = self.recognizer.read(screen, quad)
        return self._said(card)

    def _said(self, card: Card) -> Suggestion:
        told = {one.id: one for one in self.recognizer.bundle.cards}  # with those that were added by hand
        is_ours = self.recognizer.bundle.game is None
        kinds = [kind_of(one.name, told[one.id].type, told[one.id].rarity, is_ours) for one in card.top[:MAX_CANDIDATES]]
        candidates = tuple(
            Candidate(guess.name, *kind, guess.confidence, 0.0, "") for guess, kind in zip(card.top, kinds, strict=False)
        )
        return Suggestion(card.known, 0.0, candidates, card.modifier, card.modifier_confidence)


class Finder:
    """The package's locator: it finds the card-like things of a screen, whatever game they are of."""

    def __init__(self, threads: int | None = None) -> None:
        self._locator = Locator(package_weights() / LOCATOR_FILE, threads)

    def find(self, screen: np.ndarray) -> list[tuple[Box, Suggestion]]:
        """As `Reader.find`; nothing is said of what was found."""
        quads = np.array([one.quad for one in self._locator.find(screen)], np.float32).reshape(-1, 4, 2)
        size = np.array(screen.shape[1::-1])
        low = np.clip(np.floor(quads.min(axis=1, initial=np.inf)), 0, size).astype(int)
        high = np.clip(np.ceil(quads.max(axis=1, initial=-np.inf)), 0, size).astype(int)
        boxes = [(int(a), int(b), int(c), int(d)) for (a, b), (c, d) in zip(low, high, strict=True)]
        return [(boxes[place], Suggestion(False, 0.0, ())) for place in reading_order(quads)]


def load_reader(model: str = "auto", threads: int | None = None) -> Reader:
    """A trained model by name or folder, "auto": `game` where there is one, else `demo`; ModelError when there is none."""
    from balatro.identify_card.recognizer import Recognizer

    recognizer = Recognizer.load(model, threads)
    return Reader(recognizer.bundle.name, recognizer)

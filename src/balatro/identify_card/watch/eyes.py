"""What watching sees of a frame: where cards lie and what each is, as `Recognizer.identify` would see it."""

from __future__ import annotations

import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.turns import in_any_turn
from balatro.utils.quads import whole


class Eyes:
    """A recogniser's eyes on a stream of frames."""

    def __init__(self, recognizer: Recognizer, seen_as: str = "auto") -> None:
        """seen_as: one of `balatro.config.shapes.SEEN_AS`; auto: photographs with a model of another game."""
        self.recognizer = recognizer
        self.any_turn = in_any_turn(seen_as, recognizer.bundle.game)
        """Whether frames are photographs: cards may lie in any turn, and each one's corners are fitted."""
        self._is_one_card = seen_as == "card"
        self.num_reads = 0

    def locate(self, image: np.ndarray) -> np.ndarray:
        """(N, 4, 2) float32 quads of the cards of an (H, W, 3) uint8 RGB frame."""
        if self._is_one_card:
            return whole(image.shape[1], image.shape[0])
        return self.recognizer.locate(image, self.any_turn)

    def read(self, image: np.ndarray, quads: np.ndarray) -> list[Card]:
        """What the cards at these quads are."""
        self.num_reads += len(quads)
        return self.recognizer.read(image, quads, self.any_turn)

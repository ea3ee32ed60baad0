"""Fitting corners to the cards of a photograph: each rough find is cut out, upright, and a small network says where it lies.

The refiner comes with the package and is the same for all models: it knows no game, only what a card's corners look like.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from balatro.config.model_files import REFINER_FILE
from balatro.config.paths import package_weights
from balatro.config.shapes import CLOSE_MARGIN, PATCH_MARGIN, PATCH_SIZE
from balatro.runtime.locator import Found, Locator, check_network, distinct, sane
from balatro.runtime.sessions import OpenSession, open_session
from balatro.utils.images import rectify
from balatro.utils.quads import as_portrait, from_patch, upright

ROUGH_LOOKS = 3
"""After so many the corners are near enough to read a card; they are said to be exact after the two close ones."""
LOOKS = (*(PATCH_MARGIN,) * ROUGH_LOOKS, CLOSE_MARGIN, CLOSE_MARGIN)
"""How far beyond the corners found before each look reaches, as a share of the card: the first may be off by a third of it, the
last two see it larger. Whether it is a card is for the looks that show what lies around it to say."""
ROUGH = 0.5
"""Share of the locator's threshold from which on a find is looked at: what it doubts may be a card that lies askew."""
MOST = 96
"""Places of a picture that are looked at."""
CARD = 0.5
"""Chance from which on a find is a card."""


class Refiner:
    """The refiner network."""

    def __init__(self, path: Path, threads: int | None = None, open_session: OpenSession = open_session) -> None:
        self._session = open_session(path, threads)
        check_network(self._session, path, "patches", ("corners", "card"))

    def find(self, image: np.ndarray, locator: Locator) -> list[Found]:
        """The cards of an (H, W, 3) uint8 RGB photograph, each once, best first."""
        quads, scores = locator.candidates(image, ROUGH * locator.threshold)
        return self.fit(image, quads[np.argsort(-scores, kind="stable")[:MOST]])

    def fit(self, image: np.ndarray, quads: np.ndarray) -> list[Found]:
        """The cards among rough quads (N, 4, 2), with their corners fitted, each once, best first."""
        quads, chance = as_portrait(quads), np.zeros(len(quads), np.float32)
        for margin in LOOKS:
            if not len(quads):
                return []
            quads, seen = self._look(image, quads, margin)
            chance = seen if margin == PATCH_MARGIN else chance
            keep = sane(quads, image.shape[1], image.shape[0])
            quads, chance = quads[keep], chance[keep]
        sure = chance >= CARD
        quads, chance = upright(quads[sure]), chance[sure]
        return [Found(quads[index], float(chance[index])) for index in distinct(quads, chance)]

    def corners(self, image: np.ndarray, quads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Fitted corners (N, 4, 2) float32 of what lies at rough quads (N, 4, 2), and (N,) the chance of each to be a card.

        The chance is 0 of corners that no card could have.
        """
        for _ in range(ROUGH_LOOKS):
            quads, chance = self._look(image, quads, PATCH_MARGIN)
        return quads, np.where(sane(quads, image.shape[1], image.shape[0]), chance, 0.0)

    def _look(self, image: np.ndarray, quads: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
        """Quads (N, 4, 2) as patches that are cut out at these show them, and (N,) the chance of each to be a card."""
        patches = rectify(image, quads, PATCH_SIZE, margin)
        places, chance = self._session.run(["corners", "card"], {"patches": patches})
        fitted = [from_patch(quad, place, margin) for quad, place in zip(quads, places, strict=True)]
        return np.array(fitted, np.float32).reshape(-1, 4, 2), chance


def load_refiner(threads: int | None = None) -> Refiner:
    """The package's."""
    return Refiner(package_weights() / REFINER_FILE, threads)

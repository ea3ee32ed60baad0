"""Corners are fitted look by look, and what is no card is left out."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from balatro.runtime.locator import Locator
from balatro.runtime.refiner import LOOKS, MOST, ROUGH, Refiner
from balatro.utils.quads import patch_corners

CARD = np.array([[200, 120], [330, 160], [275, 340], [145, 300]], np.float32)


class ByColour:
    """Sees green as a card, whose corners are its points farthest out."""

    looks = 0

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="patches")]

    def get_outputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="corners"), SimpleNamespace(name="card")]

    def run(self, names: list[str], asked: dict[str, np.ndarray]) -> list[np.ndarray]:
        margin = LOOKS[self.looks % len(LOOKS)]
        self.looks += 1
        corners = np.repeat(patch_corners(margin)[None], len(asked["patches"]), 0)
        chance = np.zeros(len(corners), np.float32)
        for row, patch in enumerate(asked["patches"]):
            points = np.argwhere(patch[..., 1] > 128)[:, ::-1].astype(np.float32)
            if len(points):
                out = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
                corners[row] = points[(points @ out.T).argmax(0)] + 0.5
                chance[row] = 0.9
        return [corners, chance]


@pytest.fixture
def picture() -> np.ndarray:
    image = np.zeros((480, 640, 3), np.uint8)
    cv2.fillConvexPoly(image, CARD.astype(np.int32), (0, 255, 0))
    return image


def refiner() -> Refiner:
    return Refiner(Path("any.onnx"), open_session=lambda path, threads: ByColour())


def test_corners_are_fitted(picture: np.ndarray) -> None:
    rough = CARD + np.array([[20, -10], [-14, 8], [10, 12], [-8, 16]], np.float32)
    (found,) = refiner().fit(picture, rough[None])
    assert found.quad == pytest.approx(CARD, abs=4) and found.score == pytest.approx(0.9)


def test_a_lying_card_comes_out_as_it_lies(picture: np.ndarray) -> None:
    lying = cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE)
    quad = np.stack([480 - CARD[:, 1], CARD[:, 0]], axis=1)
    (found,) = refiner().fit(lying, quad[None])
    assert np.ptp(found.quad[:, 0]) > np.ptp(found.quad[:, 1])
    assert found.quad[0].sum() == pytest.approx(quad.sum(1).min(), abs=30)


def test_what_is_no_card_is_left_out_and_one_card_is_found_once(picture: np.ndarray) -> None:
    rough = np.stack([CARD, CARD + 9, np.array([[500, 300], [560, 300], [560, 400], [500, 400]], np.float32)])
    assert len(refiner().fit(picture, rough)) == 1
    assert refiner().fit(picture, np.zeros((0, 4, 2), np.float32)) == []


def test_the_locator_is_asked_for_what_it_doubts(picture: np.ndarray) -> None:
    asked = []

    class Doubting(Locator):
        def __init__(self) -> None:
            self.threshold = 0.4

        def candidates(self, image: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
            asked.append(threshold)
            return np.repeat(CARD[None], MOST + 5, 0), np.linspace(0, 1, MOST + 5, dtype=np.float32)

    network = ByColour()
    found = Refiner(Path("any.onnx"), open_session=lambda path, threads: network).find(picture, Doubting())
    assert len(found) == 1 and asked == [0.4 * ROUGH] and network.looks == len(LOOKS)


def test_whether_it_is_a_card_is_not_asked_of_the_close_look(picture: np.ndarray) -> None:
    class Sceptic(ByColour):
        def run(self, names: list[str], asked: dict[str, np.ndarray]) -> list[np.ndarray]:
            corners, chance = super().run(names, asked)
            return [corners, chance if self.looks < len(LOOKS) else 0 * chance]

    sceptic = Refiner(Path("any.onnx"), open_session=lambda path, threads: Sceptic())
    (found,) = sceptic.fit(picture, CARD[None])
    assert found.score == pytest.approx(0.9) and found.quad == pytest.approx(CARD, abs=2)

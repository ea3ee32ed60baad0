"""What moves, and what only sways."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from balatro.identify_card.watch.looks import PRINT_SIZE
from balatro.identify_card.watch.rest.still import Pose, pose_of
from balatro.utils.images import rectify
from tests.identify_card.fake_bundle import CARD, draw_table

PLACES = [("red", "Base", 300, 150), ("green", "Foil", 500, 150)]


def pose(
    places: list[tuple[str, str, int, int]] = PLACES,
    text: str = "$21",
    shift: int = 0,
    found: int = 9,
    plate: int = 0,
    light: int = 0,
) -> Pose:
    picture = draw_table(places)
    picture[270:310] = (plate // 4, plate // 2, plate)
    cv2.putText(picture, text, (60 + shift, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 3)
    half = np.array(CARD) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    quads = np.array([corners + place[2:] for place in places[:found]], np.float32).reshape(-1, 4, 2)
    picture = cv2.convertScaleAbs(picture, beta=light)
    return pose_of(picture, quads, rectify(picture, quads, PRINT_SIZE, margin=0.0))


def is_same(one: Pose, other: Pose) -> bool:
    return one.has_cards_of(other) and one.has_text_of(other)


@pytest.mark.parametrize(
    "after",
    [
        pose(),
        pose([("red", "Base", 304, 147), ("green", "Foil", 498, 152)]),
        pose(shift=1),
        pose(light=20),
    ],
    ids=["the same", "cards sway", "text bobs", "a moving light"],
)
def test_at_rest(after: Pose) -> None:
    assert is_same(pose(), after) and is_same(after, pose())


@pytest.mark.parametrize(
    "after",
    [
        pose([("red", "Base", 300, 128), ("green", "Foil", 500, 150)]),
        pose([("blue", "Base", 300, 150), ("green", "Foil", 500, 150)]),
        pose(PLACES[:1]),
        pose(text="$27"),
        pose(text=""),
        pose([]),
    ],
    ids=["chosen", "another card", "one less", "a digit", "no text", "no cards"],
)
def test_not_at_rest(after: Pose) -> None:
    assert not is_same(pose(), after) and not is_same(after, pose())


def test_a_card_that_was_not_found() -> None:
    assert not pose().has_cards_of(pose(found=1))
    assert pose().has_cards_of(pose(found=1), missing=1)


def test_another_size_of_the_picture() -> None:
    small = pose_of(np.zeros((360, 640, 3), np.uint8), np.empty((0, 4, 2), np.float32), np.empty((0, 16, 12, 3), np.uint8))
    assert not small.has_text_of(pose([]))


def test_white_on_colour() -> None:
    assert is_same(pose(plate=250), pose(plate=250, shift=1))
    assert not pose(plate=250).has_text_of(pose(plate=250, text="$27"))


def test_what_a_card_hides_is_no_text() -> None:
    one, other = pose(), pose([*PLACES, ("blue", "Base", 90, 290)])
    assert not one.has_cards_of(other) and pose([("red", "Base", 90, 290)], text="$21").ink.sum() == 0

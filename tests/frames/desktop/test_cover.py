import numpy as np
import pytest

from balatro.frames.desktop.cover import uncovered
from balatro.frames.desktop.errors import NotVisibleError
from balatro.utils.desktop import Box

GAME = Box(-1800, 100, 200, 100)  # on a monitor left of the first


def picture(pixels: int = 1) -> np.ndarray:
    return np.full((100 * pixels, 200 * pixels, 3), 9, np.uint8)


@pytest.mark.parametrize("pixels", [1, 2])
def test_what_lies_over_it_is_black(pixels: int) -> None:
    """On Retina screens a unit of the box is two pixels."""
    seen = uncovered(picture(pixels), GAME, [Box(-1850, 50, 100, 70), Box(-1620, 180, 500, 500)], "x")
    expected = picture(pixels)
    expected[: 20 * pixels, : 50 * pixels] = 0
    expected[80 * pixels :, 180 * pixels :] = 0
    assert (seen == expected).all()


def test_nothing_over_it_leaves_the_picture_as_it_is() -> None:
    image = picture()
    assert uncovered(image, GAME, [Box(0, 0, 1920, 1080), Box(-1600, 100, 50, 50)], "x") is image


def test_half_of_it_covered_is_covered_and_common_parts_count_once() -> None:
    with pytest.raises(NotVisibleError, match="'x' is covered; bring it to the front"):
        uncovered(picture(), GAME, [Box(-1800, 100, 100, 100)], "x")
    uncovered(picture(), GAME, [Box(-1800, 100, 90, 100)] * 3, "x")

"""The locator's maps."""

import pytest
import torch

from balatro.config.shapes import FRAME_PIXELS, FRAME_STEP
from balatro.models.locator import FRAME_SIZES, Locator, thin
from balatro.utils.cells import cell_grid

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def locator() -> Locator:
    torch.manual_seed(0)
    return Locator().eval()


def test_size_of_the_network(locator: Locator) -> None:
    assert 150_000 <= sum(weights.numel() for weights in locator.parameters()) <= 300_000


@pytest.mark.parametrize(("height", "width"), [(288, 512), (320, 512), (32, 64), (128, 96)])
def test_any_multiple_of_32(locator: Locator, height: int, width: int) -> None:
    with torch.no_grad():
        heat, corners, smaller = locator(torch.randint(0, 256, (1, height, width, 3), dtype=torch.uint8))
    cells = len(cell_grid(width, height)[0])
    assert heat.shape == (1, cells) and corners.shape == (1, 8, cells) and smaller.shape == (1, height // 8, width // 8)
    assert 0 <= float(heat.min()) and float(heat.max()) <= 1


def test_frames_that_are_trained_on_have_as_many_cells() -> None:
    assert {len(cell_grid(*size)[0]) for size in FRAME_SIZES} == {12096}
    assert all(
        width * height == FRAME_PIXELS and width % FRAME_STEP == height % FRAME_STEP == 0 for width, height in FRAME_SIZES
    )


def test_a_cell_sees_farther_than_a_card(locator: Locator) -> None:
    frame = torch.full((1, 288, 512, 3), 128, dtype=torch.uint8)
    other = frame.clone()
    other[:, 100:188, 340:380] = 255  # two cards to the right of the middle
    change = (locator.maps(frame)[0] - locator.maps(other)[0]).abs()[0]
    assert change[36 * 128 + 64] > 0


def test_thin_keeps_only_peaks() -> None:
    heat = torch.tensor([[0.1, 0.2, 0.1, 0.6, 0.5], [0.2, 0.9, 0.3, 0.1, 0.2]])[None, None]
    assert torch.equal(thin(heat)[0, 0], torch.tensor([[0, 0, 0, 0.6, 0], [0, 0.9, 0, 0, 0]]))

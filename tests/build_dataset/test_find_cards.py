import numpy as np
import pytest

from balatro.build_dataset import find_cards as f
from balatro.build_dataset.regions import Area, Regions, area_quads
from tests.build_dataset.drawn_tables import lay, table

COLOURS = [(30, 90, 60), (5, 5, 5), (250, 250, 250), (120, 60, 30), (200, 30, 40)]


def spread(colour: tuple[int, int, int], turned: float) -> tuple[np.ndarray, np.ndarray]:
    """Six cards in two rows, and their corners in reading order."""
    rng = np.random.default_rng(3)
    picture = table(colour)
    quads = [
        lay(picture, seed, 90 + 200 * (seed % 3), 95 + 170 * (seed // 3), width=70 + 10 * (seed % 3), turned=turned)
        for seed in range(6)
    ]
    noisy = picture + rng.normal(0, 2, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), np.array(quads)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("turned", [0, -14, 22])
def test_classic_finds_cards_on_a_plain_table(colour: tuple[int, int, int], turned: float) -> None:
    picture, quads = spread(colour, turned)
    found = f.classic(picture)
    assert found.shape == quads.shape
    order = [int(np.abs(quads.mean(1) - quad.mean(0)).sum(1).argmin()) for quad in found]
    assert sorted(order) == list(range(6))
    assert np.abs(found - quads[order]).max() < 6


def test_classic_finds_nothing_on_a_bare_table_and_on_noise() -> None:
    rng = np.random.default_rng(0)
    for picture in (table(), rng.integers(0, 256, (200, 300, 3), np.uint8), np.zeros((8, 8, 3), np.uint8)):
        assert f.classic(picture).shape == (0, 4, 2)


def test_classic_works_on_large_pictures() -> None:
    picture = table(size=(2400, 1400))
    quad = lay(picture, 1, 1200, 700, width=400, turned=5)
    (found,) = f.classic(picture)
    assert np.abs(found - quad).max() < 15


def test_regions_are_cut_where_something_lies() -> None:
    picture = table()
    regions = Regions(areas=(Area("row", (0.1, 0.2, 0.6, 0.4), 3), Area("empty", (0.75, 0.2, 0.2, 0.4))))
    quads = area_quads(regions, 640, 360)
    for seed, quad in enumerate(quads[:3]):
        lay(picture, seed, *quad.mean(0), width=(quad[1] - quad[0])[0])
    assert np.array_equal(f.in_regions(regions)(picture), quads[:3])


@pytest.mark.parametrize("shape", [(2, 2, 3), (360, 1, 3), (3000, 20, 3)])
def test_regions_in_pictures_of_any_shape(shape: tuple[int, int, int]) -> None:
    found = f.in_regions(Regions(areas=(Area("row", (0.9, 0.9, 0.1, 0.1), 3),)))(np.zeros(shape, np.uint8))
    assert found.shape == (0, 4, 2)
    assert f.in_regions(Regions())(np.zeros(shape, np.uint8)).shape == (0, 4, 2)


def test_crops_have_the_size_on_screen_and_a_margin() -> None:
    picture = table()
    quad = lay(picture, 2, 300, 180, width=80, turned=17)
    (crop,) = f.cut(picture, quad[None])
    assert crop.shape == (round(80 * 95 / 71 * 1.08), round(80 * 1.08), 3)
    straight = table()
    same = lay(straight, 2, 300, 180, width=80)
    (expected,) = f.cut(straight, same[None])
    assert np.abs(crop.astype(int) - expected)[6:-6, 6:-6].mean() < 6
    assert tuple(crop[0, 0]) == (30, 90, 60)


def test_crops_of_absurd_quads_stay_small() -> None:
    quads = np.array([[[0, 0], [9e4, 0], [9e4, 2e4], [0, 2e4]], [[5, 5], [5, 5], [5, 5], [5, 5]]], np.float32)
    huge, tiny = f.cut(table(), quads)
    assert max(huge.shape) <= f.MAX_SIDE and tiny.shape == (8, 8, 3)


def test_cards_cut_off_by_the_edge_or_too_small_are_left_out() -> None:
    def box(left: float, top: float, width: float, height: float) -> list[list[float]]:
        return [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]

    quads = np.array(
        [box(10, 10, 60, 80), box(-20, 10, 60, 80), box(-2, 10, 60, 80), box(600, 10, 60, 80), box(50, 50, 20, 30)]
    )
    assert f.whole_cards(quads, 640, 360).tolist() == quads[[0, 2]].tolist()
    assert f.whole_cards(np.zeros((0, 4, 2)), 640, 360).shape == (0, 4, 2)

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.build_dataset import regions as r
from balatro.errors import BalatroError, SettingsError
from balatro.utils.files import read_json, write_json

sides = st.floats(0.01, 0.5)
boxes = st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), sides, sides)
areas = st.builds(r.Area, st.text("abcé ×", max_size=8), boxes, st.integers(1, r.MAX_CARDS))


@settings(max_examples=30, deadline=None)
@given(regions=st.builds(r.Regions, boxes, st.lists(areas, max_size=5).map(tuple), st.just({"later": [1]})))
def test_what_is_saved_is_read_again(regions: r.Regions, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = r.save_regions(regions, tmp_path_factory.mktemp("regions") / "regions.json")
    read = r.load_regions(path)
    assert read.screen == pytest.approx(regions.screen, abs=1e-5)
    assert [(area.name, area.cards) for area in read.areas] == [(area.name, area.cards) for area in regions.areas]
    assert [x for area in read.areas for x in area.box] == pytest.approx([x for a in regions.areas for x in a.box], abs=1e-5)
    assert read.more == {"later": [1]}
    assert r.load_regions(r.save_regions(read, path)) == read


def test_without_a_file_the_usual_places_hold() -> None:
    assert r.load_regions() is r.DEFAULT
    assert r.checked(r.DEFAULT) is r.DEFAULT


def test_the_file_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert r.save_regions(r.DEFAULT) == tmp_path / "data" / "regions.json"
    assert r.load_regions() == r.DEFAULT


@pytest.mark.parametrize(
    ("saved", "fault"),
    [
        ([], "a list"),
        ({"areas": 3}, "expected a list"),
        ({"areas": [3]}, "an area is a int"),
        ({"areas": [{"name": 3, "box": [0, 0, 1, 1]}]}, "expected text"),
        ({"areas": [{"name": "a"}]}, "expected \\[left, top, width, height\\]"),
        ({"areas": [{"name": "a", "box": [0, 0, 1]}]}, "'a'"),
        ({"areas": [{"name": "a", "box": [0, 0, 1, "1"]}]}, "'a'"),
        ({"areas": [{"name": "a", "box": [0.5, 0, 0.6, 1]}]}, "leaves the window"),
        ({"areas": [{"name": "a", "box": [-0.1, 0, 0.5, 1]}]}, "leaves the window"),
        ({"areas": [{"name": "a", "box": [0, 0, 0.5, 0]}]}, "too small"),
        ({"areas": [{"name": "a", "box": [0, 0, 0.5, 1], "cards": 0}]}, "0 cards"),
        ({"areas": [{"name": "a", "box": [0, 0, 0.5, 1], "cards": True}]}, "whole number"),
        ({"screen": [0, 0, 2, 1]}, "screen"),
        ({"areas": [{"name": "a", "box": [0, 0, 0.5, 1]}] * 201}, "at most 200"),
    ],
)
def test_a_wrong_file_is_told_with_a_remedy(saved: object, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "regions.json"
    write_json(path, saved)
    with pytest.raises(SettingsError, match=fault) as told:
        r.load_regions(path)
    assert str(path) in str(told.value) and "--calibrate" in str(told.value) and "\n" not in str(told.value)
    assert read_json(path) == saved


def test_no_json_and_not_a_number(tmp_path: Path) -> None:
    path = tmp_path / "regions.json"
    for text in ('{"areas": [', '{"screen": [NaN, 0, 1, 1]}'):
        path.write_text(text)
        with pytest.raises(BalatroError, match="regions.json"):
            r.load_regions(path)


def test_wrong_regions_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        r.save_regions(r.Regions((0, 0, 1, 2)), tmp_path / "regions.json")
    assert not list(tmp_path.iterdir())


@given(boxes, st.integers(1, 12), st.integers(50, 4000), st.integers(50, 3000))
def test_cards_of_a_row_fill_it_from_end_to_end(box: r.Fractions, cards: int, width: int, height: int) -> None:
    row = r.card_boxes(r.Area("row", box, cards), width, height)
    left, top, wide, high = r.to_pixels(box, width, height)
    assert len(row) == cards
    assert row[0][0] == pytest.approx(left)
    assert row[-1][0] + row[-1][2] == pytest.approx(left + wide)
    assert all((card[1], card[3]) == (top, high) for card in row)
    steps = np.diff([card[0] for card in row])
    assert np.allclose(steps, steps[:1], atol=1e-6)


def test_screen_part_is_the_part_and_never_empty() -> None:
    image = np.arange(100 * 200 * 3, dtype=np.uint32).astype(np.uint8).reshape(100, 200, 3)
    assert r.screen_part(image, r.WHOLE) is image
    assert np.array_equal(r.screen_part(image, (0.25, 0.5, 0.5, 0.5)), image[50:, 50:150])
    assert r.screen_part(image[:3, :3], (0.99, 0.99, 0.005, 0.005)).size


def test_quads_are_clockwise_from_the_top_left() -> None:
    regions = r.Regions(areas=(r.Area("one", (0.1, 0.2, 0.3, 0.4)),))
    assert r.area_quads(regions, 100, 10).tolist() == [[[10, 2], [40, 2], [40, 6], [10, 6]]]
    assert r.area_quads(r.Regions(), 100, 10).shape == (0, 4, 2)

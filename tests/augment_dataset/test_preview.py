from pathlib import Path

import numpy as np
import pytest

from balatro.augment_dataset.generate import find_originals
from balatro.augment_dataset.preview import NUM_ROWS, preview_sheet, write_preview
from balatro.augment_dataset.settings import Settings
from balatro.errors import InputError, SettingsError
from balatro.utils.images import load_image
from balatro.utils.labels import CardLabel
from tests.augment_dataset.tiny_dataset import LABELS, content, draw_card, write_dataset

ROW, COLUMN = 238, 156


def sheet_of(labels: dict[str, CardLabel], settings: Settings) -> np.ndarray:
    return preview_sheet(labels, {key: draw_card(number) for number, key in enumerate(labels)}, settings)


@pytest.mark.parametrize(
    ("settings", "num_columns"),
    [
        (Settings(), 1 + 9 + 3 + 1),
        (Settings(without=()), 1 + 10 + 3 + 1),
        (Settings(without=("flip", "noise"), negative_synthetic=False), 1 + 8 + 3),
        (Settings(editions=("Foil", "Polychrome")), 1 + 9 + 3 + 3),
    ],
)
def test_a_row_for_each_picture_and_a_column_for_each_thing_that_is_done(settings: Settings, num_columns: int):
    sheet = sheet_of(LABELS, settings)
    assert sheet.dtype == np.uint8
    assert sheet.shape[0] - sheet_of(dict(list(LABELS.items())[:3]), settings).shape[0] == 2 * ROW
    assert (sheet.shape[1] - 190) / COLUMN == num_columns


def test_what_a_modifier_does_not_allow_stays_empty():
    labels = {"a.png": CardLabel(name="Egg", modifier="Base"), "b.png": CardLabel(name="DNA", modifier="Negative")}
    sheet = sheet_of(labels, Settings())

    def cell(row: int, column: int) -> np.ndarray:
        return sheet[44 + row * ROW :, 190 + column * COLUMN :][:190, :142]

    def has_felt(part: np.ndarray) -> bool:
        return bool((np.abs(part.astype(int) - (60, 140, 100)).max(-1) < 3).any())

    # original, rotate, crop, resize, perspective, brightness, contrast, blur, noise, compression, three mixes, new Negative
    assert [has_felt(cell(1, column)) for column in range(14)] == [True] * 3 + [False] * 7 + [True] * 3 + [False]
    assert has_felt(cell(0, 13)) and has_felt(cell(0, 4))


def test_the_same_seed_the_same_sheet():
    sheets = [sheet_of(LABELS, Settings(seed=seed)) for seed in (1, 1, 2)]
    assert np.array_equal(sheets[0], sheets[1])
    assert not np.array_equal(sheets[0], sheets[2])


def test_only_the_sheet_is_written(tmp_path: Path):
    labels = {f"{number}.png": CardLabel(name=f"Card {number % 7}", modifier="Base") for number in range(20)} | LABELS
    dataset = write_dataset(tmp_path / "dataset", labels)
    before = content(tmp_path)
    size = write_preview(find_originals(dataset), Settings(), tmp_path / "sheet.png")
    written = content(tmp_path)
    assert set(written) - set(before) == {"sheet.png"}
    sheet = load_image(tmp_path / "sheet.png")
    assert sheet.shape == (size[1], size[0], 3)
    assert (size[1] - 44) / ROW == NUM_ROWS


def test_a_picture_that_cannot_be_read_is_passed_over(tmp_path: Path):
    dataset = write_dataset(tmp_path / "dataset")
    for key in list(LABELS)[1:]:
        (dataset / key).write_bytes(b"no picture")
    assert (write_preview(find_originals(dataset), Settings(), tmp_path / "sheet.png")[1] - 44) / ROW == 1
    (dataset / next(iter(LABELS))).write_bytes(b"no picture")
    with pytest.raises(InputError, match="not a picture"):
        write_preview(find_originals(dataset), Settings(), tmp_path / "sheet.png")


def test_a_sheet_is_a_png(tmp_path: Path):
    dataset = write_dataset(tmp_path / "dataset")
    with pytest.raises(SettingsError, match=r"ends in \.png"):
        write_preview(find_originals(dataset), Settings(), tmp_path / "sheet.jpg")

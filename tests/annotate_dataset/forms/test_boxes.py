"""Cards in boxes on larger pictures, as COCO, Label Studio and YOLO have them: each becomes a picture of its own."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from balatro.annotate_dataset.forms import import_dataset
from balatro.annotate_dataset.forms.boxes import as_shown, cut_card
from balatro.annotate_dataset.store.store import DatasetStore
from balatro.errors import InputError
from balatro.utils.images import load_image
from tests.annotate_dataset.small_data import picture

TURNS = range(1, 9)


def screen_with_card(path: Path, turn: int = 1) -> Path:
    """80x60 pixels when it is shown, with the card picture(3) at (20, 10); stored so that this EXIF orientation shows it."""
    shown = np.zeros((60, 80, 3), np.uint8)
    shown[10:42, 20:44] = picture(3)
    exif = Image.Exif()
    exif[0x0112] = {6: 8, 8: 6}.get(turn, turn)  # back again; all other turns undo themselves
    image = Image.fromarray(shown)
    image.info["exif"] = exif.tobytes()
    stored = ImageOps.exif_transpose(image)
    exif[0x0112] = turn
    path.parent.mkdir(parents=True, exist_ok=True)
    stored.save(path, exif=exif)
    return path


def boxes_of_coco(folder: Path, size: tuple[int, int] | None, box: list[float], name: str = "screen.png") -> None:
    told = {} if size is None else {"width": size[0], "height": size[1]}
    coco = {
        "images": [{"id": 1, "file_name": name, **told}],
        "categories": [{"id": 5, "name": "Pikachu"}],
        "annotations": [{"image_id": 1, "category_id": 5, "bbox": box}],
    }
    (folder / "coco.json").write_text(json.dumps(coco), encoding="utf-8")


def imported(form: str, folder: Path) -> tuple[DatasetStore, Any]:
    store = DatasetStore(folder.parent / "data")
    return store, import_dataset(form, folder, store, "me")


@pytest.mark.parametrize("turn", TURNS)
def test_boxes_turn_with_their_picture(tmp_path: Path, turn: int) -> None:
    numbers = np.arange(15 * 11, dtype=np.uint8).reshape(11, 15)
    exif = Image.Exif()
    exif[0x0112] = turn
    Image.fromarray(numbers).save(tmp_path / "a.png", exif=exif)
    left, top, right, bottom = as_shown((2, 3, 9, 8), (15, 11), turn)
    shown = load_image(tmp_path / "a.png")[..., 0]
    assert set(shown[int(top) : int(bottom), int(left) : int(right)].ravel()) == set(numbers[3:8, 2:9].ravel())


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("sees", ["shown", "stored", "nothing"])
def test_coco_boxes_on_turned_pictures(tmp_path: Path, turn: int, sees: str) -> None:
    screen_with_card(tmp_path / "in/screen.png", turn)
    box, size = [20, 10, 24, 32], (80, 60)
    if sees == "stored" and turn >= 5:
        size = (60, 80)
        x, y = {5: (10, 20), 6: (10, 36), 7: (18, 36), 8: (18, 20)}[turn]
        box = [x, y, 32, 24]
    boxes_of_coco(tmp_path / "in", None if sees == "nothing" else size, box)
    store, done = imported("coco", tmp_path / "in")
    assert done.failures == ()
    assert np.array_equal(load_image(store.dataset / done.pictures[0]), picture(3))


def test_coco_boxes_of_another_picture_are_told(tmp_path: Path) -> None:
    screen_with_card(tmp_path / "in/screen.png")
    boxes_of_coco(tmp_path / "in", (640, 480), [20, 10, 24, 32])
    with pytest.raises(InputError, match="80x60 pixels, but its boxes are told for 640x480"):
        imported("coco", tmp_path / "in")


def test_a_box_around_a_whole_turned_picture_is_the_picture(tmp_path: Path) -> None:
    path = screen_with_card(tmp_path / "screen.png", 6)
    for told in ((60, 80), (80, 60)):
        assert cut_card(path, (0, 0, *told), tmp_path / "cut.png", told).path == path
    assert not (tmp_path / "cut.png").exists()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("..\\..\\label-studio\\media\\upload\\4\\0a1b-a.png", "images/0a1b-a.png"),
        ("C:\\media\\upload\\4\\0a1b-a.png", "images/upload/4/0a1b-a.png"),
        ("/home/me/media/a.png", "a.png"),
        (unicodedata.normalize("NFC", "Séance.png"), unicodedata.normalize("NFD", "images/Séance.png")),
    ],
)
def test_coco_s_pictures_are_found_by_the_paths_of_another_machine(tmp_path: Path, name: str, file: str) -> None:
    screen_with_card(tmp_path / "in" / file)
    boxes_of_coco(tmp_path / "in", None, [20, 10, 24, 32], name)
    store, done = imported("coco", tmp_path / "in")
    assert done.failures == () and np.array_equal(load_image(store.dataset / done.pictures[0]), picture(3))
    assert "\\" not in done.pictures[0]

"""YOLO detection: boxes become cards, and what cannot is told by file and line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from balatro.annotate_dataset.forms import Imported, guess_form, import_dataset
from balatro.annotate_dataset.store.store import DatasetStore
from balatro.errors import InputError
from balatro.utils.images import load_image
from tests.annotate_dataset.forms.test_boxes import screen_with_card
from tests.annotate_dataset.small_data import picture

CARD = "0.4 0.43333333 0.3 0.53333333"
"""Where `screen_with_card` has its card."""


def detection(folder: Path, texts: dict[str, str], names: str = "names: [Egg, DNA]", file: str = "data.yaml") -> Path:
    """A folder with a screen for each text: {"images/a": "0 0.5 ..."}."""
    for place, text in texts.items():
        screen_with_card(folder / f"{place}.png")
        path = folder / (place.replace("images", "labels") + ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / file).write_text(names, encoding="utf-8")
    return folder


def imported(path: Path) -> tuple[DatasetStore, Imported]:
    store = DatasetStore((path if path.is_dir() else path.parent).parent / "data")
    return store, import_dataset(guess_form(path), path, store, "me")


@pytest.mark.parametrize("place", ["images/a.rf.1", "train/images/a.rf.1", "images/train/a.rf.1"])
@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("data.yaml", "nc: 2\nnames: [No, DNA]\n"),
        ("data.yml", "train: x\nnames:\n  0: 'No'\n  1: DNA\n"),
        ("classes.txt", "\ufeffNo\r\nDNA\r\n"),
    ],
)
def test_boxes_are_cut_out(tmp_path: Path, place: str, file: str, names: str) -> None:
    folder = detection(tmp_path / "in", {place: f"0 {CARD}\n\n1 0.5 0.5 1 1\n"}, names, file)
    store, done = imported(folder)
    assert done.failures == ()
    cut, whole = done.pictures
    assert [store.labels[key].name for key in (cut, whole)] == ["No", "DNA"]
    assert cut.endswith("a.rf.1_1.png") and whole.endswith("a.rf.1.png")
    assert np.array_equal(load_image(store.dataset / cut), picture(3))
    assert load_image(store.dataset / whole).shape == (60, 80, 3)


def test_texts_beside_the_pictures_as_labelimg_saves_them(tmp_path: Path) -> None:
    folder = detection(tmp_path / "in", {"a": f"0 {CARD}", "b": f"1 {CARD}"}, "Egg\nDNA\n", "classes.txt")
    assert guess_form(folder) == "yolo"
    store, done = imported(folder)
    assert done.failures == () and [store.labels[key].name for key in done.pictures] == ["Egg", "DNA"]
    assert np.array_equal(load_image(store.dataset / done.pictures[0]), picture(3))


def test_boxes_beside_pictures_are_never_taken_for_pictures_named_by_card(tmp_path: Path) -> None:
    folder = detection(tmp_path / "in", {"a": f"0 {CARD}"}, "Egg\n", "classes.txt")
    (folder / "classes.txt").unlink()
    with pytest.raises(InputError, match="names"):
        imported(folder)
    (folder / "a.txt").write_text("A caption of 5 words", encoding="utf-8")
    assert guess_form(folder) == "named"
    (folder / "a.xml").write_text("<annotation><object><name>Egg</name></object></annotation>", encoding="utf-8")
    assert guess_form(folder) == "voc"


def test_classes_without_boxes_are_no_detection(tmp_path: Path) -> None:
    screen_with_card(tmp_path / "Egg.png")
    for name in ("classes.txt", "notes.txt"):
        (tmp_path / name).write_text("Egg", encoding="utf-8")
    assert guess_form(tmp_path) == "named"


def test_the_data_file_stands_for_its_folder_and_pictures_without_cards_are_none(tmp_path: Path) -> None:
    folder = detection(tmp_path / "in", {"images/a": f"1 {CARD}", "images/b": "\n"})
    (folder / "labels/classes.txt").write_text("other", encoding="utf-8")
    store, done = imported(folder / "data.yaml")
    assert done.failures == () and [label.name for label in store.labels.values()] == ["DNA"]


def test_splits_may_have_pictures_of_one_name(tmp_path: Path) -> None:
    folder = detection(tmp_path / "in", {"train/images/a": f"0 {CARD}", "valid/images/a": f"1 {CARD}"})
    labels = imported(folder)[0].labels
    assert {key: labels[key].name for key in labels} == {"train_images_a_1.png": "Egg", "valid_images_a_1.png": "DNA"}
    assert imported(folder)[1].num_there == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2 0.5 0.5 0.2 0.2", "the class 2 has no name; the names end at 1"),
        ("-1 0.5 0.5 0.2 0.2", "the class -1 has no name"),
        ("0 1.5 0.5 0.2 0.2", "a box at 1.5, 0.5 of 0.2x0.2; expected"),
        ("0 0.95 0.5 0.2 0.2", "a box at 0.95, 0.5 of 0.2x0.2; expected"),
        ("0 32 26 24 32", "a box at 32, 26"),
        ("0 0.5 0.5 0 0.2", "a box at 0.5, 0.5 of 0x0.2"),
        ("0 nan 0.5 0.2 0.2", "a box at nan"),
        ("0 0.5 0.5 0.01 0.01", "expected [left, top, width, height] within it"),
        ("0 0.5 0.5 0.2", "4 values; expected class, x, y, width, height"),
        ("0 0.1 0.1 0.2 0.2 0.3 0.3", "7 values; expected class"),
        ("Egg 0.5 0.5 0.2 0.2", "'Egg 0.5 0.5 0.2 0.2'; expected a class's number"),
    ],
)
def test_lines_that_cannot_be_used_are_told(tmp_path: Path, line: str, told: str) -> None:
    _, done = imported(detection(tmp_path / "in", {"images/a": f"0 {CARD}\n{line}\n"}))
    assert len(done.pictures) == 1
    (failure,) = done.failures
    assert f"{tmp_path / 'in/labels/a.txt'}, line 2: " in failure and told in failure and "\n" not in failure


def test_a_box_that_rounding_brought_over_the_edge_is_taken(tmp_path: Path) -> None:
    store, done = imported(detection(tmp_path / "in", {"images/a": "0 0.9 0.5 0.201 1.001"}))
    assert done.failures == () and load_image(store.dataset / done.pictures[0]).shape == (60, 16, 3)


def test_texts_without_a_picture_are_told(tmp_path: Path) -> None:
    folder = detection(tmp_path / "in", {"images/a": f"0 {CARD}", "images/b": f"0 {CARD}", "images/c": ""})
    (folder / "images/b.png").unlink()
    (folder / "labels/c.txt").write_bytes(b"\xff")
    _, done = imported(folder)
    assert len(done.pictures) == 1
    gone, unreadable = done.failures
    assert f"labels/b.txt: no picture b in {folder / 'images'}" in gone and "c.txt: not readable as text" in unreadable


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("nc: 2", "no names for their classes"),
        ("names: 7", "no names can be read"),
        ("names: {a: b}", "no names can be read"),
        ("names: [a", "no names can be read"),
        ("7", "no names for their classes"),
    ],
)
def test_names_that_are_not_told(tmp_path: Path, names: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        imported(detection(tmp_path / "in", {"images/a": f"0 {CARD}"}, names))
    assert "\n" not in str(caught.value)

"""Named pictures of any game: folders, sets, ImageFolders and tables."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from balatro.errors import InputError, LabelError, SettingsError
from balatro.gallery.references.read import is_card, read_references
from balatro.utils.images import write_png


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_png(folder / name, np.full((40, 30, 3), 90, np.uint8))
    return folder


def told(place: Path, folders: str = "auto") -> list[tuple[str, dict[str, str]]]:
    return [(one.name, dict(one.fields)) for one in read_references(place, folders).references]


def test_a_file_is_called_as_its_card(tmp_path):
    put(tmp_path, "Pikachu.png", "Pikachu__2.png", "Séance (1).png", "愚者.png")
    assert [name for name, _ in told(tmp_path)] == ["Pikachu", "Pikachu", "Séance", "愚者"]


def test_a_folder_is_a_set_unless_its_files_have_no_names(tmp_path):
    put(tmp_path, "LEA/Island.png", "LEA/Forest.png", "Pikachu/0001.png", "Pikachu/IMG_2045.png", "Base/Eevee/eevee_3.png")
    expected = {("Island", "LEA"), ("Forest", "LEA"), ("Pikachu", ""), ("Eevee", "Base")}
    assert {(name, fields.get("set", "")) for name, fields in told(tmp_path)} == expected
    assert {name for name, _ in told(tmp_path, "cards")} == {"LEA", "Pikachu", "Eevee"}
    assert ("0001", {"set": "Pikachu"}) in told(tmp_path, "sets")


@pytest.mark.parametrize(
    ("folder", "stems", "expected"),
    [
        ("Pikachu", ["Pikachu"], True),
        ("Pikachu", ["a3f09c1e77", "scan 4"], True),
        ("Pikachu", ["0001", "holo"], False),
        ("LEA", ["Island"], False),
        ("Mew", ["Mewtwo"], False),
        ("愚者", ["愚者 2"], True),
    ],
)
def test_what_files_say_of_their_folder(folder, stems, expected):
    assert is_card(folder, stems) is expected


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_tells_names_and_all_else_as_fields(tmp_path, separator):
    put(tmp_path, "pics/1.png", "pics/2.png")
    rows = [
        ["File", "Name", "type", "set", "number"],
        ["pics/1.png", "Island", "Land", "LEA", "288"],
        ["pics/9.png", "X", "", "", ""],
    ]
    (tmp_path / "cards.csv").write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    found = read_references(tmp_path)
    [one] = found.references
    assert (one.name, one.type, one.rarity, one.fields) == ("Island", "Land", "", {"set": "LEA", "number": "288"})
    assert len(found.failures) == 1 and "line 3" in found.failures[0] and "pics/9.png" in found.failures[0]


def test_json_is_a_list_or_our_own_labels(tmp_path):
    put(tmp_path, "1.png")
    entry = {"name": "Justice", "modifier": "Reverse Holo", "cluster": 4}
    for table in ([{"picture": "1.png", **entry}], {"1.png": entry}):
        (tmp_path / "labels.json").write_text(json.dumps(table), encoding="utf-8")
        [one] = read_references(tmp_path).references
        assert (one.name, one.type, one.fields) == ("Justice", "", {"modifier": "Reverse Holo"})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no named picture"),
        ({"a.csv": "file,name\n", "b.csv": ""}, "2 tables"),
        ({"a.csv": "x,y\n1,2\n"}, "no column for the picture"),
        ({"a.json": "[3]"}, "expected a list of objects"),
    ],
)
def test_what_is_no_folder_of_cards_is_told(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_references(tmp_path)


def test_what_cannot_be_is_told(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        read_references(tmp_path / "none")
    with pytest.raises(SettingsError, match="auto, sets, cards"):
        read_references(tmp_path, "tree")


def test_pictures_with_boxes_are_no_cards_called_images(tmp_path):
    for folder in ("images", "labels"):
        (tmp_path / "train" / folder).mkdir(parents=True)
    write_png(tmp_path / "train/images/0001.png", np.zeros((4, 3, 3), np.uint8))
    (tmp_path / "train/labels/0001.txt").write_text("0 0.3 0.5 0.2 0.6\n")
    with pytest.raises(LabelError, match="boxes"):
        read_references(tmp_path)

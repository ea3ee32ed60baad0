from pathlib import Path

import pytest

from balatro.utils.errors import InputError
from balatro.utils.files import new_folder, read_json, write_bytes, write_json, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_whole(tmp_path: Path):
    write_text(tmp_path / "deep" / "a.txt", "Séance\n")
    assert (tmp_path / "deep" / "a.txt").read_bytes() == "Séance\n".encode()
    write_json(tmp_path / "deep" / "b.json", {"name": "Séance"})
    assert read_json(tmp_path / "deep" / "b.json") == {"name": "Séance"}
    assert names(tmp_path / "deep") == ["a.txt", "b.json"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path):
    write_bytes(tmp_path / "a", b"old")
    with pytest.raises(TypeError):
        write_bytes(tmp_path / "a", "no bytes")  # type: ignore[arg-type]
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("text", ["{", "", "\x00"])
def test_damaged_json_is_one_line(tmp_path: Path, text: str):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError, match=r"a\.json.*not readable as JSON") as caught:
        read_json(tmp_path / "a.json")
    assert "\n" not in str(caught.value)


def test_a_folder_is_replaced_whole(tmp_path: Path):
    for content in ("old", "new"):
        with new_folder(tmp_path / "deck") as building:
            (building / content).write_text(content)
    assert names(tmp_path) == ["deck"]
    assert names(tmp_path / "deck") == ["new"]


def test_a_failed_folder_leaves_what_was_there(tmp_path: Path):
    with new_folder(tmp_path / "deck") as building:
        (building / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "deck") as building:
        (building / "new").write_text("new")
        raise KeyboardInterrupt
    assert names(tmp_path) == ["deck"]
    assert names(tmp_path / "deck") == ["old"]

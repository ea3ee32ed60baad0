from pathlib import Path

import pytest

from balatro.errors import InputError
from balatro.utils.files import check_place, new_folder, read_json, write_bytes, write_json, write_text


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
        with new_folder(tmp_path / "deck", "mark") as building:
            (building / content).write_text(content)
            (building / "mark").touch()
    assert names(tmp_path) == ["deck"]
    assert names(tmp_path / "deck") == ["mark", "new"]


def test_a_failed_folder_leaves_what_was_there(tmp_path: Path):
    with new_folder(tmp_path / "deck", "old") as building:
        (building / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "deck", "old") as building:
        (building / "new").write_text("new")
        raise KeyboardInterrupt
    assert names(tmp_path) == ["deck"]
    assert names(tmp_path / "deck") == ["old"]


def foreign_place(tmp_path: Path, kind: str) -> Path:
    """A place that holds something of the user's."""
    if kind == "file":
        (tmp_path / "place").write_text("mine")
        return tmp_path / "place"
    folder = tmp_path / "photos" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("mine")
    return {"current": Path(), "parent": Path("..")}.get(kind, folder)


@pytest.mark.parametrize("kind", ["file", "full", "current", "parent"])
def test_only_an_older_folder_of_ours_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str):
    place = foreign_place(tmp_path, kind)
    if kind in ("current", "parent"):
        (tmp_path / "photos" / "mark").touch()
        (tmp_path / "photos" / "deep" / "mark").touch()
        monkeypatch.chdir(tmp_path / "photos" / "deep")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="name a") as caught:
        check_place(place, "mark")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError), new_folder(place, "mark"):
        pytest.fail("the long work must not begin")
    assert sorted(tmp_path.rglob("*")) == before


def test_what_came_in_the_meantime_is_not_replaced(tmp_path: Path):
    with pytest.raises(InputError, match="not empty"), new_folder(tmp_path / "deck", "mark"):
        (tmp_path / "deck").mkdir()
        (tmp_path / "deck" / "mine").touch()
    assert names(tmp_path) == ["deck"]
    assert names(tmp_path / "deck") == ["mine"]


def test_an_empty_folder_may_be_filled(tmp_path: Path):
    (tmp_path / "deck").mkdir()
    with new_folder(tmp_path / "deck", "mark") as building:
        (building / "mark").touch()
    assert names(tmp_path / "deck") == ["mark"]


def test_what_is_to_be_kept_of_an_older_folder_stays(tmp_path: Path):
    for name in ("mark", "pictures/a.png", "other"):
        write_bytes(tmp_path / "model" / name, b"old")
    with new_folder(tmp_path / "model", "mark", keep=("pictures", "none")) as building:
        write_bytes(building / "mark", b"new")
    assert names(tmp_path / "model") == ["mark", "pictures"] and (tmp_path / "model" / "mark").read_bytes() == b"new"
    assert (tmp_path / "model" / "pictures" / "a.png").read_bytes() == b"old" and names(tmp_path) == ["model"]

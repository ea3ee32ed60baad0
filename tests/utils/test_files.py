import signal
import subprocess
import sys
from pathlib import Path

import pytest

from balatro.errors import InputError
from balatro.utils import files
from balatro.utils.files import check_place, new_folder, put_back, read_json, write_bytes, write_json, write_text


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
    replace_a_folder(tmp_path)
    assert names(tmp_path) == ["deck"]


def replace_a_folder(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with new_folder(tmp_path / "deck", "mark") as building:
            (building / content).write_text(content)
            (building / "mark").touch()
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


KILLED = """
import os, signal, sys
from pathlib import Path
from balatro.utils import files

def die(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)

real, done = Path.replace, []

def replace(self, target):
    if len(done) == int(sys.argv[3]):
        die()
    done.append(target)
    return real(self, target)

Path.replace = replace
files.shutil.rmtree = die
if sys.argv[2] == "two":
    files._exchange = lambda one, other: False
with files.new_folder(Path(sys.argv[1]), "mark") as building:
    (building / "mark").write_text("new")
"""


def kill_while_replacing(folder: Path, way: str, renames: int) -> None:
    """Replace a folder in a process that is killed after so many renames, or before it removes the older one."""
    write_text(folder / "mark", "old")
    words = [sys.executable, "-c", KILLED, str(folder), way, str(renames)]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize(("renames", "there"), [(0, "old"), (1, "old"), (2, "new"), (3, "new")])
def test_whenever_it_is_killed_one_of_the_two_is_there_to_be_read(tmp_path: Path, renames: int, there: str):
    folder = tmp_path / "deck"
    kill_while_replacing(folder, "two", renames)
    assert folder.exists() == (renames != 1)  # between the two renames nothing is there
    put_back(folder)
    assert (folder / "mark").read_text() == there


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders in one step")
def test_on_linux_nothing_is_ever_missing(tmp_path: Path):
    folder = tmp_path / "deck"
    kill_while_replacing(folder, "exchange", 0)
    assert (folder / "mark").read_text() == "new"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_the_next_write_goes_on_from_what_is_put_back(tmp_path: Path):
    folder = tmp_path / "deck"
    kill_while_replacing(folder, "two", 1)
    with pytest.raises(KeyboardInterrupt), new_folder(folder, "mark"):
        raise KeyboardInterrupt
    assert (folder / "mark").read_text() == "old"
    assert names(tmp_path) == [".deck.lock", "deck"]


def test_what_others_left_is_not_put_back(tmp_path: Path):
    for name in (".deck.old", ".deck.a.b.old", ".other.abc.old", ".deck.abc.part"):
        write_text(tmp_path / name / "mark", "x")
    put_back(tmp_path / "deck")
    put_back(tmp_path / "nowhere" / "deck")
    assert not (tmp_path / "deck").exists()


def test_two_renames_do_when_the_system_cannot_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    replace_a_folder(tmp_path)
    assert names(tmp_path) == [".deck.lock", "deck"]

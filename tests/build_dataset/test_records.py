"""A JSON object that is valid at every moment of its growth."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.build_dataset import records
from balatro.build_dataset.records import PAGE, RecordFile, encode_member, write_records
from balatro.errors import InputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seen.json"


def holds(path: Path) -> dict[str, object]:
    return json.loads(path.read_text())


@given(st.lists(st.text(max_size=30), max_size=40, unique=True), st.sampled_from([0, 300, 2000, 5000]))
@settings(max_examples=25, deadline=None)
def test_what_is_appended_is_there(tmp_path_factory: pytest.TempPathFactory, keys: list[str], length: int) -> None:
    path = tmp_path_factory.mktemp("records") / "seen.json"
    write_records(path, {})
    file = RecordFile(path)
    members = {}
    for key in keys:
        members[key] = {"key": key, "blanks": "x" * length}
        file.append(key, members[key])
        assert holds(path) == members
    file.close()


@pytest.mark.parametrize(
    "text", ["{}", " {\n}\n\n\t ", '{"a": {}}', '{"a": {"b": "}"}\n}', '{"a": {"b": [1, {"c": "{"}]} ' + " " * 9000 + "}"]
)
def test_any_valid_object_is_continued(path: Path, text: str) -> None:
    path.write_text(text)
    file = RecordFile(path)
    for number in range(3):
        file.append(str(number), {"n": number})
    file.close()
    assert holds(path) == {**json.loads(text), **{str(number): {"n": number} for number in range(3)}}


def grown(path: Path, rng: np.random.Generator, count: int) -> list[tuple[int, int]]:
    """Append to a file; where and how much was written in place."""
    file, writes = RecordFile(path), []

    class Spy:
        def __init__(self, real):  # type: ignore[no-untyped-def]
            self.real = real

        def write(self, data: bytes) -> int:
            writes.append((self.real.tell(), len(data)))
            return self.real.write(data)

        def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
            return getattr(self.real, name)

    for number in range(count):
        if not isinstance(file._file, Spy):  # a new one after each growth
            file._file = Spy(file._file)  # type: ignore[assignment]
        file.append(f"card{number}", {"x": "y" * int(rng.integers(0, 1500))})
    file.close()
    return writes


def test_every_write_stays_within_a_page(path: Path) -> None:
    write_records(path, {})
    writes = grown(path, np.random.default_rng(0), 200)
    assert len(writes) > 150
    assert all(place // PAGE == (place + length - 1) // PAGE for place, length in writes)


def test_whatever_pages_a_power_cut_takes_the_rest_is_valid(path: Path) -> None:
    """Each page that was written in place is on the disk as it was, or as it is."""
    write_records(path, {"first": {}})
    before = path.read_bytes()
    rng = np.random.default_rng(1)
    grown(path, rng, 60)
    after = path.read_bytes()
    assert len(after) == len(before)  # else it was written whole
    for _ in range(100):
        pages = [(after if rng.random() < 0.5 else before)[at : at + PAGE] for at in range(0, len(after), PAGE)]
        assert "first" in json.loads(b"".join(pages))


def test_first_member_is_written_with_a_whole_file(path: Path) -> None:
    write_records(path, {})
    assert grown(path, np.random.default_rng(0), 1) == []
    assert list(holds(path)) == ["card0"]


def test_cost_of_growth_is_shared(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_records(path, {})
    written = []
    monkeypatch.setattr(records, "write_bytes", lambda path, data: (written.append(len(data)), path.write_bytes(data)))
    file = RecordFile(path)
    for number in range(3000):
        file.append(f"card{number}", {"x": "y" * 900})
    file.close()
    assert sum(written) < 6 * path.stat().st_size
    assert len(holds(path)) == 3000


def test_other_writers_are_noticed(path: Path) -> None:
    write_records(path, {"a": {}})
    file = RecordFile(path)
    file.append("b", {})
    file.check()
    write_records(path, {"c": {}})
    with pytest.raises(InputError, match="changed by another program"):
        file.check()
    path.unlink()
    with pytest.raises(InputError, match="changed by another program"):
        file.check()
    file.close()


def test_closed_files_take_nothing(path: Path) -> None:
    write_records(path, {})
    file = RecordFile(path)
    file.close()
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.append("a", {})


def test_a_file_of_blanks_is_refused(path: Path) -> None:
    path.write_text("  \n")
    with pytest.raises(InputError, match="no JSON object"):
        RecordFile(path)


def test_members_are_ascii_lines() -> None:
    assert encode_member("é\n", {"a": "ü"}) == b'\n"\\u00e9\\n": {"a": "\\u00fc"}'

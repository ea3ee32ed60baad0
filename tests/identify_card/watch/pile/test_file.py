"""The CSV of a pile: a row a card, whole at any moment, and gone on with."""

from __future__ import annotations

import csv
import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from balatro.errors import InputError
from balatro.identify_card.card import Card, Guess
from balatro.identify_card.watch.pile.file import PileFile

LEA = {"set": "LEA", "number": "288"}
ISLAND = Card("island", "Island", "", "", "", True, 0.98765, 0.0, (0, 0, 1, 1), ((0, 0),) * 4, (), fields=LEA)
LEB = replace(ISLAND, fields={"set": "LEB", "number": "289"})
ART = (Guess("island", "Island", 0.6, LEA), Guess("island_2", "Island", 0.4, LEB.fields))
EITHER = replace(ISLAND, fields={}, printings=ART)
COLUMNS = ["time", "name", "set", "number", "printings", "count", "seconds", "confidence"]


def pile_file(path: Path, fields: tuple[str, ...] = ("set", "number"), has_modifier: bool = False) -> PileFile:
    return PileFile(path, fields, has_modifier, clock=lambda: "2026-11-30T08:15:02+01:00")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pile.csv"


def test_a_row_a_card(path: Path) -> None:
    with pile_file(path) as file:
        assert file.columns == COLUMNS
        counted = [file.add(card, 1.5) for card in (ISLAND, ISLAND, LEB, EITHER)]
    assert [one.count for one in counted] == [1, 2, 1, 1]
    assert [row["count"] for row in rows(path)] == ["1", "2", "1", "1"]
    assert rows(path)[0] == {
        "time": "2026-11-30T08:15:02+01:00",
        "name": "Island",
        "set": "LEA",
        "number": "288",
        "printings": "",
        "count": "1",
        "seconds": "1.500",
        "confidence": "0.9877",
    }
    assert rows(path)[3]["printings"] == "LEA 288; LEB 289" and rows(path)[3]["set"] == ""
    assert counted[1].to_text() == "Island [LEA] [288]  2"
    assert file.line() == f"{path}: 4 cards, 3 different ones"


def test_each_row_is_there_at_once(path: Path) -> None:
    with pile_file(path) as file:
        assert path.read_text() == ",".join(COLUMNS) + "\n"
        file.add(ISLAND, 0.0)
        assert len(rows(path)) == 1


def test_a_run_goes_on_where_another_has_stopped(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for count in (1, 2, 3):
        with pile_file(path) as file:
            assert file.add(ISLAND, 0.0).count == count
            assert file.total == count and file.kinds == 1
    assert [row["count"] for row in rows(path)] == ["1", "2", "3"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("cut", range(1, 57))
def test_half_a_row_is_taken_off(path: Path, cut: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pile_file(path) as file:
        file.add(ISLAND, 0.0)
        file.add(LEB, 1.0)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with pile_file(path) as file:
        kept = file.total
        assert file.add(LEB, 1.0).count == kept  # the row that was cut is there again, or was whole but for its end
    found = rows(path)
    assert all(None not in row and None not in row.values() for row in found)
    assert (kept, len(found)) == ((2, 3) if cut == 1 else (1, 2))
    assert ("its last row was not whole, and is taken off" in capsys.readouterr().err) is (cut > 1)


@pytest.mark.parametrize("length", range(len(",".join(COLUMNS))))
def test_half_a_head_is_made_anew(path: Path, length: int) -> None:
    path.write_text(",".join(COLUMNS)[:length])
    with pile_file(path) as file:
        file.add(ISLAND, 0.0)
    assert [row["name"] for row in rows(path)] == ["Island"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("time,name,printings,count,seconds,confidence\n", "its columns are time, name, printings.*name another file"),
        ("dear diary", "its columns are dear diary"),
        ("dear diary\nyesterday", "its columns are dear diary"),
        (",".join(COLUMNS) + "\nIsland\n", "row 2 has 1 cells, the first 8; mend it"),
        (b"\xff\xfe\n", "no CSV in UTF-8"),
    ],
)
def test_what_is_no_pile_stays_as_it_is(path: Path, text: str | bytes, match: str) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(data)
    with pytest.raises(InputError, match=match) as caught:
        pile_file(path)
    assert path.read_bytes() == data and "\n" not in str(caught.value)


def test_a_spreadsheet_may_have_saved_it(path: Path) -> None:
    with pile_file(path) as file:
        file.add(ISLAND, 0.0)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    with pile_file(path) as file:
        assert file.add(ISLAND, 0.0).count == 2


def test_columns_of_a_game_that_are_called_as_ours(path: Path) -> None:
    card = replace(ISLAND, modifier="Foil", fields={"count": "12", "modifier": "old"})
    with pile_file(path, ("count", "modifier"), has_modifier=True) as file:
        file.add(card, 0.0)
        assert file.columns[2:5] == ["modifier", "count_", "modifier_"]
    assert (rows(path)[0]["modifier"], rows(path)[0]["count_"], rows(path)[0]["count"]) == ("Foil", "12", "1")


@pytest.mark.parametrize("name", ["Two\nlines", 'A "quoted", one', "皮卡丘", "=SUM(A1)", "a\r\nb"])
def test_any_name_is_one_line(path: Path, name: str) -> None:
    for count in (1, 2):
        with pile_file(path) as file:
            assert file.add(replace(ISLAND, name=name), 0.0).count == count
    assert len(path.read_bytes().splitlines()) == 3
    assert [row["name"] for row in rows(path)] == [" ".join(name.split())] * 2


def test_a_full_disk_leaves_no_half_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(handle: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pile_file(path) as file:
        file.add(ISLAND, 0.0)
        before = path.read_bytes()
        monkeypatch.setattr("os.fsync", no_room)
        with pytest.raises(InputError, match="a row cannot be written .*No space left on device.*free the disk"):
            file.add(ISLAND, 1.0)
        assert path.read_bytes() == before and file.total == 1

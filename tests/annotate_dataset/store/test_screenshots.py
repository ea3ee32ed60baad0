"""Folders of pictures and the groups they were captured in."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from balatro.annotate_dataset.store.screenshots import PictureFolder, can_be_key, named_group, natural
from tests.annotate_dataset.small_data import write_pictures

ENTRY = {"filename": "a.png", "cluster": 3, "card_group": 4, "ph": "00", "colour": [1, 2]}


@pytest.mark.parametrize(
    "seen",
    [
        [ENTRY],
        {"a.png": {"cluster": 3, "card_group": 4}},
        {"a.png": ENTRY},
        {"format": 1, "next_id": 7, "cards": [ENTRY]},
        {"format": 1, "pictures": {"a.png": ENTRY}},
    ],
)
def test_groups_of_seen_hashes(tmp_path: Path, seen: Any) -> None:
    write_pictures(tmp_path, {"a.png": (0, 0), "cluster7_card8_id9.png": (1, 0)})
    (tmp_path / "seen_hashes.json").write_text(json.dumps(seen), encoding="utf-8")
    folder = PictureFolder(tmp_path)
    assert folder.refresh() and not folder.refresh()
    assert folder.groups == {"a.png": (3, 4), "cluster7_card8_id9.png": (7, 8)} and not folder.findings


@pytest.mark.parametrize(
    "text", ["{", "\xff", "[[[[", '{"a.png": {"cluster": "x", "card_group": true}}', "7", '{"b.png": {"cluster": 1}}']
)
def test_damaged_seen_hashes_are_told_and_left(tmp_path: Path, text: str) -> None:
    write_pictures(tmp_path, {"a.png": (0, 0)})
    path = tmp_path / "seen_hashes.json"
    path.write_text(text, encoding="latin-1")
    folder = PictureFolder(tmp_path)
    folder.refresh()
    assert folder.groups == {"a.png": (None, None)} and path.read_text(encoding="latin-1") == text
    valid = text.startswith(('{"', "7"))
    assert ("until then, groups are those of the file names" in " ".join(folder.findings)) is not valid


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("cluster5_card17_id302.png", (5, 17)),
        ("run/cluster5_card17_id302_aug1.png", (5, 17)),
        ("cluster5_card17.png", (5, 17)),
        ("Pikachu.png", (None, None)),
        ("cluster5_card17x.png", (None, None)),
    ],
)
def test_groups_of_names(key: str, group: tuple[int | None, int | None]) -> None:
    assert named_group(key) == group


def test_pictures_of_sub_folders_in_natural_order(tmp_path: Path) -> None:
    write_pictures(
        tmp_path, {"b/10.png": (0, 0), "b/9.png": (0, 1), "a.png": (0, 2), ".hidden.png": (0, 3), ".trash/x.png": (0, 4)}
    )
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    folder = PictureFolder(tmp_path)
    folder.refresh()
    assert folder.keys == ("a.png", "b/9.png", "b/10.png")
    write_pictures(tmp_path, {"b/11.png": (0, 5)})
    assert folder.refresh() and len(folder.keys) == 4
    assert sorted(["id10", "id9", "x"], key=natural) == ["id9", "id10", "x"]


@pytest.mark.parametrize(("key", "good"), [("a b/é.png", True), ("a:b.png", False), ("a\\b.png", False), ("\udc80.png", False)])
def test_impossible_names(key: str, good: bool) -> None:
    assert can_be_key(key) is good


@pytest.mark.parametrize("sub", ["", "run/"])
def test_a_picture_saved_while_the_folder_is_read_is_seen_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sub: str
) -> None:
    write_pictures(tmp_path, {f"{sub}a.png": (0, 0)})
    for place in (tmp_path, tmp_path / sub):
        os.utime(place, (1, 1))
    scandir = os.scandir

    def late(place: Any) -> Any:
        entries = list(scandir(place))
        if Path(place) == tmp_path / sub and not (tmp_path / sub / "late.png").exists():
            write_pictures(tmp_path, {f"{sub}late.png": (1, 0)})
        return entries

    monkeypatch.setattr(os, "scandir", late)
    folder = PictureFolder(tmp_path)
    assert folder.refresh() and folder.keys == (f"{sub}a.png",)
    assert folder.refresh() and folder.keys == (f"{sub}a.png", f"{sub}late.png")


def test_a_picture_saved_in_the_tick_of_the_last_change_is_seen(tmp_path: Path) -> None:
    write_pictures(tmp_path, {"a.png": (0, 0)})
    now = time.time_ns()
    os.utime(tmp_path, ns=(now, now))
    folder = PictureFolder(tmp_path)
    folder.refresh()
    write_pictures(tmp_path, {"b.png": (1, 0)})
    os.utime(tmp_path, ns=(now, now))  # as a coarse clock tells it
    assert folder.refresh() and folder.keys == ("a.png", "b.png")


def test_groups_written_while_the_folder_is_read_are_seen_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tmp_path, {"a.png": (0, 0)})
    os.utime(tmp_path, (1, 1))
    folder = PictureFolder(tmp_path)
    read = folder._read_groups

    def late() -> Any:
        groups = read()
        (tmp_path / "seen_hashes.json").write_text(json.dumps([ENTRY]), encoding="utf-8")
        return groups

    monkeypatch.setattr(folder, "_read_groups", late)
    folder.refresh()
    assert folder.groups == {"a.png": (None, None)}
    assert folder.refresh() and folder.groups == {"a.png": (3, 4)}

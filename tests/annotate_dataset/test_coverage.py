"""What a dataset has, what it lacks, and the same as lines and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from balatro.annotate_dataset.coverage import coverage, to_capture
from balatro.annotate_dataset.stats import stats_json, stats_lines
from balatro.annotate_dataset.store.store import Accept, DatasetStore, Reject
from balatro.config.cards import CATALOGUE
from balatro.config.modifiers import MODIFIERS
from tests.annotate_dataset.small_data import key_of, small_data


@pytest.fixture
def store(tmp_path: Path) -> DatasetStore:
    store = DatasetStore(small_data(tmp_path, num=8))
    told = [("Egg", "Base"), ("Egg", "Base"), ("Egg", "Foil"), ("The Sun", "Base"), ("DNA", "")]
    store.accept([Accept(key_of(n), name, modifier) for n, (name, modifier) in enumerate(told)], "me")
    store.accept([Reject(key_of(7))], "me")
    return store


def test_counts(store: DatasetStore) -> None:
    covered = coverage(store)
    assert (covered.labelled, covered.unlabelled, covered.aside, covered.total) == (5, 2, 1, 8)
    assert covered.table.shape == (202, 5) and covered.modifiers == MODIFIERS
    assert covered.row("Egg") == {"Base": 2, "Foil": 1, "Holographic": 0, "Polychrome": 0, "Negative": 0}
    assert covered.names_by_type == {"Joker": 1, "Tarot": 1} and covered.num_expected_by_type["Joker"] == 150
    assert covered.names_by_modifier["Base"] == 2 and covered.pictures_by_modifier["Base"] == 3
    assert (covered.num_names, covered.num_unknown) == (2, 1)
    assert len(covered.holes) == 202 * 5 - 3 and ("Egg", "Foil") not in covered.holes


def test_what_to_capture_next(store: DatasetStore) -> None:
    wanted = to_capture(coverage(store), limit=10_000)
    assert len(wanted) == 200 + 1 + 3  # cards without a picture, the Sun with one, Egg's other modifiers
    assert (wanted[0].name, wanted[0].modifier, wanted[0].why) == (CATALOGUE[0].name, "Base", "no picture at all")
    assert (wanted[200].name, wanted[200].have) == ("The Sun", 1)
    assert {one.modifier for one in wanted[201:]} == {"Holographic", "Polychrome", "Negative"}
    assert len(to_capture(coverage(store))) == 20


def test_another_game_without_modifiers(tmp_path: Path) -> None:
    store = DatasetStore(small_data(tmp_path))
    told = enumerate(["Pikachu", "Pikachu", "raichu"])
    store.accept([Accept(key_of(n), name, type="Electric", new=True) for n, name in told], "me")
    covered = coverage(store)
    assert (covered.names, covered.modifiers, covered.types) == (("Pikachu", "raichu"), ("",), ("Electric", "Electric"))
    assert covered.table.tolist() == [[2], [1]] and covered.names_by_type == {"Electric": 2} and covered.holes == []
    assert [one.name for one in to_capture(covered)] == ["raichu"]
    assert not any("Foil" in line for line in stats_lines(store))


def test_an_empty_folder(tmp_path: Path) -> None:
    store = DatasetStore(tmp_path)
    covered = coverage(store)
    assert (covered.total, covered.num_names, len(covered.holes)) == (0, 0, 1010)
    assert stats_lines(store)[0].endswith("0 labelled, 0 waiting, 0 set aside, 0 in all")
    assert stats_lines(store)[-1] == "next:  balatro annotate     to label the first card"


def test_stats(store: DatasetStore) -> None:
    text = "\n".join(stats_lines(store))
    assert "5 labelled, 2 waiting, 1 set aside, 8 in all" in text
    assert "names: 2 (1 of 150 Joker, 1 of 22 Tarot, 0 of 12 Planet, 0 of 18 Spectral)" in text
    assert "without a name or a modifier: 1 picture\n" in text
    assert "names by modifier: Base 2 (3 pictures), Foil 1 (1 picture), Holographic 0 (0 pictures)" in text
    told = json.loads(json.dumps(stats_json(store)))
    assert (told["labelled"], told["total"], told["missing_files"], len(told["next"])) == (5, 8, 0, 5)

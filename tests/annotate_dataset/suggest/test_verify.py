"""Looking through a dataset: by name and modifier, and what is suspicious first."""

from __future__ import annotations

from pathlib import Path

import pytest

from balatro.annotate_dataset.store.store import Accept, DatasetStore, Relabel
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.annotate_dataset.suggest.rankings import PAIRS, RANKINGS, UNIQUE, rankings
from balatro.annotate_dataset.suggest.verify import CHECKS, WHYS, cards, missing, see, suspicious
from balatro.errors import SettingsError
from tests.annotate_dataset.small_data import fake_encoder, key_of, small_data, write_pictures

NAMES = ("Egg", "DNA", "The Sun")


@pytest.fixture
def store(tmp_path: Path) -> DatasetStore:
    """Four pictures of each of three cards, all labelled rightly."""
    store = DatasetStore(small_data(tmp_path, num=12))
    store.accept([Accept(key_of(n), NAMES[n % 3], "Base") for n in range(12)], "me")
    return store


@pytest.fixture
def prefiller(store: DatasetStore) -> Prefiller:
    return Prefiller(store, encoder=fake_encoder(heads=True))


def test_cards_by_name_and_modifier(store: DatasetStore) -> None:
    store.accept([Relabel(key_of(3), modifier="Negative"), Relabel(key_of(9), modifier="Foil")], "me")
    found = [(one.name, one.modifier, one.type, one.rarity, len(one.pictures)) for one in cards(store)]
    assert found == [
        ("DNA", "Base", "Joker", "Rare", 4),
        ("Egg", "Base", "Joker", "Common", 2),
        ("Egg", "Foil", "Joker", "Common", 1),
        ("Egg", "Negative", "Joker", "Common", 1),
        ("The Sun", "Base", "Tarot", "", 4),
    ]
    assert cards(store)[1].pictures == (key_of(0), key_of(6)) and not cards(store)[1].missing


def test_nothing_is_suspicious_about_right_labels(store: DatasetStore, prefiller: Prefiller) -> None:
    assert suspicious(store, prefiller) == []
    assert suspicious(store) == []


def test_a_wrong_name_is_found_and_mended(store: DatasetStore, prefiller: Prefiller) -> None:
    wrong = key_of(4)
    store.accept([Relabel(wrong, name="Egg")], "me")
    found = suspicious(store, prefiller)
    assert found[0].picture == wrong or found[0].other == wrong
    disagrees = next(one for one in found if one.kind == "disagrees")
    assert disagrees.picture == wrong and "looks like DNA" in disagrees.why and disagrees.proposal is not None
    assert wrong in [one.picture for one in found if one.kind == "apart"]
    store.accept([disagrees.proposal], "me")
    assert suspicious(store, prefiller) == []


def test_near_duplicates_with_two_labels(store: DatasetStore, prefiller: Prefiller) -> None:
    store.accept([Relabel(key_of(3), modifier="Negative")], "me")
    found = {one.kind: one for one in suspicious(store, prefiller)}
    assert {found["twins"].picture, found["twins"].other} & {key_of(3)}
    assert "Negative Egg" in found["twins"].why and "Base Egg" in found["twins"].why
    assert found["modifier"].picture == key_of(3) and found["modifier"].proposal == Relabel(key_of(3), modifier="Base")


def test_rankings_begin_with_the_most_alike_pair_and_the_most_unlike_picture(store: DatasetStore, prefiller: Prefiller) -> None:
    store.accept([Relabel(key_of(3), modifier="Negative")], "me")
    write_pictures(store.data_dir / "screenshots", {"alone.png": (7, 0)})
    store.refresh()
    store.accept([Accept("alone.png", "Blueprint", "Base")], "me")
    found = rankings(see(store, prefiller))
    first = {kind: next(one for one in found if one.kind == kind) for kind in RANKINGS}
    assert key_of(3) in (first[PAIRS].picture, first[PAIRS].other) and "Egg" in first[PAIRS].why
    assert first[UNIQUE].picture == "alone.png"
    assert rankings(see(store, None)) == []


def test_missing_files(store: DatasetStore) -> None:
    gone = key_of(5)
    for folder in ("screenshots", "dataset_default"):
        (store.data_dir / folder / gone).unlink()
    store = DatasetStore(store.data_dir)
    assert missing(store) == [gone]
    assert [(one.kind, one.picture) for one in suspicious(store)] == [("missing", gone)]
    assert [one.missing for one in cards(store) if one.missing] == [(gone,)]


def test_names_and_kinds_that_contradict(store: DatasetStore) -> None:
    write_pictures(store.data_dir / "screenshots", {"a.png": (7, 0), "b.png": (8, 0)})
    store.refresh()
    store.accept([Accept("a.png", "Dnaa", new=True), Accept("b.png", "Blueprint")], "me")
    store.accept([Relabel("b.png", type="")], "me")
    found = {one.picture: one for one in suspicious(store, kinds=["catalogue"])}
    assert "nearest are: DNA" in found["a.png"].why and found["a.png"].proposal is None
    assert found["b.png"].why == "Rare, but Blueprint is Rare Joker" and found["b.png"].proposal is not None
    store.accept([found["b.png"].proposal], "me")
    assert [one.picture for one in suspicious(store)] == ["a.png"]


def test_another_game_agrees_with_itself(tmp_path: Path) -> None:
    store = DatasetStore(small_data(tmp_path))
    fire = [Accept(key_of(n), "Charmander", type="Fire", new=True) for n in (0, 3)]
    store.accept([*fire, Accept(key_of(1), "Pikachu", type="Electric", new=True)], "me")
    store.accept([Accept(key_of(2), "Charmander", type="Water", new=True)], "me")
    assert [(one.picture, one.why) for one in suspicious(store)] == [(key_of(2), "Water, but Charmander is Fire")]


def test_kinds() -> None:
    assert list(WHYS) == list(CHECKS) and all(WHYS.values())


def test_an_unknown_kind(store: DatasetStore) -> None:
    with pytest.raises(SettingsError, match="no check is called 'ugly'"):
        suspicious(store, kinds=["ugly"])

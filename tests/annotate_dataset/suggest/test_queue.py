"""What to label next, and what is filled in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from balatro.annotate_dataset.store.store import Accept, DatasetStore, Reject, Relabel, Remove
from balatro.annotate_dataset.suggest import queue as room
from balatro.annotate_dataset.suggest.embeddings import Embeddings
from balatro.annotate_dataset.suggest.queue import (
    MAX_TOGETHER,
    ORDERS,
    Prefill,
    Prefiller,
    accept_above,
    as_actions,
    combine,
    next_groups,
    progress_of,
    vote,
)
from balatro.annotate_dataset.suggest.suggest import Candidate, Reader, Suggestion, suggest, write_suggestions
from balatro.errors import SettingsError
from tests.annotate_dataset.small_data import fake_encoder, key_of, small_data, write_pictures

A, B, C = key_of(0), key_of(1), key_of(2)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatasetStore:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path))
    return DatasetStore(small_data(tmp_path, num=12))


@pytest.fixture
def prefiller(store: DatasetStore) -> Prefiller:
    return Prefiller(store, encoder=fake_encoder())


def prefill(name: str, confidence: float = 0.9, modifier: str = "Base", sure: float = 1.0) -> Prefill:
    candidate = Candidate(name, "Joker", "", confidence, confidence, "")
    return Prefill(name, "Joker", "", modifier, confidence, sure, True, (candidate,), "labels")


def test_one_label_fills_its_likes(store: DatasetStore, prefiller: Prefiller) -> None:
    assert not prefiller.ready and prefiller.about.startswith("label a card")
    prefiller.update()
    assert not any(one.prefilled for one in prefiller.prefills.values())
    store.accept([Accept(A, "Egg", "Foil")], "me")
    prefiller.update()
    filled = {key: (one.name, one.modifier) for key, one in prefiller.prefills.items() if one.prefilled}
    assert filled == {key_of(n): ("Egg", "Foil") for n in (3, 6, 9)}
    best = prefiller.prefills[key_of(3)].candidates[0]
    assert (best.type, best.rarity, best.nearest) == ("Joker", "Common", A) and best.similarity > 0.98
    assert prefiller.ready and prefiller.about == "from 1 labelled picture"


@pytest.mark.parametrize(
    "actions",
    [
        [Accept(B, "DNA", "Base")],
        [Accept(B, "DNA", "Base"), Accept(C, "Blueprint", "Negative"), Reject(key_of(4))],
        [Relabel(A, name="DNA")],
        [Remove(A)],
        [Accept(key_of(3), "Blueprint", "Negative")],
    ],
)
def test_what_is_caught_up_with_is_as_if_made_anew(store: DatasetStore, prefiller: Prefiller, actions: list) -> None:
    store.accept([Accept(A, "Egg", "Foil")], "me")
    prefiller.update()
    store.accept(actions, "me")
    prefiller.update()
    anew = Prefiller(store, encoder=fake_encoder())
    anew.update()
    assert list(prefiller.prefills) == list(anew.prefills) == [picture.key for picture in store.unlabelled()]
    for key, one in anew.prefills.items():
        assert (prefiller.prefills[key].name, prefiller.prefills[key].modifier) == (one.name, one.modifier)
        assert prefiller.prefills[key].confidence == pytest.approx(one.confidence, abs=0.01)


def test_pictures_are_looked_at_once(store: DatasetStore, prefiller: Prefiller, monkeypatch: pytest.MonkeyPatch) -> None:
    prefiller.update()
    looked: list[Path] = []
    monkeypatch.setattr(
        "balatro.annotate_dataset.suggest.embeddings.one_card", lambda path: looked.append(path) or np.zeros((32, 24, 3))
    )
    store.accept([Accept(A, "Egg")], "me")
    again = Prefiller(store, encoder=fake_encoder())
    again.update()
    assert not looked
    write_pictures(store.data_dir / "screenshots", {B: (9, 9), "new.png": (2, 7)})
    third = Prefiller(store, encoder=fake_encoder())
    third.update()
    assert sorted(path.name for path in looked) == sorted([B, "new.png"])


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04half", b"no archive"])
def test_a_damaged_cache_is_made_anew(store: DatasetStore, prefiller: Prefiller, damage: bytes) -> None:
    prefiller.update()
    (cache,) = (store.data_dir / "cache").iterdir()
    good = cache.read_bytes()
    cache.write_bytes(damage)
    Prefiller(store, encoder=fake_encoder()).update()
    assert len(cache.read_bytes()) == len(good)


def test_an_encoder_never_takes_anothers_embeddings(store: DatasetStore, prefiller: Prefiller) -> None:
    prefiller.update()
    other = fake_encoder(heads=True)
    object.__setattr__(other, "size", (12, 16))
    assert A in Embeddings(fake_encoder(), store.data_dir / "cache")
    assert A not in Embeddings(other, store.data_dir / "cache")


def test_unreadable_pictures_are_told_and_still_in_the_queue(store: DatasetStore, prefiller: Prefiller) -> None:
    (store.data_dir / "screenshots" / "bad.png").write_bytes(b"no picture")
    prefiller.update()
    assert "not a picture" in prefiller.embeddings.failures["bad.png"]
    assert "bad.png" in [key for group in next_groups(store, prefiller.prefills) for key in group.pictures]


def test_groups_first_then_the_rest_of_the_cluster(store: DatasetStore) -> None:
    groups = next_groups(store, order="cluster")
    assert [(group.cluster, group.card_group) for group in groups] == [(0, 0), (0, 1), (1, 10), (1, 11), (2, 20), (2, 21)]
    assert groups[0].pictures == (key_of(0), key_of(3)) and groups[0].rest == (key_of(6), key_of(9))
    assert next_groups(store, order="cluster", limit=2) == groups[:2]
    store.accept([Accept(key, "Egg") for key in groups[0].pictures], "me")
    assert next_groups(store, order="cluster")[0].key == groups[1].key


@pytest.mark.parametrize(("order", "first"), [("doubtful", [0.0, 0.0, 0.3, 0.9]), ("easy", [0.9, 0.3, 0.0, 0.0])])
def test_orders(store: DatasetStore, order: str, first: list[float]) -> None:
    prefills = {key_of(n): prefill("Egg", sure) for n, sure in ((0, 0.9), (3, 0.9), (1, 0.3), (4, 0.3))}
    found = [group.confidence for group in next_groups(store, prefills, order)]
    assert [found[0], found[1]] == pytest.approx(first[:2]) and sorted(found)[-2:] == pytest.approx([0.3, 0.9])


def test_an_unknown_order(store: DatasetStore) -> None:
    with pytest.raises(SettingsError, match="doubtful, easy, cluster"):
        next_groups(store, order="random")
    assert all(order.about for order in ORDERS.values())


def test_search(store: DatasetStore) -> None:
    prefills = {key_of(0): prefill("Séance")}
    assert [group.card_group for group in next_groups(store, prefills, search="seance")] == [0]
    assert [group.card_group for group in next_groups(store, prefills, search="card21_id")] == [21]
    assert next_groups(store, prefills, search="nothing such") == []


def test_pictures_without_groups_are_grouped_by_what_is_filled_in(tmp_path: Path) -> None:
    names = [f"p{n}.png" for n in range(MAX_TOGETHER + 3)]
    write_pictures(tmp_path / "screenshots", {name: (n % 2, n) for n, name in enumerate(names)})
    prefills = {name: prefill("Egg") for name in names[:-1]}
    groups = next_groups(DatasetStore(tmp_path), prefills, "cluster")
    assert sorted(len(group.pictures) for group in groups) == [1, 2, MAX_TOGETHER]


def test_a_group_votes_and_shows_who_disagrees(store: DatasetStore) -> None:
    prefills = {key_of(0): prefill("Egg", 0.9), key_of(3): prefill("DNA", 0.6)}
    group = next(group for group in next_groups(store, prefills) if group.card_group == 0)
    assert group.prefill.name == "Egg" and group.odd == (key_of(3),)
    assert group.confidence == pytest.approx(0.45)
    assert [(one.name, one.confidence) for one in group.prefill.candidates] == [("Egg", 0.45), ("DNA", 0.3)]


def test_votes() -> None:
    assert not vote([Prefill(), Prefill()]).prefilled
    both = vote([prefill("Egg", 0.8, "Foil", 0.5), prefill("Egg", 0.6, "Foil", 1.0)])
    assert (both.name, both.modifier) == ("Egg", "Foil")
    assert both.confidence == pytest.approx(0.7) and both.both == pytest.approx(0.5)


def test_accept_above_is_a_preview(store: DatasetStore) -> None:
    prefills = {A: prefill("Egg", 0.95), B: prefill("DNA", 0.99), C: prefill("Egg", 0.9, sure=0.5), key_of(3): Prefill()}
    sure = accept_above(store, prefills, 0.9)
    assert [one.picture for one in sure] == [B, A]
    assert not store.labels
    store.accept(as_actions(sure), "me")
    assert {key: label.name for key, label in store.labels.items()} == {A: "Egg", B: "DNA"}
    assert [one.picture for one in accept_above(store, prefills, 0.0)] == [C]
    assert (progress_of(store).labelled, progress_of(store).unlabelled, progress_of(store).total) == (2, 10, 12)


class FakeReader(Reader):
    def __init__(self) -> None:
        object.__setattr__(self, "name", "trained")

    def read(self, pictures):
        return [Suggestion(True, 0.0, (Candidate("DNA", "Joker", "Rare", 0.7, 0.0, ""),), "Negative", 0.9) for _ in pictures]


def test_a_trained_model_fills_in_before_the_first_label(store: DatasetStore) -> None:
    prefiller = Prefiller(store, encoder=fake_encoder(), reader=FakeReader())
    prefiller.update()
    assert {(one.name, one.modifier, one.source) for one in prefiller.prefills.values()} == {("DNA", "Negative", "model")}
    store.accept([Accept(A, "Egg", "Base")], "me")
    prefiller.update()
    assert (prefiller.prefills[key_of(3)].name, prefiller.prefills[key_of(3)].source) == ("Egg", "labels")
    assert [one.name for one in prefiller.prefills[key_of(3)].candidates] == ["Egg", "DNA"]


def test_suggestions_of_a_file_are_the_last_resort(store: DatasetStore) -> None:
    known = store.data_dir / "known"
    write_pictures(known, {"Egg.png": (0, 50)})
    write_suggestions(store.data_dir / room.SUGGESTIONS, suggest(store.data_dir / "screenshots", known, fake_encoder()))
    prefiller = Prefiller(store, encoder=fake_encoder())
    prefiller.update()
    assert (prefiller.prefills[A].name, prefiller.prefills[A].source, prefiller.ready) == ("Egg", "file", True)
    (store.data_dir / room.SUGGESTIONS).write_text("{", encoding="utf-8")
    assert "suggestions.json" in Prefiller(store, encoder=fake_encoder()).problems[0]


def test_combining() -> None:
    labels = Suggestion(True, 0.9, (Candidate("Egg", "Joker", "Common", 0.6, 0.9, "a.png"),), "Base", 0.7)
    model = Suggestion(True, 0.0, (Candidate("Egg", "", "", 0.8, 0.0, ""), Candidate("DNA", "", "", 0.1, 0.0, "")), "Foil", 0.9)
    both = combine([(labels, "labels"), (model, "model")])
    assert (both.name, both.type, both.confidence, both.modifier, both.source) == ("Egg", "Joker", 0.8, "Foil", "model")
    assert both.candidates[0].nearest == "a.png"
    assert combine([]) == Prefill() and Prefill().both == 0.0

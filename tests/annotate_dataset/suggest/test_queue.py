"""What to label next, and what is filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from balatro.annotate_dataset.store.store import Accept, DatasetStore
from balatro.annotate_dataset.suggest.prefill import Prefill
from balatro.annotate_dataset.suggest.queue import MAX_TOGETHER, ORDERS, accept_above, as_actions, next_groups, progress_of
from balatro.annotate_dataset.suggest.suggestion import Candidate
from balatro.errors import SettingsError
from tests.annotate_dataset.small_data import key_of, write_pictures

A, B, C = key_of(0), key_of(1), key_of(2)


def prefill(name: str, confidence: float = 0.9, modifier: str = "Base", sure: float = 1.0) -> Prefill:
    candidate = Candidate(name, "Joker", "", confidence, confidence, "")
    return Prefill(name, "Joker", "", modifier, confidence, sure, True, (candidate,), "labels")


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


def test_accept_above_is_a_preview(store: DatasetStore) -> None:
    prefills = {A: prefill("Egg", 0.95), B: prefill("DNA", 0.99), C: prefill("Egg", 0.9, sure=0.5), key_of(3): Prefill()}
    sure = accept_above(store, prefills, 0.9)
    assert [one.picture for one in sure] == [B, A]
    assert not store.labels
    store.accept(as_actions(sure), "me")
    assert {key: label.name for key, label in store.labels.items()} == {A: "Egg", B: "DNA"}
    assert [one.picture for one in accept_above(store, prefills, 0.0)] == [C]
    assert (progress_of(store).labelled, progress_of(store).unlabelled, progress_of(store).total) == (2, 10, 12)

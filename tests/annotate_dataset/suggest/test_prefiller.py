"""Prefills are kept up to date: what is caught up with is as if made anew, and each picture is looked at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from balatro.annotate_dataset.store.store import Accept, DatasetStore, Reject, Relabel, Remove
from balatro.annotate_dataset.suggest.embeddings import Embeddings
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.annotate_dataset.suggest.queue import next_groups
from balatro.annotate_dataset.suggest.reader import Reader
from balatro.annotate_dataset.suggest.suggest import SUGGESTIONS, suggest, write_suggestions
from balatro.annotate_dataset.suggest.suggestion import Candidate, Suggestion
from tests.annotate_dataset.small_data import fake_encoder, key_of, write_pictures

A, B, C = key_of(0), key_of(1), key_of(2)


class FakeReader(Reader):
    def __init__(self) -> None:
        object.__setattr__(self, "name", "trained")

    def read(self, pictures):
        return [Suggestion(True, 0.0, (Candidate("DNA", "Joker", "Rare", 0.7, 0.0, ""),), "Negative", 0.9) for _ in pictures]


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


def test_a_trained_model_fills_in_before_the_first_label(store: DatasetStore) -> None:
    prefiller = Prefiller(store, encoder=fake_encoder(), reader=FakeReader())
    prefiller.update()
    assert {(one.name, one.modifier, one.source) for one in prefiller.prefills.values()} == {("DNA", "Negative", "model")}
    store.accept([Accept(A, "Egg", "Base")], "me")
    prefiller.update()
    assert (prefiller.prefills[key_of(3)].name, prefiller.prefills[key_of(3)].source) == ("Egg", "labels")
    assert [one.name for one in prefiller.prefills[key_of(3)].candidates] == ["Egg", "DNA"]


def test_no_modifier_of_this_game_is_filled_in_for_another(store: DatasetStore) -> None:
    store.dataset.mkdir(parents=True, exist_ok=True)
    (store.dataset / "game.json").write_text('{"modifiers": ["Normal", "Reverse Holo"]}', encoding="utf-8")
    prefiller = Prefiller(store, encoder=fake_encoder(), reader=FakeReader())
    prefiller.update()
    assert {(one.name, one.modifier, one.both) for one in prefiller.prefills.values()} == {("DNA", "", 0.7)}


def test_suggestions_of_a_file_are_the_last_resort(store: DatasetStore) -> None:
    known = store.data_dir / "known"
    write_pictures(known, {"Egg.png": (0, 50)})
    write_suggestions(store.data_dir / SUGGESTIONS, suggest(store.data_dir / "screenshots", known, fake_encoder()))
    prefiller = Prefiller(store, encoder=fake_encoder())
    prefiller.update()
    assert (prefiller.prefills[A].name, prefiller.prefills[A].source, prefiller.ready) == ("Egg", "file", True)
    (store.data_dir / SUGGESTIONS).write_text("{", encoding="utf-8")
    assert "suggestions.json" in Prefiller(store, encoder=fake_encoder()).problems[0]

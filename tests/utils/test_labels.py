"""labels.json is read back as it was written, and what is wrong with one is told in a line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, LabelError
from balatro.utils.labels import KNOWN_FIELDS, CardLabel, from_entry, read_dataset, read_labels, to_entry, write_labels

DNA = CardLabel("DNA", "Joker", "Rare", "Base", 5, 17, "dataset_default/cluster5_card17_id302.png")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.none() | st.integers(0, 10**6)
values = st.none() | st.booleans() | st.integers() | texts | st.lists(texts, max_size=2)
fields_of_others = st.dictionaries(texts.filter(lambda name: name not in KNOWN_FIELDS), values, max_size=3)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\:\0"), min_size=1, max_size=12)
keys = st.lists(names.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3).map("/".join)


@st.composite
def card_labels(draw: st.DrawFn) -> CardLabel:
    return CardLabel(
        name=draw(texts),
        type=draw(st.just("") | st.just("Pokémon")),  # a type of no card of the catalogue contradicts none
        rarity=draw(texts),
        modifier=draw(st.sampled_from(("", *MODIFIERS))),
        cluster=draw(numbers),
        card_group=draw(numbers),
        full_path=draw(texts),
        parent=draw(texts),
        augmentation=draw(texts),
        synthetic=draw(st.booleans()),
        more=draw(fields_of_others),
    )


@settings(max_examples=60, deadline=None)
@given(labels=st.dictionaries(keys, card_labels(), max_size=4))
def test_what_is_written_is_read_back(labels: dict[str, CardLabel], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "round_trip" / "labels.json"
    write_labels(path, labels)
    assert read_labels(path) == labels
    assert list(read_labels(path)) == list(labels), "in order"


@given(label=card_labels())
def test_an_entry_has_only_what_is_known(label: CardLabel) -> None:
    entry = to_entry(label)
    assert not [name for name in KNOWN_FIELDS if name in entry and entry[name] in ("", None)]
    assert entry.get("synthetic", True) is True
    assert from_entry(json.loads(json.dumps(entry))) == label


def test_a_field_called_like_our_own_is_kept() -> None:
    assert from_entry({"more": {"set": 1}}).more == {"more": {"set": 1}}


def test_an_entry_as_the_mission_has_it() -> None:
    assert to_entry(DNA) == {
        "name": "DNA",
        "type": "Joker",
        "rarity": "Rare",
        "modifier": "Base",
        "cluster": 5,
        "card_group": 17,
        "full_path": "dataset_default/cluster5_card17_id302.png",
    }


def test_cluster_zero_is_known() -> None:
    assert to_entry(CardLabel(cluster=0, card_group=0)) == {"cluster": 0, "card_group": 0}


def test_null_is_unknown() -> None:
    assert from_entry(dict.fromkeys(KNOWN_FIELDS)) == CardLabel()


def test_a_field_by_its_name() -> None:
    label = CardLabel("DNA", cluster=5, more={"set": "Base Set", "year": 1999})
    assert [label.get(name) for name in ("name", "cluster", "rarity", "card_group", "set", "year", "artist")] == [
        *("DNA", "5", "", "", "Base Set", "1999", "")
    ]


@pytest.mark.parametrize(
    "key",
    [
        *("", ".", "..", "../a.png", "a/../../b.png", "/a.png", "//host/a.png", "C:/a.png", "C:a.png", "a\\b.png", "..\\a.png"),
        *("a/../b.png", "./a.png", "a//b.png", "a/", "a\0.png", "\ud800.png"),
    ],
)
def test_no_key_leaves_its_folder_or_has_a_second_spelling(key: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({"good.png": {}, key: {"name": "DNA"}}), encoding="utf-8")
    with pytest.raises(LabelError, match="no path inside its folder; rename it") as caught:
        read_labels(path)
    assert repr(key) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["a.png", "sub/folder/a b.png", "Séance__2.png", "..a.png", "~.png"])
def test_plain_keys(key: str, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.json", {key: DNA})
    assert read_labels(tmp_path / "labels.json") == {key: DNA}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"modifier": "Shiny"}, "modifier 'Shiny', not one of Base, Foil"),
        ({"modifier": "base"}, "modifier 'base', not one of"),
        ({"name": 7}, "name is 7, expected text"),
        ({"cluster": "7"}, "cluster is '7', expected int"),
        ({"card_group": True}, "card_group is True, expected int"),
        ({"cluster": 1.5}, "cluster is 1.5, expected int"),
        ({"synthetic": 1}, "synthetic is 1, expected bool"),
        ({"name": "DNA", "type": "Tarot"}, "type 'Tarot', but DNA is a Joker"),
        ({"name": "DNA", "type": "Joker", "rarity": "Common"}, "rarity 'Common', but DNA is Rare"),
        ({"name": "The Fool", "type": "Tarot", "rarity": "Common"}, "rarity 'Common', but The Fool is without rarity"),
        ("DNA", "has a str, expected an object"),
        (None, "has a NoneType, expected an object"),
        ([], "has a list, expected an object"),
    ],
)
def test_a_wrong_entry_is_named(entry: object, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({"good.png": {"name": "DNA"}, "bad.png": entry}), encoding="utf-8")
    with pytest.raises(LabelError) as caught:
        read_labels(path)
    line = str(caught.value)
    assert fault in line and "'bad.png'" in line and str(path) in line and "mend" in line
    assert "\n" not in line


@pytest.mark.parametrize("entry", [{"name": "Death", "type": "Spell"}, {"name": "Pikachu", "type": "Joker", "rarity": "Odd"}])
def test_cards_of_other_games_contradict_nothing(entry: dict[str, str]) -> None:
    assert from_entry(entry).name == entry["name"]


@pytest.mark.parametrize("text", ["", "{", "[]", '"a"', "null", "3", '{"a.png": {"name": "D', "\ufeff{}"])
def test_no_labels_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((LabelError, InputError), match="mend or remove it") as caught:
        read_labels(path)
    assert str(path) in str(caught.value)


def test_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balatro.utils.labels.MAX_LABELS", 1)
    write_labels(tmp_path / "labels.json", {"a.png": DNA, "b.png": DNA})
    with pytest.raises(LabelError, match="2 pictures; at most 1 are read"):
        read_labels(tmp_path / "labels.json")


def test_a_failed_write_keeps_the_old_labels(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    write_labels(path, {"a.png": DNA})
    with pytest.raises(TypeError):
        write_labels(path, {"b.png": CardLabel(more={"odd": object()})})
    assert read_labels(path) == {"a.png": DNA}
    assert [file.name for file in tmp_path.iterdir()] == ["labels.json"]


def put_pictures(folder: Path, *keys: str) -> Path:
    for key in keys:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((4, 3, 3), np.uint8)).save(folder / key)
    return folder


def test_a_folder_of_named_pictures(tmp_path: Path) -> None:
    put_pictures(tmp_path, "Pikachu.png", "Pikachu__2.png", "Mr. Mime.png", "Mew/1.png", "Mew/deep/2.png", "Ho-Oh_1.png")
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    assert {key: label.name for key, label in read_dataset(tmp_path).items()} == {
        "Ho-Oh_1.png": "Ho-Oh_1",
        "Mew/1.png": "Mew",
        "Mew/deep/2.png": "deep",
        "Mr. Mime.png": "Mr. Mime",
        "Pikachu.png": "Pikachu",
        "Pikachu__2.png": "Pikachu",
    }


def test_named_pictures_can_be_written_as_labels(tmp_path: Path) -> None:
    labels = read_dataset(put_pictures(tmp_path, "Pikachu.png", "Mew/1.png"))
    write_labels(tmp_path / "labels.json", labels)
    assert read_dataset(tmp_path) == labels


def test_labels_win_over_names(tmp_path: Path) -> None:
    put_pictures(tmp_path, "a.png", "b.png")
    write_labels(tmp_path / "labels.json", {"a.png": DNA})
    assert read_dataset(tmp_path) == read_dataset(tmp_path / "labels.json") == {"a.png": DNA}


def test_folders_without_labels(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_dataset(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"neither labels.json nor pictures in it; label some"):
        read_dataset(tmp_path)


def test_copies_and_accents_of_macos_make_no_new_cards(tmp_path: Path) -> None:
    put_pictures(tmp_path, "Se\u0301ance.png", "Séance (1).png", "Egg (2)/a.png")
    assert {label.name for label in read_dataset(tmp_path).values()} == {"Séance", "Egg"}


@pytest.mark.parametrize(
    ("picture", "text"),
    [("train/images/shot.png", "train/labels/shot.txt"), ("images/a/1.png", "labels/a/1.txt"), ("s/1.png", "s/1.txt")],
)
def test_pictures_with_boxes_are_no_cards_of_their_folders_name(tmp_path: Path, picture: str, text: str) -> None:
    put_pictures(tmp_path, picture)
    (tmp_path / text).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / text).write_text("a caption of the picture\n")
    assert len(read_dataset(tmp_path)) == 1
    (tmp_path / text).write_text("0 0.3 0.5 0.2 0.6\n1 0.7 0.5 0.2 0.6\n")
    with pytest.raises(LabelError, match="boxes .*balatro dataset import"):
        read_dataset(tmp_path)


def test_another_games_modifiers_are_those_of_its_settings(tmp_path):
    (tmp_path / "labels.json").write_text(json.dumps({"a.png": {"name": "Eevee", "modifier": "Reverse Holo"}}))
    with pytest.raises(LabelError, match="'Reverse Holo', not one of Base.*game.json"):
        read_labels(tmp_path / "labels.json")
    (tmp_path / "game.json").write_text(json.dumps({"modifiers": ["Normal", "Reverse Holo"]}))
    assert read_labels(tmp_path / "labels.json")["a.png"].modifier == "Reverse Holo"
    (tmp_path / "game.json").write_text("[]")
    with pytest.raises(LabelError, match="no list of modifiers"):
        read_labels(tmp_path / "labels.json")

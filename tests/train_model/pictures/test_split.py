import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from balatro.config.modifiers import MODIFIERS
from balatro.errors import LabelError, SettingsError
from balatro.train_model.pictures.likeness import Groups, near_duplicates, perceptual_hashes
from balatro.train_model.pictures.split import NEW_SPLIT, Split, load_or_make_split, read_split
from balatro.utils.labels import CardLabel
from tests.train_model.card_pictures import card_picture, recompressed, shifted

Dataset = tuple[dict[str, CardLabel], np.ndarray]


def flat_dataset(counts: dict[tuple[str, str], int]) -> Dataset:
    """Pictures that are all different: noise, small to be quick."""
    labels = {f"{n}_{m}_{k}.png": CardLabel(name=n, modifier=m) for (n, m), num in counts.items() for k in range(num)}
    return labels, np.random.default_rng(1).integers(0, 256, (len(labels), 16, 12, 3)).astype(np.uint8)


def parts(split: Split, labels: dict[str, CardLabel]) -> dict[str, Counter[tuple[str, str]]]:
    found: dict[str, Counter[tuple[str, str]]] = {side: Counter() for side in ("train", "val", "test", "holdout")}
    for key, side in split.sides.items():
        found[side][labels[key].name, labels[key].modifier] += 1
    return found


def test_a_split_is_drawn_once_and_then_read(tmp_path: Path) -> None:
    labels, cards = flat_dataset({(f"n{n}", "Base"): 6 for n in range(10)})
    path = tmp_path / "splits.json"
    first = load_or_make_split(path, labels, cards, seed=3)
    written = path.read_bytes()
    assert load_or_make_split(path, labels, cards, seed=99) == first == read_split(path)
    assert path.read_bytes() == written
    assert load_or_make_split(tmp_path / "other.json", labels, cards, seed=3).hash == first.hash
    assert load_or_make_split(path, labels, cards, seed=4, new=True).hash != first.hash


def test_shares_and_classes_are_kept(tmp_path: Path) -> None:
    counts = {(f"n{n}", m): 4 + n for n in range(6) for m in ("Base", "Foil")}
    labels, cards = flat_dataset(counts)
    split = load_or_make_split(tmp_path / "s.json", labels, cards, val=0.2, test=0.1)
    found = parts(split, labels)
    assert found["val"].total() == round(0.2 * len(labels)) and found["test"].total() == round(0.1 * len(labels))
    assert set(found["val"]) == set(counts) == set(found["train"])  # every class once before any twice
    assert split.unvalidated == () and not found["holdout"]


def test_rare_classes_are_validated_where_others_teach_them(tmp_path: Path) -> None:
    """Twenty names with one Negative each: some of these go to val, though their class has but one picture."""
    labels, cards = flat_dataset({(f"n{n}", m): num for n in range(20) for m, num in (("Base", 5), ("Negative", 1))})
    found = parts(load_or_make_split(tmp_path / "s.json", labels, cards), labels)
    negative = {side: sum(num for (_, modifier), num in its.items() if modifier == "Negative") for side, its in found.items()}
    assert 1 <= negative["val"] <= 5 and 1 <= negative["test"] <= 5 and negative["train"] >= 10


def test_single_pictures_stay_in_train_and_are_told(tmp_path: Path) -> None:
    labels, cards = flat_dataset({("only", "Base"): 1, ("two", "Base"): 2, **{(f"n{n}", "Base"): 5 for n in range(5)}})
    split = load_or_make_split(tmp_path / "s.json", labels, cards)
    assert split.sides["only_Base_0.png"] == "train" and "only" in split.unvalidated
    assert "two" in {label.name for key, label in labels.items() if split.sides[key] == "train"}
    told = split.summary().splitlines()[-1]
    assert told == f"trained but not validated, having no picture in val: {', '.join(split.unvalidated)}"
    assert split.summary().startswith(f"train   {Counter(split.sides.values())['train']:>7} pictures in ")


def test_names_that_lack_a_validation_picture_go_first(tmp_path: Path) -> None:
    """One picture of every name in every modifier: twenty of a hundred pictures can validate twenty names."""
    labels, cards = flat_dataset({(f"n{n}", m): 1 for n in range(20) for m in MODIFIERS})
    split = load_or_make_split(tmp_path / "s.json", labels, cards, val=0.2, test=0.0)
    assert split.unvalidated == () and Counter(split.sides.values()) == {"train": 80, "val": 20}


@pytest.mark.parametrize("num", [1, 2, 3, 4])
def test_tiny_datasets_keep_something_to_train(tmp_path: Path, num: int) -> None:
    labels, cards = flat_dataset({("a", "Base"): num})
    sides = Counter(load_or_make_split(tmp_path / "s.json", labels, cards).sides.values())
    assert sides["train"] >= 1 and sides["val"] == (num >= 2) and sides["test"] == (num >= 3)


def test_held_out_names_are_nowhere_else(tmp_path: Path) -> None:
    labels, cards = flat_dataset({(f"n{n}", m): 3 for n in range(20) for m in ("Base", "Foil")})
    split = load_or_make_split(tmp_path / "s.json", labels, cards, holdout_names=0.1)
    assert len(split.holdout_names) == 2
    assert {labels[key].name for key, side in split.sides.items() if side == "holdout"} == set(split.holdout_names)
    assert Counter(split.sides.values())["holdout"] == 12 and "held out: " in split.summary()
    more = {**labels, "new.png": CardLabel(name=split.holdout_names[0], modifier="Foil")}
    grown = load_or_make_split(tmp_path / "s.json", more, np.concatenate([cards, 255 - cards[:1]]))
    assert grown.sides["new.png"] == "holdout"


def test_groups_go_together(tmp_path: Path) -> None:
    names = [f"n{n}" for n in range(4) for _ in range(12)]
    labels = {f"{k}.png": CardLabel(name=name, cluster=k // 3, card_group=1) for k, name in enumerate(names)}
    cards = np.random.default_rng(1).integers(0, 256, (48, 16, 12, 3)).astype(np.uint8)
    cards[47] = cards[0]  # an exact copy under another name
    split = load_or_make_split(tmp_path / "s.json", labels, cards)
    sides = [split.sides[f"{k}.png"] for k in range(48)]
    assert all(len(set(sides[k : k + 3])) == 1 for k in range(0, 48, 3)) and sides[0] == sides[47]
    assert {"train", "val", "test"} == set(sides)
    assert len(set(split.groups.values())) == 15


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        (lambda p: recompressed(p, 50), True),
        (lambda p: shifted(p, 1, 0), True),
        (lambda p: shifted(p, -0.5, 0.5), True),
        (lambda p: recompressed(shifted(p, 1, -1)), True),
        (lambda p: cv2.convertScaleAbs(p, alpha=1.02), True),
        (lambda p: 255 - p, False),
        (lambda p: p[..., [1, 2, 0]], False),
        (lambda p: shifted(p, 6, 4), False),
    ],
)
def test_near_duplicates_are_copies_and_not_other_captures(change, alike: bool) -> None:
    cards = np.stack([picture for card in range(8) for picture in (card_picture(card), change(card_picture(card)))])
    classes = np.repeat(np.arange(8), 2)
    assert len(list(near_duplicates(cards, classes.tolist()))) == (8 if alike else 0)
    assert not list(near_duplicates(cards, list(range(16))))


def test_captures_of_one_card_are_no_copies() -> None:
    cards = np.stack([card_picture(card, take) for card in range(4) for take in range(5)])
    assert not list(near_duplicates(cards, np.repeat(np.arange(4), 5).tolist()))


def test_many_copies_of_one_picture_are_connected() -> None:
    cards = np.stack([recompressed(card_picture(card), 50 + n) for n in range(20) for card in range(2)])
    groups = Groups(40)
    for a, b in near_duplicates(cards, ["same"] * 40):
        groups.join(a, b)
    assert groups.numbers() == [0, 1] * 20


def test_hashes_know_brightness_but_not_light() -> None:
    cards = np.stack([card_picture(card) for card in range(6)])
    hashes = perceptual_hashes(cards)
    assert hashes.shape == (6, 64) and (hashes.sum(1) <= 32).all()
    darker = perceptual_hashes(cv2.convertScaleAbs(cards, alpha=0.8))
    assert (hashes != darker).sum(1).max() <= 4
    assert (hashes[1:] != hashes[:-1]).sum(1).min() >= 12


def grown(path: Path, dataset: Dataset, more: dict[str, tuple[CardLabel, np.ndarray]]) -> Split:
    labels, cards = dataset
    labels = {**labels, **{key: label for key, (label, _) in more.items()}}
    return load_or_make_split(path, labels, np.concatenate([cards, *(card[None] for _, card in more.values())]))


def test_new_pictures_join_their_group_and_old_ones_never_move(tmp_path: Path) -> None:
    dataset = flat_dataset({(f"n{n}", "Base"): 8 for n in range(5)})
    labels, cards = dataset
    path = tmp_path / "s.json"
    before = load_or_make_split(path, labels, cards)
    copies = {f"copy_{key}": (label, card) for (key, label), card in zip(labels.items(), cards, strict=True)}
    others = np.random.default_rng(2).integers(0, 256, (60, 16, 12, 3)).astype(np.uint8)
    fresh = {f"fresh{k}.png": (CardLabel(name="n0", modifier="Base"), card) for k, card in enumerate(others)}
    fresh["unheard.png"] = (CardLabel(name="n99", modifier="Base"), 255 - others[0])
    after = grown(path, dataset, {**copies, **fresh})
    assert all(after.sides[key] == side == after.sides[f"copy_{key}"] for key, side in before.sides.items())
    counts = Counter(after.sides[f"fresh{k}.png"] for k in range(60))
    assert 2 <= counts["val"] <= 20 and 2 <= counts["test"] <= 20 and after.sides["unheard.png"] == "train"
    assert "n99" in after.unvalidated and after.hash != before.hash
    assert grown(path, dataset, {**copies, **fresh}) == after == read_split(path)


def test_pictures_that_go_and_come_back_keep_their_side(tmp_path: Path) -> None:
    labels, cards = flat_dataset({(f"n{n}", "Base"): 8 for n in range(5)})
    path = tmp_path / "s.json"
    before = load_or_make_split(path, labels, cards)
    keys = list(labels)
    without = load_or_make_split(path, {key: labels[key] for key in keys[::2]}, cards[::2])
    assert without.sides == {key: before.sides[key] for key in keys[::2]}
    renamed = {key if n % 4 else f"renamed_{key}": labels[key] for n, key in enumerate(keys)}
    back = load_or_make_split(path, renamed, cards)
    assert {key.removeprefix("renamed_"): side for key, side in back.sides.items()} == before.sides


def two_sides(split: Split) -> tuple[str, str]:
    train = next(key for key, side in split.sides.items() if side == "train")
    return train, next(key for key, side in split.sides.items() if side == "val")


@pytest.mark.parametrize("how", ["pixels", "capture group", "likeness", "new between", "held out"])
def test_what_would_leak_is_refused_with_the_pictures(tmp_path: Path, how: str) -> None:
    cards = np.stack([card_picture(card, take) for card in range(3) for take in range(4)])
    labels = {f"{k}.png": CardLabel(name=f"n{k // 4}", modifier="Base") for k in range(12)}
    path = tmp_path / "s.json"
    split = load_or_make_split(path, labels, cards, holdout_names=0.34 if how == "held out" else None)
    train, val = two_sides(split)
    row = {key: k for k, key in enumerate(labels)}
    reason = f"'{train}' (train) and '{val}' (val)" if row[train] < row[val] else f"'{val}' (val) and '{train}' (train)"
    if how == "pixels":
        cards[row[val]] = cards[row[train]]
        reason += " are the same picture"
    elif how == "capture group":
        labels |= {key: CardLabel(name=labels[key].name, cluster=1, card_group=2) for key in (train, val)}
        reason += " are of one capture group"
    elif how == "likeness":
        cards[row[val]] = recompressed(cards[row[train]])
        labels[val] = labels[train]
        reason += " now belong together as nearly the same picture"
    elif how == "new between":
        labels |= {key: CardLabel(name=labels[key].name, cluster=row[key], card_group=1) for key in (train, val)}
        labels["new.png"] = CardLabel(name=labels[train].name, modifier=labels[train].modifier, cluster=row[val], card_group=1)
        cards = np.concatenate([cards, cards[row[train]][None]])
        reason += " now belong together as nearly the same picture, through the new 'new.png'"
    else:
        labels[train] = CardLabel(name=split.holdout_names[0])
        reason = f"'{train}' (train) is named {split.holdout_names[0]}, a name that is held out"
    written = path.read_bytes()
    with pytest.raises(LabelError) as caught:
        load_or_make_split(path, labels, cards)
    assert reason in str(caught.value) and NEW_SPLIT in str(caught.value) and "\n" not in str(caught.value)
    assert path.read_bytes() == written
    assert load_or_make_split(path, labels, cards, new=True).sides


def test_augmented_pictures_follow_their_parent(tmp_path: Path) -> None:
    labels, cards = flat_dataset({(f"n{n}", "Base"): 8 for n in range(5)})
    split = load_or_make_split(tmp_path / "s.json", labels, cards)
    train, val = two_sides(split)
    augmented = {val: CardLabel(parent=train), "x.png": CardLabel(parent=val), "y.png": CardLabel(parent=train)}
    assert split.rows("train", augmented).tolist() == [0, 2]  # the name of a validation picture in another folder is no matter
    assert split.rows("val", augmented).tolist() == [] and split.side_of("x.png", val) == "val"
    assert [list(labels)[row] for row in split.rows("val", labels)] == [key for key in labels if split.sides[key] == "val"]
    with pytest.raises(LabelError, match="'z.png': its parent 'gone.png' is no labelled picture"):
        split.rows("train", {"z.png": CardLabel(parent="gone.png")})
    with pytest.raises(LabelError, match="'stranger.png' is not in the split"):
        split.rows("train", {"stranger.png": CardLabel()})


@pytest.mark.parametrize("given", [{"val": 0.2}, {"test": 0.0}, {"holdout_names": 0.1}])
def test_other_shares_than_the_file_has_are_refused(tmp_path: Path, given: dict[str, float]) -> None:
    labels, cards = flat_dataset({("a", "Base"): 8})
    load_or_make_split(tmp_path / "s.json", labels, cards, val=0.15)
    with pytest.raises(SettingsError, match="was drawn with a share of .* leave it out, or draw a new split"):
        load_or_make_split(tmp_path / "s.json", labels, cards, **given)


@pytest.mark.parametrize("given", [{"val": 1.0}, {"test": -0.1}, {"val": 0.5, "test": 0.5}, {"holdout_names": 2.0}])
def test_impossible_shares_are_refused(tmp_path: Path, given: dict[str, float]) -> None:
    labels, cards = flat_dataset({("a", "Base"): 8})
    with pytest.raises(SettingsError, match="expected 0 to 0.9|too little to train"):
        load_or_make_split(tmp_path / "s.json", labels, cards, **given)


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"format": 2}', '{"format": 1, "pictures": 3, "gone": {}}', None],
    ids=["list", "empty", "2", "3", "side"],
)
def test_a_file_that_is_no_split_is_refused(tmp_path: Path, text: str | None) -> None:
    labels, cards = flat_dataset({("a", "Base"): 4})
    path = tmp_path / "s.json"
    load_or_make_split(path, labels, cards)
    path.write_text(path.read_text().replace('"val"', '"valley"') if text is None else text)
    with pytest.raises(LabelError, match="s.json: not a split"):
        load_or_make_split(path, labels, cards)
    assert json.loads(path.read_text()) is not None


def test_a_dataset_without_names_is_split_too(tmp_path: Path) -> None:
    labels, cards = flat_dataset({("", "Base"): 20, ("", ""): 20})
    sides = Counter(load_or_make_split(tmp_path / "s.json", labels, cards).sides.values())
    assert sides == {"train": 28, "val": 6, "test": 6}

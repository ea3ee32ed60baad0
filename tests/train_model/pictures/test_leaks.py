"""Hostile datasets through the real functions: whatever is copied, grouped, augmented or added, nothing lies on two sides."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from balatro.errors import LabelError
from balatro.train_model.lesson.lesson import prepare_lesson
from balatro.train_model.lesson.tasks import AUGMENTED, ORIGINALS, TaskOptions
from balatro.train_model.pictures.split import Split, load_or_make_split
from balatro.train_model.run.batches import BatchSource, picture_batch
from balatro.train_model.settings.settings import TrainSettings
from balatro.utils.labels import CardLabel, write_labels
from tests.train_model.card_pictures import card_picture, recompressed, shifted

COPIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "exact": lambda picture: picture,
    "recompressed": recompressed,
    "shifted": lambda picture: shifted(picture, 1, -1),
    "half a pixel": lambda picture: shifted(picture, 0.5, 0),
    "brighter": lambda picture: cv2.convertScaleAbs(picture, alpha=1.02),
    "both": lambda picture: recompressed(shifted(picture, 0, 1)),
}


@dataclass
class World:
    """A dataset and what is known about where each picture came from: its source. One source on two sides is a leak."""

    rng: random.Random
    labels: dict[str, CardLabel] = field(default_factory=dict)
    cards: dict[str, np.ndarray] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    copied: int = 0

    def add(self, key: str, label: CardLabel, card: np.ndarray, source: str) -> None:
        self.labels[key], self.cards[key], self.source[key] = label, card, source

    def add_card(self, card: int, takes: range) -> None:
        """Captures of one card, some in capture groups, some copied."""
        name, modifier = f"card {card}", self.rng.choice(["Base", "Base", "Foil", "Negative"])
        for take in takes:
            group = {"cluster": card, "card_group": take} if self.rng.random() < 0.5 else {}
            label = CardLabel(name=name, modifier=modifier, **group)
            source, picture = f"{card}/{take}", card_picture(card, take)
            self.add(f"{card}_{take}.png", label, picture, source)
            for kind in self.rng.sample(list(COPIES), self.rng.randrange(3)):
                self.copy(f"{card}_{take}.png", kind)
            if group and self.rng.random() < 0.5:  # the next frame, in which the card has turned a good deal
                self.add(f"{card}_{take}_later.png", label, card_picture(card, take + 40), source)

    def copy(self, key: str, kind: str) -> None:
        self.copied += 1
        new = f"copy{self.copied}.png"
        label = self.labels[key]
        if kind == "exact" and self.rng.random() < 0.5:
            label = replace(label, name="mislabelled")
        self.add(new, label, COPIES[kind](self.cards[key]), self.source[key])

    def split(self, path: Path, **given: float) -> Split:
        order = list(self.labels)
        self.rng.shuffle(order)
        labels = {key: self.labels[key] for key in order}
        return load_or_make_split(path, labels, np.stack([self.cards[key] for key in order]), seed=5, **given)

    def check(self, split: Split) -> None:
        sides = defaultdict(set)
        for key, source in self.source.items():
            sides[source].add(split.sides[key])
        leaks = {source: its for source, its in sides.items() if len(its) > 1}
        assert not leaks
        groups = defaultdict(set)
        for key, label in self.labels.items():
            if label.cluster is not None:
                groups[label.cluster, label.card_group].add(split.sides[key])
        assert all(len(its) == 1 for its in groups.values())


def world(seed: int, cards: int = 6, takes: int = 4) -> World:
    made = World(random.Random(seed))
    for card in range(cards):
        made.add_card(card, range(takes))
    return made


@pytest.mark.parametrize("seed", range(12))
def test_no_copy_or_capture_group_lies_on_two_sides(tmp_path: Path, seed: int) -> None:
    some = world(seed)
    split = some.split(tmp_path / "splits.json", holdout_names=0.2 * (seed % 2))
    some.check(split)
    assert {"train", "val", "test"} <= set(split.sides.values())
    held = {key for key, label in some.labels.items() if label.name in split.holdout_names}
    assert held == {key for key in held if split.sides[key] == "holdout"}


@pytest.mark.parametrize("seed", range(8))
def test_growing_datasets_never_move_a_picture_nor_leak(tmp_path: Path, seed: int) -> None:
    some, path = world(seed, 4), tmp_path / "splits.json"
    split = some.split(path)
    for round_ in range(3):
        for key in some.rng.sample(list(some.labels), 4):
            some.copy(key, some.rng.choice([kind for kind in COPIES if kind != "exact"]))
        some.add_card(10 + round_, range(some.rng.randrange(1, 4)))
        for gone in some.rng.sample(list(some.labels), 2):
            for of_world in (some.labels, some.cards, some.source):
                del of_world[gone]
        before, split = split, some.split(path)
        assert all(split.sides[key] == side for key, side in before.sides.items() if key in split.sides)
        some.check(split)


@pytest.mark.parametrize("seed", range(8))
def test_a_link_between_two_sides_is_refused_and_nothing_written(tmp_path: Path, seed: int) -> None:
    some, path = world(seed), tmp_path / "splits.json"
    split, rng = some.split(path), random.Random(seed)
    written = path.read_bytes()
    a = rng.choice([key for key, side in split.sides.items() if side == "train"])
    b = rng.choice([key for key, side in split.sides.items() if side in ("val", "test")])
    if seed % 2:
        for key in (a, b):
            some.labels[key] = replace(some.labels[key], cluster=99, card_group=99)
    else:
        some.labels[b], some.cards[b] = some.labels[a], rng.choice(list(COPIES.values()))(some.cards[a])
    with pytest.raises(LabelError, match="splits.json: .*--new-split"):
        some.split(path)
    assert path.read_bytes() == written


@pytest.mark.parametrize("seed", range(3))
def test_nothing_leaks_on_the_way_from_files_to_batches(tmp_path: Path, seed: int) -> None:
    """Files, labels, cache, split, augmented copies, two heads, weighted sampling, and a resumed run on a grown dataset."""
    some = world(seed, 3, 3)
    train = run(tmp_path, some)
    assert train.seen and not train.seen & train.kept_apart
    some.copy(next(iter(some.labels)), "recompressed")
    some.add_card(20, range(2))
    resumed = run(tmp_path, some, first_step=20)
    assert not resumed.seen & (resumed.kept_apart | train.kept_apart)
    assert not resumed.kept_apart & train.seen


@dataclass
class Run:
    """What a run saw and what it may not see: sources."""

    seen: set[str]
    kept_apart: set[str]


def run(folder: Path, some: World, first_step: int = 0) -> Run:
    """A run's data as `balatro train` opens it; every picture that a batch shows is traced by its pixels to its source."""
    originals, augmented = folder / "dataset", folder / "augmented"
    write_dataset(some, originals, augmented)
    settings = TrainSettings(
        data=(ORIGINALS, AUGMENTED), input=str(originals), augmented=str(augmented), splits=str(folder / "splits.json"),
        epochs=99, minutes=0.0, batch_size=8, use_weighted_sampler=True, workers=0,
        task_options=TaskOptions(transform={"": "none"}),
    )  # fmt: skip
    lesson = prepare_lesson(settings)
    traced = {picture.tobytes(): some.source[key] for key, card in some.cards.items() for picture in (card, card[:, ::-1])}
    source = BatchSource(settings, lesson)
    cards = [card for step in range(first_step, first_step + 24) for card in picture_batch(source, step)["cards"].numpy()]
    apart = {traced[card.tobytes()] for side in ("val", "test") for card in lesson.sides[side].read()}
    assert lesson.sides["val"].is_original.all() and lesson.sides["test"].is_original.all()
    assert not lesson.sides["train"].is_original.all()
    return Run({traced[card.tobytes()] for card in cards}, apart)


def write_dataset(some: World, originals: Path, augmented: Path) -> None:
    """Originals as PNGs; one augmented copy of each, mirrored, called after another original."""
    for folder in (originals, augmented):
        folder.mkdir(exist_ok=True)
    keys = list(some.labels)
    for n, (key, card) in enumerate(some.cards.items()):
        if not (originals / key).exists():
            Image.fromarray(card).save(originals / key, compress_level=1)
        Image.fromarray(card[:, ::-1]).save(augmented / f"aug_{keys[n - 1]}", compress_level=1)
    write_labels(originals / "labels.json", some.labels)
    copies = {f"aug_{keys[n - 1]}": replace(label, parent=key) for n, (key, label) in enumerate(some.labels.items())}
    write_labels(augmented / "augmented.json", copies)

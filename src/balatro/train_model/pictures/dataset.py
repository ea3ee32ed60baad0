"""The labelled pictures of a run: read, decoded once, and split into sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from balatro.config.paths import data_dir
from balatro.config.shapes import CARD_SIZE
from balatro.errors import LabelError
from balatro.train_model.lesson.tasks import AUGMENTED
from balatro.train_model.pictures.cache import open_cards
from balatro.train_model.pictures.pictures import Pictures, modifiers_of
from balatro.train_model.pictures.split import SPLITS, Split, load_or_make_split
from balatro.train_model.settings.early import dataset_folders
from balatro.train_model.settings.settings import TrainSettings
from balatro.utils.labels import AUGMENTED as AUGMENTED_FILE
from balatro.utils.labels import CardLabel, read_dataset, read_labels

MOST_UNREADABLE = 0.1
"""With a larger share of pictures that cannot be read, something else is wrong."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """All labelled pictures, augmented ones last; row i of everything is one picture."""

    name: str
    keys: tuple[str, ...]
    labels: tuple[CardLabel, ...]
    cards: np.ndarray
    """(M, h, w, 3) uint8 RGB, see `Pictures`."""
    places: np.ndarray
    """(N,) int64: where each picture lies in `cards`."""
    split: Split
    notes: tuple[str, ...] = ()

    @property
    def learned_names(self) -> list[str]:
        """The names that some picture outside the holdout bears."""
        held_out = set(self.split.holdout_names)
        return sorted({label.name for label in self.labels} - held_out - {""})

    def rows(self, side: str) -> np.ndarray:
        """(n,) int64: the rows of a side; augmented pictures follow their parents, and only train uses them."""
        return self.split.rows(side, dict(zip(self.keys, self.labels, strict=True)))

    def pictures(self, rows: np.ndarray, labels: Mapping[str, np.ndarray]) -> Pictures:
        """Some of the pictures with their labels by task (n,)."""
        told = [self.labels[row] for row in rows]
        return Pictures(
            keys=tuple(self.keys[row] for row in rows),
            cards=self.cards,
            labels=labels,
            modifier=modifiers_of(told),
            is_original=np.array([not label.parent for label in told], bool),
            places=self.places[rows],
        )


def load_dataset(settings: TrainSettings, new_split: bool = False) -> Dataset:
    """Read the labels that the settings name, decode their pictures, and make or read the split.

    LabelError when labels name missing pictures; pictures that cannot be read are left out and told in the notes.
    """
    folder, copies = dataset_folders(settings.input, settings.augmented)
    originals, augmented = _labels(folder, copies, AUGMENTED in settings.data)
    place = folder if folder.is_dir() else folder.parent
    paths = [*(place / key for key in originals), *(copies / key for key in augmented)]
    _check_there(folder, paths)
    opened = open_cards(paths, settings.image_size, data_dir() / "cache")
    notes = _left_out(opened.failures, len(paths))
    keys = [*originals, *augmented]
    labels = [*originals.values(), *augmented.values()]
    kept = [keys[row] for row in opened.rows]
    told = [labels[row] for row in opened.rows]
    readable = {key: label for key, label in zip(kept, told, strict=True) if not label.parent}
    split = load_or_make_split(
        split_path(settings),
        readable,
        _regular(paths[: len(originals)], opened.cards[: len(readable)], settings.image_size),
        seed=settings.seed,
        val=settings.val_split,
        test=settings.test_split,
        holdout_names=settings.holdout_names,
        new=new_split,
    )
    # A copy whose parent cannot be read any more is left out with it.
    whole = [row for row, label in enumerate(told) if not label.parent or label.parent in readable]
    lost = len(told) - len(whole)
    notes += [f"{lost} augmented pictures are left out with their parents"] if lost else []
    return Dataset(
        name=place.resolve().name,
        keys=tuple(kept[row] for row in whole),
        labels=tuple(told[row] for row in whole),
        cards=opened.cards,
        places=np.array(whole, np.int64),
        split=split,
        notes=(*notes, *split.summary().splitlines()),
    )


def _labels(folder: Path, copies: Path, with_copies: bool) -> tuple[dict[str, CardLabel], dict[str, CardLabel]]:
    """The labels of the originals and of their augmented copies; LabelError when there are none, or a key is in both."""
    originals = {key: label for key, label in read_dataset(folder).items() if not label.parent}
    augmented = read_labels(copies / AUGMENTED_FILE) if with_copies else {}
    if not originals:
        raise LabelError(f"{folder}: no labelled picture there; label some with `balatro annotate`")
    _check_keys(originals, augmented)
    return originals, augmented


def _regular(paths: Sequence[Path], cards: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The originals in the size in which splits compare pictures, whatever size a run reads them at."""
    return cards if tuple(size) == CARD_SIZE else open_cards(paths, CARD_SIZE, data_dir() / "cache").cards


def split_path(settings: TrainSettings) -> Path:
    """The split's file: as set; data/splits.json for the dataset of the project; beside the pictures of another."""
    if settings.splits:
        return Path(settings.splits)
    folder, _ = dataset_folders(settings.input)
    if folder.resolve() == (data_dir() / "dataset_default").resolve():
        return data_dir() / SPLITS
    return (folder if folder.is_dir() else folder.parent) / SPLITS


def _check_there(folder: Path, paths: Sequence[Path]) -> None:
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise LabelError(
            f"{folder}: {len(missing)} of {len(paths)} labelled pictures are missing, the first is {missing[0]}; bring them "
            "back, or remove their labels with `balatro annotate`"
        )


def _check_keys(originals: Mapping[str, CardLabel], augmented: Mapping[str, CardLabel]) -> None:
    both = originals.keys() & augmented.keys()
    if both:
        raise LabelError(f"{min(both)!r} is the name of an original and of an augmented picture; augment anew")
    orphans = [key for key, label in augmented.items() if label.parent not in originals]
    if orphans:
        raise LabelError(
            f"{len(orphans)} augmented pictures have no original any more, the first is {orphans[0]!r} of "
            f"{augmented[orphans[0]].parent!r}; augment anew"
        )


def _left_out(failures: Sequence[str], num: int) -> list[str]:
    if len(failures) > max(MOST_UNREADABLE * num, 1):
        raise LabelError(f"{len(failures)} of {num} pictures cannot be read, the first: {failures[0]}")
    return [f"left out: {failure}" for failure in failures]

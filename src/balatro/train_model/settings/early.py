"""What can be told of a run's flags in a moment, before torch is imported and anything is prepared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from balatro.config.paths import art_dir, data_dir
from balatro.errors import SettingsError
from balatro.train_model.lesson.tasks import AUGMENTED, DATA, ORIGINALS, RENDERED, TASKS, TaskOptions, choose_tasks
from balatro.train_model.score.names import check_best
from balatro.train_model.settings.knobs import DRAWN, PICTURES
from balatro.train_model.settings.options import BY_KEY, LISTS
from balatro.utils.files import put_back
from balatro.utils.labels import AUGMENTED as AUGMENTED_FILE
from balatro.utils.labels import KNOWN_FIELDS, LABELS, CardLabel, read_dataset, read_labels
from balatro.utils.names import checked_name

Given = Mapping[str, Any]
LENGTHS = ("epochs", "steps", "minutes")
NO_FOLDER = ("demo", "invented")
"""Decks that are drawn when they are needed."""


def check_early(given: Given, name: str | None = None) -> None:
    """The slips that the flags and a look at the disk tell: an unknown deck, task or kind of data, a folder without pictures.

    name: what the run is to be called. SettingsError, InputError, LabelError or DeckError, each as training itself would raise
    it; what needs the networks or the whole data is told later.
    """
    if name is not None:
        checked_name(name)
    data = choose_data(given)
    check_needs(given, data)
    lengths_of(given)
    _check_choices(given)
    if "image_size" in given:
        read_size(given["image_size"])
    if RENDERED in data:
        _check_deck(given.get("deck") or "game")
    folder, copies = dataset_folders(given.get("input", ""), given.get("augmented", ""))
    pictured = [place for place, kind in ((folder, ORIGINALS), (copies / AUGMENTED_FILE, AUGMENTED)) if kind in data]
    if pictured and not (folder if folder.is_file() else folder / LABELS).is_file():
        read_dataset(folder)  # says when neither labels nor pictures are there
    names = split_list(given.get("tasks") or ())
    if "best" in given:
        check_best(given["best"], names or TASKS)
    if any(task not in TASKS for task in names):
        choose_tasks(names, TaskOptions(), more_fields(label for place in pictured for label in _labels(place)))


def _check_choices(given: Given) -> None:
    """SettingsError for a name that is none of its flag's rows; of --device, what is not there is told later."""
    for key, value in given.items():
        names = [row.name for row in BY_KEY[key].knob.rows]
        # Lists say `arcface` for all tasks, or `identification=arcface`; tasks may be fields of the labels, too.
        told = [one.rpartition("=")[2] for one in value] if key in LISTS else [value]
        unknown = [one for one in told if one not in names]
        if names and unknown and key not in ("data", "tasks"):
            raise SettingsError(f"no {key} {unknown[0]!r}; choose one of: {', '.join(names)}")


def _check_deck(deck: str) -> None:
    from balatro.render.deck import load_deck

    if deck not in NO_FOLDER and find_deck(deck) is None:
        load_deck(art_dir(deck))  # says what is not there, and how to make it


def _labels(place: Path) -> Iterable[CardLabel]:
    if place.name != AUGMENTED_FILE:
        return read_dataset(place).values()
    return read_labels(place).values() if place.is_file() else ()


def find_deck(deck: str) -> Path | None:
    """The folder of a deck by its name or its folder; None when there is none."""
    folders = (art_dir(deck), Path(deck))
    for folder in folders:
        put_back(folder)
    return next((folder for folder in folders if (folder / "deck.json").is_file()), None)


def more_fields(labels: Iterable[CardLabel]) -> list[str]:
    """Fields of these labels that are no columns of every dataset: those can be tasks by their name."""
    return sorted({name for label in labels for name in label.more} - set(KNOWN_FIELDS))


def dataset_folders(input: str = "", augmented: str = "") -> tuple[Path, Path]:
    """The folder (or labels.json) of originals, and that of augmented pictures: as set, or those of the data folder.

    The augmented pictures of another dataset lie beside it as well.
    """
    folder = Path(input) if input else data_dir() / "dataset_default"
    place = folder.parent if folder.is_file() else folder
    return folder, Path(augmented) if augmented else place.resolve().parent / "augmented"


def choose_data(given: Given) -> tuple[str, ...]:
    """What to learn from: as --data says; drawn screens when only a deck was named; else the labelled pictures there are."""
    if given.get("data"):
        names = split_list(given["data"])
        unknown = [name for name in names if name not in DATA]
        if unknown:
            raise SettingsError(f"no data {', '.join(unknown)}; choose from: {', '.join(DATA)}")
        return tuple(name for name in DATA if name in names)
    if given.get("deck"):
        return (RENDERED,)
    folder, copies = dataset_folders(given.get("input", ""), given.get("augmented", ""))
    if given.get("input") or (folder / LABELS).is_file():
        use_copies = given.get("augmented") or _are_copies_of(copies / AUGMENTED_FILE, folder, bool(given.get("input")))
        return (ORIGINALS, AUGMENTED) if use_copies else (ORIGINALS,)
    if (art_dir("game") / "deck.json").is_file():
        return (RENDERED,)
    raise SettingsError(
        f"nothing to learn from: neither labelled pictures in {folder} (`balatro annotate`, or --input FOLDER) nor a deck "
        f"(`balatro art import`, or --deck demo)"
    )


def _are_copies_of(augmented: Path, folder: Path, named: bool) -> bool:
    """Whether copies are there. named: the dataset was, and copies beside it may be those of a third one: they are its own
    where each has its original in it."""
    if not augmented.is_file():
        return False
    if not named:
        return True
    originals = read_dataset(folder).keys()
    return all(label.parent in originals for label in read_labels(augmented).values())


def check_needs(given: Given, data: tuple[str, ...]) -> None:
    """SettingsError for a flag that this data does not use."""
    has = {PICTURES: ORIGINALS in data or AUGMENTED in data, DRAWN: RENDERED in data}
    for key in given:
        needs = BY_KEY[key].knob.needs
        if needs and not has[needs]:
            raise SettingsError(
                f"--{BY_KEY[key].name} was given, but this run has no {needs} to use it on; its data is {', '.join(data)}"
            )


def lengths_of(given: Given) -> list[str]:
    """The flag of LENGTHS that is given, or none; SettingsError for several."""
    lengths = [key for key in LENGTHS if key in given]
    if len(lengths) > 1:
        raise SettingsError(f"{' and '.join(f'--{key}' for key in lengths)} were given; give one of them")
    return lengths


def read_size(text: str) -> tuple[int, int]:
    """`224` or `96x128` as width and height in pixels."""
    found = re.fullmatch(r"(\d+)(?:x(\d+))?", text.strip())
    size = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not all(16 <= side <= 1024 for side in size):
        raise SettingsError(f"--image-size {text}: expected 224 or WIDTHxHEIGHT, 16 to 1024 pixels")
    return size


def split_list(values: Iterable[str]) -> list[str]:
    """`["a,b", "c"]` as `["a", "b", "c"]`."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]

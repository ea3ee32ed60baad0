"""What a run is to learn: its tasks with their classes, and the examples of each side of the split.

Class names are made once, here, from the deck and the labels together; everything else refers to classes by their place in
these lists. A checkpoint keeps the lists and refuses another lesson.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from balatro.config.cards import CATALOGUE, CatalogueCard, fold, is_catalogues
from balatro.config.kinds import CARD
from balatro.errors import InputError, LabelError, SettingsError
from balatro.render.deck import deck_hash
from balatro.train_model.lesson.tasks import (
    AUGMENTED,
    DATA,
    LOOKS,
    MISSING,
    ORIGINALS,
    PLAYING,
    RENDERED,
    TASKS,
    USUAL,
    Task,
    choose_tasks,
)
from balatro.train_model.pictures.dataset import Dataset, load_dataset, split_path
from balatro.train_model.pictures.pictures import Pictures
from balatro.train_model.screens.deck_lesson import CardClass, DeckLesson, DeckRecipe, prepare, recipe_for
from balatro.train_model.settings.early import more_fields
from balatro.train_model.settings.settings import TrainSettings
from balatro.utils.labels import CardLabel

SIDES = ("train", "val", "test", "holdout")
CATALOGUE_PLACE = {card.name: place for place, card in enumerate(CATALOGUE)}
_FOLDED = {fold(card.name): card for card in CATALOGUE}
Catalogue = Mapping[str, CatalogueCard]
"""The cards by their folded names; empty where the labels are another game's."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Everything that is learned, and from what."""

    tasks: dict[str, Task]
    task_classes: dict[str, list[str]]
    """Class names of every task in index order; those of identification are the cards' ids."""
    classes: tuple[CardClass, ...]
    """The cards that are told apart: the classes of identification, where that is a task."""
    twins: tuple[tuple[str, ...], ...] = ()
    recipe: DeckRecipe | None = None
    deck: DeckLesson | None = None
    sides: dict[str, Pictures] = field(default_factory=dict)
    """The labelled pictures of each of SIDES; empty without labelled pictures."""
    split_hash: str = ""
    data_hash: str = ""
    """Of the deck and of the split: what a resumed run must find unchanged."""
    source: str = ""
    """What the cards come from, as the model tells it: the deck's or the dataset's name."""
    notes: tuple[str, ...] = ()
    """What the user should know about the data."""

    @property
    def takes_photographs(self) -> bool:
        """Whether photographs are drawn, from which the refiner learns."""
        return self.recipe is not None and self.recipe.printed > 0

    def drawn_labels(self, task: str) -> np.ndarray:
        """(classes,) int64: the label of a drawn card in a task that its class decides, such as type; else MISSING."""
        places = {name: place for place, name in enumerate(self.task_classes[task])}
        values = [getattr(card, TASKS[task].field if task in TASKS else task, "") for card in self.classes]
        return np.array([places.get(value, MISSING) for value in values], np.int64)


def prepare_lesson(settings: TrainSettings, new_split: bool = False) -> Lesson:
    """Read or draw all that a run learns from. LabelError and InputError say what is wrong with the data."""
    recipe = recipe_for(settings.deck, settings.num_invented, settings.outsiders, settings.seed) if settings.draws else None
    deck = prepare(recipe) if recipe else None
    dataset = load_dataset(settings, new_split) if settings.has_pictures else None
    labels = dataset.labels if dataset else ()
    tasks = choose_tasks(_task_names(settings, labels, deck), settings.task_options, more_fields(labels))
    _check_data(tasks, settings, dataset)
    if dataset is None:
        _check_looks(tasks, deck)
    catalogue = _catalogue(labels)
    classes, place_of = _classes(deck, dataset, catalogue)
    task_classes = {name: _class_names(task, classes, labels, deck is not None, catalogue) for name, task in tasks.items()}
    notes = list(dataset.notes) if dataset else []
    sides = {}
    if dataset:
        for side in SIDES:
            sides[side] = _pictures(dataset, side, tasks, task_classes, place_of, ORIGINALS in settings.data)
        notes += _check(sides["train"], tasks, task_classes, deck is not None)
        if settings.curriculum and not (sides["train"].modifier > 0).any():
            raise SettingsError("--curriculum keeps cards with a modifier for later; no picture to train on has one")
    hashes = [deck_hash(deck.deck)] if deck else []
    hashes += [dataset.split.hash] if dataset else []
    return Lesson(
        tasks=tasks,
        task_classes=task_classes,
        classes=classes,
        twins=deck.twins if deck else (),
        recipe=recipe,
        deck=deck,
        sides=sides,
        split_hash=dataset.split.hash if dataset else "",
        data_hash=hashlib.sha256("".join(hashes).encode()).hexdigest()[:16] if len(hashes) > 1 else hashes[0],
        source=deck.deck.name if deck else dataset.name if dataset else "",
        notes=tuple(notes),
    )


def _task_names(settings: TrainSettings, labels: Sequence[CardLabel], deck: DeckLesson | None) -> list[str]:
    """The tasks asked for; or the usual ones, those that no label and no drawn card tells left out."""
    kind = ["kind"] if settings.draws and "kind" not in settings.tasks else []
    if settings.tasks:
        return [*settings.tasks, *kind]
    told = settings.draws or any(label.modifier for label in labels)
    looks = LOOKS if deck and deck.tells_looks else ()
    return [*(name for name in USUAL if name != "modifier" or told), *kind, *looks]


def _check_data(tasks: Mapping[str, Task], settings: TrainSettings, dataset: Dataset | None) -> None:
    """SettingsError when a task has no data in this run, or cards that must not be learned would be drawn."""
    for name, task in tasks.items():
        if not set(task.data) & set(settings.data):
            raise SettingsError(
                f"the task {name} learns from {', '.join(task.data)}; this run has {', '.join(settings.data)}: leave the "
                "task out, or give it more with --data or --task-data"
            )
    if settings.draws and dataset and dataset.split.holdout_names:
        raise SettingsError(
            "names are held out of this split, but drawn screens would show them; take a --splits without, or no screens"
        )


def _check_looks(tasks: Mapping[str, Task], deck: DeckLesson | None) -> None:
    """SettingsError for tasks of playing cards where the deck has none that say what they are."""
    of_playing_cards = [name for name in tasks if name in PLAYING]
    if of_playing_cards and not (deck and deck.tells_looks):
        told = f"the deck {deck.deck.name} has none" if deck else "this run draws no deck"
        raise SettingsError(
            f"{', '.join(of_playing_cards)}: learned from drawn playing cards that tell their rank and suit, and {told}; leave "
            "the task out, or take --deck game or demo"
        )


# Classes.


def _catalogue(labels: Sequence[CardLabel]) -> Catalogue:
    return _FOLDED if is_catalogues({label.name for label in labels if label.name}) else {}


def _classes(
    deck: DeckLesson | None, dataset: Dataset | None, catalogue: Catalogue
) -> tuple[tuple[CardClass, ...], dict[str, int]]:
    """The cards of the deck, then those that only the labels name; and each labelled name's place."""
    classes = list(deck.classes) if deck else []
    places = {card.name: int(deck.card_class[place]) for place, card in enumerate(classes) if card.known} if deck else {}
    folded = {fold(name): place for name, place in places.items()}
    place_of: dict[str, int] = {}
    names = dataset.learned_names if dataset else []
    for name in sorted(names, key=lambda name: (CATALOGUE_PLACE.get(_proper(name, catalogue), len(CATALOGUE)), name)):
        proper = _proper(name, catalogue)
        place = places.get(proper, folded.get(fold(proper)) if deck else None)
        if place is None:
            assert dataset is not None
            place = len(classes)
            classes.append(_card_class(proper, dataset.labels, {card.id for card in classes}, catalogue))
            places[proper] = place
        place_of[name] = place
    return tuple(classes), place_of


def _proper(name: str, catalogue: Catalogue) -> str:
    """A card of the catalogue as the game writes it: Dna -> DNA."""
    card = catalogue.get(fold(name))
    return card.name if card else name


def _card_class(name: str, labels: Sequence[CardLabel], taken: set[str], catalogue: Catalogue) -> CardClass:
    card = catalogue.get(fold(name))
    if card is not None:
        return CardClass(card.id, card.name, card.type, card.rarity, True, (1.0, 1.0))
    same = next(label for label in labels if label.name == name)
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "card"
    number = 1
    while (slug if number == 1 else f"{slug}_{number}") in taken:
        number += 1
    return CardClass(slug if number == 1 else f"{slug}_{number}", name, same.type, same.rarity, True, (1.0, 1.0))


def _class_names(
    task: Task, classes: Sequence[CardClass], labels: Sequence[CardLabel], draws: bool, catalogue: Catalogue
) -> list[str]:
    if task.field == "name":
        return [card.id for card in classes]
    if task.classes:
        return list(task.classes)
    drawn = {getattr(card, task.field, "") for card in classes if card.known} if draws else set()
    return sorted((drawn | {_value(label, task.field, catalogue) for label in labels}) - {""})


def _value(label: CardLabel, name: str, catalogue: Catalogue) -> str:
    """A label's field; type and rarity of the game's cards follow from their name."""
    told = label.get(name)
    card = catalogue.get(fold(label.name)) if not told and name in ("type", "rarity") else None
    return getattr(card, name) if card else told


# Examples.


def _pictures(
    dataset: Dataset,
    side: str,
    tasks: Mapping[str, Task],
    task_classes: Mapping[str, list[str]],
    place_of: Mapping[str, int],
    originals: bool = True,
) -> Pictures:
    """The pictures of one side with their labels in every task; a task is silent about data that it does not learn from.

    originals: whether they train too, or their augmented copies alone.
    """
    catalogue, rows = _catalogue(dataset.labels), dataset.rows(side)
    if side == "train" and not originals:
        rows = np.array([row for row in rows if dataset.labels[row].parent], np.int64)
    labels = [dataset.labels[row] for row in rows]
    original = np.array([not label.parent for label in labels], bool)
    columns = {}
    for name, task in tasks.items():
        if task.field == "name":
            column = np.array([place_of.get(label.name, MISSING) for label in labels], np.int64)
        elif task.field == "kind":
            column = np.full(len(labels), CARD, np.int64)
        else:
            places = {value: place for place, value in enumerate(task_classes[name])}
            column = np.array([places.get(_value(label, task.field, catalogue), MISSING) for label in labels], np.int64)
        silent = np.where(original, ORIGINALS not in task.data and side == "train", AUGMENTED not in task.data)
        columns[name] = np.where(silent, MISSING, column)
    return dataset.pictures(rows, columns)


def _check(train: Pictures, tasks: Mapping[str, Task], task_classes: Mapping[str, list[str]], draws: bool) -> list[str]:
    """LabelError when a task has nothing to learn from; a note for classes without a picture."""
    if len(train.keys) < 2:
        raise LabelError(f"{len(train.keys)} labelled pictures to train on, expected 2 at least; label more")
    notes = []
    for name, task in tasks.items():
        column = train.labels[name]
        known = column[column != MISSING]
        if len(known) == 0 and not (draws and RENDERED in task.data):
            raise LabelError(
                f"no picture to train on has a {task.field!r}, which the task {name} learns; label some, or leave the task out"
            )
        empty = [task_classes[name][c] for c in np.flatnonzero(np.bincount(known, minlength=len(task_classes[name])) == 0)]
        if empty and not draws:
            told = ", ".join(empty[:5]) + (f" and {len(empty) - 5} more" if len(empty) > 5 else "")
            notes.append(f"{name}: no picture to train on shows {told}; the model cannot learn it")
    return notes


def label_pictures(
    settings: TrainSettings,
    side: str,
    task_classes: Mapping[str, list[str]],
    cards: Sequence[CardClass],
    image_size: tuple[int, int],
) -> tuple[Pictures, str]:
    """The pictures of one side of a dataset with their labels in the classes of a model that was trained elsewhere.

    What the model has no class for is MISSING. Also gives the split's hash.
    """
    if not split_path(settings).is_file():
        raise InputError(f"{split_path(settings)}: no split there yet; `balatro train` makes it, or name it with --splits")
    dataset = load_dataset(replace(settings, image_size=image_size))
    tasks = {name: TASKS.get(name) or Task(field=name) for name in task_classes}
    tasks = {name: replace(task, data=DATA) for name, task in tasks.items()}
    places = {fold(card.name): place for place, card in enumerate(cards) if card.known}
    catalogue = _catalogue(dataset.labels)
    names = {label.name: fold(_proper(label.name, catalogue)) for label in dataset.labels}
    place_of = {name: places[folded] for name, folded in names.items() if folded in places}
    return _pictures(dataset, side, tasks, task_classes, place_of), dataset.split.hash


def find_side(lesson: Lesson, side: str) -> Pictures | None:
    """The pictures of a side, None when there are none."""
    pictures = lesson.sides.get(side)
    return pictures if pictures is not None and len(pictures.keys) else None


def path_name(path: str | Path) -> str:
    """A folder's own name, for what is told outside this machine."""
    return Path(path).resolve().name

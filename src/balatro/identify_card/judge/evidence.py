"""What a model's networks say of a person's own pictures, of which it is known what they show: what `calibrate` fits to.

Three kinds of pictures tell something: labelled pictures of single cards, labelled screens, and pictures that are known to
show no card of the deck. Of the last, and of labelled names that the model does not know, everything named is a false name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from balatro.config.cards import fold
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError
from balatro.gallery.thresholds import NO_CARD
from balatro.identify_card.judge.evaluate import LABELS, read_labels, score_frame
from balatro.identify_card.namer import Likeness
from balatro.utils.images import find_images, load_image, rectify
from balatro.utils.labels import read_dataset
from balatro.utils.progress import track
from balatro.utils.quads import whole

if TYPE_CHECKING:
    from balatro.identify_card.recognizer import Recognizer

NO_MODIFIER = -1


@dataclass(frozen=True, eq=False)
class Evidence:
    """N things that were cut out of pictures."""

    outputs: dict[str, np.ndarray]
    """The encoder's, each (N, …)."""
    likeness: Likeness
    card: np.ndarray
    """(N,) the true card's place in the bundle's cards; NO_CARD for a thing that is to have no name."""
    modifier: np.ndarray
    """(N,) index into MODIFIERS; NO_MODIFIER where it is not known."""
    group: np.ndarray
    """(N,) things of one group, such as all pictures of one card, are not independent."""

    def __len__(self) -> int:
        return len(self.card)

    def part(self, rows: np.ndarray) -> Evidence:
        """Some of them, by bool or index."""
        outputs = {name: values[rows] for name, values in self.outputs.items()}
        return Evidence(outputs, self.likeness.part(rows), self.card[rows], self.modifier[rows], self.group[rows])


@dataclass(frozen=True, eq=False)
class _Things:
    """Cut out of one picture, or alike: crops (n, h, w, 3), and of each what it is."""

    crops: np.ndarray
    card: Sequence[int]
    modifier: Sequence[int]
    group: Sequence[str]


def gather(
    recognizer: Recognizer, dataset: Path | None, frames: Path | None, without_cards: Sequence[str], failures: list[str]
) -> Evidence:
    """Look at everything; what cannot be read goes into failures, a line each.

    dataset: a folder of labelled pictures of cards; frames: of labelled screens; without_cards: pictures, folders and globs
    that show no card of the deck. InputError when nothing at all can be used.
    """
    parts: list[_Things] = []
    if dataset is not None:
        parts += _labelled(recognizer, dataset, failures)
    if frames is not None:
        parts += _framed(recognizer, frames, failures)
    if without_cards:
        parts += _without_cards(recognizer, without_cards, failures)
    if not parts:
        raise InputError(failures[0] if failures else "nothing to calibrate on: no card was found in these pictures")
    told = [recognizer.encode(part.crops) for part in parts]
    outputs = {name: np.concatenate([output[name] for output in told]) for name in told[0]}
    names = {name: number for number, name in enumerate(dict.fromkeys(name for part in parts for name in part.group))}
    return Evidence(
        outputs,
        recognizer.namer.liken(outputs),
        np.array([card for part in parts for card in part.card], np.int64),
        np.array([modifier for part in parts for modifier in part.modifier], np.int64),
        np.array([names[name] for part in parts for name in part.group], np.int64),
    )


def _labelled(recognizer: Recognizer, folder: Path, failures: list[str]) -> Iterator[_Things]:
    """Labelled pictures of single cards; they were cut out with a margin, as the encoder wants it."""
    places = _places(recognizer)
    for key, label in track(read_dataset(folder).items(), "Reading labelled cards"):
        if not label.name:
            continue
        try:
            picture = load_image(folder / key)
        except InputError as error:
            failures.append(str(error))
            continue
        crop = rectify(picture, whole(picture.shape[1], picture.shape[0]), recognizer.bundle.input_size, 0.0)
        card = places.get(fold(label.name), NO_CARD)
        modifier = MODIFIERS.index(label.modifier) if label.modifier in MODIFIERS else NO_MODIFIER
        yield _Things(crop, [card], [modifier], [label.name])


def _framed(recognizer: Recognizer, folder: Path, failures: list[str]) -> Iterator[_Things]:
    """Everything that is located on labelled screens: the cards that the labels tell, all else is to have no name."""
    ids = {card.id: place for place, card in enumerate(recognizer.bundle.cards) if card.known}
    for frame in track(read_labels(folder / LABELS), "Reading frames"):
        try:
            picture = load_image(folder / frame.file)
        except InputError as error:
            failures.append(str(error))
            continue
        quads = recognizer.locate(picture)
        if not len(quads):
            continue
        cards = recognizer.read(picture, quads)
        outcomes, _ = score_frame(frame, picture, cards)
        truth = {id(outcome.said): outcome for outcome in outcomes if outcome.said is not None}
        told = [truth.get(id(card)) for card in cards]
        yield _Things(
            _cut(recognizer, picture, quads),
            [NO_CARD if one is None else ids.get(one.id, NO_CARD) for one in told],
            [NO_MODIFIER if one is None or one.modifier not in MODIFIERS else MODIFIERS.index(one.modifier) for one in told],
            [frame.file if one is None else one.id for one in told],
        )


def _without_cards(recognizer: Recognizer, paths: Sequence[str], failures: list[str]) -> Iterator[_Things]:
    """Everything that looks like a card on pictures that show none of the deck."""
    files, not_found = find_images(paths)
    failures += not_found
    for path in track(files, "Reading pictures without cards of the deck"):
        try:
            picture = load_image(path)
        except InputError as error:
            failures.append(str(error))
            continue
        quads = recognizer.locate(picture)
        if len(quads):
            none = [NO_CARD] * len(quads)
            yield _Things(_cut(recognizer, picture, quads), none, [NO_MODIFIER] * len(quads), [path.as_posix()] * len(quads))


def _cut(recognizer: Recognizer, picture: np.ndarray, quads: np.ndarray) -> np.ndarray:
    return rectify(picture, quads, recognizer.bundle.input_size, recognizer.bundle.margin)


def _places(recognizer: Recognizer) -> dict[str, int]:
    """The model's known cards by their folded names."""
    return {fold(card.name): place for place, card in enumerate(recognizer.bundle.cards) if card.known}

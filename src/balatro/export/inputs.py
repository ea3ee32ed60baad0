"""What an exported model is tried on: a user's own pictures, or screens drawn of the model's own deck.

Trials are made anew each time they are asked for, one after the other: a few hundred screens at once fill gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from balatro.errors import InputError
from balatro.identify_card.card import Card
from balatro.identify_card.judge.evaluate import LABELS, read_labels, score_frame, score_screen
from balatro.identify_card.judge.own_screens import find_deck, own_screens
from balatro.identify_card.judge.scores import FalseName, Outcome
from balatro.render.deck import Deck
from balatro.runtime.bundle import Bundle
from balatro.utils.images import find_images, load_image
from balatro.utils.wording.plurals import counted

CHECK_LOT, CALIBRATION_LOT = 0, 1
CALIBRATION_SCREENS = 32
FEWEST_PICTURES = 6
"""Of a model without a deck here: a third of them calibrate, the others check."""

Judge: TypeAlias = Callable[[Sequence[Card]], tuple[list[Outcome], list[FalseName]]]
"""Scores what was read in one picture, by its truth."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One picture to try a model on."""

    picture: np.ndarray
    """(H, W, 3) uint8 RGB."""
    judge: Judge | None = None
    """None where the truth is not known."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Some pictures of one kind."""

    told: str
    """What they are: "200 screens drawn of the deck game"."""
    count: int
    has_truth: bool
    make: Callable[[], Iterator[Trial]]


@dataclass(frozen=True, eq=False)
class Inputs:
    """Pictures that int8 is calibrated on, and others that the result is checked on."""

    calibration: Trials
    checks: tuple[Trials, ...]


def find_inputs(bundle: Bundle, pictures: Sequence[str], num_screens: int) -> Inputs:
    """What a model is tried on. pictures: paths of the user's, which are checked first; a folder with labels.jsonl has truth.

    Screens are drawn where no given picture has truth. InputError for pictures that cannot be used, and for a model
    whose deck is not here when there are none.
    """
    deck = find_deck(bundle)
    given = _given(pictures) if pictures else None
    if deck is None and (given is None or given.count < FEWEST_PICTURES):
        have = f", at least {FEWEST_PICTURES}" if given else ""
        raise InputError(
            f"no deck {bundle.deck!r} here to draw screens of; give pictures of its cards with --check{have}, "
            "or make the deck anew (`balatro art import`)"
        )
    if deck is None:
        assert given is not None
        return Inputs(_every_third(given, True), (_every_third(given, False),))
    drawn = _drawn(deck, num_screens, CHECK_LOT)
    calibration = _drawn(deck, CALIBRATION_SCREENS, CALIBRATION_LOT)
    if given is None:
        return Inputs(calibration, (drawn,))
    return Inputs(calibration, (given,) if given.has_truth else (given, drawn))


def _drawn(deck: Deck, count: int, lot: int) -> Trials:
    names = {card.id: card.name for card in deck.cards}

    def make() -> Iterator[Trial]:
        for number, screen in enumerate(own_screens(deck, count, lot), start=1):
            yield Trial(screen.image, lambda cards, n=number, s=screen: score_screen(f"screen {n}", s, cards, names))  # type: ignore[misc]

    return Trials(f"{counted(count, 'screen')} drawn of the deck {deck.name}", count, True, make)


def _given(paths: Sequence[str]) -> Trials:
    labelled = [path for path in paths if (Path(path) / LABELS).is_file()]
    if labelled and len(paths) > 1:
        raise InputError(f"{labelled[0]}: labelled screens are checked alone; give one --check")
    return _labelled(Path(labelled[0])) if labelled else _unlabelled(paths)


def _labelled(folder: Path) -> Trials:
    frames = read_labels(folder / LABELS)

    def make() -> Iterator[Trial]:
        for frame in frames:
            picture = load_image(folder / frame.file)
            yield Trial(picture, lambda cards, f=frame, p=picture: score_frame(f, p, cards))  # type: ignore[misc]

    return Trials(f"{len(frames)} labelled screens in {folder}", len(frames), True, make)


def _unlabelled(paths: Sequence[str]) -> Trials:
    files, failures = find_images(paths)
    if failures:
        raise InputError(failures[0])
    missing = next((path for path in files if not path.is_file()), None)
    if missing is not None:
        raise InputError(f"{missing}: no such file; check the path")
    return Trials(f"{len(files)} given pictures", len(files), False, lambda: (Trial(load_image(path)) for path in files))


def _every_third(trials: Trials, third: bool) -> Trials:
    """Every third of some trials, or the others."""
    count = len(range(0, trials.count, 3))
    count = count if third else trials.count - count

    def make() -> Iterator[Trial]:
        return (trial for number, trial in enumerate(trials.make()) if (number % 3 == 0) == third)

    return Trials(f"{count} of {trials.told}", count, trials.has_truth, make)

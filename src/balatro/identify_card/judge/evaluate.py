"""Scoring a model on screens of the game whose cards are known.

Frames come in a folder with labels.jsonl, one line a picture:

    {"file": "a.webp", "jokers": [{"slot": 0, "key": "j_egg", "name": "Egg", "edition": "Base"}, …],
     "consumables": […], "shop_cards": […], "pack_choices": […]}

The labels tell an area's cards from left to right, not where they are. So what was read is put into areas by its place on
the screen, and each area is aligned with its truth. A playing card in a pack has no key: no name is right for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.config.screens import AREAS, frame_unit
from balatro.errors import InputError
from balatro.identify_card.card import Card
from balatro.identify_card.judge.scores import FalseName, Outcome, Scores
from balatro.utils.images import load_image, rectify
from balatro.utils.progress import track
from balatro.utils.quads import quad_sizes

if TYPE_CHECKING:
    from balatro.identify_card.recognizer import Recognizer
    from balatro.render.table import Screen, ScreenCard

LABELS = "labels.jsonl"
NO_AREA = "elsewhere"
CROP = (96, 128)
"""Width and height of a miss's picture."""
MIN_VISIBLE = 0.15
"""Rendered cards of which less can be seen are not counted."""
SAME_PLACE = 0.25
"""A located quad belongs to a rendered card when their corners are this close on average, in widths of the card."""


@dataclass(frozen=True)
class Truth:
    """One card of an area. id is None for a playing card."""

    slot: int
    id: str | None
    name: str
    modifier: str


@dataclass(frozen=True)
class Frame:
    """One line of labels.jsonl."""

    file: str
    areas: dict[str, tuple[Truth, ...]]


def evaluate_frames(recognizer: Recognizer, folder: Path, failures: list[str] | None = None, most: int | None = None) -> Scores:
    """Read every labelled picture of a folder and score it. Raises InputError for labels that cannot be used.

    A picture that cannot be read is left out of the scores and what is wrong with it goes into failures; without such a list
    it raises InputError. most: of more pictures at most so many are read, from all over the folder.
    """
    frames = read_labels(folder / LABELS)
    if most is not None:
        frames = frames[:: -(-len(frames) // most)]
    outcomes: list[Outcome] = []
    false_names: list[FalseName] = []
    num_read = 0
    for frame in track(frames, "Reading frames"):
        try:
            picture = load_image(folder / frame.file)
        except InputError as error:
            if failures is None:
                raise
            failures.append(str(error))
            continue
        right, false = score_frame(frame, picture, recognizer.identify(picture))
        num_read += 1
        outcomes += right
        false_names += false
    return Scores(tuple(outcomes), tuple(false_names), num_read)


def read_labels(path: Path) -> list[Frame]:
    """labels.jsonl; InputError names the line that cannot be read."""
    if not path.is_file():
        raise InputError(f"{path} is missing: a folder to evaluate has the frames and their labels.jsonl")
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows editors put a mark before UTF-8
    except ValueError as error:
        raise InputError(f"{path}: no UTF-8 text ({error}); save it as UTF-8") from error
    frames = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            frames.append(_read_frame(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}, line {number}: no label of a frame ({error!r}); mend it") from error
    if not frames:
        raise InputError(f"{path}: no labels in it; expected one line of JSON per frame")
    return frames


def _read_frame(entry: dict[str, Any]) -> Frame:
    areas = {}
    for area in AREAS:
        slots = sorted(entry.get(area, []), key=lambda slot: slot["slot"])
        areas[area] = tuple(Truth(slot["slot"], slot["key"] or None, slot["name"], slot["edition"]) for slot in slots)
    return Frame(str(entry["file"]), areas)


def score_frame(frame: Frame, picture: np.ndarray, cards: Sequence[Card]) -> tuple[list[Outcome], list[FalseName]]:
    """Compare the cards read from one (H, W, 3) uint8 RGB picture with its labels."""
    size = (picture.shape[1], picture.shape[0])
    outcomes: list[Outcome] = []
    placed: dict[str, list[Card]] = {area: [] for area in (*AREAS, NO_AREA)}
    for card in sorted(cards, key=lambda card: _centre(card)[0]):
        placed[area_of(card, size)].append(card)
    false = [(NO_AREA, card) for card in placed[NO_AREA]]
    for area, truths in frame.areas.items():
        pairs = list(zip(truths, align(truths, placed[area]), strict=True))
        outcomes += [_outcome(frame.file, area, truth, card, picture) for truth, card in pairs if truth.id is not None]
        named = {id(card) for truth, card in pairs if truth.id is not None}
        false += [(area, card) for card in placed[area] if id(card) not in named]
    return outcomes, [FalseName(frame.file, area, card, _crop(picture, card)) for area, card in false if card.known]


def area_of(card: Card, size: tuple[int, int]) -> str:
    """In which of AREAS a card lies, in a picture of this width and height."""
    unit = frame_unit(*size)
    x, y = _centre(card)
    x, y = 0.5 + (x - size[0] / 2) / (16 * unit), 0.5 + (y - size[1] / 2) / (9 * unit)
    for area, (left, top, right, bottom) in AREAS.items():
        if left <= x < right and top <= y < bottom:
            return area
    return NO_AREA


def align(truths: Sequence[Truth], cards: Sequence[Card]) -> list[Card | None]:
    """For each slot the card that was read there, or None.

    Both come from left to right and keep their order; of all ways to pair them that with the best likeness is taken, so
    that one missed card, or one found in between, does not shift the rest.
    """
    best = np.zeros((len(truths) + 1, len(cards) + 1))
    for row, truth in enumerate(truths):
        for column, card in enumerate(cards):
            pair = best[row, column] + _likeness(truth, card)
            best[row + 1, column + 1] = max(pair, best[row, column + 1], best[row + 1, column])
    partners: list[Card | None] = [None] * len(truths)
    row, column = len(truths), len(cards)
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            partners[row] = cards[column]
    return partners


def _likeness(truth: Truth, card: Card) -> float:
    """How gladly a slot and a card are paired; always above 0, since a card was found there."""
    if truth.id is None:
        return 0.6 if card.known else 1.0
    if card.id == truth.id:
        return 3.5 if card.modifier == truth.modifier else 3.0
    return 1.5 if truth.id in {guess.id for guess in card.top} else 1.0


def _outcome(file: str, area: str, truth: Truth, card: Card | None, picture: np.ndarray) -> Outcome:
    assert truth.id is not None
    outcome = Outcome(file, area, truth.slot, truth.id, truth.name, truth.modifier, card)
    if outcome.both_right:
        return outcome
    return replace(outcome, crop=_area_crop(picture, area) if card is None else _crop(picture, card))


def _centre(card: Card) -> tuple[float, float]:
    return sum(x for x, _ in card.quad) / 4, sum(y for _, y in card.quad) / 4


def _crop(picture: np.ndarray, card: Card) -> np.ndarray:
    return _cut(picture, np.array(card.quad, np.float32))


def _cut(picture: np.ndarray, quad: np.ndarray) -> np.ndarray:
    return rectify(picture, quad[None], CROP)[0]


def _area_crop(picture: np.ndarray, area: str) -> np.ndarray:
    """The part of the picture in which the card should have been found."""
    height, width = picture.shape[:2]
    unit = frame_unit(width, height)
    left, top, right, bottom = AREAS[area]
    x = [round(width / 2 + (share - 0.5) * 16 * unit) for share in (left, right)]
    y = [round(height / 2 + (share - 0.5) * 9 * unit) for share in (top - 0.06, bottom + 0.06)]
    return picture[max(0, y[0]) : y[1], max(0, x[0]) : x[1]].copy()


def evaluate_screens(recognizer: Recognizer, screens: Iterable[Screen], names: dict[str, str] | None = None) -> Scores:
    """The same scores on rendered screens, whose quads are known. names gives the cards' names by id."""
    outcomes: list[Outcome] = []
    false_names: list[FalseName] = []
    number = 0
    for number, screen in enumerate(screens, start=1):
        right, false = score_screen(f"screen {number}", screen, recognizer.identify(screen.image), names or {})
        outcomes += right
        false_names += false
    return Scores(tuple(outcomes), tuple(false_names), number)


def score_screen(
    file: str, screen: Screen, cards: Sequence[Card], names: dict[str, str]
) -> tuple[list[Outcome], list[FalseName]]:
    """Compare the cards read from a rendered screen with its truth."""
    pairs = list(zip(screen.cards, pair_by_place(screen.cards, cards), strict=True))
    outcomes = []
    for slot, (truth, card) in enumerate(pairs):
        if truth.known and truth.visible >= MIN_VISIBLE:
            name = names.get(truth.id, truth.id)
            outcome = Outcome(file, truth.area, slot, truth.id, name, truth.modifier, card)
            outcomes.append(outcome if outcome.both_right else replace(outcome, crop=_cut(screen.image, truth.quad)))
    taken = {id(card) for truth, card in pairs if truth.known}
    false = [card for card in cards if card.known and id(card) not in taken]
    return outcomes, [FalseName(file, NO_AREA, card, _crop(screen.image, card)) for card in false]


def pair_by_place(truths: Sequence[ScreenCard | Card], cards: Sequence[Card]) -> list[Card | None]:
    """For each rendered card, or card of another reading, the one read at its place, nearest pairs first, each used once."""
    partners: list[Card | None] = [None] * len(truths)
    if not truths or not cards:
        return partners
    true_quads = np.stack([truth.quad for truth in truths]).astype(np.float32)
    quads = np.array([card.quad for card in cards], np.float32)
    apart = np.linalg.norm(true_quads[:, None] - quads[None], axis=3).mean(axis=2) / quad_sizes(true_quads)[:, :1]
    taken: set[int] = set()
    for flat in np.argsort(apart, axis=None, kind="stable"):
        row, column = divmod(int(flat), len(cards))
        if apart[row, column] > SAME_PLACE:
            break
        if partners[row] is None and column not in taken:
            partners[row] = cards[column]
            taken.add(column)
    return partners

"""What was read of a picture against its labelled boxes: which card is which, and what is a false name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from balatro.config.cards import fold
from balatro.identify_card.card import Card
from balatro.identify_card.judge.boxes.labels import Box, BoxLabel, BoxPicture
from balatro.identify_card.judge.evaluate import CROP
from balatro.identify_card.judge.scores import FalseName, Outcome
from balatro.utils.images import rectify
from balatro.utils.quads import box_area, box_overlap, shared_area

SAME_BOX = 0.4
"""A labelled card is found by a box that shares at least so much with it: area of both by area of either."""
AS_GOOD = 0.15
"""Of boxes that fit a card nearly as well as the best, one with the right name goes first."""
ON_UNSURE = 0.2
IN_UNSURE = 0.5
"""A name is not counted where its box shares more than ON_UNSURE with an unsure one, or lies in it with more than this."""


@dataclass(frozen=True, eq=False)
class BoxOutcome(Outcome):
    """One labelled card; `modifier` is empty where the labels tell none, and then right whatever was read."""

    is_named: bool = False
    """Whether the name is right: by id where the label has one, else by name."""
    height: float = 0.0
    """As a share of the picture's."""
    is_printing: bool | None = None
    """Whether the likeliest printing is the right one; None where the labels do not tell it."""
    printing: str = ""
    """Which one is right, for the page of misses."""

    @property
    def name_right(self) -> bool:
        return self.is_named

    @property
    def modifier_right(self) -> bool:
        return self.said is not None and self.modifier in ("", self.said.modifier)

    @property
    def both_right(self) -> bool:
        return super().both_right and self.is_printing is not False

    @property
    def kind(self) -> str:
        is_rest_right = self.name_right and self.modifier_right
        return "printing" if is_rest_right and self.is_printing is False else super().kind

    @property
    def true(self) -> str:
        return f"{self.name} {self.printing}".strip()

    @property
    def answer(self) -> str:
        told = " ".join(likeliest_fields(self.said).values()) if self.said and self.is_printing is not None else ""
        return f"{super().answer} {told}".strip()


@dataclass(frozen=True, eq=False)
class BoxFalseName(FalseName):
    """A name where no labelled card is."""

    height: float = 0.0
    """As a share of the picture's."""


@dataclass(frozen=True, eq=False)
class PictureResult:
    """What became of one picture."""

    tags: tuple[str, ...]
    outcomes: tuple[BoxOutcome, ...]
    false_names: tuple[BoxFalseName, ...]


def judge_picture(labels: BoxPicture, picture: np.ndarray, cards: Sequence[Card]) -> PictureResult:
    """Compare the cards read from one (H, W, 3) uint8 RGB picture with its labels, whose boxes are in pixels."""
    partners = pair_boxes(labels.cards, cards)
    outcomes = []
    for slot, (label, place) in enumerate(zip(labels.cards, partners, strict=True)):
        said = None if place is None else cards[place]
        right = said is not None and is_same(said, label)
        height = (label.box[3] - label.box[1]) / picture.shape[0]
        outcome = BoxOutcome(labels.file, "box", slot, label.id, label.name, label.modifier or "", said, None, right, height)
        if label.tells_printing:
            which = " ".join(label.fields.values()) or label.printing
            outcome = replace(outcome, is_printing=is_printing(said, label), printing=which)
        outcomes.append(outcome if outcome.both_right else replace(outcome, crop=_crop(picture, label.box, said)))
    false = [card for place, card in enumerate(cards) if card.known and place not in partners]
    false_names = [
        BoxFalseName(
            labels.file, "no box", card, _crop(picture, card.box, card), (card.box[3] - card.box[1]) / picture.shape[0]
        )
        for card in false
        if not any(_is_on(card.box, box) for box in labels.unsure)
    ]
    return PictureResult(labels.tags, tuple(outcomes), tuple(false_names))


def is_same(card: Card, label: BoxLabel) -> bool:
    """Whether the name read is the label's: by id; by name in any spelling, or an id in its place, where the label has none."""
    if not card.known:
        return False
    return card.id == label.id if label.id else fold(label.name) in (fold(card.name or ""), fold(card.id or ""))


def is_printing(card: Card | None, label: BoxLabel) -> bool:
    """Whether the likeliest printing read is the label's: by its id, else by the fields that the label tells."""
    if card is None or not card.known:
        return False
    if label.printing:
        return card.id == label.printing
    fields = likeliest_fields(card)
    return all(fold(fields.get(name, "")) == fold(value) for name, value in label.fields.items())


def likeliest_fields(card: Card) -> Mapping[str, str]:
    """The fields of the likeliest printing of a card."""
    return card.printings[0].fields if card.printings else card.fields


def pair_boxes(labels: Sequence[BoxLabel], cards: Sequence[Card]) -> list[int | None]:
    """For each label the place of the card that was read there, best fit first, each card once; None where there is none."""
    fits = sorted(
        ((box_overlap(label.box, card.box), i, j) for i, label in enumerate(labels) for j, card in enumerate(cards)),
        reverse=True,
    )
    fits = [fit for fit in fits if fit[0] >= SAME_BOX]
    partners: list[int | None] = [None] * len(labels)
    used: set[int] = set()
    for value, i, j in fits:
        if partners[i] is not None or j in used:
            continue
        near = (k for fit, a, k in fits if a == i and fit > value - AS_GOOD and k not in used and is_same(cards[k], labels[i]))
        best = next(near, j)
        partners[i] = best
        used.add(best)
    return partners


def _is_on(box: Box, unsure: Box) -> bool:
    return box_overlap(box, unsure) > ON_UNSURE or shared_area(box, unsure) > IN_UNSURE * box_area(box)


def _crop(picture: np.ndarray, box: Box, card: Card | None) -> np.ndarray:
    """What was looked at: the card, straightened; where none was found the box and as much again around it."""
    if card is not None:
        return rectify(picture, np.array([card.quad], np.float32), CROP)[0]
    wide, high = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    left, top = max(0, round(box[0] - wide)), max(0, round(box[1] - high))
    return picture[top : max(0, round(box[3] + high)), left : max(0, round(box[2] + wide))].copy()

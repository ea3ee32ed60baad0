"""What each thing of a picture may be, beyond the name that `identify` gives it: its kind, its other names, its aspects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from balatro.config.kinds import KINDS, kind_of
from balatro.config.playing_cards import ASPECTS
from balatro.identify_card.card import Card
from balatro.identify_card.namer import Namer
from balatro.identify_card.sight import Sight
from balatro.utils.chances import softmax

NO_NAME = re.compile(r"\d+,\d+|\b\d+$")
"""A picture that is called by its cell or number has no name."""


@dataclass(frozen=True)
class Told:
    """What a task says of a thing."""

    value: str
    chance: float
    """0..1."""


@dataclass(frozen=True, eq=False)
class Thing:
    """A thing of the picture."""

    card: Card
    quad: np.ndarray
    """(4, 2) corners, pixels."""
    kinds: np.ndarray
    """(6,) probabilities in the order of KINDS."""
    name: str | None = None
    """Of a voucher, a booster pack or a card's back."""
    told: dict[str, Told] = field(default_factory=dict)
    """By task of ASPECTS, what the model says with enough certainty."""

    def chance(self, *kinds: str) -> float:
        """Probability that it is one of these KINDS."""
        return float(sum(self.kinds[KINDS.index(kind)] for kind in kinds))

    @property
    def face_down(self) -> bool:
        """Whether it shows its back rather than its face, where a playing card lies."""
        return self.chance("card back") > self.chance("playing card")

    @property
    def is_playing(self) -> bool:
        """Whether it is a playing card, wherever it lies."""
        return not self.named and self.chance("playing card") > 0.5

    @property
    def named(self) -> bool:
        """Whether `identify` has a name for it, which makes it a card, whatever else it may look like."""
        return self.card.known


def make_things(sight: Sight, namer: Namer) -> list[Thing]:
    """The things of a picture in the order of its cards."""
    if not sight.cards:
        return []
    names, _ = namer.name_chances(sight.outputs)
    kinds = _kinds(sight, namer, names)
    told = _told(sight, namer)
    objects = _object_names(names, kinds, namer)
    return [
        Thing(card, quad, row, name, aspects)
        for card, quad, row, name, aspects in zip(sight.cards, sight.quads, kinds, objects, told, strict=True)
    ]


def _kinds(sight: Sight, namer: Namer, names: np.ndarray) -> np.ndarray:
    """(N, 6) probabilities; without a `kind` task they follow from the names."""
    if "kind" in namer.bundle.tasks:
        return np.asarray(softmax(sight.outputs["kind"], namer.bundle.tasks["kind"].temperature))
    kinds = np.zeros((len(names), len(KINDS)))
    for column, card in enumerate(namer.bundle.cards):
        kinds[:, kind_of(card.type)] += names[:, column]
    return kinds


def _told(sight: Sight, namer: Namer) -> list[dict[str, Told]]:
    told: list[dict[str, Told]] = [{} for _ in sight.cards]
    for name in ASPECTS:
        task = namer.bundle.tasks.get(name)
        if task is None:
            continue
        chances = softmax(sight.outputs[name], task.temperature)
        for aspects, row in zip(told, chances, strict=True):
            best = int(row.argmax())
            if row[best] >= task.reject:
                aspects[name] = Told(task.classes[best], float(row[best]))
    return told


def _object_names(names: np.ndarray, kinds: np.ndarray, namer: Namer) -> list[str | None]:
    """For each thing the name of the likeliest voucher, pack or back, of the kind that it is most probably; several pictures
    may share one name. None where that is less probable than a card's name has to be."""
    bundle = namer.bundle
    columns: dict[tuple[int, str], list[int]] = {}
    for column, card in enumerate(bundle.cards):
        if not card.known:
            columns.setdefault((kind_of(card.type), card.name), []).append(column)
    if not columns:
        return [None] * len(names)
    grouped = names[:, [place for places in columns.values() for place in places]]
    begins = np.cumsum([0, *map(len, columns.values())])[:-1]
    chances = np.add.reduceat(grouped, begins, axis=1)
    chances[np.array([kind for kind, _ in columns]) != kinds.argmax(axis=1)[:, None]] = -1.0
    reject = bundle.tasks["identification"].reject if "identification" in bundle.tasks else bundle.gallery.reject
    told, best = [name for _, name in columns], chances.argmax(axis=1).tolist()
    sure = chances.max(axis=1) >= max(reject, 0.0)
    return [told[place] if good and not NO_NAME.search(told[place]) else None for place, good in zip(best, sure, strict=True)]

"""Which copies are made of which picture, and what is done to each: everything that is decided before a picture is opened.

A plan depends on the labels and the settings alone. What a copy undergoes is drawn from the seed, its parent's key and its
number, so neither the order of work, the number of workers nor what else is in the dataset changes it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from heapq import heapify, heapreplace

import numpy as np

from balatro.augment_dataset.settings import NEGATIVE, Settings
from balatro.augment_dataset.steps import LARGEST_SEED, TRANSFORMS, Step, format_steps, rounded
from balatro.errors import LabelError, SettingsError
from balatro.render.display import GAME
from balatro.render.editions import random_phases
from balatro.utils.labels import CardLabel

BASE = "Base"
MOST_COPIES = 50
"""Of one picture and one edition, when classes are brought up to the largest: more of them teach nothing new."""


GEOMETRY = tuple(name for name, kind in TRANSFORMS.items() if kind.moves)


@dataclass(frozen=True)
class Rule:
    """What the copies of a modifier's cards may undergo."""

    transforms: tuple[str, ...]
    strength: float = 1.0


EVERYTHING = Rule(tuple(TRANSFORMS))
RULES: Mapping[str, Rule] = {
    "Base": EVERYTHING,
    # Their colours are what tells these apart, so only shapes change.
    "Foil": Rule(GEOMETRY),
    "Holographic": Rule(GEOMETRY),
    "Polychrome": Rule(GEOMETRY),
    # Rare and far from everything else: nothing but the unrest of a card on the table.
    "Negative": Rule(("rotate", "crop"), strength=0.3),
}
"""By modifier. Cards of other games, and those whose modifier nobody has said, get EVERYTHING."""


@dataclass(frozen=True)
class Copy:
    """One picture to be made."""

    key: str
    """Its path in the output, its key in augmented.json."""
    steps: tuple[Step, ...]
    label: CardLabel
    """As it stands in augmented.json, `full_path` excepted."""


@dataclass(frozen=True)
class CopyPlan:
    """All copies, by their parent's key, in the order of the labels."""

    copies: Mapping[str, tuple[Copy, ...]]
    num_bare: int = 0
    """Pictures that nothing may be done to under these settings, and that therefore have no copies of their own kind."""
    short: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Classes that balancing could not bring up to the largest: how many pictures they get, and how many that has."""

    def __len__(self) -> int:
        return sum(len(copies) for copies in self.copies.values())


Origin = tuple[str, str]
"""A parent's key and what is drawn over it: an edition, or nothing."""


def plan_copies(labels: Mapping[str, CardLabel], settings: Settings) -> CopyPlan:
    """What to make of these labels: (key, label) of originals. LabelError when there are none, SettingsError for no copies."""
    if not labels:
        raise LabelError("no labelled pictures; label some with `balatro annotate`")
    counts = _counts(labels, settings)
    num_bare = sum((key, "") not in counts for key in labels)
    short = _balance(labels, counts, settings.balance_by) if settings.balance_by else {}
    if not any(counts.values()):
        raise SettingsError("these settings make no copies; ask for more of them, or leave out some of the --no-…")
    stems = _stems(labels)
    by_parent: dict[str, list[Copy]] = {key: [] for key in labels}
    for (parent, edition), count in counts.items():
        copies = by_parent[parent]
        for number in range(count):
            key = f"{stems[parent]}_aug{len(copies) + 1}.png"
            copies.append(_copy(key, parent, labels[parent], edition, number, settings))
    return CopyPlan({parent: tuple(copies) for parent, copies in by_parent.items() if copies}, num_bare, short)


def _counts(labels: Mapping[str, CardLabel], settings: Settings) -> dict[Origin, int]:
    """How many copies each picture gets: those of its own kind first, then those with an edition drawn over it.

    Rare is a *name*: nearly every card in an edition would be rare otherwise, and all pictures would get the larger number.
    """
    originals = Counter(label.name for label in labels.values() if label.name)
    another_game = has_no_modifiers(labels)
    counts: dict[Origin, int] = {}
    for key, label in labels.items():
        rare = 0 < originals[label.name] < settings.rare_threshold
        if allowed(label.modifier, settings):
            counts[key, ""] = settings.n if settings.n is not None else settings.rare if rare else settings.standard
        counts.update(((key, edition), 1) for edition in drawn_over(label, settings, another_game))
    return counts


def has_no_modifiers(labels: Mapping[str, CardLabel]) -> bool:
    """Whether these are the cards of another game, which knows no modifiers."""
    return not any(label.modifier for label in labels.values())


def drawn_over(label: CardLabel, settings: Settings, another_game: bool) -> tuple[str, ...]:
    """The editions that are drawn over a picture: over none but those labelled Base, where there are modifiers at all."""
    if label.modifier == BASE:
        return settings.drawn()
    return (NEGATIVE,) if another_game and settings.invert else ()


def _balance(labels: Mapping[str, CardLabel], counts: dict[Origin, int], by: str) -> dict[str, tuple[int, int]]:
    """Raise the counts until every class has as many pictures as the largest, or MOST_COPIES of each; see CopyPlan.short."""
    classes: dict[str, list[Origin]] = defaultdict(list)
    totals = Counter(label.get(by) for label in labels.values())
    for source, count in counts.items():
        name = labels[source[0]].name if by == "name" else source[1] or labels[source[0]].modifier
        classes[name].append(source)
        totals[name] += count
    del totals[""]  # what nobody has named is no class
    largest = max(totals.values(), default=0)
    short = {}
    for name, total in totals.items():
        reached = total + _raise(counts, classes[name], largest - total)
        if reached < largest:
            short[name] = (reached, largest)
    return short


def _raise(counts: dict[Origin, int], sources: list[Origin], wanted: int) -> int:
    """Give some more copies to these sources, always one to whichever has the fewest; returns how many were given."""
    heap = [(counts[source], number) for number, source in enumerate(sources)]
    heapify(heap)
    for given in range(wanted):
        if not heap or heap[0][0] >= MOST_COPIES:
            return given
        count, number = heap[0]
        counts[sources[number]] = count + 1
        heapreplace(heap, (count + 1, number))
    return wanted


def _stems(labels: Mapping[str, CardLabel]) -> dict[str, str]:
    """What the names of each picture's copies begin with: its own without the ending, unless two would be the same."""
    taken: set[str] = set()
    stems = {}
    for key in sorted(labels, key=lambda key: (not key.lower().endswith(".png"), key)):
        stem, _, ending = key.rpartition(".")
        stem = stem if stem and "/" not in ending else key
        while stem.casefold() in taken:  # a.png and A.png are one file on Windows
            stem = f"{stem}_{ending}"
        taken.add(stem.casefold())
        stems[key] = stem
    return stems


def allowed(modifier: str, settings: Settings) -> tuple[str, ...]:
    """The transforms that pictures of a modifier may undergo, in their order."""
    return tuple(name for name in RULES.get(modifier, EVERYTHING).transforms if name not in settings.without)


def _copy(key: str, parent: str, label: CardLabel, edition: str, number: int, settings: Settings) -> Copy:
    told = json.dumps([settings.seed, parent, edition, number]).encode()
    rng = np.random.default_rng(int.from_bytes(hashlib.blake2b(told, digest_size=16).digest(), "big"))
    modifier = edition or label.modifier
    over = (draw_edition(rng, edition, settings),) if edition else ()
    steps = (*over, *_size(settings), *draw_steps(rng, modifier, settings))
    changed = replace(label, modifier=modifier, parent=parent, augmentation=format_steps(steps), full_path="")
    return Copy(key, steps, replace(changed, synthetic=bool(edition) or label.synthetic))


def draw_edition(rng: np.random.Generator, edition: str, settings: Settings) -> Step:
    """An edition at a moment drawn by lot, or the plain inversion that was asked for in place of a Negative."""
    if settings.invert and edition == NEGATIVE:
        return Step("invert")
    phases = random_phases(rng, 1)
    numbers = np.array([phases.swing[0], phases.seconds[0], phases.field[0]], np.float64)
    return Step(edition.lower(), (*rounded(numbers), settings.margin, GAME.contrast if settings.crt else 1.0))


def _size(settings: Settings) -> tuple[Step, ...]:
    return (Step("size", tuple(map(float, settings.image_size))),) if settings.image_size else ()


def draw_steps(rng: np.random.Generator, modifier: str, settings: Settings) -> tuple[Step, ...]:
    """What a copy of a picture of this modifier undergoes: some of what is allowed, at least one where anything is."""
    may = allowed(modifier, settings)
    strength = RULES.get(modifier, EVERYTHING).strength
    # All are drawn, whatever is allowed, so that leaving one out does not change the others.
    lots = rng.random(len(TRANSFORMS))
    drawn = {name: draw_step(rng, name, strength) for name in TRANSFORMS}
    chosen = [name for lot, (name, transform) in zip(lots, TRANSFORMS.items(), strict=True) if lot < transform.often]
    return tuple(drawn[name] for name in may if name in chosen) or tuple(drawn[name] for name in may)


def draw_step(rng: np.random.Generator, name: str, strength: float) -> Step:
    """One transform with values drawn by lot; strength in 0..1."""
    transform = TRANSFORMS[name]
    values = transform.draw(rng, strength)
    return Step(name, values, int(rng.integers(LARGEST_SEED)) if transform.seeded else None)

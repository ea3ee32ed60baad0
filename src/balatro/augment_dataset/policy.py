"""Which copies are made of which picture, and what is done to each: everything that is decided before a picture is opened.

A plan depends on the labels and the settings alone. What a copy undergoes is drawn from the seed, its parent's key and its
number, so neither the order of work, the number of workers nor what else is in the dataset changes it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from heapq import heapify, heapreplace

import numpy as np

from balatro.augment_dataset.steps import LARGEST_SEED, Step, format_steps
from balatro.config.modifiers import MODIFIERS
from balatro.config.shapes import MARGIN
from balatro.errors import LabelError, SettingsError
from balatro.render.display import GAME
from balatro.render.editions import random_phases
from balatro.utils.labels import CardLabel

BASE, NEGATIVE = "Base", "Negative"
EDITIONS = MODIFIERS[1:]
MOST_COPIES = 50
"""Of one picture and one edition, when classes are brought up to the largest: more of them teach nothing new."""


@dataclass(frozen=True)
class Transform:
    """One thing that may be done to a picture, by lot."""

    often: float
    """In what share of the copies."""
    draw: Callable[[np.random.Generator, float], tuple[float, ...]]
    """Its values, drawn for a strength of 0..1."""
    seeded: bool = False


def _about(*reach: float) -> Callable[[np.random.Generator, float], tuple[float, ...]]:
    """Values on both sides of zero, each up to its reach."""
    return lambda rng, strength: tuple(_rounded(rng.uniform(-1, 1, len(reach)) * reach * strength))


def _crop(rng: np.random.Generator, strength: float) -> tuple[float, ...]:
    return tuple(_rounded(rng.uniform(0, 0.05, 4) * strength))


def _resize(rng: np.random.Generator, strength: float) -> tuple[float, ...]:
    size = rng.uniform(-0.14, 0.05)
    return tuple(_rounded(1 + strength * (size + rng.uniform(-0.025, 0.025, 2))))


def _blur(rng: np.random.Generator, strength: float) -> tuple[float, ...]:
    return tuple(_rounded(rng.uniform(0.2, 0.6, 1) * strength))


def _noise(rng: np.random.Generator, strength: float) -> tuple[float, ...]:
    return tuple(_rounded(rng.uniform(1.0, 7.0, 1) * strength))


def _compression(rng: np.random.Generator, strength: float) -> tuple[float, ...]:
    return (float(rng.integers(95 - round(55 * strength), 96)),)


def _rounded(values: np.ndarray) -> list[float]:
    """To three decimals, a seventh of a pixel, so that the text stays short; the rounded values are the ones that are used."""
    return [round(float(value), 3) + 0.0 for value in values]  # + 0.0 makes a negative zero a plain one


TRANSFORMS: Mapping[str, Transform] = {
    "flip": Transform(0.5, lambda rng, strength: ()),
    "rotate": Transform(0.9, _about(10.0)),
    "crop": Transform(0.6, _crop),
    "resize": Transform(0.6, _resize),
    "perspective": Transform(0.5, _about(*(0.035,) * 8)),
    "brightness": Transform(0.6, _about(0.15)),
    "contrast": Transform(0.6, _about(0.15)),
    "blur": Transform(0.3, _blur),
    "noise": Transform(0.4, _noise, seeded=True),
    "compression": Transform(0.3, _compression),
}
"""What may be done, in the order in which it is done. The names are those of `steps.KINDS`."""

GEOMETRY = ("flip", "rotate", "crop", "resize", "perspective")


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
class Settings:
    """All that decides what is made of a set of labels."""

    seed: int = 0
    standard: int = 3
    """Copies of each picture of a card that has enough of them: STANDARD_AUG_PER_SAMPLE."""
    rare: int = 10
    """Copies of each picture of a card that has few: RARE_AUG_PER_SAMPLE."""
    rare_threshold: int = 3
    """A card is rare when fewer originals than this bear its name: RARE_THRESHOLD."""
    n: int | None = None
    """Copies of every picture, instead of `standard` and `rare`."""
    negative_synthetic: bool = True
    """A Negative drawn over each Base picture: NEGATIVE_SYNTHETIC."""
    editions: tuple[str, ...] = ()
    """Other editions drawn over each Base picture."""
    invert: bool = False
    """Plain RGB inversion in the place of the game's Negative, for other games."""
    balance_by: str = ""
    """"name" or "modifier": more copies for the smaller classes; empty for none."""
    without: tuple[str, ...] = ("flip",)
    """The transforms that are left out: flips unless somebody asks for them, since a mirrored card is another picture."""
    image_size: tuple[int, int] | None = None
    """Width and height of the copies; None keeps each picture's own."""
    margin: float = MARGIN
    """How much background the pictures show around the card, as a share of the card."""
    crt: bool = True
    """Whether the game's CRT setting was on when they were captured: new editions are drawn beneath its contrast."""

    def __post_init__(self) -> None:
        _check(self)

    def drawn(self) -> tuple[str, ...]:
        """The editions that are drawn over Base pictures, in the order of MODIFIERS."""
        asked = {*self.editions, *([NEGATIVE] if self.negative_synthetic or self.invert else [])}
        return tuple(edition for edition in EDITIONS if edition in asked)


def _check(settings: Settings) -> None:
    """SettingsError for settings that make no copies, or none that anybody could want."""
    counts = (settings.standard, settings.rare, settings.n or 0, settings.rare_threshold)
    if min(counts) < 0 or max(counts[:3]) > 10_000:
        raise SettingsError(f"{counts[:3]} copies of a picture; expected 0 to 10000")
    if settings.n is not None and settings.n < 1:
        raise SettingsError(f"--n {settings.n}: no copies; expected at least 1")
    if not 0 <= settings.seed <= LARGEST_SEED:
        raise SettingsError(f"--seed {settings.seed}; expected 0 to {LARGEST_SEED}")
    if settings.balance_by not in ("", "name", "modifier"):
        raise SettingsError(f"--balance-by {settings.balance_by}; expected name or modifier")
    if unknown := [edition for edition in settings.editions if edition not in EDITIONS]:
        raise SettingsError(f"--synthetic-editions {unknown[0]!r}; expected some of {', '.join(EDITIONS)}")
    if unknown := [name for name in settings.without if name not in TRANSFORMS]:
        raise SettingsError(f"no transform is called {unknown[0]!r}; there are {', '.join(TRANSFORMS)}")
    if settings.image_size and not all(8 <= length <= 4096 for length in settings.image_size):
        raise SettingsError(f"--image-size {settings.image_size}; expected 8 to 4096 pixels for width and height")
    if not 0 <= settings.margin <= 0.25:
        raise SettingsError(f"--margin {settings.margin}; expected a share of the card, 0 to 0.25")


@dataclass(frozen=True)
class Copy:
    """One picture to be made."""

    key: str
    """Its path in the output, its key in augmented.json."""
    steps: tuple[Step, ...]
    label: CardLabel
    """As it stands in augmented.json, `full_path` excepted."""


@dataclass(frozen=True)
class Plan:
    """All copies, by their parent's key, in the order of the labels."""

    copies: Mapping[str, tuple[Copy, ...]]
    num_bare: int = 0
    """Pictures that nothing may be done to under these settings, and that therefore have no copies of their own kind."""
    short: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Classes that balancing could not bring up to the largest: how many pictures they get, and how many that has."""

    def __len__(self) -> int:
        return sum(len(copies) for copies in self.copies.values())


Source = tuple[str, str]
"""A parent's key and what is drawn over it: an edition, or nothing."""


def plan_copies(labels: Mapping[str, CardLabel], settings: Settings) -> Plan:
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
    return Plan({parent: tuple(copies) for parent, copies in by_parent.items() if copies}, num_bare, short)


def _counts(labels: Mapping[str, CardLabel], settings: Settings) -> dict[Source, int]:
    """How many copies each picture gets: those of its own kind first, then those with an edition drawn over it.

    Rare is a *name*: nearly every card in an edition would be rare otherwise, and all pictures would get the larger number.
    """
    originals = Counter(label.name for label in labels.values() if label.name)
    another_game = has_no_modifiers(labels)
    counts: dict[Source, int] = {}
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


def _balance(labels: Mapping[str, CardLabel], counts: dict[Source, int], by: str) -> dict[str, tuple[int, int]]:
    """Raise the counts until every class has as many pictures as the largest, or MOST_COPIES of each; see Plan.short."""
    classes: dict[str, list[Source]] = defaultdict(list)
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


def _raise(counts: dict[Source, int], sources: list[Source], wanted: int) -> int:
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
    return Step(edition.lower(), (*_rounded(numbers), settings.margin, GAME.contrast if settings.crt else 1.0))


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

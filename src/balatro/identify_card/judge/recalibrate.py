"""Fitting a model's probabilities and its threshold to a person's own pictures.

Temperatures make probabilities true: of the names said with 90 %, nine of ten are right. The threshold then decides how many of
the things that are no cards of the deck get a name. What the fit is worth is told by cross-validation: measured on pictures
that it was not made from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from balatro.gallery.thresholds import NO_CARD
from balatro.identify_card.judge.evidence import NO_MODIFIER, Evidence
from balatro.runtime.bundle import Bundle
from balatro.runtime.model_json import GallerySettings, ModelJson
from balatro.utils.progress import track

if TYPE_CHECKING:
    from balatro.identify_card.namer import Namer

MOST_TIMES, STEPS = 4.0, 14
"""By how much a temperature may change, and in how many steps the best is sought."""
MIN_FIT = 30
"""A temperature is not fitted to fewer cards."""
MIN_MODIFIERS, MIN_OF_EACH = 3, 5
"""Nor is that of the modifiers, unless so many of them are there, so often each: Base alone would make it sure of Base."""
REJECTS = (0.15, 0.99)
"""Bounds of the threshold."""
FOLDS = 5
BINS = 10
CONFIDENCE = 0.95
"""Of the bound that is told for the rate of false names."""


@dataclass(frozen=True)
class Knobs:
    """What is fitted."""

    temperature: float
    """Of the names; of a model that names by its gallery one by its scale."""
    reject: float
    """The probability under which no name is given."""
    modifier_temperature: float


@dataclass(frozen=True, eq=False)
class Said:
    """What a model says of N things."""

    named: np.ndarray
    """(N,) place of the card whose name is given; NO_CARD when none is."""
    best: np.ndarray
    """(N,) place of the likeliest card that may be named."""
    height: np.ndarray
    """(N,) its probability."""
    nameable: np.ndarray
    """(N,) whether it would be named if the threshold were 0."""


@dataclass(frozen=True, eq=False)
class Measured:
    """How good that is."""

    cards: int
    right: float
    """Shares of the cards: named rightly, named wrongly, and not named."""
    wrong: float
    lost: float
    error: float
    """Expected calibration error: how far the probability of the likeliest name is from how often it is right, on average."""
    things: int
    """Things that are to have no name."""
    false_names: int
    bins: tuple[tuple[float, float, int], ...]
    """(mean probability, share right, number) of each tenth of the probabilities that has any."""

    @property
    def bound(self) -> float:
        """What the rate of false names is below, so far as these things tell."""
        return rate_bound(self.false_names, self.things)


def read_knobs(bundle: Bundle) -> Knobs:
    """As a model has them."""
    names = bundle.tasks.get("identification")
    modifier = bundle.tasks["modifier"].temperature if "modifier" in bundle.tasks else 1.0
    if names is None:
        return Knobs(1 / bundle.gallery.scale, bundle.gallery.reject, modifier)
    return Knobs(names.temperature, names.reject, modifier)


def with_knobs(bundle: Bundle, knobs: Knobs) -> Bundle:
    """The same model with others."""
    tasks = dict(bundle.tasks)
    gallery = bundle.gallery
    if "identification" in tasks:
        tasks["identification"] = replace(tasks["identification"], temperature=knobs.temperature, reject=knobs.reject)
    else:
        gallery = replace(gallery, scale=1 / knobs.temperature, reject=knobs.reject)
    if "modifier" in tasks:
        tasks["modifier"] = replace(tasks["modifier"], temperature=knobs.modifier_temperature)
    return replace(bundle, tasks=tasks, gallery=gallery)


def put_knobs(model: ModelJson, knobs: Knobs) -> ModelJson:
    """model.json with others, as far as they are told there: rounded."""
    tasks, gallery, reject = dict(model.tasks), model.gallery, round(knobs.reject, 4)
    if "identification" in tasks:
        tasks["identification"] = replace(tasks["identification"], temperature=round(knobs.temperature, 4), reject=reject)
    else:
        gallery = replace(gallery or GallerySettings(), scale=round(1 / knobs.temperature, 2), reject=reject)
    if "modifier" in tasks:
        tasks["modifier"] = replace(tasks["modifier"], temperature=round(knobs.modifier_temperature, 4))
    return replace(model, tasks=tasks, gallery=gallery)


class Fitter:
    """What a namer would say with other knobs."""

    def __init__(self, namer: Namer) -> None:
        self._namer = namer
        self._bundle = namer.bundle
        self.before = read_knobs(self._bundle)
        self._known = np.array([card.known for card in self._bundle.cards])
        self._twins = _twin_groups(self._bundle)

    def say(self, evidence: Evidence, knobs: Knobs) -> Said:
        """What the model says with these knobs."""
        names, alike = self._chances(evidence, knobs)
        known = np.where(self._known, names, -1.0)
        best = known.argmax(axis=1)
        height = known.max(axis=1)
        nameable = alike & (names.argmax(axis=1) == best)
        return Said(np.where(nameable & (height >= knobs.reject), best, NO_CARD), best, height, nameable)

    def fit(self, evidence: Evidence, false_names: float, most_lost: float = 1.0) -> Knobs:
        """The knobs for this evidence, at a rate of false names; what it is too small for stays as it is.

        most_lost: of the cards whose likeliest name is right, how many may lose it for that. The threshold is not
        lowered, for that either, where things without a name are too few to tell the rate.
        """
        cards = evidence.part(evidence.card != NO_CARD)
        knobs = self.before
        if len(cards) >= MIN_FIT:
            first = knobs.temperature
            best = _least(lambda times: self._name_cost(cards, replace(knobs, temperature=first * times)))
            knobs = replace(knobs, temperature=first * best)
        if self._tells_modifiers(cards):
            told = cards.part(cards.modifier != NO_MODIFIER)
            first = knobs.modifier_temperature
            best = _least(lambda times: self._modifier_cost(told, replace(self.before, modifier_temperature=first * times)))
            knobs = replace(knobs, modifier_temperature=first * best)
        things = evidence.part(evidence.card == NO_CARD)
        if not len(things):
            return knobs
        bearable = self._bearable(cards, knobs, most_lost)
        reject = float(np.clip(min(self.threshold(things, knobs, false_names), bearable), *REJECTS))
        if is_too_few(len(things), false_names):
            reject = max(reject, self.before.reject)
        return replace(knobs, reject=reject)

    def threshold(self, things: Evidence, knobs: Knobs, false_names: float) -> float:
        """The least threshold that names no more of some things than is allowed; no lower than now, where they are too few."""
        said = self.say(things, knobs)
        heights = np.sort(np.where(said.nameable, said.height, 0.0))[::-1]
        allowed = math.floor(false_names * len(heights))
        least = math.ceil(heights[allowed] * 1e4 + 1) / 1e4 if allowed < len(heights) else 0.0
        return max(least, self.before.reject) if is_too_few(len(heights), false_names) else least

    def _bearable(self, cards: Evidence, knobs: Knobs, most_lost: float) -> float:
        """The threshold beyond which more right names are lost than may be."""
        said = self.say(cards, knobs)
        right = said.height[said.nameable & (self._twins[said.best] == self._twins[cards.card])]
        return float(np.quantile(right, most_lost)) if len(right) else 1.0

    def cross_validate(self, evidence: Evidence, false_names: float, most_lost: float = 1.0) -> Measured:
        """How good fits are on pictures that they were not made from."""
        folds = np.random.default_rng(0).permutation(int(evidence.group.max()) + 1)[evidence.group] % FOLDS
        order, parts = [], []
        for fold in track(range(FOLDS), "Fitting"):
            rows = np.flatnonzero(folds == fold)
            if len(rows):
                others = evidence.part(folds != fold)
                knobs = self.fit(others, false_names, most_lost) if len(others) else self.before
                parts.append(self.say(evidence.part(rows), knobs))
                order.append(rows)
        back = np.argsort(np.concatenate(order))
        names = ("named", "best", "height", "nameable")
        return self._measure(evidence, Said(*(np.concatenate([getattr(part, name) for part in parts])[back] for name in names)))

    def measure(self, evidence: Evidence, knobs: Knobs) -> Measured:
        """How good the model is with these knobs."""
        return self._measure(evidence, self.say(evidence, knobs))

    def _measure(self, evidence: Evidence, said: Said) -> Measured:
        is_card = evidence.card != NO_CARD
        twins = self._twins
        right_best = is_card & (twins[said.best] == twins[evidence.card])
        right = right_best & (said.named != NO_CARD)
        named = said.named != NO_CARD
        num = max(int(is_card.sum()), 1)
        bins = _bins(said.height[is_card], right_best[is_card])
        return Measured(
            cards=int(is_card.sum()),
            right=float(right.sum() / num),
            wrong=float((is_card & named & ~right).sum() / num),
            lost=float((is_card & ~named).sum() / num),
            error=sum(abs(mean - share) * count for mean, share, count in bins) / num,
            things=int((~is_card).sum()),
            false_names=int((~is_card & named).sum()),
            bins=bins,
        )

    def _name_cost(self, cards: Evidence, knobs: Knobs) -> float:
        names, _ = self._chances(cards, knobs)
        same = self._twins[cards.card][:, None] == self._twins[None]
        return float(-np.log((names * same).sum(axis=1) + 1e-9).mean())

    def _modifier_cost(self, cards: Evidence, knobs: Knobs) -> float:
        chances = self._namer_with(knobs).modifier_chances(cards.outputs, cards.card)
        return float(-np.log(chances[np.arange(len(cards)), cards.modifier] + 1e-9).mean())

    def _chances(self, evidence: Evidence, knobs: Knobs) -> tuple[np.ndarray, np.ndarray]:
        return self._namer_with(knobs).name_chances(evidence.outputs, evidence.likeness)

    def _namer_with(self, knobs: Knobs) -> Namer:
        return self._namer.with_bundle(with_knobs(self._bundle, knobs))

    def _tells_modifiers(self, cards: Evidence) -> bool:
        counts = np.bincount(cards.modifier[cards.modifier != NO_MODIFIER], minlength=1)
        enough = int((counts >= MIN_OF_EACH).sum()) >= MIN_MODIFIERS
        return "modifier" in self._bundle.tasks and int(counts.sum()) >= MIN_FIT and enough


def _least(cost: Callable[[float], float]) -> float:
    """The factor in 1 / MOST_TIMES .. MOST_TIMES of the least cost, which falls towards it from both sides (golden section)."""
    low, high = -math.log(MOST_TIMES), math.log(MOST_TIMES)
    golden = (math.sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    cost_left, cost_right = cost(math.exp(left)), cost(math.exp(right))
    for _ in range(STEPS):
        if cost_left < cost_right:
            high, right, cost_right = right, left, cost_left
            left = high - golden * (high - low)
            cost_left = cost(math.exp(left))
        else:
            low, left, cost_left = left, right, cost_right
            right = low + golden * (high - low)
            cost_right = cost(math.exp(right))
    return math.exp((low + high) / 2)


def is_too_few(things: int, false_names: float) -> bool:
    """Whether so many things cannot tell such a rate: even with no false name among them it could be higher (rule of three)."""
    return rate_bound(0, things) > false_names


def rate_bound(count: int, of: int) -> float:
    """The rate that is not exceeded, with CONFIDENCE, where `count` were seen among `of` (the one-sided bound of Clopper and
    Pearson; 3 / of where none was seen)."""
    if count >= of:
        return 1.0
    low, high = count / of, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if _at_most(count, of, middle) < 1 - CONFIDENCE else (middle, high)
    return high


def _at_most(count: int, of: int, rate: float) -> float:
    """The probability of at most `count` among `of` at this rate."""
    logs = [
        math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1) + k * math.log(rate) + (of - k) * math.log1p(-rate)
        for k in range(count + 1)
    ]
    return math.fsum(math.exp(value) for value in logs)


def _bins(height: np.ndarray, right: np.ndarray) -> tuple[tuple[float, float, int], ...]:
    place = np.minimum((height * BINS).astype(int), BINS - 1)
    return tuple(
        (float(height[place == number].mean()), float(right[place == number].mean()), int((place == number).sum()))
        for number in range(BINS)
        if (place == number).any()
    )


def _twin_groups(bundle: Bundle) -> np.ndarray:
    """(cards,) a number for each card; twins, which only their size on a screen tells apart, share one."""
    groups = np.arange(len(bundle.cards))
    for group in bundle.twins:
        groups[list(group)] = group[0]
    return groups

"""An exported model beside its original, on the same pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from balatro.export.inputs import Trials
from balatro.identify_card.card import Card
from balatro.identify_card.judge.evaluate import pair_by_place
from balatro.identify_card.judge.scores import Outcome, Scores
from balatro.identify_card.recognizer import Recognizer
from balatro.runtime.bundle import Bundle
from balatro.runtime.sessions import OpenSession, Session, Value, open_session
from balatro.utils.progress import track

MOST_COST = 0.3
"""Points of "both right", of 100, that an export may cost."""
COMPARED = 24
"""Inputs of each network whose outputs are compared."""
CALIBRATING = 48
"""Inputs of each network that int8 is calibrated on."""


@dataclass(frozen=True)
class Difference:
    """Between an output of the original and of the export, over all numbers compared."""

    output: str
    largest: float
    mean: float


@dataclass(frozen=True)
class Check:
    """How two models compare on some pictures."""

    told: str
    """The pictures, in words."""
    cards: int
    """Cards found by either."""
    same: float
    """Percent of them with the same name and modifier in both; 0 where none was found."""
    original: Mapping[str, Any] | None
    """`Scores.summary` of each by the truth; None where there is none."""
    exported: Mapping[str, Any] | None

    @property
    def has_cards(self) -> bool:
        """Whether there was anything to compare: cards that were found and, where truth is known, cards in it."""
        return self.cards > 0 and (self.original is None or self.original["cards"] > 0)

    @property
    def cost(self) -> float:
        """Points of "both right" lost; where no truth is known, every difference counts as a loss."""
        if self.original is None or self.exported is None:
            return 100 - self.same
        return float(self.original["both"]) - float(self.exported["both"])


class Tap:
    """A session that remembers what goes through it."""

    def __init__(self, session: Session, limit: int) -> None:
        self.inputs: list[np.ndarray] = []
        self._session = session
        self._limit = limit

    def get_inputs(self) -> Sequence[Value]:
        return self._session.get_inputs()

    def get_outputs(self) -> Sequence[Value]:
        return self._session.get_outputs()

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, np.ndarray]) -> Sequence[np.ndarray]:
        if len(self.inputs) < self._limit:
            self.inputs += input_feed.values()
        return self._session.run(output_names, input_feed)


@dataclass(eq=False)
class Tapped:
    """Opens networks so that they remember their inputs; `taps` are those opened, by the names of their files."""

    open_session: OpenSession = open_session
    limit: int = COMPARED
    taps: dict[str, Tap] = field(default_factory=dict)

    def __call__(self, path: Path, threads: int | None = None) -> Tap:
        tap = self.taps[path.stem] = Tap(self.open_session(path, threads), self.limit)
        return tap


def calibration_inputs(bundle: Bundle, trials: Trials, threads: int | None = None) -> dict[str, list[np.ndarray]]:
    """What each network of a model is given while it reads these pictures."""
    tapped = Tapped(limit=CALIBRATING)
    recognizer = Recognizer(bundle, threads, tapped)
    for trial in track(trials.make(), "Watching the networks", trials.count):
        recognizer.identify(trial.picture)
    return {name: [value for value in tap.inputs if value.size] for name, tap in tapped.taps.items()}


class Comparison:
    """Two models, ready to read the same pictures: the original, and what was exported from it."""

    def __init__(
        self,
        original: Bundle,
        exported: Bundle,
        open_exported: OpenSession = open_session,
        threads: int | None = None,
    ) -> None:
        self._tapped, self._others = Tapped(open_session), Tapped(open_exported, limit=0)
        self._original = Recognizer(original, threads, self._tapped)
        self._exported = Recognizer(exported, threads, self._others)

    def check(self, trials: Trials) -> Check:
        """Read the pictures with both."""
        counted = same = 0
        scores: dict[str, list[Outcome]] = {"original": [], "exported": []}
        false_names: dict[str, list[Any]] = {"original": [], "exported": []}
        for trial in track(trials.make(), "Checking", trials.count):
            read = {name: getattr(self, f"_{name}").identify(trial.picture) for name in scores}
            pairs = _pairs(read["original"], read["exported"])
            counted += len(pairs)
            same += sum(_agree(*pair) for pair in pairs)
            if trial.judge is not None:
                for name, cards in read.items():
                    outcomes, false = trial.judge(cards)
                    scores[name] += outcomes
                    false_names[name] += false
        summaries = {
            name: Scores(tuple(scores[name]), tuple(false_names[name]), trials.count).summary() if trials.has_truth else None
            for name in scores
        }
        share = 100 * same / counted if counted else 0.0
        return Check(trials.told, counted, share, summaries["original"], summaries["exported"])

    def differences(self) -> list[Difference]:
        """Of all outputs, on the first inputs that the original's networks were given in `check`."""
        return [
            difference
            for name, tap in self._tapped.taps.items()
            for difference in _compare(tap, self._others.taps[name], [value for value in tap.inputs if value.size])
        ]

    def untried(self) -> list[str]:
        """Networks of the original that `check` gave nothing to."""
        return [name for name, tap in self._tapped.taps.items() if not any(value.size for value in tap.inputs)]


def _pairs(cards: Sequence[Card], others: Sequence[Card]) -> list[tuple[Card | None, Card | None]]:
    """Cards of both readings that lie at one place, and those that only one of them found."""
    partners = pair_by_place(cards, others)
    taken = {id(partner) for partner in partners}
    return [*zip(cards, partners, strict=True), *((None, other) for other in others if id(other) not in taken)]


def _agree(card: Card | None, other: Card | None) -> bool:
    if card is None or other is None:
        return False
    return card.id == other.id and (card.modifier == other.modifier or not card.known)


def _compare(one: Session, other: Session, inputs: Sequence[np.ndarray]) -> list[Difference]:
    """Where either is 0, as a heat map is beside its peaks, only what both have counts."""
    takes = one.get_inputs()[0].name
    names = [value.name for value in one.get_outputs()]
    off: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for value in inputs:
        pairs = zip(names, one.run(names, {takes: value}), other.run(names, {takes: value}), strict=True)
        for name, answer, different in pairs:
            off[name].append(np.abs(answer - different)[(answer != 0) & (different != 0)])
    joined = {name: np.concatenate(parts) for name, parts in off.items() if parts}
    return [Difference(name, float(part.max()), float(part.mean())) for name, part in joined.items() if part.size]

"""How well cards were read, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.identify_card.card import Card

NOT_FOUND, NOT_KNOWN = "(not found)", "(unknown)"
MEASURES = ("found", "name", "modifier", "both")
"""What is counted of every true card."""
WORST = 12
"""Confusions told."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """One true card of a picture, and what was said of it."""

    file: str
    area: str
    slot: int
    id: str
    name: str
    modifier: str
    said: Card | None
    """None when it was not found."""
    crop: np.ndarray | None = None
    """Of a miss, what was looked at: (h, w, 3) uint8 RGB; the whole area when the card was not found."""

    @property
    def found(self) -> bool:
        return self.said is not None

    @property
    def name_right(self) -> bool:
        return self.said is not None and self.said.id == self.id

    @property
    def misnamed(self) -> bool:
        """A wrong name was given, not none."""
        return self.said is not None and self.said.known and not self.name_right

    @property
    def modifier_right(self) -> bool:
        return self.said is not None and self.said.modifier == self.modifier

    @property
    def both_right(self) -> bool:
        return self.name_right and self.modifier_right

    @property
    def kind(self) -> str:
        """Of a miss, what is wrong."""
        return "not found" if self.said is None else "modifier" if self.name_right else "name"

    @property
    def true(self) -> str:
        """What a page of misses calls the card,"""
        return self.name

    @property
    def answer(self) -> str:
        """and what it was called."""
        return said_name(self.said)


@dataclass(frozen=True, eq=False)
class FalseName:
    """A name given to something that is none of the known cards."""

    file: str
    area: str
    said: Card
    crop: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Scores:
    """All outcomes of some pictures."""

    outcomes: tuple[Outcome, ...]
    false_names: tuple[FalseName, ...]
    num_pictures: int

    def summary(self) -> dict[str, Any]:
        """Shares in percent of all true cards, in the form of scores.json."""
        return {
            "pictures": self.num_pictures,
            **count(self.outcomes),
            "false_names": len(self.false_names),
            "false_names_per_100": _percent(len(self.false_names), len(self.outcomes)),
            "wrong_names": sum(outcome.misnamed for outcome in self.outcomes),
            "by_modifier": self.by(lambda outcome: outcome.modifier, MODIFIERS),
            "by_area": self.by(lambda outcome: outcome.area),
            "name_confusions": self.name_confusions(),
            "modifier_confusions": self.modifier_confusions(),
            "by_name": self.by(lambda outcome: outcome.name),
        }

    def by(self, key: Callable[[Outcome], str], order: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
        """The same counts in groups, in the given order, else by name; empty groups are left out."""
        groups: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            groups.setdefault(key(outcome), []).append(outcome)
        return {group: self.counted(groups[group]) for group in (order or sorted(groups)) if group in groups}

    def counted(self, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        """What is told of a group of cards."""
        return count(outcomes)

    def name_confusions(self) -> list[dict[str, Any]]:
        """The commonest wrong names, most frequent first."""
        return _pairs((outcome.name, said_name(outcome.said)) for outcome in self.outcomes if not outcome.name_right)

    def modifier_confusions(self) -> list[dict[str, Any]]:
        """The commonest wrong modifiers of cards that were found, most frequent first."""
        wrong = (outcome for outcome in self.outcomes if not outcome.modifier_right)
        return _pairs((outcome.modifier, outcome.said.modifier) for outcome in wrong if outcome.said is not None)

    def misses(self) -> list[Outcome]:
        """Cards that were not read quite right, worst first: not found, then the surest wrong names, then modifiers."""
        return sorted((outcome for outcome in self.outcomes if not outcome.both_right), key=_badness)


def count(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Number of cards, and the share in percent of which each of MEASURES is right."""
    right = {
        "found": sum(outcome.found for outcome in outcomes),
        "name": sum(outcome.name_right for outcome in outcomes),
        "modifier": sum(outcome.modifier_right for outcome in outcomes),
        "both": sum(outcome.both_right for outcome in outcomes),
    }
    return {"cards": len(outcomes)} | {measure: _percent(right[measure], len(outcomes)) for measure in MEASURES}


def said_name(card: Card | None) -> str:
    """The name given, or why there is none."""
    if card is None:
        return NOT_FOUND
    return card.name or NOT_KNOWN


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"true": true, "said": said, "count": number} for (true, said), number in Counter(pairs).most_common(WORST)]


def _badness(outcome: Outcome) -> tuple[int, float]:
    if outcome.said is None:
        return (0, 0.0)
    if not outcome.name_right:
        return (1, -outcome.said.confidence)
    return (2, -outcome.said.modifier_confidence)

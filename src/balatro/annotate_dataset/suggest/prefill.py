"""What is filled in for a picture before a person says: the best of what several sources say of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from balatro.annotate_dataset.suggest.suggestion import MAX_CANDIDATES, Candidate, Suggestion

LABELS_SAY, MODEL_SAYS, FILE_SAYS = "labels", "model", "file"


@dataclass(frozen=True)
class Prefill:
    """What is filled in before a person looks."""

    name: str = ""
    type: str = ""
    rarity: str = ""
    modifier: str = ""
    confidence: float = 0.0
    """Probability of the name, 0..1."""
    modifier_confidence: float = 0.0
    prefilled: bool = False
    """False: nothing is alike enough; name and modifier are empty then, but there may be candidates."""
    candidates: tuple[Candidate, ...] = ()
    """At most three, best first."""
    source: str = ""
    """LABELS_SAY, MODEL_SAYS, FILE_SAYS (suggestions.json), or empty."""

    @property
    def both(self) -> float:
        """Probability that name and modifier are right; of the name alone where no modifier is told."""
        if not self.prefilled:
            return 0.0
        return self.confidence * (self.modifier_confidence if self.modifier else 1.0)


def combine(said: Sequence[tuple[Suggestion, str]]) -> Prefill:
    """One prefill of what several sources say: the surest leads; candidates of all, each with its highest confidence."""
    if not said:
        return Prefill()
    best, source = max(said, key=lambda one: (one[0].prefilled, one[0].candidates[0].confidence if one[0].candidates else 0.0))
    candidates: dict[str, Candidate] = {}
    for suggestion, _ in said:
        for candidate in suggestion.candidates:
            other = candidates.get(candidate.name)
            candidates[candidate.name] = candidate if other is None else _surer(candidate, other)
    ranked = tuple(sorted(candidates.values(), key=lambda candidate: -candidate.confidence)[:MAX_CANDIDATES])
    if not best.prefilled or not best.candidates:
        return Prefill(candidates=ranked, source=source)
    first = candidates[best.candidates[0].name]
    told = [(one.modifier_confidence, one.modifier) for one, _ in said if one.modifier]
    sure, modifier = max(told, default=(0.0, ""))
    return Prefill(first.name, first.type, first.rarity, modifier, first.confidence, sure, True, ranked, source)


def _surer(one: Candidate, other: Candidate) -> Candidate:
    """Two opinions on one card: the higher confidence, with a picture to show and what is known of the card."""
    best, rest = (one, other) if one.confidence >= other.confidence else (other, one)
    return replace(
        best,
        type=best.type or rest.type,
        rarity=best.rarity or rest.rarity,
        nearest=best.nearest or rest.nearest,
        similarity=max(best.similarity, rest.similarity),
    )


def vote(each: Sequence[Prefill]) -> Prefill:
    """What pictures of one card say together: the card and modifier with the highest sum of confidence, as their mean."""
    if len(each) == 1:
        return each[0]
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for one in each:
        if one.prefilled:
            sums[one.name, one.modifier] += one.both
    candidates: dict[str, list[Candidate]] = defaultdict(list)
    for one in each:
        for candidate in one.candidates:
            candidates[candidate.name].append(candidate)
    merged = [
        replace(max(some, key=lambda candidate: candidate.similarity), confidence=sum(c.confidence for c in some) / len(each))
        for some in candidates.values()
    ]
    ranked = tuple(sorted(merged, key=lambda candidate: -candidate.confidence)[:MAX_CANDIDATES])
    if not sums:
        return Prefill(candidates=ranked)
    best = max(sums, key=lambda pair: sums[pair])
    lead = max((one for one in each if (one.name, one.modifier) == best), key=lambda one: one.both)
    name_sure = sum(one.confidence for one in each if one.prefilled and one.name == best[0]) / len(each)
    modifier_sure = min(1.0, sums[best] / len(each) / max(name_sure, 1e-9))
    return replace(lead, confidence=name_sure, modifier_confidence=modifier_sure, candidates=ranked)

"""What may be said of one picture before a person has: cards with their probabilities, and a modifier."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from balatro.config.cards import CATALOGUE

MAX_CANDIDATES = 3
"""Names told for a picture."""


@dataclass(frozen=True)
class Candidate:
    """A card that a picture may show."""

    name: str
    type: str
    rarity: str
    confidence: float
    """Probability that this is the card, 0..1; together at most 1: what is left may be a card without a label."""
    similarity: float
    """Cosine to the most alike labelled picture of this card, -1..1."""
    nearest: str
    """That picture's key in labels.json."""


@dataclass(frozen=True)
class Suggestion:
    """What is suggested for one picture."""

    prefilled: bool
    """Whether the first candidate and the modifier may be filled in; False when no labelled card is alike enough."""
    similarity: float
    """Cosine to the most alike labelled picture, -1..1."""
    candidates: tuple[Candidate, ...]
    """At most three, best first; also told when they are too unlike to be filled in."""
    modifier: str = ""
    """One of MODIFIERS; empty when the labels tell none and no head does."""
    modifier_confidence: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The suggestion as suggestions.json has it; probabilities have four digits."""
        return {
            "prefilled": self.prefilled,
            "rejected": not self.prefilled,
            "similarity": round(self.similarity, 4),
            "candidates": [
                asdict(candidate) | {"confidence": round(candidate.confidence, 4), "similarity": round(candidate.similarity, 4)}
                for candidate in self.candidates
            ],
            "modifier": self.modifier,
            "modifier_confidence": round(self.modifier_confidence, 4),
        }


_BY_NAME = {card.name: card for card in CATALOGUE}
_TYPES = {card.type for card in CATALOGUE}


def kind_of(name: str, kind: str, rarity: str, is_ours: bool) -> tuple[str, str]:
    """Type and rarity of a card as they are told; the catalogue fills in what its own cards left empty, where types agree.

    A type that the catalogue gives another card than this one could not be saved: the demo deck's Juggler is a Tarot.
    """
    known = _BY_NAME.get(name) if is_ours else None
    if known is not None and kind in _TYPES and kind != known.type:
        return known.type, known.rarity
    kind = kind or (known.type if known else "")
    return kind, rarity or (known.rarity if known and kind == known.type else "")

"""One followed card: what was read of it, the votes on its name and modifier, and what was announced."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from balatro.identify_card.card import Card
from balatro.utils.flags.pick import expect

POSSIBLE = 0.2
"""A card that is read as another, but might be the announced one with this probability, is still taken for that."""


@dataclass(frozen=True)
class TrackSettings:
    """How sure is sure; times are seconds of the frames."""

    votes: int = 3
    """Frames in which the same must have been read before it is said. What looks the same is read so often, no more."""
    confidence: float = 0.75
    """Readings less sure than this are no votes, except for the name that was said already."""
    share: float = 0.7
    """Share of the votes that a name needs."""
    change_s: float = 0.4
    """How long another name must be read, without the said one in between, before it takes its place."""
    doubt_s: float = 4.0
    """The same where the card has been in sight all the time and has not suddenly looked otherwise: a slow shimmer may well
    make one card look like another."""
    edition_s: float = 0.8
    """The same for another modifier."""
    edition_confidence: float = 0.9
    """How sure another modifier must be to count against the one that was said."""
    double_s: float = 2.5
    """How long at least a second card of the same name must lie almost on the first one before it counts as another."""
    double_confidence: float = 0.95
    """How sure that one must be besides: half of a card and half of the next may look like either."""
    gone_s: float = 1.2
    """How long a card must be away before it is gone."""
    hold_s: float = 8.0
    """How long something unknown in its place, that still looks half like it, is taken for the card half covered."""
    forget_s: float = 0.35
    """How long a find that was never announced is kept after it was not found again."""
    reread_s: float = 2.0
    """Age at which a reading is made anew, one a frame, though the card looks the same."""

    def __post_init__(self) -> None:
        expect(self.votes >= 1, "votes", self.votes, "1 or more")
        for name in ("confidence", "share", "edition_confidence", "double_confidence"):
            expect(0 <= getattr(self, name) <= 1, name, getattr(self, name), "0 to 1")
        for name in ("change_s", "doubt_s", "edition_s", "double_s", "gone_s", "hold_s", "forget_s", "reread_s"):
            expect(getattr(self, name) >= 0, name, getattr(self, name), "0 seconds or more")


USUAL = TrackSettings()
"""For a running game."""
STILLS = TrackSettings(
    votes=1,
    confidence=0.0,
    share=0.0,
    change_s=0.0,
    doubt_s=0.0,
    edition_s=0.0,
    edition_confidence=0.0,
    double_s=0.0,
    double_confidence=0.0,
    gone_s=0.0,
    hold_s=0.0,
    forget_s=0.0,
)
"""For pictures that each stand for themselves: all is said at once."""


@dataclass
class Ballot:
    """Votes about one question. The answer, once given, is only changed by a rival that stands unopposed for a while."""

    settings: TrackSettings
    said: str | None = None
    _count: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _rival: str | None = None
    rival_since: float = 0.0
    """When the rival, if there is one, was first voted for."""
    _rival_votes: int = 0

    def vote(self, answer: str, seconds: float) -> None:
        """Count one vote."""
        if self.said is None:
            self._count[answer] += 1
        elif answer == self.said:
            self._rival = None
        elif answer == self._rival:
            self._rival_votes += 1
        else:
            self._rival, self.rival_since, self._rival_votes = answer, seconds, 1

    @property
    def leader(self) -> str | None:
        """What was voted for most, of equals the first; None without any vote."""
        return max(self._count, key=lambda answer: self._count[answer]) if self._count else self.said

    def is_settled(self, share: float) -> bool:
        """Whether the leader has enough votes to be said."""
        most = max(self._count.values(), default=0)
        return most >= self.settings.votes and most >= share * sum(self._count.values())

    def overturned(self, seconds: float, patience: float) -> str | None:
        """The rival that has won against what was said, if one has stood for so many seconds."""
        enough = self._rival_votes >= self.settings.votes and seconds - self.rival_since >= patience
        return self._rival if self._rival is not None and enough else None

    def settle(self) -> None:
        """Drop the rival."""
        self._rival = None

    def say(self, answer: str) -> None:
        """Settle on an answer; old votes are forgotten."""
        self.said, self._rival = answer, None
        self._count.clear()


@dataclass(eq=False)
class Track:
    """One card, followed."""

    id: int
    quad: np.ndarray
    print: np.ndarray
    """What the latest reading saw."""
    good_print: np.ndarray
    """What the latest reading saw that agreed with the name: the card uncovered."""
    good_quad: np.ndarray
    """Where it was when it was last read so, or not looked at anew since."""
    last_print: np.ndarray
    """What the latest frame saw."""
    reading: Card
    read_at: float
    num_reads: int
    """How often this look was read with the same result."""
    first_seen: float
    last_seen: float
    name: Ballot
    modifiers: dict[str, Ballot]
    """Votes about the modifier, by the name that was read with it."""
    card: Card | None = None
    """What was announced."""
    away_since: float | None = None
    """Since when it was not found."""
    unread_since: float | None = None
    """Since when it was found, but not read as what was announced."""
    half_seen: bool = False
    """Whether enough of it shows to tell that it is only covered."""
    broken_at: float = -np.inf
    """When it last came back, or suddenly looked otherwise: it may have become another card then."""

    @property
    def known_as(self) -> str | None:
        return self.name.said or self.name.leader

    @property
    def said(self) -> tuple[str | None, str]:
        """Name and modifier that were announced; none before that. Printings of one name may look the same."""
        return (None, "") if self.card is None else (self.card.name, self.card.modifier)

    @property
    def agrees(self) -> bool:
        """Whether the latest reading says what was announced."""
        return self.card is not None and self.reading.known and self.reading.name == self.card.name

    @property
    def may_agree(self) -> bool:
        """Whether the latest reading at least thinks it possible."""
        guesses = self.reading.top
        return self.agrees or any(g.name == self.name.said and g.confidence >= POSSIBLE for g in guesses)

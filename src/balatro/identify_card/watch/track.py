"""Following cards from frame to frame: which card of this frame is which of the last one, and what can be said about it.

A card is followed by how it looks before where it lies, so that cards that swap places, slide along or are bought stay
themselves. What it is called is decided by votes: a name is said once it was read often enough, and only taken back when
another one was read for a while without the first in between. A card that is not found is given time: a tooltip may have
passed over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from balatro.identify_card.card import Card, quad_box
from balatro.identify_card.watch.events import APPEARED, CHANGED, GONE, Event
from balatro.utils.flags import expect
from balatro.utils.quads import quad_sizes

PRINT_SIZE = (12, 16)
"""Width and height of a card's fingerprint, an averaged (16, 12, 3) uint8 RGB picture of it."""
ALIKE = 14.0
"""Mean difference of two fingerprints, grey levels, below which they show the same: a swaying card makes up to 13 from
frame to frame, two cards differ by 31 in 99 of 100 pairs."""
CELL_ALIKE = 24
"""Difference in grey levels of the most different channel up to which one cell of a fingerprint still shows the same."""
PARTLY = 0.5
"""A card of which so many cells still show is covered by something, not gone."""
POSSIBLE = 0.2
"""A card that is read as another, but might be the announced one with this probability, is still taken for that."""
NEAR = 0.5
"""Shares of a card's size that it may have moved when nothing else tells that it is the same."""
FAR = 2.0
"""A card of the same name this many card sizes away, in another modifier, is another card: none flies so fast."""
LOOKS_WEIGH = 0.06
"""Shares of a card's size that one grey level of difference weighs, where several finds look like a card."""
STRIP = 0.1
"""Of a card that others cover, at least this share must be free to tell by it that it is there."""
ON_EACH_OTHER = 0.5
"""Two finds of one name that are closer than this share of a card's size may be one card found twice."""


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


class View(Protocol):
    """One frame, as far as the tracker wants to see it."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    @property
    def quads(self) -> np.ndarray:
        """(N, 4, 2) float32 corners of what was located."""

    def prints(self, quads: np.ndarray) -> np.ndarray:
        """(N, 16, 12, 3) uint8 fingerprints of what lies at these quads."""

    def read(self, rows: Sequence[int]) -> list[Card]:
        """What `quads[rows]` are; the costly part, asked for only where something is new."""


@dataclass(frozen=True)
class Shown:
    """A card that was announced and is still there."""

    track: int
    card: Card
    """With its place in the latest frame."""
    covered: bool
    """Whether it was not found in the latest frame, or could not be read there."""


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
class _Track:
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
        """Id and modifier that were announced; none before that."""
        return (None, "") if self.card is None else (self.card.id, self.card.modifier)

    @property
    def agrees(self) -> bool:
        """Whether the latest reading says what was announced."""
        return self.card is not None and self.reading.known and self.reading.id == self.card.id

    @property
    def may_agree(self) -> bool:
        """Whether the latest reading at least thinks it possible."""
        guesses = self.reading.top
        return self.agrees or any(g.id == self.name.said and g.confidence >= POSSIBLE for g in guesses)


class Tracker:
    """The cards of a stream of frames. For one thread."""

    def __init__(self, settings: TrackSettings = USUAL) -> None:
        self.settings = settings
        self._tracks: list[_Track] = []
        self._next_id = 1
        self._size: tuple[int, int] | None = None

    def update(self, view: View, seconds: float) -> list[Event]:
        """Take in a frame; what can be said since."""
        self._rescale(view.size)
        quads = view.quads
        prints = view.prints(quads)
        pairs = self._match_looks(quads, prints)
        readings = self._read(view, prints, pairs, seconds)
        readings |= self._read_copies(view, readings, pairs)
        pairs = self._correct(quads, readings, pairs)
        pairs |= self._match_names(quads, readings, pairs)
        pairs |= self._match_places(quads, readings, pairs)
        for row, track in pairs.items():
            self._see(track, quads[row], prints[row], readings.get(row), seconds)
        for row in range(len(quads)):
            if row not in pairs:
                pairs[row] = self._start(quads[row], prints[row], readings[row], seconds)
        self._look_for_missing(view, list(pairs.values()), seconds)
        return self._settle(seconds)

    def repeat(self, seconds: float) -> list[Event]:
        """Take in a frame that shows the same as the last one."""
        for track in self._tracks:
            if track.away_since is None:
                track.last_seen = seconds
                self._vote(track, seconds)
        return self._settle(seconds)

    @property
    def is_unsettled(self) -> bool:
        """Whether there is a look that has not been read often enough: the next frame is to be read though it be the same."""
        return any(track.away_since is None and track.num_reads < self.settings.votes for track in self._tracks)

    def shown(self) -> list[Shown]:
        """The announced cards that are there, in the order of their appearance."""
        return [
            Shown(track.id, self._placed(track), track.away_since is not None or track.unread_since is not None)
            for track in self._tracks
            if track.card is not None
        ]

    def _rescale(self, size: tuple[int, int]) -> None:
        """When the window's size has changed, its cards have moved in proportion."""
        if self._size is not None and self._size != size:
            factors = np.array(size, np.float32) / np.array(self._size, np.float32)
            for track in self._tracks:
                track.quad, track.good_quad = track.quad * factors, track.good_quad * factors
        self._size = size

    # Which is which.

    def _match_looks(self, quads: np.ndarray, prints: np.ndarray) -> dict[int, _Track]:
        """Finds that look like a card of the last frame, the nearest first: row -> track."""
        if not self._tracks or not len(quads):
            return {}
        seen = np.stack([(track.print, track.good_print) for track in self._tracks])
        unlike = print_distance(prints[:, None, None], seen[None]).min(axis=2)
        # Nearest first, so that of several copies each stays where it is; looks tell apart those in different editions.
        far = distances(quads, np.stack([track.quad for track in self._tracks]))
        return self._pair(np.where(unlike < ALIKE, far + LOOKS_WEIGH * unlike, np.inf), {})

    def _read_copies(self, view: View, readings: dict[int, Card], pairs: dict[int, _Track]) -> dict[int, Card]:
        """Read what was taken for a card by its looks, where another find is surely read as that card; row -> card."""
        claims = [(row, (card.id, card.modifier)) for row, card in readings.items() if self._is_sure(card)]
        claimed = {said for row, said in claims if row not in pairs or pairs[row].said != said}
        rows = [row for row, track in pairs.items() if row not in readings and track.said in claimed]
        return dict(zip(rows, view.read(rows), strict=True)) if rows else {}

    def _correct(self, quads: np.ndarray, readings: dict[int, Card], pairs: dict[int, _Track]) -> dict[int, _Track]:
        """Pairs in which a find that is surely read as another announced card goes to that one, where that one is free.

        Copies in several editions look much alike when they pass each other.
        """
        sure = {row: (card.id, card.modifier) for row, card in readings.items() if self._is_sure(card)}
        wrong = {
            row: track for row, track in pairs.items() if track.card is not None and sure.get(row, track.said) != track.said
        }
        right = {id(track) for row, track in pairs.items() if row not in wrong}
        free = [track for track in self._tracks if track.card is not None and id(track) not in right]
        corrected = {row: track for row, track in pairs.items() if row not in wrong}
        for row in sorted(sure, key=lambda row: row not in wrong):
            alike = [track for track in free if track.said == sure[row]]
            if row not in corrected and alike:
                far = distances(quads[row][None], np.stack([track.quad for track in alike]))[0]
                corrected[row] = alike[int(far.argmin())]
                free.remove(corrected[row])
        for row, track in wrong.items():
            if row not in corrected and track in free:
                corrected[row] = track
                free.remove(track)
        return corrected

    def _is_sure(self, card: Card) -> bool:
        """Whether name and modifier can be relied upon."""
        sure = card.confidence >= self.settings.confidence and card.modifier_confidence >= self.settings.edition_confidence
        return card.known and sure

    def _match_names(self, quads: np.ndarray, readings: dict[int, Card], taken: dict[int, _Track]) -> dict[int, _Track]:
        """Of the others, finds that bear the name of a card of the last frame, the nearest first.

        Far away, in another modifier, it is not the same card: one went, and another one came.
        """
        cost = self._distances(quads)
        for row in range(len(quads)):
            card = readings.get(row)
            for column, track in enumerate(self._tracks):
                alike = card is not None and card.known and card.id == track.known_as
                edition = card.modifier if card is not None else ""
                other = track.card is not None and edition != track.card.modifier and cost[row, column] >= FAR
                if not alike or other:
                    cost[row, column] = np.inf
        return self._pair(cost, taken)

    def _match_places(self, quads: np.ndarray, readings: dict[int, Card], taken: dict[int, _Track]) -> dict[int, _Track]:
        """Of the others, finds where a card was in the last frame, unless they are surely another one."""
        far = self._distances(quads)
        cost = np.where(far < NEAR, far, np.inf)
        for row in range(len(quads)):
            card = readings.get(row)
            for column, track in enumerate(self._tracks):
                other = card is not None and card.known and track.card is not None and card.id != track.card.id
                if other and card is not None and card.confidence >= self.settings.confidence:
                    cost[row, column] = np.inf
        return self._pair(cost, taken)

    def _distances(self, quads: np.ndarray) -> np.ndarray:
        """(finds, tracks) distances in shares of a card."""
        there = np.array([track.quad for track in self._tracks], np.float32).reshape(-1, 4, 2)
        return distances(quads, there)

    def _pair(self, cost: np.ndarray, taken: dict[int, _Track]) -> dict[int, _Track]:
        """Row -> track, the smallest cost first, each once, without those that are taken."""
        pairs: dict[int, _Track] = {}
        used = {id(track) for track in taken.values()}
        for flat in np.argsort(cost, axis=None, kind="stable"):
            row, column = divmod(int(flat), cost.shape[1])
            if not np.isfinite(cost[row, column]):
                break
            track = self._tracks[column]
            if row not in pairs and row not in taken and id(track) not in used:
                pairs[row] = track
                used.add(id(track))
        return pairs

    # What is seen.

    def _read(self, view: View, prints: np.ndarray, pairs: dict[int, _Track], seconds: float) -> dict[int, Card]:
        """Read what is new, what looks different, and the oldest reading; row -> card."""
        rows = [row for row in range(len(prints)) if row not in pairs or self._is_new(pairs[row], prints[row])]
        rest = [row for row in pairs if row not in rows and seconds - pairs[row].read_at >= self.settings.reread_s]
        rows += sorted(rest, key=lambda row: (pairs[row].read_at, row))[:1]
        return dict(zip(rows, view.read(rows), strict=True)) if rows else {}

    def _is_new(self, track: _Track, look: np.ndarray) -> bool:
        """Whether a card looks different by now, or this look was not read often enough."""
        return track.num_reads < self.settings.votes or bool(print_distance(look, track.print) >= ALIKE)

    def _start(self, quad: np.ndarray, look: np.ndarray, reading: Card, seconds: float) -> _Track:
        ballots: dict[str, Ballot] = defaultdict(lambda: Ballot(self.settings))
        name = Ballot(self.settings)
        track = _Track(self._next_id, quad, look, look, quad, look, reading, seconds, 1, seconds, seconds, name, ballots)
        self._next_id += 1
        self._tracks.append(track)
        self._vote(track, seconds)
        return track

    def _see(self, track: _Track, quad: np.ndarray, look: np.ndarray, reading: Card | None, seconds: float) -> None:
        """The card was found here, and read if it looked different."""
        if track.away_since is not None or print_distance(look, track.last_print) >= ALIKE:
            track.broken_at = seconds
        track.quad, track.last_print, track.last_seen, track.away_since = quad, look, seconds, None
        if reading is not None:
            same = (reading.id, reading.modifier) == (track.reading.id, track.reading.modifier)
            same = same and bool(print_distance(look, track.print) < ALIKE)
            track.num_reads = track.num_reads + 1 if same else 1
            track.reading, track.print, track.read_at = reading, look, seconds
            if track.card is None or track.agrees:
                track.good_print = look
        if track.card is None or track.may_agree:
            track.good_quad = quad
        self._vote(track, seconds)

    def _vote(self, track: _Track, seconds: float) -> None:
        """Let the latest reading count once more."""
        card = track.reading
        track.unread_since = None if track.may_agree else track.unread_since if track.unread_since is not None else seconds
        if not card.known or card.id is None:
            return
        # What was said needs no certainty to be kept, only to be said or overturned.
        if card.id != track.name.said and card.confidence < self.settings.confidence:
            return
        track.name.vote(card.id, seconds)
        ballot = track.modifiers[card.id]
        if ballot.said in (None, card.modifier) or card.modifier_confidence >= self.settings.edition_confidence:
            ballot.vote(card.modifier, seconds)
        if track.card is not None and (card.id, card.modifier) == (track.card.id, track.card.modifier):
            track.card = card

    def _look_for_missing(self, view: View, seen: list[_Track], seconds: float) -> None:
        """Look where cards were that were not found, or not read: what still shows of them tells covered from gone."""
        there = {id(track) for track in seen}
        for track in self._tracks:
            if id(track) not in there and track.away_since is None:
                track.away_since = seconds
        said = [track for track in self._tracks if track.card is not None]
        missing = [track for track in said if track.away_since is not None or track.unread_since is not None]
        if not missing:
            return
        quads = np.stack([track.good_quad for track in missing])
        # A find that is nothing known may be what shows of the card itself.
        named = [track for track in seen if track.card is not None and track.unread_since is None]
        others = np.array([track.quad for track in named], np.float32).reshape(-1, 4, 2)
        for track, look in zip(missing, view.prints(quads), strict=True):
            # In a row that closed up, the next card lies there now; it may well look half like this one.
            free = ~_under(track.good_quad, others)
            track.half_seen = bool(free.mean() >= STRIP) and _still_shows(look, track.good_print, free)

    # What is said.

    def _settle(self, seconds: float) -> list[Event]:
        events: list[Event] = []
        for track in list(self._tracks):
            if track not in self._tracks:
                continue  # another one has taken its place
            if track.card is None:
                events += self._announce(track, seconds)
            elif revised := self._revise(track, seconds):
                events += revised
            elif self._is_gone(track, seconds):
                events.append(self._end(track, track.last_seen, seconds))
        return events

    def _announce(self, track: _Track, seconds: float) -> list[Event]:
        if track.away_since is not None:
            if seconds - track.away_since >= self.settings.forget_s:
                self._tracks.remove(track)
            return []
        name = track.name.leader
        if name is None or track.reading.id != name or not track.name.is_settled(self.settings.share):
            return []
        modifier = track.modifiers[name].leader
        if modifier is None or track.reading.modifier != modifier or not track.modifiers[name].is_settled(0.0):
            return []
        if missed := self._missed(track, name, modifier):
            self._take_over(missed, track)
            return []
        if self._is_double(track, name, seconds):
            return []
        before = self._was_here(track)
        if any(seconds - (other.away_since or 0.0) < self.settings.change_s for other in before):
            return []  # something that passes over a card may look like another one for a moment
        return [*(self._end(other, other.last_seen, seconds) for other in before), self._appear(track, seconds)]

    def _missed(self, track: _Track, name: str, modifier: str) -> _Track | None:
        """An announced card, the same, that is not found now: it was moved too fast to be followed."""
        for other in self._tracks:
            near = distances(track.quad[None], other.quad[None])[0, 0] < NEAR
            if other.away_since is not None and other.said == (name, modifier) and (near or not other.half_seen):
                return other
        return None

    def _take_over(self, track: _Track, found: _Track) -> None:
        """The announced card is where another track has followed it."""
        self._tracks.remove(found)
        track.quad, track.print, track.reading, track.read_at = found.quad, found.print, found.reading, found.read_at
        track.num_reads, track.last_seen, track.last_print = found.num_reads, found.last_seen, found.last_print
        track.good_quad = found.quad
        track.away_since = track.unread_since = None

    def _was_here(self, track: _Track) -> list[_Track]:
        """Announced cards that are not found now and were where this one is."""
        away = [other for other in self._tracks if other.card is not None and other.away_since is not None]
        return [other for other in away if distances(track.quad[None], other.quad[None])[0, 0] < NEAR]

    def _is_double(self, track: _Track, name: str, seconds: float) -> bool:
        """Whether a card of this name, already announced, is found in almost the same place, and this is likely that one."""
        named = [other for other in self._tracks if other.card is not None]
        near = distances(track.quad[None], np.array([other.quad for other in named]).reshape(-1, 4, 2))[0] < ON_EACH_OTHER
        same = [other for other, is_near in zip(named, near, strict=True) if is_near and other.said[0] == name]
        if not same:
            return False
        sure = track.reading.confidence >= self.settings.double_confidence
        if seconds - track.first_seen < self.settings.double_s or not sure:
            return True
        return self.settings.double_s > 0 and any(not self._is_copy(track, other, named) for other in same)

    def _is_copy(self, track: _Track, other: _Track, named: list[_Track]) -> bool:
        """Whether what shows of a find looks like the same part of this card; half of one and half of the next do not.

        True where that cannot be told: too little shows, or they are two editions.
        """
        if other.said != (track.reading.id, track.reading.modifier):
            return True
        both = _open_cells(track, named) & _open_cells(other, [*named, track])
        return bool(both.mean() < STRIP) or _still_shows(track.last_print, other.good_print, both)

    def _appear(self, track: _Track, seconds: float) -> Event:
        card = track.reading
        assert card.id is not None
        track.card, track.good_print, track.unread_since = card, track.print, None
        track.name.say(card.id)
        track.modifiers[card.id].say(card.modifier)
        return Event(APPEARED, seconds, track.first_seen, track.id, self._placed(track))

    def _is_gone(self, track: _Track, seconds: float) -> bool:
        if track.away_since is not None:
            return not track.half_seen and seconds - track.away_since >= self.settings.gone_s
        if track.unread_since is not None:
            patience = self.settings.hold_s if track.half_seen else self.settings.gone_s
            return seconds - track.unread_since >= patience
        return False

    def _end(self, track: _Track, last_seen: float, seconds: float) -> Event:
        self._tracks.remove(track)
        return Event(GONE, seconds, last_seen, track.id, self._placed(track))

    def _revise(self, track: _Track, seconds: float) -> list[Event]:
        """Say that it is another card by now, or has another modifier."""
        assert track.card is not None and track.card.id is not None
        if track.away_since is not None:
            return []
        sudden = track.name.rival_since - track.broken_at <= self.settings.change_s
        patience = self.settings.change_s if sudden else self.settings.doubt_s
        name, reading = track.name.overturned(seconds, patience), track.reading
        if name is not None and reading.id == name and track.modifiers[name].leader == reading.modifier:
            since = track.name.rival_since
            ended = self._end(track, since, seconds)
            track.id, track.first_seen = self._next_id, since
            self._next_id += 1
            self._tracks.append(track)
            return [ended, self._appear(track, seconds)]
        ballot = track.modifiers[track.card.id]
        if track.reading.id == track.card.id and ballot.overturned(seconds, self.settings.edition_s) == track.reading.modifier:
            if (other := self._mistaken_for(track)) is not None:
                self._exchange(track, other)
                return []
            before, track.card = track.card.modifier, track.reading
            since = ballot.rival_since
            ballot.say(track.card.modifier)
            return [Event(CHANGED, seconds, since, track.id, self._placed(track), before)]
        return []

    def _mistaken_for(self, track: _Track) -> _Track | None:
        """Another copy that is now read as what this one was said to be, and the other way round: they passed each other."""
        read = (track.reading.id, track.reading.modifier)
        others = [other for other in self._tracks if other.said == read and other.away_since is None]
        return next((other for other in others if (other.reading.id, other.reading.modifier) == track.said), None)

    def _exchange(self, track: _Track, other: _Track) -> None:
        """Each is what the other one was taken for."""
        for name in ("id", "card", "name", "modifiers", "first_seen"):
            mine, theirs = getattr(track, name), getattr(other, name)
            setattr(track, name, theirs)
            setattr(other, name, mine)
        for one in (track, other):
            one.name.settle()
            one.modifiers[one.known_as or ""].settle()

    def _placed(self, track: _Track) -> Card:
        """What was announced, in its place in the latest frame."""
        assert track.card is not None and self._size is not None
        quad = tuple((round(float(x)), round(float(y))) for x, y in track.quad)
        return replace(track.card, box=quad_box(track.quad, *self._size), quad=quad)


def distances(quads: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N, M) float distances of the centres of (N, 4, 2) and (M, 4, 2) quads, in shares of the larger card's size."""
    apart = np.abs(quads.mean(axis=1)[:, None] - others.mean(axis=1)[None])
    sizes = np.maximum(quad_sizes(quads)[:, None], quad_sizes(others)[None])
    result: np.ndarray = np.sqrt(((apart / np.maximum(sizes, 1e-6)) ** 2).sum(axis=2))
    return result


def print_distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Mean difference in grey levels of uint8 fingerprints (..., h, w, 3), broadcast against each other: (...)."""
    result: np.ndarray = np.abs(one.astype(np.int16) - other.astype(np.int16)).mean(axis=(-3, -2, -1))
    return result


def _still_shows(look: np.ndarray, card: np.ndarray, where: np.ndarray | None = None) -> bool:
    """Whether enough of a card is to be seen in what lies in its place; where: (16, 12) bool, cells to look at."""
    same = np.abs(look.astype(np.int16) - card.astype(np.int16)).max(axis=-1) <= CELL_ALIKE
    return float(same.mean() if where is None else same[where].mean()) >= PARTLY


def _open_cells(track: _Track, others: Sequence[_Track]) -> np.ndarray:
    """Which cells of a card's fingerprint no other card lies over: (16, 12) bool. In a row the right one lies upon the left."""
    above = [other.quad for other in others if other.quad[:, 0].mean() > track.quad[:, 0].mean()]
    return ~_under(track.quad, np.array(above, np.float32).reshape(-1, 4, 2))


def _under(quad: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which cells of a fingerprint at this (4, 2) quad lie within any of the others (M, 4, 2): (16, 12) bool."""
    width, height = PRINT_SIZE
    across = ((np.arange(width) + 0.5) / width)[None, :, None]
    down = ((np.arange(height) + 0.5) / height)[:, None, None]
    upper, lower = quad[0] + (quad[1] - quad[0]) * across, quad[3] + (quad[2] - quad[3]) * across
    cells = (upper + (lower - upper) * down).reshape(-1, 1, 1, 2)
    sides, apart = np.roll(others, -1, axis=1) - others, cells - others
    inside = (sides[..., 0] * apart[..., 1] - sides[..., 1] * apart[..., 0] >= 0).all(axis=2)
    result: np.ndarray = inside.any(axis=1).reshape(height, width)
    return result

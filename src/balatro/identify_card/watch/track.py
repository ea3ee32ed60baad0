"""Following cards from frame to frame: which card of this frame is which of the last one, and what can be said about it.

A card is followed by how it looks before where it lies, so that cards that swap places, slide along or are bought stay
themselves. What it is called is decided by votes: a name is said once it was read often enough, and only taken back when
another one was read for a while without the first in between. A card that is not found is given time: a tooltip may have
passed over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from balatro.identify_card.card import Card, quad_box
from balatro.identify_card.watch.events import APPEARED, CHANGED, GONE, Event
from balatro.identify_card.watch.followed import USUAL, Ballot, Track, TrackSettings
from balatro.identify_card.watch.looks import ALIKE, distances, print_distance, still_shows, under
from balatro.identify_card.watch.matching import NEAR, Matching
from balatro.utils.quads import turned_like

STRIP = 0.1
"""Of a card that others cover, at least this share must be free to tell by it that it is there."""
ON_EACH_OTHER = 0.5
"""Two finds of one name that are closer than this share of a card's size may be one card found twice."""


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
    peeks: bool = False
    """Whether enough of a covered card shows to tell that it is still there."""
    lost: bool = False
    """Whether it was not found at all."""


class Tracker:
    """The cards of a stream of frames. For one thread."""

    def __init__(self, settings: TrackSettings = USUAL) -> None:
        self.settings = settings
        self._tracks: list[Track] = []
        self._next_id = 1
        self._size: tuple[int, int] | None = None

    def update(self, view: View, seconds: float) -> list[Event]:
        """Take in a frame; what can be said since."""
        self._rescale(view.size)
        quads = view.quads
        prints = view.prints(quads)
        matching = Matching(self._tracks, self.settings)
        pairs = matching.by_looks(quads, prints)
        readings = self._read(view, prints, pairs, seconds)
        doubted = matching.doubted(readings, pairs)
        readings |= dict(zip(doubted, view.read(doubted), strict=True)) if doubted else {}
        pairs = matching.correct(quads, readings, pairs)
        pairs |= matching.by_names(quads, readings, pairs)
        pairs |= matching.by_places(quads, readings, pairs)
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
        return [self._show(track) for track in self._tracks if track.card is not None]

    def _show(self, track: Track) -> Shown:
        lost = track.away_since is not None
        covered = lost or track.unread_since is not None
        return Shown(track.id, self._placed(track), covered, covered and track.half_seen, lost)

    def _rescale(self, size: tuple[int, int]) -> None:
        """When the window's size has changed, its cards have moved in proportion."""
        if self._size is not None and self._size != size:
            factors = np.array(size, np.float32) / np.array(self._size, np.float32)
            for track in self._tracks:
                track.quad, track.good_quad = track.quad * factors, track.good_quad * factors
        self._size = size

    # What is seen.

    def _read(self, view: View, prints: np.ndarray, pairs: dict[int, Track], seconds: float) -> dict[int, Card]:
        """Read what is new, what looks different, and the oldest reading; row -> card."""
        rows = [row for row in range(len(prints)) if row not in pairs or self._is_new(pairs[row], prints[row])]
        rest = [row for row in pairs if row not in rows and seconds - pairs[row].read_at >= self.settings.reread_s]
        rows += sorted(rest, key=lambda row: (pairs[row].read_at, row))[:1]
        return dict(zip(rows, view.read(rows), strict=True)) if rows else {}

    def _is_new(self, track: Track, look: np.ndarray) -> bool:
        """Whether a card looks different by now, or this look was not read often enough."""
        return track.num_reads < self.settings.votes or bool(print_distance(look, track.print) >= ALIKE)

    def _start(self, quad: np.ndarray, look: np.ndarray, reading: Card, seconds: float) -> Track:
        ballots: dict[str, Ballot] = defaultdict(lambda: Ballot(self.settings))
        name = Ballot(self.settings)
        track = Track(self._next_id, quad, look, look, quad, look, reading, seconds, 1, seconds, seconds, name, ballots)
        self._next_id += 1
        self._tracks.append(track)
        self._vote(track, seconds)
        return track

    def _see(self, track: Track, quad: np.ndarray, look: np.ndarray, reading: Card | None, seconds: float) -> None:
        """The card was found here, and read if it looked different."""
        if track.away_since is not None or print_distance(look, track.last_print) >= ALIKE:
            track.broken_at = seconds
        track.quad, track.last_print, track.last_seen, track.away_since = quad, look, seconds, None
        if reading is not None:
            same = (reading.name, reading.modifier) == (track.reading.name, track.reading.modifier)
            same = same and bool(print_distance(look, track.print) < ALIKE)
            track.num_reads = track.num_reads + 1 if same else 1
            track.reading, track.print, track.read_at = reading, look, seconds
            if track.card is None or track.agrees:
                track.good_print = look
        if track.card is None or track.may_agree:
            track.good_quad = quad
        self._vote(track, seconds)

    def _vote(self, track: Track, seconds: float) -> None:
        """Let the latest reading count once more."""
        card = track.reading
        track.unread_since = None if track.may_agree else track.unread_since if track.unread_since is not None else seconds
        if not card.known or card.name is None:
            return
        # What was said needs no certainty to be kept, only to be said or overturned.
        if card.name != track.name.said and card.confidence < self.settings.confidence:
            return
        track.name.vote(card.name, seconds)
        ballot = track.modifiers[card.name]
        if ballot.said in (None, card.modifier) or card.modifier_confidence >= self.settings.edition_confidence:
            ballot.vote(card.modifier, seconds)
        if track.card is not None and (card.name, card.modifier) == (track.card.name, track.card.modifier):
            track.card = card

    def _look_for_missing(self, view: View, seen: list[Track], seconds: float) -> None:
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
            free = ~under(track.good_quad, others)
            track.half_seen = bool(free.mean() >= STRIP) and still_shows(look, track.good_print, free)

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

    def _announce(self, track: Track, seconds: float) -> list[Event]:
        if track.away_since is not None:
            if seconds - track.away_since >= self.settings.forget_s:
                self._tracks.remove(track)
            return []
        name = track.name.leader
        if name is None or track.reading.name != name or not track.name.is_settled(self.settings.share):
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

    def _missed(self, track: Track, name: str, modifier: str) -> Track | None:
        """An announced card, the same, that is not found now: it was moved too fast to be followed."""
        for other in self._tracks:
            near = distances(track.quad[None], other.quad[None])[0, 0] < NEAR
            if other.away_since is not None and other.said == (name, modifier) and (near or not other.half_seen):
                return other
        return None

    def _take_over(self, track: Track, found: Track) -> None:
        """The announced card is where another track has followed it."""
        self._tracks.remove(found)
        track.quad, track.print, track.reading, track.read_at = found.quad, found.print, found.reading, found.read_at
        track.num_reads, track.last_seen, track.last_print = found.num_reads, found.last_seen, found.last_print
        track.good_quad = found.quad
        track.away_since = track.unread_since = None

    def _was_here(self, track: Track) -> list[Track]:
        """Announced cards that are not found now and were where this one is."""
        away = [other for other in self._tracks if other.card is not None and other.away_since is not None]
        return [other for other in away if distances(track.quad[None], other.quad[None])[0, 0] < NEAR]

    def _is_double(self, track: Track, name: str, seconds: float) -> bool:
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

    def _is_copy(self, track: Track, other: Track, named: list[Track]) -> bool:
        """Whether what shows of a find looks like the same part of this card; half of one and half of the next do not.

        True where that cannot be told: too little shows, or they are two editions.
        """
        if other.said != (track.reading.name, track.reading.modifier):
            return True
        both = _open_cells(track, named) & _open_cells(other, [*named, track])
        return bool(both.mean() < STRIP) or still_shows(track.last_print, other.good_print, both)

    def _appear(self, track: Track, seconds: float) -> Event:
        card = track.reading
        assert card.name is not None
        track.card, track.good_print, track.unread_since = card, track.print, None
        track.name.say(card.name)
        track.modifiers[card.name].say(card.modifier)
        return Event(APPEARED, seconds, track.first_seen, track.id, self._placed(track))

    def _is_gone(self, track: Track, seconds: float) -> bool:
        if track.away_since is not None:
            return not track.half_seen and seconds - track.away_since >= self.settings.gone_s
        if track.unread_since is not None:
            patience = self.settings.hold_s if track.half_seen else self.settings.gone_s
            return seconds - track.unread_since >= patience
        return False

    def _end(self, track: Track, last_seen: float, seconds: float) -> Event:
        self._tracks.remove(track)
        return Event(GONE, seconds, last_seen, track.id, self._placed(track))

    def _revise(self, track: Track, seconds: float) -> list[Event]:
        """Say that it is another card by now, or has another modifier."""
        assert track.card is not None and track.card.name is not None
        if track.away_since is not None:
            return []
        sudden = track.name.rival_since - track.broken_at <= self.settings.change_s
        patience = self.settings.change_s if sudden else self.settings.doubt_s
        name, reading = track.name.overturned(seconds, patience), track.reading
        if name is not None and reading.name == name and track.modifiers[name].leader == reading.modifier:
            since = track.name.rival_since
            ended = self._end(track, since, seconds)
            track.id, track.first_seen = self._next_id, since
            self._next_id += 1
            self._tracks.append(track)
            return [ended, self._appear(track, seconds)]
        ballot = track.modifiers[track.card.name]
        if (
            track.reading.name == track.card.name
            and ballot.overturned(seconds, self.settings.edition_s) == track.reading.modifier
        ):
            if (other := self._mistaken_for(track)) is not None:
                self._exchange(track, other)
                return []
            before, track.card = track.card.modifier, track.reading
            since = ballot.rival_since
            ballot.say(track.card.modifier)
            return [Event(CHANGED, seconds, since, track.id, self._placed(track), before)]
        return []

    def _mistaken_for(self, track: Track) -> Track | None:
        """Another copy that is now read as what this one was said to be, and the other way round: they passed each other."""
        read = (track.reading.name, track.reading.modifier)
        others = [other for other in self._tracks if other.said == read and other.away_since is None]
        return next((other for other in others if (other.reading.name, other.reading.modifier) == track.said), None)

    def _exchange(self, track: Track, other: Track) -> None:
        """Each is what the other one was taken for."""
        for name in ("id", "card", "name", "modifiers", "first_seen"):
            mine, theirs = getattr(track, name), getattr(other, name)
            setattr(track, name, theirs)
            setattr(other, name, mine)
        for one in (track, other):
            one.name.settle()
            one.modifiers[one.known_as or ""].settle()

    def _placed(self, track: Track) -> Card:
        """What was announced, in its place in the latest frame, its quad begun at its own top left."""
        assert track.card is not None and self._size is not None
        turned = turned_like(track.quad, np.array(track.card.quad, np.float32))
        quad = tuple((x, y) for x, y in np.rint(turned).astype(int).tolist())
        return replace(track.card, box=quad_box(track.quad, *self._size), quad=quad)


def _open_cells(track: Track, others: Sequence[Track]) -> np.ndarray:
    """Which cells of a card's fingerprint no other card lies over: (16, 12) bool. In a row the right one lies upon the left."""
    above = [other.quad for other in others if other.quad[:, 0].mean() > track.quad[:, 0].mean()]
    return ~under(track.quad, np.array(above, np.float32).reshape(-1, 4, 2))

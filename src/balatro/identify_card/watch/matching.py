"""Which find of this frame is which card of the last one: by looks, by what was read, by names, and by places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.watch.followed import Track, TrackSettings
from balatro.identify_card.watch.looks import ALIKE, distances, print_distance

NEAR = 0.5
"""Shares of a card's size that it may have moved when nothing else tells that it is the same."""
FAR = 2.0
"""A card of the same name this many card sizes away, in another modifier, is another card: none flies so fast."""
LOOKS_WEIGH = 0.06
"""Shares of a card's size that one grey level of difference weighs, where several finds look like a card."""


@dataclass(frozen=True)
class Matching:
    """The cards of the last frame, to be found again. Each step gives pairs: row of a find -> track."""

    tracks: list[Track]
    settings: TrackSettings

    def by_looks(self, quads: np.ndarray, prints: np.ndarray) -> dict[int, Track]:
        """Finds that look like a card of the last frame, the nearest first: row -> track."""
        if not self.tracks or not len(quads):
            return {}
        seen = np.stack([(track.print, track.good_print) for track in self.tracks])
        unlike = print_distance(prints[:, None, None], seen[None]).min(axis=2)
        # Nearest first, so that of several copies each stays where it is; looks tell apart those in different editions.
        far = distances(quads, np.stack([track.quad for track in self.tracks]))
        return self._pair(np.where(unlike < ALIKE, far + LOOKS_WEIGH * unlike, np.inf), {})

    def doubted(self, readings: dict[int, Card], pairs: dict[int, Track]) -> list[int]:
        """Rows taken for a card by their looks and not read, where another find is surely read as that card."""
        claims = [(row, (card.name, card.modifier)) for row, card in readings.items() if self._is_sure(card)]
        claimed = {said for row, said in claims if row not in pairs or pairs[row].said != said}
        return [row for row, track in pairs.items() if row not in readings and track.said in claimed]

    def correct(self, quads: np.ndarray, readings: dict[int, Card], pairs: dict[int, Track]) -> dict[int, Track]:
        """Pairs in which a find that is surely read as another announced card goes to that one, where that one is free.

        Copies in several editions look much alike when they pass each other.
        """
        sure = {row: (card.name, card.modifier) for row, card in readings.items() if self._is_sure(card)}
        wrong = {
            row: track for row, track in pairs.items() if track.card is not None and sure.get(row, track.said) != track.said
        }
        right = {id(track) for row, track in pairs.items() if row not in wrong}
        free = [track for track in self.tracks if track.card is not None and id(track) not in right]
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
        edition = not card.modifier or card.modifier_confidence >= self.settings.edition_confidence
        return card.known and card.confidence >= self.settings.confidence and edition

    def by_names(self, quads: np.ndarray, readings: dict[int, Card], taken: dict[int, Track]) -> dict[int, Track]:
        """Of the others, finds that bear the name of a card of the last frame, the nearest first.

        Far away, in another modifier, it is not the same card: one went, and another one came.
        """
        cost = self._distances(quads)
        for row in range(len(quads)):
            card = readings.get(row)
            for column, track in enumerate(self.tracks):
                alike = card is not None and card.known and card.name == track.known_as
                edition = card.modifier if card is not None else ""
                other = track.card is not None and edition != track.card.modifier and cost[row, column] >= FAR
                if not alike or other:
                    cost[row, column] = np.inf
        return self._pair(cost, taken)

    def by_places(self, quads: np.ndarray, readings: dict[int, Card], taken: dict[int, Track]) -> dict[int, Track]:
        """Of the others, finds where a card was in the last frame, unless they are surely another one."""
        far = self._distances(quads)
        cost = np.where(far < NEAR, far, np.inf)
        for row in range(len(quads)):
            card = readings.get(row)
            for column, track in enumerate(self.tracks):
                other = card is not None and card.known and track.card is not None and card.name != track.card.name
                if other and card is not None and card.confidence >= self.settings.confidence:
                    cost[row, column] = np.inf
        return self._pair(cost, taken)

    def _distances(self, quads: np.ndarray) -> np.ndarray:
        """(finds, tracks) distances in shares of a card."""
        there = np.array([track.quad for track in self.tracks], np.float32).reshape(-1, 4, 2)
        return distances(quads, there)

    def _pair(self, cost: np.ndarray, taken: dict[int, Track]) -> dict[int, Track]:
        """Row -> track, the smallest cost first, each once, without those that are taken."""
        pairs: dict[int, Track] = {}
        used = {id(track) for track in taken.values()}
        for flat in np.argsort(cost, axis=None, kind="stable"):
            row, column = divmod(int(flat), cost.shape[1])
            if not np.isfinite(cost[row, column]):
                break
            track = self.tracks[column]
            if row not in pairs and row not in taken and id(track) not in used:
                pairs[row] = track
                used.add(id(track))
        return pairs

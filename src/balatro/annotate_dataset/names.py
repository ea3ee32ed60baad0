"""What a card may be called: the 202 cards of the catalogue, or the names used so far when it is another game.

>>> names = Names([])
>>> names.resolve("seance")
Known(name='Séance', type='Joker', rarity='Uncommon', used=0)
>>> [card.name for card in names.complete("gree")]
['Greedy Joker', 'Green Joker']
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from balatro.config.cards import CATALOGUE, RARITIES, TYPES, fold
from balatro.errors import UnknownCardError
from balatro.utils.labels import CardLabel

OTHER_GAME = 0.5
"""A dataset is of another game when less than this share of its names is in the catalogue."""
_CATALOGUE = {card.name for card in CATALOGUE}


@dataclass(frozen=True)
class Known:
    """A card's name and what follows from it."""

    name: str
    type: str = ""
    rarity: str = ""
    used: int = 0
    """How many pictures are labelled so."""


class Names:
    """All names that can be completed, with type, rarity and how often each is used."""

    def __init__(self, labels: Iterable[CardLabel]) -> None:
        named = [label for label in labels if label.name]
        used = Counter(label.name for label in named)
        ours = sum(name in _CATALOGUE for name in used)
        self.of_catalogue = ours >= OTHER_GAME * len(used)
        """Whether the cards are Balatro's, or nothing says yet that they are another game's."""
        known = {card.name: Known(card.name, card.type, card.rarity, used[card.name]) for card in CATALOGUE}
        others = _most_common_kinds(label for label in named if label.name not in known)
        own = {name: Known(name, *others[name], used[name]) for name in sorted(others)}
        offered = known if self.of_catalogue else {name: card for name, card in known.items() if card.used}
        self.all: tuple[Known, ...] = tuple((offered | own).values())
        """Every name to offer: the catalogue's in its order, then others by alphabet."""
        self._folded = {card.name: fold(card.name) for card in self.all}

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types to offer for a card."""
        return self._kinds(TYPES, [card.type for card in self.all])

    @cached_property
    def rarities(self) -> tuple[str, ...]:
        """The rarities to offer for a card."""
        return self._kinds(RARITIES, [card.rarity for card in self.all])

    def complete(self, text: str, limit: int = 8) -> list[Known]:
        """Names that a text may become, likeliest first: they begin with it, have a word that does, contain it, or are near.

        Of equal ones the most used come first; an empty text gives the most used of all.
        """
        key = fold(text)
        ranks = [_rank(key, card.name, self._folded[card.name]) for card in self.all]
        fit = [
            (rank, -card.used, place)
            for place, (card, rank) in enumerate(zip(self.all, ranks, strict=True))
            if rank is not None
        ]
        best = [self.all[place] for _, _, place in sorted(fit)[:limit]]
        if len(best) < limit and key:
            best += [card for card in self.near(text, limit) if card not in best]
        return best[:limit]

    def find(self, text: str) -> Known | None:
        """The card of a name, whatever its case, accents, spaces and punctuation; None when there is none."""
        return self._exact.get(text) or self._by_key.get(fold(text))

    def resolve(self, text: str) -> Known:
        """The same; UnknownCardError names the nearest ones when there is none."""
        found = self.find(text)
        if found is not None:
            return found
        near = ", ".join(card.name for card in self.near(text, 3))
        hint = f"the nearest are: {near}" if near else "no name is near it"
        raise UnknownCardError(f"no card is called {text!r}; {hint}; a card of another game has to be added as a new name")

    def near(self, text: str, limit: int = 3) -> list[Known]:
        """The names most alike a text that may be misspelt."""
        keys = difflib.get_close_matches(fold(text), self._by_key, n=limit, cutoff=0.6)
        return list(dict.fromkeys(self._by_key[key] for key in keys))

    def _kinds(self, usual: tuple[str, ...], used: Iterable[str]) -> tuple[str, ...]:
        counts = Counter(kind for kind in used if kind)
        first = [kind for kind in usual if self.of_catalogue or counts[kind]]
        return (*first, *sorted(set(counts) - set(first)))

    @cached_property
    def _exact(self) -> dict[str, Known]:
        return {card.name: card for card in self.all}

    @cached_property
    def _by_key(self) -> dict[str, Known]:
        """A full name wins over one without its "The"; names without a letter that can be folded are found as they stand."""
        short = {fold(card.name.removeprefix("The ")): card for card in self.all}
        full = {self._folded[card.name]: card for card in reversed(self.all)}
        return {key: card for key, card in (short | full).items() if key}


def _rank(key: str, name: str, folded: str) -> int | None:
    """How well a name fits what was typed, 0 best; None when it does not."""
    if folded == key:
        return 0
    if folded.startswith(key):
        return 1
    if any(fold(word).startswith(key) for word in name.split()):
        return 2
    return 3 if key in folded else None


def _most_common_kinds(labels: Iterable[CardLabel]) -> dict[str, tuple[str, str]]:
    """Each name's type and rarity, as most of its labels have them."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for label in labels:
        counts.setdefault(label.name, Counter())[label.type, label.rarity] += 1
    return {name: kinds.most_common(1)[0][0] for name, kinds in counts.items()}

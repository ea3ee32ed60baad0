"""Cards that were added to a model by a picture: the records of what was added, and how alike a picture is to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from balatro.config.cards import spelt
from balatro.errors import UnknownCardError
from balatro.identify_card.added.pictures import AddedPicture

LEVEL = 0.6
"""At this likeness, or a higher one where strangers or other added cards come as near, an added card is as probable as all
classes together."""
FALSE_NAMES = 0.01
"""Of the invented cards in the store, how many may be as alike an added card as its level: where art of one style looks much
the same to the encoder, the level rises."""
STRANGER = -1
"""The owner of views of invented cards, which are nobody's: they tell how near a stranger comes."""
ROOM = 0.03
"""How much less alike than the least alike of its own views a card may be on a screen, and still be at its level."""
NEIGHBOURS = 16
"""Other added cards with which each is compared view by view: those whose views are the most alike in the mean."""


@dataclass(frozen=True)
class AddedCard:
    """One entry of the store. Its id may be that of a card of the model, which then has more looks."""

    id: str
    name: str
    type: str = ""
    rarity: str = ""
    known: bool = True
    """False for what shall never be named: a card that resembles one of the model's."""
    pictures: int = 0
    """Pictures it was added by."""


@dataclass(frozen=True, eq=False)
class Looks:
    """What the encoder makes of n views: embedding (n, D) float32 unit rows, modifier (n,) int8, index into MODIFIERS, and
    claim (n,) float32, log(sum(exp(logits))) of the network's own classes; 0 without such a head."""

    embedding: np.ndarray
    modifier: np.ndarray
    claim: np.ndarray


@dataclass(frozen=True, eq=False)
class AddedCards:
    """The whole store. Row i of `looks` belongs to cards[owner[i]], or to a STRANGER; owner is (n,) int32."""

    cards: tuple[AddedCard, ...]
    looks: Looks
    owner: np.ndarray
    pictures: tuple[AddedPicture, ...] = ()
    of_picture: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    """(n,) int32: row i of `looks` is a view of pictures[of_picture[i]]; -1 for a stranger's."""
    encoder: str = ""
    """Digest of the encoder that has looked; empty for none."""

    def likeness(self, embedding: np.ndarray) -> np.ndarray:
        """(N, cards) float32: cosine of (N, D) unit embeddings to the most alike view of each card; -1 without views."""
        result = np.full((len(embedding), len(self.cards)), -1.0, np.float32)
        seen, starts, _ = self._order
        if len(embedding) and len(seen):
            result[:, seen] = np.maximum.reduceat(embedding.astype(np.float32) @ self._ordered.T, starts, axis=1)
        return result

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The cards that have views, where the views of each start, and the (n,) rows of all, ordered by card."""
        order = np.argsort(self.owner, kind="stable")
        order = order[self.owner[order] != STRANGER]
        seen, starts = np.unique(self.owner[order], return_index=True)
        return seen, starts, order

    @cached_property
    def _ordered(self) -> np.ndarray:
        """(n, D) embeddings in that order."""
        return self.looks.embedding[self._order[2]]

    @cached_property
    def claims(self) -> np.ndarray:
        """(cards,) float32: how much the network's own classes claim the views of each card, the median."""
        result = np.zeros(len(self.cards), np.float32)
        for number, rows in self._views_of():
            result[number] = np.median(self.looks.claim[rows])
        return result

    def _views_of(self) -> Iterator[tuple[int, np.ndarray]]:
        """Each card that has views, and the rows of those."""
        seen, starts, order = self._order
        return zip(seen.tolist(), np.split(order, starts[1:]) if len(seen) else [], strict=True)

    @cached_property
    def levels(self) -> np.ndarray:
        """(cards,) float32: the likeness at which each is as probable as all classes together.

        No lower than what invented cards reach, nor than what the other added cards reach: where some of a style were added,
        the rest of it is as alike to them as they are to each other. But a card's own views shall stay above its level.
        """
        levels = np.full(len(self.cards), LEVEL, np.float32)
        if self.has_strangers:
            alike = self.likeness(self.looks.embedding[self.owner == STRANGER])
            levels = np.maximum(levels, np.quantile(alike, 1 - FALSE_NAMES, axis=0))
        return np.maximum(levels, np.minimum(self._between_cards(), self._within_cards() - ROOM)).astype(np.float32)

    def _between_cards(self) -> np.ndarray:
        """(cards,) the likeness that a view of another added card reaches to each, at most; -1 where there is no other.

        Of many cards, only the NEIGHBOURS whose mean views are the most alike are compared view by view.
        """
        result = np.full(len(self.cards), -1.0, np.float32)
        views = {number: self.looks.embedding[rows].astype(np.float32) for number, rows in self._views_of()}
        numbers = np.array(list(views), int)
        if len(numbers) < 2:
            return result
        means = np.stack([views[number].mean(axis=0) for number in numbers])
        for place, number in enumerate(numbers):
            alike = means @ means[place]
            alike[place] = -np.inf
            near = np.argpartition(alike, -min(NEIGHBOURS, len(alike) - 1))[-min(NEIGHBOURS, len(alike) - 1) :]
            others = np.concatenate([views[other] for other in numbers[near]])
            result[number] = (others @ views[number].T).max()
        return result

    def _within_cards(self) -> np.ndarray:
        """(cards,) the likeness that each card's least alike view has to its others; -1 for one view alone."""
        result = np.full(len(self.cards), -1.0, np.float32)
        for number, rows in self._views_of():
            if len(rows) > 1:
                views = self.looks.embedding[rows]
                alike = views @ views.T
                np.fill_diagonal(alike, -1.0)
                result[number] = alike.max(axis=1).min()
        return result

    @property
    def has_strangers(self) -> bool:
        return bool((self.owner == STRANGER).any())

    def find(self, name_or_id: str) -> int:
        """The place of a card by its name or id, however spelt; UnknownCardError names those there are."""
        wanted = spelt(name_or_id)
        for number, card in enumerate(self.cards):
            if wanted in (spelt(card.id), spelt(card.name)):
                return number
        there = ", ".join(card.name for card in self.cards[:8]) or "none yet"
        raise UnknownCardError(f"no added card is called {name_or_id!r}; expected one of `balatro gallery list` ({there})")

    def with_looks(
        self, card: AddedCard, looks: Looks, pictures: Sequence[AddedPicture] = (), of_picture: np.ndarray | None = None
    ) -> AddedCards:
        """The same with more views of one card; an entry of this id gets the new name, type and rarity where they are given.

        pictures: what the views are of; of_picture: (views,) the place of each view's picture in them.
        """
        ids = [old.id for old in self.cards]
        number = ids.index(card.id) if card.id in ids else len(ids)
        cards = list(self.cards)
        if number < len(cards):
            old = cards[number]
            num_pictures = old.pictures + card.pictures
            cards[number] = replace(card, type=card.type or old.type, rarity=card.rarity or old.rarity, pictures=num_pictures)
        else:
            cards.append(card)
        joined = self._joined(tuple(cards), looks, number, of_picture)
        return replace(joined, pictures=(*self.pictures, *pictures))

    def with_strangers(self, looks: Looks) -> AddedCards:
        """The same with views of invented cards."""
        return self._joined(self.cards, looks, STRANGER)

    def _joined(
        self, cards: tuple[AddedCard, ...], looks: Looks, owner: int, of_picture: np.ndarray | None = None
    ) -> AddedCards:
        parts = ((getattr(self.looks, part), getattr(looks, part)) for part in PARTS)
        # Without views there is no width yet that new ones would have to have.
        joined = [np.concatenate([old, new]) if len(old) else new for old, new in parts]
        rows = np.full(len(looks.embedding), owner, np.int32)
        places = np.full(len(rows), -1, np.int32) if of_picture is None else (of_picture + len(self.pictures)).astype(np.int32)
        return replace(
            self,
            cards=cards,
            looks=Looks(*joined),
            owner=np.concatenate([self.owner, rows]),
            of_picture=np.concatenate([self.of_picture, places]),
        )

    def without(self, number: int) -> AddedCards:
        """The same without one card, its views and its pictures."""
        mine = [place for place, picture in enumerate(self.pictures) if picture.card == self.cards[number].id]
        left = self._without_rows(self.owner == number, mine)
        cards = self.cards[:number] + self.cards[number + 1 :]
        return replace(left, cards=cards, owner=(left.owner - (left.owner > number)).astype(np.int32))

    def without_origin(self, origin: str) -> AddedCards:
        """The same without the pictures of an origin, and without the cards that have no other."""
        mine = [place for place, picture in enumerate(self.pictures) if picture.origin == origin]
        lost = Counter(self.pictures[place].card for place in mine)
        left = self._without_rows(np.isin(self.of_picture, mine), mine)
        left = replace(left, cards=tuple(replace(card, pictures=card.pictures - lost[card.id]) for card in left.cards))
        for number in reversed(range(len(left.cards))):
            if left.cards[number].id in lost and left.cards[number].pictures <= 0:
                left = left.without(number)
        return left

    def _without_rows(self, rows: np.ndarray, pictures: Sequence[int]) -> AddedCards:
        """The same without some views (n,) bool and some pictures, by their places."""
        keep = ~rows
        gone = np.isin(np.arange(len(self.pictures)), pictures)
        places = self.of_picture[keep]
        moved = np.append(np.cumsum(~gone) - 1, -1)[places]  # the last one is what -1 looks up
        return replace(
            self,
            looks=Looks(*(getattr(self.looks, part)[keep] for part in PARTS)),
            owner=self.owner[keep],
            pictures=tuple(picture for picture, is_gone in zip(self.pictures, gone, strict=True) if not is_gone),
            of_picture=moved.astype(np.int32),
        )


PARTS = {"embedding": np.float32, "modifier": np.int8, "claim": np.float32}
EMPTY = AddedCards(
    (), Looks(np.zeros((0, 0), np.float32), np.zeros(0, np.int8), np.zeros(0, np.float32)), np.zeros(0, np.int32)
)

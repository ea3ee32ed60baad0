"""From the encoder's outputs to names and modifiers: the bundle's facts, the gallery and the added cards, and no network."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from balatro.config.kinds import NOTHING
from balatro.config.playing_cards import ASPECTS
from balatro.gallery.gallery import NO_VIEW, Gallery, pooled
from balatro.identify_card.added.cards import EMPTY, STRANGER, AddedCards
from balatro.identify_card.added.joining import columns_of, join_logits, trust
from balatro.identify_card.card import Card
from balatro.identify_card.naming import make_cards, split_twins
from balatro.runtime.bundle import Bundle
from balatro.utils.chances import softmax

NOT_FIELDS = ("identification", "modifier", "kind", "type", "rarity")
"""Tasks that are told in other ways than as a field of the card."""
FIELD_SURE = 0.5
"""A field is told from this probability on."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """How alike N things are to cards whose pictures are known, cosines; the same whatever model.json says."""

    gallery: np.ndarray | None
    """(N, cards) of a model with a gallery; -1 for cards that it has no view of."""
    added: np.ndarray | None
    """(N, added) where cards were added."""

    def part(self, rows: np.ndarray) -> Likeness:
        """Of some of the things, by bool or index."""
        return Likeness(*(None if values is None else values[rows] for values in (self.gallery, self.added)))


class Namer:
    """Names what an encoder has looked at. It never changes: other knobs or other added cards are another Namer."""

    def __init__(self, bundle: Bundle, gallery: Gallery | None = None, added: AddedCards = EMPTY) -> None:
        """bundle: with the added cards among its cards (see `with_added`). gallery: names the cards where no head does, else
        doubts what the head says; None of a model that learned from labelled pictures alone, whose head nothing doubts."""
        self.bundle, self.gallery, self.added = bundle, gallery, added
        self._columns = columns_of(added, bundle.cards)
        self._has_head = "identification" in bundle.tasks
        self._looks = None if self._has_head else gallery
        if self._looks is not None and added.cards:
            rows = added.owner != STRANGER
            looks, columns = added.looks, self._columns[added.owner[rows]]
            self._looks = self._looks.joined(looks.embedding[rows], columns, looks.modifier[rows])

    def with_bundle(self, bundle: Bundle) -> Namer:
        """The same with other temperatures and thresholds; the bundle has the same cards in the same order."""
        other = copy(self)  # with the joined views, which take long where cards were added
        other.bundle = bundle
        return other

    def name(
        self, outputs: dict[str, np.ndarray], quads: np.ndarray, size: tuple[int, int], likeness: Likeness | None = None
    ) -> list[Card]:
        """What the encoder's outputs say of the cards at these quads of a picture of this (width, height).

        likeness: what `liken` gives for these outputs, where it is known already.
        """
        names, alike = self.name_chances(outputs, likeness)
        names = split_twins(names, quads, self.bundle)
        modifiers = self.modifier_chances(outputs, names.argmax(axis=1))
        return make_cards(names, alike, modifiers, quads, size, self.bundle, self._fields(outputs, len(quads)))

    def _fields(self, outputs: dict[str, np.ndarray], count: int) -> list[dict[str, str]]:
        """What heads of a run's own tasks say of each thing: a field for each, where one class is likelier than all others.

        Of a model of the game's screens, which knows kinds of things, rank, suit and the like are told in the table.
        """
        told: list[dict[str, str]] = [{} for _ in range(count)]
        for name in self._field_tasks:
            task = self.bundle.tasks[name]
            chances = softmax(outputs[name], task.temperature)
            for fields, place, chance in zip(told, chances.argmax(axis=1), chances.max(axis=1), strict=True):
                if chance >= max(task.reject, FIELD_SURE):
                    fields[name] = task.classes[int(place)]
        return told

    @property
    def _field_tasks(self) -> list[str]:
        others = (*NOT_FIELDS, *ASPECTS) if "kind" in self.bundle.tasks else NOT_FIELDS
        return [name for name in self.bundle.tasks if name not in others]

    @property
    def field_names(self) -> list[str]:
        """The fields that a card may have: those of the deck's cards, and those that heads tell."""
        return list(dict.fromkeys([*(name for card in self.bundle.cards for name in card.fields), *self._field_tasks]))

    def liken(self, outputs: dict[str, np.ndarray]) -> Likeness:
        """How alike the things of which the encoder gave this are to the gallery, and to added cards."""
        embedding = outputs["embedding"]
        gallery = None if self.gallery is None else self.gallery.nearest(embedding, len(self.bundle.cards))
        return Likeness(gallery, self.added.likeness(embedding) if self.added.cards else None)

    def nearest(self, outputs: dict[str, np.ndarray], likeness: Likeness) -> np.ndarray:
        """(N,) float: how alike each thing is to the known card that it is most alike; of a head alone, its probability."""
        there = [values.max(axis=1, initial=-1.0) for values in (likeness.gallery, likeness.added) if values is not None]
        result: np.ndarray = (
            np.max(there, axis=0) if there else self.name_chances(outputs, likeness)[0].max(axis=1, initial=0.0)
        )
        return result

    def name_chances(self, outputs: dict[str, np.ndarray], likeness: Likeness | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(N, cards) probabilities of what the encoder gave, and (N,) bool, whether it is alike anything at all.

        Twins are not told apart yet. A row's sum is less than 1 where the thing may be no card, or a card that nobody added.
        likeness: what `liken` gives for these outputs, where it is known already.
        """
        names, alike = self._names(outputs, likeness or self.liken(outputs))
        if "kind" in self.bundle.tasks:
            # What is no card has no name. The other kinds decide nothing here: strangers are cards of the deck themselves,
            # and a red card full of hearts may well pass for a card's back.
            nothing = softmax(outputs["kind"], self.bundle.tasks["kind"].temperature)[:, NOTHING]
            names = names * (1 - nothing[:, None])
        return names, alike

    def modifier_chances(self, outputs: dict[str, np.ndarray], card: np.ndarray) -> np.ndarray:
        """(N, modifiers) probabilities for cards (N,) that were recognised.

        A head that has not learned this deck takes blue cards for Foil. It knows how editions look on any card, the gallery
        how this card looks in each: their product is right far more often than either.
        """
        if "modifier" not in self.bundle.tasks:
            return np.zeros((len(card), 0))
        chances = softmax(outputs["modifier"], self.bundle.tasks["modifier"].temperature)
        if self._looks is not None:
            chances = chances * softmax(self._looks.modifiers(outputs["embedding"], card) * self.bundle.gallery.scale)
            chances /= np.maximum(chances.sum(axis=1, keepdims=True), 1e-12)
        return chances

    def _names(self, outputs: dict[str, np.ndarray], likeness: Likeness) -> tuple[np.ndarray, np.ndarray]:
        """(N, cards) probabilities, and (N,) whether the card is alike anything at all."""
        return self._by_head(outputs, likeness) if self._has_head else self._by_gallery(likeness)

    def _by_head(self, outputs: dict[str, np.ndarray], likeness: Likeness) -> tuple[np.ndarray, np.ndarray]:
        raw = outputs["identification"]
        agreed = raw
        if likeness.gallery is not None:
            agreed = pooled(raw, likeness.gallery[:, : raw.shape[1]], self.bundle.gallery)
        logits = agreed / self.bundle.tasks["identification"].temperature
        if likeness.added is not None:
            logits = join_logits(logits, raw, self.added, self._columns, likeness.added, len(self.bundle.cards))
        names = softmax(logits)
        return names, self._alike(names, likeness)

    def _alike(self, names: np.ndarray, likeness: Likeness) -> np.ndarray:
        """(N,) bool: whether a thing is like the card that a head named; no card that the gallery has no view of is doubted."""
        if likeness.gallery is None:
            return np.ones(len(names), bool)
        own = self._nearest(likeness, likeness.gallery)[np.arange(len(names)), names.argmax(axis=1)]
        return (own >= self.bundle.gallery.cosine) | (own == NO_VIEW)

    def _by_gallery(self, likeness: Likeness) -> tuple[np.ndarray, np.ndarray]:
        assert likeness.gallery is not None
        settings, nearest = self.bundle.gallery, self._nearest(likeness, likeness.gallery)
        names = softmax(nearest * settings.scale)
        if likeness.added is not None:
            is_nearer = likeness.added > likeness.gallery[:, self._columns]
            names[:, self._columns] *= np.where(is_nearer, trust(self.added, likeness.added), 1.0)
        return names, nearest.max(axis=1) >= settings.cosine

    def _nearest(self, likeness: Likeness, gallery: np.ndarray) -> np.ndarray:
        """(N, cards): likeness to each card, be it in the gallery, added, or both."""
        if likeness.added is None:
            return gallery
        nearest = gallery.copy()
        nearest[:, self._columns] = np.maximum(gallery[:, self._columns], likeness.added)
        return nearest

"""The things of a picture as the table's cards: playing cards with all that is told of them, others with their stickers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from balatro.config.screens import CARD_HEIGHT, frame_unit
from balatro.identify_card.card import Card, quad_box
from balatro.identify_card.table.records import PlayingCard
from balatro.identify_card.table.rows import measure, raised
from balatro.identify_card.table.things import Thing, Told

PLAIN = "None"
"""The class of an enhancement, seal or sticker that a card does not have."""
WHOLE = 0.12
"""Share by which a card's height may differ from that on a whole screen of the picture's size."""


@dataclass(frozen=True, eq=False)
class Laid:
    """The things of a picture of this width and height; places are indices of them."""

    things: Sequence[Thing]
    size: tuple[int, int]

    def is_whole(self) -> bool:
        """Whether the picture shows a whole screen: its cards are as large as they are on one of this size."""
        if not self.things:
            return False
        height = measure(np.array([thing.quad for thing in self.things])).height
        return abs(height / (CARD_HEIGHT * frame_unit(*self.size)) - 1) < WHOLE

    def cards(self, places: Sequence[int]) -> tuple[Card, ...]:
        return tuple(_card(self.things[place]) for place in places)

    def playing(self, places: Sequence[int]) -> tuple[PlayingCard, ...]:
        return tuple(_playing_card(self.things[place], self.size) for place in places)

    def hand(self, places: Sequence[int]) -> tuple[PlayingCard, ...]:
        """The same with those that stand higher than the others raised."""
        if not places:
            return ()
        lifted = raised(measure(np.array([self.things[place].quad for place in places])))
        return tuple(replace(card, raised=bool(up)) for card, up in zip(self.playing(places), lifted, strict=True))

    def any(self, places: Sequence[int]) -> tuple[Card | PlayingCard, ...]:
        """Cards where either kind may lie."""
        rows = [self.things[place] for place in places]
        return tuple(_playing_card(thing, self.size) if thing.is_playing else _card(thing) for thing in rows)


def _card(thing: Thing) -> Card:
    told = _values(thing.told)
    stickers = tuple((told.get("sticker") or "").split())
    return replace(thing.card, stickers=stickers, debuffed=told.get("debuffed") == "yes")


def _playing_card(thing: Thing, size: tuple[int, int]) -> PlayingCard:
    told = {} if thing.face_down else {task: one for task, one in thing.told.items() if task != "sticker"}
    if "enhancement" in told and told["enhancement"].value == "Stone":
        told = {task: one for task, one in told.items() if task not in ("rank", "suit")}
    values = _values(told)
    sure = thing.chance("card back") if thing.face_down else thing.chance("playing card", "card")
    return PlayingCard(
        rank=values.get("rank"),
        suit=values.get("suit"),
        enhancement=values.get("enhancement"),
        seal=values.get("seal"),
        modifier=None if thing.face_down else thing.card.modifier or None,
        debuffed=values.get("debuffed") == "yes",
        face_down=thing.face_down,
        raised=False,
        confidence=sure * prod(one.chance for one in told.values()),
        box=quad_box(thing.quad, *size),
        quad=thing.card.quad,
    )


def _values(told: dict[str, Told]) -> dict[str, str | None]:
    return {task: None if one.value == PLAIN else one.value for task, one in told.items()}

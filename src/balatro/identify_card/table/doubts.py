"""What contradicts itself in a table: told, and the confidence of what it concerns lowered; never mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from balatro.identify_card.card import Card
from balatro.identify_card.table.fields import count
from balatro.identify_card.table.poker import BENDERS, FIVE, hand_type
from balatro.identify_card.table.records import PlayingCard, Table
from balatro.runtime.text.fields import Field

DOUBTED = 0.5
"""What the confidence of cards is multiplied with that contradict something; once, however often they do."""
_AnyCard = TypeVar("_AnyCard", Card, PlayingCard)


@dataclass(frozen=True)
class Doubt:
    """One contradiction."""

    says: str
    """A sentence."""
    concerns: str = ""
    """The table's list of cards whose confidence it lowers; empty for none."""


def with_doubts(table: Table, fields: Sequence[Field] = ()) -> Table:
    """The table with its doubts. fields: what was read of the picture, for the counts that the table does not keep."""
    doubts = [doubt for check in CHECKS for doubt in check(table, fields)]
    lowered: dict[str, object] = {}
    for name in {doubt.concerns for doubt in doubts} - {""}:
        lowered[name] = _lowered(getattr(table, name))
    return replace(table, **lowered, doubts=tuple(doubt.says for doubt in doubts))  # type: ignore[arg-type]


def _lowered(cards: Sequence[_AnyCard] | None) -> tuple[_AnyCard, ...] | None:
    return None if cards is None else tuple(replace(card, confidence=card.confidence * DOUBTED) for card in cards)


def check_counts(table: Table, fields: Sequence[Field]) -> Iterator[Doubt]:
    """The counts that the screen shows beside a row against the cards that were found in it."""
    for shown, name, what in (
        ("jokers", "jokers", "jokers"),
        ("consumables", "consumables", "consumables"),
        ("hand_count", "hand", "cards in hand"),
    ):
        (told, _), cards = count(fields, shown), getattr(table, name)
        if told is not None and cards is not None and len(cards) != told:
            yield Doubt(f"the screen counts {told} {what}, {len(cards)} were found", name)


def check_deck(table: Table, fields: Sequence[Field]) -> Iterator[Doubt]:
    """No more cards lie in the deck and the hand than the deck has."""
    if table.deck is None or table.deck.left is None or table.deck.of is None:
        return
    left, of = table.deck.left, table.deck.of
    if left > of:
        yield Doubt(f"{left} cards are left of a deck of {of}")
    elif table.hand is not None and left + len(table.hand) > of:
        yield Doubt(f"{left} cards are left of a deck of {of}, and {len(table.hand)} are in hand", "hand")


def check_chosen(table: Table, fields: Sequence[Field]) -> Iterator[Doubt]:
    """At most five cards are chosen."""
    chosen = [card for card in table.hand or () if card.raised]
    if len(chosen) > FIVE:
        yield Doubt(f"{len(chosen)} cards stand out of the hand, at most {FIVE} can be chosen", "hand")


def check_hand_type(table: Table, fields: Sequence[Field]) -> Iterator[Doubt]:
    """The hand's type on the panel against the cards that are chosen or played, where no joker bends the rules."""
    concerns = "played" if table.played else "hand"
    cards = table.played or [card for card in table.hand or () if card.raised]
    if table.hand_type is None or any(card.name in BENDERS for card in table.jokers or ()):
        return
    made = hand_type(cards)
    if made is not None and made != table.hand_type:
        yield Doubt(f"the screen says {table.hand_type}, the cards make {made}", concerns)
    elif not cards and table.hand is not None:
        yield Doubt(f"the screen says {table.hand_type}, and no card is chosen", "hand")


CHECKS: tuple[Callable[[Table, Sequence[Field]], Iterator[Doubt]], ...] = (
    check_counts,
    check_deck,
    check_chosen,
    check_hand_type,
)
"""All checks. Two cards of one face contradict nothing: decks get copies."""

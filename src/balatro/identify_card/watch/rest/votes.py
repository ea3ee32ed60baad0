"""One table of several looks at the same: each field as most of them have it, and nothing that one look alone gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from balatro.identify_card.card import Card
from balatro.identify_card.table.records import Table

NOT_VOTED = ("confidence", "modifier_confidence", "top", "box", "quad", "doubts", "fields", "printings")
"""What differs from look to look: the latest has it."""
IDENTITY = ("id", "name", "type", "rarity", "known")
"""What makes a card this card and no other: voted at once."""
NEEDED = ("card", "cards", "vouchers", "packs")
"""Without these a shop, a pack or an offer says nothing."""
_Any = TypeVar("_Any")


class Votes:
    """What looks at one table say, field by field."""

    def __init__(self, needed: int) -> None:
        """needed: how many looks must agree on a value."""
        self.needed = needed
        self.is_split = False
        """Whether the last vote left something open."""

    def table(self, looks: Sequence[Table]) -> Table:
        """The table on which the looks, at least one, agree; None where they do not."""
        self.is_split = False
        return self._record(looks) or Table()

    def _record(self, looks: Sequence[_Any]) -> _Any | None:
        """Records of one class, field by field; what is not voted is the latest's."""
        latest: Any = looks[-1]
        told: dict[str, Any] = {}
        if isinstance(latest, Card):
            looks, told = self._same_card(looks)
            latest = looks[-1]
        for name in (entry.name for entry in fields(latest)):
            if name not in NOT_VOTED and not (isinstance(latest, Card) and name in IDENTITY):
                told[name] = self._value([getattr(look, name) for look in looks], getattr(latest, name))
        return None if any(told[name] is None for name in NEEDED if name in told) else replace(latest, **told)

    def _same_card(self, looks: Sequence[Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        """The looks that have the card's elected name, or all with it taken off where none is elected."""
        elected = self._elect([look.id if look.known else None for look in looks])
        named = [look for look in looks if elected == ((look.id if look.known else None),)]
        return (named, {}) if named else (looks, {**dict.fromkeys(IDENTITY), "known": False})

    def _value(self, values: Sequence[Any], latest: Any) -> Any:
        """One field of all looks: a number or word, a record or None, a list of cards, prices and so on."""
        kinds: list[Any] = [type(value) if is_dataclass(value) or isinstance(value, tuple) else None for value in values]
        if not any(kinds):
            elected = self._elect(values)
            return elected[0] if elected else (False if isinstance(latest, bool) else None)
        kind = self._elect(kinds)
        if not kind or kind[0] is None:
            return None
        some = [value for value, one in zip(values, kinds, strict=True) if one is kind[0]]
        return self._row(some) if kind[0] is tuple else self._record(some)

    def _row(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...] | None:
        """Lists of one length, place by place."""
        length = self._elect([len(row) for row in rows])
        if not length:
            return None
        alike = [row for row in rows if len(row) == length[0]]
        row = tuple(self._value(column, column[-1]) for column in zip(*alike, strict=True))
        return None if None in row else row

    def _elect(self, values: Sequence[Hashable]) -> tuple[Any, ...]:
        """The value that enough looks have and no other as often, in a tuple; an empty one where there is none."""
        (best, count), *others = Counter(values).most_common(2)
        if count >= self.needed and not (others and others[0][1] == count):
            return (best,)
        self.is_split = True
        return ()


def same(one: Table, other: Table) -> bool:
    """Whether two tables tell the same, apart from places, confidences and doubts."""
    return bool(_told(one) == _told(other))


def _told(value: Any) -> Any:
    if is_dataclass(value):
        return [(entry.name, _told(getattr(value, entry.name))) for entry in fields(value) if entry.name not in NOT_VOTED]
    return [_told(one) for one in value] if isinstance(value, tuple) else value

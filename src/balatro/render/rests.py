"""How a play stands while nothing moves, and what is done in between: what a perfect watcher of the whole table says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from balatro.config.screens import CELL_WIDTH

RAISED = 24.0
"""How far a chosen card lies above its row, room units."""
AREAS = ("jokers", "consumables", "shop", "hand", "played")
MOST = {"jokers": 6, "consumables": 3, "shop": 4}
"""Cards that an area holds."""
START_MONEY, HANDS, DISCARDS = 30, 4, 3
REWARD, MOST_INTEREST = 4, 5
"""What a won round gives, and the most that the money on hand adds to it."""


@dataclass(frozen=True)
class Tally:
    """The numbers of the side panel."""

    money: int = START_MONEY
    hands: int = HANDS
    discards: int = DISCARDS
    ante: int = 1
    round: int = 1
    score: int = 0


def earned(tally: Tally) -> int:
    """What a won round brings: its reward, a dollar for each hand left, and one for every five dollars that there are.

    >>> earned(Tally(money=12, hands=3))
    9
    """
    return REWARD + tally.hands + min(tally.money // 5, MOST_INTEREST)


@dataclass(frozen=True)
class Laid:
    """A card as it lies: its place in deck.cards, its modifier's number, whether it is chosen."""

    card: int
    modifier: int = 0
    raised: bool = False


@dataclass(frozen=True)
class Rest:
    """A time in which no card moves but under the mouse; rows from left to right."""

    since: float
    until: float
    shop_is_open: bool
    tally: Tally
    rows: dict[str, tuple[Laid, ...]]
    """By area: jokers, consumables, shop, hand, played."""


class Act(NamedTuple):
    """Something that was done, by the kinds that `watch --table` has for it."""

    seconds: float
    kind: str


class Truth(NamedTuple):
    """What a perfect watcher says: `kind` is appeared, changed or gone, as in `balatro watch`."""

    seconds: float
    kind: str
    number: int
    """The card's number in the play."""
    id: str
    modifier: str


def places_of(area: str, count: int) -> list[tuple[float, float, float]]:
    """Where the cards of a row lie, in room units, and how they are turned: those of a hand form a fan."""
    left, right, y, closest = {
        "jokers": (319.0, 690.0, 87.0, 1.15),
        "consumables": (790.0, 905.0, 87.0, 1.15),
        "shop": (505.0, 745.0, 282.0, 1.2),
        "hand": (345.0, 770.0, 400.0, 0.8),
        "played": (345.0, 770.0, 255.0, 1.1),
    }[area]
    gap = min((right - left) / max(count - 1, 1), CELL_WIDTH * closest)
    middle = (left + right) / 2
    shares = [(place + 0.5) / count - 0.5 if area == "hand" else 0.0 for place in range(count)]
    return [
        (middle + gap * (place - (count - 1) / 2), y + 21 * abs(shares[place]), 0.18 * shares[place]) for place in range(count)
    ]

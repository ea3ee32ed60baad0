"""Dealing groups of pictures to val and test so that train keeps what it must learn."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from balatro.train_model.pictures.groups import Group


def put(sides: list[str], group: Group, side: str) -> None:
    for row in group.rows:
        sides[row] = side


def deal(sides: list[str], groups: Sequence[Group], shares: Mapping[str, float]) -> None:
    """Move groups from train to val and test until these have their shares of pictures.

    Each stratum (a name and modifier) gives one group to a side before any gives two, then the one that gave the smallest part
    of itself. Train keeps a group of every name, every modifier and every stratum of several groups. The rare modifiers of
    which a name has but one group are a stratum together: they could not be validated otherwise.
    """
    strata = _strata(groups)
    sizes = [sum(len(group.rows) for group in stratum) for stratum in strata]
    left = Counter(thing for group in groups for thing in group.teaches)
    total = sum(len(group.rows) for group in groups)
    room = {side: share * total for side, share in shares.items() if share > 0}
    # By side, whose turn it is: the part of itself that a stratum gave, and its number. All zeros are a heap already.
    heaps = {side: [(0.0, number) for number in range(len(strata))] for side in room}
    named: dict[str, set[str]] = {side: set() for side in room}
    given = dict.fromkeys(room, 0)
    while heaps:
        side = max(heaps, key=lambda name: room[name] / shares[name])
        if not heaps[side]:
            del heaps[side]
            continue
        part, number = heapq.heappop(heaps[side])
        most = max(2 * room[side], 0 if given[side] else max(total / 3, 1))
        group = _spare(strata[number], left, most, named[side])
        if group is None:
            continue  # nor will it have one later: room and what train can spare only become less
        strata[number].remove(group)
        left.subtract(group.teaches)
        put(sides, group, side)
        named[side] |= group.names
        room[side] -= len(group.rows)
        given[side] += len(group.rows)
        heapq.heappush(heaps[side], (part + len(group.rows) / sizes[number], number))


def _spare(stratum: Sequence[Group], left: Mapping[Any, int], most: float, named: set[str]) -> Group | None:
    """A group of at most so many pictures that train can do without; one of a name that the side lacks, where there is one."""
    spare = (group for group in stratum if len(group.rows) <= most and all(left[thing] > 1 for thing in group.teaches))
    first = None
    for group in spare:
        first = first or group
        if not group.names <= named:
            return group
        if stratum[0].card == stratum[-1].card:
            break  # all of one card, so all of one name
    return first


def _strata(groups: Sequence[Group]) -> list[list[Group]]:
    """The groups that stand for one another, in the order of the first of each."""
    strata: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in groups:
        strata[group.card if ("card", group.card) in group.teaches else ("", group.card[1])].append(group)
    return list(strata.values())

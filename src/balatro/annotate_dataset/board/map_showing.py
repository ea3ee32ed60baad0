"""What the map shows, as JSON for the browser, and what a person does to the pictures chosen on it.

A map may have many thousand points, so they are sent as columns of numbers; the browser makes a picture's address of its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.annotate_dataset.board.pictures import LARGE, ROUTE, SMALL
from balatro.annotate_dataset.store.store import Accept, Action, Relabel
from balatro.annotate_dataset.suggest.layout import LEAST
from balatro.errors import InputError

if TYPE_CHECKING:
    from balatro.annotate_dataset.board.desk import Desk

Json = dict[str, Any]
DIGITS = 4
"""Of a place from 0 to 1: finer than a screen."""
LABELLED, SUGGESTED, UNKNOWN = "labelled", "suggested", "unknown"
"""What is known of a picture: a person's label, a suggestion, nothing."""


def map_json(desk: Desk) -> Json:
    """The points with their labels or suggestions. Each is a row in all of the columns `keys` to `unique`."""
    desk.want_map()
    desk.check()
    points = desk.map.points
    rows = [_row(desk, key) for key in points.keys]
    places = {key: place for place, key in enumerate(points.keys)}
    doubts: Json = {}
    for one in desk.suspicions:
        if one.picture in places:
            doubts.setdefault(str(places[one.picture]), one.why)
    return {
        "keys": points.keys,
        "places": np.round(points.places, DIGITS).tolist(),
        "states": [state for state, _, _ in rows],
        "titles": [name for _, name, _ in rows],
        "editions": [modifier for _, _, modifier in rows],
        "unique": np.round(points.unique, DIGITS).tolist(),
        "doubts": doubts,
        "crops": {"route": ROUTE, "small": SMALL, "large": LARGE},
        "least": LEAST,
        "laying": not desk.map.is_current and not desk.trouble,
        "trouble": desk.trouble,
    }


def _row(desk: Desk, key: str) -> tuple[str, str, str]:
    """State, name and modifier of a picture."""
    label = desk.store.labels.get(key)
    if label is not None:
        return LABELLED, label.name, label.modifier
    prefill = desk.prefills.get(key)
    if prefill is not None and prefill.prefilled:
        return SUGGESTED, prefill.name, prefill.modifier
    return UNKNOWN, "", ""


def named(desk: Desk, told: Mapping[str, Any]) -> list[Action]:
    """Labels for chosen pictures: a labelled one changes only in what was told, another takes what is suggested for the rest.

    Raises InputError where neither the person nor a suggestion says what a picture shows.
    """
    name, modifier = told["name"] or None, told["modifier"] or None
    type_, rarity = desk.offered().get(name or "", ("", ""))
    new = bool(told["isNew"]) or name in desk.offered()
    actions: list[Action] = []
    lacking: list[str] = []
    for key in told["pictures"]:
        if key in desk.store.labels:
            actions.append(Relabel(key, name, modifier, new=new))
            continue
        state, its_name, its_modifier = _row(desk, key)
        if state == UNKNOWN and (name is None or (modifier is None and desk.store.modifiers)):
            lacking.append(key)
        elif name is None:
            prefill = desk.prefills[key]
            actions.append(Accept(key, its_name, modifier or its_modifier, prefill.type, prefill.rarity, new=True))
        else:
            actions.append(Accept(key, name, modifier or its_modifier, type_, rarity, new=new))
    if lacking:
        what = "name" if name is None else "modifier"
        raise InputError(f"nothing is suggested for {len(lacking)} of these, such as {lacking[0]}; choose a {what}")
    return actions

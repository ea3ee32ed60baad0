"""What a person has said of a whole screen, as actions on the dataset."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from balatro.annotate_dataset.board.desk import Desk
from balatro.annotate_dataset.store.boxing import PutCard, StateScreen, TakeCard, crop_key
from balatro.annotate_dataset.store.screens import Box, box_of
from balatro.annotate_dataset.store.store import Action
from balatro.errors import InputError


def stated(desk: Desk, told: Mapping[str, Any]) -> list[Action]:
    """All cards of a screen.

    told: `boxes` has each with `box`, `name`, `modifier`, `type`, `rarity`, `isNew`, and `key` where it is labelled already.

    A card whose box is as it was keeps its key, so that its label is changed; one whose box was moved is another picture.
    """
    screen = str(told["screen"])
    if screen not in desk.screens.keys:
        raise InputError(f"{screen}: no such screen in {desk.screens.folder.folder}; it may have been moved")
    labels, offered = desk.store.labels, desk.offered()
    before = {key: box_of(labels[key]) for key in desk.screens.cards_of(screen)}
    keys: dict[str, None] = {}
    actions: list[Action] = []
    for one in told["boxes"]:
        left, top, right, bottom = (round(edge) for edge in one["box"])
        box: Box = (left, top, right, bottom)
        key = str(one.get("key") or "")
        if key in keys or before.get(key) != box:
            key = _key(desk, screen, box, before, keys)
        keys[key] = None
        new = bool(one["isNew"]) or one["name"] in offered
        actions.append(PutCard(key, screen, box, one["name"], one["modifier"], one["type"], one["rarity"], new))
    gone = [TakeCard(key) for key in before if key not in keys]
    return [*actions, *gone, StateScreen(screen, tuple(keys))]


def _key(desk: Desk, screen: str, box: Box, before: Mapping[str, Box | None], taken: Collection[str]) -> str:
    """The key that follows from a box: that of the card which has it, else a free one."""
    wanted = crop_key(screen, box)
    return wanted if before.get(wanted) == box and wanted not in taken else desk.store.free_key(wanted, taken)

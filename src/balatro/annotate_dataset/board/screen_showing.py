"""What the board of whole screens shows, as JSON for the browser."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from balatro.annotate_dataset.board.desk import Desk
from balatro.annotate_dataset.board.pictures import SCREEN, SMALL, address, screen_address
from balatro.annotate_dataset.board.screens import DONE, OPEN
from balatro.annotate_dataset.forms.items import check_picture
from balatro.annotate_dataset.store.screens import box_of
from balatro.annotate_dataset.suggest.prefill import Prefill
from balatro.annotate_dataset.suggest.screens import FoundCard
from balatro.annotate_dataset.suggest.suggestion import Candidate
from balatro.errors import InputError
from balatro.utils.images import orientation
from balatro.utils.quads import box_overlap

Json = dict[str, Any]

AHEAD = 6
"""Screens that are looked at and sent in advance."""
SAME = 0.5
"""Two boxes that share this much of both are around one card."""


def screens_json(desk: Desk, at: str) -> Json:
    """All screens with how far they are, and those around the one that is looked at with their boxes.

    at: a screen; anything else for the first that is not done.
    """
    screens = desk.screens
    states = {screen: screens.state_of(screen) for screen in screens.keys}
    around = _around(states, at)
    desk.want_screens([screen for screen in around if states[screen] != DONE or screen == at])
    return {
        "screens": [
            [screen, state, screen_address(screens.path_of(screen), screen, SMALL)] for screen, state in states.items()
        ],
        "open": {screen: _screen(desk, screen, states[screen]) for screen in around},
        "folder": screens.folder.folder.as_posix(),
    }


def waiting(states: dict[str, str]) -> list[str]:
    """The screens that are not done: first those without any label."""
    left = [screen for screen, state in states.items() if state != DONE]
    return sorted(left, key=lambda screen: states[screen] != OPEN)


def _around(states: dict[str, str], at: str) -> list[str]:
    """The screen that is looked at, those beside it, and the next ones that wait."""
    keys, queue = list(states), waiting(states)
    if at not in states:
        at = queue[0] if queue else (keys[0] if keys else "")
    if not at:
        return []
    place = keys.index(at)
    first = queue.index(at) if at in queue else next((n for n, key in enumerate(queue) if keys.index(key) > place), 0)
    following = [*queue[first:], *queue[:first]][: AHEAD + 1]
    beside = keys[max(0, place - 1) : place + 2]
    return list(dict.fromkeys([at, *following, *beside]))


def _screen(desk: Desk, screen: str, state: str) -> Json:
    path = desk.screens.path_of(screen)
    found = desk.screens.found.get(screen)
    trouble = desk.screens.failures.get(screen, "")
    try:
        width, height = shown_size(path, path.stat().st_mtime_ns)
    except (InputError, OSError) as error:
        width, height, trouble = 1, 1, str(error)
    return {
        "url": screen_address(path, screen, SCREEN),
        "width": width,
        "height": height,
        "state": state,
        "looked": found is not None or bool(trouble),
        "trouble": trouble,
        "boxes": _boxes(desk, screen, state, found or ()),
        "drawn": [_found(desk, one) for (where, _), one in desk.screens.drawn.items() if where == screen],
    }


@lru_cache(maxsize=512)
def shown_size(path: Path, _stamp: int) -> tuple[int, int]:
    """Width and height of a picture as it is shown."""
    width, height = check_picture(path)
    return (height, width) if orientation(path) >= 5 else (width, height)


def _boxes(desk: Desk, screen: str, state: str, found: Sequence[FoundCard]) -> list[Json]:
    """The cards that are labelled, and, as long as nobody has said that these are all, what else was found."""
    labels = desk.store.labels
    own = [(key, labels[key], box) for key in desk.screens.cards_of(screen) if (box := box_of(labels[key]))]
    told = []
    for key, label, box in own:
        like = next((one.prefill for one in found if box_overlap(one.box, box) >= SAME), Prefill())
        said = {"name": label.name, "type": label.type, "rarity": label.rarity, "modifier": label.modifier}
        told.append(
            {"key": key, "box": box, "prefilled": False, "confidence": 1.0, **said, "candidates": _candidates(desk, like)}
        )
    if state != DONE:
        told += [_found(desk, one) for one in found if all(box_overlap(one.box, box) < SAME for _, _, box in own)]
    return told


def _found(desk: Desk, one: FoundCard) -> Json:
    prefill = one.prefill
    return {
        "key": "",
        "box": one.box,
        "prefilled": prefill.prefilled,
        "name": prefill.name,
        "type": prefill.type,
        "rarity": prefill.rarity,
        "modifier": prefill.modifier if prefill.prefilled else "",
        "confidence": prefill.both,
        "candidates": _candidates(desk, prefill),
    }


def _candidates(desk: Desk, prefill: Prefill) -> list[Json]:
    return [candidate_json(desk, candidate) for candidate in prefill.candidates]


def candidate_json(desk: Desk, candidate: Candidate) -> Json:
    """A name that may be the card's, for either board."""
    return {
        "name": candidate.name,
        "type": candidate.type,
        "rarity": candidate.rarity,
        "confidence": candidate.confidence,
        "url": address(desk.store, candidate.nearest) if candidate.nearest else "",
    }

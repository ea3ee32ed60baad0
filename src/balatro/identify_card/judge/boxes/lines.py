"""Labelled boxes as JSON lines, one line a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from balatro.config.cards import CATALOGUE
from balatro.errors import InputError
from balatro.identify_card.judge.boxes.labels import BoxLabel, BoxPicture, find_picture, to_box, to_fields, to_modifier

_NAMES = {card.id: card.name for card in CATALOGUE}


def read_lines(path: Path, text: str) -> list[BoxPicture]:
    """What the file at `path` tells, whose content is `text`; InputError names the line that cannot be used."""
    pictures = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            pictures.append(_picture(path.parent, json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{path}, line {number}: no labelled picture ({_told(error)}); expected "
                '{"file": …, "truth": [{"box": [left, top, right, bottom], "name": …}]}'
            ) from error
    return pictures


def _told(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


def _picture(folder: Path, entry: dict[str, Any]) -> BoxPicture:
    file = str(entry["file"])
    return BoxPicture(
        file,
        find_picture(file, [folder]),
        tuple(_card(card) for card in entry["truth"]),
        tuple(to_box(box) for box in entry.get("unsure", [])),
        _texts(entry.get("tags", [])),
    )


def _texts(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list):
        raise ValueError(f"tags {told!r}; expected a list of texts")
    return tuple(map(str, told))


def _card(entry: dict[str, Any]) -> BoxLabel:
    card, name = str(entry.get("id") or ""), str(entry.get("name") or "")
    if not (card or name):
        raise ValueError("a card without a name and without an id")
    name = name or _NAMES.get(card, card)
    return BoxLabel(to_box(entry["box"]), name, card, to_modifier(entry.get("modifier")), to_fields(entry.get("fields")))

"""Labelled boxes as COCO has them: pictures, categories (the cards) and annotations (a box each)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from balatro.config.modifiers import split_class
from balatro.errors import InputError
from balatro.identify_card.judge.boxes.labels import (
    UNSURE,
    Box,
    BoxLabel,
    BoxPicture,
    find_picture,
    to_box,
    to_fields,
    to_modifier,
)

PARTS = ("images", "annotations", "categories")


def is_coco(told: Any) -> bool:
    """Whether an object of JSON is COCO's."""
    return isinstance(told, dict) and all(isinstance(told.get(part), list) for part in PARTS)


def read_coco(path: Path, told: dict[str, Any]) -> list[BoxPicture]:
    """What the file at `path` tells, whose content is `told`; InputError names the entry that cannot be used.

    A modifier is the attribute `modifier` or `edition`, or the end of the category's name. A crowd (`iscrowd`), a category
    called `unsure` and what has the attribute `unsure` are not counted. Pictures may have `tags`.
    """
    categories = {one["id"]: str(one["name"]) for one in _entries(path, told, "categories", ("id", "name"))}
    images = {one["id"]: one for one in _entries(path, told, "images", ("id", "file_name"))}
    cards: dict[Any, list[BoxLabel]] = {number: [] for number in images}
    unsure: dict[Any, list[Box]] = {number: [] for number in images}
    for number, entry in enumerate(_entries(path, told, "annotations", ("image_id", "category_id", "bbox"))):
        try:
            label = _label(entry, categories)
            image = entry["image_id"]
            if label.name == UNSURE:
                unsure[image].append(label.box)
            else:
                cards[image].append(label)
        except (ValueError, TypeError, AttributeError) as error:
            raise InputError(f"{path}, annotation {number}: {error}; mend it") from error
        except KeyError as error:
            raise InputError(f"{path}, annotation {number}: no image or category has the id {error}; mend it") from error
    return [_picture(path, image, cards[number], unsure[number]) for number, image in images.items()]


def _entries(path: Path, told: dict[str, Any], part: str, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    for number, entry in enumerate(told[part]):
        missing = [name for name in needed if not isinstance(entry, dict) or name not in entry]
        if missing:
            raise InputError(f"{path}: {part}, entry {number}, has no {missing[0]}; mend it")
    entries: list[dict[str, Any]] = told[part]
    return entries


def _label(entry: dict[str, Any], categories: dict[Any, str]) -> BoxLabel:
    left, top, width, height = (float(value) for value in entry["bbox"])
    box = to_box([left, top, left + width, top + height])
    attributes = dict(entry.get("attributes") or {})
    name, modifier = split_class(categories[entry["category_id"]])
    if entry.get("iscrowd") or attributes.get(UNSURE) or name.casefold() == UNSURE:
        return BoxLabel(box, UNSURE)
    told = to_modifier(attributes.get("modifier") or attributes.get("edition"))
    return BoxLabel(box, name, "", told or modifier, to_fields(attributes.get("fields")))


def _picture(path: Path, image: dict[str, Any], cards: list[BoxLabel], unsure: list[Box]) -> BoxPicture:
    file = str(image["file_name"])
    tags = image.get("tags") or []
    if not isinstance(tags, list):
        raise InputError(f"{path}: the tags of {file} are {tags!r}; expected a list of texts")
    size = (image.get("width"), image.get("height"))
    known = (int(size[0]), int(size[1])) if isinstance(size[0], int) and isinstance(size[1], int) and all(size) else None
    place = find_picture(file, [path.parent, path.parent.parent])
    return BoxPicture(file, place, tuple(cards), tuple(unsure), tuple(map(str, tags)), size=known)

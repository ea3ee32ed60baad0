"""Labelled boxes as YOLO has them: images/, labels/ with a text file a picture, and the names of the classes."""

from __future__ import annotations

from pathlib import Path

import yaml

from balatro.config.modifiers import split_class
from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.errors import InputError
from balatro.identify_card.judge.boxes.labels import UNSURE, Box, BoxLabel, BoxPicture, to_box

IMAGES, LABELS = "images", "labels"
NAMES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")
"""Where the names of the classes may stand, in the folder or in labels/; the first that is there counts."""


def is_yolo(folder: Path) -> bool:
    """Whether a folder is YOLO's."""
    return (folder / IMAGES).is_dir() and (folder / LABELS).is_dir()


def read_yolo(folder: Path) -> list[BoxPicture]:
    """All pictures of a folder, to the bottom of images/; InputError names the file and line that cannot be used.

    A picture without a text file has no cards, as YOLO has it. A line is `class x y w h` (middle and size, shares of the
    picture) or `class x1 y1 x2 y2 …`, of which the box around the corners is taken.
    """
    names = [split_class(name) for name in _read_names(folder)]
    files = sorted(path for path in (folder / IMAGES).rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
    pictures = [_picture(folder, path, names) for path in files]
    if not pictures or not any((folder / LABELS).rglob("*.txt")):
        raise InputError(f"{folder}: no pictures in images/, or no labels in labels/; expected a .txt for each picture")
    return pictures


def _picture(folder: Path, path: Path, names: list[tuple[str, str | None]]) -> BoxPicture:
    file = path.relative_to(folder / IMAGES)
    labels = folder / LABELS / file.with_suffix(".txt")
    cards: list[BoxLabel] = []
    unsure: list[Box] = []
    for number, line in enumerate(_text(labels).splitlines() if labels.is_file() else [], start=1):
        if not line.strip():
            continue
        try:
            place, box = _read_line(line)
            name, modifier = names[place]
        except ValueError as error:
            raise InputError(f"{labels}, line {number}: {error}; expected `class x y w h`, shares of the picture") from error
        except IndexError:
            raise InputError(f"{labels}, line {number}: class {place}, but there are {len(names)} names; mend it") from None
        if name.casefold() == UNSURE:
            unsure.append(box)
        else:
            cards.append(BoxLabel(box, name, "", modifier))
    tags = file.parts[:1] if len(file.parts) > 1 else ()
    return BoxPicture(file.as_posix(), path, tuple(cards), tuple(unsure), tags, is_relative=True)


def _read_line(line: str) -> tuple[int, Box]:
    """Class and box of one line."""
    first, *rest = line.split()
    place, values = int(first), [float(value) for value in rest]
    if place < 0:
        raise ValueError(f"class {place}")
    if len(values) == 4:
        x, y, width, height = values
        return place, to_box([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    if len(values) < 6 or len(values) % 2:
        raise ValueError(f"{len(values)} numbers behind the class")
    return place, to_box([min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])])


def _read_names(folder: Path) -> list[str]:
    place = next((root / name for name in NAMES for root in (folder, folder / LABELS) if (root / name).is_file()), None)
    if place is None:
        raise InputError(f"{folder}: no names of the classes; write them to {folder / 'classes.txt'}, one a line")
    text = _text(place)
    try:
        names = _yaml_names(text) if place.suffix in (".yaml", ".yml") else [line.strip() for line in text.splitlines()]
    except ValueError:
        names = []
    if not any(names):
        raise InputError(f"{place}: no names of classes that can be read; write them to classes.txt, one a line, instead")
    return names


def _yaml_names(text: str) -> list[str]:
    """The entry `names` of a YAML file: a list, or the names by their numbers; ValueError for other files."""
    try:
        told = yaml.load(text, Loader=yaml.BaseLoader)  # all is text: no card called No is False
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("no YAML") from error
    names = told.get("names") if isinstance(told, dict) else None
    if isinstance(names, dict):
        names = [names.get(str(place)) for place in range(len(names))]
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except ValueError as error:
        raise InputError(f"{path}: no UTF-8 text ({error}); save it as UTF-8") from error

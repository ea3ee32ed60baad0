"""Labelled boxes as YOLO has them: images/, labels/ with a text file a picture, and the names of the classes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.errors import InputError
from balatro.identify_card.judge.boxes.labels import UNSURE, Box, BoxLabel, BoxPicture, split_class, to_box

IMAGES, LABELS = "images", "labels"
NAMES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")
"""Where the names of the classes may stand, in the folder or in labels/; the first that is there counts."""

_ITEM = r"\s*\"(?:[^\"\\]|\\.)*\"|\s*'(?:[^']|'')*'|[^,\[\]]+"
"""One of a list in brackets."""


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
    except ValueError:  # an escape that only YAML has
        names = []
    if not any(names):
        raise InputError(f"{place}: no names of classes that can be read; write them to classes.txt, one a line, instead")
    return names


def _yaml_names(text: str) -> list[str]:
    """The entry `names` of a YAML file in the ways in which it is written: `[a, b]`, `- a` and `0: a` on lines of their own."""
    found = re.search(r"^names:[ \t]*(?:#[^\n]*)?(.*?)(?=^[^\s#-]|\Z)", text, re.M | re.S)
    if found is None:
        return []
    told = found[1].strip()
    if told.startswith("["):
        return [_unquoted(item) for item in re.findall(_ITEM, told) if item.strip()]
    rows = [line.strip() for line in told.splitlines() if line.strip() and not line.strip().startswith("#")]
    if all(row.startswith("- ") for row in rows):
        return [_unquoted(row[2:]) for row in rows]
    numbered = [re.fullmatch(r"(\d+):\s+(.+)", row) for row in rows]
    names = {int(match[1]): _unquoted(match[2]) for match in numbered if match}
    return [names[place] for place in range(len(rows))] if set(names) == set(range(len(rows))) else []


def _unquoted(text: str) -> str:
    """A scalar of YAML as text."""
    text = text.strip()
    if text[:1] == "'" and text[-1:] == "'":
        return text[1:-1].replace("''", "'")
    if text[:1] == '"' and text[-1:] == '"':
        return str(json.loads(text))
    return re.split(r"\s#", text)[0].strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except ValueError as error:
        raise InputError(f"{path}: no UTF-8 text ({error}); save it as UTF-8") from error

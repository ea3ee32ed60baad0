"""YOLO detection: a text of boxes beside each picture, or in `labels/` for `images/`; names in data.yaml or classes.txt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from balatro.annotate_dataset.forms.boxes import cut_share
from balatro.annotate_dataset.forms.items import MAX_TEXT, Found, Item, add_item, class_entry, flat, inside, is_picture
from balatro.annotate_dataset.forms.whole_screens import ScreenOfCards
from balatro.annotate_dataset.store.screens import Box
from balatro.annotate_dataset.store.screenshots import natural, scan
from balatro.errors import InputError

CLASSES = "classes.txt"
YAML = "data.yaml"
IMAGES, LABELS = "images", "labels"
NAMES = (CLASSES, "obj.names", "_darknet.labels", "predefined_classes.txt")
"""Files with a name a line: LabelImg's, CVAT's, Roboflow's for Darknet."""
MAX_YAML = 16 * 1024**2
"""Bytes of a data.yaml."""
TOLERANCE = 0.01
"""Shares of a picture by which rounding may bring a box's edge out of it; what is outside is cut off."""


def is_detection(root: Path) -> bool:
    """Whether a folder, or a folder in it, has texts of boxes, in `labels` or beside the pictures: no cards' names."""
    return any(next(_texts(labels), None) for _, labels in _pairs(root))


def read_yolo_boxes(root: Path, scratch: Path) -> Found:
    """The cards in the boxes; `images/` and `labels/` lie in the folder, or in each split's.

    Raises InputError where no names are told. Damaged lines are told by file and line, the others are done.
    """
    names = _names(root)
    items: list[Item] = []
    failures: list[str] = []
    texts = [(images, labels, text) for images, labels in _pairs(root) for text in _texts(labels)]
    pictures = {images: _by_stem(images) for images, _, _ in texts}
    keys = Counter(flat(_stem(text, labels)) for _, labels, text in texts)
    for number, (images, labels, text) in enumerate(texts):
        stem = _stem(text, labels)
        try:
            lines = _lines(text)
            if not lines:  # a picture without cards
                continue
            file = _picture(pictures[images], images, stem)
        except InputError as error:
            failures.append(f"{text}: {error}")
            continue
        key = flat(stem if keys[flat(stem)] == 1 else (images / stem).relative_to(root).as_posix())
        for count, line in lines.items():
            try:
                name, box = _box(line, names)
                cut = cut_share(file, box, scratch / f"{number}_{count}.png")
            except InputError as error:
                failures.append(f"{text}, line {count}: {error}")
                continue
            own = f"{key}{file.suffix}" if cut.box is None else f"{key}_{count}.png"
            add_item(items, failures, own, cut.path, class_entry(name), file, cut.box)
    return Found(tuple(items), tuple(failures))


def write_yolo_boxes(screens: Sequence[ScreenOfCards], out: Path) -> None:
    """`images/`, `labels/` and data.yaml; a class is a card in a modifier. A screen without boxes has an empty text."""
    names = list(dict.fromkeys(card.class_name for screen in screens for card in screen.cards))
    numbers = {name: number for number, name in enumerate(names)}
    for screen in screens:
        screen.copy_to(out / IMAGES)
        target = (out / LABELS / screen.key).with_suffix(".txt")
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{numbers[card.class_name]} {_shares(card.box, screen.size)}\n" for card in screen.cards]
        target.write_text("".join(lines), encoding="utf-8", newline="")
    about = {"path": ".", "train": IMAGES, "val": IMAGES, "names": dict(enumerate(names))}
    (out / YAML).write_text(yaml.safe_dump(about, sort_keys=False, allow_unicode=True), encoding="utf-8", newline="")


def _shares(box: Box, size: tuple[int, int]) -> str:
    """A box as its middle and size in shares of the picture."""
    (left, top, right, bottom), (width, height) = box, size
    shares = ((left + right) / 2 / width, (top + bottom) / 2 / height, (right - left) / width, (bottom - top) / height)
    return " ".join(f"{share:.8f}" for share in shares)


def _pairs(root: Path) -> Iterator[tuple[Path, Path]]:
    """Folders of pictures and those of their texts."""
    for place in (root, *sorted(child for child in root.iterdir() if child.is_dir() and not child.name.startswith("."))):
        images, labels = place / IMAGES, place / LABELS
        if images.is_dir() and labels.is_dir():
            yield images, labels
        elif _is_flat(root, place):  # as LabelImg, CVAT and Darknet save
            yield place, place


def _is_flat(root: Path, place: Path) -> bool:
    """Whether texts lie beside pictures of their names, and a file of names, too, or boxes are in them."""
    pictures = {path.stem for path in place.iterdir() if is_picture(path)}
    texts = [text for text in place.glob("*.txt") if text.stem in pictures]
    return bool(texts) and (_names_file(root, place) or any(map(_is_of_boxes, texts)))


def _names_file(root: Path, place: Path) -> bool:
    """Whether a folder of pictures and texts, or the one around it, says what the classes are called."""
    yamls = any((root / name).is_file() for name in (YAML, "data.yml"))
    return yamls or any((folder / name).is_file() for folder in (root, place) for name in NAMES)


def _is_of_boxes(text: Path) -> bool:
    """Whether a text begins with a class and a box, and not with a caption."""
    with text.open("rb") as file:
        return re.match(rb"\s*\d+(\s+\d*\.?\d+(e-?\d+)?){4}\s*(\n|$)", file.read(256)) is not None


def _texts(labels: Path) -> Iterator[Path]:
    found = (path for path in labels.rglob("*.txt") if path.name not in NAMES and not path.name.startswith("."))
    yield from sorted(found, key=lambda path: natural(path.as_posix()))


def _stem(text: Path, labels: Path) -> str:
    """A text's path without its suffix: what it has in common with its picture."""
    return text.relative_to(labels).with_suffix("").as_posix()


def _by_stem(images: Path) -> dict[str, str]:
    return {PurePosixPath(key).with_suffix("").as_posix(): key for key in sorted(scan(images), reverse=True)}


def _picture(pictures: Mapping[str, str], images: Path, stem: str) -> Path:
    if stem not in pictures:
        raise InputError(f"no picture {stem} in {images}; put it there, or remove the text")
    return inside(images, pictures[stem])


def _lines(text: Path) -> dict[int, str]:
    """The lines that are not empty, by number from 1."""
    lines = _read(text, MAX_TEXT).splitlines()
    return {number: line for number, line in enumerate(lines, 1) if line.strip()}


def _read(path: Path, most: int) -> str:
    try:
        if path.stat().st_size > most:
            raise InputError(f"{path}: {path.stat().st_size} bytes; at most {most} are read")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as text ({error}); save it in UTF-8") from error


def _box(line: str, names: Mapping[int, str]) -> tuple[str, tuple[float, float, float, float]]:
    """A line's card and its box: left, top, width, height in shares of the picture."""
    parts = line.split()
    if len(parts) != 5:
        raise InputError(f"{len(parts)} values; expected class, x, y, width, height (outlines and certainties are not read)")
    try:
        number, (x, y, width, height) = int(parts[0]), (float(part) for part in parts[1:])
    except ValueError:
        raise InputError(f"{line.strip()[:80]!r}; expected a class's number and four numbers from 0 to 1") from None
    edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    if not all(-TOLERANCE <= edge <= 1 + TOLERANCE for edge in edges) or min(width, height) <= 0:
        raise InputError(
            f"a box at {x:g}, {y:g} of {width:g}x{height:g}; expected middle and size from 0 to 1, within the picture"
        )
    if not names.get(number):
        raise InputError(f"the class {number} has no name; the names end at {max(names)}")
    return names[number], (edges[0], edges[1], width, height)


def _names(root: Path) -> dict[int, str]:
    """The classes' names, from the `names` of a data.yaml, or from the lines of classes.txt."""
    for path in (root / YAML, *sorted({*root.glob("*.yaml"), *root.glob("*.yml")})):
        if path.is_file() and (names := _yaml_names(path)):
            return names
    for place in (root, *(labels for _, labels in _pairs(root))):
        if listed := next((place / name for name in NAMES if (place / name).is_file()), None):
            return {number: line.strip() for number, line in enumerate(_read(listed, MAX_YAML).splitlines())}
    raise InputError(f"{root}: boxes, but no names for their classes; put a data.yaml with `names` or a {CLASSES} into it")


def _yaml_names(path: Path) -> dict[int, str]:
    try:
        told: Any = yaml.load(_read(path, MAX_YAML), Loader=yaml.BaseLoader)  # all is text: no card called No is False
        names = told.get("names") if isinstance(told, dict) else None
        some = enumerate(names) if isinstance(names, list) else (names or {}).items()
        return {int(number): str(name).strip() for number, name in some}
    except (yaml.YAMLError, ValueError, AttributeError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise InputError(
            f"{path}: no names can be read ({why}); expected `names: [a, b]` or `names: {{0: a, 1: b}}`"
        ) from error

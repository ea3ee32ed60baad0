"""Forms in which a picture's folder or file name says what it shows: ImageFolder, YOLO classification, files named by card."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from balatro.annotate_dataset.forms.items import (
    Found,
    Item,
    add_item,
    card_name,
    flat,
    folder_name,
    modifier_of,
)
from balatro.annotate_dataset.forms.yolo_boxes import is_detection, read_yolo_boxes
from balatro.annotate_dataset.store.screenshots import natural, scan
from balatro.errors import InputError
from balatro.utils.labels import CardLabel

SPLITS = ("train", "val", "test", "valid")
YAML = (".yaml", ".yml")
VAL_SHARE = 5
"""One in so many capture groups goes to `val`."""


def read_image_folder(root: Path, scratch: Path) -> Found:
    """`Card/picture.png`, or `Card/Foil/picture.png` where a card's folder has folders of modifiers."""
    return _read_classes(root, [(key, PurePosixPath(key).parts) for key in _keys(root)])


def write_image_folder(items: Sequence[Item], out: Path) -> None:
    """One folder a card, in it one for each modifier: torchvision's ImageFolder takes the cards for classes."""
    for item, name in zip(items, _file_names(items), strict=True):
        _put(item, out / _class_folder(item.label) / name)


def read_yolo(root: Path, scratch: Path) -> Found:
    """`train/Card/picture.png` and so on, or boxes; the split is not kept, as every training makes its own.

    root: the folder, or the data.yaml in it.
    """
    root = root.parent if root.is_file() and root.suffix.lower() in YAML else root
    if root.is_dir() and is_detection(root):
        return read_yolo_boxes(root, scratch)
    parts = [(key, PurePosixPath(key).parts) for key in _keys(root)]
    if not any(path[0] in SPLITS for _, path in parts):
        raise InputError(f"{root}: neither train/ nor val/ in it; name the folder that has them, or take the form imagefolder")
    return _read_classes(root, [(key, path[1:]) for key, path in parts if path[0] in SPLITS])


def write_yolo(items: Sequence[Item], out: Path) -> None:
    """`train` and `val`; a capture group is in one of them whole. Every card of `val` is in `train`, too."""
    in_val = _validated(items)
    for item, name in zip(items, _file_names(items), strict=True):
        split = "val" if item.key in in_val else "train"
        _put(item, out / split / _class_folder(item.label) / name)
    (out / "val").mkdir(exist_ok=True)


def read_named(root: Path, scratch: Path) -> Found:
    """`Pikachu.png`, `Pikachu__2.png`, or `Pikachu/anything.png`."""
    items: list[Item] = []
    failures: list[str] = []
    for key in _keys(root):
        path = PurePosixPath(key)
        name = path.parent.name if len(path.parts) > 1 else path.stem.split("__")[0]
        add_item(items, failures, flat(key), root / key, {"name": card_name(name)})
    return Found(tuple(items), tuple(failures))


def write_named(items: Sequence[Item], out: Path) -> None:
    """All in one folder; further pictures of a card get a number."""
    seen: Counter[str] = Counter()
    for item in items:
        stem = folder_name(item.label.name).replace("__", "%5F%5F")
        seen[stem.casefold()] += 1  # Windows and macOS tell no case apart
        number = seen[stem.casefold()]
        _put(item, out / f"{stem}{f'__{number}' if number > 1 else ''}{Path(item.key).suffix}")


def _read_classes(root: Path, placed: Iterable[tuple[str, tuple[str, ...]]]) -> Found:
    """Pictures whose paths begin with the card's name, and perhaps a modifier."""
    items: list[Item] = []
    failures: list[str] = []
    for key, parts in placed:
        if len(parts) < 2:
            failures.append(f"{root / key}: in no card's folder; put it into one, or take the form named")
            continue
        modifier = modifier_of(parts[1]) if len(parts) > 2 else None
        add_item(
            items, failures, "/".join((*parts[:-2], parts[-1])), root / key, {"name": card_name(parts[0]), "modifier": modifier}
        )
    unique = Counter(PurePosixPath(item.key).name for item in items)
    return Found(tuple(_short(item, unique) for item in items), tuple(failures))


def _short(item: Item, unique: Counter[str]) -> Item:
    """With the picture's own name as its key where no other picture has it, else with its card's before it."""
    name = PurePosixPath(item.key).name
    key = name if unique[name] == 1 else f"{folder_name(item.label.name)}_{name}"
    return Item(key, item.path, item.label)


def _keys(root: Path) -> list[str]:
    if not root.is_dir():
        raise InputError(f"{root}: no such folder; name the folder with the pictures")
    if is_detection(root):
        raise InputError(f"{root}: boxes in images/ and labels/ (YOLO detection), no cards' names; take the form yolo")
    _check_no_voc(root)
    keys = sorted(scan(root), key=natural)
    if not keys:
        raise InputError(f"{root}: no pictures in it; PNG, JPEG, WebP and the like are read")
    return keys


def _check_no_voc(root: Path) -> None:
    """InputError where boxes lie beside the pictures, as LabelImg saves them unless told: their names would be the files'."""
    for path in (*root.glob("*.xml"), *root.glob("*/*.xml")):
        with path.open("rb") as file:
            if b"<annotation" in file.read(256):
                raise InputError(f"{path}: boxes in Pascal VOC's XML are not read; save them as YOLO, by LabelImg's button")


def _class_folder(label: CardLabel) -> PurePosixPath:
    return PurePosixPath(folder_name(label.name), *([label.modifier] if label.modifier else []))


def _file_names(items: Sequence[Item]) -> list[str]:
    """Each picture's file name: its key without folders, with a number where that makes two alike."""
    seen: Counter[str] = Counter()
    names = []
    for item in items:
        name = flat(item.key)
        seen[name.casefold()] += 1
        number = seen[name.casefold()]
        names.append(name if number == 1 else f"{Path(name).stem}-{number}{Path(name).suffix}")
    return names


def _validated(items: Sequence[Item]) -> set[str]:
    """The keys that go to `val`: by a digest of their group, so that the same data always gives the same split."""

    def group(item: Item) -> str:
        label = item.label
        return item.key if label.card_group is None else f"{label.cluster}-{label.card_group}"

    def chosen(item: Item) -> bool:
        return hashlib.blake2b(group(item).encode("utf-8", "replace"), digest_size=4).digest()[0] % VAL_SHARE == 0

    trained = {item.label.name for item in items if not chosen(item)}
    return {item.key for item in items if chosen(item) and item.label.name in trained}


def _put(item: Item, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(item.path, target)

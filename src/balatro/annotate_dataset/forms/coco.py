"""COCO: pictures, categories (the cards) and annotations (a box each, here the whole picture), with the rest as attributes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

from balatro.annotate_dataset.forms.boxes import Cut, cut_card
from balatro.annotate_dataset.forms.items import (
    PICTURES,
    Found,
    Item,
    add_item,
    check_picture,
    class_entry,
    first_inside,
    flat,
    read_small_json,
    to_text,
)
from balatro.annotate_dataset.forms.whole_screens import ScreenOfCards
from balatro.errors import BalatroError, InputError

INSTANCES, ROBOFLOW = "instances.json", "_annotations.coco.json"
ATTRIBUTES = ("type", "rarity", "modifier", "cluster", "card_group")


def read_coco(place: Path, scratch: Path) -> Found:
    """A COCO file, or a folder with some. Boxes smaller than their picture are cut out, so detection datasets work, too."""
    items: list[Item] = []
    failures: list[str] = []
    for path in _find_files(place):
        told = read_small_json(path)
        if not isinstance(told, dict) or not all(
            isinstance(told.get(part), list) for part in ("images", "annotations", "categories")
        ):
            raise InputError(f"{path}: no COCO file; expected an object with images, annotations and categories")
        categories = {one.get("id"): one for one in told["categories"] if isinstance(one, dict)}
        images = {one.get("id"): one for one in told["images"] if isinstance(one, dict)}
        for number, annotation in enumerate(told["annotations"]):
            try:
                key, file, entry, cut = _annotation(path, number, annotation, images, categories, scratch)
            except (BalatroError, KeyError, TypeError, ValueError, AttributeError) as error:
                why = error if isinstance(error, BalatroError) else f"damaged ({error!r})"
                failures.append(f"{path}, annotation {number}: {why}")
                continue
            add_item(items, failures, key, cut.path, entry, file, cut.box)
    return Found(tuple(items), tuple(failures))


def write_coco(items: Sequence[Item], out: Path) -> None:
    """instances.json and a folder with the pictures."""
    names = list(dict.fromkeys(item.label.name for item in items))
    types: dict[str, set[str]] = {name: set() for name in names}
    for item in items:
        types[item.label.name].add(item.label.type)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, item in enumerate(items, 1):
        width, height = check_picture(item.path)
        images.append({"id": number, "file_name": f"{PICTURES}/{item.key}", "width": width, "height": height})
        known = {name: getattr(item.label, name) for name in ATTRIBUTES}
        attributes = {name: value for name, value in known.items() if value not in ("", None)}
        annotations.append(
            {
                "id": number,
                "image_id": number,
                "category_id": names.index(item.label.name) + 1,
                "bbox": [0, 0, width, height],
                "area": width * height,
                "iscrowd": 0,
                "attributes": attributes | ({"more": dict(item.label.more)} if item.label.more else {}),
            }
        )
        target = out / PICTURES / item.key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.path, target)
    # A type that only some of a card's pictures have is theirs alone: readers give the category's to all.
    above = {name: next(iter(some)) if len(some) == 1 else "" for name, some in types.items()}
    categories = [{"id": place, "name": name, "supercategory": above[name]} for place, name in enumerate(names, 1)]
    text = to_text({"info": {}, "licenses": [], "images": images, "annotations": annotations, "categories": categories})
    (out / INSTANCES).write_text(text, encoding="utf-8", newline="")


def has_coco(folder: Path) -> bool:
    """Whether a folder in this one has a file of this form: `annotations/`, or a split's as Roboflow writes it."""
    return any(path.name == ROBOFLOW or path.parent.name == "annotations" for path in folder.glob("*/*.json"))


def write_coco_boxes(screens: Sequence[ScreenOfCards], out: Path) -> None:
    """instances.json and a folder with the whole screens; type, rarity and modifier are attributes of a box."""
    names = list(dict.fromkeys(card.label.name for screen in screens for card in screen.cards))
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, screen in enumerate(screens, 1):
        width, height = screen.size
        images.append({"id": number, "file_name": f"{PICTURES}/{screen.key}", "width": width, "height": height})
        for card in screen.cards:
            left, top, right, bottom = card.box
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": names.index(card.label.name) + 1,
                    "bbox": [left, top, right - left, bottom - top],
                    "area": (right - left) * (bottom - top),
                    "iscrowd": 0,
                    "attributes": card.attributes,
                }
            )
        screen.copy_to(out / PICTURES)
    categories = [{"id": place, "name": name, "supercategory": ""} for place, name in enumerate(names, 1)]
    text = to_text({"info": {}, "licenses": [], "images": images, "annotations": annotations, "categories": categories})
    (out / INSTANCES).write_text(text, encoding="utf-8", newline="")


def _annotation(
    path: Path,
    number: int,
    annotation: Mapping[str, Any],
    images: Mapping[Any, Mapping[str, Any]],
    categories: Mapping[Any, Mapping[str, Any]],
    scratch: Path,
) -> tuple[str, Path, dict[str, Any], Cut]:
    """The key, picture and label of one annotation, and what its box cuts out."""
    if annotation.get("iscrowd"):
        raise InputError("a crowd, not one card")
    image, category = images[annotation["image_id"]], categories[annotation["category_id"]]
    name = str(image["file_name"])
    file = _find_picture(path, name)
    attributes = dict(annotation.get("attributes") or {})
    more = attributes.pop("more", {})
    entry = {**(more if isinstance(more, dict) else {}), **class_entry(str(category["name"])), **attributes}
    parent = category.get("supercategory")
    if not entry.get("type") and isinstance(parent, str) and parent not in ("", "none", entry["name"]):
        entry["type"] = parent
    key = flat(name.replace("\\", "/").removeprefix(f"{PICTURES}/").lstrip("/").replace("../", ""))
    box = annotation.get("bbox")
    if box is None and annotation.get("segmentation"):
        raise InputError("an outline without a box; only boxes are read")
    cut = Cut(file, None) if box is None else cut_card(file, box, _free(scratch, path, number), _told_size(image))
    return (key if cut.box is None else f"{Path(key).stem}_{number}.png"), file, entry, cut


def _free(scratch: Path, path: Path, number: int) -> Path:
    """Where a cut card goes: files of one name in several folders do not get in each other's way."""
    return scratch / f"{path.parent.name}_{path.stem}_{number}.png"


def _roots(path: Path) -> list[Path]:
    """Where a file's pictures may lie: beside it, in `images`, or in a folder of the split that its name ends with."""
    split = path.stem.rpartition("_")[2]
    around = [path.parent, path.parent.parent]
    return [
        place for root in around for place in (root, root / "images", root / PICTURES, root / split, root / "images" / split)
    ]


def _find_picture(path: Path, name: str) -> Path:
    """The picture that a file names; of paths on another machine, only beside that file."""
    try:
        return first_inside(_roots(path), [name])
    except InputError:
        beside = (path.parent, path.parent / "images", path.parent / PICTURES)
        return first_inside(beside, [name, *_tails(name)])


def _tails(name: str) -> Iterator[str]:
    """Of a path on another machine, as Label Studio writes it, its last parts, the longest first."""
    path = PureWindowsPath(name)  # splits at both slashes
    if path.anchor or ".." in path.parts:
        parts = [part for part in path.parts if part not in ("..", path.anchor)]
        yield from ("/".join(parts[first:]) for first in range(len(parts)))


def _told_size(image: Mapping[str, Any]) -> tuple[int, int] | None:
    """Width and height of a picture as the file tells them; None where it does not."""
    width, height = image.get("width"), image.get("height")
    return (int(width), int(height)) if width and height else None


def _find_files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise InputError(f"{place}: no such file or folder; name the COCO file")
    files = sorted({*place.glob("*.json"), *place.glob("*/*.json")} - {place / "export.json"})
    if not files:
        raise InputError(f"{place}: no JSON file in it; name the COCO file itself")
    return files

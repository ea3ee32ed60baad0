"""COCO: pictures, categories (the cards) and annotations (a box each, here the whole picture), with the rest as attributes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from balatro.annotate_dataset.forms.items import (
    PICTURES,
    Found,
    Item,
    add_item,
    check_picture,
    first_inside,
    flat,
    read_small_json,
    to_text,
)
from balatro.errors import BalatroError, InputError
from balatro.utils.images import load_image, write_png

INSTANCES = "instances.json"
WHOLE = 0.98
"""A box of at least this share of its picture is the picture; a smaller one is cut out."""
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
                key, file, entry = _annotation(path, number, annotation, images, categories, scratch)
            except (BalatroError, KeyError, TypeError, ValueError, AttributeError) as error:
                why = error if isinstance(error, BalatroError) else f"damaged ({error!r})"
                failures.append(f"{path}, annotation {number}: {why}")
                continue
            add_item(items, failures, key, file, entry)
    return Found(tuple(items), tuple(failures))


def write_coco(items: Sequence[Item], out: Path) -> None:
    """instances.json and a folder with the pictures."""
    names = list(dict.fromkeys(item.label.name for item in items))
    types = {item.label.name: item.label.type for item in reversed(items)}
    images, annotations = [], []
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
    categories = [{"id": place, "name": name, "supercategory": types[name]} for place, name in enumerate(names, 1)]
    text = to_text({"info": {}, "licenses": [], "images": images, "annotations": annotations, "categories": categories})
    (out / INSTANCES).write_text(text, encoding="utf-8", newline="")


def _annotation(
    path: Path,
    number: int,
    annotation: Mapping[str, Any],
    images: Mapping[Any, Mapping[str, Any]],
    categories: Mapping[Any, Mapping[str, Any]],
    scratch: Path,
) -> tuple[str, Path, dict[str, Any]]:
    """The key, picture and label of one annotation."""
    image, category = images[annotation["image_id"]], categories[annotation["category_id"]]
    name = str(image["file_name"])
    roots = (path.parent, path.parent / "images", path.parent / PICTURES, path.parent.parent, path.parent.parent / "images")
    file = first_inside(roots, [name])
    attributes = dict(annotation.get("attributes") or {})
    more = attributes.pop("more", {})
    entry = {**(more if isinstance(more, dict) else {}), **attributes, "name": str(category["name"])}
    parent = category.get("supercategory")
    if not entry.get("type") and isinstance(parent, str) and parent not in ("", "none", entry["name"]):
        entry["type"] = parent
    key = flat(name.removeprefix(f"{PICTURES}/").lstrip("/").replace("../", ""))
    width, height = check_picture(file)
    box = _box(annotation.get("bbox"), width, height)
    if (box[2] - box[0]) * (box[3] - box[1]) >= WHOLE * width * height:
        return key, file, entry
    return f"{Path(key).stem}_{number}.png", _cut(file, box, scratch / f"{path.stem}_{number}.png"), entry


def _box(told: Any, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a COCO box within the picture; the whole picture where none is told."""
    if told is None:
        return 0, 0, width, height
    left, top, wide, high = (float(value) for value in told)
    if not np.isfinite([left, top, wide, high]).all():
        raise InputError(f"a box of {told!r}; expected numbers")
    box = round(max(left, 0)), round(max(top, 0)), round(min(left + wide, width)), round(min(top + high, height))
    if box[2] - box[0] < 4 or box[3] - box[1] < 4:
        raise InputError(f"a box of {told!r} in a picture of {width}x{height}; expected [left, top, width, height] within it")
    return box


def _cut(file: Path, box: tuple[int, int, int, int], target: Path) -> Path:
    left, top, right, bottom = box
    write_png(target, load_image(file)[top:bottom, left:right])
    return target


def _find_files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise InputError(f"{place}: no such file or folder; name the COCO file")
    files = sorted({*place.glob("*.json"), *place.glob("*/*.json")} - {place / "export.json"})
    if not files:
        raise InputError(f"{place}: no JSON file in it; name the COCO file itself")
    return files

"""Label Studio: its JSON of tasks, and the labelling page to go with it.

A task has a name and modifier to choose for its picture, or rectangles around cards, or both; `write_label_studio` writes the
first, `write_label_studio_boxes` the second.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, unquote_plus
from xml.sax.saxutils import quoteattr

from balatro.annotate_dataset.forms.boxes import Cut, cut_share
from balatro.annotate_dataset.forms.items import (
    PICTURES,
    Found,
    Item,
    add_item,
    first_inside,
    flat,
    read_small_json,
    to_text,
)
from balatro.annotate_dataset.forms.whole_screens import CardInBox, ScreenOfCards
from balatro.config.modifiers import MODIFIERS
from balatro.errors import BalatroError, InputError
from balatro.utils.labels import CardLabel

TASKS, PAGE = "tasks.json", "label_config.xml"
FIELDS = ("name", "modifier", "type", "rarity")
"""What is chosen on the page; the rest goes along as data of the task."""
LOCAL = "/data/local-files/"
RECTANGLE = ("x", "y", "width", "height")
MOST_PARTS = 8
"""Folders above a picture that may lie beside the export, too."""


@dataclass
class Region:
    """A rectangle of a task, and what was chosen for it."""

    box: Mapping[str, Any]
    """x, y, width, height in percent of the picture, rotation in degrees."""
    number: int
    """Among the task's rectangles, from 0."""
    told: tuple[int, int] | None
    """The picture's width and height as Label Studio saw it."""
    entry: dict[str, Any] = field(default_factory=dict)


@dataclass
class Task:
    """What one task tells."""

    image: str
    entry: dict[str, Any] = field(default_factory=dict)
    """What was chosen for the whole picture."""
    regions: dict[Any, Region] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    """Why something of it is not read, a line each."""


def read_label_studio(place: Path, scratch: Path) -> Found:
    """An export in JSON or JSON-MIN, or a folder with one; pictures lie beside it. Unfinished tasks are left out.

    A name that is chosen for a whole picture labels the picture; upright rectangles are cut out.
    """
    path = _find_tasks(place)
    tasks = read_small_json(path)
    if not isinstance(tasks, list):
        raise InputError(f"{path}: no Label Studio export; expected a list of tasks (export as JSON)")
    items: list[Item] = []
    failures: list[str] = []
    for number, one in enumerate(tasks):
        where = f"{path}, task {number}"
        try:
            task = _task(one)
            failures += [f"{where}: {left}" for left in task.left_out]
            if not task.entry.get("name") and not task.regions:
                continue
            key, file = _find_picture(path.parent, task.image)
        except (BalatroError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            failures.append(f"{where}: {_why(error)}")
            continue
        if task.entry.get("name"):
            add_item(items, failures, key, file, task.entry)
        for region in task.regions.values():
            try:
                cut = _cut(file, region, scratch / f"{number}_{region.number}.png")
            except (BalatroError, TypeError, ValueError) as error:
                failures.append(f"{where}, rectangle {region.number}: {_why(error)}")
                continue
            own = key if cut.box is None else f"{Path(key).stem}_{region.number}.png"
            add_item(items, failures, own, cut.path, region.entry, file, cut.box)
    return Found(tuple(items), tuple(failures))


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, BalatroError) else f"damaged ({error!r})"


def _cut(file: Path, region: Region, target: Path) -> Cut:
    box = region.box
    return cut_share(file, [float(box[name]) / 100 for name in RECTANGLE], target, region.told)


def write_label_studio(items: Sequence[Item], out: Path) -> None:
    """tasks.json, label_config.xml for the project's settings, and a folder with the pictures.

    Label Studio finds the pictures when it is started with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and
    LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT set to this folder.
    """
    tasks = []
    for number, item in enumerate(items, 1):
        target = out / PICTURES / item.key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.path, target)
        label = item.label
        data: dict[str, Any] = {"image": f"{LOCAL}?d={quote(f'{PICTURES}/{item.key}')}"}
        data |= {name: value for name in ("cluster", "card_group") if (value := getattr(label, name)) is not None}
        data |= {"more": dict(label.more)} if label.more else {}
        result = [_chosen(number, field, value) for field in FIELDS if (value := getattr(label, field))]
        tasks.append({"id": number, "data": data, "annotations": [{"id": number, "result": result}]})
    (out / TASKS).write_text(to_text(tasks), encoding="utf-8", newline="")
    (out / PAGE).write_text(_page([item.label.get(field) for item in items] for field in FIELDS), encoding="utf-8", newline="")


def _chosen(number: int, field: str, value: str) -> dict[str, Any]:
    return {
        "id": f"{field}{number}",
        "from_name": field,
        "to_name": "image",
        "type": "choices",
        "value": {"choices": [value]},
    }


def write_label_studio_boxes(screens: Sequence[ScreenOfCards], out: Path) -> None:
    """The same for whole screens: a rectangle for each card, with modifier, type and rarity chosen for it.

    A screen without boxes is a task without an annotation, which Label Studio shows as not done yet.
    """
    tasks: list[dict[str, Any]] = []
    for number, screen in enumerate(screens, 1):
        screen.copy_to(out / PICTURES)
        result = [one for place, card in enumerate(screen.cards) for one in _boxed(f"{number}_{place}", card, screen.size)]
        task = {"id": number, "data": {"image": f"{LOCAL}?d={quote(f'{PICTURES}/{screen.key}')}"}}
        tasks.append(task | {"annotations": [{"id": number, "result": result}] if result else []})
    (out / TASKS).write_text(to_text(tasks), encoding="utf-8", newline="")
    labels = [card.label for screen in screens for card in screen.cards]
    (out / PAGE).write_text(_boxes_page(labels), encoding="utf-8", newline="")


def _boxed(place: str, card: CardInBox, size: tuple[int, int]) -> list[dict[str, Any]]:
    """A rectangle with its name, and what else was chosen for it: results of one id."""
    (left, top, right, bottom), (width, height) = card.box, size
    box = {"x": 100 * left / width, "y": 100 * top / height}
    box |= {"width": 100 * (right - left) / width, "height": 100 * (bottom - top) / height}
    about = {"id": place, "to_name": "image", "original_width": width, "original_height": height, "image_rotation": 0}
    name = {"type": "rectanglelabels", "value": {**box, "rotation": 0, "rectanglelabels": [card.label.name]}}
    return [
        about | {"from_name": "label"} | name,
        *(
            about | {"from_name": kind, "type": "choices", "value": {**box, "rotation": 0, "choices": [text]}}
            for kind, text in card.attributes.items()
        ),
    ]


def _boxes_page(labels: Sequence[CardLabel]) -> str:
    """The page's settings: rectangles with the names, and for each what else is told."""
    names = [f"    <Label value={quoteattr(name)}/>" for name in sorted({label.name for label in labels})]
    rectangles = ['  <RectangleLabels name="label" toName="image">', *names, "  </RectangleLabels>"]
    chosen = [line for kind in FIELDS[1:] for line in _choices(kind, {label.get(kind) for label in labels} - {""}, True)]
    return "\n".join(["<View>", '  <Image name="image" value="$image"/>', *rectangles, *chosen, "</View>", ""])


def _choices(name: str, used: set[str], by_region: bool = False) -> list[str]:
    """What there is to choose from, for the picture or for each rectangle of it."""
    choices = MODIFIERS if name == "modifier" else sorted(used)
    region = ' perRegion="true"' if by_region else ""
    parts = [f'  <Filter toName={quoteattr(name)} name="filter_{name}"/>'] if len(choices) > 10 else []
    parts += [f'  <Choices name="{name}" toName="image" choice="single" showInline="true"{region}>']
    return [*parts, *(f"    <Choice value={quoteattr(choice)}/>" for choice in choices), "  </Choices>"]


def _page(values: Iterable[Iterable[str]]) -> str:
    """The page's settings, with everything that was chosen so far."""
    parts = ["<View>", '  <Image name="image" value="$image"/>']
    for name, some in zip(FIELDS, values, strict=True):
        parts += _choices(name, set(some) - {""})
    return "\n".join([*parts, "</View>", ""])


def _task(told: Mapping[str, Any]) -> Task:
    """What a task tells; its rectangles have names and stand upright."""
    if "data" not in told:  # JSON-MIN: one flat object
        values = {name: _first(value) for name, value in told.items() if not _is_regions(value)}
        known = {name: values[name] for name in (*FIELDS, "cluster", "card_group") if values.get(name)}
        known |= {"name": values["label"]} if "name" not in known and values.get("label") else {}
        task = Task(str(values["image"]), known)
        results = [{**one, "from_name": name, "value": one} for name, ones in told.items() if _is_regions(ones) for one in ones]
    else:
        data, more = told["data"], told["data"].get("more")
        task = Task(str(data["image"]), dict(more) if isinstance(more, dict) else {})
        task.entry |= {name: data[name] for name in ("cluster", "card_group") if data.get(name) is not None}
        finished = [one for one in told.get("annotations") or [] if not one.get("was_cancelled")]
        results = finished[-1]["result"] if finished else []
    others = sorted({kind for result in results if (kind := _take(task, result))})
    if others:
        task.left_out.append(f"{', '.join(others)} in it; only choices and upright rectangles are read")
    _check_regions(task)
    if results and not task.left_out and not task.regions and not task.entry.get("name"):
        task.left_out.append("no name is chosen in it")
    if task.regions and not task.entry.get("name") and (chosen := [name for name in FIELDS if task.entry.get(name)]):
        task.left_out.append(f"{', '.join(chosen)} chosen for the whole picture, without a name; choose it for each rectangle")
    return task


def _take(task: Task, result: Mapping[str, Any]) -> str:
    """Take what one result of a task tells into it; what kind of thing it is when that is not read."""
    name, value = result.get("from_name"), result.get("value") or {}
    labels = next((word for word in value if word.endswith("labels")), None)
    texts = value.get("choices") or value.get("text") or value.get("rectanglelabels") or (value.get("taxonomy") or [None])[0]
    entry = task.entry
    if all(part in value for part in RECTANGLE):
        place = result.get("id") or tuple(value[part] for part in RECTANGLE)
        width, height = result.get("original_width"), result.get("original_height")
        size = (int(width), int(height)) if width and height else None
        box = {**value, "turned": result.get("image_rotation")}
        entry = task.regions.setdefault(place, Region(box, len(task.regions), size)).entry
    elif labels or "points" in value or "rle" in value or "x" in value:
        return "" if "choices" in value else str(result.get("type") or labels or "shapes")
    text = _first(texts)
    if text and name in FIELDS:
        entry[name] = text
    elif text and (labels == "rectanglelabels" or name in ("label", "choice", "choices")):
        entry.setdefault("name", text)
    return ""


def _check_regions(task: Task) -> None:
    """Leave out the rectangles that cannot be cut out, and tell why."""
    for place, region in list(task.regions.items()):
        why = ""
        if region.box.get("rotation") or region.box["turned"]:
            why = "turned, or on a picture that was turned; only upright ones are read"
        elif not region.entry.get("name"):
            why = "without a name; choose one for it"
        if why:
            del task.regions[place]
            task.left_out.append(f"rectangle {region.number}: {why}")


def _is_regions(value: Any) -> bool:
    """Whether a value of JSON-MIN is a list of shapes."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _first(value: Any) -> Any:
    """The value itself, or the last word of a list's only entry."""
    return (value[-1] if value else None) if isinstance(value, list) else value


def _find_picture(folder: Path, image: str) -> tuple[str, Path]:
    """A key for a task's picture, and where it lies: as the task names it, or the end of that, or as it was uploaded."""
    roots = (folder, folder / PICTURES, folder / "images")
    for path in _paths(image):
        parts = [part for part in path.split("/") if part]
        for begin in (0, *range(max(1, len(parts) - MOST_PARTS), len(parts))):
            *above, name = parts[begin:] or [""]
            names = ["/".join((*above, one)) for one in (name, re.sub(r"^[0-9a-f]{8}-", "", name))]
            with contextlib.suppress(InputError):
                file = first_inside(roots, names)
                is_drive = re.fullmatch("[A-Za-z]:", parts[0]) is not None
                return flat(parts[-1] if is_drive else "/".join(parts).removeprefix(f"{PICTURES}/")), file
    raise InputError(f"{image[:200]!r}: no such picture beside the file that names it")


def _paths(image: str) -> list[str]:
    """The paths that a task may mean, with `/`, likeliest first: an address ends at ? and #, and has other signs as %23, but
    who writes tasks by hand may write a file's name as it is."""
    _, is_local, told = image.partition(f"{LOCAL}?d=")
    if is_local:
        readings = [told.partition("&")[0], told]
    else:
        told = image.partition("://")[2].partition("/")[2] if "://" in image else image
        readings = [re.split("[?#]", told)[0], told.partition("?")[0], told]
    paths = [way(one).replace("\\", "/") for one in readings for way in (unquote, str, unquote_plus)]
    return [path for path in dict.fromkeys(paths) if path.strip("/")]


def _find_tasks(place: Path) -> Path:
    if place.is_file():
        return place
    if (place / TASKS).is_file():
        return place / TASKS
    files = sorted(set(place.glob("*.json")) - {place / "export.json"})
    if len(files) != 1:
        raise InputError(f"{place}: {len(files) or 'no'} JSON files in it; name Label Studio's export itself")
    return files[0]

"""Label Studio: its JSON of tasks, with name and modifier to choose for each picture, and the labelling page to go with it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import quoteattr

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
from balatro.config.modifiers import MODIFIERS
from balatro.errors import BalatroError, InputError

TASKS, PAGE = "tasks.json", "label_config.xml"
FIELDS = ("name", "modifier", "type", "rarity")
"""What is chosen on the page; the rest goes along as data of the task."""
LOCAL = "/data/local-files/"


def read_label_studio(place: Path, scratch: Path) -> Found:
    """An export in JSON or JSON-MIN, or a folder with one; pictures lie beside it. Unfinished tasks are left out."""
    path = _find_tasks(place)
    tasks = read_small_json(path)
    if not isinstance(tasks, list):
        raise InputError(f"{path}: no Label Studio export; expected a list of tasks (export as JSON)")
    items: list[Item] = []
    failures: list[str] = []
    for number, task in enumerate(tasks):
        try:
            image, entry = _task(task)
            if not entry.get("name"):
                failures += [f"{path}, task {number}: {left}" for left in _left_out(task)]
                continue
            file = first_inside((path.parent, path.parent / PICTURES, path.parent / "images"), _names(image))
        except (BalatroError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            why = error if isinstance(error, BalatroError) else f"damaged ({error!r})"
            failures.append(f"{path}, task {number}: {why}")
            continue
        add_item(items, failures, flat(_names(image)[0].removeprefix(f"{PICTURES}/").lstrip("/")), file, entry)
    return Found(tuple(items), tuple(failures))


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


def _page(values: Iterable[Iterable[str]]) -> str:
    """The page's settings, with everything that was chosen so far."""
    parts = ["<View>", '  <Image name="image" value="$image"/>']
    for field, some in zip(FIELDS, values, strict=True):
        used = set(some) - {""}
        choices = MODIFIERS if field == "modifier" else sorted(used)
        parts += [f'  <Filter toName={quoteattr(field)} name="filter_{field}"/>'] if len(choices) > 10 else []
        parts += [f'  <Choices name="{field}" toName="image" choice="single" showInline="true">']
        parts += [f"    <Choice value={quoteattr(choice)}/>" for choice in choices]
        parts += ["  </Choices>"]
    return "\n".join([*parts, "</View>", ""])


def _task(task: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The picture and label of one task."""
    if "data" not in task:  # JSON-MIN: one flat object
        values = {name: _first(value) for name, value in task.items()}
        known = {name: values[name] for name in (*FIELDS, "cluster", "card_group") if values.get(name)}
        return str(values["image"]), known | ({"name": values["label"]} if "name" not in known and values.get("label") else {})
    data = task["data"]
    more = data.get("more")
    entry: dict[str, Any] = dict(more) if isinstance(more, dict) else {}
    entry |= {name: data[name] for name in ("cluster", "card_group") if data.get(name) is not None}
    finished = [one for one in task.get("annotations") or [] if not one.get("was_cancelled")]
    for result in finished[-1]["result"] if finished else []:
        field = result.get("from_name")
        value = result.get("value") or {}
        text = _first(value.get("choices") or value.get("text") or (value.get("taxonomy") or [None])[0])
        if text and (field in FIELDS or field in ("label", "choice", "choices")):
            entry[field if field in FIELDS else "name"] = text
    return str(data["image"]), entry


def _left_out(task: Mapping[str, Any]) -> list[str]:
    """Why a finished task without a name is not read; nothing of one that nobody has finished."""
    finished = [one for one in task.get("annotations") or [] if not one.get("was_cancelled")]
    if not finished or not finished[-1]["result"]:
        return []
    kinds = ", ".join(sorted({str(result.get("type")) for result in finished[-1]["result"]}))
    return [f"no name is chosen in it, only {kinds}; boxes are read from an export as COCO"]


def _first(value: Any) -> Any:
    """The value itself, or the last word of a list's only entry."""
    return (value[-1] if value else None) if isinstance(value, list) else value


def _names(image: str) -> list[str]:
    """Where the picture of a task may lie: its path, and the name under which it was uploaded."""
    parts = urlsplit(image)
    path = parse_qs(parts.query).get("d", [""])[0] if parts.path == LOCAL else unquote(parts.path)
    name = PurePosixPath(path.replace("\\", "/")).name
    uploaded = re.sub(r"^[0-9a-f]{8}-", "", name)
    return [candidate for candidate in dict.fromkeys((path.lstrip("/"), name, uploaded)) if candidate] or [image]


def _find_tasks(place: Path) -> Path:
    if place.is_file():
        return place
    if (place / TASKS).is_file():
        return place / TASKS
    files = sorted(set(place.glob("*.json")) - {place / "export.json"})
    if len(files) != 1:
        raise InputError(f"{place}: {len(files) or 'no'} JSON files in it; name Label Studio's export itself")
    return files[0]

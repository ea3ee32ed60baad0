"""CSV: one line a picture, with all that is known of it."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from balatro.annotate_dataset.forms.items import MAX_TEXT, PICTURES, Found, Item, add_item, first_inside, flat
from balatro.errors import InputError
from balatro.utils.tables import find_columns, read_csv_rows

TABLE = "labels.csv"
COLUMNS = ("picture", "name", "type", "rarity", "modifier", "cluster", "card_group", "more")
NUMBERS = ("cluster", "card_group")


def read_csv(place: Path, scratch: Path) -> Found:
    """A table, or a folder with a labels.csv; pictures lie beside it or below. Commas, semicolons or tabs; UTF-8."""
    path = _find_table(place)
    head, rows = read_csv_rows(path, MAX_TEXT)
    columns = find_columns(path, head, COLUMNS)
    items: list[Item] = []
    failures: list[str] = []
    for number, row in enumerate(rows, 2):
        try:
            picture = row[columns["picture"]] or ""
            entry = _entry(row, columns)
            file = first_inside((path.parent, path.parent / PICTURES), [picture])
        except (InputError, ValueError) as error:
            failures.append(f"{path}, line {number}: {error}")
            continue
        add_item(items, failures, _key(picture), file, entry)
    return Found(tuple(items), tuple(failures))


def write_csv(items: Sequence[Item], out: Path) -> None:
    """labels.csv and a folder with the pictures, each under its own key."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for item in items:
        label = item.label
        row: dict[str, Any] = {name: getattr(label, name) for name in COLUMNS[1:-1]}
        more = json.dumps(dict(label.more), ensure_ascii=False) if label.more else ""
        writer.writerow(row | {"picture": f"{PICTURES}/{item.key}", "more": more})
        target = out / PICTURES / item.key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.path, target)
    (out / TABLE).write_text(text.getvalue(), encoding="utf-8", newline="")


def _find_table(place: Path) -> Path:
    if place.is_file():
        return place
    if (place / TABLE).is_file():
        return place / TABLE
    tables = sorted([*place.glob("*.csv"), *place.glob("*.tsv")])
    if len(tables) != 1:
        raise InputError(f"{place}: {len(tables) or 'no'} tables in it; name the CSV file itself")
    return tables[0]


def _entry(row: dict[str | None, Any], columns: dict[str, str]) -> dict[str, Any]:
    """A row's label; columns of other programs are kept as they are."""
    entry: dict[str, Any] = {name: row[columns[name]] for name in COLUMNS[1:-1] if name in columns}
    for name in NUMBERS:
        if entry.get(name):
            entry[name] = int(entry[name])
    more = json.loads(row[columns["more"]]) if "more" in columns and row[columns["more"]] else {}
    if not isinstance(more, dict):
        raise ValueError("the column `more` is no JSON object")
    known = {*columns.values(), None}
    others = {name: value for name, value in row.items() if name not in known and isinstance(value, str) and value}
    return {name: value for name, value in {**others, **more}.items() if name not in entry and name != "full_path"} | entry


def _key(picture: str) -> str:
    path = Path(picture.replace("\\", "/"))
    parts = [part for part in path.parts if part not in ("/", "..", ".")]
    return flat("/".join(parts[1:] if parts[:1] == [PICTURES] else parts[-1:]))

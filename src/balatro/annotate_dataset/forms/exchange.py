"""Importing and exporting: the forms in a table, and the ways between them and the dataset.

A new form is two functions and a line in `FORMS`.
"""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from balatro.annotate_dataset.forms.coco import INSTANCES, has_coco, read_coco, write_coco, write_coco_boxes
from balatro.annotate_dataset.forms.cvat import is_cvat, read_cvat, write_cvat
from balatro.annotate_dataset.forms.folders import (
    SPLITS,
    YAML,
    read_image_folder,
    read_named,
    read_yolo,
    write_image_folder,
    write_named,
    write_yolo,
)
from balatro.annotate_dataset.forms.items import Found, Item, check_picture, is_picture, safe_key, to_text, unpack
from balatro.annotate_dataset.forms.label_studio import (
    TASKS,
    read_label_studio,
    write_label_studio,
    write_label_studio_boxes,
)
from balatro.annotate_dataset.forms.safe_xml import root_tag
from balatro.annotate_dataset.forms.tables import read_csv, write_csv
from balatro.annotate_dataset.forms.voc import is_voc, read_voc, write_voc
from balatro.annotate_dataset.forms.whole_screens import ScreenOfCards, gather_screens
from balatro.annotate_dataset.forms.yolo_boxes import is_detection, write_yolo_boxes
from balatro.annotate_dataset.store.history import accepted_screens
from balatro.annotate_dataset.store.screens import BOX, SCREEN, SCREENS
from balatro.annotate_dataset.store.store import Add, DatasetStore
from balatro.config.cards import CATALOGUE, fold, is_catalogues, without_copy
from balatro.errors import InputError, LabelError, SettingsError
from balatro.utils.files import new_folder, write_bytes
from balatro.utils.labels import CardLabel, from_entry, read_dataset, to_entry
from balatro.utils.progress import progress

MARK = "export.json"
"""What tells an exported folder, so that only such a one is ever replaced."""
BATCH = 1_000
"""Pictures that are imported in one edit."""
_BY_NAME = {card.name: card for card in CATALOGUE}


@dataclass(frozen=True)
class Form:
    """A way in which other tools keep labelled pictures."""

    about: str
    keeps: tuple[str, ...]
    """What of a label survives a round trip."""
    read: Callable[[Path, Path], Found]
    """From a file or folder; the second folder is for pictures that have to be made, and is empty."""
    write: Callable[[Sequence[Item], Path], None] | None
    """Pictures of single cards, into an empty folder; None for a form that has boxes only."""
    write_boxes: Callable[[Sequence[ScreenOfCards], Path], None] | None = None
    """Whole screens with boxes, the same."""


_ALL = ("name", "type", "rarity", "modifier", "cluster", "card_group", "more")

FORMS = {
    "imagefolder": Form(
        "a folder for each card, in it one for each modifier", ("name", "modifier"), read_image_folder, write_image_folder
    ),
    "csv": Form("labels.csv beside the pictures", _ALL, read_csv, write_csv),
    "coco": Form("COCO's JSON; smaller boxes are cut out when importing", _ALL, read_coco, write_coco, write_coco_boxes),
    "yolo": Form(
        "YOLO classification: train/ and val/ with a folder for each card; detection's boxes are cut out when importing",
        ("name", "modifier"),
        read_yolo,
        write_yolo,
        write_yolo_boxes,
    ),
    "voc": Form(
        "Pascal VOC: an XML for each picture, with boxes", ("name", "type", "rarity", "modifier"), read_voc, None, write_voc
    ),
    "cvat": Form("CVAT's XML 1.1 for images, with boxes", ("name", "type", "rarity", "modifier"), read_cvat, None, write_cvat),
    "labelstudio": Form("Label Studio's JSON of tasks", _ALL, read_label_studio, write_label_studio, write_label_studio_boxes),
    "named": Form("pictures named by card: Pikachu.png, Pikachu__2.png", ("name",), read_named, write_named),
}


@dataclass(frozen=True)
class Imported:
    """What became of an import."""

    form: str
    pictures: tuple[str, ...]
    """Keys of the new pictures in the dataset."""
    num_there: int
    """Pictures that the dataset had already."""
    failures: tuple[str, ...]
    """One line for each that could not be used."""


@dataclass(frozen=True)
class ExportedScreens:
    """What an export of whole screens wrote."""

    num_screens: int
    num_boxes: int
    num_empty: int
    """Screens among them on which there is no card, as a person has said."""
    num_open: int
    """Screens that were left out: no card has a box on them, and nobody has said that there is none."""
    left_out: tuple[str, ...]
    """One line for each card or screen that could not be used."""


def import_dataset(form: str, path: Path, store: DatasetStore, author: str) -> Imported:
    """Copy labelled pictures of another form into a dataset; it can be undone.

    form: one of FORMS. path: a folder, the form's own file, or a .zip with either. What is there already (same name, same
    picture) is left as it is; another picture of the same name gets a number. Raises InputError when nothing can be read.
    """
    with tempfile.TemporaryDirectory(prefix="balatro-import-") as scratch:
        cuts, unpacked = Path(scratch) / "cuts", Path(scratch) / "archive"
        cuts.mkdir()
        unpacked.mkdir()
        found = _form(form).read(_source(path, unpacked), cuts)
        items = [item for item in found.items if item.label.name]
        failures = list(found.failures)
        failures += [f"{item.path}: no name for it" for item in found.items if not item.label.name]
        if not items:
            raise InputError(
                f"{path}: no labelled pictures in the form {form}" + (f"; the first: {failures[0]}" if failures else "")
            )
        return _take(form, items, failures, store, author)


def export_dataset(form: str, folder: Path, out: Path) -> int:
    """Write a dataset in another form; how many pictures it has.

    folder: with a labels.json, or any that `read_dataset` takes. out: a new folder, or one that an earlier export made, which
    is replaced. Pictures without a file or a name are left out; InputError when none is left.
    """
    labels = read_dataset(folder)
    place = folder.parent if folder.is_file() else folder
    items = [Item(key, place / key, label) for key, label in labels.items() if label.name and (place / key).is_file()]
    if not items:
        raise InputError(f"{folder}: no labelled pictures; label some with `balatro annotate`")
    for item in items:
        check_picture(item.path)
    write = _form(form).write
    if write is None:
        raise SettingsError(f"--form {form}: it has boxes on whole screens only; add --boxes")
    with new_folder(out, MARK) as building:
        write(items, building)
        _mark(form, len(items), building)
    return len(items)


def export_boxes(form: str, folder: Path, out: Path) -> ExportedScreens:
    """Write the whole screens of a dataset with the boxes of their cards; one without boxes only where a person accepted it.

    folder, out: as of `export_dataset`. The screens lie in `screens/` beside the folder. InputError when there are none.
    """
    write = _form(form).write_boxes
    if write is None:
        able = ", ".join(name for name, one in FORMS.items() if one.write_boxes)
        raise SettingsError(f"--form {form}: it has no boxes; take one of {able}")
    place = folder.parent if folder.is_file() else folder
    found, left_out = gather_screens(read_dataset(folder), place.resolve().parent / SCREENS)
    done = accepted_screens(place)
    screens = [screen for screen in found if screen.cards or screen.name in done]
    num_boxes = sum(len(screen.cards) for screen in screens)
    if not num_boxes:
        raise InputError(f"{folder}: no card of it lies on a screen in {SCREENS}/; import boxes with `balatro dataset import`")
    with new_folder(out, MARK) as building:
        write(screens, building)
        _mark(form, num_boxes, building)
    num_empty = sum(not screen.cards for screen in screens)
    return ExportedScreens(len(screens), num_boxes, num_empty, len(found) - len(screens), tuple(left_out))


def _mark(form: str, num: int, folder: Path) -> None:
    text = to_text({"form": form, "pictures": num, "keeps": list(_form(form).keeps)})
    (folder / MARK).write_text(text, encoding="utf-8", newline="")


def guess_form(path: Path) -> str:
    """The form that a file or folder seems to have; SettingsError when it tells none."""
    if path.is_file():
        by_suffix = {".csv": "csv", ".tsv": "csv", **dict.fromkeys(YAML, "yolo")}
        if path.suffix.lower() in by_suffix:
            return by_suffix[path.suffix.lower()]
        if path.suffix.lower() == ".xml":
            return "cvat" if root_tag(path) == "annotations" else "voc"
        if path.suffix.lower() == ".json":
            return "labelstudio" if _is_list(path) else "coco"
    elif path.is_dir():
        names = {child.name for child in path.iterdir() if not child.name.startswith(".")}
        hints: list[tuple[str, bool]] = [
            ("yolo", is_detection(path)),
            ("cvat", is_cvat(path)),
            ("voc", is_voc(path)),
            ("csv", any(name.endswith((".csv", ".tsv")) for name in names)),
            ("labelstudio", TASKS in names or _has_tasks(path, names)),
            ("coco", INSTANCES in names or any(name.endswith(".json") and name != MARK for name in names)),
            ("coco", has_coco(path)),
            ("yolo", bool(names & set(SPLITS))),
            ("named", any(is_picture(path / name) for name in names)),
            ("imagefolder", any((path / name).is_dir() for name in names)),
        ]
        for form, is_it in hints:
            if is_it:
                return form
    raise SettingsError(f"{path}: which form it has cannot be told; say it with --form ({', '.join(FORMS)})")


def _has_tasks(folder: Path, names: Iterable[str]) -> bool:
    """Whether the folder's one JSON file is a list, as Label Studio exports its tasks; COCO's are objects."""
    files = [name for name in names if name.endswith(".json") and name != MARK]
    return len(files) == 1 and _is_list(folder / files[0])


def _is_list(path: Path) -> bool:
    """Whether a JSON file begins as a list; InputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check its rights") from error


def _take(form: str, items: Sequence[Item], failures: list[str], store: DatasetStore, author: str) -> Imported:
    """Add what is new to the store, in batches."""
    is_ours = _is_ours(item.label for item in items)
    keep_kinds = "type" in FORMS[form].keeps or not is_ours
    items = _spelled(items, failures, store, is_ours)
    new: list[Add] = []
    taken: set[str] = set()
    num_there = 0
    for item in items:
        if _is_there(item, store):
            num_there += 1
            continue
        key = store.free_key(safe_key(item.key), taken)
        taken.add(key)
        label = item.label if keep_kinds else _with_kind(item.label)
        new.append(Add(key, item.path, _on_screen(item, label, store.data_dir / SCREENS)))
    with progress("Importing pictures", total=len(new)) as bar:
        for start in range(0, len(new), BATCH):
            store.accept(new[start : start + BATCH], author)
            bar.advance(len(new[start : start + BATCH]))
    return Imported(form, tuple(action.picture for action in new), num_there, tuple(failures))


def _on_screen(item: Item, label: CardLabel, folder: Path) -> CardLabel:
    """The label with where its card lay; the larger picture is kept among the screens."""
    if item.screen is None or item.box is None:
        return label
    name = _keep_screen(item.screen, item.screen.stat().st_mtime_ns, folder)
    return replace(label, more={**label.more, SCREEN: name, BOX: list(item.box)})


@lru_cache(maxsize=4096)
def _keep_screen(screen: Path, _time: int, folder: Path) -> str:
    """The name under which a picture lies among the screens: its own, or with a number where another one has that."""
    data, number = screen.read_bytes(), 1
    target = folder / safe_key(screen.name)
    while target.is_file() and target.read_bytes() != data:
        number += 1
        target = folder / safe_key(f"{screen.stem}-{number}{screen.suffix}")
    if not target.is_file():
        write_bytes(target, data)
    return target.name


def _is_there(item: Item, store: DatasetStore) -> bool:
    there = store.dataset / item.key
    if item.key not in store.labels or not there.is_file() or there.stat().st_size != item.path.stat().st_size:
        return False
    return there.read_bytes() == item.path.read_bytes()


def _is_ours(labels: Iterable[CardLabel]) -> bool:
    """Whether most names are the catalogue's, however they are spelled."""
    return is_catalogues({label.name for label in labels})


def _spelled(items: Iterable[Item], failures: list[str], store: DatasetStore, is_ours: bool) -> list[Item]:
    """The items with names as the dataset has them, and the catalogue where most are of it, whatever their spelling; those
    that the dataset may not have are failures."""
    used = {label.name for label in store.labels.values()}
    exact = used | (_BY_NAME.keys() if is_ours else set())
    known = {key: name for name in sorted(exact - used) + sorted(used) if (key := fold(name))}
    spelled = []
    for item in items:
        name = item.label.name
        ways = (fold(name), fold(without_copy(name)))
        right = name if name in exact else next((known[way] for way in ways if way in known), name)
        try:
            label = from_entry(to_entry(replace(item.label, name=right)), store.modifiers)
        except LabelError as error:  # another card of nearly the same name, a wrong type, a modifier that there is not
            failures.append(f"{item.path}: {error}")
            continue
        spelled.append(replace(item, label=label))
    return spelled


def _with_kind(label: CardLabel) -> CardLabel:
    card = _BY_NAME.get(label.name)
    return label if card is None else replace(label, type=card.type, rarity=card.rarity)


def _source(path: Path, scratch: Path) -> Path:
    """What is to be read: the path, or what a .zip holds (its only folder, when there is no more)."""
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; check the path")
    if path.suffix.lower() != ".zip" or path.is_dir():
        return path
    folder = unpack(path, scratch)
    inside: list[Any] = [child for child in folder.iterdir() if child.name != "__MACOSX"]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and _is_wrapper(inside[0]) else folder


def _is_wrapper(folder: Path) -> bool:
    """Whether a lone folder in an archive only wraps the rest: it has folders or tables, and is no card's folder itself."""
    return any(child.is_dir() or child.suffix.lower() in (".json", ".csv", ".tsv") for child in folder.iterdir())


def _form(name: str) -> Form:
    if name not in FORMS:
        raise SettingsError(f"no form is called {name!r}; expected one of {', '.join(FORMS)}")
    return FORMS[name]

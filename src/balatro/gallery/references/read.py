"""Named pictures of the cards of any game: a folder, a folder of folders, or a table with a line for each.

    found = read_references(Path("refs"))
    found.references[0].name, found.references[0].fields       # 'Island', {'set': 'LEA'}

A picture's name is its file's. What folders mean is decided folder by folder: where the files of one have no names of their own
(nothing but numbers, the folder's name, and what cameras and scanners write), all of them are pictures of the card that the
folder is called by; else the folder is a set, and each file in it a card.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from balatro.config.cards import fold, without_copy
from balatro.errors import InputError, SettingsError
from balatro.gallery.references.tables import TABLES, Row, read_rows
from balatro.utils.images import find_images
from balatro.utils.labels import refuse_boxes

FOLDERS = ("auto", "sets", "cards")
"""What the folders of a folder are: each by its files' names, all sets, or all cards."""
SET = "set"
"""The field that a folder tells."""
MAX_NAME = 80
_NO_NAME = frozenset(
    ["img", "image", "dsc", "dscn", "dscf", "pxl", "photo", "pic", "picture", "scan", "scanned", "card", "front", "crop", "jpg"]
)
"""Words that cameras, scanners and people write who name no card."""
_WORDS = re.compile(r"[^\W\d_]+")
_HASH = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """A picture of one card, and what is told of it."""

    path: Path
    name: str
    type: str = ""
    rarity: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Anything more: set, number, printing, finish ..."""


@dataclass(frozen=True)
class References:
    """What was found, in a steady order, and a line for each picture that cannot be taken."""

    references: tuple[Reference, ...]
    failures: tuple[str, ...] = ()


def read_references(place: Path, folders: str = "auto") -> References:
    """The named pictures of a folder or a table; InputError where there is none.

    place: a folder (its one table, where it has one with a column of pictures, else its pictures), or a CSV or JSON file.
    folders: one of FOLDERS.
    """
    if folders not in FOLDERS:
        raise SettingsError(f"--folders {folders}: expected one of {', '.join(FOLDERS)}")
    table = place if place.is_file() else _own_table(place)
    if table is not None:
        found = _of_table(table)
    elif place.is_dir():
        found = _of_folder(place, folders)
    else:
        raise InputError(f"{place}: no such folder or table; name a folder of pictures that are called as their cards")
    if not found.references:
        first = f": {found.failures[0]}" if found.failures else ""
        raise InputError(f"{place}: no named picture of a card in it{first}")
    return found


def checked_name(name: str) -> str:
    """A card's name as it is told, in one form of Unicode; InputError when it is empty, too long or cannot be printed."""
    name = unicodedata.normalize("NFC", name.strip())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise InputError(f"the name {name[:MAX_NAME]!r} cannot be a card's; expected 1 to {MAX_NAME} printable characters")
    return name


def _own_table(folder: Path) -> Path | None:
    """The one table of a folder, None where there is none."""
    tables = sorted(path for path in folder.glob("*") if path.suffix.lower() in TABLES) if folder.is_dir() else []
    if len(tables) > 1:
        names = ", ".join(path.name for path in tables[:4])
        raise InputError(f"{folder}: {len(tables)} tables ({names}); name the one that is meant")
    return tables[0] if tables else None


def _of_table(path: Path) -> References:
    references, failures = [], []
    for row in read_rows(path):
        try:
            references.append(_of_row(row, path.parent))
        except InputError as error:
            failures.append(f"{path}, {row.place}: {error}")
    return References(tuple(references), tuple(failures))


def _of_row(row: Row, folder: Path) -> Reference:
    picture = folder / row.picture.replace("\\", "/")
    if not row.picture or not picture.is_file():
        raise InputError(f"{row.picture or 'no picture'}: no such file; paths are relative to the table")
    return Reference(picture, checked_name(row.name), row.type, row.rarity, row.fields)


def _of_folder(folder: Path, folders: str) -> References:
    pictures, failures = find_images([folder])
    refuse_boxes(folder, pictures)
    by_folder: dict[PurePosixPath, list[Path]] = defaultdict(list)
    for path in pictures:
        by_folder[PurePosixPath(path.relative_to(folder).parent.as_posix())].append(path)
    references = []
    for inner, paths in by_folder.items():
        is_one = bool(inner.parts) and folders != "sets" and (folders == "cards" or is_card(inner.name, _stems(paths)))
        for path in paths:
            name, fields = (inner.name, _set_of(inner.parent)) if is_one else (path.stem, _set_of(inner))
            try:
                references.append(Reference(path, _title(name), fields=fields))
            except InputError as error:
                failures.append(f"{path}: {error}")
    return References(tuple(references), tuple(failures))


def _stems(paths: Iterable[Path]) -> list[str]:
    return [path.stem for path in paths]


def is_card(folder: str, stems: Iterable[str]) -> bool:
    """Whether all pictures of a folder are one card: no file has a name of its own.

    >>> is_card("Pikachu", ["0001", "IMG_2045", "pikachu_3"]), is_card("LEA", ["Island", "Forest"])
    (True, False)
    """
    return all(_is_nameless(stem, fold(folder)) for stem in stems)


def _is_nameless(stem: str, folder: str) -> bool:
    stem = without_copy(stem)
    left = fold(stem)
    if folder and left.startswith(folder) and not any(letter.isalpha() for letter in left[len(folder) :]):
        return True
    if _HASH.fullmatch(stem) and any(letter.isdigit() for letter in stem):
        return True
    return all(word.casefold() in _NO_NAME for word in _WORDS.findall(stem))


def _title(text: str) -> str:
    """A file's or folder's name as a card's: `Pikachu__2` and `Pikachu (1)` are pictures of Pikachu."""
    return checked_name(without_copy(text.split("__")[0]) or text)


def _set_of(folder: PurePosixPath) -> dict[str, str]:
    return {SET: folder.as_posix()} if folder.parts else {}

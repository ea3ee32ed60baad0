"""What passes between a form and the dataset, and the care that files from elsewhere need."""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from PIL import Image

from balatro.config.cards import without_copy
from balatro.config.modifiers import MODIFIERS, split_class
from balatro.errors import InputError, LabelError
from balatro.utils.files import read_json
from balatro.utils.images import IMAGE_SUFFIXES, MAX_PIXELS, open_pillow
from balatro.utils.labels import CardLabel, from_entry

PICTURES = "pictures"
"""The folder of pictures beside a table or JSON file."""
MAX_FILES = 1_000_000
MAX_FILE = 256 * 1024**2
"""Bytes of one picture."""
MAX_ARCHIVE = 32 * 1024**3
"""Bytes of all that an archive holds."""
MAX_TEXT = 1024**3
"""Bytes of a table or JSON file."""
_CHUNK = 1024**2


@dataclass(frozen=True)
class Item:
    """One picture with its label, in any form."""

    key: str
    """Its path with `/`: in the dataset when exporting, a proposal when importing."""
    path: Path
    label: CardLabel
    screen: Path | None = None
    """The larger picture that it was cut from, where it was."""
    box: tuple[int, int, int, int] | None = None
    """Left, top, right, bottom there, in pixels as it is shown."""


@dataclass(frozen=True)
class Found:
    """What a form held."""

    items: tuple[Item, ...]
    failures: tuple[str, ...] = ()
    """One line for each picture or entry that cannot be used."""


def label_from(entry: dict[str, Any]) -> CardLabel:
    """A label from another tool's values: texts without blanks around them, modifiers in any case; LabelError otherwise.

    Whether the dataset has such a modifier is seen when it is imported.
    """
    told = {name: value.strip() if isinstance(value, str) else value for name, value in entry.items()}
    told = {name: value for name, value in told.items() if value not in ("", None)}
    if isinstance(told.get("name"), str):
        told["name"] = unicodedata.normalize("NFC", told["name"])  # macOS has accents as letters of their own in file names
    if isinstance(told.get("modifier"), str):
        told["modifier"] = modifier_of(told["modifier"]) or told["modifier"]
    return from_entry(told, None)


def class_entry(text: str) -> dict[str, str]:
    """Name and modifier of a class that other tools have only one text for, see `split_class`."""
    name, modifier = split_class(text)
    return {"name": name, "modifier": modifier} if modifier else {"name": name}


def modifier_of(text: str) -> str | None:
    """The modifier that a text names, whatever its case."""
    return next((modifier for modifier in MODIFIERS if modifier.casefold() == text.strip().casefold()), None)


def inside(root: Path, name: str) -> Path:
    """A file that a table or JSON file names, in the folder `root`; InputError when it lies elsewhere, by whatever trick."""
    told = name.replace("\\", "/")
    # macOS has accents as letters of their own in file names.
    for way in (told, unicodedata.normalize("NFC", told), unicodedata.normalize("NFD", told)):
        try:
            path = (root / way).resolve()
            if path.is_relative_to(root.resolve()) and path.is_file():
                return path
        except (OSError, ValueError):
            continue
    raise InputError(f"{name!r}: no such picture in {root}")


def first_inside(roots: Iterable[Path], names: Sequence[str]) -> Path:
    """The first that is there; InputError tells the first name."""
    for root in roots:
        for name in names:
            try:
                return inside(root, name)
            except InputError:
                continue
    raise InputError(f"{names[0]!r}: no such picture beside the file that names it")


def check_picture(path: Path) -> tuple[int, int]:
    """Width and height from a picture's head; InputError when it is none, or too large."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise InputError(f"{path}: {path.stat().st_size} bytes; at most {MAX_FILE} are read")
        with open_pillow(path) as image:
            width, height = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: not a picture that can be read; save it anew") from error
    if not 0 < width * height <= MAX_PIXELS:
        raise InputError(f"{path}: {width}x{height} pixels; at most {MAX_PIXELS // 1_000_000} million are read")
    return width, height


def read_small_json(path: Path) -> Any:
    """JSON of a size that can be read at once."""
    if path.is_file() and path.stat().st_size > MAX_TEXT:
        raise InputError(f"{path}: {path.stat().st_size} bytes; at most {MAX_TEXT} are read")
    return read_json(path)


def add_item(
    found: list[Item],
    failures: list[str],
    key: str,
    path: Path,
    entry: dict[str, Any],
    screen: Path | None = None,
    box: tuple[int, int, int, int] | None = None,
) -> None:
    """Take one picture up, or tell why not. screen, box: what it was cut from, and where."""
    try:
        check_picture(path)
        found.append(Item(key, path, label_from(entry), screen if box else None, box))
    except LabelError as error:
        failures.append(f"{path}: {error}")
    except InputError as error:
        failures.append(str(error))


def folder_name(name: str) -> str:
    """A card's name as the name of a folder or file on every system; `card_name` reads it back."""
    quoted = re.sub(r'[%<>:"/\\|?*\x00-\x1f\x7f]', lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), name)
    if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", quoted) or quoted[:1] in (".", " "):
        quoted = f"%{ord(quoted[0]):02X}{quoted[1:]}"
    if quoted[-1:] in (".", " ") or without_copy(quoted) != quoted:  # Windows drops these; `card_name` takes it for a copy
        quoted = f"{quoted[:-1]}%{ord(quoted[-1]):02X}"
    return quoted


def card_name(folder: str) -> str:
    """The name that a folder or file of `folder_name` stands for; of others, all but what marks a copy: `Egg (1)`."""
    name = without_copy(folder)
    return unquote(name) if re.search(r"%[0-9A-F]{2}", name) else name


def flat(key: str) -> str:
    """A key without folders."""
    return key.replace("/", "_")


def safe_key(key: str) -> str:
    """A key that labels.json may have on every system."""
    parts = [part for part in re.sub(r"[\\\\:\0\ud800-\udfff]", "_", key).split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "picture.png"


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def to_text(value: Any) -> str:
    """JSON as the exports have it."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a .zip into an empty folder, trusting nothing that it says; the folder.

    InputError for names that lead out of the folder, links, secrets, and more than MAX_FILES files or MAX_ARCHIVE bytes: what
    is counted is what comes out, not what the archive claims.
    """
    total = 0
    try:
        with zipfile.ZipFile(archive) as file:
            entries = [entry for entry in file.infolist() if not entry.filename.endswith(("/", "\\"))]
            if len(entries) > MAX_FILES:
                raise InputError(f"{archive}: {len(entries)} files; at most {MAX_FILES} are unpacked")
            for entry in entries:
                target = folder / _safe_name(archive, entry)
                target.parent.mkdir(parents=True, exist_ok=True)
                with file.open(entry) as source, target.open("wb") as out:
                    while chunk := source.read(_CHUNK):
                        total += len(chunk)
                        if total > MAX_ARCHIVE:
                            raise InputError(f"{archive}: more than {MAX_ARCHIVE} bytes in it; unpack it yourself")
                        out.write(chunk)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zipfile.LargeZipFile, OSError) as error:
        raise InputError(f"{archive}: cannot be unpacked ({error}); unpack it yourself and name the folder") from error
    return folder


def _safe_name(archive: Path, entry: zipfile.ZipInfo) -> str:
    """An entry's path below the archive's folder. Some programs on Windows write it with backslashes, which mean the same."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    is_bad = is_link or path.is_absolute() or ".." in path.parts or not path.parts
    if is_bad or any(letter in ":\0" for letter in entry.filename):
        raise InputError(f"{archive}: {entry.filename!r} leads out of the archive; do not trust it")
    return path.as_posix()

"""What is known about each picture of a card: `labels.json` for pictures that a person labelled, `augmented.json` for copies.

Both map a picture's path, relative to the file's folder and with `/` on every system, to its metadata:

    {"cluster5_card17_id302.png": {"name": "DNA", "type": "Joker", "rarity": "Rare", "modifier": "Base", "cluster": 5,
                                   "card_group": 17, "full_path": "dataset_default/cluster5_card17_id302.png"}}
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path, PurePosixPath
from typing import Any

from balatro.config.cards import CATALOGUE, without_copy
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, LabelError
from balatro.utils.files import read_json, write_json
from balatro.utils.images import find_images

LABELS, AUGMENTED = "labels.json", "augmented.json"
GAME = "game.json"
"""Beside them where the cards are another game's: `{"modifiers": ["Normal", "Reverse Holo"]}`."""
MAX_LABELS = 5_000_000
_BOX = re.compile(rb"\s*\d+(\s+\d*\.?\d+(e-?\d+)?){4}\s*(\n|$)")
"""A class and a box: the first line of a text of YOLO detection."""


@dataclass(frozen=True)
class CardLabel:
    """One picture's metadata. An empty text or None means that it is not known."""

    name: str = ""
    type: str = ""
    rarity: str = ""
    modifier: str = ""
    """One of MODIFIERS, or of those that the dataset's game.json lists; or empty."""
    cluster: int | None = None
    card_group: int | None = None
    """Pictures of one capture group show the same card, taken one after the other."""
    full_path: str = ""
    """Where the picture lies, relative to the data folder."""
    parent: str = ""
    """Of an augmented picture: the original's key in labels.json."""
    augmentation: str = ""
    """Of an augmented picture: what was done, enough to do it again."""
    synthetic: bool = False
    """Whether the picture shows an edition that was drawn over another card's picture."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Fields of other games and later versions, kept as they are."""

    def get(self, name: str) -> str:
        """A field as text, those in `more` too; empty when it is not known."""
        value = getattr(self, name, None) if name in KNOWN_FIELDS else self.more.get(name)
        return "" if value is None else str(value)


KNOWN_FIELDS = tuple(f.name for f in fields(CardLabel) if f.name != "more")
_DEFAULTS = asdict(CardLabel())


def read_labels(path: Path) -> dict[str, CardLabel]:
    """Read labels.json or augmented.json, in the file's order.

    LabelError names the picture and the fault: a path that leaves the folder, a wrong type of value, an unknown modifier, or
    a type or rarity that the catalogue contradicts.
    """
    entries = read_json(path)
    if not isinstance(entries, dict):
        raise LabelError(f"{path}: a {type(entries).__name__}, expected an object of picture names; mend or remove it")
    if len(entries) > MAX_LABELS:
        raise LabelError(f"{path}: {len(entries)} pictures; at most {MAX_LABELS} are read")
    modifiers = read_modifiers(path.parent)
    return {picture: _label(path, picture, entry, modifiers) for picture, entry in entries.items()}


def read_modifiers(folder: Path) -> tuple[str, ...]:
    """The modifiers of a dataset's cards: those of its game.json, else MODIFIERS; LabelError when it is none."""
    path = folder / GAME
    if not path.is_file():
        return MODIFIERS
    told = read_json(path)
    modifiers = told.get("modifiers") if isinstance(told, dict) else None
    if not isinstance(modifiers, list) or not all(isinstance(one, str) and one for one in modifiers):
        raise LabelError(f'{path}: no list of modifiers; expected {{"modifiers": ["Normal", "Reverse Holo"]}}')
    return tuple(modifiers)


def write_labels(path: Path, labels: Mapping[str, CardLabel]) -> None:
    """Write labels.json or augmented.json, whole or not at all; what is not known is left out."""
    write_json(path, {picture: to_entry(label) for picture, label in labels.items()})


def to_entry(label: CardLabel) -> dict[str, Any]:
    """A label as it stands in the file."""
    told = {name: getattr(label, name) for name in KNOWN_FIELDS}
    return {name: value for name, value in told.items() if value != _DEFAULTS[name]} | dict(label.more)


def from_entry(entry: Mapping[str, Any], modifiers: Sequence[str] | None = MODIFIERS) -> CardLabel:
    """A label from what stands in the file; LabelError for a value of the wrong type, another modifier, a conflict.

    modifiers: those that it may have; None for any, as of an edit that was made when others were listed.
    """
    known = {name: entry[name] for name in KNOWN_FIELDS if entry.get(name) is not None}
    for name, value in known.items():
        wanted = int if name in ("cluster", "card_group") else bool if name == "synthetic" else str
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise LabelError(f"{name} is {value!r}, expected {'text' if wanted is str else wanted.__name__}")
    label = CardLabel(**known, more={name: value for name, value in entry.items() if name not in KNOWN_FIELDS})
    if label.modifier and modifiers is not None and label.modifier not in modifiers:
        hint = f"; list another game's in {GAME}" if modifiers == MODIFIERS else ""
        raise LabelError(f"modifier {label.modifier!r}, not one of {', '.join(modifiers)}{hint}")
    _check_catalogue(label)
    return label


def read_dataset(folder: Path) -> dict[str, CardLabel]:
    """The labels of a folder of card pictures.

    From its labels.json; where there is none, a picture's name is that of its sub-folder, or of its file when it lies in the
    folder itself (`Pikachu.png`; what follows two underscores only numbers copies: `Pikachu__2.png`, and so does what a file
    manager adds: `Pikachu (1).png`).
    """
    if folder.is_file():
        return read_labels(folder)
    if (folder / LABELS).is_file():
        return read_labels(folder / LABELS)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one with pictures of cards and their {LABELS}")
    pictures, failures = find_images([folder])
    if failures:
        raise InputError(f"{folder}: neither {LABELS} nor pictures in it; label some with `balatro annotate`")
    refuse_boxes(folder, pictures)
    keys = [picture.relative_to(folder).as_posix() for picture in pictures]
    return {key: CardLabel(name=_name_of(key)) for key in keys}


def refuse_boxes(folder: Path, pictures: Iterable[Path]) -> None:
    """Pictures with boxes in a text (YOLO detection) lie in `images/` or have any name: none of them tells a card's.

    pictures: in the folder or below it. LabelError names the first text.
    """
    for text in (text for picture in pictures for text in _box_texts(folder, picture)):
        if text.is_file() and _BOX.match(text.read_bytes()[:256]):
            raise LabelError(f"{text}: boxes (YOLO detection), no card's name; cut the cards out with `balatro dataset import`")


def _box_texts(folder: Path, picture: Path) -> Iterator[Path]:
    """Where tools put a picture's boxes: beside it, and in `labels/` for `images/`."""
    yield picture.with_suffix(".txt")
    parts = picture.relative_to(folder).parts
    for place, part in enumerate(parts[:-1]):
        if part == "images":
            yield folder.joinpath(*parts[:place], "labels", *parts[place + 1 :]).with_suffix(".txt")


def _name_of(key: str) -> str:
    path = PurePosixPath(key)
    name = path.parent.name if len(path.parts) > 1 else path.stem.split("__")[0]
    return unicodedata.normalize("NFC", without_copy(name))  # macOS has accents as letters of their own in file names


def _is_inside(picture: str) -> bool:
    """Whether a key is a path below its folder on every system, and in the one way to write it: no picture has two keys."""
    path = PurePosixPath(picture)
    if not path.parts or path.is_absolute() or ".." in path.parts or path.as_posix() != picture:
        return False
    # Half of a surrogate pair can be read from JSON, but written nowhere.
    return not any(letter in "\\:\0" or "\ud800" <= letter <= "\udfff" for letter in picture)


def _label(path: Path, picture: str, entry: Any, modifiers: Sequence[str]) -> CardLabel:
    if not _is_inside(picture):
        raise LabelError(f"{path}: {picture!r} is no path inside its folder; rename it to a plain file name")
    if not isinstance(entry, dict):
        raise LabelError(f"{path}: {picture!r} has a {type(entry).__name__}, expected an object; mend or remove it")
    try:
        return from_entry(entry, modifiers)
    except LabelError as error:
        raise LabelError(f"{path}: {picture!r}: {error}; mend it with `balatro annotate`") from None


_BY_NAME = {card.name: card for card in CATALOGUE}


def _check_catalogue(label: CardLabel) -> None:
    card = _BY_NAME.get(label.name)
    types = {card.type for card in CATALOGUE}
    if card is None or label.type not in types:
        return  # another game's card, or one that says nothing
    if label.type != card.type:
        raise LabelError(f"type {label.type!r}, but {card.name} is a {card.type}")
    if label.rarity and label.rarity != card.rarity:
        raise LabelError(f"rarity {label.rarity!r}, but {card.name} is {card.rarity or 'without rarity'}")

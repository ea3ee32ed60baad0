"""The store of added cards in a model's folder: read, added to, taken from.

The store is one file, gallery_added.npz, so that it is written whole or not at all: embeddings of the pictures' views, and the
cards' entries as JSON. The embeddings hold for one encoder, whose digest it carries; the pictures beside it (pictures.py)
are what another encoder looks at anew.
"""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.config.cards import spelt
from balatro.config.model_files import ADDED_FILE as FILE
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, ModelError
from balatro.identify_card.added.cards import EMPTY, PARTS, AddedCard, AddedCards, Looks
from balatro.identify_card.added.joining import log_sum, with_added
from balatro.identify_card.added.pictures import AddedPicture, as_added, remove_unused, write_picture
from balatro.runtime.model_json import BundleCard
from balatro.runtime.sessions import network_file, weights_file
from balatro.utils.files import write_bytes
from balatro.utils.processes.lock import file_lock

if TYPE_CHECKING:
    from balatro.identify_card.added.views import Sample

__all__ = [
    "EMPTY", "FILE", "LOCK", "MAX_NAME", "AddedCard", "AddedCards", "Looks", "add_looks", "add_strangers", "is_current",
    "load_added", "log_sum", "new_entry", "remove_card", "remove_origin", "replace_added", "with_added",
]  # fmt: skip

LOCK = ".gallery_added.lock"
FORMAT = 2
MAX_CARDS, MAX_PICTURES, MAX_NAME = 10_000, 10_000, 80
"""A store of more is better a model of its own: `balatro gallery new`, or `balatro train`."""


def load_added(folder: Path) -> AddedCards:
    """The added cards of a model's folder, EMPTY where there are none; ModelError when damaged or of another format.

    They may have been looked at by an encoder that was here before: see `is_current`.
    """
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return EMPTY
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    try:
        version, added = _unpack(data)
    except Exception as error:  # a damaged zip raises many things
        raise ModelError(f"{path}: damaged ({error}); remove it, and add the cards anew with `balatro gallery add`") from error
    if isinstance(version, int) and version > FORMAT:
        raise ModelError(f"{path}: format {version}, this version reads {FORMAT}; update Balatro")
    if version != FORMAT:
        raise ModelError(f"{path}: format {version!r}, expected {FORMAT}; remove it, and add the cards anew")
    return added


def is_current(folder: Path, added: AddedCards) -> bool:
    """Whether the views were looked at by the encoder that is in this folder now."""
    return not len(added.owner) or added.encoder == _encoder_digest(folder)


def add_looks(
    folder: Path,
    make_entry: Callable[[AddedCards], AddedCard],
    looks: Looks,
    samples: Sequence[Sample] = (),
    of_sample: np.ndarray | None = None,
    modifier: int = 0,
    origin: str = "",
) -> AddedCard:
    """Put views of a card into the store of a model's folder, and give its entry; InputError when it is full or locked.

    make_entry: given the store as it is then, so that two who add at one time never take one id. samples: what the views are
    of, as `to_keep` gives them, each in this modifier; of_sample: (views,) the place of each view's sample.
    """
    with file_lock(folder / LOCK):
        before = load_added(folder)
        card = make_entry(before)
        kept = [as_added(sample, card.id, modifier, origin) for sample in samples]
        after = before.with_looks(card, looks, [picture for picture, _ in kept], of_sample)
        if len(after.cards) > MAX_CARDS or len(after.pictures) > MAX_PICTURES:
            raise InputError(
                f"{folder}: {MAX_CARDS} cards or pictures were added, and no more fit; make a model of them (`gallery new`)"
            )
        for picture, png in kept:
            write_picture(folder, picture, png)
        _save(folder, after)
    return card


def add_strangers(folder: Path, looks: Looks) -> None:
    """Put views of invented cards into the store, unless they are there."""
    with file_lock(folder / LOCK):
        added = load_added(folder)
        if not added.has_strangers:
            _save(folder, added.with_strangers(looks))


def remove_card(folder: Path, name_or_id: str) -> AddedCard:
    """Take a card out of the store, and give its entry; UnknownCardError when it was not added."""
    with file_lock(folder / LOCK):
        added = load_added(folder)
        number = added.find(name_or_id)
        _save(folder, added.without(number))
    return added.cards[number]


def remove_origin(folder: Path, origin: str) -> bool:
    """Take the pictures of an origin out of the store; whether there were any."""
    with file_lock(folder / LOCK):
        added = load_added(folder)
        has_any = any(picture.origin == origin for picture in added.pictures)
        if has_any:
            _save(folder, added.without_origin(origin))
    return has_any


def replace_added(folder: Path, stale: AddedCards, fresh: AddedCards) -> AddedCards:
    """Put what the encoder of a folder makes of the pictures in the place of what another one made; gives what is there now.

    When somebody else has done so meanwhile, theirs stays.
    """
    with file_lock(folder / LOCK):
        now = load_added(folder)
        if now.encoder != stale.encoder or now.pictures != stale.pictures:
            return now
        _save(folder, fresh)
    return fresh


def new_entry(
    name: str, cards: Sequence[BundleCard], added: AddedCards, type: str = "", rarity: str = "", known: bool = True
) -> AddedCard:
    """The entry for a name: that of a card of the model or of an added one where it is theirs, else a new one with its own id.

    InputError for a name that is empty, too long or not printable.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if not name or len(name) > MAX_NAME or not name.isprintable() or not spelt(name):
        raise InputError(f"the name {name[:MAX_NAME]!r} cannot be a card's; expected 1 to {MAX_NAME} printable characters")
    there: list[AddedCard | BundleCard] = [*added.cards, *cards]
    for card in there:
        # What is never named may bear the name of a card that is, and the other way round.
        if spelt(name) in (spelt(card.id), spelt(card.name)) and card.known == known:
            return AddedCard(card.id, card.name, type or card.type, rarity or card.rarity, known)
    taken = {card.id for card in there}
    return AddedCard(_new_id(name, taken), name, type, rarity, known)


def _new_id(name: str, taken: set[str]) -> str:
    """`My Joker!` -> `my_joker`; a number behind where that is another card's."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(letter))
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split()
    slug = "_".join(words) or "card_" + hashlib.sha256(name.encode()).hexdigest()[:8]
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}_{number}"
    return free


def _save(folder: Path, added: AddedCards) -> None:
    about = {
        "format": FORMAT,
        "encoder": _encoder_digest(folder),
        "cards": [asdict(card) for card in added.cards],
        "pictures": [asdict(picture) for picture in added.pictures],
    }
    text = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8)
    looks, data = added.looks, io.BytesIO()
    np.savez(
        data,
        about=text,
        embedding=looks.embedding.astype(np.float16),
        modifier=looks.modifier,
        claim=looks.claim,
        owner=added.owner,
        of_picture=added.of_picture,
    )
    write_bytes(folder / FILE, data.getvalue())
    remove_unused(folder, {picture.file for picture in added.pictures})


def _unpack(data: bytes) -> tuple[object, AddedCards]:
    """The format, and the store where it is ours."""
    with np.load(io.BytesIO(data), allow_pickle=False) as parts:
        about = json.loads(parts["about"].tobytes())
        if about.get("format") != FORMAT:
            return about.get("format"), EMPTY
        cards = tuple(AddedCard(**entry) for entry in about["cards"])
        pictures = tuple(_picture(entry) for entry in about["pictures"])
        looks = Looks(*(parts[name].astype(kind) for name, kind in PARTS.items()))
        owner, of_picture = (parts[name].astype(np.int32) for name in ("owner", "of_picture"))
    rows = {len(looks.embedding), len(looks.modifier), len(looks.claim), len(owner), len(of_picture)}
    fits = looks.embedding.ndim == 2 and len(rows) == 1 and _within(of_picture + 1, len(pictures) + 1)
    if not fits or not _within(owner + 1, len(cards) + 1) or not _within(looks.modifier, len(MODIFIERS)):
        raise ValueError("its parts do not fit each other")
    if len({card.id for card in cards}) < len(cards) or not {picture.card for picture in pictures} <= {c.id for c in cards}:
        raise ValueError("two entries of one id, or a picture of none")
    return FORMAT, AddedCards(cards, looks, owner, pictures, of_picture, str(about["encoder"]))


def _picture(entry: dict[str, Any]) -> AddedPicture:
    quad = tuple((float(x), float(y)) for x, y in entry["quad"])
    if len(quad) != 4 or not 0 <= int(entry["modifier"]) < len(MODIFIERS) or Path(entry["file"]).name != entry["file"]:
        raise ValueError(f"picture {entry['file']!r}")
    return AddedPicture(str(entry["file"]), str(entry["card"]), int(entry["modifier"]), quad, str(entry["origin"]))


def _within(numbers: np.ndarray, end: int) -> bool:
    return bool(((numbers >= 0) & (numbers < end)).all())


def _encoder_digest(folder: Path) -> str:
    path = weights_file(network_file(folder, "model"))
    try:
        state = path.stat()
    except OSError as error:
        raise ModelError(f"{path} is missing: make the model anew with `balatro train` or `balatro art import`") from error
    return _file_digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _file_digest(path: Path, changed_ns: int, size: int) -> str:
    """changed_ns and size: of the file now, so that a changed one is read again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]

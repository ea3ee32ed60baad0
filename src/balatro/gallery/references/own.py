"""The cards of a model that was made of pictures: listed with how many pictures each has, and taken out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from balatro.config.cards import nearest, spelt
from balatro.config.model_files import GALLERY_FILE, MODEL_FILE
from balatro.errors import InputError, UnknownCardError
from balatro.gallery.gallery import load_gallery
from balatro.gallery.references.make import KEPT, digest, write_gallery
from balatro.runtime.model_json import BundleCard, read_model_json
from balatro.utils.files import new_folder

SET = "set"
"""The field by which `remove_own` takes out many cards at once."""


@dataclass(frozen=True)
class OwnCard:
    """A card of the model."""

    card: BundleCard
    pictures: int


def own_cards(folder: Path) -> list[OwnCard]:
    """The cards of a model's folder in their order."""
    cards = read_model_json(folder / MODEL_FILE).cards
    counts = np.bincount(load_gallery(folder / GALLERY_FILE).card, minlength=len(cards))
    return [OwnCard(card, int(count)) for card, count in zip(cards, counts, strict=True)]


def find_own(cards: Sequence[BundleCard], name_or_id: str) -> list[int]:
    """The places of the card of this id, else of all printings of this name, however spelt; none where there is none."""
    wanted = spelt(name_or_id)
    by_id = [number for number, card in enumerate(cards) if spelt(card.id) == wanted]
    return by_id or [number for number, card in enumerate(cards) if spelt(card.name) == wanted]


def find_set(cards: Sequence[BundleCard], name: str) -> list[int]:
    """The places of the cards whose field `set` says this, however spelt; UnknownCardError names the nearest sets."""
    sets = {spelt(card.fields[SET]): card.fields[SET] for card in cards if SET in card.fields}
    found = [number for number, card in enumerate(cards) if SET in card.fields and spelt(card.fields[SET]) == spelt(name)]
    if not found:
        raise UnknownCardError(f"no card is of a set {name!r}; {nearest(name, sets, '`balatro gallery list` shows all')}")
    return found


def remove_own(folder: Path, places: Sequence[int]) -> tuple[BundleCard, ...]:
    """Take cards out of a model, by their places among its cards, and give them; its thresholds stay as they are.

    InputError where none would be left.
    """
    model, gallery = read_model_json(folder / MODEL_FILE), load_gallery(folder / GALLERY_FILE)
    keep = np.ones(len(model.cards), bool)
    keep[list(places)] = False
    if not keep.any():
        raise InputError(f"{folder}: no card would be left; remove the folder, or make the model anew with `gallery new`")
    left = gallery.kept(keep)
    cards = tuple(card for card, stays in zip(model.cards, keep, strict=True) if stays)
    with new_folder(folder, MODEL_FILE, keep=KEPT) as building:
        write_gallery(building, replace(model, cards=cards, data_hash=digest(left)), left)
    return tuple(card for card, stays in zip(model.cards, keep, strict=True) if not stays)

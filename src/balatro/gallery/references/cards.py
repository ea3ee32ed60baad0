"""The cards of a model from its references: pictures of one name and the same fields are one card."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from balatro.gallery.references.read import Reference
from balatro.runtime.model_json import BundleCard

Key = tuple[str, tuple[tuple[str, str], ...]]


def join_cards(references: Sequence[Reference], cards: Sequence[BundleCard] = ()) -> tuple[tuple[BundleCard, ...], np.ndarray]:
    """The cards, those there are first, and (n,) int32, the card of each reference.

    An id is made of the name, and of the fields where a name has several printings: `island_lea`.
    """
    joined = list(cards)
    places = {_key(card.name, card.fields.items()): number for number, card in enumerate(joined)}
    ids, names = {card.id for card in joined}, {card.name for card in joined}
    repeated = _repeated(references) | names
    of_reference = []
    for reference in references:
        key = _key(reference.name, reference.fields.items())
        if key not in places:
            parts = [reference.name, *(value for _, value in key[1])] if reference.name in repeated else [reference.name]
            card = _card(reference, free_id(slug(" ".join(parts)), ids))
            ids.add(card.id)
            places[key] = len(joined)
            joined.append(card)
        of_reference.append(places[key])
    return tuple(joined), np.array(of_reference, np.int32)


def name_groups(cards: Sequence[BundleCard]) -> np.ndarray:
    """(cards,) int64: cards of one name have one number."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(card.name, len(numbers)) for card in cards], np.int64)


def slug(text: str) -> str:
    """`Pikachu (Base Set)` -> `pikachu_base_set`; a digest where no letter has a plain form."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(letter))
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split()
    return "_".join(words) or "card_" + hashlib.sha256(text.encode()).hexdigest()[:8]


def free_id(wanted: str, taken: set[str]) -> str:
    """The id, with a number behind where another card has it."""
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}_{number}"
    return free


def _key(name: str, fields: Iterable[tuple[str, str]]) -> Key:
    return name, tuple(sorted(fields))


def _repeated(references: Sequence[Reference]) -> set[str]:
    """Names that have several printings."""
    first: dict[str, Key] = {}
    keys = (_key(reference.name, reference.fields.items()) for reference in references)
    return {key[0] for key in keys if first.setdefault(key[0], key) != key}


def _card(reference: Reference, id_: str) -> BundleCard:
    return BundleCard(id_, reference.name, reference.type, reference.rarity, True, fields=dict(reference.fields))

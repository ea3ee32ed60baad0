"""The 202 cards of the game that have names: jokers, tarots, planets and spectrals.

>>> card_by_id("j_egg")
CatalogueCard(id='j_egg', name='Egg', type='Joker', rarity='Common')
>>> catalogue_card("seance").name
'Séance'
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from balatro.errors import UnknownCardError

TYPES = ("Joker", "Tarot", "Planet", "Spectral")
RARITIES = ("Common", "Uncommon", "Rare", "Legendary")
"""Rarities of jokers, from the most to the least common; the other types have none ("")."""

_SIGNS = ("Sc", "Sm", "So")
"""Unicode's categories of signs that tell names apart; accents and the like that stand alone (Sk) do not."""
_COPY = re.compile(r"( - copy| \((\d+(st|nd|rd|th) |another )?copy( \d+)?\)| \(\d{1,3}\))+$", re.IGNORECASE)

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class CatalogueCard:
    """A card as the game knows it.

    id is the game's own key (`j_egg`), name the English name on the card, type one of TYPES, rarity one of RARITIES for
    jokers and "" for the others.
    """

    id: str
    name: str
    type: str
    rarity: str


@dataclass(frozen=True)
class AtlasCell:
    """Where a card's picture lies: cell (column, row) of 71x95 px (at 1x) in the sheet `atlas`."""

    id: str
    atlas: str
    column: int
    row: int
    layer: str
    """`body`, or `floating` for a second sprite drawn above the first."""


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CATALOGUE: tuple[CatalogueCard, ...] = tuple(
    CatalogueCard(row["id"], row["name"], row["type"], row["rarity"]) for row in _rows("cards.csv")
)
"""All 202, jokers first, in the game's order."""

_BY_ID = {card.id: card for card in CATALOGUE}


def card_by_id(card_id: str) -> CatalogueCard:
    """The card with this very id; UnknownCardError names the nearest ids."""
    try:
        return _BY_ID[card_id]
    except KeyError:
        near = ", ".join(difflib.get_close_matches(card_id, _BY_ID, n=3, cutoff=0.5)) or "none"
        raise UnknownCardError(f"no card has the id {card_id!r}; the nearest are: {near}") from None


def catalogue_card(name_or_id: str) -> CatalogueCard:
    """The card of this name or id, whatever its case, spaces, punctuation and accents.

    Raises UnknownCardError naming the nearest cards.
    """
    if name_or_id in _BY_ID:
        return _BY_ID[name_or_id]
    keys = _keys()
    key = fold(name_or_id)
    if key in keys:
        return keys[key]
    hint = nearest(name_or_id, {key: card.name for key, card in keys.items()}, "`balatro art list game` shows all names")
    raise UnknownCardError(f"no card is called {name_or_id!r}; {hint}")


def nearest(text: str, names: Mapping[str, str], otherwise: str) -> str:
    """`the nearest are: …`, at most three names for one that there is not. names: by their folded ways to be written.

    otherwise: what is said when none is near.

    >>> nearest("Lusty", {fold(name): name for name in card_names()}, "none is near")
    'the nearest are: Lusty Joker, Pluto, Justice'
    """
    # A pair of "The Sun" and "Sun" folds to two keys of one card, so more is asked for than is shown.
    found = difflib.get_close_matches(fold(text), names, n=6, cutoff=0.4)
    near = list(dict.fromkeys(names[match] for match in found))[:3]
    return f"the nearest are: {', '.join(near)}" if near else otherwise


def card_names() -> tuple[str, ...]:
    """The names of all 202 cards, in the catalogue's order."""
    return tuple(card.name for card in CATALOGUE)


@cache
def atlas_cells() -> tuple[AtlasCell, ...]:
    """Where the game's sheets keep each card's pictures."""
    return tuple(
        AtlasCell(row["id"], row["atlas"], int(row["column"]), int(row["row"]), row["layer"]) for row in _rows("atlas.csv")
    )


def is_catalogues(names: Iterable[str]) -> bool:
    """Whether names are those of this game's cards, however they are written: at least half of them; True for none at all.

    A card of another game may be called as one of this one, such as Justice, and is no tarot card for that.
    """
    folded = {fold(without_copy(name)) for name in names}
    return 2 * len(folded & {fold(card.name) for card in CATALOGUE}) >= len(folded)


def fold(text: str) -> str:
    """A name without case, accents, spaces and punctuation: `Séance` -> `seance`, `Oops! All 6s` -> `oopsall6s`.

    Signs stay: Nidoran♂ and Nidoran♀ are two cards.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum() or unicodedata.category(letter) in _SIGNS)


def spelt(text: str) -> str:
    """The same; a name of nothing but spaces and punctuation as it stands."""
    return fold(text) or text.strip().casefold()


def without_copy(name: str) -> str:
    """A file's or folder's name without what file managers add to a copy: `To the Moon (1)`, `Egg - Copy (2)`, `Egg (copy)`.

    >>> without_copy("To the Moon (1)")
    'To the Moon'
    """
    return _COPY.sub("", name) or name


@cache
def _keys() -> dict[str, CatalogueCard]:
    """Every folded way to write a card; a name wins over an id, and a full name over one without its "The"."""
    short = {fold(card.name.removeprefix("The ")): card for card in CATALOGUE}
    ids = {fold(card.id): card for card in CATALOGUE}
    return short | ids | {fold(card.name): card for card in CATALOGUE}

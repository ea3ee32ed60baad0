"""A deck: the sprites of every card, with layers, as data/art/<name>/ keeps them.

    data/art/<name>/deck.json          what each card is
    data/art/<name>/sprites/*.png      one RGBA picture a layer
    data/art/<name>/font.json          the pixel font of its screens, where it is known

A deck holds the cards to be named and the *strangers*: playing cards, card backs, vouchers and booster packs, which look
like cards on a screen and must never be given a name. A playing card is put together as it is drawn: one of its faces (the
pips) on the plain ground, which is its body, or on that of an enhancement.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from balatro.config.playing_cards import ENHANCEMENTS, RANKS, SUITS
from balatro.errors import DeckError
from balatro.render.sprites import over
from balatro.utils.files import new_folder, put_back, read_json
from balatro.utils.images import to_png
from balatro.utils.pixel_font import FONT_FILE, PixelFont, load_font, pack_font

DECK_FORMAT = 2
CELL = (71, 95)
"""Width and height of a card's cell in the atlas at 1x, in pixels."""

SHINES = ("none", "booster", "voucher")
"""Shine passes of the base look: `booster` on Spectrals and packs, `voucher` on vouchers (EDITIONS: layers, 3)."""

FIELDS = {"rank": RANKS, "suit": SUITS, "enhancement": ENHANCEMENTS}
"""What deck.json says of a playing card, and the values that there are."""


@dataclass(frozen=True, eq=False)
class DeckCard:
    """One card of a deck.

    body and floating are (95k, 71k, 4) uint8 RGBA, straight alpha, k = 1 or 2; floating is None for most cards.
    """

    id: str
    name: str
    type: str
    rarity: str
    body: np.ndarray
    floating: np.ndarray | None = None
    size: tuple[float, float] = (1.0, 1.0)
    """Drawn width and height as shares of a regular card's: (0.7, 0.7) for Wee Joker, (1, 0.747) for Square Joker.
    A shorter card shows the top of its cell."""
    scale: float = 1.0
    """How much the cell is enlarged when drawn: 0.7 for Wee Joker, 1.27 for booster packs."""
    shine: str = "none"
    known: bool = True
    """False for strangers."""
    rank: str = ""
    """Of a playing card with a face, one of RANKS, and its suit, one of SUITS."""
    suit: str = ""
    enhancement: str = ""
    """What the card always has: Stone for the stone card."""
    faces: tuple[np.ndarray, ...] = ()
    """Pips alone, cell-sized RGBA: those on the body, then other looks that a player may choose."""


Overlays = Mapping[str, np.ndarray]
"""Cell-sized RGBA pictures by name."""


@dataclass(frozen=True, eq=False)
class Deck:
    """Cards to be named, strangers, and what lies under or over a card, in a fixed order."""

    name: str
    cards: tuple[DeckCard, ...]
    stickers: Overlays = field(default_factory=dict)
    """Names of STICKERS, and of stakes."""
    seals: Overlays = field(default_factory=dict)
    """Names of SEALS."""
    grounds: Overlays = field(default_factory=dict)
    """What lies under the faces, by enhancement; "" is the plain one. Stone is a card of its own."""
    source: str = ""
    font: PixelFont = field(default_factory=dict)
    """The pixel font that numbers and words of its screens are written in; {} when it is not known."""

    @property
    def known(self) -> tuple[DeckCard, ...]:
        """The cards to be named."""
        return tuple(card for card in self.cards if card.known)

    @property
    def strangers(self) -> tuple[DeckCard, ...]:
        """The cards that must not be named."""
        return tuple(card for card in self.cards if not card.known)


def save_deck(deck: Deck, folder: Path) -> None:
    """Write the deck as a folder, whole or not at all; an older deck there is replaced only once the new one is complete."""
    with new_folder(folder, "deck.json") as building:
        (building / "sprites").mkdir()
        text = {
            "format": DECK_FORMAT,
            "name": deck.name,
            "source": deck.source,
            "stickers": _write_overlays(deck.stickers, "sticker", building),
            "seals": _write_overlays(deck.seals, "seal", building),
            "grounds": _write_overlays(deck.grounds, "ground", building),
            "cards": [_write_card(card, building) for card in deck.cards],
        }
        if deck.font:
            (building / FONT_FILE).write_bytes(pack_font(deck.font))
        (building / "deck.json").write_text(json.dumps(text, indent=1, ensure_ascii=False), encoding="utf-8")


def load_deck(folder: Path) -> Deck:
    """Read a deck folder.

    Raises DeckError when there is no deck, when it is of a newer format, or when a sprite is missing or of an odd size.
    """
    path = folder / "deck.json"
    put_back(folder)
    if not path.is_file():
        raise DeckError(f"no deck in {folder}: make one with `balatro art import` or `balatro art demo`")
    text = read_json(path)
    if not isinstance(text, dict) or not isinstance(text.get("cards"), list):
        raise DeckError(f"{path}: not a deck; make it anew with `balatro art import` or `balatro art demo`")
    if text.get("format") != DECK_FORMAT:
        raise DeckError(
            f"{path}: deck format {text.get('format')!r}, this version reads {DECK_FORMAT}; "
            "make it anew with `balatro art import` or `balatro art demo`"
        )
    try:
        cards = tuple(_read_card(entry, folder) for entry in text["cards"])
        stickers, seals, grounds = (_read_overlays(text[part], folder) for part in ("stickers", "seals", "grounds"))
        font = load_font(folder / FONT_FILE) if (folder / FONT_FILE).is_file() else {}
        return Deck(text["name"], cards, stickers, seals, grounds, text["source"], font)
    except DeckError:
        raise
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise DeckError(f"{path}: an entry is damaged ({error}); make the deck anew") from error


def _write_overlays(overlays: Overlays, kind: str, folder: Path) -> dict[str, str]:
    paths = {name: f"sprites/{kind}_{number}.png" for number, name in enumerate(overlays)}
    for name, path in paths.items():
        (folder / path).write_bytes(to_png(overlays[name]))
    return paths


def _read_overlays(paths: dict[str, str], folder: Path) -> dict[str, np.ndarray]:
    return {str(name): _read_png(folder, str(path)) for name, path in dict(paths).items()}


def _write_card(card: DeckCard, folder: Path) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": card.id,
        "name": card.name,
        "type": card.type,
        "rarity": card.rarity,
        "body": f"sprites/{card.id}.png",
        "floating": f"sprites/{card.id}.floating.png" if card.floating is not None else None,
        "size": list(card.size),
        "scale": card.scale,
        "shine": card.shine,
        "known": card.known,
        "rank": card.rank,
        "suit": card.suit,
        "enhancement": card.enhancement,
        "faces": [f"sprites/{card.id}.face_{number}.png" for number in range(len(card.faces))],
    }
    for path, face in zip(entry["faces"], card.faces, strict=True):
        (folder / path).write_bytes(to_png(face))
    (folder / entry["body"]).write_bytes(to_png(card.body))
    if card.floating is not None:
        (folder / entry["floating"]).write_bytes(to_png(card.floating))
    return entry


def _read_card(entry: dict[str, Any], folder: Path) -> DeckCard:
    (width, height), scale, shine = entry["size"], float(entry["scale"]), str(entry["shine"])
    size = (float(width), float(height))
    if not all(0.01 <= value <= 100 for value in (*size, scale)):
        raise ValueError(f"size {size}, scale {scale}")
    if shine not in SHINES:
        raise ValueError(f"shine {shine!r}, expected one of {', '.join(SHINES)}")
    fields = {name: _one_of(str(entry[name]), among) for name, among in FIELDS.items()}
    return DeckCard(
        id=str(entry["id"]),
        name=str(entry["name"]),
        type=str(entry["type"]),
        rarity=str(entry["rarity"]),
        body=_read_png(folder, entry["body"]),
        floating=_read_png(folder, entry["floating"]) if entry["floating"] else None,
        size=size,
        scale=scale,
        shine=shine,
        known=bool(entry["known"]),
        faces=tuple(_read_png(folder, str(face)) for face in entry["faces"]),
        **fields,
    )


def _one_of(value: str, among: tuple[str, ...]) -> str:
    if value and value not in among:
        raise ValueError(f"{value!r}, expected one of {', '.join(among)}")
    return value


def _read_png(folder: Path, name: str) -> np.ndarray:
    path = (folder / name).resolve()
    if folder.resolve() not in path.parents or not path.is_file():
        raise DeckError(f"{folder}: sprite {name!r} is missing; make the deck anew")
    data = np.frombuffer(path.read_bytes(), np.uint8)
    bgra = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if len(data) else None
    if bgra is None or bgra.dtype != np.uint8 or bgra.shape not in ((95, 71, 4), (190, 142, 4)):
        shape = "no picture" if bgra is None else bgra.shape
        raise DeckError(f"{path}: a sprite is 71x95 or 142x190 RGBA, this one is {shape}; make the deck anew")
    return cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA)


def cells(cards: Iterable[DeckCard], scale: int) -> np.ndarray:
    """The bodies as one (N, 95*scale, 71*scale, 4) uint8 array, enlarged or reduced without smoothing."""
    return np.stack([to_scale(card.body, scale) for card in cards])


def dressed(deck: Deck, card: DeckCard, enhancement: str = "", face: int = 0) -> np.ndarray:
    """A card's body; a playing card's with this face on the ground of this enhancement, where the deck has one.

    (95k, 71k, 4) uint8 RGBA, straight alpha.
    """
    parts = parts_of(deck, card, enhancement, face)
    return card.body if parts is None or not (enhancement or face) else over(parts[1], parts[0])


def parts_of(deck: Deck, card: DeckCard, enhancement: str = "", face: int = 0) -> tuple[np.ndarray, np.ndarray] | None:
    """The ground and the face of which `dressed` puts a playing card together; None for any other card."""
    return (deck.grounds[enhancement], card.faces[face]) if card.faces and enhancement in deck.grounds else None


def to_scale(sprite: np.ndarray, scale: int) -> np.ndarray:
    """A cell-sized sprite at 1x or 2x, by exact repeating or dropping of pixels."""
    have = sprite.shape[1] // CELL[0]
    if have == scale:
        return sprite
    if have < scale:
        return sprite.repeat(scale // have, axis=0).repeat(scale // have, axis=1)
    return np.ascontiguousarray(sprite[:: have // scale, :: have // scale])


def deck_card(cards: Sequence[DeckCard], card_id: str) -> DeckCard:
    """The card of this id; DeckError when the deck has none."""
    for card in cards:
        if card.id == card_id:
            return card
    raise DeckError(f"the deck has no card {card_id!r}")


def bounds(card: DeckCard) -> tuple[float, float, float, float]:
    """The drawn part of the card's cell: left, top, right, bottom as shares of the cell (what a screen's quad encloses)."""
    alpha = card.body[..., 3] > 127
    height, width = alpha.shape
    columns, rows = np.flatnonzero(alpha.any(axis=0)), np.flatnonzero(alpha.any(axis=1))
    if not len(columns):
        return 0.0, 0.0, 1.0, 1.0
    return columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height


def drawn_size(card: DeckCard) -> tuple[float, float]:
    """Width and height of the drawn part in regular cells, the card's scale included: (0.97, 0.98) for most cards."""
    left, top, right, bottom = bounds(card)
    return (right - left) * card.scale, (bottom - top) * card.scale


def find_twins(deck: Deck) -> tuple[tuple[str, ...], ...]:
    """Groups of ids of known cards with the same picture in several drawn sizes, the largest first."""
    groups: dict[bytes, dict[tuple[float, float], str]] = {}
    for card in sorted(deck.known, key=lambda card: -card.size[1]):
        if card.floating is None:
            groups.setdefault(card.body.tobytes(), {}).setdefault(card.size, card.id)
    return tuple(tuple(group.values()) for group in groups.values() if len(group) > 1)


def deck_hash(deck: Deck) -> str:
    """A short hash of everything that is drawn from a deck: tells whether two models were made from the same."""
    total = hashlib.sha256()
    for card in deck.cards:
        total.update(f"{card.id}|{card.size}|{card.scale}|{card.shine}|{card.known}".encode())
        total.update(card.body.tobytes())
        for layer in (*card.faces, *([] if card.floating is None else [card.floating])):
            total.update(layer.tobytes())
    for overlays in (deck.seals, deck.grounds, deck.stickers):
        for name, picture in overlays.items():
            total.update(name.encode() + picture.tobytes())
    return total.hexdigest()[:16]

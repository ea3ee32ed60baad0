"""The named cards of the demo deck, drawn from the roster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from balatro.render.deck import DeckCard
from balatro.render.demo_art.arcana import floating_figure
from balatro.render.demo_art.compose import Drawing
from balatro.render.demo_art.families import KINDS, differs, strip
from balatro.render.demo_art.roster import CLEAN, DECK_WORD, SHAPES, TWIN, UNUSUAL, Row, framed_rows
from balatro.render.demo_art.traits import Traits

_RARITIES = ("Common", "Common", "Uncommon", "Common", "Rare", "Uncommon")


def draw_roster(key: str, rows: tuple[Row, ...]) -> Iterator[DeckCard]:
    """All known cards of the demo deck: jokers, unusual shapes, arcana, worlds, visions."""
    jokers = [card for row in rows for card in _draw_row(f"{key}/{next(iter(row.cards))}", row)]
    for row, (size, height) in zip(UNUSUAL, SHAPES, strict=True):
        for card in _draw_row(f"{key}/{next(iter(row.cards))}", row):
            jokers.append(_card(card.name, card.type, card.rarity, strip(Drawing(card.body), height), size))
    original = next(card for card in jokers if card.name == TWIN[1])
    jokers.append(DeckCard(slug(TWIN[0]), TWIN[0], "Joker", "Rare", original.body, size=(0.7, 0.7), scale=0.7))
    yield from jokers
    for row in framed_rows():
        yield from _draw_row(f"{key}/{row.type}", row)


def slug(name: str) -> str:
    """A name as an id: `d_`, then letters and digits in lower case with underscores between."""
    words = "".join(sign if sign.isalnum() else " " for sign in name.lower().replace("'", "")).split()
    return "d_" + "_".join(words)


def _draw_row(key: str, row: Row) -> Iterator[DeckCard]:
    drawn: list[Drawing] = []
    for place, (name, own) in enumerate(row.cards.items()):
        drawing = _unlike(
            key, row, {**row.shared, **own, "deck word": DECK_WORD, "own word": 1.0, "font": "bold"}, place, drawn
        )
        drawn.append(drawing)
        if row.floats is not None:
            drawing = Drawing(drawing.body, floating_figure(Traits(f"{key}/above", forced={**CLEAN, **row.floats})))
        rarity = "" if row.type != "Joker" else row.rarity or _RARITIES[sum(map(ord, name)) % len(_RARITIES)]
        shine = {"Spectral": "booster"}.get(row.type, "voucher" if name == "Absent Friend" else "none")
        yield _card(name, row.type, rarity, drawing, (1.0, 1.0), shine)


def _unlike(key: str, row: Row, forced: Mapping[str, Any], place: int, drawn: list[Drawing]) -> Drawing:
    """The drawing of one sibling; another throw where it would look like one before it."""
    for sibling in range(place, place + 1000, 100):
        drawing = KINDS[row.kind].draw(Traits(key, sibling, frozenset(row.varied), forced))
        if all(differs(drawing, other) for other in drawn):
            break
    return drawing


def _card(name: str, type_: str, rarity: str, drawing: Drawing, size: tuple[float, float], shine: str = "none") -> DeckCard:
    return DeckCard(slug(name), name, type_, rarity, drawing.body, drawing.floating, size, 1.0, shine)

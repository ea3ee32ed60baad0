"""The table in lines, for a terminal or a page: the numbers, then each row of cards as it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

SUITS = {"Hearts": "♥", "Clubs": "♣", "Diamonds": "♦", "Spades": "♠"}
SUIT_COLOURS = {"Hearts": "red", "Clubs": "cyan", "Diamonds": "yellow", "Spades": "blue"}
UNKNOWN = "?"


def print_table(table: dict[str, Any], console: Console) -> None:
    """Print a table as `Table.to_json` gives it; what is not known is left out."""
    from rich.table import Table as Lines
    from rich.text import Text

    lines = Lines(box=None, show_header=False, padding=(0, 2, 0, 0))
    for heading, said in table_lines(table):
        lines.add_row(Text(heading, "bold"), Text("  ").join([Text(*one) for one in said]))
    console.print(lines)


def table_lines(table: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """A heading and what stands beside it: words or cards, each with its colour (one of SUIT_COLOURS) or an empty text."""
    lines: list[tuple[str, list[tuple[str, str]]]] = []
    for heading, said in _lines(table):
        lines.append((heading, [_styled(one) for one in said] if isinstance(said, list) else [(said, "")]))
    return lines


def _lines(table: dict[str, Any]) -> Iterator[tuple[str, str | list[dict[str, Any]]]]:
    """The same with cards as JSON has them."""
    yield "screen", table["screen"] or UNKNOWN
    if numbers := _numbers(table):
        yield "numbers", numbers
    for name in ("jokers", "consumables", "played", "hand"):
        if table.get(name):
            yield name, table[name]
    if pack := table["pack"]:
        yield pack["name"] or "pack", pack["cards"]
    if shop := table["shop"]:
        yield "shop", shop["cards"] if shop["cards"] else "no cards"
        for name in ("vouchers", "packs"):
            if shop[name]:
                yield name, ", ".join(_offer(offer) for offer in shop[name])
    if deck := table["deck"]:
        left = "" if deck["left"] is None else f" {deck['left']}/{deck['of']}"
        yield "deck", (deck["back"] or UNKNOWN) + left
    if table.get("tags"):
        yield "tags", ", ".join(table["tags"])
    for doubt in table["doubts"]:
        yield "doubt", doubt


def _numbers(table: dict[str, Any]) -> str:
    told = [
        f"{name} {table[name]}" for name in ("money", "ante", "round", "hands", "discards", "score") if table[name] is not None
    ]
    if blind := table["blind"]:
        told.append(f"{blind['name'] or 'blind'} {'' if blind['score_at_least'] is None else blind['score_at_least']}".rstrip())
    if table["hand_type"]:
        told.append(f"{table['hand_type']} {table['chips']} x {table['mult']}")
    return ", ".join(told)


def _offer(offer: dict[str, Any]) -> str:
    return (offer["name"] or UNKNOWN) + ("" if offer["price"] is None else f" ${offer['price']}")


def _styled(card: dict[str, Any]) -> tuple[str, str]:
    """A card in few letters, and its colour."""
    playing = "suit" in card
    name = _face(card) if playing else card["name"] or UNKNOWN
    more = [card.get("enhancement"), None if card["modifier"] in ("", "Base") else card["modifier"]]
    more += [f"{card['seal']} seal"] if card.get("seal") else []
    more += [*card.get("stickers", ()), "debuffed" if card["debuffed"] else None]
    more += [f"${card['price']}"] if card.get("price") is not None else []
    said = f"{name} ({', '.join(one for one in more if one)})" if any(more) else name
    colour = SUIT_COLOURS.get(card["suit"] or "", "") if playing else ""
    return ("▲" if card.get("raised") else "") + said, colour


def _face(card: dict[str, Any]) -> str:
    if card["face_down"]:
        return "face down"
    rank = card["rank"] or ""
    return (rank if rank.isdigit() else rank[:1]) + SUITS.get(card["suit"] or "", "") or UNKNOWN

"""Which area of the table each card lies in, told from the cards themselves.

What each is, which rows they form, and how far these lie from the deck's pile, the hand or the shop's wares: no place on the
screen is asked for, so crops and shifted screens do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from balatro.identify_card.table.rows import Shapes, is_fan, measure, split_rows, without_ghosts
from balatro.identify_card.table.things import Thing
from balatro.utils.quads import quad_sizes

CONSUMABLES = ("Tarot", "Planet", "Spectral")
"""Types of cards that lie among the consumables; all others are jokers."""
TOP, UPPER = 2.5, 1.2
"""Card heights above the deck's pile from which on a row is the jokers', or the shop's cards (a pack's hand, played cards); a
hand and a pack's cards lie lower. On the game's screen they are 3.5, 1.8 (1.9) and 0.6."""
SHOP_ROWS = 2.2
"""Card heights up to which a row of cards above vouchers and packs is the shop's; its two rows are 1.6 apart."""
SECOND_ROW = 2.2
"""Card heights below the jokers from which on a row is a pack's: it lies 2.9 lower, the shop's cards 1.7."""
WIDE_GAP = 1.5
"""Card widths between two middles that may part jokers from consumables where their types do not tell."""
NOTHING = 0.5
"""Probability of being no card from which on a thing without a name is left out."""
SIZES = (0.75, 1.4)
"""Heights, in those of the picture's cards, of what may be a card without a name; booster packs have 1.27."""
WARE = 0.1
"""Probability of being a voucher or pack from which on a thing beside others of them is one."""
BACK = 0.3
"""Probability from which on a thing that lies alone may be the deck's pile: red backs pass for other cards."""
ALL_BACKS = 0.9
"""Share of a row's probability beyond which all of it lies face down."""
BESIDE, BUBBLE = 0.35, 1.45
"""Card widths and heights between two middles within which a text belongs to the card below or above it. Rows of cards are at
least 1.6 heights apart."""
PLAYED = 0.95
"""The same where it passes for a playing card: one that is played lies 1.2 over the hand, a text 0.7."""
PILE_DROP = 0.2
"""Card heights that the pile lies lower than all others of a row into which it seems to belong."""
OTHER_SCREENS = ("collection", "deck_view", "run_info", "menu")
"""Screens whose cards do not lie on the table."""


@dataclass(frozen=True)
class Areas:
    """Places of the things in each area, from left to right."""

    jokers: tuple[int, ...] = ()
    consumables: tuple[int, ...] = ()
    hand: tuple[int, ...] = ()
    played: tuple[int, ...] = ()
    shop: tuple[int, ...] = ()
    vouchers: tuple[int, ...] = ()
    packs: tuple[int, ...] = ()
    pack: tuple[int, ...] = ()
    pile: int | None = None

    def joined(self, **more: tuple[int, ...]) -> Areas:
        """With more things in some areas."""
        return replace(self, **{name: getattr(self, name) + places for name, places in more.items()})


@dataclass(frozen=True, eq=False)
class Row:
    """A row of the picture without pile, vouchers and packs."""

    places: tuple[int, ...]
    y: float
    """Of its middle, in card heights from the picture's top."""
    family: str
    """`cards`, `playing` (playing cards, some of which may lie face down) or `backs`."""
    fan: bool


def find_areas(things: Sequence[Thing], screen: str | None = None) -> Areas:
    """Where each thing lies. screen: one of SCREENS where that was read; it decides what the cards leave open."""
    if not things or screen in OTHER_SCREENS:
        return Areas()
    shapes = measure(np.array([thing.quad for thing in things]))
    lines = [_sorted_out(line, things, shapes) for line in split_rows(shapes)]
    lines = _without_bubbles([line for line in lines if len(line)], things, shapes)
    pile = _find_pile(lines, things, shapes)
    lines = [line[line != pile] for line in lines]
    wares = [line for line in lines if len(line) and _is_wares(line, things)]
    rows = [_make_row(line, things, shapes) for line in lines if len(line) and not any(line is ware for ware in wares)]
    shelf = float(np.mean(shapes.y[wares[-1]])) / shapes.height if wares else None
    anchors = Anchors(None if pile is None else float(shapes.y[pile]) / shapes.height, shelf, tuple(rows), screen)
    areas = _wares(wares, things, Areas(pile=pile))
    for row in rows:
        areas = _place(row, anchors, areas, things, shapes)
    return areas


@dataclass(frozen=True, eq=False)
class Anchors:
    """What a row's place is told by; y in card heights."""

    pile: float | None
    shelf: float | None
    """Of the vouchers and packs for sale."""
    rows: tuple[Row, ...]
    screen: str | None

    @property
    def fan(self) -> Row | None:
        """The lowest hand."""
        fans = [row for row in self.rows if row.fan]
        return fans[-1] if fans else None

    def level(self, row: Row) -> str:
        """`top`, `upper` or `lower`."""
        if self.pile is not None:
            above = self.pile - row.y
            return "top" if above >= TOP else "upper" if above >= UPPER else "lower"
        if self.shelf is not None and row.y < self.shelf:
            return "upper" if self.shelf - row.y < SHOP_ROWS else "top"
        first = self.rows[0]
        if self.fan is not None and first is not row and row.y > self.fan.y:
            return "lower"
        if first is row or first.family == "playing":
            return "top" if row.family != "playing" else "lower"
        return "upper" if row.y - first.y < SECOND_ROW else "lower"


def _sorted_out(line: np.ndarray, things: Sequence[Thing], shapes: Shapes) -> np.ndarray:
    """The row without what is no card."""
    nothing = np.array([thing.chance("nothing") for thing in things])
    sure = np.array([thing.named for thing in things])
    sizes = quad_sizes(np.array([thing.quad for thing in things]))[:, 1] / shapes.height
    fits = (nothing < NOTHING) & (sizes > SIZES[0]) & (sizes < SIZES[1])
    return without_ghosts(line[(fits | sure)[line]], shapes, nothing, sure)


def _without_bubbles(lines: Sequence[np.ndarray], things: Sequence[Thing], shapes: Shapes) -> list[np.ndarray]:
    """The rows without the texts that stand over a card under the mouse: alone in their row, right over or under a card."""
    kept = []
    for line in lines:
        away = [place for place in range(len(things)) if place not in line]
        alone = len(line) == 1 and not things[line[0]].named and things[line[0]].chance("card back") < NOTHING
        if alone and away:
            across = np.abs(shapes.x[away] - shapes.x[line[0]]) / shapes.width
            down = np.abs(shapes.y[away] - shapes.y[line[0]]) / shapes.height
            reach = PLAYED if things[line[0]].is_playing else BUBBLE
            if ((across < BESIDE) & (down < reach)).any():
                continue
        kept.append(line)
    return kept


def _find_pile(lines: Sequence[np.ndarray], things: Sequence[Thing], shapes: Shapes) -> int | None:
    """The deck: a card's back at the right end of its row, lower than any playing card of it."""
    for line in reversed(lines):
        last = int(line[-1])
        others = [place for place in line if things[place].chance("playing card", "card back") > 0.5 and place != last]
        if _is_back(things[last]) and not (shapes.y[others] > shapes.y[last] - PILE_DROP * shapes.height).any():
            return last
    return None


def _is_back(thing: Thing) -> bool:
    return not thing.named and thing.chance("card back") > BACK


def _is_wares(line: np.ndarray, things: Sequence[Thing]) -> bool:
    row = [things[place] for place in line]
    wares = sum(thing.chance("voucher", "booster pack") for thing in row if not thing.named)
    return any(thing.chance("voucher", "booster pack") > 0.5 for thing in row) and wares > len(row) / 3


def _wares(lines: Sequence[np.ndarray], things: Sequence[Thing], areas: Areas) -> Areas:
    for line in lines:
        for place in line.tolist():
            if things[place].named or things[place].chance("voucher", "booster pack") < WARE:
                continue  # the empty place of a voucher that was bought
            is_voucher = things[place].chance("voucher") > things[place].chance("booster pack")
            areas = areas.joined(**{"vouchers" if is_voucher else "packs": (place,)})
    return areas


def _make_row(line: np.ndarray, things: Sequence[Thing], shapes: Shapes) -> Row:
    row = [things[place] for place in line]
    fan = is_fan(line, shapes)
    named = sum(thing.named for thing in row)
    backs = sum(thing.chance("card back") for thing in row if not thing.named)
    playing = sum(thing.chance("playing card") for thing in row if not thing.named)
    cards = len(row) - backs - playing
    if backs > ALL_BACKS * len(row):
        family = "backs"
    elif cards <= playing + backs / 2 or (fan and named <= len(row) / 4 and playing + backs > len(row) / 4):
        family = "playing"
    else:
        family = "cards"
    return Row(tuple(line.tolist()), float(np.mean(shapes.y[line])) / shapes.height, family, fan and family != "cards")


def _place(row: Row, anchors: Anchors, areas: Areas, things: Sequence[Thing], shapes: Shapes) -> Areas:
    level = anchors.level(row)
    if row.family == "playing" or row.fan:
        return areas.joined(**{_playing_area(row, level, anchors): row.places})
    if level == "top":
        cut = _consumables_from(row.places, things, shapes)
        return areas.joined(jokers=row.places[:cut], consumables=row.places[cut:])
    if row.family == "backs":
        return areas.joined(hand=row.places)
    return areas.joined(**{"shop" if level == "upper" else "pack": row.places})


def _playing_area(row: Row, level: str, anchors: Anchors) -> str:
    """hand, played, shop or pack."""
    fan = anchors.fan
    if row.fan:
        return "hand" if row is fan else "played"
    if anchors.shelf is not None and level == "upper":
        return "shop"
    if anchors.screen == "pack" or (fan is not None and row.y > fan.y):
        return "pack"
    below = [other for other in anchors.rows if other.y > row.y and other.family != "cards"]
    if below or level == "upper":
        return "played"
    is_pack = anchors.screen is None and len(row.places) > 2
    return "pack" if is_pack else "hand"


def _consumables_from(places: Sequence[int], things: Sequence[Thing], shapes: Shapes) -> int:
    """Where the consumables begin in the top row: the cut that most names agree with; among such the widest gap, and where
    none is wide, what has no name is a joker."""
    types = [things[place].card.type for place in places]
    jokers = np.array([kind is not None and kind not in CONSUMABLES for kind in types])
    consumables = np.array([kind in CONSUMABLES for kind in types])
    agreed = [int(jokers[:cut].sum() + consumables[cut:].sum()) for cut in range(len(places) + 1)]
    cuts = [cut for cut, count in enumerate(agreed) if count == max(agreed)]
    gaps = np.diff(shapes.x[list(places)]) / shapes.width
    inner = [cut for cut in cuts if 0 < cut < len(places)]
    widest = max(inner, key=lambda cut: gaps[cut - 1], default=cuts[-1])
    return widest if widest in inner and gaps[widest - 1] >= WIDE_GAP else cuts[-1]

"""The game's screen: its room, the size of a card on it, and where its cards lie."""

from __future__ import annotations

ROOM = (1024, 576)
"""Width and height of the game's room in its own units; on screens of another shape it is centred."""
CELL_WIDTH = 87.0
"""Width of a regular card's cell in the room, measured on screens of the game."""
CELL_HEIGHT = CELL_WIDTH * 95 / 71
CARD_WIDTH, CARD_HEIGHT = 1.33, 1.79
"""Width and height of a regular card as it is seen, without its cell's empty border, in sixteenths of the game's width."""
AREAS = {
    "jokers": (0.22, 0.00, 0.715, 0.32),
    "consumables": (0.715, 0.00, 1.00, 0.32),
    "shop_cards": (0.22, 0.36, 0.84, 0.60),
    "pack_choices": (0.22, 0.60, 0.84, 0.77),
}
"""Left, top, right, bottom in shares of the game's 16:9 room: where the centres of an area's cards lie.

While a pack is open the hand lies where the shop's cards were, and while a hand is played it lies where a pack's are; the
truth of that area is empty then, so that a name given there is a false one."""
CARD_ROWS = {
    "jokers": ((275, 29, 732, 145), 5),
    "consumables": ((747, 29, 935, 145), 2),
    "shop": ((537, 222, 721, 338), 2),
    "pack": ((402, 354, 708, 470), 3),
}
"""Left, top, right, bottom in the room's units, and how many cards: the full joker row, the consumables, the shop's two cards,
a pack of three. Their edges, where AREAS are wider."""


def frame_unit(width: int, height: int) -> float:
    """Pixels of a sixteenth of the game's width: its screen is a 16:9 room in the middle of the window."""
    return min(width / 16, height / 9)

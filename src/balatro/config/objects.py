"""What else of the game has a name: vouchers, packs, decks, tags, blinds and stakes, with their cells in the game's sheets.

A cell is (column, row), counted from 0, in cells of the sheet's own size.
"""

from __future__ import annotations

Cell = tuple[int, int]

SMALL_SHEETS = {"tags": (34, 34), "BlindChips": (34, 34), "chips": (29, 29)}
"""Width and height of a cell at 1x in the sheets whose cells are no cards."""

VOUCHERS: dict[str, Cell] = {
    "Overstock": (0, 0), "Overstock Plus": (0, 1), "Clearance Sale": (3, 0), "Liquidation": (3, 1),
    "Hone": (4, 0), "Glow Up": (4, 1), "Reroll Surplus": (0, 2), "Reroll Glut": (0, 3),
    "Crystal Ball": (2, 2), "Omen Globe": (2, 3), "Telescope": (3, 2), "Observatory": (3, 3),
    "Grabber": (5, 0), "Nacho Tong": (5, 1), "Wasteful": (6, 0), "Recyclomancy": (6, 1),
    "Tarot Merchant": (1, 0), "Tarot Tycoon": (1, 1), "Planet Merchant": (2, 0), "Planet Tycoon": (2, 1),
    "Seed Money": (1, 2), "Money Tree": (1, 3), "Blank": (7, 0), "Antimatter": (7, 1),
    "Magic Trick": (4, 2), "Illusion": (4, 3), "Hieroglyph": (5, 2), "Petroglyph": (5, 3),
    "Director's Cut": (6, 2), "Retcon": (6, 3), "Paint Brush": (7, 2), "Palette": (7, 3),
}  # fmt: skip
"""In `Vouchers`, each before the one that it leads to."""

PACKS: dict[str, tuple[Cell, ...]] = {
    "Arcana Pack": ((0, 0), (1, 0), (2, 0), (3, 0)),
    "Jumbo Arcana Pack": ((0, 2), (1, 2)),
    "Mega Arcana Pack": ((2, 2), (3, 2)),
    "Celestial Pack": ((0, 1), (1, 1), (2, 1), (3, 1)),
    "Jumbo Celestial Pack": ((0, 3), (1, 3)),
    "Mega Celestial Pack": ((2, 3), (3, 3)),
    "Spectral Pack": ((0, 4), (1, 4)),
    "Jumbo Spectral Pack": ((2, 4),),
    "Mega Spectral Pack": ((3, 4),),
    "Standard Pack": ((0, 6), (1, 6), (2, 6), (3, 6)),
    "Jumbo Standard Pack": ((0, 7), (1, 7)),
    "Mega Standard Pack": ((2, 7), (3, 7)),
    "Buffoon Pack": ((0, 8), (1, 8)),
    "Jumbo Buffoon Pack": ((2, 8),),
    "Mega Buffoon Pack": ((3, 8),),
}
"""In `boosters`: all pictures of each."""

DECKS: dict[str, Cell] = {
    "Red Deck": (0, 0), "Blue Deck": (0, 2), "Yellow Deck": (1, 2), "Green Deck": (2, 2), "Black Deck": (3, 2),
    "Magic Deck": (0, 3), "Nebula Deck": (3, 0), "Ghost Deck": (6, 2), "Abandoned Deck": (3, 3), "Checkered Deck": (1, 3),
    "Zodiac Deck": (3, 4), "Painted Deck": (4, 3), "Anaglyph Deck": (2, 4), "Plasma Deck": (4, 2), "Erratic Deck": (2, 3),
    "Challenge Deck": (0, 4),
}  # fmt: skip
"""In `Enhancers`: the backs of their cards."""

TAGS: dict[str, Cell] = {
    "Uncommon Tag": (0, 0), "Rare Tag": (1, 0), "Negative Tag": (2, 0), "Foil Tag": (3, 0), "Holographic Tag": (0, 1),
    "Polychrome Tag": (1, 1), "Investment Tag": (2, 1), "Voucher Tag": (3, 1), "Boss Tag": (0, 2), "Standard Tag": (1, 2),
    "Charm Tag": (2, 2), "Meteor Tag": (3, 2), "Buffoon Tag": (4, 2), "Handy Tag": (1, 3), "Garbage Tag": (2, 3),
    "Ethereal Tag": (3, 3), "Coupon Tag": (4, 0), "Double Tag": (5, 0), "Juggle Tag": (5, 1), "D6 Tag": (5, 3),
    "Top-up Tag": (4, 1), "Speed Tag": (0, 3), "Orbital Tag": (5, 2), "Economy Tag": (4, 3),
}  # fmt: skip
"""In `tags`."""

BLINDS = (
    "Small Blind", "Big Blind", "The Ox", "The House", "The Club", "The Fish", "The Window", "The Hook", "The Manacle",
    "The Wall", "The Wheel", "The Arm", "The Psychic", "The Goad", "The Water", "The Serpent", "The Pillar", "The Eye",
    "The Mouth", "The Plant", "The Needle", "The Head", "The Tooth", "The Mark", "The Flint", "Crimson Heart",
    "Cerulean Bell", "Amber Acorn", "Verdant Leaf", "Violet Vessel",
)  # fmt: skip
"""The rows of `BlindChips`: each turns over 21 columns."""

STAKES: dict[str, Cell] = {
    "White Stake": (0, 0), "Red Stake": (1, 0), "Green Stake": (2, 0), "Black Stake": (4, 0), "Blue Stake": (3, 0),
    "Purple Stake": (0, 1), "Orange Stake": (1, 1), "Gold Stake": (3, 1),
}  # fmt: skip
"""In `chips`, the easiest first."""

STICKERS: dict[str, Cell] = {
    "Eternal": (0, 0), "Perishable": (0, 2), "Rental": (1, 2),
    "White Stake": (1, 0), "Red Stake": (2, 0), "Green Stake": (3, 0), "Black Stake": (0, 1), "Blue Stake": (4, 0),
    "Purple Stake": (1, 1), "Orange Stake": (2, 1), "Gold Stake": (3, 1),
}  # fmt: skip
"""In `stickers`: the game draws Pinned, which it gives to no card of its own, without one."""

GROUNDS: dict[str, Cell] = {
    "Bonus": (1, 1), "Mult": (2, 1), "Wild": (3, 1), "Glass": (5, 1), "Steel": (6, 1), "Gold": (6, 0), "Lucky": (4, 1),
}  # fmt: skip
"""In `Enhancers`: what lies under the pips of an enhanced playing card."""

PLAIN_GROUND: Cell = (1, 0)
STONE: Cell = (5, 0)
"""A Stone card, which has no pips."""

SEAL_CELLS: dict[str, Cell] = {"Gold": (2, 0), "Red": (5, 4), "Blue": (6, 4), "Purple": (4, 4)}
"""In `Enhancers`."""

COLLABS: dict[str, tuple[str, ...]] = {
    "Hearts": ("AU", "BUG", "CL", "CR", "D2", "TBoI"),
    "Clubs": ("DBD", "FO", "PC", "STS", "VS", "WF"),
    "Diamonds": ("C7", "DTD", "EG", "R", "SV", "XR"),
    "Spades": ("AC", "CYP", "DS", "SK", "STP", "TW"),
}
"""Other faces of a suit's Jack, Queen and King: `collab_<name>_1` of low contrast, `collab_<name>_2` of high."""

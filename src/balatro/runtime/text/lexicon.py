"""The words that a screen of the game is known by, in English: hands, blinds, packs, and what stands on buttons and titles."""

from __future__ import annotations

HANDS = (
    "High Card",
    "Pair",
    "Two Pair",
    "Three of a Kind",
    "Straight",
    "Flush",
    "Full House",
    "Four of a Kind",
    "Straight Flush",
    "Royal Flush",
    "Five of a Kind",
    "Flush House",
    "Flush Five",
)
BLINDS = (
    "Small Blind",
    "Big Blind",
    "The Hook",
    "The Ox",
    "The House",
    "The Wall",
    "The Wheel",
    "The Arm",
    "The Club",
    "The Fish",
    "The Psychic",
    "The Goad",
    "The Water",
    "The Window",
    "The Manacle",
    "The Eye",
    "The Mouth",
    "The Plant",
    "The Serpent",
    "The Pillar",
    "The Needle",
    "The Head",
    "The Tooth",
    "The Flint",
    "The Mark",
    "Amber Acorn",
    "Verdant Leaf",
    "Violet Vessel",
    "Crimson Heart",
    "Cerulean Bell",
)
PACKS = tuple(
    f"{size}{kind} Pack"
    for kind in ("Arcana", "Celestial", "Spectral", "Standard", "Buffoon")
    for size in ("", "Jumbo ", "Mega ")
)
CHOOSE = ("Choose 1", "Choose 2")
SCREENS = {
    "game_over": ("GAME OVER", "YOU WIN!", "Most Played Hand", "Defeated By", "Best Hand", "New Run"),
    "cash_out": ("Cash Out:", "Cash Out"),
    "deck_view": ("Remaining", "Full Deck"),
    "run_info": ("Poker Hands",),
    "shop": ("Reroll", "Next"),
    "pack": (*PACKS, *CHOOSE),
    "blinds": ("Choose your", "next Blind", "Select", "Skip Blind", "Up the Ante"),
    "hand": ("Sort Hand", "Play Hand", "Score at least"),
    "menu": ("COLLECTION", "QUIT"),
}
"""Words of a screen, those that lie over another first."""

"""A deck of a few coloured cards, made in no time."""

from pathlib import Path

import numpy as np

from balatro.render.deck import Deck, DeckCard, save_deck

STRANGERS = ("Playing card", "Card back", "Voucher", "Booster pack")


def body(seed: int) -> np.ndarray:
    """(95, 71, 4) uint8: a ground, a block and a stripe of a seed's colours."""
    rng = np.random.default_rng([7, seed])
    picture = np.full((95, 71, 4), 255, np.uint8)
    picture[..., :3] = rng.integers(0, 256, 3)
    y, x = int(rng.integers(5, 50)), int(rng.integers(5, 35))
    picture[y : y + 40, x : x + 30, :3] = rng.integers(0, 256, 3)
    picture[60:70, :, :3] = rng.integers(0, 256, 3)
    return picture


def tiny_deck(num_cards: int = 4) -> Deck:
    """Known cards t_0.., the last a twin of the first at 0.7; then a stranger of each type."""
    known = [DeckCard(f"t_{n}", f"Tiny {n}", "Joker", "Common", body(n)) for n in range(num_cards - 1)]
    known.append(DeckCard("t_twin", "Tiny Twin", "Joker", "Rare", body(0), size=(0.7, 0.7), scale=0.7))
    strangers = [DeckCard(f"s_{n}", kind, kind, "", body(100 + n), known=False) for n, kind in enumerate(STRANGERS)]
    return Deck("tiny", (*known, *strangers), source="test")


def save_tiny_deck(folder: Path) -> Path:
    save_deck(tiny_deck(), folder)
    return folder

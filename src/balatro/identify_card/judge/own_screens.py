"""Screens drawn of a model's own deck, to try the model on: their truth is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from balatro.config.paths import art_dir
from balatro.config.seeds import OWN_SCREENS_SEED
from balatro.render.deck import Deck, load_deck
from balatro.render.table import PLAY, PLAY_SIZES, Screen, draw_screen
from balatro.runtime.bundle import Bundle


def find_deck(bundle: Bundle) -> Deck | None:
    """The deck that a model was made of: from data/art, or the demo deck; None where neither has its cards."""
    folder = art_dir(bundle.deck)
    if Path(bundle.deck).name == bundle.deck and (folder / "deck.json").is_file():
        deck = load_deck(folder)
    elif bundle.deck == "demo":
        from balatro.render.demo_deck import draw_demo_deck

        deck = draw_demo_deck()
    else:
        return None
    known = {card.id for card in deck.known}
    return deck if any(card.id in known for card in bundle.cards) else None


def own_screens(deck: Deck, count: int, lot: int = 0, sizes: Sequence[tuple[int, int]] = PLAY_SIZES) -> Iterator[Screen]:
    """As a player sees them, one after the other; of another lot, others. sizes: widths and heights, pixels."""
    settings = replace(PLAY, sizes=tuple(sizes))
    for number in range(count):
        yield draw_screen(deck, np.random.default_rng([OWN_SCREENS_SEED, lot, number]), settings)

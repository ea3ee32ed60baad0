"""The demo made small: a working folder as it is after `balatro demo`, with twelve cards, in some seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.gallery.make import make_gallery_bundle
from balatro.render.deck import Deck, DeckCard, save_deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, draw_screen
from balatro.utils.images import rectify

NUM_CARDS = 12
STRANGERS_OF_A_TYPE = 2
CAPTURED = ("cluster0_card0_id0.png", "cluster1_card1_id1.png", "cluster2_card2_id2.png")
SIZES = ((1280, 720),)


def small_deck(deck: Deck) -> Deck:
    """Some cards of the demo deck, and of each kind of stranger two."""
    known = [deck.known[place * len(deck.known) // NUM_CARDS] for place in range(NUM_CARDS)]
    strangers: dict[str, list[DeckCard]] = {}
    for card in deck.strangers:
        strangers.setdefault(card.type, []).append(card)
    few = [card for cards in strangers.values() for card in cards[:STRANGERS_OF_A_TYPE]]
    return replace(deck, cards=(*known, *few))


def write_small_demo(folder: Path) -> Path:
    """The deck and a model of it in data/, a screen of it as screenshot.png, and its cards as captured pictures.

    card.png is a picture of a card that the model does not know, with a transparent ground.
    """
    whole = draw_demo_deck()
    deck = small_deck(whole)
    save_deck(deck, folder / "data" / "art" / "demo")
    make_gallery_bundle(deck, folder / "data" / "models" / "demo")
    screen = draw_screen(deck, np.random.default_rng(1), replace(PLAY, sizes=SIZES))
    Image.fromarray(screen.image).save(folder / "screenshot.png")
    captured = folder / "data" / "screenshots"
    captured.mkdir()
    known = [card.quad for card in screen.cards if card.known]
    for name, picture in zip(CAPTURED, rectify(screen.image, np.array(known[: len(CAPTURED)]), (142, 190)), strict=True):
        Image.fromarray(picture).save(captured / name)
    Image.fromarray(whole.known[40].body).save(folder / "card.png")
    return folder

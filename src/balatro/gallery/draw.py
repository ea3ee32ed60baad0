"""A deck's gallery as an encoder sees it, and from which likeness on it names a card: both from drawn pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from balatro.config.kinds import NOTHING
from balatro.config.seeds import OUTSIDER_SEED
from balatro.config.shapes import CARD_SIZE, MARGIN
from balatro.gallery.gallery import Gallery
from balatro.gallery.thresholds import calibrate, draw_probes
from balatro.gallery.views import View, draw_views, plan_views
from balatro.render.deck import Deck, find_twins
from balatro.render.demo_deck import invent_deck
from balatro.runtime.model_json import GallerySettings
from balatro.utils.chances import softmax
from balatro.utils.progress import progress

NUM_PHASES = 4
"""Views of each known card in each modifier: editions move, and so does the light of a Spectral."""
NUM_STRANGER_VIEWS = 3
NUM_OUTSIDERS = 200
"""Invented cards by which it is known how alike a card may be that is none of the deck's."""
BATCH = 64


Encode = Callable[[np.ndarray], Mapping[str, np.ndarray]]
"""(N, h, w, 3) uint8 RGB cards -> the encoder's outputs, at least `embedding` (N, D); `kind` (N, 4) where it tells kinds."""


def draw_gallery(deck: Deck, encode: Encode, size: tuple[int, int] = CARD_SIZE, seed: int = 0) -> Gallery:
    """Draw the deck's cards in their modifiers and embed them. size: width and height at which the encoder reads cards."""
    views = plan_views(deck, NUM_PHASES, NUM_STRANGER_VIEWS)
    rng = np.random.default_rng(seed)
    parts = []
    with progress("Looking at every card", total=len(views)) as bar:
        for start in range(0, len(views), BATCH):
            some = views[start : start + BATCH]
            parts.append(encode(draw_views(deck, some, rng, size, MARGIN))["embedding"])
            bar.advance(len(some), note=deck.cards[some[-1].card].name)
    cards = np.array([view.card for view in views], np.int32)
    return Gallery(np.concatenate(parts), cards, np.array([view.look for view in views], np.int8))


def calibrate_gallery(
    gallery: Gallery,
    deck: Deck,
    encode: Encode,
    kind_temperature: float = 1.0,
    size: tuple[int, int] = CARD_SIZE,
    seed: int = 0,
) -> GallerySettings:
    """Thresholds for this gallery, from screens drawn of its deck."""
    probes = draw_probes(deck, np.random.default_rng([seed, 1]), size, MARGIN)
    parts = [probes.pictures[start : start + BATCH] for start in range(0, len(probes.card), BATCH)]
    answers = [encode(part) for part in parts]
    if not answers:
        return GallerySettings()
    seen = gallery.nearest(np.concatenate([answer["embedding"] for answer in answers]), len(deck.cards))
    is_card = np.ones(len(seen))
    if "kind" in answers[0]:
        is_card -= softmax(np.concatenate([answer["kind"] for answer in answers]), kind_temperature)[:, NOTHING]
    known = np.array([card.known for card in deck.cards])
    outsiders = gallery.nearest(_embed(_draw_outsiders(deck, seed, size), encode), len(deck.cards))
    return calibrate(seen, probes.card, _groups(deck), known, is_card, outsiders)


def _draw_outsiders(deck: Deck, seed: int, size: tuple[int, int]) -> np.ndarray:
    """(N, h, w, 3) uint8 RGB: invented cards as a screenshot shows them, one view each."""
    invented = Deck("invented", invent_deck(OUTSIDER_SEED, NUM_OUTSIDERS).known, deck.stickers)
    views = [View(place, 0) for place in range(len(invented.cards))]
    return draw_views(invented, views, np.random.default_rng([seed, 2]), size, MARGIN)


def _embed(cards: np.ndarray, encode: Encode) -> np.ndarray:
    """(N, D) of (N, h, w, 3) uint8 RGB cards."""
    return np.concatenate([encode(cards[start : start + BATCH])["embedding"] for start in range(0, len(cards), BATCH)])


def _groups(deck: Deck) -> np.ndarray:
    """(cards,) a number for each card; twins share one."""
    place = {card.id: number for number, card in enumerate(deck.cards)}
    groups = np.arange(len(deck.cards))
    for twins in find_twins(deck):
        groups[[place[card] for card in twins]] = place[twins[0]]
    return groups

"""From which likeness on a gallery of pictures names a card: measured on changed copies of its own pictures and on strangers.

Strangers are invented cards of the package, and the changed copies once more, as if no card of their name were in the gallery:
so another card of the same game tells how near a stranger comes. Each is looked at in all four turns, as photographs are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from balatro.config.seeds import STRANGERS_SEED
from balatro.gallery.draw import BATCH, Encode
from balatro.gallery.gallery import Gallery
from balatro.gallery.references.views import HARD, draw_changed
from balatro.gallery.thresholds import NEARLY, SCALES
from balatro.gallery.views import View, draw_views
from balatro.render.demo_deck import invent_deck
from balatro.runtime.model_json import GallerySettings
from balatro.utils.progress import track

PROBES = 300
"""Changed copies, at most; fewer of large galleries, to which each of them is likened as a whole."""
LARGEST = 3e7
"""Likenesses of all probes to all cards, at most."""
STRANGERS = 60
FALSE_NAMES = 0.01
"""Of the strangers, how many may be as alike as what is named."""
LOST_NAMES = 0.05
"""Of the changed copies, how many may be less alike, where strangers come too near for both."""
REJECT = 0.5
"""A name must be likelier than all others together."""


@dataclass(frozen=True, eq=False)
class Seen:
    """n things likened to a gallery's cards, (n, cards) cosines, and (n,) the card that each is."""

    likeness: np.ndarray
    card: np.ndarray


def fit_settings(
    gallery: Gallery,
    group: np.ndarray,
    rows: np.ndarray,
    pictures: Callable[[int], np.ndarray],
    encode: Encode,
    size: tuple[int, int],
    margin: float,
) -> GallerySettings:
    """Scale and threshold for a gallery with one row a picture.

    group: (cards,) cards with one number have one name. rows: those of the gallery whose pictures are at hand; pictures: gives
    that of rows[number], (H, W, 3) uint8 RGB.
    """
    num_cards = len(group)
    rng = np.random.default_rng(0)
    count = int(np.clip(LARGEST / num_cards / 4, 40, PROBES))
    some = np.sort(rng.choice(len(rows), min(count, len(rows)), replace=False))
    copies = max(1, count // len(some))
    drawn = [draw_changed(pictures(number), copies, rng, size, margin, HARD) for number in track(some, "Trying copies")]
    right = _liken(np.concatenate(drawn), gallery, encode, num_cards)
    card = np.repeat(gallery.card[rows[some]], copies)
    strangers = [_liken(_strangers(size, margin), gallery, encode, num_cards).max(axis=1)]
    strangers.append(_nearest_others(right, group, card))
    upright = Seen(right.reshape(4, -1, num_cards)[0], card)
    return _fit(upright, group, np.concatenate(strangers))


def _liken(cards: np.ndarray, gallery: Gallery, encode: Encode, num_cards: int) -> np.ndarray:
    """(4 n, cards) cosines of n cards (n, h, w, 3) in all four turns, all upright ones first.

    A card on its side is squeezed into the encoder's shape as a wrongly turned find is.
    """
    height, width = cards.shape[1:3]
    turned = [cards]
    for turn in (1, 2, 3):
        rolled = np.rot90(cards, turn, axes=(1, 2))
        turned.append(rolled if turn == 2 else _squeezed(rolled, (width, height)))
    every = np.concatenate(turned)
    parts = [encode(np.ascontiguousarray(every[start : start + BATCH])) for start in range(0, len(every), BATCH)]
    return gallery.nearest(np.concatenate([part["embedding"] for part in parts]), num_cards)


def _squeezed(cards: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    import cv2

    return np.stack([cv2.resize(np.ascontiguousarray(card), size, interpolation=cv2.INTER_AREA) for card in cards])


def _nearest_others(likeness: np.ndarray, group: np.ndarray, card: np.ndarray) -> np.ndarray:
    """(n,) how alike the nearest card of another name is to each of n probes in any turn, (4 n, cards) of them."""
    own = group[np.tile(card, 4)][:, None] == group[None]
    others: np.ndarray = np.where(own, -1.0, likeness).max(axis=1).reshape(4, -1).max(axis=0)
    return others


def _fit(right: Seen, group: np.ndarray, strangers: np.ndarray) -> GallerySettings:
    own = group[right.card][:, None] == group[None]
    of_own = np.where(own, right.likeness, -1.0).max(axis=1)
    enough = float(np.quantile(strangers, 1 - FALSE_NAMES))
    bearable = float(np.quantile(of_own, LOST_NAMES))
    cosine = min(enough, bearable)
    # What is not named needs no probability: a few hopeless copies would make all others look doubtful.
    named = of_own >= cosine
    costs = [_cost(right.likeness[named], own[named], scale) for scale in SCALES]
    # The smallest that fits nearly as well as the best: a larger one would be surer than the copies entitle it to be.
    scale = float(SCALES[int(np.argmax(np.array(costs) <= min(costs) + NEARLY))])
    return GallerySettings(round(scale, 2), REJECT, round(cosine, 4))


def _cost(likeness: np.ndarray, own: np.ndarray, scale: float) -> float:
    """Mean negative log likelihood of the right names."""
    top = likeness.max(axis=1, keepdims=True)
    weights = np.exp((likeness - top) * np.float32(scale))
    return float(-np.log((weights * own).sum(axis=1) / weights.sum(axis=1) + 1e-9).mean())


def _strangers(size: tuple[int, int], margin: float) -> np.ndarray:
    """(STRANGERS, h, w, 3) uint8 RGB: invented cards that nothing was trained on."""
    deck = invent_deck(STRANGERS_SEED, STRANGERS)
    views = [View(number, 0) for number, card in enumerate(deck.cards) if card.known]
    return draw_views(deck, views, np.random.default_rng(STRANGERS_SEED), size, margin)

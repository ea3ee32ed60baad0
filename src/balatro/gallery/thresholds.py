"""How likenesses to a gallery become probabilities, and when nothing is named: measured on screens drawn from its deck."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from balatro.render.deck import Deck
from balatro.render.table import PLAY, draw_screen
from balatro.runtime.model_json import GallerySettings
from balatro.utils.chances import softmax
from balatro.utils.images import rectify
from balatro.utils.progress import track
from balatro.utils.quads import lies_on_any

NUM_SCREENS = 40
SETTINGS = replace(PLAY, sizes=((1024, 576), (1280, 720)))
READABLE = 0.4
"""Cards of which less can be seen tell nothing here."""
COVERED = 0.05
"""A card of which less shows is as good as not there."""
JITTER = 0.012
"""Standard deviation of the corners, as a share of the card's width: what a locator is off."""
NO_CARD = -1
"""Places beside cards, where a locator may err: half of one card and half of its neighbour, or of the table."""
SCALES = np.exp(np.linspace(np.log(8), np.log(400), 41))
NEARLY = 0.02
"""Log likelihood per card that a calmer scale may cost."""
FALSE_NAMES = 0.01
"""Of the strangers, how many may be named."""
LOST_NAMES = 0.005
"""Of the right names, how many may be rejected for that."""
ALIKE_OUTSIDERS = 0.1
"""Of invented cards, how many may be as alike to one of the deck's as what is named has to be."""
LOST_LIKENESS = 0.02
"""Of the right names, how many may be less alike than that, among drawn ones, which are disturbed more than real ones."""
REJECTS = (0.15, 0.9)
"""Bounds of the threshold: with few strangers at hand, nothing beyond is believed."""


@dataclass(frozen=True, eq=False)
class Probes:
    """What was cut from drawn screens: (N, h, w, 3) uint8 RGB, and each one's place in the deck, NO_CARD for what is none."""

    pictures: np.ndarray
    card: np.ndarray


def draw_probes(deck: Deck, rng: np.random.Generator, size: tuple[int, int], margin: float) -> Probes:
    """Play some screens and cut out what can be read."""
    pictures, cards = [np.zeros((0, size[1], size[0], 3), np.uint8)], [np.zeros(0, np.int64)]
    for _ in track(range(NUM_SCREENS), "Playing some screens"):
        screen = draw_screen(deck, rng, SETTINGS)
        shown = [card for card in screen.cards if card.visible >= READABLE]
        if shown:
            quads = np.stack([card.quad for card in shown])
            there = np.stack([card.quad for card in screen.cards if card.visible > COVERED])
            beside = quads + _beside(quads, rng)
            beside = np.array([quad for quad in beside if not lies_on_any(quad, there)], np.float32).reshape(-1, 4, 2)
            quads = quads + rng.normal(0, JITTER, quads.shape) * _widths(quads)
            pictures.append(rectify(screen.image, np.concatenate([quads, beside]).astype(np.float32), size, margin))
            cards += [np.array([card.card for card in shown]), np.full(len(beside), NO_CARD)]
    return Probes(np.concatenate(pictures), np.concatenate(cards))


def _widths(quads: np.ndarray) -> np.ndarray:
    """(N, 1, 1)"""
    result: np.ndarray = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)[:, None, None]
    return result


def _beside(quads: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(N, 1, 2) moves by about half a card, to the left or right."""
    far = rng.uniform(0.4, 0.6, (len(quads), 1, 1)) * rng.choice([-1, 1], (len(quads), 1, 1)) * _widths(quads)
    return np.concatenate([far, 0.1 * far], axis=2)


def calibrate(
    seen: np.ndarray, card: np.ndarray, group: np.ndarray, known: np.ndarray, is_card: np.ndarray, outsiders: np.ndarray
) -> GallerySettings:
    """The scale that fits the probes best, then the thresholds.

    seen: (N, cards) cosines of the probes. card: (N,) the true cards, or NO_CARD. group: (cards,) cards with one number are
    twins. known: (cards,) bool. is_card: (N,) the probability that a probe is a card at all. A stranger's own views count as
    never seen while the threshold against strangers is set. outsiders: (M, cards) cosines of cards that no deck has.
    """
    own = (card != NO_CARD) & known[card]
    if not own.any():
        return GallerySettings()
    twins = group[card][:, None] == group[None]
    costs = [-np.log((softmax(seen[own] * scale) * twins[own]).sum(axis=1) + 1e-9).mean() for scale in SCALES]
    # The smallest that fits nearly as well as the best: a larger one would be surer than drawn screens entitle it to be.
    scale = float(SCALES[int(np.argmax(np.array(costs) <= min(costs) + NEARLY))])
    right = own & (group[seen.argmax(axis=1)] == group[card])
    cosine = _cosine(outsiders, seen[right], known)
    heights = _height(seen, scale, group) * is_card
    unseen = np.where(np.arange(len(known)) == card[:, None], -1.0, seen)[~own]
    alike = known[unseen.argmax(axis=1)] & (unseen.max(axis=1, initial=-1.0) >= cosine)
    named = np.where(alike, _height(unseen, scale, group) * is_card[~own], 0.0)
    reject = _reject(named, heights[right & (seen.max(axis=1) >= cosine)])
    return GallerySettings(round(scale, 2), round(reject, 4), round(cosine, 4))


def _cosine(outsiders: np.ndarray, right: np.ndarray, known: np.ndarray) -> float:
    """The likeness under which no name is given, from those of outsiders and of what is named rightly, (n, cards) each."""
    nearest = np.where(known[outsiders.argmax(axis=1)], outsiders.max(axis=1), 0.0) if len(outsiders) else np.zeros(1)
    enough = float(np.quantile(nearest, 1 - ALIKE_OUTSIDERS))
    return min(enough, float(np.quantile(right.max(axis=1), LOST_LIKENESS))) if len(right) else enough


def _reject(named: np.ndarray, right: np.ndarray) -> float:
    """The probability under which no name is given, from those of the names of strangers and of right names."""
    enough = float(np.quantile(named, 1 - FALSE_NAMES)) if len(named) else 0.0
    bearable = float(np.quantile(right, LOST_NAMES)) if len(right) else 0.0
    return float(np.clip(min(enough, bearable), *REJECTS))


def _height(likeness: np.ndarray, scale: float, group: np.ndarray) -> np.ndarray:
    """(N,) the probability of the most alike card, its twins included."""
    if len(likeness) == 0:
        return np.zeros(0)
    best = group[likeness.argmax(axis=1)]
    result: np.ndarray = (softmax(likeness * scale) * (group[None] == best[:, None])).sum(axis=1)
    return result

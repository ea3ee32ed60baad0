"""Photographs of cards with the truth about every card: planned, laid on a ground, held, lit, and taken.

Same deck, same random generator, same shape: same photograph, to the byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from balatro.render.deck import Deck, DeckCard
from balatro.render.photos.camera import take
from balatro.render.photos.grounds import draw_ground
from balatro.render.photos.hands import hold
from balatro.render.photos.lay import (
    Photo,
    Sleeve,
    lay_card,
    lay_paper,
    lay_sheen,
    lay_sleeve,
    lay_thing,
    random_sleeve,
    shadow,
)
from balatro.render.photos.prints import aspect_of, is_print, sharp
from balatro.render.photos.scenes import SCENES, Room, Spot, camera, quad_of
from balatro.render.table import Screen, ScreenCard

__all__ = ["draw_photograph"]

AREA = "photograph"
HEIGHTS = (320, 400, 480, 600, 760)
"""Pixels of the height of a photograph that is as wide as it is high; others have as many pixels in all."""
PRINTED_SHARE, STRANGER_SHARE = 0.7, 0.08
"""How often the cards are printed ones where the deck has some, and how often one is a stranger."""
GAME = 60
"""Printed cards that lie beside each other in a deck are taken for one game's: mostly a photograph shows one game."""

Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Scenery:
    """What is the same for all cards of a photograph."""

    view: np.ndarray
    kind: str
    away: np.ndarray
    soft: float
    depth: float
    sleeve: Sleeve | None
    sheen: float


def draw_photograph(deck: Deck, rng: Rng, aspect: float = 1.5, kind: str | None = None) -> Screen:
    """A photograph of about this shape (width by height); kind: one of SCENES, or any."""
    side = HEIGHTS[int(rng.integers(len(HEIGHTS)))]
    width, height = round(side * aspect**0.5), round(side / aspect**0.5)
    shares = np.array([share for share, _ in SCENES.values()])
    kind = kind or list(SCENES)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    game = _game(deck, rng)
    room = Room(width, height, aspect_of(deck.cards[int(game[0])]))
    spots = SCENES[kind][1](room, rng)
    scenery = _scenery(kind, width, height, float(np.mean([s.height for s in spots])) if spots else 80.0, rng)
    held = kind in ("single", "fan") and rng.random() < 0.38
    photo = _ground(width, height, scenery, held, rng)
    decoys = _papers(photo, scenery, rng) if rng.random() < (0.3 if spots else 0.9) else []
    cards = _lay_all(photo, deck, game, spots, scenery, rng)
    _over(photo, [quad for _, quad in cards], held, rng)
    truth = _truth(photo, deck, cards)
    free = [quad for quad in decoys if not any(_crosses(quad, card) for _, card in cards)]
    return Screen(take(photo.image, rng), truth, np.array(free, np.float32).reshape(-1, 4, 2))


@lru_cache(maxsize=4)
def _places(deck: Deck) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of the deck's printed cards, of its other named ones, and of its strangers."""
    printed = [i for i, card in enumerate(deck.cards) if card.known and is_print(card)]
    named = [i for i, card in enumerate(deck.cards) if card.known and not is_print(card)]
    strangers = [i for i, card in enumerate(deck.cards) if not card.known]
    return np.array(printed, int), np.array(named, int), np.array(strangers, int)


def _game(deck: Deck, rng: Rng) -> np.ndarray:
    """Places of the cards that may lie on one photograph: one game's printed ones, all of them, or the deck's others."""
    printed, named, strangers = _places(deck)
    if not len(printed) or (len(named) and rng.random() > PRINTED_SHARE):
        some = named if len(named) else strangers
        return np.asarray(rng.permutation(some)[:GAME])
    if rng.random() < 0.3:
        return np.asarray(rng.permutation(printed)[:GAME])
    first = int(rng.integers(max(len(printed) - GAME, 0) + 1))
    return np.asarray(rng.permutation(printed[first : first + GAME]))


def _scenery(kind: str, width: int, height: int, tall: float, rng: Rng) -> Scenery:
    turn, lift = rng.uniform(0, 6.283), float(rng.choice([0.008, 0.02, 0.06], p=[0.5, 0.35, 0.15])) * tall
    sleeved = rng.random() < (0.3 if kind != "binder" else 0.1)
    return Scenery(
        camera(width, height, rng),
        kind,
        np.array([np.cos(turn), np.sin(turn)]) * lift,
        max(lift * float(rng.uniform(0.5, 1.6)), 0.8),
        float(rng.uniform(0.1, 0.7)),
        random_sleeve(rng) if sleeved else None,
        0.65 if kind == "binder" else 0.55 if sleeved else 0.15,
    )


def _ground(width: int, height: int, scenery: Scenery, held: bool, rng: Rng) -> Photo:
    kind = "room" if held and rng.random() < 0.6 else "plain" if scenery.kind == "binder" else None
    image = draw_ground(width, height, rng, kind)
    if kind is None and not held:
        # What a table bears is seen as the table is; beyond its edge it goes on, mirrored.
        image = cv2.warpPerspective(image, scenery.view, (width, height), borderMode=cv2.BORDER_REFLECT)
    return Photo(image, np.full((height, width), -1, np.int16))


def _papers(photo: Photo, scenery: Scenery, rng: Rng) -> list[np.ndarray]:
    """Things with four corners that lie there too: none has the shape of a card."""
    height, width = photo.owner.shape
    quads = []
    for _ in range(int(rng.integers(1, 5))):
        tall = height * float(rng.uniform(0.1, 0.7))
        x, y = rng.uniform(0, 1, 2) * (width, height)
        spot = Spot(float(x), float(y), tall, float(rng.uniform(0, 6.283)))
        shape = float(rng.uniform(0.3, 0.48) if rng.random() < 0.5 else rng.uniform(0.84, 1.0))
        quads.append(quad_of(spot, shape, scenery.view))
        lay_paper(photo, quads[-1], rng)
    return quads


def _lay_all(
    photo: Photo, deck: Deck, game: np.ndarray, spots: list[Spot], scenery: Scenery, rng: Rng
) -> list[tuple[int, np.ndarray]]:
    """Lay a card of the game on each spot; its place in the deck and its quad."""
    strangers = _places(deck)[2]
    laid: list[tuple[int, np.ndarray]] = []
    alike = rng.random() < 0.1  # several copies of few cards
    for spot in spots:
        place = int(game[int(rng.integers(min(len(game), 3) if alike else len(game)))])
        if len(strangers) and rng.random() < STRANGER_SHARE:
            place = int(rng.choice(strangers))
        quad = quad_of(spot, aspect_of(deck.cards[place]), scenery.view)
        _lay(photo, deck.cards[place], quad, len(laid), scenery, rng)
        laid.append((place, quad))
    return laid


def _lay(photo: Photo, card: DeckCard, quad: np.ndarray, number: int, scenery: Scenery, rng: Rng) -> None:
    high = float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    sleeve = scenery.sleeve
    shadow(photo, quad, scenery.away, scenery.soft, scenery.depth)
    if scenery.kind == "binder":
        lay_sleeve(photo, quad, Sleeve(0.03, (235, 235, 235), 0.15, 0), rng)
    if sleeve is not None:
        lay_sleeve(photo, quad, sleeve, rng)
    lay_card(photo, sharp(card, round(high)), quad, number)
    if rng.random() < scenery.sheen:
        lay_sheen(photo, quad, sleeve.veil if sleeve else float(rng.uniform(0, 0.1)), rng)


def _over(photo: Photo, quads: list[np.ndarray], held: bool, rng: Rng) -> None:
    """Fingers and small things over the cards."""
    if not quads:
        return
    if held or rng.random() < 0.07:
        hold(photo.image, photo.owner, quads[int(rng.integers(len(quads)))], rng)
    if rng.random() < 0.12:
        for _ in range(int(rng.integers(1, 5))):
            quad = quads[int(rng.integers(len(quads)))]
            size = float(np.linalg.norm(quad[1] - quad[0]))
            x, y = quad.mean(0) + rng.normal(0, 0.6, 2) * size
            lay_thing(photo, x, y, size * float(rng.uniform(0.06, 0.25)), rng)


def _truth(photo: Photo, deck: Deck, cards: list[tuple[int, np.ndarray]]) -> tuple[ScreenCard, ...]:
    """The cards whose middle lies on the picture; of each the share that shows."""
    height, width = photo.owner.shape
    counts = np.bincount(photo.owner.ravel() + 1, minlength=len(cards) + 1)[1:]
    kept = []
    for (place, quad), count in zip(cards, counts, strict=False):
        x, y = quad.mean(0)
        if 0 < x < width and 0 < y < height:
            share = float(min(count / max(cv2.contourArea(quad), 1.0), 1.0))
            card = deck.cards[place]
            kept.append(ScreenCard(place, card.id, card.known, "Base", quad, share, AREA))
    return tuple(kept)


def _crosses(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the boxes around two shapes share any place."""
    return bool((one.min(0) < other.max(0)).all() and (one.max(0) > other.min(0)).all())

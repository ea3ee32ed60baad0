"""Endless rendered input: batch i is drawn from the seed and i alone, so neither workers nor a resumed run change it."""

from __future__ import annotations

import atexit
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from balatro.config.kinds import NOTHING, PLAYING_CARD
from balatro.config.screens import CARD_HEIGHT, CARD_WIDTH, frame_unit
from balatro.config.shapes import CARD_SIZE, CLOSER, FRAME_PIXELS, MARGIN
from balatro.models.locator import FRAME_SIZES
from balatro.render.photos.photographs import draw_photograph
from balatro.render.table import TRAIN, Screen, ScreenCard, TableSettings, draw_screen
from balatro.render.world.views import crop_screen, draw_view
from balatro.train_model.screens.deck_lesson import DeckLesson, DeckRecipe, prepare
from balatro.train_model.screens.looks import columns, labels_of, nothing_shown
from balatro.train_model.screens.patches import draw_patches
from balatro.train_model.screens.targets import Targets, draw_targets
from balatro.utils.images import rectify
from balatro.utils.processes.signals import deaf_children
from balatro.utils.quads import lies_on_any

Batch = dict[str, Tensor]
"""For the locator: frames (K, H, W, 3) uint8 RGB of one of FRAME_SIZES; heat, heat_weight, corners, corner_weight, smaller and
smaller_weight (K, ...) float32, see Targets. For the encoder: cards (B, 128, 96, 3) uint8 RGB; label.<task> (B,) int64,
MISSING where unknown; visible (B,) float32. For the refiner, of a deck with printed cards: see `patches.draw_patches`."""

LEAST_READABLE = 0.15
"""Cards of which less shows are not cut out for reading."""

LEAST_PIXELS = 24
"""Nor are cards lower than this."""

STRANGER_SHARE, PLAYING_SHARE = 0.35, 0.7
"""How often a stranger is cut out, against 1 for a card that has a name; and a playing card, which has much to tell."""

NOTHING_SHARE = 0.15
"""How many of the cut-out pictures show no card, or halves of two: what a locator may find by mistake."""

DECOYS = 0.6
"""How many of these show a thing that passes for a card, where the pictures have any."""

FRAME_SHARES = (0.64, 0.18, 0.18)
"""How often the frames of a batch have each of FRAME_SIZES."""

WHOLE_SCREENS, WHOLE_SCREENS_OF_A_DECK = 0.4, 0.75
"""How many of a batch's pictures are whole screens; the others are views of them, of sheets of cards, and of none. A deck's
names are learned in minutes, mostly from clear pictures: the networks that it starts from know the world already."""

PHOTOGRAPHS = 0.5
"""How many of a batch's pictures are photographs, where the deck has printed cards."""

PATCHES = 16
"""Places of each photograph that the refiner sees."""
ONLY_PATCHES = 12
"""The same where it alone learns, and there are twice as many photographs."""

CLOSER_FRAMES = 0.12
"""How many frames show a part of their picture larger, as a second look does."""

OUTSIDER_SCREENS = 0.3
"""How many screens mix outsiders among the cards that are dealt."""


@dataclass(frozen=True)
class FeedSettings:
    """What a batch holds."""

    recipe: DeckRecipe
    seed: int = 0
    screens: int = 8
    crops: int = 96
    outsider_screens: float = OUTSIDER_SCREENS
    table: TableSettings = TRAIN
    size: tuple[int, int] = CARD_SIZE
    """Width and height of the cards, pixels."""
    only_photographs: bool = False
    """All pictures are photographs, and nothing is drawn for the locator."""


class Feed(Dataset[Batch]):
    """Item i is batch i. The deck is made on first use, in each worker for itself."""

    def __init__(self, settings: FeedSettings) -> None:
        self.settings = settings

    def __getitem__(self, index: int) -> Batch:
        return draw_batch(self.settings, prepare(self.settings.recipe), np.random.default_rng([self.settings.seed, index]))


def open_feed(settings: FeedSettings, first: int, last: int, workers: int, every: int = 1) -> Iterator[Batch]:
    """Batches first..last-1, or each `every`-th of them, drawn ahead by `workers` processes (0: drawn when asked for)."""
    more: dict[str, Any] = {}
    if workers > 0:
        # "spawn" everywhere: a forked copy of a process with torch's threads may hang, and Windows knows nothing else.
        more = {"multiprocessing_context": "spawn", "worker_init_fn": _start_worker, "prefetch_factor": 4}
    with deaf_children():
        return iter(DataLoader(Feed(settings), batch_size=None, sampler=range(first, last, every), num_workers=workers, **more))


def _start_worker(number: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows it is not handed down
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    # At its end the worker may still be handing over batches that nobody waits for, in a thread that is inside torch then:
    # an interpreter that shuts down around it aborts, with "terminate called without an active exception" on the screen.
    atexit.register(os._exit, 0)


def draw_batch(settings: FeedSettings, lesson: DeckLesson, rng: np.random.Generator) -> Batch:
    """One batch as it is described at Batch."""
    size = FRAME_SIZES[int(rng.choice(len(FRAME_SIZES), p=FRAME_SHARES))]
    pictures = _draw_pictures(settings, lesson, size[0] / size[1], rng)
    arrays = _encoder_part(pictures, lesson, settings, rng)
    if not settings.only_photographs:
        arrays |= _locator_part(pictures, size, rng)
    if settings.recipe.printed:
        count = num_photographs(settings)
        arrays |= draw_patches(pictures[-count:], count * (ONLY_PATCHES if settings.only_photographs else PATCHES), rng)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def num_photographs(settings: FeedSettings) -> int:
    """Photographs in a batch of a deck that has printed cards: the last of its pictures."""
    return settings.screens if settings.only_photographs else max(round(PHOTOGRAPHS * settings.screens), 1)


def _draw_pictures(settings: FeedSettings, lesson: DeckLesson, aspect: float, rng: np.random.Generator) -> list[Screen]:
    """A batch's pictures: whole screens, views, which show some of these screens once more in another way, photographs."""
    share = WHOLE_SCREENS if settings.recipe.source == "invented" else WHOLE_SCREENS_OF_A_DECK
    photographs = num_photographs(settings) if settings.recipe.printed else 0
    num_whole = max(round(share * (settings.screens - photographs)), 0 if settings.only_photographs else 1)
    dealt = [_dealt(settings, lesson, rng) for _ in range(settings.screens - photographs)]
    whole = [draw_screen(lesson.deck, rng, settings.table, among) for among in dealt[:num_whole]]
    views = [
        draw_view(lesson.deck, rng, aspect, whole[number % num_whole], among, settings.table)
        for number, among in enumerate(dealt[num_whole:])
    ]
    # A whole screen is wide; a frame of another shape shows one as phones and square posts do: cut.
    shown = whole if aspect > 1.5 else [crop_screen(screen, aspect, rng) for screen in whole]
    return [*shown, *views, *(draw_photograph(lesson.deck, rng, aspect) for _ in range(photographs))]


def _dealt(settings: FeedSettings, lesson: DeckLesson, rng: np.random.Generator) -> list[int] | None:
    """Places of the cards to deal on a screen; None means all that have a name."""
    if not len(lesson.outsiders):
        return lesson.dealt.tolist() if settings.recipe.printed else None
    dealt: list[int] = lesson.dealt.tolist()
    if rng.random() < settings.outsider_screens:
        count = min(len(dealt), len(lesson.outsiders))
        dealt += rng.choice(lesson.outsiders, count, replace=False).tolist()
    return dealt


# The locator's part: every picture in one size.


def _locator_part(screens: list[Screen], size: tuple[int, int], rng: np.random.Generator) -> dict[str, np.ndarray]:
    frames, targets = [], []
    for screen in screens:
        frame, turn = fit_frame(screen.image, size, rng)
        quads = np.array([card.quad for card in screen.cards], np.float32).reshape(-1, 4, 2) * turn[:2] + turn[2:]
        visible = np.array([card.visible for card in screen.cards], np.float32)
        frames.append(frame)
        targets.append(draw_targets(quads, visible * _share_inside(quads, size), size))
    names = [field.name for field in fields(Targets)]
    return {"frames": np.stack(frames), **{name: np.stack([getattr(t, name) for t in targets]) for name in names}}


def fit_frame(image: np.ndarray, frame_size: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A picture as the locator sees it: at the size where it has as many pixels as the frame (W, H), or a part of it larger.

    What is larger than the frame is cut somewhere; what is smaller is padded with black at the right and bottom, as in use.
    Returns the frame and (4,) float32: factors x, y and shifts x, y from the picture's pixels to the frame's.
    """
    height, width = image.shape[:2]
    factor = (FRAME_PIXELS / (width * height)) ** 0.5
    if rng.random() < CLOSER_FRAMES:
        factor *= float(np.exp(rng.uniform(np.log(0.7), np.log(CLOSER))))
    elif rng.random() < 0.4:
        factor *= float(np.exp(rng.normal(0, 0.05)))
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    frame = np.zeros((frame_size[1], frame_size[0], 3), np.uint8)
    left, top = (int(rng.integers(0, max(have - room, 0) + 1)) for have, room in zip(size, frame_size, strict=True))
    part = small[top : top + frame_size[1], left : left + frame_size[0]]
    frame[: part.shape[0], : part.shape[1]] = part
    return frame, np.array([size[0] / width, size[1] / height, -left, -top], np.float32)


def _share_inside(quads: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(N,) the share of each quad's bounding box that lies in the frame."""
    low, high = quads.min(1), quads.max(1)
    kept = np.clip(high, 0, size) - np.clip(low, 0, size)
    share: np.ndarray = (kept / np.maximum(high - low, 1e-3)).prod(1)
    return share


# The encoder's part: cards cut out of the screens.


def _encoder_part(
    screens: list[Screen], lesson: DeckLesson, settings: FeedSettings, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    all_cards = [(number, card) for number, screen in enumerate(screens) for card in screen.cards if _is_readable(card)]
    num_crops, size = settings.crops, settings.size
    cards = np.zeros((num_crops, size[1], size[0], 3), np.uint8)
    num_nothing = round(NOTHING_SHARE * num_crops)
    chosen = _choose(_shares([card for _, card in all_cards], lesson), num_crops - num_nothing, rng)
    for number, screen in enumerate(screens):
        rows = [row for row, pick in enumerate(chosen) if all_cards[pick][0] == number]
        if rows:
            quads = jitter([all_cards[chosen[row]][1] for row in rows], rng)
            cards[rows] = rectify(screen.image, quads, size, MARGIN)
    shown = [all_cards[pick][1] for pick in chosen]
    labels = [labels_of(card, lesson) for card in shown]
    for row in range(len(chosen), num_crops):
        cards[row] = _cut_nothing(screens[int(rng.integers(len(screens)))], size, rng)
        labels.append(nothing_shown(NOTHING))
    visible = np.ones(num_crops, np.float32)
    visible[: len(shown)] = [card.visible for card in shown]
    return {"cards": cards, "visible": visible, **columns(labels)}


def _cut_nothing(screen: Screen, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) uint8 of `size`: a thing that passes for a card, or a part of the picture on which no card lies straight."""
    height, width = screen.image.shape[:2]
    if len(screen.decoys) and rng.random() < DECOYS:
        return rectify(screen.image, _shaken(screen.decoys[int(rng.integers(len(screen.decoys)))], rng)[None], size, MARGIN)[0]
    unit = frame_unit(width, height) * float(np.exp(rng.normal(0, 0.4)))
    quads = np.array([card.quad for card in screen.cards if card.visible > 0.05], np.float32).reshape(-1, 4, 2)
    place = None
    for _ in range(8):
        place = _beside(quads, rng) if len(quads) and rng.random() < 0.6 else _anywhere(width, height, unit, rng)
        if not lies_on_any(place, quads):
            break
    else:
        place = _anywhere(width, height, unit * 0.2, rng)  # a crowded screen: a spot too small for any card
    return rectify(screen.image, place[None], size, MARGIN)[0]


def _is_readable(card: ScreenCard) -> bool:
    return bool(card.visible >= LEAST_READABLE and np.ptp(card.quad[:, 1]) >= LEAST_PIXELS)


def _shaken(quad: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A quad (4, 2) as a locator might give it."""
    sides = np.ptp(quad, axis=0)
    return (quad + rng.normal(0, 0.02, (1, 2)) * sides + rng.normal(0, 0.015, (4, 2)) * sides).astype(np.float32)


def _beside(quads: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A card's quad (4, 2), moved by about half a card: parts of two cards, or of one and the table."""
    quad = quads[int(rng.integers(len(quads)))]
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    sideways = rng.choice([-1, 1]) * rng.uniform(0.32, 0.75) * across + rng.normal(0, 0.05) * down
    upwards = rng.choice([-1, 1]) * rng.uniform(0.35, 0.8) * down + rng.normal(0, 0.1) * across
    moved: np.ndarray = quad + (sideways if rng.random() < 0.7 else upwards)
    return moved.astype(np.float32)


def _anywhere(width: int, height: int, unit: float, rng: np.random.Generator) -> np.ndarray:
    """An upright quad (4, 2) of about a card's size; a regular one is CARD_WIDTH by CARD_HEIGHT units."""
    wide = CARD_WIDTH * unit * np.exp(rng.normal(0, 0.15))
    tall = CARD_HEIGHT * unit * np.exp(rng.normal(0, 0.15))
    x, y = rng.uniform(0, max(width - wide, 1)), rng.uniform(0, max(height - tall, 1))
    return np.array([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)], np.float32)


def _shares(cards: list[ScreenCard], lesson: DeckLesson) -> np.ndarray:
    """(N,) how often each card is cut out, beside one that has a name."""
    known = np.array([card.known for card in cards], bool)
    playing = np.array([lesson.card_kind[card.card] == PLAYING_CARD for card in cards], bool)
    return np.where(known, 1.0, np.where(playing, PLAYING_SHARE, STRANGER_SHARE))


def _choose(shares: np.ndarray, count: int, rng: np.random.Generator) -> list[int]:
    """Which cards are cut out: each once while they last, those of a small share less often."""
    if not len(shares):
        return []
    order: list[int] = []
    while len(order) < count:
        keys = rng.random(len(shares)) ** (1 / shares)  # a weighted shuffle
        order += [int(place) for place in np.argsort(-keys)]
    return order[:count]


def jitter(cards: list[ScreenCard], rng: np.random.Generator) -> np.ndarray:
    """Quads (N, 4, 2) float32 as a locator might give them: each corner off by some percent of the card, all together by more.

    The less of a card shows, the less sure its corners; now and then a quad is far off.
    """
    quads = np.array([card.quad for card in cards], np.float32)
    sides = np.stack([np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1), np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)], 1)
    unsure = 2 - np.array([card.visible for card in cards], np.float32)
    unsure *= np.where(rng.random(len(cards)) < 0.12, 2.0, 1.0)
    centre = quads.mean(1, keepdims=True)
    grow = 1 + rng.normal(0, 0.015, (len(cards), 1, 2)) * unsure[:, None, None]
    shift = rng.normal(0, 0.013, (len(cards), 1, 2)) * unsure[:, None, None]
    corner = rng.normal(0, 0.008, (len(cards), 4, 2)) * unsure[:, None, None]
    return (centre + (quads - centre) * grow + (shift + corner) * sides[:, None]).astype(np.float32)

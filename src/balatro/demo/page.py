"""The demo's page: one file with everything in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.identify_card.judge.report import css_colour, miss_entry, picture_url, render_page
from balatro.identify_card.judge.scores import MEASURES, Scores
from balatro.identify_card.marks.labels import COLOURS
from balatro.identify_card.table.show import table_lines
from balatro.render.deck import CELL, Deck, DeckCard, cells
from balatro.render.editions import draw_editions, random_phases
from balatro.render.layers import Float, Pose, lay, stack_layers
from balatro.utils.files import write_text

TEMPLATE = Path(__file__).resolve().parent / "templates" / "index.html"
GROUND = (30, 62, 54)
"""Felt under the strip of cards, RGB."""
NUM_STRIP = 26
NUM_MISSES = 12


@dataclass(frozen=True, eq=False)
class ShownTable:
    """The state of one screen, beside that screen with its cards marked."""

    marked: np.ndarray
    file: str
    told: dict[str, Any]
    """As `Table.to_json` gives it."""


@dataclass(frozen=True, eq=False)
class Story:
    """What the page tells."""

    deck: Deck
    before: Scores
    after: Scores | None
    """None when there was no training."""
    marked: list[np.ndarray]
    table: ShownTable
    steps: int
    """Of the training."""
    minutes: float
    """Of everything up to the page."""
    seed: int


def write_page(path: Path, story: Story) -> None:
    """Write the page, whole or not at all."""
    last = story.after or story.before
    misses = last.misses()
    page = render_page(
        TEMPLATE,
        deck=story.deck.name,
        num_known=len(story.deck.known),
        num_strangers=len(story.deck.strangers),
        before=story.before.summary(),
        after=story.after.summary() if story.after else None,
        last=last.summary(),
        measures=MEASURES,
        colours={name: css_colour(colour) for name, colour in COLOURS.items()},
        strip=picture_url(deck_strip(story.deck, story.seed), max_width=1600, quality=88),
        table=picture_url(story.table.marked, max_width=1280, quality=86),
        table_file=story.table.file,
        table_lines=table_lines(story.table.told),
        screens=[picture_url(picture, max_width=1280, quality=86) for picture in story.marked],
        misses=[miss_entry(outcome) for outcome in misses[:NUM_MISSES]],
        num_misses=len(misses),
        steps=story.steps,
        minutes=story.minutes,
        seed=story.seed,
    )
    write_text(path, page)


def deck_strip(deck: Deck, seed: int) -> np.ndarray:
    """Two rows of cards in all modifiers on felt, overlapping a little: (H, W, 3) uint8 RGB."""
    rng = np.random.default_rng(seed)
    chosen = _choose(deck, rng)
    modifiers = np.arange(len(chosen)) % len(MODIFIERS)
    bodies = draw_editions(cells(chosen, 2), modifiers, random_phases(rng, len(chosen)), [card.shine for card in chosen])
    columns = -(-len(chosen) // 2)
    width, step, down = 2.0 * CELL[0], 118, 218
    image = np.empty((2 * down + 44, step * columns + 56, 3), np.uint8)
    image[:] = GROUND
    for number, (card, body) in enumerate(zip(chosen, bodies, strict=True)):
        row, column = divmod(number, columns)
        middle = (56 + step / 2 + column * step - 14, 22 + down / 2 + row * down)
        pose = Pose(middle[0], middle[1] + float(rng.uniform(-5, 5)), width, float(rng.normal(0, 0.025)))
        layers = stack_layers(body, [], card.floating, Float(), debuffed=False)
        lay(image, card, layers, pose, (-4.0, 9.0), smooth=True)
    return image


def _choose(deck: Deck, rng: np.random.Generator) -> list[DeckCard]:
    """Known cards from the whole deck, in its order."""
    places = np.sort(rng.permutation(len(deck.known))[:NUM_STRIP])
    return [deck.known[place] for place in places]

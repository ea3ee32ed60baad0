"""A small model with torch weights, as training leaves it: untrained, but each of its outputs depends on the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from balatro.config.modifiers import MODIFIERS
from balatro.export.inputs import Inputs, Trial, Trials
from balatro.identify_card.card import Card
from balatro.identify_card.judge.evaluate import score_screen
from balatro.models.bundle import describe, save_bundle
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.render.table import Screen, ScreenCard
from balatro.runtime.model_json import BundleCard, Task
from tests.identify_card.fake_bundle import CARD, draw_table

NAMES = tuple(f"c_{number}" for number in range(6))
PLACES = [("red", "Base", 300, 200), ("green", "Foil", 500, 200), ("blue", "Negative", 700, 200), ("green", "Base", 300, 400)]


def write_tiny_model(folder: Path) -> Path:
    torch.manual_seed(1)
    tasks = {"identification": len(NAMES), "modifier": len(MODIFIERS)}
    encoder, locator = MultiHeadModel("cardnet_tiny", tasks, 16).eval(), Locator().eval()
    classes = {"identification": list(NAMES), "modifier": list(MODIFIERS)}
    text = describe(
        folder.name,
        "elsewhere",
        encoder,
        {task: Task(tuple(names)) for task, names in classes.items()},
        locator_threshold=0.3,
        cards=tuple(BundleCard(name, name, "", "", known=True) for name in NAMES),
        scores={},
    )
    save_bundle(folder, encoder, locator, text, np.stack([card(0), card(1)]))
    return folder


def card(seed: int) -> np.ndarray:
    """(128, 96, 3) uint8 RGB: a few patches of colour."""
    rng = np.random.default_rng(seed)
    return np.kron(rng.integers(0, 256, (8, 6, 3), np.uint8), np.ones((16, 16, 1), np.uint8))


def cards_alone(count: int = 9) -> Inputs:
    """Pictures of single cards, without truth."""

    def trials(first: int) -> Trials:
        return Trials(f"{count} cards", count, False, lambda: (Trial(card(first + number)) for number in range(count)))

    return Inputs(trials(0), (trials(100),))


def tables(count: int = 3) -> Inputs:
    """Tables of the fake bundle's cards, with truth."""
    image = draw_table(PLACES)
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * np.array(CARD, np.float32) / 2
    truth = tuple(
        ScreenCard(0, name, True, modifier, half + np.array([x, y], np.float32), 1.0, "shop_cards")
        for name, modifier, x, y in PLACES
    )

    def judge(cards: list[Card]) -> tuple:
        return score_screen("table", Screen(image, truth), cards, {})

    trials = Trials(f"{count} tables", count, True, lambda: (Trial(image, judge) for _ in range(count)))
    return Inputs(trials, (trials,))

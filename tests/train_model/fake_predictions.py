"""Predictions without a network: drawn cards, and answers that are right about as often as one likes."""

from __future__ import annotations

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.score.history import EpochRecord
from balatro.train_model.score.predictions import Predictions

SIZE = (32, 24)
"""Height and width of the cards: small, since nothing looks at them."""


def fake_predictions(
    rows: int = 200, classes: int = 12, right: float = 0.85, seed: int = 0, missing: float = 0.1
) -> Predictions:
    """Names and modifiers; a class looks like the next one, and is confused with it most often."""
    rng = np.random.default_rng(seed)
    labels = {"identification": rng.integers(0, classes, rows), "modifier": rng.integers(0, len(MODIFIERS), rows)}
    logits = {task: _logits(rng, labels[task], num, right) for task, num in (("identification", classes), ("modifier", 5))}
    embedding = rng.normal(0, 1, (classes, 16))[labels["identification"]] + rng.normal(0, 0.3, (rows, 16))
    embedding += rng.normal(0, 1, (5, 16))[labels["modifier"]]
    cards = fake_cards(rng, labels["identification"], labels["modifier"])
    for task in labels:
        labels[task] = np.where(rng.random(rows) < missing, MISSING, labels[task]).astype(np.int64)
    names = {"identification": [f"Card {number}" for number in range(classes)], "modifier": list(MODIFIERS)}
    keys = [f"cluster{number}_card{number}_id{number}.png" for number in range(rows)]
    return Predictions(keys, cards, logits, labels, names, embedding.astype(np.float32))


def _logits(rng: np.random.Generator, labels: np.ndarray, num: int, right: float) -> np.ndarray:
    logits = rng.normal(0, 1, (len(labels), num)).astype(np.float32)
    wrong = rng.random(len(labels)) > right
    logits[np.arange(len(labels)), np.where(wrong, (labels + 1) % num, labels)] += rng.uniform(2, 7, len(labels)).astype(
        np.float32
    )
    return logits


def fake_cards(rng: np.random.Generator, names: np.ndarray, modifiers: np.ndarray) -> np.ndarray:
    """(N, *SIZE, 3) uint8: a ground by name, a bar by modifier, noise."""
    colours = np.random.default_rng(5).integers(20, 236, (int(names.max(initial=0)) + 6, 3))
    cards = np.empty((len(names), *SIZE, 3), np.float32)
    cards[:] = colours[names][:, None, None]
    cards[:, 20:26] = colours[-1 - modifiers][:, None, None]
    return (cards + rng.normal(0, 8, cards.shape)).clip(0, 255).astype(np.uint8)


def fake_history(epochs: int = 8, start: float = 2.0, metrics: bool = True) -> list[EpochRecord]:
    """Losses that fall, shares that rise; the second last epoch is the best."""
    return [
        EpochRecord(
            epoch=epoch,
            step=epoch * 10,
            seconds=epoch * 12.5,
            images_per_second=480.0,
            train_loss={"total": start / epoch, "identification": start / epoch / 2, "modifier": start / epoch / 2},
            val_loss={"total": start / epoch + 0.1 + (0.3 if epoch == epochs else 0.0)},
            rates={"backbone": 1e-5 / epoch, "heads": 1e-4 / epoch},
            metrics={
                "identification": {"top1": 1 - 0.6 / epoch, "top3": 1 - 0.2 / epoch},
                "modifier": {"top1": 1 - 0.3 / epoch},
                "all": {"both_right": 1 - 0.8 / epoch},
            }
            if metrics
            else {},
            best=epoch < epochs,
        )
        for epoch in range(1, epochs + 1)
    ]

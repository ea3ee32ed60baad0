"""A data folder with a few small pictures, and an encoder that takes no time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from balatro.annotate_dataset.suggest.encoder import Encoder
from balatro.config.modifiers import MODIFIERS


def picture(card: int, view: int = 0) -> np.ndarray:
    """(32, 24, 3) uint8: each card has its own pattern, each view of it a little noise."""
    pattern = np.random.default_rng([1, card]).integers(0, 256, (4, 3, 3), dtype=np.uint8)
    noise = np.random.default_rng([2, card, view]).integers(-6, 7, (32, 24, 3))
    return (pattern.repeat(8, axis=0).repeat(8, axis=1) + noise).clip(0, 255).astype(np.uint8)


def write_pictures(folder: Path, named: Mapping[str, tuple[int, int]]) -> Path:
    """Pictures by file name, each of a (card, view)."""
    for name, (card, view) in named.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(card, view)).save(path)
    return folder


def key_of(number: int, cards: int = 3) -> str:
    """A captured picture's name: every card a cluster, two views a group."""
    card, view = number % cards, number // cards
    return f"cluster{card}_card{card * 10 + view // 2}_id{number}.png"


def small_data(folder: Path, num: int = 6, cards: int = 3) -> Path:
    """A data folder with `num` captured pictures of three cards, none labelled."""
    write_pictures(folder / "screenshots", {key_of(n, cards): (n % cards, n // cards) for n in range(num)})
    return folder


class FakeSession:
    """Sees a card as eight by eight pixels; a card with much red in its first pixel is Foil."""

    def run(self, names: list[str], feed: Mapping[str, np.ndarray]) -> list[Any]:
        cards = feed["cards"].astype(np.float32)
        small = np.array([cv2.resize(card, (6, 8), interpolation=cv2.INTER_AREA) for card in cards])
        outputs = {
            "embedding": small.reshape(len(cards), -1) - 128,
            "modifier": np.zeros((len(cards), len(MODIFIERS)), np.float32),
        }
        outputs["modifier"][:, 0] = 1.0
        return [outputs[name] for name in names]


def fake_encoder(heads: bool = False) -> Encoder:
    return Encoder("fake", FakeSession(), (24, 32), 0.2 if heads else None)  # type: ignore[arg-type]

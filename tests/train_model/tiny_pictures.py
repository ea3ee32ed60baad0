"""Folders of labelled pictures of cards, drawn in no time."""

from pathlib import Path

import numpy as np
from PIL import Image

from balatro.config.modifiers import MODIFIERS
from balatro.train_model.settings.settings import TrainSettings
from balatro.train_model.settings.strategies.optimizers import AdamW
from balatro.train_model.settings.strategies.schedulers import Constant
from balatro.utils.labels import CardLabel, write_labels
from tests.train_model.tiny_deck import body

NAMES = ("Egg", "Pluto", "The Fool", "Aura")
TINTS = {
    "Base": (1, 1, 1),
    "Foil": (0.7, 0.9, 1.3),
    "Holographic": (1.3, 0.7, 1),
    "Polychrome": (0.7, 1.3, 0.7),
    "Negative": (-1, -1, -1),
}


def picture(seed: int, modifier: str = "Base", noise: int = 0) -> np.ndarray:
    """(95, 71, 3) uint8: a card of a seed's colours, tinted; noise: another seed, for another capture of it."""
    card = body(seed)[..., :3] * np.array(TINTS[modifier], np.float32)
    card = card + (255 if modifier == "Negative" else 0)
    rng = np.random.default_rng([3, seed, noise])
    card = card * rng.uniform(0.8, 1.0) + rng.normal(0, 12, card.shape)
    y, x = rng.integers(5, 75), rng.integers(5, 50)
    card[y : y + 14, x : x + 14] = rng.integers(0, 255, 3)  # a cursor or the like: captures of one card are no near-duplicates
    return card.clip(0, 255).astype(np.uint8)


def save_pictures(
    folder: Path, copies: int = 4, names: tuple[str, ...] = NAMES, modifiers: tuple[str, ...] = MODIFIERS[:2]
) -> Path:
    """A dataset folder: every name in every modifier, `copies` captures of each, with labels.json."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = {}
    for number, name in enumerate(names):
        for place, modifier in enumerate(modifiers):
            for copy in range(copies):
                key = f"cluster{number}_card{len(labels)}_id{len(labels)}.png"
                Image.fromarray(picture(number, modifier, 10 * place + copy)).save(folder / key)
                labels[key] = CardLabel(name=name, modifier=modifier, cluster=number, card_group=len(labels))
    write_labels(folder / "labels.json", labels)
    return folder


def quick(folder: Path, **changes: object) -> TrainSettings:
    """Settings of a short run on a folder of pictures."""
    values: dict[str, object] = {
        "data": ("originals",), "input": str(folder), "epochs": 2, "minutes": 0.0, "backbone": "cardnet_tiny", "embedding": 16,
        "pretrained": "no", "batch_size": 8, "image_size": (48, 64), "optimizer": AdamW(lr=5e-3), "scheduler": Constant(),
        "best": "loss", "ema": 0.9, "seed": 3, "workers": 0, "threads": 1, "device": "cpu", "precision": "float32",
    }  # fmt: skip
    return TrainSettings(**{**values, **changes})  # type: ignore[arg-type]

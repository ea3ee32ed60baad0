"""A small labelled dataset of drawn pictures, and what lies in a folder."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from balatro.utils.labels import CardLabel, write_labels

LABELS = {
    "cluster1_card1_id1.png": CardLabel(name="Egg", type="Joker", rarity="Common", modifier="Base", cluster=1, card_group=1),
    "cluster1_card1_id2.png": CardLabel(name="Egg", type="Joker", rarity="Common", modifier="Base", cluster=1, card_group=1),
    "cluster1_card2_id3.png": CardLabel(name="Egg", type="Joker", rarity="Common", modifier="Base", cluster=1, card_group=2),
    "cluster2_card3_id4.png": CardLabel(name="Egg", type="Joker", rarity="Common", modifier="Foil", cluster=2, card_group=3),
    "cluster3_card4_id5.png": CardLabel(name="DNA", type="Joker", rarity="Rare", modifier="Negative", cluster=3, card_group=4),
}
"""Egg has four pictures, DNA, a rare card, has one."""


def draw_card(number: int, size: tuple[int, int] = (36, 48)) -> np.ndarray:
    """A card with a figure on green felt: (H, W, 3) uint8 RGB."""
    width, height = size
    image = np.full((height, width, 3), (60, 140, 100), np.uint8)
    image[2:-2, 2:-2] = 245
    cv2.circle(image, (width // 2, height // 2), width // 4, (40 * number % 255, 90, 200), -1)
    cv2.line(image, (5, 5 + number), (width - 8, 8), (30, 30, 30), 1)
    return image


def write_picture(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image[..., ::-1])


def write_dataset(folder: Path, labels: dict[str, CardLabel] = LABELS) -> Path:
    """Pictures for some labels, and their labels.json."""
    for number, key in enumerate(labels):
        write_picture(folder / key, draw_card(number))
    write_labels(folder / "labels.json", labels)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

"""A card of a picture as a picture to be labelled: a crop in the form that capturing has, which `balatro annotate` shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from balatro.build_dataset.find_cards import cut, whole_cards
from balatro.build_dataset.seen import SeenStore
from balatro.config.paths import data_dir


def cut_out(image: np.ndarray, quad: Sequence[tuple[int, int]]) -> np.ndarray | None:
    """The card at four corners of an (H, W, 3) uint8 RGB picture as capturing cuts it out, (h, w, 3) uint8 RGB.

    None when it is not whole or too small.
    """
    quads = whole_cards(np.array([quad], np.float32), image.shape[1], image.shape[0])
    return cut(image, quads)[0] if len(quads) else None


def save_new(store: SeenStore, crop: np.ndarray) -> Path | None:
    """Write a crop; None when another view of the card waits there already, or has its label: it would be asked about twice."""
    decision = store.decide(crop)
    return None if decision.outcome in ("duplicate", "same group") else store.save(crop, decision)


def save_crop(crop: np.ndarray) -> Path | None:
    """Write a crop into the data folder's screenshots, see `save_new`; InputError when another program has them open."""
    with SeenStore(data_dir() / "screenshots") as store:
        return save_new(store, crop)

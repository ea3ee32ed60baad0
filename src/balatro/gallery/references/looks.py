"""What an encoder makes of reference pictures: one look each, and how likeness is measured between looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from balatro.errors import InputError
from balatro.gallery.draw import Encode
from balatro.gallery.gallery import whitening
from balatro.gallery.references.read import Reference
from balatro.gallery.references.views import draw_changed, plain_view
from balatro.utils.images import load_image
from balatro.utils.progress import progress

CHANGED = 3
"""Changed views of each picture beside the plain one; with 7 as many changed copies were named right."""
AT_ONCE = 16
"""Pictures whose views the encoder takes together."""
MAX_SCATTER = 4000
"""Pictures whose views tell how views differ: more tell no more."""
MIN_SIDE = 24
"""A picture of less width or height shows no card that could be told from others."""


@dataclass(frozen=True, eq=False)
class Looks:
    """n pictures as an encoder sees them."""

    embedding: np.ndarray
    """(n, D) float32: the mean over the views of each."""
    within: np.ndarray
    """(m, D) float32: how views differ from the mean of theirs."""
    aspect: np.ndarray
    """(n,) float64: width by height of each picture."""
    taken: tuple[Reference, ...]
    """The references of the pictures, those that could be read."""
    failures: tuple[str, ...] = ()

    def stretch(self) -> np.ndarray:
        """(D, D) float32, see `gallery.whitening`."""
        return whitening(self.within)


def look_at(
    references: Sequence[Reference],
    encode: Encode,
    size: tuple[int, int],
    margin: float,
    load: Callable[[Reference], np.ndarray] | None = None,
) -> Looks:
    """Look at the pictures of references, with a bar. load: what gives a reference's picture; by default its file is read."""
    load = load or load_card
    parts: list[np.ndarray] = []
    within: list[np.ndarray] = []
    taken: list[Reference] = []
    aspects, failures, waiting = [], [], []
    with progress("Looking at every card", total=len(references)) as bar:
        for number, reference in enumerate(references):
            try:
                picture = load(reference)
            except InputError as error:
                failures.append(str(error))
            else:
                taken.append(reference)
                aspects.append(picture.shape[1] / picture.shape[0])
                waiting.append(_views(picture, number, size, margin))
            if len(waiting) == AT_ONCE or (waiting and number + 1 == len(references)):
                means, off = _encode(np.concatenate(waiting), encode)
                parts.append(means)
                within += [off] if len(within) * AT_ONCE < MAX_SCATTER else []
                waiting = []
            bar.advance(note=reference.name)
    if not taken:
        raise InputError(f"none of {len(references)} pictures can be read: {failures[0] if failures else 'there is none'}")
    return Looks(np.concatenate(parts), np.concatenate(within), np.array(aspects), tuple(taken), tuple(failures))


def load_card(reference: Reference) -> np.ndarray:
    """(H, W, 3) uint8 RGB: the picture of a reference, which one card fills; InputError when it is none or too small."""
    picture = load_image(reference.path)
    height, width = picture.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise InputError(f"{reference.path}: {width}x{height} pixels; expected a card of at least {MIN_SIDE}")
    return picture


def _views(picture: np.ndarray, number: int, size: tuple[int, int], margin: float) -> np.ndarray:
    """(1 + CHANGED, h, w, 3) uint8: the same for the same picture at the same place."""
    changed = draw_changed(picture, CHANGED, np.random.default_rng(number), size, margin)
    return np.concatenate([plain_view(picture, size, margin)[None], changed])


def _encode(views: np.ndarray, encode: Encode) -> tuple[np.ndarray, np.ndarray]:
    """Means (n, D) over each picture's views, and (n views, D) how far the views are from them."""
    embedding = encode(views)["embedding"].astype(np.float32)
    grouped = embedding.reshape(-1, 1 + CHANGED, embedding.shape[1])
    means = grouped.mean(axis=1)
    return means, (grouped - means[:, None]).reshape(-1, embedding.shape[1])

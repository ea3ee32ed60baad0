"""The pictures that cards were added by, kept in the model's folder: another encoder looks at them anew.

Each is one PNG in gallery_added/, named by its content: the card with a little of its surroundings, at most KEPT_SIDE pixels
long, with alpha where the picture had one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from balatro.config.model_files import ADDED_PICTURES
from balatro.errors import ModelError
from balatro.identify_card.added.views import Sample
from balatro.utils.files import write_bytes
from balatro.utils.images import to_png

KEPT_SIDE = 256
"""Pixels of a kept picture's longer side, at most: twice what an encoder takes."""
ROOM = 0.1
"""What is kept around the card, as a share of its width and height."""


@dataclass(frozen=True)
class AddedPicture:
    """One picture that a card was added by."""

    file: str
    """Its name in gallery_added/."""
    card: str
    """The card's id in the store."""
    modifier: int
    """Index into MODIFIERS."""
    quad: tuple[tuple[float, float], ...]
    """The card's corners in it, pixels."""
    origin: str = ""
    """Where it is from, for who wants to take it back: a picture's key in a dataset. Empty when it was given by hand."""


def to_keep(sample: Sample) -> Sample:
    """The sample as it is kept: cut to the card, not larger than needed. What is kept already stays as it is."""
    height, width = sample.picture.shape[:2]
    low, high = sample.quad.min(axis=0), sample.quad.max(axis=0)
    room = ROOM * (high - low)
    left, top = np.maximum(np.floor(low - room), 0).astype(int)
    right, bottom = np.minimum(np.ceil(high + room), (width, height)).astype(int)
    planes = [sample.picture] if sample.alpha is None else [sample.picture, sample.alpha]
    planes = [plane[top:bottom, left:right] for plane in planes]
    quad = sample.quad - np.array((left, top), np.float32)
    factor = KEPT_SIDE / max(planes[0].shape[:2])
    if factor < 1:
        size = max(1, round(planes[0].shape[1] * factor)), max(1, round(planes[0].shape[0] * factor))
        quad = quad * (np.array(size, np.float32) / np.array(planes[0].shape[1::-1], np.float32))
        planes = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in planes]
    picture, alpha = (*planes, None)[:2]
    return Sample(np.ascontiguousarray(picture), np.round(quad, 2).astype(np.float32), alpha)


def as_added(sample: Sample, card: str, modifier: int, origin: str) -> tuple[AddedPicture, bytes]:
    """The entry of a sample that is `to_keep`, and its PNG."""
    planes = [sample.picture] if sample.alpha is None else [sample.picture, sample.alpha[..., None]]
    png = to_png(np.concatenate(planes, axis=2), packed=True)
    quad = tuple((round(float(x), 2), round(float(y), 2)) for x, y in sample.quad)
    return AddedPicture(f"{hashlib.sha256(png).hexdigest()[:20]}.png", card, modifier, quad, origin), png


def write_picture(folder: Path, picture: AddedPicture, png: bytes) -> None:
    """Put a picture into a model's folder, unless it is there."""
    path = folder / ADDED_PICTURES / picture.file
    if not path.is_file():
        write_bytes(path, png)


def read_sample(folder: Path, picture: AddedPicture) -> Sample:
    """A kept picture as a sample; ModelError when it is gone or damaged."""
    path = folder / ADDED_PICTURES / picture.file
    try:
        with Image.open(path) as image:
            if max(image.size) > KEPT_SIDE or image.mode not in ("RGB", "RGBA"):
                raise ValueError(f"{image.width}x{image.height} {image.mode}")
            planes = np.asarray(image)
    except Exception as error:  # Pillow's readers raise whatever a damaged file makes them stumble on
        raise ModelError(
            f"{path}: not readable ({error}), and this encoder has not seen it yet; "
            f"`balatro gallery remove {picture.card}`, and add that card anew"
        ) from error
    alpha = np.ascontiguousarray(planes[..., 3]) if planes.shape[2] == 4 else None
    return Sample(np.ascontiguousarray(planes[..., :3]), np.array(picture.quad, np.float32), alpha)


def remove_unused(folder: Path, used: set[str]) -> None:
    """Remove the pictures that no card is added by any more."""
    for path in (folder / ADDED_PICTURES).glob("*.png"):
        if path.name not in used:
            path.unlink(missing_ok=True)

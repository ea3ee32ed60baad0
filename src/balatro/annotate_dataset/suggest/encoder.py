"""The encoder that compares: pictures of cards become embeddings, and those of one card point the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from balatro.config.model_files import PACKAGE_ENCODER
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import package_weights
from balatro.config.shapes import CARD_SIZE
from balatro.errors import InputError, ModelError
from balatro.utils.images import load_image, rectify
from balatro.utils.quads import whole

if TYPE_CHECKING:
    import onnxruntime

PACKAGE = "package"
"""The name of the encoder that comes with Balatro."""
BATCH = 64
ASPECTS = (0.4, 1.3)
"""Width by height of pictures of one card; a whole screen is none."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Encoded:
    """What an encoder says of N pictures."""

    embedding: np.ndarray
    """(N, D) float32, unit length."""
    modifier: np.ndarray | None
    """(N, modifiers) probabilities, None from an encoder without such a head."""

    def __len__(self) -> int:
        return len(self.embedding)


@dataclass(frozen=True, eq=False)
class Encoder:
    """A network that turns pictures of cards into embeddings."""

    name: str
    session: onnxruntime.InferenceSession
    size: tuple[int, int] = CARD_SIZE
    """Width and height of the cards that it takes."""
    temperature: float | None = None
    """Of its modifier head; None when it has none with the five modifiers."""

    def encode(self, pictures: Sequence[np.ndarray]) -> Encoded:
        """Look at (H, W, 3) uint8 RGB pictures of one card each, of any sizes."""
        from balatro.utils.chances import softmax

        wanted = ["embedding"] if self.temperature is None else ["embedding", "modifier"]
        parts = []
        for some in batches(pictures, BATCH):
            # The whole picture is the card: whoever cut it out has left as much margin as there should be.
            cards = np.concatenate([rectify(picture, whole(*picture.shape[1::-1]), self.size, margin=0.0) for picture in some])
            parts.append(self.session.run(wanted, {"cards": cards}))
        if not parts:
            return Encoded(np.zeros((0, 0), np.float32), None)
        embedding = _unit(np.concatenate([part[0] for part in parts]).astype(np.float32))
        if not np.isfinite(embedding).all():
            raise ModelError(f"model {self.name!r}: its embeddings are no numbers; train it anew, or leave --model out")
        if self.temperature is None:
            return Encoded(embedding, None)
        return Encoded(embedding, softmax(np.concatenate([part[1] for part in parts]), self.temperature))


def load_encoder(model: str | None = None, threads: int | None = None) -> Encoder:
    """The encoder of a model by name or folder, by default the one that comes with Balatro; ModelError when there is none."""
    from balatro.runtime.bundle import find_bundle, load_bundle
    from balatro.runtime.locator import check_network
    from balatro.runtime.model_json import Task, read_package_json
    from balatro.runtime.sessions import network_file, open_session

    if model is None or model == PACKAGE:
        name, path, size = PACKAGE, package_weights() / PACKAGE_ENCODER, CARD_SIZE
        tasks = read_package_json().tasks
    else:
        bundle = load_bundle(find_bundle(model))
        name, path, size = bundle.name, network_file(bundle.folder, "model"), bundle.input_size
        tasks = bundle.tasks
    session = open_session(path, threads)
    check_network(session, path, "cards", ["embedding"])
    modifier = tasks.get("modifier", Task(()))
    has_head = modifier.classes == MODIFIERS and "modifier" in [output.name for output in session.get_outputs()]
    return Encoder(name, session, size, modifier.temperature if has_head else None)


def one_card(path: Path) -> np.ndarray:
    """A picture of one card, (H, W, 3) uint8 RGB; InputError when it cannot be read or has no card's shape."""
    picture = load_image(path)
    height, width = picture.shape[:2]
    if not ASPECTS[0] <= width / height <= ASPECTS[1]:
        raise InputError(f"{path}: {width}x{height} pixels, no picture of one card; cut the cards out first")
    return picture


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def _unit(rows: np.ndarray) -> np.ndarray:
    result: np.ndarray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return result

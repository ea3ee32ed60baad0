"""Reading a bundle, the folder of a model: model.json, model.onnx, locator.onnx and, where it has one, gallery.npz."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import data_dir, model_dir
from balatro.errors import ModelError
from balatro.runtime.model_json import BundleCard, GallerySettings, Game, ModelJson, Task, read_model_json
from balatro.utils.files import put_back

AUTO = ("game", "demo")
"""The models that "auto" looks for, in this order."""
MAKE = "`balatro art import` makes the model `game` from your copy of the game, `balatro demo` shows all without it"


@dataclass(frozen=True)
class Bundle:
    """What reading cards needs of a model.json, and where it lies."""

    folder: Path
    name: str
    deck: str
    input_size: tuple[int, int]
    """Width and height of a card for the encoder, pixels."""
    margin: float
    tasks: dict[str, Task]
    cards: tuple[BundleCard, ...]
    twins: tuple[tuple[int, ...], ...]
    """Groups of indices into cards: same picture, other drawn size."""
    locator_threshold: float
    gallery: GallerySettings = field(default_factory=GallerySettings)
    has_gallery: bool = False
    """Whether gallery.npz belongs to it: to name the cards, or to doubt the names that a head gives."""
    game: Game | None = None
    """Of which game it is; None for Balatro."""

    @cached_property
    def known(self) -> np.ndarray:
        """(known,) int64: the places of the cards that may be named."""
        return np.flatnonzero([card.known for card in self.cards])

    @cached_property
    def unknown(self) -> np.ndarray:
        """(unknown,) int64: the places of the others."""
        return np.flatnonzero([not card.known for card in self.cards])

    @cached_property
    def same_name(self) -> np.ndarray | None:
        """(known,) int64: of `known` cards, those of one name have one number; None where each has a name of its own."""
        numbers: dict[str, int] = {}
        same = np.array([numbers.setdefault(self.cards[place].name, len(numbers)) for place in self.known], np.int64)
        return same if len(numbers) < len(same) else None


def find_bundle(name_or_folder: str | os.PathLike[str] = "auto") -> Path:
    """The folder of a model, by name, by path, or "auto": `game` where there is one, else `demo`."""
    if str(name_or_folder) == "auto":
        for name in AUTO:
            if _is_model(model_dir(name)):
                return model_dir(name)
        raise ModelError(f"no model yet in {data_dir() / 'models'}: {MAKE}")
    folder = Path(name_or_folder)
    if _is_model(folder):
        return folder
    if folder.name == str(name_or_folder) and _is_model(model_dir(folder.name)):
        return model_dir(folder.name)
    have = ", ".join(model_names())
    raise ModelError(f"no model {str(name_or_folder)!r}: " + (f"there are {have}" if have else f"there is none yet; {MAKE}"))


def _is_model(folder: Path) -> bool:
    """Whether a model is there, or was when a process that replaced it was killed."""
    put_back(folder)
    return (folder / MODEL_FILE).is_file()


def model_names() -> list[str]:
    """The models in the data folder."""
    return sorted(path.parent.name for path in (data_dir() / "models").glob("*/model.json") if path.parent.name[0] != ".")


def load_bundle(folder: Path) -> Bundle:
    """Read model.json; ModelError when it is missing, damaged or of a newer format."""
    path = folder / MODEL_FILE
    if not _is_model(folder):
        raise ModelError(f"{folder}: no model.json there, so it is not a model; {MAKE}")
    return _bundle(folder, read_model_json(path))


def _bundle(folder: Path, model: ModelJson) -> Bundle:
    index = {card.id: number for number, card in enumerate(model.cards)}
    return Bundle(
        folder=folder,
        name=model.name,
        deck=model.deck,
        input_size=model.input_size,
        margin=model.margin,
        tasks=dict(model.tasks),
        cards=model.cards,
        twins=tuple(tuple(index[card] for card in group) for group in model.twins),
        locator_threshold=model.locator_threshold,
        gallery=model.gallery or GallerySettings(),
        has_gallery=model.gallery is not None or "identification" not in model.tasks,
        game=model.game,
    )

"""Reading a bundle, the folder of a model: model.json, model.onnx, locator.onnx and, where it has one, gallery.npz."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from balatro.config.model_files import MODEL_FILE
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import data_dir, model_dir
from balatro.config.shapes import MODEL_FORMAT
from balatro.errors import ModelError
from balatro.utils.files import put_back, read_json

AUTO = ("game", "demo")
"""The models that "auto" looks for, in this order."""
MAKE = "`balatro art import` makes the model `game` from your copy of the game, `balatro demo` shows all without it"


@dataclass(frozen=True)
class BundleCard:
    """One class of the identification."""

    id: str
    name: str
    type: str
    rarity: str
    known: bool
    """False for strangers: playing cards, card backs, vouchers, booster packs."""
    size: tuple[float, float] = (1.0, 1.0)
    """Drawn width and height as shares of a regular card's."""


@dataclass(frozen=True)
class Task:
    """One head: its classes in index order, and how its logits become a probability."""

    classes: tuple[str, ...]
    temperature: float = 1.0
    reject: float = 0.0
    """Below this probability nothing is said."""


@dataclass(frozen=True)
class GallerySettings:
    """How likenesses to a gallery become probabilities."""

    scale: float = 40.0
    """Probabilities are softmax(scale * cosine)."""
    reject: float = 0.35
    """Probability under which a card is unknown: others are nearly as alike."""
    cosine: float = 0.45
    """Likeness under which a card is unknown: nothing is really alike."""


@dataclass(frozen=True)
class Bundle:
    """model.json, read and checked."""

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
    return read_bundle(folder, path)


def read_bundle(folder: Path, path: Path) -> Bundle:
    """A model's facts from a file of model.json's form, which may be one that was kept; ModelError as `load_bundle`."""
    text = read_json(path)
    version = text.get("format") if isinstance(text, dict) else None
    if isinstance(version, int) and version > MODEL_FORMAT:
        raise ModelError(f"{path}: model format {version}, this version reads up to {MODEL_FORMAT}; update Balatro")
    if version != MODEL_FORMAT:
        raise ModelError(f"{path}: model format {version!r}, expected {MODEL_FORMAT}; make the model anew")
    try:
        return _read(folder, text)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"{path}: damaged ({type(error).__name__}: {error}); make the model anew") from error


def _read(folder: Path, text: dict[str, Any]) -> Bundle:
    tasks = {name: _read_task(task) for name, task in text["tasks"].items()}
    cards = tuple(_read_card(card) for card in text["cards"])
    _check_classes(tasks, cards)
    index = {card.id: number for number, card in enumerate(cards)}
    return Bundle(
        folder=folder,
        name=str(text["name"]),
        deck=str(text["deck"]),
        input_size=(int(text["input"]["width"]), int(text["input"]["height"])),
        margin=float(text["input"]["margin"]),
        tasks=tasks,
        cards=cards,
        twins=tuple(tuple(index[card] for card in group) for group in text.get("twins", [])),
        locator_threshold=float(text["locator"]["threshold"]),
        gallery=GallerySettings(**{key: float(value) for key, value in text.get("gallery", {}).items()}),
        has_gallery="gallery" in text or "identification" not in tasks,
    )


def _read_task(task: dict[str, Any]) -> Task:
    if not isinstance(task, dict):
        raise TypeError(f"a task is {type(task).__name__}, expected an object")
    temperature = float(task.get("temperature", 1.0))
    if temperature <= 0:
        raise ValueError(f"temperature {temperature}")
    return Task(tuple(map(str, task["classes"])), temperature, float(task.get("reject", 0.0)))


def _read_card(card: dict[str, Any]) -> BundleCard:
    if not isinstance(card, dict):
        raise TypeError(f"a card is {type(card).__name__}, expected an object")
    width, height = card.get("size", (1.0, 1.0))
    return BundleCard(
        id=str(card["id"]),
        name=str(card["name"]),
        type=str(card["type"]),
        rarity=str(card["rarity"]),
        known=bool(card["known"]),
        size=(float(width), float(height)),
    )


def _check_classes(tasks: dict[str, Task], cards: tuple[BundleCard, ...]) -> None:
    if not tasks:
        raise ValueError("no tasks")
    if "modifier" in tasks and tasks["modifier"].classes != MODIFIERS:
        raise ValueError(f"modifiers {tasks['modifier'].classes}, expected {MODIFIERS}")
    if "identification" in tasks and tasks["identification"].classes != tuple(card.id for card in cards):
        raise ValueError("the identification classes are not the cards' ids")

"""A model that names a deck's cards without training, by the package's networks and a gallery.

make_gallery_bundle(deck, model_dir("game"))     # what `balatro art import` ends with
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from balatro.config.kinds import KINDS
from balatro.config.model_files import (
    ADDED_FILE,
    ADDED_PICTURES,
    ENCODER_FILE,
    GALLERY_FILE,
    LOCATOR_FILE,
    MODEL_FILE,
    PACKAGE_ENCODER,
)
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import package_weights
from balatro.config.shapes import CARD_SIZE, MARGIN
from balatro.errors import ModelError
from balatro.gallery.draw import Encode, calibrate_gallery, draw_gallery
from balatro.gallery.gallery import pack_gallery
from balatro.render.deck import Deck, deck_hash, find_twins
from balatro.runtime.model_json import REMEDY, BundleCard, ModelJson, Task, read_package_json, write_model_json
from balatro.runtime.sessions import open_session
from balatro.utils.files import check_place, new_folder
from balatro.utils.pixel_font import FONT_FILE, pack_font

ENCODED = ["embedding", "kind"]
"""What a gallery needs to know of a picture."""
TASKS = {"modifier": MODIFIERS, "kind": KINDS}
ORDER = (
    "format", "name", "deck", "backbone", "input", "embedding", "tasks", "gallery", "cards", "twins", "locator", "scores",
    "data_hash",
)  # fmt: skip
TASK_ORDER = ("temperature", "reject", "classes")
"""Of the keys in model.json and in its tasks, so that models that are made anew stay the same byte for byte."""


def make_gallery_bundle(deck: Deck, folder: Path, weights: Path | None = None, seed: int = 0) -> Path:
    """Make a model that names a deck's cards without training, whole or not at all, in half a minute.

    The package's networks, which know no deck, see every card as a screen shows it; their embeddings are the gallery.
    weights: folder with encoder.onnx, locator.onnx and weights.json, by default the package's own.
    """
    check_place(folder, MODEL_FILE)
    weights = weights or package_weights()
    model = _headless(deck, folder.name, read_weights(weights))
    encode = encoder(weights / PACKAGE_ENCODER)
    gallery = draw_gallery(deck, encode, seed=seed)
    settings = calibrate_gallery(gallery, deck, encode, model.tasks["kind"].temperature, seed=seed)
    model = replace(model, embedding=gallery.embedding.shape[1], gallery=settings)
    with new_folder(folder, MODEL_FILE, keep=(ADDED_FILE, ADDED_PICTURES)) as building:
        shutil.copyfile(weights / PACKAGE_ENCODER, building / ENCODER_FILE)
        shutil.copyfile(weights / LOCATOR_FILE, building / LOCATOR_FILE)
        (building / GALLERY_FILE).write_bytes(pack_gallery(gallery))
        if deck.font:
            (building / FONT_FILE).write_bytes(pack_font(deck.font))
        write_model_json(building / MODEL_FILE, model)
    return folder


def encoder(path: Path) -> Encode:
    """The encoder of this file, of an untrained model."""
    session = open_session(path)
    return lambda cards: dict(zip(ENCODED, session.run(ENCODED, {"cards": cards}), strict=True))


def read_weights(folder: Path) -> ModelJson:
    """weights.json; ModelError when it is damaged, or a file of the package is missing."""
    for name in (PACKAGE_ENCODER, LOCATOR_FILE):
        if not (folder / name).is_file():
            raise ModelError(f"{folder / name} is missing: {REMEDY}")
    return read_package_json(folder)


def _headless(deck: Deck, name: str, about: ModelJson) -> ModelJson:
    """model.json of a bundle without an identification head, but for its gallery. about: the weights', as they came."""
    return ModelJson(
        name=name,
        deck=deck.name,
        backbone=about.backbone or "",
        input_size=CARD_SIZE,
        margin=MARGIN,
        tasks={task: replace(about.tasks.get(task, Task(())), classes=classes) for task, classes in TASKS.items()},
        cards=tuple(BundleCard(c.id, c.name, c.type, c.rarity, c.known, c.size) for c in deck.cards),
        twins=tuple(tuple(group) for group in find_twins(deck)),
        locator_threshold=about.locator_threshold,
        scores={},
        data_hash=deck_hash(deck),
        order=ORDER,
        read={"tasks": dict.fromkeys(TASKS, dict.fromkeys(TASK_ORDER))},
    )

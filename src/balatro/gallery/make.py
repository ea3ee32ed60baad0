"""A model that names a deck's cards without training, by the package's networks and a gallery.

make_gallery_bundle(deck, model_dir("game"))     # what `balatro art import` ends with
"""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from balatro.config.kinds import KINDS
from balatro.config.model_files import (
    ADDED_FILE,
    ADDED_PICTURES,
    ENCODER_FILE,
    GALLERY_FILE,
    LOCATOR_FILE,
    MODEL_FILE,
    PACKAGE_ABOUT,
    PACKAGE_ENCODER,
)
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import package_weights
from balatro.config.shapes import CARD_SIZE, MARGIN, MODEL_FORMAT
from balatro.errors import ModelError
from balatro.gallery.draw import Encode, calibrate_gallery, draw_gallery
from balatro.gallery.gallery import Gallery, pack_gallery
from balatro.render.deck import Deck, deck_hash, find_twins
from balatro.runtime.model_json import GallerySettings
from balatro.runtime.sessions import open_session
from balatro.utils.files import check_place, new_folder, read_json, write_json

ENCODED = ["embedding", "kind"]
"""What a gallery needs to know of a picture."""


def make_gallery_bundle(deck: Deck, folder: Path, weights: Path | None = None, seed: int = 0) -> Path:
    """Make a model that names a deck's cards without training, whole or not at all, in half a minute.

    The package's networks, which know no deck, see every card as a screen shows it; their embeddings are the gallery.
    weights: folder with encoder.onnx, locator.onnx and weights.json, by default the package's own.
    """
    check_place(folder, MODEL_FILE)
    weights = weights or package_weights()
    about = _read_weights(weights)
    encode = encoder(weights / PACKAGE_ENCODER)
    gallery = draw_gallery(deck, encode, seed=seed)
    tasks = {task: _task(about, task, classes) for task, classes in (("modifier", MODIFIERS), ("kind", KINDS))}
    settings = calibrate_gallery(gallery, deck, encode, tasks["kind"]["temperature"], seed=seed)
    with new_folder(folder, MODEL_FILE, keep=(ADDED_FILE, ADDED_PICTURES)) as building:
        shutil.copyfile(weights / PACKAGE_ENCODER, building / ENCODER_FILE)
        shutil.copyfile(weights / LOCATOR_FILE, building / LOCATOR_FILE)
        (building / GALLERY_FILE).write_bytes(pack_gallery(gallery))
        write_json(building / MODEL_FILE, _model_text(deck, folder.name, about, tasks, gallery, settings))
    return folder


def encoder(path: Path) -> Encode:
    """The encoder of this file, of an untrained model."""
    session = open_session(path)
    return lambda cards: dict(zip(ENCODED, session.run(ENCODED, {"cards": cards}), strict=True))


def _read_weights(folder: Path) -> dict[str, Any]:
    """weights.json; ModelError when a file of the package is missing."""
    for name in (PACKAGE_ENCODER, LOCATOR_FILE, PACKAGE_ABOUT):
        if not (folder / name).is_file():
            raise ModelError(f"{folder / name} is missing: install Balatro anew, or make it with `balatro pretrain`")
    about = read_json(folder / PACKAGE_ABOUT)
    if not isinstance(about, dict):
        raise ModelError(f"{folder / 'weights.json'}: damaged; install Balatro anew")
    return about


def _task(about: dict[str, Any], task: str, classes: tuple[str, ...]) -> dict[str, Any]:
    """A task's part of model.json, as the weights came with it."""
    return {"temperature": 1.0, "reject": 0.0} | about.get("tasks", {}).get(task, {}) | {"classes": list(classes)}


def _model_text(
    deck: Deck, name: str, about: dict[str, Any], tasks: dict[str, Any], gallery: Gallery, settings: GallerySettings
) -> dict[str, Any]:
    """model.json of a bundle without an identification head."""
    return {
        "format": MODEL_FORMAT,
        "name": name,
        "deck": deck.name,
        "backbone": about.get("backbone", ""),
        "input": {"width": CARD_SIZE[0], "height": CARD_SIZE[1], "margin": MARGIN, "colour": "RGB"},
        "embedding": gallery.embedding.shape[1],
        "tasks": tasks,
        "gallery": asdict(settings),
        "cards": [
            {"id": c.id, "name": c.name, "type": c.type, "rarity": c.rarity, "known": c.known, "size": list(c.size)}
            for c in deck.cards
        ],
        "twins": [list(group) for group in find_twins(deck)],
        "locator": {"threshold": 0.3} | about.get("locator", {}),
        "scores": {},
        "data_hash": deck_hash(deck),
    }

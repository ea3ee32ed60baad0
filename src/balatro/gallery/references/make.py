"""A model of any card game from named pictures, one a card, in seconds and without training.

    make_reference_bundle(read_references(Path("refs")).references, model_dir("pokemon"))

The package's networks see the pictures, and what they make of them is the gallery: see `looks` and `thresholds`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from balatro.config.model_files import (
    ADDED_FILE,
    ADDED_PICTURES,
    ENCODER_FILE,
    GALLERY_FILE,
    LOCATOR_FILE,
    MODEL_FILE,
    PACKAGE_ENCODER,
)
from balatro.config.paths import package_weights
from balatro.config.shapes import CARD_SIZE, MARGIN
from balatro.errors import InputError, ModelError
from balatro.gallery.draw import Encode
from balatro.gallery.gallery import Gallery, load_gallery, pack_gallery
from balatro.gallery.make import encoder, read_weights
from balatro.gallery.references.cards import join_cards, name_groups
from balatro.gallery.references.looks import Looks, load_card, look_at
from balatro.gallery.references.read import Reference
from balatro.gallery.references.thresholds import fit_settings
from balatro.runtime.model_json import BundleCard, Game, ModelJson, read_model_json, write_model_json
from balatro.utils.files import check_place, new_folder

KEPT = (ENCODER_FILE, LOCATOR_FILE, ADDED_FILE, ADDED_PICTURES)
MAX_CARDS = 200_000
"""Cards of a gallery of pictures; twice what was measured."""


@dataclass(frozen=True)
class Made:
    """What became of the pictures."""

    folder: Path
    cards: int
    """Of the model, all together."""
    pictures: int
    """Those that were taken now."""
    failures: tuple[str, ...]


def make_reference_bundle(references: Sequence[Reference], folder: Path, weights: Path | None = None) -> Made:
    """Make a model that names these cards, whole or not at all. weights: as of `make_gallery_bundle`."""
    check_place(folder, MODEL_FILE)
    weights = weights or package_weights()
    about = read_weights(weights)
    encode = encoder(weights / PACKAGE_ENCODER)
    looks = look_at(references, encode, CARD_SIZE, MARGIN)
    cards, card = join_cards(looks.taken)
    _check_number(cards)
    gallery = Gallery(looks.embedding, card, np.zeros(len(card), np.int8), looks.stretch())
    model = ModelJson(
        name=folder.name,
        deck=folder.name,
        backbone=about.backbone or "",
        input_size=CARD_SIZE,
        margin=MARGIN,
        embedding=gallery.embedding.shape[1],
        tasks={},  # the package's heads know the things of one game, and take cards of others for nothing
        cards=cards,
        locator_threshold=about.locator_threshold,
        scores={},
        data_hash=digest(gallery),
        game=Game(_aspects(looks)),
    )
    model = _fitted(model, gallery, looks, np.arange(len(card)), encode)
    with new_folder(folder, MODEL_FILE, keep=(ADDED_FILE, ADDED_PICTURES)) as building:
        shutil.copyfile(weights / PACKAGE_ENCODER, building / ENCODER_FILE)
        shutil.copyfile(weights / LOCATOR_FILE, building / LOCATOR_FILE)
        write_gallery(building, model, gallery)
    return Made(folder, len(cards), len(looks.taken), looks.failures)


def add_references(folder: Path, references: Sequence[Reference]) -> Made:
    """Put more pictures into a model that `make_reference_bundle` has made: of its cards, or of new ones."""
    model, old = read_model_json(folder / MODEL_FILE), load_gallery(folder / GALLERY_FILE)
    if model.game is None or old.stretch is None:
        raise ModelError(f"{folder}: not a model of another game's pictures; make one with `balatro gallery new`")
    encode = encoder(folder / ENCODER_FILE)
    looks = look_at(references, encode, model.input_size, model.margin)
    cards, card = join_cards(looks.taken, model.cards)
    _check_number(cards)
    gallery = old.joined(looks.embedding, card, np.zeros(len(card), np.int8))
    rows = np.arange(len(old.card), len(gallery.card))
    aspects = (*model.game.aspect, *_aspects(looks))
    joined = replace(model, cards=cards, data_hash=digest(gallery), game=Game((min(aspects), max(aspects))))
    fitted = _fitted(joined, gallery, looks, rows, encode)
    assert model.gallery is not None and fitted.gallery is not None
    # What the pictures that were there needed, the new ones cannot tell.
    careful = replace(
        fitted.gallery,
        scale=min(model.gallery.scale, fitted.gallery.scale),
        cosine=max(model.gallery.cosine, fitted.gallery.cosine),
    )
    with new_folder(folder, MODEL_FILE, keep=KEPT) as building:
        write_gallery(building, replace(fitted, gallery=careful), gallery)
    return Made(folder, len(cards), len(looks.taken), looks.failures)


def _fitted(model: ModelJson, gallery: Gallery, looks: Looks, rows: np.ndarray, encode: Encode) -> ModelJson:
    """The model with thresholds measured on the pictures of some rows, those of `looks` in order."""
    settings = fit_settings(
        gallery, name_groups(model.cards), rows, lambda number: load_card(looks.taken[number]), encode, model.input_size,
        model.margin,
    )  # fmt: skip
    return replace(model, gallery=settings)


def write_gallery(folder: Path, model: ModelJson, gallery: Gallery) -> None:
    """Write gallery.npz and model.json into a folder that is being made."""
    (folder / GALLERY_FILE).write_bytes(pack_gallery(gallery))
    write_model_json(folder / MODEL_FILE, model)


def _check_number(cards: Sequence[BundleCard]) -> None:
    if len(cards) > MAX_CARDS:
        raise InputError(f"{len(cards)} cards; at most {MAX_CARDS} fit into one model: make one for each part")


def _aspects(looks: Looks) -> tuple[float, float]:
    return round(float(looks.aspect.min()), 4), round(float(looks.aspect.max()), 4)


def digest(gallery: Gallery) -> str:
    """What tells a gallery from another, for `data_hash`."""
    return hashlib.sha256(gallery.embedding.astype(np.float16).tobytes()).hexdigest()[:16]

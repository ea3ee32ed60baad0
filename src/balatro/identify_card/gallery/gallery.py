"""Naming cards by likeness: the embeddings of every card of a deck, so that no training is needed.

make_gallery_bundle(deck, model_dir("game"))     # what `balatro art import` ends with
"""

from __future__ import annotations

import io
import shutil
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from balatro.config.kinds import KINDS, NOTHING
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
from balatro.identify_card.naming import softmax
from balatro.render.deck import Deck, deck_hash, find_twins
from balatro.runtime.bundle import GallerySettings
from balatro.runtime.sessions import open_session
from balatro.utils.files import check_place, new_folder, read_json, write_bytes, write_json
from balatro.utils.progress import progress

NUM_PHASES = 4
"""Views of each known card in each modifier: editions move, and so does the light of a Spectral."""
NUM_STRANGER_VIEWS = 3
BATCH = 64


@dataclass(frozen=True, eq=False)
class Gallery:
    """Embeddings of cards whose names are known.

    embedding: (n, D) float32, unit length. card: (n,) int32, index into the bundle's cards. modifier: (n,) int8.
    """

    embedding: np.ndarray
    card: np.ndarray
    modifier: np.ndarray

    def nearest(self, embedding: np.ndarray, num_cards: int) -> np.ndarray:
        """(N, num_cards) float32: each card's likeness (cosine, -1..1) to (N, D) embeddings, in its most alike modifier.

        Cards without a view have -1.
        """
        likeness = np.full((len(embedding), num_cards), -1.0, np.float32)
        if len(embedding) == 0 or len(self.card) == 0:
            return likeness
        measure = self._measure
        likeness[:, measure.cards] = np.maximum.reduceat(self._to_looks(embedding), measure.starts, axis=1)
        return likeness

    def joined(self, embedding: np.ndarray, card: np.ndarray, modifier: np.ndarray) -> Gallery:
        """The same with more views, see the fields; of cards that it has, or of others."""
        new = (embedding, card, modifier)
        old = (self.embedding, self.card, self.modifier)
        return Gallery(*(np.concatenate([one, more.astype(one.dtype)]) for one, more in zip(old, new, strict=True)))

    def modifiers(self, embedding: np.ndarray, card: np.ndarray) -> np.ndarray:
        """(N, modifiers) float32: the likeness of (N, D) embeddings to the given (N,) card in each modifier.

        All 0, which is no opinion, for a card that was not seen in every modifier.
        """
        likeness = np.zeros((len(embedding), len(MODIFIERS)), np.float32)
        if len(embedding) == 0 or len(self.card) == 0:
            return likeness
        measure, looks = self._measure, self._to_looks(embedding)
        counts = np.diff(np.append(measure.starts, looks.shape[1]))
        whole = dict(zip(measure.cards[counts == len(MODIFIERS)], measure.starts[counts == len(MODIFIERS)], strict=True))
        for row, number in enumerate(card):
            if (start := whole.get(number)) is not None:
                likeness[row] = looks[row, start : start + len(MODIFIERS)]
        return likeness

    def _to_looks(self, embedding: np.ndarray) -> np.ndarray:
        """(N, G) cosines to the mean looks."""
        cosines: np.ndarray = _unit(embedding.astype(np.float32) @ self._measure.stretch) @ self._measure.looks.T
        return cosines

    @cached_property
    def _measure(self) -> _Measure:
        """How likeness is measured here: by cosines after the directions in which views of one card in one modifier differ
        were shrunk (within-class whitening, the first half of linear discriminant analysis), to the mean of these views."""
        group, row = np.unique(self.card.astype(np.int64) * len(MODIFIERS) + self.modifier, return_inverse=True)
        count = np.bincount(row)
        means = np.zeros((len(group), self.embedding.shape[1]), np.float64)
        np.add.at(means, row, self.embedding)
        means /= count[:, None]
        scatter = np.cov(self.embedding - means[row], rowvar=False, bias=True)
        size = np.trace(scatter) / len(scatter)
        # Without scatter (one view each) all directions count alike.
        values, vectors = np.linalg.eigh(scatter + (RIDGE * size + 1e-9) * np.eye(len(scatter)))
        stretch = (vectors / np.sqrt(values)).astype(np.float32)
        cards, starts = np.unique(group // len(MODIFIERS), return_index=True)
        return _Measure(stretch, _unit(means.astype(np.float32) @ stretch), cards, starts)


@dataclass(frozen=True, eq=False)
class _Measure:
    """stretch (D, D); looks (G, D) unit rows, one a card and modifier, ordered by card; cards (C,) and where each starts."""

    stretch: np.ndarray
    looks: np.ndarray
    cards: np.ndarray
    starts: np.ndarray


RIDGE = 0.1
"""Share of the mean scatter that is added in every direction; 0.03 to 0.3 name real frames alike."""


def _unit(rows: np.ndarray) -> np.ndarray:
    length: np.ndarray = np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    result: np.ndarray = rows / length
    return result


_PARTS = {"embedding": np.float32, "card": np.int32, "modifier": np.int8}


def save_gallery(gallery: Gallery, path: Path) -> None:
    """Write gallery.npz, whole or not at all."""
    data = io.BytesIO()
    np.savez(data, embedding=gallery.embedding.astype(np.float16), card=gallery.card, modifier=gallery.modifier)
    write_bytes(path, data.getvalue())


def load_gallery(path: Path) -> Gallery:
    """Read gallery.npz; ModelError when it is missing or damaged."""
    if not path.is_file():
        raise ModelError(f"{path} is missing, and the model names cards by it: make it anew with `balatro art import`")
    try:
        with np.load(path, allow_pickle=False) as data:
            parts = [data[name].astype(kind) for name, kind in _PARTS.items()]
    except Exception as error:  # a damaged zip raises many things
        raise ModelError(f"{path}: damaged ({error}); make the model anew with `balatro art import`") from error
    gallery = Gallery(*parts)
    if gallery.embedding.ndim != 2 or not len(gallery.embedding) == len(gallery.card) == len(gallery.modifier):
        raise ModelError(f"{path}: its parts do not fit each other; make the model anew with `balatro art import`")
    return gallery


def make_gallery_bundle(deck: Deck, folder: Path, weights: Path | None = None, seed: int = 0) -> Path:
    """Make a model that names a deck's cards without training, whole or not at all, in half a minute.

    The package's networks, which know no deck, see every card as a screen shows it; their embeddings are the gallery.
    weights: folder with encoder.onnx, locator.onnx and weights.json, by default the package's own.
    """
    check_place(folder, MODEL_FILE)
    weights = weights or package_weights()
    about = _read_weights(weights)
    gallery = draw_gallery(deck, weights / PACKAGE_ENCODER, seed)
    tasks = {task: _task(about, task, classes) for task, classes in (("modifier", MODIFIERS), ("kind", KINDS))}
    settings = calibrate_gallery(gallery, deck, weights / PACKAGE_ENCODER, tasks["kind"]["temperature"], seed)
    with new_folder(folder, MODEL_FILE, keep=(ADDED_FILE, ADDED_PICTURES)) as building:
        shutil.copyfile(weights / PACKAGE_ENCODER, building / ENCODER_FILE)
        shutil.copyfile(weights / LOCATOR_FILE, building / LOCATOR_FILE)
        save_gallery(gallery, building / GALLERY_FILE)
        write_json(building / MODEL_FILE, _model_text(deck, folder.name, about, tasks, gallery, settings))
    return folder


def draw_gallery(deck: Deck, encoder: Path, seed: int = 0) -> Gallery:
    """Draw the deck's cards in their modifiers and embed them."""
    from balatro.identify_card.gallery.views import draw_views, plan_views

    session = open_session(encoder)
    views = plan_views(deck, NUM_PHASES, NUM_STRANGER_VIEWS)
    rng = np.random.default_rng(seed)
    parts = []
    with progress("Looking at every card", total=len(views)) as bar:
        for start in range(0, len(views), BATCH):
            some = views[start : start + BATCH]
            pictures = draw_views(deck, some, rng, CARD_SIZE, MARGIN)
            parts.append(session.run(["embedding"], {"cards": pictures})[0])
            bar.advance(len(some), note=deck.cards[some[-1].card].name)
    cards = np.array([view.card for view in views], np.int32)
    return Gallery(np.concatenate(parts), cards, np.array([view.modifier for view in views], np.int8))


def calibrate_gallery(gallery: Gallery, deck: Deck, encoder: Path, kind_temperature: float, seed: int = 0) -> GallerySettings:
    """Thresholds for this gallery, from screens drawn of its deck."""
    from balatro.identify_card.judge.calibrate import calibrate, draw_probes

    probes = draw_probes(deck, np.random.default_rng([seed, 1]), CARD_SIZE, MARGIN)
    session = open_session(encoder)
    parts = [probes.pictures[start : start + BATCH] for start in range(0, len(probes.card), BATCH)]
    answers = [session.run(["embedding", "kind"], {"cards": part}) for part in parts]
    known = np.array([card.known for card in deck.cards])
    if not answers:
        return GallerySettings()
    seen = gallery.nearest(np.concatenate([embedding for embedding, _ in answers]), len(deck.cards))
    is_card = 1 - softmax(np.concatenate([kind for _, kind in answers]), kind_temperature)[:, NOTHING]
    return calibrate(seen, probes.card, _groups(deck), known, is_card)


def _groups(deck: Deck) -> np.ndarray:
    """(cards,) a number for each card; twins share one."""
    place = {card.id: number for number, card in enumerate(deck.cards)}
    groups = np.arange(len(deck.cards))
    for twins in find_twins(deck):
        groups[[place[card] for card in twins]] = place[twins[0]]
    return groups


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

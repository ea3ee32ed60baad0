"""Naming cards by likeness: the embeddings of every card of a deck, so that no training is needed.

make_gallery_bundle(deck, model_dir("game"))     # what `balatro art import` ends with
"""

from __future__ import annotations

import hashlib
import io
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import package_weights
from balatro.identify_card.bundle import FORMAT, GallerySettings
from balatro.identify_card.sessions import open_session
from balatro.utils.errors import ModelError
from balatro.utils.files import new_folder, read_json, write_bytes, write_json
from balatro.utils.progress import progress

if TYPE_CHECKING:
    from balatro.render.deck import Deck

SIZE, MARGIN = (96, 128), 0.04
"""Width and height of the pictures that the package's encoder takes, and how they are cut."""
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
        """(N, num_cards) float32: each card's likeness (cosine, -1..1) to (N, D) embeddings, that of its most alike view.

        Cards without a view have -1. The mean of the two most alike views names no better, measured on real frames.
        """
        likeness = np.full((len(embedding), num_cards), -1.0, np.float32)
        if len(embedding) == 0 or len(self.card) == 0:
            return likeness
        order = np.argsort(self.card, kind="stable")
        cards, starts = np.unique(self.card[order], return_index=True)
        views = embedding.astype(np.float32) @ self.embedding[order].T
        likeness[:, cards] = np.maximum.reduceat(views, starts, axis=1)
        return likeness


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
    weights = weights or package_weights()
    about = _read_weights(weights)
    gallery = draw_gallery(deck, weights / "encoder.onnx", seed)
    settings = calibrate_gallery(gallery, deck, weights / "encoder.onnx", seed)
    with new_folder(folder) as building:
        shutil.copyfile(weights / "encoder.onnx", building / "model.onnx")
        shutil.copyfile(weights / "locator.onnx", building / "locator.onnx")
        save_gallery(gallery, building / "gallery.npz")
        write_json(building / "model.json", _model_text(deck, folder.name, about, gallery, settings))
    return folder


def draw_gallery(deck: Deck, encoder: Path, seed: int = 0) -> Gallery:
    """Draw the deck's cards in their modifiers and embed them."""
    from balatro.identify_card.views import draw_views, plan_views

    session = open_session(encoder)
    views = plan_views(deck, NUM_PHASES, NUM_STRANGER_VIEWS)
    rng = np.random.default_rng(seed)
    parts = []
    with progress("Looking at every card", total=len(views)) as bar:
        for start in range(0, len(views), BATCH):
            some = views[start : start + BATCH]
            pictures = draw_views(deck, some, rng, SIZE, MARGIN)
            parts.append(session.run(["embedding"], {"cards": pictures})[0])
            bar.advance(len(some), note=deck.cards[some[-1].card].name)
    cards = np.array([view.card for view in views], np.int32)
    return Gallery(np.concatenate(parts), cards, np.array([view.modifier for view in views], np.int8))


def calibrate_gallery(gallery: Gallery, deck: Deck, encoder: Path, seed: int = 0) -> GallerySettings:
    """Thresholds for this gallery, from screens drawn of its deck."""
    from balatro.identify_card.calibrate import calibrate, draw_probes

    probes = draw_probes(deck, np.random.default_rng([seed, 1]), SIZE, MARGIN)
    session = open_session(encoder)
    parts = [probes.pictures[start : start + BATCH] for start in range(0, len(probes.card), BATCH)]
    embeddings = [session.run(["embedding"], {"cards": part})[0] for part in parts]
    seen = gallery.nearest(np.concatenate(embeddings), len(deck.cards)) if embeddings else np.zeros((0, len(deck.cards)))
    known = np.array([card.known for card in deck.cards])
    return calibrate(seen, probes.card, _groups(deck), known)


def _groups(deck: Deck) -> np.ndarray:
    """(cards,) a number for each card; twins share one."""
    place = {card.id: number for number, card in enumerate(deck.cards)}
    groups = np.arange(len(deck.cards))
    for twins in _twins(deck):
        groups[[place[card] for card in twins]] = place[twins[0]]
    return groups


def _read_weights(folder: Path) -> dict[str, Any]:
    """weights.json; ModelError when a file of the package is missing."""
    for name in ("encoder.onnx", "locator.onnx", "weights.json"):
        if not (folder / name).is_file():
            raise ModelError(f"{folder / name} is missing: install Balatro anew, or make it with `balatro pretrain`")
    about = read_json(folder / "weights.json")
    if not isinstance(about, dict):
        raise ModelError(f"{folder / 'weights.json'}: damaged; install Balatro anew")
    return about


def _model_text(deck: Deck, name: str, about: dict[str, Any], gallery: Gallery, settings: GallerySettings) -> dict[str, Any]:
    """model.json of a bundle without an identification head."""
    modifier = {"temperature": 1.0, "reject": 0.0} | about.get("tasks", {}).get("modifier", {})
    return {
        "format": FORMAT,
        "name": name,
        "deck": deck.name,
        "backbone": about.get("backbone", ""),
        "input": {"width": SIZE[0], "height": SIZE[1], "margin": MARGIN, "colour": "RGB"},
        "embedding": gallery.embedding.shape[1],
        "tasks": {"modifier": modifier | {"classes": list(MODIFIERS)}},
        "gallery": asdict(settings),
        "cards": [
            {"id": c.id, "name": c.name, "type": c.type, "rarity": c.rarity, "known": c.known, "size": list(c.size)}
            for c in deck.cards
        ],
        "twins": _twins(deck),
        "locator": {"threshold": 0.3} | about.get("locator", {}),
        "scores": {},
        "data_hash": _deck_hash(deck),
    }


def _twins(deck: Deck) -> list[list[str]]:
    """Groups of known cards with the same picture, drawn in other sizes."""
    groups: dict[bytes, dict[tuple[float, float], str]] = {}
    for card in deck.known:
        if card.floating is None:
            groups.setdefault(card.body.tobytes(), {}).setdefault(card.size, card.id)
    return [list(group.values()) for group in groups.values() if len(group) > 1]


def _deck_hash(deck: Deck) -> str:
    """Says whether two models were made from the same deck."""
    digest = hashlib.sha256()
    for card in deck.cards:
        digest.update(card.id.encode())
        digest.update(card.body.tobytes())
    return digest.hexdigest()[:16]

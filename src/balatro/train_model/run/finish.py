"""What a run leaves behind when it ends: the model, and the report on how well it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
import typer
from torch import Tensor, nn

from balatro.config.model_files import GALLERY_FILE, MODEL_FILE
from balatro.config.paths import model_dir
from balatro.gallery.draw import calibrate_gallery, draw_gallery
from balatro.gallery.gallery import Gallery, pack_gallery
from balatro.models.bundle import describe, save_bundle, save_package_weights
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.models.refiner import Refiner
from balatro.render.deck import deck_hash
from balatro.runtime.model_json import BundleCard, GallerySettings, ModelJson
from balatro.train_model.lesson.lesson import find_side
from balatro.train_model.run.batches import BatchSource, batch_at
from balatro.train_model.run.checkpoint import BEST, load_state
from balatro.train_model.run.loop import LOG as RUN_LOG
from balatro.train_model.run.run import Run, resume
from balatro.train_model.score.calibrate import calibrate
from balatro.train_model.screens.deck_lesson import CardClass
from balatro.train_model.settings.settings import LAST_STEP
from balatro.utils.files import check_place, write_bytes
from balatro.utils.names import checked_name
from balatro.utils.pixel_font import FONT_FILE, pack_font
from balatro.utils.wording.plurals import counted

Network = TypeVar("Network", bound=nn.Module)

LOG = "pretrain_log.jsonl"
"""Beside the weights: how they were learned."""
PLACES = ("deck", "input", "augmented", "splits", "pretrained")
"""Settings that name places on this machine."""


def best_networks(run: Run, as_it_is: bool = False) -> tuple[MultiHeadModel, Locator | None, Refiner | None]:
    """Copies of the networks on the CPU, ready to read: what is exported.

    With the weights that validated best, where the settings say so, else the last; as_it_is: those that the run has now.
    """
    values = run.average.values if run.settings.ema else run.learner.state_dict()
    best = run.folder / BEST
    if not as_it_is and run.settings.best != LAST_STEP and best.is_file():
        state = load_state(best)
        values = state["average"] if run.settings.ema else state["model"]
    parts = {
        name: {key.removeprefix(f"{name}."): value.cpu() for key, value in values.items() if key.startswith(f"{name}.")}
        for name in run.learner.networks
    }
    encoder = MultiHeadModel(
        run.settings.backbone, run.encoder.tasks, run.settings.embedding, heads=run.encoder.head_kinds,
        image_size=run.settings.image_size,
    )  # fmt: skip
    encoder.load_state_dict(parts["encoder"])
    locator = _loaded(Locator(), parts["locator"]) if "locator" in parts else None
    refiner = _loaded(Refiner(), parts["refiner"]) if "refiner" in parts else None
    return encoder.eval(), locator, refiner


def _loaded(network: Network, weights: Mapping[str, Tensor]) -> Network:
    network.load_state_dict(weights)
    return network.eval()


def sample_cards(run: Run, count: int = 16) -> np.ndarray:
    """(count, h, w, 3) uint8 RGB cards, to compare an exported network with."""
    batch = batch_at(BatchSource(run.settings, run.lesson), 0)
    cards: np.ndarray = batch["cards"][:count].numpy()
    return cards


def finish_bundle(run: Run, folder: Path, as_it_is: bool = False) -> ModelJson:
    """Calibrate a run, write its bundle and say its scores; returns its model.json. as_it_is: see `best_networks`."""
    encoder, locator, _ = best_networks(run, as_it_is)
    gallery = _gallery(encoder, run)
    measured = calibrate(encoder, locator, run.lesson, run.settings.seed, gallery=gallery)
    files = {} if gallery is None else {GALLERY_FILE: pack_gallery(gallery[0])}
    if run.lesson.deck and run.lesson.deck.own_deck.font:
        files[FONT_FILE] = pack_font(run.lesson.deck.own_deck.font)
    about = describe(
        folder.name,
        run.lesson.source,
        encoder,
        cards=tuple(BundleCard(**asdict(card)) for card in _named(run)),
        twins=run.lesson.twins,
        data_hash=deck_hash(run.lesson.deck.own_deck) if run.lesson.deck else run.lesson.data_hash,
        split_hash=run.lesson.split_hash,
        training=_training(run),
        **vars(measured),
    )
    difference = save_bundle(folder, encoder, locator, about, sample_cards(run), files)
    _report(measured.scores, difference)
    return about


def _named(run: Run) -> Sequence[CardClass]:
    return run.lesson.classes if "identification" in run.lesson.tasks else ()


def _gallery(encoder: MultiHeadModel, run: Run) -> tuple[Gallery, GallerySettings] | None:
    """How this encoder sees the deck that it learned; None without a deck.

    The head names whatever it is shown, most surely what is far from all it has seen. Likeness to the cards' own pictures is
    the second opinion that adds to it, and doubts it.
    """
    if run.lesson.deck is None or "identification" not in run.lesson.tasks:
        return None

    @torch.no_grad()
    def encode(cards: np.ndarray) -> dict[str, np.ndarray]:
        return {name: values.numpy() for name, values in encoder(torch.from_numpy(cards)).items()}

    deck, size, seed = run.lesson.deck.own_deck, run.settings.image_size, run.settings.seed
    gallery = draw_gallery(deck, encode, size, seed)
    return gallery, calibrate_gallery(gallery, deck, encode, size=size, seed=seed)


def finish_weights(run: Run, folder: Path) -> ModelJson:
    """Calibrate a run on invented cards and write its weights as the package holds them; returns weights.json."""
    encoder, locator, refiner = best_networks(run)
    assert locator is not None and refiner is not None
    measured = calibrate(encoder, locator, run.lesson, run.settings.seed)
    tasks = {name: task for name, task in measured.tasks.items() if name != "identification"}
    scores = {name: measured.scores[name] for name in ("on", "modifier", "kind", "found", "false_finds")}
    measured = replace(measured, tasks=tasks, scores=scores)
    about = describe("package", "invented", encoder, training=_training(run), **vars(measured))
    difference = save_package_weights(folder, encoder, locator, refiner, about, sample_cards(run))
    write_bytes(folder / LOG, (run.folder / RUN_LOG).read_bytes())
    typer.echo(f"{folder}: written")
    _report(scores, difference)
    return about


def write_model(path: Path, folder: Path | None = None) -> str:
    """Write the bundle of a run (its folder or a checkpoint, also of an unfinished one); gives the run's name.

    folder: data/models/<run> when left out. A checkpoint other than the last is written as it is, not as the best.
    """
    run = resume(path)
    folder = folder or model_dir(checked_name(run.folder.name))
    check_place(folder, MODEL_FILE)
    finish_bundle(run, folder, as_it_is=path.suffix == ".pth")
    return run.folder.name


def finish_report(run: Run, side: str = "val") -> Path | None:
    """The report on a side of the split, in the run's folder; None where there are no labelled pictures to report on.

    Where nothing validates, as with one picture a card, it is on the pictures that were trained on, and says so.
    """
    from balatro.train_model.score.evaluate import report_pictures

    pictures = find_side(run.lesson, side)
    if pictures is None:
        pictures, side = find_side(run.lesson, "train"), f"train (no picture is in {side})"
    if pictures is None:
        return None
    encoder = best_networks(run)[0]
    about = {"run": run.folder.name, "split": side, **facts(run)}
    return report_pictures(run.folder, encoder, pictures, run.lesson.task_classes, run.lesson.classes, about)


def facts(run: Run) -> dict[str, str]:
    """What a reader of the report wants to know of a run, in a few words each."""
    settings = run.settings
    strategies = {name: record for name, record in settings.to_dict().items() if name in ("optimizer", "scheduler")}
    told = {
        name: ", ".join([str(values["name"]), *(f"{key} {value}" for key, value in values.items() if key != "name")])
        for name, values in strategies.items()
    }
    return {
        "data": ", ".join(settings.data),
        "tasks": ", ".join(run.lesson.tasks),
        "backbone": f"{settings.backbone}, {settings.image_size[0]}x{settings.image_size[1]}",
        "length": f"{counted(run.epoch, 'epoch')}, {counted(run.step, 'step')}, {run.seconds / 60:.1f} minutes",
        **told,
        "frozen": settings.freeze_strategy,
        "seed": str(settings.seed),
    }


def _training(run: Run) -> dict[str, Any]:
    return {"steps": run.step, "epochs": run.epoch, "minutes": round(run.seconds / 60, 1), "settings": _told_settings(run)}


def _told_settings(run: Run) -> dict[str, Any]:
    """The settings as a model tells them: names instead of places on this machine."""
    settings = run.settings.to_dict()
    return {name: Path(value).name if name in PLACES else value for name, value in settings.items()}


def _report(scores: Mapping[str, Any], difference: float) -> None:
    told = ", ".join(
        f"{name.replace('_', ' ')} {100 * value:.1f} %" for name, value in scores.items() if isinstance(value, float)
    )
    typer.echo(f"on {scores['on']}: {told}")
    typer.echo(f"ONNX Runtime and torch differ by at most {difference:.1g}")

"""How well a model reads the labelled pictures of a side of the split: `balatro evaluate --split test`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from balatro.config.model_files import MODEL_FILE, WEIGHTS_FILE
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, SettingsError
from balatro.models.bundle import load_encoder
from balatro.models.multi_head import MultiHeadModel
from balatro.runtime.model_json import read_model_json
from balatro.train_model.lesson.lesson import SIDES, label_pictures, path_name
from balatro.train_model.pictures.pictures import Pictures
from balatro.train_model.score.history import read_history
from balatro.train_model.score.predictions import GROUP_TASK, Predictions
from balatro.train_model.score.report.grad_cam import grad_cam
from balatro.train_model.score.report.write import CLASSIFICATION, write_report
from balatro.train_model.score.validate import READ_AT_ONCE, read_pictures
from balatro.train_model.screens.deck_lesson import CardClass
from balatro.train_model.settings.settings import TrainSettings
from balatro.utils.files import read_json
from balatro.utils.progress import track
from balatro.utils.wording.plurals import counted


@torch.no_grad()
def predict(encoder: MultiHeadModel, pictures: Pictures, class_names: Mapping[str, Sequence[str]]) -> Predictions:
    """What an encoder says about labelled pictures, as they are."""
    device = next(encoder.parameters()).device
    outputs: dict[str, list[np.ndarray]] = {}
    num = -(-len(pictures.keys) // READ_AT_ONCE)
    for batch in track(read_pictures(pictures), "Reading pictures", num):
        for name, value in encoder(batch["cards"].to(device)).items():
            outputs.setdefault(name, []).append(value.float().cpu().numpy())
    read = {name: np.concatenate(parts) for name, parts in outputs.items()}
    embedding = read.pop("embedding")
    labels = dict(pictures.labels)
    if GROUP_TASK not in labels:  # known, though not read: scores are told by modifier all the same
        labels[GROUP_TASK] = pictures.modifier.astype(np.int64)
        class_names = {**class_names, GROUP_TASK: list(MODIFIERS)}
    logits = {task: read[task] for task in labels if task in read}
    return Predictions(pictures.keys, pictures.read(), logits, labels, {t: list(class_names[t]) for t in labels}, embedding)


def report_pictures(
    folder: Path,
    encoder: MultiHeadModel,
    pictures: Pictures,
    class_names: Mapping[str, Sequence[str]],
    cards: Sequence[CardClass],
    about: Mapping[str, Any],
    temperatures: Mapping[str, float] | None = None,
) -> Path:
    """Write folder/report on what an encoder says about pictures; names of cards are shown instead of their ids."""
    shown = dict(class_names)
    if "identification" in shown and cards:
        shown["identification"] = [card.name or card.id for card in cards]
    predictions = predict(encoder, pictures, shown)
    history = read_history(folder)
    return write_report(folder / "report", predictions, history, about, partial(grad_cam, encoder), temperatures)


def evaluate_split(model: Path, settings: TrainSettings, side: str, out: Path) -> tuple[str, Path]:
    """The report of a model (its folder) on a side of a split, in out/report; returns the scores in words, and the page."""
    if side not in SIDES:
        raise SettingsError(f"no side {side!r} of a split; choose one of: {', '.join(SIDES)}")
    encoder, classes = load_encoder(model / WEIGHTS_FILE)
    about = read_model_json(model / MODEL_FILE)
    cards = [CardClass(one.id, one.name, one.type, one.rarity, one.known, one.size) for one in about.cards]
    pictures, split_hash = label_pictures(settings, side, classes, cards, encoder.image_size)
    if not len(pictures.keys):
        raise InputError(f"no pictures on the side {side!r} of this split; choose another with --split")
    temperatures = {name: task.temperature for name, task in about.tasks.items()}
    dataset = path_name(settings.input or "dataset_default")
    facts = {"model": about.name, "split": side, "pictures": len(pictures.keys), "dataset": dataset}
    page = report_pictures(out, encoder, pictures, classes, cards, facts, temperatures)
    told = told_scores(read_json(page.parent / CLASSIFICATION))
    if about.split_hash not in (None, "", split_hash):
        told += "\nthis model was trained with another split: it may have learned from some of these pictures"
    return told, page


def told_scores(report: Mapping[str, Any]) -> str:
    """A classification report in a few lines: shares in percent, by task and by modifier."""
    lines = [counted(report["cards"], "card")]
    for task, values in report["tasks"].items():
        lines.append(f"{task}: {100 * values['accuracy']:.2f} % right, macro F1 {100 * values['macro avg']['f1-score']:.2f} %")
    for modifier, shares in report.get("by_modifier", {}).items():
        told = ", ".join(f"{name} {100 * value:.2f} %" for name, value in shares.items() if name != "cards")
        lines.append(f"{modifier} ({counted(shares['cards'], 'card')}): {told}")
    return "\n".join(lines)

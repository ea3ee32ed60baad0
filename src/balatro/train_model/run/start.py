"""Where a run's weights start: the package's own, ImageNet's, an earlier run's, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from balatro.config.seeds import LOOK_SEED
from balatro.errors import ModelError, SettingsError
from balatro.models.bundle import NETWORKS, load_start
from balatro.models.heads import CosineHead
from balatro.models.multi_head import MultiHeadModel, set_prototypes
from balatro.models.pretrained import load_imagenet
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.run.batches import BatchSource, batch_at, whole_batches
from balatro.train_model.run.checkpoint import find_checkpoint, load_state
from balatro.train_model.run.learner import Learner
from balatro.train_model.settings.settings import settings_from
from balatro.utils.progress import track

NAMES = "identification"
MOST_LOOKED_AT = 8_192
"""Labelled pictures that are looked at, the first of them."""
READ_AT_ONCE = 128

Weights = dict[str, Any]
"""encoder, locator, refiner: weights by name; backbone; classes: {task: class names}, where they are known."""


def start_from(learner: Learner, pretrained: str, source: BatchSource, device: torch.device) -> str:
    """Give a new run's networks their first weights, and return a line that says which.

    pretrained: auto, yes, no, or a path. Weights whose shape fits are taken over; a head's rows go by class name. Then a cosine
    head for names gets, for each class that came with no row of its own, the mean embedding of what is shown of the class.
    """
    if pretrained == "no":
        return f"{source.settings.backbone} starts from scratch"
    encoder = learner.encoder
    if pretrained in ("auto", "yes"):
        found = load_start()
        if found is None or found["backbone"] != source.settings.backbone:
            return load_imagenet(encoder.backbone, pretrained)
        told = f"{source.settings.backbone} starts from the package's weights"
    else:
        found, told = _earlier(pretrained), f"{source.settings.backbone} starts from {pretrained}"
        if found["backbone"] != source.settings.backbone:
            raise ModelError(f"{pretrained}: weights of {found['backbone']}, this run trains {source.settings.backbone}")
    classes = found.get("classes", {})
    for name, network in learner.networks.items():
        if name in found:
            _take_over(network, found[name], classes, source.lesson.task_classes)
    have = set(classes.get(NAMES, ()))
    if NAMES in encoder.heads and isinstance(encoder.heads[NAMES], CosineHead):
        new = torch.tensor([name not in have for name in source.lesson.task_classes[NAMES]])
        if bool(new.any()):
            rows = encoder.heads[NAMES].get_parameter("prototypes").detach()
            seen = mean_embeddings(encoder, source, device)
            set_prototypes(encoder, torch.where(new[:, None].to(device), seen, rows))
    return told


def _earlier(name: str) -> Weights:
    """The weights of a run, a checkpoint, a model's best_model.pth or a start.pth."""
    path = find_checkpoint(name)
    try:
        state = load_state(path)
    except ModelError:
        found = load_start(path)  # of a bundle
        if found is None:
            raise SettingsError(f"{path}: no weights there") from None
        return {**found, "classes": found.get("tasks") or {}}
    average = state["average"]
    weights = {
        network: {key.removeprefix(f"{network}."): value for key, value in average.items() if key.startswith(f"{network}.")}
        for network in NETWORKS
    }
    classes = {task: entry["class_names"] for task, entry in state["head_states"].items()}
    return {**weights, "backbone": settings_from(state["settings"]).backbone, "classes": classes}


def _take_over(
    network: nn.Module, weights: Mapping[str, Tensor], old: Mapping[str, list[str]], new: Mapping[str, list[str]]
) -> None:
    """Load the weights that fit; of a head's last layer the rows of the classes that both have."""
    have = network.state_dict()
    for key, value in weights.items():
        if key not in have:
            continue
        task = key.split(".")[1].removesuffix("_head") if key.startswith("heads.") else ""
        if task in old and _is_by_class(value, len(old[task]), have[key], len(new[task])):
            places = {name: place for place, name in enumerate(new[task])}
            for there, name in enumerate(old[task]):
                if name in places:
                    have[key][places[name]] = value[there]
        elif have[key].shape == value.shape:
            have[key] = value
    network.load_state_dict(have)


def _is_by_class(one: Tensor, num_one: int, other: Tensor, num_other: int) -> bool:
    """Whether two weights have a row a class, and rows of one shape."""
    return one.ndim > 0 and len(one) == num_one and len(other) == num_other and one.shape[1:] == other.shape[1:]


@torch.no_grad()
def mean_embeddings(encoder: MultiHeadModel, source: BatchSource, device: torch.device) -> Tensor:
    """(classes, D): the mean embedding of what is shown of each class, or its present prototype where nothing is."""
    rows = encoder.heads[NAMES].get_parameter("prototypes").detach().clone()
    total, count = torch.zeros_like(rows), torch.zeros(len(rows), 1, device=device)
    encoder.eval()
    for cards, labels in _looked_at(source):
        told = labels != MISSING
        embedding = encoder(cards.to(device))["embedding"][told]
        total.index_add_(0, labels[told].to(device), embedding)
        count.index_add_(0, labels[told].to(device), torch.ones(len(embedding), 1, device=device))
    encoder.train()
    return torch.where(count > 0, total / count.clamp(min=1), rows)


def _looked_at(source: BatchSource) -> Iterator[tuple[Tensor, Tensor]]:
    """Cards and their classes: labelled pictures as they are, and drawn ones of screens apart from training's."""
    pictures = source.pictures
    if pictures is not None:
        for part in track(whole_batches(pictures, READ_AT_ONCE)[: MOST_LOOKED_AT // READ_AT_ONCE], "Looking at the pictures"):
            cards = torch.from_numpy(pictures.read(part))
            yield cards, torch.from_numpy(pictures.labels[NAMES][part])
    if source.lesson.recipe is not None:
        apart = replace(source.settings, seed=source.settings.seed + LOOK_SEED, data=("rendered",), workers=0)
        lesson = replace(source.lesson, sides={})
        drawn = BatchSource(apart, lesson)
        num_batches = min(max(len(source.lesson.classes) // source.settings.crops, 16), 120)
        for index in track(range(num_batches), "Looking at the cards"):
            batch = batch_at(drawn, index)
            yield batch["cards"], batch[f"label.{NAMES}"]

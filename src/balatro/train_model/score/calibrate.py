"""After training: temperatures and thresholds, measured on what training never saw: drawn screens, or validation pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from balatro.config.kinds import NOTHING
from balatro.config.seeds import HELD_OUT_SEED, OTHER_OUTSIDERS
from balatro.gallery.gallery import Gallery, pooled
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.runtime.model_json import GallerySettings, Task, read_package_json
from balatro.train_model.lesson.lesson import Lesson, find_side
from balatro.train_model.lesson.tasks import LOOKS, MISSING
from balatro.train_model.run.batches import with_class_labels
from balatro.train_model.score.validate import read_pictures
from balatro.train_model.screens.deck_lesson import DeckRecipe, prepare
from balatro.train_model.screens.feed import FeedSettings, draw_batch
from balatro.utils.cells import cell_grid
from balatro.utils.chances import softmax
from balatro.utils.progress import track

NUM_STRANGERS = 120
"""Invented cards that are strangers to a run of labelled pictures."""

READABLE = 0.3
"""The least visible share of a card that counts here, as in a row of 15 jokers on a real screen."""

FALSE_NAMES = 0.01
"""Of the strangers, how many may be named."""

LOST_NAMES = 0.01
"""Of the right names, how many may be rejected for that."""

GRID = np.exp(np.linspace(np.log(0.2), np.log(4.0), 61))
"""Temperatures that are tried."""


@dataclass(eq=False)
class Answers:
    """What the networks said about held-out crops (N rows) and frames."""

    logits: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    named: np.ndarray
    """(N,) bool: a card that has a name; False for strangers, outsiders, and what is no card."""
    embedding: np.ndarray | None = None
    """(N, D) where it was asked for."""
    found: list[tuple[np.ndarray, int]] = field(default_factory=list)
    """Per frame: (peaks, 2) of score and whether it is a card, and the number of cards."""


@dataclass(frozen=True)
class Calibration:
    """What was measured, as model.json has it."""

    tasks: Mapping[str, Task]
    locator_threshold: float
    scores: Mapping[str, Any]
    """`on` says on what; the others are shares, 0..1."""
    gallery: GallerySettings | None = None


WEIGHTS = (0.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0)
"""Weights of a gallery's likeness that are tried; a head's own logits are 24 times a cosine."""


def calibrate(
    encoder: MultiHeadModel,
    locator: Locator | None,
    lesson: Lesson,
    seed: int,
    num_batches: int = 16,
    gallery: tuple[Gallery, GallerySettings] | None = None,
) -> Calibration:
    """Measure what model.json says of how to read the networks' outputs.

    gallery: that of the deck, as this encoder sees it, with its settings; names are told by both then.
    """
    if lesson.recipe is None or locator is None:
        return calibrate_on_pictures(encoder, lesson, seed)
    recipe = lesson.recipe
    if recipe.source != "invented":
        recipe = replace(recipe, outsiders=max(recipe.outsiders // 2, 60), outsider_seed=OTHER_OUTSIDERS)
    feed = FeedSettings(recipe, seed + HELD_OUT_SEED, outsider_screens=0.3, size=encoder.image_size)
    answers = ask(encoder, locator, feed, lesson, num_batches)
    settings = _pool(answers, *gallery) if gallery is not None else None
    tasks, scores = _tasks(answers, lesson)
    threshold, found = best_threshold(answers.found)
    where = f"{num_batches * feed.screens} rendered screens that training never saw"
    return Calibration(tasks, round(threshold, 3), _told(where, {**scores, **found}), settings)


def _pool(answers: Answers, gallery: Gallery, settings: GallerySettings) -> GallerySettings:
    """Add likeness to the answers' logits, so much as fits their labels best; the settings with that weight.

    A head that trained for minutes knows its cards less well than their pictures do, one that trained for an hour better: each
    is an expert, and the weight of the other is measured, not believed (logarithmic opinion pool).
    """
    logits, labels = answers.logits["identification"], answers.labels["identification"]
    assert answers.embedding is not None
    likeness, told = gallery.nearest(answers.embedding, logits.shape[1]), labels != MISSING
    if not told.any():
        return settings
    tried = [replace(settings, weight=weight) for weight in WEIGHTS]
    best = min(tried, key=lambda one: _cost(pooled(logits, likeness, one)[told], labels[told]))
    answers.logits["identification"] = pooled(logits, likeness, best)
    return best


def _cost(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log likelihood at the best temperature."""
    chances = softmax(logits, best_temperature(logits, labels))
    return float(-np.log(chances[np.arange(len(labels)), labels] + 1e-9).mean())


def calibrate_on_pictures(encoder: MultiHeadModel, lesson: Lesson, seed: int) -> Calibration:
    """The same for a run of labelled pictures alone: on its validation side, or on training's where there is no other.

    Strangers are invented cards, which no such run has seen. The locator is the package's, and so is its threshold.
    """
    side = "val" if find_side(lesson, "val") is not None else "train"
    answers = _read_side(encoder, lesson, side)
    answers = _with_strangers(encoder, answers, seed)
    tasks, scores = _tasks(answers, lesson)
    where = (
        "validation pictures that training never saw"
        if side == "val"
        else "pictures that it was trained on, for want of others"
    )
    on = f"{len(lesson.sides[side].keys)} {where}"
    return Calibration(tasks, read_package_json().locator_threshold, _told(on, scores))


def _told(on: str, scores: Mapping[str, float]) -> dict[str, Any]:
    return {"on": on, **{name: round(value, 4) for name, value in scores.items()}}


def _tasks(answers: Answers, lesson: Lesson) -> tuple[dict[str, Task], dict[str, float]]:
    """Each task's temperature, the threshold of names, and what they give."""
    tasks: dict[str, Task] = {}
    scores: dict[str, float] = {}
    for task, classes in lesson.task_classes.items():
        told = answers.labels[task] != MISSING
        temperature = best_temperature(answers.logits[task][told], answers.labels[task][told])
        tasks[task] = Task(tuple(classes), round(temperature, 4))
        # What strangers teach, too, is scored on all cards; names, and what belongs to them, on those that have one.
        rows = told if task in ("kind", *LOOKS) else told & answers.named
        scores[task] = _share(answers.logits[task][rows].argmax(1) == answers.labels[task][rows])
    if "identification" in tasks:
        known = np.array([card.known for card in lesson.classes])
        reject, measured = best_reject(answers, {task: entry.temperature for task, entry in tasks.items()}, known)
        tasks["identification"] = replace(tasks["identification"], reject=round(reject, 4))
        scores |= measured
    return tasks, scores


@torch.no_grad()
def _read_side(encoder: MultiHeadModel, lesson: Lesson, side: str) -> Answers:
    logits: dict[str, list[np.ndarray]] = {task: [] for task in encoder.tasks}
    for batch in read_pictures(lesson.sides[side]):
        outputs = encoder.eval()(batch["cards"])
        for task, parts in logits.items():
            parts.append(outputs[task].numpy())
    labels = dict(lesson.sides[side].labels)
    named = np.ones(len(lesson.sides[side].keys), bool)
    if "identification" in labels:
        named = labels["identification"] != MISSING
    return Answers({task: np.concatenate(parts) for task, parts in logits.items()}, labels, named)


@torch.no_grad()
def _with_strangers(encoder: MultiHeadModel, answers: Answers, seed: int) -> Answers:
    """The answers, and those to as many invented cards, at most 400."""
    recipe = DeckRecipe("invented", num_invented=NUM_STRANGERS, seed=OTHER_OUTSIDERS)
    feed = FeedSettings(recipe, seed + HELD_OUT_SEED, size=encoder.image_size)
    deck, count = prepare(recipe), min(len(answers.named), 400)
    logits: dict[str, list[np.ndarray]] = {task: [] for task in encoder.tasks}
    rows = 0
    for index in range(-(-count // feed.crops)):
        batch = draw_batch(feed, deck, np.random.default_rng([feed.seed, index]))
        outputs = encoder.eval()(batch["cards"][batch["label.identification"] != MISSING])
        rows += len(outputs["embedding"])
        for task, parts in logits.items():
            parts.append(outputs[task].numpy())
    missing = np.full(rows, MISSING, np.int64)
    return Answers(
        {task: np.concatenate([answers.logits[task], *parts]) for task, parts in logits.items()},
        {task: np.concatenate([column, missing]) for task, column in answers.labels.items()},
        np.concatenate([answers.named, np.zeros(rows, bool)]),
    )


@torch.no_grad()
def ask(encoder: MultiHeadModel, locator: Locator, feed: FeedSettings, lesson: Lesson, num_batches: int) -> Answers:
    """Run both networks over held-out batches."""
    deck = prepare(feed.recipe)
    named = np.array([c.known for c in deck.classes])
    logits: dict[str, list[np.ndarray]] = {task: [] for task in encoder.tasks}
    labels: dict[str, list[np.ndarray]] = {task: [] for task in encoder.tasks}
    has_name, found, embedding = [], [], []
    for index in track(range(num_batches), "Calibrating"):
        batch = with_class_labels(lesson, draw_batch(feed, deck, np.random.default_rng([feed.seed, index])))
        rows = (batch["visible"] >= READABLE).numpy()
        outputs = encoder.eval()(batch["cards"])
        for task in logits:
            logits[task].append(outputs[task].numpy()[rows])
            labels[task].append(_own_labels(batch[f"label.{task}"].numpy()[rows], encoder.tasks[task]))
        embedding.append(outputs["embedding"].numpy()[rows])
        label = batch["label.identification"].numpy()[rows]
        if "identification" in labels and lesson.deck and not len(lesson.deck.outsiders):
            # Outsiders that training had no class for have none here, though labels may name other cards after the deck's.
            own = labels["identification"][-1]
            labels["identification"][-1] = np.where(label < len(lesson.deck.classes), own, MISSING)
        has_name.append(named[label] & (label != MISSING))
        for number in range(len(batch["frames"])):
            frame = batch["frames"][number : number + 1]
            heat = locator.eval()(frame)[0][0]
            grid = cell_grid(frame.shape[2], frame.shape[1])
            found.append(match_peaks(heat, batch["heat"][number], batch["heat_weight"][number], grid))
    joined = [{task: np.concatenate(parts) for task, parts in kind.items()} for kind in (logits, labels)]
    return Answers(joined[0], joined[1], np.concatenate(has_name), np.concatenate(embedding), found)


def _own_labels(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Labels that the network has no class for (outsiders, where none were learned) become MISSING."""
    return np.where(labels < num_classes, labels, MISSING)


def _share(right: np.ndarray) -> float:
    return float(right.mean()) if len(right) else 0.0


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature whose probabilities fit the labels best (least negative log likelihood)."""
    if len(labels) == 0:
        return 1.0
    enough = max(300, 2_000_000 // logits.shape[1])  # of thousands of classes, a few hundred rows tell as much
    logits, labels = logits[:enough], labels[:enough]
    rows = np.arange(len(labels))
    costs = [-np.log(softmax(logits, t)[rows, labels] + 1e-9).mean() for t in GRID]
    return float(GRID[int(np.argmin(costs))])


def best_reject(answers: Answers, temperatures: dict[str, float], known: np.ndarray) -> tuple[float, dict[str, float]]:
    """The probability under which no name is given, and what it does to strangers and to cards.

    A name's probability is that of the name times that of its being a card at all, as in use.
    At most FALSE_NAMES of the strangers are named, unless that would cost more than LOST_NAMES of the right names.
    known: (classes,) which classes have a name.
    """
    is_card = 1.0 - (softmax(answers.logits["kind"], temperatures["kind"])[:, NOTHING] if "kind" in temperatures else 0.0)
    chances = softmax(answers.logits["identification"], temperatures["identification"]) * np.reshape(is_card, (-1, 1))
    best, height = chances.argmax(1), chances.max(1)
    is_name = known[best]
    strangers, right = ~answers.named, answers.named & (best == answers.labels["identification"])
    wrong = np.where(is_name, height, 0)[strangers]
    enough = float(np.quantile(wrong, 1 - FALSE_NAMES, method="higher")) + 1e-4 if len(wrong) else 0.0
    bearable = float(np.quantile(height[right], LOST_NAMES)) if right.any() else 1.0
    reject = float(np.clip(min(enough, bearable), 0.2, 0.98))
    return reject, {
        "strangers_named": _share(wrong >= reject),
        "names_rejected": _share(height[right] < reject),
        "wrong_names": _share((is_name & (height >= reject) & ~right)[answers.named]),
    }


def match_peaks(
    heat: Tensor, wanted: Tensor, weight: Tensor, grid: tuple[np.ndarray, np.ndarray], reach: float = 2.0
) -> tuple[np.ndarray, int]:
    """Which peaks of a thinned heat (cells,) are cards: each centre takes the highest peak at most `reach` of its cells off.

    grid: see `utils.cells.cell_grid`. Returns (peaks, 2) float of score and 0 or 1, and the number of centres; peaks where
    nothing counts are left out.
    """
    middles, strides = grid
    centres = (wanted == 1).numpy()
    where, size = middles[centres], strides[centres]
    places = np.flatnonzero(heat.numpy() > 0.05)
    scores = heat.numpy()[places]
    free = np.ones(len(where), bool)
    rows = []
    for place, score in sorted(zip(places.tolist(), scores.tolist(), strict=True), key=lambda pair: -pair[1]):
        apart = np.hypot(*(where - middles[place]).T) / size if len(where) else np.zeros(0)
        far = np.where(free, apart, np.inf) if len(where) else np.array([np.inf])
        nearest = int(far.argmin())
        if far[nearest] <= reach:
            free[nearest] = False
            rows.append((score, 1.0))
        elif weight[place] > 0:
            rows.append((score, 0.0))
    return np.array(rows, float).reshape(-1, 2), len(where)


def best_threshold(found: list[tuple[np.ndarray, int]]) -> tuple[float, dict[str, float]]:
    """The middle of the thresholds with the best F1, and what it gives."""
    peaks, total = np.concatenate([rows for rows, _ in found]), max(sum(number for _, number in found), 1)
    grid = np.round(np.arange(0.1, 0.71, 0.02), 2)
    hits = np.array([((peaks[:, 0] >= t) & (peaks[:, 1] == 1)).sum() for t in grid])
    shown = np.array([(peaks[:, 0] >= t).sum() for t in grid])
    f1 = 2 * hits / np.maximum(shown + total, 1)
    good = np.flatnonzero(f1 >= f1.max() - 0.0005)
    pick = int(good[len(good) // 2])
    return float(grid[pick]), {"found": hits[pick] / total, "false_finds": (shown[pick] - hits[pick]) / max(shown[pick], 1)}

"""The losses: what a wrong answer costs, by name for the tasks, and focal and L1 for the locator.

A loss gives one number a row, and a batch's loss is a pair, (sum, count): several processes divide by the count of all of
them, and so do what one process with all their rows would do.

A margin is for heads whose logits are cosines times a scale (`cosine`): it asks that the right class leads by so much, which
draws the cards of one class together in the embedding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from balatro.config.shapes import PATCH_SIZE, PATCH_STRIDE
from balatro.errors import SettingsError
from balatro.models.heads import COSINE_SCALE
from balatro.models.refiner import middles
from balatro.train_model.lesson.tasks import MISSING
from balatro.utils.flags.pick import expect

CORNER_SHARE = 1.0
"""Weight of the corner loss beside the focal loss; both are means over the cards of a batch."""

CROWD = 0.75
"""How much less each of many cards of a picture counts: 0, every card counts alike; 1, every picture does."""

SMALLER_SHARE, SMALLER_HITS = 4.0, 6.0
"""Weight of the `smaller` loss, and how much more a missed cell costs than a false one."""

PLACES_SHARE, OFF_SHARE = 0.25, 20.0
"""Weight of the corners' maps beside the other losses, and of how far their middles are off."""

SAFE = 1e-6
"""How far from 1 a cosine is kept where its angle is taken: the slope of an angle at 1 is infinite."""

Losses = dict[str, tuple[Tensor, Tensor]]
"""{task or part: (sum of its weighted losses, by what to divide)}; see `mean_of`."""


class Loss(Protocol):
    """What every row of LOSSES is."""

    needs_cosine: ClassVar[bool]
    """Whether the logits must be `scale` times a cosine."""

    def rows(self, logits: Tensor, labels: Tensor, scale: float = COSINE_SCALE) -> Tensor:
        """(N, C) float32 and (N,) int64 of 0..C-1 -> (N,)."""
        ...


@dataclass(frozen=True)
class CrossEntropy:
    """Cross entropy, with label smoothing when asked for."""

    needs_cosine: ClassVar[bool] = False

    label_smoothing: float = 0.0
    """Share of the truth that is spread over all classes."""

    def __post_init__(self) -> None:
        _expect_share(self.label_smoothing)

    def rows(self, logits: Tensor, labels: Tensor, scale: float = COSINE_SCALE) -> Tensor:
        """See Loss."""
        return F.cross_entropy(logits, labels, label_smoothing=self.label_smoothing, reduction="none")


@dataclass(frozen=True)
class Focal:
    """Focal loss: cross entropy that cares less for cards it is sure of, and so more for rare and hard ones."""

    needs_cosine: ClassVar[bool] = False

    gamma: float = 2.0
    """How little it cares for easy cards; 0 is cross entropy."""
    label_smoothing: float = 0.0
    """Share of the truth that is spread over all classes."""

    def __post_init__(self) -> None:
        expect(0 <= self.gamma < math.inf, "gamma", self.gamma, "0 or more")
        _expect_share(self.label_smoothing)

    def rows(self, logits: Tensor, labels: Tensor, scale: float = COSINE_SCALE) -> Tensor:
        """See Loss."""
        right = logits.log_softmax(1).gather(1, labels[:, None])[:, 0]
        cost = F.cross_entropy(logits, labels, label_smoothing=self.label_smoothing, reduction="none")
        # 1 - p, kept above 0: the slope of a small power is infinite there.
        return (-torch.expm1(right)).clamp(min=SAFE) ** self.gamma * cost


@dataclass(frozen=True)
class Margin:
    """Cosine margin (CosFace): the right class must lead by so much of a cosine."""

    needs_cosine: ClassVar[bool] = True

    margin: float = 0.1
    """By how much the right class's cosine is lowered in training."""
    label_smoothing: float = 0.05
    """Share of the truth that is spread over all classes."""

    def __post_init__(self) -> None:
        expect(0 <= self.margin <= 1, "margin", self.margin, "a cosine of 0 to 1")
        _expect_share(self.label_smoothing)

    def rows(self, logits: Tensor, labels: Tensor, scale: float = COSINE_SCALE) -> Tensor:
        """See Loss."""
        right = labels[:, None]
        lowered = logits.scatter_add(1, right, torch.full_like(right, -self.margin * scale, dtype=logits.dtype))
        return F.cross_entropy(lowered, labels, label_smoothing=self.label_smoothing, reduction="none")


@dataclass(frozen=True)
class ArcFace:
    """Angular margin (ArcFace): the right class must lead by so much of an angle."""

    needs_cosine: ClassVar[bool] = True

    margin: float = 0.5
    """By how many radians the angle to the right class is widened in training."""
    label_smoothing: float = 0.0
    """Share of the truth that is spread over all classes."""

    def __post_init__(self) -> None:
        expect(0 <= self.margin < math.pi / 2, "margin", self.margin, "an angle of 0 to 1.57")
        _expect_share(self.label_smoothing)

    def rows(self, logits: Tensor, labels: Tensor, scale: float = COSINE_SCALE) -> Tensor:
        """See Loss."""
        right = labels[:, None]
        cosine = (logits.gather(1, right) / scale).clamp(-1 + SAFE, 1 - SAFE)
        widened = cosine * math.cos(self.margin) - (1 - cosine.square()).sqrt() * math.sin(self.margin)
        # Beyond pi the cosine would rise again: there, go on falling in a straight line.
        beyond = cosine < -math.cos(self.margin)
        target = torch.where(beyond, cosine - math.sin(self.margin) * self.margin, widened)
        return F.cross_entropy(
            logits.scatter(1, right, target * scale), labels, label_smoothing=self.label_smoothing, reduction="none"
        )


LOSSES: dict[str, type[CrossEntropy | Focal | Margin | ArcFace]] = {
    "cross-entropy": CrossEntropy,
    "focal": Focal,
    "margin": Margin,
    "arcface": ArcFace,
}


@dataclass(frozen=True, eq=False)
class TaskLoss:
    """How a task's answers are judged."""

    loss: Loss = field(default_factory=lambda: CrossEntropy(0.02))
    weight: float = 1.0
    """In the sum over the tasks."""
    class_weights: Tensor | None = None
    """(C,) float32, how much a row of each class counts; None: all the same."""


def check_head(task: str, loss: str, head: str) -> None:
    """SettingsError when a task's loss needs another head than it has; both by their names."""
    if LOSSES[loss].needs_cosine and head != "cosine":
        raise SettingsError(f"the loss `{loss}` of task `{task}` needs a `cosine` head, which compares angles, not `{head}`")


def task_losses(
    outputs: Mapping[str, Tensor],
    labels: Mapping[str, Tensor],
    specs: Mapping[str, TaskLoss],
    other: Mapping[str, Tensor] | None = None,
    share: Tensor | None = None,
) -> Losses:
    """{task: (weight times the sum of its weighted row losses, sum of the rows' weights)} for every task with labels.

    outputs: {task: (N, C) logits}. labels: {task: (N,)}; MISSING rows cost nothing and count nothing. specs: tasks that are
    not listed get TaskLoss().
    other, share: for mixed pictures, the labels (N,) of what was mixed in, and (N,) how much of a picture is its own.
    """
    losses: Losses = {}
    for task in outputs:
        if task not in labels:
            continue
        spec = specs.get(task, TaskLoss())
        parts = [(labels[task], 1.0 if share is None else share)]
        if other is not None and share is not None:
            parts.append((other[task], 1 - share))
        pairs = [_row_losses(outputs[task], rows, spec, part) for rows, part in parts]
        total, count = (torch.stack(values).sum() for values in zip(*pairs, strict=True))
        losses[task] = (spec.weight * total, count)
    return losses


def _row_losses(logits: Tensor, labels: Tensor, spec: TaskLoss, share: Tensor | float) -> tuple[Tensor, Tensor]:
    told = labels != MISSING
    known = labels.clamp(min=0)
    weights = told.to(logits.dtype) * share
    if spec.class_weights is not None:
        weights = weights * spec.class_weights.to(logits)[known]
    # A row without a label is given one, and weighs nothing.
    return (spec.loss.rows(logits, known) * weights).sum(), weights.sum()


def locator_losses(logits: Tensor, corners: Tensor, smaller: Tensor, batch: Mapping[str, Tensor]) -> Losses:
    """CenterNet's focal loss on the heat (K, cells) and the weighted L1 of the corners (K, 8, cells), each per card, and the
    binary cross entropy of `smaller` (K, h, w), the mean over its cells.

    A card counts the less the more cards its picture has (`CROWD`): else crowded screens drown out pictures of one card.
    """
    logits, corners, smaller = logits.float(), corners.float(), smaller.float()
    heat, weight = batch["heat"], batch["heat_weight"]
    log_yes, log_no = F.logsigmoid(logits), F.logsigmoid(-logits)
    chance = logits.sigmoid()
    centre = (heat == 1).float()
    each = centre.sum(1, keepdim=True).clamp(min=1) ** -CROWD
    hit = -((1 - chance) ** 2) * log_yes * centre
    empty = -((1 - heat) ** 4) * chance**2 * log_no * (1 - centre) * weight
    near = batch["corner_weight"] * each
    distance = corner_distance(corners, batch["corners"]) * near
    wanted, counts = batch["smaller"], batch["smaller_weight"]
    unsure = F.binary_cross_entropy_with_logits(smaller, wanted, counts * (1 + SMALLER_HITS * wanted), reduction="sum")
    return {
        "heat": (((hit + empty) * each).sum(), (centre * each).sum()),
        "corners": (CORNER_SHARE * distance.sum(), near.sum()),
        "smaller": (SMALLER_SHARE * unsure, counts.sum()),
    }


def refiner_losses(places: Tensor, card: Tensor, batch: Mapping[str, Tensor]) -> Losses:
    """Where the corners lie: the cross entropy of the maps (P, 4, h, w) with a small peak at each, and the L1 of their middles,
    as shares of the patch's height; and whether there is a card (P,), binary cross entropy over the patches that can tell."""
    places, card, fit, wide = places.float(), card.float(), batch["fit"], batch["wide"]
    peaks = corner_peaks(batch["places"], places.shape[2], places.shape[3])
    told = peaks.sum((2, 3))
    spread = -(peaks * places.flatten(2).log_softmax(2).view_as(places)).sum((2, 3))
    off = (middles(places) - batch["places"]).abs().mean(2) / PATCH_SIZE[1]
    each = (spread * told + OFF_SHARE * off * told).mean(1) * fit
    return {
        "places": (PLACES_SHARE * each.sum(), fit.sum()),
        "card": (F.binary_cross_entropy_with_logits(card, fit, wide, reduction="sum"), wide.sum()),
    }


def corner_peaks(places: Tensor, rows: int, columns: int) -> Tensor:
    """(P, 4, 2) pixels of a patch -> (P, 4, rows, columns): chances that add up to 1, a gaussian about one cell wide; all 0 for
    a corner that lies outside the patch."""
    x = (torch.arange(columns, device=places.device) + 0.5) * PATCH_STRIDE
    y = (torch.arange(rows, device=places.device) + 0.5) * PATCH_STRIDE
    across = torch.exp(-0.5 * ((x - places[..., :1]) / PATCH_STRIDE) ** 2)
    down = torch.exp(-0.5 * ((y - places[..., 1:]) / PATCH_STRIDE) ** 2)
    peaks = down[..., :, None] * across[..., None, :]
    inside = (places >= 0).all(-1) & (places[..., 0] <= columns * PATCH_STRIDE) & (places[..., 1] <= rows * PATCH_STRIDE)
    return peaks / peaks.sum((2, 3), keepdim=True).clamp(min=1e-6) * inside[..., None, None]


def corner_distance(corners: Tensor, wanted: Tensor) -> Tensor:
    """(K, cells) the mean distance of corners (K, 8, cells) from those that are wanted, begun at whichever of them fits best.

    A card at 45 degrees has two corners that may be its first one: a network that is blamed for either answers between them.
    """
    ways = [wanted.roll(2 * turn, dims=1) for turn in range(4)]
    return torch.stack([(corners - way).abs().mean(1) for way in ways]).amin(0)


def learner_losses(
    outputs: Mapping[str, Tensor],
    batch: Mapping[str, Tensor],
    specs: Mapping[str, TaskLoss],
    other: Tensor | None = None,
    share: Tensor | None = None,
) -> Losses:
    """All losses of a batch: of the tasks that it has labels for (`label.<task>`), and of the locator where there are frames.

    outputs: what `Learner` answers. other: (N,) the row that each picture was mixed with; share: see `task_losses`.
    """
    labels = {name.removeprefix("label."): value for name, value in batch.items() if name.startswith("label.")}
    mixed_in = None if other is None else {task: rows[other] for task, rows in labels.items()}
    losses = task_losses(outputs, labels, specs, mixed_in, share)
    if "heat" in outputs and "heat" in batch:
        losses |= locator_losses(outputs["heat"], outputs["corners"], outputs["smaller"], batch)
    if "places" in outputs and "places" in batch:
        losses |= refiner_losses(outputs["places"], outputs["card"], batch)
    return losses


def mean_of(total: Tensor, count: Tensor) -> Tensor:
    """A pair's mean; of nothing, the sum itself: 0 for a task, and for the heat what the false finds of empty screens cost."""
    return total / torch.where(count > 0, count, torch.ones_like(count))


@torch.no_grad()
def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of the labelled rows whose highest logit is right; nan when no row is labelled."""
    told = labels != MISSING
    return float((logits.argmax(1) == labels)[told].float().mean())


@torch.no_grad()
def recall(logits: Tensor, batch: Mapping[str, Tensor], threshold: float = 0.3) -> float:
    """Share of the centres whose cell is above the threshold; nan when there is none."""
    centres = batch["heat"] == 1
    return float((logits.float().sigmoid() > threshold)[centres].float().mean())


def _expect_share(label_smoothing: float) -> None:
    expect(0 <= label_smoothing < 1, "label_smoothing", label_smoothing, "a share of 0 to less than 1")

"""Losses and the figures shown while training."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from balatro.errors import SettingsError
from balatro.models.heads import COSINE_SCALE
from balatro.train_model.lesson.losses import (
    CROWD,
    LOSSES,
    ArcFace,
    CrossEntropy,
    Focal,
    Loss,
    Margin,
    TaskLoss,
    accuracy,
    check_head,
    corner_distance,
    learner_losses,
    locator_losses,
    mean_of,
    recall,
    task_losses,
)
from balatro.train_model.lesson.tasks import MISSING
from balatro.utils.flags.pick import pick

torch.set_num_threads(1)


def cosines(rows: int, classes: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return COSINE_SCALE * (2 * torch.rand(rows, classes, generator=generator, dtype=torch.float64) - 1)


LOGITS, LABELS = cosines(6, 4), torch.tensor([0, 1, 2, 3, 1, 1])


def before_margin(logits: Tensor, labels: Tensor, margin: float, smoothing: float) -> Tensor:
    """The mean over labelled rows as it was computed before losses had rows."""
    right = labels.clamp(min=0)[:, None]
    lowered = logits.scatter_add(1, right, torch.full_like(right, -margin * COSINE_SCALE, dtype=logits.dtype))
    return before_plain(lowered, labels, smoothing)


def before_plain(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    told = (labels != MISSING).sum().clamp(min=1)
    return F.cross_entropy(logits, labels, ignore_index=MISSING, label_smoothing=smoothing, reduction="sum") / told


@pytest.mark.parametrize("labels", [[0, 1, 2, 3, 1, 1], [0, MISSING, 2, MISSING, 1, 1], [MISSING] * 6])
def test_the_usual_losses_are_what_they_were(labels: list[int]) -> None:
    told = torch.tensor(labels)
    specs = {"identification": TaskLoss(Margin(), 0.5)}
    outputs = {"identification": LOGITS, "modifier": LOGITS / 3, "embedding": LOGITS}
    losses = task_losses(outputs, {"identification": told, "modifier": told}, specs)
    assert list(losses) == ["identification", "modifier"]
    wanted = {"identification": 0.5 * before_margin(LOGITS, told, 0.1, 0.05), "modifier": before_plain(LOGITS / 3, told, 0.02)}
    for task, (total, count) in losses.items():
        assert mean_of(total, count) == pytest.approx(float(wanted[task]), rel=1e-9)
        assert count == sum(label != MISSING for label in labels)


PLAIN = CrossEntropy().rows(LOGITS, LABELS)
RIGHT = LOGITS.log_softmax(1).gather(1, LABELS[:, None])[:, 0].exp()


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        (CrossEntropy(), -RIGHT.log()),
        (CrossEntropy(0.2), -0.8 * RIGHT.log() - 0.2 * LOGITS.log_softmax(1).mean(1)),
        (Focal(gamma=2.0), (1 - RIGHT) ** 2 * PLAIN),
        (Focal(gamma=0.0), PLAIN),
        (Margin(0.0, 0.0), PLAIN),
        (ArcFace(margin=0.0), PLAIN),
    ],
    ids=str,
)
def test_rows(loss: Loss, wanted: Tensor) -> None:
    assert torch.allclose(loss.rows(LOGITS, LABELS), wanted, atol=1e-4)


def test_arcface_widens_the_angle() -> None:
    angle, margin = torch.tensor([0.3, 1.2, 2.9]), 0.5
    logits = COSINE_SCALE * torch.stack([angle.cos(), torch.zeros(3)], 1)
    target = torch.tensor([math.cos(0.8), math.cos(1.7), math.cos(2.9) - margin * math.sin(margin)])  # beyond pi: straight down
    wanted = F.softplus(-COSINE_SCALE * target)
    assert torch.allclose(ArcFace(margin).rows(logits, torch.zeros(3, dtype=torch.int64)), wanted, atol=1e-3)


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_finite_where_cosines_are_exact(name: str) -> None:
    logits = (COSINE_SCALE * torch.tensor([[1.0, -1.0], [-1.0, 1.0], [0.0, 0.0]])).requires_grad_()
    loss = LOSSES[name]().rows(logits, torch.tensor([0, 0, 1])).sum()
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(logits.grad if logits.grad is not None else loss * math.nan).all()


@given(seed=st.integers(0, 1000), name=st.sampled_from(["margin", "arcface"]))
def test_a_margin_only_makes_it_harder(seed: int, name: str) -> None:
    logits = cosines(5, 3, seed)
    labels = torch.arange(5) % 3
    assert (LOSSES[name](label_smoothing=0.0).rows(logits, labels) >= CrossEntropy().rows(logits, labels) - 1e-3).all()


@pytest.mark.parametrize("name", LOSSES)
def test_missing_rows_cost_and_count_nothing(name: str) -> None:
    spec = {"task": TaskLoss(LOSSES[name]())}
    labels = LABELS.clone()
    labels[4] = MISSING
    rows = LOSSES[name]().rows(LOGITS, LABELS)
    total, count = task_losses({"task": LOGITS}, {"task": labels}, spec)["task"]
    assert count == 5 and total == pytest.approx(float(rows[[0, 1, 2, 3, 5]].sum()))


def test_class_weights_are_torchs() -> None:
    by_class = torch.tensor([1.0, 3.0, 0.5, 0.0])
    labels = LABELS.clone()
    labels[0] = MISSING
    total, count = task_losses({"t": LOGITS}, {"t": labels}, {"t": TaskLoss(CrossEntropy(), 2.0, by_class)})["t"]
    wanted = F.cross_entropy(LOGITS, labels, by_class.double(), ignore_index=MISSING)
    assert mean_of(total, count) == pytest.approx(2 * float(wanted))


def test_mixed_pictures_have_two_labels() -> None:
    share = torch.tensor([1.0, 0.25, 0.5, 0.0, 0.5, 0.5], dtype=torch.float64)
    labels, other = torch.tensor([0, 1, 2, 3, 1, MISSING]), torch.tensor([3, 0, MISSING, 2, 1, 2])
    total, count = task_losses({"t": LOGITS}, {"t": labels}, {"t": TaskLoss(CrossEntropy())}, {"t": other}, share)["t"]
    rows = LOGITS.log_softmax(1).neg()
    wanted = rows[0, 0] + 0.25 * rows[1, 1] + 0.75 * rows[1, 0] + 0.5 * rows[2, 2] + rows[3, 2] + rows[4, 1] + 0.5 * rows[5, 2]
    assert total == pytest.approx(float(wanted)) and count == pytest.approx(5.0)


def test_two_processes_make_one_mean() -> None:
    spec = {"t": TaskLoss(Margin(), 0.5)}
    labels = torch.tensor([0, MISSING, 2, 3, 1, 1])
    whole = mean_of(*task_losses({"t": LOGITS}, {"t": labels}, spec)["t"])
    parts = [task_losses({"t": LOGITS[part]}, {"t": labels[part]}, spec)["t"] for part in (slice(0, 2), slice(2, 6))]
    total, count = (sum(values) for values in zip(*parts, strict=True))
    assert torch.allclose(total / count, whole)


@pytest.mark.parametrize("name", LOSSES)
def test_margins_need_a_cosine_head(name: str) -> None:
    check_head("identification", name, "cosine")
    if LOSSES[name].needs_cosine:
        with pytest.raises(SettingsError, match=f"`{name}` of task `modifier` needs a `cosine` head"):
            check_head("modifier", name, "mlp")
    else:
        check_head("modifier", name, "mlp")


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("cross-entropy", {"label_smoothing": 1.0}, "label_smoothing is 1.0"),
        ("focal", {"gamma": -1.0}, "gamma is -1.0; give 0 or more"),
        ("margin", {"margin": 2.0}, "margin is 2.0; give a cosine"),
        ("arcface", {"margin": 1.6}, "margin is 1.6; give an angle"),
        ("margin", {"gamma": 2.0}, "--loss-gamma was given, but the loss `margin` does not use it"),
    ],
)
def test_mistakes(name: str, given: dict[str, float], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        pick(LOSSES, name, "loss", given)


def frame(*centres: tuple[int, int]) -> dict[str, Tensor]:
    heat = torch.zeros(1, 64)
    for y, x in centres:
        heat[0, 8 * y + x] = 1
    return {
        "heat": heat,
        "heat_weight": torch.ones(1, 64),
        "corners": torch.ones(1, 8, 64),
        "corner_weight": heat.clone(),
        "smaller": torch.tensor([[[0.0, 1.0], [0.0, 0.0]]]),
        "smaller_weight": torch.ones(1, 2, 2),
    }


SMALLER = torch.tensor([[[-9.0, 9.0], [-9.0, -9.0]]])
"""Logits that tell where `frame` has its small card."""


def locator_means(logits: Tensor, corners: Tensor, batch: dict[str, Tensor], smaller: Tensor = SMALLER) -> dict[str, Tensor]:
    return {name: mean_of(*pair) for name, pair in locator_losses(logits, corners, smaller, batch).items()}


def test_locator_loss_likes_the_truth() -> None:
    batch = frame((2, 3), (5, 5))
    right = torch.where(batch["heat"] == 1, 6.0, -6.0)
    good = locator_means(right, torch.ones(1, 8, 64), batch)
    bad = locator_means(-right, torch.zeros(1, 8, 64), batch)
    assert good["heat"] < 0.01 < 10 < bad["heat"]
    assert good["corners"] == 0 and bad["corners"] == pytest.approx(1)
    counts = [float(count) for _, count in locator_losses(right, torch.ones(1, 8, 64), SMALLER, batch).values()]
    assert counts == pytest.approx([2 * 2**-CROWD, 2 * 2**-CROWD, 4])


def test_a_card_alone_counts_more_than_one_of_a_crowd() -> None:
    crowd, alone = frame(*((2 * y + 1, 2 * x + 1) for y in range(4) for x in range(4))), frame((4, 4))
    batch = {name: torch.cat([crowd[name], alone[name]]) for name in crowd}
    costs = []
    for row, cell in ((0, 9), (1, 36)):
        corners = torch.ones(2, 8, 64)
        corners[row, :, cell] += 1
        costs.append(float(locator_means(torch.zeros(2, 64), corners, batch, SMALLER.repeat(2, 1, 1))["corners"]))
    assert costs[1] == pytest.approx(costs[0] * 16**CROWD)


def test_a_small_card_that_is_missed_costs_more_than_a_false_one() -> None:
    batch, rest = frame(), (torch.full((1, 64), -20.0), torch.ones(1, 8, 64))
    right, missed, false = SMALLER, torch.full_like(SMALLER, -9.0), torch.tensor([[[9.0, 9.0], [-9.0, -9.0]]])
    costs = [float(locator_means(*rest, batch, smaller)["smaller"]) for smaller in (right, false, missed)]
    assert costs[0] < 0.01 < costs[1] < costs[2]
    batch["smaller_weight"][0, 0, 0] = 0
    assert locator_means(*rest, batch, false)["smaller"] < 0.01


def test_corners_may_begin_at_any_of_the_four() -> None:
    wanted = torch.arange(8.0).reshape(1, 8, 1)
    for turn in range(4):
        assert corner_distance(wanted.roll(2 * turn, dims=1), wanted).item() == 0
    assert corner_distance(wanted.flip(1), wanted).item() > 0  # mirrored is wrong
    assert corner_distance(wanted + 0.5, wanted).item() == pytest.approx(0.5)


def test_locator_loss_without_cards_is_that_of_false_finds() -> None:
    losses = locator_means(torch.zeros(1, 64), torch.zeros(1, 8, 64), frame())
    assert losses["heat"] == pytest.approx(64 * 0.25 * math.log(2)) and losses["corners"] == 0


def test_weightless_cells_do_not_count() -> None:
    batch = frame()
    batch["heat_weight"][0, 36] = 0
    logits = torch.full((1, 64), -20.0)
    logits[0, 36] = 9
    assert locator_means(logits, torch.zeros(1, 8, 64), batch)["heat"] < 1e-6


def test_a_batch_is_all_of_it() -> None:
    outputs = {"modifier": LOGITS, "seal": LOGITS, "embedding": LOGITS}
    batch = {"label.modifier": LABELS, "cards": torch.zeros(6), **frame((2, 3))}
    assert list(learner_losses(outputs, batch, {})) == ["modifier"]
    outputs |= {"heat": torch.zeros(1, 64), "corners": torch.zeros(1, 8, 64), "smaller": SMALLER}
    assert list(learner_losses(outputs, batch, {})) == ["modifier", "heat", "corners", "smaller"]
    other = torch.tensor([1, 0, 3, 2, 5, 4])
    mixed, _ = learner_losses(outputs, batch, {}, other, torch.zeros(6))["modifier"]
    assert mixed == pytest.approx(float(CrossEntropy(0.02).rows(LOGITS, LABELS[other]).sum()))


def test_figures() -> None:
    assert accuracy(torch.eye(3), torch.tensor([0, 1, MISSING])) == 1
    assert math.isnan(accuracy(torch.eye(2), torch.tensor([MISSING, MISSING])))
    batch = frame((2, 3), (5, 5))
    logits = torch.full((1, 64), -9.0)
    logits[0, 8 * 2 + 3] = 9
    assert recall(logits, batch) == 0.5

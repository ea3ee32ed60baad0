"""Freezing, on every backbone of the table: what a strategy says it trains is what a step changes, and nothing else."""

from functools import cache

import pytest
import torch

from balatro.errors import SettingsError
from balatro.models.backbones import BACKBONES
from balatro.models.multi_head import MultiHeadModel
from balatro.train_model.settings.strategies.freeze import (
    FREEZE,
    apply_freeze,
    freeze_heads,
    frozen_heads,
    set_modes,
    unfreeze_heads,
    unfrozen_at,
)

pytestmark = pytest.mark.slow

torch.set_num_threads(1)
TASKS = {"identification": 3, "modifier": 5}
SMALL = (32, 32)
"""The networks are as large as ever, but their maps hardly cost anything."""

LAST_STAGES = {
    "cardnet": ("middle", "coarse", "layout"),
    "cardnet_tiny": ("middle", "coarse", "layout"),
    "cardnet_large": ("middle", "coarse", "layout"),
    "mobilenetv4_conv_small": ("blocks2", "blocks3", "head"),
    "resnet18": ("layer2", "layer3", "layer4"),
    "resnet34": ("layer2", "layer3", "layer4"),
    "resnet50": ("layer2", "layer3", "layer4"),
    "resnet101": ("layer2", "layer3", "layer4"),
    "efficientnet_b0": ("blocks3-4", "blocks5-6", "head"),
    "efficientnet_b3": ("blocks3-4", "blocks5-6", "head"),
    "convnext_tiny": ("stages1", "stages2", "stages3"),
    "vit_tiny": ("blocks3-5", "blocks6-8", "blocks9-11"),
}
"""What `mid` trains; `high` trains the last two."""


@cache
def model_of(backbone: str) -> MultiHeadModel:
    """Built once for all strategies: what matters is what a step changes, not what was there before."""
    torch.manual_seed(0)
    return MultiHeadModel(backbone, TASKS, 8, image_size=SMALL)


def trained_stages(backbone: str, strategy: str) -> tuple[str, ...]:
    stages = tuple(model_of(backbone).backbone.stages)
    return {"none": stages, "high": LAST_STAGES[backbone][-2:], "mid": LAST_STAGES[backbone], "all": ()}[strategy]


def take_step(model: MultiHeadModel) -> set[str]:
    """A step of the optimizer in training mode; the names of all weights and statistics that it changed.

    Weights count as changed when they were written to, as a gradient may be 0; statistics when their values differ.
    """
    model.train()
    set_modes(model)
    statistics = {name: value.clone() for name, value in model.named_buffers()}
    versions = {name: weight._version for name, weight in model.named_parameters()}
    model.zero_grad()
    cards = torch.randint(0, 256, (3, SMALL[1], SMALL[0], 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    outputs = model(cards)
    torch.stack([outputs[task].square().sum() for task in model.tasks]).sum().backward()
    torch.optim.SGD(model.parameters(), lr=0.0).step()  # writes, yet wears out nothing that is used again
    changed = {name for name, weight in model.named_parameters() if weight._version != versions[name]}
    return changed | {name for name, value in model.named_buffers() if not torch.equal(value, statistics[name])}


def in_backbone(model: MultiHeadModel, stages: tuple[str, ...]) -> set[str]:
    parts = [part for stage in stages for part in model.backbone.stages[stage]]
    names = [name for name in model.state_dict() if name.startswith("backbone.")]
    return {name for name in names if any(f"{name}.".startswith(f"backbone.{part}.") for part in parts)}


def outside(model: MultiHeadModel) -> set[str]:
    return {name for name in model.state_dict() if not name.startswith("backbone.")}


def test_every_backbone_is_named() -> None:
    assert set(LAST_STAGES) == set(BACKBONES)


@pytest.mark.parametrize("strategy", FREEZE)
@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_step_changes_what_the_strategy_says(backbone: str, strategy: str) -> None:
    model = model_of(backbone)
    frozen = apply_freeze(model, strategy)
    assert frozen.trained == trained_stages(backbone, strategy)
    assert frozen.frozen + frozen.trained == tuple(model.backbone.stages)
    wanted = in_backbone(model, frozen.trained) | outside(model)
    assert take_step(model) == wanted
    counts = {name: weight.numel() for name, weight in model.named_parameters()}
    assert frozen.num_trainable == sum(number for name, number in counts.items() if name in wanted)
    assert frozen.num_total == sum(counts.values())


def test_frozen_statistics_really_stand_still() -> None:
    """Bit by bit, with the optimizer that keeps the most state."""
    model = MultiHeadModel("cardnet_tiny", TASKS, 8, image_size=SMALL)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.5)
    take_step(model)
    optimizer.step()  # there is momentum in every weight
    apply_freeze(model, "high")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for _ in range(2):
        take_step(model)
        optimizer.step()
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == in_backbone(model, ("coarse", "layout")) | outside(model)


def test_the_line_tells_it() -> None:
    model = MultiHeadModel("cardnet_tiny", TASKS, 8, image_size=SMALL)
    total = sum(weight.numel() for weight in model.parameters())
    assert apply_freeze(model, "high").line.startswith("freeze high: trains coarse, layout; freezes stem, fine, middle; ")
    assert apply_freeze(model, "none").line.endswith(f"; {total:,} of {total:,} weights train")


def test_unknown_strategy_lists_the_names() -> None:
    with pytest.raises(SettingsError, match="no freeze strategy `low`; choose one of: none, high, mid, all"):
        apply_freeze(model_of("cardnet_tiny"), "low")


def test_a_stage_without_weights_is_an_error() -> None:
    model = MultiHeadModel("cardnet_tiny", TASKS, 8, image_size=SMALL)
    model.backbone.stages = {"stem": ("stem",), "layer4": ("layer4",)}
    with pytest.raises(SettingsError, match="`high`: cardnet_tiny has no weights in its stage `layer4`"):
        apply_freeze(model, "high")


def test_unfreezing_stage_by_stage() -> None:
    model = MultiHeadModel("cardnet_tiny", TASKS, 8, image_size=SMALL)
    stages = tuple(model.backbone.stages)
    apply_freeze(model, "all")
    for number, stage in enumerate(reversed(stages), 1):
        assert apply_freeze(model, "all", more=number).trained == stages[-number:] and stages[-number] == stage
        assert take_step(model) == in_backbone(model, stages[-number:]) | outside(model)
    assert apply_freeze(model, "mid", more=99).trained == stages


def test_unfreezing_by_epoch() -> None:
    assert [unfrozen_at(epoch, 2) for epoch in range(6)] == [0, 0, 1, 1, 2, 2]
    assert unfrozen_at(100, 0) == 0


@pytest.mark.parametrize(
    ("tasks", "parts"),
    [
        (["modifier"], ("heads.modifier.",)),
        (["identification"], ("heads.identification.", "embed.")),
        (["identification", "modifier"], ("heads.", "embed.")),
    ],
)
def test_frozen_heads(tasks: list[str], parts: tuple[str, ...]) -> None:
    model = MultiHeadModel("cardnet_tiny", TASKS, 8, image_size=SMALL)
    freeze_heads(model, tasks)
    apply_freeze(model, "high")  # leaves the heads alone
    assert frozen_heads(model) == tuple(tasks)
    all_names = in_backbone(model, ("coarse", "layout")) | outside(model)
    assert take_step(model) == {name for name in all_names if not name.startswith(parts)}
    unfreeze_heads(model, tasks)
    assert frozen_heads(model) == () and take_step(model) == all_names


def test_the_embedding_learns_while_a_head_reads_it() -> None:
    model = MultiHeadModel("cardnet_tiny", TASKS, 8, heads={"modifier": "cosine"}, image_size=SMALL)
    freeze_heads(model, ["identification"])
    assert "embed.0.weight" in take_step(model)
    freeze_heads(model, ["modifier"])
    assert "embed.0.weight" not in take_step(model)


def test_unknown_heads_are_named() -> None:
    with pytest.raises(SettingsError, match="task `seal` has no head to freeze; choose among: identification, modifier"):
        freeze_heads(model_of("cardnet_tiny"), ["modifier", "seal"])
    assert frozen_heads(model_of("cardnet_tiny")) == ()


def test_what_is_frozen_between_gradient_and_step_stands_still_too() -> None:
    model = MultiHeadModel("cardnet_tiny", TASKS, 8, image_size=SMALL)
    outputs = model(torch.randint(0, 256, (3, 32, 32, 3), dtype=torch.uint8))
    torch.stack([outputs[task].square().sum() for task in TASKS]).sum().backward()
    apply_freeze(model, "high")
    freeze_heads(model, ["modifier"])
    frozen = [weight for weight in model.parameters() if not weight.requires_grad]
    assert frozen and all(weight.grad is None for weight in frozen)
    assert all(weight.grad is not None for weight in model.parameters() if weight.requires_grad)

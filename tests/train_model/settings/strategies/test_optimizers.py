"""Optimizers: which weights go at which rate."""

import pytest
import torch
from torch import nn

from balatro.errors import SettingsError
from balatro.models.multi_head import MultiHeadModel
from balatro.train_model.settings.strategies.optimizers import OPTIMIZERS, AdamW, Group, Simple
from balatro.utils.flags.pick import pick

torch.set_num_threads(1)


class Learner(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = MultiHeadModel("cardnet_tiny", {"identification": 3, "modifier": 5}, 8, image_size=(32, 32))
        self.locator = nn.Conv2d(3, 2, 1)


@pytest.fixture
def learner() -> Learner:
    torch.manual_seed(0)
    return Learner()


def weights_by_group(optimizer: torch.optim.Optimizer) -> dict[str, set[int]]:
    return {group["name"]: {id(weight) for weight in group["params"]} for group in optimizer.param_groups}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_weight_has_one_place(name: str, learner: Learner) -> None:
    learner.encoder.backbone.requires_grad_(False)  # what is frozen may be thawed later
    optimizer = OPTIMIZERS[name]().build(learner)
    listed = [id(weight) for group in optimizer.param_groups for weight in group["params"]]
    assert sorted(listed) == sorted(id(weight) for weight in learner.parameters())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_frozen_weights_stay_until_they_are_thawed(name: str, learner: Learner) -> None:
    optimizer = OPTIMIZERS[name]().build(learner)
    stem = learner.encoder.backbone.get_parameter("stem.0.weight")
    before = stem.detach().clone()
    for frozen in (True, False):
        stem.requires_grad_(not frozen)
        learner.encoder(torch.randint(0, 256, (4, 32, 32, 3), dtype=torch.uint8))["modifier"].square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        assert torch.equal(stem, before) is frozen


def test_groups_have_their_rates(learner: Learner) -> None:
    optimizer = Group(lr_backbone=1e-5, lr_heads=1e-3, weight_decay=0.1).build(learner)
    groups = {group["name"]: (group["lr"], group["weight_decay"]) for group in optimizer.param_groups}
    assert groups == {
        "backbone": (1e-5, 0.1),
        "backbone, norms": (1e-5, 0.0),
        "heads": (1e-3, 0.1),
        "heads, norms": (1e-3, 0.0),
    }
    have = weights_by_group(optimizer)
    backbone = {id(weight) for weight in learner.encoder.backbone.parameters()}
    assert have["backbone"] | have["backbone, norms"] == backbone
    assert id(learner.encoder.heads["identification"].get_parameter("prototypes")) in have["heads"]
    assert id(learner.locator.bias) in have["heads, norms"]


def test_one_rate_for_all(learner: Learner) -> None:
    adam = Simple(lr=3e-3).build(learner)
    assert type(adam) is torch.optim.Adam and [group["lr"] for group in adam.param_groups] == [3e-3]
    groups = AdamW().build(learner).param_groups
    assert [(group["lr"], group["weight_decay"], group["betas"]) for group in groups] == [
        (2e-3, 0.02, (0.9, 0.99)),
        (2e-3, 0.0, (0.9, 0.99)),
    ]
    assert all(weight.ndim > 1 for weight in groups[0]["params"]) and all(weight.ndim <= 1 for weight in groups[1]["params"])


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("simple", {"lr": 0.0}, "lr is 0.0; give more than 0"),
        ("simple", {"lr": float("nan")}, "lr is nan; give more than 0"),
        ("group", {"lr_heads": -1.0}, "lr_heads is -1.0; give more than 0"),
        ("adamw", {"weight_decay": -0.1}, "weight_decay is -0.1; give 0 or more"),
        ("simple", {"lr_heads": 1e-3}, "--optimizer-lr-heads was given, but the optimizer `simple` does not use it"),
    ],
)
def test_mistakes(name: str, given: dict[str, float], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        pick(OPTIMIZERS, name, "optimizer", given)

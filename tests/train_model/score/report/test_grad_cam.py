import numpy as np
import pytest
import torch
from torch import nn

from balatro.models.backbones import BACKBONES
from balatro.models.multi_head import MultiHeadModel
from balatro.train_model.score.report.grad_cam import grad_cam, spatial_layer

SIZE = (64, 64)
NO_MAPS = {"vit_tiny"}
"""Backbones whose parts give rows of tokens."""


def small(backbone, **options):
    torch.manual_seed(0)
    return MultiHeadModel(backbone, {"identification": 4, "modifier": 3}, 16, image_size=SIZE, **options)


@pytest.fixture(scope="module")
def cards():
    return np.random.default_rng(0).integers(0, 256, (3, SIZE[1], SIZE[0], 3), dtype=np.uint8)


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.slow
def test_every_backbone_has_heat_or_says_that_it_has_none(backbone, cards):
    encoder = small(backbone)
    heat = grad_cam(encoder, cards[:1], "modifier", np.array([1]))
    if backbone in NO_MAPS:
        assert heat is None
        return
    assert heat.shape == (1, 64, 64) and heat.dtype == np.float32
    assert heat.min() >= 0 and heat.max() <= 1


def test_cardnet_is_looked_at_before_its_layout(cards):
    encoder = small("cardnet_tiny")
    assert spatial_layer(encoder, cards) is encoder.backbone.coarse


class Brightness(nn.Module):
    """Says `bright` (0) the more, and `dark` (1) the less, light there is anywhere: what Grad-CAM must show is known."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Module()
        self.backbone.light = nn.AvgPool2d(8)
        self.backbone.stages = {"light": ("light",), "pool": ("pool",)}
        self.backbone.pool = nn.AdaptiveAvgPool2d(1)
        self.backbone.stage_modules = lambda stage: [getattr(self.backbone, stage)]
        self.says = nn.Parameter(torch.tensor([1.0, -1.0]))

    def forward(self, cards):
        light = self.backbone.light(cards.permute(0, 3, 1, 2).float().mean(1, keepdim=True))
        return {"light": self.backbone.pool(light).flatten(1) * self.says}


def test_heat_is_where_the_class_is_seen():
    cards = np.zeros((2, 64, 64, 3), np.uint8)
    cards[0, :16, :16] = cards[1, 48:, 48:] = 200
    heat = grad_cam(Brightness(), cards, "light", np.array([0, 0]))
    assert heat[0, 8, 8] == pytest.approx(1, abs=0.1) and heat[0, 40:, 40:].max() < 0.01
    assert heat[1, 56, 56] == pytest.approx(1, abs=0.1) and heat[1, :24, :24].max() < 0.01
    assert not grad_cam(Brightness(), cards, "light", np.array([1, 1])).any(), "light never speaks for dark"


def test_the_asked_class_matters(cards):
    encoder = small("cardnet_tiny")
    one, other = (grad_cam(encoder, cards, "identification", np.full(3, label)) for label in (0, 1))
    assert np.abs(one - other).max() > 0.05


def test_the_encoder_is_left_as_it_was(cards):
    encoder = small("cardnet_tiny").train()
    for weight in encoder.backbone.parameters():
        weight.requires_grad_(False)
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    assert grad_cam(encoder, cards, "modifier", np.array([0, 1, 2])).max() == pytest.approx(1.0)
    assert encoder.training and not any(weight.requires_grad for weight in encoder.backbone.parameters())
    assert all(weight.grad is None for weight in encoder.parameters())
    assert all(torch.equal(value, before[name]) for name, value in encoder.state_dict().items())


def test_no_cards_no_heat(cards):
    encoder = small("cardnet_tiny")
    assert grad_cam(encoder, cards[:0], "modifier", np.zeros(0, int), encoder.backbone.coarse).shape == (0, 64, 64)

"""Backbones and the multi-head encoder."""

import re

import numpy as np
import pytest
import torch

from balatro.errors import SettingsError
from balatro.models.backbones import BACKBONES, MEAN, STD, TimmBackbone, build_backbone, spread
from balatro.models.heads import COSINE_SCALE
from balatro.models.multi_head import MultiHeadModel, set_prototypes

pytestmark = pytest.mark.slow
torch.set_num_threads(1)
LIGHT = ("cardnet", "cardnet_tiny")
TASKS = {"identification": 7, "modifier": 5, "seal": 3}


def random_cards(count: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (count, 128, 96, 3), np.uint8))


@pytest.mark.parametrize("name", LIGHT)
def test_encoder_outputs(name: str) -> None:
    model = MultiHeadModel(name, TASKS, embedding=16).eval()
    outputs = model(random_cards(2))
    assert {task: tuple(value.shape) for task, value in outputs.items()} == {
        "identification": (2, 7),
        "modifier": (2, 5),
        "seal": (2, 3),
        "embedding": (2, 16),
    }
    assert torch.allclose(outputs["embedding"].norm(dim=1), torch.ones(2), atol=1e-5)
    assert outputs["identification"].abs().max() <= COSINE_SCALE + 1e-3
    assert model.features(random_cards(2)).shape == (2, model.backbone.num_features)


@pytest.mark.parametrize("size", [(96, 128), (224, 224), (64, 32)])
@pytest.mark.parametrize("name", BACKBONES)
def test_every_backbone_counts_its_features(name: str, size: tuple[int, int]) -> None:
    with torch.device("meta"):  # shapes only, no numbers: large networks cost nothing
        backbone = build_backbone(name, size).eval()
        assert backbone(torch.zeros(2, 3, size[1], size[0])).shape == (2, backbone.num_features)
    assert (backbone.name, backbone.image_size) == (name, size)


@pytest.mark.parametrize("name", BACKBONES)
def test_every_weight_and_statistic_is_in_one_stage(name: str) -> None:
    with torch.device("meta"):
        backbone = build_backbone(name)
    assert len(backbone.stages) >= 4
    by_stage = [set(backbone.stage_parameters(stage)) for stage in backbone.stages]
    assert all(by_stage)
    assert sum(len(names) for names in by_stage) == len(set.union(*by_stage))
    assert set.union(*by_stage) == {weight for weight, _ in backbone.named_parameters()}
    layers = [layer for stage in backbone.stages for layer in backbone.stage_modules(stage)]
    reached = [id(value) for layer in layers for value in layer.buffers()]
    of_colours = set(map(id, backbone.colours.buffers())) if getattr(backbone, "colours", None) else set()
    assert sorted(reached) == sorted(id(value) for value in backbone.buffers() if id(value) not in of_colours)


def test_stages_go_from_the_picture_to_the_features() -> None:
    for name in BACKBONES:
        with torch.device("meta"):
            backbone = build_backbone(name)
        order = {weight: number for number, (weight, _) in enumerate(backbone.named_parameters())}
        first = [min(order[weight] for weight in backbone.stage_parameters(stage)) for stage in backbone.stages]
        assert first == sorted(first), name


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        (
            "cardnet",
            (100, 130),
            "100x130 pixels do not fit backbone 'cardnet' (multiples of 16, 32 at least); 96x128 would",
        ),
        ("vit_tiny", (224, 220), "do not fit backbone 'vit_tiny' (multiples of 16, 32 at least); 224x224 would"),
        ("resnet18", (20, 128), "pictures of 20x128 pixels do not fit backbone 'resnet18' (32 at least); 32x128 would"),
    ],
)
def test_sizes_that_do_not_fit(name: str, size: tuple[int, int], told: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        build_backbone(name, size)


def test_colours_are_those_that_a_network_knows() -> None:
    backbone = build_backbone("vit_tiny", (32, 32))
    assert isinstance(backbone, TimmBackbone) and backbone.colours is not None
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    picture = torch.rand(1, 3, 4, 4)
    assert torch.allclose(backbone.colours((picture - mean) / std), (picture - 0.5) / 0.5, atol=1e-5)
    assert not any("colours" in name for name in backbone.state_dict())


@pytest.mark.parametrize("size", [(96, 128), (64, 64), (32, 48)])
def test_pictures_of_another_size(size: tuple[int, int]) -> None:
    model = MultiHeadModel("cardnet_tiny", TASKS, 16, image_size=size).eval()
    assert model.image_size == size
    assert model(torch.zeros(2, size[1], size[0], 3, dtype=torch.uint8))["modifier"].shape == (2, 5)


def test_unknown_backbone_lists_the_names() -> None:
    with pytest.raises(SettingsError, match="cardnet_large"):
        build_backbone("resnet1800")


def test_spread_sees_texture() -> None:
    flat, striped = torch.full((1, 1, 4, 4), 0.5), torch.tensor([0.0, 1.0]).repeat(1, 1, 4, 2)
    values = spread(torch.cat([flat, striped], 1))
    assert torch.allclose(values[0, :2], torch.tensor([0.5, 0.5]))
    assert values[0, 3] > 0.49 and values[0, 2] < 0.02


def test_features_keep_where_things_are() -> None:
    model = MultiHeadModel("cardnet_tiny", {"modifier": 5}, 16).eval()
    card = torch.zeros(1, 128, 96, 3, dtype=torch.uint8)
    low, high = card.clone(), card.clone()
    high[:, 16:48, 32:64] = 255
    low[:, 80:112, 32:64] = 255
    apart = (model.features(high) - model.features(low)).abs()
    assert apart[:, :64].max() > 1e-3  # the layout tells them apart …
    assert apart[:, 64:].max() < 0.1 * apart[:, :64].max() + 0.2  # … means and deviations hardly


def test_prototypes_answer_for_their_own_embedding() -> None:
    model = MultiHeadModel("cardnet_tiny", {"identification": 4}, 8).eval()
    rows = model(random_cards(4))["embedding"].detach()
    set_prototypes(model, rows)
    logits = model(random_cards(4))["identification"]
    assert torch.allclose(logits.diagonal(), torch.full((4,), COSINE_SCALE), atol=1e-3)

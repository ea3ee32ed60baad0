"""Backbones and the multi-head encoder."""

import numpy as np
import pytest
import torch

from balatro.models.backbones import BACKBONES, build_backbone, spread
from balatro.models.multi_head import COSINE_SCALE, MultiHeadModel, set_prototypes
from balatro.utils.errors import SettingsError

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


@pytest.mark.parametrize("name", sorted(set(BACKBONES) - set(LIGHT)))
def test_every_other_backbone_counts_its_features(name: str) -> None:
    with torch.device("meta"):  # shapes only, no numbers: large networks cost nothing
        backbone = build_backbone(name).eval()
        assert backbone(torch.zeros(2, 3, 128, 96)).shape == (2, backbone.num_features)
    assert backbone.stages


def test_unknown_backbone_lists_the_names() -> None:
    with pytest.raises(SettingsError, match="cardnet_large"):
        build_backbone("resnet1800")


def test_cardnet_has_no_foreign_weights() -> None:
    with pytest.raises(SettingsError, match="pretrained"):
        build_backbone("cardnet", pretrained=True)


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

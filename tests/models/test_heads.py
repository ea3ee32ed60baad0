"""Heads: what each kind is made of, and which one a task gets."""

import pytest
import torch
from torch import nn

from balatro.errors import SettingsError
from balatro.models.heads import COSINE_SCALE, HEADS, build_head, choose_heads
from balatro.models.multi_head import MultiHeadModel, set_prototypes

torch.set_num_threads(1)
FEATURES, EMBEDDING, CLASSES = 2048, 16, 7

LAYERS: dict[str, list[object]] = {
    "mlp": [(2048, 96), nn.BatchNorm1d, nn.ReLU, (96, 7)],
    "basic": [0.5, (2048, 512), nn.ReLU, 0.3, (512, 7)],
    "improved": [
        0.5, (2048, 1024), nn.BatchNorm1d, nn.ReLU, 0.3, (1024, 512), nn.BatchNorm1d, nn.ReLU, 0.2, (512, 7),
    ],
}  # fmt: skip
"""Sizes of linear layers, shares of dropouts, and the kinds of all others, for ResNet-50's features as PokéTorch had them."""


@pytest.mark.parametrize("kind", LAYERS)
def test_layers(kind: str) -> None:
    assert [told(layer) for layer in build_head(kind, FEATURES, EMBEDDING, CLASSES).children()] == LAYERS[kind]


def told(layer: nn.Module) -> object:
    if isinstance(layer, nn.Linear):
        return layer.in_features, layer.out_features
    return layer.p if isinstance(layer, nn.Dropout) else type(layer)


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("num_features", [3, 640])
def test_every_kind_reads_any_backbone(kind: str, num_features: int) -> None:
    head = build_head(kind, num_features, EMBEDDING, CLASSES).train()
    inputs = {"embedding": EMBEDDING, "features": num_features}[HEADS[kind].needs]
    logits = head(torch.randn(4, inputs))
    assert logits.shape == (4, CLASSES)
    logits.sum().backward()
    assert all(weight.grad is not None for weight in head.parameters())


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        (None, {"identification": "cosine", "modifier": "mlp", "seal": "mlp"}),
        ({"seal": "linear"}, {"identification": "cosine", "modifier": "mlp", "seal": "linear"}),
        ({"identification": "improved"}, {"identification": "improved", "modifier": "mlp", "seal": "mlp"}),
    ],
)
def test_choice(chosen: dict[str, str] | None, wanted: dict[str, str]) -> None:
    assert choose_heads(["identification", "modifier", "seal"], chosen) == wanted
    model = MultiHeadModel("cardnet_tiny", {"identification": 3, "modifier": 5, "seal": 2}, 8, heads=chosen)
    assert model.head_kinds == wanted
    assert {task: type(head) for task, head in model.heads.items()} == {task: HEADS[kind] for task, kind in wanted.items()}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"seal": "mlp"}, "head `mlp` was chosen for task `seal`, which is not learned; the tasks are: modifier"),
        (
            {"modifier": "round"},
            "no head `round` .for task `modifier`.; choose one of: cosine, mlp, linear, basic, improved",
        ),
    ],
)
def test_mistakes(chosen: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        choose_heads(["modifier"], chosen)


def test_weights_keep_their_names() -> None:
    """Models of before there was a choice load."""
    model = MultiHeadModel("cardnet_tiny", {"identification": 3, "modifier": 5}, 8)
    names = [name for name in model.state_dict() if name.startswith("heads.")]
    assert names == [
        "heads.identification.prototypes",
        "heads.modifier.0.weight",
        *(f"heads.modifier.1.{name}" for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")),
        "heads.modifier.3.weight",
        "heads.modifier.3.bias",
    ]


def test_only_a_cosine_head_has_prototypes() -> None:
    model = MultiHeadModel("cardnet_tiny", {"identification": 3, "seal": 3}, 8, heads={"seal": "cosine"}).eval()
    rows = torch.eye(3, 8)
    set_prototypes(model, 5 * rows, "seal")
    assert torch.allclose(model.heads["seal"](rows), COSINE_SCALE * torch.eye(3))
    model = MultiHeadModel("cardnet_tiny", {"identification": 3}, 8, heads={"identification": "linear"})
    with pytest.raises(SettingsError, match="task `identification` is `linear`; only a `cosine` head has prototypes"):
        set_prototypes(model, rows)

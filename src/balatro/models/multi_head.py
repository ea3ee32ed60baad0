"""The encoder: one backbone, one head a task, and an embedding that says how alike two cards are.

A task's head is a row of HEADS. Tasks not listed there get the default, so a new task is one entry in `tasks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from balatro.models.backbones import build_backbone

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""ImageNet's colour statistics, RGB 0..1, as timm's weights expect them."""

COSINE_SCALE = 24.0
"""Logits are this times a cosine. Large enough that 16,000 classes can reach a probability of 0.99."""


class CosineHead(nn.Module):
    """Similarity to one learned prototype a class, on the unit-length embedding."""

    needs = "embedding"

    def __init__(self, num_in: int, num_classes: int) -> None:
        super().__init__()
        self.prototypes = nn.Parameter(torch.randn(num_classes, num_in))

    def forward(self, embedding: Tensor) -> Tensor:
        return COSINE_SCALE * F.linear(embedding, F.normalize(self.prototypes, dim=1))


class MlpHead(nn.Sequential):
    """One hidden layer on the backbone's features."""

    needs = "features"

    def __init__(self, num_in: int, num_classes: int) -> None:
        super().__init__(
            nn.Linear(num_in, 96, bias=False), nn.BatchNorm1d(96), nn.ReLU(inplace=True), nn.Linear(96, num_classes)
        )


HEADS: dict[str, type[CosineHead] | type[MlpHead]] = {"identification": CosineHead, "modifier": MlpHead}
"""Which head a task gets; every other task gets MlpHead."""


class MultiHeadModel(nn.Module):
    """`tasks` maps a task's name to its number of classes."""

    def __init__(self, backbone: str, tasks: Mapping[str, int], embedding: int = 128, pretrained: bool = False) -> None:
        super().__init__()
        self.backbone_name = backbone
        self.embedding_size = embedding
        self.tasks = dict(tasks)
        self.backbone = build_backbone(backbone, pretrained)
        num_features = self.backbone.num_features
        self.embed = nn.Sequential(nn.Linear(num_features, embedding, bias=False), nn.BatchNorm1d(embedding))
        self.heads = nn.ModuleDict()
        for task, num_classes in tasks.items():
            head = HEADS.get(task, MlpHead)
            self.heads[task] = head(embedding if head.needs == "embedding" else num_features, num_classes)
        self.gain: Tensor
        self.offset: Tensor
        # Normalising is folded into one multiplication and one addition, so that the exported graph takes plain bytes.
        self.register_buffer("gain", torch.tensor([1 / (255 * s) for s in STD]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer(
            "offset", torch.tensor([-m / s for m, s in zip(MEAN, STD, strict=True)]).view(1, 3, 1, 1), persistent=False
        )

    def features(self, cards: Tensor) -> Tensor:
        """(N, 128, 96, 3) uint8 RGB -> (N, num_features)."""
        x = cards.permute(0, 3, 1, 2).float() * self.gain + self.offset
        return cast(Tensor, self.backbone(x))

    def read(self, features: Tensor) -> dict[str, Tensor]:
        """What the features say: {task: (N, classes) logits, "embedding": (N, D) of unit length}, float32."""
        features = features.float()
        embedding = F.normalize(self.embed(features), dim=1)
        inputs = {"features": features, "embedding": embedding}
        outputs = {task: head(inputs[cast(str, head.needs)]) for task, head in self.heads.items()}
        return {**outputs, "embedding": embedding}

    def forward(self, cards: Tensor) -> dict[str, Tensor]:
        """(N, 128, 96, 3) uint8 RGB -> as `read`."""
        return self.read(self.features(cards))


def set_prototypes(model: MultiHeadModel, rows: Tensor) -> None:
    """Start the identification head from one embedding a class: rows (classes, D)."""
    head = model.heads["identification"]
    assert isinstance(head, CosineHead)
    with torch.no_grad():
        head.prototypes.copy_(F.normalize(rows, dim=1))

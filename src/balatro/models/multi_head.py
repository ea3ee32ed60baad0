"""The encoder: one backbone, one head a task, and an embedding that says how alike two cards are.

A task's head is of a kind of balatro.models.heads.HEADS, chosen or the task's default, so a new task is one entry in `tasks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from balatro.config.shapes import CARD_SIZE
from balatro.errors import SettingsError
from balatro.models.backbones import MEAN, STD, build_backbone
from balatro.models.heads import HEADS, CosineHead, Heads, build_head, choose_heads
from balatro.models.pretrained import load_imagenet


class MultiHeadModel(nn.Module):
    """`tasks` maps a task's name to its number of classes, `heads` a task's name to a kind of head other than its default.

    image_size: width and height in pixels of the pictures it reads. pretrained: start from ImageNet weights, or SettingsError
    where there are none (`balatro.models.pretrained.load_imagenet` knows a milder way).
    """

    def __init__(
        self,
        backbone: str,
        tasks: Mapping[str, int],
        embedding: int = 128,
        pretrained: bool = False,
        heads: Mapping[str, str] | None = None,
        image_size: tuple[int, int] = CARD_SIZE,
    ) -> None:
        super().__init__()
        self.backbone_name = backbone
        self.embedding_size = embedding
        self.image_size = image_size
        self.tasks = dict(tasks)
        self.head_kinds = choose_heads(tasks, heads)
        self.backbone = build_backbone(backbone, image_size)
        if pretrained:
            load_imagenet(self.backbone, "yes")
        num_features = self.backbone.num_features
        self.embed = nn.Sequential(nn.Linear(num_features, embedding, bias=False), nn.BatchNorm1d(embedding))
        self.heads = Heads(
            {task: build_head(kind, num_features, embedding, tasks[task]) for task, kind in self.head_kinds.items()}
        )
        self.gain: Tensor
        self.offset: Tensor
        # Normalising is folded into one multiplication and one addition, so that the exported graph takes plain bytes.
        self.register_buffer("gain", torch.tensor([1 / (255 * s) for s in STD]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer(
            "offset", torch.tensor([-m / s for m, s in zip(MEAN, STD, strict=True)]).view(1, 3, 1, 1), persistent=False
        )

    def features(self, cards: Tensor) -> Tensor:
        """(N, H, W, 3) uint8 RGB -> (N, num_features)."""
        x = cards.permute(0, 3, 1, 2).float() * self.gain + self.offset
        return cast(Tensor, self.backbone(x))

    def read(self, features: Tensor) -> dict[str, Tensor]:
        """What the features say: {task: (N, classes) logits, "embedding": (N, D) of unit length}, float32."""
        features = features.float()
        embedding = F.normalize(self.embed(features), dim=1)
        inputs = {"features": features, "embedding": embedding}
        outputs = {task: head(inputs[HEADS[self.head_kinds[task]].needs]) for task, head in self.heads.items()}
        return {**outputs, "embedding": embedding}

    def forward(self, cards: Tensor) -> dict[str, Tensor]:
        """(N, H, W, 3) uint8 RGB -> as `read`."""
        return self.read(self.features(cards))


def set_prototypes(model: MultiHeadModel, rows: Tensor, task: str = "identification") -> None:
    """Start a cosine head from one embedding a class: rows (classes, D)."""
    head = model.heads[task]
    if not isinstance(head, CosineHead):
        raise SettingsError(f"the head of task `{task}` is `{model.head_kinds[task]}`; only a `cosine` head has prototypes")
    with torch.no_grad():
        head.prototypes.copy_(F.normalize(rows, dim=1))

"""All that is trained, as one module: what several processes synchronise, and what one optimizer steps."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel


class Learner(nn.Module):
    """The encoder, and the locator where screens are drawn to learn it from."""

    def __init__(self, encoder: MultiHeadModel, locator: Locator | None) -> None:
        super().__init__()
        self.encoder = encoder
        self.locator = locator

    def forward(self, cards: Tensor, frames: Tensor | None = None) -> dict[str, Tensor]:
        """Cards (N, h, w, 3) uint8 and frames (K, H, W, 3) uint8, RGB -> as `MultiHeadModel.read`, and `Locator.maps`.

        Convolutions are computed in the precision of the surrounding autocast, heads always in float32.
        """
        features = self.encoder.features(cards)
        with torch.autocast(cards.device.type, enabled=False):
            outputs = self.encoder.read(features)
        if self.locator is not None and frames is not None:
            outputs["heat"], outputs["corners"], outputs["smaller"] = self.locator.maps(frames)
        return outputs

    @property
    def networks(self) -> dict[str, nn.Module]:
        """What is saved, averaged and clipped each by itself."""
        return {"encoder": self.encoder} | ({"locator": self.locator} if self.locator is not None else {})

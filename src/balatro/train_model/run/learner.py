"""All that is trained, as one module: what several processes synchronise, and what one optimizer steps."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel
from balatro.models.refiner import Refiner


class Learner(nn.Module):
    """The encoder, the locator where screens are drawn to learn it from, and the refiner where photographs are."""

    def __init__(self, encoder: MultiHeadModel, locator: Locator | None, refiner: Refiner | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.locator = locator
        self.refiner = refiner

    def forward(self, cards: Tensor, frames: Tensor | None = None, patches: Tensor | None = None) -> dict[str, Tensor]:
        """Cards (N, h, w, 3), frames (K, H, W, 3) and patches (P, 128, 96, 3), uint8 RGB -> as `MultiHeadModel.read`,
        `Locator.maps` and `Refiner.maps`.

        Convolutions are computed in the precision of the surrounding autocast, heads always in float32.
        """
        features = self.encoder.features(cards)
        with torch.autocast(cards.device.type, enabled=False):
            outputs = self.encoder.read(features)
        if self.locator is not None and frames is not None:
            outputs["heat"], outputs["corners"], outputs["smaller"] = self.locator.maps(frames)
        if self.refiner is not None and patches is not None:
            outputs["places"], outputs["card"] = self.refiner.maps(patches)
        return outputs

    def learn_refiner_alone(self) -> None:
        """Freeze the others, the statistics of their batch norms too."""
        for network in (self.encoder, self.locator):
            if network is not None:
                network.requires_grad_(False).eval()

    @property
    def networks(self) -> dict[str, nn.Module]:
        """What is saved, averaged and clipped each by itself."""
        every = {"encoder": self.encoder, "locator": self.locator, "refiner": self.refiner}
        return {name: network for name, network in every.items() if network is not None}

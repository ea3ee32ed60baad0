"""The refiner: fits a card's four corners where the locator saw it roughly, and says whether a card is there at all.

The locator answers from one cell for a whole card, in any turn: on photographs its corners are off by some percent of the card,
and it doubts what lies askew. The refiner sees the card alone, cut out at those corners (`runtime/refiner.py`), upright then:
a map a corner says where it lies, and the middle of each map is the answer (integral regression, Sun et al., 2018).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from balatro.config.shapes import PATCH_SIZE, PATCH_STRIDE
from balatro.models.backbones import ConvNorm
from balatro.models.locator import Separable

CORNERS = 4


class Refiner(nn.Module):
    """`widths` are the channels at strides 2, 4, 8 and 16, `depths` the blocks after each halving from stride 4 on."""

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 128), depths: Sequence[int] = (1, 2, 4), head: int = 32) -> None:
        super().__init__()
        self.stem = ConvNorm(3, widths[0], stride=2)
        self.down = nn.ModuleList(
            nn.Sequential(Separable(before, width, stride=2), *(Separable(width, width) for _ in range(depth)))
            for before, width, depth in zip(widths, widths[1:], depths, strict=False)
        )
        self.whole = nn.Linear(widths[-1], widths[-1])
        self.across = nn.ModuleList(ConvNorm(width, head, kernel=1, act=False) for width in widths[1:])
        self.mix = nn.ModuleList(Separable(head, head) for _ in widths[1:])
        self.corners = nn.Conv2d(head, CORNERS, 1)
        self.card = nn.Linear(widths[-1], 1)

    def maps(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 128, 96, 3) uint8 RGB -> logits of each corner's place (N, 4, 32, 24), and of there being a card (N,)."""
        x = self.stem(patches.permute(0, 3, 1, 2).float() * (1 / 64) - 2)
        levels = []
        for stage in self.down:
            x = stage(x)
            levels.append(x)
        # What the patch shows as a whole tells each cell which of several edges is the card's.
        seen = torch.relu(self.whole(x.mean((2, 3))))
        merged = self.mix[-1](self.across[-1](levels[-1] + seen[:, :, None, None]))
        for index in range(len(levels) - 2, -1, -1):
            merged = F.interpolate(merged, scale_factor=2.0, mode="nearest")
            merged = self.mix[index](torch.relu(merged + self.across[index](levels[index])))
        return self.corners(merged), self.card(seen)[:, 0]

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """What is exported: corners (N, 4, 2), x and y in pixels of the patch, and the chance (N,) that a card is there."""
        places, card = self.maps(patches)
        return middles(places), torch.sigmoid(card)


def middles(places: Tensor) -> Tensor:
    """(N, 4, h, w) logits of cells -> (N, 4, 2): the mean place in pixels of the patch, cells weighed by their chance."""
    chance = places.flatten(2).softmax(2).view_as(places)
    x = (torch.arange(places.shape[3], device=places.device) + 0.5) * PATCH_STRIDE
    y = (torch.arange(places.shape[2], device=places.device) + 0.5) * PATCH_STRIDE
    return torch.stack([(chance.sum(2) * x).sum(2), (chance.sum(3) * y).sum(2)], dim=2)


def sample_patches() -> Tensor:
    """(2, 128, 96, 3) uint8, for an export."""
    return torch.zeros(2, PATCH_SIZE[1], PATCH_SIZE[0], 3, dtype=torch.uint8)

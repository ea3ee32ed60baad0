"""The locator: finds every card-like thing in a frame, with its four corners, also where cards overlap.

A frame of 512x288 pixels (a card is about 43x57 there) becomes a map of one cell per 4x4 pixels: `heat` is high in the cell of
a card's centre, and the eight corner offsets of that cell, in cells from the cell's centre, give the quad. Three more levels,
down to one cell per 32 pixels, let a cell see far beyond one card: the centre and the hidden corners of a covered card must be
guessed from its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from balatro.models.backbones import ConvNorm

FRAME_SIZE = (512, 288)
"""Width and height in pixels to which a 16:9 frame is resized."""

CORNER_SCALE = 6.0
"""The network's raw corner values times this are cells; half a card is 5 by 7 cells, so raw values stay near 1."""


class Separable(nn.Module):
    """A depthwise and a pointwise convolution, around a shortcut where the shape stays.

    No norm between the two and 3x3 windows only: both would double the time of a training step on a CPU.
    """

    def __init__(self, num_in: int, num_out: int, stride: int = 1) -> None:
        super().__init__()
        depthwise = nn.Conv2d(num_in, num_in, 3, stride, 1, groups=num_in, bias=False)
        self.body = nn.Sequential(depthwise, ConvNorm(num_in, num_out, kernel=1))
        self.shortcut = stride == 1 and num_in == num_out

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, x + self.body(x) if self.shortcut else self.body(x))


class Locator(nn.Module):
    """`widths` are the channels at strides 2, 4, 8, 16 and 32, `depths` the blocks after each halving from stride 4 on.

    The deep levels cost least and see farthest, so most blocks are there.
    """

    def __init__(
        self, widths: Sequence[int] = (16, 32, 64, 112, 160), depths: Sequence[int] = (1, 2, 4, 4), head: int = 32
    ) -> None:
        super().__init__()
        self.stem = ConvNorm(3, widths[0], stride=2)
        self.down = nn.ModuleList(
            nn.Sequential(Separable(before, width, stride=2), *(Separable(width, width) for _ in range(depth)))
            for before, width, depth in zip(widths, widths[1:], depths, strict=False)
        )
        self.across = nn.ModuleList(ConvNorm(width, head, kernel=1, act=False) for width in widths[1:])
        self.mix = nn.ModuleList(Separable(head, head) for _ in widths[1:])
        self.out = nn.Conv2d(head, 9, 1)
        with torch.no_grad():
            cast(Tensor, self.out.bias)[0] = -4.0  # cards are rare: starting near 2 % keeps the first losses small

    def maps(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """(N, H, W, 3) uint8 RGB -> heat logits (N, 1, H/4, W/4) and corners (N, 8, H/4, W/4) in cells."""
        x = self.stem(frames.permute(0, 3, 1, 2).float() * (1 / 64) - 2)
        levels = []
        for stage in self.down:
            x = stage(x)
            levels.append(x)
        merged = self.mix[-1](self.across[-1](levels[-1]))
        for index in range(len(levels) - 2, -1, -1):
            merged = F.interpolate(merged, scale_factor=2.0, mode="nearest")
            if index == len(levels) - 2:
                # Frames are multiples of 16 pixels, not of 32: the coarsest map may reach half a cell too far.
                merged = merged[:, :, : levels[index].shape[2], : levels[index].shape[3]]
            merged = self.mix[index](torch.relu(merged + self.across[index](levels[index])))
        out = self.out(merged)
        return out[:, :1], CORNER_SCALE * out[:, 1:]

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """What is exported: heat (N, H/4, W/4), 0..1 and 0 everywhere but at local maxima, and corners as `maps`."""
        logits, corners = self.maps(frames)
        return thin(torch.sigmoid(logits))[:, 0], corners


def thin(heat: Tensor) -> Tensor:
    """Keep the local maxima of 3x3 cells of (N, 1, h, w), 0 elsewhere."""
    return heat * (heat == F.max_pool2d(heat, 3, 1, 1)).to(heat.dtype)

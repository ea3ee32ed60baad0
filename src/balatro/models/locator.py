"""The locator: finds every card-like thing in a picture, of any size, with its four corners, also where cards overlap.

A picture becomes a frame of about 512x288 pixels. Three levels of cells, of 4, 8 and 16 pixels, find cards of three sizes,
each twice as large as the one before (`LEVEL_HEIGHTS`): `heat` is high in the cell of a card's centre, and the eight corner
offsets of that cell, in cells from the cell's centre, give the quad. A deeper level, of 32 pixels, lets a cell see far beyond
one card: the centre and the hidden corners of a covered card must be guessed from its neighbours. A map `smaller` tells where
cards lie that are too small for this frame, so that a second look takes these places larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from balatro.config.shapes import SMALLER_STRIDE, STRIDES
from balatro.models.backbones import ConvNorm

FRAME_SIZE = (512, 288)
"""Width and height in pixels to which a 16:9 picture is resized."""

FRAME_SIZES = (FRAME_SIZE, (384, 384), (288, 512))
"""Frames that are trained on: wide, square and tall, all of FRAME_PIXELS."""

LEVEL_HEIGHTS = (26.0, 85.0, 170.0, 480.0)
"""Heights of cards in pixels of the frame at which the levels begin; the last is the largest card."""

SMALLER_LEVEL = STRIDES.index(SMALLER_STRIDE)

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
        self.outs = nn.ModuleList(nn.Conv2d(head, 9, 1) for _ in STRIDES)
        self.smaller = nn.Conv2d(head, 1, 1)
        with torch.no_grad():
            for out in (*self.outs, self.smaller):
                cast(Tensor, out.bias)[0] = -4.0  # cards are rare: starting near 2 % keeps the first losses small

    def maps(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(N, H, W, 3) uint8 RGB -> heat logits (N, cells), corners (N, 8, cells) in cells of their level, and logits
        `smaller` (N, H/8, W/8). Cells are those of `utils.cells.cell_grid`."""
        levels = self._levels(frames)
        outs = [out(level) for out, level in zip(self.outs, levels, strict=True)]
        flat = torch.cat([out.flatten(2) for out in outs], dim=2)
        return flat[:, 0], CORNER_SCALE * flat[:, 1:], self.smaller(levels[SMALLER_LEVEL])[:, 0]

    def _levels(self, frames: Tensor) -> list[Tensor]:
        """What is known at each level, (N, head, H/stride, W/stride)."""
        x = self.stem(frames.permute(0, 3, 1, 2).float() * (1 / 64) - 2)
        levels = []
        for stage in self.down:
            x = stage(x)
            levels.append(x)
        merged = self.mix[-1](self.across[-1](levels[-1]))
        known = []
        for index in range(len(levels) - 2, -1, -1):
            merged = F.interpolate(merged, scale_factor=2.0, mode="nearest")
            merged = self.mix[index](torch.relu(merged + self.across[index](levels[index])))
            known.append(merged)
        return known[::-1]

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What is exported: heat (N, cells), 0..1 and 0 everywhere but at its level's local maxima, corners as `maps`, and
        smaller (N, H/8, W/8), 0..1."""
        levels = self._levels(frames)
        outs = [out(level) for out, level in zip(self.outs, levels, strict=True)]
        heat = torch.cat([thin(torch.sigmoid(out[:, :1])).flatten(1) for out in outs], dim=1)
        corners = torch.cat([out[:, 1:].flatten(2) for out in outs], dim=2)
        return heat, CORNER_SCALE * corners, torch.sigmoid(self.smaller(levels[SMALLER_LEVEL]))[:, 0]


def thin(heat: Tensor) -> Tensor:
    """Keep the local maxima of 3x3 cells of (N, 1, h, w), 0 elsewhere."""
    return heat * (heat == F.max_pool2d(heat, 3, 1, 1)).to(heat.dtype)

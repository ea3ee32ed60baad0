"""Backbones by name: each turns a batch of normalised card pictures into one row of features a card.

`cardnet` is our own: plain 3x3 convolutions (they train several times faster on a CPU than depthwise ones) for rectified
cards of 96x128 pixels. Since a rectified card always lies the same way, its features keep where a detail is (`layout`),
and beside them means and deviations of the maps, the coarse one and a finer one, since a modifier is a texture.

The other backbones come from timm, which is imported when one of them is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from balatro.config.shapes import CARD_SIZE
from balatro.utils.errors import MissingPartError, SettingsError
from balatro.utils.extras import how_to_install


class CardBackbone(nn.Module):
    """What every backbone is: forward takes (N, 3, 128, 96) float32, returns (N, num_features) float32."""

    num_features: int
    stages: list[nn.Module]
    """The parts in order from the picture to the features, for freezing some of them."""


@dataclass(frozen=True)
class BackboneEntry:
    """One row of the table."""

    about: str
    build: Callable[[bool], CardBackbone]
    """build(pretrained)."""


class ConvNorm(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, num_in: int, num_out: int, stride: int = 1, kernel: int = 3, groups: int = 1, act: bool = True) -> None:
        conv = nn.Conv2d(num_in, num_out, kernel, stride, kernel // 2, groups=groups, bias=False)
        layers: list[nn.Module] = [conv, nn.BatchNorm2d(num_out)]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if act else []))


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        last = ConvNorm(width, width, act=False)
        nn.init.zeros_(cast(Tensor, last[1].weight))  # starts as the identity, which trains more steadily
        self.body = nn.Sequential(ConvNorm(width, width), last)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(x + self.body(x))


def spread(x: Tensor) -> Tensor:
    """Mean and standard deviation of every channel over the map: (N, C, H, W) -> (N, 2C)."""
    mean = x.mean((2, 3))
    variance = (x - mean[:, :, None, None]).square().mean((2, 3))
    return torch.cat([mean, (variance + 1e-4).sqrt()], 1)


class Layout(nn.Module):
    """Features that keep where things are: a narrow map, flattened, through one linear layer."""

    def __init__(self, num_in: int, cells: int, width: int, num_out: int) -> None:
        super().__init__()
        self.narrow = ConvNorm(num_in, width, kernel=1)
        self.linear = nn.Linear(width * cells, num_out, bias=False)
        self.norm = nn.BatchNorm1d(num_out)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.norm(self.linear(self.narrow(x).flatten(1))))


class CardNet(CardBackbone):
    """Stem at stride 2, stages at strides 4, 8 and 16; `widths` are the channels of the four, `depths` the blocks of three."""

    def __init__(self, widths: tuple[int, int, int, int], depths: tuple[int, int, int], layout: tuple[int, int]) -> None:
        super().__init__()
        self.stem = ConvNorm(3, widths[0], stride=2)
        parts = [
            nn.Sequential(ConvNorm(before, width, stride=2), *(Residual(width) for _ in range(depth)))
            for before, width, depth in zip(widths, widths[1:], depths, strict=False)
        ]
        self.fine, self.middle, self.coarse = parts
        cells = (CARD_SIZE[0] // 16) * (CARD_SIZE[1] // 16)
        self.layout = Layout(widths[3], cells, *layout)
        self.num_features = layout[1] + 2 * widths[3] + 2 * widths[2]
        self.stages = [self.stem, self.fine, self.middle, self.coarse, self.layout]

    def forward(self, x: Tensor) -> Tensor:
        middle = self.middle(self.fine(self.stem(x)))
        coarse = self.coarse(middle)
        return torch.cat([self.layout(coarse), spread(coarse), spread(middle)], 1)


class TimmBackbone(CardBackbone):
    """A timm network without its classifier, pooled over the map."""

    def __init__(self, name: str, pretrained: bool) -> None:
        super().__init__()
        self.body = _create_timm(name, pretrained)
        self.num_features = int(getattr(self.body, "head_hidden_size", 0) or cast(int, self.body.num_features))
        self.stages = list(self.body.children())

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.body(x)
        return features


def _create_timm(name: str, pretrained: bool) -> nn.Module:
    try:
        import timm
    except ImportError as error:
        raise MissingPartError(f"backbone {name!r} needs timm: {how_to_install('train')}") from error
    try:
        model: nn.Module = timm.create_model(name, pretrained=pretrained, num_classes=0)
    except OSError as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SettingsError(
            f"no pretrained weights for {name!r} ({reason}); connect to the network or train without --pretrained"
        ) from error
    return model


def _cardnet(
    widths: tuple[int, int, int, int], depths: tuple[int, int, int], layout: tuple[int, int]
) -> Callable[[bool], CardBackbone]:
    def build(pretrained: bool) -> CardBackbone:
        if pretrained:
            raise SettingsError(
                "cardnet has no ImageNet weights; leave --pretrained out (--start package takes this package's own)"
            )
        return CardNet(widths, depths, layout)

    return build


def _timm(name: str) -> Callable[[bool], CardBackbone]:
    return lambda pretrained: TimmBackbone(name, pretrained)


BACKBONES: dict[str, BackboneEntry] = {
    "cardnet": BackboneEntry(
        "the default: small, plain, fast to train on a CPU", _cardnet((16, 32, 64, 128), (1, 1, 1), (32, 256))
    ),
    "cardnet_tiny": BackboneEntry("for trying things out: trains in minutes", _cardnet((8, 16, 24, 32), (0, 1, 1), (8, 64))),
    "cardnet_large": BackboneEntry("more of the same, for a GPU", _cardnet((32, 64, 128, 256), (2, 2, 2), (48, 512))),
    "mobilenetv4_conv_small": BackboneEntry("timm, small and quick to run", _timm("mobilenetv4_conv_small")),
    "resnet18": BackboneEntry("timm, the classic", _timm("resnet18")),
    "resnet34": BackboneEntry("timm, a deeper classic", _timm("resnet34")),
    "resnet50": BackboneEntry("timm, the large classic", _timm("resnet50")),
    "efficientnet_b0": BackboneEntry("timm, few operations", _timm("efficientnet_b0")),
    "convnext_tiny": BackboneEntry("timm, large and modern", _timm("convnext_tiny")),
}


def build_backbone(name: str, pretrained: bool = False) -> CardBackbone:
    """The backbone of this name; SettingsError lists the names when there is none such."""
    if name not in BACKBONES:
        raise SettingsError(f"no backbone {name!r}; choose one of: {', '.join(BACKBONES)}")
    return BACKBONES[name].build(pretrained)

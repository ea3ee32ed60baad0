"""Backbones by name: each turns a batch of normalised card pictures into one row of features a card.

`cardnet` is our own: plain 3x3 convolutions (they train several times faster on a CPU than depthwise ones) for rectified
cards of 96x128 pixels. Since a rectified card always lies the same way, its features keep where a detail is (`layout`),
and beside them means and deviations of the maps, the coarse one and a finer one, since a modifier is a texture.

The other backbones come from timm, which is imported when one of them is built.

Every backbone names its stages from the picture to the features; freezing goes by them. A stage lists its layers by their
names in the backbone, so that the table can be read, and tested: each weight belongs to exactly one stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from balatro.config.shapes import CARD_SIZE
from balatro.errors import MissingPartError, SettingsError
from balatro.utils.extras import how_to_install

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""ImageNet's colour statistics, RGB 0..1: how the pictures that a backbone gets are normalised."""

LEAST_SIDE = 32
"""Pixels that a picture must have each way: the deepest maps of most backbones are 32 times smaller."""

Stages = Mapping[str, tuple[str, ...]]


class CardBackbone(nn.Module):
    """What every backbone is: forward takes (N, 3, H, W) float32 of its image size, returns (N, num_features) float32."""

    name: str
    """Its name in BACKBONES."""
    image_size: tuple[int, int]
    """Width and height in pixels of the pictures it is made for."""
    num_features: int
    stages: dict[str, tuple[str, ...]]
    """{stage: names of its layers (and of weights that are in no layer)}, in order from the picture to the features."""

    def stage_parameters(self, stage: str) -> dict[str, nn.Parameter]:
        """The weights of a stage by their names in the backbone."""
        return {name: weight for name, weight in self.named_parameters() if _is_in(name, self.stages[stage])}

    def stage_modules(self, stage: str) -> list[nn.Module]:
        """The layers of a stage."""
        layers = dict(self.named_modules())
        return [layers[part] for part in self.stages[stage] if part in layers]


def _is_in(name: str, parts: tuple[str, ...]) -> bool:
    return any(name == part or name.startswith(part + ".") for part in parts)


@dataclass(frozen=True)
class BackboneEntry:
    """One row of the table."""

    about: str
    build: Callable[[tuple[int, int]], CardBackbone]
    """build((width, height)), from scratch."""
    multiple: int = 1
    """Of which the width and the height of a picture must be multiples."""


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

    def __init__(
        self,
        widths: tuple[int, int, int, int],
        depths: tuple[int, int, int],
        layout: tuple[int, int],
        image_size: tuple[int, int] = CARD_SIZE,
    ) -> None:
        super().__init__()
        self.stem = ConvNorm(3, widths[0], stride=2)
        parts = [
            nn.Sequential(ConvNorm(before, width, stride=2), *(Residual(width) for _ in range(depth)))
            for before, width, depth in zip(widths, widths[1:], depths, strict=False)
        ]
        self.fine, self.middle, self.coarse = parts
        cells = (image_size[0] // 16) * (image_size[1] // 16)
        self.layout = Layout(widths[3], cells, *layout)
        self.num_features = layout[1] + 2 * widths[3] + 2 * widths[2]
        self.stages = {name: (name,) for name in ("stem", "fine", "middle", "coarse", "layout")}

    def forward(self, x: Tensor) -> Tensor:
        middle = self.middle(self.fine(self.stem(x)))
        coarse = self.coarse(middle)
        return torch.cat([self.layout(coarse), spread(coarse), spread(middle)], 1)


class TimmBackbone(CardBackbone):
    """A timm network without its classifier, pooled over the map."""

    def __init__(self, timm_name: str, stages: Stages, image_size: tuple[int, int] | None = None) -> None:
        """image_size: only for networks that are made for one size; the others take any."""
        super().__init__()
        self.timm_name = timm_name
        self.options: dict[str, Any] = {} if image_size is None else {"img_size": image_size[::-1]}
        self.body = create_timm(timm_name, **self.options)
        self.num_features = int(getattr(self.body, "head_hidden_size", 0) or cast(int, self.body.num_features))
        self.stages = {stage: tuple(f"body.{part}" for part in parts) for stage, parts in stages.items()}
        self.colours = _colours(self.body)

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.body(x if self.colours is None else self.colours(x))
        return features


class _Colours(nn.Module):
    """From ImageNet's mean and deviation to those with which a network was trained."""

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        old_mean, old_std, new_mean, new_std = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD, mean, std))
        self.gain: Tensor
        self.offset: Tensor
        self.register_buffer("gain", old_std / new_std, persistent=False)
        self.register_buffer("offset", (old_mean - new_mean) / new_std, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gain + self.offset


def _colours(body: nn.Module) -> _Colours | None:
    config = cast(dict[str, tuple[float, ...]], body.pretrained_cfg)
    mean, std = tuple(config["mean"]), tuple(config["std"])
    return None if (mean, std) == (MEAN, STD) else _Colours(mean, std)


def create_timm(name: str, **options: Any) -> nn.Module:
    """A timm network without its classifier; MissingPartError where timm is not installed."""
    try:
        import timm
    except ImportError as error:
        raise MissingPartError(f"backbone {name!r} needs timm: {how_to_install('train')}") from error
    model: nn.Module = timm.create_model(name, num_classes=0, **options)
    return model


def _cardnet(
    widths: tuple[int, int, int, int], depths: tuple[int, int, int], layout: tuple[int, int]
) -> Callable[[tuple[int, int]], CardBackbone]:
    return lambda image_size: CardNet(widths, depths, layout, image_size)


def _timm(name: str, stages: Stages, sized: bool = False) -> Callable[[tuple[int, int]], CardBackbone]:
    return lambda image_size: TimmBackbone(name, stages, image_size if sized else None)


RESNET: Stages = {"stem": ("conv1", "bn1"), **{f"layer{n}": (f"layer{n}",) for n in (1, 2, 3, 4)}}
EFFICIENTNET: Stages = {
    "stem": ("conv_stem", "bn1"),
    "blocks0-1": ("blocks.0", "blocks.1"),
    "blocks2": ("blocks.2",),
    "blocks3-4": ("blocks.3", "blocks.4"),
    "blocks5-6": ("blocks.5", "blocks.6"),
    "head": ("conv_head", "bn2"),
}
"""Blocks whose maps are of one size are one stage."""
MOBILENETV4: Stages = {
    "stem": ("conv_stem", "bn1"),
    **{f"blocks{n}": (f"blocks.{n}",) for n in (0, 1, 2, 3)},
    "head": ("blocks.4", "conv_head", "norm_head"),
}
CONVNEXT: Stages = {
    "stem": ("stem",),
    **{f"stages{n}": (f"stages.{n}",) for n in (0, 1, 2)},
    "stages3": ("stages.3", "head"),
}
"""The norm behind the last blocks belongs to them: a stage of its own would be no more than a thousandth of the weights."""
VIT: Stages = {
    "patch_embed": ("patch_embed", "cls_token", "pos_embed"),
    **{f"blocks{n}-{n + 2}": tuple(f"blocks.{m}" for m in range(n, n + 3)) for n in (0, 3, 6)},
    "blocks9-11": ("blocks.9", "blocks.10", "blocks.11", "norm"),
}

BACKBONES: dict[str, BackboneEntry] = {
    "cardnet": BackboneEntry(
        "the default: small, plain, fast to train on a CPU", _cardnet((16, 32, 64, 128), (1, 1, 1), (32, 256)), 16
    ),
    "cardnet_tiny": BackboneEntry(
        "for trying things out: learns in minutes", _cardnet((8, 16, 24, 32), (0, 1, 1), (8, 64)), 16
    ),
    "cardnet_large": BackboneEntry("more of the same, for a GPU", _cardnet((32, 64, 128, 256), (2, 2, 2), (48, 512)), 16),
    "mobilenetv4_conv_small": BackboneEntry("timm, small and quick to run", _timm("mobilenetv4_conv_small", MOBILENETV4)),
    "resnet18": BackboneEntry("timm, the classic", _timm("resnet18", RESNET)),
    "resnet34": BackboneEntry("timm, a deeper classic", _timm("resnet34", RESNET)),
    "resnet50": BackboneEntry("timm, the large classic", _timm("resnet50", RESNET)),
    "resnet101": BackboneEntry("timm, the largest classic", _timm("resnet101", RESNET)),
    "efficientnet_b0": BackboneEntry("timm, few operations", _timm("efficientnet_b0", EFFICIENTNET)),
    "efficientnet_b3": BackboneEntry("timm, few operations, larger", _timm("efficientnet_b3", EFFICIENTNET)),
    "convnext_tiny": BackboneEntry("timm, large and modern", _timm("convnext_tiny", CONVNEXT)),
    "vit_tiny": BackboneEntry(
        "timm, a transformer on patches of 16x16 pixels", _timm("vit_tiny_patch16_224", VIT, sized=True), 16
    ),
}


def build_backbone(name: str, image_size: tuple[int, int] = CARD_SIZE) -> CardBackbone:
    """The backbone of this name for pictures of (width, height) pixels, from scratch.

    SettingsError lists the names when there is none such, and the next size that fits when this one does not.
    """
    if name not in BACKBONES:
        raise SettingsError(f"no backbone {name!r}; choose one of: {', '.join(BACKBONES)}")
    entry = BACKBONES[name]
    _check_size(name, entry.multiple, image_size)
    backbone = entry.build(image_size)
    backbone.name, backbone.image_size = name, image_size
    return backbone


def _check_size(name: str, multiple: int, image_size: tuple[int, int]) -> None:
    fit = tuple(max(round(side / multiple) * multiple, LEAST_SIDE) for side in image_size)
    if fit != tuple(image_size):
        rule = f"multiples of {multiple}, {LEAST_SIDE} at least" if multiple > 1 else f"{LEAST_SIDE} at least"
        raise SettingsError(
            f"pictures of {image_size[0]}x{image_size[1]} pixels do not fit backbone {name!r} ({rule}); {fit[0]}x{fit[1]} would"
        )

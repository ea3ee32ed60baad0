"""Batch norm over the batch of all processes, so that several processes learn what one with the whole batch would.

torch's own SyncBatchNorm does it on GPUs only. On CPUs, where several processes are mostly tests and small clusters, the
statistics are summed here.
"""

from __future__ import annotations

from typing import Any, cast

import torch
import torch.distributed
from torch import Tensor, nn


def share_norms(network: nn.Module, device: torch.device) -> nn.Module:
    """The network with every batch norm replaced by one that sees the batches of all processes; weights stay."""
    if device.type == "cuda":
        from timm import layers  # torch's own conversion loses the activations that timm puts into its norms

        return cast(nn.Module, layers.convert_sync_batchnorm(network))  # type: ignore[attr-defined]
    for name, child in network.named_children():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            # timm's BatchNormAct2d goes on with a dropout and an activation.
            after = [part for part in (getattr(child, "drop", None), getattr(child, "act", None)) if part is not None]
            shared = SharedNorm.of(child)
            shared.after = nn.Sequential(*after)
            setattr(network, name, shared)
        else:
            share_norms(child, device)
    return network


class _Sum(torch.autograd.Function):
    """The sum over all processes; so is its gradient, since each process's loss depends on every sum."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        values = values.clone()
        torch.distributed.all_reduce(values)
        return values

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        gradient = gradients[0].contiguous().clone()
        torch.distributed.all_reduce(gradient)
        return gradient


class SharedNorm(nn.modules.batchnorm._BatchNorm):
    """(N, C) or (N, C, H, W). In training the mean and variance are those of all processes' batches together."""

    after: nn.Module
    """What follows on the norm within the same module."""

    @classmethod
    def of(cls, norm: nn.modules.batchnorm._BatchNorm) -> SharedNorm:
        """The same norm, shared."""
        shared = cls(norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats)
        shared.after = nn.Identity()
        shared.load_state_dict(norm.state_dict(), strict=False)
        for name, weight in norm.named_parameters():
            cast(nn.Parameter, getattr(shared, name)).requires_grad = weight.requires_grad
        return shared.train(norm.training)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in (2, 4):
            raise ValueError(f"{input.ndim} dimensions, expected (N, C) or (N, C, H, W)")

    def forward(self, input: Tensor) -> Tensor:
        if not self.training or not torch.distributed.is_initialized():
            return cast(Tensor, self.after(super().forward(input)))
        x = input.float()
        over = [0, *range(2, x.ndim)]
        count = x.new_full((1,), x.numel() / x.shape[1])
        sums = cast(Tensor, _Sum.apply(torch.cat([x.sum(over), x.square().sum(over), count])))
        total = sums[-1]
        mean, square = sums[:-1].view(2, -1) / total
        variance = (square - mean.square()).clamp(min=0)
        self._follow(mean.detach(), variance.detach() * total.detach() / (total.detach() - 1).clamp(min=1))
        shape = (1, -1) + (1,) * (x.ndim - 2)
        scale = (variance + self.eps).rsqrt() * self.weight
        normal = (x * scale.view(shape) + (self.bias - mean * scale).view(shape)).to(input.dtype)
        return cast(Tensor, self.after(normal))

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.add_(1)
        momentum = self.momentum if self.momentum is not None else 1 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean, momentum)
        self.running_var.lerp_(variance, momentum)

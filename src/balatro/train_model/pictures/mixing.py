"""MixUp and CutMix: every picture is blended with, or partly covered by, another of its batch, and so is its loss.

    batch, other, share = mix(batch, "mixup", 0.2, np.random.default_rng([seed, step]))
    loss = share * rows(labels) + (1 - share) * rows(labels[other])

Neighbours in the batch are mixed, (0, 1), (2, 3) and so on: their order is random already, and so an even part of a batch
holds its own partners and comes out the same whichever process computes it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from balatro.errors import SettingsError

MIXES: dict[str, str] = {
    "none": "pictures as they are",
    "mixup": "two pictures blended",
    "cutmix": "a rectangle of one picture on another",
}


def mix(
    batch: Mapping[str, Tensor],
    kind: str,
    alpha: float,
    rng: np.random.Generator,
    num: int | None = None,
    part: slice = slice(None),
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Mix the pictures of a batch.

    batch: `cards` (B, h, w, 3) uint8 or float, and what else there is, which stays. kind: one of MIXES. alpha: of the beta
    distribution from which shares are drawn: 0.2 leaves most pictures nearly whole, 1 draws evenly. rng: of the step.
    num, part: size of the whole batch, and which part of it (in one piece, from an even row on) `batch` is; the rest belongs to
    other processes. Returns the batch, the partner of each row (B,) int64, and each row's own share (B,) float32.
    """
    if kind not in MIXES:
        raise SettingsError(f"no mixing {kind!r}; choose one of: {', '.join(MIXES)}")
    if kind != "none" and not alpha > 0:
        raise SettingsError(f"alpha of {kind} is {alpha:g}; expected a number above 0")
    cards = batch["cards"]
    first, last, stride = part.indices(len(cards) if num is None else num)
    if first % 2 or stride != 1 or last - first != len(cards):
        raise ValueError(f"rows {first} to {last} (every {stride}) of a batch for {len(cards)} cards; pairs must stay together")
    other = _partners(len(cards)).to(cards.device)
    share = np.ones(len(cards), np.float32)
    mixed = cards
    if kind == "mixup":
        share = rng.beta(alpha, alpha, last if num is None else num)[first:last].astype(np.float32)
        mixed = _blend(cards, cards[other], torch.from_numpy(share).to(cards.device))
    elif kind == "cutmix":
        boxes, shares = _boxes(last if num is None else num, (cards.shape[2], cards.shape[1]), alpha, rng)
        boxes, share = boxes[first:last], shares[first:last]
        mixed = _cover(cards, cards[other], torch.from_numpy(boxes).to(cards.device))
    return {**batch, "cards": mixed}, other, torch.from_numpy(share).to(cards.device)


def _partners(num: int) -> Tensor:
    """Each row's neighbour; an odd last row is its own."""
    return (torch.arange(num) ^ 1).clamp(max=num - 1)


def _blend(cards: Tensor, others: Tensor, share: Tensor) -> Tensor:
    # uint8 in, uint8 out: the network takes bytes, and half a grey level is no loss.
    blended = torch.lerp(others.float(), cards.float(), share.view(-1, 1, 1, 1))
    return blended.add_(0.5).clamp_(0, 255).to(cards.dtype) if cards.dtype == torch.uint8 else blended.to(cards.dtype)


def _boxes(num: int, size: tuple[int, int], alpha: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rectangles (N, 4) int64 left, top, right, bottom that come from the partner, and (N,) float32 what is left of the own."""
    covered = 1 - rng.beta(alpha, alpha, num)
    middle = rng.random((num, 2)) * size
    half = np.sqrt(covered)[:, None] * size / 2
    low = np.clip(np.round(middle - half), 0, size).astype(np.int64)
    high = np.clip(np.round(middle + half), 0, size).astype(np.int64)
    area = (high - low).prod(1) / (size[0] * size[1])
    return np.concatenate([low, high], 1), (1 - area).astype(np.float32)


def _cover(cards: Tensor, others: Tensor, boxes: Tensor) -> Tensor:
    left, top, right, bottom = boxes.T[..., None]
    x = torch.arange(cards.shape[2], device=cards.device)
    y = torch.arange(cards.shape[1], device=cards.device)
    inside = ((y >= top) & (y < bottom))[:, :, None] & ((x >= left) & (x < right))[:, None, :]
    return torch.where(inside[..., None], others, cards)

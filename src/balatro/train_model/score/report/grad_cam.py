"""Grad-CAM: where in a card's picture the network saw what it said (Selvaraju et al., 2017), by way of captum."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from balatro.errors import MissingPartError
from balatro.models.multi_head import MultiHeadModel
from balatro.utils.extras import how_to_install

BATCH = 32


def grad_cam(
    encoder: MultiHeadModel, cards: np.ndarray, task: str, class_index: np.ndarray, layer: nn.Module | None = None
) -> np.ndarray | None:
    """How much each place speaks for a class: (n, h, w) float32, 0..1, each card's largest 1, or all 0 when nothing does.

    cards: (n, h, w, 3) uint8 RGB; class_index: (n,) the class of `task` that is asked about. layer: the module whose maps are
    looked at, by default the backbone's last with maps. None when the backbone has no maps (a vision transformer's tokens).
    The encoder is read in evaluation mode and left as it was; its weights need no gradients.
    """
    layer = layer or spatial_layer(encoder, cards[:1])
    if layer is None:
        return None
    was_training = encoder.training
    encoder.eval()
    try:
        parts = [
            _heat(encoder, cards[start : start + BATCH], task, class_index[start : start + BATCH], layer)
            for start in range(0, len(cards), BATCH)
        ]
    finally:
        encoder.train(was_training)
    return np.concatenate(parts) if parts else np.zeros(cards.shape[:3], np.float32)


def _heat(encoder: MultiHeadModel, cards: np.ndarray, task: str, class_index: np.ndarray, layer: nn.Module) -> np.ndarray:
    try:
        from captum.attr import LayerGradCam
    except ImportError as error:
        raise MissingPartError(f"Grad-CAM needs captum: {how_to_install('train')}") from error
    device = next(encoder.parameters()).device
    pictures = torch.as_tensor(np.ascontiguousarray(cards), device=device)
    target = torch.as_tensor(class_index, dtype=torch.int64, device=device)
    asked = LayerGradCam(lambda given: encoder(given)[task], layer)
    maps = cast(Tensor, asked.attribute(pictures, target=target, relu_attributions=True)).detach()
    height, width = cards.shape[1:3]
    heat = np.stack(
        [cv2.resize(one, (width, height), interpolation=cv2.INTER_CUBIC) for one in maps[:, 0].float().cpu().numpy()]
    )
    heat = heat.clip(min=0)
    return heat / np.maximum(heat.max((1, 2), keepdims=True), 1e-12)


@torch.no_grad()
def spatial_layer(encoder: MultiHeadModel, cards: np.ndarray) -> nn.Module | None:
    """The last layer of the backbone's stages whose output is a map (N, C, h, w) of more than one cell; None: there is none.

    Found by reading one card, so that it holds for backbones that are added later.
    """
    backbone = encoder.backbone
    parts = [layer for stage in backbone.stages for layer in backbone.stage_modules(stage)]
    found: list[nn.Module] = []

    def note(module: nn.Module, args: Any, output: Any) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and output.shape[2] * output.shape[3] > 1:
            found.append(module)

    hooks = [part.register_forward_hook(note) for part in parts]
    was_training = encoder.training
    try:
        device = next(encoder.parameters()).device
        encoder.eval()(torch.as_tensor(np.ascontiguousarray(cards[:1]), device=device))
    finally:
        encoder.train(was_training)
        for hook in hooks:
            hook.remove()
    return found[-1] if found else None

"""Sprites: cell-sized pictures with alpha, laid on each other."""

from __future__ import annotations

import numpy as np


def is_blank(picture: np.ndarray) -> bool:
    """Whether nothing is drawn on an (h, w, 4) uint8 RGBA picture."""
    return not (picture[..., 3] > 16).any()


def over(top: np.ndarray, under: np.ndarray) -> np.ndarray:
    """One RGBA picture on another, both uint8 with straight alpha; a 1x picture is doubled to meet a 2x one."""
    top, under = _alike(top, under), _alike(under, top)
    top_alpha, under_alpha = top[..., 3:] / 255.0, under[..., 3:] / 255.0
    alpha = top_alpha + under_alpha * (1 - top_alpha)
    mixed = top[..., :3] * top_alpha + under[..., :3] * under_alpha * (1 - top_alpha)
    colour = np.divide(mixed, alpha, out=np.zeros_like(mixed), where=alpha > 0)
    return np.concatenate([colour, alpha * 255], axis=2).round().astype(np.uint8)


def _alike(picture: np.ndarray, other: np.ndarray) -> np.ndarray:
    times = max(1, other.shape[0] // picture.shape[0])
    return picture.repeat(times, axis=0).repeat(times, axis=1)

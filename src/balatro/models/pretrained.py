"""ImageNet weights for the backbones of timm, when they can be had, and a clear word at once when not.

timm by itself tries for most of a minute without a network. Here the weights come from the local cache, or from the network
after a look of two seconds at most whether there is one.
"""

from __future__ import annotations

import socket
import threading
import urllib.request
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import torch

from balatro.errors import SettingsError
from balatro.models.backbones import CardBackbone, TimmBackbone, create_timm

WANTED = ("auto", "yes", "no")
WEIGHTS = "model.safetensors"
"""The file's name in every repository of timm's weights."""
PATIENCE = 2.0
"""Seconds to find out whether there is a network; the look-up of the name alone may hang far longer."""


def load_imagenet(backbone: CardBackbone, wanted: str = "auto") -> str:
    """Give a backbone its ImageNet weights and return one line that says what happened.

    wanted: `no` changes nothing; `auto` starts from scratch where there are no weights; `yes` is a SettingsError there.
    The random numbers drawn afterwards do not depend on whether there were weights.
    """
    if wanted not in WANTED:
        raise SettingsError(f"pretrained is {wanted!r}; choose one of: {', '.join(WANTED)}")
    if wanted == "no":
        return f"{backbone.name} starts from scratch"
    try:
        if not isinstance(backbone, TimmBackbone):
            raise _NoWeightsError(f"{backbone.name} has no ImageNet weights")
        _load(backbone, _find(backbone))
    except _NoWeightsError as error:
        if wanted == "yes":
            raise SettingsError(f"no pretrained weights: {error}; choose `auto` or `no`, or name a .pth file") from error
        return f"{error}: {backbone.name} starts from scratch"
    return f"{backbone.name} starts from ImageNet weights"


class _NoWeightsError(Exception):
    """Why there are none, as the beginning of a line."""


def _load(backbone: TimmBackbone, file: Path) -> None:
    """timm fits the weights to the network (another picture size, no classifier) while it builds one, so it builds another."""
    try:
        with torch.random.fork_rng(devices=[]):
            found = create_timm(
                backbone.timm_name, pretrained=True, pretrained_cfg_overlay={"file": str(file)}, **backbone.options
            )
        backbone.body.load_state_dict(found.state_dict())
    except Exception as error:  # what safetensors and torch raise for damaged files
        raise _NoWeightsError(f"{file}: not readable as weights of {backbone.name} ({_reason(error)})") from error


def _find(backbone: TimmBackbone) -> Path:
    """The file of weights: from the cache, or downloaded into it."""
    config = cast(dict[str, str], backbone.body.pretrained_cfg)
    repository = config.get("hf_hub_id", "")
    if not repository:
        raise _NoWeightsError(f"{backbone.name} has no ImageNet weights")
    try:
        import huggingface_hub
        from huggingface_hub.constants import ENDPOINT
    except ImportError as error:
        raise _NoWeightsError(f"no way to get weights ({_reason(error)})") from error
    cached = huggingface_hub.try_to_load_from_cache(repository, WEIGHTS)
    if isinstance(cached, str):
        return Path(cached)
    if not _is_reachable(ENDPOINT):
        raise _NoWeightsError("no network, no cached weights")
    try:
        return Path(huggingface_hub.hf_hub_download(repository, WEIGHTS, etag_timeout=PATIENCE))
    except Exception as error:  # whatever the hub's HTTP library raises
        raise _NoWeightsError(f"{repository} cannot be downloaded ({_reason(error)})") from error


def _is_reachable(address: str) -> bool:
    """Whether a server, or the proxy before it, takes a connection within PATIENCE."""
    address = urllib.request.getproxies().get(urlsplit(address).scheme, address)
    parts = urlsplit(address if "//" in address else f"//{address}")
    answers: list[bool] = []

    def ask() -> None:
        try:
            port = parts.port or (80 if parts.scheme == "http" else 443)
            socket.create_connection((parts.hostname or "", port), PATIENCE).close()
            answers.append(True)
        except (OSError, ValueError):
            answers.append(False)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PATIENCE)
    return bool(answers and answers[0])


def _reason(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__

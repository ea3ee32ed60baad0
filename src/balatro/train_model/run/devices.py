"""Where a run computes: device, precision, and the processes that share it. Lightning Fabric does the work.

The same command runs alone or under torchrun:

    torchrun --nproc-per-node 4 -m balatro.train_model --epochs 20
"""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any

import torch
from lightning_fabric import Fabric

from balatro.errors import SettingsError

PRECISIONS = {"float32": "32-true", "bfloat16": "bf16-mixed", "float16": "16-mixed"}
"""Our names of precisions and Fabric's."""


def make_fabric(device: str, precision: str) -> Fabric:
    """Fabric for a device (auto, cpu, cuda, mps) and a precision (auto or one of PRECISIONS), joined to torchrun's others."""
    kind = choose_device(device)
    world, local = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    more: dict[str, Any] = {}
    if world > 1:
        # Heads and stages may be frozen on the way: their weights then have no gradients.
        more = {"strategy": "ddp_find_unused_parameters_true", "num_nodes": world // local}
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # it would say on every start what it was told to use
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the number of cores, and a GPU that is there but was not asked for
        fabric = Fabric(accelerator=kind, devices=local, precision=PRECISIONS[choose_precision(precision, kind)], **more)  # type: ignore[arg-type]
        fabric.launch()
    return fabric


def choose_device(name: str) -> str:
    """The device of this name; `auto` takes the fastest kind there is."""
    have = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if have[kind])
    if not have.get(name, False):
        raise SettingsError(f"no device {name!r} here; choose one of: auto, {', '.join(kind for kind in have if have[kind])}")
    return name


def choose_precision(name: str, device: str) -> str:
    """bfloat16 is twice as fast on processors with instructions for it, and many times slower on others."""
    if name != "auto" and name not in PRECISIONS:
        raise SettingsError(f"precision is {name!r}; choose one of: auto, {', '.join(PRECISIONS)}")
    if name == "float16" and device != "cuda":
        raise SettingsError("precision float16 needs a CUDA GPU; choose bfloat16 or float32")
    if name != "auto":
        return name
    has_bf16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)  # private: not in every torch
    quick = (device == "cuda" and torch.cuda.is_bf16_supported()) or (device == "cpu" and has_bf16())
    return "bfloat16" if quick else "float32"


def set_threads(threads: int, workers: int, device: torch.device) -> None:
    """torch's threads on a CPU; 0 takes the cores that the processes that draw and the other processes of the run leave."""
    if device.type == "cpu":
        cores = (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", 1))
        torch.set_num_threads(threads or max(1, cores - workers))

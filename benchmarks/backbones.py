"""Which networks? Size and speed of every backbone and of the locator, and with --minutes what each has learned by then.

python benchmarks/backbones.py                       # speed
python benchmarks/backbones.py --minutes 10 cardnet mobilenetv4_conv_small
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from balatro.models.backbones import BACKBONES
from balatro.models.bundle import export_encoder, export_locator
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel

TASKS = {"identification": 300, "modifier": 5}
CARDS = 10
"""Cards a frame, for the time in ONNX Runtime."""


def main() -> None:
    """Print the tables."""
    args = _arguments()
    torch.set_num_threads(args.threads)
    print(f"torch {torch.__version__}, ONNX Runtime {onnxruntime.__version__}, threads {args.threads}")
    print(f"{'network':24} {'weights':>10} {'training':>14} {'the same, bf16':>16} {'reading':>16}")
    print(_locator_row(args.threads))
    for name in args.names or BACKBONES:
        print(_encoder_row(name, args.threads), flush=True)
    if args.minutes:
        print(f"\n{'network':24} {'steps':>6} {'names':>8} {'modifiers':>10}   after {args.minutes:g} minutes on {args.deck}")
        for name in args.names or ["cardnet", "mobilenetv4_conv_small", "resnet18"]:
            print(_quality_row(name, args), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="backbones; all when left out")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0.0, help="train each so long and tell what it reads then")
    parser.add_argument("--deck", default="demo")
    return parser.parse_args()


def _encoder_row(name: str, threads: int) -> str:
    model = MultiHeadModel(name, TASKS)
    cards = torch.randint(0, 256, (32, 128, 96, 3), dtype=torch.uint8)
    plain, short = (_step(model, lambda: _sum(model(cards)), dtype) / len(cards) for dtype in (torch.float32, torch.bfloat16))
    reading = _run(export_encoder(model), cards[:CARDS].numpy(), threads) / CARDS
    return _row(name, model, f"{1 / plain:.0f} cards/s", f"{1 / short:.0f} cards/s", f"{1000 * reading:.2f} ms/card")


def _locator_row(threads: int) -> str:
    model = Locator()
    frames = torch.randint(0, 256, (8, 288, 512, 3), dtype=torch.uint8)
    plain, short = (
        _step(model, lambda: _sum(dict(enumerate(model.maps(frames)))), dtype) / len(frames)
        for dtype in (torch.float32, torch.bfloat16)
    )
    reading = _run(export_locator(model), frames[:1].numpy(), threads)
    return _row("locator", model, f"{1 / plain:.0f} frames/s", f"{1 / short:.0f} frames/s", f"{1000 * reading:.2f} ms/frame")


def _row(name: str, model: nn.Module, plain: str, short: str, reading: str) -> str:
    return f"{name:24} {sum(w.numel() for w in model.parameters()):10,} {plain:>14} {short:>16} {reading:>16}"


def _sum(outputs: dict) -> Tensor:
    return torch.stack([value.float().square().mean() for value in outputs.values()]).sum()


def _step(model: nn.Module, loss: Callable[[], Tensor], dtype: torch.dtype) -> float:
    """Seconds of the fastest of three training steps, after one to warm up."""
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    model.train()
    times = []
    for _ in range(4):
        began = time.perf_counter()
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            value = loss()
        value.backward()
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.perf_counter() - began)
    return min(times[1:])


def _run(data: bytes, value: np.ndarray, threads: int) -> float:
    """Median seconds of 20 runs in ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    times = []
    for _ in range(20):
        began = time.perf_counter()
        session.run(None, {session.get_inputs()[0].name: value})
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def _quality_row(name: str, args: argparse.Namespace) -> str:
    from balatro.train_model.run.finish import best_networks
    from balatro.train_model.run.loop import train
    from balatro.train_model.score.calibrate import calibrate
    from balatro.train_model.settings.settings import TrainSettings

    settings = TrainSettings(deck=args.deck, backbone=name, minutes=args.minutes, pretrained="no", threads=args.threads)
    with tempfile.TemporaryDirectory() as folder:
        run = train(settings, Path(folder) / name)
        scores = calibrate(*best_networks(run), run.lesson, settings.seed).scores
    return f"{name:24} {run.step:6} {100 * scores['identification']:7.1f}% {100 * scores['modifier']:9.1f}%"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()

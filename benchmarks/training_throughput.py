"""How many labelled pictures a second are trained on: a plain loop, ours, and the network alone.

    python benchmarks/training_throughput.py [--seconds 4] [--rounds 5] [--backbone cardnet] [--device cpu|cuda] [--threads N]

Draws 600 cards as PNGs (142x190) into a temporary folder. The three take turns in one run, so that whatever else the machine
does meets them alike:

  plain    torch DataLoader with one worker: PIL decodes each PNG, torchvision resizes, turns by 8 degrees, jitters colours by
           0.08, 0.08 and 0.04, normalises
  ours     the steps of `balatro train`: pictures decoded once, changed in batches, a thread ahead of the network
  network  the same steps on batches that lie in memory already: what no input can exceed

All train the same network on 96x128 pixels in batches of 32 with Adam; plain in float32, the others in bfloat16 where the
machine computes it faster (--float32: nowhere). Needed: ours at least 3 times plain and at least 0.95 of the network alone. How
fast the inputs alone are is told too: where the network is what limits even the plain loop, no input makes it 3 times as fast.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from balatro.config.modifiers import MODIFIERS
from balatro.config.shapes import CARD_SIZE
from balatro.models.backbones import MEAN, STD
from balatro.models.multi_head import MultiHeadModel
from balatro.render.deck import cells
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.editions import draw_editions, random_phases
from balatro.train_model.lesson.tasks import ORIGINALS
from balatro.train_model.pictures.pictures import Pictures, draw_pictures
from balatro.train_model.run.batches import batch_at, open_batches
from balatro.train_model.run.devices import choose_device, choose_precision
from balatro.train_model.run.loop import take_step
from balatro.train_model.run.run import Run, begin
from balatro.train_model.settings.settings import TrainSettings
from balatro.train_model.settings.strategies.optimizers import Simple
from balatro.train_model.settings.strategies.schedulers import Constant
from balatro.utils.labels import LABELS, CardLabel, write_labels

NUM_PICTURES = 600
BATCH = 32
PLAIN, OURS, NETWORK = "plain", "ours", "network"
TABLE = np.array([38, 74, 60], np.uint8)

Batch = dict[str, Tensor]
Step = Callable[[], None]
Trainer = Callable[[Callable[[MultiHeadModel], Tensor], Batch], None]
"""Takes what the network sees of a batch, and the batch's labels."""


@dataclass(frozen=True)
class Setting:
    """What is trained, where, and in which numbers."""

    backbone: str
    device: torch.device
    bf16: bool

    @property
    def precision(self) -> str:
        return "bfloat16" if self.bf16 else "float32"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each")
    parser.add_argument("--backbone", default="cardnet")
    parser.add_argument("--threads", type=int, default=0, help="of the network; 0: torch's choice")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--float32", action="store_true", help="no bfloat16")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    device = torch.device(args.device)
    plain = Setting(args.backbone, device, bf16=False)
    ours = replace(plain, bf16=not args.float32 and choose_precision("auto", choose_device(device.type)) == "bfloat16")
    with tempfile.TemporaryDirectory() as name:
        labels = draw_dataset(Path(name))
        os.environ["BALATRO_DATA"] = str(Path(name) / "data")
        inputs = input_rates(Path(name), labels, begin_run(Path(name), "input", ours).lesson.sides["train"])
        loops = {
            PLAIN: plain_loop(Path(name), labels, plain),
            OURS: our_loop(Path(name), ours),
            NETWORK: network_loop(Path(name), ours),
        }
        rates = take_turns(loops, args.seconds, args.rounds)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"{args.backbone}, batches of {BATCH}, {args.device}, {torch.get_num_threads()} thread(s), ours in {ours.precision}")
    print(f"{os.cpu_count()} cores, load {load}")
    for loop, rate in inputs.items():
        print(f"  {loop:<8} {rate:8.0f} images/s   input alone, one thread")
    for loop, told in rates.items():
        print(f"  {loop:<8} {statistics.median(told):8.0f} images/s   (turns: {', '.join(f'{rate:.0f}' for rate in told)})")
    print(f"  ours / plain    {ratio(rates, OURS, PLAIN):.2f}   needed: 3")
    print(f"  ours / network  {ratio(rates, OURS, NETWORK):.2f}   needed: 0.95")


def ratio(rates: dict[str, list[float]], some: str, other: str) -> float:
    """The median over rounds, in each of which both met the same machine."""
    return statistics.median(a / b for a, b in zip(rates[some], rates[other], strict=True))


def take_turns(loops: dict[str, Step], seconds: float, rounds: int) -> dict[str, list[float]]:
    """Images a second of each loop in each round."""
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for step in loops.values():
        for _ in range(5):
            step()
    for _ in range(rounds):
        for name, step in loops.items():
            step()  # whatever its input had ready while others had their turn
            began, steps = time.perf_counter(), 0
            while time.perf_counter() - began < seconds:
                step()
                steps += 1
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            rates[name].append(steps * BATCH / (time.perf_counter() - began))
    return rates


def draw_dataset(folder: Path) -> dict[str, CardLabel]:
    """Cards of the demo deck as PNGs, and their labels."""
    rng = np.random.default_rng(0)
    known = draw_demo_deck().known[: NUM_PICTURES // len(MODIFIERS)]
    labels = {}
    for number, modifier in enumerate(MODIFIERS):
        drawn = draw_editions(cells(known, 2), np.full(len(known), number), random_phases(rng, len(known)))
        for card, picture in zip(known, drawn, strict=True):
            key = f"{card.id}_{modifier}.png"
            alpha = picture[..., 3:] / 255
            Image.fromarray((picture[..., :3] * alpha + TABLE * (1 - alpha)).astype(np.uint8)).save(folder / key)
            labels[key] = CardLabel(name=card.name, modifier=modifier)
    write_labels(folder / LABELS, labels)
    return labels


def names_of(labels: dict[str, CardLabel]) -> dict[str, list[str]]:
    return {"identification": sorted({label.name for label in labels.values()}), "modifier": list(MODIFIERS)}


def input_rates(folder: Path, labels: dict[str, CardLabel], pictures: Pictures) -> dict[str, float]:
    """Images a second that one thread prepares."""
    plain = PlainPictures(folder, labels)
    jobs: dict[str, Callable[[int], object]] = {
        PLAIN: lambda turn: [plain[BATCH * turn + row] for row in range(BATCH)],
        OURS: lambda turn: draw_pictures(pictures, np.arange(BATCH * turn, BATCH * (turn + 1)), "train", 0, turn),
    }
    rates = {}
    for name, job in jobs.items():
        job(0)
        began = time.perf_counter()
        for turn in range(10):
            job(turn)
        rates[name] = 10 * BATCH / (time.perf_counter() - began)
    return rates


def trainer(labels: dict[str, CardLabel], setting: Setting) -> Trainer:
    """A new network, and one step of training it."""
    torch.manual_seed(0)
    tasks = {task: len(names) for task, names in names_of(labels).items()}
    model = MultiHeadModel(setting.backbone, tasks).to(setting.device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=setting.bf16 or None)

    def step(features: Callable[[MultiHeadModel], Tensor], batch: Batch) -> None:
        with torch.autocast(setting.device.type, torch.bfloat16, enabled=setting.bf16):
            seen = features(model)
        outputs = model.read(seen)
        loss = torch.stack([F.cross_entropy(outputs[task], batch[f"label.{task}"]) for task in model.tasks]).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


# The plain loop.


class PlainPictures(Dataset[tuple[Tensor, int, int]]):
    """Each picture decoded and changed when it is asked for."""

    def __init__(self, folder: Path, labels: dict[str, CardLabel]) -> None:
        names = names_of(labels)
        self.rows = [
            (folder / key, names["identification"].index(label.name), names["modifier"].index(label.modifier))
            for key, label in labels.items()
        ]
        self.change = transforms.Compose(
            [
                transforms.Resize((CARD_SIZE[1], CARD_SIZE[0])),
                transforms.RandomRotation(8),
                transforms.ColorJitter(0.08, 0.08, 0.04),
                transforms.ToTensor(),
                transforms.Normalize(MEAN, STD),
            ]
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> tuple[Tensor, int, int]:
        path, name, modifier = self.rows[row]
        return self.change(Image.open(path).convert("RGB")), name, modifier


def plain_loop(folder: Path, labels: dict[str, CardLabel], setting: Setting) -> Step:
    step = trainer(labels, setting)
    loader = DataLoader(
        PlainPictures(folder, labels), BATCH, shuffle=True, drop_last=True, num_workers=1, persistent_workers=True
    )

    def batches() -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        while True:
            yield from loader

    endless = batches()

    def one() -> None:
        pictures, names, modifiers = (told.to(setting.device) for told in next(endless))
        # The backbone at once: the plain loop has normalised already.
        step(lambda model: model.backbone(pictures), {"label.identification": names, "label.modifier": modifiers})

    return one


# Ours: the real run, fed by its own batches, or by batches that are there already.


def begin_run(folder: Path, name: str, setting: Setting) -> Run:
    settings = TrainSettings(
        data=(ORIGINALS,), input=str(folder), val_split=0.0, test_split=0.0, epochs=10**6, minutes=0.0, batch_size=BATCH,
        backbone=setting.backbone, pretrained="no", optimizer=Simple(), scheduler=Constant(), device=setting.device.type,
        precision=setting.precision, threads=torch.get_num_threads(),
    )  # fmt: skip
    return begin(settings, folder / "runs" / name)


def our_loop(folder: Path, setting: Setting) -> Step:
    run = begin_run(folder, OURS, setting)
    ready = open_batches(run.source, 0, 10**9)
    return lambda: take_step(run, next(ready))


def network_loop(folder: Path, setting: Setting) -> Step:
    """The network alone: the same steps on eight batches that lie where it computes."""
    run = begin_run(folder, NETWORK, setting)
    batches = [batch_at(run.source, number) for number in range(8)]
    endless = cycle([{name: tensor.to(setting.device) for name, tensor in batch.items()} for batch in batches])
    return lambda: take_step(run, next(endless))


if __name__ == "__main__":
    main()

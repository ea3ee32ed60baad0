"""How well cards are found and named on photographs, from one picture each and without training.

    python benchmarks/photographs_named.py REFS [--num 500] [--resnet-minutes 5]

REFS is a folder of pictures of cards, as `balatro gallery new` takes it. The photographs are those of `photographs.py`, in its
eight kinds. A card counts as named when `identify` gives its name at its place, as wrong when it gives another one there; names
where no card lies are false. All shares are of the cards. Beside it, in the same run, two usual ways that are given the true
corners and which way is up, so that they need find nothing: the nearest 64-bit pHash, and a ResNet-18 that is trained from
scratch on disturbed copies of the same pictures, at the size at which Balatro reads cards. Both always give a name: what is not
right is wrong.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2
import numpy as np
import torch
import torchvision
from benchmarks.other_games import cut, make, phash
from benchmarks.photographs import KINDS, draw, matched
from rich.console import Console
from rich.table import Table

from balatro.gallery.references.read import read_references
from balatro.identify_card.judge.intervals import share_interval
from balatro.identify_card.recognizer import Recognizer
from balatro.utils.images import load_image
from balatro.utils.progress import track

BATCH = 32
COLUMNS = ("cards", "found", "named", "wrong", "no name", "false names", "pHash", "ResNet-18")
Guess = Callable[[np.ndarray], int]
"""(H, W, 3) uint8 RGB, an upright card -> the number of its name."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("refs", type=Path)
    parser.add_argument("--num", type=int, default=500, help="photographs, as many of each kind as can be")
    parser.add_argument("--resnet-minutes", type=float, default=5.0, help="0 leaves it out")
    args = parser.parse_args()
    references = read_references(args.refs).references
    pictures = [load_image(reference.path) for reference in references]
    names = [reference.name for reference in references]
    guesses: dict[str, Guess] = {"pHash": nearest_hash(pictures)}
    if args.resnet_minutes > 0:
        guesses["ResNet-18"] = trained_resnet(pictures, args.resnet_minutes * 60)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["BALATRO_DATA"] = scratch
        folder, _, _ = make(args.refs, Path(scratch))
        recognizer = Recognizer.load(folder, threads=1)
        counts = count(recognizer, pictures, names, guesses, args.num)
    tell(counts)


def count(
    recognizer: Recognizer, pictures: Sequence[np.ndarray], names: Sequence[str], guesses: dict[str, Guess], num: int
) -> dict[str, Counter[str]]:
    """{kind: {column: number}} over so many photographs."""
    number_of = {id(picture): number for number, picture in enumerate(pictures)}
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for number in track(range(num), "Photographs"):
        kind = list(KINDS)[number % len(KINDS)]
        scene, photograph = draw(kind, pictures, number)
        truth = [number_of[id(card)] for card in scene.cards]
        told, counted = recognizer.identify(photograph), counts[kind]
        taken = matched(scene.quads, [np.array(card.quad, np.float32) for card in told])
        counted["cards"] += len(truth)
        counted["found"] += len(taken)
        for place, find in taken.items():
            right = told[find].name == names[truth[place]]
            counted["named" if right else "wrong" if told[find].known else "no name"] += 1
        counted["false names"] += sum(card.known for find, card in enumerate(told) if find not in taken.values())
        for way, guess in guesses.items():
            upright = [cut(photograph, quad) for quad in scene.quads]
            counted[way] += sum(names[guess(card)] == names[true] for card, true in zip(upright, truth, strict=True))
    return counts


def nearest_hash(pictures: Sequence[np.ndarray]) -> Guess:
    hashes = np.stack([phash(picture) for picture in pictures])
    return lambda card: int((hashes != phash(card)).sum(axis=1).argmin())


def trained_resnet(pictures: Sequence[np.ndarray], seconds: float) -> Guess:
    """Trained for so long, a class a picture."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    network = torchvision.models.resnet18(weights=None, num_classes=len(pictures))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.02)
    ends, steps = time.monotonic() + seconds, 0
    while (left := ends - time.monotonic()) > 0:
        rows = rng.integers(0, len(pictures), BATCH)
        cards = as_input(np.stack([disturbed(pictures[row], rng) for row in rows]))
        loss = torch.nn.functional.cross_entropy(network(cards), torch.from_numpy(rows), label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1.0, 2 * left / seconds)
        optimizer.step()
        steps += 1
    print(f"ResNet-18: {steps} steps of {BATCH} in {seconds / 60:.0f} minutes, last loss {loss.item():.2f}")
    network.eval()

    @torch.inference_mode()
    def guess(card: np.ndarray) -> int:
        return int(network(as_input(card[None])).argmax())

    return guess


def as_input(cards: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(cards).permute(0, 3, 1, 2).float() / 64 - 2


def disturbed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(128, 96, 3) uint8: corners off, light, colour, blur, a bright spot, noise."""
    height, width = picture.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    card = cut(picture, (corners + rng.normal(0, 0.02, (4, 2)) * (width, height)).astype(np.float32)).astype(np.float32)
    card = card * np.exp(rng.normal(0, 0.35)) * np.exp(rng.normal(0, 0.1, 3)) + rng.normal(0, 15)
    card = cv2.GaussianBlur(card, (0, 0), float(rng.uniform(0.3, 1.6)))
    if rng.random() < 0.4:
        spot = np.zeros(card.shape[:2], np.float32)
        cv2.circle(spot, (int(rng.integers(96)), int(rng.integers(128))), int(rng.integers(4, 30)), 1.0, -1)
        card += cv2.GaussianBlur(spot, (0, 0), 6)[..., None] * rng.uniform(50, 250)
    return (card + rng.normal(0, 6, card.shape)).clip(0, 255).astype(np.uint8)


def tell(counts: dict[str, Counter[str]]) -> None:
    table = Table("", "cards", *(f"{name} %" for name in COLUMNS[1:]))
    total = sum(counts.values(), Counter())
    for kind, counted in (*counts.items(), ("all", total)):
        shares = [f"{100 * counted[name] / max(counted['cards'], 1):.1f}" for name in COLUMNS[1:]]
        table.add_row(kind, str(counted["cards"]), *shares, end_section=kind == "dim")
    low, high = share_interval(total["named"], total["cards"])
    table.add_row("95 %", "", "", f"{100 * low:.1f} to {100 * high:.1f}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()

"""How fast a frame is read, against the usual way of doing it.

    python benchmarks/identify_speed.py [--model NAME] [--threads 2] [--rounds 40]

Reads one rendered 1024x576 frame with ten cards (locating included) and, in turn with it, sends ten 224x224 pictures one by
one through ResNet-18 in eager PyTorch, which is what a classifier per card costs before a single card has been found.
Without --model the package's networks are used, with a gallery of the demo deck.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torchvision

from balatro.gallery.make import make_gallery_bundle
from balatro.identify_card.recognizer import Recognizer
from balatro.render.deck import Deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, Screen, draw_screen
from balatro.runtime.locator import fit_frame
from balatro.utils.images import rectify

NUM_CARDS = 10
REST = 0.3
"""Seconds after each turn: torch's threads keep a core busy for a while after their work, which would be counted as ours."""
NEEDED = 15.0
"""How many times faster identifying has to be."""


def frame_of_ten(deck: Deck) -> Screen:
    """The first screen on which exactly ten cards lie."""
    settings = replace(PLAY, sizes=((1024, 576),))
    for seed in range(1000):
        screen = draw_screen(deck, np.random.default_rng(seed), settings)
        if len(screen.cards) == NUM_CARDS:
            return screen
    raise SystemExit("no screen with ten cards among a thousand")


def seconds(action: Callable[[], object]) -> float:
    """How long it takes once."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", help="name or folder of a model; left out: the package's networks")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=40)
    args = parser.parse_args()
    deck = draw_demo_deck()
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or make_gallery_bundle(deck, Path(folder) / "demo")
        recognizer = Recognizer.load(model, threads=args.threads)
    report(recognizer, frame_of_ten(deck).image, args.threads, args.rounds)


def report(recognizer: Recognizer, frame: np.ndarray, num_threads: int, rounds: int) -> None:
    """Measure both in turn and print the medians, the ratio and the stages."""
    torch.set_num_threads(num_threads)
    resnet = torchvision.models.resnet18(weights=None).eval()
    pictures = torch.rand(NUM_CARDS, 3, 224, 224)

    @torch.inference_mode()
    def one_by_one() -> None:
        for picture in pictures:
            resnet(picture[None])

    found = len(recognizer.identify(frame))
    one_by_one()
    reading, passes = [], []
    for _ in range(rounds):
        reading.append(seconds(lambda: recognizer.identify(frame)))
        passes.append(seconds(one_by_one))
        time.sleep(REST)
    ours, theirs = statistics.median(reading), statistics.median(passes)
    size = f"{frame.shape[1]}x{frame.shape[0]}"
    print(f"frame {size}, {NUM_CARDS} cards, {found} found; {num_threads} threads, medians of {rounds}")
    print(f"identify, whole             {ours * 1000:8.2f} ms")
    for name, action in stages(recognizer, frame).items():
        action()
        print(f"  {name:<24}  {statistics.median(seconds(action) for _ in range(rounds)) * 1000:8.2f} ms")
    print(f"ten ResNet-18 passes, eager {theirs * 1000:8.2f} ms")
    print(f"ratio                       {theirs / ours:8.1f}   (needed: {NEEDED:g})")
    if theirs / ours < NEEDED:
        sys.exit("too slow")


def stages(recognizer: Recognizer, frame: np.ndarray) -> dict[str, Callable[[], object]]:
    """The steps of identifying, one by one."""
    quads = recognizer.locate(frame)
    cards = rectify(frame, quads, recognizer.bundle.input_size, recognizer.bundle.margin)
    return {
        "resize the frame": lambda: fit_frame(frame),
        "locate, resize included": lambda: recognizer.locate(frame),
        "cut the cards": lambda: rectify(frame, quads, recognizer.bundle.input_size, recognizer.bundle.margin),
        "encode the cards": lambda: recognizer.encode(cards),
        "cut, encode and name": lambda: recognizer.read(frame, quads),
    }


if __name__ == "__main__":
    main()

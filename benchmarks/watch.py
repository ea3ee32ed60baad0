"""What watching costs a frame: at first sight, on a steady table, and against the usual way of reading cards.

    python benchmarks/watch.py [--model NAME] [--threads 2] [--rounds 30]

Frames are rendered screens of 1920x1080 with twelve cards. Measured in turn, in one run:
- first sight: a watcher that has seen nothing looks at the frame: all is located and read;
- steady: the same frame comes again: the gate alone sees that;
- lively: the same table under a moving light, which opens the gate: all is located and compared, next to nothing read;
- the same three where the whole table is watched (`--table`); it is known by then;
- twelve 224x224 pictures, one by one, through ResNet-18 in eager PyTorch, where torch is installed.
Without --model the package's networks are used, with a gallery of the demo deck.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `balatro` itself does, before numpy comes

import cv2
import numpy as np

from balatro.gallery.make import make_gallery_bundle
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.watch import Watcher
from balatro.render.deck import Deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, Screen, draw_screen

NUM_CARDS = 12
SIZE = (1920, 1080)
FRAME_S = 0.1
"""Seconds between two frames."""
REST_S = 0.3
"""Seconds after each turn: torch's threads keep a core busy for a while after their work, which would be counted as ours."""
NEEDED_FIRST, NEEDED_STEADY = 15.0, 5.0
"""How many times faster first sight is than the passes, and a steady table than first sight."""
MOST_TABLE = 1.3
"""How many times as long a frame may take where the whole table is watched, and known."""
UNTIL_KNOWN = 10
"""Frames after which all cards were read often enough, and the table is known."""
LIVELY = 9
"""Lively frames a round."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", help="name or folder of a model; left out: the package's networks")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=30)
    args = parser.parse_args()
    cv2.setNumThreads(args.threads)
    deck = draw_demo_deck()
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or make_gallery_bundle(deck, Path(folder) / "demo")
        recognizer = Recognizer.load(model, threads=args.threads)
    report(recognizer, frame_of_twelve(deck).image, args.threads, args.rounds)


def frame_of_twelve(deck: Deck) -> Screen:
    """The first screen on which exactly twelve cards lie."""
    small = replace(PLAY, sizes=((480, 270),))
    for seed in range(1000):
        if len(draw_screen(deck, np.random.default_rng(seed), small).cards) == NUM_CARDS:
            screen = draw_screen(deck, np.random.default_rng(seed), replace(PLAY, sizes=(SIZE,)))
            if len(screen.cards) == NUM_CARDS:
                return screen
    raise SystemExit("no screen with twelve cards among a thousand")


def lively(frame: np.ndarray, number: int) -> np.ndarray:
    """The frame under a light that comes and goes, as a moving background does to the whole picture."""
    return cv2.convertScaleAbs(frame, alpha=1.0, beta=6.0 * (number % 2))


def timed(action: Callable[[], object]) -> float:
    """Milliseconds that it takes once."""
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def passes(num_threads: int) -> Callable[[], object] | None:
    """Twelve ResNet-18 passes, one by one; None without torch."""
    try:
        import torch
        import torchvision
    except ImportError:
        return None
    torch.set_num_threads(num_threads)
    resnet = torchvision.models.resnet18(weights=None).eval()
    pictures = torch.rand(NUM_CARDS, 3, 224, 224)

    def one_by_one() -> None:
        with torch.inference_mode():
            for picture in pictures:
                resnet(picture[None])

    return one_by_one


def one_turn(recognizer: Recognizer, frame: np.ndarray, lively_frames: list[np.ndarray], table: bool) -> dict[str, float]:
    """Milliseconds a frame: at first sight, steady, lively; and the number of cards that were announced."""
    watcher = Watcher(recognizer, table=table)
    first = timed(lambda: watcher.look(frame, 0.0))
    for count in range(1, UNTIL_KNOWN):
        look = watcher.look(frame, count * FRAME_S)
    steady = timed(lambda: watcher.look(frame, UNTIL_KNOWN * FRAME_S))
    moving = [
        timed(lambda image=image, count=count: watcher.look(image, (UNTIL_KNOWN + 1 + count) * FRAME_S))  # type: ignore[misc]
        for count, image in enumerate(lively_frames)
    ]
    return {"first sight": first, "steady": steady, "lively": statistics.median(moving), "shown": len(look.shown)}


def report(recognizer: Recognizer, frame: np.ndarray, num_threads: int, rounds: int) -> None:
    """Measure all in turn and print the medians and the ratios."""
    theirs = passes(num_threads)
    lively_frames = [lively(frame, number) for number in range(LIVELY)]
    names = ("first sight", "steady", "lively")
    times: dict[str, list[float]] = {name: [] for name in (*names, *(f"{name}, table" for name in names), "passes")}
    num_found = num_shown = 0
    for number in range(rounds + 1):
        for ending, table in (("", False), (", table", True)):
            turn = one_turn(recognizer, frame, lively_frames, table)
            for name in names if number else ():  # the first round warms up
                times[name + ending].append(turn[name])
        num_shown, num_found = int(turn["shown"]), len(recognizer.locate(frame))
        if theirs is not None:
            once = timed(theirs)
            times["passes"] += [once] if number else []
            time.sleep(REST_S)
    medians = {name: statistics.median(values) for name, values in times.items() if values}
    size = f"{SIZE[0]}x{SIZE[1]}"
    print(f"{size}, {NUM_CARDS} cards: {num_found} located, {num_shown} announced; {num_threads} threads, {rounds} rounds")
    for name, median in medians.items():
        print(f"{name:<19} {median:8.2f} ms")
    ratios = [("first sight / steady", medians["first sight"] / medians["steady"], NEEDED_STEADY)]
    ratios.append(("first sight / lively", medians["first sight"] / medians["lively"], 0.0))
    if "passes" in medians:
        ratios.insert(0, ("passes / first sight", medians["passes"] / medians["first sight"], NEEDED_FIRST))
    for name, ratio, needed in ratios:
        print(f"{name:<21} {ratio:6.1f}" + (f"   (needed: {needed:g})" if needed else ""))
    more = [(name, medians[f"{name}, table"] / medians[name]) for name in ("steady", "lively")]
    for name, ratio in more:
        print(f"{name}, table / {name:<7} {ratio:6.2f}   (at most {MOST_TABLE:g})")
    if any(ratio < needed for _, ratio, needed in ratios) or any(ratio > MOST_TABLE for _, ratio in more):
        sys.exit("too slow")


if __name__ == "__main__":
    main()

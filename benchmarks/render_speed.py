"""How fast training material is drawn: single cards in each modifier, and whole screens with truth.

    python benchmarks/render_speed.py [--screens 60]

One thread. A training step of the default size takes 8 screens and reads 96 cards.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.render.deck import cells
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.editions import draw_editions, random_phases
from balatro.render.table import draw_screen

NUM_CARDS = 40


def milliseconds(action: Callable[[], object], rounds: int = 5) -> float:
    """The median of some runs."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screens", type=int, default=60)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    deck = draw_demo_deck()
    rng = np.random.default_rng(0)
    phases = random_phases(rng, NUM_CARDS)
    print("one card, ms                  71x95   142x190")
    for number, modifier in enumerate(MODIFIERS):
        row = []
        for scale in (1, 2):
            bodies = cells(deck.known[:NUM_CARDS], scale)
            kind = np.full(NUM_CARDS, number)
            row.append(milliseconds(lambda bodies=bodies, kind=kind: draw_editions(bodies, kind, phases)) / NUM_CARDS)
        print(f"  {modifier:<24} {row[0]:8.2f}  {row[1]:8.2f}")
    seeds = iter(range(10_000))
    for _ in range(40):  # the displays' maps are made once per size
        draw_screen(deck, np.random.default_rng(next(seeds)))
    num_cards = 0
    start = time.perf_counter()
    for _ in range(args.screens):
        num_cards += len(draw_screen(deck, np.random.default_rng(next(seeds))).cards)
    taken = time.perf_counter() - start
    print(f"training screens: {taken / args.screens * 1000:.0f} ms each, {num_cards / args.screens:.1f} cards on each")
    print(f"cards with truth: {num_cards / taken:.0f} a second")


if __name__ == "__main__":
    main()
